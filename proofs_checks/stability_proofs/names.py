"""The variables and formulas of the statements: dot products, parallel vectors, the step function, cells."""

from __future__ import annotations

from collections.abc import Sequence

from ..statements.expressions import (
    NATURAL,
    REAL,
    Expression,
    Operand,
    Sort,
    both,
    either,
    eq,
    exists,
    forall,
    fresh,
    implies,
    negation,
    total,
    variable,
)
from ..statements.functions import ABS, RELU

i, j, k, l, m, n, d = (variable(name, NATURAL) for name in "ijklmnd")
t, s, mu, delta, epsilon = (variable(name, REAL) for name in ("t", "s", "mu", "delta", "epsilon"))
x, p, q, v, u = (variable(name, REAL, NATURAL) for name in "xpqvu")
a, b, w = (variable(name, REAL, NATURAL, NATURAL) for name in "abw")
f, g, z, c, e = (variable(name, REAL, NATURAL) for name in "fgzce")
H = variable("H", REAL, REAL)


def dot(one: Expression, two: Expression, d: Operand) -> Expression:
    """Return <one, two>, of two functions of N."""
    index = fresh(Sort(NATURAL), "j")
    return total(index, d, one(index) * two(index))


def row(a: Expression, i: Operand) -> Expression:
    """Return a_i as a function of the coordinate."""
    from ..statements.expressions import function

    index = fresh(Sort(NATURAL), "j")
    return function(index, a(i, index))


def below(index: Expression, bound: Operand, formula: Expression) -> Expression:
    """Return: for all index < bound, the formula."""
    return forall(index, implies(index < bound, formula))


def some_below(index: Expression, bound: Operand, formula: Expression) -> Expression:
    """Return: for some index < bound, the formula."""
    return exists(index, both(index < bound, formula))


def is_multiple(one: Expression, factor: Operand, two: Expression, d: Operand) -> Expression:
    """Return one = factor * two, in the coordinates below d."""
    index = fresh(Sort(NATURAL), "j")
    return below(index, d, eq(one(index), factor * two(index)))


def is_parallel(one: Expression, two: Expression, d: Operand) -> Expression:
    """Return: one = mu * two for some mu."""
    factor = fresh(Sort(REAL), "mu")
    return exists(factor, is_multiple(one, factor, two, d))


def is_zero(one: Expression, d: Operand) -> Expression:
    """Return one = 0, in the coordinates below d."""
    index = fresh(Sort(NATURAL), "j")
    return below(index, d, eq(one(index), 0))


def is_step(H: Expression) -> Expression:
    """Return: H(t) = 1 for t > 0, else 0."""
    value = fresh(Sort(REAL), "t")
    return forall(value, both(implies(value > 0, eq(H(value), 1)), implies(value <= 0, eq(H(value), 0))))


def network(c: Expression, a: Expression, x: Expression, m: Operand, d: Operand) -> Expression:
    """Return sum_i c_i relu(<a_i, x>)."""
    index = fresh(Sort(NATURAL), "i")
    return total(index, m, c(index) * RELU(dot(row(a, index), x, d)))


def differs(one: Expression, two: Operand) -> Expression:
    """Return one != two."""
    return negation(eq(one, two))


__all__: Sequence[str] = ["ABS", "RELU", "either", "implies"]
