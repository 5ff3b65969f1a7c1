"""Tensors whose entries are affine functions of variables: the inputs, and the values of units."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from exactrelu.formats.exact_array import ExactArray
from exactrelu.formats.limits import MAX_ENTRIES, check_array, cost
from exactrelu.numbers.integer_arrays import SHORT_BITS, IntegerArray, bit_length, is_short
from exactrelu.numbers.sparse_matrix import SparseMatrix, multiplications, row_pieces

Shape: TypeAlias = tuple[int, ...]
Places: TypeAlias = npt.NDArray[np.integer[Any]]

_WORK_AT_ONCE = 5_000_000  # multiplications


@dataclass(frozen=True, eq=False)
class AffineTensor:
    """A tensor of affine functions, one sparse row for each entry, in row-major order.

    Column 0 of ``rows`` has the constants, column 1 + v the coefficients of variable v. Variables are only
    ever added, so a matrix with fewer columns does not depend on the later ones. ``sources`` are the groups
    of units that the entries may depend on, whether or not a coefficient happens to be zero.

    Examples
    --------
    >>> x = AffineTensor.of_variables(0, (1, 2))
    >>> y = x.times(ExactArray.of_integers([3, 5])).plus_constant(ExactArray.of_integers([7]))
    >>> y.rows.dense().integer_rows()
    [(7, 3, 0), (7, 0, 5)]
    >>> y.rearranged(lambda entries: entries[0, ::-1]).rows.dense().integer_rows()
    [(7, 0, 5), (7, 3, 0)]
    """

    shape: Shape
    rows: SparseMatrix
    sources: frozenset[int] = frozenset()

    @classmethod
    def of_variables(cls, first: int, shape: Shape, sources: frozenset[int] = frozenset()) -> AffineTensor:
        """Return variables as they follow each other, beginning with one, in row-major order."""
        size = math.prod(shape)
        places, ones = np.arange(size), np.ones(size, dtype=np.int64)
        matrix = SparseMatrix((size, 1 + first + size), np.arange(size + 1), 1 + first + places, ones)
        return cls(shape, matrix, sources)

    @classmethod
    def constant(cls, values: ExactArray) -> AffineTensor:
        """Return constant functions."""
        size = values.numerators.size
        check_array(values.shape, values.bits)
        numerators = values.numerators.ravel()
        matrix = SparseMatrix((size, 1), np.arange(size + 1), np.zeros(size), numerators, values.denominator)
        return cls(values.shape, matrix)

    def constants(self) -> ExactArray:
        """Return the entries of a tensor that depends on no variable."""
        values = np.zeros(self.size, dtype=self.rows.numerators.dtype)
        values[self.rows.row_of_entries()] = self.rows.numerators
        return ExactArray.of(values.reshape(self.shape), self.rows.denominator)

    @property
    def size(self) -> int:
        """The number of entries."""
        return math.prod(self.shape)

    @property
    def bits(self) -> int:
        """The largest bit length of a numerator or of the denominator."""
        return max(self.rows.denominator.bit_length(), bit_length(self.rows.numerators))

    @property
    def cost(self) -> int:
        """What arithmetic with the tensor costs, as `exactrelu.formats.limits.cost` has it.

        Python's own integers, which stand where 64 bits are too few, take ten times as long.
        """
        return self.size + cost(self.rows.size, self.bits) * (1 if is_short(self.rows.numerators) else 10)

    # rearranging ----------------------------------------------------------------------------------

    def places(self) -> Places:
        """Return the numbers of the rows in the shape of the tensor."""
        return places_of(self.shape)

    def chosen(self, places: Places) -> AffineTensor:
        """Return the tensor of the rows with given numbers, in the shape of these; negative ones are zero."""
        check_array(places.shape)
        flat = places.ravel()
        lengths = np.diff(self.rows.indptr)
        check_array((int(np.where(flat < 0, 0, lengths[flat]).sum(dtype=np.int64)),), self.bits)
        return AffineTensor(places.shape, self.rows.chosen_rows(flat), self.sources)

    def rearranged(self, arrange: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]) -> AffineTensor:
        """Return the entries as ``arrange`` puts an array of them; it may leave out and repeat some."""
        return self.chosen(np.asarray(arrange(self.places())))

    def reshape(self, shape: Shape) -> AffineTensor:
        """Return the same entries in row-major order in another shape."""
        return AffineTensor(shape, self.rows, self.sources)

    def broadcast_to(self, shape: Shape) -> AffineTensor:
        """Return the entries repeated along axes, as NumPy does."""
        if shape == self.shape:
            return self
        check_array(shape)
        return self.rearranged(lambda entries: np.broadcast_to(entries, shape))

    @classmethod
    def stacked(cls, parts: Sequence[AffineTensor]) -> AffineTensor:
        """Return the entries of all parts, one part after the other, as a vector."""
        check_array((sum(part.size + part.rows.size for part in parts),), max(part.bits for part in parts))
        rows = SparseMatrix.stacked([part.rows for part in parts])
        return cls((rows.shape[0],), rows, frozenset().union(*(part.sources for part in parts)))

    # arithmetic -----------------------------------------------------------------------------------

    def plus(self, other: AffineTensor) -> AffineTensor:
        """Return the sum, with NumPy's broadcasting."""
        shape = np.broadcast_shapes(self.shape, other.shape)
        one, two = self.broadcast_to(shape), other.broadcast_to(shape)
        bits = one.bits + two.bits + 1  # a bound: each numerator may be multiplied by the other denominator
        check_array((one.rows.size + two.rows.size,), bits)
        return AffineTensor(shape, one.rows + two.rows, self.sources | other.sources)

    def minus(self, other: AffineTensor) -> AffineTensor:
        """Return the difference, with NumPy's broadcasting."""
        return self.plus(other.times(ExactArray.filled((), -1)))

    def plus_constant(self, values: ExactArray) -> AffineTensor:
        """Return the entries plus constants, with NumPy's broadcasting."""
        return self.plus(AffineTensor.constant(values))

    def times(self, factors: ExactArray) -> AffineTensor:
        """Return the entries times constants, with NumPy's broadcasting."""
        wide = self.broadcast_to(np.broadcast_shapes(self.shape, factors.shape))
        check_array((wide.rows.size,), wide.bits + factors.bits)
        flat = np.broadcast_to(factors.numerators, wide.shape).ravel()
        rows = wide.rows.with_rows_times(flat, factors.denominator)
        return AffineTensor(wide.shape, rows, self.sources)

    def multiplications(self, matrix: SparseMatrix) -> int:
        """Return how many multiplications of 64-bit words `product` takes."""
        words = [1 + bit_length(m.numerators) // SHORT_BITS for m in (matrix, self.rows)]
        return math.prod(words) * int(multiplications(matrix, self.rows).sum())

    def product(self, matrix: SparseMatrix, shape: Shape) -> AffineTensor:
        """Return the matrix times the entries as a vector, in a shape."""
        terms = int(np.diff(matrix.indptr).max(initial=0)).bit_length()
        bits = self.bits + bit_length(matrix.numerators) + terms
        check_array((), max(bits, matrix.denominator.bit_length() + self.bits))
        work = multiplications(matrix, self.rows)
        if int(np.minimum(work, self.rows.shape[1]).sum()) <= MAX_ENTRIES:
            return AffineTensor(shape, matrix @ self.rows, self.sources)
        parts, size = [], 0
        for rows in row_pieces(work, _WORK_AT_ONCE):
            parts.append(matrix.chosen_rows(rows) @ self.rows)
            size += parts[-1].size
            check_array((size,), bits)  # how many terms cancel or meet is known only now
        return AffineTensor(shape, SparseMatrix.stacked(parts), self.sources)


def places_of(shape: Shape) -> Places:
    """Return the numbers of the entries of an array in row-major order, in its shape."""
    return np.arange(math.prod(shape), dtype=np.int32).reshape(shape)


def matrix_of_sums(columns: Places, weights: IntegerArray, denominator: int, width: int) -> SparseMatrix:
    """Return the matrix with the entries ``weights[i, k] / denominator`` at (i, ``columns[i, k]``).

    Parameters
    ----------
    columns
        For each row i increasing numbers, where the negative ones, which count for nothing, are left out.
    weights
        Of a shape that broadcasts to that of ``columns``.
    denominator, width
        The common denominator and the number of columns.
    """
    check_array(columns.shape)
    wide = np.broadcast_to(weights, columns.shape)
    present = (columns >= 0) & np.asarray(wide != 0)
    indptr = np.concatenate([[0], np.cumsum(present.sum(axis=1))])
    shape = (columns.shape[0], width)
    return SparseMatrix(shape, indptr, columns[present], wide[present], denominator)
