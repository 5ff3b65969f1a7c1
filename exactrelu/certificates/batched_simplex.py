"""Many small linear programs at once, in floating point: they propose bases, they decide nothing.

Each program maximises an affine function w over {s_r = s_r(x0) + g_r.z >= 0}, z free, from a point x0 where
every s_r is at least 0, so the slack basis is feasible and no first phase is needed. The coordinates of z
enter first and never leave. Where the search ends with w = w* - sum m_r s_r, m_r >= 0, the rows with m_r >
0 are the proposal; whoever uses it solves for the multipliers exactly and checks them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

_SMALL = 1e-9  # rows are scaled to a largest coefficient of 1; what is missed here, the exact fallback finds


def propose_supports(slacks: Floats, objectives: Floats) -> list[list[int]]:
    """Return for each program the rows of an optimal dual basis.

    Parameters
    ----------
    slacks
        Shape (programs, rows, 1 + n): the values s_r(x0) >= 0, then the gradients g_r.
    objectives
        Shape (programs, 1 + n): the same of w.

    Returns
    -------
    For each program the rows with a multiplier, ascending. It is a proposal: where the search was cut off
    it may be useless.

    Examples
    --------
    >>> import numpy as np
    >>> slacks = np.array([[[1.0, 1.0], [2.0, -1.0], [3.0, 0.0]]])  # x >= -1, x <= 2, from x0 = 0
    >>> propose_supports(slacks, np.array([[0.0, 1.0]]))  # maximise x
    [[1]]
    """
    programs, rows, width = slacks.shape
    if rows == 0 or width == 1:
        return [[] for _ in range(programs)]
    tableau = np.concatenate([slacks, objectives[:, None, :]], axis=1)
    np.maximum(tableau[:, :-1, 0], 0.0, out=tableau[:, :-1, 0])
    # Non-basic variables are numbered: rows 0 .. rows - 1 are slacks, -1 - j the free coordinate j.
    names = np.tile(-1 - np.arange(width - 1), (programs, 1))
    basic = np.tile(np.arange(rows), (programs, 1))
    running = np.arange(programs)
    for _ in range(20 + 4 * width):
        if not running.size:
            break
        part = _pivot(tableau[running], names[running], basic[running])
        tableau[running], names[running], basic[running], goes_on = part
        running = running[goes_on]
    reduced = tableau[:, -1, 1:]
    return [sorted(names[p, (reduced[p] < -_SMALL) & (names[p] >= 0)].tolist()) for p in range(programs)]


def _pivot(
    tableau: Floats, names: Integers, basic: Integers
) -> tuple[Floats, Integers, Integers, NDArray[np.bool_]]:
    """Make one step of each program; the last array says which of them took it."""
    reduced = tableau[:, -1, 1:]
    free = names < 0
    gain = np.where(free, np.abs(reduced) * 1e6, reduced)
    entering = gain.argmax(axis=1)
    every = np.arange(len(tableau))
    improves = gain[every, entering] > _SMALL
    direction = np.where(free[every, entering] & (reduced[every, entering] < 0), -1.0, 1.0)
    column = tableau[every, :, 1 + entering]
    slope = column[:, :-1] * direction[:, None]
    blocking = slope < -_SMALL
    ratios = np.where(blocking, tableau[:, :-1, 0] / np.where(blocking, -slope, 1.0), np.inf)
    leaving = ratios.argmin(axis=1)
    goes_on = improves & np.isfinite(ratios[every, leaving])
    chosen = np.flatnonzero(goes_on)
    enter, leave = entering[chosen], leaving[chosen]
    at = 1 + enter
    line = tableau[chosen, leave]
    pivot = line[np.arange(len(chosen)), at]
    new = -line / pivot[:, None]
    new[np.arange(len(chosen)), at] = 1.0 / pivot
    block = tableau[chosen]
    factor = block[np.arange(len(chosen)), :, at].copy()
    block[np.arange(len(chosen)), :, at] = 0.0
    block += factor[:, :, None] * new[:, None, :]
    was_free = free[chosen, enter]
    new[was_free] = 0.0  # a free coordinate never leaves: its row need not be kept
    new[was_free, 0] = 1.0
    block[np.arange(len(chosen)), leave] = new
    np.maximum(block[:, :-1, 0], 0.0, out=block[:, :-1, 0])
    tableau[chosen] = block
    gone = basic[chosen, leave]
    basic[chosen, leave] = np.where(was_free, -1, names[chosen, enter])
    names[chosen, enter] = gone
    return tableau, names, basic, goes_on
