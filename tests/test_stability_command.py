"""``exactrelu stability``: the JSON, the text, what is refused."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from exactrelu.documents.parametrization import parametrization_document
from exactrelu.formats.shallow_file import load_parametrization
from exactrelu.shallow.balancing import balance
from exactrelu.shallow.canonical_forms import realize_same_function
from exactrelu.shallow.parametrization import Parametrization
from exactrelu.stability.inverse_stability import inverse_stability
from tests.support.command_line import CommandLine, network_document
from tests.support.drawn_networks import Chooser
from tests.support.drawn_pairs import draw_restricted_pair, draw_scalar_pair

GAMMA = network_document(([["1", "1"], ["2", "1"]], None), ([["1", "2"]], None))
THETA = network_document(([["2", "1"], ["3", "3"], ["1/3", "1"]], None), ([["2", "-3", "-1"]], None))


@pytest.fixture
def files(exactrelu: CommandLine) -> tuple[str, str]:
    return exactrelu.file("gamma.json", GAMMA), exactrelu.file("theta.json", THETA)


def test_the_document_has_everything_exactly(exactrelu, files):
    run = exactrelu("stability", *files, "--json", "-")
    document = run.json
    assert run.status == 0
    assert (document["format"], document["version"]) == ("exactrelu-stability", 1)
    assert document["gamma"] == exactrelu("hash", files[0]).out.strip()
    assert document["theta"] == exactrelu("hash", files[1]).out.strip()
    assert document["zero_neurons_appended"] == {"gamma": 1, "theta": 0}
    assert document["delta"] == "11"
    first, third = document["theorem_3_1"], document["theorem_3_3"]
    assert (first["applies"], first["beta"], first["holds"]) == (True, "2", True)
    assert [first["conditions"][key]["holds"] for key in ("C.1", "C.2", "C.3a", "C.3b")] == [True] * 4
    assert first["conditions"]["C.3"]["some_theta"] == "holds"
    assert (third["applies"], third["distance"], third["permutation"]) == (True, "3", [0, 2, 1])
    assert (third["holds_4"], third["holds_2sqrt2"]) == (True, True)


def test_phi_is_a_network_that_anyone_can_check(exactrelu, files):
    first = exactrelu("stability", *files, "--json", "-").json["theorem_3_1"]
    phi = load_parametrization(exactrelu.file("phi.json", first["phi"]))
    gamma, theta = (load_parametrization(path) for path in files)
    assert realize_same_function(phi, theta)
    padded = [*gamma.neurons, None]
    gaps = [
        abs(p - q)
        for one, two in zip(phi.neurons, padded, strict=True)
        for p, q in zip(
            (*one.weight, *one.coefficient),
            (*two.weight, *two.coefficient) if two else (0, 0, 0),
            strict=True,
        )
    ]
    assert max(gaps) == Fraction(first["distance"])


def test_the_attaining_cell_is_told_by_a_point_and_both_gradients(exactrelu, files):
    cell = exactrelu("stability", *files, "--json", "-").json["attained"]
    k, j = cell["output"], cell["input"]
    gap = Fraction(cell["gradient_theta"][k][j]) - Fraction(cell["gradient_gamma"][k][j])
    assert abs(gap) == 11
    at = ",".join(cell["point"])
    assert (
        exactrelu("evaluate", files[1], "--at", at, "--json", "-").json["configuration"]
        == cell["configuration_theta"]
    )


def test_the_document_says_what_the_library_says(exactrelu):
    for seed in range(40):
        c = Chooser.seeded("stability command", seed)
        gamma, theta = draw_scalar_pair(c) if seed % 2 else draw_restricted_pair(c)
        pair = [
            exactrelu.file(f"{k}.json", parametrization_document(p)) for k, p in enumerate((gamma, theta))
        ]
        document = exactrelu("stability", *pair, "--json", "-").json
        report = inverse_stability(*map(load_parametrization, pair))
        assert Fraction(document["delta"]) == report.delta
        assert document["theorem_3_3"]["applies"] == report.theorem_33.applies
        if report.theorem_33.applies:
            assert Fraction(document["theorem_3_3"]["distance"]) == report.theorem_33.distance
        first = document["theorem_3_1"]
        if report.theorem_31 is None:
            assert first["reason"] == report.why_not_31
        else:
            assert Fraction(first["beta"]) == report.theorem_31.beta
            assert first["holds"] == report.theorem_31.holds
            if report.theorem_31.phi is not None:
                assert first["phi"] == parametrization_document(report.theorem_31.phi)


def test_the_text_shows_what_a_reader_checks_by_hand(exactrelu, files):
    run = exactrelu("stability", *files, "--radius", "1/2", "--box", "-1:1", "--lemma-a7")
    for line in (
        "zero neurons appended: 1",
        "delta           11 (11)",
        "gradients       Theta -8, Gamma 3",
        "C.1             holds, least beta 2: because of neuron 1",
        "2 + 2 sqrt(11): holds",
        "distance^2 <= 8 * 11: holds",
        "no permutation is nearer: 3 neurons of Gamma (0, 1, 2) have only 2 of Theta (0, 2)",
        "s = 2 sqrt(2)   1/32",
        "64/3 at (1, 1), output 0",
        "C_A             2 sqrt(2) = 2 sqrt(C')",
    ):
        assert line in run.out
    assert (run.status, run.err) == (0, "")


def test_conditions_that_fail_are_shown_with_their_neurons(exactrelu):
    gamma = exactrelu.file(
        "g.json", network_document(([["1"], ["2"], ["-1"]], None), ([["1", "1", "1"]], None))
    )
    run = exactrelu("stability", gamma, gamma)
    assert "C.2             fails: neuron 0 of Gamma and neuron 1 of Gamma have one direction" in run.out
    assert (
        "C.3a, Gamma     fails: neuron 0 of Gamma and neuron 2 of Gamma have opposite directions" in run.out
    )
    assert "at least two inputs: fails" in run.out
    document = exactrelu("stability", gamma, gamma, "--json", "-").json["theorem_3_1"]
    assert (document["applies"], document["phi"], document["holds"]) == (False, None, None)
    assert document["conditions"]["C.2"] == {"holds": False, "neurons": [0, 1]}
    assert document["conditions"]["C.3"]["some_theta"] == "refuted"


def test_extras_are_in_the_document(exactrelu, files):
    document = exactrelu(
        "stability", *files, "--radius", "1/2", "--box", "-1:1", "--lemma-a7", "--json", "-"
    ).json
    assert document["realization_radius"] == {"radius": "1/2", "s_4": "1/64", "s_2sqrt2": "1/32"}
    assert (document["sup_distance"]["value"], document["sup_distance"]["point"]) == ("64/3", ["1", "1"])
    assert document["lemma_a7"]["gradient_constant"] == "2"
    assert document["lemma_a7"]["constant"]["terms"] == [{"factor": "2", "radicand": "4"}]


def test_several_outputs_and_biases_leave_theorem_3_1_out_with_a_reason(exactrelu):
    two = exactrelu.file("two.json", network_document(([["1", "1"]], None), ([["1"], ["1/2"]], None)))
    document = exactrelu("stability", two, two, "--json", "-").json
    assert document["theorem_3_1"]["applies"] is False
    assert "one output" in document["theorem_3_1"]["reason"]
    assert document["theorem_3_3"]["applies"] is True
    biased = exactrelu.file("biased.json", network_document(([["1", "1"]], ["1"]), ([["1"]], None)))
    run = exactrelu("stability", biased, biased)
    assert "no: Theorem 3.1: Gamma: expected no biases, got some" in run.out
    assert "no: Gamma, no biases: fails at neuron 0; Theta" in run.out


def test_square_roots_are_read_from_version_2_and_printed_exactly(exactrelu):
    gamma = Parametrization.from_rationals([[1, 2]], [[1]])
    theta = Parametrization.from_rationals([[1, 2]], [[2]])
    paths = [
        exactrelu.file(f"{name}.json", parametrization_document(balance(p).after))
        for name, p in (("gamma", gamma), ("theta", theta))
    ]
    document = exactrelu("stability", *paths, "--json", "-").json
    third = document["theorem_3_3"]
    assert (document["delta"], third["applies"]) == ("2", True)
    # (1/sqrt 2, sqrt 2; sqrt 2) and (1, 2; 2)
    assert third["distance"]["terms"] == [{"factor": "-1", "radicand": "4"}, {"factor": "2", "radicand": "1"}]
    assert "rational" in document["theorem_3_1"]["reason"]
    assert (
        "2 - sqrt(2)" in exactrelu("stability", *paths).out
        or "-sqrt(2) + 2" in exactrelu("stability", *paths).out
    )


def test_a_json_file_is_written_and_the_text_too(exactrelu, files):
    target = str(exactrelu.folder / "out.json")
    run = exactrelu("stability", *files, "--json", target)
    assert "Theorem 3.3" in run.out
    with open(target, encoding="utf-8") as file:  # noqa: PTH123
        assert json.load(file)["delta"] == "11"


@pytest.mark.parametrize(
    ("words", "fragments"),
    [
        (["--beta", "x"], ["--beta", "got 'x'"]),
        (["--radius", "0"], ["radius", "positive"]),
        (["--positivity", "some"], ["--positivity"]),
        (["--box", "2:1"], ["sup norm", "expected a domain with points"]),
    ],
)
def test_bad_options_are_one_line(exactrelu, files, words, fragments):
    assert exactrelu("stability", *files, *words).is_refusal(*fragments)


def test_networks_that_do_not_fit_are_one_line(exactrelu, files):
    deep = exactrelu.file("deep.json", network_document(([["1"]], None), ([["1"]], None), ([["1"]], None)))
    line = exactrelu.file("line.json", network_document(([["1"]], None), ([["1"]], None)))
    assert exactrelu("stability", files[0], deep).is_refusal("deep.json", "L = 2")
    assert exactrelu("stability", files[0], line).is_refusal("2 inputs", "got 1")
    assert exactrelu("stability", files[0]).is_refusal("THETA")
    assert exactrelu("stability", files[0], "nowhere.json").is_refusal("nowhere.json")


def test_a_search_of_theta_beyond_its_budget_is_unknown(exactrelu):
    theta = exactrelu.file(
        "t.json", network_document(([["1", str(k)] for k in range(24)], None), ([["1"] * 24], None))
    )
    gamma = exactrelu.file("g.json", network_document(([["0", "1"]], None), ([["1"]], None)))
    document = exactrelu("stability", gamma, theta, "--max-sums", "3", "--json", "-").json
    assert document["theorem_3_1"]["conditions"]["C.3"]["some_theta"] == "unknown"
    assert document["theorem_3_1"]["holds"] is True  # the given Theta will do


def test_a_time_limit_that_runs_out_is_exit_status_3(exactrelu, files):
    run = exactrelu("stability", *files, "--time-limit", "1e-9")
    assert (run.status, run.out) == (3, "")
    assert "unknown" in run.err
