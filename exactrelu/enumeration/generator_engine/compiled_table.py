"""The table of vertices with its loops compiled: the numbers of `VertexTable`, bit for bit.

Beside the signs it keeps *sides*: for each vertex a word of bits (or more) of the columns that are positive
there, and one of those that are negative, from which cells learn which neurons meet them.
"""

from __future__ import annotations

from ctypes import CDLL
from typing import Self

import numpy as np

from exactrelu.enumeration.generator_engine.pedigree import Integers
from exactrelu.enumeration.generator_engine.vertex_table import VertexTable
from exactrelu.errors import EngineUnavailableError
from exactrelu.kernels.library import compiled, described
from exactrelu.kernels.new_vertices import Rows
from exactrelu.kernels.split_cells import Words
from exactrelu.kernels.vertex_lists import Numbers, grown

_GROWTH = 2  # how many times as many vertices a part has in the end, about


def kernels() -> CDLL:
    """Return the compiled library, where a search began with it.

    Raises
    ------
    EngineUnavailableError
        If this process has none: a part of the work came from one that has.
    """
    library = compiled()
    if library is None:
        raise EngineUnavailableError(
            f"kernels: expected compiled ones, as where the search began, got {described()}"
        )
    return library


class CompiledTable(VertexTable):
    """The vertices of a chunk at one layer; ``edition`` changes whenever columns do."""

    sides: Words = np.zeros((0, 0), dtype=np.uint64)
    edition = 0

    @property
    def width(self) -> int:
        """How many words a bit for each column takes."""
        return (len(self.live) + 63) // 64

    @property
    def weight(self) -> int:
        """How many bytes the table takes, about."""
        return super().weight + 16 * self.width * self.size

    def _rows(self) -> Rows:
        linear = np.zeros(len(self.live), dtype=np.bool_)
        linear[self.linear] = True
        return Rows(self.values, self.bounds, self.signs, self.sides, linear)

    def _renew_sides(self) -> None:
        self.edition += 1
        self.sides = np.zeros((len(self.values), 2 * self.width), dtype=np.uint64)

    def _decide(self, start: int, end: int, first: int) -> None:
        self._renew_sides()
        self.asked += (end - start) * (len(self.live) - first)
        self._settle(self._rows().decide(kernels(), start, end))

    def _settle(self, rows: Integers) -> None:
        if len(rows):
            self.ambiguous += int(np.count_nonzero(self.signs[:, rows] == 0))
            self.refresh(rows)

    def refresh(self, rows: Integers) -> None:
        """Replace values, bounds and signs of the rows by what integers say."""
        super().refresh(rows)
        self._rows().pack_sides(kernels(), rows)

    def keep(self, neurons: list[int]) -> None:
        """Drop all columns but those of these neurons with a bit: nobody will ask (in the last layer)."""
        columns = [self.column(neuron) for neuron in neurons]
        old, size = (self.values, self.bounds, self.signs), self.size
        room = _GROWTH * size  # new vertices are about to come: this saves a copy
        self.live, self.linear = list(neurons), self.linear[:0]
        self.values = np.empty((room, len(columns) + 1))
        self.bounds = np.empty((room, len(columns) + 1))
        self.signs = np.empty((len(columns), room), dtype=np.int8)
        for new, whole in zip((self.values, self.bounds), old[:2], strict=True):
            np.take(whole[:size], [*columns, -1], axis=1, out=new[:size], mode="wrap")
        self.signs[:, :size] = old[2][columns, :size]
        self.nodes = grown(self.nodes, room)
        self._renew_sides()
        self._rows().pack_sides(kernels(), np.arange(self.size))

    def cut_edges(self, positive: Numbers, negative: Numbers, neuron: int) -> None:
        """Add the zeros of ``neuron`` on edges from ``positive`` to ``negative``, in this order."""
        start, end = self.size, self.size + len(positive)
        self._reserve(end)
        self.nodes[start:end] = self.pedigree.add(
            self.nodes[positive], self.nodes[negative], self.layer, neuron
        )
        self.size = end
        column = self.column(neuron)
        # In the last layer nobody needs the values of neurons that are done.
        first = column if self.layer == len(self.layers) - 1 else 0
        self.asked += len(positive) * (len(self.live) - column - 1)
        self._settle(self._rows().cut_edges(kernels(), (positive, negative), start, column, first))

    def _reserve(self, size: int) -> None:
        super()._reserve(size)
        self.sides = grown(self.sides, len(self.values))

    def restricted(self, rows: Integers) -> Self:
        """Return the table of the given rows alone, in their order."""
        part = super().restricted(rows)
        part.sides, part.edition = self.sides[rows], self.edition + 1
        return part
