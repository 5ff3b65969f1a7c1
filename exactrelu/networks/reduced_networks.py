"""Networks without what is redundant at sight: the same function, fewer neurons, no scales.

Rewritten are, layer by layer, until nothing changes:

* constant neurons go into the next bias, and neurons that nothing reads are dropped;
* incoming rows (a, b) become primitive integers, by relu(t h) = t relu(h) for t > 0;
* neurons with equal rows are merged, and neurons are sorted by their rows;
* hidden values are not negative, so a hidden layer after the first whose weights and biases are not
  negative never cuts anything off; it is composed with the next;
* on request, a layer of opposite neurons that only pass values on, relu(h) - relu(-h) = h, likewise.

Each step keeps the function on all of R^n. So two networks with one reduced form are the same function; two
with different ones may still be.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from flint import fmpz_mat

from exactrelu.networks.activation import Activation
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import IntegerRow, RationalMatrix
from exactrelu.numbers.points import Point


def reduced(network: Network, *, opposite: bool = False) -> Network:
    """Return a network of the same function without constant, unread, repeated or scaled neurons.

    Parameters
    ----------
    network
        Any network; one without hidden layers is reduced already, and one with other neurons than ReLU
        is left as it is.
    opposite
        Whether opposite neurons that pass a value on, relu(h) - relu(-h) = h, count as linear too. The
        function is the same, but at h = 0 its half-open cells do not have the map h.

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
    >>> passed_on = Network.from_rationals([([[1], [-1]], None), ([[2, -2]], [3])])  # 2 x + 3
    >>> reduced(passed_on).widths, reduced(passed_on, opposite=True).widths
    ((1, 2, 1), (1, 1))
    """
    if not network.is_relu:
        return network
    layers = list(network.layers)
    while True:
        before = layers
        layers = _without_linear_layers(_merged(_without_unread(layers)), opposite=opposite)
        if layers == before:
            return Network(tuple(layers))


def _constant(layers: list[AffineMap], k: int, bias: Point) -> list[AffineMap]:
    """Return the constant network whose value is that of layer k at ``bias`` and of the layers after it."""
    value = bias
    for layer in layers[k + 1 :]:
        value = layer(Activation.relu(len(value))(value))
    zero = (Fraction(0),) * layers[0].inputs
    rows = [(*zero, entry) for entry in value]
    return [AffineMap(RationalMatrix.from_rows(rows, len(zero) + 1))]


def _without_unread(layers: list[AffineMap]) -> list[AffineMap]:
    """Drop, from the last layer to the first, the neurons whose column in the next layer is zero."""
    layers = list(layers)
    for k in range(len(layers) - 2, -1, -1):
        layer, following = layers[k], layers[k + 1]
        columns = list(zip(*following.matrix.integer_rows(), strict=True))
        read = [i for i, column in enumerate(columns[:-1]) if any(column)]
        if not read:
            return _constant(layers, k + 1, following.bias)
        if len(read) < layer.outputs:
            rows = layer.matrix.integer_rows()
            layers[k] = _affine_map([rows[i] for i in read], layer.matrix.denominator)
            kept = [columns[i] for i in (*read, -1)]
            layers[k + 1] = _affine_map(list(zip(*kept, strict=True)), following.matrix.denominator)
    return layers


def _affine_map(rows: Sequence[Sequence[int]], denominator: int) -> AffineMap:
    return AffineMap(RationalMatrix(fmpz_mat([list(row) for row in rows]), denominator))


def _merged(layers: list[AffineMap]) -> list[AffineMap]:
    """Make rows primitive, merge equal ones, sort them, and move constants on, layer by layer."""
    layers = list(layers)
    for k in range(len(layers) - 1):
        layer, following = layers[k].matrix, layers[k + 1]
        *columns, bias = zip(*following.rows, strict=True)
        total: dict[IntegerRow, Point] = {}
        for row, column in zip(layer.integer_rows(), columns, strict=True):
            if not any(row[:-1]):
                (constant,) = Activation.relu(1)((Fraction(row[-1], layer.denominator),))
                bias = _plus(bias, column, constant)
                continue
            common = math.gcd(*row)
            key = tuple(entry // common for entry in row)
            scaled = tuple(entry * Fraction(common, layer.denominator) for entry in column)
            total[key] = _plus(total[key], scaled) if key in total else scaled
        if not total:
            return _constant(layers, k + 1, bias)
        keys = sorted(total)
        layers[k] = _affine_map(keys, 1)
        rows = list(zip(*(total[key] for key in keys), bias, strict=True))
        layers[k + 1] = AffineMap(RationalMatrix.from_rows(rows, len(keys) + 1))
    return layers


def _plus(vector: Point, other: Point, factor: Fraction | int = 1) -> Point:
    return tuple(p + factor * q for p, q in zip(vector, other, strict=True))


def _without_linear_layers(layers: list[AffineMap], *, opposite: bool) -> list[AffineMap]:
    """Compose each hidden layer that passes on affine functions only with the layer after it."""
    kept = layers[:1]
    for layer in layers[1:]:
        reading = _linear_reading(kept[-1], layer, is_first=len(kept) == 1, opposite=opposite)
        if reading is None:
            kept.append(layer)
        else:
            kept[-1] = reading.after(kept[-1])
    return kept


def _linear_reading(
    layer: AffineMap, following: AffineMap, *, is_first: bool, opposite: bool
) -> AffineMap | None:
    """Return A with following(relu(layer(x))) = A(layer(x)) for all x there are, None if none is seen.

    Values of a layer after the first are not negative, and so are those of its rows without a negative
    entry. Of opposite rows h and -h, read with opposite coefficients c and -c, A reads c h.
    """
    rows = layer.matrix.integer_rows()
    places = {row: i for i, row in enumerate(map(tuple, rows))}
    columns = list(zip(*following.rows, strict=True))
    read, zero = list(columns), (Fraction(0),) * following.outputs
    for i, row in enumerate(rows):
        if not is_first and all(entry >= 0 for entry in row):
            continue
        j = places.get(tuple(-entry for entry in row)) if opposite else None
        if j is None or len(places) < len(rows) or any(map(sum, zip(columns[i], columns[j], strict=True))):
            return None
        read[max(i, j)] = zero
    return AffineMap(RationalMatrix.from_rows(list(zip(*read, strict=True)), len(read)))
