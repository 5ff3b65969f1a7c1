"""Which rows are tight on the facets of many cells, and which on all of a cell, from masks of its vertices.

Let T_r be the set of generators of a cell's closure at which row r is tight, infinity (t >= 0) being a row as
well. The rows with all generators are the equations of the affine hull, with those of the domain. The facets
of the cone of (X, t) are its largest faces but itself; each is where some row is tight, so they are the
maximal sets among the other T_r, and all but that of infinity are facets of the closure.

In a cell that is not thin, a generator at which no more rows are tight than the cone has dimensions less one
lies on that many facets at least: each of its rows is one, and they are different. So a cell whose generators
all are such has a facet for each of its rows, and nothing needs to be compared.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from exactrelu.enumeration.generator_engine.crossing_edges import Index

Bools = npt.NDArray[np.bool_]

_AT_ONCE = 1 << 21  # entries of the sets that are compared together


class Incidence:
    """The pairs (cell, row) of some cells, sorted, in which the row is tight at some generator of the cell.

    ``cell`` and ``bit`` name a pair, ``everywhere`` says whether the row is tight on all of the cell,
    ``touched`` whether at a vertex, not only at rays, and, once `facets` was asked for, ``alone`` whether it
    is the one row that is tight on a facet.
    """

    def __init__(self, tight: Bools, vertex: Index, cell: Index, cells: int, *, is_ray: Bools) -> None:
        """Take in (vertices, bits) which rows are tight, and (cell, vertex) pairs sorted by cell."""
        at, bits = np.nonzero(tight)
        degree = np.bincount(at, minlength=len(tight))
        first = np.concatenate([[0], np.cumsum(degree)])[:-1]
        counts = degree[vertex]
        self._member = np.repeat(np.arange(len(vertex)), counts)
        offset = np.arange(len(self._member)) - np.repeat(np.cumsum(counts) - counts, counts)
        keys = cell[self._member] * tight.shape[1] + bits[first[vertex][self._member] + offset]
        size = cells * tight.shape[1]
        number = np.bincount(keys, minlength=size)
        found = np.flatnonzero(number)
        self.cell, self.bit = found // tight.shape[1], found % tight.shape[1]
        self.count = number[found]
        self.sizes = np.bincount(cell, minlength=cells)
        self.everywhere: Bools = self.count == self.sizes[self.cell]
        finite = keys[~is_ray[vertex][self._member]]
        self.touched: Bools = np.bincount(finite, minlength=size)[found] > 0
        self.alone: Bools = np.zeros(len(found), dtype=bool)
        self._degree, self._owner, self._keys, self._found = counts, cell, keys, found

    def facets(self, thin: Bools, rank: int) -> Index:
        """Return the pairs whose row is tight on a facet, each facet once; ``rank``: d of all other cells."""
        simple = ~thin
        simple[self._owner[self._degree != rank]] = False
        chosen = (self.bit > 0) & simple[self.cell] & ~self.everywhere
        self.alone = chosen.copy()
        for cells in self._portions(np.flatnonzero(~simple)):
            self._compare(cells, chosen)
        flat = np.zeros(len(self.sizes), dtype=bool)
        flat[self.cell[self.everywhere]] = True
        self.alone &= ~flat[self.cell]
        return np.flatnonzero(chosen)

    def _portions(self, cells: Index) -> list[Index]:
        """Return the cells in parts of about equally many vertices each, whose sets fit into memory."""
        if not len(cells):
            return []
        cells = cells[np.argsort(self.sizes[cells], kind="stable")]
        rows = np.bincount(self.cell, minlength=len(self.sizes))[cells].max()
        weight = np.cumsum(self.sizes[cells] * rows)
        return [
            part for part in np.split(cells, np.flatnonzero(np.diff(weight // _AT_ONCE)) + 1) if len(part)
        ]

    def _compare(self, cells: Index, chosen: Bools) -> None:
        """Choose among the pairs of some cells those whose set of generators is maximal, once each."""
        number = np.full(len(self.sizes), -1)
        number[cells] = np.arange(len(cells))
        pairs = np.flatnonzero((number[self.cell] >= 0) & ~self.everywhere)
        if not len(pairs):
            return
        own = number[self.cell[pairs]]
        column, widest = _places(own, len(cells))
        start = np.concatenate([[0], np.cumsum(self.sizes)])
        entries = np.flatnonzero(number[self._owner[self._member]] >= 0)
        at = np.searchsorted(self._found, self._keys[entries])
        place = np.full(len(self._found), -1)
        place[pairs] = column
        entries, at = entries[place[at] >= 0], at[place[at] >= 0]
        owner = self._owner[self._member[entries]]
        sets = np.zeros((len(cells), widest, self.sizes[cells].max()), dtype=np.float32)
        sets[number[owner], place[at], self._member[entries] - start[owner]] = 1
        common = sets @ sets.transpose(0, 2, 1)
        count = np.zeros((len(cells), widest))
        count[own, column] = self.count[pairs]
        inside = (common == count[:, :, None]) & (count[:, :, None] > 0)
        before = np.arange(widest)[None, :, None] > np.arange(widest)[None, None, :]
        larger = (count[:, None, :] > count[:, :, None]) | ((count[:, None, :] == count[:, :, None]) & before)
        maximal = ~(inside & larger).any(axis=2)
        chosen[pairs] = maximal[own, column] & (self.bit[pairs] > 0)
        self.alone[pairs] = chosen[pairs] & (inside.sum(axis=2) == 1)[own, column]


def _places(own: Index, cells: int) -> tuple[Index, int]:
    """Return the place of each pair among those of its cell (pairs are sorted), and the largest number."""
    counts = np.bincount(own, minlength=cells)
    # The pairs of a cell lie together, but the cells in any order.
    change = np.flatnonzero(np.diff(own, prepend=-1))
    length = np.diff(np.append(change, len(own)))
    return np.arange(len(own)) - np.repeat(change, length), int(counts.max())
