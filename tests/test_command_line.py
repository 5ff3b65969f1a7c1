"""The command line: what each command answers."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from exactrelu.enumeration import regions
from exactrelu.formats import load_network
from exactrelu.formats.native import read_domain
from exactrelu.networks.configuration import Configuration
from tests.support.command_line import ABSOLUTE, PLANE, domain_document, network_document


@pytest.fixture
def absolute(exactrelu):
    return exactrelu.file("abs.json", ABSOLUTE)


@pytest.fixture
def plane(exactrelu):
    return exactrelu.file("plane.json", PLANE)


# evaluate, hash ---------------------------------------------------------------------------------


def test_evaluate_takes_a_point_that_begins_with_a_minus_sign(exactrelu, plane):
    for words in (("--at", "-1/2,3"), ("--at=-1/2,3",)):
        answer = exactrelu("evaluate", plane, *words, "--json", "-").json
        assert answer["output"] == ["2"]
        assert answer["preactivations"] == [["-1/2", "3"], ["2"]]
        assert answer["configuration"] == "01|1"
        assert (answer["format"], answer["version"]) == ("exactrelu-evaluate", 1)


def test_evaluate_reads_decimals_as_they_are_written(exactrelu, absolute):
    assert exactrelu("evaluate", absolute, "--at", "0.1", "--json", "-").json["output"] == ["1/10"]
    assert exactrelu("evaluate", absolute, "--at", "-1e-3", "--json", "-").json["output"] == ["1/1000"]


def test_evaluate_for_people_shows_output_and_configuration(exactrelu, absolute):
    outcome = exactrelu("evaluate", absolute, "--at", "-1/2")
    assert outcome.status == 0
    facts = [line.split() for line in outcome.out.splitlines()]
    assert ["configuration", "01"] in facts
    assert ["0", "1/2", "0.5"] in facts


def test_equal_weights_have_equal_hashes_however_they_are_written(exactrelu, absolute):
    other = network_document(([[1], ["-2/2"]], [0, "0.0"]), ([["1e0", "+1"]], ["0/7"]))
    same = exactrelu.file("same.json", other)
    different = exactrelu.file("different.json", network_document(([[1], [-1]], None), ([[1, 1]], ["1/9"])))
    digests = [exactrelu("hash", file).out for file in (absolute, same, different)]
    assert digests[0] == digests[1] != digests[2]
    assert exactrelu("hash", absolute, "--json", "-").json["network"] == digests[0].strip()


# regions ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cells", "count"), [("half-open", 3), ("closed", 4), ("full", 2)])
def test_the_readings_give_their_counts(exactrelu, absolute, cells, count):
    answer = exactrelu("regions", absolute, "--cells", cells, "--count", "--json", "-").json
    assert (answer["count"], answer["cells"], answer["domain"]) == (count, cells, None)
    assert "regions" not in answer


def test_half_open_is_the_default_reading_and_every_report_names_it(exactrelu, absolute):
    assert exactrelu("regions", absolute, "--json", "-").json["cells"] == "half-open"
    assert "half-open" in exactrelu("regions", absolute, "--count").out


def test_regions_are_written_in_the_canonical_form(exactrelu, plane):
    answer = exactrelu("regions", plane, "--json", "-").json
    assert answer["count"] == len(answer["regions"]) == 7
    texts = [region["configuration"] for region in answer["regions"]]
    assert texts == sorted(texts)
    (corner,) = [region for region in answer["regions"] if region["configuration"] == "11|0"]
    assert corner == {
        "configuration": "11|0",
        "dimension": 2,
        "bounded": True,
        "inequalities": [
            {"normal": ["-1", "-1"], "offset": "1", "relation": ">="},
            {"normal": ["0", "1"], "offset": "0", "relation": ">="},
            {"normal": ["1", "0"], "offset": "0", "relation": ">="},
        ],
        "strict": [{"normal": ["0", "1"], "offset": "0"}, {"normal": ["1", "0"], "offset": "0"}],
        "vertices": [["0", "0"], ["0", "1"], ["1", "0"]],
        "rays": [],
        "lines": [],
        "point": corner["point"],
        "weight": [["0", "0"]],
        "bias": ["0"],
    }


@pytest.mark.parametrize(
    ("detail", "keys"),
    [
        ("none", {"configuration", "dimension"}),
        (
            "constraints",
            {"configuration", "dimension", "inequalities", "strict", "point", "weight", "bias"},
        ),
    ],
)
def test_geometry_says_how_much_is_written(exactrelu, plane, detail, keys):
    for region in exactrelu("regions", plane, "--geometry", detail, "--json", "-").json["regions"]:
        assert set(region) == keys


def test_json_lines_hold_the_same_regions_and_end_with_the_count(exactrelu, plane):
    document = exactrelu("regions", plane, "--json", "-").json
    lines = [json.loads(line) for line in exactrelu("regions", plane, "--jsonl", "-").out.splitlines()]
    assert lines[:-1] == document["regions"]
    assert lines[-1]["count"] == 7


def test_a_json_file_is_the_document_and_nothing_else_is_left(exactrelu, plane):
    target = str(exactrelu.folder / "out.json")
    assert exactrelu("regions", plane, "--json", target).status == 0
    written = json.loads(Path(target).read_text(encoding="utf-8"))
    assert written == exactrelu("regions", plane, "--json", "-").json
    assert exactrelu.files() == {"plane.json", "out.json"}


def test_two_runs_write_the_same_bytes(exactrelu, plane):
    assert exactrelu("regions", plane, "--json", "-").out == exactrelu("regions", plane, "--json", "-").out


def test_depth_stops_at_the_first_layers(exactrelu, plane):
    answer = exactrelu("regions", plane, "--depth", "1", "--json", "-").json
    assert [region["configuration"] for region in answer["regions"]] == ["00", "01", "10", "11"]
    assert answer["depth"] == 1
    everything = exactrelu("regions", plane, "--depth", "0", "--json", "-").json
    assert [region["configuration"] for region in everything["regions"]] == [""]


def test_a_box_may_be_one_interval_for_all_coordinates_or_one_for_each(exactrelu, plane):
    one = exactrelu("regions", plane, "--box", "-1:1", "--json", "-").json
    each = exactrelu("regions", plane, "--box", "-1:1,-1:1", "--json", "-").json
    assert one == each
    assert one["domain"]["format"] == "exactrelu-domain"
    small = exactrelu("regions", plane, "--box", "1/4:1/3,1/4:1/3", "--count", "--json", "-").json
    assert small["count"] == 1


def test_a_domain_file_restricts_and_is_reported(exactrelu, plane):
    document = domain_document((["1", "1"], "-1", "="), (["1", "0"], "0", ">"))
    domain = exactrelu.file("line.json", document)
    answer = exactrelu("regions", plane, "--domain", domain, "--json", "-").json
    assert answer["domain"] == document
    assert {region["dimension"] for region in answer["regions"]} <= {0, 1}
    network = load_network(plane)
    expected = [str(r.configuration) for r in regions(network, read_domain(domain, 2))]
    assert [region["configuration"] for region in answer["regions"]] == expected


def test_an_infeasible_domain_file_gives_count_zero_with_its_proof(exactrelu, plane):
    domain = exactrelu.file("empty.json", domain_document((["1", "0"], "0", "<"), (["1", "0"], "0", ">=")))
    answer = exactrelu("regions", plane, "--domain", domain, "--json", "-").json
    assert (answer["count"], answer["regions"]) == (0, [])
    rows, multipliers = answer["emptiness"]["rows"], list(map(int, answer["emptiness"]["multipliers"]))
    sums = [
        sum(m * int(n) for m, n in zip(multipliers, column, strict=True))
        for column in zip(*([*row["normal"], row["offset"]] for row in rows), strict=True)
    ]
    assert sums == [0, 0, 0]
    assert all(m > 0 for m in multipliers)
    assert ">" in {row["relation"] for row in rows}


@pytest.mark.parametrize("words", [("pieces",), ("range",), ("region", "--at", "0,0")])
def test_every_answer_on_an_empty_domain_holds_its_proof(exactrelu, plane, words):
    domain = exactrelu.file("empty.json", domain_document((["0", "0"], "1", "<")))
    answer = exactrelu(words[0], plane, *words[1:], "--domain", domain, "--json", "-").json
    assert answer["emptiness"]["multipliers"] == ["1"]


def test_the_tree_shows_how_layers_refine(exactrelu, plane):
    lines = [line.strip("│├└─ ") for line in exactrelu("regions", plane, "--tree").out.splitlines()]
    assert lines[:8] == ["D", "00", "00|0", "01", "01|0", "01|1", "10", "10|0"]


# region -----------------------------------------------------------------------------------------


def test_the_region_of_a_point_is_that_of_its_configuration(exactrelu, plane):
    here = exactrelu("region", plane, "--at", "1/4,1/4", "--json", "-").json
    there = exactrelu("region", plane, "--configuration", "11|0", "--json", "-").json
    assert here == there
    assert here["configuration"] == "11|0"
    assert here["format"] == "exactrelu-region"


def test_a_point_on_boundaries_has_several_closed_cells_and_maybe_no_full_one(exactrelu, absolute):
    closed = exactrelu("region", absolute, "--at", "0", "--cells", "closed", "--json", "-").json
    assert [region["configuration"] for region in closed["regions"]] == ["00", "01", "10", "11"]
    assert exactrelu("region", absolute, "--at", "0", "--cells", "full", "--json", "-").json["regions"] == []
    half_open = exactrelu("region", absolute, "--at", "0", "--json", "-").json
    assert (half_open["configuration"], half_open["dimension"]) == ("00", 0)


def test_an_empty_cell_comes_with_its_proof(exactrelu, absolute):
    answer = exactrelu("region", absolute, "--configuration", "11", "--json", "-").json
    assert answer["regions"] == []
    assert answer["emptiness"]["multipliers"] == ["1", "1"]


def test_a_network_without_hidden_layers_has_the_empty_configuration(exactrelu):
    affine = exactrelu.file("affine.json", network_document(([["1", "2"]], ["3"])))
    answer = exactrelu("regions", affine, "--json", "-").json
    assert [region["configuration"] for region in answer["regions"]] == [""]
    assert answer["regions"][0]["lines"] == [["1", "0"], ["0", "1"]]
    assert exactrelu("region", affine, "--configuration", "", "--json", "-").json["bias"] == ["3"]
    assert exactrelu("evaluate", affine, "--at", "1,1", "--json", "-").json["preactivations"] == []


# pieces, range ----------------------------------------------------------------------------------


def test_pieces_report_cells_and_pieces_apart(exactrelu):
    identity = network_document(([[1], [-1], [1]], [0, 0, -1]), ([[1, -1, 0]], None))
    answer = exactrelu("pieces", exactrelu.file("identity.json", identity), "--json", "-").json
    assert (answer["cells"], answer["count"]) == (3, 1)
    assert answer["pieces"] == [{"configurations": ["010", "100", "101"], "weight": [["1"]], "bias": ["0"]}]
    assert answer["adjacency"] == [
        {"configurations": ["010", "100"], "flipped": [[1, 0], [1, 1]]},
        {"configurations": ["100", "101"], "flipped": [[1, 2]]},
    ]


def test_range_gives_values_with_points(exactrelu, absolute):
    (output,) = exactrelu("range", absolute, "--box", "-3:2", "--json", "-").json["outputs"]
    assert output == {
        "min": "0",
        "min_attained": True,
        "min_point": ["0"],
        "max": "3",
        "max_attained": True,
        "max_point": ["-3"],
    }
    (output,) = exactrelu("range", absolute, "--json", "-").json["outputs"]
    assert (output["max"], output["max_attained"]) == ("inf", False)
    assert output["max_ray"] in (["1"], ["-1"])


def test_the_range_on_an_empty_domain_is_nothing_with_a_proof(exactrelu, absolute):
    domain = exactrelu.file("empty.json", domain_document((["0"], "1", "<=")))
    answer = exactrelu("range", absolute, "--domain", domain, "--json", "-").json
    assert answer["outputs"][0]["min"] is None
    assert answer["emptiness"]["multipliers"] == ["1"]


# budgets ----------------------------------------------------------------------------------------


def test_a_budget_of_regions_ends_with_unknown_and_no_file(exactrelu, plane):
    target = str(exactrelu.folder / "out.json")
    outcome = exactrelu("regions", plane, "--max-regions", "6", "--json", target)
    assert (outcome.status, outcome.out) == (3, "")
    assert "unknown" in outcome.err
    assert exactrelu.files() == {"plane.json"}
    assert exactrelu("regions", plane, "--max-regions", "7", "--json", target).status == 0


def test_a_budget_leaves_json_lines_without_the_closing_count(exactrelu, plane):
    outcome = exactrelu("regions", plane, "--max-regions", "3", "--jsonl", "-")
    lines = [json.loads(line) for line in outcome.out.splitlines()]
    assert outcome.status == 3
    assert len(lines) == 3
    assert all("count" not in line for line in lines)
    assert all(Configuration.parse(a["configuration"], (2, 1)) for a, _ in pairwise(lines))


@pytest.mark.parametrize("command", ["pieces", "range"])
def test_budgets_hold_for_every_search(exactrelu, plane, command):
    outcome = exactrelu(command, plane, "--max-regions", "2", "--json", "-")
    assert (outcome.status, outcome.out) == (3, "")


def test_a_time_limit_ends_a_search_that_would_not_end(exactrelu):
    weights = [[(i * j) % 7 - 3 for j in range(12)] for i in range(60)]
    network = exactrelu.file("wide.json", network_document((weights, list(range(60))), ([[1] * 60], None)))
    outcome = exactrelu("regions", network, "--time-limit", "0.5", "--count", "--json", "-")
    assert (outcome.status, outcome.out) == (3, "")
    assert "0.5 seconds" in outcome.err


def test_more_budget_than_needed_changes_nothing(exactrelu, plane):
    words = ("regions", plane, "--json", "-")
    assert exactrelu(*words).out == exactrelu(*words, "--time-limit", "60", "--max-regions", "100").out
