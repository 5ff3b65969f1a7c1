"""Fitted perceptrons of scikit-learn, known by their attributes: the exact function of their numbers."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

import exactrelu
from exactrelu.errors import NetworkError, NumberSyntaxError, UnsupportedOperatorError
from exactrelu.formats.sklearn_models import network_from_sklearn

RNG = np.random.default_rng(9)
WIDTHS = (3, 4, 2)


def perceptron(activation="relu", dtype=np.float64):
    shapes = list(pairwise(WIDTHS))
    weights = [RNG.standard_normal(shape).astype(dtype) for shape in shapes]
    biases = [RNG.standard_normal(shape[1]).astype(dtype) for shape in shapes]
    return SimpleNamespace(
        coefs_=weights, intercepts_=biases, activation=activation, out_activation_="softmax"
    )


def by_hand(model, x):
    """The function before the last step, entry by entry in fractions."""
    current = [Fraction(c) for c in x]
    for k, (weight, bias) in enumerate(zip(model.coefs_, model.intercepts_, strict=True)):
        if k and model.activation == "relu":
            current = [max(c, Fraction(0)) for c in current]
        current = [
            sum(
                (Fraction(float(weight[i, j])) * current[i] for i in range(len(current))),
                Fraction(float(bias[j])),
            )
            for j in range(weight.shape[1])
        ]
    return tuple(current)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("activation", ["relu", "identity"])
def test_a_perceptron_is_the_function_of_its_stored_numbers(activation, dtype):
    model = perceptron(activation, dtype)
    network = network_from_sklearn(model)
    assert network.widths == (WIDTHS if activation == "relu" else (3, 2))
    for x in ((1, 2, 3), (-1, 0, Fraction(1, 2)), (0, 0, 0), (5, -7, 1)):
        assert network(x) == by_hand(model, x)
    assert exactrelu.output_range(model, [(0, 0)] * 3)[0].maximum.value == by_hand(model, (0, 0, 0))[0]


def test_other_models_are_refused_by_name():
    with pytest.raises(UnsupportedOperatorError, match="not supported: activation tanh at the hidden layers"):
        network_from_sklearn(perceptron("tanh"))
    poisson = perceptron()
    poisson.out_activation_ = "exp"
    with pytest.raises(UnsupportedOperatorError, match="not supported: activation exp at the outputs"):
        network_from_sklearn(poisson)
    with pytest.raises(NetworkError, match="expected a fitted MLP, got SimpleNamespace without coefs_"):
        network_from_sklearn(SimpleNamespace(activation="relu"))
    broken = perceptron()
    broken.coefs_[1][2, 0] = np.inf
    with pytest.raises(NumberSyntaxError, match=r"layers\[1\].weight\[0, 2\]"):
        network_from_sklearn(broken)
