"""Neurons and parametrizations: normalised on construction, checked, the same function as their network."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactrelu import Network
from exactrelu.errors import InexactNumberError, NetworkError
from exactrelu.shallow.parametrization import Neuron, Parametrization
from exactrelu.shallow.radicals import radical
from tests.support.drawn_networks import Chooser
from tests.support.drawn_parametrizations import draw_parametrization, draw_point

HUGE = Fraction(2) ** 300


def true_parameters(neuron):
    """The parameters as sums of radicals, straight from the definition."""
    inner = [radical(neuron.scale, entry) for entry in neuron.functional]
    return inner + [radical(1 / neuron.scale, entry) for entry in neuron.coefficient]


@pytest.mark.parametrize(
    "scale", [Fraction(1), Fraction(16), Fraction(4), Fraction(3, 7), HUGE, 2 * HUGE, 3 / HUGE]
)
@pytest.mark.parametrize("row", [((3, -1), 2), ((0, -5), 0), ((0, 0), 7), ((0, 0), 0), ((HUGE, 1 / HUGE), 0)])
@pytest.mark.parametrize("coefficient", [(1, -2), (0, 0), (0, HUGE)])
def test_normalising_keeps_the_parameters(scale, row, coefficient):
    weight, bias = row
    expected = [radical(scale, entry) for entry in (*weight, bias)]
    expected += [radical(1 / scale, entry) for entry in coefficient]
    neuron = Neuron(weight, coefficient, bias, scale)
    assert true_parameters(neuron) == expected
    assert Neuron(neuron.weight, neuron.coefficient, neuron.bias, neuron.scale) == neuron


@pytest.mark.parametrize("scale", [Fraction(1), Fraction(4), Fraction(3, 7)])
def test_equal_parameters_give_equal_neurons(scale):
    neuron = Neuron((2, 3), (5,), 7, scale)
    other = Neuron((4, 6), (Fraction(5, 2),), 14, scale / 16)
    assert neuron == other
    assert hash(neuron) == hash(other)
    assert neuron != Neuron((2, 3), (5,), 7, scale * 2)
    assert neuron.rescaled(Fraction(3, 2)).rescaled(Fraction(2, 3)) == neuron
    assert neuron.rescaled(Fraction(2)) != neuron


@pytest.mark.parametrize("seed", range(60))
def test_a_parametrization_and_its_network_are_one_function(seed):
    c = Chooser.seeded("parametrization", seed)
    gamma = draw_parametrization(c)
    network = gamma.network()
    again = Parametrization.of_network(network)
    assert again.is_rational
    for _ in range(5):
        x = draw_point(c, gamma.inputs)
        assert gamma(x) == network(x) == again(x)


def test_a_rational_parametrization_is_its_network():
    network = Network.from_rationals([([[1, 2], [3, 4]], [5, 6]), ([[7, 8], [9, 0]], [1, 2])])
    gamma = Parametrization.of_network(network)
    assert gamma.network() == network
    assert gamma.neurons[1] == Neuron((3, 4), (8, 0), 6)
    assert gamma.has_biases


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Neuron((), (1,)), "weight: expected at least one entry"),
        (lambda: Neuron((1,), ()), "coefficient: expected at least one entry"),
        (lambda: Neuron((1,), (1,), 0, 0), "scale: expected a positive number, got 0"),
        (lambda: Neuron((1,), (1,), 0, Fraction(-1, 2)), "scale: expected a positive number, got -1/2"),
        (lambda: Neuron((1,), (1,)).rescaled(Fraction(-1)), "factor: expected a positive number, got -1"),
        (lambda: Parametrization(0, 1, (), (0,)), "widths: expected at least 1"),
        (lambda: Parametrization(1, 2, (), (0,)), "output bias: expected 2 entries, got 1"),
        (lambda: Parametrization(2, 1, (Neuron((1,), (1,)),), (0,)), "neuron 0: weight: expected 2"),
        (lambda: Parametrization(1, 2, (Neuron((1,), (1,)),), (0, 0)), "neuron 0: coefficient: expected 2"),
        (lambda: Parametrization.from_rationals([], []), "at least one, got 0, 0 and 0"),
        (lambda: Parametrization.from_rationals([[1]], [[1]], [1, 2]), "got 1, 1 and 2"),
        (lambda: Parametrization.of_network(Network.from_rationals([([[1]], None)] * 3)), "got 3"),
        (lambda: Parametrization.from_rationals([[1]], [[1]])((1, 2)), "expected 1 coordinates, got 2"),
    ],
)
def test_what_is_no_parametrization_is_refused(make, message):
    with pytest.raises(NetworkError, match=message):
        make()


def test_floats_are_refused_with_their_place():
    with pytest.raises(InexactNumberError, match=r"neuron 1: .*0\.5"):
        Parametrization.from_rationals([[1], [0.5]], [[1], [1]])
