"""The canonical form of a polyhedron: equal sets have equal descriptions.

A minimal system of constraints or generators of a polyhedron is unique only up to the choice of
representatives modulo its equations and its lineality space. Here the representatives are fixed:

* the equations are the reduced row echelon form of their span, in primitive integers;
* each facet is reduced modulo the equations, primitive, and says ``>= 0``;
* the lines are the reduced row echelon form of a basis of the lineality space (pivots 1);
* vertices and rays are zero in the pivot coordinates of the lines, and rays are primitive;
* facets, vertices and rays are sorted.

For a polyhedron with lines the *vertices* are the representatives of its minimal faces.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from exactrelu.affine_map import Point
from exactrelu.linear_algebra import IntegerRow, echelon, pivot_column, reduce_modulo
from exactrelu.polyhedra import Polyhedron


@dataclass(frozen=True)
class CanonicalPolyhedron:
    """The canonical form of a non-empty closed polyhedron.

    ``equations`` and ``facets`` are integer rows (a, c) that say a.x + c = 0 and a.x + c >= 0. The
    generators are computed when they are first asked for.
    """

    _polyhedron: Polyhedron
    ambient: int
    equations: tuple[IntegerRow, ...]
    facets: tuple[IntegerRow, ...]

    @classmethod
    def of(cls, polyhedron: Polyhedron, ambient: int) -> CanonicalPolyhedron:
        """Return the canonical form of a non-empty polyhedron in R^ambient."""
        equations, inequalities = polyhedron.constraints()
        basis = echelon(equations, ambient + 1)
        facets = sorted(reduce_modulo(row, basis) for row in inequalities)
        return cls(polyhedron, ambient, tuple(basis), tuple(facets))

    @property
    def dimension(self) -> int:
        """The dimension of the affine hull."""
        return self.ambient - len(self.equations)

    @cached_property
    def bounded(self) -> bool:
        """Whether the polyhedron is bounded."""
        return self._polyhedron.is_bounded()

    @cached_property
    def _generators(self) -> tuple[list[Point], list[IntegerRow], list[IntegerRow]]:
        points, rays, lines = self._polyhedron.generators()
        basis = echelon(lines, self.ambient)
        return (
            sorted(_reduce_point(point, basis) for point in points),
            sorted(reduce_modulo(ray, basis) for ray in rays),
            basis,
        )

    @property
    def vertices(self) -> list[Point]:
        """The vertices (representatives of the minimal faces), sorted."""
        return self._generators[0]

    @property
    def rays(self) -> list[IntegerRow]:
        """The primitive extreme rays, sorted."""
        return self._generators[1]

    @property
    def lines(self) -> list[Point]:
        """The reduced row echelon basis of the lineality space."""
        basis = self._generators[2]
        return [tuple(Fraction(entry, row[pivot_column(row)]) for entry in row) for row in basis]

    @cached_property
    def point(self) -> Point:
        """A point of the relative interior, with small denominators where possible."""
        centre = self._barycentre()
        for bits in (0, 2, 4, 8, 16, 32, 64, 128):
            candidate = self._rounded(centre, bits)
            if all(_value(row, candidate) > 0 for row in self.facets):
                return candidate
        return centre

    def _barycentre(self) -> Point:
        """Return the mean of the vertices plus the sum of the rays: a point of the relative interior."""
        vertices, rays, _ = self._generators
        sums = [sum(column) for column in zip(*vertices, strict=True)]
        mean = [Fraction(total) / len(vertices) for total in sums]
        return tuple(m + sum(ray[j] for ray in rays) for j, m in enumerate(mean))

    def _rounded(self, point: Point, bits: int) -> Point:
        """Return a point of the affine hull whose free coordinates are the rounded ones of ``point``.

        Rounding only proposes: the caller tests the result against every facet exactly.
        """
        scale = 1 << bits
        result = [Fraction(round(entry * scale), scale) for entry in point]
        pivots = [pivot_column(row) for row in self.equations]
        for pivot in pivots:
            result[pivot] = Fraction(0)
        for row, pivot in zip(self.equations, pivots, strict=True):
            # In reduced echelon form the other pivot coordinates do not occur in this row.
            result[pivot] = -_value(row, tuple(result)) / row[pivot]
        return tuple(result)


def _value(row: IntegerRow, point: Point) -> Fraction:
    """Return a.x + c."""
    return sum((a * x for a, x in zip(row, point, strict=False) if a), Fraction(row[-1]))


def _reduce_point(point: Point, basis: list[IntegerRow]) -> Point:
    """Return the point of ``point + span(basis)`` that is zero in the pivots of ``basis``."""
    current = point
    for row in basis:
        pivot = pivot_column(row)
        if current[pivot]:
            factor = current[pivot] / row[pivot]
            current = tuple(entry - factor * other for entry, other in zip(current, row, strict=True))
    return current
