"""Boxes in doubles: domains whose rows are limits of the coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from exactrelu.bounds.float_layers import below
from exactrelu.enumeration.lp_engine.start import Start

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Box:
    """A box in doubles: ``ends``, lower and upper ones, outwards, then inwards; ``sides`` number its rows."""

    ends: Floats
    sides: npt.NDArray[np.int32]


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
    return Box(table, sides) if np.isfinite(table).all() else None
