"""Cells of any dimension as sets of vertices, split neuron by neuron by compiled loops, in all readings.

It does what `Incidences` does. The vertices of each cell lie side by side, and each cell has a *summary*:
which neurons of the layer are positive, negative and zero somewhere on it. So a neuron costs next to nothing
on cells that it does not meet; and where cells are only counted, one that at most one neuron will cut is
counted and dropped.
"""

from __future__ import annotations

from copy import copy

import numpy as np
import numpy.typing as npt

from exactrelu.enumeration.generator_engine.cell_list import CellList
from exactrelu.enumeration.generator_engine.compiled_table import CompiledTable, kernels
from exactrelu.enumeration.generator_engine.crossing_edges import Index, Masks, Members
from exactrelu.enumeration.generator_engine.first_cells import FirstCells
from exactrelu.kernels import split_cells as kernel
from exactrelu.kernels.new_vertices import join_masks, mark_zeros
from exactrelu.kernels.split_cells import Words
from exactrelu.kernels.vertex_lists import Numbers, VertexLists, grown
from exactrelu.networks.reading import Reading

Bools = npt.NDArray[np.bool_]

_READINGS = {
    Reading.FULL: kernel.FULL,
    Reading.HALF_OPEN: kernel.HALF_OPEN,
    Reading.CLOSED: kernel.CLOSED,
}


class CompiledCells:
    """The cells of a chunk, their vertices, and how neurons split them."""

    def __init__(
        self, table: CompiledTable, start: FirstCells, reading: Reading, hidden: int, *, paths: bool
    ) -> None:
        self.table = table
        self.reading = reading
        self.rank = start.rank
        self.offset = 0  # the number of bits before the current layer
        self.domain_bits = 1 + len(start.rows)
        words = (self.domain_bits + hidden + 63) // 64
        self.vertex_masks: Words = np.zeros((table.size, words), dtype=np.uint64)
        self.tight: Numbers = np.zeros(table.size, dtype=np.int32)  # bits of each mask
        for vertex, generator in enumerate(start.generators):
            for bit in start.tight(generator):
                self.vertex_masks[vertex, bit >> 6] |= _bit(bit)
                self.tight[vertex] += 1
        self.lists = VertexLists.of([vertices for _, vertices in start.pieces])
        self.cells = CellList.of_size(self.lists.size, hidden if paths else 0, words)
        for bit in [0, *(b for b, is_strict in enumerate(start.strict, start=1) if is_strict)]:
            self.cells.strict[:, bit >> 6] |= _bit(bit)
        self.summary: Words = np.zeros((0, 0), dtype=np.uint64)
        self.edition = -1  # of the table, when the summaries were written
        self.touched: Index = np.zeros(0, dtype=np.int64)  # cells that the last neuron changed or made
        self.dropped = 0  # cells that are counted and still listed

    # what the search asks ---------------------------------------------------------------------------

    @property
    def masks(self) -> Masks:
        """The masks of the vertices, word by word."""
        return self.vertex_masks[: self.table.size].T

    def tight_masks(self) -> Masks:
        """Return the rows that are tight at each vertex."""
        return self.masks

    @property
    def count(self) -> int:
        """The number of cells."""
        return self.lists.size - self.dropped

    @property
    def weight(self) -> int:
        """How many bytes the chunk takes, about."""
        masks, summaries = 8 * self.vertex_masks.shape[1] + 4, 24 * self.table.width
        own: int = masks * self.table.size + summaries * self.lists.size
        return own + self.lists.nbytes + self.cells.weight + self.table.weight

    def enter_layer(self) -> None:
        """Go on to the next layer."""
        if self.table.layer >= 0:
            self.offset += self.table.activation.bent_width
        self.table.enter_layer()

    def split(self, neuron: int) -> None:
        """Split all cells at a neuron of the current layer."""
        self._renew()
        self._mark_zeros(neuron)
        if 2 * self.lists.waste > self.lists.used:
            self.lists = self.lists.packed(np.arange(self.lists.size))
        old, vertices = self.lists.size, self.table.size
        found = self._outcome(neuron, self.lists)
        if len(found.above):
            ends = (found.above, found.below)
            self.table.cut_edges(*ends, neuron)
            self._reserve_vertices()
            join_masks(kernels(), self.vertex_masks, self.tight, ends, vertices, self._number(neuron))
        made = self.cells.append_copies(found.parent.astype(np.int64))
        self.touched = np.concatenate([found.cut, made])
        self._summarize(self.touched)
        self._note(neuron)
        faces = found.kind != kernel.BELOW
        self.cells.thin[made] |= found.kind == kernel.FACE
        if self.reading is Reading.CLOSED and self.cells.bits.shape[1]:
            above = self._some(neuron, 0)[found.parent[faces]]
            self.cells.bits[old:][faces, self._column(neuron)] = ~above

    def adopt(self, neuron: int) -> None:
        """Record a pivot, by which the first cells were cut already."""
        self._renew()
        self._mark_zeros(neuron)
        self._note(neuron)

    def note_constant(self, neuron: int, sign: int) -> None:
        """Record a neuron that has this sign at all vertices."""
        self._record(neuron, np.full(self.lists.size, sign > 0))

    def count_after(self, neuron: int) -> int:
        """Return how many cells there would be if they were split at a neuron."""
        self._renew()
        if self.reading is Reading.FULL or not self._some(neuron, 2).any():
            return self.count + int(np.count_nonzero(self._some(neuron, 0) & self._some(neuron, 1)))
        lists = copy(self.lists)
        lists.length, lists.start = lists.length.copy(), lists.start.copy()
        lists.pool = lists.pool.copy()
        return self.count + len(self._outcome(neuron, lists).parent)

    def count_finished(self, neurons: list[int]) -> int:
        """Drop the cells that one of these last neurons meets at most; return what they become."""
        cells = self.touched
        if self.edition != self.table.edition:
            self._renew()
            cells = np.arange(self.lists.size)
        left = np.zeros(64 * self.table.width, dtype=np.uint8)
        left[np.searchsorted(self.table.live, neurons)] = 1
        pending = np.packbits(left, bitorder="little").view("<u8").astype(np.uint64)
        faces = self.reading is not Reading.FULL
        found, gone = kernel.count_finished(kernels(), self.summary, pending, cells, faces=faces)
        self.lists.drop(gone)
        self.dropped += len(gone)
        return found

    # one neuron ---------------------------------------------------------------------------------------

    def _outcome(self, neuron: int, lists: VertexLists) -> kernel.Outcome:
        known = kernel.Situation(
            self.table.signs_of(neuron),
            self.vertex_masks,
            self.tight,
            self.cells.strict,
            self.summary,
            self.table.column(neuron),
            self.rank,
            _READINGS[self.reading],
        )
        return kernel.split_cells(kernels(), lists, known)

    def _mark_zeros(self, neuron: int) -> None:
        self._reserve_vertices()
        signs = self.table.signs_of(neuron)
        mark_zeros(kernels(), self.vertex_masks, self.tight, signs, self._number(neuron))

    def _reserve_vertices(self) -> None:
        capacity = len(self.table.values)
        self.vertex_masks, self.tight = grown(self.vertex_masks, capacity), grown(self.tight, capacity)

    def _column(self, neuron: int) -> int:
        """Return the number of bits before that of a neuron."""
        return self.offset + self.table.activation.places[neuron]

    def _number(self, neuron: int) -> int:
        """Return the number of a neuron's bit in masks."""
        return self.domain_bits + self._column(neuron)

    def _some(self, neuron: int, which: int) -> Bools:
        """Return on which cells a neuron is somewhere positive (0), negative (1) or zero (2)."""
        column = self.table.column(neuron)
        words = self.summary[: self.lists.size, which * self.table.width + (column >> 6)]
        found: Bools = (words & _bit(column)) != 0
        return found

    def _note(self, neuron: int) -> None:
        """Record on which side of the neuron the cells lie."""
        if self.reading is Reading.HALF_OPEN or self.cells.bits.shape[1]:
            self._record(neuron, self._some(neuron, 0))

    def _record(self, neuron: int, positive: Bools) -> None:
        if self.reading is Reading.HALF_OPEN:
            number = self._number(neuron)
            self.cells.strict[positive, number >> 6] |= _bit(number)
        if self.cells.bits.shape[1]:
            self.cells.bits[:, self._column(neuron)] = positive

    # summaries ----------------------------------------------------------------------------------------

    def _renew(self) -> None:
        """Write all summaries, if the columns have changed; drop what is counted, if it is much."""
        is_new = self.edition != self.table.edition
        if self.dropped and (is_new or 2 * self.dropped > self.lists.size):
            self._drop_counted()
        if is_new:
            self.summary = np.zeros((self.lists.size, 3 * self.table.width), dtype=np.uint64)
            self._summarize(np.arange(self.lists.size))
            self.edition = self.table.edition

    def _summarize(self, cells: Index) -> None:
        if len(self.summary) < self.lists.size:
            self.summary = grown(self.summary, 2 * self.lists.size)
        kernel.summarize(kernels(), self.lists, self.table.sides, self.summary, cells)

    def _drop_counted(self) -> None:
        kept = np.flatnonzero(self.lists.length[: self.lists.size])
        self.lists, self.cells = self.lists.packed(kept), self.cells.part(kept)
        self.summary = self.summary[kept] if len(self.summary) else self.summary
        self.touched, self.dropped = self.touched[:0], 0

    # parts ------------------------------------------------------------------------------------------

    def order(self) -> Index:
        """Return the cells sorted by configuration, as far as it is decided (needs paths)."""
        return self.cells.order()

    def sweep(self, neuron: int) -> Index:
        """Return the cells in the order in which they lie across the zeros of a neuron, roughly.

        Floats only choose which cells stay together; any order is right.
        """
        if self.dropped:
            self._drop_counted()
        some = self.lists.pool[self.lists.start[: self.lists.size]]
        return np.argsort(self.table.values[some, self.table.column(neuron)], kind="stable")

    def members(self, cells: Index) -> Members:
        """Return the vertices of the given cells, which get numbers in the given order."""
        lists = self.lists.packed(cells)
        owner = np.repeat(np.arange(len(cells)), lists.length)
        return Members(owner, lists.pool.astype(np.int64), np.append(lists.start, lists.used))

    def part(self, cells: Index) -> CompiledCells:
        """Return the given cells alone, in the given order, with a table of their own."""
        part = copy(self)
        part.lists = self.lists.packed(cells)
        used = np.zeros(self.table.size, dtype=bool)
        used[part.lists.pool] = True
        rows = np.flatnonzero(used)
        part.lists.pool = (np.cumsum(used, dtype=np.int32) - np.int32(1))[part.lists.pool]
        part.table = self.table.restricted(rows)
        part.vertex_masks, part.tight = self.vertex_masks[rows], self.tight[rows]
        part.cells = self.cells.part(cells)
        part.edition, part.touched, part.dropped = -1, self.touched[:0], 0
        return part


def _bit(number: int) -> np.uint64:
    return np.uint64(1 << (number & 63))
