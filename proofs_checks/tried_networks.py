"""The networks on which claims are tried: seeded, small, degenerate ones on purpose."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from exactrelu import Network

Rows = list[list[Fraction]]

SHAPES = (
    (1, 2, 1),
    (2, 3, 1),
    (2, 2, 1, 1),
    (1, 1, 1, 2),
    (2, 2, 2, 2),
    (3, 3, 2),
    (1, 2, 1, 2, 1),
    (2, 2, 1, 1, 1),
)
DEEP_SHAPES = (
    (1, 2, 1, 2, 1),
    (2, 2, 2, 1, 2),
    (2, 1, 2, 2, 1),
    (1, 1, 1, 1, 2),
    (2, 2, 1, 2, 1, 1),
    (3, 2, 2, 2, 2),
)
ENTRIES = [Fraction(k, q) for k in (-2, -1, 0, 1, 2, 3) for q in (1, 2)]
UNIT_VECTORS = {
    1: ("1", "-1"),
    2: ("1 0", "0 -1", "3/5 4/5", "-5/13 12/13", "1/2 -1/2"),
    3: ("0 1 0", "2/3 -1/3 2/3", "3/7 6/7 -2/7", "1/3 1/3 1/3"),
}
"""Vectors of Euclidean norm 1 and, for two and three entries, one of 1-norm 1, whose Euclidean norm is
less."""


def tried_networks(
    seed: str, shapes: Sequence[tuple[int, ...]] = SHAPES, count: int = 40, *, hidden_biases: bool = True
) -> list[Network]:
    """Return ``count`` networks with zero, repeated and opposite neurons among their neurons."""
    rng = random.Random(seed)
    return [_network(rng, shapes[i % len(shapes)], hidden_biases) for i in range(count)]


def _network(rng: random.Random, widths: tuple[int, ...], hidden_biases: bool) -> Network:
    layers = []
    for k, (inputs, outputs) in enumerate(pairwise(widths), start=2):
        rows = [[rng.choice(ENTRIES) for _ in range(inputs + 1)] for _ in range(outputs)]
        _degenerate(rng, rows)
        biased = rng.random() < Fraction(3, 4) if hidden_biases or k == len(widths) else False
        layers.append(([row[:-1] for row in rows], [row[-1] * biased for row in rows]))
    return Network.from_rationals(layers)


def _degenerate(rng: random.Random, rows: Rows) -> None:
    """Make one neuron zero, constant, equal or opposite to another, or none of these."""
    one, two = rng.randrange(len(rows)), rng.randrange(len(rows))
    match rng.randrange(6):
        case 0:
            rows[one] = [Fraction(0)] * len(rows[one])
        case 1:
            rows[one] = [*[Fraction(0)] * (len(rows[one]) - 1), rng.choice(ENTRIES)]
        case 2:
            rows[one] = list(rows[two])
        case 3:
            rows[one] = [-entry for entry in rows[two]]


def normalised(network: Network, seed: str = "") -> Network:
    """Return the network with other rows of W_1 and columns of W_L, all of Euclidean norm at most 1."""
    rng = random.Random(f"{seed}{network.digest}")
    first = [_unit(rng, network.inputs) for _ in range(network.widths[1])]
    last = [_unit(rng, network.outputs) for _ in range(network.widths[-2])]
    layers = [(layer.weight, layer.bias) for layer in network.layers]
    layers[0] = (tuple(first), network.layers[0].bias)
    layers[-1] = (tuple(zip(*last, strict=True)), network.layers[-1].bias)
    return Network.from_rationals(layers)


def _unit(rng: random.Random, size: int) -> tuple[Fraction, ...]:
    return tuple(map(Fraction, rng.choice(UNIT_VECTORS[size]).split()))
