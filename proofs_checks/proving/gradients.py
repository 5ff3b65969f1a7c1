"""Bounds for (13): the chain of transposed weights and bits, in networks of any depth."""

from __future__ import annotations

from collections.abc import Callable

from ..kernel.arithmetic import certificate, identity, natural, square
from ..kernel.rules import Theorem, part, restate, together
from ..proving.certificates import arith
from ..proving.lemmas import sum_monotone, sum_not_negative
from ..proving.tactics import by_induction, parts, prove, prove_for, rewrite, split, use
from ..statements.bounds import N, power, powers_of
from ..statements.expressions import (
    NATURAL,
    REAL,
    Expression,
    Sort,
    both,
    eq,
    forall,
    fresh,
    function,
    implies,
    total,
    variable,
)
from ..statements.functions import ABS
from ..statements.networks import C, W, are_bits, below, h, i, j, k, n, p, r, row_of, theta

g, f = (variable(name, REAL, NATURAL, NATURAL) for name in ("g", "f"))
_l = fresh(Sort(NATURAL), "l")


def gradient_chain(g: Expression, theta: Expression, hidden: Expression) -> Expression:
    """(13): g_k = diag(theta_k) W_{k+1}^T g_{k+1} for k = 1, ..., hidden; g_k is dL/dy_k, L = hidden + 1."""
    value = theta(k + 1, i) * total(p, n(k + 2), W(k + 2, p, i) * g(k + 2, p))
    return below(k, hidden, below(i, n(k + 1), eq(g(k + 1, i), value)))


def all_weights_at_most(most: Expression, layers: Expression) -> Expression:
    """All |w_{k,ij}| <= most for k = 1, ..., layers."""
    entry = ABS(W(k + 1, i, j)) <= most
    return both(most >= 0, below(k, layers, below(i, n(k + 1), below(j, n(k), entry))))


def all_widths_at_most(most: Expression, layers: Expression) -> Expression:
    """All N_k <= most for k = 0, ..., layers."""
    return below(k, layers + 1, n(k) <= most)


def weights_after(most: Expression, first: Expression, last: Expression) -> Expression:
    """All |w_{l,ij}| <= most for l = first + 1, ..., last."""
    entries = below(i, n(_l + 1), below(j, n(_l), ABS(W(_l + 1, i, j)) <= most))
    return both(most >= 0, below(_l, last, implies(first <= _l, entries)))


def widths_from(most: Expression, first: Expression, last: Expression) -> Expression:
    """All N_l <= most for l = first, ..., last."""
    return below(_l, last + 1, implies(first <= _l, n(_l) <= most))


def sizes_after(
    first: Expression, last: Expression, weights: Theorem, widths: Theorem
) -> tuple[Theorem, Theorem]:
    """From bounds for all weights and widths those for the layers after the first ones."""
    positive, entries = parts(weights)
    some = prove(
        weights_after(C, first, last).args[1], lambda l, inside, _later, _goal: use(entries, l, inside)
    )
    narrow = prove(widths_from(N, first, last), lambda l, inside, _later, _goal: use(widths, l, inside))
    return together(positive, some), narrow


def norm_of_a_weight(entries_bound: Theorem) -> Theorem:
    """||W_k v|| and ||W_k^T v|| are at most C N ||v||, from C27: ||B||^2 <= mn max b^2."""
    names = [n, W, C, N, k]
    vector = variable("v", REAL, NATURAL)
    image = total(i, n(k + 1), total(j, n(k), W(k + 1, i, j) * vector(j)) ** 2)
    transposed = total(j, n(k), total(i, n(k + 1), W(k + 1, i, j) * vector(i)) ** 2)
    square_of = (C * N) ** 2
    statement = forall(
        *names,
        implies(
            below(i, n(k + 1), below(j, n(k), ABS(W(k + 1, i, j)) <= C)),
            n(k) <= N,
            n(k + 1) <= N,
            both(
                forall(vector, image <= square_of * total(j, n(k), vector(j) ** 2)),
                forall(vector, transposed <= square_of * total(i, n(k + 1), vector(i) ** 2)),
            ),
        ),
    )

    def build(entries: Theorem, narrow: Theorem, wide: Theorem, goal: Expression) -> Theorem:
        product = certificate(n(k) * n(k + 1) <= N * N, [(narrow, natural(N)), (wide, natural(n(k)))])

        def bounded(
            rows: Expression, columns: Expression, matrix: Expression, known: Theorem
        ) -> Callable[[Expression, Expression], Theorem]:
            def build(vector: Expression, goal: Expression) -> Theorem:
                size = total(j, columns, vector(j) ** 2)
                terms = prove(
                    below(j, columns, vector(j) ** 2 >= 0),
                    lambda j, _, inner: arith(inner, square(vector(j))),
                )
                length = use(sum_not_negative(), function(j, vector(j) ** 2), columns, terms)
                bound = use(entries_bound, rows, columns, matrix, vector, C, known)
                larger = certificate(
                    n(k) * n(k + 1) * C**2 * size <= N * N * C**2 * size, [(product, square(C), length)]
                )
                return arith(goal, bound, larger, degree=1)

            return build

        plain = function(i, j, W(k + 1, i, j))
        turned = function(j, i, W(k + 1, i, j))
        turned_entries = prove(
            below(j, n(k), below(i, n(k + 1), ABS(W(k + 1, i, j)) <= C)),
            lambda j, small, i, small_i, _: use(entries, i, small_i, j, small),
        )
        return together(
            prove(goal.args[0], bounded(n(k + 1), n(k), plain, entries)),
            prove(goal.args[1], bounded(n(k), n(k + 1), turned, turned_entries)),
        )

    return prove_for(names, statement, build).called("||W_k|| and ||W_k^T|| are at most C N")


def norms_of_weights(entries_bound: Theorem, weights: Theorem, widths: Theorem) -> Theorem:
    """From bounds for the weights and widths of all layers k < h + 1: the norms of W_k and W_k^T."""
    one = norm_of_a_weight(entries_bound)

    def build(inside: Theorem, goal: Expression) -> Theorem:
        narrow, wide = (use(widths, layer, arith(layer < h + 2, inside)) for layer in (k, k + 1))
        found = use(one, n, W, C, N, k, use(parts(weights)[1], k, inside), narrow, wide)
        return restate(found, goal)

    statement = implies(k < h + 1, use(one, n, W, C, N, k).conclusion.args[1].args[1].args[1])
    return prove_for([k], forall(k, statement), build)


def chain_bound(entries_bound: Theorem) -> Theorem:
    """||g_k|| <= (C N)^{L-k} ||g_L||, k >= 1: counted from the end, k + r = L = h + 1; from C27.

    C is at least the weights of W_{k+1}, ..., W_L, and N the widths N_k, ..., N_L.
    """
    names = [n, W, theta, h, g, C, N, power]
    claim_at = total(i, n(k + 1), g(k + 1, i) ** 2) <= power(r) ** 2 * total(i, n(h + 1), g(h + 1, i) ** 2)
    sizes = (weights_after(C, k + 1, h + 1), widths_from(N, k + 1, h + 1))
    statement = forall(
        *names,
        implies(
            are_bits(theta),
            gradient_chain(g, theta, h),
            powers_of(C * N, power),
            forall(r, k, implies(eq(k + r, h), *sizes, claim_at)),
        ),
    )
    norm_bound = norm_of_a_weight(entries_bound)

    def build(bits: Theorem, chain: Theorem, powers: Theorem, goal: Expression) -> Theorem:
        zeroth, following = parts(powers)
        last_size = total(i, n(h + 1), g(h + 1, i) ** 2)

        def size_at(k: Expression) -> Expression:
            return total(i, n(k + 1), g(k + 1, i) ** 2)

        def claim(r: Expression) -> Expression:
            return forall(k, implies(eq(k + r, h), *sizes, size_at(k) <= power(r) ** 2 * last_size))

        def base(goal: Expression) -> Theorem:
            def build(
                k: Expression, at_end: Theorem, _weights: Theorem, _widths: Theorem, _: Expression
            ) -> Theorem:
                one = rewrite(
                    zeroth, lambda w: eq(power(0) ** 2, w**2), identity(power(0) ** 2, power(0) ** 2)
                )
                same = arith(size_at(h) <= power(0) ** 2 * last_size, one, multipliers=[last_size], degree=1)
                turned = arith(eq(h, k), at_end)
                return rewrite(turned, lambda w: size_at(w) <= power(0) ** 2 * last_size, same)

            return prove(goal, build)

        def step(r: Expression, before: Theorem, goal: Expression) -> Theorem:
            def build(
                k: Expression, sum_is: Theorem, weights: Theorem, widths: Theorem, goal: Expression
            ) -> Theorem:
                inside = arith(k < h, sum_is, natural(r))
                here = arith(k + 1 < h + 1, inside)
                later = use(before, k + 1, arith(eq(k + 1 + r, h), sum_is))
                later = use(later, *_sizes_of_fewer(k + 1, weights, widths))
                entries = use(parts(weights)[1], k + 1, here, arith(k + 1 <= k + 1))
                narrow = use(widths, k + 1, arith(k + 1 < h + 2, inside), arith(k + 1 <= k + 1))
                wide = use(widths, k + 2, arith(k + 2 < h + 2, inside), arith(k + 1 <= k + 2))
                transposed = part(use(norm_bound, n, W, C, N, k + 1, entries, narrow, wide), 1)
                vector = row_of(g, k + 2)
                bound = use(transposed, vector)
                image = function(j, total(i, n(k + 2), W(k + 2, i, j) * g(k + 2, i)))

                def term(j: Expression, less: Theorem, goal: Expression) -> Theorem:
                    bit = use(bits, k, j, less)
                    known = use(chain, k, inside, j, less)

                    def at(value: Theorem) -> Theorem:
                        amount = value.conclusion.args[1]
                        here = arith(
                            eq(g(k + 1, j), amount * image(j)), known, value, multipliers=[image(j)], degree=1
                        )
                        squared = rewrite(
                            here,
                            lambda w: eq(g(k + 1, j) ** 2, w**2),
                            identity(g(k + 1, j) ** 2, g(k + 1, j) ** 2),
                        )
                        return arith(goal, squared, square(image(j)), degree=1)

                    return split(bit, at, at)

                one, two = function(j, g(k + 1, j) ** 2), function(j, image(j) ** 2)
                terms = prove(below(j, n(k + 1), one(j) <= two(j)), term)
                smaller = use(sum_monotone(), one, two, n(k + 1), terms)
                scaled = certificate(
                    (C * N) ** 2 * size_at(k + 1) <= (C * N) ** 2 * power(r) ** 2 * last_size,
                    [(square(C * N), later)],
                )
                next_power = use(following, r)
                squared = rewrite(
                    next_power,
                    lambda w: eq(power(r + 1) ** 2, w**2),
                    identity(power(r + 1) ** 2, power(r + 1) ** 2),
                )
                return arith(goal, smaller, bound, scaled, squared, multipliers=[last_size], degree=1)

            return prove(goal, build)

        return restate(by_induction(claim, base, step), goal)

    return prove_for(names, statement, build).called("||g_k|| <= (C N)^{L-k} ||g_L||")


def _sizes_of_fewer(first: Expression, weights: Theorem, widths: Theorem) -> tuple[Theorem, Theorem]:
    """From the bounds for the layers after ``first`` those for the layers after first + 1."""
    positive, entries = parts(weights)
    some = prove(
        weights_after(C, first + 1, h + 1).args[1],
        lambda l, inside, later, _goal: use(entries, l, inside, arith(first <= l, later)),
    )
    narrow = prove(
        widths_from(N, first + 1, h + 1),
        lambda l, inside, later, _goal: use(widths, l, inside, arith(first <= l, later)),
    )
    return together(positive, some), narrow


def chain_of_differences(one: Theorem, two: Theorem, goal: Expression) -> Theorem:
    """From (13) for g and for f, with the same bits: (13) for g - f."""

    def build(k: Expression, inside: Theorem, i: Expression, small: Theorem, goal: Expression) -> Theorem:
        facts = [use(one, k, inside, i, small), use(two, k, inside, i, small)]
        return arith(goal, *facts, degree=1)

    return prove(goal, build)
