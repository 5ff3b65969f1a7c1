"""What becomes of each cell of a chunk at one neuron: doubles where they prove it, integers elsewhere.

The sign at a cell's point shows one side for nothing. For the other one a batch of simplex searches starts at
the points; each proposes a point on the other side, or rows that prove that there is none. Bounds prove most
proposals (`float_bounds`), what they leave open is decided by `ExactCell`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from exactrelu.affine_map import Point
from exactrelu.enumeration.lp_engine.batched_simplex import climb
from exactrelu.enumeration.lp_engine.cells import Cells
from exactrelu.enumeration.lp_engine.certificates import NONNEGATIVE, OPEN, prove, supports_of
from exactrelu.enumeration.lp_engine.exact_cell import ExactCell, Sides
from exactrelu.enumeration.lp_engine.float_bounds import value_bounds

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Index = npt.NDArray[np.intp]

_ENOUGH = 0.5  # a search stops where the neuron is this fraction as far beyond zero as it began before it
_BLOCK = 1 << 20  # numbers in the rows of a batch
TOUCH = 1e-12  # values of a search that are taken for zero: its rows may prove that there is no more


@dataclass
class Decisions:
    """For each cell: its neuron's sign at its point, whether the other side exists, and a point there.

    ``zero``: the pre-activation vanishes identically. ``points`` are those of the other side, where
    there is one. ``exact`` has what was decided exactly, and overrides the rest: `Sides`.
    ``touching`` are cells without the other side whose closure may touch it, with the rows that are tight then.
    """

    signs: npt.NDArray[np.int8]
    zero: Flags
    other: Flags
    points: Floats
    exact: dict[int, Sides]
    touching: dict[int, tuple[int, ...]]


def decide(cells: Cells, *, faces: bool, checkpoint: Callable[[], None]) -> Decisions:
    """Decide the current neuron on all cells.

    ``faces``: whether somebody wants to know what only touches.
    """
    rows, constant = cells.current_rows()
    count = len(cells)
    with np.errstate(all="ignore"):
        values = np.einsum("nj,nj->n", rows, cells.points)
        bounds = value_bounds(cells.points)
        signs = np.where(np.abs(values) > bounds, np.sign(values), 0)
    signs = np.where(constant, np.sign(rows[:, -1]), signs)
    signs = np.nan_to_num(signs).astype(np.int8)
    decisions = Decisions(
        signs, constant & (signs == 0), np.zeros(count, dtype=bool), cells.points.copy(), {}, {}
    )
    searched = np.flatnonzero(~constant & (signs != 0))
    size = max(64, _BLOCK // ((cells.domain_rows + cells.decided + 1) * cells.points.shape[1]))
    for start in range(0, len(searched), size):
        checkpoint()
        _search(cells, searched[start : start + size], rows, bounds, decisions, faces=faces)
    for cell in np.flatnonzero(~constant & (signs == 0)).tolist():
        checkpoint()
        _record(decisions, cell, ExactCell(cells, cell).sides(), faces=faces)
    return decisions


def _search(
    cells: Cells, which: Index, targets: Floats, bounds: Floats, decisions: Decisions, *, faces: bool
) -> None:
    signs = decisions.signs[which].astype(float)
    decided = cells.signed_rows(which)
    rows = np.concatenate([decided, (targets[which] * signs[:, None])[:, None, :]], axis=1)
    points, bound = cells.points[which], bounds[which]
    values = np.matmul(rows, points[:, :, None])[:, :, 0]
    found = _climbed(rows, values)
    reached = found.values > TOUCH
    # Towards the first point by half of what lies beyond zero: inside, if that was inside.
    with np.errstate(all="ignore"):
        part = values[:, -1] / (values[:, -1] + found.values)
        steps = found.steps * ((1 + part) / 2)[:, None]
        candidates = points.copy()
        candidates[:, :-1] += steps
        inside = reached & _are_inside(rows, candidates, cells.signs[which])
    decisions.other[which[inside]] = True
    decisions.points[which[inside]] = candidates[inside]
    refuted = np.flatnonzero(found.ended & ~reached)
    supports = supports_of(found.rows[refuted], found.multipliers[refuted])
    proved = prove(cells, which[refuted], rows[refuted], values[refuted], bound[refuted], supports)
    left = np.ones(len(which), dtype=bool)
    left[inside] = False
    left[refuted[proved != OPEN]] = False
    support = {
        int(q): tuple(m for m in members.tolist() if m >= 0) for q, members in zip(refuted, supports[0], strict=True)
    } if left.any() or faces else {}
    if faces:
        for q in refuted[proved == NONNEGATIVE].tolist():
            decisions.touching[int(which[q])] = support[q]
    for q in np.flatnonzero(left).tolist():
        cell = int(which[q])
        proposed = _point(candidates[q]) if reached[q] else None
        sides = ExactCell(cells, cell).sides(proposed, support.get(q, ()))
        _record(decisions, cell, sides, faces=faces)


def _climbed(rows: Floats, values: Floats):
    tableau = np.empty_like(rows)
    tableau[:, :, 0] = np.maximum(values, 0.0)
    tableau[:, :, 1:] = rows[:, :, :-1]
    np.negative(tableau[:, -1, 1:], out=tableau[:, -1, 1:])
    tableau[:, -1, 0] = -values[:, -1]
    return climb(tableau, _ENOUGH * values[:, -1])


def _are_inside(rows: Floats, points: Floats, signs: npt.NDArray[np.int8]) -> Flags:
    """Return where all rows that do not vanish identically are positive, and the last one is negative."""
    values = np.matmul(rows, points[:, :, None])[:, :, 0]
    bound = value_bounds(points)[:, None]
    inside = (values[:, :-1] > bound) | (signs[:, : values.shape[1] - 1] == 0)
    result: Flags = inside.all(axis=1) & (values[:, -1] < -bound[:, 0])
    return result


def _point(point: Floats) -> Point | None:
    from fractions import Fraction

    return tuple(map(Fraction, point[:-1].tolist())) if np.isfinite(point).all() else None


def _record(decisions: Decisions, cell: int, sides: Sides, *, faces: bool) -> None:
    decisions.exact[cell] = sides
    if faces and sides.touches:
        decisions.touching[cell] = sides.tight
