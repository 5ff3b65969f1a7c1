"""Linear pieces: maximal unions of full-dimensional cells, joined through facets, with one affine map.

Cells that share an affine map but no chain of common facets are different pieces. On a domain of lower
dimension maps are compared on its affine hull.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from exactrelu.analysis.adjacency import Neuron, neighbours
from exactrelu.enumeration import regions
from exactrelu.enumeration.effort import Search, started
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.networks.region import region_of
from exactrelu.numbers.linear_algebra import IntegerRow, RationalMatrix, pivot_column
from exactrelu.numbers.text import functional_text
from exactrelu.polyhedra.domain import Domain
from exactrelu.writing.html_tables import first_lines, rows_table

if TYPE_CHECKING:
    import networkx as nx

_MOST_DRAWN = 2_000  # cells, a few seconds


@dataclass(frozen=True)
class Edge:
    """Two neighbouring cells, by their configurations in order, and the neurons that flip between them."""

    one: Configuration
    two: Configuration
    flipped: frozenset[Neuron]


@dataclass(frozen=True)
class Piece:
    """A linear piece: its cells' configurations, sorted, and its affine map.

    On a domain of lower dimension ``affine_map`` is the representative that does not use the pivot
    coordinates of the domain's equations, so that equal functions show equal maps.
    """

    configurations: tuple[Configuration, ...]
    affine_map: AffineMap


@dataclass(frozen=True, repr=False)
class Tiling:
    """The `full` cells of a network on a domain, each with its affine map there, and their adjacency."""

    network: Network
    domain: Domain
    maps: dict[Configuration, AffineMap]
    edges: tuple[Edge, ...]

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The linear pieces, sorted by their first configuration."""
        parent = {configuration: configuration for configuration in self.maps}
        for edge in self.edges:
            if self.maps[edge.one] == self.maps[edge.two]:
                one, two = sorted((_root(parent, edge.one), _root(parent, edge.two)))
                parent[two] = one
        members: dict[Configuration, list[Configuration]] = {}
        for configuration in sorted(self.maps):
            members.setdefault(_root(parent, configuration), []).append(configuration)
        return tuple(Piece(tuple(cells), self.maps[cells[0]]) for cells in members.values())

    def graph(self) -> nx.Graph:
        """Return the adjacency as a NetworkX graph.

        Nodes are configurations with the attribute ``affine_map``; edges have ``flipped``, the set of
        neurons (layer from 1, index from 0) whose bits differ.
        """
        import networkx as nx

        graph = nx.Graph()
        for configuration, affine_map in self.maps.items():
            graph.add_node(configuration, affine_map=affine_map)
        for edge in self.edges:
            graph.add_edge(edge.one, edge.two, flipped=edge.flipped)
        return graph

    def __repr__(self) -> str:
        return f"<Tiling of {self.network!r}: {len(self.maps)} cells, {len(self.pieces)} pieces>"

    def _repr_svg_(self) -> str | None:
        """Return the picture that a notebook shows of a tiling of the plane with few enough cells."""
        if self.network.inputs != 2 or len(self.maps) > _MOST_DRAWN:
            return None
        # matplotlib takes half a second to load.
        from exactrelu.drawing.draw import svg_of

        found = (region_of(self.network, theta, self.domain, Reading.FULL) for theta in sorted(self.maps))
        return svg_of(region for region in found if region is not None)

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the linear pieces, and below a picture of a plane tiling."""
        rows = [
            (
                first_lines([str(configuration) for configuration in piece.configurations]),
                first_lines([*map(functional_text, piece.affine_map.rows)]),
            )
            for piece in self.pieces
        ]
        title = f"{len(rows)} linear pieces of {self.network!r} in {len(self.maps)} cells on {self.domain}"
        return rows_table(title, ("cells", "affine map"), rows) + (self._repr_svg_() or "")


def _root(parent: dict[Configuration, Configuration], node: Configuration) -> Configuration:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


def tiling(
    network: Network,
    domain: Domain | None = None,
    *,
    search: Search | None = None,
) -> Tiling:
    """Return the `full` cells of a network on a domain with their adjacency.

    An empty domain has no cells. Raises as `exactrelu.enumeration.regions` does.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1], [1]], [0, 0, -1]), ([[1, -1, 0]], None)])
    >>> result = tiling(net)  # relu(x) - relu(-x) = x, cut at 0 and at 1: three cells, one piece
    >>> len(result.maps), len(result.pieces), len(result.edges)
    (3, 1, 2)
    """
    domain = domain or Domain.whole_space(network.inputs)
    equations, search = domain.equations, started(search)
    maps: dict[Configuration, AffineMap] = {}
    edges: list[Edge] = []
    known: dict[Configuration, set[IntegerRow]] = {}  # facets that were seen from their other side
    for region in regions(network, domain, Reading.FULL, search=search):
        cell = region.configuration
        maps[cell] = on_affine_hull(region.affine_map, equations)
        for n in neighbours(region, known.pop(cell, ())):
            search.check_time()
            edges.append(Edge(cell, n.configuration, n.flipped))
            opposite = tuple(-entry for entry in n.facet)
            known.setdefault(n.configuration, set()).add(opposite)
    edges.sort(key=lambda edge: (edge.one, edge.two))
    return Tiling(network, domain, maps, tuple(edges))


def on_affine_hull(affine_map: AffineMap, equations: Sequence[IntegerRow]) -> AffineMap:
    """Return the map that agrees with ``affine_map`` on the hull and does not use the pivot coordinates.

    Two maps agree on the hull if and only if their results are equal.
    """
    rows = [list(row) for row in affine_map.rows]
    for equation in equations:
        pivot = pivot_column(equation)
        for row in rows:
            factor = row[pivot] / Fraction(equation[pivot])
            if factor:
                row[:] = [entry - factor * other for entry, other in zip(row, equation, strict=True)]
    return AffineMap(RationalMatrix.from_rows(rows, affine_map.inputs + 1))
