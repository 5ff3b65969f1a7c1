"""The statements that the kernel proved or refuted, and those on record.

`python -m tests.support.recorded_statements` prints what is to be recorded. The record of Heinecke & Hwang's
claims, tests/data/statements.txt, is read by people: a change of a page's data that leaves a true statement
is seen there.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from exactrelu.claims import Finding, PaperClaim, load_claims

PAPER = "heinecke-hwang/"
RECORD = Path(__file__).resolve().parents[1] / "data" / "statements.txt"


def stated(claim: PaperClaim, finding: Finding) -> list[str]:
    """Return the lines of a claim: its id with each statement."""
    return [f"{claim.id}: {statement.text}" for statement in finding.statements]


def recorded(claim: PaperClaim) -> list[str]:
    """Return the lines of a claim that are on record."""
    lines = RECORD.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith(f"{claim.id}: ")]


def main(claims: Iterable[PaperClaim]) -> None:
    """Print the statements of all claims."""
    for claim in claims:
        sys.stdout.writelines(f"{line}\n" for line in stated(claim, claim.check()))


if __name__ == "__main__":
    main(claim for claim in load_claims() if claim.id.startswith(PAPER))
