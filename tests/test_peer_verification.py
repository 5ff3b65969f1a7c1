"""The questions beside a verifier: files, records, verdicts, tables. No verifier is installed here."""

from __future__ import annotations

from fractions import Fraction

import pytest

from benchmarks.peers.environments import NotInstalledError
from benchmarks.peers.networks import fits_float32
from benchmarks.peers.questions import QUESTIONS, Question
from benchmarks.peers.ratios import spread_of
from benchmarks.peers.reference import DisagreementError
from benchmarks.peers.runs import Limits, Runs
from benchmarks.peers.verification import OURS, asked, refutes, verifiers
from benchmarks.peers.verification_table import verification_lines
from benchmarks.verification.runs import marabou_task
from exactrelu import Domain, load_network, output_range
from exactrelu.formats.vnnlib import read_property

LIMITS = Limits(cpu_seconds=60)


def tiny(bound, *, holds):
    """Return a question about 2-3-1, whose maximum on the box is found anew."""
    return Question((2, 3, 1), Fraction(bound), holds=holds)


def maximum_of(question):
    box = Domain.box([(-1, 1)] * question.widths[0])
    return output_range(question.network, box)[0].maximum.value


def test_the_bounds_of_the_list_lie_on_the_sides_that_it_says():
    for question in QUESTIONS:
        assert Fraction(float(question.bound)) == question.bound
        assert fits_float32(question.network)
        if question.quick:
            assert (maximum_of(question) < question.bound) is question.holds
    assert {question.holds for question in QUESTIONS} == {True, False}


def test_the_files_hold_the_drawn_network_and_the_bound(tmp_path):
    question = tiny("0.125", holds=True)
    instance = question.written(tmp_path)
    network, prop = load_network(instance.network), read_property(instance.specification, 2, 1)
    assert [layer.weight for layer in network.layers] == [layer.weight for layer in question.network.layers]
    assert [layer.bias for layer in network.layers] == [layer.bias for layer in question.network.layers]
    assert prop.holds_at([1, -1], [Fraction(1, 8)])
    assert not prop.holds_at([1, -1], [Fraction(1, 9)])
    assert not prop.holds_at([1, Fraction(9, 8)], [1])
    task = marabou_task(instance, tmp_path)
    assert task["box"] == [[-1.0, 1.0]] * 2
    assert task["rows"] == [([1.0], -0.125)]


def test_a_question_becomes_a_record_with_its_known_verdict():
    top = maximum_of(tiny(0, holds=False))
    for bound, holds in ((top + 1, True), (top - Fraction(1, 8), False)):
        question = tiny(Fraction(float(bound)), holds=holds)
        run = asked(question, [OURS], LIMITS, 1)["tools"]["exactrelu"]
        assert (run["verdict"], run["right"]) == ("holds" if holds else "refuted", True)
        assert run["refuting points"] is (None if holds else True)


def test_a_verdict_of_exactrelu_that_is_not_the_known_one_ends_the_benchmark():
    with pytest.raises(DisagreementError, match="refuted is known, exactrelu says holds"):
        asked(tiny(1000, holds=False), [OURS], LIMITS, 1)


def test_a_point_refutes_only_in_the_box_and_beyond_the_bound(tmp_path):
    question = tiny(0, holds=False)
    box = Domain.box([(-1, 1)] * 2)
    top = output_range(question.network, box)[0].maximum
    prop = read_property(tiny(float(top.value), holds=False).written(tmp_path).specification, 2, 1)
    exact = Fraction(float(top.value)) <= top.value
    assert refutes([str(x) for x in top.point], question.network, prop) is exact
    assert not refutes([1.0000001, 1.0], question.network, prop)


def test_runs_that_answer_differently_have_no_verdict():
    runs = Runs("verdict")
    for verdict in ("holds", "refuted"):
        runs.add({"verdict": verdict, "seconds": 1.0, "wall": 1.0, "megabytes": 1, "point": None})
    assert (runs.count, runs.failure) == (None, "its verdicts differ: ['holds', 'refuted']")
    assert runs.points == []


def test_a_verifier_that_cannot_be_installed_is_left_out(monkeypatch):
    def none(peer):
        raise NotInstalledError(f"no {peer} here")

    monkeypatch.setattr("benchmarks.peers.environments.python_of", none)
    assert verifiers() == ([OURS], {"Marabou": "no maraboupy here"})


def run(seconds, verdict="holds", *, right=True, points=None):
    return {
        "verdict": verdict,
        "right": right,
        "refuting points": points,
        "median seconds": seconds[len(seconds) // 2],
        "seconds": seconds,
        "megabytes": 50,
    }


def test_the_tables_name_verdicts_points_and_spreads():
    ours = run([0.1, 0.2, 0.4])
    records = [
        {"name": "a", "verdict": "holds", "tools": {"exactrelu": ours, "Marabou": run([1.0, 1.0, 8.0])}},
        {"name": "b", "verdict": "holds", "tools": {"exactrelu": ours, "Marabou": {"failure": "> 60 s"}}},
        {"name": "c", "verdict": "holds", "tools": {"exactrelu": ours, "Marabou": {"failure": "failed: x"}}},
        {
            "name": "d",
            "verdict": "holds",
            "tools": {"exactrelu": ours, "Marabou": run([1.0], "refuted", right=False, points=False)},
        },
        {"name": "e", "verdict": "refuted", "tools": {"exactrelu": run([1.0], "unknown", right=None)}},
    ]
    document = {"repetitions": 3, "limits": {"cpu_seconds": 60}, "questions": records}
    lines = verification_lines(document)
    assert "| a | holds | 0.2 (50 MB) | 1 (50 MB) |" in lines
    assert "| b | holds | 0.2 (50 MB) | > 60 s |" in lines
    assert "| d | holds | 0.2 (50 MB) | 1 (50 MB), **refuted, wrong**, point not exact |" in lines
    assert "| e | refuted | 1 (50 MB), unknown | - |" in lines
    assert "| a | holds | Marabou | 5 | 5 | 20 |" in lines
    assert "| b | holds | Marabou | > 300 |  |  |" in lines
    assert not any(line.startswith("| c | holds | Marabou") for line in lines)
    assert spread_of(ours, run([1.0, 1.0, 8.0])) == (5, 5, 20)
    assert "Another run." not in lines
    assert "Another run." in verification_lines(document | {"questions from": "Another run."})
    assert verification_lines({"repetitions": 3, "limits": {}}) == []
