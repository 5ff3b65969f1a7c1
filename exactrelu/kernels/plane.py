"""The search in the plane, cell by cell and depth first: the C side, with its memory and its questions."""

from __future__ import annotations

from ctypes import CDLL, c_double, c_int64, c_void_p
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from exactrelu.errors import ArgumentError
from exactrelu.kernels.library import address, count

Doubles = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]
Signs = npt.NDArray[np.int8]
Names = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int32]

INEXACT = 4096
"""The grid of what doubles do not hold exactly."""

LINEAR, BENT, ZERO = 0, 1, 2
READINGS = {"full": 0, "half-open": 1, "closed": 2}

_NO_MEMORY, _IMPOSSIBLE = 4, 5
_WORK = 1 << 23  # of a step, some ten milliseconds


class Event(IntEnum):
    """Why a step ended; but for ``DONE`` another one is needed."""

    DONE = 0
    BUSY = 1
    QUESTIONS = 2
    FILLED = 3  # with leaves, which are to be taken


class LayerArrays(NamedTuple):
    """What a layer is to the kernel (`plane_search.h`); the first one has no weights."""

    kind: Bytes
    up: Doubles | None = None
    down: Doubles | None = None
    steepness: float = 0.0
    grid: int = INEXACT


@dataclass(frozen=True)
class StartArrays:
    """The rows of the first layer (3, neurons), t (3), the bound of their errors, and their grid."""

    rows: Doubles
    end: Doubles
    error: float
    grid: int


@dataclass(frozen=True)
class CellArrays:
    """A first cell: corners and edges (entries and error), names, what is open, signs that are known."""

    corners: Doubles
    names: Names
    edges: Doubles
    lines: Names
    open: Bytes
    grid: int
    forced: Signs


class Questions(NamedTuple):
    """Signs that doubles leave open: of neurons of ``layer`` where lines meet; ``bits`` of layers before."""

    layer: int
    bits: Bytes
    asked: Names  # rows (one line, other line, neuron)
    measured: Doubles  # rows (value, bound)


class FoundCells(NamedTuple):
    """Leaves, sorted by their bits; ``corners`` and ``zero_counts`` say how many rows of others each has.

    ``lines`` are the names of two lines that meet in a corner; ``zeros`` are pairs (number of the corner in
    the leaf, neuron), neurons numbered through all layers: which is zero where. ``centres`` are sums of the
    corners, each of size 1, in scaled coordinates.
    """

    bits: Bytes
    corners: Counts
    lines: Names
    zero_counts: Counts
    zeros: Counts
    centres: Doubles


class PlaneSearch:
    """A search: layers, a first cell at a time, and what the kernel remembers between calls."""

    def __init__(self, library: CDLL, layers: list[LayerArrays], start: StartArrays, reading: str) -> None:
        self._library = library
        self._kept: list[object] = [layers, start]  # the kernel has their addresses
        widths = [len(layer.kind) for layer in layers]
        library.exactrelu_plane_new.restype = c_void_p
        state = library.exactrelu_plane_new(
            count("layers", len(layers)),
            count("widest", max(widths)),
            count("neurons", sum(widths)),
            count("reading", READINGS[reading]),
        )
        if not state:
            raise MemoryError
        self._state = c_void_p(state)
        before = 0
        for k, layer in enumerate(layers):
            self._declare(k, layer, widths[k - 1] if k else 0, before)
            before += widths[k]
        library.exactrelu_plane_start(
            self._state,
            address("rows", start.rows, "float64", 3 * widths[0]),
            address("end", start.end, "float64", 3),
            c_double(start.error),
            count("grid", start.grid),
        )
        self._totals = np.zeros(7, dtype=np.int64)
        self._room: FoundCells | None = None
        self._offsets = np.concatenate([[0], np.cumsum(widths)]).tolist()

    def _declare(self, k: int, layer: LayerArrays, before: int, offset: int) -> None:
        width = len(layer.kind)
        up, down = layer.up, layer.down
        if k and up is None:
            raise ArgumentError(f"kernel layer {k}: expected weights, got none")
        stride = width if up is None else up.shape[1]
        if stride < width:
            raise ArgumentError(f"kernel layer {k}: expected weights for {width} neurons, got {stride}")
        self._library.exactrelu_plane_layer(
            self._state,
            count("layer", k),
            count("neurons", width),
            count("before", before),
            count("stride", stride),
            count("offset", offset),
            None if up is None else address("up", up, "float64", (before + 1) * stride),
            None if down is None else address("down", down, "float64", before * stride),
            address("kind", layer.kind, "uint8", width),
            c_double(layer.steepness),
            count("grid", layer.grid),
        )

    def begin(self, cell: CellArrays) -> None:
        """Put a first cell on the stack; the one before must be done."""
        self._kept[2:] = [cell]
        corners = len(cell.corners)
        failed = self._library.exactrelu_plane_cell(
            self._state,
            count("corners", corners),
            address("corner", cell.corners, "float64", 4 * corners),
            address("names", cell.names, "int64", 2 * corners),
            address("edge", cell.edges, "float64", 4 * corners),
            address("lines", cell.lines, "int64", corners),
            address("open", cell.open, "uint8", 2 * corners),
            count("grid", cell.grid),
            address("forced", cell.forced, "int8", self._offsets[1]),
        )
        if failed:
            raise MemoryError

    def step(self) -> Event:
        """Work for some milliseconds; return why the step ended.

        Raises
        ------
        ArithmeticError
            If signs contradict each other, which exact ones cannot.
        """
        self._library.exactrelu_plane_run.restype = c_int64
        status = self._library.exactrelu_plane_run(
            self._state,
            c_int64(_WORK),
            address("totals", self._totals, "int64", 7),
        )
        if status == _NO_MEMORY:
            raise MemoryError
        if status == _IMPOSSIBLE:
            raise ArithmeticError("the signs of a neuron at the corners of a cell are those of no line")
        return Event(status)

    @property
    def count(self) -> int:
        """The number of leaves so far."""
        return int(self._totals[0])

    @property
    def waiting(self) -> int:
        """The number of leaves that are handed over and not taken."""
        return int(self._totals[4])

    @property
    def ambiguous(self) -> int:
        """How many signs doubles did not decide so far."""
        return int(self._totals[3])

    def questions(self) -> Questions:
        """Return what the last step asked."""
        layer = int(self._totals[2])
        asked = np.zeros((int(self._totals[1]), 3), dtype=np.int64)
        measured = np.zeros((len(asked), 2))
        bits = np.zeros(self._offsets[layer], dtype=np.uint8)
        self._library.exactrelu_plane_questions(
            self._state,
            address("asked", asked, "int64", asked.size),
            address("measured", measured, "float64", measured.size),
            address("bits", bits, "uint8", len(bits)),
        )
        return Questions(layer, bits, asked, measured)

    def hand_over(self, bent: list[int], room: int) -> None:
        """Hand over leaves from now on, not more than ``room`` at once, with the bits of the neurons named.

        Neurons are numbered through all layers. To be called before the first cell.
        """
        self._bent = listed = np.array(bent, dtype=np.int32)  # the kernel has its address
        every = len(bent) == self._offsets[-1]
        if self._library.exactrelu_plane_leaves(
            self._state,
            count("width", len(bent)),
            None if every else address("bent", listed, "int32", len(bent)),
        ):
            raise MemoryError
        self.make_room(room)

    def make_room(self, cells: int) -> None:
        """Forget the leaves that were handed over; make room for others.

        Raises
        ------
        ArgumentError
            If it is for less than two: a step may find two.
        """
        if cells < 2:
            raise ArgumentError(f"kernel leaves: expected room for at least 2, got {cells}")
        self._room = room = FoundCells(
            np.empty((cells, len(self._bent)), dtype=np.uint8),
            np.empty(cells, dtype=np.int32),
            np.empty((0, 2), dtype=np.int64),
            np.empty(cells, dtype=np.int32),
            np.empty((0, 2), dtype=np.int32),
            np.empty((cells, 3)),
        )
        self._totals[4:] = 0
        self._library.exactrelu_plane_room(
            self._state,
            count("cells", cells),
            address("bits", room.bits, "uint8", cells * len(self._bent)),
            address("corners", room.corners, "int32", cells),
            address("zeros", room.zero_counts, "int32", cells),
            address("centre", room.centres, "float64", 3 * cells),
        )

    def take(self, room: int) -> FoundCells:
        """Return the leaves that were handed over, and make room for so many others.

        Raises
        ------
        ArgumentError
            If none are handed over (`hand_over`), or there is to be room for less than two.
        """
        found = self._room
        if found is None:
            raise ArgumentError("kernel leaves: expected hand_over before, got none")
        cells, corners, zeros = self._totals[4:].tolist()
        lines, pairs = np.empty((corners, 2), dtype=np.int64), np.empty((zeros, 2), dtype=np.int32)
        self._library.exactrelu_plane_take(
            self._state,
            address("lines", lines, "int64", lines.size),
            address("zeros", pairs, "int32", pairs.size),
        )
        self.make_room(room)
        return FoundCells(
            found.bits[:cells],
            found.corners[:cells],
            lines,
            found.zero_counts[:cells],
            pairs,
            found.centres[:cells],
        )

    def doubt(self) -> None:
        """Ask for every sign from now on: tests hold values and bounds against exact ones."""
        self._library.exactrelu_plane_doubt(self._state, c_int64(1))

    def answer(self, signs: list[int]) -> None:
        """Give the signs that were asked for, in order.

        Raises
        ------
        ArgumentError
            If there are more or fewer, or others than -1, 0 and 1.
        """
        if len(signs) != int(self._totals[1]) or not set(signs) <= {-1, 0, 1}:
            raise ArgumentError(f"kernel answers: expected {int(self._totals[1])} signs, got {len(signs)}")
        array = np.array(signs, dtype=np.int8)
        if self._library.exactrelu_plane_answer(
            self._state, address("signs", array, "int8", len(signs)), count("number", len(signs))
        ):
            raise MemoryError

    def __del__(self) -> None:
        if getattr(self, "_state", None):
            self._library.exactrelu_plane_free(self._state)
