"""Many small linear programs at once, in floating point: they propose, they decide nothing.

Each program maximises an affine function f over {s_r = s_r(x0) + g_r.z >= 0}, z free, from a point x0 where
every s_r is at least 0, so the slack basis is feasible and no first phase is needed. The coordinates of z
enter first; those without limits never leave. Limits of coordinates are no rows: a coordinate that is not
basic stands at one of them, or between, where it began. A search may stop early, where f has become large
enough.

Where it ends at a maximum, f = f* - sum m_r s_r with m_r >= 0, sides of limits among the s_r: the rows with a
multiplier, solved for exactly or enclosed rigorously, prove that f <= f*. Where f has become positive, the
point that was reached is a proposal for a witness.
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
    coordinate that is at no limit, -2 - j or -2 - n - j: coordinate j of n at its lower or its upper one),
    ``multipliers`` theirs. ``ended`` says whether a maximum, or enough, was reached.
    """

    values: Floats
    steps: Floats
    rows: Index
    multipliers: Floats
    ended: Flags


def climb(tableau: Floats, enough: Floats, limits: Floats | None = None) -> Climbs:
    """Maximise many functions at once.

    Parameters
    ----------
    tableau
        Shape (programs, rows + 1, 1 + n): for each row the value s_r(x0) and the gradient g_r, the last row
        the same of f. It is overwritten.
    enough
        Shape (programs,): a search stops where f exceeds this.
    limits
        Shape (programs, 2, n): the least and the largest step of each coordinate from x0; None if all may
        go as far as they like.

    Examples
    --------
    >>> import numpy as np
    >>> one = np.array([[[1.0, 1.0], [2.0, -1.0], [0.0, 1.0]]])  # x >= -1, x <= 2, from x0 = 0, maximise x
    >>> found = climb(one, np.array([np.inf]))
    >>> found.values, found.steps, found.rows, found.multipliers
    (array([2.]), array([[2.]]), array([[1]]), array([[1.]]))
    >>> climb(np.array([[[0.0, 1.0]]]), np.array([np.inf]), np.array([[[-1.0], [2.0]]])).rows
    array([[-3]])
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
            own = None if limits is None else np.ascontiguousarray(limits[part].transpose(1, 2, 0))
            batch = np.ascontiguousarray(tableau[part].transpose(1, 2, 0))
            _Batch(batch, enough[part], own, found, start).run()
    return found


class _Batch:
    """The programs of a batch that still run, with their dictionaries.

    Programs are the last axis of all arrays, so that numpy's inner loops run over them. Basic variables
    are kept by number: slacks 0 .. rows - 1; -1 - j is coordinate j. So are the non-basic ones. Of these
    ``state`` says whether they are at their lower limit (-1), at the upper one (1) or at none, ``moved`` how
    far from x0 they are; slacks are at their lower limit, 0. ``ends`` are the limits of the basic ones.
    """

    def __init__(
        self, tableau: Floats, enough: Floats, limits: Floats | None, found: Climbs, start: int
    ) -> None:
        rows, width, programs = tableau.shape
        self.tableau = tableau
        self.enough = enough
        self.limits = limits
        self.found = found
        self.ordinal = np.arange(start, start + programs)
        self.outside = np.repeat(-1 - np.arange(width - 1)[:, None], programs, axis=1)
        self.basic = np.repeat(np.arange(rows - 1)[:, None], programs, axis=1)
        self.state = np.zeros((width - 1, programs), dtype=np.int8)
        self.moved = np.zeros((width - 1, programs))
        self.ends: Floats | None = None
        if limits is not None:
            self.ends = np.zeros((2, rows - 1, programs))
            self.ends[1] = np.inf
        self.line = np.arange(rows)[:, None]

    def run(self) -> None:
        """Pivot until every program has ended, or far too often."""
        alone = self.tableau.shape[1] == 1
        for _ in range(30 + 6 * self.tableau.shape[1]):
            if not len(self.ordinal) or alone:
                break
            self._step()
        self._finish(np.arange(len(self.ordinal)), ended=alone)

    def _step(self) -> None:
        every = np.arange(len(self.ordinal))
        entering, done = self._entering(every)
        column = self.tableau[self.line, 1 + entering, every]
        state = self.state[entering, every]
        direction = np.where(state == 0, np.sign(column[-1]), -state)
        leaving, length = self._leaving(column, direction, every)
        own = self._own_length(entering, state, direction, every)
        shooting = np.flatnonzero(~done & ~(np.minimum(length, own) < np.inf))
        if len(shooting):
            self._shoot(shooting, entering[shooting], column[:, shooting], direction[shooting])
            done[shooting] = True
        if done.any():
            self._finish(np.flatnonzero(done), ended=True)
            running = np.flatnonzero(~done)
            self._keep(running)
            entering, leaving, column = entering[running], leaving[running], column[:, running]
            direction, length, own = direction[running], length[running], own[running]
        if len(entering):
            self._go(entering, leaving, column, direction, length, own)

    def _entering(self, every: Index) -> tuple[Index, Flags]:
        """Return the variables that enter, coordinates first, and where a maximum or enough is reached."""
        worth = self.tableau[-1, 1:].copy()
        free = self.state == 0
        np.abs(worth, out=worth, where=free)
        if self.limits is not None:
            np.negative(worth, out=worth, where=self.state > 0)
        worth += _FIRST * (free & (worth > SMALL))
        entering = worth.argmax(axis=0)
        return entering, (worth[entering, every] <= SMALL) | (self.tableau[-1, 0] > self.enough)

    def _leaving(self, column: Floats, direction: Floats, every: Index) -> tuple[Index, Floats]:
        """Return the variables that meet a limit first on the way, and how long it is until then."""
        if len(column) == 1:
            return np.zeros(len(every), dtype=np.intp), np.full(len(every), np.inf)
        slope, values = column[:-1] * -direction, self.tableau[:-1, 0]
        if self.ends is None:
            lengths = np.where((slope > SMALL) & (self.basic >= 0), values / slope, np.inf)
        else:
            room = np.where(slope > 0, values - self.ends[0], self.ends[1] - values)
            lengths = np.where(np.abs(slope) > SMALL, np.maximum(room, 0.0) / np.abs(slope), np.inf)
        leaving = lengths.argmin(axis=0)
        return leaving, lengths[leaving, every]

    def _own_length(
        self, entering: Index, state: npt.NDArray[np.int8], direction: Floats, every: Index
    ) -> Floats:
        """Return how long the way is until the variable that enters meets its own other limit."""
        if self.limits is None:
            return np.full(len(every), np.inf)
        names = self.outside[entering, every]
        lower, upper = self.limits[:, np.maximum(-1 - names, 0), every]
        moved = self.moved[entering, every]
        own = np.where(direction > 0, upper - moved, moved - lower)
        result: Floats = np.where(names < 0, np.where(state == 0, own, upper - lower), np.inf)
        return result

    def _shoot(self, which: Index, entering: Index, column: Floats, direction: Floats) -> None:
        """Go along a ray on which f grows for ever, until it is well above what is enough."""
        enough = np.where(np.isfinite(self.enough[which]), self.enough[which], 1.0)
        length = (np.abs(self.tableau[-1, 0, which]) + 2 * np.abs(enough) + 1e-3) / np.abs(column[-1])
        length *= direction
        self.tableau[:, 0, which] += column * length
        self.moved[entering, which] += length

    def _go(
        self, entering: Index, leaving: Index, column: Floats, direction: Floats, length: Floats, own: Floats
    ) -> None:
        """Move to the limit that is met first; unless it is the entering variable's own, exchange the two."""
        rises = None
        if self.limits is not None:
            turned = np.flatnonzero(own <= length)
            if len(turned):
                self._turn(turned, entering[turned], column, direction[turned] * own[turned])
            rises = column[leaving, np.arange(len(leaving))] * direction > 0
        exchanged = np.flatnonzero(own > length)
        if len(exchanged):
            self._pivot(entering, leaving, column, exchanged, rises)
        values = self.tableau[:-1, 0]
        np.maximum(values, 0.0, out=values, where=self.basic >= 0)

    def _turn(self, which: Index, entering: Index, column: Floats, step: Floats) -> None:
        """Move coordinates to their other limits, and make their columns zero: nothing is exchanged."""
        if self.limits is not None:
            self.tableau[:, 0, which] += column[:, which] * step
            side = (step > 0).astype(np.intp)
            self.state[entering, which] = 2 * side - 1
            self.moved[entering, which] = self.limits[side, -1 - self.outside[entering, which], which]
            column[:, which] = 0.0

    def _pivot(
        self, entering: Index, leaving: Index, column: Floats, which: Index, rises: Flags | None
    ) -> None:
        """Exchange variables of some programs, those that leave at a limit; in others the column is zero."""
        tableau, every = self.tableau, np.arange(len(entering))
        line = tableau[leaving, :, every].T.copy()
        if self.ends is not None and rises is not None:
            line[0] -= self.ends[rises.astype(np.intp), leaving, every]
        pivot = line[entering + 1, every]
        line /= -pivot
        line[entering + 1, every] = 1.0 / pivot
        if len(which) < len(every):
            idle = np.ones(len(every), dtype=bool)
            idle[which] = False
            line[:, idle] = 0.0
            entering, leaving, rises = (
                entering[which],
                leaving[which],
                None if rises is None else rises[which],
            )
        tableau[:, entering + 1, which] = 0.0
        product = np.empty_like(line)
        for r, factor in enumerate(column):  # row by row, so that the product stays in the cache
            np.multiply(line, factor, out=product)
            tableau[r] += product
        tableau[leaving, :, which] = line[:, which].T if len(which) < len(every) else line.T
        self._rename(entering, leaving, rises, which)

    def _rename(self, entering: Index, leaving: Index, rises: Flags | None, which: Index) -> None:
        """Note which variables have changed their places, and where the ones that left are."""
        enters, leaves = self.outside[entering, which], self.basic[leaving, which]
        self.outside[entering, which], self.basic[leaving, which] = leaves, enters
        self.state[entering, which] = -1
        if self.limits is None or self.ends is None or rises is None:
            return
        self.tableau[leaving, 0, which] += self.moved[entering, which]
        side, bounded = rises.astype(np.intp), leaves < 0
        self.state[entering, which] = np.where(bounded & rises, 1, -1)
        self.moved[entering, which] = self.ends[side, leaving, which]
        limits = self.limits[:, np.maximum(-1 - enters, 0), which]
        self.ends[:, leaving, which] = np.where(enters < 0, limits, [[0.0], [np.inf]])

    def _finish(self, which: Index, *, ended: bool) -> None:
        found, ordinal, outside = self.found, self.ordinal[which], self.outside[:, which]
        state, coordinates = self.state[:, which], len(outside)
        found.values[ordinal] = self.tableau[-1, 0, which]
        found.ended[ordinal] = ended
        sides = np.where(state == 0, -1, -1 - np.where(state > 0, coordinates, 0) + outside)
        found.rows[ordinal] = np.where(outside < 0, sides, outside).T
        gain = self.tableau[-1, 1:, which].T
        found.multipliers[ordinal] = np.where(state > 0, gain, -gain).T
        for names, values in (
            (outside, self.moved[:, which]),
            (self.basic[:, which], self.tableau[:-1, 0, which]),
        ):
            row, program = np.nonzero(names < 0)
            found.steps[ordinal[program], -1 - names[row, program]] = values[row, program]

    def _keep(self, running: Index) -> None:
        self.tableau = self.tableau[:, :, running]
        self.enough = self.enough[running]
        self.ordinal = self.ordinal[running]
        self.outside, self.basic = self.outside[:, running], self.basic[:, running]
        self.state, self.moved = self.state[:, running], self.moved[:, running]
        if self.limits is not None and self.ends is not None:
            self.limits, self.ends = self.limits[:, :, running], self.ends[:, :, running]
