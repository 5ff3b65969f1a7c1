"""Copies of networks that differ a little, as rounding, pruning and quantization make them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from tests.support.drawn_networks import Chooser

Layers = list[tuple[list[list[Fraction]], list[Fraction]]]


def layers_of(network: Network) -> Layers:
    return [([list(row) for row in layer.weight], list(layer.bias)) for layer in network.layers]


def float16_copy(network: Network) -> Network:
    """The network with weights and biases rounded to the nearest float16."""

    def half(a: Fraction) -> Fraction:
        return Fraction(float(np.float16(float(a))))

    layers = [([[half(a) for a in row] for row in w], [half(a) for a in b]) for w, b in layers_of(network)]
    return Network.from_rationals(layers, activations=network.activations)


def int8_copy(network: Network) -> Network:
    """The network with the weights of each layer rounded to multiples of their largest size / 127."""
    layers = []
    for w, b in layers_of(network):
        step = max(abs(a) for row in w for a in row) / 127 or Fraction(1)
        layers.append(([[round(a / step) * step for a in row] for row in w], b))
    return Network.from_rationals(layers, activations=network.activations)


def near_copy(c: Chooser, network: Network) -> Network:
    """A copy with some of: rounded or moved entries, pruned, permuted and rescaled neurons."""
    layers = layers_of(network)
    activations = [list(activation.slopes) for activation in network.activations]
    for _ in range(c.integer(0, 3)):
        c.choose([_moved, _moved, _rounded, _pruned, _permuted, _rescaled, _doubled])(c, layers, activations)
    units = tuple(Activation.of(slopes) for slopes in activations)
    return Network.from_rationals(layers, activations=units)


def _moved(c: Chooser, layers: Layers, _: list) -> None:
    w, b = c.choose(layers)
    i = c.integer(0, len(w) - 1)
    step = c.choose([Fraction(1, 2**60), Fraction(-1, 64), Fraction(1, 8), Fraction(2) ** 54])
    j = c.integer(0, len(w[i]))
    if j == len(w[i]):
        b[i] += step
    else:
        w[i][j] += step


def _rounded(c: Chooser, layers: Layers, _: list) -> None:
    unit = c.choose([Fraction(1, 16), Fraction(1, 7), Fraction(1, 2**30)])
    for w, b in layers:
        w[:] = [[round(a / unit) * unit for a in row] for row in w]
        b[:] = [round(a / unit) * unit for a in b]


def _hidden(c: Chooser, layers: Layers) -> int | None:
    return c.integer(0, len(layers) - 2) if len(layers) > 1 else None


def _pruned(c: Chooser, layers: Layers, activations: list) -> None:
    if (k := _hidden(c, layers)) is None or len(layers[k][0]) == 1:
        return
    i = c.integer(0, len(layers[k][0]) - 1)
    del layers[k][0][i], layers[k][1][i], activations[k][i]
    for row in layers[k + 1][0]:
        del row[i]


def _permuted(c: Chooser, layers: Layers, activations: list) -> None:
    if (k := _hidden(c, layers)) is None:
        return
    w, b = layers[k]
    turn = c.integer(0, len(w))
    order = [(i + turn) % len(w) for i in range(len(w))][::-1]
    layers[k] = [w[i] for i in order], [b[i] for i in order]
    activations[k] = [activations[k][i] for i in order]
    layers[k + 1] = [[row[i] for i in order] for row in layers[k + 1][0]], layers[k + 1][1]


def _rescaled(c: Chooser, layers: Layers, _: list) -> None:
    if (k := _hidden(c, layers)) is None:
        return
    i, factor = (
        c.integer(0, len(layers[k][0]) - 1),
        c.choose([Fraction(3), Fraction(1, 5), Fraction(2) ** 70]),
    )
    layers[k][0][i] = [a * factor for a in layers[k][0][i]]
    layers[k][1][i] *= factor
    for row in layers[k + 1][0]:
        row[i] /= factor


def _doubled(c: Chooser, layers: Layers, activations: list) -> None:
    """A neuron stands twice, and both copies are read by half."""
    if (k := _hidden(c, layers)) is None:
        return
    i = c.integer(0, len(layers[k][0]) - 1)
    layers[k][0].append(list(layers[k][0][i]))
    layers[k][1].append(layers[k][1][i])
    activations[k].append(activations[k][i])
    for row in layers[k + 1][0]:
        row[i] /= 2
        row.append(row[i])
