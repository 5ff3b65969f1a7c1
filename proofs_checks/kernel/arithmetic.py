"""Arithmetic: identities, certificates of inequalities, order, natural numbers, functions with axioms."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..statements.expressions import (
    NATURAL,
    REAL,
    Expression,
    Operand,
    ProofError,
    Sort,
    both,
    either,
    eq,
    exists,
    forall,
    fresh,
    implies,
    number,
    relation,
    total,
    variable,
)
from ..statements.functions import ABS, INVERSE, POWER, RELU, ROOT
from .polynomials import polynomial
from .rules import Theorem, derived, same

Product = Sequence[Theorem | Operand]
"""Factors of a summand: theorems, and a multiplier."""


def gap(theorem: Theorem) -> Expression:
    """Return right - left of a relation."""
    if theorem.conclusion.op not in {"=", "<=", "<"}:
        raise ProofError(f"a certificate: expected a relation of numbers, got {theorem.conclusion}")
    left, right = theorem.conclusion.args
    return right - left


def identity(left: Operand, right: Operand) -> Theorem:
    """Left = right, if their normal forms are equal."""
    equation = eq(left, right)
    if not same(equation, eq(left, left)):
        raise ProofError(f"identity: {left} and {right} have different normal forms")
    return derived("identity", equation, ())


def square(term: Expression) -> Theorem:
    """0 <= term^2."""
    return derived("square", relation("<=", number(0), term * term), ())


def certificate(goal: Expression, summands: Sequence[Product], positive: Theorem | None = None) -> Theorem:
    """Show a relation by an identity: right - left (times p, if p > 0 is given) is the sum of the summands.

    A summand is a product. With an equation among its theorems it is zero, whatever the multipliers are.
    Without one it is not negative: theorems are inequalities, multipliers rationals that are not negative. It
    is positive if all theorems are strict and the multipliers positive. For a strict goal one must be
    positive, for an equation all must be zero.
    """
    sign, rest, premises = 0, number(0), [] if positive is None else [positive]
    for summand in summands:
        kind, value, used = _summand(summand)
        sign, rest, premises = max(sign, kind), rest + value, [*premises, *used]
        if goal.op == "=" and kind:
            raise ProofError("certificate: an equation needs equations")
    left, right = goal.args
    difference = right - left
    if positive is not None:
        if positive.conclusion.op != "<":
            raise ProofError(f"certificate: expected p > 0, got {positive.conclusion}")
        difference = gap(positive) * difference
    if goal.op not in {"=", "<=", "<"} or (goal.op == "<" and sign < 2):
        raise ProofError(f"certificate: {goal} needs a positive summand")
    if polynomial(difference - rest):
        raise ProofError(f"certificate: {goal} is not the sum; it differs by {polynomial(difference - rest)}")
    return derived("certificate", goal, premises)


def _summand(summand: Product) -> tuple[int, Expression, list[Theorem]]:
    """Return 0 (zero), 1 (not negative) or 2 (positive), the product, and the theorems in it."""
    theorems = [factor for factor in summand if isinstance(factor, Theorem)]
    multipliers = [number(1) * factor for factor in summand if not isinstance(factor, Theorem)]
    value = number(1)
    for term in (*map(gap, theorems), *multipliers):
        value = value * term
    if any(theorem.conclusion.op == "=" for theorem in theorems):
        return 0, value, theorems
    constants = [_constant(term) for term in multipliers]
    if any(constant < 0 for constant in constants):
        raise ProofError(f"certificate: expected multipliers that are not negative, got {multipliers}")
    strict = all(theorem.conclusion.op == "<" for theorem in theorems) and all(constants)
    return 1 + strict, value, theorems


def _constant(term: Expression) -> Fraction:
    found = polynomial(term)
    if any(monomial.factors or monomial.sums for monomial in found):
        raise ProofError(f"certificate: expected a rational multiplier, got {term}")
    return sum(found.values(), Fraction(0))


def trichotomy(left: Expression, right: Expression) -> Theorem:
    """Left < right, left = right or right < left."""
    return derived("order", either(left < right, eq(left, right), right < left), ())


def natural(term: Expression) -> Theorem:
    """0 <= n for a natural number n."""
    if term.sort != Sort(NATURAL):
        raise ProofError(f"natural: expected a natural number, got {term}")
    return derived("natural", relation("<=", number(0), term), ())


def next_natural(theorem: Theorem) -> Theorem:
    """From m < n for natural numbers: m + 1 <= n."""
    left, right = theorem.conclusion.args
    if theorem.conclusion.op != "<" or {left.sort, right.sort} != {Sort(NATURAL)}:
        raise ProofError(f"next natural: expected m < n for natural numbers, got {theorem.conclusion}")
    return derived("next natural", left + 1 <= right, (theorem,))


def last_term(length: Expression, terms: Expression) -> Theorem:
    """The sum of terms(i) over i < n + 1 is that over i < n plus terms(n)."""
    i = fresh(Sort(NATURAL), "i")
    longer, shorter = total(i, length + 1, terms(i)), total(i, length, terms(i))
    return derived("last term", eq(longer, shorter + terms(length)), ())


_x, _y, _a = variable("x", REAL), variable("y", REAL), variable("a", REAL)
_i, _j, _n = variable("i", NATURAL), variable("j", NATURAL), variable("n", NATURAL)
_f, _pi = variable("f", REAL, NATURAL), variable("pi", NATURAL, NATURAL)

AXIOMS: dict[str, Expression] = {
    "abs": forall(_x, both(implies(_x >= 0, eq(ABS(_x), _x)), implies(_x <= 0, eq(ABS(_x), -_x)))),
    "relu": forall(_x, both(implies(_x >= 0, eq(RELU(_x), _x)), implies(_x <= 0, eq(RELU(_x), 0)))),
    "square root": forall(_x, implies(_x >= 0, both(ROOT(_x) >= 0, eq(ROOT(_x) * ROOT(_x), _x)))),
    "inverse": forall(_x, either(eq(_x, 0), eq(_x * INVERSE(_x), 1))),
    "powers are monotone": forall(
        _x,
        _y,
        _a,
        implies(_x >= 0, _x <= _y, _a > 0, both(POWER(_x, _a) >= 0, POWER(_x, _a) <= POWER(_y, _a))),
    ),
    "power of a power": forall(_x, _a, implies(_x >= 0, _a > 0, eq(POWER(POWER(_x, INVERSE(_a)), _a), _x))),
    "Archimedes": forall(_x, exists(_n, _n > _x)),
    "a sum in another order": forall(
        _n,
        _pi,
        _f,
        implies(
            forall(_i, implies(_i < _n, _pi(_i) < _n)),
            forall(_i, _j, implies(_i < _n, _j < _n, eq(_pi(_i), _pi(_j)), eq(_i, _j))),
            eq(total(_i, _n, _f(_pi(_i))), total(_i, _n, _f(_i))),
        ),
    ),
}
"""What the kernel knows of its functions, of real powers, of the reals and of finite sums."""


def axiom(name: str) -> Theorem:
    """Return one of the axioms."""
    return derived(f"axiom: {name}", AXIOMS[name], ())
