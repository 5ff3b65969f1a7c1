"""Which full-dimensional cells are neighbours, and which neurons flip between them.

The `full` cells of a network tile the domain face to face: neurons are continuous functions, so two cells
that share points of a facet of one share that whole facet. Lemma: let z be a relative interior point of
a facet of the cell P and p a relative interior point of P; if the facet does not lie on the relative
boundary of the domain, then z + t(z - p) lies, for all small t > 0, in the interior of the one neighbour
through that facet.

The neighbour's configuration needs no search: along the ray z + t(z - p) every pre-activation is
(value at z) + t * (one-sided derivative) for small t > 0, and both are exact forward passes.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpz_mat

from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.region import Region
from exactrelu.numbers.linear_algebra import IntegerRow, reduce_modulo
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import common_denominator
from exactrelu.polyhedra.canonical import CanonicalPolyhedron
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.linear_program import feasible_point

Neuron = tuple[int, int]
"""(layer from 1, index from 0)"""


@dataclass(frozen=True)
class Neighbour:
    """A neighbour through the facet ``facet`` (an integer row, zero on the facet, positive on the cell)."""

    configuration: Configuration
    flipped: frozenset[Neuron]
    facet: IntegerRow


def neighbours(region: Region, known: Container[IntegerRow] = ()) -> Iterator[Neighbour]:
    """Yield the neighbours of a `full` cell, one for each facet that is not on the domain's boundary.

    Coincident neurons flip together, so ``flipped`` may hold several; it always holds at least one. Facets
    that are ``known`` are left out.

    Examples
    --------
    >>> from exactrelu.networks.region import region_of
    >>> net = Network.from_rationals([([[1], [-2]], None), ([[1, 1]], None)])
    >>> cell = region_of(net, Configuration(((1, 0),)), reading="full")
    >>> [(str(n.configuration), sorted(n.flipped)) for n in neighbours(cell)]
    [('01', [(1, 0), (1, 1)])]
    """
    geometry, equations = region.geometry, region.geometry.equations
    borders = {reduce_modulo(row.entries, equations) for row in region.domain.rows}
    crossed = [facet for facet in geometry.facets if facet not in known and facet not in borders]
    for facet in crossed:
        if facet in region.flips:
            k, place = region.flips[facet]
            yield Neighbour(region.configuration.flipped(k, place), _neurons(region, [(k, place)]), facet)
    crossed = [facet for facet in crossed if facet not in region.flips]
    if not crossed:
        return
    inside, facets = (_programmed_points if geometry.by_rows else _inner_points)(geometry, crossed)
    for facet, on_facet in facets:
        direction = tuple(z - p for z, p in zip(on_facet, inside, strict=True))
        if _leaves(region.domain, on_facet, direction):
            continue
        configuration = configuration_along(region.network, on_facet, direction)
        flipped = _neurons(region, region.configuration.differing(configuration))
        yield Neighbour(configuration, flipped, facet)


def _neurons(region: Region, places: Iterable[tuple[int, int]]) -> frozenset[Neuron]:
    """Return the neurons of places (layer from 1, bit of the layer from 0)."""
    return frozenset((k, region.network.activations[k - 1].bent[i]) for k, i in places)


FacetPoints = Iterator[tuple[IntegerRow, Point]]


def _programmed_points(
    geometry: CanonicalPolyhedron, facets: Sequence[IntegerRow]
) -> tuple[Point, FacetPoints]:
    """Return a point of the relative interior and one of each of the facets, by linear programs."""

    def points() -> FacetPoints:
        flat = [Row(row, Relation.EQUAL) for row in geometry.equations]
        for facet in facets:
            others = [Row(row, Relation.GREATER) for row in geometry.facets if row != facet]
            found = feasible_point(geometry.ambient, [*flat, Row(facet, Relation.EQUAL), *others])
            if found is None:
                raise ArithmeticError("a facet has no inner point")
            yield facet, found

    return geometry.point, points()


def _inner_points(geometry: CanonicalPolyhedron, facets: Sequence[IntegerRow]) -> tuple[Point, FacetPoints]:
    """Return a point of the relative interior, and one of each facet: sums of the generators there."""
    generators = geometry.homogeneous
    size = geometry.ambient + 1
    columns = fmpz_mat(len(generators), size, [entry for g in generators for entry in g]).transpose()
    values = fmpz_mat(len(facets), size, [entry for row in facets for entry in row]) * columns

    def points() -> FacetPoints:
        for facet, row in zip(facets, values.tolist(), strict=True):
            yield facet, _sum_of([g for g, value in zip(generators, row, strict=True) if value == 0])

    return _sum_of(generators), points()


def _sum_of(generators: Sequence[Sequence[int]]) -> Point:
    """Return the point whose homogeneous coordinates are the sum."""
    *sums, end = map(sum, zip(*generators, strict=True))
    return tuple(Fraction(entry, end) for entry in sums)


def _leaves(domain: Domain, start: Point, direction: Point) -> bool:
    """Return whether start + t * direction is outside the closure of the domain for all small t > 0."""
    for constraint in domain.rows:
        normal = constraint.entries[:-1]
        if sum(a * x for a, x in zip(normal, start, strict=True)) + constraint.entries[-1] == 0:
            slope = sum(a * v for a, v in zip(normal, direction, strict=True))
            if slope < 0:
                return True
    return False


def configuration_along(
    network: Network, start: Sequence[Fraction], direction: Sequence[Fraction]
) -> Configuration:
    """Return the configuration of start + t * direction for all small t > 0.

    Every value is a pair (value, derivative) that stands for value + t * derivative with infinitesimal t.
    Both are kept as integers, the two columns of a matrix whose scales do not matter for the signs.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> str(configuration_along(net, (Fraction(0),), (Fraction(-1),)))
    '01'
    """
    pairs = list(zip(_numerators(start), _numerators(direction), strict=True))
    constant = common_denominator(start)
    layers = []
    for layer, activation in zip(network.layers, network.activations, strict=False):
        columns = fmpz_mat([*pairs, (constant, 0)])
        constant *= layer.matrix.denominator * activation.denominator
        pairs = [(int(y), int(dy)) for y, dy in (layer.matrix.numerators * columns).tolist()]
        layers.append(activation.one_sided_bits(pairs))
        pairs = activation.one_sided(pairs)
    return Configuration(tuple(layers))


def _numerators(vector: Sequence[Fraction]) -> list[int]:
    scale = common_denominator(vector)
    return [entry.numerator * (scale // entry.denominator) for entry in vector]
