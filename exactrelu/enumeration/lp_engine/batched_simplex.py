"""Many small linear programs at once, in floating point: they propose, they decide nothing.

Each program maximises an affine function f over {s_r = s_r(x0) + g_r.z >= 0}, z free, from a point x0 where
every s_r is at least 0, so the slack basis is feasible and no first phase is needed. The coordinates of z
enter first and never leave. A search may stop early, where f has become large enough.

Where it ends at a maximum, f = f* - sum m_r s_r with m_r >= 0: the rows with a multiplier, solved for exactly
or enclosed rigorously, prove that f <= f*. Where f has become positive, the point that was reached is a
proposal for a witness.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

SMALL = 1e-9  # rows are scaled to a largest coefficient of about 1; what is missed here, exact programs find
_FIRST = 1e6  # added to the gain of a coordinate, which enters before any slack
_BLOCK = 1 << 18  # numbers in a batch: its tableaus stay in the cache


@dataclass
class Climbs:
    """Where the searches ended, one entry (row) for each program.

    ``values`` are those of f at the points x0 + ``steps``. ``rows`` are the non-basic slacks (-1: a
    coordinate), ``multipliers`` theirs. ``ended`` says whether a maximum, or enough, was reached.
    """

    values: Floats
    steps: Floats
    rows: Index
    multipliers: Floats
    ended: Flags


def climb(tableau: Floats, enough: Floats) -> Climbs:
    """Maximise many functions at once.

    Parameters
    ----------
    tableau
        Shape (programs, rows + 1, 1 + n): for each row the value s_r(x0) and the gradient g_r, the last row
        the same of f. It is overwritten.
    enough
        Shape (programs,): a search stops where f exceeds this.

    Examples
    --------
    >>> import numpy as np
    >>> one = np.array([[[1.0, 1.0], [2.0, -1.0], [0.0, 1.0]]])  # x >= -1, x <= 2, from x0 = 0, maximise x
    >>> found = climb(one, np.array([np.inf]))
    >>> found.values, found.steps, found.rows, found.multipliers
    (array([2.]), array([[2.]]), array([[1]]), array([[1.]]))
    """
    programs, rows, width = tableau.shape
    found = Climbs(
        values=np.zeros(programs),
        steps=np.zeros((programs, width - 1)),
        rows=np.full((programs, width - 1), -1),
        multipliers=np.zeros((programs, width - 1)),
        ended=np.zeros(programs, dtype=bool),
    )
    size = max(64, _BLOCK // (rows * width))
    with np.errstate(all="ignore"):
        for start in range(0, programs, size):
            _Batch(tableau[start : start + size], enough[start : start + size], found, start).run()
    return found


class _Batch:
    """The programs of a batch that still run, with their dictionaries."""

    def __init__(self, tableau: Floats, enough: Floats, found: Climbs, start: int) -> None:
        programs, rows, width = tableau.shape
        self.tableau = tableau
        self.enough = enough
        self.found = found
        self.ordinal = np.arange(start, start + programs)
        # Variables by number: slacks 0 .. rows - 2; -1 - j is the free coordinate j.
        self.outside = np.tile(-1 - np.arange(width - 1), (programs, 1))
        self.basic = np.tile(np.arange(rows - 1), (programs, 1))
        self.free_basic = np.zeros((programs, rows - 1), dtype=bool)

    def run(self) -> None:
        """Pivot until every program has ended, or far too often."""
        if not self.tableau.shape[2] - 1:
            self._finish(np.arange(len(self.tableau)), ended=True)
            return
        for _ in range(30 + 6 * self.tableau.shape[2]):
            if not len(self.tableau):
                return
            self._step()
        self._finish(np.arange(len(self.tableau)), ended=False)

    def _step(self) -> None:
        tableau = self.tableau
        every = np.arange(len(tableau))
        reduced = tableau[:, -1, 1:]
        free = self.outside < 0
        gain = np.where(free, np.abs(reduced), reduced)
        gain[free & (gain > SMALL)] += _FIRST
        entering = gain.argmax(axis=1)
        improves = gain[every, entering] > SMALL
        done = ~improves | (tableau[:, -1, 0] > self.enough)
        column = tableau[every, :, 1 + entering]
        direction = np.where(free[every, entering], np.sign(column[:, -1]), 1.0)
        slope = column[:, :-1] * direction[:, None]
        blocking = (slope < -SMALL) & ~self.free_basic
        ratios = np.where(blocking, tableau[:, :-1, 0] / -slope, np.inf)
        if ratios.shape[1]:
            leaving = ratios.argmin(axis=1)
            unbounded = ~done & ~np.isfinite(ratios[every, leaving])
        else:
            leaving, unbounded = np.zeros(len(tableau), dtype=np.intp), ~done
        if unbounded.any():
            self._shoot(np.flatnonzero(unbounded), entering, direction)
        running = ~(done | unbounded)
        if not running.all():
            self._finish(np.flatnonzero(~running), ended=True)
            self._keep(running)
            entering, leaving = entering[running], leaving[running]
        if len(entering):
            self._pivot(entering, leaving)

    def _shoot(self, which: Index, entering: Index, direction: Floats) -> None:
        """Go along a ray on which f grows for ever, until it is well above what is enough."""
        tableau, at = self.tableau, 1 + entering[which]
        columns = tableau[which, :, at] * direction[which, None]
        values = tableau[which, -1, 0]
        enough = np.where(np.isfinite(self.enough[which]), self.enough[which], 1.0)
        length = (np.abs(values) + 2 * np.abs(enough) + 1e-3) / columns[:, -1]
        tableau[which, :, 0] += columns * length[:, None]
        names = self.outside[which, entering[which]]
        moved = names < 0
        self.found.steps[self.ordinal[which[moved]], -1 - names[moved]] = (length * direction[which])[moved]

    def _pivot(self, entering: Index, leaving: Index) -> None:
        tableau = self.tableau
        every, at = np.arange(len(tableau)), 1 + entering
        line = tableau[every, leaving]
        pivot = line[every, at]
        line /= -pivot[:, None]
        line[every, at] = 1.0 / pivot
        column = tableau[every, :, at]
        tableau[every, :, at] = 0.0
        tableau += column[:, :, None] * line[:, None, :]
        tableau[every, leaving] = line
        names = self.outside[every, entering]
        self.outside[every, entering] = self.basic[every, leaving]
        self.basic[every, leaving] = names
        self.free_basic[every, leaving] = names < 0
        values = tableau[:, :-1, 0]
        np.maximum(values, 0.0, out=values, where=~self.free_basic)

    def _finish(self, which: Index, *, ended: bool) -> None:
        found, ordinal = self.found, self.ordinal[which]
        found.values[ordinal] = self.tableau[which, -1, 0]
        found.ended[ordinal] = ended
        found.rows[ordinal] = np.maximum(self.outside[which], -1)
        found.multipliers[ordinal] = -self.tableau[which, -1, 1:]
        program, row = np.nonzero(self.free_basic[which])
        coordinate = -1 - self.basic[which[program], row]
        found.steps[ordinal[program], coordinate] = self.tableau[which[program], row, 0]

    def _keep(self, running: Flags) -> None:
        self.tableau = self.tableau[running]
        self.enough = self.enough[running]
        self.ordinal = self.ordinal[running]
        self.outside, self.basic = self.outside[running], self.basic[running]
        self.free_basic = self.free_basic[running]
