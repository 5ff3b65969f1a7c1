"""Positive rescalings of hidden neurons, and the scales that a network itself singles out.

A hidden neuron may be rescaled: its row (a, b) times t > 0, its column divided by t. As sigma(t y) is
t sigma(y), the function stays. Of all networks that differ in this way `canonical_scales` singles out one, by
rules that do not look at the order of the neurons: permuted networks get the same scales.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from exactrelu.errors import NetworkError
from exactrelu.networks.activation import Activation
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import RationalMatrix

Neuron = tuple[int, int]
"""A hidden neuron: its layer, counted from 1, and its number there, counted from 0."""

Scales = list[list[Fraction | None]]
"""The factor of each hidden neuron's row, layer after layer; None where nothing says how long it is."""

_ONE = Fraction(1)


def rational_content(values: Iterable[Fraction]) -> Fraction:
    """Return the c > 0 for which the values are c times integers without a common divisor; 0 for zeros.

    Examples
    --------
    >>> rational_content([Fraction(2, 3), Fraction(-4, 5)])
    Fraction(2, 15)
    """
    numerator, denominator = 0, 1
    for value in values:
        if value:
            numerator = math.gcd(numerator, value.numerator)
            denominator = math.lcm(denominator, value.denominator)
    return Fraction(numerator, denominator)


def canonical_scales(network: Network, chosen: Sequence[Neuron] = ()) -> Scales:
    """Return the factors of the rows after which a network's scales are canonical.

    Inputs, constants and outputs keep their scale 1. From the first layer to the last, a neuron's entries
    that come from what has a scale become primitive integers. What is left (its row comes from nothing that
    has a scale) is scaled by what reads it, or in further rounds by whatever got its scale. A neuron that
    no path joins to an input, a constant or an output has None; the ``chosen`` ones of these get 1, in turn,
    and their neighbours theirs.

    Examples
    --------
    >>> net = Network.from_rationals([([[2, 4], [0, 0]], [6, 0]), ([["1/3", 5]], None)])
    >>> canonical_scales(net)  # the row (0, 0, 0) has no scale, what reads it has
    [[Fraction(1, 2), Fraction(5, 1)]]
    """
    scales: Scales = []
    for k in range(1, network.depth):
        scales.append([_of_content(_incoming(network, scales, (k, i))) for i in range(network.widths[k])])
    _spread(network, scales)
    for k, i in chosen:
        if scales[k - 1][i] is None:
            scales[k - 1][i] = _ONE
            _spread(network, scales)
    return scales


def _spread(network: Network, scales: Scales) -> None:
    """Give a scale to the neighbours of what has one, round after round."""
    without = [(k, i) for k, layer in enumerate(scales, start=1) for i, t in enumerate(layer) if t is None]
    while without:
        found: dict[Neuron, Fraction] = {}
        for neuron in without:
            scale = _of_content(_incoming(network, scales, neuron))
            scale = scale or rational_content(_outgoing(network, scales, neuron)) or None
            if scale is not None:
                found[neuron] = scale
        if not found:
            return
        for (k, i), scale in found.items():
            scales[k - 1][i] = scale
        without = [neuron for neuron in without if neuron not in found]


def _of_content(values: Iterable[Fraction]) -> Fraction | None:
    content = rational_content(values)
    return 1 / content if content else None


def _incoming(network: Network, scales: Scales, neuron: Neuron) -> Iterator[Fraction]:
    """Yield the entries of a neuron's row that come from what has a scale, the bias first."""
    k, i = neuron
    *row, bias = network.layers[k - 1].rows[i]
    yield bias
    if k == 1:
        yield from row
        return
    for entry, scale in zip(row, scales[k - 2], strict=True):
        if entry and scale is not None:
            yield entry / scale


def _outgoing(network: Network, scales: Scales, neuron: Neuron) -> Iterator[Fraction]:
    """Yield the entries of a neuron's column that lead to what has a scale."""
    k, i = neuron
    following = network.layers[k]
    above: Sequence[Fraction | None] = scales[k] if k < len(scales) else [_ONE] * following.outputs
    for row, scale in zip(following.rows, above, strict=True):
        if row[i] and scale is not None:
            yield row[i] * scale


def transformed(
    network: Network, permutations: Sequence[Sequence[int]], scales: Sequence[Sequence[Fraction]]
) -> Network:
    """Return the network whose neuron i of hidden layer k is the neuron permutations[k-1][i], rescaled.

    Parameters
    ----------
    network
        A network of any units.
    permutations
        For each hidden layer, the numbers of its neurons in their new order.
    scales
        For each hidden layer, in the new order, the positive factors of the rows.

    Raises
    ------
    NetworkError
        If there is not one permutation and one list of positive factors for each hidden layer.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], [0, 1]), ([[3, 5]], None)])
    >>> other = transformed(net, [(1, 0)], [(2, 1)])
    >>> other.layers[0].rows[0], other.layers[1].weight
    ((Fraction(-2, 1), Fraction(2, 1)), ((Fraction(5, 2), Fraction(3, 1)),))
    """
    _require_symmetry(network, permutations, scales)
    orders = [range(network.inputs), *permutations, range(network.outputs)]
    factors = [[_ONE] * network.inputs, *scales, [_ONE] * network.outputs]
    layers = []
    for k, layer in enumerate(network.layers):
        before = list(zip(orders[k], factors[k], strict=True))
        rows = [
            [t * (row[j] / s) if row[j] else row[j] for j, s in before] + [t * row[-1]]
            for row, t in ((layer.rows[i], t) for i, t in zip(orders[k + 1], factors[k + 1], strict=True))
        ]
        layers.append(AffineMap(RationalMatrix.from_rows(rows, layer.inputs + 1)))
    activations = tuple(
        Activation(tuple(activation.slopes[i] for i in order))
        for activation, order in zip(network.activations, permutations, strict=True)
    )
    return Network(tuple(layers), activations=activations)


def _require_symmetry(
    network: Network, permutations: Sequence[Sequence[int]], scales: Sequence[Sequence[Fraction]]
) -> None:
    for name, lists in (("permutations", permutations), ("scales", scales)):
        if tuple(map(len, lists)) != network.hidden_widths:
            raise NetworkError(
                f"{name}: expected lists of the lengths {network.hidden_widths}, got {tuple(map(len, lists))}"
            )
    for k, (order, factors) in enumerate(zip(permutations, scales, strict=True), start=1):
        if sorted(order) != list(range(len(order))):
            raise NetworkError(f"permutations: expected each neuron of hidden layer {k} once, got {order}")
        if min(factors) <= 0:
            raise NetworkError(f"scales: expected positive factors in hidden layer {k}, got {min(factors)}")
