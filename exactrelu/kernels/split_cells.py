"""Cells of any dimension split at one neuron: crossing edges, and the lists of vertices of both sides."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from exactrelu.kernels.library import address, count
from exactrelu.kernels.vertex_lists import Index, Numbers, VertexLists, grown

Words = npt.NDArray[np.uint64]

FULL, HALF_OPEN, CLOSED = range(3)
BELOW, FACE, WHOLE_FACE = range(3)
_DONE, _NO_MEMORY, _MORE_POOL, _MORE_CELLS, _MORE_BIRTHS, _MORE_SLOTS, _MORE_EDGES = range(7)

_POINTERS = (
    "sign", "mask", "tight", "strict", "summary", "pool", "start", "length", "changed", "parent",
    "kind", "born_above", "born_below", "slot",
)  # fmt: skip
_NUMBERS = (
    "vertices", "words", "rank", "reading", "width", "word", "bit", "pool_used", "pool_room", "waste",
    "old_cells", "cells", "cell_room", "next", "births", "birth_room", "slots", "fresh_slots",
    "edge_room",
)  # fmt: skip


_MOST = 2**31 - 1  # vertices that 32 bits number
_CELLS, _EDGES = 16, 1024  # room at first beside what is sure to be needed


class Split(ctypes.Structure):
    """The structure of the same name in split_cells.c."""

    _fields_ = (
        *((name, ctypes.c_void_p) for name in _POINTERS),
        *((name, ctypes.c_int64) for name in _NUMBERS),
    )


@dataclass(frozen=True)
class Situation:
    """What is known of vertices and cells when a neuron splits them.

    ``signs`` of the neuron at each vertex; ``masks`` and ``strict`` have a row of words for each vertex and
    cell, ``tight`` counts the bits in those of vertices; ``summary`` is that of `summarize`, in which the
    neuron's bit is number ``column``; ``rank`` is the dimension d, ``reading`` is FULL, HALF_OPEN or CLOSED.
    """

    signs: npt.NDArray[np.int8]
    masks: Words
    tight: Numbers
    strict: Words
    summary: Words
    column: int
    rank: int
    reading: int


@dataclass(frozen=True)
class Outcome:
    """What became of the cells: which were ``cut``, and for each new one its ``parent`` and ``kind``.

    ``above`` and ``below`` are the ends of the edges that are crossed; number k of them is cut in vertex
    ``first`` + k of the lists, where ``first`` is the number of vertices before.
    """

    cut: Index
    parent: Numbers
    kind: npt.NDArray[np.int8]
    above: Numbers
    below: Numbers


def split_cells(library: ctypes.CDLL, lists: VertexLists, known: Situation) -> Outcome:
    """Split all cells of ``lists`` at a neuron, and append the new ones.

    A cell that is cut keeps its vertices that are not below and those on crossing edges; a new one, of kind
    BELOW, has those that are not above. Where faces are cells, {y = 0} of a cell that is not cut becomes one,
    of kind FACE or, if it is all of the cell, WHOLE_FACE, unless a strict row vanishes on it.

    Raises
    ------
    MemoryError
        If there is not enough memory.
    """
    return _Work(library, lists, known).done()


class _Work:
    """One call, repeated with more room as long as the kernel asks for it."""

    def __init__(self, library: ctypes.CDLL, lists: VertexLists, known: Situation) -> None:
        self._library, self._lists, self._known = library, lists, known
        width = known.summary.shape[1] // 3
        old = lists.size
        own = known.summary[:old]
        word, bit = known.column >> 6, np.uint64(1 << (known.column & 63))
        cuts = int(np.count_nonzero(own[:, word] & own[:, width + word] & bit))
        self._changed = np.zeros(old, dtype=np.uint8)
        self._parent = np.empty(cuts + _CELLS, dtype=np.int32)
        self._kind = np.empty(cuts + _CELLS, dtype=np.int8)
        lists.reserve_cells(old + cuts + _CELLS)
        self._above = np.empty(_EDGES + 4 * cuts, dtype=np.int32)
        self._below = np.empty_like(self._above)
        self._slot = np.zeros(1 << (2 * len(self._above)).bit_length(), dtype=np.int32)
        self._work = Split(
            vertices=len(known.signs),
            words=known.masks.shape[1],
            rank=known.rank,
            reading=known.reading,
            width=width,
            word=word,
            bit=known.column & 63,
            pool_used=lists.used,
            waste=lists.waste,
            old_cells=old,
            cells=old,
            edge_room=_EDGES,
        )

    def done(self) -> Outcome:
        """Split all cells."""
        work, lists = self._work, self._lists
        self._library.exactrelu_split_cells.restype = ctypes.c_int64
        while status := self._run():
            self._make_room(status)
        if work.vertices + work.births > _MOST:
            raise MemoryError(f"cells: expected at most {_MOST} vertices, got more")
        lists.size, lists.used, lists.waste = work.cells, work.pool_used, work.waste
        new, births = work.cells - work.old_cells, work.births
        return Outcome(
            np.flatnonzero(self._changed),
            self._parent[:new],
            self._kind[:new],
            self._above[:births],
            self._below[:births],
        )

    def _run(self) -> int:
        work, lists, known = self._work, self._lists, self._known
        work.pool_room, work.cell_room = len(lists.pool), work.old_cells + len(self._parent)
        work.birth_room, work.slots = len(self._above), len(self._slot)
        vertices, cells, words = len(known.signs), work.old_cells, work.words
        for name, array, dtype, size in (
            ("sign", known.signs, "int8", vertices),
            ("mask", known.masks, "uint64", vertices * words),
            ("tight", known.tight, "int32", vertices),
            ("strict", known.strict, "uint64", cells * words),
            ("summary", known.summary, "uint64", 3 * cells * work.width),
            ("pool", lists.pool, "int32", work.pool_used),
            ("start", lists.start, "int64", work.cell_room),
            ("length", lists.length, "int32", work.cell_room),
            ("changed", self._changed, "uint8", cells),
            ("parent", self._parent, "int32", 0),
            ("kind", self._kind, "int8", len(self._parent)),
            ("born_above", self._above, "int32", 0),
            ("born_below", self._below, "int32", len(self._above)),
            ("slot", self._slot, "int32", 1),
        ):
            setattr(work, name, address(name, array, dtype, size))
        return int(self._library.exactrelu_split_cells(ctypes.byref(work)))

    def _make_room(self, status: int) -> None:
        match status:
            case 2:
                self._lists.reserve_entries(2 * len(self._lists.pool) + _EDGES)
            case 3:
                room = 2 * len(self._parent)
                self._lists.reserve_cells(self._work.old_cells + room)
                self._parent, self._kind = grown(self._parent, room), grown(self._kind, room)
            case 4:
                room = 2 * len(self._above)
                self._above, self._below = grown(self._above, room), grown(self._below, room)
            case 5:
                self._slot = np.zeros(4 * len(self._slot), dtype=np.int32)
                self._work.fresh_slots = 1
            case 6:
                self._work.edge_room *= 4
            case _:
                raise MemoryError("cells: expected memory for the vertices of one cell, got none")


def summarize(library: ctypes.CDLL, lists: VertexLists, sides: Words, summary: Words, cells: Index) -> None:
    """Write the rows of ``summary`` of the given cells.

    ``sides`` has for each vertex as many words of bits of the columns that are positive there as of those
    that are negative. A row of the summary has as many of the columns that are positive somewhere on the
    cell, of those that are negative, and of those that are zero.
    """
    width = sides.shape[1] // 2
    library.exactrelu_summarize.restype = None
    library.exactrelu_summarize(
        address("pool", lists.pool, "int32", lists.used),
        address("start", lists.start, "int64", lists.size),
        address("length", lists.length, "int32", lists.size),
        address("sides", sides, "uint64", 0),
        address("summary", summary, "uint64", 3 * width * lists.size),
        count("width", width),
        address("cells", cells, "int64", 0),
        count("size", len(cells)),
    )


def count_finished(
    library: ctypes.CDLL, summary: Words, pending: Words, cells: Index, *, faces: bool
) -> tuple[int, Index]:
    """Return how many cells the finished ones among the given cells become, and which they are.

    A cell is finished if at most one of the ``pending`` columns (bits) has both signs on it and, where
    ``faces`` are cells, none is zero anywhere on it. Its row of the summary becomes zero.
    """
    finished = ctypes.c_int64()
    library.exactrelu_count_finished.restype = ctypes.c_int64
    found = library.exactrelu_count_finished(
        address("summary", summary, "uint64", 0),
        count("width", len(pending)),
        address("pending", pending, "uint64", len(pending)),
        ctypes.c_int64(faces),
        address("cells", cells, "int64", 0),
        count("size", len(cells)),
        ctypes.byref(finished),
    )
    if not finished.value:
        return int(found), cells[:0]
    return int(found), cells[~summary[cells].any(axis=1)]
