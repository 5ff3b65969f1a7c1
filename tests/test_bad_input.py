"""Bad input: one line that names the place, exit 2, nothing written."""

from __future__ import annotations

import pytest

from tests.support.command_line import ABSOLUTE, PLANE, domain_document, network_document


@pytest.fixture
def plane(exactrelu):
    return exactrelu.file("plane.json", PLANE)


def with_layer(**layer):
    return {"format": "exactrelu-network", "version": 1, "layers": [layer]}


BAD_NETWORKS = {
    "no JSON": ("{", ("line 1", "expected JSON")),
    "empty": ("", ("expected JSON",)),
    "trailing text": ('{"format": "exactrelu-network"} x', ("line 1, column 33",)),
    "not UTF-8": (b"\xff\xfe{}", ("byte 0", "expected UTF-8")),
    "a list": ([], ("expected an object", "got a list")),
    "another format": (
        {"format": "x", "version": 1, "layers": []},
        ('"format": "exactrelu-network"', "got 'x'"),
    ),
    "another version": (
        {"format": "exactrelu-network", "version": 2, "layers": []},
        ('"version": 1', "got 2"),
    ),
    "version as text": ({"format": "exactrelu-network", "version": "1", "layers": []}, ('"version": 1',)),
    "version true": ({"format": "exactrelu-network", "version": True, "layers": []}, ("got true",)),
    "no layers key": ({"format": "exactrelu-network", "version": 1}, ("expected the key 'layers'",)),
    "unknown key": ({**ABSOLUTE, "colour": 1}, ("got 'colour'",)),
    "name no text": ({**ABSOLUTE, "name": 1}, ("name: expected a string",)),
    "no layer": ({**ABSOLUTE, "layers": []}, ("layers: expected at least one layer",)),
    "layers no list": ({**ABSOLUTE, "layers": {}}, ("layers: expected a list, got an object",)),
    "layer unknown key": (with_layer(weight=[[1]], biases=[1]), ("layers[0]", "got 'biases'")),
    "no weight": (with_layer(bias=[1]), ("layers[0]", "expected the key 'weight'")),
    "empty weight": (with_layer(weight=[]), ("layers[0].weight", "at least one row")),
    "empty row": (with_layer(weight=[[]]), ("layers[0].weight", "at least one row and one column")),
    "ragged": (with_layer(weight=[[1, 2], [1]]), ("layers[0].weight[1]", "expected 2 entries", "got 1")),
    "row no list": (with_layer(weight=[1]), ("layers[0].weight[0]", "expected a list, got 1")),
    "bias length": (with_layer(weight=[[1]], bias=[1, 2]), ("layers[0].bias", "expected 1 entries", "got 2")),
    "bias null": (with_layer(weight=[[1]], bias=None), ("layers[0].bias", "got nothing")),
    "chain": (
        network_document(([[1]], None), ([[1, 2]], None)),
        ("layers[1].weight", "expected 1 columns", "got 2"),
    ),
    "word": (with_layer(weight=[["one"]]), ("layers[0].weight[0][0]", "got 'one'")),
    "blank": (with_layer(weight=[[" 1"]]), ("layers[0].weight[0][0]", "got ' 1'")),
    "underscore": (with_layer(weight=[["1_0"]]), ("layers[0].weight[0][0]",)),
    "zero denominator": (with_layer(weight=[["1/0"]]), ("layers[0].weight[0][0]", "non-zero denominator")),
    "huge exponent": (with_layer(weight=[["1e100001"]]), ("layers[0].weight[0][0]", "exponent")),
    "huge exponent as a number": (
        '{"format": "exactrelu-network", "version": 1, "layers": [{"weight": [[1e999999]]}]}',
        ("layers[0].weight[0][0]", "exponent"),
    ),
    "true": (with_layer(weight=[[True]]), ("layers[0].weight[0][0]", "got true")),
    "null": (with_layer(weight=[[None]]), ("layers[0].weight[0][0]", "got nothing")),
    "NaN": (
        '{"format": "exactrelu-network", "version": 1, "layers": [{"weight": [[NaN]]}]}',
        ("layers[0].weight[0][0]", "NaN"),
    ),
    "Infinity": (
        '{"format": "exactrelu-network", "version": 1, "layers": [{"weight": [[-Infinity]]}]}',
        ("layers[0].weight[0][0]", "Infinity"),
    ),
    "a key twice": ('{"format": "a", "format": "b"}', ("'format' twice",)),
    "a key of a layer twice": ('{"layers": [{"weight": [], "weight": []}]}', ("layers[0]", "'weight' twice")),
    "numbers too long for their number": (
        with_layer(weight=[["1e100000", "1e-100000"] * 60]),
        ("layers[0]", "expected shorter numbers"),
    ),
    "nested too deep": ("[" * 100_000, ("nested",)),
    "too many elements": ("[" + "," * 20_000_001, ("at most 20000000 elements",)),
    "one of very many keys twice": (
        "{" + ",".join(f'"k{i}": 0' for i in range(200_000)) + ', "k199999": 1}',
        ("'k199999' twice",),
    ),
}


@pytest.mark.parametrize("kind", BAD_NETWORKS)
def test_a_bad_network_file_is_refused_with_its_place(exactrelu, kind):
    content, fragments = BAD_NETWORKS[kind]
    file = exactrelu.file("net.json", content)
    target = str(exactrelu.folder / "out.json")
    for words in (("evaluate", file, "--at", "1"), ("regions", file, "--json", target), ("hash", file)):
        assert exactrelu(*words).is_refusal(file, *fragments)
    assert exactrelu.files() == {"net.json"}


BAD_DOMAINS = {
    "a network": (ABSOLUTE, ('"format": "exactrelu-domain"',)),
    "dimension": (domain_document(([1], 0, ">")), ("inequalities[0].normal", "expected 2 entries", "got 1")),
    "relation": (domain_document(([1, 1], 0, "<>")), ("inequalities[0].relation", "got '<>'")),
    "relation a list": (domain_document(([1, 1], 0, ["<"])), ("inequalities[0].relation", "got a list")),
    "number": (domain_document(([1, "x"], 0, "<")), ("inequalities[0].normal[1]", "got 'x'")),
    "offset": (domain_document(([1, 1], None, "<")), ("inequalities[0].offset",)),
    "key": ({**domain_document(), "box": 1}, ("got 'box'",)),
    "no rows": ({"format": "exactrelu-domain", "version": 1}, ("'inequalities'",)),
    "row": ({**domain_document(), "inequalities": [[]]}, ("inequalities[0]", "expected an object")),
}


@pytest.mark.parametrize("kind", BAD_DOMAINS)
def test_a_bad_domain_file_is_refused_with_its_place(exactrelu, plane, kind):
    content, fragments = BAD_DOMAINS[kind]
    file = exactrelu.file("domain.json", content)
    for command in ("regions", "pieces", "range"):
        assert exactrelu(command, plane, "--domain", file, "--json", "-").is_refusal(file, *fragments)


BAD_USAGE = {
    "no command": ((), ("COMMAND",)),
    "unknown command": (("foo",), ("foo",)),
    "no network": (("regions",), ("NET",)),
    "unknown option": (("regions", "NET", "--colour"), ("--colour",)),
    "abbreviated option": (("regions", "NET", "--cou"), ("--cou",)),
    "no point": (("evaluate", "NET"), ("--at",)),
    "point without value": (("evaluate", "NET", "--at"), ("--at",)),
    "too few coordinates": (("evaluate", "NET", "--at", "1"), ("--at", "expected 2 coordinates", "got 1")),
    "too many coordinates": (("region", "NET", "--at", "1,2,3"), ("--at", "expected 2 coordinates", "got 3")),
    "no number": (("evaluate", "NET", "--at", "1,x"), ("--at, coordinate 1", "'x'")),
    "blank in point": (("evaluate", "NET", "--at", "1, 2"), ("--at, coordinate 1", "' 2'")),
    "empty coordinate": (("evaluate", "NET", "--at", "1,"), ("--at, coordinate 1", "''")),
    "box without colon": (("regions", "NET", "--box", "1"), ("--box", "LO:HI", "'1'")),
    "box with three ends": (("regions", "NET", "--box", "1:2:3"), ("--box", "LO:HI")),
    "box of another dimension": (("regions", "NET", "--box", "0:1,0:1,0:1"), ("--box", "1 or 2", "got 3")),
    "box and domain": (("regions", "NET", "--box", "0:1", "--domain", "d"), ("--domain", "--box")),
    "unknown reading": (("regions", "NET", "--cells", "open"), ("--cells", "open")),
    "unknown engine": (("regions", "NET", "--engine", "magic"), ("engine", "ppl", "magic")),
    "unknown geometry": (("regions", "NET", "--geometry", "most"), ("--geometry", "most")),
    "depth too large": (("regions", "NET", "--depth", "3"), ("depth", "0 to 2", "got 3")),
    "depth no number": (("regions", "NET", "--depth", "-1"), ("--depth", "-1")),
    "budget no number": (("regions", "NET", "--max-regions", "many"), ("--max-regions", "many")),
    "no time": (("regions", "NET", "--time-limit", "0"), ("--time-limit", "'0'")),
    "time nan": (("regions", "NET", "--time-limit", "nan"), ("--time-limit", "'nan'")),
    "json twice": (("regions", "NET", "--json", "-", "--jsonl", "-"), ("--json", "--jsonl")),
    "point and bits": (("region", "NET", "--at", "1,2", "--configuration", "00|0"), ("--configuration",)),
    "bits too few": (("region", "NET", "--configuration", "0|0"), ("bb|b", "'0|0'")),
    "bits not split": (("region", "NET", "--configuration", "000"), ("bb|b", "'000'")),
    "bits no bits": (("region", "NET", "--configuration", "02|0"), ("bb|b", "'02|0'")),
    "empty file name": (("regions", "NET", "--json", ""), ("--json", "file name")),
    "window without extent": (
        ("regions", "NET", "--draw", "FOLDER/x.svg", "--jsonl", "FOLDER/o.jsonl", "--window", "0:0"),
        ("window", "LO < HI", "0:0"),
    ),
    "picture suffix": (("regions", "NET", "--draw", "x.gif"), (".svg", ".gif")),
    "window alone": (("regions", "NET", "--window", "0:1"), ("--window", "--draw")),
    "json to a folder": (("regions", "NET", "--json", "FOLDER"), ("FOLDER",)),
    "json in no folder": (("regions", "NET", "--json", "FOLDER/none/out.json"), ("none/out.json",)),
    "jsonl in no folder": (("regions", "NET", "--jsonl", "FOLDER/none/out.json"), ("none/out.json",)),
    "no such file": (("hash", "FOLDER/nothing.json"), ("nothing.json", "No such file")),
    "a folder as network": (("hash", "FOLDER"), ("FOLDER",)),
    "no such domain": (("regions", "NET", "--domain", "FOLDER/nothing.json"), ("nothing.json",)),
    "unknown suffix": (("hash", "FOLDER/net.txt"), (".json, .onnx or .nnet", ".txt")),
}


@pytest.mark.parametrize("kind", BAD_USAGE)
def test_bad_usage_is_refused_in_one_line(exactrelu, plane, kind):
    words, fragments = BAD_USAGE[kind]

    def placed(text):
        return (
            text.replace("FOLDER", str(exactrelu.folder)).replace("NET", plane)
            if kind != "no network"
            else text
        )

    assert exactrelu(*map(placed, words)).is_refusal(*(f if f == "NET" else placed(f) for f in fragments))
    assert exactrelu.files() == {"plane.json"}


def test_drawing_more_than_two_inputs_is_refused_before_any_search(exactrelu):
    file = exactrelu.file("net.json", network_document(([[1, 1, 1]], None), ([[1]], None)))
    picture = str(exactrelu.folder / "x.svg")
    assert exactrelu("regions", file, "--draw", picture).is_refusal("2 inputs", "got 3")


def test_numbers_of_any_length_read_and_print(exactrelu):
    digits = "7" * 6000
    file = exactrelu.file("long.json", network_document(([[digits]], [f"1/{digits}"])))
    assert exactrelu("evaluate", file, "--at", "1", "--json", "-").status == 0
    assert exactrelu("evaluate", file, "--at", "0", "--json", "-").json["output"] == [f"1/{digits}"]
    as_number = '{"format": "exactrelu-network", "version": 1, "layers": [{"weight": [[' + digits + "]]}]}"
    file = exactrelu.file("number.json", as_number)
    assert exactrelu("evaluate", file, "--at", "1", "--json", "-").json["output"] == [digits]


def test_a_network_and_its_domain_may_not_be_swapped(exactrelu, plane):
    domain = exactrelu.file("domain.json", domain_document(([1, 1], 0, "<")))
    assert exactrelu("hash", domain).is_refusal(domain, "exactrelu-network")
    assert exactrelu("regions", plane, "--domain", plane).is_refusal(plane, "exactrelu-domain")
