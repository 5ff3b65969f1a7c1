"""Families in files and on the command line: what is read, what is refused, what is written."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from exactrelu import AlgebraicNumber, load_family
from exactrelu.errors import ExactReluError, NumberSyntaxError
from exactrelu.numbers.rational_function_text import parse_rational_function
from exactrelu.numbers.rational_functions import RationalFunction
from tests.support.command_line import ABSOLUTE

EXAMPLES = Path(__file__).resolve().parent.parent / "examples" / "families"


def document(*layers, **changes):
    maps = [{"weight": weight, **({} if bias is None else {"bias": bias})} for weight, bias in layers]
    return {"format": "exactrelu-network", "version": 4, "parameter": "t", "layers": maps} | changes


def written(folder, content):
    path = folder / "family.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(path)


# the grammar --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "at_two"),
    [
        ("t", 2),
        (" - t ^ 3 + 1 ", -7),
        ("1/t/t", Fraction(1, 4)),
        ("1/(t*t)", Fraction(1, 4)),
        ("-t^2", -4),
        ("(-t)^2", 4),
        ("t^-2*8", 2),
        ("0.25*t - 1/3", Fraction(1, 6)),
        ("2*(t-1)*(t+1)/(t-4)", -3),
        ("(t^2-1)/(t-1)", 3),
        ("t^0", 1),
    ],
)
def test_texts_mean_what_arithmetic_says(text, at_two):
    function = parse_rational_function(text)
    assert function(2) == at_two
    assert parse_rational_function(function.text()) == function


@pytest.mark.parametrize(
    "text",
    ["", "t+", "2t", "t t", "t**2", "(t", "t)", "t^t", "t^1.5", "t^99999", "1/0", "1/(t-t)", "s", "t;1",
     "1e3*t", "__import__('os')", "(" * 60 + "t" + ")" * 60, "t^150*t^150", "t" + "+t" * 6000, "é"],
)  # fmt: skip
def test_anything_else_is_refused_in_one_line(text):
    with pytest.raises(NumberSyntaxError) as caught:
        parse_rational_function(text)
    assert "\n" not in str(caught.value)


def test_equal_functions_are_equal_and_written_alike():
    one, two = parse_rational_function("(t^2-1)/(2*t-2)"), parse_rational_function("t/2 + 0.5")
    assert (one, hash(one), str(one)) == (two, hash(two), "1/2*t + 1/2")
    assert one != parse_rational_function("t/2")


@pytest.mark.parametrize(
    ("text", "place", "after", "limit"),
    [
        ("1/t", Fraction(0), True, float("inf")),
        ("1/t", Fraction(0), False, float("-inf")),
        ("-1/(t-1)^2", Fraction(1), False, float("-inf")),
        ("(t^2-1)/(t-1)", Fraction(1), True, 2),
        ("3*t/(2*t+1)", float("inf"), False, Fraction(3, 2)),
        ("t^3", float("-inf"), False, float("-inf")),
        ("1/t", float("-inf"), False, 0),
    ],
)
def test_limits_at_poles_and_infinities(text, place, after, limit):
    assert parse_rational_function(text).limit(place, after=after) == limit


def test_values_at_algebraic_numbers_agree_with_arithmetic_on_them():
    root = AlgebraicNumber.largest_root([-1, -1, 1])
    found = parse_rational_function("(t^3 - 2*t)/(t^2 + 1)").value_at(root)
    assert found == (root**3 - 2 * root) / (root**2 + 1)
    assert RationalFunction.constant("1/2").value_at(root) == Fraction(1, 2)


# files --------------------------------------------------------------------------------------------


def test_a_family_is_read_with_its_parameter_and_slopes(tmp_path):
    content = document(([["1/k", "2"]], ["k^2-1/3"]), ([[3]], None), parameter="k")
    content["layers"][0]["slopes"] = ["1/4", "1"]
    family = load_family(written(tmp_path, content))
    assert (family.parameter, family.widths) == ("k", (2, 1, 1))
    assert family.at(2)((0, 0)) == (11,)
    assert family.at("1/2")((0, 0)) == (Fraction(-1, 16),)


def test_an_ordinary_network_is_a_family_that_does_not_move(tmp_path):
    family = load_family(written(tmp_path, ABSOLUTE))
    assert family.at(5)((-3,)) == (3,)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (document(([["x"]], None)), "layers[0].weight[0][0]: expected a rational function of t"),
        (document(([[True]], None)), "layers[0].weight[0][0]: expected a rational function of t"),
        (document(([["t", 1], ["t"]], None)), "layers[0].weight[1]: expected 2 entries"),
        (document(([["t"]], [1, 2])), "layers[0].bias: expected 1 entries"),
        (document(([["t"]], None), ([[1, 2]], None)), "layers[1].weight: expected 1 columns"),
        (document(), "layers: expected at least one layer"),
        (document(([[]], None)), "at least one row and one column"),
        (document(([["t"]], None), parameter="2t"), "parameter: expected a name"),
        (document(([["t"]], None), parameter=None), "parameter: expected a string"),
        (document(([["t"]], None), version=5), 'expected "version": 1 or 3 or 4'),
        (document(([["t"]], None), color="red"), "only the keys"),
        (document(([["1/(t-t)"]], None)), "a divisor that is not zero"),
        ("{", "a syntax error"),
    ],
)  # fmt: skip
def test_errors_name_file_and_place(tmp_path, content, words):
    with pytest.raises(ExactReluError) as caught:
        load_family(written(tmp_path, content))
    assert words in str(caught.value)
    assert "family.json" in str(caught.value)


def test_other_commands_refuse_a_family(exactrelu, tmp_path):
    path = written(tmp_path, document(([["t"]], None)))
    assert exactrelu("regions", path).is_refusal("version", "4")


# the command --------------------------------------------------------------------------------------


def test_the_command_writes_changes_and_parts(exactrelu):
    path = str(EXAMPLES / "lines_through_a_point.json")
    found = exactrelu("family", path, "--parameter", "t", "--interval", "-1:inf", "--json", "-").json
    assert (found["format"], found["parameter"], found["interval"]) == (
        "exactrelu-family",
        "t",
        ["-1", "inf"],
    )
    assert found["changes"] == [{"at": "0", "cells": ["half-open", "closed", "full"], "pole": False}]
    places = [part.get("at") or part["interval"] for part in found["parts"]]
    assert places == [["-1", "0"], "0", ["0", "inf"]]
    assert [part["counts"]["full"] for part in found["parts"]] == [7, 6, 7]
    assert found["parts"][0]["closed"] == [True, False]
    assert "000" in found["parts"][0]["configurations"]["full"]


def test_the_network_at_a_value_is_written_for_other_commands(exactrelu, tmp_path):
    path, written_to = str(EXAMPLES / "lines_through_a_point.json"), str(tmp_path / "net.json")
    words = ("--interval", "-1:1", "--instance", "-1/2", "-o", written_to, "--json", "-")
    found = exactrelu("family", path, *words).json
    counts = exactrelu("regions", written_to, "--cells", "full", "--count", "--json", "-").json
    assert counts["count"] == found["parts"][0]["counts"]["full"] == 7
    assert found["domain"] is None


def test_a_box_that_moves_is_written_with_its_bounds(exactrelu):
    path = str(EXAMPLES / "sawtooth.json")
    found = exactrelu(
        "family", path, "--interval", "0:1", "--box", "0:1/(t+1)", "--count", "--json", "-"
    ).json
    assert found["domain"]["inequalities"][1] == {"normal": ["-1"], "offset": "1/(t + 1)", "relation": ">="}


def test_irrational_changes_are_written_by_polynomial_and_interval(exactrelu, tmp_path):
    path = written(tmp_path, document(([[1]], ["t^2-2"]), ([[1]], None)))
    words = ("family", path, "--interval", "0:2", "--box", "0:t", "--count", "--json", "-")
    found = exactrelu(*words).json
    assert {"polynomial": [-2, 0, 1], "interval": ["1", "2"]} in [change["at"] for change in found["changes"]]
    assert "configurations" not in found["parts"][0]


def test_the_command_prints_a_table(exactrelu):
    shown = exactrelu("family", str(EXAMPLES / "example_a_4_gamma.json"), "--interval", "0:1").out
    assert "pole" in shown
    assert "(0, 1]" in shown


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--interval", "0"), "expected A:B"),
        (("--interval", "1:0"), "expected A < B"),
        (("--interval", "0:x"), "expected a rational"),
        (("--interval", "0:1", "--instance", "1"), "together with -o"),
        (("--interval", "0:1", "--instance", "x", "-o", "x.json"), "--instance"),
        (("--interval", "0:1", "--box", "0:1,0:1,0:1"), "--box: expected LO:HI"),
        (("--interval", "0:1", "--box", "0:s"), "got 's'"),
        (("--interval", "0:1", "--parameter", "k"), "expected the parameter 'k', got 't'"),
        ((), "--interval"),
    ],
)
def test_bad_usage_is_one_line(exactrelu, words, message):
    path = str(EXAMPLES / "lines_through_a_point.json")
    assert exactrelu("family", path, *words).is_refusal(message)


def test_a_budget_that_runs_out_is_unknown(exactrelu):
    words = ("--interval", "0:1", "--max-regions", "3")
    ended = exactrelu("family", str(EXAMPLES / "lines_through_a_point.json"), *words)
    assert (ended.status, ended.out) == (3, "")


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_the_examples_are_families(path):
    assert load_family(path, "t").name is None
