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
    found = [
        _edges_among(masks, d, simple, everyone, *pairs) for pairs in _pairs(positive, negative)
    ]
    if not found:
        empty = np.zeros(0, dtype=np.int64)
        return Edges(empty, empty, empty)
    return Edges(*(np.concatenate(part) for part in zip(*found, strict=True)))


def _pairs(positive: Members, negative: Members) -> Iterator[tuple[Index, Index, Index]]:
    """Yield all pairs of a cell's positive and negative vertices, in portions."""
    repeats = negative.sizes()[positive.cell]
    total = np.concatenate([[0], np.cumsum(repeats)])
    cuts = np.searchsorted(total, np.arange(0, total[-1], _PAIRS), side="left")
    bounds = np.unique(np.concatenate([cuts, [len(repeats)]]))
    for a, b in pairwise(bounds.tolist()):
        yield _portion(positive, negative, repeats, a, b)


def _portion(
    positive: Members, negative: Members, repeats: Index, a: int, b: int
) -> tuple[Index, Index, Index]:
    counts, cells = repeats[a:b], positive.cell[a:b]
    one = np.repeat(np.arange(a, b), counts)
    within = np.arange(len(one)) - np.repeat(np.cumsum(counts) - counts, counts)
    two = within + np.repeat(negative.start[cells], counts)
    return positive.cell[one], positive.vertex[one], negative.vertex[two]


def _edges_among(
    masks: Masks,
    d: int,
    simple: npt.NDArray[np.bool_],
    everyone: Members,
    cell: Index,
    p: Index,
    q: Index,
) -> Edges:
    common = [word[p] & word[q] for word in masks]
    enough = np.flatnonzero(_popcount(common) >= d - 1)
    cell, p, q = cell[enough], p[enough], q[enough]
    sure = simple[p] | simple[q]
    if not sure.all():
        open_ = np.flatnonzero(~sure)
        shared = [word[enough[open_]] for word in common]
        sure[open_] = _without_third(masks, everyone, cell[open_], shared)
        cell, p, q = cell[sure], p[sure], q[sure]
    return Edges(cell, p, q)


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
