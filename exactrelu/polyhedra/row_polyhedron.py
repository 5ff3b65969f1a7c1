"""Closed polyhedra in many dimensions, by their rows and linear programs: nothing lists their vertices.

A box in R^n has 2^n vertices and 2 n rows. Signs on it, emptiness, dimension, boundedness and a minimal
system of rows are linear programs; only who asks for generators makes PPL compute them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cached_property

from flint import fmpz_mat

from exactrelu.numbers.linear_algebra import IntegerRow, echelon, primitive, rank, reduce_modulo
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import common_denominator
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.linear_program import Infeasible, Optimum, feasible_point, maximise
from exactrelu.polyhedra.polyhedron import Functional, Polyhedron, SignRange
from exactrelu.polyhedra.ppl_library import C_Polyhedron

MOST_BY_GENERATORS = 10
"""Dimensions up to which polyhedra are kept by constraints and generators at once."""


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
        self._dimension = dimension
        self._rows = [_relaxed(row) for row in rows]

    @cached_property
    def _polyhedron(self) -> C_Polyhedron:  # type: ignore[override]
        return Polyhedron.closure_of(self._dimension, self._rows)._polyhedron  # noqa: SLF001 - PPL's own

    def restrict(self, functional: Functional, relation: Relation) -> None:
        """Intersect, in place, with the closed set y RELATION 0."""
        dimension, rows = self._dimension, [*self._rows, _row_of(functional, relation)]
        self.__dict__.clear()  # what was found out no longer holds
        self._dimension, self._rows = dimension, rows

    def restricted(self, functional: Functional, relation: Relation) -> Polyhedron:
        """Return the intersection with the closed set y RELATION 0."""
        return RowPolyhedron(self._dimension, [*self._rows, _row_of(functional, relation)])

    def __reduce__(self) -> tuple[type[RowPolyhedron], tuple[int, tuple[Row, ...]]]:
        return RowPolyhedron, (self._dimension, tuple(self._rows))

    # signs ------------------------------------------------------------------------------------------

    def _largest(self, row: Sequence[int]) -> Fraction | None:
        """Return the supremum of a.x + c, None if there is none; of an empty set -1."""
        found = maximise(self._dimension, row, self._rows)
        if isinstance(found, Infeasible):
            return Fraction(-1)
        return found.value if isinstance(found, Optimum) else None

    def is_positive_on(self, functional: Functional) -> bool:
        """Return whether y > 0 everywhere (true on the empty polyhedron)."""
        most = self._largest([-entry for entry in functional.row])
        return most is not None and most < 0

    def is_nonpositive_on(self, functional: Functional) -> bool:
        """Return whether y <= 0 everywhere (true on the empty polyhedron)."""
        most = self._largest(functional.row)
        return most is not None and most <= 0

    def sign_range(self, functional: Functional) -> SignRange:
        """Return the signs of y on a non-empty polyhedron."""
        most, most_negated = self._largest(functional.row), self._largest([-e for e in functional.row])
        if most_negated is not None and most_negated < 0:
            return SignRange.POSITIVE
        if most is not None and most < 0:
            return SignRange.NEGATIVE
        nonnegative, nonpositive = most_negated == 0, most == 0
        if nonnegative and nonpositive:
            return SignRange.ZERO
        if nonnegative:
            return SignRange.NONNEGATIVE
        return SignRange.NONPOSITIVE if nonpositive else SignRange.MIXED

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
        equations = [row.entries for row in self._rows if row.relation is Relation.EQUAL]
        bounds = [row for row in self._rows if row.relation is not Relation.EQUAL and any(row.entries[:-1])]
        constant = [row for row in self._rows if not any(row.entries[:-1])]
        strict = [Row(row.entries, Relation.GREATER) for row in bounds]
        kept = [row for row in self._rows if row.relation is Relation.EQUAL] + constant
        point = feasible_point(self._dimension, [*kept, *strict])
        if point is None:
            found = self._inside_of_flat(bounds)
            if found is None:
                return None
            point, flat = found
            equations += flat
        return point, echelon([row for row in equations if any(row)], self._dimension + 1)

    def _inside_of_flat(self, bounds: list[Row]) -> tuple[Point, list[IntegerRow]] | None:
        """Return the mean of points at which each row that can be is positive, and the rows that cannot."""
        start = feasible_point(self._dimension, self._rows)
        if start is None:
            return None
        points, flat = [start], []
        for row in bounds:
            if any(row.value(point) for point in points):
                continue
            found = maximise(self._dimension, row.entries, self._rows)
            if isinstance(found, Optimum) and found.value == 0:
                flat.append(row.entries)
            elif isinstance(found, Optimum):
                points.append(found.point)
            elif not isinstance(found, Infeasible):
                points.append(tuple(x + v for x, v in zip(found.point, found.ray, strict=True)))
        columns = zip(*points, strict=True)
        return tuple(sum(column, Fraction(0)) / len(points) for column in columns), flat

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
        sides = [(row.only_coordinate, row.entries[row.only_coordinate] > 0) for row in self._rows
                 if row.only_coordinate is not None and row.relation is not Relation.EQUAL]  # fmt: skip
        if len(set(sides)) == 2 * self._dimension:
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
        rows = {reduce_modulo(row.entries, basis) for row in self._rows if row.relation is not Relation.EQUAL}
        bounds = sorted(row for row in rows if any(row[:-1]))
        kept = _without_loose(self._dimension, [Row(row, Relation.AT_LEAST) for row in bounds])
        if not basis and all(row.only_coordinate is not None for row in kept):
            return basis, sorted(row.entries for row in kept)  # a box with inner points
        proved = set() if basis else _hit(self._dimension, kept, point)
        for row in list(kept):
            if row.entries in proved:
                continue
            others = [other for other in kept if other is not row]
            equations = [Row(entries, Relation.EQUAL) for entries in basis]
            found = maximise(self._dimension, [-entry for entry in row.entries], [*others, *equations])
            if isinstance(found, Optimum) and found.value <= 0:
                kept = others
        return basis, [row.entries for row in kept]


def _without_loose(dimension: int, rows: list[Row]) -> list[Row]:
    """Leave out the rows with several coordinates that follow, by signs, from those with one."""
    box = [row for row in rows if row.only_coordinate is not None]
    kept = []
    for row in rows:
        if row.only_coordinate is None:
            least = maximise(dimension, [-entry for entry in row.entries], box)
            if isinstance(least, Optimum) and least.value <= 0:
                continue
        kept.append(row)
    tightest: dict[tuple[int, bool], Row] = {}
    for row in box:
        j = row.only_coordinate or 0
        key, a = (j, row.entries[j] > 0), row.entries[j]
        other = tightest.get(key)
        if other is None or row.entries[-1] * abs(other.entries[j]) < other.entries[-1] * abs(a):
            tightest[key] = row
    return [*tightest.values(), *(row for row in kept if row.only_coordinate is None)]


def _hit(dimension: int, rows: list[Row], inside: Point) -> set[IntegerRow]:
    """Return rows that some ray from inside meets first and alone: these are facets.

    The rays go against the rows' normals. One along an axis meets rows with this coordinate only.
    """
    scale = common_denominator(inside)
    numerators = [x.numerator * (scale // x.denominator) for x in inside]
    single = {(row.only_coordinate, row.entries[row.only_coordinate] > 0): row
              for row in rows if row.only_coordinate is not None}  # fmt: skip
    several = [row for row in rows if row.only_coordinate is None]
    normals = fmpz_mat(len(several), dimension, [entry for row in several for entry in row.entries[:-1]])
    slopes = (normals * normals.transpose()).tolist()
    value = {row.entries: _scaled_value(row, numerators, scale) for row in rows}
    found: set[IntegerRow] = set()

    def shoot(meetings: list[tuple[Row, int]]) -> None:
        times = sorted((Fraction(value[row.entries], slope), row.entries) for row, slope in meetings)
        if len(times) == 1 or times[0][0] < times[1][0]:
            found.add(times[0][1])

    for (j, _), row in single.items():
        entry = row.entries[j or 0]
        met = ((other, entry * other.entries[j or 0]) for other in [row, *several])
        shoot([(other, slope) for other, slope in met if slope > 0])
    for aim, line in zip(several, slopes, strict=True):
        meetings = [(row, int(slope)) for row, slope in zip(several, line, strict=True) if slope > 0]
        for (j, positive), row in single.items():
            entry = aim.entries[j or 0]
            if entry and (entry > 0) == positive:
                meetings.append((row, entry * row.entries[j or 0]))
        shoot(meetings)
    return found


def _scaled_value(row: Row, numerators: Sequence[int], scale: int) -> int:
    """Return scale times a.x + c at x = numerators / scale."""
    j = row.only_coordinate
    if j is not None:
        return row.entries[j] * numerators[j] + row.entries[-1] * scale
    return sum(a * x for a, x in zip(row.entries, numerators, strict=False) if a) + row.entries[-1] * scale


def _relaxed(row: Row) -> Row:
    return Row(row.entries, Relation.AT_LEAST) if row.relation is Relation.GREATER else row


def _row_of(functional: Functional, relation: Relation) -> Row:
    if relation is Relation.EQUAL:
        return Row(primitive(functional.row), Relation.EQUAL)
    sign = -1 if relation in (Relation.LESS, Relation.AT_MOST) else 1
    return Row(primitive([sign * entry for entry in functional.row]), Relation.AT_LEAST)
