"""Networks with hidden redundancy on a box, of a function whose widths are known."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from exactrelu.networks.network import Network
from tests.support.drawn_networks import Chooser

Layer = tuple[list[list[Fraction]], list[Fraction]]


def inflated(c: Chooser, network: Network, steps: int) -> Network:
    """Return a larger network of ReLUs with the same function on the box [0, 1]^n, after so many steps."""
    layers: list[Layer] = [([list(row) for row in m.weight], list(m.bias)) for m in network.layers]
    for _ in range(steps):
        c.choose(INFLATIONS)(c, layers)
    return Network.from_rationals(layers)


def _some(c: Chooser, count: int, size: int = 4) -> list[Fraction]:
    return [Fraction(c.integer(-size, size), c.choose([1, 2, 4])) for _ in range(count)]


def _add(layers: list[Layer], k: int, row: list[Fraction], bias: Fraction, column: list[Fraction]) -> None:
    layers[k][0].append(list(row))
    layers[k][1].append(bias)
    for line, entry in zip(layers[k + 1][0], column, strict=True):
        line.append(entry)


def _place(c: Chooser, layers: list[Layer]) -> tuple[int, int]:
    """Return a hidden layer (from 0) and one of its neurons."""
    k = c.integer(0, len(layers) - 2)
    return k, c.integer(0, len(layers[k][0]) - 1)


def _least(layers: list[Layer], k: int, row: list[Fraction]) -> Fraction:
    """Return a lower bound of row . z on the box, z the values that layer k reads, by intervals."""
    tops = [Fraction(1)] * len(layers[0][0][0])
    for weight, bias in layers[:k]:
        above = [sum(max(a, 0) * t for a, t in zip(line, tops, strict=True)) for line in weight]
        tops = [max(total + b, Fraction(0)) for total, b in zip(above, bias, strict=True)]
    return sum((min(a, Fraction(0)) * t for a, t in zip(row, tops, strict=True)), Fraction(0))


def duplicate(c: Chooser, layers: list[Layer]) -> None:
    """Share a neuron's column with a positive multiple of it."""
    k, i = _place(c, layers)
    factor, share = Fraction(c.integer(1, 9), 4), Fraction(c.integer(1, 7), 8)
    column = [line[i] * share / factor for line in layers[k + 1][0]]
    for line in layers[k + 1][0]:
        line[i] *= 1 - share
    _add(layers, k, [factor * a for a in layers[k][0][i]], factor * layers[k][1][i], column)


def dead(c: Chooser, layers: list[Layer]) -> None:
    """Add a neuron that is never positive on the box, perhaps just not."""
    k, _ = _place(c, layers)
    row = _some(c, len(layers[k][0][0]))
    most = -_least(layers, k, [-a for a in row])
    _add(layers, k, row, -most - c.choose([0, 0, 1]), _some(c, len(layers[k + 1][0])))


def unread(c: Chooser, layers: list[Layer]) -> None:
    """Add a neuron with a column of zeros."""
    k, _ = _place(c, layers)
    _add(layers, k, _some(c, len(layers[k][0][0])), Fraction(1), [Fraction(0)] * len(layers[k + 1][0]))


def constant(c: Chooser, layers: list[Layer]) -> None:
    """Add a neuron without weights, and take its value off the next bias."""
    k, _ = _place(c, layers)
    column, value = _some(c, len(layers[k + 1][0])), Fraction(c.integer(-3, 5))
    _add(layers, k, [Fraction(0)] * len(layers[k][0][0]), value, column)
    for i, entry in enumerate(column):
        layers[k + 1][1][i] -= entry * max(value, Fraction(0))


def always_on(c: Chooser, layers: list[Layer]) -> None:
    """Add three neurons that are never negative on the box and whose sum is constant."""
    k, _ = _place(c, layers)
    one, two = (_some(c, len(layers[k][0][0])) for _ in range(2))
    rows = [one, two, [a + 2 * b for a, b in zip(one, two, strict=True)]]
    column = _some(c, len(layers[k + 1][0]))
    for row, factor in zip(rows, (1, 2, -1), strict=True):
        bias = -_least(layers, k, row) + c.choose([0, 0, 2])
        _add(layers, k, row, bias, [factor * entry for entry in column])
        for i, entry in enumerate(column):
            layers[k + 1][1][i] -= factor * entry * bias


def opposite(c: Chooser, layers: list[Layer]) -> None:
    """Write h - h, once by neurons h and -h, once by a neuron that is always on."""
    k, _ = _place(c, layers)
    row, bias = _some(c, len(layers[k][0][0])), Fraction(c.integer(-2, 2))
    column = _some(c, len(layers[k + 1][0]))
    _add(layers, k, row, bias, column)
    _add(layers, k, [-a for a in row], -bias, [-entry for entry in column])
    high = -_least(layers, k, row)
    _add(layers, k, row, high, [-entry for entry in column])
    for i, entry in enumerate(column):
        layers[k + 1][1][i] += entry * (high - bias)


def identity_layer(c: Chooser, layers: list[Layer]) -> None:
    """Insert a layer that passes on values that are not negative."""
    k, _ = _place(c, layers)
    width = len(layers[k][0])
    passing = [[Fraction(int(i == j)) for j in range(width)] for i in range(width)]
    layers.insert(k + 1, (passing, [Fraction(0)] * width))


def split_layer(c: Chooser, layers: list[Layer]) -> None:
    """Insert a layer that passes on pre-activations by their positive and negative parts."""
    k, _ = _place(c, layers)
    weight, bias = layers[k]
    both = (weight + [[-a for a in row] for row in weight], bias + [-b for b in bias])
    width = len(weight)
    join = [[Fraction((j == i) - (j == i + width)) for j in range(2 * width)] for i in range(width)]
    layers[k : k + 1] = [both, (join, [Fraction(0)] * width)]


INFLATIONS: tuple[Callable[[Chooser, list[Layer]], None], ...] = (
    duplicate, dead, unread, constant, always_on, opposite, identity_layer, split_layer,
)  # fmt: skip
