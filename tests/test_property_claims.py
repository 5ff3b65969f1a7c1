"""A verifier's answer to a property file is judged exactly; what the competition would say stands beside."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from exactrelu import Network, Search
from exactrelu.audit import audit_claims
from exactrelu.errors import FormatError
from exactrelu.formats.vnnlib import parse_property
from exactrelu.verification.violations import NONE, Violation, least_violation

F = Fraction
ABSOLUTE = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
HEAD = "(declare-const X_0 Real)(declare-const Y_0 Real)(assert (>= X_0 -1))(assert (<= X_0 1))"
HALF_OR_NEGATIVE = HEAD + "(assert (or (and (>= Y_0 0.5)) (and (<= Y_0 -5))))"
NEVER = HEAD + "(assert (<= Y_0 -1e-7))"


@pytest.fixture
def audited(tmp_path):
    def audit(text, answer, counterexample=None, search=None, **more):
        (tmp_path / "p.vnnlib").write_text(text, encoding="utf-8")
        claim = {"kind": "property", "property": "p.vnnlib", "answer": answer, **more}
        if counterexample is not None:
            (tmp_path / "c.txt").write_text(counterexample, encoding="utf-8")
            claim["counterexample"] = "c.txt"
        path = tmp_path / "claims.json"
        path.write_text(
            json.dumps({"format": "exactrelu-audit-claims", "version": 1, "claims": [claim]}),
            encoding="utf-8",
        )
        (judgement,) = audit_claims(ABSOLUTE, path, search=search).judgements
        return judgement

    return audit


def test_answers_without_evidence_are_decided(audited):
    sat, unsat = audited(HALF_OR_NEGATIVE, "sat"), audited(NEVER, "unsat")
    assert (str(sat.verdict), str(unsat.verdict)) == ("holds", "holds")
    assert parse_property(HALF_OR_NEGATIVE).holds_at(sat.truth["point"], sat.truth["outputs"])
    assert str(audited(HALF_OR_NEGATIVE, "unsat").verdict) == "refuted"
    assert str(audited(NEVER, "sat").verdict) == "refuted"
    assert audited(NEVER, "sat").truth["answer"] == "unsat"


def test_an_exact_counterexample_holds_without_a_search(audited):
    judgement = audited(HALF_OR_NEGATIVE, "sat", "((X_0 0.75) (Y_0 0.75))", Search(max_regions=0))
    assert str(judgement.verdict) == "holds"
    shown = judgement.truth["counterexample"]
    assert (shown["validity"], shown["outputs"], shown["competition"]["accepted"]) == (
        "exactly valid",
        ["3/4"],
        True,
    )


def test_a_counterexample_by_tolerance_is_refuted_and_the_competition_accepts_it(audited):
    judgement = audited(NEVER, "sat", "sat\n((X_0 0)\n(Y_0 0))", tolerance="1e-6")
    shown = judgement.truth["counterexample"]
    assert (str(judgement.verdict), judgement.truth["answer"]) == ("refuted", "unsat")
    assert (shown["validity"], shown["violation"]) == ("valid within the tolerance only", "1/10000000")
    assert shown["competition"]["accepted"]
    assert "the competition accepts it" in judgement.summary


def test_a_right_answer_with_a_wrong_counterexample_is_refuted(audited):
    judgement = audited(HALF_OR_NEGATIVE, "sat", "((X_0 0.25) (Y_0 0.75))")
    shown = judgement.truth["counterexample"]
    assert (str(judgement.verdict), judgement.truth["answer"], shown["validity"]) == (
        "refuted",
        "sat",
        "invalid",
    )
    assert (shown["violated"], shown["violation"]) == ("y0 - 1/2 >= 0", "1/4")
    assert not shown["competition"]["accepted"]  # its outputs are not those of the network
    assert shown["competition"]["outputs_differ_by"] == "2/3"


def test_an_input_outside_the_box_by_less_than_the_tolerance_is_no_counterexample(audited):
    judgement = audited(HEAD + "(assert (>= Y_0 1.00005))", "sat", "((X_0 1.0001))")
    shown = judgement.truth["counterexample"]
    assert (str(judgement.verdict), judgement.truth["answer"]) == ("refuted", "unsat")
    assert (shown["violated"], shown["violation"]) == ("x0 <= 1", "1/10000")
    assert shown["competition"]["accepted"]
    assert not audited(HEAD + "(assert (>= Y_0 1.00005))", "sat", "((X_0 1.0002))").truth["counterexample"][
        "competition"
    ]["accepted"]


def test_a_limit_leaves_an_answer_unknown_and_a_bad_counterexample_refuted(audited):
    nothing = Search(time_limit=1e-9)
    assert str(audited(NEVER, "unsat", search=nothing).verdict) == "unknown"
    judgement = audited(NEVER, "sat", "((X_0 0))", nothing)
    assert (str(judgement.verdict), judgement.truth["answer"]) == ("refuted", None)


def test_the_least_violation_is_over_all_conjunctions():
    p = parse_property(HALF_OR_NEGATIVE)
    assert least_violation(p, (F(0),), (F(1),)) == NONE
    assert least_violation(p, (F(0),), (F(-4),)) == Violation(F(1), "-y0 - 5 >= 0")
    assert least_violation(p, (F(-3),), (F(1),)) == Violation(F(2), "x0 >= -1")
    strict = parse_property(HEAD + "(assert (> Y_0 1))")
    assert least_violation(strict, (F(0),), (F(1),)) == Violation(F(0), "y0 - 1 > 0")
    assert least_violation(parse_property(HEAD + "(assert false)"), (F(0),), (F(1),)) is None


def test_files_that_do_not_fit_name_the_claim(audited):
    with pytest.raises(
        FormatError, match=r"claims\[0\]: expected claims whose files can be read, got .*c\.txt: line 1"
    ):
        audited(NEVER, "sat", "((X_0 nan))")
    with pytest.raises(FormatError, match=r"claims\[0\].counterexample: expected none with the answer unsat"):
        audited(NEVER, "unsat", "((X_0 0))")
    with pytest.raises(FormatError, match="the network's 1 inputs"):
        audited("(declare-const X_1 Real)", "unsat")
