"""The argmax regions of a classifier, and its decision boundary.

On each `full` cell the outputs are affine, so the set where some of them are the largest is a polyhedron in
the cell's closure. Outputs that agree on a whole cell tie there: they are one *class set*, and a region names
all of it. The *decision boundary* is where outputs of different class sets are the largest together; its
facets are the pieces of dimension dim D - 1. Where classes only touch in something smaller there is none.

Everything is closed here: a region holds its boundary, and a domain that is open is replaced by its closure.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactrelu.analysis.pieces import on_affine_hull
from exactrelu.enumeration import regions
from exactrelu.enumeration.effort import Search
from exactrelu.errors import NetworkError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.networks.region import Region
from exactrelu.numbers.linear_algebra import IntegerRow, RationalMatrix, primitive
from exactrelu.numbers.points import IntegerPoint, Point
from exactrelu.numbers.rationals import rational
from exactrelu.polyhedra.canonical import CanonicalPolyhedron
from exactrelu.polyhedra.constraints import Relation
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.polyhedron import Functional, Polyhedron, SignRange
from exactrelu.polyhedra.row_polyhedron import MOST_BY_GENERATORS
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.maximum import closure_of
from exactrelu.verification.property import InputSet
from exactrelu.verification.root_bounds import disjuncts_that_fail

_AT_LEAST = Relation.AT_LEAST

ClassSet = tuple[int, ...]
"""Outputs, counted from 0, that are the largest together."""


@dataclass(frozen=True)
class ArgmaxRegion:
    """The part of the closure of a cell where exactly the outputs ``classes`` are largest inside."""

    configuration: Configuration
    classes: ClassSet
    geometry: CanonicalPolyhedron


@dataclass(frozen=True)
class BoundaryFacet:
    """A facet of the decision boundary in the closure of a cell: inside it exactly ``classes`` are largest.

    A facet that lies between two cells is found in both.
    """

    configuration: Configuration
    classes: ClassSet
    geometry: CanonicalPolyhedron


@dataclass(frozen=True)
class DecisionRegions:
    """The argmax regions and the facets of the decision boundary, cell by cell."""

    regions: tuple[ArgmaxRegion, ...]
    boundary: tuple[BoundaryFacet, ...]
    cells: int

    def of_class(self, output: int) -> tuple[ArgmaxRegion, ...]:
        """Return the regions where ``output`` is largest, alone or with others."""
        return tuple(region for region in self.regions if output in region.classes)


def argmax_regions(
    network: Network,
    domain: Domain | None = None,
    *,
    search: Search | None = None,
) -> DecisionRegions:
    """Return where each output of a network is the largest, and the decision boundary.

    Parameters
    ----------
    network
        A classifier R^n -> R^m; with m = 1 the one output is the largest everywhere.
    domain
        A rational polyhedron in R^n, the whole space by default. An empty one has no regions.
    search
        As in `exactrelu.regions`, whose errors are raised.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1], [0, 0]], [-1, 0])])  # |x| - 1 and 0
    >>> found = argmax_regions(net)
    >>> [(str(r.configuration), r.classes, r.geometry.vertices) for r in found.regions]  # doctest: +ELLIPSIS
    [('01', (0,), [(Fraction(-1, 1),)]), ('01', (1,), [(Fraction(-1, 1),), (Fraction(0, 1),)]), ...]
    >>> [(facet.classes, facet.geometry.point) for facet in found.boundary]
    [((0, 1), (Fraction(-1, 1),)), ((0, 1), (Fraction(1, 1),))]
    """
    domain = domain or Domain.whole_space(network.inputs)
    found: list[ArgmaxRegion] = []
    boundary: list[BoundaryFacet] = []
    cells = 0
    below = _never_largest(network, domain)
    for region in regions(network, domain, Reading.FULL, search=search):
        cells += 1
        cell = _ClassifiedCell(region, below)
        found += [ArgmaxRegion(region.configuration, *part) for part in cell.parts()]
        boundary += [BoundaryFacet(region.configuration, *facet) for facet in cell.facets()]
    return DecisionRegions(tuple(found), tuple(boundary), cells)


def with_threshold(network: Network, threshold: Any) -> Network:
    """Return x -> (threshold, y(x)) for a network with one output y: class 1 is where y > threshold.

    Raises
    ------
    NetworkError
        If the network has another number of outputs.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> len(argmax_regions(with_threshold(net, 1)).of_class(1))
    2
    """
    if network.outputs != 1:
        raise NetworkError(f"threshold: expected a network with one output, got {network.outputs}")
    last = network.layers[-1]
    rows = [(*(Fraction(0),) * last.inputs, rational(threshold)), *last.rows]
    return network.with_last(AffineMap(RationalMatrix.from_rows(rows, last.inputs + 1)))


def _never_largest(network: Network, domain: Domain) -> frozenset[int]:
    """Return outputs that bounds show to be below another one on the whole domain, in many inputs.

    In few inputs it costs little to see it cell by cell.
    """
    inputs = closure_of(InputSet.of_domain(domain))
    point = None if network.inputs <= MOST_BY_GENERATORS or network.outputs == 1 else domain.interior_point
    if point is None or not inputs.is_bounded:
        return frozenset()
    values = network(point)
    best = values.index(max(values))
    others = [j for j in range(network.outputs) if j != best]
    ties = (Inequality.of({}, {j: Fraction(1), best: Fraction(-1)}, Fraction(0), _AT_LEAST) for j in others)
    asked = InputSet(inputs.box, inputs.rows, tuple((tie,) for tie in ties))
    found = zip(others, disjuncts_that_fail(network, asked), strict=True)
    return frozenset(j for j, fails in found if fails)


class _ClassifiedCell:
    """A cell with its outputs, grouped into those that agree on it; those that are ``below`` are left out.

    All outputs are integer rows over one denominator, so that their differences have the right signs.
    """

    def __init__(self, region: Region, below: frozenset[int]) -> None:
        self.ambient = region.network.inputs
        self.closure = region.closure
        self.dimension = region.dimension
        g = region.affine_map
        if self.dimension < self.ambient:
            g = on_affine_hull(g, region.geometry.equations)
        self.groups: dict[IntegerRow, list[int]] = {}
        for output, row in enumerate(g.matrix.integer_rows()):
            if output not in below:
                self.groups.setdefault(row, []).append(output)
        if self.closure.by_rows and len(self.groups) > 1:
            self._leave_out_lower_ones(region)

    def _leave_out_lower_ones(self, region: Region) -> None:
        """Leave out groups that are below the one that is largest at a point, on the whole closed cell."""
        best = IntegerPoint.of(region.point)
        top = max(self.groups, key=best.value)
        for row in list(self.groups):
            if row != top and self.closure.is_positive_on(_difference(top, row)):
                del self.groups[row]

    def parts(self) -> Iterator[tuple[ClassSet, CanonicalPolyhedron]]:
        """Yield each class set that is largest somewhere inside, with where."""
        for row, outputs in self.groups.items():
            part = self._where_largest(self.closure, row)
            if part is self.closure or (part is not None and part.dimension() == self.dimension):
                yield tuple(outputs), CanonicalPolyhedron.of(part, self.ambient)

    def facets(self) -> Iterator[tuple[ClassSet, CanonicalPolyhedron]]:
        """Yield each facet where two class sets are largest together, once."""
        seen: set[ClassSet] = set()
        for row, other in itertools.combinations(self.groups, 2):
            difference = _difference(row, other)
            if self.closure.sign_range(difference) in (SignRange.POSITIVE, SignRange.NEGATIVE):
                continue
            tied = self._where_largest(self.closure.restricted(difference, Relation.EQUAL), row)
            if tied is None or tied.dimension() != self.dimension - 1:
                continue
            geometry = CanonicalPolyhedron.of(tied, self.ambient)
            classes = self._largest_at(geometry.point)
            if classes not in seen:
                seen.add(classes)
                yield classes, geometry

    def _where_largest(self, polyhedron: Polyhedron, row: IntegerRow) -> Polyhedron | None:
        """Return the part of the polyhedron where the row is at least every other, None if it is empty."""
        for other in self.groups:
            if other == row:
                continue
            difference = _difference(row, other)
            signs = polyhedron.sign_range(difference)
            if signs is SignRange.NEGATIVE:
                return None
            if signs in (SignRange.NONPOSITIVE, SignRange.MIXED):
                polyhedron = polyhedron.restricted(difference, Relation.AT_LEAST)
        return polyhedron

    def _largest_at(self, point: Point) -> ClassSet:
        """Return the outputs that are largest at an inner point of a facet, and so inside of it."""
        values = {
            row: sum((a * x for a, x in zip(row, point, strict=False)), Fraction(row[-1]))
            for row in self.groups
        }
        top = max(values.values())
        return tuple(sorted(i for row, outputs in self.groups.items() if values[row] == top for i in outputs))


def _difference(row: IntegerRow, other: IntegerRow) -> Functional:
    return Functional(primitive([a - b for a, b in zip(row, other, strict=True)]))
