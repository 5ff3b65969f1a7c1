"""Exact convex polygons: the order of their vertices, their area, the lines through their edges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from exactrelu.numbers.linear_algebra import IntegerRow, primitive, primitive_from_rationals
from exactrelu.numbers.points import Point


def cross(origin: Point, p: Point, q: Point) -> Fraction:
    """Return the determinant of (p - origin, q - origin), positive for a left turn."""
    return (p[0] - origin[0]) * (q[1] - origin[1]) - (p[1] - origin[1]) * (q[0] - origin[0])


def convex_order(points: Iterable[Point]) -> tuple[Point, ...]:
    """Return the extreme points of the convex hull, counterclockwise from the lexicographically least.

    Andrew's monotone chain, with exact signs. One point gives itself, points on a line the two ends.

    Examples
    --------
    >>> square = [(Fraction(x), Fraction(y)) for x in (0, 1) for y in (0, 1)]
    >>> [(int(x), int(y)) for x, y in convex_order(square)]
    [(0, 0), (1, 0), (1, 1), (0, 1)]
    """
    ordered = sorted(set(points))
    if len(ordered) <= 2:
        return tuple(ordered)
    return (*_chain(ordered)[:-1], *_chain(ordered[::-1])[:-1])


def _chain(ordered: Sequence[Point]) -> list[Point]:
    """Return the part of the hull that turns left from the first point to the last."""
    chain: list[Point] = []
    for point in ordered:
        while len(chain) >= 2 and cross(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain


def area(vertices: Sequence[Point]) -> Fraction:
    """Return the area of a polygon with counterclockwise vertices (shoelace), 0 for fewer than three.

    Examples
    --------
    >>> area([(Fraction(0), Fraction(0)), (Fraction(1), Fraction(0)), (Fraction(0), Fraction(1))])
    Fraction(1, 2)
    """
    return sum((p[0] * q[1] - q[0] * p[1] for p, q in edges(vertices)), Fraction(0)) / 2


def edges(vertices: Sequence[Point]) -> list[tuple[Point, Point]]:
    """Return the pairs of consecutive vertices, the last with the first."""
    return list(zip(vertices, (*vertices[1:], *vertices[:1]), strict=True))


def line_of(row: Sequence[int]) -> IntegerRow | None:
    """Return the line a.x + c = 0 as a primitive row with positive first entry, None if a = 0.

    Equal lines give equal rows.

    Examples
    --------
    >>> line_of((0, -2, 4)), line_of((0, 0, 1))
    ((0, 1, -2), None)
    """
    leading = next((entry for entry in row[:-1] if entry), 0)
    if not leading:
        return None
    return primitive(row if leading > 0 else [-entry for entry in row])


def line_through(p: Point, q: Point) -> IntegerRow | None:
    """Return the line through two points of the plane in the form of `line_of`, None if they are equal."""
    return line_of(primitive_from_rationals((p[1] - q[1], q[0] - p[0], p[0] * q[1] - q[0] * p[1])))


def union_of_segments(segments: Iterable[tuple[Point, Point]]) -> list[tuple[Point, Point]]:
    """Return the maximal segments of the union of segments that lie on one line.

    The lexicographic order of points is the order along a line, so this is a union of intervals.
    """
    merged: list[tuple[Point, Point]] = []
    for start, end in sorted((min(pair), max(pair)) for pair in segments):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
