"""Certificates of compressed networks: the checker accepts each step that was taken, and no other."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from exactrelu import certify, checker
from exactrelu.analysis.equality import are_equal
from exactrelu.certificates.compression import certify_compression
from exactrelu.deep.compression import compress
from exactrelu.enumeration.effort import Search
from exactrelu.errors import ArgumentError
from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain import Domain
from tests.support.certificate_lines import entries_of, refusal, write
from tests.support.disguised_networks import disguised
from tests.support.drawn_networks import Chooser, draw_network, with_drawn_units
from tests.test_compression import KINDS

LEAKY = Activation.of([(0, 1), ("1/4", 1), (0, 1), (1, 1)])
NET = Network.from_rationals(
    [
        ([[1, 0], [0, 1], [1, 1], [1, -1]], [0, "1/2", -3, 0]),
        ([[1, -1, 5, 1], [1, 0, 0, "1/3"], [2, 0, 0, 0], [1, 0, 0, 0]], [0, 0, 1, 0]),
        ([[1, 2, 3, 1]], [1]),
    ],
    activations=[LEAKY, Activation.relu(4)],
)
SQUARE = Domain.box([(-1, 1), (-1, 1)])


@pytest.fixture(scope="module")
def entries(tmp_path_factory):
    path = tmp_path_factory.mktemp("certificates") / "c.jsonl"
    certify(compress(NET, SQUARE), path)
    return entries_of(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_redundancy_is_certified(kind, tmp_path):
    network, domain, _ = KINDS[kind]
    found, path = compress(network, domain, effort=20), tmp_path / "c.jsonl"
    if kind == "one row on the line that the domain is":
        with pytest.raises(ArgumentError, match="or one that fixes inputs"):
            certify(found, path)
        assert not path.exists()
        return
    certify(found, path)
    proved = checker.check(path)
    if domain.is_empty:
        assert proved["claim"]["kind"] == "empty"
        return
    assert proved["claim"]["kind"] == "compression"
    assert (proved["networks"][0], proved["networks"][-1]) == (network.digest, found.after.digest)


@pytest.mark.parametrize("seed", range(12))
def test_drawn_networks_are_certified_on_boxes(seed, tmp_path):
    chooser = Chooser.seeded("compression certificates", seed)
    network = draw_network(chooser, most_inputs=2)
    network = with_drawn_units(chooser, network) if seed % 2 else disguised(chooser, network)
    found = compress(network, Domain.box([(-1, 2)] * network.inputs), effort=5)
    if found.steps:
        certify_compression(tmp_path / "c.jsonl", found, Search(time_limit=60))
        assert checker.check(tmp_path / "c.jsonl")["networks"][-1] == found.after.digest


def test_without_steps_a_network_is_itself(tmp_path):
    net = Network.from_rationals([([[1, 2]], None), ([[1]], None)])
    certify(compress(net), tmp_path / "c.jsonl")
    assert checker.check(tmp_path / "c.jsonl")["networks"] == [net.digest] * 2
    with pytest.raises(ArgumentError, match="got an affine map"):
        certify(compress(Network.from_rationals([([[1, 2]], None)])), tmp_path / "c.jsonl")


def network_of(value):
    """Return the network of a certificate."""
    layers = [(layer["weight"], layer["bias"]) for layer in value["layers"]]
    units = [Activation.of(layer["slopes"]) for layer in value["layers"] if "slopes" in layer]
    return Network.from_rationals(layers, activations=units)


def changed_numbers(value):
    """Yield a copy of a JSON value for each rational in it, with that rational one larger."""
    if isinstance(value, str):
        yield str(Fraction(value) + 1)
    items = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    for key, item in items:
        for other in changed_numbers(item):
            whole = copy.copy(value)
            whole[key] = other
            yield whole


def test_no_network_on_the_way_can_be_changed_to_another_function(entries, tmp_path):
    """What is accepted, as weights of neurons that are zero may change, is the same function."""
    head = entries[0]
    accepted = tried = 0
    for n, network in enumerate(head["networks"]):
        for other in changed_numbers(network):
            if all(pair == ["0", "1"] for layer in other["layers"] for pair in layer.get("slopes", [])):
                continue
            networks = [*head["networks"][:n], other, *head["networks"][n + 1 :]]
            tried += 1
            if not refusal(write(tmp_path / "c.jsonl", [head | {"networks": networks}, *entries[1:]])):
                accepted += 1
                for near in head["networks"][max(0, n - 1) : n + 2]:
                    assert are_equal(network_of(other), network_of(near), SQUARE)
    assert tried > 100
    assert accepted < tried / 4


def test_no_fact_can_be_changed(entries, tmp_path):
    head = entries[0]
    tried = 0
    for s, step in enumerate(head["claim"]["steps"]):
        for g, group in enumerate(step["facts"]):
            for f, fact in enumerate(group):
                others = [fact | {"row": row} for row in changed_numbers(fact.get("row", []))]
                others += [fact | {"neuron": fact["neuron"] + 1}, fact | {"others": [[0, "1"]]}, None]
                others += [fact | {"sign": 1 - fact.get("sign", 0)}, fact | {"sign": 2}, {"neuron": 0}]
                for other in others:
                    claim = copy.deepcopy(head["claim"])
                    claim["steps"][s]["facts"][g][f : f + 1] = [] if other is None else [other]
                    assert refusal(write(tmp_path / "c.jsonl", [head | {"claim": claim}, *entries[1:]]))
                    tried += 1
    assert tried >= 18


def with_claim(entries, change):
    """Return the entries with another claim."""
    claim = copy.deepcopy(entries[0]["claim"])
    change(claim)
    return [entries[0] | {"claim": claim}, *entries[1:]]


FORGED = {
    "a larger box": lambda claim: claim["box"].__setitem__(0, ["-9", "9", False, False]),
    "no box": lambda claim: claim["box"].__setitem__(0, [None, None, False, False]),
    "a step less": lambda claim: claim["steps"].pop(),
    "another layer": lambda claim: claim["steps"][0].update(
        layer=2 if claim["steps"][0]["layer"] == 1 else 1
    ),
    "a layer that is not there": lambda claim: claim["steps"][0].update(layer=3),
    "a name that is none": lambda claim: claim["steps"][0].update(name=3),
    "a key too many": lambda claim: claim["steps"][0].update(more=1),
    "an empty group": lambda claim: claim["steps"][0]["facts"].append([]),
    "the facts of all steps left out": lambda claim: [step.update(facts=[]) for step in claim["steps"]],
    "no precision": lambda claim: claim.update(precision=0),
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_claims_are_refused(entries, name, tmp_path):
    assert refusal(write(tmp_path / "c.jsonl", entries)) == ""
    assert refusal(write(tmp_path / "c.jsonl", with_claim(entries, FORGED[name])))


def test_trees_must_be_whole(entries, tmp_path):
    for i in range(1, len(entries) - 1):
        assert refusal(write(tmp_path / "c.jsonl", [*entries[:i], *entries[i + 1 :]]))
    assert refusal(write(tmp_path / "c.jsonl", [*entries[:-1], entries[-2], entries[-1]]))


def test_facts_that_refer_to_each_other_are_refused(tmp_path):
    """Two equal neurons: each is the other, but both cannot go."""
    layers = [{"weight": [["1"], ["1"]], "bias": ["0", "0"]}, {"weight": [["1", "1"]], "bias": ["0"]}]
    facts = [{"neuron": i, "row": ["0", "0"], "others": [[1 - i, "1"]]} for i in (0, 1)]
    zero = {"layers": [{"weight": [["0"]], "bias": ["0"]}]}
    claim = {
        "kind": "compression",
        "box": [["-1", "1", False, False]],
        "rows": [],
        "precision": 64,
        "steps": [{"name": "values", "layer": 1, "facts": [facts]}],
    }
    head = {"format": "exactrelu-certificate", "version": 1, "claim": claim}
    head |= {"networks": [{"layers": layers}, zero], "domain": None, "reading": None}
    end = {"end": {"lines": 2, "leaves": {"closed": 0, "linear": 0}}}
    assert "each neuron once" in refusal(write(tmp_path / "c.jsonl", [head, end]))


def test_inputs_that_the_box_fixes_are_constants(tmp_path):
    net = Network.from_rationals([([[1, 2, 1], [1, 3, 1], [0, 1, 0]], [-2, -3, 5]), ([[1, 1, 1]], None)])
    found, path = compress(net, Domain.box([(-1, 1), (1, 1), (-1, 1)])), tmp_path / "c.jsonl"
    assert found.after.hidden_widths == (1,)
    certify(found, path)
    entries = entries_of(path.read_text(encoding="utf-8"))
    assert refusal(path) == ""
    for ends in (["1", "2"], ["1/2", "1/2"], ["1", None]):
        side = [*ends, False, False]
        forged = with_claim(entries, lambda claim, side=side: claim["box"].__setitem__(1, side))
        assert refusal(write(path, forged))


def test_the_checker_runs_where_it_stands(entries, tmp_path):
    """In its folder there is one called ``numbers``, like a module of Python's library."""
    path = write(tmp_path / "c.jsonl", entries)
    for folder in (Path(checker.__file__).parent, Path(checker.__file__).parent.parent, tmp_path):
        file = os.path.relpath(checker.__file__, folder)
        command = [sys.executable, file, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("valid: ")
