"""Sparse exact matrices: compressed rows of integers over one common denominator.

This is the form of large layers. It is as exact as `exactrelu.numbers.linear_algebra.RationalMatrix`, which
it converts to and from, and takes memory for the entries that are not zero only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from math import gcd, lcm
from typing import Any

import numpy as np
import numpy.typing as npt

from exactrelu.errors import NetworkError
from exactrelu.numbers.integer_arrays import (
    SHORT_BITS,
    IntegerArray,
    bit_length,
    common_divisor,
    integer_array,
    is_short,
    joined,
    longer,
    product,
    quotient,
    shortened,
    times,
    total,
)
from exactrelu.numbers.linear_algebra import RationalMatrix

Indices = npt.NDArray[np.int32]

_PIECE = 500_000  # entries that are multiplied at once, as Python's integers take some 100 bytes each

_ENTRIES_AT_ONCE = 1_000_000
_DENSE_FROM = 4  # a matrix with more than one entry in four is multiplied as a dense one
_WIDEST_PIECE = 30


class SparseMatrix:
    """An immutable rational matrix in compressed rows, without zeros, in lowest common terms.

    Row i has the entries ``numerators[k] / denominator`` at the columns ``indices[k]``, increasing, for
    ``indptr[i] <= k < indptr[i + 1]``. The form is unique, so ``==`` and ``hash`` are mathematical
    equality. None of the arrays must be changed.

    Examples
    --------
    >>> m = SparseMatrix.from_entries((2, 3), [1, 0], [2, 0], integer_array([6, 3]), 6)
    >>> m.denominator, m.dense().rows()[1]
    (2, (Fraction(0, 1), Fraction(0, 1), Fraction(1, 1)))
    >>> SparseMatrix.from_dense(m.dense()) == m
    True
    """

    __slots__ = ("denominator", "indices", "indptr", "numerators", "shape")

    def __init__(
        self,
        shape: tuple[int, int],
        indptr: Any,
        indices: Any,
        numerators: IntegerArray,
        denominator: int = 1,
    ) -> None:
        """Take rows whose columns increase; zeros and common factors are removed."""
        indptr, indices = np.asarray(indptr, dtype=np.int32), np.asarray(indices, dtype=np.int32)
        present = np.asarray(numerators != 0)
        if not present.all():
            kept = np.concatenate([[0], np.cumsum(present)])
            indptr = kept[indptr].astype(np.int32)
            indices, numerators = indices[present], numerators[present]
        common = common_divisor(numerators, denominator)
        if denominator < 0:
            common = -common
        self.shape = shape
        self.indptr, self.indices = indptr, indices
        self.numerators = shortened(numerators if common == 1 else quotient(numerators, common))
        self.denominator = denominator // common

    # from and to other forms ----------------------------------------------------------------------

    @classmethod
    def from_entries(
        cls, shape: tuple[int, int], rows: Any, columns: Any, numerators: IntegerArray, denominator: int = 1
    ) -> SparseMatrix:
        """Return the matrix with given entries, in any order, at most one for each place."""
        rows, columns = np.asarray(rows, dtype=np.int64), np.asarray(columns, dtype=np.int64)
        places = rows * shape[1] + columns
        if np.any(places[1:] <= places[:-1]):
            order = np.argsort(places, kind="stable")
            rows, columns, numerators = rows[order], columns[order], numerators[order]
        counts = np.bincount(rows, minlength=shape[0])
        return cls(shape, np.concatenate([[0], np.cumsum(counts)]), columns, numerators, denominator)

    @classmethod
    def from_dense(cls, matrix: RationalMatrix) -> SparseMatrix:
        """Return a matrix of the other form."""
        rows, columns = matrix.shape
        flat = integer_array([int(entry) for entry in matrix.numerators.entries()])
        indptr = np.arange(rows + 1) * columns
        return cls((rows, columns), indptr, np.tile(np.arange(columns), rows), flat, matrix.denominator)

    def dense(self) -> RationalMatrix:
        """Return the matrix in the other form, with all its zeros."""
        from flint import fmpz_mat

        rows, columns = self.shape
        entries = [0] * (rows * columns)
        places = self.row_of_entries().astype(np.int64) * columns + self.indices
        for place, numerator in zip(places.tolist(), self.numerators.tolist(), strict=True):
            entries[place] = numerator
        return RationalMatrix(fmpz_mat(rows, columns, entries), self.denominator)

    def doubles(self) -> Any:
        """Return the `scipy.sparse.csr_array` of the doubles nearest to the entries, ties to even.

        An entry beyond all doubles becomes an infinity.
        """
        from scipy import sparse

        return sparse.csr_array((self._nearest(), self.indices, self.indptr), shape=self.shape)

    def dense_doubles(self) -> npt.NDArray[np.float64]:
        """Return `doubles` with its zeros, which needs NumPy alone."""
        table = np.zeros(self.shape)
        rows = np.repeat(np.arange(self.shape[0]), np.diff(self.indptr))
        table[rows, self.indices] = self._nearest()
        return table

    def _nearest(self) -> npt.NDArray[np.float64]:
        exponent = self.denominator.bit_length() - 1
        if is_short(self.numerators) and self.denominator == 1 << exponent and exponent < 960:
            # One rounding, from the integer to the double; the quotient is normal, so scaling is exact.
            return np.ldexp(self.numerators.astype(np.float64), -exponent)
        ratios = (_nearest(entry, self.denominator) for entry in self.numerators.tolist())
        return np.fromiter(ratios, dtype=np.float64, count=len(self.numerators))

    # entries --------------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """The number of entries that are not zero."""
        return len(self.numerators)

    def row_of_entries(self) -> Indices:
        """Return the row of each entry."""
        return np.repeat(np.arange(self.shape[0], dtype=np.int32), np.diff(self.indptr))

    def row_entries(self) -> Iterator[tuple[list[int], list[int]]]:
        """Yield the columns and the numerators of each row."""
        for start, end in pairwise(self.indptr.tolist()):
            yield self.indices[start:end].tolist(), self.numerators[start:end].tolist()

    def rows(self) -> Iterator[tuple[Fraction, ...]]:
        """Yield the rows, with their zeros."""
        zeros = [Fraction(0)] * self.shape[1]
        for columns, numerators in self.row_entries():
            row = zeros.copy()
            for j, numerator in zip(columns, numerators, strict=True):
                row[j] = Fraction(numerator, self.denominator)
            yield tuple(row)

    def column(self, j: int) -> list[Fraction]:
        """Return a column, with its zeros."""
        result, chosen = [Fraction(0)] * self.shape[0], self.indices == j
        entries = zip(self.row_of_entries()[chosen].tolist(), self.numerators[chosen].tolist(), strict=True)
        for i, numerator in entries:
            result[i] = Fraction(numerator, self.denominator)
        return result

    # arithmetic -----------------------------------------------------------------------------------

    def widened(self, columns: int) -> SparseMatrix:
        """Return the matrix with zero columns added at the right end."""
        return self._with(self.indptr, self.indices, self.numerators, (self.shape[0], columns))

    def with_columns(self, places: npt.NDArray[Any], columns: int) -> SparseMatrix:
        """Return the matrix whose column ``places[j]`` is this one's column j, for different places."""
        moved, rows, shape = places[self.indices], self.row_of_entries(), (self.shape[0], columns)
        if np.any((moved[1:] < moved[:-1]) & (rows[1:] == rows[:-1])):
            return SparseMatrix.from_entries(shape, rows, moved, self.numerators, self.denominator)
        return self._with(self.indptr, moved, self.numerators, shape)

    def chosen_rows(self, rows: npt.NDArray[Any]) -> SparseMatrix:
        """Return the matrix of the rows with given numbers; a negative number stands for a zero row."""
        starts, lengths = self.indptr[:-1].astype(np.int64), np.diff(self.indptr).astype(np.int64)
        counts = np.where(rows < 0, 0, lengths[rows])
        indptr = np.concatenate([[0], np.cumsum(counts)])
        places = np.arange(indptr[-1]) + np.repeat(starts[rows] - indptr[:-1], counts)
        shape = (len(rows), self.shape[1])
        return self._with(indptr, self.indices[places], self.numerators[places], shape)

    def _with(self, indptr: Any, indices: Any, numerators: Any, shape: tuple[int, int]) -> SparseMatrix:
        return SparseMatrix(shape, indptr, indices, numerators, self.denominator)

    def extended(self) -> SparseMatrix:
        """Return the matrix with a last row (0, ..., 0, 1) added."""
        columns = self.shape[1]
        last = SparseMatrix.from_entries((1, columns), [0], [columns - 1], integer_array([1]))
        return SparseMatrix.stacked([self, last])

    def with_first_column_last(self) -> SparseMatrix:
        """Return the matrix with its first column behind all others."""
        order = np.arange(1, self.size + 1, dtype=np.int32)
        starts = self.indptr[:-1][np.diff(self.indptr) > 0]
        ends = self.indptr[1:][np.diff(self.indptr) > 0] - 1
        leading = self.indices[starts] == 0
        turned = np.repeat(leading, ends - starts + 1)  # the entries of the rows that change
        order[~turned] -= 1
        order[ends[leading]] = starts[leading]
        indices = np.where(self.indices == 0, self.shape[1], self.indices) - 1
        return self._with(self.indptr, indices[order], self.numerators[order], self.shape)

    @classmethod
    def stacked(cls, parts: Sequence[SparseMatrix]) -> SparseMatrix:
        """Return matrices one above the other, as wide as the widest."""
        denominator = lcm(*(part.denominator for part in parts))
        numerators = joined([times(part.numerators, denominator // part.denominator) for part in parts])
        ends = np.cumsum([0, *(part.size for part in parts)])
        pointers = [part.indptr[1:] + end for part, end in zip(parts, ends, strict=False)]
        indices = np.concatenate([part.indices for part in parts])
        shape = (sum(part.shape[0] for part in parts), max(part.shape[1] for part in parts))
        return cls(shape, np.concatenate([[0], *pointers]), indices, numerators, denominator)

    def with_rows_times(self, factors: IntegerArray, denominator: int = 1) -> SparseMatrix:
        """Return the matrix whose row i is this one's times ``factors[i] / denominator``."""
        numerators = product(self.numerators, np.repeat(factors, np.diff(self.indptr)))
        common = self.denominator * denominator
        return SparseMatrix(self.shape, self.indptr, self.indices, numerators, common)

    def scaled(self, factor: Fraction) -> SparseMatrix:
        """Return the matrix times ``factor``."""
        numerators = times(self.numerators, factor.numerator)
        common = self.denominator * factor.denominator
        return SparseMatrix(self.shape, self.indptr, self.indices, numerators, common)

    def __add__(self, other: SparseMatrix) -> SparseMatrix:
        """Return the sum with a matrix of as many rows, as wide as the wider one."""
        return sum_of(self, other)

    def __matmul__(self, other: SparseMatrix) -> SparseMatrix:
        return product_of(self, other)

    def nonzero_numerators(self) -> list[int]:
        """Return the numerators that are not zero, row after row."""
        entries: list[int] = self.numerators.tolist()
        return entries

    def times_vector(self, vector: Sequence[int]) -> list[int]:
        """Return the numerators of the product with a vector of integers, over ``denominator``."""
        values, result = np.array(vector, dtype=object), [0] * self.shape[0]
        filled = np.flatnonzero(np.diff(self.indptr))
        pieces = np.searchsorted(self.indptr[filled], np.arange(0, self.size + _PIECE, _PIECE))
        for rows in (filled[a:b] for a, b in pairwise(pieces) if a < b):
            start, end = self.indptr[rows[0]], self.indptr[rows[-1] + 1]
            terms = longer(self.numerators[start:end]) * values[self.indices[start:end]]
            sums = np.add.reduceat(terms, self.indptr[rows] - start)
            for i, entry in zip(rows.tolist(), sums.tolist(), strict=True):
                result[i] = entry
        return result

    # identity -------------------------------------------------------------------------------------

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SparseMatrix):
            return NotImplemented
        return (
            (self.shape, self.denominator) == (other.shape, other.denominator)
            and np.array_equal(self.indptr, other.indptr)
            and np.array_equal(self.indices, other.indices)
            and np.array_equal(self.numerators, other.numerators)
        )

    def __hash__(self) -> int:
        return hash((self.shape, self.denominator, tuple(self.numerators.tolist())))

    def __repr__(self) -> str:
        return f"<SparseMatrix {self.shape[0]} x {self.shape[1]}, {self.size} entries>"


def _nearest(numerator: int, denominator: int) -> float:
    common = gcd(numerator, denominator)
    try:
        return (numerator // common) / (denominator // common)
    except OverflowError:
        return float("inf") if numerator > 0 else float("-inf")


def sum_of(one: SparseMatrix, two: SparseMatrix) -> SparseMatrix:
    """Return the sum of matrices with equal numbers of rows, as wide as the wider one."""
    if one.shape[0] != two.shape[0]:
        raise NetworkError(f"cannot add matrices of shapes {one.shape} and {two.shape}")
    entries = np.diff(one.indptr).astype(np.int64) + np.diff(two.indptr)
    pieces = row_pieces(entries, _ENTRIES_AT_ONCE)
    if len(pieces) == 1:
        return _sum_of(one, two)
    return SparseMatrix.stacked([_sum_of(one.chosen_rows(rows), two.chosen_rows(rows)) for rows in pieces])


def _sum_of(one: SparseMatrix, two: SparseMatrix) -> SparseMatrix:
    denominator = lcm(one.denominator, two.denominator)
    columns = max(one.shape[1], two.shape[1])
    places = np.concatenate([m.row_of_entries().astype(np.int64) * columns + m.indices for m in (one, two)])
    values = joined([times(m.numerators, denominator // m.denominator) for m in (one, two)])
    order = np.argsort(places, kind="stable")
    places, values = places[order], values[order]
    again = np.flatnonzero(places[1:] == places[:-1])  # each place stands once or twice
    kept = np.ones(len(places), dtype=bool)
    kept[again + 1] = False
    sums = total(values[again], values[again + 1])
    if is_short(values) and not is_short(sums):
        values = longer(values)
    values[again] = sums
    rows, indices = np.divmod(places[kept], columns)
    return SparseMatrix.from_entries((one.shape[0], columns), rows, indices, values[kept], denominator)


def multiplications(one: SparseMatrix, two: SparseMatrix) -> npt.NDArray[np.int64]:
    """Return for each row of a product the number of multiplications that it takes."""
    lengths = np.diff(two.indptr).astype(np.int64)
    before = np.concatenate([[0], np.cumsum(lengths[one.indices])])
    return np.asarray(np.diff(before[one.indptr]))


def row_pieces(work: npt.NDArray[np.int64], most: int) -> list[npt.NDArray[np.int64]]:
    """Return successive row numbers in pieces of at most so much work each, but for their last rows.

    Examples
    --------
    >>> [piece.tolist() for piece in row_pieces(np.array([2, 3, 9, 1, 1]), 5)]
    [[0, 1], [2], [3], [4]]
    """
    begun = (np.cumsum(work) - work) // most
    return np.split(np.arange(len(work)), np.flatnonzero(np.diff(begun)) + 1)


def product_of(one: SparseMatrix, two: SparseMatrix) -> SparseMatrix:
    """Return the matrix product.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from exactrelu.numbers.integer_arrays import integer_array
    >>> big = SparseMatrix.from_entries((1, 1), [0], [0], integer_array([2**80]), 3)
    >>> (big @ big).dense().rows() == ((Fraction(2**160, 9),),)
    True
    """
    if one.shape[1] != two.shape[0]:
        raise NetworkError(f"cannot multiply a {one.shape} matrix by a {two.shape} one")
    shape, denominator = (one.shape[0], two.shape[1]), one.denominator * two.denominator
    if _fits(one, two):
        csr = _csr(one, one.numerators) @ _csr(two, two.numerators)
        csr.sort_indices()
        return SparseMatrix(shape, csr.indptr, csr.indices, csr.data, denominator)
    if _is_dense(one) and _is_dense(two):
        return SparseMatrix.from_dense(one.dense() @ two.dense())
    pieces = row_pieces(np.minimum(multiplications(one, two), two.shape[1]), _ENTRIES_AT_ONCE)
    return SparseMatrix.stacked([_long_product(one.chosen_rows(rows), two) for rows in pieces])


def _terms(one: SparseMatrix, two: SparseMatrix) -> int:
    """Return a bound on the number of products that an entry adds up."""
    in_row = int(np.diff(one.indptr).max(initial=0))
    in_column = int(np.bincount(two.indices, minlength=1).max(initial=0))
    return min(in_row, in_column)


def _fits(one: SparseMatrix, two: SparseMatrix) -> bool:
    if not (is_short(one.numerators) and is_short(two.numerators)):
        return False
    bits = bit_length(one.numerators) + bit_length(two.numerators)
    return bits + _terms(one, two).bit_length() <= SHORT_BITS


def _is_dense(matrix: SparseMatrix) -> bool:
    return matrix.size * _DENSE_FROM > matrix.shape[0] * matrix.shape[1]


def _csr(matrix: SparseMatrix, data: Any) -> Any:
    from scipy import sparse

    return sparse.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def _long_product(one: SparseMatrix, two: SparseMatrix) -> SparseMatrix:
    bits = bit_length(one.numerators), bit_length(two.numerators)
    width = _piece_width(bits, _terms(one, two))
    left, right = (_pieces(m.numerators, width, b) for m, b in zip((one, two), bits, strict=True))
    pattern = _csr(one, np.ones(one.size, np.int64)) @ _csr(two, np.ones(two.size, np.int64))
    pattern.sort_indices()
    places = _places(pattern)
    sums = [np.zeros(len(places), dtype=np.int64) for _ in range(len(left) + len(right))]
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            part = _csr(one, a) @ _csr(two, b)
            part.sort_indices()
            sums[i + j][np.searchsorted(places, _places(part))] += part.data
    values: IntegerArray = np.zeros(len(places), dtype=object)
    for s, entries in enumerate(sums):
        values = values + (longer(entries) << width * s)
    shape, denominator = (one.shape[0], two.shape[1]), one.denominator * two.denominator
    return SparseMatrix(shape, pattern.indptr, pattern.indices, values, denominator)


def _places(csr: Any) -> Any:
    """Return the places of the entries, counted row after row."""
    rows = np.repeat(np.arange(csr.shape[0], dtype=np.int64), np.diff(csr.indptr))
    return rows * csr.shape[1] + csr.indices


def _piece_width(bits: tuple[int, int], terms: int) -> int:
    """Return the largest w for which sums of products of pieces stay short."""
    for width in range(_WIDEST_PIECE, 1, -1):
        pieces = min(-(-b // width) for b in bits)
        if 2 * width + terms.bit_length() + max(pieces, 1).bit_length() <= SHORT_BITS:
            return width
    return 1


def _pieces(numerators: IntegerArray, width: int, bits: int) -> list[Any]:
    """Return arrays a_i, |a_i| < 2^width, with numerators = sum_i a_i 2^(width i)."""
    signs = np.where(np.asarray(numerators < 0), -1, 1)
    rest: IntegerArray = abs(numerators)
    mask, pieces = (1 << width) - 1, []
    for _ in range(-(-bits // width)):
        pieces.append(np.asarray(rest & mask, dtype=np.int64) * signs)
        rest = rest >> width
    return pieces
