"""Room for a rectangle in a convex polygon on the paper (floats: it only places labels)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

Pair = tuple[float, float]

_STEPS = 30
_SHRINK = 0.381966  # golden section


class Box(NamedTuple):
    """The rectangle [left, right] x [bottom, top]."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: Box) -> bool:
        """Return whether the two boxes overlap."""
        across = self.left < other.right and other.left < self.right
        return across and self.bottom < other.top and other.bottom < self.top

    def meets_segment(self, start: Pair, end: Pair) -> bool:
        """Return whether a segment has a point in the box: no side of the box, nor the segment, separates."""
        hull = Box(*map(min, start, end), *map(max, start, end))
        turns = [
            (end[0] - start[0]) * (y - start[1]) - (end[1] - start[1]) * (x - start[0])
            for x in (self.left, self.right)
            for y in (self.bottom, self.top)
        ]
        return self.meets(hull) and min(turns) < 0 < max(turns)

    def inside(self, other: Box) -> bool:
        """Return whether this box is part of the other."""
        across = other.left <= self.left and self.right <= other.right
        return across and other.bottom <= self.bottom and self.top <= other.top


def best_in_polygon(corners: Sequence[Pair], extent: Pair, enough: float) -> tuple[Pair, float]:
    """Return where, and how large, a label with ``extent`` at size 1 fits into a convex polygon.

    The room at a point, the largest size that fits round it, is the least of affine functions, hence
    concave. The label moves from the centroid towards the point with most room, until there is
    ``enough``.
    """
    room = _room(corners, extent)
    xs, ys = zip(*corners, strict=True)

    def best_y(x: float) -> float:
        return _argmax(lambda y: room((x, y)), min(ys), max(ys))

    x = _argmax(lambda x: room((x, best_y(x))), min(xs), max(xs))
    best = (x, best_y(x))
    start = _centroid(corners)
    for step in range(11):
        t = step / 10
        point = (start[0] + t * (best[0] - start[0]), start[1] + t * (best[1] - start[1]))
        if room(point) >= enough:
            return point, room(point)
    return best, room(best)


def _room(corners: Sequence[Pair], extent: Pair) -> Callable[[Pair], float]:
    """Return the function point -> largest size of a label centred there, negative outside."""
    sides = []
    for (x, y), (u, v) in zip(corners, (*corners[1:], corners[0]), strict=True):
        a, b = y - v, u - x  # the inner normal of a counterclockwise polygon
        reach = (abs(a) * extent[0] + abs(b) * extent[1]) / 2
        if reach > 0:
            sides.append((a / reach, b / reach, (a * x + b * y) / reach))

    def room(point: Pair) -> float:
        return min((a * point[0] + b * point[1] - c for a, b, c in sides), default=0.0)

    return room


def _argmax(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a concave function is largest, by golden section."""
    one, two = low + _SHRINK * (high - low), high - _SHRINK * (high - low)
    value_one, value_two = function(one), function(two)
    for _ in range(_STEPS):
        if value_one < value_two:
            low, one, value_one = one, two, value_two
            two = high - _SHRINK * (high - low)
            value_two = function(two)
        else:
            high, two, value_two = two, one, value_one
            one = low + _SHRINK * (high - low)
            value_one = function(one)
    return (low + high) / 2


def _centroid(corners: Sequence[Pair]) -> Pair:
    """Return the centroid of a polygon (the mean of the corners, if it has no area on the paper)."""
    x0, y0 = corners[0]
    total = x = y = 0.0
    for (a, b), (c, d) in pairwise(corners[1:]):
        weight = (a - x0) * (d - y0) - (c - x0) * (b - y0)
        total += weight
        x += weight * (x0 + a + c) / 3
        y += weight * (y0 + b + d) / 3
    if total <= 0:
        return sum(x for x, _ in corners) / len(corners), sum(y for _, y in corners) / len(corners)
    return x / total, y / total
