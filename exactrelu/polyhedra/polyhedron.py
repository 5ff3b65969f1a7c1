"""Exact closed polyhedra: a thin adapter round the Parma Polyhedra Library (pplpy).

PPL keeps a polyhedron by its constraints and its generators at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from fractions import Fraction
from typing import NamedTuple

from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.numbers.rationals import common_denominator
from exactrelu.polyhedra import ppl_library as ppl
from exactrelu.polyhedra.constraints import Relation, Row


class SignRange(IntEnum):
    """The signs that an affine functional takes on a non-empty polyhedron."""

    POSITIVE = 0
    NONNEGATIVE = 1  # zero somewhere, positive somewhere
    ZERO = 2
    NONPOSITIVE = 3  # zero somewhere, negative somewhere
    NEGATIVE = 4
    MIXED = 5


class Functional:
    """An affine functional y(x) = a.x + c with integer row (a, c), prepared for PPL."""

    __slots__ = ("_expression", "nonnegative", "positive", "row")

    def __init__(self, row: IntegerRow) -> None:
        self.row = row
        self._expression = ppl.Linear_Expression(row[:-1], row[-1])
        self.nonnegative = self._expression >= 0
        self.positive = self._expression > 0

    def side(self, relation: Relation) -> ppl.Constraint:
        """Return PPL's constraint y RELATION 0."""
        match relation:
            case Relation.AT_LEAST:
                return self.nonnegative
            case Relation.GREATER:
                return self.positive
            case Relation.EQUAL:
                return self._expression == 0
            case Relation.AT_MOST:
                return self._expression <= 0
            case Relation.LESS:
                return self._expression < 0


class Generators(NamedTuple):
    """Points (coordinates), rays and lines (integer directions) that generate a closed polyhedron."""

    points: list[tuple[Fraction, ...]]
    rays: list[IntegerRow]
    lines: list[IntegerRow]


class Polyhedron:
    """A closed rational polyhedron in R^n.

    Examples
    --------
    >>> half_plane = Polyhedron.universe(2).restricted(Functional((1, 0, -1)), Relation.AT_LEAST)
    >>> half_plane.dimension(), half_plane.sign_range(Functional((1, 0, 0)))
    (2, <SignRange.POSITIVE: 0>)
    """

    __slots__ = ("_polyhedron",)

    by_rows = False
    """Whether generators are best not asked for (`row_polyhedron`)."""

    def __init__(self, polyhedron: ppl.C_Polyhedron) -> None:
        self._polyhedron = polyhedron

    @classmethod
    def universe(cls, dimension: int) -> Polyhedron:
        """Return R^dimension."""
        return cls(ppl.C_Polyhedron(dimension, "universe"))

    @classmethod
    def empty(cls, dimension: int) -> Polyhedron:
        """Return the empty set in R^dimension."""
        return cls(ppl.C_Polyhedron(dimension, "empty"))

    @classmethod
    def closure_of(cls, dimension: int, rows: Iterable[Row]) -> Polyhedron:
        """Return the polyhedron of the rows with ``>`` relaxed to ``>=``."""
        polyhedron = cls.universe(dimension)
        for row in rows:
            relation = Relation.EQUAL if row.relation is Relation.EQUAL else Relation.AT_LEAST
            polyhedron.restrict(Functional(row.entries), relation)
        return polyhedron

    @classmethod
    def generated_by(cls, generators: Generators) -> Polyhedron:
        """Return the polyhedron of at least one point, and rays and lines."""
        system = ppl.Generator_System()
        for point in generators.points:
            divisor = common_denominator(point)
            scaled = [x.numerator * (divisor // x.denominator) for x in point]
            system.insert(ppl.Generator.point(ppl.Linear_Expression(scaled, 0), divisor))
        for ray in generators.rays:
            system.insert(ppl.Generator.ray(ppl.Linear_Expression(ray, 0)))
        for line in generators.lines:
            system.insert(ppl.Generator.line(ppl.Linear_Expression(line, 0)))
        return cls(ppl.C_Polyhedron(system))

    def restrict(self, functional: Functional, relation: Relation) -> None:
        """Intersect, in place, with the closed set y RELATION 0, RELATION one of ``>=``, ``<=``, ``=``."""
        self._polyhedron.add_constraint(functional.side(relation))

    def restricted(self, functional: Functional, relation: Relation) -> Polyhedron:
        """Return the intersection with the closed set y RELATION 0."""
        copy = Polyhedron(ppl.C_Polyhedron(self._polyhedron))
        copy.restrict(functional, relation)
        return copy

    def intersection(self, other: Polyhedron) -> Polyhedron:
        """Return the intersection with another closed polyhedron."""
        copy = ppl.C_Polyhedron(self._polyhedron)
        copy.intersection_assign(other._polyhedron)
        return Polyhedron(copy)

    def hull(self, other: Polyhedron) -> Polyhedron:
        """Return the smallest closed polyhedron that contains both."""
        copy = ppl.C_Polyhedron(self._polyhedron)
        copy.poly_hull_assign(other._polyhedron)
        return Polyhedron(copy)

    # signs: the hot path of the enumeration, each question is one or two calls to PPL -----------

    def is_positive_on(self, functional: Functional) -> bool:
        """Return whether y > 0 everywhere (true on the empty polyhedron)."""
        return self._polyhedron.relation_with(functional.positive).implies(ppl.INCLUDED)

    def is_nonpositive_on(self, functional: Functional) -> bool:
        """Return whether y <= 0 everywhere (true on the empty polyhedron)."""
        return self._polyhedron.relation_with(functional.positive).implies(ppl.DISJOINT)

    def sign_if_closed_side(self, functional: Functional) -> SignRange:
        """Return the signs of y, with POSITIVE reported as NONNEGATIVE."""
        relation = self._polyhedron.relation_with(functional.nonnegative)
        if relation.implies(ppl.DISJOINT):
            return SignRange.NEGATIVE
        if relation.implies(ppl.INCLUDED):
            return SignRange.ZERO if relation.implies(ppl.SATURATES) else SignRange.NONNEGATIVE
        return SignRange.NONPOSITIVE if self.is_nonpositive_on(functional) else SignRange.MIXED

    def sign_if_open_side(self, functional: Functional) -> SignRange:
        """Return the signs of y, with NEGATIVE and ZERO reported as NONPOSITIVE."""
        relation = self._polyhedron.relation_with(functional.positive)
        if relation.implies(ppl.INCLUDED):
            return SignRange.POSITIVE
        if relation.implies(ppl.DISJOINT):
            return SignRange.NONPOSITIVE
        touching = self._polyhedron.relation_with(functional.nonnegative).implies(ppl.INCLUDED)
        return SignRange.NONNEGATIVE if touching else SignRange.MIXED

    def sign_range(self, functional: Functional) -> SignRange:
        """Return the signs of y on a non-empty polyhedron."""
        signs = self.sign_if_closed_side(functional)
        if signs is SignRange.NONNEGATIVE and self.is_positive_on(functional):
            return SignRange.POSITIVE
        return signs

    @property
    def space_dimension(self) -> int:
        """The dimension of the space around it."""
        return int(self._polyhedron.space_dimension())

    # shape --------------------------------------------------------------------------------------

    def is_empty(self) -> bool:
        """Return whether there is no point."""
        return self._polyhedron.is_empty()

    def is_bounded(self) -> bool:
        """Return whether there is no ray and no line."""
        return self._polyhedron.is_bounded()

    def dimension(self) -> int:
        """Return the dimension of the affine hull of a non-empty polyhedron."""
        return int(self._polyhedron.affine_dimension())

    def constraints(self) -> tuple[list[IntegerRow], list[IntegerRow]]:
        """Return a minimal system: the rows of equations and of inequalities ``>= 0``."""
        equations: list[IntegerRow] = []
        inequalities: list[IntegerRow] = []
        for constraint in self._polyhedron.minimized_constraints():
            row = (*self._padded(constraint.coefficients()), int(constraint.inhomogeneous_term()))
            (equations if constraint.is_equality() else inequalities).append(row)
        return equations, inequalities

    def generators(self) -> Generators:
        """Return a minimal system of generators."""
        result = Generators([], [], [])
        for generator in self._polyhedron.minimized_generators():
            direction = self._padded(generator.coefficients())
            if generator.is_line():
                result.lines.append(direction)
            elif generator.is_ray():
                result.rays.append(direction)
            else:
                divisor = int(generator.divisor())
                result.points.append(tuple(Fraction(entry, divisor) for entry in direction))
        return result

    def relative_interior_point(self) -> tuple[Fraction, ...]:
        """Return a point in the relative interior of a non-empty polyhedron.

        It is the sum of all points and rays as homogeneous vectors, a positive combination of them.
        """
        total, end = [0] * self._polyhedron.space_dimension(), 0
        for generator in self._polyhedron.minimized_generators():
            if not generator.is_line():
                for j, entry in enumerate(generator.coefficients()):
                    total[j] += int(entry)
                end += 0 if generator.is_ray() else int(generator.divisor())
        return tuple(Fraction(entry, end) for entry in total)

    def _padded(self, coefficients: tuple[int, ...]) -> IntegerRow:
        """Return the coefficients as Python integers; PPL may leave out trailing zeros."""
        missing = self._polyhedron.space_dimension() - len(coefficients)
        return (*map(int, coefficients), *(0,) * missing)


def is_feasible(dimension: int, rows: Sequence[Row]) -> bool:
    """Return whether the rows, strict ones taken strictly, have a common point.

    PPL decides it on its not necessarily closed polyhedra, a second road beside `exactrelu.polyhedra.cell`.
    """
    polyhedron = ppl.NNC_Polyhedron(dimension, "universe")
    for row in rows:
        polyhedron.add_constraint(Functional(row.entries).side(row.relation))
    return not polyhedron.is_empty()
