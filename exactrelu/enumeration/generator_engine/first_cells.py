"""The first cells: the domain, cut into pieces that have vertices.

The *lineality* of a problem is the space of directions along which neither the domain nor the first layer
changes; everything is constant along it, so the search runs in a section across it. Where the section
still holds lines, it is cut by first-layer neurons that are independent along them (the *pivots*) into
pieces that hold none. Whatever the reading, each choice of signs of the pivots is a piece with inner
points, since the pivots take all values along the lines.

Neurons with a bit come first. Where they do not suffice, the zeros of linear ones are *seams*: cells that are
searched on both sides of a seam, with the same bits, are parts of one cell, and are joined in the end.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq, fmpq_mat, fmpz_mat

from exactrelu.enumeration.generator_engine.exact_values import Homogeneous
from exactrelu.enumeration.problem import Problem
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import IntegerRow, echelon, integer_rows, pivot_column, primitive
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.polyhedron import Functional, Polyhedron


@dataclass(frozen=True)
class FirstCells:
    """The first cells of a problem whose domain is not empty.

    ``rank`` is the dimension d of the section, so that edges have d - 1 independent tight rows.
    ``rows`` are the domain's rows, then the seams, as bits 1, 2, ... of an incidence mask (bit 0 is infinity,
    t >= 0), and ``strict`` says which of them are strict. ``pieces`` lists, for each sign vector of the
    pivots and seams, the indices of its generators in ``generators``.
    """

    generators: list[Homogeneous]
    rows: list[IntegerRow]
    strict: list[bool]
    pivots: list[int]
    pivot_rows: list[IntegerRow]
    pieces: list[tuple[tuple[int, ...], list[int]]]
    rank: int
    lineality: list[IntegerRow]
    has_seams: bool

    @property
    def dimension(self) -> int:
        """The dimension of the domain."""
        return self.rank + len(self.lineality)

    def tight(self, generator: Homogeneous, *, with_pivots: bool = False) -> list[int]:
        """Return the bits, infinity first, that are tight at a generator; the pivots' come last."""
        bits = [0] if generator[-1] == 0 else []
        rows = [*self.rows, *self.pivot_rows] if with_pivots else self.rows
        values = (_dot(row, generator) for row in rows)
        return bits + [bit for bit, value in enumerate(values, start=1) if not value]

    def edges(self, vertices: list[int]) -> list[tuple[int, int]]:
        """Return the pairs of vertices of a first cell that are joined by an edge (see `crossing_edges`)."""
        tight = {v: frozenset(self.tight(self.generators[v], with_pivots=True)) for v in vertices}
        pairs = itertools.combinations(sorted(vertices), 2)
        return [(p, q) for p, q in pairs if sum(tight[p] & tight[q] <= tight[v] for v in vertices) == 2]


def first_cells(problem: Problem) -> FirstCells | None:
    """Return the first cells, or None if the domain is empty."""
    first = FirstLayer.of(problem.network)
    if problem.domain.is_whole_space:
        return _of_whole_space(first, problem.network.inputs)
    cell = problem.domain.cell
    return None if cell is None else _of_polyhedron(problem.domain, cell.closure, first)


@dataclass(frozen=True)
class FirstLayer:
    """The rows of the first hidden layer's neurons, those with a bit first; none without hidden layers."""

    neurons: list[int]
    rows: list[IntegerRow]
    bent: int

    @classmethod
    def of(cls, network: Network) -> FirstLayer:
        """Return the rows of a network."""
        if not network.hidden_widths:
            return cls([], [], 0)
        rows, bent = network.layers[0].matrix.integer_rows(), network.activations[0].bent
        neurons = [*bent, *sorted(set(range(len(rows))).difference(bent))]
        return cls(neurons, [rows[i] for i in neurons], len(bent))

    @property
    def normals(self) -> list[IntegerRow]:
        """The linear parts of the rows."""
        return [row[:-1] for row in self.rows]

    def pivots(self, chosen: Sequence[int]) -> list[int]:
        """Return the chosen neurons with a bit."""
        return [self.neurons[i] for i in chosen if i < self.bent]

    def pivot_rows(self, chosen: Sequence[int]) -> list[IntegerRow]:
        """Return the rows of the chosen neurons with a bit."""
        return [self.rows[i] for i in chosen if i < self.bent]

    def seams(self, chosen: Sequence[int]) -> list[IntegerRow]:
        """Return the rows of the chosen linear neurons."""
        return [self.rows[i] for i in chosen if i >= self.bent]


# the whole space: cones, without any search ------------------------------------------------------


def _of_whole_space(first: FirstLayer, inputs: int) -> FirstCells:
    """Return the simplicial cones between the hyperplanes of the pivots and seams."""
    chosen = independent(first.normals, inputs)
    rows = [first.rows[i] for i in chosen]
    normals = [row[:-1] for row in rows]
    lineality = kernel(normals, inputs)
    along = set(map(pivot_column, lineality))
    # A combination of the rows that is zero in all other coordinates is orthogonal to the lineality, whose
    # echelon basis then says that it is zero in these: in the others alone the rows are independent.
    columns = [j for j in range(inputs) if j not in along]
    apex, rays = _apex_and_rays([(*(row[j] for j in columns), row[-1]) for row in rows])
    d = len(chosen)
    generators = [_embedded(apex, columns, inputs)]
    generators += [_embedded((*ray, 0), columns, inputs) for ray in rays]
    generators += [tuple(-x for x in ray) for ray in generators[1:]]
    pieces = [
        (signs, [0, *(1 + i + (0 if sign > 0 else d) for i, sign in enumerate(signs))])
        for signs in itertools.product((-1, 1), repeat=d)
    ]
    pivots, pivot_rows, seams = first.pivots(chosen), first.pivot_rows(chosen), first.seams(chosen)
    strict = [False] * len(seams)
    return FirstCells(generators, seams, strict, pivots, pivot_rows, pieces, d, lineality, bool(seams))


def _apex_and_rays(rows: list[IntegerRow]) -> tuple[Homogeneous, list[IntegerRow]]:
    """Return the common zero of independent functionals, and rays along which only one of them grows."""
    d = len(rows)
    if not d:
        return (1,), []
    matrix = fmpq_mat([[fmpq(entry) for entry in row[:-1]] for row in rows])
    inverse, denominator = matrix.inv().numer_denom()
    sign = 1 if denominator > 0 else -1
    offsets = fmpz_mat([[-row[-1]] for row in rows])
    apex = [int(entry) * sign for entry in (inverse * offsets).entries()]
    rays = [primitive([int(entry) * sign for entry in row]) for row in inverse.transpose().tolist()]
    return primitive([*apex, abs(int(denominator))]), rays


def _embedded(point: Sequence[int], columns: list[int], inputs: int) -> Homogeneous:
    full = [0] * (inputs + 1)
    for column, entry in zip((*columns, inputs), point, strict=True):
        full[column] = entry
    return tuple(full)


# any rational polyhedron -------------------------------------------------------------------------


def _of_polyhedron(domain: Domain, closure: Polyhedron, first: FirstLayer) -> FirstCells:
    inputs = domain.dimension
    lines = closure.generators().lines
    lineality = _constant_directions(lines, first.normals, inputs)
    section = closure
    for direction in lineality:
        unit = tuple(int(j == pivot_column(direction)) for j in range(inputs))
        section = section.restricted(Functional((*unit, 0)), Relation.EQUAL)
    along = [tuple(_dot(normal, line) for line in lines) for normal in first.normals]
    chosen = independent(along, len(lines))
    index: dict[Homogeneous, int] = {}
    pieces = []
    for signs in itertools.product((-1, 1), repeat=len(chosen)):
        piece = section
        for sign, i in zip(signs, chosen, strict=True):
            side = Relation.AT_LEAST if sign > 0 else Relation.AT_MOST
            piece = piece.restricted(Functional(first.rows[i]), side)
        members = [index.setdefault(generator, len(index)) for generator in _generators(piece)]
        pieces.append((signs, members))
    rows, strict = _tight_rows(domain.rows, closure)
    pivots, pivot_rows, seams = first.pivots(chosen), first.pivot_rows(chosen), first.seams(chosen)
    rows, strict, d = [*rows, *seams], [*strict, *[False] * len(seams)], section.dimension()
    return FirstCells(list(index), rows, strict, pivots, pivot_rows, pieces, d, lineality, bool(seams))


def _generators(piece: Polyhedron) -> list[Homogeneous]:
    found = piece.generators()
    return [_homogeneous(point) for point in found.points] + [(*ray, 0) for ray in found.rays]


def _homogeneous(point: Sequence[Fraction]) -> Homogeneous:
    denominator = math.lcm(*(x.denominator for x in point))
    return (*(x.numerator * (denominator // x.denominator) for x in point), denominator)


def _tight_rows(rows: Sequence[Row], closure: Polyhedron) -> tuple[list[IntegerRow], list[bool]]:
    """Return the closure's facets and the strict rows, equal ones merged."""
    _, facets = closure.constraints()
    strict = {row.entries for row in rows if row.relation is Relation.GREATER}
    merged = list(dict.fromkeys([*map(primitive, facets), *sorted(strict)]))
    return merged, [row in strict for row in merged]


# linear algebra ----------------------------------------------------------------------------------


def independent(rows: Sequence[IntegerRow], columns: int) -> list[int]:
    """Return the indices of the first rows that are a basis of the row space."""
    if not rows or not columns:
        return []
    transposed = [[row[j] for row in rows] for j in range(columns)]
    return [pivot_column(row) for row in echelon([tuple(row) for row in transposed], len(rows))]


def kernel(rows: Sequence[IntegerRow], columns: int) -> list[IntegerRow]:
    """Return a basis, in echelon form, of the vectors that are orthogonal to all rows."""
    if not rows:
        return [tuple(int(i == j) for j in range(columns)) for i in range(columns)]
    basis, nullity = fmpz_mat([list(row) for row in rows]).nullspace()
    vectors = integer_rows(basis.transpose())[: int(nullity)]
    return echelon(vectors, columns)


def _constant_directions(
    lines: Sequence[IntegerRow], normals: Sequence[IntegerRow], inputs: int
) -> list[IntegerRow]:
    """Return a basis, in echelon form, of the combinations of ``lines`` orthogonal to ``normals``."""
    if not lines:
        return []
    along = [tuple(_dot(normal, line) for line in lines) for normal in normals]
    combinations = kernel(along, len(lines))
    directions = [
        tuple(sum(c * line[j] for c, line in zip(weights, lines, strict=True)) for j in range(inputs))
        for weights in combinations
    ]
    return echelon(directions, inputs)


def _dot(one: Sequence[int], two: Sequence[int]) -> int:
    return sum(a * b for a, b in zip(one, two, strict=True))
