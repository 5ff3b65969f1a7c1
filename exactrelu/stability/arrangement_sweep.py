"""Largest signed sums over the cells of a central arrangement of low rank, by sweeps of planes.

A central arrangement is a list of hyperplanes {h_j . y = 0} of R^r, pairwise different, whose normals span
R^r. On a cell the signs s_j = sign(h_j . y) are constant, and each h_j carries a weight vector w_j; wanted
is, for each coordinate, the largest value of sum_j s_j w_j over the cells.

Every cell is a pointed cone, so for r >= 2 it has a facet, and the facets on one hyperplane are the cells of
the arrangement that the others induce there; each of them has exactly two cells beside it. So cells of
rank r come from cells of rank r - 1, down to r = 2, where the lines are sorted by angle and the sums are
running sums: one sweep for each intersection of r - 2 hyperplanes. No linear program is solved, and for
r = 3 it takes time n^2 log n.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exactrelu.numbers.linear_algebra import IntegerRow, primitive

Integers = NDArray[np.object_]  # Python integers: exact, of any size


class LargestSum(NamedTuple):
    """A largest signed sum, and an integer point of a cell that attains it, off all hyperplanes."""

    value: int
    point: IntegerRow


def largest_sums_by_sweep(
    normals: Sequence[IntegerRow],
    weights: Sequence[IntegerRow],
    oriented: int | None = None,
    checkpoint: Callable[[], None] = lambda: None,
) -> list[LargestSum]:
    """Return, for each coordinate of the weights, the largest sum of sign(h_j . y) w_j over the cells.

    Parameters
    ----------
    normals
        n pairwise independent integer vectors that span R^r, r >= 2.
    weights
        n integer vectors of one length.
    oriented
        Only cells on the positive side of this hyperplane count; None: all cells.
    checkpoint
        Called between sweeps; it may raise to end the work.

    Examples
    --------
    >>> [sum_] = largest_sums_by_sweep([(1, 0), (0, 1), (1, 1)], [(1,), (1,), (-1,)])
    >>> sum_.value, sum_.point  # all three signs agree, or those of the axes differ
    (1, (-2, 1))
    """
    sweep = _Sweep(len(weights[0]), oriented is not None, checkpoint)
    columns = np.array(weights, dtype=object)
    if oriented is not None:
        marks = np.array([[int(j == oriented)] for j in range(len(normals))], dtype=object)
        columns = np.hstack([columns, marks])
    sweep.walk(np.array(normals, dtype=object), columns, np.arange(len(normals)), ())
    return [LargestSum(record.value, record.point()) for record in sweep.records]


@dataclass(frozen=True)
class _Wall:
    """One hyperplane of an arrangement, as the place of an arrangement of one rank less."""

    normals: Integers
    index: int
    pivot: int
    weight: Integers

    def restricted(self) -> Integers:
        """Return the other normals as functionals on the hyperplane, up to positive factors."""
        normal = self.normals[self.index]
        lead = normal[self.pivot]
        others = np.delete(self.normals, self.index, axis=0)
        scaled = others * abs(lead) - np.outer(others[:, self.pivot] * (1 if lead > 0 else -1), normal)
        return np.delete(scaled, self.pivot, axis=1)

    def beside(self, point: IntegerRow, side: int) -> IntegerRow:
        """Return a point of the cell beside the one that holds ``point``, a point in the hyperplane."""
        normal = self.normals[self.index]
        lead = normal[self.pivot]
        rest = np.delete(normal, self.pivot)
        kept = np.array([abs(lead) * y for y in point], dtype=object)
        bound = -(1 if lead > 0 else -1) * int(rest.dot(np.array(point, dtype=object)))
        foot = np.insert(kept, self.pivot, bound)
        others = np.delete(self.normals, self.index, axis=0)
        reach, step = abs(others.dot(foot)), abs(others.dot(normal))
        factor = max((int(b) // int(a) for a, b in zip(reach, step, strict=True)), default=0) + 1
        return primitive([int(entry) for entry in factor * foot + side * normal])


@dataclass(frozen=True)
class _Record:
    """A sum, and how to find a point of its cell."""

    value: int
    cone: tuple[IntegerRow, IntegerRow]  # two directions whose sum is inside, in the plane of the sweep
    sign: int
    walls: tuple[_Wall, ...]
    sides: tuple[int, ...]

    def point(self) -> IntegerRow:
        point = primitive([p + q for p, q in zip(*self.cone, strict=True)])
        for wall, side in zip(reversed(self.walls), reversed(self.sides), strict=True):
            point = wall.beside(point, side)
        return tuple(self.sign * entry for entry in point)


class _Sweep:
    """The best sums so far, while the planes are swept."""

    def __init__(self, columns: int, is_oriented: bool, checkpoint: Callable[[], None]) -> None:
        self._best: list[_Record | None] = [None] * columns
        self._is_oriented = is_oriented
        self._checkpoint = checkpoint

    @property
    def records(self) -> list[_Record]:
        return [record for record in self._best if record is not None]

    def walk(
        self, normals: Integers, weights: Integers, keys: Any, walls: tuple[_Wall, ...], last: int = -1
    ) -> None:
        """Visit the cells of the arrangement, which lies in the intersection of the walls.

        It is enough to take walls with growing keys, the key of hyperplanes that have become one being their
        largest index. For let G be a two-dimensional face of a cell. Of the facets that hold G take the
        one with the least key; the facets of this facet that hold G are its intersections with others
        that do, so their keys are larger; and so on down to G.
        """
        if normals.shape[1] == 2:
            self._checkpoint()
            self._sweep(normals, weights, walls)
            return
        for i in (keys > last).nonzero()[0]:
            pivot = next(j for j, entry in enumerate(normals[i]) if entry)
            wall = _Wall(normals, i, pivot, weights[i])
            others, left = np.delete(weights, i, axis=0), np.delete(keys, i)
            self.walk(*_merged(wall.restricted(), others, left), (*walls, wall), int(keys[i]))

    def _sweep(self, normals: Integers, weights: Integers, walls: tuple[_Wall, ...]) -> None:
        """Turn a point about the origin through half a turn; the other half has the opposite signs."""
        upward = np.array([1 if v > 0 or (v == 0 and u > 0) else -1 for u, v in normals], dtype=object)
        order = _by_angle(normals * upward[:, None])
        lines = (normals * upward[:, None])[order]
        turned = np.cumsum((weights * upward[:, None])[order], axis=0)
        ends = np.array([*(_crosses(lines) > 0).nonzero()[0], len(lines) - 1])
        sums = turned[-1] - 2 * turned[ends]
        for sides in product((1, -1), repeat=len(walls)):
            offsets = [side * wall.weight for side, wall in zip(sides, walls, strict=True)]
            self._compare(sum(offsets, start=sums), lines, ends, walls, sides)

    def _compare(
        self, sums: Integers, lines: Integers, ends: Any, walls: tuple[_Wall, ...], sides: tuple[int, ...]
    ) -> None:
        signs = sums[:, -1] if self._is_oriented else np.ones(len(sums), dtype=object)
        values = sums[:, :-1] * signs[:, None] if self._is_oriented else sums
        for column in range(len(self._best)):
            found = [(int(values[:, column].argmax()), 1)]
            if not self._is_oriented:
                found.append((int(values[:, column].argmin()), -1))
            for k, sign in found:
                value = sign * values[k, column]
                current = self._best[column]
                if current is None or value > current.value:
                    cone = _cone(lines, ends, k)
                    self._best[column] = _Record(value, cone, sign * signs[k], walls, sides)


def _cone(lines: Integers, ends: Any, k: int) -> tuple[IntegerRow, IntegerRow]:
    """Return the directions that bound cone number k of the sweep: lines turned by a right angle."""
    u, v = map(int, lines[ends[k]])
    if k + 1 < len(ends):
        p, q = map(int, lines[ends[k] + 1])
        return (-v, u), (-q, p)
    p, q = map(int, lines[0])
    return (-v, u), (q, -p)


def _merged(normals: Integers, weights: Integers, keys: Any) -> tuple[Integers, Integers, Any]:
    """Return the arrangement with equal hyperplanes made one; in a plane the sweep does it."""
    if normals.shape[1] == 2:
        return normals, weights, keys
    places: dict[IntegerRow, int] = {}
    merged: list[Integers] = []
    largest: list[int] = []
    for normal, weight, key in zip(normals, weights, keys, strict=True):
        row = primitive([int(entry) for entry in normal])
        sign = 1 if next(entry for entry in row if entry) > 0 else -1
        row = tuple(sign * entry for entry in row)
        if row in places:
            merged[places[row]] = merged[places[row]] + sign * weight
            largest[places[row]] = max(largest[places[row]], key)
        else:
            places[row] = len(merged)
            merged.append(sign * weight)
            largest.append(key)
    return np.array(list(places), dtype=object), np.array(merged, dtype=object), np.array(largest)


def _by_angle(lines: Integers) -> Any:
    """Return the order of the lines by angle in [0, pi)."""
    # Floats propose an order, integer cross products decide whether it is one.
    excess = max(max(int(entry).bit_length() for entry in lines.flat) - 900, 0)
    rounded = (lines // 2**excess if excess else lines).astype(np.float64)
    order = np.arctan2(rounded[:, 1], rounded[:, 0]).argsort(kind="stable")
    if (_crosses(lines[order]) >= 0).all():
        return order

    def compare(i: int, j: int) -> int:
        cross = lines[i, 0] * lines[j, 1] - lines[i, 1] * lines[j, 0]
        return -1 if cross > 0 else int(cross < 0)

    return np.array(sorted(range(len(lines)), key=cmp_to_key(compare)))


def _crosses(lines: Integers) -> Integers:
    """Return the cross products of neighbours: positive where the angle grows, zero where it does not."""
    crosses: Integers = lines[:-1, 0] * lines[1:, 1] - lines[:-1, 1] * lines[1:, 0]
    return crosses
