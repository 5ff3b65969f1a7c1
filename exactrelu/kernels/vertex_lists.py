"""Lists of vertices, one for each cell, side by side in one pool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Index = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
Entries = TypeVar("Entries", bound=npt.NDArray[Any])


@dataclass
class VertexLists:
    """The vertices of cell c are ``pool[start[c] : start[c] + length[c]]``, for the first ``size`` cells.

    ``used`` entries of the pool are written to, ``waste`` of which belong to no cell.
    """

    pool: Numbers
    start: Index
    length: Numbers
    size: int
    used: int
    waste: int = 0

    @classmethod
    def side_by_side(cls, pool: Numbers, length: Numbers) -> VertexLists:
        """Return the lists that follow one another without gaps.

        Examples
        --------
        >>> lists = VertexLists.of([[5, 6, 7], [6, 7]])
        >>> lists.vertices(np.array([1, 0])).tolist()
        [6, 7, 5, 6, 7]
        >>> lists.packed(np.array([1])).pool.tolist()
        [6, 7]
        """
        start = np.cumsum(length, dtype=np.int64) - length
        return cls(pool, start, length, len(length), len(pool))

    @classmethod
    def of(cls, lists: Sequence[Sequence[int]]) -> VertexLists:
        """Return the given lists."""
        pool = np.array([v for one in lists for v in one], dtype=np.int32)
        return cls.side_by_side(pool, np.array([len(one) for one in lists], dtype=np.int32))

    @property
    def nbytes(self) -> int:
        """How many bytes the lists take without waste."""
        return 4 * (self.used - self.waste) + 12 * self.size

    def vertices(self, cells: Index) -> Numbers:
        """Return the vertices of the given cells, one after the other."""
        sizes = self.length[cells].astype(np.int64)
        ends = np.cumsum(sizes)
        places = np.repeat(self.start[cells] - (ends - sizes), sizes)
        places += np.arange(len(places))
        found: Numbers = self.pool[places]
        return found

    def packed(self, cells: Index) -> VertexLists:
        """Return the lists of the given cells alone, in the given order."""
        return self.side_by_side(self.vertices(cells), self.length[cells])

    def drop(self, cells: Index) -> None:
        """Make the lists of the given cells empty."""
        self.waste += int(self.length[cells].sum())
        self.length[cells] = 0

    def reserve_cells(self, room: int) -> None:
        """Make room for so many cells."""
        self.start, self.length = grown(self.start, room), grown(self.length, room)

    def reserve_entries(self, room: int) -> None:
        """Make room for so many entries of the pool."""
        self.pool = grown(self.pool, room)


def grown(array: Entries, room: int) -> Entries:
    """Return the array, or a longer one that begins with it, of at least so many rows.

    Examples
    --------
    >>> grown(np.array([1, 2]), 4)[:2].tolist()
    [1, 2]
    """
    if len(array) >= room:
        return array
    result = np.empty((room, *array.shape[1:]), dtype=array.dtype)
    result[: len(array)] = array
    return result  # type: ignore[return-value]
