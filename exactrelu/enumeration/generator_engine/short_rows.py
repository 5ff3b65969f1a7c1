"""Rows of all runs of cells at once, in machine numbers, as long as these surely hold them.

The rows of layer k over a common scale are integers. Before a layer is composed its entries are bounded: by
the largest row sum of |W| times the largest slope times the largest entry before, and the bias. Below 2^53
all products and partial sums, in any order, are integers that doubles hold exactly, below 2^62 those of 64
bits do; beyond, nothing is composed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from exactrelu.networks.activation import Activation
from exactrelu.networks.affine_map import AffineMap
from exactrelu.numbers.linear_algebra import RationalMatrix

Index = npt.NDArray[np.int64]

_DOUBLES, _INTEGERS = 1 << 53, 1 << 62
_MOST = 1 << 23  # entries of one layer's rows
_ALL = slice(None)


class ShortRows:
    """The rows of a layer on runs of cells: ``values``, of shape (runs, rows, inputs + 1), over ``scale``."""

    def __init__(self, values: npt.NDArray[np.int64], scale: int) -> None:
        self.values, self.scale = values, scale

    @classmethod
    def of_first_layer(cls, layer: AffineMap) -> ShortRows | None:
        """Return the rows of the first layer, which all cells share, None if they are long."""
        if layer.is_sparse:
            return None
        rows = layer.matrix.integer_rows()
        if max(abs(entry) for row in rows for entry in row) >= _INTEGERS:
            return None
        return cls(np.array([rows], dtype=np.int64), layer.matrix.denominator)

    def next_layer(
        self, layer: AffineMap, activation: Activation, parents: Index, bits: npt.NDArray[np.uint8]
    ) -> ShortRows | None:
        """Return the next layer's rows on runs with given parents and bits, None if they may be long."""
        size = len(parents) * max(layer.outputs, layer.inputs) * self.values.shape[2]
        step = None if size > _MOST else self._step(layer, activation)
        if step is None:
            return None
        factors = activation.integer_factors(bits.astype(bool))
        return ShortRows(step.composed(self.values[parents], factors), step.scale * layer.matrix.denominator)

    def next_rows(
        self,
        layer: AffineMap,
        activation: Activation,
        parents: Index,
        bits: npt.NDArray[np.uint8],
        wanted: tuple[Index, Index],
    ) -> list[Sequence[int]] | None:
        """Return some of the rows of `next_layer`, primitive: ``wanted`` are runs, ascending, and neurons."""
        step = self._step(layer, activation)
        if step is None:
            return None
        runs, neurons = wanted
        present, first = np.unique(runs, return_index=True)
        factors = activation.integer_factors(bits[present].astype(bool))
        found = np.empty((len(runs), self.values.shape[2]), dtype=np.int64)
        ends = [*first.tolist(), len(runs)]
        for number, parent in enumerate(parents[present].tolist()):
            own = slice(*ends[number : number + 2])
            found[own] = step.composed(self.values[parent], factors[number], neurons[own])
        rows: list[Sequence[int]] = _primitive(found).tolist()
        return rows

    def _step(self, layer: AffineMap, activation: Activation) -> _Step | None:
        """Return how the next layer is composed, None if its rows may be long."""
        if layer.is_sparse or max(activation.integer_sizes, default=0) >= _DOUBLES:
            return None
        sizes, biases, weight = _integers(layer.matrix)
        scale = self.scale * activation.denominator
        entries = max(activation.integer_sizes, default=0) * int(np.abs(self.values).max(initial=0))
        bound = max(size * entries + abs(bias) * scale for size, bias in zip(sizes, biases, strict=True))
        bound = max(bound, entries)
        if bound >= _INTEGERS or weight is None:
            return None
        return _Step(weight, [bias * scale for bias in biases], scale, exact_in_doubles=bound < _DOUBLES)

    def primitive(self) -> list[list[list[int]]]:
        """Return the rows of each run, each divided by the greatest common divisor of its entries."""
        found: list[list[list[int]]] = _primitive(self.values).tolist()
        return found

    def some(self, runs: Index, rows: Index) -> list[Sequence[int]]:
        """Return some rows like that, each of the run beside it."""
        found: list[Sequence[int]] = _primitive(self.values[runs, rows]).tolist()
        return found


def _primitive(rows: Index) -> Index:
    """Divide rows, along the last axis, by the greatest common divisors of their entries."""
    return np.asarray(rows // np.maximum(np.gcd.reduce(rows, axis=-1), 1)[..., None])


@lru_cache(maxsize=16)
def _integers(matrix: RationalMatrix) -> tuple[list[int], list[int], Index | None]:
    """Return the row sums of |W|, b, and W, of [W | b] in integers; for W None if a sum is too long."""
    rows = matrix.integer_rows()
    sizes, biases = [sum(map(abs, row[:-1])) for row in rows], [row[-1] for row in rows]
    fits = max(sizes, default=0) < _DOUBLES
    return sizes, biases, np.array([row[:-1] for row in rows], dtype=np.int64) if fits else None


class _Step:
    """A layer's integer weights, and biases times the scale of the rows before, as machine numbers."""

    def __init__(self, weight: Index, biases: list[int], scale: int, *, exact_in_doubles: bool) -> None:
        self.scale = scale
        self._kind: type[np.float64 | np.int64] = np.float64 if exact_in_doubles else np.int64
        self._weight = weight.astype(self._kind)
        self._bias = np.array(biases, dtype=self._kind)

    def composed(
        self, before: Index, factors: npt.NDArray[Any], neurons: Index | slice = _ALL
    ) -> npt.NDArray[np.int64]:
        """Return rows, of shape (..., neurons, inputs + 1), from those before and their factors."""
        hidden = factors.astype(self._kind)[..., None] * before.astype(self._kind)
        result: npt.NDArray[Any] = self._weight[neurons] @ hidden
        result[..., -1] += self._bias[neurons]
        return np.asarray(result.astype(np.int64))
