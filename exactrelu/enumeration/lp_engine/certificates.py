"""Farkas certificates that a simplex search proposes, proved in batches by interval bounds.

See `float_bounds` for what is proved and why. What stays open is left to exact arithmetic.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from exactrelu.enumeration.lp_engine.cells import Cells, Signs
from exactrelu.enumeration.lp_engine.float_bounds import are_positive, enclose_multipliers, proves_positive
from exactrelu.networks.activation import Activation
from exactrelu.numbers.batched_simplex import SMALL

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Index = npt.NDArray[np.intp]

OPEN, NONNEGATIVE, POSITIVE = 0, 1, 2  # what is proved: nothing, c = 0 exactly, c > 0


def supports_of(rows: Index, multipliers: Floats) -> tuple[Index, Index]:
    """Return the rows with a multiplier, moved to the front of each line (then -1), and their numbers."""
    used = (rows >= 0) & (multipliers > SMALL)
    order = np.argsort(~used, axis=1, kind="stable")
    sizes = used.sum(axis=1)
    front = np.take_along_axis(np.where(used, rows, -1), order, axis=1)
    return front, sizes


def prove(
    cells: Cells, which: Index, rows: Floats, values: Floats, bound: Floats, supports: tuple[Index, Index]
) -> Index:
    """Return what is proved about each question: OPEN, NONNEGATIVE or POSITIVE.

    Parameters
    ----------
    which
        The cells that the questions are about.
    rows
        Shape (questions, m + 1, d + 1): the rows of the cell, nonnegative there, and the one of which it is
        asked whether it is, too.
    values
        Shape (questions, m + 1): their computed values at the cell's point.
    bound
        Shape (questions,): the bound on the error of the values.
    supports
        For each question the rows with a multiplier, and how many they are.
    """
    members, sizes = supports
    proved = np.zeros(len(which), dtype=np.intp)
    bounds = rank_bounds(cells, which, members)
    with np.errstate(all="ignore"):
        for size in np.unique(sizes[(sizes > 0) & (sizes >= bounds)]).tolist():
            group = np.flatnonzero((sizes == size) & (sizes >= bounds))
            proved[group] = _proved(rows[group], values[group], bound[group], members[group, :size])
    return proved


def _proved(rows: Floats, values: Floats, bound: Floats, members: Index) -> Index:
    every = np.arange(len(rows))[:, None]
    basis, target = rows[every, members], rows[:, -1]
    size, coordinates = members.shape[1], rows.shape[2] - 1
    linear, aim = basis[:, :, :-1], target[:, :-1]
    if size < coordinates:
        columns = independent_columns(linear)
        linear = np.take_along_axis(linear, columns[:, None, :], axis=2)
        aim = np.take_along_axis(aim, columns, axis=1)
    multipliers = enclose_multipliers(linear, aim)
    positive = proves_positive(multipliers, values[every, members], bound, values[:, -1])
    central = are_positive(multipliers) & ~basis[:, :, -1].any(axis=1) & (target[:, -1] == 0)
    return np.where(central, NONNEGATIVE, np.where(positive, POSITIVE, OPEN))


def independent_columns(matrices: Floats) -> Index:
    """Return k columns of each k x n matrix in which its rows are, nearly surely, independent.

    Gaussian elimination, row after row, with the largest entry of the row as the pivot. It proves nothing:
    the enclosure does.
    """
    work = matrices.copy()
    systems, size, _ = work.shape
    every = np.arange(systems)
    columns = np.zeros((systems, size), dtype=np.intp)
    for k in range(size):
        column = np.abs(work[:, k]).argmax(axis=1)
        columns[:, k] = column
        factors = work[every, k + 1 :, column] / work[every, k, column][:, None]
        work[:, k + 1 :] -= factors[:, :, None] * work[:, k, None, :]
        work[every, k + 1 :, column] = 0.0
    return columns


def rank_bounds(cells: Cells, which: Index, members: Index) -> Index:
    """Return for each question an upper bound on the rank of its rows, the asked one included.

    The rows of layers after j, and those of neurons of j that pass their value on, are functions of the
    values of these neurons; so many there are, so much is the rank at most. It is at most d in any case.
    """
    start = cells.domain_rows
    best = np.full(len(which), cells.points.shape[1] - 1)
    column = start
    for layer in range(cells.layer):
        end = column + cells.neuron_rows.widths[layer]
        active, more = passed_on(cells.neuron_rows.network.activations[layer], cells.signs[which, column:end])
        inside = (members >= column) & (members < end)
        allowed = (members < 0) | (members >= end)
        if end > column:
            allowed |= inside & np.take_along_axis(active, np.where(inside, members - column, 0), axis=1)
        best = np.where(allowed.all(axis=1), np.minimum(best, active.sum(axis=1) + more), best)
        column = end
    return best


def passed_on(activation: Activation, signs: Signs) -> tuple[Flags, int]:
    """Return which neurons with a bit pass their value on, and how many of the others do.

    ``signs`` has a row for each cell and a column for each neuron with a bit. A neuron passes nothing on
    where its slope is zero, or where its value vanishes identically.
    """
    if activation.is_relu:
        return signs > 0, 0
    passes = np.array([(below != 0, above != 0) for below, above in activation.slopes]).reshape(-1, 2)
    bent = list(activation.bent)
    straight = int(np.delete(passes[:, 0], bent).sum())
    return ((signs < 0) & passes[bent, 0]) | ((signs > 0) & passes[bent, 1]), straight
