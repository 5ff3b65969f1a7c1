"""A malformed claims file: one line with the file, the claim's index, expected and got; exit status 2."""

from __future__ import annotations

import json

import pytest

from tests.support.command_line import ABSOLUTE, network_document

HEAD = {"format": "exactrelu-audit-claims", "version": 1}
RIGHT = {"kind": "region-count", "value": 2, "reading": "full"}
COUNT = {"kind": "region-count", "value": 2}
BOUNDS = {"kind": "bounds", "upper": [1]}
MAP = {"kind": "affine-map", "at": [1], "weight": [[1]], "bias": [0]}
OUTPUTS = {"kind": "outputs", "format": "float32", "points": [[1]], "outputs": [[1]]}
WITNESS = {"kind": "witness", "point": [1]}
ROW = {"output": [1], "offset": 0, "relation": "<="}
LIPSCHITZ = {"kind": "lipschitz", "norm": "2", "upper": 1}
THETA = {"kind": "configurations", "configurations": ["01"], "reading": "full"}
PAIR = {"kind": "equality", "other": "plane.json"}

CASES = [
    (7, "an object with the key 'kind'", "7"),
    ({}, "the key 'kind'", "none"),
    ({"kind": "regioncount"}, "kind", "one of region-count", "'regioncount'"),
    ({"kind": ["bounds"]}, "kind", "one of region-count", "a list"),
    (COUNT | {"id": 3}, "id", "a string", "3"),
    (COUNT | {"note": None}, "note", "a string", "nothing"),
    (COUNT | {"numbers": "float16"}, "numbers", "one of exact, float32, float64", "'float16'"),
    (COUNT | {"reading": "open"}, "reading", "one of half-open, closed, full, pieces", "'open'"),
    (COUNT | {"value": -1}, "value", "at least 0", "-1"),
    (COUNT | {"value": 1.5}, "value", "an integer", "1.5"),
    (COUNT | {"value": True}, "value", "a rational", "true"),
    (COUNT | {"value": "1e999999"}, "value", "an exponent"),
    (COUNT | {"depth": 2}, "depth", "from 0 to 1", "2"),
    (COUNT | {"cells": "full"}, "only the keys kind, value", "'cells'"),
    (COUNT | {"domain": {}}, "domain", "one of the keys box, inequalities", "none"),
    (COUNT | {"domain": []}, "domain", "an object", "a list"),
    (COUNT | {"domain": {"box": [[0, 1]] * 2}}, "domain.box", "1 intervals", "2"),
    (COUNT | {"domain": {"box": [[0]]}}, "domain.box[0]", "[LO, HI]", "1 numbers"),
    (COUNT | {"domain": {"box": [[0, "inf"]]}}, "domain.box[0][1]", "a rational", "'inf'"),
    (COUNT | {"domain": {"box": [[0, 1]], "format": "x"}}, "domain", "exactrelu-domain", "'x'"),
    (
        COUNT | {"domain": {"inequalities": [{"normal": [1, 2], "offset": 0, "relation": "<"}]}},
        "domain.inequalities[0].normal",
        "1 numbers",
        "2",
    ),
    (
        COUNT | {"domain": {"inequalities": [{"normal": [1], "offset": 0, "relation": "=="}]}},
        "relation",
        "one of <, <=, =, >=, >",
        "'=='",
    ),
    (BOUNDS | {"upper": 1}, "upper", "a list", "1"),
    (BOUNDS | {"upper": [1, 2]}, "upper", "1 bounds", "2"),
    (BOUNDS | {"layer": 3}, "layer", "from 1 to 2", "3"),
    (BOUNDS | {"layer": 0}, "layer", "from 1 to 2", "0"),
    (BOUNDS | {"layer": 1, "neuron": 2, "upper": 1}, "neuron", "from 0 to 1", "2"),
    ({"kind": "bounds"}, "a key lower or upper", "none"),
    (BOUNDS | {"upper": [{"float32": 1e39}]}, "upper[0].float32", "the range of float32", "beyond"),
    (
        BOUNDS | {"upper": [{"float32": "0x1.000001p0"}]},
        "upper[0].float32",
        "a number of float32",
        "more bits",
    ),
    (BOUNDS | {"upper": [{"float32": 1, "float64": 1}]}, "upper[0]", "one of the keys", "2"),
    (BOUNDS | {"upper": [{"float16": 1}]}, "upper[0]", "only the keys float32, float64", "'float16'"),
    (BOUNDS | {"upper": ["0x1p0"]}, "upper[0]", "a rational", "'0x1p0'"),
    (BOUNDS | {"upper": ["nan"]}, "upper[0]", "a rational", "'nan'"),
    (THETA | {"configurations": ["011"]}, "configurations[0]", "'bb'", "'011'"),
    (THETA | {"configurations": "01"}, "configurations", "a list", "'01'"),
    (THETA | {"complete": 1}, "complete", "true or false", "1"),
    ({"kind": "interior-points", "points": [[1, 2]]}, "points[0]", "1 numbers", "2"),
    ({"kind": "interior-points", "points": [], "reading": "closed"}, "reading", "full, half-open"),
    (LIPSCHITZ | {"norm": "3"}, "norm", "one of 1, 2, inf", "'3'"),
    (LIPSCHITZ | {"norm": 3}, "norm", "one of 1, 2, inf", "3"),
    (LIPSCHITZ | {"norm": 1.0}, "norm", "one of 1, 2, inf", "1.0"),
    (LIPSCHITZ | {"lower": 1}, "one of the keys upper, lower, value", "upper, lower"),
    (LIPSCHITZ | {"upper": {"sqrt": -1}}, "upper.sqrt", "at least 0", "-1"),
    (MAP | {"weight": [[1], [2]]}, "weight", "1 rows", "2"),
    (MAP | {"weight": [[1, 2]]}, "weight[0]", "1 numbers", "2"),
    (MAP | {"bias": []}, "bias", "1 numbers", "0"),
    (MAP | {"domain": {"box": [[2, 3]]}}, "at", "a point of the domain", "outside"),
    (MAP | {"tolerance": "-1" + "0" * 9999}, "tolerance", "at least 0", "(10001 characters)"),
    (OUTPUTS | {"outputs": [["1/3" + "0" * 9999]]}, "outputs[0][0]", "a number of float32"),
    (MAP | {"tolerance": "-1"}, "tolerance", "at least 0", "-1"),
    (PAIR, "other", "a network 1 -> 1", "one 2 -> 1"),
    (PAIR | {"other": "claims.json"}, "other: expected the file of a network", "exactrelu-audit-claims"),
    (PAIR | {"other": "net.csv"}, "net.csv", ".json, .onnx or .nnet"),
    ({"kind": "distance", "other": "net.json", "norm": "l2"}, "one of the keys upper", "none"),
    ({"kind": "distance", "other": "net.json", "norm": "l3", "upper": 1}, "norm", "sup, w1inf, l1, l2"),
    (OUTPUTS | {"outputs": []}, "outputs", "1 outputs", "0"),
    (OUTPUTS | {"outputs": [[1, 2]]}, "outputs[0]", "1 numbers", "2"),
    (OUTPUTS | {"outputs": [["1/3"]]}, "outputs[0][0]", "a number of float32", "1/3"),
    (OUTPUTS | {"format": "bfloat16"}, "format", "one of float32, float64", "'bfloat16'"),
    (OUTPUTS | {"ulps": 0.5}, "ulps", "an integer"),
    (WITNESS | {"constraints": [ROW | {"output": [1, 2]}]}, "constraints[0].output", "1 numbers", "2"),
    (WITNESS | {"constraints": [{"output": [1], "offset": 0}]}, "constraints[0]", "'relation'", "none"),
    (WITNESS | {"outputs": []}, "outputs", "1 numbers", "0"),
    (
        {"kind": "satisfiability", "answer": "maybe", "constraints": []},
        "answer",
        "one of sat, unsat",
        "'maybe'",
    ),
]


@pytest.fixture
def refusal(exactrelu):
    def run(text):
        net = exactrelu.file("net.json", ABSOLUTE)
        exactrelu.file("plane.json", network_document(([["1", "1"]], None)))
        file = exactrelu.file("claims.json", text)
        return exactrelu("audit", net, file)

    return run


@pytest.mark.parametrize("case", CASES, ids=lambda case: json.dumps(case[0])[:60])
def test_a_malformed_claim_is_named_by_its_index(refusal, case):
    claim, *fragments = case
    assert refusal(HEAD | {"claims": [RIGHT, claim]}).is_refusal("claims.json: claims[1]", *fragments)


@pytest.mark.parametrize(
    ("document", "fragments"),
    [
        ({}, ("exactrelu-audit-claims", "nothing")),
        ([], ("exactrelu-audit-claims", "a list")),
        (HEAD, ("the key 'claims'",)),
        (HEAD | {"claims": {}}, ("claims: expected a list", "an object")),
        (HEAD | {"claims": [], "version": 2}, ('"version": 1', "2")),
        (HEAD | {"claims": [], "claim": []}, ("only the keys", "'claim'")),
        (
            HEAD | {"claims": [], "network": "sha256:0"},
            ("network: expected the hash of the network", "sha256:0"),
        ),
        (HEAD | {"claims": [], "domain": {"box": []}}, ("domain.box", "1 intervals")),
        (HEAD | {"claims": [], "numbers": 3}, ("numbers: expected one of exact",)),
        (HEAD | {"claims": [], "tool": []}, ("tool: expected a string",)),
    ],
)
def test_a_malformed_file_is_refused(refusal, document, fragments):
    assert refusal(document).is_refusal("claims.json: ", *fragments)


def test_text_that_is_no_strict_json_is_refused(refusal):
    head = '{"format": "exactrelu-audit-claims", "version": 1, "claims": '
    assert refusal("{").is_refusal("claims.json: line 1", "JSON")
    assert refusal(head + '[{"kind": "bounds", "upper": [NaN]}]}').is_refusal("claims[0].upper[0]", "NaN")
    assert refusal(head + '[{"kind": "bounds", "kind": "witness"}]}').is_refusal("claims[0]", "'kind' twice")


def test_a_missing_file_is_named(exactrelu, refusal):
    refusal(HEAD | {"claims": []})
    net = str(exactrelu.folder / "net.json")
    assert exactrelu("audit", net, "nowhere.json").is_refusal("nowhere.json")
    outcome = refusal(HEAD | {"claims": [{"kind": "equality", "other": "nowhere.json"}]})
    assert outcome.is_refusal("nowhere.json")
    assert exactrelu("audit", net).is_refusal("CLAIMS")


def test_a_question_without_sense_on_its_domain_names_the_claim(refusal):
    point = {"kind": "distance", "other": "net.json", "norm": "l1", "upper": 0, "domain": {"box": [[0, 0]]}}
    assert refusal(HEAD | {"claims": [RIGHT, point]}).is_refusal("claims.json: claims[1]: l1 distance")


def test_nothing_is_judged_before_the_whole_file_is_read(refusal):
    outcome = refusal(HEAD | {"claims": [RIGHT | {"value": 3}, {"kind": "nonsense"}]})
    assert outcome.is_refusal("claims[1].kind")
