"""Exact order of many rational vectors: doubles sort, and what they do not tell apart is compared exactly.

The quotient of two Python integers is the nearest double, and rounding is monotone: where the doubles of two
rationals differ, the rationals do, in the same sense.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from exactrelu.enumeration.generator_engine.exact_values import Homogeneous
from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.numbers.rationals import quotient

Index = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def nearest_doubles(points: Sequence[Homogeneous]) -> Floats:
    """Return the coordinates X / t of points, each the nearest double, at most 1e300 in size."""
    try:
        return np.array([[x / point[-1] for x in point[:-1]] for point in points], dtype=np.float64)
    except OverflowError:
        rows = [[quotient(x, point[-1]) for x in point[:-1]] for point in points]
        return np.array(rows, dtype=np.float64)


def ranks_of_points(points: Sequence[Homogeneous], doubles: Floats) -> Index:
    """Return for each point its place among all in lexicographic order; equal ones may have any places.

    Examples
    --------
    >>> points = [(1, 3), (1, 2), (-2, 1)]
    >>> ranks_of_points(points, nearest_doubles(points)).tolist()
    [1, 2, 0]
    """
    if not len(points):
        return np.zeros(0, dtype=np.int64)
    columns = [_ranks(points, j, column) for j, column in enumerate(doubles.T)]
    order = np.lexsort(columns[::-1])
    ranks = np.empty(len(points), dtype=np.int64)
    ranks[order] = np.arange(len(points))
    return ranks


def _ranks(points: Sequence[Homogeneous], j: int, doubles: Floats) -> Index:
    """Return ranks of coordinate j, equal ones for equal values."""
    order = np.argsort(doubles, kind="stable")
    step = np.concatenate([[0], doubles[order][1:] != doubles[order][:-1]]).astype(np.int64)
    ends = [*np.flatnonzero(step).tolist(), len(points)]
    for start, end in zip([0, *ends], ends, strict=False):
        if end - start > 1 and not _all_equal(points, j, order[start:end].tolist()):
            values = {v: Fraction(points[v][j], points[v][-1]) for v in order[start:end].tolist()}
            own = sorted(values, key=values.__getitem__)
            order[start:end] = own
            step[start + 1 : end] = [values[a] != values[b] for a, b in pairwise(own)]
    ranks = np.empty(len(points), dtype=np.int64)
    ranks[order] = np.cumsum(step)
    return ranks


def _all_equal(points: Sequence[Homogeneous], j: int, among: list[int]) -> bool:
    """Return whether some points have the same coordinate j."""
    x, t = points[among[0]][j], points[among[0]][-1]
    return all(points[v][j] * t == x * points[v][-1] for v in among[1:])


def ranks_of_rows(rows: Sequence[IntegerRow]) -> Index:
    """Return for each integer vector its place among all in lexicographic order."""
    order = sorted(range(len(rows)), key=rows.__getitem__)
    ranks = np.empty(len(rows), dtype=np.int64)
    ranks[order] = np.arange(len(rows))
    return ranks
