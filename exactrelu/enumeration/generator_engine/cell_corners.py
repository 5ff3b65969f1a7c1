"""The `full` cells of a problem on a bounded domain by their corners, each with the facets through it.

Every vertex of the table has a mask of tight rows, those of the domain and of neurons. Of these the ones
that are tight on a facet of the cell are kept; a vertex of a cell of dimension n that then has n is simple.
Neurons that are nearly the same often meet in a side of the domain, which is no facet between them. At
other vertices the cone of edges is cut into simplicial ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from exactrelu.enumeration.compositions import Compositions
from exactrelu.enumeration.generator_engine.crossing_edges import Index, Masks
from exactrelu.enumeration.generator_engine.exact_values import Homogeneous
from exactrelu.enumeration.generator_engine.first_cells import FirstCells, first_cells
from exactrelu.enumeration.generator_engine.found import blocks_of
from exactrelu.enumeration.generator_engine.incidences import Bools
from exactrelu.enumeration.generator_engine.polygons import Polygons
from exactrelu.enumeration.generator_engine.search import Chunk, VertexSets, finished
from exactrelu.enumeration.leaf_blocks import leaves_in
from exactrelu.enumeration.leaves import Reached
from exactrelu.enumeration.problem import Problem
from exactrelu.numbers.linear_algebra import IntegerRow, primitive
from exactrelu.polyhedra.integration import pulled
from exactrelu.polyhedra.vertex_sums import Cone, Corner, CornerPolytope


@dataclass(frozen=True)
class SearchedCell:
    """A cell, and what makes the corners of its closure."""

    leaf: Reached
    polytope: Callable[[], CornerPolytope]


def searched_cells(problem: Problem, *, checkpoint: Callable[[], None]) -> Iterator[SearchedCell] | None:
    """Return the `full` cells of a problem on a domain of full dimension, one after the other.

    None if it is not bounded, and in the plane, where the engine keeps cells in another form.
    """
    start = first_cells(problem)
    if start is None or start.lineality or any(not generator[-1] for generator in start.generators):
        return None
    chunk = Chunk.first(problem, start, paths=True)
    if isinstance(chunk.cells, Polygons):
        return None
    return _cells(problem, start, chunk, checkpoint)


def _cells(
    problem: Problem, start: FirstCells, chunk: Chunk, checkpoint: Callable[[], None]
) -> Iterator[SearchedCell]:
    compositions = Compositions(problem)
    for part in finished(chunk, checkpoint):
        if isinstance(part.cells, Polygons):
            raise ArithmeticError("a chunk has become another")  # noqa: TRY004 - no argument
        corners = _PartCorners(problem, start, part.cells)
        for number, leaf in enumerate(leaves_in(blocks_of(part, problem, start, compositions))):
            yield SearchedCell(leaf, corners.polytope_of(number, leaf, compositions))


class _PartCorners:
    """The corners of the cells of one finished chunk, in their order."""

    def __init__(self, problem: Problem, start: FirstCells, cells: VertexSets) -> None:
        self._start, self._cells, self._inputs = start, cells, problem.network.inputs
        self._members = cells.members(cells.order())
        self._neurons = [
            (k, i) for k, activation in enumerate(problem.network.activations) for i in activation.bent
        ]

    def polytope_of(
        self, number: int, leaf: Reached, compositions: Compositions
    ) -> Callable[[], CornerPolytope]:
        """Return what makes the polytope of a cell."""

        def polytope() -> CornerPolytope:
            bounds = self._members.start
            vertices = self._members.vertex[bounds[number] : bounds[number + 1]]
            tight = _tight(self._cells.masks, vertices)
            facets = _facets(tight)
            tight = tight[:, facets]
            simple = tight.sum(axis=1) == self._inputs
            points = self._cells.table.coordinates(vertices.tolist())
            corners: list[Corner | Cone] = []
            for v, point in enumerate(points):
                if simple[v]:
                    corners.append(Corner(point, facets[tight[v]].tolist()))
                else:
                    corners += _cones(v, points, tight)
            return CornerPolytope(self._rows(facets.tolist(), leaf, compositions), corners)

        return polytope

    def _rows(
        self, wanted: Sequence[int], leaf: Reached, compositions: Compositions
    ) -> dict[int, IntegerRow]:
        """Return the rows of some bits of the masks, not negative on the cell."""
        domain_bits, configuration = self._cells.domain_bits, leaf.configuration
        tables = [y.integer_rows() for y in compositions.of(configuration)[:-1]]
        signs = [bit for layer in configuration.layers for bit in layer]
        found: dict[int, IntegerRow] = {}
        for number in wanted:
            if number < domain_bits:
                found[number] = self._start.rows[number - 1]
                continue
            place = number - domain_bits
            k, i = self._neurons[place]
            row = tables[k][i]
            found[number] = primitive(row if signs[place] else [-entry for entry in row])
        return found


def _cones(v: int, points: Sequence[Homogeneous], tight: Bools) -> list[Cone]:
    """Return cones of n rays that make up the cone of edges at a vertex, given the facets through all.

    Two vertices are joined by an edge if no third one lies on all facets that they have in common.
    """
    common = tight & tight[v]
    on_all = common.astype(np.float32) @ (~tight).T.astype(np.float32) == 0
    ends = [w for w in np.flatnonzero(on_all.sum(axis=1) == 2).tolist() if w != v]
    facets = [
        sum(1 << place for place, w in enumerate(ends) if tight[w, facet])
        for facet in np.flatnonzero(tight[v]).tolist()
    ]
    *apex, t = points[v]
    rays = []
    for w in ends:
        *end, s = points[w]
        rays.append(primitive([b * t - a * s for a, b in zip(apex, end, strict=True)]))
    simplices = pulled(facets, len(ends), len(apex) - 1)
    return [Cone(points[v], tuple(rays[i] for i in simplex)) for simplex in simplices]


def _tight(masks: Masks, vertices: Index) -> Bools:
    """Return which rows, by the number of their bit, are tight at which vertices: (vertices, bits)."""
    words = np.ascontiguousarray(masks[:, vertices].T)
    return np.unpackbits(words.view(np.uint8), axis=1, bitorder="little").astype(bool)


def _facets(tight: Bools) -> Index:
    """Return the rows that are tight on the facets of a cell, of equal ones the first.

    The facets are the largest faces but for the cell itself, and each is where some row is tight.
    """
    counts = tight.sum(axis=0)
    chosen = np.flatnonzero((counts > 0) & (counts < len(tight)))
    sets = tight[:, chosen].astype(np.float32)
    common, own = sets.T @ sets, counts[chosen]
    inside = common == own[:, None]  # the face of row i lies in that of row j
    first = np.arange(len(chosen))
    larger = (own[None, :] > own[:, None]) | ((own[None, :] == own[:, None]) & (first[None] < first[:, None]))
    return np.asarray(chosen[~(inside & larger).any(axis=1)])
