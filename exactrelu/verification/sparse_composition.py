"""Pre-activations of few neurons of a large network over inputs and open neurons' values, in integers.

Where signs are known a row goes backwards from layer to layer by one product with a sparse matrix, exactly; a
neuron whose sign is open leaves its value as a variable r = relu(z). Nothing else of a layer is written out,
so that convolutions with millions of places are no obstacle as long as few rows are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from flint import fmpz_mat

from exactrelu.networks.activation import Slopes
from exactrelu.networks.network import Network
from exactrelu.networks.preactivations import Preactivations
from exactrelu.numbers.integer_arrays import integer_array
from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.numbers.rationals import common_denominator
from exactrelu.numbers.sparse_matrix import SparseMatrix

_MOST_DENSE = 1 << 20  # entries of a layer's rows over the inputs

Neuron = tuple[int, int]
"""Hidden layer from 0, and neuron."""


def is_large(network: Network) -> bool:
    """Return whether layers are sparse and a network's rows over the inputs too many to be written out."""
    most = max(network.hidden_widths, default=0) * network.inputs
    return most > _MOST_DENSE and any(layer.is_sparse for layer in network.layers)


@dataclass(frozen=True, eq=False)
class SparseComposition:
    """The rows of a network on a box; ``signs`` as in `exactrelu.verification.exact_leaf.ExactLeaf`.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-2]], [1, 0]), ([[3, 1]], None)])
    >>> rows = SparseComposition(net, [np.array([1, -1])])  # 3 (x + 1) + r, r = relu(-2x)
    >>> rows.of_layer(1, [0]), rows.variables
    (([(3, 1, 3)], 1), [(0, 1)])
    """

    network: Network
    signs: Sequence[np.ndarray]

    @cached_property
    def variables(self) -> list[Neuron]:
        """The neurons that have a variable."""
        return [(k, int(i)) for k, sign in enumerate(self.signs) for i in np.flatnonzero(sign == -1)]

    def of_layer(self, k: int, neurons: Sequence[int]) -> tuple[list[IntegerRow], int]:
        """Return rows over inputs, variables and 1 of some neurons of layer k (from 0), and their scale."""
        layer, more = self.network.layers[k], len(self.variables)
        places = np.array([*range(layer.inputs), layer.inputs + more])
        rows = layer.sparse.chosen_rows(np.array(neurons, dtype=np.int64))
        rows = rows.with_columns(places, layer.inputs + more + 1)
        for j in range(k - 1, -1, -1):
            rows = rows @ self._step(j)
        return [tuple(row) for row in _written_out(rows)], rows.denominator

    def outputs(self) -> Preactivations:
        """Return the outputs over inputs, variables and 1."""
        last = len(self.network.layers) - 1
        rows, scale = self.of_layer(last, range(self.network.outputs))
        return Preactivations(fmpz_mat(rows), scale)

    def _step(self, j: int) -> SparseMatrix:
        """Return the matrix of (y_{j-1 values}, variables, 1) -> (values of layer j, variables, 1)."""
        layer, more = self.network.layers[j], len(self.variables)
        slopes = [self._slope(pair, int(s)) for pair, s in zip(self._slopes(j), self.signs[j], strict=True)]
        common = common_denominator(slopes)
        factors = integer_array([int(slope * common) for slope in slopes])
        places = np.array([*range(layer.inputs), layer.inputs + more])
        columns = layer.inputs + more + 1
        values = layer.sparse.with_columns(places, columns).with_rows_times(factors, common)
        rises = [(i, v, pair[1] - pair[0]) for v, (k, i) in enumerate(self.variables) if k == j
                 for pair in [self._slopes(j)[i]]]  # fmt: skip
        if rises:
            values = values + _entries((layer.outputs, columns), rises, layer.inputs)
        rest = [(v, v, Fraction(1)) for v in range(more + 1)]
        return SparseMatrix.stacked([values, _entries((more + 1, columns), rest, layer.inputs)])

    def _slopes(self, j: int) -> tuple[Slopes, ...]:
        return self.network.activations[j].slopes

    def _slope(self, pair: Slopes, sign: int) -> Fraction:
        return pair[1] if sign > 0 and sign % 2 == 1 else pair[0]


class SomeRows(Preactivations):
    """Pre-activations of which only some rows are there; the others are empty."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Mapping[int, IntegerRow], width: int, scale: int) -> None:
        self._rows = [rows.get(i, ()) for i in range(width)]
        self.scale = scale

    def integer_rows(self) -> list[IntegerRow]:
        """Return the rows."""
        return self._rows


def some_rows(rows: SparseComposition, k: int, neurons: Sequence[int]) -> SomeRows:
    """Return the rows of some neurons of hidden layer k (from 0)."""
    found, scale = rows.of_layer(k, neurons) if len(neurons) else ([], 1)
    width = rows.network.layers[k].outputs
    return SomeRows(dict(zip(neurons, found, strict=True)), width, scale)


def _entries(
    shape: tuple[int, int], entries: Sequence[tuple[int, int, Fraction]], offset: int
) -> SparseMatrix:
    """Return the matrix with entries (row, column behind the offset, number)."""
    rows, columns, numbers = zip(*entries, strict=True)
    common = common_denominator(numbers)
    numerators = integer_array([int(number * common) for number in numbers])
    return SparseMatrix.from_entries(shape, rows, [offset + j for j in columns], numerators, common)


def _written_out(matrix: SparseMatrix) -> Iterator[list[int]]:
    for columns, numerators in matrix.row_entries():
        row = [0] * matrix.shape[1]
        for j, numerator in zip(columns, numerators, strict=True):
            row[j] = int(numerator)
        yield row
