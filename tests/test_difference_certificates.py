"""Certificates that two networks are nearly equal: what is written is accepted, and nothing forged is."""

from __future__ import annotations

import copy
import subprocess
import sys
from fractions import Fraction

import pytest

from exactrelu import Domain, Network, certify, check, checker, decide_equality, distance
from exactrelu.certificates.differences import certify_difference, certify_near
from exactrelu.errors import ArgumentError
from exactrelu.networks.activation import Activation
from tests.support.certificate_lines import entries_of, refusal, write
from tests.support.disguised_networks import disguised
from tests.support.drawn_networks import Chooser, draw_network, with_drawn_units
from tests.support.near_copies import near_copy
from tests.test_near_equality import with_bias
from tests.test_paired_maximum import box_of, changed, drawn

F = Fraction
TINY = F(1, 2**60)
ONE = Network.from_rationals(
    [
        ([[1, 0], [0, 1], [1, 1]], [0, "1/2", -3]),
        ([[1, -1, 5], [2, 1, 0]], [0, 0]),
        ([[1, 2], [0, 1]], [1, 0]),
    ]
)
TWO = changed(
    changed(ONE, 0, 2, 0, F(-1, 2)), 1, 0, 1, F(1, 8)
)  # a neuron that is off, and one that may be on
SQUARE = Domain.box([(-1, 1), (-1, 1)])


@pytest.fixture(scope="module")
def entries(tmp_path_factory):
    path = tmp_path_factory.mktemp("certificates") / "c.jsonl"
    certify_difference(path, (ONE, TWO), SQUARE, F(1, 2))
    return entries_of(path.read_text(encoding="utf-8"))


# what is written is accepted ------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(16))
def test_equal_and_nearly_equal_networks_are_certified_on_boxes(seed, tmp_path):
    c = Chooser.seeded("difference certificates", seed)
    network = draw_network(c, most_inputs=2, most_hidden=4)
    network = with_drawn_units(c, network) if seed % 2 else network
    if network.depth == 1:
        return
    other, box, path = near_copy(c, network), box_of(network, -1, 2), tmp_path / "c.jsonl"
    top = F(distance(network, other, box).power)
    certify_difference(path, (network, other), box, top)
    proved = checker.check(path)
    assert proved["networks"][:2] == [network.digest, other.digest]
    assert proved["claim"]["within"] == str(top)


@pytest.mark.parametrize("seed", range(8))
def test_disguised_networks_have_the_difference_zero(seed, tmp_path):
    c = Chooser.seeded("difference certificates of disguises", seed)
    network = draw_network(c, most_inputs=2, most_hidden=4)
    other = disguised(c, network, 3)
    if network.depth == 1 or other.depth != network.depth:
        return
    path = tmp_path / "c.jsonl"
    certify_difference(path, (network, other), box_of(network, -1, 1))
    assert str(check(path)) == "valid: on the set the outputs of the first two networks differ by at most 0"


@pytest.mark.parametrize("domain", ["box", "whole space"])
def test_wide_networks_whose_cells_nobody_can_list_are_certified(domain, tmp_path):
    """One weight of a neuron that bounds show to be off; neurons in another order."""
    network, path = drawn((20, 40, 40, 3), seed=2), tmp_path / "c.jsonl"
    reach = sum(map(abs, network.layers[0].weight[3]), F(0))
    network = with_bias(network, 0, 3, -reach - F(1, 10**9))
    layers = [([list(row) for row in layer.weight], list(layer.bias)) for layer in network.layers]
    layers[0] = layers[0][0][::-1], layers[0][1][::-1]
    layers[1] = [row[::-1] for row in layers[1][0]], layers[1][1]
    turned = Network.from_rationals(layers)
    box = box_of(network, -1, 1) if domain == "box" else Domain.whole_space(20)
    other = changed(turned, 0, 36, 5, TINY) if domain == "box" else turned
    decision = decide_equality(network, other, box)
    certify(decision, path)
    assert checker.check(path)["claim"]["kind"] == "difference"


def test_near_equality_on_a_small_box_is_certified_by_ranges_or_by_the_difference(tmp_path):
    path = tmp_path / "c.jsonl"
    certify(decide_equality(ONE, TWO, SQUARE, within=F(1, 2)), path)
    assert checker.check(path)["claim"]["kind"] in {"range", "difference", "near"}


def test_what_is_not_so_is_not_certified(tmp_path):
    path = tmp_path / "c.jsonl"
    with pytest.raises(ArgumentError, match="expected a difference of at most 1/64, got a larger one"):
        certify_difference(path, (ONE, TWO), SQUARE, F(1, 64))
    with pytest.raises(ArgumentError, match="networks of equal depth, at least 2, got 3 and 2"):
        certify_difference(path, (ONE, Network(ONE.layers[:2])), SQUARE)
    assert not path.exists()


# nothing forged is ----------------------------------------------------------------------------------------


def with_head(entries, change):
    head = copy.deepcopy(entries[0])
    change(head)
    return [head, *entries[1:]]


def number(head, network, layer, key, *place):
    """Make one number of a network one larger."""
    row = head["networks"][network]["layers"][layer][key]
    for i in place[:-1]:
        row = row[i]
    row[place[-1]] = str(F(row[place[-1]]) + 1)


FORGED = {
    "a smaller bound": lambda head: head["claim"].update(within="1/1000"),
    "a negative bound": lambda head: head["claim"].update(within="-1/2"),
    "no bound": lambda head: head["claim"].pop("within"),
    "a larger box": lambda head: head["claim"]["box"].__setitem__(0, ["-9", "9", False, False]),
    "another first network": lambda head: number(head, 0, 0, "weight", 0, 0),
    "another second network": lambda head: number(head, 1, 1, "bias", 0),
    "another last layer of the second network": lambda head: number(head, 1, 2, "weight", 1, 1),
    "another difference": lambda head: number(head, 2, 1, "weight", 0, 4),
    "another constant of the difference": lambda head: number(head, 2, 2, "bias", 0),
    "the networks exchanged": lambda head: head["networks"].__setitem__(slice(0, 2), head["networks"][1::-1]),
    "no difference": lambda head: head["networks"].pop(2),
    "a network with another depth": lambda head: head["networks"][1]["layers"].pop(1),
    "a step less": lambda head: head["claim"]["steps"].pop(),
    "another last network": lambda head: number(head, -1, 0, "bias", 0),
    "no precision": lambda head: head["claim"].update(precision=0),
    "a sum instead of a difference": lambda head: [
        row.__setitem__(j, str(-F(row[j])))
        for row in head["networks"][2]["layers"][-1]["weight"]
        for j in (2, 3)
    ],
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_claims_are_refused(entries, name, tmp_path):
    assert refusal(write(tmp_path / "c.jsonl", entries)) == ""
    assert refusal(write(tmp_path / "c.jsonl", with_head(entries, FORGED[name])))


def test_trees_must_be_whole(entries, tmp_path):
    for i in range(1, len(entries) - 1):
        assert refusal(write(tmp_path / "c.jsonl", [*entries[:i], *entries[i + 1 :]]))
    assert refusal(write(tmp_path / "c.jsonl", [*entries[:-1], entries[-2], entries[-1]]))


def test_affine_maps_have_no_difference_of_this_kind(tmp_path):
    line = {"layers": [{"weight": [["1"]], "bias": ["0"]}]}
    zero = {"layers": [{"weight": [["0"]], "bias": ["0"]}]}
    claim = {"kind": "difference", "box": [["0", "1", False, False]], "rows": [], "steps": [], "within": "0"}
    head = {"format": "exactrelu-certificate", "version": 1, "claim": claim | {"precision": 64}}
    head |= {"networks": [line, line, zero], "domain": None, "reading": None}
    closed = {"closed": [[[[0, "1"]], "0"], [[[0, "1"]], "0"]]}
    end = {"end": {"lines": 3, "leaves": {"closed": 1, "linear": 0}}}
    assert "at least 2" in refusal(write(tmp_path / "c.jsonl", [head, closed, end]))


# by sizes -------------------------------------------------------------------------------------------------


def bound_by_sizes(one: Network, two: Network, ends: list[tuple[Fraction, Fraction]]) -> Fraction:
    """The bound of docs/certificates.md, neuron by neuron."""
    gaps = [F(0)] * one.inputs
    for k, (own, other) in enumerate(zip(one.layers, two.layers, strict=True)):
        sizes = [max(abs(low), abs(high)) for low, high in ends]
        found, reach = [], []
        for p, q in zip(own.rows, other.rows, strict=True):
            change = [abs(b - a) for a, b in zip(p, q, strict=True)]
            gap = sum((c * m for c, m in zip(change, sizes, strict=False)), change[-1])
            found.append(gap + sum((abs(b) * g for b, g in zip(q, gaps, strict=False)), F(0)))
            terms = [sorted([a * low, a * high]) for a, (low, high) in zip(p, ends, strict=False)]
            reach.append((sum(t[0] for t in terms) + p[-1], sum(t[1] for t in terms) + p[-1]))
        if k == len(one.hidden_widths):
            return max(found)
        units = one.activations[k].slopes
        values = [
            [(below if y <= 0 else above) * y for y in (low, high, max(low, min(high, F(0))))]
            for (low, high), (below, above) in zip(reach, units, strict=True)
        ]
        ends = [(min(v), max(v)) for v in values]
        gaps = [max(abs(s) for s in pair) * gap for pair, gap in zip(units, found, strict=True)]
    raise AssertionError


@pytest.mark.parametrize("seed", range(12))
def test_bounds_by_sizes_are_bounds(seed, tmp_path):
    """The least number that is accepted is at least the distance; half of that is refused."""
    c = Chooser.seeded("near certificates", seed)
    network = draw_network(c, most_inputs=2, most_hidden=4)
    network = with_drawn_units(c, network) if seed % 2 else network
    layers = [([list(row) for row in layer.weight], list(layer.bias)) for layer in network.layers]
    for w, b in layers:
        w[0][-1] += c.choose([0, TINY, F(1, 8)])
        b[-1] -= c.choose([0, F(1, 3)])
    other = Network.from_rationals(layers, activations=network.activations)
    box, path = box_of(network, -1, 2), tmp_path / "c.jsonl"
    least = bound_by_sizes(network, other, [(F(-1), F(2))] * network.inputs)
    assert least >= distance(network, other, box).power
    certify_near(path, (network, other), box, least)
    assert refusal(path) == ""
    if least:
        entries = entries_of(path.read_text(encoding="utf-8"))
        assert refusal(
            write(path, with_head(entries, lambda head: head["claim"].update(within=str(least / 2))))
        )


def test_wide_networks_with_nearly_equal_weights_are_certified_without_search(tmp_path):
    network, path = drawn((60, 64, 64, 10)), tmp_path / "c.jsonl"
    other, box = changed(network, 1, 3, 5, TINY), box_of(network, 0, 1)
    certify(decide_equality(network, other, box, within=F(1, 2**40)), path)
    assert str(check(path)) == f"valid: on the box the outputs of the networks differ by at most 1/{2**40}"
    checked = subprocess.run(
        [sys.executable, "-m", "exactrelu", "check", str(path)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0
    assert "whole space" not in checked.stdout
    entries = entries_of(path.read_text(encoding="utf-8"))
    for forge in (
        lambda head: head["claim"].update(within="0"),
        lambda head: head["claim"]["box"].__setitem__(3, [str(-(10**30)), str(10**30)]),
        lambda head: head["claim"]["box"].pop(),
        lambda head: number(head, 1, 2, "bias", 4),
        lambda head: head["networks"].pop(),
        lambda head: head["networks"][1]["layers"].pop(1),
    ):
        assert refusal(write(path, with_head(entries, forge)))


def test_networks_with_other_units_and_domains_without_bounds_are_refused(tmp_path):
    one = Network.from_rationals([([[1]], None), ([[1]], None)])
    other = Network.from_rationals([([[1]], None), ([[1]], None)], activations=[Activation.of([(1, 2)])])
    with pytest.raises(ArgumentError, match="hidden layers and slopes as networks"):
        certify_near(tmp_path / "c.jsonl", (one, other), Domain.box([(0, 1)]), F(9))
    with pytest.raises(ArgumentError, match="expected a bounded domain"):
        certify_near(tmp_path / "c.jsonl", (one, one), Domain.whole_space(1), F(9))
