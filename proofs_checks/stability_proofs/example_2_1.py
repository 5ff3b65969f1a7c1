"""Example 2.1: no inverse stability in the uniform norm."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, absurd, restate, together, weaken
from ..proving.certificates import arith
from ..proving.lemmas import abs_facts, abs_of_product
from ..proving.tactics import compare, contradiction, parts, prove, rewrite, split, use
from ..statements.expressions import (
    FALSE,
    REAL,
    Expression,
    both,
    either,
    eq,
    forall,
    implies,
    number,
    variable,
)
from ..statements.functions import ABS, RELU
from .examples import _size
from .hyperplanes import abs_scaled
from .opening import Entry, Given, opened

x, y, r, kappa, gamma, delta = (variable(name, REAL) for name in ("x", "y", "r", "kappa", "gamma", "delta"))
a, b, c, p, q, e, k = (variable(name, REAL) for name in ("a", "b", "c", "p", "q", "e", "k"))


# Example 2.1 ------------------------------------------------------------------------------------


def example_2_1_statement(factor: Entry = 1) -> Expression:
    """Return Example 2.1 for all k >= 1, kappa = 1/k: g = k relu(k x) - k relu(k x - kappa^2 y)."""
    value = k * RELU(k * x) - k * RELU(k * x - kappa**2 * y)
    small = forall(x, y, implies(ABS(x) <= 1, ABS(y) <= 1, ABS(value) <= factor * kappa))
    same = forall(x, y, eq(c * RELU(a * x + b * y) + e * RELU(p * x + q * y), value))
    entries = [term**2 * 2 >= k**2 for term in (a, c, p, e)]
    fibre = forall(a, b, c, p, q, e, implies(same, either(*entries)))
    return forall(k, kappa, implies(k >= 1, eq(k * kappa, 1), both(small, fibre)))


@cache
def relu_is_lipschitz() -> Theorem:
    """|relu(x) - relu(y)| <= |x - y|."""

    def build(x: Expression, y: Expression, goal: Expression) -> Theorem:
        facts = parts(use(abs_facts(), x - y))[:3]
        one, two = parts(use(axiom("relu"), x)), parts(use(axiom("relu"), y))

        def values(first: Theorem, second: Theorem, signs: list[Theorem]) -> Theorem:
            return _size(goal, first, second, *facts, *signs)

        def with_x(first: Theorem, sign: Theorem) -> Theorem:
            return split(
                compare(y, number(0)),
                lambda down: values(first, use(two[1], down), [sign, down]),
                lambda up: values(first, use(two[0], arith(y >= 0, up)), [sign, up]),
            )

        return split(
            compare(x, number(0)),
            lambda down: with_x(use(one[1], down), down),
            lambda up: with_x(use(one[0], arith(x >= 0, up)), up),
        )

    return prove(forall(x, y, ABS(RELU(x) - RELU(y)) <= ABS(x - y)), build).called("relu is 1-Lipschitz")


@cache
def example_2_1() -> Theorem:
    """Example 2.1: k^2 is an increment of g along the x axis, at most |c a| + |e p| for any network."""

    def build(given: Given) -> Theorem:
        k, kappa, least, product, goal = given
        small, fibre = goal.args
        positive = arith(k > 0, least)
        kappa_positive = split(
            compare(kappa, number(0)),
            lambda less: absurd(arith(FALSE, less, positive, product), kappa > 0),
            lambda more: more,
        )

        def bounded(given: Given) -> Theorem:
            x, y, _, in_y, goal = given
            one, two = k * x, k * x - kappa**2 * y
            lipschitz = use(relu_is_lipschitz(), one, two)
            value = goal.args[0].args[1]
            difference = RELU(one) - RELU(two)
            size = use(abs_scaled(), k, difference, positive)
            gap = use(abs_of_product(), kappa**2, y)
            inner = rewrite(
                arith(eq(kappa**2 * y, one - two)), lambda z: eq(ABS(z), ABS(kappa**2) * ABS(y)), gap
            )
            absolute = use(parts(use(axiom("abs"), kappa**2))[0], arith(kappa**2 >= 0, kappa_positive))
            least_size = arith(
                ABS(kappa**2) * ABS(y) <= kappa**2,
                arith(kappa**2 * ABS(y) <= kappa**2, in_y, arith(kappa**2 >= 0, kappa_positive)),
                absolute,
                multipliers=[ABS(y)],
            )
            grown = arith(k * ABS(difference) <= k * kappa**2, lipschitz, inner, least_size, positive)
            exact = certificate(eq(k * kappa**2, kappa), [(product, kappa)])
            whole = arith(ABS(k * difference) <= kappa, size, grown, exact, degree=1)
            return rewrite(arith(eq(k * difference, value)), lambda z: ABS(z) <= kappa, whole)

        def far(given: Given) -> Theorem:
            a, b, c, p, q, e, same, goal = given
            height = k * k * k
            first, second = use(same, 1, height), use(same, 0, height)
            # g(1, k^3) - g(0, k^3) = k^2
            flat = certificate(eq(kappa**2 * height, k), [(product, k * k * kappa + k)])
            terms = [k * 1, k * 1 - kappa**2 * height, k * 0, k * 0 - kappa**2 * height]
            values = [
                use(parts(use(axiom("relu"), term))[0], arith(term >= 0, flat, least, degree=1))
                if place in (0, 2)
                else use(parts(use(axiom("relu"), term))[1], arith(term <= 0, flat, least, degree=1))
                for place, term in enumerate(terms)
            ]
            increments = [
                (c, use(relu_is_lipschitz(), a * 1 + b * height, a * 0 + b * height), a),
                (e, use(relu_is_lipschitz(), p * 1 + q * height, p * 0 + q * height), p),
            ]
            bounds = []
            for coefficient, lipschitz, weight in increments:
                gap = lipschitz.conclusion.args[0].args[1]
                bounds.append(_increment(coefficient, gap, weight, lipschitz))
            whole = arith(
                k**2 <= _squares(a, c, p, e) * number(Fraction(1, 2)),
                first,
                second,
                *values,
                *bounds,
                multipliers=[k],
                degree=2,
            )
            return _some_large(goal, (a, c, p, e), k, whole)

        return together(opened(small, 4, bounded), opened(fibre, 7, far))

    return opened(example_2_1_statement(), 4, build).called("Example 2.1")


def _squares(a: Entry, c: Entry, p: Entry, e: Entry) -> Expression:
    squares: Expression = a**2 + c**2 + p**2 + e**2
    return squares


def _increment(c: Entry, gap: Entry, a: Entry, lipschitz: Theorem) -> Theorem:
    """From |gap| <= |a|: c gap <= (a^2 + c^2) / 2."""
    from ..kernel.arithmetic import square

    inner = lipschitz.conclusion.args[1].args[1]
    lipschitz = rewrite(arith(eq(inner, a)), lambda z: ABS(gap) <= ABS(z), lipschitz)
    facts, sizes = parts(use(abs_facts(), gap)), parts(use(abs_facts(), a))
    squares = arith(gap**2 <= a**2, lipschitz, facts[0], facts[3], sizes[3])
    return arith(c * gap <= (a**2 + c**2) * number(Fraction(1, 2)), square(c - gap), squares, degree=1)


def _some_large(goal: Expression, terms: Given, k: Expression, whole: Theorem) -> Theorem:
    """From 2 k^2 <= sum of four squares: one of them is at least k^2 / 2."""

    def go(place: int, small: list[Theorem]) -> Theorem:
        if place == len(terms):
            return contradiction(goal, arith(FALSE, whole, *small, degree=1))
        return split(
            compare(k**2, terms[place] ** 2 * 2),
            lambda large: weaken(restate(large, goal.args[place]), goal),
            lambda less: go(place + 1, [*small, less]),
        )

    return go(0, [])
