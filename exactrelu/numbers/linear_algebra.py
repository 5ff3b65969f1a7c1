"""Exact linear algebra on integer matrices: a thin adapter round python-flint.

A rational matrix is kept as an integer matrix over one common denominator, since products of integer
matrices are what python-flint does fastest. An *integer row* ``(a_1, ..., a_n, c)`` stands for the
affine functional a.x + c; it is *primitive* when its entries have greatest common divisor 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from flint import fmpz, fmpz_mat

from exactrelu.errors import NetworkError
from exactrelu.numbers.rationals import common_denominator, format_rational

IntegerRow = tuple[int, ...]


class RationalMatrix:
    """An immutable rational matrix: an integer matrix over its least common denominator.

    The denominator is positive and coprime to the content of the numerators, so that ``==`` and
    ``hash`` are mathematical equality. ``numerators`` must not be changed by its readers.

    Examples
    --------
    >>> half = RationalMatrix.from_rows([[Fraction(1, 2), Fraction(3)]], 2)
    >>> half.denominator, half.rows()
    (2, ((Fraction(1, 2), Fraction(3, 1)),))
    >>> half == RationalMatrix(fmpz_mat([[2, 12]]), 4)
    True
    """

    __slots__ = ("_hash", "denominator", "numerators")

    def __init__(self, numerators: fmpz_mat, denominator: int = 1) -> None:
        common = math.gcd(denominator, *map(int, numerators.entries())) if denominator != 1 else 1
        if denominator < 0:
            common = -common
        self.numerators = numerators if common == 1 else divide_exactly(numerators, common)
        self.denominator = denominator // common
        self._hash: int | None = None

    @classmethod
    def from_rows(cls, rows: Sequence[Sequence[Fraction]], columns: int) -> RationalMatrix:
        """Return the matrix with the given rows, each of ``columns`` rationals."""
        denominator = common_denominator(entry for row in rows for entry in row)
        scaled = [entry.numerator * (denominator // entry.denominator) for row in rows for entry in row]
        return cls(fmpz_mat(len(rows), columns, scaled), denominator)

    @classmethod
    def identity(cls, size: int) -> RationalMatrix:
        """Return the identity matrix."""
        return cls(fmpz_mat([[int(i == j) for j in range(size)] for i in range(size)]))

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of rows and columns."""
        return int(self.numerators.nrows()), int(self.numerators.ncols())

    def rows(self) -> tuple[tuple[Fraction, ...], ...]:
        """Return the entries as rows of rationals."""
        q = self.denominator
        return tuple(tuple(Fraction(int(p), q) for p in row) for row in self.numerators.tolist())

    def column(self, j: int) -> tuple[Fraction, ...]:
        """Return a column."""
        rows = range(self.shape[0])
        return tuple(Fraction(int(self.numerators[i, j]), self.denominator) for i in rows)

    def nonzero_numerators(self) -> list[int]:
        """Return the numerators that are not zero, row after row."""
        return [int(entry) for entry in self.numerators.entries() if entry]

    def times_vector(self, vector: Sequence[int]) -> list[int]:
        """Return the numerators of the product with a vector of integers, over ``denominator``."""
        image = self.numerators * fmpz_mat(len(vector), 1, list(vector))
        return [int(entry) for entry in image.entries()]

    def extended(self) -> RationalMatrix:
        """Return the matrix with a last row (0, ..., 0, 1) added."""
        rows, columns = self.shape
        entries = [*self.numerators.entries(), *[fmpz(0)] * (columns - 1), fmpz(self.denominator)]
        return RationalMatrix(fmpz_mat(rows + 1, columns, entries), self.denominator)

    def integer_rows(self) -> list[IntegerRow]:
        """Return the rows of the numerators as Python integers."""
        return integer_rows(self.numerators)

    def __matmul__(self, other: RationalMatrix) -> RationalMatrix:
        if self.shape[1] != other.shape[0]:
            raise NetworkError(f"cannot multiply a {self.shape} matrix by a {other.shape} one")
        return RationalMatrix(self.numerators * other.numerators, self.denominator * other.denominator)

    def __add__(self, other: RationalMatrix) -> RationalMatrix:
        if self.shape != other.shape:
            raise NetworkError(f"cannot add matrices of shapes {self.shape} and {other.shape}")
        denominator = math.lcm(self.denominator, other.denominator)
        numerators = self.numerators * (denominator // self.denominator) + other.numerators * (
            denominator // other.denominator
        )
        return RationalMatrix(numerators, denominator)

    def scaled(self, factor: Fraction) -> RationalMatrix:
        """Return the matrix times ``factor``."""
        return RationalMatrix(self.numerators * factor.numerator, self.denominator * factor.denominator)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RationalMatrix):
            return NotImplemented
        return self.denominator == other.denominator and bool(self.numerators == other.numerators)

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash((self.denominator, self.shape, tuple(map(int, self.numerators.entries()))))
        return self._hash

    def __repr__(self) -> str:
        rows = [[format_rational(entry) for entry in row] for row in self.rows()]
        return f"<RationalMatrix {rows}>"

    def __reduce__(self) -> tuple[Any, ...]:
        # python-flint's matrices can be neither copied nor pickled.
        return _rebuilt, (*self.shape, list(map(int, self.numerators.entries())), self.denominator)


def _rebuilt(rows: int, columns: int, entries: list[int], denominator: int) -> RationalMatrix:
    return RationalMatrix(fmpz_mat(rows, columns, entries), denominator)


def integer_rows(matrix: fmpz_mat) -> list[IntegerRow]:
    """Return the rows of an integer matrix as tuples of Python integers."""
    return [tuple(map(int, row)) for row in matrix.tolist()]


def divide_exactly(matrix: fmpz_mat, divisor: int) -> fmpz_mat:
    """Return ``matrix / divisor`` for a divisor of all entries."""
    entries = [int(entry) // divisor for entry in matrix.entries()]
    return fmpz_mat(matrix.nrows(), matrix.ncols(), entries)


def primitive(row: Sequence[int]) -> IntegerRow:
    """Return the row divided by the greatest common divisor of its entries (a zero row stays)."""
    common = math.gcd(*row)
    return tuple(row) if common <= 1 else tuple(entry // common for entry in row)


def primitive_from_rationals(row: Sequence[Fraction]) -> IntegerRow:
    """Return the primitive integer row that is a positive multiple of a rational row."""
    denominator = common_denominator(row)
    return primitive([entry.numerator * (denominator // entry.denominator) for entry in row])


def echelon(rows: Sequence[IntegerRow], columns: int) -> list[IntegerRow]:
    """Return the reduced row echelon form with primitive integer rows and positive pivots.

    It is the canonical basis of the row space: equal spaces give equal results.

    Examples
    --------
    >>> echelon([(2, 4, 6), (1, 2, 5)], 3)
    [(1, 2, 0), (0, 0, 1)]
    """
    if not rows:
        return []
    reduced, _, rank = fmpz_mat(len(rows), columns, [entry for row in rows for entry in row]).rref()
    result = []
    for row in integer_rows(reduced)[:rank]:
        leading = next(entry for entry in row if entry)
        result.append(primitive([-entry for entry in row] if leading < 0 else row))
    return result


def pivot_column(row: IntegerRow) -> int:
    """Return the index of the first non-zero entry."""
    return next(index for index, entry in enumerate(row) if entry)


def reduce_modulo(row: Sequence[int], basis: Sequence[IntegerRow]) -> IntegerRow:
    """Return ``row``, up to a positive factor, reduced modulo ``basis``: primitive, zero in its pivots.

    ``basis`` is in the form of `echelon`. Rows that differ by a combination of ``basis`` (up to a
    positive factor) give equal results.

    Examples
    --------
    >>> reduce_modulo((3, 1, 4), [(2, 0, 1)])
    (0, 2, 5)
    """
    return reduced_modulo([row], basis)[0]


def reduced_modulo(rows: Iterable[Sequence[int]], basis: Sequence[IntegerRow]) -> list[IntegerRow]:
    """Return `reduce_modulo` of each row; where the basis is empty, rows that are primitive as they are."""
    leads = [(pivot := pivot_column(base), base[pivot], base) for base in basis]
    found = []
    for row in rows:
        current = row
        for pivot, lead, base in leads:
            factor = current[pivot]
            if factor:
                current = [lead * entry - factor * other for entry, other in zip(current, base, strict=True)]
        found.append(primitive(current))
    return found


def rank(rows: Sequence[IntegerRow], columns: int) -> int:
    """Return the rank of the integer rows."""
    if not rows:
        return 0
    return int(fmpz_mat(len(rows), columns, [entry for row in rows for entry in row]).rank())
