"""The suite for other tools: exact answers are all right, float answers are wrong where the family aims."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import exactrelu
from exactrelu.errors import ArgumentError, FormatError
from exactrelu.formats import load_network
from exactrelu.formats.vnnlib import read_property
from exactrelu.suite.cases import draw_case
from exactrelu.suite.families import families
from exactrelu.suite.scores import Mark, score
from exactrelu.testing import suite_questions
from exactrelu.verification.verify import verify
from tests.support.command_line import CommandLine


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    """A suite of one case a family, with its manifest and its answers."""
    folder = tmp_path_factory.mktemp("suites") / "suite"
    from exactrelu.cli.main import main

    assert main(["suite", str(folder), "--size", "1"]) == 0
    return folder


def manifest(suite: Path):
    return json.loads((suite / "manifest.json").read_text(encoding="utf-8"))


def exact_answers(suite: Path):
    """Return the answers, by the keys that are asked for alone."""
    answers = json.loads((suite / "answers.json").read_text(encoding="utf-8"))["answers"]
    keys = {q["id"]: q["answer"] for case in manifest(suite)["cases"] for q in case["questions"]}
    return {name: {k: v for k, v in answer.items() if k in keys[name]} for name, answer in answers.items()}


def scored(tmp_path, suite, answers, **more):
    document = {
        "format": "exactrelu-suite-results",
        "version": 1,
        "tool": "a tool",
        "answers": answers,
    } | more
    results = tmp_path / "results.json"
    results.write_text(json.dumps(document), encoding="utf-8")
    return score(suite, results)


def test_exact_answers_are_all_right(tmp_path, suite):
    scores = scored(tmp_path, suite, exact_answers(suite))
    assert [one for one in scores.marked if one.mark is not Mark.RIGHT] == []
    assert {one.family for one in scores.marked} == {family.name for family in families()}
    assert len(scores.marked) == sum(len(case["questions"]) for case in manifest(suite)["cases"])


def test_every_answer_that_is_changed_is_wrong(tmp_path, suite):
    """Counts by one, bounds inwards, constants down, verdicts and equalities turned, outputs far away."""
    changed = {}
    for name, answer in exact_answers(suite).items():
        kind = name.partition(":")[2]
        if kind.startswith("count"):
            changed[name] = {"value": answer["value"] + 1}
        elif kind == "bounds" and answer["upper"][0] is not None:
            changed[name] = {"upper": [f"{v}" for v in answer["lower"]], "lower": answer["lower"]}
        elif kind == "lipschitz" and answer["value"] != "0":
            changed[name] = {"upper": "0"}
        elif kind.startswith("property"):
            changed[name] = {"answer": "sat" if answer["answer"] == "unsat" else "unsat"}
        elif kind.startswith("equal"):
            changed[name] = {"equal": not answer["equal"]}
        elif kind == "outputs":
            changed[name] = {"outputs": [["1e9" for _ in row] for row in answer["outputs"]]}
    scores = scored(tmp_path, suite, changed)
    right = [one.question for one in scores.marked if one.mark is Mark.RIGHT]
    constant = [name for name in right if name.endswith(":bounds")]  # there lower and upper are one
    assert right == constant
    assert scores.count(Mark.WRONG) > 80


def double_outputs(network, points):
    """Return what a program in doubles computes, layer by layer."""
    values = np.array([[float(v) for v in point] for point in points]).T
    with np.errstate(all="ignore"):
        for k, layer in enumerate(network.layers):
            weight, bias = (
                np.array([[float(v) for v in row] for row in rows]) for rows in (layer.weight, [layer.bias])
            )
            values = weight @ values + bias.T
            if k < network.depth - 1:
                values = np.maximum(values, 0)
    return [[float(v) for v in column] for column in values.T]


def test_doubles_are_wrong_where_they_absorb_or_overflow_and_right_elsewhere(tmp_path, suite):
    answers = {}
    for case in manifest(suite)["cases"]:
        network = load_network(suite / case["networks"]["native"])
        for question in case["questions"]:
            if question["claim"]["kind"] == "outputs":
                points = [[float(Fraction(v)) for v in p] for p in question["claim"]["points"]]
                outputs = double_outputs(network, points)
                answers[question["id"]] = {
                    "outputs": [
                        [
                            "nan" if np.isnan(v) else "inf" if v == np.inf else "-inf" if v == -np.inf else v
                            for v in row
                        ]
                        for row in outputs
                    ]
                }
    marks = {
        one.family: one.mark
        for one in scored(tmp_path, suite, answers, numbers="float64").marked
        if one.kind == "outputs" and one.mark is not Mark.MISSING
    }
    assert marks["absorption"] is Mark.WRONG
    assert marks["huge"] is Mark.WRONG
    assert all(marks[name] is Mark.RIGHT for name in ("coincident", "concurrent", "gap-30", "tie"))


def test_the_formats_hold_one_network_and_properties_are_as_verified(suite):
    for case in manifest(suite)["cases"]:
        digests = {load_network(suite / path).digest for path in case["networks"].values()}
        assert digests == {case["hash"]}
        for question in case["questions"]:
            if question["claim"]["kind"] == "property":
                read_property(suite / question["claim"]["property"], len(case["box"]), None)


@pytest.mark.parametrize("seed", range(4))
def test_levels_are_finite_decimals_and_their_verdicts_those_of_the_files(seed, tmp_path):
    for family in families():
        case = draw_case(family, 0, seed)
        for question in case.questions:
            if question.claim["kind"] == "property":
                lines = case.properties[question.claim["property"]]
                (tmp_path / "p.vnnlib").write_text("\n".join(lines), encoding="utf-8")
                prop = read_property(tmp_path / "p.vnnlib", case.network.inputs, case.network.outputs)
                found = {"holds": "unsat", "refuted": "sat"}[str(verify(case.network, prop).verdict)]
                assert found == question.answer["answer"]


def test_equal_seeds_give_equal_suites(tmp_path, suite):
    command_line = CommandLine(tmp_path, _Silent())
    again = tmp_path / "again"
    assert command_line("suite", str(again), "--size", "1").status == 0
    names = sorted(str(path.relative_to(suite)) for path in suite.rglob("*") if path.is_file())
    assert names == sorted(str(path.relative_to(again)) for path in again.rglob("*") if path.is_file())
    assert all((suite / name).read_bytes() == (again / name).read_bytes() for name in names)


class _Silent:
    """A capture that captures nothing."""

    def readouterr(self):
        from types import SimpleNamespace

        return SimpleNamespace(out="", err="")


def test_a_counterexample_file_is_judged(tmp_path, suite):
    name = next(
        iter(n for n, a in exact_answers(suite).items() if a.get("answer") == "sat" and n.startswith("spike"))
    )
    (tmp_path / "spike.txt").write_text("((X_0 0.5) (Y_0 1))", encoding="utf-8")
    (wrong,) = [
        one
        for one in scored(tmp_path, suite, {name: {"answer": "sat", "counterexample": "spike.txt"}}).marked
        if one.question == name
    ]
    assert wrong.mark is Mark.WRONG


def test_an_answer_to_no_question_is_refused(tmp_path, suite):
    with pytest.raises(FormatError, match="expected a question of the suite, got 'no-such'"):
        scored(tmp_path, suite, {"no-such": {"value": 1}})


@pytest.mark.parametrize(
    ("question", "answer", "why"),
    [
        ("count-full", {"values": 1}, "expected only the keys value, got 'values'"),
        ("count-full", {"value": -1}, "value: expected an integer of at least 0, got -1"),
        ("count-full", 3, "expected an object, got 3"),
        ("bounds", {"lower": [math.nan], "upper": [1]}, "lower[0]: expected a rational"),
        ("bounds", {"lower": [0]}, None),
        ("property-level", {"answer": "sat", "counterexample": "nowhere.txt"}, "No such file"),
        ("equal-copy", {"equal": "yes"}, "equal: expected true or false, got 'yes'"),
        ("outputs", {"outputs": [[1]]}, "outputs: expected 4 outputs, one for each point, got 1"),
    ],
)
def test_an_answer_that_cannot_be_read_is_marked_and_the_others_are_scored(
    tmp_path, suite, question, answer, why
):
    exact, name = exact_answers(suite), f"coincident-0:{question}"
    scores = scored(tmp_path, suite, exact | {name: answer})
    unreadable = {one.question: one.summary for one in scores.marked if one.mark is Mark.UNREADABLE}
    assert set(unreadable) == ({name} if why else set())
    assert why is None or why in unreadable[name]
    assert scores.count(Mark.RIGHT) >= len(exact) - 1


def test_infinite_bounds_are_sound_however_python_writes_them(tmp_path, suite):
    answer = {"lower": [-math.inf], "upper": ["inf"]}
    assert scored(tmp_path, suite, {"huge-0:bounds": answer}).count(Mark.RIGHT) == 1


def answered_by_public_functions(suite, case, question):
    """Return what this package says to a question; nothing of the suite's own answers."""
    network, claim = str(suite / case["networks"]["native"]), question["claim"]
    box = [tuple(side) for side in case["box"]]
    match claim["kind"]:
        case "region-count":
            return {"value": exactrelu.count(network, box, claim["reading"])}
        case "bounds":
            found = exactrelu.output_range(network, box)
            ends = [(str(one.minimum.value), str(one.maximum.value)) for one in found or ()]
            lower, upper = zip(*ends, strict=True) if found else ([None], [None])
            return {"lower": list(lower), "upper": list(upper)}
        case "lipschitz":
            return {
                "value": str(exactrelu.lipschitz_constant(network, box, norm=claim["norm"]).value.rational)
            }
        case "equality":
            return {"equal": exactrelu.are_equal(network, str(suite / claim["other"]), box)}
        case "property":
            decision = exactrelu.verify(network, str(suite / claim["property"]))
            return {"answer": {"holds": "unsat", "refuted": "sat"}[str(decision.verdict)]}
    values = map(exactrelu.load_network(network), claim["points"])
    return {"outputs": [[str(value) for value in outputs] for outputs in values]}


def test_a_tool_that_computes_exactly_is_right_everywhere(tmp_path, suite):
    """Its outputs are rationals, one of them beyond all doubles."""
    answers = {
        question["id"]: answered_by_public_functions(suite, case, question)
        for case in manifest(suite)["cases"]
        for question in case["questions"]
    }
    scores = scored(tmp_path, suite, answers)
    assert [(one.question, one.summary) for one in scores.marked if one.mark is not Mark.RIGHT] == []


def test_questions_are_parameters_of_tests(suite):
    questions = {question.name: question for question in suite_questions(suite)}
    count = questions["coincident-0:count-full"]
    exact = exact_answers(suite)[count.name]
    count.check(exact)
    with pytest.raises(AssertionError, match=r"coincident-0:count-full: wrong: "):
        count.check({"value": exact["value"] + 1})
    with pytest.raises(FormatError, match="values"):
        count.check({"values": 1})
    with pytest.raises(ArgumentError, match="expected numbers, texts and lists, got set"):
        count.check({"value": {1}})
    count.check({"value": np.int64(exact["value"])})
    bounds = questions["coincident-0:bounds"]
    lower, upper = (
        [Fraction(v) for v in exact_answers(suite)[bounds.name][side]] for side in ("lower", "upper")
    )
    bounds.check({"lower": lower, "upper": np.array([float(v) + 1 for v in upper])})
    with pytest.raises(AssertionError, match="coincident-0:bounds: wrong"):
        bounds.check({"lower": [v + Fraction(1, 2**60) for v in lower], "upper": upper})
    assert load_network(count.networks["native"]) == load_network(count.networks["nnet"])
    assert count.box == ((-1, 1), (-1, 1))


def test_the_command_scores_and_refuses_used_folders(tmp_path, suite, exactrelu):
    assert exactrelu("suite", str(suite)).is_refusal("expected a new or an empty folder")
    results = exactrelu.file(
        "r.json",
        {
            "format": "exactrelu-suite-results",
            "version": 1,
            "tool": "t",
            "answers": {"dead-0:count-full": {"value": 99}},
        },
    )
    answer = exactrelu("suite", str(suite), "--score", results)
    assert answer.status == 1
    assert "1 wrong" in answer.out
    assert "dead-0:count-full" in answer.out
    document = exactrelu("suite", str(suite), "--score", results, "--json", "-").json
    assert document["families"]["dead"]["region-count"] == {"wrong": 1, "missing": 2}


def test_the_command_says_why_an_answer_cannot_be_read(suite, exactrelu):
    answers = {"dead-0:count-full": {"value": "many"}}
    header = {"format": "exactrelu-suite-results", "version": 1, "tool": "t"}
    answer = exactrelu(
        "suite", str(suite), "--score", exactrelu.file("r.json", header | {"answers": answers})
    )
    assert answer.status == 1
    assert "0 wrong, 1 unreadable" in answer.out
    assert "expected a rational" in answer.out
