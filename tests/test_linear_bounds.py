"""Linear bounds in doubles are bounds: compared with exact arithmetic at corners, inner points and kinks."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from exactrelu import Network
from exactrelu.bounds.back_substitution import BoxBatch
from exactrelu.bounds.float_layers import Weights, float_layers
from exactrelu.bounds.relaxation import relax
from exactrelu.networks.activation import Activation
from tests.support.drawn_networks import Chooser, draw_network

SLOPES = [(0, 1), (0, 1), (1, 1), (-1, 1), ("1/4", 1), (1, 0), ("1/3", "-2"), (0, 0)]


def with_drawn_units(c: Chooser, network: Network) -> Network:
    """Return the network with units of every kind."""
    activations = [Activation.of([c.choose(SLOPES) for _ in range(width)]) for width in network.hidden_widths]
    return Network(network.layers, activations=activations)


def drawn_boxes(c: Chooser, inputs: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return boxes of doubles, some of them flat."""
    ends = [Fraction(c.integer(-64, 64), 16) for _ in range(2 * inputs * count)]
    table = np.array([float(end) for end in ends]).reshape(2, count, inputs)
    return table.min(axis=0), table.max(axis=0)


def points_of(c: Chooser, low: np.ndarray, high: np.ndarray) -> list[list[Fraction]]:
    """Return corners and inner points of a box."""
    corners = [
        list(map(Fraction, corner)) for corner in product(*zip(low.tolist(), high.tolist(), strict=True))
    ]
    inner = []
    for _ in range(6):
        parts = [Fraction(c.integer(0, 8), 8) for _ in low]
        sides = zip(low.tolist(), high.tolist(), parts, strict=True)
        inner.append([Fraction(a) + (Fraction(b) - Fraction(a)) * t for a, b, t in sides])
    return corners[:16] + inner


def bounded(network: Network, low: np.ndarray, high: np.ndarray) -> BoxBatch:
    """Return the batch with all hidden layers bounded."""
    layers = float_layers(network)
    widths = [layer.outputs for layer in layers[:-1]]
    lower = [np.full((len(low), width), -np.inf) for width in widths]
    upper = [np.full((len(low), width), np.inf) for width in widths]
    batch = BoxBatch(layers, low, high, lower, upper)
    for _ in widths:
        batch.advance()
    return batch


@pytest.mark.parametrize("seed", range(150))
def test_exact_preactivations_lie_between_the_bounds(seed):
    c = Chooser.seeded("linear bounds", seed)
    network = draw_network(c)
    if seed % 2:
        network = with_drawn_units(c, network)
    low, high = drawn_boxes(c, network.inputs, 3)
    batch = bounded(network, low, high)
    for b in range(len(low)):
        for point in points_of(c, low[b], high[b]):
            for k, values in enumerate(network.preactivations(point)):
                for i, y in enumerate(values):
                    lower, upper = batch.lower[k][b, i], batch.upper[k][b, i]
                    assert lower == -np.inf or Fraction(float(lower)) <= y
                    assert upper == np.inf or y <= Fraction(float(upper))


@pytest.mark.parametrize("seed", range(60))
def test_a_form_bounds_its_target_at_every_point(seed):
    c = Chooser.seeded("forms", seed)
    network = with_drawn_units(c, draw_network(c))
    low, high = drawn_boxes(c, network.inputs, 2)
    batch = bounded(network, low, high)
    width = network.layers[-1].inputs
    row = np.array([[float(c.integer(-3, 3)) for _ in range(width)]])
    form = batch.substitute(batch.hidden, row[:, batch.live[-1]], np.array([0.5]))
    for b in range(len(low)):
        for point in points_of(c, low[b], high[b]):
            values = list(point)
            for layer, activation in zip(network.layers, network.activations, strict=False):
                values = list(activation(layer(values)))
            live = set(batch.live[-1].tolist())
            exact = Fraction(1, 2) + sum(
                Fraction(a) * v for i, (a, v) in enumerate(zip(row[0], values, strict=True)) if i in live
            )
            terms = zip(form.coefficients[b, 0].tolist(), point, strict=True)
            linear = sum((Fraction(a) * x for a, x in terms), Fraction(float(form.constant[b, 0])))
            assert linear <= exact
            assert Fraction(float(form.least[b, 0])) <= exact


def test_a_bound_that_is_too_tight_would_be_seen():
    network = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])  # |x|
    batch = bounded(network, np.array([[-1.0]]), np.array([[2.0]]))
    form = batch.substitute(1, np.array([[-1.0, -1.0]]), np.array([0.0]))
    assert form.least[0, 0] == pytest.approx(-2.0, abs=1e-12)  # -|x| >= -2, a chord through both ends
    assert form.least[0, 0] < -2  # rounded downwards, never to the bound itself


def test_a_flat_relaxation_says_nothing_false_where_an_end_is_infinite():
    relaxation = relax(np.array([[-np.inf, -1.0]]), np.array([[1.0, np.inf]]))
    assert (relaxation.shift >= 0).all()
    assert np.isinf(relaxation.shift).all()


@pytest.mark.parametrize("share", [0.01, 1.0])
def test_sparse_and_dense_weights_have_the_same_products(share):
    generator = np.random.default_rng(3)
    matrix = np.where(generator.random((60, 80)) < share, generator.integers(-9, 10, (60, 80)), 0).astype(
        float
    )
    weights = Weights(matrix)
    assert weights.is_sparse == (share < 0.1)
    rows, points = (
        generator.integers(-5, 6, (2, 3, 60)).astype(float),
        generator.integers(-5, 6, (4, 80)).astype(float),
    )
    assert (weights.pulled(rows) == rows @ matrix).all()
    assert (weights.values(points) == points @ matrix.T).all()
    assert (weights.reach(np.abs(points)) == np.abs(points) @ np.abs(matrix).T).all()
    chosen = np.array([3, 5, 7])
    assert (weights.rows(chosen) == matrix[chosen]).all()
    assert (weights.read_by(chosen) == np.flatnonzero(matrix[chosen].any(axis=0))).all()
    assert (
        weights.restricted(chosen, chosen).values(points[:, chosen])
        == points[:, chosen] @ matrix[np.ix_(chosen, chosen)].T
    ).all()
