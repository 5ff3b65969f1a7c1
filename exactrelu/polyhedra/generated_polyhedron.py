"""Closed polyhedra that are known by their generators; PPL is asked when somebody asks more."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.numbers.points import Point
from exactrelu.polyhedra import ppl_library as ppl
from exactrelu.polyhedra.canonical import CanonicalPolyhedron
from exactrelu.polyhedra.polyhedron import Polyhedron


class GeneratedPolyhedron(Polyhedron):
    """The polyhedron of at least one point, homogeneous (X, t) in integers, and rays and lines.

    Examples
    --------
    >>> half_line = GeneratedPolyhedron([(1, 2)], [(1,)], [])
    >>> half_line.dimension(), half_line.constraints()
    (1, ([], [(2, -1)]))
    """

    def __init__(
        self, points: Sequence[IntegerRow], rays: Sequence[IntegerRow], lines: Sequence[IntegerRow]
    ) -> None:
        self.homogeneous = points, rays, lines

    @cached_property
    def _polyhedron(self) -> ppl.C_Polyhedron:  # type: ignore[override]
        points, rays, lines = self.homogeneous
        system = ppl.Generator_System()
        for *x, t in points:
            system.insert(ppl.Generator.point(ppl.Linear_Expression(x, 0), t))
        for ray in rays:
            system.insert(ppl.Generator.ray(ppl.Linear_Expression(ray, 0)))
        for line in lines:
            system.insert(ppl.Generator.line(ppl.Linear_Expression(line, 0)))
        return ppl.C_Polyhedron(system)

    def __reduce__(self) -> tuple[type[GeneratedPolyhedron], tuple[Any, ...]]:
        return GeneratedPolyhedron, self.homogeneous


class KnownPolyhedron(CanonicalPolyhedron):
    """A canonical form of which all is known: its system, and the generators of the polyhedron, in order.

    Examples
    --------
    >>> known = KnownPolyhedron(GeneratedPolyhedron([(1, 2)], [(1,)], []), 1, (), ((2, -1),))
    >>> known.vertices, known.bounded, known == CanonicalPolyhedron.of(known.polyhedron, 1)
    ([(Fraction(1, 2),)], False, True)
    """

    def __init__(
        self,
        polyhedron: GeneratedPolyhedron,
        ambient: int,
        equations: tuple[IntegerRow, ...],
        facets: tuple[IntegerRow, ...],
    ) -> None:
        super().__init__(polyhedron, ambient, equations, facets)
        points, rays, lines = polyhedron.homogeneous
        self.homogeneous = [*points, *((*ray, 0) for ray in rays)]
        self.bounded = not (rays or lines)
        self.dimension = ambient - len(equations)

    @cached_property
    def _generators(self) -> tuple[list[Point], list[IntegerRow], list[IntegerRow]]:
        points, rays, lines = self._known.homogeneous
        return [tuple(Fraction(x, p[-1]) for x in p[:-1]) for p in points], [*rays], [*lines]

    @property
    def _known(self) -> GeneratedPolyhedron:
        if not isinstance(self._polyhedron, GeneratedPolyhedron):
            raise TypeError("expected a polyhedron by its generators")
        return self._polyhedron

    def __reduce__(self) -> tuple[type[KnownPolyhedron], tuple[Any, ...]]:
        return KnownPolyhedron, (self._polyhedron, self.ambient, *self._system)
