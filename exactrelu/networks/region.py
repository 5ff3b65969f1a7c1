"""Regions: the cell of a configuration on a domain, with its geometry and its affine maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.preactivations import Preactivations, layerwise, rows_with_bits
from exactrelu.networks.reading import Reading
from exactrelu.numbers.linear_algebra import IntegerRow, primitive
from exactrelu.numbers.points import IntegerPoint, Point, point_of
from exactrelu.numbers.text import functional_text, vector_text
from exactrelu.polyhedra.canonical import CanonicalPolyhedron
from exactrelu.polyhedra.cell import Cell
from exactrelu.polyhedra.constraints import LinearConstraint, Relation, Row
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.linear_program import feasible_point
from exactrelu.polyhedra.polyhedron import Functional, Polyhedron
from exactrelu.polyhedra.row_polyhedron import MOST_BY_GENERATORS, RowPolyhedron
from exactrelu.polyhedra.row_system import RowSystem
from exactrelu.writing.html_tables import facts_table, first_lines


@dataclass(frozen=True, repr=False)
class Region:
    """The non-empty cell R^theta of ``configuration`` on ``domain`` in ``reading``.

    ``==`` and ``hash`` compare these and the network: the rest follows from them, whichever engine found
    the cell. Regions can be copied and pickled.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> region = region_of(net, Configuration(((1, 0),)))
    >>> region.dimension, region.geometry.facets, region.strict, region.affine_map.weight
    (1, ((1, 0),), ((1, 0),), ((Fraction(1, 1),),))
    >>> region.vertices, region.rays, [str(inequality) for inequality in region.inequalities]
    (((Fraction(0, 1),),), ((1,),), ['x1 >= 0'])
    """

    network: Network
    domain: Domain
    reading: Reading
    configuration: Configuration
    closure: Polyhedron = field(compare=False)
    preactivations: tuple[Preactivations, ...] = field(compare=False)
    dimension: int = field(compare=False)

    @cached_property
    def geometry(self) -> CanonicalPolyhedron:
        """The canonical form of the closure of the cell."""
        return CanonicalPolyhedron.of(self.closure, self.network.inputs)

    @cached_property
    def strict(self) -> tuple[IntegerRow, ...]:
        """The primitive rows s with s > 0 on the cell that vanish somewhere on its closure, sorted.

        The cell is its closure minus the zero sets of these rows. They are the pre-activations of the
        active neurons (not in the ``closed`` reading) and the strict rows of the domain.
        """
        rows = {row.entries for row in self.domain.rows if row.relation is Relation.GREATER}
        if self.reading is not Reading.CLOSED:
            neurons = rows_with_bits(self.network, self.configuration, self.preactivations)
            rows.update(primitive(row) for row, bit in neurons if bit)
        return tuple(sorted(row for row in rows if not self.closure.is_positive_on(Functional(row))))

    @cached_property
    def flips(self) -> dict[IntegerRow, tuple[int, int]]:
        """For some facets of a `full` cell the one bit that changes there: (layer from 1, place from 0)."""
        return {}

    def knowing(self, **known: Any) -> Region:
        """Return the region itself, told what its properties of these names would compute."""
        self.__dict__.update(known)
        return self

    @property
    def bounded(self) -> bool:
        """Whether the cell is bounded."""
        return self.geometry.bounded

    @property
    def vertices(self) -> tuple[Point, ...]:
        """The vertices of the closure, sorted; with lines, representatives of its minimal faces."""
        return tuple(self.geometry.vertices)

    @property
    def rays(self) -> tuple[IntegerRow, ...]:
        """The extreme rays of the closure in primitive integers, sorted; none if it is bounded."""
        return tuple(self.geometry.rays)

    @property
    def lines(self) -> tuple[Point, ...]:
        """A basis of the lines in the closure, in reduced row echelon form; mostly none."""
        return tuple(self.geometry.lines)

    @property
    def inequalities(self) -> tuple[LinearConstraint, ...]:
        """The minimal system of the closure: its equations, then its facets, each with ``>=``.

        The cell has no more points than ``Domain(n, region.inequalities)``; `strict` has the rows that are
        positive on the cell and not on all of its closure.
        """
        equations = [LinearConstraint.of_row(Row(row, Relation.EQUAL)) for row in self.geometry.equations]
        facets = [LinearConstraint.of_row(Row(row, Relation.AT_LEAST)) for row in self.geometry.facets]
        return (*equations, *facets)

    @cached_property
    def affine_map(self) -> AffineMap:
        """M_L^theta, the affine map of the network on the cell."""
        return self.preactivations[-1].affine_map()

    @property
    def affine_maps(self) -> tuple[AffineMap, ...]:
        """(M_1^theta, ..., M_L^theta): the pre-activations of each hidden layer, then the output."""
        return tuple(y.affine_map() for y in self.preactivations)

    @property
    def point(self) -> Point:
        """A point in the relative interior of the cell."""
        return self.geometry.point

    def contains(self, x: Sequence[Any]) -> bool:
        """Return whether the point belongs to the cell (by its definition, not by its geometry)."""
        point = point_of(x, self.network.inputs)
        if not self.domain.contains(point):
            return False
        if self.reading is not Reading.CLOSED:
            return self.network.configuration(point) == self.configuration
        layers = zip(self.network.activations, self.network.preactivations(point), strict=True)
        ys = [y for activation, layer in layers for y in activation.bent_of(layer)]
        bits = (bit for _, _, bit in self.configuration.bits())
        return all(y >= 0 if bit else y <= 0 for bit, y in zip(bits, ys, strict=True))

    def __repr__(self) -> str:
        return f"<Region {str(self.configuration)!r}, {self.reading}, dimension {self.dimension}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        strict = [f"{functional_text(row)} > 0" for row in self.strict]
        closure = [str(inequality) for inequality in self.inequalities]
        directions: dict[str, Sequence[Sequence[Fraction | int]]] = {"rays": self.rays, "lines": self.lines}
        facts = [
            ("cell", f"{self.reading}, dimension {self.dimension}, {'' if self.bounded else 'un'}bounded"),
            ("closure", first_lines(closure) or "the whole space"),
            ("strict", first_lines(strict) or "none"),
            ("vertices", first_lines([*map(vector_text, self.vertices)])),
            *((name, first_lines([*map(vector_text, rows)])) for name, rows in directions.items() if rows),
            ("inner point", vector_text(self.point)),
            ("affine map", first_lines([*map(functional_text, self.affine_map.rows)])),
        ]
        return facts_table(f"Region {str(self.configuration)!r} of {self.network!r}", facts)


def cell_rows(
    network: Network, configuration: Configuration, domain: Domain, reading: Reading
) -> tuple[Row, ...]:
    """Return the rows that define the cell of a configuration: the domain's, then one for each bit.

    In the ``full`` reading these are the rows of the half-open cell.
    """
    return (*domain.rows, *neuron_rows(network, configuration, reading))


def neuron_rows(network: Network, configuration: Configuration, reading: Reading) -> list[Row]:
    """Return the row of each bit of a configuration; see `cell_rows`."""
    inactive, active = (Reading.HALF_OPEN if reading is Reading.FULL else reading).relations
    negated = inactive.mirrored
    rows = []
    for entries, bit in rows_with_bits(network, configuration, layerwise(network, configuration)):
        sign, relation = (1, active) if bit else (-1, negated)
        rows.append(Row(primitive([sign * entry for entry in entries]), relation))
    return rows


def region_of(
    network: Network,
    configuration: Configuration | str,
    domain: Domain | None = None,
    reading: Reading | str = Reading.HALF_OPEN,
) -> Region | None:
    """Return the region of ``configuration`` (or its text), or None if it does not count in ``reading``.

    It does not count if its cell is empty, or, in ``full``, if its dimension is not that of the domain.
    """
    domain = domain or Domain.whole_space(network.inputs)
    reading = Reading(reading)
    if isinstance(configuration, str):
        configuration = Configuration.parse(configuration, network.bent_widths)
    closure = _closure(network.inputs, cell_rows(network, configuration, domain, reading))
    if closure is None:
        return None
    dimension = closure.dimension()
    if reading is Reading.FULL and dimension < domain.affine_dimension:
        return None
    rows = tuple(layerwise(network, configuration))
    return Region(network, domain, reading, configuration, closure, rows, dimension)


def _closure(dimension: int, rows: Sequence[Row]) -> Polyhedron | None:
    """Return the closure of a cell, None if it is empty."""
    if dimension <= MOST_BY_GENERATORS:
        cell = Cell.of_rows(dimension, rows)
        return None if cell is None else cell.closure
    point = feasible_point(dimension, rows)
    if point is None:
        return None
    closed = RowSystem.of(dimension, [row.relaxed for row in rows])
    return RowPolyhedron.of_system(closed, [IntegerPoint.of(point)])
