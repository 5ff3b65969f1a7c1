"""Windows: two neighbouring affine maps of a network with the hidden layer between them.

The window of hidden layer k is the map from the values z_{k-1} (z_0 = x) to the pre-activations y_{k+1}: a
network with one hidden layer. What changes a network at layer k replaces this window by another one, and all
else stays; so the function is the same if the two windows are one function, which `equal` always decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from exactrelu.errors import NetworkError
from exactrelu.networks.activation import Activation, Slopes
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.numbers.points import Point

ZERO, ONE = Fraction(0), Fraction(1)
LINEAR: Slopes = (ONE, ONE)

_MOST_ENTRIES = 2_000_000


class Neuron(NamedTuple):
    """A hidden neuron: its row (a, b), its slopes, and its column in the next layer."""

    row: Point
    slopes: Slopes
    column: Point

    @property
    def is_linear(self) -> bool:
        """Whether it has one slope."""
        return self.slopes[0] == self.slopes[1]


def require_writable(network: Network, what: str) -> None:
    """Raise unless the layers can be written out with their zeros, entry by entry; ``what`` needs it.

    Raises
    ------
    NetworkError
        If a layer has too many entries, as large convolutions have; the message names it.

    Examples
    --------
    >>> require_writable(Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)]), "compress")
    """
    for k, layer in enumerate(network.layers, start=1):
        if layer.outputs * (layer.inputs + 1) > _MOST_ENTRIES:
            raise NetworkError(
                f"{what}: expected layers with at most {_MOST_ENTRIES} entries, zeros included, "
                f"got {layer.outputs} x {layer.inputs + 1} in layer {k}"
            )


def window_of(network: Network, layer: int) -> Network:
    """Return the window of hidden layer ``layer``, counted from 1.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], ["-1/2"]), ([[3]], None)])
    >>> window_of(net, 2).widths
    (2, 1, 1)
    """
    return Network(network.layers[layer - 1 : layer + 1], activations=(network.activations[layer - 1],))


def with_window(network: Network, layer: int, window: Network) -> Network:
    """Return the network with another window at a hidden layer; one without a hidden layer removes it."""
    return Network(
        (*network.layers[: layer - 1], *window.layers, *network.layers[layer + 1 :]),
        network.name,
        network.description,
        network.source,
        activations=(
            *network.activations[: layer - 1],
            *window.activations,
            *network.activations[layer:],
        ),
    )


def neurons_of(window: Network) -> tuple[list[Neuron], Point]:
    """Return the neurons of a window, and the bias of its second map."""
    first, second = window.layers
    *columns, bias = zip(*second.rows, strict=True)
    (activation,) = window.activations
    return [Neuron(*parts) for parts in zip(first.rows, activation.slopes, columns, strict=True)], bias


def window_from(inputs: int, neurons: Sequence[Neuron], bias: Point) -> Network:
    """Return the window with the given neurons; without neurons it is the constant map, one layer.

    Examples
    --------
    >>> window_from(2, [], (ONE,)).layers[0].rows
    ((Fraction(0, 1), Fraction(0, 1), Fraction(1, 1)),)
    """
    if not neurons:
        rows = [(*(ZERO,) * inputs, entry) for entry in bias]
        return Network((AffineMap(RationalMatrix.from_rows(rows, inputs + 1)),))
    first = AffineMap(RationalMatrix.from_rows([neuron.row for neuron in neurons], inputs + 1))
    columns = zip(*(neuron.column for neuron in neurons), bias, strict=True)
    second = AffineMap(RationalMatrix.from_rows(list(columns), len(neurons) + 1))
    return Network((first, second), activations=(Activation(tuple(n.slopes for n in neurons)),))


def plus(vector: Point, other: Iterable[Fraction], factor: Fraction | int = 1) -> Point:
    """Return vector + factor other."""
    return tuple(p + factor * q if q else p for p, q in zip(vector, other, strict=True))


def scaled(vector: Iterable[Fraction], factor: Fraction) -> Point:
    """Return factor vector."""
    return tuple(factor * entry for entry in vector)
