"""Every network is Lipschitz: the changes of the outputs are at most K times those of the input."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import certificate, identity, square
from ..kernel.rules import Theorem, part, restate, together, witness
from ..statements.expressions import (
    Expression,
    both,
    eq,
    exists,
    forall,
    function,
    implies,
    open_binder,
    total,
)
from ..statements.functions import RELU
from ..statements.networks import W, b, below, i, j, k, n, pre_activations, s, t, u, v, x, y
from .certificates import arith
from .decompositions import equal_terms
from .first_order import INPUT_SIZE, K, matrices_are_bounded
from .global_bounds import relu_is_nonexpansive
from .lemmas import abs_facts, sum_monotone
from .tactics import by_induction, parts, prove, prove_for, rewrite, use, with_witness


def size(k: Expression) -> Expression:
    """||y_{k+1} - v_{k+1}||^2."""
    return total(i, n(k + 1), (y(k + 1, i) - v(k + 1, i)) ** 2)


@cache
def relu_shortens() -> Theorem:
    """(relu(s) - relu(t))^2 <= (s - t)^2."""
    statement = forall(s, t, (RELU(s) - RELU(t)) ** 2 <= (s - t) ** 2)

    def build(goal: Expression) -> Theorem:
        difference = RELU(s) - RELU(t)
        facts = [part(use(abs_facts(), value), place) for value in (difference, s - t) for place in (0, 3)]
        return arith(goal, use(relu_is_nonexpansive(), s, t), *facts)

    return prove_for([s, t], statement, build).called("relu makes no difference larger")


@cache
def networks_are_lipschitz() -> Theorem:
    """||y_{k+1} - v_{k+1}|| <= K ||x - u|| for all x and u, with some K >= 0 for each k."""

    def claim(k: Expression) -> Expression:
        bound = size(k) <= K**2 * INPUT_SIZE
        everywhere = forall(x, u, y, v, implies(pre_activations(y, x), pre_activations(v, u), bound))
        return exists(K, both(K >= 0, everywhere))

    def base(goal: Expression) -> Theorem:
        def with_matrix(norm: Expression, known: Theorem) -> Theorem:
            positive, at_most = parts(known)
            wanted = open_binder(goal, norm)

            def build(one: Theorem, two: Theorem, goal: Expression) -> Theorem:
                def entry(i: Expression, less: Theorem, _: Expression) -> Theorem:
                    inner = total(j, n(0), W(1, i, j) * (x(j) - u(j)))
                    facts = [use(parts(rule)[0], i, less) for rule in (one, two)]
                    return _squared(arith(eq(inner, y(1, i) - v(1, i)), *facts, degree=1))

                inner = total(j, n(0), W(1, i, j) * (x(j) - u(j)))
                sums = equal_terms(i, n(1), inner**2, (y(1, i) - v(1, i)) ** 2, entry)
                return arith(goal, use(at_most, function(j, x(j) - u(j))), sums, degree=1)

            return witness(together(positive, prove_for((x, u, y, v), wanted.args[1], build)), goal, norm)

        matrix = function(i, j, W(1, i, j))
        return with_witness(use(matrices_are_bounded(), n(1), n(0), matrix), with_matrix)

    def step(k: Expression, before: Theorem, goal: Expression) -> Theorem:
        return with_witness(before, lambda bound, known: _one_layer_more(k, bound, known, goal))

    statement = forall(n, W, b, forall(k, claim(k)))
    return prove_for(
        [n, W, b], statement, lambda goal: restate(by_induction(claim, base, step), goal)
    ).called("a network is Lipschitz")


def _squared(equation: Theorem) -> Theorem:
    """From s = t: s^2 = t^2."""
    left = equation.conclusion.args[0]
    return rewrite(equation, lambda w: eq(left**2, w**2), identity(left**2, left**2))


def _one_layer_more(k: Expression, bound: Expression, known: Theorem, goal: Expression) -> Theorem:
    positive, everywhere = parts(known)
    change = RELU(y(k + 1, j)) - RELU(v(k + 1, j))

    def with_matrix(norm: Expression, of_matrix: Theorem) -> Theorem:
        norm_positive, at_most = parts(of_matrix)
        wanted = open_binder(goal, bound * norm)

        def build(one: Theorem, two: Theorem, goal: Expression) -> Theorem:
            inner = total(j, n(k + 1), W(k + 2, i, j) * change)

            def entry(i: Expression, less: Theorem, _: Expression) -> Theorem:
                inner = total(j, n(k + 1), W(k + 2, i, j) * change)
                facts = [use(parts(rule)[1], k, i, less) for rule in (one, two)]
                return _squared(arith(eq(inner, y(k + 2, i) - v(k + 2, i)), *facts, degree=1))

            sums = equal_terms(i, n(k + 2), inner**2, (y(k + 2, i) - v(k + 2, i)) ** 2, entry)
            image = use(at_most, function(j, change))
            active, plain = function(j, change**2), function(j, (y(k + 1, j) - v(k + 1, j)) ** 2)
            shorter = prove(
                below(j, n(k + 1), active(j) <= plain(j)),
                lambda j, _, goal: restate(use(relu_shortens(), y(k + 1, j), v(k + 1, j)), goal),
            )
            less = use(sum_monotone(), active, plain, n(k + 1), shorter)
            before = use(everywhere, x, u, y, v, one, two)
            lengths = arith(total(j, n(k + 1), active(j)) <= bound**2 * INPUT_SIZE, less, before, degree=1)
            scaled = certificate(
                norm**2 * total(j, n(k + 1), active(j)) <= norm**2 * bound**2 * INPUT_SIZE,
                [(square(norm), lengths)],
            )
            return arith(goal, image, sums, scaled, degree=1)

        product = certificate(wanted.args[0], [(positive, norm_positive)])
        return witness(together(product, prove_for((x, u, y, v), wanted.args[1], build)), goal, bound * norm)

    matrix = function(i, j, W(k + 2, i, j))
    return with_witness(use(matrices_are_bounded(), n(k + 2), n(k + 1), matrix), with_matrix)
