"""Steps on networks of any depth: each carries its proof, and one that changes the function is refused."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from exactrelu.deep.deep_step import DeepStep
from exactrelu.deep.exact_bounds import flat, least_value, steep
from exactrelu.deep.facts import Fact, sign_fact, substituted
from exactrelu.deep.fewest_step import fewest
from exactrelu.deep.layer_steps import compose, drop, merge, on_hull
from exactrelu.deep.prover import Prover
from exactrelu.deep.reach import Reach
from exactrelu.deep.relations import supposed_facts
from exactrelu.deep.signs import exact_points, signs_on
from exactrelu.errors import ArgumentError, NetworkError
from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain import Domain
from tests.support.drawn_networks import Chooser, draw_domain, draw_network, with_drawn_units

SQUARE = Domain.box([(-1, 1), (-1, 1)])
EVERYWHERE = Prover(Domain.whole_space(2))
LINE = Prover(Domain.from_inequalities(2, [([1, -1], 0, "=")]))
UNITS = [Activation.of([(1, 1), (2, 2)]), Activation.relu(2)]

MADE = {
    "drop": drop(
        Network.from_rationals([([[1, 1], [0, 0], [2, 1]], [0, 3, 0]), ([[1, 1, 0]], None)]), 1, EVERYWHERE
    ),
    "merge": merge(Network.from_rationals([([[1, 1], [3, 3]], [1, 3]), ([[1, 1]], None)]), 1, EVERYWHERE),
    "linear": fewest(
        Network.from_rationals([([[1, 1], [-1, -1]], [1, -1]), ([[2, -2]], None)]), 1, EVERYWHERE
    ),
    "compose": compose(
        Network.from_rationals(
            [([[1, 1], [1, 0]], None), ([[1, 1], [1, -1]], None), ([[1, 1]], None)], activations=UNITS
        ),
        1,
        EVERYWHERE,
    ),
    "hull": on_hull(Network.from_rationals([([[1, 1], [1, 0]], None), ([[1, 1]], None)]), 1, LINE),
}


def _broken(network: Network) -> Network:
    """Return the network with another last entry in the weight of its first layer."""
    rows = [list(row) for row in network.layers[0].weight]
    rows[0][-1] += Fraction(1, 2**60)
    first, *others = [(layer.weight, layer.bias) for layer in network.layers]
    return Network.from_rationals([(rows, first[1]), *others], activations=network.activations)


@pytest.mark.parametrize("name", MADE)
def test_a_step_whose_result_is_off_by_a_little_is_refused(name):
    step = MADE[name]
    with pytest.raises(NetworkError, match=f"step {name}"):
        replace(step, after=_broken(step.after))


def test_a_step_that_changes_other_layers_than_it_says_is_refused():
    net = Network.from_rationals([([[1], [1]], None), ([[1, 1]], None), ([[1]], None)])
    other = Network.from_rationals([([[1], [1]], None), ([[1, 1]], None), ([[2]], None)])
    with pytest.raises(NetworkError, match="expected other layers than 1 and the next to stay"):
        DeepStep("swindle", net, other, (), Prover(Domain.whole_space(1)), 1)


def test_a_sign_that_is_not_one_is_refused():
    net = Network.from_rationals([([[1, 1]], ["-2"]), ([[1]], None)])
    for offset, holds in ((0, True), ("1/1024", False)):
        domain = Domain.from_inequalities(2, [([1, 1], f"-{Fraction(2) + Fraction(offset)}", "<=")])
        fact, prover = sign_fact(net, 1, 0, 0), Prover(domain)
        if holds:
            DeepStep("signs", net, substituted(net, [fact]), (), prover, None, (fact,))
            continue
        with pytest.raises(NetworkError, match="layer 1, neuron 0: expected a proved value"):
            DeepStep("signs", net, substituted(net, [fact]), (), prover, None, (fact,))


def test_proved_facts_with_another_network_in_their_place_are_refused():
    net = Network.from_rationals([([[1, 1]], [2]), ([[1]], None)])
    fact = sign_fact(net, 1, 0, 1)
    with pytest.raises(NetworkError, match="expected the proved values in place"):
        DeepStep("signs", net, net, (), Prover(SQUARE), None, (fact,))


def test_a_value_that_is_wrong_is_refused_and_a_true_one_proved():
    net = Network.from_rationals([([[1], [-1]], None), ([[1, -1], [1, 1]], None), ([[1, 1]], None)])
    prover = Prover(Domain.whole_space(1))
    true = Fact(2, 0, (Fraction(1), Fraction(0), Fraction(0)))
    assert prover.proves(net, true)
    assert not prover.proves(net, replace(true, row=(Fraction(1), Fraction(0), Fraction(1, 2**60))))


def test_facts_that_refer_to_each_other_are_refused():
    net = Network.from_rationals([([[1], [1]], None), ([[1, 1]], None)])
    zero = (Fraction(0), Fraction(0))
    facts = [Fact(1, 0, zero, ((1, Fraction(1)),)), Fact(1, 1, zero, ((0, Fraction(1)),))]
    with pytest.raises(ArgumentError, match="no reference"):
        substituted(net, facts)


@pytest.mark.parametrize("seed", range(30))
def test_bounds_of_signs_hold_at_points(seed):
    chooser = Chooser.seeded("signs", seed)
    network = with_drawn_units(chooser, draw_network(chooser))
    domain = draw_domain(chooser, network.inputs)
    if domain.is_empty:
        return
    signs, reach = signs_on(network, domain), Reach(domain)
    for x in exact_points(domain, 20):
        for layer, values in enumerate(network.preactivations(x), start=1):
            bounds = signs.lower[: layer - 1], signs.upper[: layer - 1]
            for i, y in enumerate(values):
                low, high = signs.lower[layer - 1][i], signs.upper[layer - 1][i]
                assert low is None or low <= y
                assert high is None or y <= high
                for unders in (flat(network, layer), steep(*bounds)):
                    least = least_value(network, (layer, i, 1), bounds, unders, reach)
                    assert least is None or least <= y


def test_supposed_facts_are_what_the_points_say():
    net = Network.from_rationals(
        [([[1], [-1]], None), ([[1, 1], [1, 0], [1, -1]], [0, 1, -2]), ([[1] * 3], None)]
    )
    points = [(Fraction(p, 2),) for p in range(-20, 20)]
    facts = supposed_facts(net, 2, points)
    assert {fact.neuron for fact in facts} == {0, 1}
    assert all(fact.value_at(net, x) == 0 for fact in facts for x in points)
