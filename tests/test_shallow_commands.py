"""The commands canonical, reparametrize and degeneracy, and version 2 of the native format."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from exactrelu import AffineMap, Neuron, Parametrization, canonical_form, load_network, load_parametrization
from exactrelu.documents.network import network_document as document_of_network
from exactrelu.documents.network import write_network
from exactrelu.documents.parametrization import (
    parametrization_digest,
    parametrization_document,
    write_parametrization,
)
from exactrelu.errors import FormatError, NetworkError
from exactrelu.shallow.step_list import reparametrize
from tests.support.command_line import ABSOLUTE, PLANE, domain_document, network_document
from tests.support.drawn_networks import Chooser
from tests.support.drawn_parametrizations import draw_parametrization

STAR = network_document(
    ([[1, 0], [0, 1], [-1, -1], [2, 0], [0, 0]], [0, 0, 0, 0, 3]), ([[1, 1, 1, 0, 2]], [0])
)
"""Three neurons whose weights add up to zero, a zero one and a constant one."""


def scaled(document, scales, **other):
    return document | {"version": 2, "scales": scales} | other


@pytest.fixture
def star(exactrelu):
    return exactrelu.file("star.json", STAR)


def test_canonical_writes_the_form(exactrelu):
    document = exactrelu("canonical", exactrelu.file("abs.json", ABSOLUTE), "--json", "-").json
    assert document["format"] == "exactrelu-canonical"
    assert document["kinks"] == [{"normal": ["1"], "offset": "0", "jump": ["2"]}]
    assert (document["linear"], document["constant"], document["domain"]) == ([["0"]], ["0"], None)
    assert document["network"] == load_network(exactrelu.folder / "abs.json").digest


def test_canonical_tells_functions_apart(exactrelu):
    tiny = Fraction(1, 2**200)
    written = {}
    for name, weight in (("same", ["2", "-3"]), ("almost", [str(2 + tiny), "-3"])):
        file = exactrelu.file(
            f"{name}.json", network_document(([[w] for w in weight], None), ([["1/2", "1/3"]], None))
        )
        written[name] = exactrelu("canonical", file, "--json", "-").json["realization"]
    absolute = exactrelu("canonical", exactrelu.file("abs.json", ABSOLUTE), "--json", "-").json["realization"]
    assert written["same"] == absolute != written["almost"]


def test_canonical_on_a_domain(exactrelu):
    file = exactrelu.file("abs.json", ABSOLUTE)
    document = exactrelu("canonical", file, "--box", "0:1", "--json", "-").json
    assert (document["kinks"], document["linear"]) == ([], [["1"]])
    empty = exactrelu.file("empty.json", domain_document(([1], 0, ">"), ([1], 0, "<")))
    assert exactrelu("canonical", file, "--domain", empty, "--json", "-").json["linear"] == [["0"]]
    assert exactrelu("canonical", file, "--box", "0:1", "--fibre").is_refusal("--fibre")
    assert (
        exactrelu("canonical", file, "--box", "0:1", "--minimal", "--json", "-").json["minimal"]["neurons"]
        == 1
    )
    assert (
        exactrelu("canonical", file, "--domain", empty, "--minimal", "--json", "-").json["minimal"]["neurons"]
        == 0
    )


def test_absolute_value_plus_the_other_coordinate_needs_a_neuron_less_on_a_box(exactrelu):
    rows = [[1, 0], [-1, 0], [0, 1], [0, -1]]
    file = exactrelu.file("sum.json", network_document((rows, None), ([[1, 1, 1, -1]], None)))
    for options, fewest in (((), 3), (("--box", "-1:1"), 2)):
        outcome = exactrelu("canonical", file, *options, "--minimal")
        assert (outcome.status, f"fewest neurons  {fewest}" in outcome.out) == (0, True)


def test_canonical_prints_a_formula(exactrelu, star):
    outcome = exactrelu("canonical", star, "--minimal")
    assert outcome.status == 0
    for words in ("1/2 sum jump |h(x)| + affine part", "x1 + x2", "(6)", "fewest neurons  3"):
        assert words in outcome.out


def test_fibre_and_minimal_are_in_the_document(exactrelu, star):
    exactrelu("reparametrize", star, "--steps", "drop", "-o", str(exactrelu.folder / "three.json"))
    outcome = exactrelu(
        "canonical", str(exactrelu.folder / "three.json"), "--fibre", "--minimal", "--json", "-"
    )
    assert outcome.json["fibre"] == {"flips": [[], [0, 1, 2]]}
    assert (outcome.json["minimal"]["neurons"], outcome.json["minimal"]["hyperplanes"]) == (3, 3)
    dropped = exactrelu("canonical", star, "--fibre", "--json", "-").json["fibre"]
    assert (dropped["flips"], dropped["steps"]) == ([[], [0, 1, 2]], ["drop"])
    assert len(dropped["network"]["layers"][0]["weight"]) == 3


def test_parallel_neurons_are_merged_before_the_fibre(exactrelu):
    rows = [[1, 0], [2, 0], [0, 1], [-1, -1]]
    file = exactrelu.file("parallel.json", network_document((rows, None), ([[1, 1, 3, 3]], None)))
    outcome = exactrelu("canonical", file, "--minimal", "--fibre")
    assert outcome.status == 0
    for words in (
        "fewest neurons  3",
        "of the 3 neurons after merge",
        "2 sets of neurons to flip",
        "{0, 1, 2}",
    ):
        assert words in outcome.out
    bent = exactrelu("canonical", exactrelu.file("abs.json", ABSOLUTE), "--fibre")
    assert (bent.status, "unknown: fibre: neurons 0 and 1 lie on one hyperplane" in bent.out) == (3, True)


def test_a_budget_that_runs_out_is_unknown(exactrelu):
    rows = [[1, k] for k in range(12)] + [[0, 1], [0, -1]]  # twelve kinks and x2
    file = exactrelu.file("many.json", network_document((rows, None), ([[1] * 13 + [-1]], None)))
    outcome = exactrelu("canonical", file, "--minimal", "--max-sums", "10", "--json", "-")
    assert outcome.status == 3
    minimal = outcome.json["minimal"]
    assert (minimal["neurons"], minimal["lower"], minimal["upper"]) == (None, 12, 14)
    file = exactrelu.file("kinks.json", network_document((rows[:12], None), ([[1] * 12], None)))
    outcome = exactrelu("canonical", file, "--fibre", "--max-sums", "10", "--json", "-")
    assert (outcome.status, outcome.json["fibre"]["flips"]) == (3, None)
    text = exactrelu("canonical", file, "--fibre", "--max-sums", "10")
    assert (text.status, "unknown: more than 10 sums" in text.out) == (3, True)


def test_reparametrize_says_what_each_step_did(exactrelu, star):
    target = str(exactrelu.folder / "out.json")
    steps = "drop,merge,flip:0+1+2,permute:2+0+1,rescale:0=2"
    outcome = exactrelu("reparametrize", star, "--steps", steps, "-o", target)
    assert outcome.status == 0
    for words in (
        "drop: 5 -> 3 neurons",
        "neuron 3 is zero (c = 0): dropped",
        "neuron 4 is constant",
        "same function: canonical form sha256:",
        "written to",
    ):
        assert words in outcome.out
    assert canonical_form(load_network(target)) == canonical_form(load_network(star))
    assert json.loads((exactrelu.folder / "out.json").read_text())["version"] == 1


def test_reparametrize_writes_the_proof(exactrelu, star):
    document = exactrelu("reparametrize", star, "--steps", "drop,embed", "--json", "-").json
    assert [step["step"] for step in document["steps"]] == ["drop", "embed"]
    for step in document["steps"]:
        assert step["proof"]["equal"]
        assert step["proof"]["before"] == step["proof"]["after"]
    assert [step["proof"]["on_slice"] for step in document["steps"]] == [False, True]
    assert document["result"] == document["steps"][-1]["network"]
    assert len(document["result"]["layers"][0]["weight"][0]) == 4


def test_balanced_networks_are_stored_with_their_radicals(exactrelu):
    file = exactrelu.file("net.json", network_document(([[1, 1], [2, 0]], [1, 0]), ([[1, 1]], [0])))
    target = exactrelu.folder / "balanced.json"
    assert exactrelu("reparametrize", file, "--steps", "balance", "-o", str(target)).status == 0
    document = json.loads(target.read_text())
    assert (document["version"], document["scales"]) == (2, ["1", "4"])
    assert document["layers"][0]["weight"] == [["1", "1"], ["1", "0"]]  # times 4^(1/4) = sqrt(2)
    assert document["layers"][1]["weight"] == [["1", "2"]]
    again = exactrelu("reparametrize", str(target), "--steps", "balance", "--json", "-").json
    assert not again["steps"][0]["changed"]
    assert exactrelu("canonical", str(target)).status == 0
    for words in (["range"], ["regions"], ["hash"], ["evaluate", "--at", "0,0"]):
        command, *options = words
        assert exactrelu(command, str(target), *options).is_refusal('"version": 1', "got 2")


@pytest.mark.parametrize("seed", range(30))
def test_every_parametrization_survives_its_file(tmp_path, seed):
    gamma = draw_parametrization(Chooser.seeded("file", seed))
    write_parametrization(gamma, tmp_path / "net.json")
    again = load_parametrization(tmp_path / "net.json")
    assert again == gamma
    assert parametrization_digest(again) == parametrization_digest(gamma)
    other = reparametrize(gamma, "rescale:0=2")[-1].after
    assert (parametrization_digest(other) == parametrization_digest(gamma)) == (other == gamma)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (scaled(ABSOLUTE, ["1"]), "scales: expected 2 scales, one for each neuron, got 1"),
        (scaled(ABSOLUTE, ["1", "0"]), r"scales\[1\]: expected a positive number, got 0"),
        (scaled(ABSOLUTE, ["1", "-2"]), r"scales\[1\]: expected a positive number, got -2"),
        (scaled(ABSOLUTE, ["1", "x"]), r"scales\[1\]: expected a rational"),
        (scaled(ABSOLUTE, "1"), "scales: expected a list"),
        (scaled(PLANE, ["1", "1"]), "layers: expected 2 layers in version 2, got 3"),
        (ABSOLUTE | {"version": 2}, "expected the key 'scales', got none"),
        (ABSOLUTE | {"scales": ["1", "1"]}, "expected only the keys"),
        (scaled(ABSOLUTE, ["1", "1"], version=4), '"version": 1 or 3, got 4'),
        (scaled(ABSOLUTE, ["1", "1"], version=3), "expected only the keys .* got 'scales'"),
        (scaled(ABSOLUTE, ["1", "1"], format="exactrelu-domain"), '"format": "exactrelu-network"'),
    ],
)
def test_what_is_no_version_2_is_refused(exactrelu, document, message):
    with pytest.raises(FormatError, match=message):
        load_parametrization(exactrelu.file("net.json", document))


@pytest.mark.parametrize("seed", range(40))
def test_a_file_is_read_neuron_by_neuron_as_it_is_read_by_matrices(tmp_path, seed):
    network = draw_parametrization(Chooser.seeded("two roads", seed)).network()
    write_network(network, tmp_path / "net.json")
    read = load_parametrization(tmp_path / "net.json")
    assert read == Parametrization.of_network(network)
    assert parametrization_digest(read) == network.digest
    assert parametrization_document(read) == document_of_network(network)


def test_no_common_denominator_is_needed_to_read_a_file(exactrelu, monkeypatch):
    """With 1,000 x 20 denominators near 10^6 a matrix with a common one takes minutes."""

    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(AffineMap, "from_rationals", refuse)
    layers = [{"weight": [["1/999983", "1/999979"]]}, {"weight": [["1/999961"]]}]
    document = {"format": "exactrelu-network", "version": 1, "layers": layers}
    read = load_parametrization(exactrelu.file("net.json", document))
    assert read.neurons == (Neuron(("1/999983", "1/999979"), ("1/999961",)),)
    assert parametrization_document(read)["layers"][1]["weight"] == [["1/999961"]]
    assert parametrization_digest(read).startswith("sha256:")


@pytest.mark.parametrize("version", [{}, {"version": 2, "scales": ["4"]}])
def test_widths_that_do_not_chain_are_refused(exactrelu, version):
    layers = [{"weight": [["1", "2"]]}, {"weight": [["1", "1"]]}]
    document = {"format": "exactrelu-network", "version": 1, "layers": layers} | version
    with pytest.raises(NetworkError, match=r"net\.json"):
        load_parametrization(exactrelu.file("net.json", document))


def test_deep_networks_are_refused_in_one_line(exactrelu):
    file = exactrelu.file("plane.json", PLANE)
    for words in (["canonical"], ["degeneracy"]):
        command, *options = words
        assert exactrelu(command, file, *options).is_refusal(
            "plane.json", "expected 2 affine maps (L = 2), got 3"
        )
    with pytest.raises(NetworkError):
        load_parametrization(file)


def test_steps_that_cannot_be_applied_write_nothing(exactrelu, star):
    target = str(exactrelu.folder / "out.json")
    for steps, words in (
        ("flip:0+1", "sum of c_i (x) a_i = 0"),
        ("improve", "expected drop"),
        ("drop,balance:7", "expected inf or 2"),
        ("balance", "neuron 4 is a constant"),
        ("pad:999999999", "at most 6 digits"),
    ):
        assert exactrelu("reparametrize", star, "--steps", steps, "-o", target).is_refusal(words)
    assert exactrelu("reparametrize", star).is_refusal("--steps")
    assert exactrelu.files() == {"star.json"}


def test_degeneracy_reports_and_repairs(exactrelu, star):
    outcome = exactrelu("degeneracy", star)
    assert outcome.status == 0
    for words in ("constant        4", "{0, 1, 2} is cheapest to flip", "Theorem 3.3", "embed"):
        assert words in outcome.out
    document = exactrelu("degeneracy", star, "--json", "-").json
    assert document["zero"] == [3]
    assert document["cheapest_flip"] == {
        "neurons": [0, 1, 2],
        "change": "0",
        "smallest": "1",
        "near_opposite": True,
    }
    assert document["unbalanced"][0]["weight_norm"]["terms"] == [{"factor": "2", "radicand": "1"}]
    assert [item["theorem"] for item in document["theorems"] if item["applies"]] == []
