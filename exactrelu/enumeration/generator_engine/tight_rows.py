"""The rows that are tight at each vertex of polygons, as masks: bits of infinity, the domain, the neurons."""

from __future__ import annotations

import numpy as np

from exactrelu.enumeration.generator_engine.crossing_edges import Index, Masks
from exactrelu.enumeration.generator_engine.first_cells import FirstCells
from exactrelu.enumeration.generator_engine.vertex_table import Signs


class TightRows:
    """A mask for each vertex of a table, in the order of its rows; see `FirstCells` for the first bits."""

    def __init__(self, masks: Masks, domain_bits: int) -> None:
        self.masks = masks
        self._domain_bits = domain_bits

    @classmethod
    def of_seeds(cls, start: FirstCells, hidden: int) -> TightRows:
        """Return the masks of the first vertices, where ``hidden`` neurons have bits."""
        domain_bits = 1 + len(start.rows)
        masks = np.zeros(((domain_bits + hidden + 63) // 64, len(start.generators)), dtype=np.uint64)
        for vertex, generator in enumerate(start.generators):
            for bit in start.tight(generator):
                masks[bit >> 6, vertex] |= np.uint64(1 << (bit & 63))
        return cls(masks, domain_bits)

    def mark(self, column: int, signs: Signs) -> None:
        """Note a neuron, the one with so many bits before its own, where its sign is zero."""
        word, bit = self._place(column)
        self.masks[word, : len(signs)][signs == 0] |= bit

    def born(self, rows: Index, one: Index, two: Index, column: int) -> None:
        """Note new vertices, zeros of a neuron on the edges from ``one`` to ``two``."""
        if len(rows) and rows[-1] >= self.masks.shape[1]:
            self.masks = np.pad(self.masks, ((0, 0), (0, 2 * (int(rows[-1]) + 1) - self.masks.shape[1])))
        word, bit = self._place(column)
        self.masks[:, rows] = self.masks[:, one] & self.masks[:, two]
        self.masks[word, rows] |= bit

    def _place(self, column: int) -> tuple[int, np.uint64]:
        number = self._domain_bits + column
        return number >> 6, np.uint64(1 << (number & 63))

    def part(self, rows: Index) -> TightRows:
        """Return the masks of some vertices alone."""
        return TightRows(self.masks[:, rows], self._domain_bits)
