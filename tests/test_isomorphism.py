"""Permutations and positive scales are found whenever they are there, and refused whenever they are not."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest

from exactrelu.errors import NetworkError
from exactrelu.identifiability.isomorphism import canonical_representative, decide_isomorphism
from exactrelu.identifiability.rescaling import transformed
from exactrelu.networks.activation import Activation
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.verification.verdict import Verdict
from tests.support.brute_symmetries import are_isomorphic_by_all_permutations, disguised
from tests.support.command_line import network_document
from tests.support.drawn_networks import Chooser, draw_network, with_drawn_units

HOLDS, REFUTED, UNKNOWN = Verdict.HOLDS, Verdict.REFUTED, Verdict.UNKNOWN
TINY = Fraction(1, 2**60)


def changed(network: Network, k: int, i: int, j: int, change: Fraction = TINY) -> Network:
    rows = [[list(row) for row in layer.rows] for layer in network.layers]
    rows[k][i][j] += change
    layers = (AffineMap(RationalMatrix.from_rows(layer, len(layer[0]))) for layer in rows)
    return Network(tuple(layers), activations=network.activations)


def places(network: Network):
    return [
        (k, i, j)
        for k, layer in enumerate(network.layers)
        for i in range(layer.outputs)
        for j in range(layer.inputs + 1)
    ]


def drawn(seed: int) -> tuple[Chooser, Network]:
    c = Chooser.seeded("isomorphism", seed)
    network = draw_network(c, most_hidden=5)
    return c, with_drawn_units(c, network) if seed % 3 == 0 else network


@pytest.mark.parametrize("seed", range(40))
def test_a_disguised_network_is_recognised_and_the_symmetry_carries_one_to_the_other(seed):
    c, network = drawn(seed)
    other = disguised(c, network)
    decision = decide_isomorphism(network, other)
    assert decision.verdict is HOLDS
    assert transformed(network, decision.permutations, decision.scales) == other
    assert canonical_representative(network) == canonical_representative(other)


@pytest.mark.parametrize("seed", range(40))
def test_a_change_of_one_weight_is_judged_as_all_permutations_judge_it(seed):
    c, network = drawn(seed)
    other = disguised(c, changed(network, *c.choose(places(network)), c.choose([TINY, -TINY, Fraction(1)])))
    expected = are_isomorphic_by_all_permutations(network, other)
    assert (decide_isomorphism(network, other).verdict is HOLDS) == expected
    assert (canonical_representative(network) == canonical_representative(other)) == expected


def test_a_change_of_2_to_the_minus_60_is_seen_at_every_weight_of_a_good_network():
    c = Chooser.seeded("good")
    widths = (3, 4, 3, 2)
    network = Network.from_rationals(
        [
            ([[c.integer(1, 99) for _ in range(a)] for _ in range(b)], [c.integer(1, 99) for _ in range(b)])
            for a, b in itertools.pairwise(widths)
        ]
    )
    for place in places(network):
        assert decide_isomorphism(network, disguised(c, changed(network, *place))).verdict is REFUTED


ONE_OUTPUT = [[1, 1, 1, 1, 1, 1]]


def ring(*lengths: int) -> Network:
    """Six neurons that read the same, six that read two of them each, in rings of so many."""
    pairs, start = [], 0
    for length in lengths:
        pairs += [{start + i, start + (i + 1) % length} for i in range(length)]
        start += length
    middle = [[int(j in pair) for j in range(6)] for pair in pairs]
    return Network.from_rationals([([[1]] * 6, [1] * 6), (middle, [1] * 6), (ONE_OUTPUT, None)])


def test_what_colours_cannot_tell_apart_is_decided_by_trial():
    decision = decide_isomorphism(ring(6), ring(3, 3))
    assert (decision.verdict, decision.reason) == (
        REFUTED,
        "no way to match the neurons that look alike carries one network to the other",
    )
    assert decide_isomorphism(ring(6), ring(3, 3), most_trials=1).verdict is UNKNOWN
    shuffled = disguised(Chooser.seeded("ring"), ring(3, 3))
    assert decide_isomorphism(ring(3, 3), shuffled).verdict is HOLDS
    assert canonical_representative(ring(3, 3)) == canonical_representative(shuffled)
    assert canonical_representative(ring(3, 3)) != canonical_representative(ring(6))


def cut_off(factor: int) -> Network:
    """Two neurons that read nothing, two that are read by nothing and read these: no scale is fixed."""
    layers = [([[0], [0]], None), ([[1, 2], [3, factor]], None), ([[0, 0]], [5])]
    return Network.from_rationals(layers)


def test_neurons_that_nothing_joins_to_the_outside_have_scales_up_to_one_factor():
    """Of the ring of four weights 1, 2, 3, f the quotient 2 * 3 / f is left, or its inverse."""
    ninefold = transformed(cut_off(7), [(0, 1), (1, 0)], [(9, 1), (1, 2)])
    assert decide_isomorphism(cut_off(7), ninefold).verdict is HOLDS
    assert canonical_representative(cut_off(7)) == canonical_representative(ninefold)
    assert decide_isomorphism(cut_off(7), cut_off(8)).verdict is REFUTED
    inverse = Network.from_rationals([([[0], [0]], None), ([[2, 1], [7, 3]], None), ([[0, 0]], [5])])
    assert decide_isomorphism(cut_off(7), inverse).verdict is HOLDS


def test_repeated_neurons_are_no_obstacle():
    many = Network.from_rationals([([[1, 2]] * 40, [3] * 40), ([[1] * 40] * 40, None), ([[1] * 40], None)])
    other = disguised(Chooser.seeded("repeated"), many)
    assert decide_isomorphism(many, other).verdict is HOLDS
    assert decide_isomorphism(many, changed(other, 1, 5, 7)).verdict is REFUTED


def test_signs_slopes_constants_and_widths_count():
    one = Network.from_rationals([([[1]], [1]), ([[2]], [3])])
    assert decide_isomorphism(one, Network.from_rationals([([[-1]], [-1]), ([[-2]], [3])])).verdict is REFUTED
    leaky = Network(one.layers, activations=(Activation.of([("1/4", 1)]),))
    assert decide_isomorphism(one, leaky).verdict is REFUTED
    assert "constants" in decide_isomorphism(one, changed(one, 1, 0, 1)).reason
    assert decide_isomorphism(one, one.deepened(3)).reason == "the widths are 1-1-1 and 1-1-1-1"


def test_networks_without_hidden_layers():
    one = Network.from_rationals([([[1, 2]], [3])])
    assert decide_isomorphism(one, one).permutations == ()
    assert decide_isomorphism(one, changed(one, 0, 0, 0)).verdict is REFUTED
    assert canonical_representative(one) == one


def test_what_is_no_symmetry_is_refused():
    net = Network.from_rationals([([[1], [2]], None), ([[1, 1]], None)])
    with pytest.raises(NetworkError, match=r"expected each neuron of hidden layer 1 once, got \(0, 0\)"):
        transformed(net, [(0, 0)], [(1, 1)])
    with pytest.raises(NetworkError, match="expected positive factors in hidden layer 1, got -1"):
        transformed(net, [(0, 1)], [(1, -1)])
    with pytest.raises(NetworkError, match=r"scales: expected lists of the lengths \(2,\), got \(1,\)"):
        transformed(net, [(0, 1)], [(1,)])


def test_the_command(exactrelu):
    one = exactrelu.file("one.json", network_document(([["1"], ["-1"]], ["0", "1"]), ([["3", "5"]], None)))
    two = exactrelu.file("two.json", network_document(([["-2"], ["1"]], ["2", "0"]), ([["5/2", "3"]], None)))
    answer = exactrelu("isomorphic", one, two, "--json", "-")
    assert answer.status == 0
    assert answer.json["verdict"] == "holds"
    assert (answer.json["permutations"], answer.json["scales"]) == ([[1, 0]], [["2", "1"]])
    other = exactrelu.file(
        "three.json", network_document(([["-2"], ["1"]], ["2", "0"]), ([["3", "3"]], None))
    )
    refused = exactrelu("isomorphic", one, other)
    assert refused.status == 1
    assert "neuron 1 of hidden layer 1 of the first network has no counterpart in the second" in refused.out
