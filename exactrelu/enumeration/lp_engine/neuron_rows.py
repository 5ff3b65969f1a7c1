"""Pre-activations of many cells as rows of doubles, each entry the exact one rounded once.

A row (a, c) of exact integers is kept as its doubles, times a power of two that makes the largest entry at
most 1. Where all integers of a layer, and all partial sums of their composition, are below 2^53, the doubles
*are* the integers, and one batched product composes all cells of a chunk; otherwise python-flint composes
cell by cell, and Python's division of integers, which rounds correctly, makes the doubles.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from functools import cached_property
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from exactrelu.enumeration.lp_engine.boxes import Box, box_of
from exactrelu.enumeration.lp_engine.start import Start
from exactrelu.networks.preactivations import Preactivations
from exactrelu.numbers.linear_algebra import IntegerRow

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Index = npt.NDArray[np.intp]

_Value = TypeVar("_Value")
_Key = tuple[int, bytes]  # layer, and the bits of the layers before

_EXACT = 1 << 53
_TINY = 2.0**-1074
_KEPT = 4096  # exact neuron_rows in memory


class RowBatch(NamedTuple):
    """The rows of a layer on P cells: doubles of shape (P, neurons, d + 1), and which are constant."""

    rows: Floats
    constant: Flags

    def part(self, cells: Index) -> RowBatch:
        """Return the rows of some of the cells."""
        return RowBatch(self.rows[cells], self.constant[cells])


class NeuronRows:
    """The pre-activations of a start's cells, layer by layer."""

    def __init__(self, start: Start) -> None:
        self.start = start
        self.network = start.problem.network
        self.widths = start.problem.network.bent_widths
        self.proofs: dict[Hashable, int | None] = {}  # what `ExactCell` has proved, by its rows
        self._exact: OrderedDict[_Key, Preactivations] = OrderedDict()
        self._integers: OrderedDict[_Key, Sequence[IntegerRow]] = OrderedDict()
        self._small = self._small_layers()

    @cached_property
    def box(self) -> Box | None:
        """The start's domain, if it is a box."""
        return box_of(self.start)

    def __reduce__(self) -> tuple[type[NeuronRows], tuple[Start]]:
        # What is in memory stays here, and python-flint's matrices can not be pickled.
        return NeuronRows, (self.start,)

    # exactly -----------------------------------------------------------------------------------------

    def exact(self, layer: int, active: bytes) -> Preactivations:
        """Return the pre-activations of a layer (from 0), given the bits (0 or 1 a byte) of those before."""
        if layer == 0:
            return self.start.first
        found = self._exact.get((layer, active))
        if found is None:
            before = len(active) - self.widths[layer - 1]
            y = self.exact(layer - 1, active[:before])
            found = y.next_layer(self.network, layer, active[before:])
            _remember(self._exact, (layer, active), found)
        return found

    def integer_rows(self, layer: int, active: bytes) -> Sequence[IntegerRow]:
        """Return integer rows, positive multiples of the same pre-activations, of neurons with a bit."""
        found = self._integers.get((layer, active))
        if found is None:
            rows = self.exact(layer, active).integer_rows()
            found = self.network.activations[layer].bent_of(rows)
            _remember(self._integers, (layer, active), found)
        return found

    # in doubles ----------------------------------------------------------------------------------------

    def table(self, layer: int, active: Flags) -> RowBatch:
        """Return the rows of a layer (from 0), of neurons with a bit, on cells given by the bits before.

        Parameters
        ----------
        active
            Shape (P, bits of the layers before).
        """
        if layer < self._small:
            rows, activation = self._composed(layer, active), self.network.activations[layer]
            bent = activation.bent_width < activation.width
            return _scaled_integers(rows[:, list(activation.bent)] if bent else rows)
        bits = np.ascontiguousarray(active, dtype=np.uint8)
        exact = [self.integer_rows(layer, row.tobytes()) for row in bits]
        return _scaled(exact, self.start.coordinates + 1)

    def _composed(self, layer: int, active: Flags) -> Floats:
        """Return the composition in doubles, all of which are integers below 2^53: so it is exact."""
        cells = len(active)
        first = _doubles(self.start.first.integer_rows(), self.start.coordinates + 1)
        current, scale, past = np.broadcast_to(first, (cells, *first.shape)), self.start.first.scale, 0
        for k in range(1, layer + 1):
            width, activation = self.widths[k - 1], self.network.activations[k - 1]
            affine = self.network.layers[k]
            matrix = _doubles(affine.matrix.integer_rows(), affine.inputs + 1)
            scale *= activation.denominator
            masked = current * activation.integer_factors(active[:, past : past + width])[:, :, None]
            current = np.matmul(matrix[:, :-1], masked)
            current[:, :, -1] += matrix[:, -1] * float(scale)
            scale, past = scale * affine.matrix.denominator, past + width
        return current

    def _small_layers(self) -> int:
        """Return how many layers, from the first, are composed exactly in doubles."""
        first = self.start.first
        sizes = [[abs(entry) for entry in row] for row in first.integer_rows()]
        scale = first.scale
        small = 0
        for k in range(len(self.widths)):
            numbers = [scale]
            if k:
                layer, largest = self.network.layers[k].matrix, self.network.activations[k - 1].integer_sizes
                scale *= self.network.activations[k - 1].denominator
                sizes = [[size * entry for entry in row] for size, row in zip(largest, sizes, strict=True)]
                numbers += [scale, *largest, *(entry for row in sizes for entry in row)]
                matrix = layer.integer_rows()
                sizes = _next_sizes(sizes, scale, matrix)
                scale *= layer.denominator
                numbers += [scale, *(abs(entry) for row in matrix for entry in row)]
            if max(*numbers, *(entry for row in sizes for entry in row)) >= _EXACT:
                break
            small += 1
        return small


def _next_sizes(sizes: list[list[int]], scale: int, matrix: list[IntegerRow]) -> list[list[int]]:
    """Return bounds on the absolute entries, and all partial sums, after one more layer."""
    result = []
    for weights in matrix:
        row = [
            sum(abs(w) * size for w, size in zip(weights, column, strict=False))
            for column in zip(*sizes, strict=True)
        ]
        row[-1] += abs(weights[-1]) * scale
        result.append(row)
    return result


def _remember(memory: OrderedDict[_Key, _Value], key: _Key, value: _Value) -> None:
    memory[key] = value
    if len(memory) > _KEPT:
        memory.popitem(last=False)


def _doubles(rows: list[IntegerRow], width: int) -> Floats:
    return np.array(rows, dtype=np.float64).reshape(len(rows), width)


def _scaled_integers(rows: Floats) -> RowBatch:
    """Scale rows of integers by powers of two, which is exact: they are below 2^53."""
    constant: Flags = ~np.any(rows[:, :, :-1] != 0, axis=2)
    largest = np.abs(rows).max(axis=2)
    exponents = np.frexp(largest)[1]
    return RowBatch(np.ldexp(rows, -exponents[:, :, None]), constant)


def _scaled(tables: Sequence[Sequence[IntegerRow]], width: int) -> RowBatch:
    """Round exact rows, scaled by powers of two."""
    neurons = len(tables[0]) if tables else 0
    rows = [[scaled_row(row) for row in table] for table in tables]
    constant = [[not any(row[:-1]) for row in table] for table in tables]
    return RowBatch(
        np.array(rows, dtype=np.float64).reshape(len(tables), neurons, width),
        np.array(constant, dtype=bool).reshape(len(tables), neurons),
    )


def scaled_row(row: IntegerRow) -> list[float]:
    """Return the entries times a power of two, correctly rounded, the largest at most 1.

    Only zero becomes zero: what underflows is the smallest double of its sign.

    Examples
    --------
    >>> scaled_row((3, 0, -2**2000))
    [5e-324, 0.0, -0.5]
    """
    unit = 1 << max(map(abs, row), default=0).bit_length()
    return [(entry / unit or (_TINY if entry > 0 else -_TINY)) if entry else 0.0 for entry in row]
