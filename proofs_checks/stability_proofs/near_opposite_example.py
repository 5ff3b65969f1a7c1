"""Example 2.5: nearly opposite parametrizations. k kappa = 1, rho is 2^(1/2)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, absurd, detach, leibniz, restate, together, witness
from ..proving.certificates import arith
from ..proving.tactics import below as values_below
from ..proving.tactics import contradiction, parts, prove, rewrite, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    NATURAL,
    REAL,
    Expression,
    Sort,
    both,
    eq,
    exists,
    forall,
    fresh,
    function,
    implies,
    negation,
    number,
    substitute,
    table,
    total,
    variable,
)
from ..statements.functions import ABS
from .examples import _at_least
from .independent_jumps import is_independent
from .names import H, b, below, dot, e, i, is_step, j, network, row, some_below, x
from .opening import Entry, Given, opened, opened_exists
from .partners import has_no_zero_neuron
from .uniqueness import stronger_form

k, kappa, rho = (variable(name, REAL) for name in ("k", "kappa", "rho"))
LONG = table({(0, 0): 1, (0, 1): 1, (1, 0): -1, (1, 1): 1})
LAST = table({(0, 2): 1, (1, 2): 1})
THIRD, THIRD_LAST = table({(2, 1): -1}), table({(2, 2): Fraction(1, 2)})
FIRST_TWO, ONLY_THIRD = table({(0,): 1, (1,): 1}), table({(2,): 1})
place = variable("o", NATURAL)


def weights(k: Entry, kappa: Entry, rho: Entry, sign: int = 1) -> Expression:
    """Return a_i = sign times (k, k, kappa), (-k, k, kappa), (0, -rho k, rho kappa / 2)."""
    entry = k * LONG(i, j) + kappa * LAST(i, j) + rho * k * THIRD(i, j) + rho * kappa * THIRD_LAST(i, j)
    return function(i, j, sign * entry)


def coefficients(k: Entry, rho: Entry) -> Expression:
    """Return c = (k, k, rho k)."""
    return function(i, k * FIRST_TWO(i) + rho * k * ONLY_THIRD(i))


def example_2_5_statement(distance: int = 3, factor: int = 1) -> Expression:
    """Return Example 2.5."""
    a, theta, c = weights(k, kappa, rho), weights(k, kappa, rho, -1), coefficients(k, rho)
    slopes = total(i, number(3), c(i) * theta(i, j) * H(dot(row(theta, i), x, number(3)))) - total(
        i, number(3), c(i) * a(i, j) * H(dot(row(a, i), x, number(3)))
    )
    alive = below(i, number(3), negation(eq(dot(row(a, i), x, number(3)), 0)))
    near = forall(H, x, implies(is_step(H), alive, below(j, number(3), ABS(slopes) <= distance)))
    reached = forall(H, x, implies(is_step(H), alive, some_below(j, number(3), eq(ABS(slopes), distance))))
    generic = exists(x, alive)
    same = forall(x, eq(network(e, b, x, number(3), number(3)), network(c, theta, x, number(3), number(3))))
    fibre = forall(b, e, implies(same, some_below(j, number(3), ABS(b(0, j) - a(0, j)) >= factor * k)))
    return forall(
        *(k, kappa, rho),
        implies(k > 0, eq(k * kappa, 1), rho >= 0, eq(rho * rho, 2), both(near, reached, generic, fibre)),
    )


def at_value(
    goal: Expression, name: Expression, value: int, equal: Theorem, build: Callable[[Expression], Theorem]
) -> Theorem:
    """Prove a goal about a natural number from the same about its value."""
    w = fresh(Sort(NATURAL), "w")
    claim = forall(w, substitute(goal, name, w))
    known = build(substitute(goal, name, number(value)))
    return detach(leibniz(arith(eq(value, name), equal), claim), known)


def by_values(
    goal: Expression, name: Expression, less: Theorem, count: int, build: Callable[[int, Expression], Theorem]
) -> Theorem:
    """Prove a goal about name < count for each value."""
    return split(
        values_below(name, count, less),
        *(_case(goal, name, value, build) for value in range(count)),
    )


def _case(
    goal: Expression, name: Expression, value: int, build: Callable[[int, Expression], Theorem]
) -> Callable[[Theorem], Theorem]:
    return lambda equal: at_value(goal, name, value, equal, lambda inner: build(value, inner))


@cache
def example_2_5() -> Theorem:
    """Example 2.5."""

    def build(given: Given) -> Theorem:
        k, kappa, rho, k_positive, product, least, square, goal = given
        near, reached, generic, fibre = goal.args
        kappa_positive = _factor_positive(kappa, k_positive, product)
        rho_positive = _root_positive(rho, least, square)
        facts = (k, kappa, rho, k_positive, kappa_positive, rho_positive, product, square)

        def entry(given: Given) -> Theorem:
            H, x, step, alive, j, less, goal = given
            return by_values(
                goal, j, less, 3, lambda value, inner: _slope(inner, value, facts, H, x, step, alive)
            )

        def attained(given: Given) -> Theorem:
            H, x, step, alive, goal = given
            inner = opened_exists(goal, number(2)).args[1]
            return witness(
                together(arith(number(2) < 3), _slope(inner, 2, facts, H, x, step, alive)), goal, 2
            )

        up = table({(0,): 0, (1,): 0, (2,): 1})

        def off(i: Expression, less: Theorem, goal: Expression) -> Theorem:
            return by_values(goal, i, less, 3, lambda _value, inner: _third_alive(inner, facts))

        point = witness(prove(opened_exists(generic, up), off), generic, up)
        return together(
            opened(near, 6, entry),
            opened(reached, 4, attained),
            point,
            opened(fibre, 3, lambda given: _fibre(given, facts)),
        )

    return opened(example_2_5_statement(), 7, build).called("Example 2.5")


def _factor_positive(kappa: Expression, positive: Theorem, product: Theorem) -> Theorem:
    from ..proving.tactics import compare

    return split(
        compare(kappa, number(0)),
        lambda less: absurd(arith(FALSE, less, positive, product), kappa > 0),
        lambda more: more,
    )


def _root_positive(rho: Expression, least: Theorem, square: Theorem) -> Theorem:
    from ..proving.tactics import compare

    return split(
        compare(rho, number(0)),
        lambda less: absurd(arith(FALSE, less, least, square), rho > 0),
        lambda more: more,
    )


def _third_alive(goal: Expression, facts: Given) -> Theorem:
    """<a_i, (0, 0, 1)> > 0."""
    _, kappa, rho, _, kappa_positive, rho_positive, _, _ = facts
    both_positive = arith(rho * kappa > 0, rho_positive, kappa_positive)
    return prove(goal, lambda zero, _: arith(FALSE, zero, kappa_positive, both_positive, degree=1))


def _slope(
    goal: Expression, value: int, facts: Given, H: Expression, x: Expression, step: Theorem, alive: Theorem
) -> Theorem:
    """The difference of the gradients is -sum c_i a_i = (0, 0, -3)."""
    k, kappa, rho, _, _, _, product, square = facts
    a, c = weights(k, kappa, rho), coefficients(k, rho)
    flips = []
    for index in range(3):
        term = dot(row(a, number(index)), x, number(3))
        one = _one_side(H, term, step, use(alive, index, arith(number(index) < 3)))
        flips.append((one, c(number(index)) * a(number(index), number(value))))
    inner = goal.args[0].args[1]
    whole = -1 * sum((weight for _, weight in flips), number(0))
    same = certificate(eq(inner, whole), [(one, -1 * weight) for one, weight in flips])
    target = number(-3 if value == 2 else 0)
    if value == 2:
        summands = [(product, -2 - 1 * number(Fraction(1, 2)) * rho * rho), (square, number(Fraction(-1, 2)))]
        exact = certificate(eq(whole, target), summands)
    else:
        exact = arith(eq(whole, target), square, multipliers=[k, k * k])
    moved = arith(eq(inner, target), same, exact, degree=1)
    size = use(parts(use(axiom("abs"), target))[1], arith(target <= 0))
    bound = goal.args[1]
    at_target = arith(ABS(target) <= bound, size) if goal.op == "<=" else arith(eq(ABS(target), bound), size)
    if goal.op == "<=":
        return rewrite(arith(eq(target, inner), moved), lambda z: ABS(z) <= bound, at_target)
    return rewrite(arith(eq(target, inner), moved), lambda z: eq(ABS(z), bound), at_target)


def _one_side(H: Expression, term: Expression, step: Theorem, off: Theorem) -> Theorem:
    """H(-t) + H(t) = 1 for t != 0."""
    from ..kernel.arithmetic import trichotomy

    goal = eq(H(-1 * term) + H(term), 1)
    (on, none), (on_minus, none_minus) = parts(use(step, term)), parts(use(step, -1 * term))
    return split(
        trichotomy(term, number(0)),
        lambda less: arith(
            goal, use(none, arith(term <= 0, less)), use(on_minus, arith(-1 * term > 0, less))
        ),
        lambda zero: contradiction(goal, detach(off, zero)),
        lambda more: arith(
            goal, use(on, arith(term > 0, more)), use(none_minus, arith(-1 * term <= 0, more))
        ),
    )


def _fibre(given: Given, facts: Given) -> Theorem:
    b, e, same, goal = given
    k, kappa, rho, k_positive, _kappa_positive, rho_positive, product, square = facts
    theta, c = weights(k, kappa, rho, -1), coefficients(k, rho)
    matrix, theirs = function(i, place, c(i)), function(i, place, e(i))
    three, one = number(3), number(1)
    long = arith(rho * k > 0, rho_positive, k_positive)

    def pair(given: Given) -> Theorem:
        i_, in_i, l_, in_l, goal = given
        return by_values(
            goal,
            i_,
            in_i,
            3,
            lambda first, inner: by_values(
                inner,
                l_,
                in_l,
                3,
                lambda second, last: _separate(last, first, second, (k_positive, long)),
            ),
        )

    independent = opened(is_independent(theta, three, three), 4, pair)

    def alive(i_: Expression, less: Theorem, goal: Expression) -> Theorem:
        def at(value: int, inner: Expression) -> Theorem:
            weight = prove(
                inner.args[0],
                lambda flat, _: arith(FALSE, use(flat, 1, arith(number(1) < 3)), k_positive, long, degree=1),
            )
            coefficient = prove(
                inner.args[1],
                lambda flat, _: arith(FALSE, use(flat, 0, arith(number(0) < 1)), k_positive, long, degree=1),
            )
            del value
            return together(weight, coefficient)

        return by_values(goal, i_, less, 3, at)

    no_zero = prove(has_no_zero_neuron(theta, matrix, three, three, one), alive)
    strong = use(stronger_form(), three, three, one, theta, matrix, b, theirs, independent, no_zero)
    wanted = strong.conclusion.args[0]
    realizes = opened(wanted, 3, lambda given: restate(use(same, given[0]), given[-1]))
    located = use(strong, realizes)

    def found(pi: Expression, lam: Expression, sign: Expression, known: Theorem) -> Theorem:
        permutation, flags, lines, _, sums = parts(known)
        inside = parts(permutation)[0]
        products = prove(
            below(i, three, eq(c(i) * theta(i, number(2)), -1)),
            lambda i, less, goal: by_values(
                goal,
                i,
                less,
                3,
                lambda value, inner: _product(inner, value, product, square, (k, kappa, rho)),
            ),
        )
        zero = use(sums, 0, arith(number(0) < 1), 2, arith(number(2) < 3))
        at = [
            use(products, pi(number(index)), use(inside, index, arith(number(index) < 3)))
            for index in range(3)
        ]
        gaps = [
            _gap(sign(number(index)), parts(use(flags, index, arith(number(index) < 3)))[1])
            for index in range(3)
        ]
        total_gap = arith(
            eq(sum((1 - sign(number(index)) for index in range(3)), number(0)), 0),
            zero,
            *at,
            multipliers=[1 - sign(number(index)) for index in range(3)],
        )
        plus = arith(eq(sign(number(0)), 1), total_gap, *gaps, degree=1)
        positive = parts(use(flags, 0, arith(number(0) < 3)))[0]
        in_three = use(inside, 0, arith(number(0) < 3))

        def at_place(value: int, equal: Theorem) -> Theorem:
            column = 1 if value == 1 else 0
            line = use(lines, 0, arith(number(0) < 3), column, arith(number(column) < 3))
            moved = rewrite(
                equal,
                lambda z: eq(b(0, column), lam(number(0)) * sign(number(0)) * theta(z, number(column))),
                line,
            )
            inner = opened_exists(goal, number(column)).args[1]
            scaled = arith(lam(number(0)) * k > 0, positive, k_positive)
            exact = arith(
                eq(b(0, column), lam(number(0)) * theta(number(value), number(column))),
                moved,
                plus,
                multipliers=[lam(number(0)) * k],
            )
            return witness(
                together(arith(number(column) < 3), _at_least(inner, -1, exact, scaled, k_positive)),
                goal,
                column,
            )

        return split(
            values_below(pi(number(0)), 3, in_three),
            *(_place_case(at_place, value) for value in range(3)),
        )

    return with_witness(located, found)


def _place_case(at_place: Callable[[int, Theorem], Theorem], value: int) -> Callable[[Theorem], Theorem]:
    return lambda equal: at_place(value, equal)


def _gap(sign: Expression, signs: Theorem) -> Theorem:
    """S = 1 or -1 gives 1 - s >= 0."""
    goal = 1 - sign >= 0
    return split(signs, lambda h: arith(goal, h), lambda h: arith(goal, h))


def _product(goal: Expression, value: int, product: Theorem, square: Theorem, terms: Given) -> Theorem:
    k, kappa, rho = terms
    if value < 2:
        return arith(goal, product, degree=1)
    return arith(goal, product, square, multipliers=[rho * rho, k * kappa])


def _separate(goal: Expression, first: int, second: int, positive: Given) -> Theorem:
    """Two of the three rows are on different lines."""

    def build(given: Given) -> Theorem:
        other, _, _, parallel, _ = given
        if first == second:
            return detach(other, arith(eq(number(first), number(second))))

        def found(_mu: Expression, line: Theorem) -> Theorem:
            entries = [use(line, column, arith(number(column) < 3)) for column in range(3)]
            return arith(FALSE, *entries[:2], *positive, degree=1)

        return with_witness(parallel, found)

    return opened(goal, 4, build)
