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
            part = slice(start, start + size)
            _Batch(np.ascontiguousarray(tableau[part].transpose(1, 2, 0)), enough[part], found, start).run()
    return found


class _Batch:
    """The programs of a batch that still run, with their dictionaries.

    Programs are the last axis of all arrays, so that numpy's inner loops run over them. Basic variables
    are kept by number: slacks 0 .. rows - 1; -1 - j is the free coordinate j. So are the non-basic ones.
    """

    def __init__(self, tableau: Floats, enough: Floats, found: Climbs, start: int) -> None:
        rows, width, programs = tableau.shape
        self.tableau = tableau
        self.enough = enough
        self.found = found
        self.ordinal = np.arange(start, start + programs)
        self.outside = np.repeat(-1 - np.arange(width - 1)[:, None], programs, axis=1)
        self.basic = np.repeat(np.arange(rows - 1)[:, None], programs, axis=1)
        self.line = np.arange(rows)[:, None]

    def run(self) -> None:
        """Pivot until every program has ended, or far too often."""
        for _ in range(30 + 6 * self.tableau.shape[1]):
            if not len(self.ordinal) or self.tableau.shape[1] == 1:
                break
            self._step()
        self._finish(np.arange(len(self.ordinal)), ended=self.tableau.shape[1] == 1)

    def _step(self) -> None:
        every = np.arange(len(self.ordinal))
        entering, done = self._entering(every)
        column = self.tableau[self.line, 1 + entering, every]
        direction = np.where(self.outside[entering, every] < 0, np.sign(column[-1]), 1.0)
        leaving, bounded = self._leaving(column, direction, every)
        shooting = np.flatnonzero(~(done | bounded))
        if len(shooting):
            self._shoot(shooting, entering[shooting], column[:, shooting], direction[shooting])
        done |= ~bounded
        if done.any():
            self._finish(np.flatnonzero(done), ended=True)
            running = np.flatnonzero(~done)
            self._keep(running)
            entering, leaving, column = entering[running], leaving[running], column[:, running]
        if len(entering):
            self._pivot(entering, leaving, column)

    def _entering(self, every: Index) -> tuple[Index, Flags]:
        """Return the variables that enter, coordinates first, and where a maximum or enough is reached."""
        gain = self.tableau[-1, 1:].copy()
        free = self.outside < 0
        np.abs(gain, out=gain, where=free)
        gain += _FIRST * (free & (gain > SMALL))
        entering = gain.argmax(axis=0)
        return entering, (gain[entering, every] <= SMALL) | (self.tableau[-1, 0] > self.enough)

    def _leaving(self, column: Floats, direction: Floats, every: Index) -> tuple[Index, Flags]:
        """Return the slacks that vanish first on the way, and where there are any."""
        if len(column) == 1:
            return np.zeros(len(every), dtype=np.intp), np.zeros(len(every), dtype=bool)
        slope = column[:-1] * -direction
        ratios = np.where((slope > SMALL) & (self.basic >= 0), self.tableau[:-1, 0] / slope, np.inf)
        leaving = ratios.argmin(axis=0)
        return leaving, ratios[leaving, every] < np.inf

    def _shoot(self, which: Index, entering: Index, column: Floats, direction: Floats) -> None:
        """Go along a ray on which f grows for ever, until it is well above what is enough."""
        enough = np.where(np.isfinite(self.enough[which]), self.enough[which], 1.0)
        length = (np.abs(self.tableau[-1, 0, which]) + 2 * np.abs(enough) + 1e-3) / np.abs(column[-1])
        length *= direction
        self.tableau[:, 0, which] += column * length
        names = self.outside[entering, which]
        moved = names < 0
        self.found.steps[self.ordinal[which[moved]], -1 - names[moved]] = length[moved]

    def _pivot(self, entering: Index, leaving: Index, column: Floats) -> None:
        tableau, every = self.tableau, np.arange(len(entering))
        line = tableau[leaving, :, every].T.copy()
        pivot = line[entering + 1, every]
        line /= -pivot
        line[entering + 1, every] = 1.0 / pivot
        tableau[:, entering + 1, every] = 0.0
        product = np.empty_like(line)
        for r, factor in enumerate(column):  # row by row, so that the product stays in the cache
            np.multiply(line, factor, out=product)
            tableau[r] += product
        tableau[leaving, :, every] = line.T
        names = self.outside[entering, every]
        self.outside[entering, every] = self.basic[leaving, every]
        self.basic[leaving, every] = names
        values = tableau[:-1, 0]
        np.maximum(values, 0.0, out=values, where=self.basic >= 0)

    def _finish(self, which: Index, *, ended: bool) -> None:
        found, ordinal = self.found, self.ordinal[which]
        found.values[ordinal] = self.tableau[-1, 0, which]
        found.ended[ordinal] = ended
        found.rows[ordinal] = np.maximum(self.outside[:, which].T, -1)
        found.multipliers[ordinal] = -self.tableau[-1, 1:, which]
        row, program = np.nonzero(self.basic[:, which] < 0)
        coordinate = -1 - self.basic[row, which[program]]
        found.steps[ordinal[program], coordinate] = self.tableau[row, 0, which[program]]

    def _keep(self, running: Index) -> None:
        self.tableau = self.tableau[:, :, running]
        self.enough = self.enough[running]
        self.ordinal = self.ordinal[running]
        self.outside, self.basic = self.outside[:, running], self.basic[:, running]
