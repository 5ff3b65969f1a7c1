"""Networks without what is redundant at sight: the same function, fewer neurons, no scales.

Rewritten are, layer by layer, until nothing changes:

* constant neurons go into the next bias, and neurons that nothing reads are dropped;
* incoming rows (a, b) become primitive integers, by relu(t h) = t relu(h) for t > 0;
* neurons with equal rows are merged, and neurons are sorted by their rows;
* hidden values are not negative, so a hidden layer after the first whose weights and biases are not
  negative never cuts anything off; it is composed with the next.

Each step keeps the function on all of R^n. So two networks with one reduced form are the same function; two
with different ones may still be.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from exactrelu.affine_map import AffineMap
from exactrelu.linear_algebra import RationalMatrix, primitive_from_rationals
from exactrelu.network import Network

_Row = tuple[Fraction, ...]


class _Neuron(NamedTuple):
    """A hidden neuron: its row (a, b), and its column in the next layer's weights."""

    row: _Row
    column: _Row


def reduced(network: Network) -> Network:
    """Return a network of the same function without constant, unread, repeated or scaled neurons.

    Parameters
    ----------
    network
        Any network; one without hidden layers is reduced already.

    Returns
    -------
    Network
        Equal for networks that differ by permutations, positive scales, repeated, dead or unread neurons
        and inserted identity layers. A function that turns out to be constant has no hidden layer.

    Examples
    --------
    >>> twice = Network.from_rationals([([[2], [-1], [3], [0]], [2, 0, 3, 5]), ([[1, 3, 1, 1]], None)])
    >>> once = Network.from_rationals([([[-1], [1]], [0, 1]), ([[1, 0], [0, 1]], None), ([[3, 5]], [5])])
    >>> reduced(twice) == reduced(once), reduced(once).widths
    (True, (1, 2, 1))
    """
    layers = list(network.layers)
    while True:
        before = layers
        layers = _without_linear_layers(_merged(_without_unread(layers)))
        if layers == before:
            return Network(tuple(layers))


def _neurons(layer: AffineMap, following: AffineMap) -> list[_Neuron]:
    columns = list(zip(*following.rows, strict=True))[:-1]
    return [_Neuron(row, column) for row, column in zip(layer.rows, columns, strict=True)]


def _layers(neurons: list[_Neuron], inputs: int, bias: _Row) -> tuple[AffineMap, AffineMap]:
    """Return the layer of the neurons and the one that reads them."""
    layer = RationalMatrix.from_rows([neuron.row for neuron in neurons], inputs + 1)
    columns = [*(neuron.column for neuron in neurons), bias]
    return AffineMap(layer), AffineMap(
        RationalMatrix.from_rows(list(zip(*columns, strict=True)), len(columns))
    )


def _constant(layers: list[AffineMap], k: int, bias: _Row) -> list[AffineMap]:
    """Return the constant network whose value is that of layer k at ``bias`` and of the layers after it."""
    value = bias
    for layer in layers[k + 1 :]:
        value = layer(tuple(max(entry, Fraction(0)) for entry in value))
    zero = (Fraction(0),) * layers[0].inputs
    rows = [(*zero, entry) for entry in value]
    return [AffineMap(RationalMatrix.from_rows(rows, len(zero) + 1))]


def _without_unread(layers: list[AffineMap]) -> list[AffineMap]:
    """Drop, from the last layer to the first, the neurons whose column is zero."""
    layers = list(layers)
    for k in range(len(layers) - 2, -1, -1):
        neurons = _neurons(layers[k], layers[k + 1])
        read = [neuron for neuron in neurons if any(neuron.column)]
        if not read:
            return _constant(layers, k + 1, layers[k + 1].bias)
        if len(read) < len(neurons):
            layers[k], layers[k + 1] = _layers(read, layers[k].inputs, layers[k + 1].bias)
    return layers


def _merged(layers: list[AffineMap]) -> list[AffineMap]:
    """Make rows primitive, merge equal ones, sort them, and move constants on, layer by layer."""
    layers = list(layers)
    for k in range(len(layers) - 1):
        bias = layers[k + 1].bias
        columns: dict[_Row, _Row] = {}
        for row, column in _neurons(layers[k], layers[k + 1]):
            if not any(row[:-1]):
                bias = _plus(bias, column, max(row[-1], Fraction(0)))
                continue
            primitive = tuple(map(Fraction, primitive_from_rationals(row)))
            pivot = next(j for j, entry in enumerate(row) if entry)
            zero = (Fraction(0),) * len(column)
            columns[primitive] = _plus(columns.get(primitive, zero), column, row[pivot] / primitive[pivot])
        if not columns:
            return _constant(layers, k + 1, bias)
        neurons = [_Neuron(row, columns[row]) for row in sorted(columns)]
        layers[k], layers[k + 1] = _layers(neurons, layers[k].inputs, bias)
    return layers


def _plus(vector: _Row, other: _Row, factor: Fraction) -> _Row:
    return tuple(p + factor * q for p, q in zip(vector, other, strict=True))


def _without_linear_layers(layers: list[AffineMap]) -> list[AffineMap]:
    """Compose each hidden layer after the first that has no negative entry with the layer after it."""
    kept = layers[:1]
    for layer in layers[1:]:
        if len(kept) > 1 and min(map(min, kept[-1].rows)) >= 0:
            kept[-1] = layer.after(kept[-1])
        else:
            kept.append(layer)
    return kept
