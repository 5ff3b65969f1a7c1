"""The pairs of shallow parametrizations on which claims are tried: seeded, degenerate ones on purpose."""

from __future__ import annotations

import random
from fractions import Fraction

from exactrelu import Neuron, Parametrization

Pair = tuple[Parametrization, Parametrization]
SIZES = (Fraction(1), Fraction(1), Fraction(1, 8), Fraction(5, 2), Fraction(2) ** 200, Fraction(1, 2**200))
NOISE = (Fraction(0), Fraction(0), Fraction(1, 10), Fraction(-1, 2), Fraction(1, 2**150))


def scalar_pairs(seed: str, count: int) -> list[Pair]:
    """Return pairs d -> 1 of one width; directions repeat, neurons may be zero, some pairs are near."""
    rng = random.Random(seed)
    return [_scalar_pair(rng) for _ in range(count)]


def restricted_pairs(seed: str, count: int, most_neurons: int = 4) -> list[Pair]:
    """Return pairs of the space of Definition 3.2, of one shape, which may share directions or neurons."""
    rng = random.Random(seed)
    return [_restricted_pair(rng, most_neurons) for _ in range(count)]


def _scalar_pair(rng: random.Random) -> Pair:
    d, width = rng.randint(1, 3), rng.randint(1, 4)
    directions = [[rng.randint(-1, 2) for _ in range(d)] for _ in range(4)]
    gamma = _of([_neuron(rng, rng.choice(directions)) for _ in range(width)])
    if rng.random() < 0.5:
        return gamma, _of([_neuron(rng, rng.choice(directions)) for _ in range(width)])
    return gamma, _of([_near(rng, neuron) for neuron in reversed(gamma.neurons)])


def _neuron(rng: random.Random, direction: list[int]) -> Neuron:
    length = Fraction(rng.randint(1, 4), rng.randint(1, 3))
    coefficient = Fraction(rng.randint(-3, 3), rng.randint(1, 4)) * rng.choice(SIZES)
    return Neuron(tuple(length * entry for entry in direction), (coefficient,))


def _near(rng: random.Random, neuron: Neuron) -> Neuron:
    factor = Fraction(rng.randint(1, 5), 2)
    weight = tuple(factor * a for a in neuron.weight)
    return Neuron(weight, tuple(c / factor + rng.choice(NOISE) for c in neuron.coefficient))


def _restricted_pair(rng: random.Random, most_neurons: int) -> Pair:
    d, width, outputs = rng.randint(2, 4), rng.randint(1, most_neurons), rng.choice((1, 1, 2))
    directions = _directions(rng, d, width + 2)
    shape = rng.sample(directions, width), rng.sample(directions, width)
    gamma, theta = ([_balanced(rng, e, outputs) for e in rows] for rows in shape)
    if rng.random() < 0.4:  # the last neuron in common
        keys = {_key(neuron.weight) for neuron in theta[:-1]}
        if _key(gamma[-1].weight) not in keys:
            theta[-1] = gamma[-1]
    return _of(gamma), _of(theta)


def _directions(rng: random.Random, d: int, count: int) -> list[tuple[Fraction, ...]]:
    """Return vectors of norm 1, no two equal, whose last two coordinates are positive."""
    found: dict[tuple[Fraction, ...], None] = {}
    while len(found) < count:
        entries = [rng.randint(-6, 6) for _ in range(d - 2)] + [rng.randint(1, 6) for _ in range(2)]
        found[_key(tuple(map(Fraction, entries)))] = None
    return list(found)


def _key(weight: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    size = max(map(abs, weight))
    return tuple(entry / size for entry in weight)


def _balanced(rng: random.Random, direction: tuple[Fraction, ...], outputs: int) -> Neuron:
    size = Fraction(rng.randint(1, 8), rng.randint(1, 4))
    entries = [Fraction(rng.choice((1, -1)))] + [Fraction(rng.randint(-4, 4), 4) for _ in range(outputs - 1)]
    rng.shuffle(entries)
    return Neuron(tuple(size * e for e in direction), tuple(size * e for e in entries))


def _of(neurons: list[Neuron]) -> Parametrization:
    outputs = len(neurons[0].coefficient)
    return Parametrization(len(neurons[0].weight), outputs, tuple(neurons), (Fraction(0),) * outputs)
