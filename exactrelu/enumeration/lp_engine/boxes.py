"""Boxes in doubles: domains whose rows are limits of the coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt
from flint import fmpz_mat

from exactrelu.bounds.float_layers import below
from exactrelu.enumeration.lp_engine.start import Start
from exactrelu.numbers.linear_algebra import IntegerRow

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Box:
    """A box: its lower and upper ends, and in doubles, ``ends``, both outwards, then inwards.

    ``sides`` number its rows: those of the lower ends, those of the upper ones.
    """

    lower: tuple[Fraction, ...]
    upper: tuple[Fraction, ...]
    ends: Floats
    sides: npt.NDArray[np.int32]

    @cached_property
    def side_of(self) -> dict[int, tuple[int, int]]:
        """The side, 0 or 1, and the coordinate of each row that is a side."""
        numbers = self.sides.tolist()
        return {row: (side, j) for side in (0, 1) for j, row in enumerate(numbers[side])}


def box_of(start: Start) -> Box | None:
    """Return the start's domain as a box; None if it is none, or does not fit into doubles."""
    coordinates = start.coordinates
    ends: list[list[tuple[Fraction, int] | None]] = [[None] * coordinates, [None] * coordinates]
    for number, row in enumerate(start.rows):
        used = [j for j, entry in enumerate(row.entries[:-1]) if entry]
        if len(used) != 1:
            return None
        j, entry = used[0], row.entries[used[0]]
        end, side = Fraction(-row.entries[-1], entry), int(entry < 0)
        known = ends[side][j]
        if known is None or (end < known[0] if side else end > known[0]):
            ends[side][j] = end, number
    lower, upper = ([one for one in side if one is not None] for side in ends)
    if not coordinates or len(lower) < coordinates or len(upper) < coordinates:
        return None
    table = np.array(
        [
            [below(end) for end, _ in lower],
            [-below(-end) for end, _ in upper],
            [-below(-end) for end, _ in lower],
            [below(end) for end, _ in upper],
        ]
    )
    sides = np.array([[number for _, number in lower], [number for _, number in upper]], dtype=np.int32)
    own = tuple(end for end, _ in lower), tuple(end for end, _ in upper)
    return Box(*own, table, sides) if np.isfinite(table).all() else None


def constant_on_box(
    box: Box, rows: Sequence[IntegerRow], target: IntegerRow, sides: Sequence[int]
) -> int | None:
    """Return the sign of c >= 0 in ``target = c + sum m_i rows_i + multiples of sides``, m_i > 0, else None.

    The rows' multipliers are those with which they agree with the target in all coordinates but those of the
    sides; what is left has its least value, c, on the given sides: or it is None, too.

    Examples
    --------
    >>> unit = Box((Fraction(0),) * 2, (Fraction(1),) * 2, np.zeros((4, 2)), np.array([[0, 1], [2, 3]]))
    >>> constant_on_box(unit, [(1, 1, 0)], (2, 3, 0), [1]), constant_on_box(unit, [], (-1, 1, 0), [2, 1])
    (0, None)
    """
    limited = {box.side_of[row][1] for row in sides}
    solved = _multipliers(rows, target, [j for j in range(len(target) - 1) if j not in limited])
    if solved is None:
        return None
    multipliers, scale = solved
    rest = [scale * entry for entry in target]
    for factor, row in zip(multipliers, rows, strict=True):
        rest = [entry - factor * own for entry, own in zip(rest, row, strict=True)]
    ends = (box.lower, box.upper)
    least = {j: int(slope < 0) for j, slope in enumerate(rest[:-1]) if slope}
    if {(side, j) for j, side in least.items()} != {box.side_of[row] for row in sides}:
        return None
    constant = rest[-1] + sum(rest[j] * ends[side][j] for j, side in least.items())
    return None if constant < 0 else int(constant > 0)


def _multipliers(
    rows: Sequence[IntegerRow], target: IntegerRow, columns: Sequence[int]
) -> tuple[list[int], int] | None:
    """Return positive m and scale, sum m_i rows_i = scale target in the columns; None if there are none."""
    if not rows:
        return ([], 1) if not any(target[j] for j in columns) else None
    entries = [row[j] for j in columns for row in (*rows, target)]
    reduced, denominator, rank = fmpz_mat(len(columns), len(rows) + 1, entries).rref()
    if rank != len(rows) or any(reduced[i, i] == 0 for i in range(rank)):
        return None
    sign = 1 if denominator > 0 else -1
    found = [sign * int(reduced[i, len(rows)]) for i in range(rank)]
    return (found, abs(int(denominator))) if all(m > 0 for m in found) else None
