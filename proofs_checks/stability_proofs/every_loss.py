"""Local minima that correspond for every loss although R is not inverse stable: the erratum B1, again.

Omega is the curve of the (t, 1/t^2), t >= 1, in N_(1,1,1), the functions c relu(a x). On it R is one to one
and its inverse is continuous, so for every loss local minima correspond; but that of small functions is not
uniformly continuous. A loss on R(Omega) is a function of g(1), as g is g(1) relu.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, absurd, assume, discharge, together, witness
from ..proving.certificates import arith
from ..proving.tactics import compare, parts, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    REAL,
    Expression,
    both,
    eq,
    exists,
    forall,
    implies,
    number,
    variable,
)
from ..statements.functions import ABS, INVERSE, POWER, RELU
from .architectures import power_positive
from .examples import _size
from .gradients import step_exists
from .names import H, is_step
from .opening import Entry, Given, opened, opened_exists
from .proposition_1_2 import _inverse_of, _inverse_positive

x, s, alpha, delta, r, rho = (variable(name, REAL) for name in ("x", "s", "alpha", "delta", "r", "rho"))
a, c, p, e, a2, c2 = (variable(name, REAL) for name in ("a", "c", "p", "e", "a'", "c'"))
L = variable("L", REAL, REAL)


def inside(a: Entry, c: Entry) -> Expression:
    """Return: (a, c) lies on the curve."""
    return both(a >= 1, eq(a * a * c, 1))


def is_near(delta: Entry) -> Expression:
    """Return |R(p, e) - R(a, c)|_W <= delta by (21)."""
    return forall(H, x, implies(is_step(H), ABS(e * p * H(p * x) - c * a * H(a * x)) <= delta))


def every_loss_statement() -> Expression:
    """Return: if local minima correspond for every loss L, R is inverse stable for some s and alpha."""
    here, there = L(c * RELU(a * 1)), L(e * RELU(p * 1))
    minimum = forall(p, e, implies(inside(p, e), ABS(p - a) <= r, ABS(e - c) <= r, here <= there))
    less = forall(p, e, delta, implies(inside(p, e), delta >= 0, is_near(delta), delta <= rho, here <= there))
    as_function = exists(rho, both(rho > 0, less))
    corresponds = forall(L, a, c, r, implies(inside(a, c), r > 0, minimum, as_function))
    bound = s * POWER(delta, alpha)
    same = forall(x, eq(c2 * RELU(a2 * x), e * RELU(p * x)))
    found = exists(a2, c2, both(inside(a2, c2), same, ABS(a2 - a) <= bound, ABS(c2 - c) <= bound))
    pairs = forall(
        *(a, c, p, e, delta), implies(inside(a, c), inside(p, e), delta >= 0, is_near(delta), found)
    )
    return implies(corresponds, exists(s, alpha, both(s > 0, alpha > 0, pairs)))


@cache
def every_loss_refutation() -> Theorem:
    """The inverse of R is continuous at each point of the curve, and (t, 1/t^2), (2t, 1/(2t)^2) are far."""
    claim = every_loss_statement()
    stable = use(assume(claim), opened(claim.args[0], 7, _corresponds))
    return discharge(claim, with_witness(stable, _unstable)).called(
        "every loss: minima correspond, no stability"
    )


class _Point:
    """A point of the curve with its slope u = c a: u a = 1, 0 < u <= 1, u^2 = c."""

    def __init__(self, a: Expression, c: Expression, inside: Theorem) -> None:
        self.a, self.c, self.u = a, c, c * a
        self.least, product = parts(inside)
        self.unit = arith(eq(self.u * a, 1), product)
        self.squared = certificate(eq(self.u * self.u, c), [(product, c)])
        self.above = split(
            compare(self.u, number(0)),
            lambda down: absurd(arith(FALSE, self.unit, down, self.least), self.u > 0),
            lambda more: more,
        )
        self.at_most = arith(self.u <= 1, self.above, self.least, self.unit)
        self.positive = arith(a > 0, self.least)


def _corresponds(given: Given) -> Theorem:
    _L, a, c, r, on_curve, r_positive, minimum, goal = given
    point = _Point(a, c, on_curve)

    def with_sigma(sigma: Expression, *known: Theorem) -> Theorem:
        """0 < sigma <= 1, sigma <= r: rho = u^2 sigma / 2 serves."""
        radius = point.u * point.u * sigma * number(Fraction(1, 2))
        body = opened_exists(goal, radius)
        area = arith(point.u * point.u > 0, point.above)
        least = arith(radius > 0, arith(point.u * point.u * sigma > 0, area, known[0]))

        def at(inner: Given) -> Theorem:
            p, e, _, there, _, near, close, _ = inner
            other = _Point(p, e, there)
            gaps = _slopes(point, other, near, close)
            within = _within(point, other, (sigma, radius), known, gaps, least)
            return use(minimum, p, e, there, *(_size(ABS(t) <= r, *facts) for t, facts in within))

        return witness(together(least, opened(body.args[1], 7, at)), goal, radius)

    return split(
        compare(r, number(1)),
        lambda small: with_sigma(r, r_positive, small, arith(r <= r)),
        lambda large: with_sigma(
            number(1), arith(number(1) > 0), arith(number(1) <= 1), arith(number(1) <= r, large)
        ),
    )


def _slopes(one: _Point, two: _Point, near: Theorem, close: Theorem) -> list[Theorem]:
    """From |R(p, e) - R(a, c)|_W <= delta <= rho: v - u <= rho and u - v <= rho, by the gradients at 1."""
    from ..proving.lemmas import abs_facts

    def with_step(function: Expression, step: Theorem) -> Theorem:
        bound = use(near, function, 1, step)
        term = bound.conclusion.args[0].args[1]
        ons = [
            use(parts(use(step, point.a * 1))[0], arith(point.a * 1 > 0, point.positive))
            for point in (one, two)
        ]
        equal = certificate(eq(term, two.u - one.u), [(ons[1], two.u), (ons[0], -1 * one.u)])
        facts = parts(use(abs_facts(), term))[1:3]
        limit = close.conclusion.args[1]
        return together(
            arith(two.u - one.u <= limit, equal, *facts, bound, close),
            arith(one.u - two.u <= limit, equal, *facts, bound, close),
        )

    return parts(with_witness(step_exists(), with_step))


def _within(
    one: _Point, two: _Point, sizes: Given, known: Given, gaps: list[Theorem], least: Theorem
) -> list[tuple[Expression, list[Theorem]]]:
    """Return p - a and e - c with facts that bound them by sigma."""
    sigma, radius = sizes
    a, u, p, v = one.a, one.u, two.a, two.u
    half = arith(u * u * sigma <= u, *_products(one, sigma, known))
    slope = arith(2 * v >= u, gaps[1], half)
    product = arith(p * u <= 2, arith(p * (2 * v - u) >= 0, slope, two.positive), two.unit)
    double = arith(p <= 2 * a, arith(a * (2 - p * u) >= 0, product, one.positive), one.unit, multipliers=[p])
    area = arith(p * a > 0, two.positive, one.positive)
    moved = certificate(eq(p - a, p * a * (u - v)), [(one.unit, -1 * p), (two.unit, a)])
    scaled = [
        arith(p * a * (limit.conclusion.args[1] - limit.conclusion.args[0]) >= 0, limit, area)
        for limit in gaps
    ]
    wide = arith(a * radius * (2 * a - p) >= 0, double, arith(a * radius > 0, one.positive, least))
    whole = certificate(eq(2 * a * a * radius, sigma), [(one.unit, sigma * (1 + u * a))])
    total = arith(u + v > 0, one.above, two.above)
    sums = [
        arith((u + v) * (limit.conclusion.args[1] - limit.conclusion.args[0]) >= 0, limit, total)
        for limit in gaps
    ]
    room = arith(radius * (2 - u - v) >= 0, least, arith(u + v <= 2, one.at_most, two.at_most))
    small = arith(2 * radius <= sigma, arith(u * u <= 1, one.above, one.at_most), known[0])
    return [
        (p - a, [moved, *scaled, wide, whole, known[2]]),
        (two.c - one.c, [one.squared, two.squared, *sums, room, small, known[2]]),
    ]


def _products(one: _Point, sigma: Expression, known: Given) -> list[Theorem]:
    """u^2 sigma <= u^2 and u^2 <= u."""
    u = one.u
    return [
        arith(u * u * (1 - sigma) >= 0, arith(u * u > 0, one.above), known[1]),
        arith(u * (1 - u) >= 0, one.above, one.at_most),
    ]


def _unstable(s: Expression, alpha: Expression, known: Theorem) -> Theorem:
    """With s power(delta_0, alpha) = 1/2 and t = 1 + 1/(2 delta_0): the points at t and 2t."""
    s_positive, alpha_positive, pairs = parts(known)
    inverse = _inverse_of(s, s_positive)
    half = INVERSE(s) * number(Fraction(1, 2))
    half_positive = arith(half > 0, _inverse_positive(s, s_positive, inverse))
    first = POWER(half, INVERSE(alpha))
    positive = use(power_positive(), half, alpha, half_positive, alpha_positive)
    power = use(axiom("power of a power"), half, alpha, arith(half >= 0, half_positive), alpha_positive)
    w = INVERSE(2 * first)
    w_product = _inverse_of(2 * first, arith(2 * first > 0, positive))
    w_positive = _inverse_positive(2 * first, arith(2 * first > 0, positive), w_product)
    t = 1 + w
    t_least, t_positive = arith(t >= 1, w_positive), arith(2 * t > 0, w_positive)
    delta = INVERSE(2 * t)
    unit = _inverse_of(2 * t, t_positive)
    above = _inverse_positive(2 * t, t_positive, unit)
    smaller = split(
        compare(delta, first),
        lambda fact: fact,
        lambda more: absurd(
            arith(FALSE, arith(2 * t * (delta - first) > 0, more, t_positive), unit, w_product, positive),
            delta <= first,
        ),
    )
    one = together(t_least, certificate(eq(t * t * (4 * delta * delta), 1), [(unit, 1 + 2 * t * delta)]))
    two = together(
        arith(2 * t >= 1, t_least),
        certificate(eq(2 * t * (2 * t) * (delta * delta), 1), [(unit, 1 + 2 * t * delta)]),
    )
    at = use(pairs, t, 4 * delta * delta, 2 * t, delta * delta, delta, one, two, arith(delta >= 0, above))
    near = opened(at.conclusion.args[0], 3, lambda given: _close(given, t, delta, (t_positive, unit, above)))
    monotone = use(
        axiom("powers are monotone"),
        *(delta, first, alpha, arith(delta >= 0, above), smaller, alpha_positive),
    )
    scaled = certificate(
        eq(s * POWER(first, alpha), number(Fraction(1, 2))), [(power, s), (inverse, number(Fraction(1, 2)))]
    )
    bound = arith(s * POWER(delta, alpha) <= number(Fraction(1, 2)), parts(monotone)[1], s_positive, scaled)

    def far(a2: Expression, c2: Expression, facts: Theorem) -> Theorem:
        from ..proving.lemmas import abs_facts

        there, same, close, _ = parts(facts)
        other = _Point(a2, c2, there)
        values = [
            use(parts(use(axiom("relu"), term))[0], arith(term >= 0, fact))
            for term, fact in ((a2 * 1, other.positive), (2 * t * 1, t_positive))
        ]
        slope = arith(
            eq(c2 * a2, delta * delta * (2 * t)), use(same, 1), *values, multipliers=[c2, delta * delta]
        )
        flat = certificate(eq(c2 * a2, delta), [(slope, 1), (unit, delta)])
        # (c' a') a' = 1 and delta 2t = 1
        at_end = certificate(eq(a2, 2 * t), [(flat, -2 * t * a2), (unit, -1 * a2), (other.unit, 2 * t)])
        size = parts(use(abs_facts(), a2 - t))[1]
        return arith(FALSE, close, size, at_end, bound, t_least, degree=1)

    return with_witness(use(at, near), far)


def _close(given: Given, t: Expression, delta: Expression, known: Given) -> Theorem:
    """The slopes are delta and 2 delta, on the same side of 0."""
    _H, x, step, goal = given
    positive, unit, above = known
    half = arith(t > 0, positive)
    term = goal.args[0].args[1]

    def side(place: int, signs: list[Theorem]) -> Theorem:
        values = [
            use(parts(use(step, argument))[place], sign)
            for argument, sign in zip((2 * t * x, t * x), signs, strict=True)
        ]
        slopes = (delta * delta * (2 * t), 4 * delta * delta * t)
        height = number(1 - place)
        equal = certificate(
            eq(term, -1 * delta * height),
            [(values[0], slopes[0]), (values[1], -1 * slopes[1]), (unit, -1 * delta * height)],
        )
        return _size(goal, equal, above)

    return split(
        compare(x, number(0)),
        lambda down: side(1, [arith(2 * t * x <= 0, down, positive), arith(t * x <= 0, down, half)]),
        lambda up: side(0, [arith(2 * t * x > 0, up, positive), arith(t * x > 0, up, half)]),
    )
