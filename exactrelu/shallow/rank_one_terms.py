"""Sums of rank-one matrices: independent rows, coordinates, rank factors (by python-flint)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flint import fmpq, fmpq_mat

Vector = Sequence[Fraction]
Rows = tuple[tuple[Fraction, ...], ...]


def independent_rows(rows: Sequence[Vector]) -> list[int]:
    """Return the indices of the rows that are no combination of rows before them.

    Examples
    --------
    >>> independent_rows([(1, 2), (2, 4), (0, 1), (5, 5)]), independent_rows([])
    ([0, 2], [])
    """
    return _pivots(_reduced(list(zip(*rows, strict=True))))


def coordinates(basis: Sequence[Vector], target: Sequence[Vector]) -> Rows | None:
    """Return t_i, vectors with one entry for each row of ``target``, with target = sum t_i (x) basis_i.

    ``basis`` are independent rows. None if some row of ``target`` is not in their span.

    Examples
    --------
    >>> coordinates([(1, 1), (0, 1)], [(2, 3)])
    ((Fraction(2, 1),), (Fraction(1, 1),))
    """
    size = len(basis)
    if not any(any(row) for row in target):
        return ((Fraction(0),) * len(target),) * size
    if not size:
        return None
    columns = zip(*basis, *target, strict=True)
    reduced = _reduced([list(row) for row in columns])
    if any(pivot >= size for pivot in _pivots(reduced)):
        return None
    return tuple(tuple(row[size:]) for row in reduced[:size])


def rank_factors(matrix: Sequence[Vector]) -> list[tuple[tuple[Fraction, ...], tuple[Fraction, ...]]]:
    """Return pairs (u, v) with matrix = sum u (x) v, as many as the rank.

    Examples
    --------
    >>> rank_factors([(2, 4), (1, 2)])
    [((2, 1), (Fraction(1, 1), Fraction(2, 1)))]
    """
    reduced = _reduced(matrix)
    pairs = zip(_pivots(reduced), reduced, strict=False)
    return [(tuple(row[pivot] for row in matrix), tuple(reduced_row)) for pivot, reduced_row in pairs]


def _reduced(rows: Sequence[Vector]) -> list[list[Fraction]]:
    """Return the reduced row echelon form."""
    matrix = fmpq_mat([[fmpq(entry.numerator, entry.denominator) for entry in row] for row in rows])
    reduced, _ = matrix.rref()
    return [[Fraction(int(entry.p), int(entry.q)) for entry in row] for row in reduced.tolist()]


def _pivots(reduced: Sequence[Vector]) -> list[int]:
    """Return the columns of the leading entries of the rows that are not zero."""
    return [next(j for j, entry in enumerate(row) if entry) for row in reduced if any(row)]
