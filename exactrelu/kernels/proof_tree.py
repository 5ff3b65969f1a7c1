"""Subtrees of case trees, written at once: lines of text, and holes where it could not be proved."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from ctypes import CDLL, POINTER, Structure, byref, c_int64, c_void_p
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from exactrelu.kernels.exact_values import IntegerLayer
from exactrelu.kernels.library import address, count

_LIMB = 64
MOST_LIMBS = 16
"""Limbs of the entries of rows; products of rows may have twice as many."""

_SIZES = (
    "inputs", "depth", "limbs", "small", "domain_rows", "members", "bits",
    "layer", "first", "decisions", "length", "full", "closed",
)  # fmt: skip
_ARRAYS = (
    "widths", "bent", "numbers", "weights", "scales", "slopes",
    "domain", "domain_strict", "bit", "decision",
)  # fmt: skip
_COUNTS = ("length", "room", "holes", "hole_room", "excluded", "reached", "lines")


class _Task(Structure):
    """The `Task` of proof_tree.h."""

    _fields_ = (*((name, c_int64) for name in _SIZES), *((name, c_void_p) for name in _ARRAYS))


class _Output(Structure):
    """The `Output` of proof_tree.h."""

    _fields_ = (("text", c_void_p), ("hole", c_void_p), *((name, c_int64) for name in _COUNTS))


class Hole(NamedTuple):
    """A line that is empty: why a neuron's bit on a cell is not the other one, or (layer -1) a leaf's point.

    ``member`` is a configuration in the cell, by number; layers are counted from 0, neurons are those with
    a bit. The path has ``length`` rows; ``decisions`` are those that count, but the domain's: (layer, neuron,
    bit, position).
    """

    line: int
    member: int
    layer: int
    neuron: int
    bit: int
    length: int
    decisions: tuple[tuple[int, ...], ...]


class Written(NamedTuple):
    """Lines without their sums and their last braces, each with a line feed; how many; leaves; the holes."""

    text: bytes
    lines: int
    excluded: int
    reached: int
    holes: list[Hole]


@dataclass(frozen=True)
class TreeLayers:
    """The layers whose neurons a tree decides, in integers of so many limbs, and the domain's rows."""

    limbs: int
    small: bool
    widths: npt.NDArray[np.int64]
    bent: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.int32]
    weights: npt.NDArray[np.uint64]
    scales: npt.NDArray[np.uint64]
    slopes: npt.NDArray[np.int64]
    domain: npt.NDArray[np.uint64]
    inputs: int

    @classmethod
    def of(
        cls, inputs: int, layers: Sequence[IntegerLayer], domain: Sequence[Sequence[int]]
    ) -> TreeLayers | None:
        """Return them, None if numbers are too long; there is at least one layer."""
        slopes = [slope for layer in layers for pair in layer.slopes for slope in pair]
        scales, bits = _growth(layers)
        longest = max([bits, *(abs(x).bit_length() for row in domain for x in row)])
        limbs = longest // _LIMB + 1
        if limbs > MOST_LIMBS or any(abs(slope) >> (_LIMB - 2) for slope in slopes):
            return None
        weights = [entry for layer in layers for entry in layer.weights]
        small = all(-(1 << 63) < entry < 1 << 63 for entry in weights)
        bent = [[i for i, (below, above) in enumerate(layer.slopes) if below != above] for layer in layers]
        return cls(
            limbs, small,
            np.array([len(layer.slopes) for layer in layers], dtype=np.int64),
            np.array([len(numbers) for numbers in bent], dtype=np.int64),
            np.array([i for numbers in bent for i in numbers], dtype=np.int32),
            _in_limbs(weights, 1 if small else limbs), _in_limbs(scales, limbs),
            np.array(slopes, dtype=np.int64),
            _in_limbs([entry for row in domain for entry in row], limbs),
            inputs,
        )  # fmt: skip


def _growth(layers: Sequence[IntegerLayer]) -> tuple[list[int], int]:
    """Return what biases are multiplied by, and a bound on the bits of all entries of composed rows.

    The rows of layer k are integers over S_k, S_0 the first denominator, S_k = d_k s_k S_(k-1), s_k the
    denominator of the slopes before; biases are multiplied by s_k S_(k-1).
    """
    first, scales = layers[0], list[int]()
    scale, largest = first.denominator, max(map(abs, first.weights), default=0)
    for before, layer in pairwise(layers):
        columns, factor = len(before.slopes) + 1, before.slope_denominator * scale
        steep = max((abs(slope) for pair in before.slopes for slope in pair), default=0)
        sums = [sum(map(abs, layer.weights[i : i + columns])) for i in range(0, len(layer.weights), columns)]
        largest = max(largest, max(sums, default=0) * max(largest * steep, factor))
        scales.append(factor)
        scale = layer.denominator * factor
    return scales, max(largest, *scales, 1).bit_length() + 1


def _in_limbs(numbers: Sequence[int], limbs: int) -> npt.NDArray[np.uint64]:
    """Return integers in two's complement, the lowest limb first; at least one number."""
    text = b"".join([number.to_bytes(8 * limbs, "little", signed=True) for number in numbers] or [bytes(8)])
    return np.frombuffer(text, dtype="<u8").astype(np.uint64)


class Start(NamedTuple):
    """The node whose subtree is written.

    ``layer`` (from 0) and the first of its neurons that is not decided, and the path to it (`Hole`).
    """

    layer: int
    first: int
    length: int
    decisions: Sequence[Sequence[int]]


class Relations(NamedTuple):
    """Whether the reading is `full`, or `closed`, and which of the domain's rows are strict."""

    full: bool
    closed: bool
    domain: Sequence[bool]


def can_write_trees(library: CDLL) -> bool:
    """Return whether the library has integers that are wide enough."""
    library.exactrelu_has_proof_trees.restype = c_int64
    return bool(library.exactrelu_has_proof_trees())


def written_subtree(
    library: CDLL, net: TreeLayers, relations: Relations, bits: npt.NDArray[np.uint8], start: Start
) -> Written:
    """Write the subtree of a node, given its configurations, sorted, one byte a bit.

    Raises
    ------
    ArgumentError
        If an array is of another type or too small.
    MemoryError
        If there is none.
    """
    members, width = bits.shape
    strict = np.array([*relations.domain, False], dtype=np.uint8)
    decisions = np.array([*start.decisions, (0, 0, 0, 0)], dtype=np.int32)
    sizes = (
        net.inputs, len(net.widths), net.limbs, net.small, len(relations.domain), members, width,
        start.layer, start.first, len(start.decisions), start.length, relations.full, relations.closed,
    )  # fmt: skip
    arrays = (
        address("widths", net.widths, "int64", 1),
        address("bent", net.bent, "int64", len(net.widths)),
        address("numbers", net.numbers, "int32", width),
        address("weights", net.weights, "uint64", 1),
        address("scales", net.scales, "uint64", (len(net.widths) - 1) * net.limbs),
        address("slopes", net.slopes, "int64", 2 * int(net.widths.sum())),
        address("domain", net.domain, "uint64", len(relations.domain) * (net.inputs + 1) * net.limbs),
        address("domain_strict", strict, "uint8", len(relations.domain)),
        address("bit", bits, "uint8", members * width),
        address("decision", decisions, "int32", 4 * len(start.decisions)),
    )
    task = _Task(*(count(name, size).value for name, size in zip(_SIZES, sizes, strict=True)), *arrays)
    output = _Output()
    function = library.exactrelu_proof_tree
    function.argtypes, function.restype = (POINTER(_Task), POINTER(_Output)), c_int64
    free = library.exactrelu_proof_tree_free
    free.argtypes, free.restype = (POINTER(_Output),), None
    try:
        if function(byref(task), byref(output)) < 0:
            raise MemoryError("kernel proof_tree: no memory for a subtree")
        text = ctypes.string_at(output.text, output.length) if output.length else b""
        holes = ctypes.string_at(output.hole, 4 * output.holes) if output.holes else b""
        return Written(
            text, output.lines, output.excluded, output.reached, _holes(np.frombuffer(holes, dtype=np.int32))
        )
    finally:
        free(byref(output))


def _holes(numbers: npt.NDArray[np.int32]) -> list[Hole]:
    found, at, head = [], 0, len(Hole._fields)
    values = numbers.tolist()
    while at < len(values):
        line, member, layer, neuron, bit, length, decisions = values[at : at + head]
        end = at + head + 4 * decisions
        quads = tuple(tuple(values[i : i + 4]) for i in range(at + head, end, 4))
        found.append(Hole(line, member, layer, neuron, bit, length, quads))
        at = end
    return found
