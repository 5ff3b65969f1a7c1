"""The exact range of each output of a network on a domain.

On the closure of a `full` cell an output is affine, and these closures cover the closure of the domain. So
its supremum is the largest of finitely many maxima, each at a vertex or infinite along a ray or line.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

from exactrelu.analysis.asked import Asked
from exactrelu.enumeration import regions
from exactrelu.enumeration.effort import Search, started
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.networks.region import Region
from exactrelu.numbers.linear_algebra import IntegerRow, primitive_from_rationals
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import Extended
from exactrelu.numbers.text import number_text, vector_text
from exactrelu.polyhedra.canonical import CanonicalPolyhedron
from exactrelu.polyhedra.cell import is_nonempty
from exactrelu.polyhedra.constraints import Relation
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.polyhedron import Functional, Polyhedron


@dataclass(frozen=True)
class Extremum:
    """The supremum of a function on a domain.

    ``value`` is ``math.inf`` where there is no bound; then ``ray`` is a direction along which the function
    grows without bound from ``point``. If it is finite but not ``attained``, ``point`` lies in the closure.
    """

    value: Extended
    attained: bool
    point: Point
    ray: tuple[int, ...] | None = None

    def exceeds(self, other: Extremum | None) -> bool:
        """Return whether this supremum is to be preferred: larger, or as large and attained."""
        if other is None:
            return True
        return (self.value, self.attained) > (other.value, other.attained)


@dataclass(frozen=True)
class OutputRange:
    """The infimum and the supremum of one output; ``-math.inf`` and ``math.inf`` where there is none."""

    minimum: Extremum
    maximum: Extremum


class OutputRanges(tuple[OutputRange, ...]):  # noqa: SLOT001 - a tuple has no room for slots
    """The range of each output, a tuple, with what was asked, which `exactrelu.certify` needs."""

    asked: Asked

    def __new__(cls, ranges: Iterable[OutputRange], asked: Asked) -> Self:
        """Return the tuple of the ranges."""
        made = super().__new__(cls, ranges)
        made.asked = asked
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(self), self.asked


def output_range(
    network: Network,
    domain: Domain | None = None,
    *,
    search: Search | None = None,
) -> OutputRanges | None:
    """Return the exact range of each output on a domain, None if the domain is empty.

    Raises as `exactrelu.enumeration.regions` does.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])  # |x|
    >>> (absolute,) = output_range(net, Domain.box([(-3, 2)]))
    >>> absolute.minimum.value, absolute.maximum.value, absolute.maximum.point
    (Fraction(0, 1), Fraction(3, 1), (Fraction(-3, 1),))
    """
    domain = domain or Domain.whole_space(network.inputs)
    search = started(search)
    suprema: list[Extremum] | None = None

    def so_far() -> str:
        return _text_of(_ranges(suprema or ()))

    for region in regions(network, domain, Reading.FULL, search=search):
        found = list(_suprema(region))
        suprema = (
            found
            if suprema is None
            else [a if a.exceeds(b) else b for a, b in zip(found, suprema, strict=True)]
        )
        search.tell("range", so_far)
    return None if suprema is None else OutputRanges(_ranges(suprema), Asked((network,), domain))


def _ranges(suprema: Sequence[Extremum]) -> tuple[OutputRange, ...]:
    pairs = zip(suprema[::2], suprema[1::2], strict=True)
    return tuple(OutputRange(_negated(low), high) for low, high in pairs)


def _text_of(ranges: Iterable[OutputRange]) -> str:
    """Return for people what is known of ranges before all cells were seen: values that are taken."""
    shown = []
    for j, one in enumerate(ranges):
        low, high = (
            number_text(end) if isinstance(end, Fraction) else str(end)
            for end in (one.minimum.value, one.maximum.value)
        )
        places = f"{vector_text(one.minimum.point)} and {vector_text(one.maximum.point)}"
        shown.append(f"output {j} at least from {low} to {high}, at {places}")
    return "; ".join(shown)


def _suprema(region: Region) -> Iterable[Extremum]:
    """Yield, for each output, the supremum of its negative and its own on the cell."""
    strict = tuple(Functional(row.entries) for row in region.domain.rows if row.relation is Relation.GREATER)
    for row in region.affine_map.rows:
        for signed in (tuple(-entry for entry in row), row):
            yield _supremum(region.closure, region.geometry, signed, strict)


def _supremum(
    closure: Polyhedron,
    geometry: CanonicalPolyhedron,
    row: tuple[Fraction, ...],
    strict: tuple[Functional, ...],
) -> Extremum:
    for direction in _directions(geometry):
        if sum(a * v for a, v in zip(row, direction, strict=False)) > 0:
            return Extremum(math.inf, attained=False, point=geometry.point, ray=direction)
    values = [(_at(row, vertex), vertex) for vertex in geometry.vertices]
    value, vertex = max(values)
    if not strict:
        return Extremum(value, attained=True, point=vertex)
    level = primitive_from_rationals((*row[:-1], row[-1] - value))
    face = closure.restricted(Functional(level), Relation.EQUAL)
    if is_nonempty(face, strict):
        return Extremum(value, attained=True, point=CanonicalPolyhedron.of(face, geometry.ambient).point)
    return Extremum(value, attained=False, point=vertex)


def _directions(geometry: CanonicalPolyhedron) -> Iterable[IntegerRow]:
    yield from geometry.rays
    for line in geometry.lines:
        direction = primitive_from_rationals(line)
        yield direction
        yield tuple(-entry for entry in direction)


def _at(row: tuple[Fraction, ...], point: Point) -> Fraction:
    return sum((a * x for a, x in zip(row, point, strict=False)), row[-1])


def _negated(extremum: Extremum) -> Extremum:
    return Extremum(-extremum.value, extremum.attained, extremum.point, extremum.ray)
