"""The second road to operator norms: plain fractions, unit balls by their definition, sympy's determinants.

Nothing of exactrelu is used. A subspace is given by a basis.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

import sympy
from sympy.abc import t

from tests.support.brute_force import Vector, reduced_echelon

ZERO = Fraction(0)


def image(matrix: Sequence[Vector], v: Vector) -> list[Fraction]:
    """Return Av."""
    return [sum((a * x for a, x in zip(row, v, strict=True)), ZERO) for row in matrix]


def size(v: Vector, norm: str) -> Fraction:
    """Return |v|_1 or |v|_inf."""
    return sum(map(abs, v), ZERO) if norm == "1" else max(map(abs, v))


def null_space(rows: Sequence[Vector], columns: int) -> list[list[Fraction]]:
    """Return a basis of {v : row . v = 0 for all rows}."""
    reduced = reduced_echelon(rows)
    pivots = [next(j for j, entry in enumerate(row) if entry) for row in reduced]
    basis = []
    for free in (j for j in range(columns) if j not in pivots):
        v = [Fraction(int(j == free)) for j in range(columns)]
        for row, pivot in zip(reduced, pivots, strict=True):
            v[pivot] = -row[free]
        basis.append(v)
    return basis


def extreme_vectors(basis: Sequence[Vector], columns: int, norm: str) -> list[list[Fraction]]:
    """Return vectors of size <= 1 among which are all vertices of the unit ball of span(basis).

    Norm 1: a vertex is, up to scale, the only vector of the span that vanishes where it vanishes. Norm inf:
    a vertex is determined by as many coordinates +-1 as the span has dimensions.
    """
    equations = null_space(basis, columns)
    found = []
    if norm == "1":
        for zeros in (z for k in range(columns) for z in itertools.combinations(range(columns), k)):
            rows = equations + [[Fraction(int(i == j)) for i in range(columns)] for j in zeros]
            lines = null_space(rows, columns)
            if len(lines) == 1:
                found.append([entry / size(lines[0], "1") for entry in lines[0]])
        return found
    for chosen in itertools.combinations(range(columns), len(basis)):
        for signs in itertools.product((1, -1), repeat=len(basis)):
            rows = [[*e, ZERO] for e in equations]
            rows += [
                [*(Fraction(int(i == j)) for i in range(columns)), Fraction(-s)]
                for j, s in zip(chosen, signs, strict=True)
            ]
            solutions = null_space(rows, columns + 1)
            if len(solutions) == 1 and solutions[0][-1]:
                v = [entry / solutions[0][-1] for entry in solutions[0][:-1]]
                if size(v, "inf") <= 1:
                    found.append(v)
    return found


def norm_by_vertices(matrix: Sequence[Vector], basis: Sequence[Vector], norm: str) -> Fraction:
    """Return the operator norm on span(basis) for the norms 1 and inf."""
    vectors = extreme_vectors(basis, len(matrix[0]), norm) if basis else []
    return max((size(image(matrix, v), norm) for v in vectors), default=ZERO)


def characteristic_polynomial(matrix: Sequence[Vector], basis: Sequence[Vector]) -> sympy.Poly:
    """Return det(B^T A^T A B - t B^T B) up to a constant: its roots are the squared singular values."""
    if not basis:
        return sympy.Poly(t, t)
    a = sympy.Matrix([[sympy.Rational(e.numerator, e.denominator) for e in row] for row in matrix])
    b = sympy.Matrix([[sympy.Rational(e.numerator, e.denominator) for e in row] for row in basis]).T
    determinant = (b.T * a.T * a * b - t * b.T * b).det(method="berkowitz")
    return sympy.Poly(sympy.Poly(determinant, t).clear_denoms()[1].as_expr(), t)


def is_largest_root(polynomial: Sequence[int], low: Fraction, high: Fraction, full: sympy.Poly) -> bool:
    """Whether the irreducible ``polynomial`` divides ``full``, has one root in [low, high], and is on top."""
    own = sympy.Poly(list(reversed(polynomial)), t)
    ends = [sympy.Rational(e.numerator, e.denominator) for e in (low, high)]
    return (
        own.is_irreducible
        and sympy.rem(full, own, domain="QQ").is_zero
        and own.count_roots(*ends) == 1
        and full.count_roots(ends[0], None) == 1
    )


def has_no_root_above(full: sympy.Poly, high: Fraction) -> bool:
    """Whether all real roots are <= high."""
    end = sympy.Rational(high.numerator, high.denominator)
    return full.count_roots(end, None) == full.count_roots(end, end)
