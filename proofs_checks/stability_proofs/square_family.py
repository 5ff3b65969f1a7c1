"""S = {t x^2 : 0 <= t <= 1}: near shallow networks, of which only 0 is one, as each is affine somewhere."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate, square
from ..kernel.rules import Theorem, assume, discharge, together, witness
from ..proving.certificates import arith, equal_if_both
from ..proving.lemmas import abs_facts, abs_of_product
from ..proving.tactics import (
    by_induction,
    compare,
    last_term,
    parts,
    prove,
    split,
    use,
    with_witness,
)
from ..statements.expressions import (
    FALSE,
    Expression,
    both,
    eq,
    exists,
    forall,
    implies,
    number,
)
from ..statements.functions import ABS, RELU
from .one_variable import (
    HALF,
    SQUARES,
    A,
    B,
    a,
    b,
    c,
    compactness_statement,
    e,
    is_convex_family,
    is_lipschitz_family,
    m,
    of_squares,
    on_interval,
    p,
    s,
    shallow,
    t,
    u,
    x,
)
from .opening import Entry, Given, opened, opened_exists
from .parabola_chords import squares_in_closure


@cache
def affine_somewhere() -> Theorem:
    """A shallow network in one variable is affine on some part of each interval."""

    def claim(k: Expression) -> Expression:
        line = forall(x, implies(x >= u, x <= p, eq(shallow(a, b, c, k, x), A * x + B)))
        inside = both(s <= u, u < p, p <= t)
        return forall(*(a, b, c, s, t), implies(s < t, exists(*(u, p, A, B), both(inside, line))))

    def base(goal: Expression) -> Theorem:
        def build(given: Given) -> Theorem:
            _a, _b, _c, s, t, order, goal = given
            inside, line = opened_exists(goal, s, t, number(0), number(0)).args
            here = together(*(arith(formula, order) for formula in inside.args))
            flat = prove(line, lambda _x, _low, _high, inner: arith(inner))
            return witness(together(here, flat), goal, s, t, number(0), number(0))

        return opened(goal, 6, build)

    def step(k: Expression, before: Theorem, goal: Expression) -> Theorem:
        def build(given: Given) -> Theorem:
            a, b, c, s, t, order, goal = given

            def found(u: Expression, p: Expression, A: Expression, B: Expression, known: Theorem) -> Theorem:
                return _with_neuron(goal, (a, b, c, k), (u, p, A, B), known)

            return with_witness(use(before, a, b, c, s, t, order), found)

        return opened(goal, 6, build)

    return by_induction(claim, base, step).called("a shallow network in one variable is affine somewhere")


def _with_neuron(goal: Expression, data: Entry, old: Entry, known: Theorem) -> Theorem:
    """Halve [u, p]: on one half the sign of the new neuron's argument does not change."""
    a, b, c, k = data
    u, p, A, B = old
    inside, line = parts(known)
    bounds = parts(inside)
    middle = (u + p) * HALF

    def argument(x: Expression) -> Entry:
        return a(k) * x + b(k)

    def on_part(low: Expression, high: Expression, signs: Entry, *, active: bool) -> Theorem:
        """The neuron is its argument, or 0, on [low, high], by its signs at the ends."""
        slope, shift = (A + c(k) * a(k), B + c(k) * b(k)) if active else (A, B)
        inner, values = opened_exists(goal, low, high, slope, shift).args

        def value(x: Expression, more: Theorem, less: Theorem, wanted: Expression) -> Theorem:
            before = use(
                line, x, arith(x >= u, more, *bounds, degree=1), arith(x <= p, less, *bounds, degree=1)
            )
            sign = _between(argument, x, (low, high), signs, (more, less), bounds[1], active=active)
            rule = use(parts(use(axiom("relu"), argument(x)))[0 if active else 1], sign)
            whole = last_term(k, lambda i: c(i) * RELU(a(i) * x + b(i)))
            return arith(wanted, whole, before, rule, multipliers=[c(k)], degree=1)

        here = together(*(arith(formula, *bounds, degree=1) for formula in inner.args))
        return witness(together(here, prove(values, value)), goal, low, high, slope, shift)

    left, centre = argument(u), argument(middle)
    zero = number(0)

    def left_low(low: Theorem) -> Theorem:
        def centre_high(high: Theorem) -> Theorem:
            right = arith(argument(p) >= 0, low, high, degree=1)
            return on_part(middle, p, (arith(centre >= 0, high), right), active=True)

        return split(
            compare(centre, zero), lambda other: on_part(u, middle, (low, other), active=False), centre_high
        )

    def left_high(high: Theorem) -> Theorem:
        def centre_low(low: Theorem) -> Theorem:
            right = arith(argument(p) <= 0, low, high, degree=1)
            return on_part(middle, p, (low, right), active=False)

        return split(
            compare(centre, zero),
            centre_low,
            lambda other: on_part(
                u, middle, (arith(left >= 0, high), arith(centre >= 0, other)), active=True
            ),
        )

    return split(compare(left, zero), left_low, left_high)


def _between(
    argument: Entry, x: Expression, ends: Entry, signs: Entry, where: Entry, order: Theorem, *, active: bool
) -> Theorem:
    """An affine function of one sign at both ends has it between them."""
    low, high = ends
    at_low, at_high = signs
    more, less = where
    wanted = argument(x) >= 0 if active else argument(x) <= 0
    width = arith(high - low > 0, order, degree=1)
    # (high - low) g(x) = (high - x) g(low) + (x - low) g(high)
    return certificate(wanted, [(less, at_low), (more, at_high)], positive=width)


@cache
def only_zero() -> Theorem:
    """If s x^2 is a shallow network on [-1, 1], then s = 0."""
    equal = on_interval(eq(shallow(a, b, c, m, x) + e, s * x**2))
    statement = forall(*(m, a, b, c, e, s), implies(equal, eq(s, 0)))

    def build(given: Given) -> Theorem:
        m, a, b, c, _e, s, equal, goal = given

        def found(u: Expression, p: Expression, _A: Expression, _B: Expression, known: Theorem) -> Theorem:
            inside, line = parts(known)
            low, order, high = parts(inside)
            values = []
            for point in (u, (u + p) * HALF, p):
                more, less = (arith(bound, low, order, high, degree=1) for bound in (point >= -1, point <= 1))
                between = [arith(bound, order, degree=1) for bound in (point >= u, point <= p)]
                at_point = use(equal, point, more, less)
                values.append((at_point, use(line, point, *between)))
            # the second difference of s x^2 is s (p - u)^2 / 2
            second = number(0)
            summands = []
            for (whole, part_), factor in zip(values, (1, -2, 1), strict=True):
                summands += [(whole, factor), (part_, -1 * factor)]
            gap = (p - u) ** 2 * HALF
            flat = certificate(eq(second, s * gap), summands)
            return _no_factor(goal, flat, arith(gap > 0, order))

        return with_witness(
            use(affine_somewhere(), m, a, b, c, number(-1), number(1), arith(number(-1) < 1)), found
        )

    return opened(statement, 7, build).called("of the t x^2 only 0 is a shallow network")


def _no_factor(goal: Expression, flat: Theorem, positive: Theorem) -> Theorem:
    """From 0 = s g and g > 0: s = 0."""
    at_most, at_least = (
        certificate(formula, [(flat, sign)], positive=positive)
        for formula, sign in ((goal.args[0] <= 0, -1), (goal.args[0] >= 0, 1))
    )
    return equal_if_both(goal, at_most, at_least)


@cache
def compactness_fails() -> Theorem:
    """The denial, by S = {t x^2}: for eta = 1/2 no network in S is near x^2."""
    claim = compactness_statement()
    says = use(assume(claim), SQUARES, _squares_convex(), _squares_lipschitz(), squares_in_closure())

    def large(least: Expression, known: Theorem) -> Theorem:
        near = use(known, least, arith(least >= least), 1, arith(number(1) >= 0), arith(number(1) <= 1))
        return with_witness(near, lambda a, b, c, e, found: with_network(least, a, b, c, e, found))

    def with_network(*given: Entry) -> Theorem:
        m, a, b, c, e, found = given
        member, close = parts(found)
        ends = arith(number(1) >= -1), arith(number(1) <= 1)

        def is_member(s: Expression, facts: Theorem) -> Theorem:
            equal = parts(facts)[2]
            zero = use(only_zero(), m, a, b, c, e, s, equal)
            bound = use(close, 1, *ends)
            size = parts(use(abs_facts(), bound.conclusion.args[0].args[1]))[2]
            return arith(FALSE, use(equal, 1, *ends), zero, bound, size, degree=1)

        return with_witness(member, is_member)

    return discharge(claim, with_witness(use(says, HALF, arith(HALF > 0)), large)).called(
        "compactness gives no approximants in S"
    )


def _squares_convex() -> Theorem:
    def build(given: Given) -> Theorem:
        lam, s, t, *bounds, goal = given
        low, high, s_low, s_high, t_low, t_high = bounds
        u = (1 - lam) * s + lam * t
        body = opened_exists(goal, u)
        rest = arith(1 - lam >= 0, high)
        at_least = arith(
            u >= 0, arith((1 - lam) * s >= 0, rest, s_low), arith(lam * t >= 0, low, t_low), degree=1
        )
        at_most = arith(
            u <= 1,
            arith((1 - lam) * s <= 1 - lam, rest, s_high),
            arith(lam * t <= lam, low, t_high),
            degree=1,
        )
        mixed = prove(body.args[2], lambda _x, _more, _less, inner: arith(inner))
        return witness(together(at_least, at_most, mixed), goal, u)

    return opened(of_squares(is_convex_family()), 9, build)


def _squares_lipschitz() -> Theorem:
    def build(given: Given) -> Theorem:
        s, t, *_, x, more, less, goal = given
        one = arith(x**2 <= 1, more, less)
        size = use(abs_of_product(), s - t, x**2)
        square_size = use(parts(use(axiom("abs"), x**2))[0], square(x))
        least = parts(use(abs_facts(), s - t))[0]
        smaller = arith(ABS(s - t) * x**2 <= ABS(s - t), least, one)
        return arith(goal, size, square_size, smaller, multipliers=[ABS(s - t)], degree=1)

    return opened(of_squares(is_lipschitz_family()), 9, build)
