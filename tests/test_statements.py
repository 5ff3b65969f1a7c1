"""Statements of claims: every change of a statement is noticed, as the kernel compares symbol by symbol."""

from __future__ import annotations

import sys
from itertools import islice

import pytest

from exactrelu.claims import ClaimVerdict, load_claims
from tests.support.claims_modules import claims_module
from tests.support.found_claims import finding_of
from tests.support.recorded_statements import PAPER, recorded, stated
from tests.support.statement_mutations import statement_mutants

verdicts, rules = claims_module("verdicts"), claims_module("kernel.rules")
PAGES = {
    claim.id: sys.modules[claim.check.__module__]
    for claim in load_claims()
    if hasattr(sys.modules[claim.check.__module__], "STATEMENT")
}


@pytest.mark.parametrize("name", PAGES)
def test_the_statement_of_a_page_is_what_was_proved_and_no_changed_statement_is(name):
    page = PAGES[name]
    refutes = not hasattr(page, "proof")
    if refutes and not hasattr(page, "denial"):
        for mutant in islice(statement_mutants(page.STATEMENT), 3):
            assert not page.CLAIM.is_as_recorded(page.CLAIM.check(statement=mutant.statement)), mutant.what
        return
    theorem = page.denial() if refutes else page.proof()
    finding = verdicts.by_kernel(page.STATEMENT, lambda: theorem, refutes=refutes)
    assert finding.verdict in {ClaimVerdict.PROVED, ClaimVerdict.REFUTED}
    mutants = list(statement_mutants(page.STATEMENT))
    assert len(mutants) > 3
    for mutant in mutants:
        assert not verdicts.gives(theorem, mutant.statement, refutes=refutes), mutant.what


DENIED = {name: page for name, page in PAGES.items() if hasattr(page, "DENIED")}


@pytest.mark.parametrize("name", DENIED)
def test_the_statement_that_a_page_denies_beside_its_own_is_what_was_denied_and_no_changed_one_is(name):
    page = DENIED[name]
    theorem = page.denial()
    assert verdicts.gives(theorem, page.DENIED, refutes=True)
    for mutant in statement_mutants(page.DENIED):
        assert not verdicts.gives(theorem, mutant.statement, refutes=True), mutant.what


KINDS = (
    ("CORRECTED", "correction"),
    ("CORRECTED_STATEMENT", "correction"),  # where CORRECTED is a list of polygons
    ("CHARITABLE", "charitable"),
    ("REPAIRED", "repair"),
)
CORRECTIONS = {
    name: (getattr(page, statement), getattr(page, proof))
    for name, page in PAGES.items()
    for statement, proof in KINDS
    if hasattr(page, statement) and hasattr(page, proof)
}


def test_most_refuted_pages_have_a_corrected_form_with_a_proof():
    assert len(CORRECTIONS) >= 17


@pytest.mark.parametrize("name", CORRECTIONS)
def test_the_corrected_form_of_a_page_is_what_was_proved_and_no_changed_one_is(name):
    statement, proof = CORRECTIONS[name]
    theorem = proof()
    assert verdicts.gives(theorem, statement)
    for mutant in statement_mutants(statement):
        assert not verdicts.gives(theorem, mutant.statement), mutant.what


def test_a_mutant_differs_from_its_statement():
    for page in PAGES.values():
        assert all(m.statement != page.STATEMENT for m in islice(statement_mutants(page.STATEMENT), 50))


HEINECKE_HWANG = [claim for claim in load_claims() if claim.id.startswith(PAPER)]


@pytest.mark.parametrize("claim", HEINECKE_HWANG, ids=lambda claim: claim.id)
def test_what_is_proved_has_a_proof_that_a_reader_can_see_and_its_statement_is_on_record(claim):
    finding = finding_of(claim.id)
    assert stated(claim, finding) == recorded(claim)
    if finding.verdict is ClaimVerdict.PROVED or finding.corrected is ClaimVerdict.PROVED:
        assert finding.proof
        assert finding.statements
