"""Examples 2.1 and A.1: the semi-norms exactly, and the loss at the minimum.

The examples' own files have bounds; here is that they are attained, and what the values at Gamma_* are.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from ..kernel.arithmetic import axiom, certificate, square
from ..kernel.rules import Theorem, absurd, together, witness
from ..proving.certificates import arith
from ..proving.tactics import compare, parts, prove, split, use
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
from ..statements.functions import ABS, RELU
from .example_2_1 import example_2_1, example_2_1_statement
from .example_a_1 import example_a_1, example_a_1_statement, loss_of
from .examples import _size, step_bounds
from .names import H, differs, is_step
from .opening import Entry, Given, opened, opened_exists

k, kappa, x, y, r = (variable(name, REAL) for name in ("k", "kappa", "x", "y", "r"))

# Example 2.1 ------------------------------------------------------------------------------------


def gradient_statement() -> Expression:
    """Return |g_k|_W = k^2 for all k >= 1, kappa = 1/k: no entry of a gradient is larger, and one is k^2."""
    first, second = k * x, k * x - kappa**2 * y
    along = ABS(k * k * H(first) - k * k * H(second))
    across = ABS(k * kappa**2 * H(second))
    off = (differs(first, 0), differs(second, 0))
    at_most = forall(x, y, implies(*off, both(along <= k**2, across <= k**2)))
    attained = exists(x, y, both(*off, eq(along, k**2)))
    return forall(k, kappa, H, implies(k >= 1, eq(k * kappa, 1), is_step(H), both(at_most, attained)))


def whole_example_2_1_statement(factor: Entry = 1) -> Expression:
    """Return Example 2.1 with the gradients."""
    return both(example_2_1_statement(factor), gradient_statement())


@cache
def whole_example_2_1() -> Theorem:
    """Example 2.1; H lies in [0, 1], and at (1, 2 k^3) the first neuron is active, the second is not."""

    def build(given: Given) -> Theorem:
        k, kappa, function, least, product, step, goal = given
        at_most, attained = goal.args
        positive = arith(k > 0, least)

        def small(given: Given) -> Theorem:
            x, y, _, _, goal = given
            return _entries(
                goal, k, kappa, (least, positive, product), (function, step, k * x, k * x - kappa**2 * y)
            )

        height = 2 * k * k * k
        body = opened_exists(attained, number(1), height)
        first, second = k * 1, k * 1 - kappa**2 * height
        flat = certificate(eq(second, -1 * k), [(product, -2 * (k * k * kappa + k))])
        signs = (arith(first > 0, least), arith(second < 0, flat, positive))
        off = [_is_off(part, sign) for part, sign in zip(body.args[:2], signs, strict=True)]
        on = use(parts(use(step, first))[0], signs[0])
        dead = use(parts(use(step, second))[1], arith(second <= 0, signs[1]))
        term = body.args[2].args[0].args[1]
        equal = certificate(eq(term, k**2), [(on, k * k), (dead, -1 * k * k)])
        size = use(parts(use(axiom("abs"), term))[0], arith(term >= 0, equal, square(k)))
        there = witness(together(*off, arith(body.args[2], size, equal)), attained, 1, height)
        return together(opened(at_most, 4, small), there)

    gradients = opened(gradient_statement(), 6, build).called("|g_k|_W = k^2")
    return together(example_2_1(), gradients).called("Example 2.1, with gradients")


def _entries(goal: Expression, k: Expression, kappa: Expression, known: Given, steps: Given) -> Theorem:
    """Show that both entries of the gradient are at most k^2, from 0 <= H <= 1."""
    least, positive, product = known
    function, step, first, second = steps
    (low, high), (under, over) = (parts(use(step_bounds(), function, t, step))[:2] for t in (first, second))
    squared = square(k)
    scaled = [
        certificate(k * k * (fact.conclusion.args[1] - fact.conclusion.args[0]) >= 0, [(squared, fact)])
        for fact in (low, high, under, over)
    ]
    flat = certificate(eq(k * kappa**2, kappa), [(product, kappa)])
    kappa_positive = split(
        compare(kappa, number(0)),
        lambda less: absurd(arith(FALSE, less, positive, product), kappa > 0),
        lambda more: more,
    )
    at_most = arith(kappa <= 1, least, kappa_positive, product)
    step_at = under.conclusion.args[1]
    value = certificate(eq(k * kappa**2 * step_at, kappa * step_at), [(flat, step_at)])
    bounds = (
        arith(kappa * step_at >= 0, under, kappa_positive),
        arith(kappa * step_at <= kappa, over, kappa_positive),
    )
    one = arith(k**2 >= 1, least)
    return together(_size(goal.args[0], *scaled), _size(goal.args[1], value, *bounds, at_most, one))


def _is_off(part: Expression, sign: Theorem) -> Theorem:
    """A number with a sign is not 0."""
    return prove(part, lambda equal, _: arith(FALSE, equal, sign))


# Example A.1 ------------------------------------------------------------------------------------


def whole_example_a_1_statement(share: Fraction = Fraction(1, 2)) -> Expression:
    """Return Example A.1, with the loss 1 of Gamma_* itself and |g_k - R(Gamma_*)|_W = kappa exactly."""
    outputs = (number(0) * RELU(-1 * r + 0), number(0) * RELU(-1 * r - 0))
    at_star = forall(r, implies(r > 0, eq(loss_of(*outputs), 1)))
    attained = forall(H, kappa, implies(is_step(H), kappa > 0, eq(ABS(kappa * H(number(1))), kappa)))
    return both(example_a_1_statement(share), at_star, attained)


@cache
def whole_example_a_1() -> Theorem:
    """Example A.1; the two values are computed."""
    _, at_star, attained = whole_example_a_1_statement().args

    def value(given: Given) -> Theorem:
        step_function, kappa, step, positive, goal = given
        one = use(parts(use(step, 1))[0], arith(number(1) > 0))
        term = kappa * step_function(number(1))
        equal = certificate(eq(term, kappa), [(one, kappa)])
        size = use(parts(use(axiom("abs"), term))[0], arith(term >= 0, equal, positive))
        return arith(goal, size, equal)

    first = opened(at_star, 2, lambda given: certificate(given[-1], []))
    return together(example_a_1(), first, opened(attained, 4, value)).called("Example A.1, with its values")
