"""The papers' claims: found wherever the package is, shown, and compared with what is recorded."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import exactrelu as package
from exactrelu.claims import (
    FOLDER,
    ClaimVerdict,
    Finding,
    PaperClaim,
    find_claim,
    find_claims,
    fingerprint,
    load_claims,
)
from exactrelu.errors import UnknownClaimError
from exactrelu.formats import load_network
from tests.support.claims_modules import claims_module
from tests.support.found_claims import already_checked, finding_of

CLAIMS = load_claims()
ROOT = Path(package.__file__).resolve().parent
NUMBERED = [f"heinecke-hwang/C{number}" for number in range(1, 29)]


def made_up(identifier: str, verdict: ClaimVerdict) -> PaperClaim:
    finding = Finding(verdict, ("1 < 2",))
    return PaperClaim(identifier, "a title", "a  sentence", "a place", "a reading", verdict, lambda: finding)


def test_ids_are_distinct_and_the_numbered_claims_come_first_in_order():
    found = [claim.id for claim in CLAIMS]
    assert len(set(found)) == len(found)
    assert found[:28] == NUMBERED


def test_every_claim_says_what_it_is_about():
    for claim in CLAIMS:
        for text in (claim.title, claim.sentence, claim.source, claim.reading):
            assert text.strip() == text != "", claim.id
        assert claim.check.__doc__, claim.id


def test_a_claim_is_found_by_its_full_id_and_by_its_place_alone():
    assert find_claim(CLAIMS, "C10").id == "heinecke-hwang/C10"
    assert find_claim(CLAIMS, "HEINECKE-HWANG/c10").id == "heinecke-hwang/C10"
    assert find_claim(CLAIMS, "figure-1").id == "heinecke-hwang/figure-1"


def test_a_place_that_two_papers_have_is_refused_and_both_are_named():
    claims = [made_up("one/C1", ClaimVerdict.PROVED), made_up("two/C1", ClaimVerdict.PROVED)]
    with pytest.raises(UnknownClaimError, match="one/C1, two/C1"):
        find_claim(claims, "C1")
    assert find_claim(claims, "two/C1") is claims[1]


@pytest.fixture
def checked_once(monkeypatch):
    """The command line takes what the checks found when they ran first."""
    monkeypatch.setattr("exactrelu.claims.load_claims", lambda: already_checked(CLAIMS))


@pytest.mark.usefixtures("checked_once")
def test_the_table_has_every_claim_and_the_status_is_0_as_every_verdict_is_the_recorded_one(exactrelu):
    outcome = exactrelu("claims")
    assert (outcome.status, outcome.err) == (0, "")
    words = [line.split() for line in outcome.out.splitlines()]
    rows = {line[0]: line[1:3] for line in words if line and "/" in line[0]}
    assert rows == {claim.id: [str(claim.recorded)] * 2 for claim in CLAIMS}


@pytest.mark.usefixtures("checked_once")
def test_json_holds_every_claim_with_its_verdict_and_networks_that_read_back(exactrelu):
    document = exactrelu("claims", "--json", "-").json
    assert (document["format"], document["version"]) == ("exactrelu-claims", 1)
    assert [(c["id"], c["verdict"]) for c in document["claims"]] == [(c.id, str(c.recorded)) for c in CLAIMS]
    for claim in document["claims"]:
        assert claim["evidence"], claim["id"]
        for network in claim["networks"]:
            assert load_network(exactrelu.file("net.json", network)).widths


def test_one_claim_is_shown_with_all_that_is_needed_to_check_it_by_hand(exactrelu):
    outcome = exactrelu("claims", "C10")
    assert outcome.status == 0
    for fragment in (
        "Since M_2 diag(",
        "Example 2",
        "false as transcribed",
        "W_2 = [[1, 1]], b_2 = [1]",
        "(-1, -1)",
    ):
        assert fragment in outcome.out
    alone = exactrelu("claims", "heinecke-hwang/C10", "--json", "-").json["claims"]
    assert [claim["id"] for claim in alone] == ["heinecke-hwang/C10"]


def test_json_to_a_file_leaves_the_table_on_stdout(exactrelu):
    outcome = exactrelu("claims", "C1", "--json", str(exactrelu.folder / "out.json"))
    assert "proved" in outcome.out
    assert json.loads((exactrelu.folder / "out.json").read_text())["claims"][0]["verdict"] == "proved"


def test_words_find_the_claims_that_have_them_in_ids_and_titles():
    claims = [
        dataclasses.replace(made_up(name, ClaimVerdict.PROVED), title=title)
        for name, title in (("one/C1", "Theorem 5: atoms"), ("one/C2", "Theorem 50"), ("two/theorem-5", "x"))
    ]
    assert find_claims(claims, "theorem 5") == (claims[0], claims[2])
    assert find_claims(claims, "THEOREM") == tuple(claims)
    assert find_claims(claims, "atoms") == (claims[0],)
    assert find_claims(claims, "C2") == (claims[1],)
    with pytest.raises(UnknownClaimError, match="Theorem 6"):
        find_claims(claims, "Theorem 6")


@pytest.mark.parametrize("name", ["C99", "heinecke-hwang/", "", "heinecke-hwang", "C1 "])
def test_an_unknown_claim_is_one_line_and_status_2(exactrelu, name):
    assert exactrelu("claims", name).is_refusal("claim", repr(name))


@pytest.mark.parametrize("wrong", list(ClaimVerdict))
def test_a_verdict_that_is_not_the_recorded_one_makes_the_status_1(exactrelu, monkeypatch, wrong):
    changed = [
        dataclasses.replace(claim, recorded=wrong) if claim.id.endswith("/C10") else claim
        for claim in already_checked(CLAIMS[:12])
    ]
    monkeypatch.setattr("exactrelu.claims.load_claims", lambda: changed)
    expected = 0 if wrong is ClaimVerdict.REFUTED else 1
    assert exactrelu("claims").status == exactrelu("claims", "C10").status == expected
    assert exactrelu("claims", "C9").status == 0
    assert ("is recorded" in exactrelu("claims", "C10").out) == bool(expected)


@pytest.mark.parametrize("corrected", [None, *ClaimVerdict])
def test_a_corrected_form_that_is_not_as_recorded_makes_the_status_1(exactrelu, monkeypatch, corrected):
    claim = find_claim(CLAIMS, "C10")
    right = claim.corrected
    finding = dataclasses.replace(finding_of(claim.id), corrected=corrected)
    changed = [dataclasses.replace(claim, check=lambda: finding, shown=None)]
    monkeypatch.setattr("exactrelu.claims.load_claims", lambda: changed)
    outcomes = exactrelu("claims"), exactrelu("claims", "C10")
    expected = 0 if corrected is right else 1
    assert [outcome.status for outcome in outcomes] == [expected] * 2
    assert f"as recorded     {1 - expected}" in " ".join(outcomes[0].out.splitlines())
    assert (f"but {right} is recorded" in outcomes[1].out) == bool(expected)


def test_a_page_shows_the_cell_the_points_the_loss_and_the_corrected_form(exactrelu):
    page = exactrelu("claims", "C26").out
    for fragment in ("of theta = 1|1|1", "x = (2)", "x' = (1)", "||y||^2 / 2", "corrected form  proved"):
        assert fragment in page
    (document,) = exactrelu("claims", "C26", "--json", "-").json["claims"]
    assert (document["corrected"], document["cells"]) == ("proved", ["1|1|1"])
    assert "beta = 1" in document["loss"]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_what_a_claim_shows_is_on_record(claim):
    """If it changed on purpose, `python -m tests.support.recorded_statements` writes it anew."""
    assert claim.shown == fingerprint(finding_of(claim.id))


CHANGES = {
    "verdict": ClaimVerdict.ARGUED,
    "evidence": ("something else",),
    "networks": (),
    "points": (),
    "tried": 7,
    "sample": "0",
    "cells": ("0",),
    "loss": "another loss",
    "hypothesis": "another one",
    "corrected": ClaimVerdict.CHECKED,
    "words": ("other words",),
    "statements": (),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_claim_that_shows_something_else_than_what_is_on_record_has_no_verdict(
    exactrelu, monkeypatch, name
):
    claim = find_claim(CLAIMS, "C10")
    other = dataclasses.replace(finding_of(claim.id), **{name: CHANGES[name]})
    changed = dataclasses.replace(claim, check=lambda: other)
    assert changed.answer().verdict is ClaimVerdict.UNTRIED
    monkeypatch.setattr("exactrelu.claims.load_claims", lambda: [changed])
    outcome = exactrelu("claims", "C10")
    assert outcome.status == 1
    assert "is not what is on record" in outcome.out


def test_how_a_proof_is_done_is_not_on_record():
    finding = finding_of("heinecke-hwang/C1")
    lines = tuple(re.sub(r"(\d+) steps", r"1\1 steps", line) for line in finding.evidence)
    longer = dataclasses.replace(finding, evidence=lines, proof=())
    assert lines != finding.evidence
    assert fingerprint(longer) == fingerprint(finding)


def run_from(folder: Path, text: str | None) -> list[dict[str, str]]:
    """Return what the command line lists when the package is imported from ``folder``."""
    arguments = ["claims", *([] if text is None else [text]), "--json", "-"]
    code = f"import sys; from exactrelu.cli.main import main; sys.exit(main({arguments!r}))"
    return json.loads(output_of(folder, code))["claims"]


def output_of(folder: Path, code: str) -> str:
    """Return what some lines of Python print when the package is imported from ``folder``."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(folder)!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
    )
    return done.stdout


@pytest.mark.parametrize(
    ("places", "text"), [(["inside"], "theorem"), (["beside"], "lemma"), (["inside", "beside"], None)]
)
def test_the_claims_are_found_once_inside_the_package_or_beside_it(tmp_path, places, text):
    """All claims where there are two copies; else those of some words, so that the checks run once."""
    claims = ROOT / FOLDER if (ROOT / FOLDER).exists() else ROOT.parent / FOLDER
    shutil.copytree(ROOT, tmp_path / "exactrelu", ignore=shutil.ignore_patterns("__pycache__", FOLDER))
    for place in places:
        target = tmp_path / "exactrelu" / FOLDER if place == "inside" else tmp_path / FOLDER
        shutil.copytree(claims, target, ignore=shutil.ignore_patterns("__pycache__"))
    expected = CLAIMS if text is None else find_claims(CLAIMS, text)
    assert len(expected) > 3
    assert [(c["id"], c["verdict"]) for c in run_from(tmp_path, text)] == [
        (c.id, str(c.recorded)) for c in expected
    ]
    listed = "from exactrelu.claims import load_claims; print(*[c.id for c in load_claims()])"
    assert output_of(tmp_path, listed).split() == [claim.id for claim in CLAIMS]


def test_a_second_road_that_looks_at_less_has_another_sample():
    """The same networks and the same verdict, but points that are left out are seen in the digest."""
    verdicts, exact = (claims_module(name) for name in ("verdicts", "exact_networks"))
    networks = claims_module("tried_networks").tried_networks("seen", count=3)

    def trial(places):
        def failure(network):
            for place in places:
                exact.minus(network((place,) * network.inputs), network((0,) * network.inputs))

        return verdicts.by_trial(networks, failure)

    all_places, again, turned, fewer = (trial(p) for p in ((1, 2, 3), (1, 2, 3), (3, 2, 1), (1, 2)))
    assert all_places.sample == again.sample == turned.sample != fewer.sample
    assert all_places.evidence == fewer.evidence
    assert (
        verdicts.by_trial(networks[:2], lambda _: None).sample
        != verdicts.by_trial(networks, lambda _: None).sample
    )
