"""Which signs pre-activations have at points of a domain, in doubles: it says where a proof is worth trying.

Points are drawn, corners of boxes among them; then, for each neuron that had one sign at all of them, corners
are climbed to by its gradient. Nothing here is proved.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from exactrelu.bounds.float_layers import FloatLayer, float_layers, nearest
from exactrelu.deep.reach import Reach
from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain_points import domain_points

Points = npt.NDArray[np.float64]
Bits = list[list[set[int]]]

_DRAWN, _FEW, _LARGEST = 4000, 256, 2_000_000
_FAR = 8.0  # where a box has no end
_CLIMBS, _STARTS, _JUMPS, _SHARE = 24, 4, 3, 0.2  # whole ways to a corner first, then parts of it
_SEED = 20
_DOUBT = 1e-9  # of the largest value: smaller ones have no sign


def bits_seen(network: Network, reach: Reach) -> Bits:
    """Return the bits that each neuron has at some points of the domain.

    Examples
    --------
    >>> from exactrelu.polyhedra.domain import Domain
    >>> net = Network.from_rationals([([[1], [1], [1]], [0, 3, -3]), ([[1, 1, 1]], None)])
    >>> bits_seen(net, Reach(Domain.box([(-1, 1)])))
    [[{0, 1}, {1}, {0}]]
    """
    seen: Bits = [[set() for _ in range(width)] for width in network.hidden_widths]
    layers = float_layers(network)[:-1]
    if reach.box is None:
        points = [[nearest(x) for x in point] for point in domain_points(reach.domain, _FEW)]
        _record(seen, layers, np.array(points))
        return seen
    low, high = _sides(*reach.box)
    generator = np.random.default_rng(_SEED)
    with np.errstate(all="ignore"):  # a side that is no double shows nothing
        _record(seen, layers, _drawn(low, high, generator))
        for k in range(len(layers)):
            for _ in range(_STARTS):
                _climb(seen, layers[: k + 1], low + generator.random(len(low)) * (high - low), (low, high))
    return seen


def _sides(lower: Sequence[Any], upper: Sequence[Any]) -> tuple[Points, Points]:
    """Return the ends of a box, something far where there is none."""
    sides = []
    for low, high in zip(lower, upper, strict=True):
        one, two = (None if end is None else nearest(end) for end in (low, high))
        if one is None:
            one = -_FAR if two is None else min(-_FAR, two - _FAR)
        sides.append((one, max(_FAR, one + _FAR) if two is None else two))
    low_side, high_side = np.array(sides).T
    return low_side, high_side


def _drawn(low: Points, high: Points, generator: np.random.Generator) -> Points:
    """Return points of a box: corners, points on faces, and points inside."""
    count = min(_DRAWN, max(_FEW, _LARGEST // len(low)))
    shares = generator.random((count, len(low)))
    third = count // 3
    shares[:third] = shares[:third] > 0.5
    shares[third : 2 * third] = np.clip(3 * shares[third : 2 * third] - 1, 0, 1)
    points: Points = low + shares * (high - low)
    return points


def _record(seen: Bits, layers: Sequence[FloatLayer], points: Points) -> list[Points]:
    """Take in the bits at the points, and return the pre-activations of the layers."""
    values, current = [], points
    with np.errstate(all="ignore"):
        for layer, bits in zip(layers, seen, strict=False):
            y = np.nan_to_num(layer.preactivations(current))
            doubt = _DOUBT * (1 + np.abs(y).max(axis=0, initial=0))
            for bit, there in ((0, (y < -doubt).any(axis=0)), (1, (y > doubt).any(axis=0))):
                for i in np.flatnonzero(there):
                    bits[i].add(bit)
            values.append(y)
            current = layer.activated(y)
    return values


def _climb(seen: Bits, layers: Sequence[FloatLayer], start: Points, box: tuple[Points, Points]) -> None:
    """Look for the other bit of the last layer's neurons that had one: from corner to corner by gradients."""
    bits = seen[len(layers) - 1]
    chosen = [i for i, there in enumerate(bits) if len(there) == 1]
    if not chosen:
        return
    signs = np.array([-1.0 if 1 in bits[i] else 1.0 for i in chosen])
    points = np.tile(start, (len(chosen), 1))
    for number in range(_CLIMBS if len(layers) > 1 else 1):
        values = _record(seen, layers, points)
        with np.errstate(all="ignore"):
            rows = layers[-1].weights.rows(chosen) * signs[:, None]
            for layer, y in zip(layers[-2::-1], values[-2::-1], strict=True):
                rows = layer.weights.pulled(rows * layer.slopes(y > 0))
        corners = np.where(rows > 0, box[1], box[0])
        points = points + (1.0 if number < _JUMPS else _SHARE) * (corners - points)
    _record(seen, layers, points)
