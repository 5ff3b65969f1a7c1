"""Shallow networks in one variable on [-1, 1], and what B2 says of them: S = {F(t, .) : 0 <= t <= 1}."""

from __future__ import annotations

from fractions import Fraction

from ..statements.expressions import (
    NATURAL,
    REAL,
    Expression,
    Operand,
    both,
    eq,
    exists,
    forall,
    function,
    implies,
    number,
    substitute,
    total,
    variable,
)
from ..statements.functions import ABS, RELU
from .opening import Entry

a, b, c = (variable(name, REAL, NATURAL) for name in "abc")
e, s, t, u, x, y, lam, eta, p, q, A, B = (
    variable(name, REAL) for name in ("e", "s", "t", "u", "x", "y", "lambda", "eta", "p", "q", "A", "B")
)
i, k, m, least = (variable(name, NATURAL) for name in ("i", "k", "m", "n"))
F = variable("F", REAL, REAL, REAL)
SQUARES = function(t, x, t * x**2)
HALF = number(Fraction(1, 2))


def shallow(a: Entry, b: Entry, c: Entry, m: Operand, x: Expression) -> Expression:
    """Return sum_i c_i relu(a_i x + b_i)."""
    return total(i, m, c(i) * RELU(a(i) * x + b(i)))


def in_unit(*numbers: Expression) -> list[Expression]:
    """Return: the numbers are in [0, 1]."""
    return [bound for value in numbers for bound in (value >= 0, value <= 1)]


def on_interval(formula: Expression) -> Expression:
    """Return: for all x in [-1, 1], the formula."""
    return forall(x, implies(x >= -1, x <= 1, formula))


def is_near(a: Entry, b: Entry, c: Entry, e: Entry, m: Operand, f: Entry) -> Expression:
    """Return ||R(Phi) - f|| <= eta on [-1, 1]."""
    return on_interval(ABS(shallow(a, b, c, m, x) + e - f(x)) <= eta)


def at(F: Expression, t: Expression) -> Entry:
    """Return F(t, .)."""
    return lambda x: F(t, x)


def is_convex_family() -> Expression:
    """Return: S = {F(t, .) : 0 <= t <= 1} is convex."""
    mixed = eq(F(u, x), (1 - lam) * F(s, x) + lam * F(t, x))
    return forall(
        *(lam, s, t), implies(*in_unit(lam, s, t), exists(u, both(*in_unit(u), on_interval(mixed))))
    )


def is_lipschitz_family() -> Expression:
    """Return ||F(s, .) - F(t, .)|| <= |s - t|."""
    return forall(s, t, implies(*in_unit(s, t), on_interval(ABS(F(s, x) - F(t, x)) <= ABS(s - t))))


def is_in_closure() -> Expression:
    """Return: each F(t, .) is near some network, of any width."""
    return forall(
        *(t, eta), implies(*in_unit(t), eta > 0, exists(*(m, a, b, c, e), is_near(a, b, c, e, m, at(F, t))))
    )


def approximants() -> Expression:
    """Return: for large widths each F(t, .) is near networks that are in S: (46) with eta."""
    in_S = exists(s, both(*in_unit(s), on_interval(eq(shallow(a, b, c, m, x) + e, F(s, x)))))
    each = forall(
        t, implies(*in_unit(t), exists(*(a, b, c, e), both(in_S, is_near(a, b, c, e, m, at(F, t)))))
    )
    return forall(eta, implies(eta > 0, exists(least, forall(m, implies(m >= least, each)))))


def compactness_statement() -> Expression:
    """Return the step for shallow networks in one variable, and the images S of [0, 1]."""
    return forall(F, implies(is_convex_family(), is_lipschitz_family(), is_in_closure(), approximants()))


def of_squares(formula: Expression) -> Expression:
    """Return the formula for F(t, x) = t x^2."""
    return substitute(formula, F, SQUARES)
