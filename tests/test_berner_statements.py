"""The statements of Berner's claims that the kernel verified are those on record, word by word."""

from __future__ import annotations

from pathlib import Path

import pytest

from exactrelu.claims import load_claims
from tests.support.recorded_statements import stated

RECORD = Path(__file__).parent / "data" / "berner_statements.txt"


@pytest.mark.slow
def test_the_statements_are_those_on_record():
    """After a change that was read by a person, write what the failure shows to the record."""
    claims = [claim for claim in load_claims() if claim.id.startswith("berner/")]
    found = [line for claim in claims for line in stated(claim, claim.check())]
    assert found == RECORD.read_text(encoding="utf-8").splitlines()
