"""Parametrizations of shallow networks that are drawn, degenerate ones on purpose."""

from __future__ import annotations

from fractions import Fraction

from exactrelu.shallow.parametrization import Neuron, Parametrization
from tests.support.drawn_networks import WEIGHTS, Chooser

_FACTORS = [Fraction(1), Fraction(-1), Fraction(2), Fraction(-1, 3), Fraction(2) ** 40, -(Fraction(2) ** -40)]
_SCALES = [Fraction(1), Fraction(1), Fraction(16), Fraction(4), Fraction(3, 7), Fraction(2) ** 301]


def draw_parametrization(
    c: Chooser,
    *,
    most_inputs: int = 3,
    most_neurons: int = 5,
    biased: bool | None = None,
    kind: str | None = None,
) -> Parametrization:
    """Return a parametrization with zero, constant, parallel, opposite or irrational neurons."""
    kind = c.choose(list(WEIGHTS)) if kind is None else kind
    biased = c.choose([True, False]) if biased is None else biased
    d, outputs = c.integer(1, most_inputs), c.choose([1, 1, 1, 2])
    neurons = []
    for _ in range(c.integer(1, most_neurons)):
        weight = tuple(c.choose(WEIGHTS[kind]) for _ in range(d))
        bias = c.choose(WEIGHTS[kind]) if biased else Fraction(0)
        if neurons and c.choose([True, False, False]):  # parallel or opposite to another one
            other, factor = c.choose(neurons), c.choose(_FACTORS)
            weight, bias = tuple(factor * entry for entry in other.weight), factor * other.bias
        if c.choose([False] * 9 + [True]):
            weight = (Fraction(0),) * d
        coefficient = tuple(c.choose(WEIGHTS[kind]) for _ in range(outputs))
        neurons.append(Neuron(weight, coefficient, bias, c.choose(_SCALES)))
    output_bias = tuple(c.choose(WEIGHTS[kind]) if biased else Fraction(0) for _ in range(outputs))
    return Parametrization(d, outputs, tuple(neurons), output_bias)


def draw_point(c: Chooser, dimension: int) -> tuple[Fraction, ...]:
    """Return a point whose coordinates are small, huge or tiny."""
    return tuple(
        Fraction(c.integer(-9, 9), c.integer(1, 5)) * Fraction(2) ** c.choose([0, 0, 40, -40, 300])
        for _ in range(dimension)
    )
