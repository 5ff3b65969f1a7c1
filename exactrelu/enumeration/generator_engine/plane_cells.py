"""Cells of dimension at most two as the kernel of the plane hands them over: sorted, many at a time.

Where the plane is cut into first cells (`first_cells`), each gives a sorted stream. If the neurons that
cut it are the first ones, the streams follow each other; else they are merged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from exactrelu.enumeration.generator_engine.crossing_edges import Index
from exactrelu.kernels.plane import Bytes, Counts, Doubles, FoundCells, Names


@dataclass(frozen=True)
class PlaneCells:
    """Some cells, sorted by their ``bits`` (cells, neurons with a bit).

    A cell has ``corners`` many rows of ``lines``, two names each, and ``zero_counts`` many rows of ``zeros``
    (see `exactrelu.kernels.plane.FoundCells`); ``piece`` is the number of its first cell. ``centres`` are
    (X, t), up to a factor, of a point inside each cell: a sum of its corners in doubles, nothing proved.
    """

    bits: Bytes
    corners: Counts
    lines: Names
    zero_counts: Counts
    zeros: Counts
    centres: Doubles
    piece: Bytes

    @classmethod
    def of(cls, found: FoundCells, piece: int, to_inputs: Doubles) -> PlaneCells:
        """Return what the kernel found in a first cell; ``to_inputs`` (3, inputs + 1) leads to inputs."""
        with np.errstate(all="ignore"):
            centres = found.centres @ to_inputs
        pieces = np.full(len(found.bits), piece, dtype=np.uint8)
        return cls(found.bits, found.corners, found.lines, found.zero_counts, found.zeros, centres, pieces)

    def __len__(self) -> int:
        return len(self.bits)

    @property
    def ranks(self) -> Counts:
        """How many corners of each cell are linearly independent: all of them, up to three."""
        return np.minimum(self.corners, 3)

    @property
    def keys(self) -> npt.NDArray[np.bytes_]:
        """The bits as something that is sorted as they are."""
        return self.bits.view(f"S{self.bits.shape[1]}")[:, 0]

    def taken(self, order: Index) -> PlaneCells:
        """Return the given cells, in the given order."""
        return PlaneCells(
            self.bits[order],
            self.corners[order],
            self.lines[_places(self.corners, order)],
            self.zero_counts[order],
            self.zeros[_places(self.zero_counts, order)],
            self.centres[order],
            self.piece[order],
        )

    @classmethod
    def joined(cls, parts: list[PlaneCells]) -> PlaneCells:
        """Return the cells of all parts, sorted."""
        names = cls.__dataclass_fields__
        every = cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
        return every.taken(np.argsort(every.keys, kind="stable"))


def _places(counts: Counts, order: Index) -> Index:
    """Return where the rows of cells stand, in the given order, if cells have so many each."""
    own = counts[order]
    first = (np.cumsum(counts) - counts)[order]
    return np.asarray(np.repeat(first - (np.cumsum(own) - own), own) + np.arange(int(own.sum())))


def merged(streams: Iterable[Iterator[PlaneCells]]) -> Iterator[PlaneCells]:
    """Yield the cells of sorted streams, sorted."""
    waiting = [(cells, stream) for stream in streams if (cells := next(stream, None)) is not None]
    while waiting:
        end = min(cells.keys[-1] for cells, _ in waiting)
        ready, others = [], []
        for cells, stream in waiting:
            number = int(np.searchsorted(cells.keys, end, side="right"))
            ready.append(cells.taken(np.arange(number)))
            rest = cells.taken(np.arange(number, len(cells))) if number < len(cells) else next(stream, None)
            if rest is not None:
                others.append((rest, stream))
        waiting = others
        yield PlaneCells.joined(ready)
