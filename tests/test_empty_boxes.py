"""A box with LO > HI is the empty set: nothing is counted, all holds, and the proof shows the two bounds."""

from __future__ import annotations

import pytest

from exactrelu import (
    Domain,
    Network,
    Search,
    checker,
    count,
    decide_equality,
    distance,
    lipschitz_constant,
    output_range,
    testing,
    tiling,
)
from exactrelu.audit import judge
from exactrelu.audit.bounds import BoundsClaim
from exactrelu.audit.network_pairs import EqualityClaim
from exactrelu.audit.region_counts import RegionCountClaim
from exactrelu.documents.network import network_document
from exactrelu.documents.region import emptiness_of
from exactrelu.errors import DomainError

ABSOLUTE = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
TWICE = Network.from_rationals([([[2]], None)])
SUM = Network.from_rationals([([[1, 1], [1, -1]], None), ([[1, 1]], None)])
UPSIDE_DOWN = Domain.box([("3/2", "1/2")])


def test_no_point_lies_in_it_and_both_bounds_are_kept_as_written():
    assert [row.entries for row in UPSIDE_DOWN.rows] == [(2, -3), (-2, 1)]
    assert not any(UPSIDE_DOWN.contains((x,)) for x in ("1/2", 1, "3/2"))
    proof = emptiness_of(1, UPSIDE_DOWN.rows)["emptiness"]
    assert proof == {
        "rows": [
            {"normal": ["2"], "offset": "-3", "relation": ">="},
            {"normal": ["-2"], "offset": "1", "relation": ">="},
        ],
        "multipliers": ["1", "1"],  # the sum says -2 >= 0
    }


def test_one_such_side_empties_the_box_whatever_the_others_are():
    for bounds in ([(0, 1), (1, 0)], [(1, 0), (2, 2)], [(1, 0), (1, 0)]):
        assert emptiness_of(2, Domain.box(bounds).rows)
        assert count(SUM, Domain.box(bounds)) == 0
    with pytest.raises(DomainError, match=r"coordinate 1: expected a pair"):
        Domain.box([(1, 0), (1,)])


@pytest.mark.parametrize("engine", ["ppl", "generators", "lp", "auto"])
@pytest.mark.parametrize("reading", ["half-open", "closed", "full"])
def test_every_engine_counts_nothing_in_every_reading(engine, reading):
    assert count(ABSOLUTE, UPSIDE_DOWN, reading, search=Search(engine)) == 0


def test_the_library_answers_as_on_any_empty_domain():
    assert str(decide_equality(ABSOLUTE, TWICE, UPSIDE_DOWN).verdict) == "holds"
    assert output_range(ABSOLUTE, UPSIDE_DOWN) is None
    assert tiling(ABSOLUTE, UPSIDE_DOWN).pieces == ()
    for norm in ("sup", "w1inf", "l1", "l2"):
        assert distance(ABSOLUTE, TWICE, UPSIDE_DOWN, norm).power == 0
    for lipschitz_norm in ("1", "2", "inf"):
        assert lipschitz_constant(ABSOLUTE, UPSIDE_DOWN, lipschitz_norm).power == 0


def test_what_is_claimed_of_all_its_points_holds():
    claims = [
        RegionCountClaim(0, "half-open", UPSIDE_DOWN),
        BoundsClaim(2, (0,), (5,), (-5,), UPSIDE_DOWN),
        EqualityClaim(TWICE, UPSIDE_DOWN),
    ]
    assert [str(judge(claim, ABSOLUTE).verdict) for claim in claims] == ["holds"] * 3
    assert str(judge(RegionCountClaim(1, "half-open", UPSIDE_DOWN), ABSOLUTE).verdict) == "refuted"
    testing.assert_same_function(ABSOLUTE, TWICE, domain=[(1, 0)])
    testing.assert_region_count(ABSOLUTE, 0, reading="full", domain=[(1.5, 0.5)])
    with pytest.raises(AssertionError, match="--box 1:0"):
        testing.assert_region_count(ABSOLUTE, 1, reading="full", domain=[(1, 0)])


@pytest.fixture
def files(exactrelu):
    return [exactrelu.file(f"{i}.json", network_document(net)) for i, net in enumerate((ABSOLUTE, TWICE))]


def test_commands_take_such_a_box_and_say_that_it_is_empty(exactrelu, files):
    box = ("--box", "3/2:1/2", "--json", "-")
    outcome = exactrelu("regions", files[0], *box)
    assert (outcome.status, outcome.json["count"], outcome.json["regions"]) == (0, 0, [])
    assert outcome.json["emptiness"]["multipliers"] == ["1", "1"]
    assert outcome.json["domain"]["inequalities"][0] == {"normal": ["1"], "offset": "-3/2", "relation": ">="}
    assert exactrelu("regions", files[0], "--box", "3/2:1/2", "--count").status == 0
    assert exactrelu("pieces", files[0], *box).json["count"] == 0
    assert exactrelu("range", files[0], *box).json["outputs"][0]["max"] is None
    assert exactrelu("lipschitz", files[0], "--norm", "1", *box).json["constant"] == "0"
    assert exactrelu("distance", *files, *box).json["value"] == "0"
    assert exactrelu("argmax", files[0], *box).json["count"] == 0
    assert exactrelu("region", files[0], "--at", "1", *box).json["regions"] == []
    equal = exactrelu("equal", *files, *box)
    assert (equal.status, equal.json["verdict"], equal.json["method"]) == (0, "holds", "empty domain")


@pytest.mark.parametrize("command", ["regions", "range", "lipschitz", "equal", "distance"])
def test_the_certificate_of_such_a_box_is_valid(exactrelu, files, command):
    path = str(exactrelu.folder / "proof.jsonl")
    pair = files if command in ("equal", "distance") else files[:1]
    assert exactrelu(command, *pair, "--box", "3/2:1/2", "--certificate", path).status == 0
    assert exactrelu("check", path).status == 0
    assert checker.main([path]) == 0


def test_audits_take_such_a_box(exactrelu, files):
    box = {"box": [["3/2", "1/2"]]}
    claims = [
        {"kind": "region-count", "value": 0, "reading": "full"},
        {"kind": "region-count", "value": 2, "reading": "full"},
        {"kind": "bounds", "lower": [1], "upper": [-1]},
        {"kind": "equality", "other": files[1]},
        {"kind": "configurations", "configurations": [], "reading": "full"},
        {"kind": "distance", "other": files[1], "norm": "l1", "upper": 0},
    ]
    head = {"format": "exactrelu-audit-claims", "version": 1}
    path = exactrelu.file("claims.json", head | {"claims": [claim | {"domain": box} for claim in claims]})
    outcome = exactrelu("audit", files[0], path, "--json", "-")
    verdicts = [one["verdict"] for one in outcome.json["claims"]]
    assert verdicts == ["holds", "refuted", "holds", "holds", "holds", "holds"]
    assert outcome.status == 1
