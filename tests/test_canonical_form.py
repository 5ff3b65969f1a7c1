"""Canonical forms decide equality of shallow realizations, on R^d and on domains."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exactrelu import Domain, Network, output_range
from exactrelu.errors import DomainError, NetworkError
from exactrelu.shallow.canonical_forms import canonical_form, realize_same_function
from exactrelu.shallow.parametrization import Neuron, Parametrization
from exactrelu.shallow.step_list import reparametrize
from tests.support.drawn_networks import Chooser, draw_domain
from tests.support.drawn_parametrizations import draw_parametrization, draw_point

TINY = Fraction(1, 2**200)


def vanishes(network: Network, domain: Domain | None = None) -> bool:
    """Whether a network is zero on a domain, by enumerating its cells."""
    ranges = output_range(network, domain)
    return ranges is None or all(r.minimum.value == 0 == r.maximum.value for r in ranges)


def nudged(gamma: Parametrization, index: int) -> Parametrization:
    """Return the parametrization with one weight 2^-200 away."""
    n = gamma.neurons[index]
    neurons = list(gamma.neurons)
    neurons[index] = Neuron((n.weight[0] + TINY, *n.weight[1:]), n.coefficient, n.bias, n.scale)
    return Parametrization(gamma.inputs, gamma.outputs, tuple(neurons), gamma.output_bias)


@pytest.mark.parametrize("seed", range(200))
def test_the_form_has_the_values_of_the_network(seed):
    c = Chooser.seeded("form", seed)
    gamma = draw_parametrization(c, most_inputs=4, most_neurons=7)
    form = canonical_form(gamma)
    for _ in range(10):
        x = draw_point(c, gamma.inputs)
        assert form(x) == gamma(x) == gamma.network()(x)
    assert canonical_form(gamma.network()) == form
    assert (canonical_form(gamma.network()).digest, hash(canonical_form(gamma.network()))) == (
        form.digest,
        hash(form),
    )


@pytest.mark.parametrize("seed", range(60))
def test_equal_and_almost_equal_parametrizations_are_told_apart(seed):
    c = Chooser.seeded("almost", seed)
    gamma = draw_parametrization(c, most_neurons=4)
    order = "+".join(map(str, reversed(range(gamma.width))))
    other = reparametrize(gamma, f"permute:{order},rescale:0=7/3,merge,drop,cancel,balance,pad:9")[-1].after
    assert realize_same_function(gamma, other)
    assert vanishes(gamma.network() - other.network())
    off = nudged(gamma, c.integer(0, gamma.width - 1))
    assert realize_same_function(gamma, off) == vanishes(gamma.network() - off.network())


@pytest.mark.parametrize("seed", range(250))
def test_equality_on_a_domain_is_that_of_the_difference_network(seed):
    c = Chooser.seeded("domain", seed)
    gamma = draw_parametrization(
        c, most_neurons=3, most_inputs=2, kind=c.choose(["ternary", "integer", "thirds"])
    )
    other = draw_parametrization(c, most_neurons=2, most_inputs=2, kind="ternary")
    domain = draw_domain(c, gamma.inputs)
    pairs = [(gamma, nudged(gamma, 0)), (gamma, reparametrize(gamma, "merge,cancel")[-1].after)]
    if (other.inputs, other.outputs) == (gamma.inputs, gamma.outputs):
        pairs.append((gamma, other))
    for one, two in pairs:
        assert realize_same_function(one, two, domain) == vanishes(one.network() - two.network(), domain)


@pytest.mark.parametrize("seed", range(100))
def test_the_form_on_a_domain_has_the_values_there(seed):
    c = Chooser.seeded("values", seed)
    gamma = draw_parametrization(c, kind="integer")
    domain = draw_domain(c, gamma.inputs)
    form = canonical_form(gamma, domain)
    grid = [Fraction(k, 2) for k in range(-4, 5)]
    for _ in range(60):
        x = tuple(c.choose(grid) for _ in range(gamma.inputs))
        if domain.contains(x):
            assert form(x) == gamma(x)


def test_hyperplanes_that_coincide_on_the_affine_hull_are_merged():
    line = Domain.from_inequalities(2, [([1, -1], 0, "=")])
    one = Parametrization.from_rationals([[1, 0], [0, 1]], [[1], [-1]])
    assert canonical_form(one, line) == canonical_form(Parametrization.from_rationals([[1, 1]], [[0]]), line)
    diagonal = Parametrization.from_rationals([[1, 1]], [["1/2"]])
    assert realize_same_function(diagonal, Parametrization.from_rationals([[1, 0]], [[1]]), line)
    assert not realize_same_function(diagonal, Parametrization.from_rationals([[1, 0]], [[1]]))


def test_a_hyperplane_that_contains_the_hull_or_touches_the_domain_is_no_kink():
    flat = Domain.from_inequalities(2, [([1, 0], 0, "=")])
    bent = Parametrization.from_rationals([[1, 0]], [[3]])
    assert canonical_form(bent, flat).is_affine
    assert realize_same_function(bent, Parametrization.from_rationals([[1, 0]], [[0]]), flat)
    face = Domain.from_inequalities(1, [([1], 0, ">=")])
    assert realize_same_function(
        Parametrization.from_rationals([[1]], [[1]]),
        Parametrization.from_rationals([[1], [-1]], [[1], [-1]]),
        face,
    )
    point = Domain.box([(2, 2)])
    assert realize_same_function(
        Parametrization.from_rationals([[1]], [[1]]),
        Parametrization.from_rationals([[1]], [[0]], None, [2]),
        point,
    )


def test_everything_agrees_on_an_empty_domain():
    empty = Domain.from_inequalities(1, [([1], 0, ">"), ([1], 0, "<")])
    one, two = (Parametrization.from_rationals([[1]], [[c]], None, [c]) for c in (1, 5))
    assert realize_same_function(one, two, empty)
    assert not realize_same_function(one, two)


def test_constant_neurons_with_biases_and_zero_neurons():
    one = Parametrization.from_rationals([[0, 0], [0, 0], [1, 2]], [[3], [5], [0]], [2, -7, 9], [1])
    assert canonical_form(one) == canonical_form(Parametrization(2, 1, (), (7,)))


def test_shapes_are_part_of_the_function():
    narrow, wide = Parametrization(1, 1, (), (0,)), Parametrization(2, 1, (), (0,))
    assert canonical_form(narrow) != canonical_form(wide)
    with pytest.raises(NetworkError, match="one shape"):
        _ = canonical_form(narrow) - canonical_form(wide)
    with pytest.raises(DomainError, match="expected dimension 1, got 2"):
        canonical_form(narrow, Domain.box([(0, 1)] * 2))
    with pytest.raises(NetworkError, match=r"expected 2 affine maps \(L = 2\), got 1"):
        canonical_form(Network.from_rationals([([[1]], None)]))


@pytest.mark.parametrize("seed", range(40))
def test_the_form_of_a_difference_is_the_difference_of_forms(seed):
    c = Chooser.seeded("difference", seed)
    one = draw_parametrization(c)
    two = nudged(reparametrize(one, "merge")[-1].after, 0)
    difference = canonical_form(one) - canonical_form(two)
    assert difference == canonical_form(one.network() - two.network())
