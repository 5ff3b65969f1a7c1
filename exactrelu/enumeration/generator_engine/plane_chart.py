"""A problem whose cells have dimension two, in coordinates of the plane: exactly, and in scaled doubles.

The generators of the first cells span a space of dimension three; z are coordinates of it, (X, t) = B z. A
cell is a cone there, a polygon up to scaling, bounded by *lines*: rows of the domain, or neurons, whose
pre-activation is linear in z on it. A line has a name: layer 2^32 + neuron, or -1 - e for edge e of the
first cells. A corner is given by the names of two lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul
from typing import NamedTuple

from flint import fmpz_mat

from exactrelu.enumeration.generator_engine.exact_values import Homogeneous
from exactrelu.enumeration.generator_engine.first_cells import FirstCells
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import IntegerRow, echelon, pivot_column, primitive

Vector = tuple[int, int, int]


class FirstPolygon(NamedTuple):
    """A first cell: corners and edges in cyclic order, edge k from corner k to the next; signs of pivots."""

    corners: list[Vector]
    edges: list[Vector]
    names: list[int]  # of the edges
    open_corners: list[bool]
    open_edges: list[bool]
    forced: dict[int, int]
    positive: Vector  # a functional that is positive on the whole cell


class PlaneChart:
    """Coordinates, and the first cells in them."""

    def __init__(self, network: Network, start: FirstCells, *, half_open: bool) -> None:
        columns = network.inputs + 1
        self.basis: list[IntegerRow] = echelon(start.generators, columns)
        self._plain = self.basis == [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
        self.end: Vector = _vector([row[-1] for row in self.basis])
        self.first_rows: fmpz_mat = network.layers[0].matrix.numerators * fmpz_mat(
            [list(column) for column in zip(*self.basis, strict=True)]
        )
        self.edges: list[Vector] = []  # of all first cells, by their number
        self.polygons = [
            self._polygon(start, signs, members, half_open=half_open) for signs, members in start.pieces
        ]
        bent = list(network.activations[0].bent) if network.activations else []
        self.is_in_order: bool = start.pivots == bent[: len(start.pivots)]
        """Whether configurations of one polygon come before those of the next."""

    def coordinates(self, generator: Homogeneous) -> Vector:
        """Return a positive multiple of the z of a generator."""
        pivots = [pivot_column(row) for row in self.basis]
        heads = [row[j] for row, j in zip(self.basis, pivots, strict=True)]
        a, b, c = heads
        others = (b * c, a * c, a * b)
        return _vector(primitive([generator[j] * m for j, m in zip(pivots, others, strict=True)]))

    def row_of(self, row: Sequence[int]) -> Vector:
        """Return a functional of the inputs, homogeneous, as one of z."""
        return _vector(row if self._plain else [sum(map(mul, row, column)) for column in self.basis])

    def inputs_of(self, z: Vector) -> Homogeneous:
        """Return the primitive (X, t) with coordinates z, up to a positive factor."""
        if self._plain:
            return z
        return tuple(primitive([dot(z, column) for column in zip(*self.basis, strict=True)]))

    def _polygon(
        self, start: FirstCells, signs: Sequence[int], members: list[int], *, half_open: bool
    ) -> FirstPolygon:
        # A pivot is known to be positive or not; the seams that follow them are not asked for here.
        forced = dict(zip(start.pivots, signs, strict=False))
        order = _cyclic(start, members)
        corners = [self.coordinates(start.generators[v]) for v in order]
        if determinant(*corners[:3]) < 0:
            order, corners = order[::-1], corners[::-1]
        strict = _strict_rows(start, signs, half_open=half_open)
        tight = [strict.intersection(start.tight(start.generators[v], with_pivots=True)) for v in order]
        following = [*range(1, len(order)), 0]
        edges = [cross(corners[k], corners[after]) for k, after in enumerate(following)]
        names = [-1 - len(self.edges) - k for k in range(len(edges))]
        self.edges += edges
        return FirstPolygon(
            corners,
            edges,
            names,
            [bool(rows) for rows in tight],
            [bool(tight[k] & tight[after]) for k, after in enumerate(following)],
            forced,
            _vector([sum(entries) for entries in zip(*edges, strict=True)]),
        )


def _strict_rows(start: FirstCells, signs: Sequence[int], *, half_open: bool) -> set[int]:
    """Return the bits of the rows whose zeros are not in the cell: infinity, strict rows, positive pivots."""
    strict = {0, *(bit for bit, is_strict in enumerate(start.strict, start=1) if is_strict)}
    if half_open:
        pivots = enumerate(start.pivots, start=1 + len(start.rows))
        strict |= {bit for (bit, _), sign in zip(pivots, signs, strict=False) if sign > 0}
    return strict


def _cyclic(start: FirstCells, members: list[int]) -> list[int]:
    """Return the corners of a first cell in cyclic order, in one of both directions."""
    neighbours: dict[int, list[int]] = {v: [] for v in members}
    for one, two in start.edges(members):
        neighbours[one].append(two)
        neighbours[two].append(one)
    order = [members[0], neighbours[members[0]][0]]
    while len(order) < len(members):
        one, two = neighbours[order[-1]]
        order.append(two if one == order[-2] else one)
    return order


def cross(u: Vector, v: Vector) -> Vector:
    """Return the primitive vector in the direction of u x v."""
    return _vector(
        primitive([u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]])
    )


def dot(u: Sequence[int], v: Sequence[int]) -> int:
    """Return the inner product."""
    return u[0] * v[0] + u[1] * v[1] + u[2] * v[2]


def determinant(u: Vector, v: Vector, w: Vector) -> int:
    """Return the determinant of three vectors."""
    return dot(cross(u, v), w)


def _vector(entries: Sequence[int]) -> Vector:
    one, two, three = entries
    return one, two, three
