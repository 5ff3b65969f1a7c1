"""Closed polyhedra that are known by their generators; PPL is asked when somebody asks more."""

from __future__ import annotations

from functools import cached_property

from exactrelu.polyhedra import ppl_library as ppl
from exactrelu.polyhedra.polyhedron import Generators, Polyhedron


class GeneratedPolyhedron(Polyhedron):
    """The polyhedron of at least one point, and rays and lines.

    Examples
    --------
    >>> from fractions import Fraction
    >>> half_line = GeneratedPolyhedron(Generators([(Fraction(1, 2),)], [(1,)], []))
    >>> half_line.dimension(), half_line.constraints()
    (1, ([], [(2, -1)]))
    """

    def __init__(self, generators: Generators) -> None:
        self._given = generators

    @cached_property
    def _polyhedron(self) -> ppl.C_Polyhedron:  # type: ignore[override]
        return Polyhedron.generated_by(self._given)._polyhedron  # noqa: SLF001 - PPL's own

    def __reduce__(self) -> tuple[type[GeneratedPolyhedron], tuple[Generators]]:
        return GeneratedPolyhedron, (self._given,)
