"""Zaslavsky's theorem: the regions of an arrangement of hyperplanes, counted without their geometry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from exactrelu.counting_bounds.formulas import partial_sum
from exactrelu.numbers.linear_algebra import IntegerRow, echelon, primitive_from_rationals

MOST_SETS = 20_000


def hyperplanes_of(rows: Iterable[Sequence[Fraction]]) -> list[IntegerRow]:
    """Return where rows (a, c) vanish, a.x + c = 0, once each: primitive, the first entry positive.

    A row with a = 0 vanishes on no hyperplane.

    Examples
    --------
    >>> hyperplanes_of([(Fraction(1), Fraction(0), Fraction(1)), (Fraction(-2), Fraction(0), Fraction(-2))])
    [(1, 0, 1)]
    """
    found = set()
    for row in rows:
        if any(row[:-1]):
            sign = 1 if next(entry for entry in row if entry) > 0 else -1
            found.add(primitive_from_rationals([sign * entry for entry in row]))
    return sorted(found)


def region_count(hyperplanes: Sequence[IntegerRow], dimension: int) -> int | None:
    """Return the number of regions of different hyperplanes in R^dimension; None if it is too much work.

    By Zaslavsky's theorem (1975) and Whitney's on broken circuits it is the number of sets of hyperplanes
    with a common point, independent normals and no broken circuit: none can be completed to a
    dependent set with a common point by a hyperplane before its first.

    Examples
    --------
    >>> region_count([(0, 1, 0), (1, 0, 0), (1, 1, -1)], 2), region_count([(0, 1, 0), (0, 1, 1)], 2)
    (7, 3)
    """
    if partial_sum(len(hyperplanes), dimension) > MOST_SETS:
        return None
    return _extensions([], 0, hyperplanes, dimension)


def _extensions(
    chosen: list[IntegerRow], start: int, hyperplanes: Sequence[IntegerRow], dimension: int
) -> int:
    """Return the number of sets without broken circuits that add hyperplanes from ``start`` on."""
    count = 1
    for i in range(start, len(hyperplanes)):
        grown = [*chosen, hyperplanes[i]]
        basis = echelon(grown, dimension + 1)
        if len(basis) == len(grown) and _have_common_point(basis) and _is_unbroken(grown, hyperplanes, i):
            count += _extensions(grown, i + 1, hyperplanes, dimension)
    return count


def _have_common_point(basis: Sequence[IntegerRow]) -> bool:
    """Return whether the equations in echelon form have a solution."""
    return all(any(row[:-1]) for row in basis)


def _is_unbroken(chosen: Sequence[IntegerRow], hyperplanes: Sequence[IntegerRow], last: int) -> bool:
    """Return whether no hyperplane depends on those chosen that stand after it."""
    places = {row: i for i, row in enumerate(hyperplanes)}
    columns = len(chosen[0])
    for i in range(last):
        later = [row for row in chosen if places[row] > i]
        if len(echelon([*later, hyperplanes[i]], columns)) == len(later) and hyperplanes[i] not in later:
            return False
    return True
