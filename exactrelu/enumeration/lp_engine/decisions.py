"""What becomes of each cell of a chunk at one neuron: doubles where they prove it, integers elsewhere.

The sign at a cell's point shows one side for nothing. For the other one a batch of simplex searches starts at
the points; each proposes a point on the other side, or rows that prove that there is none. Bounds prove most
proposals (`float_bounds`), what they leave open is decided by `ExactCell`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from exactrelu.enumeration.lp_engine.cells import Cells
from exactrelu.enumeration.lp_engine.certificates import NONNEGATIVE, OPEN, prove, supports_of
from exactrelu.enumeration.lp_engine.exact_cell import ExactCell, Sides
from exactrelu.enumeration.lp_engine.float_bounds import value_bounds
from exactrelu.numbers.batched_simplex import Climbs, climb
from exactrelu.numbers.points import Point

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
    ``touching`` are cells without the other side whose closure may touch it, with the rows tight there.
    """

    signs: npt.NDArray[np.int8]
    zero: Flags
    other: Flags
    points: Floats
    exact: dict[int, Sides]
    touching: dict[int, tuple[int, ...]]


@np.errstate(all="ignore")  # what overflows, or is undefined, proves nothing
def decide(cells: Cells, *, faces: bool, checkpoint: Callable[[], None]) -> Decisions:
    """Decide the current neuron on all cells.

    ``faces``: whether somebody wants to know what only touches.
    """
    rows, constant = cells.current_rows()
    count = len(cells)
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
        record(decisions, cell, ExactCell(cells, cell).sides(), faces=faces)
    return decisions


@dataclass
class _Questions:
    """The questions of a batch: cells, their rows with the neuron's last, values at the cells' points."""

    cells: Cells
    which: Index
    rows: Floats
    values: Floats
    bound: Floats

    @classmethod
    def about(cls, cells: Cells, which: Index, targets: Floats, signs: Floats, bounds: Floats) -> _Questions:
        """Return the questions whether the neuron, times its sign at the point, is nonnegative."""
        target = targets[which] * signs[which, None]
        rows = np.concatenate([cells.signed_rows(which), target[:, None, :]], axis=1)
        values = np.matmul(rows, cells.points[which][:, :, None])[:, :, 0]
        return cls(cells, which, rows, values, bounds[which])

    def candidates(self, found: Climbs) -> Floats:
        """Return points on the other side, where the search went there.

        They lie half-way between zero and the end of the search: inside, if the end is in the closure.
        """
        points = self.cells.points[self.which]
        part = self.values[:, -1] / (self.values[:, -1] + found.values)
        points[:, :-1] += found.steps * ((1 + part) / 2)[:, None]
        return points


def _search(
    cells: Cells, which: Index, targets: Floats, bounds: Floats, decisions: Decisions, *, faces: bool
) -> None:
    asked = _Questions.about(cells, which, targets, decisions.signs.astype(float), bounds)
    found = _climbed(asked)
    reached = found.values > TOUCH
    candidates = asked.candidates(found)
    inside = reached & _are_inside(asked.rows, candidates, cells.signs[which])
    decisions.other[which[inside]] = True
    decisions.points[which[inside]] = candidates[inside]
    refuted = np.flatnonzero(found.ended & ~reached)
    members, sizes = supports_of(found.rows[refuted], found.multipliers[refuted])
    parts = (asked.rows[refuted], asked.values[refuted], asked.bound[refuted])
    proved = prove(cells, which[refuted], *parts, (members, sizes))
    support = {int(q): place for place, q in enumerate(refuted)}
    if faces:
        for place in np.flatnonzero(proved == NONNEGATIVE).tolist():
            decisions.touching[int(which[refuted[place]])] = _listed(members[place])
    left = np.ones(len(which), dtype=bool)
    left[inside] = False
    left[refuted[proved != OPEN]] = False
    for q in np.flatnonzero(left).tolist():
        cell = int(which[q])
        proposed = _point(candidates[q]) if reached[q] else None
        rows = _listed(members[support[q]]) if q in support else ()
        record(decisions, cell, ExactCell(cells, cell).sides(proposed, rows), faces=faces)


def _listed(members: Index) -> tuple[int, ...]:
    return tuple(member for member in members.tolist() if member >= 0)


def _climbed(asked: _Questions) -> Climbs:
    """Return where the searches end; sides of a box are limits there, and get their numbers back."""
    cells = asked.cells
    box, domain = cells.neuron_rows.box, cells.domain_rows
    if box is None:
        return climb(_tableau(asked.rows, asked.values), _ENOUGH * asked.values[:, -1])
    limits = box.ends[:2] - cells.points[asked.which, None, :-1]
    tableau = _tableau(asked.rows[:, domain:], asked.values[:, domain:])
    found = climb(tableau, _ENOUGH * asked.values[:, -1], limits)
    sides = box.sides.ravel()[np.maximum(-2 - found.rows, 0)]
    found.rows = np.where(found.rows < -1, sides, np.where(found.rows < 0, -1, found.rows + domain))
    return found


def _tableau(rows: Floats, values: Floats) -> Floats:
    tableau = np.empty_like(rows)
    tableau[:, :, 0] = np.maximum(values, 0.0)
    tableau[:, :, 1:] = rows[:, :, :-1]
    np.negative(tableau[:, -1, 1:], out=tableau[:, -1, 1:])
    tableau[:, -1, 0] = -values[:, -1]
    return tableau


def _are_inside(rows: Floats, points: Floats, signs: npt.NDArray[np.int8]) -> Flags:
    """Return where all rows that do not vanish identically are positive, and the last one is negative."""
    values = np.matmul(rows, points[:, :, None])[:, :, 0]
    bound = value_bounds(points)[:, None]
    inside = (values[:, :-1] > bound) | (signs[:, : values.shape[1] - 1] == 0)
    result: Flags = inside.all(axis=1) & (values[:, -1] < -bound[:, 0])
    return result


def _point(point: Floats) -> Point | None:
    return tuple(map(Fraction, point[:-1].tolist())) if np.isfinite(point).all() else None


def record(decisions: Decisions, cell: int, sides: Sides, *, faces: bool) -> None:
    """Note what was decided exactly about a cell."""
    decisions.exact[cell] = sides
    if faces and sides.touches:
        decisions.touching[cell] = sides.tight
