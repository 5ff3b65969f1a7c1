"""The statements of Berner's claims that the kernel verified are those on record, word by word."""

from __future__ import annotations

import pytest

from exactrelu.claims import load_claims
from tests.support.found_claims import finding_of
from tests.support.recorded_statements import recorded, stated

BERNER = [claim for claim in load_claims() if claim.id.startswith("berner/")]


@pytest.mark.parametrize("claim", BERNER, ids=lambda claim: claim.id)
def test_the_statements_are_those_on_record(claim):
    """After a change that was read by a person, `python -m tests.support.recorded_statements` records it."""
    assert stated(claim, finding_of(claim.id)) == recorded(claim)
