"""What a list of cells says of each cell beside its vertices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from exactrelu.enumeration.generator_engine.crossing_edges import Index


@dataclass
class CellList:
    """So many cells: what each is beside its vertices.

    ``bits`` has a row for each cell and a column for each hidden neuron with a bit (none, if nobody asks);
    ``strict`` are masks; ``thin`` says of which cells the dimension is less than the domain's.
    """

    size: int
    bits: npt.NDArray[np.uint8]
    strict: npt.NDArray[np.uint64]
    thin: npt.NDArray[np.bool_]

    @classmethod
    def of_size(cls, size: int, width: int, words: int) -> CellList:
        """Return so many cells with so many bits, nothing decided."""
        bits = np.zeros((size, width), dtype=np.uint8)
        strict = np.zeros((size, words), dtype=np.uint64)
        return cls(size, bits, strict, np.zeros(size, dtype=bool))

    @property
    def weight(self) -> int:
        """How many bytes the list takes, about."""
        return self.bits.nbytes + self.strict.nbytes + self.thin.nbytes

    def append_copies(self, cells: Index) -> Index:
        """Append copies of the given cells and return their numbers."""
        start, self.size = self.size, self.size + len(cells)
        self.bits = np.concatenate([self.bits, self.bits[cells]])
        self.strict = np.concatenate([self.strict, self.strict[cells]])
        self.thin = np.concatenate([self.thin, self.thin[cells]])
        return np.arange(start, self.size)

    def order(self) -> Index:
        """Return the cells sorted by configuration, as far as it is decided."""
        digits = self.bits + np.uint8(ord("0"))  # no zero byte at the end, which comparisons would not see
        width = digits.shape[1]
        if not width:
            return np.arange(self.size)
        return np.argsort(np.ascontiguousarray(digits).view(f"S{width}")[:, 0], kind="stable")

    def group_starts(self, order: Index) -> Index:
        """Return where a new configuration begins in sorted cells, as far as it is decided."""
        sorted_bits = self.bits[order]
        changes = (sorted_bits[1:] != sorted_bits[:-1]).any(axis=1)
        return np.flatnonzero(np.concatenate([np.ones(min(1, len(order)), dtype=bool), changes]))

    def part(self, cells: Index) -> CellList:
        """Return the given cells alone, in the given order."""
        return CellList(len(cells), self.bits[cells], self.strict[cells], self.thin[cells])
