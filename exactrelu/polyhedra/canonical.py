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

from fractions import Fraction
from functools import cached_property

from exactrelu.numbers.linear_algebra import IntegerRow, echelon, pivot_column, reduce_modulo, reduced_modulo
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import common_denominator
from exactrelu.polyhedra.polyhedron import Polyhedron


class CanonicalPolyhedron:
    """The canonical form of a non-empty closed polyhedron.

    ``equations`` and ``facets`` are integer rows (a, c) that say a.x + c = 0 and a.x + c >= 0. They and the
    generators are computed when they are first asked for. ``==`` compares what is described.
    """

    def __init__(
        self,
        polyhedron: Polyhedron,
        ambient: int,
        equations: tuple[IntegerRow, ...] | None = None,
        facets: tuple[IntegerRow, ...] | None = None,
    ) -> None:
        self._polyhedron, self.ambient = polyhedron, ambient
        if equations is not None and facets is not None:
            self._system = equations, facets

    @classmethod
    def of(cls, polyhedron: Polyhedron, ambient: int) -> CanonicalPolyhedron:
        """Return the canonical form of a non-empty polyhedron in R^ambient."""
        return cls(polyhedron, ambient)

    @cached_property
    def _system(self) -> tuple[tuple[IntegerRow, ...], tuple[IntegerRow, ...]]:
        equations, inequalities = self._polyhedron.constraints()
        basis = echelon(equations, self.ambient + 1)
        return tuple(basis), tuple(sorted(reduced_modulo(inequalities, basis)))

    @property
    def equations(self) -> tuple[IntegerRow, ...]:
        """The equations of the affine hull, a reduced row echelon form."""
        return self._system[0]

    @property
    def facets(self) -> tuple[IntegerRow, ...]:
        """The facets, reduced modulo the equations, sorted."""
        return self._system[1]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CanonicalPolyhedron):
            return NotImplemented
        return self.ambient == other.ambient and self._system == other._system

    def __hash__(self) -> int:
        return hash((self.ambient, self._system))

    def __repr__(self) -> str:
        return (
            f"CanonicalPolyhedron(ambient={self.ambient}, equations={self.equations}, facets={self.facets})"
        )

    @property
    def polyhedron(self) -> Polyhedron:
        """What it is the canonical form of."""
        return self._polyhedron

    @property
    def by_rows(self) -> bool:
        """Whether the polyhedron is known by its rows alone: its generators may be too many to ask for."""
        return self._polyhedron.by_rows

    @cached_property
    def dimension(self) -> int:
        """The dimension of the affine hull."""
        return self._polyhedron.dimension()

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

    @cached_property
    def homogeneous(self) -> list[IntegerRow]:
        """The vertices and rays as integers (X, t), t = 0 for rays."""
        scales = [common_denominator(point) for point in self.vertices]
        points = [
            (*(x.numerator * (t // x.denominator) for x in point), t)
            for point, t in zip(self.vertices, scales, strict=True)
        ]
        return points + [(*ray, 0) for ray in self.rays]

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
        """A point of the relative interior, with small denominators where possible.

        It is the first of a few roundings of a centre that every facet confirms, else the centre itself: the
        mean of the vertices plus the sum of the rays, each divided by the power of two that takes its largest
        entry below 2 (`shortening`).
        """
        if self.by_rows:
            return self._polyhedron.relative_interior_point()
        centre = self._approximate_barycentre()
        for bits in (0, 2, 4, 8, 16, 32, 64, 128):
            shift = _PRECISION - bits
            rounded = [(entry + (1 << shift >> 1)) >> shift for entry in centre]
            if not self.equations:
                # In integers, since this is what a stream of regions spends its time on.
                if all(_scaled_value(row, rounded, bits) > 0 for row in self.facets):
                    return tuple(Fraction(entry, 1 << bits) for entry in rounded)
                continue
            candidate = self._on_affine_hull([Fraction(entry, 1 << bits) for entry in rounded])
            if all(_value(row, candidate) > 0 for row in self.facets):
                return candidate
        return self._barycentre()

    def _approximate_barycentre(self) -> list[int]:
        """Return the centre, nearly, as multiples of 2^-_PRECISION."""
        vertices, rays, _ = self._generators
        sums = [
            sum((entry.numerator << _PRECISION) // entry.denominator for entry in column)
            for column in zip(*vertices, strict=True)
        ]
        shifts = [0] * self.ambient
        for ray in rays:
            shift = _PRECISION - shortening(ray)
            for j, entry in enumerate(ray):
                shifts[j] += entry << shift if shift >= 0 else entry >> -shift
        return [total // len(vertices) + shift for total, shift in zip(sums, shifts, strict=True)]

    def _barycentre(self) -> Point:
        """Return the mean of the vertices plus the sum of the short rays, a point of the inside."""
        vertices, rays, _ = self._generators
        means = [sum(column, Fraction(0)) / len(vertices) for column in zip(*vertices, strict=True)]
        for ray in rays:
            size = 1 << shortening(ray)
            means = [mean + Fraction(entry, size) for mean, entry in zip(means, ray, strict=True)]
        return tuple(means)

    def _on_affine_hull(self, point: list[Fraction]) -> Point:
        """Return the point of the affine hull with the free coordinates of ``point``."""
        pivots = [pivot_column(row) for row in self.equations]
        for pivot in pivots:
            point[pivot] = Fraction(0)
        for row, pivot in zip(self.equations, pivots, strict=True):
            # In reduced echelon form the other pivot coordinates do not occur in this row.
            point[pivot] = -_value(row, tuple(point)) / row[pivot]
        return tuple(point)


_PRECISION = 160  # bits after the point of the approximate barycentre


def shortening(ray: IntegerRow) -> int:
    """Return the largest e with 2^e at most the largest |entry| of a ray.

    Examples
    --------
    >>> shortening((1, 0)), shortening((-7, 2))
    (0, 2)
    """
    return max(map(abs, ray)).bit_length() - 1


def _scaled_value(row: IntegerRow, numerators: list[int], bits: int) -> int:
    """Return 2^bits (a.x + c) at x = numerators / 2^bits."""
    return sum(a * x for a, x in zip(row, numerators, strict=False)) + (row[-1] << bits)


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
