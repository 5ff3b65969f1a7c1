"""Sums and products of sparse exact matrices.

Short integers (`exactrelu.numbers.integer_arrays`) are multiplied by scipy as they are, where no sum can
overflow. Long ones are cut into pieces of w bits, a = sum_i a_i 2^(w i); then A B = sum_s 2^(w s)
sum_{i+j=s} A_i B_j, and every product of pieces is one of short matrices.
"""

from __future__ import annotations

from math import lcm
from typing import Any

import numpy as np

from exactrelu.errors import NetworkError
from exactrelu.numbers.integer_arrays import (
    SHORT_BITS,
    IntegerArray,
    bit_length,
    is_short,
    joined,
    longer,
    times,
    total,
)
from exactrelu.numbers.sparse_matrix import SparseMatrix

_ENTRIES_AT_ONCE = 1_000_000
_DENSE_FROM = 4  # a matrix with more than one entry in four is multiplied as a dense one
_WIDEST_PIECE = 30


def sum_of(one: SparseMatrix, two: SparseMatrix) -> SparseMatrix:
    """Return the sum of matrices with equal numbers of rows, as wide as the wider one."""
    if one.shape[0] != two.shape[0]:
        raise NetworkError(f"cannot add matrices of shapes {one.shape} and {two.shape}")
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


def product_size(one: SparseMatrix, two: SparseMatrix) -> tuple[int, int]:
    """Return the number of multiplications in a product, and a bound on its entries."""
    lengths = np.diff(two.indptr).astype(np.int64)
    before = np.concatenate([[0], np.cumsum(lengths[one.indices])])
    in_rows = np.diff(before[one.indptr])
    return int(before[-1]), int(np.minimum(in_rows, two.shape[1]).sum())


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
    steps = max(1, one.shape[0] * _ENTRIES_AT_ONCE // max(product_size(one, two)[1], 1))
    pieces = [np.arange(k, min(k + steps, one.shape[0])) for k in range(0, one.shape[0], steps)]
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
