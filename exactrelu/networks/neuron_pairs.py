"""Which neurons of two layers correspond: floats choose, what is said to be equal is compared exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from exactrelu.networks.activation import Slopes

Rows = Sequence[Sequence[Fraction]]
"""Rows [w | b] of neurons over common coordinates."""

_UNLIKE = 0.6  # of the size of the larger row: rows that differ by more are no pair
_NEARLY_ONE = (0.8, 1.25)  # factors that are left at one


class Match(NamedTuple):
    """The neuron of the first layer that one of the second belongs to.

    The second one is to be divided by ``scale`` > 0. It then is the first one exactly if ``is_shared``.
    """

    first: int
    scale: Fraction
    is_shared: bool


def matched(
    firsts: Rows, seconds: Rows, slopes: Sequence[Sequence[Slopes]], partner: Mapping[int, int]
) -> dict[int, Match]:
    """Return the neurons of a second layer that belong to one of a first, with equal slopes, each to its own.

    ``partner`` says of a coordinate which other one it is nearly equal to.
    """
    likeness = _distances(firsts, seconds, slopes, partner)
    found: dict[int, Match] = {}
    for i, j in _assigned(likeness):
        scale = _scale(firsts[i], seconds[j])
        exact = all(a * scale == b for a, b in zip(firsts[i], seconds[j], strict=True))
        found[j] = Match(i, scale, exact)
    return dict(sorted(found.items()))


def _scale(first: Sequence[Fraction], second: Sequence[Fraction]) -> Fraction:
    """Return a factor c > 0 with second near c first; the exact one if there is one."""
    pivot = next((j for j, a in enumerate(first) if a), None)
    if pivot is None or not second[pivot] / first[pivot] > 0:
        return Fraction(1)
    ratio = second[pivot] / first[pivot]
    if all(a * ratio == b for a, b in zip(first, second, strict=True)):
        return ratio
    sizes = [sum(map(abs, row), Fraction(0)) for row in (first, second)]
    low, high = map(Fraction, _NEARLY_ONE)
    size = sizes[1] / sizes[0]
    return Fraction(1) if low <= size <= high else size.limit_denominator(1 << 20) or size


def _distances(
    firsts: Rows, seconds: Rows, slopes: Sequence[Sequence[Slopes]], partner: Mapping[int, int]
) -> Any:
    """Return the distances of all rows, made unit vectors, once coordinates that are alike are added up."""
    import numpy as np

    def unit(rows: Rows) -> Any:
        sizes = [max(map(abs, row)) or Fraction(1) for row in rows]
        table = np.array([[float(a / size) for a in row] for row, size in zip(rows, sizes, strict=True)])
        for one, other in partner.items():
            table[:, other] += table[:, one]
            table[:, one] = 0
        return table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-300)

    one, two = unit(firsts), unit(seconds)
    squares = np.maximum(2 - 2 * one @ two.T, 0)
    zero = [~table.any(axis=1) for table in (one, two)]
    squares = np.where(zero[0][:, None] == zero[1], np.where(zero[0][:, None], 0, squares), np.inf)
    kinds = {pair: number for number, pair in enumerate({*slopes[0], *slopes[1]})}
    unlike = np.array([kinds[s] for s in slopes[0]])[:, None] != np.array([kinds[s] for s in slopes[1]])
    return np.where(unlike, np.inf, np.sqrt(squares))


def _assigned(distances: Any) -> list[tuple[int, int]]:
    """Return an assignment of rows to columns with the least sum, without those that are unlike."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    allowed = distances <= _UNLIKE
    rows, columns = linear_sum_assignment(np.where(allowed, distances, 4.0))
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if allowed[i, j]]
