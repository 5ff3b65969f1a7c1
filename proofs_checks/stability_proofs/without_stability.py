"""Local minima that all correspond although the realization map is not inverse stable: the erratum B1.

Omega is N_(2,1,1): parameters (a, b, c), the function c relu(a x + b y). The loss has one sample, at (u, v),
with the label w.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, assume, discharge, restate, together, witness
from ..proving.certificates import arith
from ..proving.lemmas import abs_facts
from ..proving.tactics import parts, use, with_witness
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
from .examples import _size, fibre_of_ray, step_bounds
from .names import H, is_step
from .opening import Entry, Given, opened
from .proposition_1_2 import _inverse_of, _inverse_positive

x, y, s, alpha, delta, r, rho = (
    variable(name, REAL) for name in ("x", "y", "s", "alpha", "delta", "r", "rho")
)
a, b, c, p, q, e = (variable(name, REAL) for name in ("a", "b", "c", "p", "q", "e"))
a2, b2, c2 = (variable(name, REAL) for name in ("a'", "b'", "c'"))


def value(a: Entry, b: Entry, c: Entry, x: Entry, y: Entry) -> Expression:
    """Return the function of the parameters."""
    term: Expression = c * RELU(a * x + b * y)
    return term


def is_near(delta: Entry) -> Expression:
    """Return |R(p, q, e) - R(a, b, c)|_W <= delta by (21)."""
    one, two = H(a * x + b * y), H(p * x + q * y)
    entries = both(ABS(e * p * two - c * a * one) <= delta, ABS(e * q * two - c * b * one) <= delta)
    return forall(H, x, y, implies(is_step(H), entries))


def is_within(a: Entry, b: Entry, c: Entry, other: Given, bound: Entry) -> Expression:
    """Return ||other - (a, b, c)|| <= bound."""
    gaps = [ABS(new - old) <= bound for new, old in zip(other, (a, b, c), strict=True)]
    return both(*gaps)


def loss(value: Expression, label: Entry) -> Expression:
    """Return the squared error at the sample."""
    gap: Expression = value - label
    return gap * gap


def statement(sample: tuple[int, int] = (0, 0), label: int = 1) -> Expression:
    """Return: if all local minima correspond, then R is (s, alpha) inverse stable for some s, alpha > 0."""
    u, v = map(number, sample)

    def lost(first: Entry, second: Entry, third: Entry) -> Expression:
        return loss(value(first, second, third, u, v), label)

    minimum = forall(*(p, q, e), implies(is_within(a, b, c, (p, q, e), r), lost(a, b, c) <= lost(p, q, e)))
    as_function = exists(
        rho,
        both(
            rho > 0,
            forall(
                p,
                q,
                e,
                delta,
                implies(delta >= 0, is_near(delta), delta <= rho, lost(a, b, c) <= lost(p, q, e)),
            ),
        ),
    )
    corresponds = forall(a, b, c, r, implies(r > 0, minimum, as_function))
    same = forall(x, y, eq(value(a2, b2, c2, x, y), value(p, q, e, x, y)))
    found = exists(a2, b2, c2, both(same, is_within(a, b, c, (a2, b2, c2), s * POWER(delta, alpha))))
    stable = exists(
        *(s, alpha),
        both(s > 0, alpha > 0, forall(a, b, c, p, q, e, delta, implies(delta >= 0, is_near(delta), found))),
    )
    return implies(corresponds, stable)


@cache
def refutation() -> Theorem:
    """At the sample 0 the loss is constant; and Example 2.2 is against every s and alpha."""
    claim = statement()
    premise, _ = claim.args
    zero = use(parts(use(axiom("relu"), 0))[1], arith(number(0) <= 0))

    def minima(given: Given) -> Theorem:
        _a, _b, c, _r, _positive, _minimum, goal = given
        body = _open(goal, number(1))

        def constant(inner: Given) -> Theorem:
            p, q, e, _delta, _least, _near, _close, last = inner
            del p, q
            one = certificate(eq(c * RELU(number(0)), 0), [(zero, c)])
            two = certificate(eq(e * RELU(number(0)), 0), [(zero, e)])
            same = arith(eq(c * RELU(number(0)), e * RELU(number(0))), one, two)
            left, right = last.args
            squares = certificate(eq(left, right), [(same, c * RELU(number(0)) + e * RELU(number(0)) - 2)])
            return arith(last, squares, degree=1)

        return witness(together(arith(number(1) > 0), opened(body.args[1], 7, constant)), goal, 1)

    all_correspond = opened(premise, 6, minima)
    assumed = assume(claim)
    stable = use(assumed, all_correspond)

    def against(s: Expression, alpha: Expression, known: Theorem) -> Theorem:
        s_positive, a_positive, every = parts(known)
        inverse = _inverse_of(s, s_positive)
        half = INVERSE(s) * number(Fraction(1, 2))
        half_positive = arith(half > 0, _inverse_positive(s, s_positive, inverse))
        kappa = POWER(half, INVERSE(alpha))
        positive = use(power_positive(), half, alpha, half_positive, a_positive)
        power = use(axiom("power of a power"), half, alpha, arith(half >= 0, half_positive), a_positive)
        found = use(every, 1, 0, 0, 0, 1, kappa, kappa, arith(kappa >= 0, positive))
        near = opened(found.conclusion.args[0], 4, lambda given: _near(given, kappa, positive))

        def far(a2: Expression, b2: Expression, c2: Expression, facts: Theorem) -> Theorem:
            same, close = parts(facts)
            plain = opened(
                forall(x, y, eq(c2 * RELU(a2 * x + b2 * y), kappa * RELU(y))),
                2,
                lambda given: restate(use(same, given[0], given[1]), given[-1]),
            )
            none = use(fibre_of_ray(), a2, b2, c2, kappa, positive, plain)
            bound = parts(close)[0]
            size = parts(use(abs_facts(), a2 - 1))[2]
            scaled = certificate(
                eq(s * POWER(kappa, alpha), number(Fraction(1, 2))),
                [(power, s), (inverse, number(Fraction(1, 2)))],
            )
            return arith(FALSE, bound, size, none, scaled, degree=1)

        return with_witness(use(found, near), far)

    return discharge(claim, with_witness(stable, against)).called("local minima correspond without stability")


def _open(goal: Expression, value: Expression) -> Expression:
    from .opening import opened_exists

    return opened_exists(goal, value)


def _near(given: Given, kappa: Expression, positive: Theorem) -> Theorem:
    H, x, y, step, goal = given
    bounds = parts(use(step_bounds(), H, y, step))
    zero_part, up = goal.args
    facts = [arith(kappa * H(y) <= kappa, bounds[1], positive), arith(kappa * H(y) >= 0, bounds[0], positive)]
    del x
    return together(_size(zero_part, positive), _size(up, *facts, positive))
