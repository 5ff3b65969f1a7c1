"""The edges of cells that a hyperplane crosses.

Two generators p, q of a pointed cell of dimension d are joined by an edge only if at least d - 1 rows are
tight at both. It is one if (a) exactly d rows are tight at p or at q, for these are independent then, and
those d - 1 of them that are common define a face of dimension 1; or (b) no third generator of the cell
has all the common rows tight (the combinatorial test of the double description method). Rows that are
tight everywhere or follow from others only add bits, which makes (a) rarer and changes nothing in (b).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Index = npt.NDArray[np.int64]
Masks = npt.NDArray[np.uint64]  # one array for each word

_PAIRS = 1 << 17  # how many pairs are tested at once


class Members(NamedTuple):
    """Vertices of cells 0, 1, ..., sorted by cell; those of cell c are ``vertex[start[c]:start[c + 1]]``."""

    cell: Index
    vertex: Index
    start: Index

    @classmethod
    def sorted_by_cell(cls, cell: Index, vertex: Index, cells: int) -> Members:
        """Return the members, in any order, of so many cells."""
        order = np.argsort(cell, kind="stable")
        start = np.zeros(cells + 1, dtype=np.int64)
        np.cumsum(np.bincount(cell, minlength=cells), out=start[1:])
        return cls(cell[order], vertex[order], start)

    def sizes(self) -> Index:
        """Return how many vertices each cell has."""
        return np.diff(self.start)


class Edges(NamedTuple):
    """Edges (positive end, negative end), each with a cell that it belongs to."""

    cell: Index
    positive: Index
    negative: Index


def crossing_edges(masks: Masks, d: int, positive: Members, negative: Members, everyone: Members) -> Edges:
    """Return, cell by cell, the edges from ``positive`` to ``negative`` vertices.

    ``masks[w, v]`` is word w of the set of rows that are tight at vertex v; ``everyone`` has all
    vertices of the same cells.
    """
    tight = _popcount([word[everyone.vertex] for word in masks])
    simple = np.zeros(masks.shape[1], dtype=bool)
    simple[everyone.vertex[tight == d]] = True
    found = list(_portions(masks, d, simple, positive, negative, everyone))
    if not found:
        empty = np.zeros(0, dtype=np.int64)
        return Edges(empty, empty, empty)
    return Edges(*(np.concatenate(part) for part in zip(*found, strict=True)))


def _portions(
    masks: Masks,
    d: int,
    simple: npt.NDArray[np.bool_],
    positive: Members,
    negative: Members,
    everyone: Members,
) -> Iterator[Edges]:
    """Yield the edges, so many pairs after so many."""
    repeats = negative.sizes()[positive.cell]
    total = np.concatenate([[0], np.cumsum(repeats)])
    cuts = np.searchsorted(total, np.arange(0, total[-1], _PAIRS), side="left")
    above = [word[positive.vertex] for word in masks]
    below = [word[negative.vertex] for word in masks]
    # Pair k of entry e joins it with negative entry start[cell of e] + k.
    shift = negative.start[positive.cell] - total[:-1]
    for a, b in pairwise(np.unique(np.concatenate([cuts, [len(repeats)]])).tolist()):
        counts = repeats[a:b]
        two = np.arange(total[a], total[b]) + np.repeat(shift[a:b], counts)
        common = [np.repeat(one[a:b], counts) & other[two] for one, other in zip(above, below, strict=True)]
        enough = np.flatnonzero(_popcount(common) >= d - 1)
        one = np.searchsorted(total[a : b + 1], enough + total[a], side="right") - 1 + a
        edges = Edges(positive.cell[one], positive.vertex[one], negative.vertex[two[enough]])
        yield _proven(masks, simple, everyone, edges, [word[enough] for word in common])


def _proven(
    masks: Masks,
    simple: npt.NDArray[np.bool_],
    everyone: Members,
    edges: Edges,
    common: list[npt.NDArray[np.uint64]],
) -> Edges:
    """Return those of the pairs with d - 1 common rows that are edges."""
    sure = simple[edges.positive] | simple[edges.negative]
    if sure.all():
        return edges
    open_ = np.flatnonzero(~sure)
    sure[open_] = _without_third(masks, everyone, edges.cell[open_], [word[open_] for word in common])
    return Edges(*(part[sure] for part in edges))


def _without_third(
    masks: Masks, everyone: Members, cell: Index, common: list[npt.NDArray[np.uint64]]
) -> npt.NDArray[np.bool_]:
    """Return for which pairs only the two ends have the common rows tight (test (b))."""
    sizes = everyone.sizes()[cell]
    result = np.empty(len(cell), dtype=bool)
    total = np.concatenate([[0], np.cumsum(sizes)])
    start = 0
    while start < len(cell):
        end = max(start + 1, int(np.searchsorted(total, total[start] + _PAIRS, side="right")) - 1)
        counts = sizes[start:end]
        pair = np.repeat(np.arange(end - start), counts)
        offset = np.arange(len(pair)) - np.repeat(np.cumsum(counts) - counts, counts)
        vertex = everyone.vertex[offset + np.repeat(everyone.start[cell[start:end]], counts)]
        contains = np.ones(len(pair), dtype=bool)
        for word, shared in zip(masks, common, strict=True):
            here = shared[start:end][pair]
            contains &= (word[vertex] & here) == here
        result[start:end] = np.bincount(pair[contains], minlength=end - start) == 2
        start = end
    return result


def _popcount(words: list[npt.NDArray[np.uint64]]) -> npt.NDArray[np.uint8]:
    total = np.bitwise_count(words[0])
    for word in words[1:]:
        total = total + np.bitwise_count(word)
    return total
