"""Points inside open polyhedra, exactly: evaluation, and roundings that stay inside."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from operator import mul

from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.numbers.points import Point

_ROUNDINGS = (0, 4, 8, 16, 24, 32)  # bits after the point


def is_inside(point: Point, rows: Sequence[IntegerRow]) -> bool:
    """Return whether all rows that do not vanish identically are positive at a point.

    Examples
    --------
    >>> is_inside((Fraction(1, 3),), [(3, 0), (0, 0)]), is_inside((Fraction(1, 3),), [(3, -1)])
    (True, False)
    """
    denominator = math.lcm(*(x.denominator for x in point))
    numerators = [x.numerator * (denominator // x.denominator) for x in point]
    for row in rows:
        value = sum(map(mul, row, numerators)) + row[-1] * denominator
        if value <= 0 and any(row):
            return False
    return True


def rounded_inside(point: Point, rows: Sequence[IntegerRow]) -> Point:
    """Return a point inside with few bits, near one that is inside; that one itself if none is found.

    Examples
    --------
    >>> rounded_inside((Fraction(1, 3),), [(3, 0), (-2, 1)])
    (Fraction(5, 16),)
    """
    for bits in _ROUNDINGS:
        rounded = tuple(Fraction(round(x * (1 << bits)), 1 << bits) for x in point)
        if is_inside(rounded, rows):
            return rounded
    nearest = tuple(Fraction(double) if math.isfinite(double := as_double(x)) else x for x in point)
    return nearest if is_inside(nearest, rows) else point


def value_at(row: Sequence[int], point: Point) -> Fraction:
    """Return a.x + c."""
    return sum((a * x for a, x in zip(row, point, strict=False) if a), Fraction(row[-1]))


def as_double(x: Fraction) -> float:
    """Return a double near x, NaN where there is none."""
    try:
        return x.numerator / x.denominator
    except OverflowError:
        return math.nan
