"""Slopes with which the lower bound of a pre-activation on a box is large, in doubles: exact bounds use them.

The bound of `exactrelu.deep.exact_bounds` is a concave function of the slopes c of relu(y) >= c y of one
layer: for the layer before the target its maximum is that of the linear program over the triangles
l <= y <= h. It is climbed by supergradients: at the corner x where the last form is least, the derivative by
the slope of a neuron is its coefficient times y, y being what x gives where each neuron is replaced by the
line that was chosen for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from exactrelu.bounds.float_layers import FloatLayer, float_layers, nearest
from exactrelu.deep.exact_bounds import Unders
from exactrelu.deep.reach import Ends
from exactrelu.networks.network import Network

Floats = npt.NDArray[np.float64]

_ROUNDS, _GRID = 60, 1 << 10


class _Line(NamedTuple):
    """What the neurons of a layer are replaced by, slope y + shift, and where the slope is free."""

    slope: Floats
    shift: Floats
    coefficients: Floats
    free: npt.NDArray[np.bool_]


def ascended(
    network: Network,
    target: tuple[int, int, int],
    bounds: tuple[Sequence[Ends], Sequence[Ends]],
    box: tuple[Ends, Ends],
    start: Unders,
) -> Unders:
    """Return slopes, multiples of 2^-10 in [0, 1], with which sign times a pre-activation is bounded well.

    Parameters
    ----------
    network, target, bounds
        As `exactrelu.deep.exact_bounds.least_value` takes them.
    box
        The domain, a box with all its ends.
    start
        The slopes to begin with.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [1]], [0, 0]), ([[2, -1]], None), ([[1]], None)])
    >>> ends = [[Fraction(-1)] * 2], [[Fraction(1)] * 2]
    >>> found = ascended(net, (2, 0, 1), ends, ([Fraction(-1)], [Fraction(1)]), [[Fraction(0)] * 2])
    >>> 0 < found[0][0] < 1  # of 2 relu(x) - relu(x), with relu(x) <= x / 2 + 1 / 2: the best one is 1/4
    True
    """
    layer, neuron, sign = target
    layers = float_layers(network)[:layer]
    ends = [tuple(_doubles(side[j]) for side in bounds) for j in range(layer - 1)]
    low, high = _doubles(box[0]), _doubles(box[1])
    unders = [_doubles(slopes) for slopes in start]
    row, bias = layers[-1].weights.rows([neuron])[0] * sign, float(layers[-1].bias[neuron]) * sign
    best, kept = -np.inf, unders
    with np.errstate(all="ignore"):
        for step in range(1, _ROUNDS):
            lines, form, constant = _substituted(layers[:-1], row, bias, unders, ends)
            corner = np.where(form > 0, low, high)
            value = float(form @ corner + constant)
            if value > best:
                best, kept = value, unders
            if best > 0:
                break
            unders = _climbed(layers[:-1], lines, unders, corner, step)
    return [[_fraction(c) for c in slopes] for slopes in kept]


def _substituted(
    layers: Sequence[FloatLayer],
    row: Floats,
    constant: float,
    unders: Sequence[Floats],
    ends: Sequence[tuple[Floats, ...]],
) -> tuple[list[_Line], Floats, float]:
    """Return the lines, from the last layer to the first, and the form on the inputs."""
    lines = []
    for layer, under, (low, high) in zip(layers[::-1], unders[::-1], ends[::-1], strict=True):
        line = _line(layer, row, under, low, high)
        lines.append(line)
        constant += float(row @ line.shift)
        moved = row * line.slope
        constant += float(moved @ layer.bias)
        row = layer.weights.pulled(moved)
    return lines, row, constant


def _line(layer: FloatLayer, row: Floats, under: Floats, low: Floats, high: Floats) -> _Line:
    below = np.zeros_like(row) if layer.below is None else layer.below
    rise = np.ones_like(row) if layer.rise is None else layer.rise
    unsure = (low < 0) & (high > 0) & (rise != 0)
    free = unsure & (row * rise > 0)
    chord = np.where(unsure, high / np.where(unsure, high - low, 1.0), 0.0)
    bent = np.where(free, under, np.where(unsure, chord, np.where(low >= 0, 1.0, 0.0)))
    shift = np.where(unsure & ~free, -chord * low, 0.0)
    return _Line(below + rise * bent, rise * shift, row * rise, free)


def _climbed(
    layers: Sequence[FloatLayer], lines: Sequence[_Line], unders: Sequence[Floats], corner: Floats, step: int
) -> list[Floats]:
    """Return the slopes after a step along the supergradient, whose length falls like 1 / sqrt(step)."""
    values, climbed = corner, []
    for layer, line, under in zip(layers, lines[::-1], unders, strict=True):
        y = layer.preactivations(values)
        gradient = np.where(line.free, line.coefficients * y, 0.0)
        size = float(np.abs(gradient).max(initial=0.0))
        moved = under + (gradient / size / np.sqrt(step) / 2 if size > 0 else 0.0)
        climbed.append(np.clip(np.nan_to_num(moved), 0.0, 1.0))
        values = line.slope * y + line.shift
    return climbed


def _doubles(values: Sequence[Fraction | None]) -> Floats:
    """Return doubles near to the numbers; what is None, where there is no bound, makes no bound here."""
    return np.array([np.nan if value is None else nearest(value) for value in values])


def _fraction(slope: float) -> Fraction:
    return Fraction(round(slope * _GRID), _GRID)
