"""Cells of dimension two: polygons, kept by their edges.

In dimension two every edge has two ends and at most two cells, one on each side, and a cell that a line
cuts is cut in exactly two points: where the line crosses an edge, or in a vertex. So one list of edges is
all there is, and a neuron costs one pass over it. Used for the reading `full`, where faces are no cells.

All is combinatorial once the signs at the vertices are known: a cell is cut if and only if the line
crosses one of its edges, or meets it in a vertex whose two edges in that cell leave to different sides.
(Otherwise both edges leave to one closed side, and so does the cell, which lies in their cone.)
"""

from __future__ import annotations

import itertools
from copy import copy

import numpy as np

from exactrelu.enumeration.generator_engine.cell_list import CellList
from exactrelu.enumeration.generator_engine.crossing_edges import Index, Masks, Members
from exactrelu.enumeration.generator_engine.first_cells import FirstCells
from exactrelu.enumeration.generator_engine.tight_rows import TightRows
from exactrelu.enumeration.generator_engine.vertex_table import Signs, VertexTable

_OUTSIDE = -1  # the cell on the other side of an edge of the chunk's boundary

_NONE = np.zeros(0, dtype=np.int64)


class Polygons:
    """The polygons of a chunk; edge e joins ``ends[:, e]`` and separates the cells ``sides[:, e]``."""

    def __init__(self, table: VertexTable, start: FirstCells, hidden: int, *, paths: bool) -> None:
        self.table = table
        self.offset = 0  # the number of bits before the current layer
        sides: dict[tuple[int, int], list[int]] = {}
        for cell, (_, vertices) in enumerate(start.pieces):
            for edge in start.edges(vertices):
                sides.setdefault(edge, []).append(cell)
        self.size = len(sides)  # edges in use
        self.ends = np.array(list(sides), dtype=np.int64).T.copy()
        self.sides = np.array([(*cells, _OUTSIDE)[:2] for cells in sides.values()], dtype=np.int64).T.copy()
        self.tight = TightRows.of_seeds(start, hidden) if paths else None
        pieces = len(start.pieces)
        self.cells = CellList.of_size(pieces, hidden if paths else 0, 0)
        self.below = np.array(
            [*range(pieces), _OUTSIDE]
        )  # the negative part of a cell, uncut ones themselves
        self.decided: list[int] = []  # neurons of the current layer

    # what the search asks ---------------------------------------------------------------------------

    @property
    def count(self) -> int:
        """The number of cells."""
        return self.cells.size

    @property
    def weight(self) -> int:
        """How many bytes the chunk takes, about."""
        return 32 * self.size + self.cells.weight + self.table.weight

    def enter_layer(self) -> None:
        """Go on to the next layer."""
        self._note_bits()
        if self.table.layer >= 0:
            self.offset += self.table.activation.bent_width
        self.decided = []
        self.table.enter_layer()

    def adopt(self, neuron: int) -> None:
        """Record a pivot, by which the first cells were cut already."""
        self.decided.append(neuron)
        self._mark_zeros(neuron)

    def split(self, neuron: int) -> None:
        """Split all cells at a neuron of the current layer."""
        self.decided.append(neuron)
        self._mark_zeros(neuron)
        one, both, crossed = self._crossed(neuron)
        at_vertices = self._cut_in_vertices(neuron, one, both)
        if len(crossed) or len(at_vertices[0]):
            self._cut(neuron, one, both, crossed, at_vertices)

    def note_constant(self, neuron: int, sign: int) -> None:  # noqa: ARG002 - bits are read from signs
        """Record a neuron that has this sign at all vertices."""
        self.decided.append(neuron)

    def count_after(self, neuron: int) -> int:
        """Return how many cells there would be if they were split at a neuron."""
        one, both, crossed = self._crossed(neuron)
        points = int((self.sides[:, crossed] != _OUTSIDE).sum())
        return self.count + (points + len(self._cut_in_vertices(neuron, one, both)[0])) // 2

    def _mark_zeros(self, neuron: int) -> None:
        if self.tight is not None:
            self.tight.mark(self._column(neuron), self.table.signs_of(neuron))

    def _column(self, neuron: int) -> int:
        """Return the number of bits before that of a neuron."""
        return self.offset + self.table.activation.places[neuron]

    def _crossed(self, neuron: int) -> tuple[Signs, Signs, Index]:
        """Return the signs at the edges' first ends, their sums over both, and the edges that are crossed."""
        signs = self.table.signs_of(neuron)
        one, two = signs[self.ends[0, : self.size]], signs[self.ends[1, : self.size]]
        return one, one + two, np.flatnonzero(one * two < 0)

    # cuts -------------------------------------------------------------------------------------------

    def _cut_in_vertices(self, neuron: int, one: Signs, both: Signs) -> tuple[Index, Index]:
        """Return the pairs (cell, vertex) in which the line enters a cell through a vertex."""
        if self.table.signs_of(neuron).all():
            return _NONE, _NONE
        vertices = self.table.size
        up, down = (self._leaving(one, np.flatnonzero(both == side)) for side in (1, -1))
        keys = np.intersect1d(up, down)
        return keys // vertices, keys % vertices

    def _leaving(self, one: Signs, edges: Index) -> Index:
        """Return the pairs (cell, end on the line), as numbers, of edges that have one end on the line."""
        ends = self.ends[:, edges]
        zero = np.where(one[edges] == 0, ends[0], ends[1])
        keys: Index = (self.sides[:, edges] * self.table.size + zero).ravel()
        return keys[keys >= 0]

    def _cut(
        self, neuron: int, one: Signs, both: Signs, crossed: Index, at_vertices: tuple[Index, Index]
    ) -> None:
        first, second = self.ends[:, crossed]
        upward = one[crossed] > 0
        positive, negative = np.where(upward, first, second), np.where(upward, second, first)
        rows = self.table.cut(positive, negative, neuron)
        if self.tight is not None:
            self.tight.born(rows, positive, negative, self._column(neuron))
        cells, points = self.sides[:, crossed].ravel(), np.concatenate([rows, rows])
        inside = np.flatnonzero(cells != _OUTSIDE)
        cells = np.concatenate([cells[inside], at_vertices[0]])
        points = np.concatenate([points[inside], at_vertices[1]])
        order = np.argsort(cells, kind="stable")
        cut, points = cells[order[::2]], points[order].reshape(-1, 2).T
        below = self._new_cells(cut)
        lower = np.flatnonzero(both < 0)
        self.sides[:, lower] = self.below[self.sides[:, lower]]
        self.ends[0, crossed], self.ends[1, crossed] = positive, rows
        self._append(rows, negative, *self.below[self.sides[:, crossed]])
        self._append(points[0], points[1], cut, below)
        self.below[cut] = cut

    def _new_cells(self, cut: Index) -> Index:
        below = self.cells.append_copies(cut)
        if self.count >= len(self.below):
            self.below = np.append(np.arange(2 * self.count), _OUTSIDE)
        self.below[cut] = below
        return below

    def _append(self, one: Index, two: Index, left: Index, right: Index) -> None:
        start, end = self.size, self.size + len(one)
        if end > self.ends.shape[1]:
            extra = ((0, 0), (0, 2 * end - self.ends.shape[1]))
            self.ends, self.sides = np.pad(self.ends, extra), np.pad(self.sides, extra)
        self.ends[0, start:end], self.ends[1, start:end] = one, two
        self.sides[0, start:end], self.sides[1, start:end] = left, right
        self.size = end

    def tight_masks(self) -> Masks:
        """Return the rows that are tight at each vertex (needs paths)."""
        if self.tight is None:
            raise ArithmeticError("masks are kept with paths alone")
        return self.tight.masks

    # paths and parts ----------------------------------------------------------------------------------

    def order(self) -> Index:
        """Return the cells sorted by configuration, as far as it is decided (needs paths)."""
        self._note_bits()
        return self.cells.order()

    def _note_bits(self) -> None:
        """Record the decided neurons of the current layer: the signs of a cell are those at its vertices."""
        if not self.decided or not self.cells.bits.shape[1]:
            return
        edges, sides = np.arange(self.size), self.sides[:, : self.size]
        inside = np.flatnonzero(sides.ravel() != _OUTSIDE)
        cells = sides.ravel()[inside]
        order = np.argsort(cells, kind="stable")
        edges = np.concatenate([edges, edges])[inside[order]]
        start = np.searchsorted(cells[order], np.arange(self.count))
        decided = sorted(self.decided)
        signs = self.table.signs[decided, : self.table.size].T
        at_edges = signs[self.ends[0, : self.size]] | signs[self.ends[1, : self.size]]
        found = np.bitwise_or.reduceat(at_edges[edges], start, axis=0)
        places = self.table.activation.places
        self.cells.bits[:, [self.offset + places[i] for i in decided]] = found > 0

    def sweep(self, neuron: int) -> Index:
        """Return the cells in the order in which they lie across the zeros of a neuron, roughly.

        Floats only choose which cells stay together; any order is right.
        """
        some = np.zeros(self.count + 1, dtype=np.int64)  # the last one is that of the outside
        some[self.sides[:, : self.size]] = self.ends[:, : self.size]
        return np.argsort(self.table.values[some[:-1], self.table.column(neuron)], kind="stable")

    def members(self, cells: Index) -> Members:
        """Return the vertices of the given cells, which get numbers in the given order."""
        number = self._ordinals(cells)[self.sides[:, : self.size]]
        pairs = [
            number[side, :] * self.table.size + self.ends[end, : self.size]
            for side, end in itertools.product((0, 1), repeat=2)
        ]
        keys = np.unique(np.concatenate(pairs))
        keys = keys[keys >= 0]
        return Members.sorted_by_cell(keys // self.table.size, keys % self.table.size, len(cells))

    def _ordinals(self, cells: Index) -> Index:
        ordinal = np.full(self.count + 1, _OUTSIDE)  # the last one is that of the outside
        ordinal[cells] = np.arange(len(cells))
        return ordinal

    def part(self, cells: Index) -> Polygons:
        """Return the given cells alone, in the given order, with a table of their own."""
        number = self._ordinals(cells)[self.sides[:, : self.size]]
        edges = np.flatnonzero(number.max(axis=0) != _OUTSIDE)
        used = np.zeros(self.table.size, dtype=bool)
        used[self.ends[:, edges]] = True
        part = copy(self)
        part.table = self.table.restricted(np.flatnonzero(used))
        part.tight = None if self.tight is None else self.tight.part(np.flatnonzero(used))
        part.size = len(edges)
        part.ends, part.sides = (np.cumsum(used) - 1)[self.ends[:, edges]], number[:, edges]
        part.cells = self.cells.part(cells)
        part.below = np.append(np.arange(len(cells)), _OUTSIDE)
        part.decided = list(self.decided)
        return part
