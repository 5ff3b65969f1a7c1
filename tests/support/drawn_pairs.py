"""Drawn pairs of shallow parametrizations: degenerate ones, near ones, pairs of the restricted space."""

from __future__ import annotations

from fractions import Fraction

from exactrelu.numbers.linear_algebra import primitive_from_rationals
from exactrelu.shallow.parametrization import Neuron, Parametrization
from exactrelu.stability.theorem_3_3 import padded
from tests.support.drawn_networks import Chooser

_SIZES = [Fraction(1), Fraction(1), Fraction(1), Fraction(1, 8), Fraction(2) ** 300, Fraction(1, 2**300)]
_NOISE = [Fraction(0), Fraction(0), Fraction(1, 10), Fraction(-1, 2), Fraction(1, 2**200)]


def draw_scalar_pair(c: Chooser) -> tuple[Parametrization, Parametrization]:
    """Return a pair d -> 1 without biases, of one width, on few directions so that neurons meet."""
    d = c.integer(1, 3)
    directions = [[Fraction(c.integer(-1, 2)) for _ in range(d)] for _ in range(4)]

    def drawn(width: int) -> Parametrization:
        neurons = [_neuron(c, c.choose(directions)) for _ in range(width)]
        return Parametrization(d, 1, tuple(neurons), (Fraction(0),))

    gamma = drawn(c.integer(0, 4))
    theta = drawn(c.integer(0, 4)) if c.choose([True, False]) else _near(c, gamma)
    width = max(gamma.width, theta.width)
    return padded(gamma, width), padded(theta, width)


def _neuron(c: Chooser, direction: list[Fraction]) -> Neuron:
    length = Fraction(c.integer(1, 4), c.integer(1, 3))
    coefficient = Fraction(c.integer(-3, 3), c.integer(1, 4)) * c.choose(_SIZES)
    return Neuron(tuple(length * entry for entry in direction), (coefficient,))


def _near(c: Chooser, gamma: Parametrization) -> Parametrization:
    neurons = []
    for neuron in gamma.neurons:
        factor = Fraction(c.integer(1, 5), 2)
        weight = tuple(factor * a for a in neuron.weight)
        neurons.append(Neuron(weight, tuple(e / factor + c.choose(_NOISE) for e in neuron.coefficient)))
    return Parametrization(gamma.inputs, 1, tuple(reversed(neurons)), gamma.output_bias)


def draw_restricted(c: Chooser, inputs: int, width: int, outputs: int) -> Parametrization:
    """Return a rational parametrization of the restricted space of Definition 3.2."""
    neurons: dict[tuple[int, ...], Neuron] = {}
    while len(neurons) < width:
        weight = [Fraction(c.integer(-6, 6), c.integer(1, 3)) for _ in range(inputs - 2)]
        weight += [Fraction(c.integer(1, 6), c.integer(1, 3)) for _ in range(2)]
        rest = [Fraction(c.integer(-6, 6), 6) for _ in range(outputs - 1)]
        size = max(map(abs, weight))
        coefficient = [size * entry for entry in [Fraction(c.choose([1, -1])), *rest]]
        neurons.setdefault(primitive_from_rationals(weight), Neuron(tuple(weight), tuple(coefficient)))
    return Parametrization(inputs, outputs, tuple(neurons.values()), (Fraction(0),) * outputs)


def draw_restricted_pair(c: Chooser, *, most_neurons: int = 4) -> tuple[Parametrization, Parametrization]:
    """Return a pair of the restricted space of one shape; they may share neurons."""
    d, width, outputs = c.integer(2, 4), c.integer(1, most_neurons), c.choose([1, 1, 2])
    gamma, other = (draw_restricted(c, d, width, outputs) for _ in range(2))
    shared = c.integer(0, width)
    kept = {primitive_from_rationals(n.weight) for n in gamma.neurons[:shared]}
    rest = [n for n in other.neurons if primitive_from_rationals(n.weight) not in kept]
    moved = c.choose([False, True])
    common = [_resized(c, n) if moved else n for n in gamma.neurons[:shared]]
    theta = Parametrization(d, outputs, (*rest[: width - shared], *common), other.output_bias)
    return gamma, padded(theta, width)


def _resized(c: Chooser, neuron: Neuron) -> Neuron:
    """Return a balanced neuron of the same direction, larger by a little or a lot, of either sign."""
    factor = 1 + c.choose([Fraction(0), Fraction(1, 64), Fraction(1, 2**200), Fraction(7)])
    sign = c.choose([1, 1, -1])
    weight = tuple(factor * a for a in neuron.weight)
    return Neuron(weight, tuple(sign * factor * e for e in neuron.coefficient))
