"""Cells of a layer, depth-first: what becomes of each of them at the next neurons."""

from __future__ import annotations

from ctypes import CDLL, POINTER, Structure, byref, c_int64, c_void_p
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from exactrelu.errors import ArgumentError
from exactrelu.kernels.library import address, count

COMPLETE, PENDING, OPEN = 0, 1, 2
"""A cell whose neurons are decided; one that has to wait; one whose next neuron doubles leave open."""

Floats = npt.NDArray[np.float64]
Signs = npt.NDArray[np.int8]
Numbers = npt.NDArray[np.int32]

_SIZES = (
    "cells", "dimension", "rows", "neurons", "first", "last",
    "layers", "domain_rows", "faces", "closed", "capacity", "effort",
)  # fmt: skip
_ARRAYS = (
    "row", "table", "point", "sign", "box", "side", "layer", "rank", "active",
    "cell_out", "status_out", "neuron_out", "bit_out", "sign_out", "point_out", "proposal_out", "support_out",
    "undecided_out",
)  # fmt: skip


class _Task(Structure):
    """The `Task` of layer_search.c."""

    _fields_ = (*((name, c_int64) for name in _SIZES), *((name, c_void_p) for name in _ARRAYS))


class Questions(NamedTuple):
    """P cells of one layer, in d coordinates: what doubles know of them.

    ``rows`` of shape (P, m, d + 1) are positive inside or vanish, ``table`` of shape (P, neurons, d + 1) has
    the layer's; entries are at most 1. ``points`` of shape (P, d + 1) lie inside, ``signs`` of shape
    (P, first) are those of the layer's neurons before ``first``. Those before ``last`` are to be decided.
    """

    rows: Floats
    table: Floats
    points: Floats
    signs: Signs
    first: int
    last: int


class Surroundings(NamedTuple):
    """What else is known: of the domain, and which rows are functions of few others.

    ``box`` of shape (4, d) has the ends of the box that is the domain, lower and upper ones, first rounded
    outwards, then inwards; ``sides`` of shape (2, d) numbers its rows; None if it is among the ``rows``.
    ``domain_rows`` is the number of rows of the domain that are not among them. ``layers`` of shape (m,) has
    the layer of each row, -1 for the domain; ``ranks`` of shape (P, layers) a bound on the rank of all that
    depends on a layer, ``active`` of shape (P, m) whether a row is an active neuron's.
    """

    box: Floats | None
    sides: Numbers
    domain_rows: int
    layers: Numbers
    ranks: Numbers
    active: npt.NDArray[np.uint8]


class Wanted(NamedTuple):
    """Whether neurons that only touch zero stay open, and whether those that vanish take both bits.

    There is room for ``capacity`` cells; a call also ends when pivots have changed ``effort`` numbers.
    """

    faces: bool
    closed: bool
    capacity: int
    effort: int


class Found(NamedTuple):
    """What the cells have become, N of them, sorted: entry by entry or row by row.

    The cell each comes from, its status, the first neuron that is not decided, bits and signs of the neurons
    from ``first`` on (of an open one the sign at the point, 0 if that is open as well), its point; of open
    cells a point that was proposed (or NaN) and rows, in the numbers of all rows, that may prove that there
    is no other side. Cells from ``undecided`` on were not begun.
    """

    cells: npt.NDArray[np.int64]
    status: Signs
    neurons: Numbers
    bits: Signs
    signs: Signs
    points: Floats
    proposals: Floats
    supports: Numbers
    undecided: int


def search_layer(library: CDLL, asked: Questions, around: Surroundings, wanted: Wanted) -> Found:
    """Decide neurons on cells, in order and depth-first, as far as doubles prove it and the room suffices.

    There has to be room for three cells more than there are neurons to be decided.

    Raises
    ------
    ArgumentError
        If an array is of another type or too small.
    MemoryError
        If there is none.
    """
    cells, rows, width = asked.rows.shape
    neurons, layers, room = asked.table.shape[1], around.ranks.shape[1], wanted.capacity
    decided = asked.last - asked.first
    if not (0 <= asked.first <= asked.last <= neurons and room >= decided + 3):
        raise ArgumentError(
            f"kernel layer_search: expected 0 <= first <= last <= {neurons} and a capacity of at least "
            f"{decided + 3}, got {asked.first}, {asked.last} and {room}"
        )
    found = Found(
        np.empty(room, np.int64), np.empty(room, np.int8), np.empty(room, np.int32),
        np.empty((room, decided), np.int8), np.empty((room, decided), np.int8),
        np.empty((room, width)), np.empty((room, width)), np.empty((room, width - 1), np.int32), 0,
    )  # fmt: skip
    undecided = np.zeros(1, np.int64)
    sizes = (
        cells, width - 1, rows, neurons, asked.first, asked.last,
        layers, around.domain_rows, wanted.faces, wanted.closed, room, wanted.effort,
    )  # fmt: skip
    arrays = (
        address("rows", asked.rows, "float64", cells * rows * width),
        address("table", asked.table, "float64", cells * neurons * width),
        address("points", asked.points, "float64", cells * width),
        address("signs", asked.signs, "int8", cells * asked.first),
        None if around.box is None else address("box", around.box, "float64", 4 * (width - 1)),
        address("sides", around.sides, "int32", 0 if around.box is None else 2 * (width - 1)),
        address("layers", around.layers, "int32", rows),
        address("ranks", around.ranks, "int32", cells * layers),
        address("active", around.active, "uint8", cells * rows),
        *(c_void_p(array.ctypes.data) for array in found[:-1]),
        c_void_p(undecided.ctypes.data),
    )
    task = _Task(*(count(name, size).value for name, size in zip(_SIZES, sizes, strict=True)), *arrays)
    function = library.exactrelu_layer_search
    function.argtypes, function.restype = (POINTER(_Task),), c_int64
    made = function(byref(task))
    if made < 0:
        raise MemoryError("kernel layer_search: no memory for its dictionaries")
    return Found(
        found.cells[:made], found.status[:made], found.neurons[:made], found.bits[:made], found.signs[:made],
        found.points[:made], found.proposals[:made], found.supports[:made], int(undecided[0]),
    )  # fmt: skip
