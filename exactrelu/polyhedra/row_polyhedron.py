"""Closed polyhedra in many dimensions, by their rows and linear programs: nothing lists their vertices.

A box in R^n has 2^n vertices and 2 n rows. Signs on it, emptiness, dimension, boundedness and a minimal
system of rows are decided by bounds on the box that the rows with one coordinate are, by points that are
known, and where these leave it open by linear programs; only who asks for generators makes PPL compute them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import chain, compress

from exactrelu.numbers.linear_algebra import IntegerRow, echelon, primitive, rank
from exactrelu.numbers.points import IntegerPoint, Point
from exactrelu.polyhedra import ppl_library as ppl
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.linear_program import (
    Infeasible,
    Optimum,
    feasible_point,
    inner_points,
    maximise,
    maximise_over,
)
from exactrelu.polyhedra.minimal_rows import minimal_rows
from exactrelu.polyhedra.polyhedron import Functional, Polyhedron, SignRange
from exactrelu.polyhedra.row_system import RowSystem

MOST_BY_GENERATORS = 10
"""Dimensions up to which polyhedra are kept by constraints and generators at once."""

_MOST_POINTS = 12  # that are kept


def closure_of(dimension: int, rows: Iterable[Row]) -> Polyhedron:
    """Return the closed polyhedron of rows, by its rows alone in many dimensions."""
    if dimension <= MOST_BY_GENERATORS:
        return Polyhedron.closure_of(dimension, rows)
    return RowPolyhedron(dimension, rows)


class RowPolyhedron(Polyhedron):
    """A closed rational polyhedron {x in R^n : all rows hold}, strict rows relaxed.

    Examples
    --------
    >>> half = RowPolyhedron(2, [Row((1, 0, -1), Relation.AT_LEAST), Row((2, 0, 5), Relation.AT_LEAST)])
    >>> half.dimension(), half.is_bounded(), half.constraints()
    (2, False, ([], [(1, 0, -1)]))
    """

    by_rows = True

    def __init__(self, dimension: int, rows: Iterable[Row]) -> None:
        self._system = RowSystem.of(dimension, [row.relaxed for row in rows])
        self._points: list[IntegerPoint] = []  # of the polyhedron, as far as they are known

    @classmethod
    def of_system(cls, system: RowSystem, points: Iterable[IntegerPoint] = ()) -> RowPolyhedron:
        """Return the polyhedron of rows that are sorted already, none strict, and points that it has."""
        made = cls.__new__(cls)
        made.__dict__.update(_system=system, _points=list(points))
        return made

    @property
    def _dimension(self) -> int:
        return self._system.dimension

    @property
    def _rows(self) -> list[Row]:
        return self._system.rows

    @cached_property
    def _polyhedron(self) -> ppl.C_Polyhedron:  # type: ignore[override]
        return Polyhedron.closure_of(self._dimension, self._rows)._polyhedron  # noqa: SLF001 - PPL's own

    def restrict(self, functional: Functional, relation: Relation) -> None:
        """Intersect, in place, with the closed set y RELATION 0."""
        system, points = self._cut(functional, relation)
        self.__dict__.clear()  # what was found out no longer holds
        self._system, self._points = system, points

    def restricted(self, functional: Functional, relation: Relation) -> Polyhedron:
        """Return the intersection with the closed set y RELATION 0."""
        return RowPolyhedron.of_system(*self._cut(functional, relation))

    def _cut(self, functional: Functional, relation: Relation) -> tuple[RowSystem, list[IntegerPoint]]:
        row = _row_of(functional, relation)
        kept = [point for point in self._points if row.relation.holds(point.value(row.entries))]
        return self._system.extended([row]), kept

    def add_point(self, point: Point) -> None:
        """Note a point of the polyhedron, which may save programs."""
        self._points.insert(0, IntegerPoint.of(point))

    def __reduce__(self) -> tuple[type[RowPolyhedron], tuple[int, tuple[Row, ...]]]:
        return RowPolyhedron, (self._dimension, tuple(self._rows))

    # signs ------------------------------------------------------------------------------------------

    def _has(self, row: Sequence[int], sign: int) -> bool:
        """Return whether sign y > 0 somewhere: at a point that is known, or where a program finds it."""
        if any(sign * point.value(row) > 0 for point in self._points):
            return True
        most = self._most([sign * entry for entry in row])
        return most is None or most > 0

    def _most(self, row: Sequence[int]) -> Fraction | None:
        """Return the supremum of a.x + c, or a bound below zero; None if there is none; of no points -1."""
        bound = None if self._system.box.crossed else self._system.box.largest(row)
        if bound is not None and bound < 0:
            return bound
        found = maximise_over(self._system, row)
        if isinstance(found, Infeasible):
            return Fraction(-1)
        if not isinstance(found, Optimum):
            return None
        if len(self._points) < _MOST_POINTS:
            self._points.append(found.place)
        return found.value

    def is_positive_on(self, functional: Functional) -> bool:
        """Return whether y > 0 everywhere (true on the empty polyhedron)."""
        if any(point.value(functional.row) <= 0 for point in self._points):
            return False
        most = self._most([-entry for entry in functional.row])
        return most is not None and most < 0

    def is_nonpositive_on(self, functional: Functional) -> bool:
        """Return whether y <= 0 everywhere (true on the empty polyhedron)."""
        return not self._has(functional.row, 1)

    def sign_range(self, functional: Functional) -> SignRange:
        """Return the signs of y on a non-empty polyhedron."""
        positive, negative = self._has(functional.row, 1), self._has(functional.row, -1)
        if positive and negative:
            return SignRange.MIXED
        if positive:
            return SignRange.POSITIVE if self.is_positive_on(functional) else SignRange.NONNEGATIVE
        if negative:
            opposite = Functional(tuple(-entry for entry in functional.row))
            return SignRange.NEGATIVE if self.is_positive_on(opposite) else SignRange.NONPOSITIVE
        return SignRange.ZERO

    def sign_if_closed_side(self, functional: Functional) -> SignRange:
        """Return the signs of y, with POSITIVE reported as NONNEGATIVE."""
        signs = self.sign_range(functional)
        return SignRange.NONNEGATIVE if signs is SignRange.POSITIVE else signs

    def sign_if_open_side(self, functional: Functional) -> SignRange:
        """Return the signs of y, with NEGATIVE and ZERO reported as NONPOSITIVE."""
        signs = self.sign_range(functional)
        return SignRange.NONPOSITIVE if signs in (SignRange.NEGATIVE, SignRange.ZERO) else signs

    # shape ------------------------------------------------------------------------------------------

    @cached_property
    def _inside(self) -> tuple[Point, list[IntegerRow]] | None:
        """A point of the relative interior and the equations of the affine hull, None if it is empty."""
        if self._system.false_constant() is not None or self._system.box.crossed is not None:
            return None
        return self._well_inside() or self._by_programs()

    def _well_inside(self) -> tuple[Point, list[IntegerRow]] | None:
        """Return `_inside` by a point where no row vanishes but equations and coordinates with one value."""
        for point in chain(self._points, inner_points(self._system)):
            equations = self._hull_at(point)
            if equations is not None:
                return point.point, echelon(equations, self._dimension + 1)
        return None

    def _hull_at(self, point: IntegerPoint) -> list[IntegerRow] | None:
        """Return equations of the hull if a point is inside but for these, None if some row is tight."""
        equations = []
        for i in self._system.general:
            row = self._rows[i]
            value = point.value(row.entries)
            if row.relation is Relation.EQUAL and not value:
                equations.append(row.entries)
            elif row.relation is Relation.EQUAL or value <= 0:
                return None
        box = self._system.box
        for j, (low, high) in enumerate(zip(*box.bounds, strict=True)):
            value = point.numerators[j] * box.denominator
            if low is not None and low == high:
                equations.append(self._rows[box.lower[j]].entries)
            elif (low is not None and value <= low * point.denominator) or (
                high is not None and value >= high * point.denominator
            ):
                return None
        return equations

    def _by_programs(self) -> tuple[Point, list[IntegerRow]] | None:
        equations = [row.entries for row in self._rows if row.relation is Relation.EQUAL]
        bounds = [row for row in self._rows if row.relation is not Relation.EQUAL and not row.is_constant]
        found = self._inside_of_flat(bounds)
        if found is None:
            return None
        point, flat = found
        return point, echelon([row for row in [*equations, *flat] if any(row)], self._dimension + 1)

    def _inside_of_flat(self, bounds: list[Row]) -> tuple[Point, list[IntegerRow]] | None:
        """Return the mean of points at which each row that can be is positive, and the rows that cannot.

        While the sum of the rows that vanish at all points is positive somewhere, that is one more point.
        """
        start = feasible_point(self._dimension, self._rows)
        if start is None:
            return None
        points, flat = [start], [row for row in bounds if not row.value(start)]
        while flat:
            found = maximise_over(self._system, _sum_of(flat))
            if isinstance(found, Infeasible):
                raise ArithmeticError("rows with a point have none")  # noqa: TRY004 - no argument
            if isinstance(found, Optimum):
                if not found.value:
                    break
                points.append(found.point)
            else:
                points.append(tuple(x + v for x, v in zip(found.point, found.ray, strict=True)))
            place = IntegerPoint.of(points[-1])
            flat = [row for row in flat if not place.value(row.entries)]
        columns = zip(*points, strict=True)
        mean = tuple(sum(column, Fraction(0)) / len(points) for column in columns)
        return mean, [row.entries for row in flat]

    def is_empty(self) -> bool:
        """Return whether there is no point."""
        return self._inside is None

    def dimension(self) -> int:
        """Return the dimension of the affine hull, -1 if there is none."""
        return -1 if self._inside is None else self._dimension - len(self._inside[1])

    def relative_interior_point(self) -> Point:
        """Return a point in the relative interior of a non-empty polyhedron."""
        if self._inside is None:
            raise ArithmeticError("an empty polyhedron has no inner point")
        return self._inside[0]

    def is_bounded(self) -> bool:
        """Return whether there is no ray and no line."""
        if self._inside is None:
            return True
        if len(self._system.box.lower) == len(self._system.box.upper) == self._dimension:
            return True
        normals = [Row((*row.entries[:-1], 0), row.relation) for row in self._rows]
        if rank([row.entries for row in normals], self._dimension + 1) < self._dimension:
            return False
        capped = [Row((*(-a for a in row.entries[:-1]), 1), Relation.AT_LEAST) for row in normals]
        total = list(map(sum, zip(*(row.entries for row in normals), strict=True)))
        found = maximise(self._dimension, total, [*normals, *capped])
        return isinstance(found, Optimum) and found.value == 0

    def constraints(self) -> tuple[list[IntegerRow], list[IntegerRow]]:
        """Return a minimal system: the rows of equations and of inequalities ``>= 0``."""
        return self._minimal

    @cached_property
    def _minimal(self) -> tuple[list[IntegerRow], list[IntegerRow]]:
        if self._inside is None:
            raise ArithmeticError("an empty polyhedron has no minimal system")
        point, basis = self._inside
        return basis, minimal_rows(self._system, basis, IntegerPoint.of(point))


def _sum_of(rows: Sequence[Row]) -> list[int]:
    """Return the sum of rows, each times a number that makes their largest coefficients alike."""
    sizes = [max(map(abs, row.entries[:-1])) for row in rows]
    factors = [max(1, max(sizes) // size) for size in sizes]
    total = [0] * len(rows[0].entries)
    for row, factor in zip(rows, factors, strict=True):
        for j in compress(range(len(total)), row.entries):
            total[j] += factor * row.entries[j]
    return total


def _row_of(functional: Functional, relation: Relation) -> Row:
    if relation is Relation.EQUAL:
        return Row(primitive(functional.row), Relation.EQUAL)
    sign = -1 if relation in (Relation.LESS, Relation.AT_MOST) else 1
    return Row(primitive([sign * entry for entry in functional.row]), Relation.AT_LEAST)
