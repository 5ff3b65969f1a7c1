"""The second road to functional dimension: derivatives of polynomials by sympy, and its rank."""

from __future__ import annotations

from fractions import Fraction

import sympy

from exactrelu.networks.network import Network


def symbolic_rank(network: Network, places) -> int:
    """The rank of the derivatives of the output by all weights and biases.

    ``places`` are pairs (configuration, points): the function of the configuration's cell at these points,
    which need not lie in the cell. Affine functions of x are told apart by points in general position.
    """
    symbols, values, layers = _parameters(network)
    rows = []
    for configuration, points in places:
        for point in points:
            outputs = _output(network, layers, configuration, point)
            rows += [[sympy.diff(output, symbol).subs(values) for symbol in symbols] for output in outputs]
    return sympy.Matrix(rows).rank() if rows else 0


def _rational(value: Fraction) -> sympy.Rational:
    return sympy.Rational(value.numerator, value.denominator)


def _parameters(network: Network):
    symbols, values, layers = [], {}, []
    for k, layer in enumerate(network.layers):
        rows = []
        for i, row in enumerate(layer.rows):
            rows.append([sympy.Symbol(f"w_{k}_{i}_{j}") for j in range(len(row))])
            symbols += rows[-1]
            values |= {s: _rational(entry) for s, entry in zip(rows[-1], row, strict=True)}
        layers.append(rows)
    return symbols, values, layers


def _output(network: Network, layers, configuration, point):
    current = [_rational(Fraction(x)) for x in point]
    for k, rows in enumerate(layers):
        current = [sum(w * x for w, x in zip(row[:-1], current, strict=True)) + row[-1] for row in rows]
        if k < network.depth - 1:
            activation = network.activations[k]
            bits = dict(zip(activation.bent, configuration.layers[k], strict=True))
            current = [_rational(activation.slopes[i][bits.get(i, 1)]) * y for i, y in enumerate(current)]
    return current
