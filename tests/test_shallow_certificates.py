"""Certificates about networks with one hidden layer: what is written, the checker accepts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from exactrelu import checker
from exactrelu.certificates.shallow import (
    certify_canonical_form,
    certify_reparametrization,
    certify_theorem_31,
)
from exactrelu.errors import ArgumentError
from exactrelu.shallow.canonical_forms import canonical_form
from exactrelu.shallow.parametrization import Parametrization
from exactrelu.shallow.step_list import reparametrize
from exactrelu.stability.inverse_stability import inverse_stability
from tests.support.command_line import CommandLine, network_document
from tests.support.drawn_networks import Chooser
from tests.support.drawn_parametrizations import draw_parametrization


@pytest.mark.parametrize("seed", range(60))
def test_canonical_forms_are_certified(tmp_path: Path, seed: int) -> None:
    shallow = draw_parametrization(Chooser.seeded("certified form", seed))
    form = canonical_form(shallow)
    certify_canonical_form(tmp_path / "c.jsonl", shallow, form)
    claim = checker.check(str(tmp_path / "c.jsonl"))["claim"]
    assert claim["kind"] == "canonical"
    assert len(claim["kinks"]) == len(form.kinks)


@pytest.mark.parametrize("seed", range(60))
def test_steps_with_and_without_radicals_are_certified(tmp_path: Path, seed: int) -> None:
    shallow = draw_parametrization(Chooser.seeded("certified steps", seed))
    results = reparametrize(shallow, "drop,merge,balance,cancel,pad:9,embed")
    certify_reparametrization(tmp_path / "c.jsonl", results)
    claim = checker.check(str(tmp_path / "c.jsonl"))["claim"]
    assert claim["steps"] == [result.name for result in results]


def test_a_chain_without_steps_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="at least one step"):
        certify_reparametrization(tmp_path / "c.jsonl", [])


@pytest.mark.parametrize("seed", range(80))
def test_phi_is_certified_or_there_is_none(tmp_path: Path, seed: int) -> None:
    c = Chooser.seeded("certified phi", seed)
    gamma = draw_parametrization(c, most_inputs=2, biased=False, kind="integer")
    gamma = Parametrization.of_network(gamma.network())
    theta = Parametrization.from_rationals(
        [neuron.weight for neuron in gamma.neurons],
        [[2 * entry for entry in neuron.coefficient] for neuron in gamma.neurons],
    )
    report = inverse_stability(gamma, theta)
    if report.theorem_31 is None or report.theorem_31.phi is None:
        if report.theorem_31 is not None:
            with pytest.raises(ArgumentError, match="without Phi"):
                certify_theorem_31(tmp_path / "c", gamma, theta, report.theorem_31, report.gradients)
        return
    certify_theorem_31(tmp_path / "c", report.gamma, report.theta, report.theorem_31, report.gradients)
    assert checker.check(str(tmp_path / "c"))["claim"]["delta"] == str(report.delta)


def test_commands_for_shallow_networks_write_certificates(exactrelu: CommandLine) -> None:
    gamma = exactrelu.file(
        "gamma.json", network_document(([["1", "1"], ["2", "1"]], None), ([["1", "2"]], None))
    )
    theta = exactrelu.file("theta.json", network_document(([["2", "1"]], None), ([["2"]], None)))
    opposite = exactrelu.file("flip.json", network_document(([["-1", "-1"]], None), ([["1"]], None)))
    target = str(exactrelu.folder / "c.jsonl")
    for words, kind in (
        (["canonical", gamma], "canonical"),
        (["reparametrize", gamma, "--steps", "merge,balance:2"], "reparametrization"),
        (["stability", gamma, theta], "theorem-3.1"),
    ):
        outcome = exactrelu(*words, "--certificate", target)
        assert outcome.status == 0, outcome.err
        assert checker.check(target)["claim"]["kind"] == kind
    assert exactrelu("canonical", gamma, "--box", "0:1", "--certificate", target).is_refusal(
        "expected no domain"
    )
    assert exactrelu("stability", gamma, opposite, "--certificate", target).is_refusal("Theorem 3.1")


def test_a_network_that_was_exchanged_is_refused(exactrelu: CommandLine) -> None:
    """The sums are made anew, so only the mathematics can refuse it."""
    from exactrelu.certificates.document import CertificateWriter

    net = exactrelu.file("net.json", network_document(([["1"]], None), ([["1"]], None)))
    path = exactrelu.folder / "c.jsonl"
    assert exactrelu("reparametrize", net, "--steps", "rescale:0=2", "--certificate", str(path)).status == 0
    header = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    header["networks"][1]["layers"][1]["weight"] = [["1"]]
    with path.open("w", encoding="utf-8") as file:
        writer = CertificateWriter(file)
        writer.begin(header["claim"], header["networks"], None, None)
        writer.end()
    with pytest.raises(checker.InvalidCertificateError, match=r"networks\[1\]"):
        checker.check(str(path))
