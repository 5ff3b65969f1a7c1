"""Real roots of integer polynomials: factors and rigorous enclosures, by python-flint.

A polynomial is the tuple of its integer coefficients, constant term first.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import ctx, fmpq, fmpq_mat, fmpq_poly, fmpz_poly

Polynomial = tuple[int, ...]
Interval = tuple[Fraction, Fraction]


def irreducible_factors(polynomial: fmpz_poly) -> list[Polynomial]:
    """Return the distinct irreducible factors of positive degree: primitive, positive lead."""
    if polynomial.degree() < 1:
        return []
    factors = [tuple(map(int, factor.coeffs())) for factor, _ in polynomial.factor()[1]]
    return [factor if factor[-1] > 0 else tuple(-entry for entry in factor) for factor in factors]


def number_of_real_roots(polynomial: Polynomial) -> int:
    """Return the number of real roots of an irreducible polynomial."""
    return 1 if len(polynomial) == 2 else len(enclosures(polynomial, 2))


@lru_cache(maxsize=1024)
def enclosures(polynomial: Polynomial, bits: int) -> tuple[Interval, ...]:
    """Return disjoint enclosures, ascending and at most 2^-bits wide, of the real roots (degree >= 2)."""
    precision = bits + 32
    while True:
        with ctx.workprec(precision):
            roots: Any = fmpz_poly(list(polynomial)).complex_roots()
            balls = [root.real for root, _ in roots if root.imag.is_zero()]
            found = sorted(_ends(ball.mid().man_exp(), ball.rad().man_exp()) for ball in balls)
        narrow = all((high - low) * 2**bits <= 1 for low, high in found)
        if narrow and all(a[1] < b[0] for a, b in itertools.pairwise(found)):
            return tuple(found)
        precision *= 2


def _ends(middle: tuple[Any, Any], radius: tuple[Any, Any]) -> Interval:
    (m, e), (r, f) = middle, radius
    centre = Fraction(int(m)) * Fraction(2) ** int(e)
    size = Fraction(int(r)) * Fraction(2) ** int(f)
    return centre - size, centre + size


def companion(polynomial: Polynomial) -> fmpq_mat:
    """Return a rational matrix whose characteristic polynomial is the polynomial, made monic."""
    degree, lead = len(polynomial) - 1, polynomial[-1]
    rows = [[fmpq(int(j == i - 1)) for j in range(degree)] for i in range(degree)]
    for i in range(degree):
        rows[i][-1] += fmpq(-polynomial[i], lead)
    return fmpq_mat(rows)


def kronecker(one: fmpq_mat, two: fmpq_mat) -> fmpq_mat:
    """Return the Kronecker product; its eigenvalues are the products of the eigenvalues."""
    return fmpq_mat([[a * b for a in row for b in other] for row in one.tolist() for other in two.tolist()])


def kronecker_sum(one: fmpq_mat, two: fmpq_mat) -> fmpq_mat:
    """Return A (x) I + I (x) B; its eigenvalues are the sums of the eigenvalues of A and B."""
    return kronecker(one, _identity(two.nrows())) + kronecker(_identity(one.nrows()), two)


def _identity(size: int) -> fmpq_mat:
    return fmpq_mat([[fmpq(int(i == j)) for j in range(size)] for i in range(size)])


def shifted(polynomial: Polynomial, term: Fraction) -> Polynomial:
    """Return the primitive polynomial, with positive lead, whose roots are those of ``polynomial`` + term."""
    moved = fmpq_poly(list(polynomial))(fmpq_poly([fmpq(-term.numerator, term.denominator), 1])).numer()
    primitive = moved // moved.content()
    return tuple(map(int, primitive.coeffs()))
