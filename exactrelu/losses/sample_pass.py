"""All samples through a network at once, forwards and back, in integer matrices.

A parameter is an entry of a matrix (W_l | b_l); parameters are counted layer by layer, row by row, each row's
bias last. A *kink* is a pre-activation of a bent neuron that is exactly 0 at a sample: there the slope is a
choice, and so is the derivative of all that stands behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from exactrelu.errors import ArgumentError
from exactrelu.losses.training_data import Loss, TrainingData
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import RationalMatrix

Vector = tuple[Fraction, ...]
Rows = Sequence[Sequence[Fraction]]


class Kink(NamedTuple):
    """A pre-activation that is 0: hidden layer and neuron from 0, and the sample."""

    layer: int
    neuron: int
    sample: int


Choices = Mapping[Kink, int]


@dataclass(frozen=True)
class SamplePass:
    """A network with the data that passes through it; ``biases``: whether biases are parameters too.

    Raises
    ------
    ArgumentError
        If the data has other dimensions than the network.
    """

    network: Network
    data: TrainingData
    biases: bool = True

    def __post_init__(self) -> None:
        expected = (self.network.inputs, self.network.outputs)
        if self.data.dimensions != expected:
            raise ArgumentError(
                f"data: expected {expected[0]} inputs and {expected[1]} targets a sample, "
                f"got {self.data.dimensions[0]} and {self.data.dimensions[1]}"
            )

    # forwards ---------------------------------------------------------------------------------------

    @cached_property
    def _values(self) -> tuple[list[RationalMatrix], list[Rows]]:
        size, rows = self.data.size, [*zip(*self.data.inputs, strict=True)]
        readings: list[RationalMatrix] = []
        ys: list[Rows] = []
        for k, layer in enumerate(self.network.layers):
            readings.append(RationalMatrix.from_rows([*rows, (Fraction(1),) * size], size))
            ys.append((layer.matrix @ readings[-1]).rows())
            if k < self.network.depth - 1:
                activation = self.network.activations[k]
                rows = [*zip(*(activation(column) for column in zip(*ys[-1], strict=True)), strict=True)]
        return readings, ys

    @property
    def preactivations(self) -> list[Rows]:
        """For each hidden layer a row for each neuron, an entry for each sample."""
        return self._values[1][:-1]

    @cached_property
    def residuals(self) -> Rows:
        """f(x) - y, a row for each output."""
        targets = zip(*self.data.targets, strict=True)
        return tuple(
            tuple(f - y for f, y in zip(row, target, strict=True))
            for row, target in zip(self._values[1][-1], targets, strict=True)
        )

    def loss(self, loss: Loss) -> Fraction:
        """Return the mean loss."""
        paid = (loss.of(entry) for row in self.residuals for entry in row)
        return sum(paid, Fraction(0)) / self.data.size

    def slopes_of_loss(self, loss: Loss) -> Rows:
        """Return the derivative of the loss by each entry of f, 0 where an absolute residual is 0."""
        return tuple(tuple(loss.slope(r) / self.data.size for r in row) for row in self.residuals)

    @cached_property
    def kinks(self) -> tuple[Kink, ...]:
        """The pre-activations of bent neurons that are 0, layer by layer."""
        return tuple(
            Kink(k, i, n)
            for k, ys in enumerate(self.preactivations)
            for i in self.network.activations[k].bent
            for n, y in enumerate(ys[i])
            if not y
        )

    # back -------------------------------------------------------------------------------------------

    def slopes(self, layer: int, choices: Choices) -> Rows:
        """Return the slope of each neuron of a hidden layer at each sample; without a choice the lower."""
        pairs, rows = self.network.activations[layer].slopes, []
        for i, ((below, above), ys) in enumerate(zip(pairs, self.preactivations[layer], strict=True)):
            signs = (bool(choices.get(Kink(layer, i, n), 0)) if not y else y > 0 for n, y in enumerate(ys))
            rows.append(tuple(above if positive else below for positive in signs))
        return tuple(rows)

    def gradient(self, slopes_of_loss: Rows, choices: Choices) -> Vector:
        """Return the derivative of sum_kn u_kn f_k(x^n) by all parameters, u given, under the choices."""
        return self._back(self.network.depth - 1, slopes_of_loss, choices)

    def kink_gradient(self, kink: Kink, choices: Choices) -> Vector:
        """Return the derivative of a pre-activation at a sample by all parameters, under the choices."""
        width, size = self.network.layers[kink.layer].outputs, self.data.size
        unit = [[Fraction((i, n) == (kink.neuron, kink.sample)) for n in range(size)] for i in range(width)]
        return self._back(kink.layer, unit, choices)

    def _back(self, layer: int, sensitivities: Rows, choices: Choices) -> Vector:
        readings, size = self._values[0], self.data.size
        found: list[Vector] = []
        for k in range(layer, -1, -1):
            u = RationalMatrix.from_rows(sensitivities, size)
            found.append(self._entries(u @ _transposed(readings[k])))
            if k:
                columns = [*zip(*self.network.layers[k].weight, strict=True)]
                passed = (RationalMatrix.from_rows(columns, len(columns[0])) @ u).rows()
                sensitivities = _product(passed, self.slopes(k - 1, choices))
        behind = sum(map(self._count, range(layer + 1, self.network.depth)))
        return (*(entry for block in reversed(found) for entry in block), *(Fraction(0),) * behind)

    def _entries(self, matrix: RationalMatrix) -> Vector:
        zero = Fraction(0)
        return tuple(entry for row in matrix.rows() for entry in (row if self.biases else (*row[:-1], zero)))

    def _count(self, layer: int) -> int:
        single = self.network.layers[layer]
        return single.outputs * (single.inputs + 1)

    # parameters -------------------------------------------------------------------------------------

    @cached_property
    def signs(self) -> tuple[tuple[tuple[bool, ...], ...], ...]:
        """Which pre-activations of bent neurons are positive, by layers and neurons."""
        return tuple(
            tuple(tuple(y > 0 for y in ys[i]) for i in activation.bent)
            for activation, ys in zip(self.network.activations, self.preactivations, strict=True)
        )

    @property
    def parameters(self) -> int:
        """How many parameters there are, biases that are held included."""
        return sum(map(self._count, range(self.network.depth)))

    @cached_property
    def values(self) -> Vector:
        """The parameters, in their order."""
        return tuple(entry for layer in self.network.layers for row in layer.rows for entry in row)

    def place(self, layer: int, row: int, column: int) -> int:
        """Return the place of an entry of a layer's (W | b), all counted from 0, among the parameters."""
        before = sum(map(self._count, range(layer)))
        return before + row * (self.network.layers[layer].inputs + 1) + column

    def name(self, place: int) -> str:
        """Return a parameter's name, such as W2[0,1] or b1[3]: layers from 1, rows and columns from 0."""
        layer = 0
        while place >= self._count(layer):
            place -= self._count(layer)
            layer += 1
        row, column = divmod(place, self.network.layers[layer].inputs + 1)
        is_bias = column == self.network.layers[layer].inputs
        return f"b{layer + 1}[{row}]" if is_bias else f"W{layer + 1}[{row},{column}]"

    def moved(self, direction: Mapping[int, Fraction]) -> SamplePass:
        """Return the pass of the network with its parameters moved by a vector, given by its entries."""
        layers = []
        for k, layer in enumerate(self.network.layers):
            width, first = layer.inputs + 1, self.place(k, 0, 0)
            rows = [
                [entry + direction.get(first + i * width + j, 0) for j, entry in enumerate((*w, b))]
                for i, (w, b) in enumerate(zip(layer.weight, layer.bias, strict=True))
            ]
            layers.append(AffineMap(RationalMatrix.from_rows(rows, width)))
        network = Network(tuple(layers), activations=self.network.activations)
        return SamplePass(network, self.data, self.biases)


def _transposed(matrix: RationalMatrix) -> RationalMatrix:
    return RationalMatrix(matrix.numerators.transpose(), matrix.denominator)


def _product(one: Rows, two: Rows) -> Rows:
    return [[a * b for a, b in zip(*rows, strict=True)] for rows in zip(one, two, strict=True)]
