"""Networks of any units written with ReLU alone."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from exactrelu.networks.activation import Slopes
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import RationalMatrix

_Part = tuple[int, int, Fraction]  # neuron, sign of its row, factor of its column


def as_relu(network: Network) -> Network:
    """Return a network of ReLUs with the same function: s+ relu(y) - s- relu(-y) for slopes (s-, s+).

    Neurons with a slope 0 become one ReLU, others two on the same hyperplane, linear ones too: what a linear
    neuron carries on without a bit, ReLU carries on in two, so that there are more cells.

    Examples
    --------
    >>> from exactrelu.networks.activation import Activation
    >>> absolute = Activation.of([(-1, 1)])
    >>> net = Network.from_rationals([([[2]], [-1]), ([[1]], None)], activations=[absolute])  # |2 x - 1|
    >>> [layer.weight for layer in as_relu(net).layers]
    [((Fraction(2, 1),), (Fraction(-2, 1),)), ((Fraction(1, 1), Fraction(1, 1)),)]
    """
    if network.is_relu:
        return network
    layers = list(network.layers)
    for k, activation in enumerate(network.activations):
        parts = list(_parts(activation.slopes)) or [(0, 1, Fraction(0))]  # a layer has at least one neuron
        layer, following = layers[k], layers[k + 1]
        rows = [tuple(sign * entry for entry in layer.rows[i]) for i, sign, _ in parts]
        layers[k] = AffineMap(RationalMatrix.from_rows(rows, layer.inputs + 1))
        columns = [(*(factor * row[i] for i, _, factor in parts), row[-1]) for row in following.rows]
        layers[k + 1] = AffineMap(RationalMatrix.from_rows(columns, len(parts) + 1))
    return Network(tuple(layers), network.name, network.description, network.source)


def _parts(slopes: tuple[Slopes, ...]) -> Iterator[_Part]:
    for i, (below, above) in enumerate(slopes):
        if above:
            yield i, 1, above
        if below:
            yield i, -1, -below
