"""Cells of any dimension as sets of vertices, split neuron by neuron, in all readings.

A cell is kept by the generators of its closure: an unordered list of pairs (cell, vertex), a mask of tight
rows for each vertex, and, where faces may be cells of their own, a mask of the strict rows of each cell.
By the lemma of `exactrelu.polyhedra.cell` a face of the closure holds points of the cell if and only if no
strict row vanishes on all generators of the face; infinity, t > 0, counts as a strict row.
"""

from __future__ import annotations

from copy import copy

import numpy as np
import numpy.typing as npt

from exactrelu.enumeration.generator_engine.cell_list import CellList
from exactrelu.enumeration.generator_engine.crossing_edges import (
    Edges,
    Index,
    Masks,
    Members,
    crossing_edges,
)
from exactrelu.enumeration.generator_engine.first_cells import FirstCells
from exactrelu.enumeration.generator_engine.vertex_table import Signs, VertexTable
from exactrelu.networks.reading import Reading

Bools = npt.NDArray[np.bool_]


class Incidences:
    """The cells of a chunk, their vertices, and how neurons split them."""

    def __init__(
        self, table: VertexTable, start: FirstCells, reading: Reading, hidden: int, *, paths: bool
    ) -> None:
        self.table = table
        self.reading = reading
        self.rank = start.rank
        self.offset = 0  # the number of bits before the current layer
        self.domain_bits = 1 + len(start.rows)
        words = (self.domain_bits + hidden + 63) // 64
        self.masks: Masks = np.zeros((words, table.size), dtype=np.uint64)
        for vertex, generator in enumerate(start.generators):
            for bit in start.tight(generator):
                self.masks[bit >> 6, vertex] |= _bit(bit)
        members = [vertices for _, vertices in start.pieces]
        self.owner = np.repeat(np.arange(len(members)), [len(part) for part in members])
        self.vertex = np.array([v for part in members for v in part], dtype=np.int64)
        self.cells = CellList.of_size(len(members), hidden if paths else 0, words)
        for bit in [0, *(b for b, is_strict in enumerate(start.strict, start=1) if is_strict)]:
            self.cells.strict[:, bit >> 6] |= _bit(bit)

    # what the search asks ---------------------------------------------------------------------------

    @property
    def count(self) -> int:
        """The number of cells."""
        return self.cells.size

    @property
    def weight(self) -> int:
        """How many bytes the chunk takes, about."""
        return 16 * len(self.owner) + self.cells.weight + self.table.weight

    def enter_layer(self) -> None:
        """Go on to the next layer."""
        if self.table.layer >= 0:
            self.offset += self.table.activation.bent_width
        self.table.enter_layer()
        extra = len(self.table.values) - self.masks.shape[1]
        self.masks = np.pad(self.masks, ((0, 0), (0, max(0, extra))))

    def split(self, neuron: int) -> None:
        """Split all cells at a neuron of the current layer."""
        here, positive, negative = self._sides(neuron)
        both = positive & negative
        self._mark_zeros(neuron)
        faces = self._faces(here, positive, negative)
        self._note(neuron, positive)
        if both.any():
            self._cut(both, here, neuron)
        self._append_faces(faces, neuron, ~positive & ~negative)

    def adopt(self, neuron: int) -> None:
        """Record a pivot, by which the first cells were cut already."""
        _, positive, _ = self._sides(neuron)
        self._mark_zeros(neuron)
        self._note(neuron, positive)

    def note_constant(self, neuron: int, sign: int) -> None:
        """Record a neuron that has this sign at all vertices."""
        everywhere = np.ones(self.count, dtype=bool)
        self._note(neuron, everywhere & (sign > 0))

    def count_after(self, neuron: int) -> int:
        """Return how many cells there would be if they were split at a neuron."""
        here, positive, negative = self._sides(neuron)
        faces = self._faces(here, positive, negative)
        return self.count + int((positive & negative).sum()) + sum(len(parents) for parents, *_ in faces)

    def _sides(self, neuron: int) -> tuple[Signs, Bools, Bools]:
        """Return the sign at each (cell, vertex), and which cells have positive and negative ones."""
        here = self.table.signs_of(neuron)[self.vertex]
        return here, self._cells_with(here > 0), self._cells_with(here < 0)

    def _cells_with(self, chosen: Bools) -> Bools:
        result = np.zeros(self.count, dtype=bool)
        result[self.owner[chosen]] = True
        return result

    def _mark_zeros(self, neuron: int) -> None:
        signs = self.table.signs_of(neuron)
        word, bit = self._place(neuron)
        self.masks[word, : len(signs)][signs == 0] |= bit

    def _place(self, neuron: int) -> tuple[int, np.uint64]:
        number = self.domain_bits + self._column(neuron)
        return number >> 6, _bit(number)

    def _column(self, neuron: int) -> int:
        """Return the number of bits before that of a neuron."""
        return self.offset + self.table.activation.places[neuron]

    def _note(self, neuron: int, positive: Bools) -> None:
        """Record on which side of the neuron the cells lie; of a cell that is cut, the positive part."""
        if self.reading is Reading.HALF_OPEN:
            word, bit = self._place(neuron)
            self.cells.strict[positive, word] |= bit
        if self.cells.bits.shape[1]:
            self.cells.bits[:, self._column(neuron)] = positive

    # cuts -------------------------------------------------------------------------------------------

    def _cut(self, both: Bools, here: Signs, neuron: int) -> None:
        """Cut the cells that have vertices on both sides; the negative part becomes a new cell."""
        cut = np.flatnonzero(both)
        ordinal = np.full(self.count, -1, dtype=np.int64)
        ordinal[cut] = np.arange(len(cut))
        entries = np.flatnonzero(both[self.owner])
        signs, cell, vertex = here[entries], ordinal[self.owner[entries]], self.vertex[entries]
        edges = self._edges(signs, cell, vertex, len(cut))
        rows = self._new_vertices(edges, neuron)
        below = self._new_cells(cut, neuron)
        self.owner[entries[signs < 0]] = below[cell[signs < 0]]
        zero = signs == 0
        self._append(
            np.concatenate([cut[edges.cell], below[edges.cell], below[cell[zero]]]),
            np.concatenate([rows, rows, vertex[zero]]),
        )

    def _edges(self, signs: Signs, cell: Index, vertex: Index, cells: int) -> Edges:
        parts = [
            Members.sorted_by_cell(cell[chosen], vertex[chosen], cells)
            for chosen in (signs > 0, signs < 0, np.ones(len(cell), dtype=bool))
        ]
        return crossing_edges(self.masks, self.rank, *parts)

    def _new_vertices(self, edges: Edges, neuron: int) -> Index:
        """Cut each edge once, whichever cells it belongs to, and return the vertex for each given edge."""
        keys = edges.positive * self.table.size + edges.negative
        _, first, which = np.unique(keys, return_index=True, return_inverse=True)
        p, q = edges.positive[first], edges.negative[first]
        rows = self.table.cut(p, q, neuron)
        capacity = len(self.table.values)
        if self.masks.shape[1] < capacity:
            self.masks = np.pad(self.masks, ((0, 0), (0, capacity - self.masks.shape[1])))
        self.masks[:, rows] = self.masks[:, p] & self.masks[:, q]
        word, bit = self._place(neuron)
        self.masks[word, rows] |= bit
        return rows[which]

    def _new_cells(self, cut: Index, neuron: int) -> Index:
        below = self.cells.append_copies(cut)
        if self.reading is Reading.HALF_OPEN:
            word, bit = self._place(neuron)
            self.cells.strict[below, word] &= ~bit
        if self.cells.bits.shape[1]:
            self.cells.bits[below, self._column(neuron)] = 0
        return below

    def _append(self, owner: Index, vertex: Index) -> None:
        self.owner = np.concatenate([self.owner, owner])
        self.vertex = np.concatenate([self.vertex, vertex])

    # faces ------------------------------------------------------------------------------------------

    def _faces(self, here: Signs, positive: Bools, negative: Bools) -> list[tuple[Index, Index, Index, int]]:
        """Return the faces {y = 0} that are cells: parents, (face, vertex) pairs, and their bit."""
        match self.reading:
            case Reading.FULL:
                return []
            case Reading.HALF_OPEN:
                return self._touching(here, positive & ~negative, 0)
            case Reading.CLOSED:
                return (
                    self._touching(here, positive & ~negative, 0)
                    + self._touching(here, negative & ~positive, 1)
                    + self._touching(here, ~positive & ~negative, 1)
                )

    def _touching(self, here: Signs, candidates: Bools, bit: int) -> list[tuple[Index, Index, Index, int]]:
        """Return the faces in which the candidates touch {y = 0} and which hold points of the cell."""
        entries = np.flatnonzero((here == 0) & candidates[self.owner])
        if not len(entries):
            return []
        entries = entries[np.argsort(self.owner[entries], kind="stable")]
        parents, start, sizes = np.unique(self.owner[entries], return_index=True, return_counts=True)
        vertex = self.vertex[entries]
        common = np.bitwise_and.reduceat(self.masks[:, vertex], start, axis=1)
        # The neuron's own bit is in no strict mask yet.
        kept = ~(common.T & self.cells.strict[parents]).any(axis=1)
        face = np.repeat(np.cumsum(kept) - 1, sizes)
        chosen = np.repeat(kept, sizes)
        return [(parents[kept], face[chosen], vertex[chosen], bit)] if kept.any() else []

    def _append_faces(self, faces: list[tuple[Index, Index, Index, int]], neuron: int, whole: Bools) -> None:
        """Make the faces cells; where the parent lies in {y = 0}, the face is all of it."""
        for parents, face, vertex, value in faces:
            cells = self.cells.append_copies(parents)
            self.cells.thin[cells] |= ~whole[parents]
            if self.reading is Reading.HALF_OPEN:
                word, bit = self._place(neuron)
                self.cells.strict[cells, word] &= ~bit
            if self.cells.bits.shape[1]:
                self.cells.bits[cells, self._column(neuron)] = value
            self._append(cells[face], vertex)

    def tight_masks(self) -> Masks:
        """Return the rows that are tight at each vertex."""
        return self.masks

    # parts ------------------------------------------------------------------------------------------

    def order(self) -> Index:
        """Return the cells sorted by configuration, as far as it is decided (needs paths)."""
        return self.cells.order()

    def sweep(self, neuron: int) -> Index:
        """Return the cells in the order in which they lie across the zeros of a neuron, roughly.

        Floats only choose which cells stay together; any order is right.
        """
        some = np.zeros(self.count, dtype=np.int64)
        some[self.owner] = self.vertex
        return np.argsort(self.table.values[some, self.table.column(neuron)], kind="stable")

    def members(self, cells: Index) -> Members:
        """Return the vertices of the given cells, which get numbers in the given order."""
        ordinal = np.full(self.count, -1, dtype=np.int64)
        ordinal[cells] = np.arange(len(cells))
        number = ordinal[self.owner]
        kept = number >= 0
        return Members.sorted_by_cell(number[kept], self.vertex[kept], len(cells))

    def part(self, cells: Index) -> Incidences:
        """Return the given cells alone, in the given order, with a table of their own."""
        chosen = self.members(cells)
        used = np.zeros(self.table.size, dtype=bool)
        used[chosen.vertex] = True
        rows = np.flatnonzero(used)
        number = np.cumsum(used) - 1
        part = copy(self)
        part.table = self.table.restricted(rows)
        part.masks = self.masks[:, rows]
        part.owner, part.vertex = chosen.cell, number[chosen.vertex]
        part.cells = self.cells.part(cells)
        return part


def _bit(number: int) -> np.uint64:
    return np.uint64(1 << (number & 63))
