"""Whether closed polyhedra cover another one, and unions that are convex."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

from exactrelu.numbers.points import Point
from exactrelu.polyhedra.constraints import Relation
from exactrelu.polyhedra.polyhedron import Functional, Generators, Polyhedron, SignRange

_NEARLY = 1e-9
"""How far doubles may be off; they only propose."""


def uncovered_parts(whole: Polyhedron, parts: Sequence[Polyhedron]) -> Iterator[Polyhedron]:
    """Yield closed polyhedra, all of the dimension of a polyhedron, that with the parts cover it.

    They have no inner points in common with each other or with a part. What a part that meets the
    polyhedron in its dimension leaves over is cut into polyhedra, and each is asked of again.

    Examples
    --------
    >>> line = Polyhedron.universe(1)
    >>> middle = line.restricted(Functional((1, 1)), Relation.AT_LEAST).restricted(
    ...     Functional((1, -1)), Relation.AT_MOST)
    >>> sorted(rest.constraints()[1] for rest in uncovered_parts(line, [middle]))
    [[(-1, -1)], [(1, -1)]]
    """
    if whole.is_empty():
        return
    dimension, members, stack = whole.dimension(), _Members(parts), [whole]
    while stack:
        rest = stack.pop()
        index = members.meeting(rest, dimension)
        if index is None:
            yield rest
        else:
            stack += _left_over(rest, parts[index])


def uncovered_point(whole: Polyhedron, parts: Sequence[Polyhedron]) -> Point | None:
    """Return a point of the relative interior of a polyhedron that lies in no part; None if there is none.

    Parts are closed, so what they leave over is open in the polyhedron or empty: intersections of lower
    dimension need not be looked at.

    Examples
    --------
    >>> line = Polyhedron.universe(1)
    >>> left, right = (line.restricted(Functional((sign, 0)), Relation.AT_LEAST) for sign in (-1, 1))
    >>> uncovered_point(line, [left, right]), uncovered_point(line, [left])
    (None, (Fraction(1, 1),))
    """
    rest = next(uncovered_parts(whole, parts), None)
    return None if rest is None else _point_outside(rest, parts)


class _Members:
    """Which of some polyhedra a point lies in. Doubles propose, the polyhedra themselves decide."""

    def __init__(self, parts: Sequence[Polyhedron]) -> None:
        import numpy as np

        self._parts = parts
        rows: list[list[float]] = []
        self._starts = []
        for part in parts:
            self._starts.append(len(rows))
            equations, inequalities = part.constraints()
            own = [*inequalities, *equations, *(tuple(-entry for entry in row) for row in equations)]
            size = part.space_dimension
            rows.append([*(0.0,) * size, 1.0])
            rows += [[entry / max(map(abs, row)) for entry in row] for row in own]  # of integers: no overflow
        self._matrix = np.array(rows)

    def proposed(self, point: Point) -> list[int]:
        """Return the indices of polyhedra that seem to hold a point."""
        import numpy as np

        try:
            column = np.array([*map(float, point), 1.0])
        except OverflowError:
            return []
        if not self._parts:
            return []
        least = np.minimum.reduceat(self._matrix @ column, self._starts)
        return [int(i) for i in np.flatnonzero(least > -_NEARLY * np.abs(column).max())]

    def meeting(self, rest: Polyhedron, dimension: int) -> int | None:
        """Return a polyhedron that meets ``rest`` in the given dimension, by its index."""
        likely = self.proposed(rest.relative_interior_point())
        others = range(len(self._parts))
        return next((i for i in (*likely, *others) if meet_in(rest, self._parts[i], dimension)), None)


def _left_over(rest: Polyhedron, part: Polyhedron) -> list[Polyhedron]:
    """Return what a part leaves over of a polyhedron, in pieces of the polyhedron's dimension."""
    pieces = []
    for row in part.constraints()[1]:
        side = Functional(row)
        if rest.sign_range(side) is SignRange.MIXED:
            pieces.append(rest.restricted(side, Relation.AT_MOST))
            rest = rest.restricted(side, Relation.AT_LEAST)
    return pieces


def meet_in(one: Polyhedron, two: Polyhedron, dimension: int) -> bool:
    """Return whether two polyhedra have an intersection of the given dimension."""
    common = one.intersection(two)
    return not common.is_empty() and common.dimension() == dimension


def _point_outside(rest: Polyhedron, parts: Sequence[Polyhedron]) -> Point:
    """Return a point of the relative interior in no part; the parts meet ``rest`` in lower dimension.

    The points are positive combinations of the generators with the weights 1, t, t^2, ...: a curve that
    no proper affine subspace of the hull contains, so that all but finitely many t = 1, 2, ... will do.
    """
    points, rays, lines = rest.generators()
    for t in itertools.count(1):
        weights = [Fraction(t) ** k for k in range(len(points))]
        total = sum(weights)
        columns = zip(*points, strict=True)
        found = [sum(w * x for w, x in zip(weights, column, strict=True)) / total for column in columns]
        for k, direction in enumerate([*rays, *lines], start=len(points)):
            found = [x + Fraction(t) ** k * v for x, v in zip(found, direction, strict=True)]
        point = tuple(found)
        if not any(holds(part, point) for part in parts):
            return point
    raise AssertionError("the loop above has an end")


def touching_pairs(cells: Sequence[Polyhedron]) -> Iterator[tuple[int, int, Polyhedron]]:
    """Yield the pairs i < k of polyhedra that meet, with their intersections.

    Most pairs are told apart by the first coordinates of their points alone, sorted.
    """
    extents = sorted((*_extent(cell), i) for i, cell in enumerate(cells))
    for place, (_, high, i) in enumerate(extents):
        for low, _, k in itertools.islice(extents, place + 1, None):
            if low > high:
                break
            common = cells[i].intersection(cells[k])
            if not common.is_empty():
                yield min(i, k), max(i, k), common


def _extent(cell: Polyhedron) -> tuple[Fraction | float, Fraction | float]:
    """Return the bounds of the first coordinate on a polyhedron, infinite where there is none."""
    points, rays, lines = cell.generators()
    steps = [ray[0] for ray in rays] + [sign * line[0] for line in lines for sign in (1, -1)]
    ends = [point[0] for point in points]
    low, high = min(steps, default=0) < 0, max(steps, default=0) > 0
    return -math.inf if low else min(ends), math.inf if high else max(ends)


def holds(polyhedron: Polyhedron, point: Sequence[Fraction]) -> bool:
    """Return whether a point lies in a closed polyhedron."""
    equations, inequalities = polyhedron.constraints()
    return not any(_value(row, point) for row in equations) and all(
        _value(row, point) >= 0 for row in inequalities
    )


def convex_union(one: Polyhedron, two: Polyhedron) -> Polyhedron | None:
    """Return the union of two polyhedra of one affine hull if it is convex, else None.

    It is convex if and only if the two cover the smallest polyhedron that contains them.

    Examples
    --------
    >>> line = Polyhedron.universe(1)
    >>> left, right = (line.restricted(Functional((sign, 0)), Relation.AT_LEAST) for sign in (-1, 1))
    >>> convex_union(left, right).constraints()
    ([], [])
    """
    envelope = one.hull(two)
    return envelope if uncovered_point(envelope, [one, two]) is None else None


def merged(cells: Sequence[Polyhedron]) -> list[Polyhedron]:
    """Return convex polyhedra with the same union: cells are joined while some two make a convex one."""
    if len(cells) > 1:
        whole = _hull(cells)
        if uncovered_point(whole, cells) is None:
            return [whole]
    result: list[Polyhedron] = []
    for cell in cells:
        grown = cell
        while (partner := _partner(grown, result)) is not None:
            k, grown = partner
            del result[k]
        result.append(grown)
    return result


def _hull(cells: Sequence[Polyhedron]) -> Polyhedron:
    """Return the smallest closed polyhedron that contains all cells."""
    parts = [cell.generators() for cell in cells]
    points = list({point: None for part in parts for point in part.points})
    rays = list({ray: None for part in parts for ray in part.rays})
    lines = list({line: None for part in parts for line in part.lines})
    return Polyhedron.generated_by(Generators(points, rays, lines))


def _partner(cell: Polyhedron, others: Sequence[Polyhedron]) -> tuple[int, Polyhedron] | None:
    dimension = cell.dimension()
    for k, other in enumerate(others):
        common = cell.intersection(other)
        if common.is_empty() or common.dimension() < dimension - 1:
            continue
        union = convex_union(cell, other)
        if union is not None:
            return k, union
    return None


def _value(row: Sequence[int], point: Sequence[Fraction]) -> Fraction:
    return sum((a * x for a, x in zip(row, point, strict=False) if a), Fraction(row[-1]))
