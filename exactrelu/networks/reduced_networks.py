"""Networks without what is redundant at sight: the same function, fewer neurons, no scales.

Rewritten are, layer by layer, until nothing changes:

* constant neurons go into the next bias, and neurons that nothing reads are dropped;
* incoming rows (a, b) become primitive integers, by sigma(t h) = t sigma(h) for t > 0, slopes
  are (s, 1) or (1, 0), and the constants of linear neurons go into the next bias;
* neurons with equal rows and slopes are merged, and neurons are sorted by their rows;
* a hidden layer of linear neurons is composed with the next; so is one after the first whose weights and
  biases are not negative, as the values that it reads are not: it never cuts anything off;
* on request, neurons on one hyperplane that only pass a value on, relu(h) - relu(-h) = h, are a linear one.

Each step keeps the function on all of R^n. So two networks with one reduced form are the same function; two
with different ones may still be.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from flint import fmpz_mat

from exactrelu.networks.activation import Activation, Slopes
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import IntegerRow, RationalMatrix
from exactrelu.numbers.points import Point

_Neurons = dict[tuple[IntegerRow, Slopes], Point]
"""The column of the next layer by primitive row and slopes, what is scaled away being put into the column."""

_Layers = list[AffineMap]
_Units = list[Activation]

_ZERO, _ONE = Fraction(0), Fraction(1)
_LINEAR: Slopes = (_ONE, _ONE)


def reduced(network: Network, *, opposite: bool = False) -> Network:
    """Return a network of the same function without constant, unread, repeated or scaled neurons.

    Parameters
    ----------
    network
        Any network; one without hidden layers is reduced already.
    opposite
        Whether neurons on one hyperplane that pass a value on, as relu(h) - relu(-h) = h, become a linear
        one. The function is the same, but at h = 0 its half-open cells do not have the map h.

    Returns
    -------
    Network
        Equal for networks that differ by permutations, positive scales, repeated, dead or unread neurons
        and inserted identity layers. A function that turns out to be constant has no hidden layer. Of
        other units than ReLU the `full` cells keep their maps, cells of lower dimension need not.

    Examples
    --------
    >>> twice = Network.from_rationals([([[2], [-1], [3], [0]], [2, 0, 3, 5]), ([[1, 3, 1, 1]], None)])
    >>> once = Network.from_rationals([([[-1], [1]], [0, 1]), ([[1, 0], [0, 1]], None), ([[3, 5]], [5])])
    >>> reduced(twice) == reduced(once), reduced(once).widths
    (True, (1, 2, 1))
    >>> passed_on = Network.from_rationals([([[1], [-1]], None), ([[2, -2]], [3])])  # 2 x + 3
    >>> reduced(passed_on).widths, reduced(passed_on, opposite=True).widths
    ((1, 2, 1), (1, 1))
    """
    layers, units = list(network.layers), list(network.activations)
    while True:
        before = layers, units
        layers, units = _merged(*_without_unread(layers, units), opposite=opposite)
        layers, units = _without_passing_layers(layers, units)
        if (layers, units) == before:
            return Network(tuple(layers), activations=tuple(units))


def composed(network: Network) -> Network:
    """Return the network with each hidden layer of linear neurons alone composed with the layer after it.

    The function, the configurations but for the empty layers, and their cells are the same.

    Examples
    --------
    >>> units = [Activation.of([(2, 2)]), Activation.relu(1)]
    >>> chain = Network.from_rationals([([[3]], [1]), ([[5]], None), ([[7]], None)], activations=units)
    >>> composed(chain).layers[0].rows, composed(chain).is_relu
    (((Fraction(30, 1), Fraction(10, 1)),), True)
    """
    layers: _Layers = [network.layers[0]]
    units: _Units = []
    for layer, activation in zip(network.layers[1:], network.activations, strict=True):
        if activation.bent_width:
            layers.append(layer)
            units.append(activation)
        else:
            layers[-1] = _with_columns_scaled(layer, activation.slopes_of(())).after(layers[-1])
    return Network(tuple(layers), network.name, network.description, network.source, activations=tuple(units))


def composed_configuration(network: Network, configuration: Configuration) -> Configuration:
    """Return the configuration of `composed` for one of the network; of another shape it stays as it is."""
    if configuration.widths != network.bent_widths:
        return configuration
    return Configuration(tuple(layer for layer in configuration.layers if layer))


def _constant(layers: _Layers, units: _Units, k: int, bias: Point) -> tuple[_Layers, _Units]:
    """Return the constant network whose value is that of layer k at ``bias`` and of the layers after it."""
    value = bias
    for layer, activation in zip(layers[k + 1 :], units[k:], strict=True):
        value = layer(activation(value))
    zero = (_ZERO,) * layers[0].inputs
    return [AffineMap(RationalMatrix.from_rows([(*zero, entry) for entry in value], len(zero) + 1))], []


def _without_unread(layers: _Layers, units: _Units) -> tuple[_Layers, _Units]:
    """Drop, from the last layer to the first, the neurons whose column in the next layer is zero."""
    layers, units = list(layers), list(units)
    for k in range(len(layers) - 2, -1, -1):
        layer, following = layers[k], layers[k + 1]
        columns = list(zip(*following.matrix.integer_rows(), strict=True))
        read = [i for i, column in enumerate(columns[:-1]) if any(column)]
        if not read:
            return _constant(layers, units, k + 1, following.bias)
        if len(read) < layer.outputs:
            rows = layer.matrix.integer_rows()
            layers[k] = _affine_map([rows[i] for i in read], layer.matrix.denominator)
            units[k] = Activation(tuple(units[k].slopes[i] for i in read))
            kept = [columns[i] for i in (*read, -1)]
            layers[k + 1] = _affine_map(list(zip(*kept, strict=True)), following.matrix.denominator)
    return layers, units


def _affine_map(rows: Sequence[Sequence[int]], denominator: int) -> AffineMap:
    return AffineMap(RationalMatrix(fmpz_mat([list(row) for row in rows]), denominator))


# neurons that are merged ----------------------------------------------------------------------------


def _merged(layers: _Layers, units: _Units, *, opposite: bool) -> tuple[_Layers, _Units]:
    """Make rows primitive, merge equal ones, sort them, and move constants on, layer by layer."""
    layers, units = list(layers), list(units)
    for k in range(len(layers) - 1):
        neurons, bias = _neurons(layers[k], units[k], layers[k + 1])
        if opposite:
            neurons = _without_flat_hyperplanes(neurons)
        if not neurons:
            return _constant(layers, units, k + 1, bias)
        keys = sorted(neurons)
        layers[k] = _affine_map([row for row, _ in keys], 1)
        units[k] = Activation(tuple(slopes for _, slopes in keys))
        rows = list(zip(*(neurons[key] for key in keys), bias, strict=True))
        layers[k + 1] = AffineMap(RationalMatrix.from_rows(rows, len(keys) + 1))
    return layers, units


def _neurons(layer: AffineMap, activation: Activation, following: AffineMap) -> tuple[_Neurons, Point]:
    """Return the neurons of a layer, those with one row and the same slopes merged, and the next bias."""
    *columns, bias = zip(*following.rows, strict=True)
    total: _Neurons = {}
    for row, slopes, column in zip(layer.matrix.integer_rows(), activation.slopes, columns, strict=True):
        if not any(row[:-1]) or not any(slopes):
            (constant,) = Activation((slopes,))((Fraction(row[-1], layer.matrix.denominator),))
            bias = _plus(bias, column, constant)
            continue
        below, above = slopes
        scale, kept = (above or below) / layer.matrix.denominator, row
        if below == above:  # its constant is moved on, and its sign is free
            bias = _plus(bias, column, scale * row[-1])
            kept = (*row[:-1], 0)
        common = math.gcd(*kept)
        if below == above and next(entry for entry in kept if entry) < 0:
            common = -common
        key = tuple(entry // common for entry in kept), (below / (above or below), above / (above or below))
        _add(total, key, tuple(entry * scale * common for entry in column))
    return total, bias


def _add(total: _Neurons, key: tuple[IntegerRow, Slopes], column: Point) -> None:
    total[key] = _plus(total[key], column) if key in total else column


def _plus(vector: Point, other: Point, factor: Fraction | int = 1) -> Point:
    return tuple(p + factor * q for p, q in zip(vector, other, strict=True))


def _without_flat_hyperplanes(neurons: _Neurons) -> _Neurons:
    """Replace the neurons on a hyperplane by a linear one where their sum is linear.

    With c the columns, the sum is up h for h > 0 and low h for h <= 0: of rows h, up adds s+ c and low adds
    s- c; of rows -h, up adds -s- c and low adds -s+ c. A constant of h may stay in the linear neuron.
    """
    found: dict[IntegerRow, list[tuple[IntegerRow, Slopes]]] = {}
    result = dict(neurons)
    for key in neurons:
        row, (below, above) = key
        if below != above:
            found.setdefault(max(row, tuple(-entry for entry in row)), []).append(key)
    for h, keys in found.items():
        up = low = (_ZERO,) * len(next(iter(neurons.values())))
        for key in keys:
            (row, (below, above)), column = key, neurons[key]
            up = _plus(up, column, above if row == h else -below)
            low = _plus(low, column, below if row == h else -above)
        if up == low:
            for key in keys:
                del result[key]
            _add(result, (h, _LINEAR), up)
    return result


# layers that are composed ---------------------------------------------------------------------------


def _without_passing_layers(layers: _Layers, units: _Units) -> tuple[_Layers, _Units]:
    """Compose each hidden layer whose neurons all pass on affine functions with the layer after it."""
    kept, left = layers[:1], list[Activation]()
    positive = [False] * layers[0].inputs  # which of the values that kept[-1] reads are never negative
    for layer, activation in zip(layers[1:], units, strict=True):
        sure = list(zip(_surely_not_negative(kept[-1], positive), activation.slopes, strict=True))
        slopes = [above for is_sure, (below, above) in sure if is_sure or below == above]
        if len(slopes) == layer.inputs:
            kept[-1] = _with_columns_scaled(layer, slopes).after(kept[-1])
            continue
        kept.append(layer)
        left.append(activation)
        positive = [below <= 0 <= above or (is_sure and above >= 0) for is_sure, (below, above) in sure]
    return kept, left


def _surely_not_negative(layer: AffineMap, positive: Sequence[bool]) -> list[bool]:
    """Return which rows have only entries >= 0, and only 0 where the value that is read may be negative."""
    return [
        all(entry >= 0 if sure else entry == 0 for entry, sure in zip(row, (*positive, True), strict=True))
        for row in layer.matrix.integer_rows()
    ]


def _with_columns_scaled(layer: AffineMap, factors: Sequence[Fraction]) -> AffineMap:
    """Return z -> layer(diag(factors) z)."""
    if all(factor == 1 for factor in factors):
        return layer
    rows = [[a * f for a, f in zip(row, (*factors, _ONE), strict=True)] for row in layer.rows]
    return AffineMap(RationalMatrix.from_rows(rows, layer.inputs + 1))
