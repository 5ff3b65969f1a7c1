"""The canonical geometry of many cells, exact, and as text: the C side, with its memory."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from exactrelu.errors import ArgumentError
from exactrelu.kernels.integer_vectors import Index, Vectors, Words
from exactrelu.kernels.library import address, count
from exactrelu.kernels.vertex_lists import Numbers

Bytes = npt.NDArray[np.uint8]

_FITS, _NO_MEMORY = 0, 1
_TEXT = 1 << 16  # bytes that are written at once, about
_SIZES = (
    "inputs", "layers", "cells", "bits", "nodes", "seeds", "places", "words", "rank", "domain_rows",
    "equations", "closed", "longest",
)  # fmt: skip
_POINTERS = (
    "widths", "columns", "weights", "weights_at", "slopes", "slopes_at", "scales", "scales_at", "domain",
    "domain_at", "strict", "births", "seed", "seed_at", "bit", "thin", "node", "owner", "start", "place",
    "masks", "lines", "piece", "zero_count", "zeros", "edges", "edges_at", "basis", "basis_at", "positive",
    "positive_at",
)  # fmt: skip


class _Input(ctypes.Structure):
    """The structure `region_input` in region_block.h."""

    _fields_ = (
        *((name, ctypes.c_int64) for name in _SIZES),
        *((name, ctypes.c_void_p) for name in _POINTERS),
        ("edge_count", ctypes.c_int64),
    )


@dataclass(frozen=True)
class RegionLayers:
    """A network in integers.

    ``weights`` has a row for each neuron and output, the bias last; ``slopes`` two numbers for each hidden
    neuron; ``scales`` what the biases of each layer are multiplied by so that all entries are over one
    denominator, and that of the outputs. ``columns`` says of each hidden neuron which bit it has, or -1.
    """

    inputs: int
    widths: Index
    columns: Index
    weights: Vectors
    slopes: Vectors
    scales: Vectors

    @property
    def bits(self) -> int:
        """The number of bits of a cell."""
        return int(np.count_nonzero(self.columns >= 0))


@dataclass(frozen=True)
class DomainRows:
    """The rows of the domain and of seams, which of them are strict, and the equations of the affine hull."""

    vectors: Vectors  # the rows, then the equations
    strict: Bytes
    equations: int
    rank: int  # the dimension across the lines in all cells


@dataclass(frozen=True)
class CellBits:
    """Cells sorted by configuration: their bits, and which have a dimension less than the domain's."""

    bits: Bytes
    thin: Bytes
    closed: bool  # in the reading that counts all closed cells


@dataclass(frozen=True)
class Pedigreed:
    """Generators that were born one after the other.

    ``births`` are as in `exact_values`, ``seeds`` the coordinates (X, t) of the first nodes. The generators
    of cell c are at the places ``place[start[c]:start[c + 1]]``; each place has a node, an owner (a cell that
    has it) and a mask of tight rows.
    """

    births: Index
    seeds: Vectors
    start: Index
    place: Index
    node: Index
    owner: Index
    masks: Words


@dataclass(frozen=True)
class PlaneCorners:
    """Generators in the plane, each where two lines meet; names as in `plane_chart`.

    The corners of cell c are ``lines[start[c]:start[c + 1]]``, in the first cell ``piece[c]``, and
    ``zero_count[c]`` rows of ``zeros`` say which corner is a zero of which neuron. ``edges`` are the rows of
    edges of first cells in coordinates z of the plane, (X, t) = z . basis, and ``positive`` what is positive
    on each first cell.
    """

    start: Index
    lines: Index
    piece: Bytes
    zero_count: Numbers
    zeros: Numbers
    edges: Vectors
    basis: Vectors
    positive: Vectors


Generators = Pedigreed | PlaneCorners


COLUMNS = ("equations", "facets", "strict", "vertices", "rays", "point", "weight", "bias")
"""What a column is about, in the order of region_columns.h."""


class Column(NamedTuple):
    """Vectors of cells: how many each cell has; all entries as text in one, and 0 and where each ends."""

    vectors: Index
    ends: Index
    texts: bytes


class _Found(ctypes.Structure):
    """The structure `column` in region_block.h."""

    _fields_ = (
        ("bytes", ctypes.c_void_p),
        ("size", ctypes.c_int64),
        ("bytes_room", ctypes.c_int64),
        ("end", ctypes.c_void_p),
        ("count", ctypes.c_int64),
        ("room", ctypes.c_int64),
    )


class RegionBlock:
    """The geometry of some cells, found once, and written in parts."""

    def __init__(self, library: ctypes.CDLL, *parts: Any) -> None:
        self._library, self._kept = library, parts
        self._input = _input(*parts)
        library.exactrelu_region_block_new.restype = ctypes.c_void_p
        self._state = ctypes.c_void_p(library.exactrelu_region_block_new(ctypes.byref(self._input)))

    @classmethod
    def of(
        cls,
        library: ctypes.CDLL,
        layers: RegionLayers,
        domain: DomainRows,
        cells: CellBits,
        generators: Generators,
    ) -> RegionBlock | None:
        """Return the block, or None if some number is too long.

        Raises
        ------
        MemoryError
            If there is not enough memory.
        """
        block = cls(library, layers, domain, cells, generators)
        if not block._state:
            return None
        library.exactrelu_region_block_find.restype = ctypes.c_int64
        return block if block._fits(library.exactrelu_region_block_find(block._state)) else None

    def _fits(self, status: int) -> bool:
        if status == _NO_MEMORY:
            raise MemoryError("regions: expected memory for a block of them, got none")
        return status == _FITS

    def texts(
        self, first: int, end: int, lines: str, between: str = "", *, full: bool
    ) -> tuple[str, Sequence[int]] | None:
        """Return the JSON texts of cells from ``first`` on in one, and where each of them ends.

        They are those up to ``end``, or fewer, at least one, if the texts are long. ``lines`` is that of the
        lines in all cells; ``between`` follows each cell. A cell whose inner point is not known has no text.
        None if a number is too long.
        """
        count("end", end)
        if not 0 <= first <= end <= self._input.cells:
            raise ArgumentError(
                f"cells: expected some of {self._input.cells}, got those from {first} to {end}"
            )
        ends, found, done = np.zeros(end - first, dtype=np.int64), ctypes.c_void_p(), ctypes.c_int64(end)
        shown = lines.encode("ascii")
        self._library.exactrelu_region_block_write.restype = ctypes.c_int64
        status = self._library.exactrelu_region_block_write(
            self._state,
            count("first", first),
            ctypes.byref(done),
            ctypes.c_int64(_TEXT),
            ctypes.c_int64(full),
            ctypes.c_char_p(shown),
            count("lines", len(shown)),
            ctypes.c_char_p(between.encode("ascii")),
            count("between", len(between)),
            address("ends", ends, "int64", end - first),
            ctypes.byref(found),
        )
        if not self._fits(status):
            return None
        ends = ends[: done.value - first]
        size = int(ends[-1]) if len(ends) else 0
        return ctypes.string_at(found, size).decode("ascii") if size else "", ends.tolist()

    def column(self, kind: str, first: int, end: int, most: int) -> Column | None:
        """Return the entries of vectors of cells from ``first`` on, as texts (`COLUMNS`).

        The cells are those up to ``end``, or fewer, at least one, where the texts have ``most`` bytes. None
        if a number is too long, or the inner point of a cell is not known.
        """
        count("end", end)
        if not 0 <= first < end <= self._input.cells:
            raise ArgumentError(
                f"cells: expected some of {self._input.cells}, got those from {first} to {end}"
            )
        vectors, done, found = np.zeros(end - first, dtype=np.int64), ctypes.c_int64(end), _Found()
        self._library.exactrelu_region_block_column.restype = ctypes.c_int64
        status = self._library.exactrelu_region_block_column(
            self._state,
            ctypes.c_int64(COLUMNS.index(kind)),
            count("first", first),
            ctypes.byref(done),
            count("most", most),
            address("vectors", vectors, "int64", end - first),
            ctypes.byref(found),
        )
        vectors = vectors[: done.value - first]
        if not self._fits(status) or (vectors < 0).any():
            return None
        ends = np.zeros(found.count + 1, dtype=np.int64)
        if found.count:
            ctypes.memmove(ends.ctypes.data + 8, found.end, 8 * found.count)
        return Column(vectors, ends, ctypes.string_at(found.bytes, found.size) if found.size else b"")

    @property
    def dimensions(self) -> Numbers:
        """The dimension of each cell."""
        found = np.zeros(self._input.cells, dtype=np.int32)
        self._library.exactrelu_region_block_dimensions.restype = None
        self._library.exactrelu_region_block_dimensions(
            self._state, address("dimensions", found, "int32", self._input.cells)
        )
        return found

    def __del__(self) -> None:
        if getattr(self, "_state", None):
            self._library.exactrelu_region_block_free.restype = None
            self._library.exactrelu_region_block_free(self._state)


def _input(layers: RegionLayers, domain: DomainRows, cells: CellBits, generators: Generators) -> _Input:
    hidden, neurons, number = len(layers.widths) - 1, len(layers.columns), len(cells.bits)
    rows = len(domain.strict)
    found = _Input(
        layers=hidden,
        inputs=layers.inputs,
        cells=number,
        bits=layers.bits,
        rank=domain.rank,
        domain_rows=rows,
        equations=domain.equations,
        closed=cells.closed,
    )
    arrays = [
        ("widths", layers.widths, "int64", 1),
        ("columns", layers.columns, "int64", neurons),
        ("strict", domain.strict, "uint8", rows),
        ("bit", cells.bits, "uint8", number * layers.bits),
        ("thin", cells.thin, "uint8", number),
        ("start", generators.start, "int64", number + 1),
    ]
    vectors = [
        ("weights", layers.weights, neurons + int(layers.widths[-1])),
        ("slopes", layers.slopes, 2 * neurons),
        ("scales", layers.scales, hidden + 2),
        ("domain", domain.vectors, rows + domain.equations),
    ]
    members = int(generators.start[-1])
    if isinstance(generators, Pedigreed):
        nodes, places, words = generators.births.shape[1], *generators.masks.shape
        found.nodes, found.places, found.words = nodes, places, words
        found.seeds = len(generators.seeds.start)
        vectors.append(("seed", generators.seeds, 1))
        arrays += [
            ("births", generators.births, "int64", 4 * nodes),
            ("node", generators.node, "int64", places),
            ("owner", generators.owner, "int64", places),
            ("place", generators.place, "int64", members),
            ("masks", generators.masks, "uint64", places * words),
        ]
    else:
        found.edge_count = len(generators.edges.start)
        vectors += [(name, getattr(generators, name), 1) for name in ("edges", "basis", "positive")]
        arrays += [
            ("lines", generators.lines, "int64", 2 * members),
            ("piece", generators.piece, "uint8", number),
            ("zero_count", generators.zero_count, "int32", number),
            ("zeros", generators.zeros, "int32", 2 * int(generators.zero_count.sum())),
        ]
    for name, array, dtype, size in arrays:
        setattr(found, name, address(name, array, dtype, size))
    for name, vector, size in vectors:
        setattr(found, name, address(name, vector.words, "uint64", 1))
        setattr(found, f"{name}_at", address(name, vector.start, "int64", size))
    found.longest = max(vector.longest for _, vector, _ in vectors)
    return found
