"""Matrices and vectors of polynomials, as tuples."""

from __future__ import annotations

from collections.abc import Sequence

from exactrelu.symbolic.ring import Polynomial

Vector = tuple[Polynomial, ...]
Matrix = tuple[Vector, ...]


def dot(left: Sequence[Polynomial], right: Sequence[Polynomial], zero: Polynomial) -> Polynomial:
    """Return the sum of the products of the entries."""
    total = zero
    for a, b in zip(left, right, strict=True):
        if a and b:
            total = total + a * b
    return total


def times_vector(matrix: Matrix, vector: Vector, zero: Polynomial) -> Vector:
    """Return the matrix times a column."""
    return tuple(dot(row, vector, zero) for row in matrix)


def times(left: Matrix, right: Matrix, zero: Polynomial) -> Matrix:
    """Return the matrix product; ``right`` has at least one row."""
    columns = list(zip(*right, strict=True))
    return tuple(tuple(dot(row, column, zero) for column in columns) for row in left)


def rows_times(factors: Vector, matrix: Matrix) -> Matrix:
    """Return diag(factors) times the matrix."""
    return tuple(tuple(f * entry for entry in row) for f, row in zip(factors, matrix, strict=True))


def diagonal(entries: Vector, zero: Polynomial) -> Matrix:
    """Return the diagonal matrix."""
    size = range(len(entries))
    return tuple(tuple(entries[i] if i == j else zero for j in size) for i in size)
