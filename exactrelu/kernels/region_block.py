"""The canonical geometry of many cells, exact, and as text: the C side, with its memory."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from exactrelu.errors import ArgumentError
from exactrelu.kernels.integer_vectors import Index, Vectors, Words
from exactrelu.kernels.library import address, count

Bytes = npt.NDArray[np.uint8]

_FITS, _NO_MEMORY = 0, 1
_SIZES = (
    "inputs", "layers", "cells", "bits", "nodes", "seeds", "places", "words", "rank", "domain_rows",
    "equations", "closed", "longest",
)  # fmt: skip
_POINTERS = (
    "widths", "columns", "weights", "weights_at", "slopes", "slopes_at", "scales", "scales_at", "domain",
    "domain_at", "strict", "births", "seed", "seed_at", "bit", "thin", "node", "owner", "start", "place",
    "masks",
)  # fmt: skip


class _Input(ctypes.Structure):
    """The structure `region_input` in region_block.h."""

    _fields_ = (
        *((name, ctypes.c_int64) for name in _SIZES),
        *((name, ctypes.c_void_p) for name in _POINTERS),
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
class Family:
    """Where vertices come from: births (as in `exact_values`), and the coordinates of the first nodes."""

    births: Index
    seeds: Vectors


@dataclass(frozen=True)
class BlockCells:
    """Cells sorted by configuration: bits, which are thin, and their generators, by place.

    Those of cell c are ``place[start[c]:start[c + 1]]``; each place has a node, an owner (a cell that has it)
    and a mask of tight rows.
    """

    bits: Bytes
    thin: Bytes
    start: Index
    place: Index
    node: Index
    owner: Index
    masks: Words
    closed: bool


class RegionBlock:
    """The geometry of some cells, found once, and written in parts."""

    def __init__(self, library: ctypes.CDLL, *parts: Any) -> None:
        self._library, self._kept = library, parts
        self._input = _input(*parts)
        library.exactrelu_region_block_new.restype = ctypes.c_void_p
        self._state = ctypes.c_void_p(library.exactrelu_region_block_new(ctypes.byref(self._input)))

    @classmethod
    def of(
        cls, library: ctypes.CDLL, layers: RegionLayers, domain: DomainRows, family: Family, cells: BlockCells
    ) -> RegionBlock | None:
        """Return the block, or None if some number is too long.

        Raises
        ------
        MemoryError
            If there is not enough memory.
        """
        block = cls(library, layers, domain, family, cells)
        if not block._state:
            return None
        library.exactrelu_region_block_find.restype = ctypes.c_int64
        return block if block._fits(library.exactrelu_region_block_find(block._state)) else None

    def _fits(self, status: int) -> bool:
        if status == _NO_MEMORY:
            raise MemoryError("regions: expected memory for a block of them, got none")
        return status == _FITS

    def texts(self, first: int, end: int, lines: str, *, full: bool) -> tuple[str, Sequence[int]] | None:
        """Return the JSON texts of the cells from ``first`` to ``end`` in one, and where each of them ends.

        ``lines`` is that of the lines in all cells. A cell whose inner point is not known has no text. None
        if some number is too long.
        """
        count("end", end)
        if not 0 <= first <= end <= self._input.cells:
            raise ArgumentError(
                f"cells: expected some of {self._input.cells}, got those from {first} to {end}"
            )
        ends, found = np.zeros(end - first, dtype=np.int64), ctypes.c_void_p()
        shown = lines.encode("ascii")
        self._library.exactrelu_region_block_write.restype = ctypes.c_int64
        status = self._library.exactrelu_region_block_write(
            self._state,
            count("first", first),
            count("end", end),
            ctypes.c_int64(full),
            ctypes.c_char_p(shown),
            count("lines", len(shown)),
            address("ends", ends, "int64", end - first),
            ctypes.byref(found),
        )
        if not self._fits(status):
            return None
        size = int(ends[-1]) if len(ends) else 0
        return ctypes.string_at(found, size).decode("ascii") if size else "", ends.tolist()

    def __del__(self) -> None:
        if getattr(self, "_state", None):
            self._library.exactrelu_region_block_free.restype = None
            self._library.exactrelu_region_block_free(self._state)


def _input(layers: RegionLayers, domain: DomainRows, family: Family, cells: BlockCells) -> _Input:
    hidden, neurons = len(layers.widths) - 1, len(layers.columns)
    places, rows = len(cells.node), len(domain.strict)
    nodes, words = family.births.shape[1], cells.masks.shape[1]
    found = _Input(
        layers=hidden,
        inputs=layers.inputs,
        cells=len(cells.bits),
        bits=layers.bits,
        nodes=nodes,
        seeds=len(family.seeds.start),
        places=places,
        words=words,
        rank=domain.rank,
        domain_rows=rows,
        equations=domain.equations,
        closed=cells.closed,
        longest=max(
            v.longest for v in (layers.weights, layers.slopes, layers.scales, domain.vectors, family.seeds)
        ),
    )
    for name, array, dtype, size in (
        ("widths", layers.widths, "int64", 1),
        ("columns", layers.columns, "int64", neurons),
        ("strict", domain.strict, "uint8", rows),
        ("births", family.births, "int64", 4 * nodes),
        ("bit", cells.bits, "uint8", len(cells.bits) * layers.bits),
        ("thin", cells.thin, "uint8", len(cells.bits)),
        ("node", cells.node, "int64", places),
        ("owner", cells.owner, "int64", places),
        ("start", cells.start, "int64", len(cells.bits) + 1),
        ("place", cells.place, "int64", int(cells.start[-1])),
        ("masks", cells.masks, "uint64", places * words),
    ):
        setattr(found, name, address(name, array, dtype, size))
    for name, vectors, size in (
        ("weights", layers.weights, neurons + int(layers.widths[-1])),
        ("slopes", layers.slopes, 2 * neurons),
        ("scales", layers.scales, hidden + 2),
        ("domain", domain.vectors, rows + domain.equations),
        ("seed", family.seeds, 1),
    ):
        setattr(found, name, address(name, vectors.words, "uint64", 1))
        setattr(found, f"{name}_at", address(name, vectors.start, "int64", size))
    return found
