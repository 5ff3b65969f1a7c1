"""Exact operator norms of rational matrices, on the whole space or restricted to a subspace.

=========== ============================================ =======================================
norm        on R^n                                       on a subspace V
=========== ============================================ =======================================
``1``       largest sum of |entries| of a column         max |Av|_1 over the vertices of the unit
                                                         ball of V (a polytope; |Av| is convex)
``inf``     largest sum of |entries| of a row            largest a.v over the rows a and the unit
                                                         ball of V: an exact linear program
``2``       root of the largest eigenvalue of A^T A      the same for A P, P the orthogonal
                                                         projection onto V
=========== ============================================ =======================================

The first two are rational, the square of the third is an algebraic number. Both spaces carry the same norm.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import fmpq, fmpz_mat

from exactrelu.errors import ArgumentError, NetworkError
from exactrelu.numbers.algebraic import AlgebraicNumber
from exactrelu.numbers.linear_algebra import IntegerRow, RationalMatrix, primitive_from_rationals
from exactrelu.numbers.rationals import rational, rational_at
from exactrelu.polyhedra.subspace import Subspace

Matrix = RationalMatrix | Sequence[Sequence[Any]]
"""A matrix: rows of exact rationals, or a `RationalMatrix`."""


class Norm(StrEnum):
    """The vector norm of both spaces: sum of absolute values, Euclidean, or largest absolute value."""

    ONE = "1"
    TWO = "2"
    INFINITY = "inf"

    @classmethod
    def _missing_(cls, value: object) -> Norm:
        """Read the numbers 1, 2 and ``math.inf`` as the norms of these names."""
        numbers: dict[object, Norm] = {1: cls.ONE, 2: cls.TWO, math.inf: cls.INFINITY}
        if not isinstance(value, bool | str) and isinstance(value, Hashable) and value in numbers:
            return numbers[value]
        raise ArgumentError(f"norm: expected 1, 2 or inf, got {value!r}")


def matrix_of(matrix: Matrix) -> RationalMatrix:
    """Return rows of exact rationals as a matrix.

    Raises
    ------
    NetworkError
        If there is no row or no column, or the rows differ in length.
    """
    if isinstance(matrix, RationalMatrix):
        return matrix
    if not matrix or not matrix[0] or any(len(row) != len(matrix[0]) for row in matrix):
        raise NetworkError("matrix: expected rows of one positive length")
    rows = [[rational_at(f"matrix[{i}][{j}]", e) for j, e in enumerate(row)] for i, row in enumerate(matrix)]
    return RationalMatrix.from_rows(rows, len(rows[0]))


def vector_norm(vector: Sequence[Fraction], norm: Norm | str) -> Fraction:
    """Return |v| for the norms ``1`` and ``inf``, |v|^2 for ``2``.

    Examples
    --------
    >>> [str(vector_norm([Fraction(3), Fraction(-4)], norm)) for norm in Norm]
    ['7', '25', '4']
    """
    match Norm(norm):
        case Norm.ONE:
            return sum((abs(entry) for entry in vector), Fraction(0))
        case Norm.TWO:
            return sum((entry * entry for entry in vector), Fraction(0))
        case Norm.INFINITY:
            return max((abs(entry) for entry in vector), default=Fraction(0))


def operator_norm(matrix: Matrix, norm: Norm | str, subspace: Subspace | None = None) -> AlgebraicNumber:
    """Return max |Av| over |v| <= 1, v in the subspace, exactly; 0 for the subspace {0}.

    Parameters
    ----------
    matrix
        A, of shape (m, n), rational.
    norm
        The norm of both spaces.
    subspace
        A subspace of R^n; R^n if it is left out.

    Examples
    --------
    >>> [str(operator_norm([[1, 2], [3, -4]], norm)) for norm in ("1", "inf")]
    ['6', '7']
    >>> operator_norm([[1, 1], [0, 1]], "2") ** 2 == spectral_norm_squared([[1, 1], [0, 1]])
    True
    >>> str(operator_norm([[1, -1]], "1", Subspace.of_equations([(1, -1)], 2)))
    '0'
    """
    if Norm(norm) is Norm.TWO:
        return spectral_norm_squared(matrix, subspace).sqrt()
    return AlgebraicNumber.from_rational(polyhedral_norm(matrix, norm, subspace))


def polyhedral_norm(matrix: Matrix, norm: Norm | str, subspace: Subspace | None = None) -> Fraction:
    """Return `operator_norm` for the norms ``1`` and ``inf``, which is rational.

    Raises
    ------
    NetworkError
        For the norm ``2``.
    """
    norm, rational_matrix = Norm(norm), matrix_of(matrix)
    if norm is Norm.TWO:
        raise NetworkError("norm: expected 1 or inf, got 2, which is irrational in general")
    if subspace is None or not subspace.equations:
        sizes = _sums_of_columns(rational_matrix) if norm is Norm.ONE else _sums_of_rows(rational_matrix)
        return Fraction(max(sizes), rational_matrix.denominator)
    if norm is Norm.INFINITY:
        largest = max(subspace.largest_on_cube(row) for row in rational_matrix.integer_rows())
        return largest / rational_matrix.denominator
    vertices = subspace.vertices_of_sum_ball
    images = rational_matrix @ RationalMatrix.from_rows(list(zip(*vertices, strict=True)), len(vertices))
    columns = zip(*images.rows(), strict=True)
    return max(vector_norm(column, Norm.ONE) for column in columns)


def _sums_of_rows(matrix: RationalMatrix) -> list[int]:
    return [sum(map(abs, row)) for row in matrix.integer_rows()]


def _sums_of_columns(matrix: RationalMatrix) -> list[int]:
    return [sum(map(abs, column)) for column in zip(*matrix.integer_rows(), strict=True)]


# the Euclidean norm -------------------------------------------------------------------------------


def frobenius_norm_squared(matrix: Matrix) -> Fraction:
    """Return the sum of the squares of the entries, an upper bound of the spectral norm's square."""
    rational_matrix = matrix_of(matrix)
    total = sum(int(entry) ** 2 for entry in rational_matrix.numerators.entries())
    return Fraction(total, rational_matrix.denominator**2)


def spectral_norm_squared(matrix: Matrix, subspace: Subspace | None = None) -> AlgebraicNumber:
    """Return the largest eigenvalue of A^T A, the square of max |Av|_2 / |v|_2 over v in the subspace.

    It is the largest root of the characteristic polynomial, exactly; for a zero matrix 0.

    Examples
    --------
    >>> spectral_norm_squared([[1, 1], [0, 1]]).polynomial
    (1, -3, 1)
    >>> str(spectral_norm_squared([[3, 4]])), str(spectral_norm_squared([[0, 0]]))
    ('25', '0')
    """
    return _largest_eigenvalue(_restricted(matrix_of(matrix), subspace))


@lru_cache(maxsize=1024)
def _largest_eigenvalue(matrix: RationalMatrix) -> AlgebraicNumber:
    polynomial = _gram(matrix).charpoly()
    largest = AlgebraicNumber.largest_root(list(map(int, polynomial.coeffs())))
    return largest * Fraction(1, matrix.denominator**2)


def is_spectral_norm_at_most(matrix: Matrix, bound_squared: Any, subspace: Subspace | None = None) -> bool:
    """Return whether the spectral norm is at most B, given B^2: whether B^2 I - A^T A >= 0.

    Decided by an exact L D L^T factorisation; no eigenvalue is computed.

    Examples
    --------
    >>> is_spectral_norm_at_most([[1, 1], [0, 1]], "13/5"), is_spectral_norm_at_most([[3, 4]], 25)
    (False, True)
    """
    return negative_direction(_gap(matrix_of(matrix), rational(bound_squared), subspace)) is None


def stretched_vector(
    matrix: Matrix, bound_squared: Any, subspace: Subspace | None = None
) -> tuple[int, ...] | None:
    """Return an integer vector v of the subspace with |Av|^2 > B^2 |v|^2, None if there is none.

    It is the evidence when `is_spectral_norm_at_most` answers no (for B^2 >= 0).

    Examples
    --------
    >>> stretched_vector([[1, 1], [0, 1]], 2)
    (1, 1)
    """
    rational_matrix = _restricted(matrix_of(matrix), subspace)
    identity = RationalMatrix.identity(rational_matrix.shape[1])
    gram = RationalMatrix(
        rational_matrix.numerators.transpose() * rational_matrix.numerators, rational_matrix.denominator**2
    )
    direction = negative_direction(identity.scaled(rational(bound_squared)) + gram.scaled(Fraction(-1)))
    if direction is None or subspace is None:
        return direction
    column = RationalMatrix.from_rows([[Fraction(entry)] for entry in direction], 1)
    return primitive_from_rationals([row[0] for row in (subspace.projector @ column).rows()])


def _restricted(matrix: RationalMatrix, subspace: Subspace | None) -> RationalMatrix:
    if subspace is None or not subspace.equations:
        return matrix
    return matrix @ subspace.projector


def _gram(matrix: RationalMatrix) -> fmpz_mat:
    """Return the smaller of A^T A and A A^T for the numerators: they share their non-zero eigenvalues."""
    numerators = matrix.numerators
    if numerators.nrows() < numerators.ncols():
        return numerators * numerators.transpose()
    return numerators.transpose() * numerators


def _gap(matrix: RationalMatrix, bound_squared: Fraction, subspace: Subspace | None) -> RationalMatrix:
    """Return B^2 I - A^T A (or A A^T), which is positive semidefinite if and only if |A| <= B."""
    restricted = _restricted(matrix, subspace)
    gram = _gram(restricted)
    size = int(gram.nrows())
    scaled = RationalMatrix(gram, restricted.denominator**2).scaled(Fraction(-1))
    return RationalMatrix.identity(size).scaled(bound_squared) + scaled


def negative_direction(matrix: RationalMatrix) -> IntegerRow | None:
    """Return an integer vector v with v^T M v < 0, None if the symmetric M is positive semidefinite.

    Symmetric elimination T^T M T = D goes on while the pivot is positive. A pivot of zero is passed over
    when the rest of its row is zero; else two entries of that row give a direction downwards.

    Examples
    --------
    >>> negative_direction(RationalMatrix(fmpz_mat([[1, 2], [2, 4]]))) is None
    True
    >>> negative_direction(RationalMatrix(fmpz_mat([[0, 1], [1, 5]])))
    (-3, 1)
    """
    size = matrix.shape[0]
    rest = [[fmpq(entry) for entry in row] for row in matrix.numerators.tolist()]
    columns = [[fmpq(int(i == j)) for i in range(size)] for j in range(size)]  # T by columns
    for k in range(size):
        pivot, later = rest[k][k], range(k + 1, size)
        if pivot < 0:
            return _integers(columns[k])
        if pivot == 0:
            j = next((j for j in later if rest[k][j] != 0), None)
            if j is not None:
                factor = -(rest[j][j] + 1) / (2 * rest[k][j])
                return _integers([factor * a + b for a, b in zip(columns[k], columns[j], strict=True)])
            continue
        for i in later:
            factor = rest[i][k] / pivot
            if factor != 0:
                rest[i] = [a - factor * b for a, b in zip(rest[i], rest[k], strict=True)]
                columns[i] = [a - factor * b for a, b in zip(columns[i], columns[k], strict=True)]
    return None


def _integers(vector: list[fmpq]) -> IntegerRow:
    return primitive_from_rationals([rational(entry) for entry in vector])
