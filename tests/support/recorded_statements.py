"""The statements that the kernel proved or refuted, and those on record.

`python -m tests.support.recorded_statements` writes the record: tests/data/statements.txt and
berner_statements.txt, which people read, so that a change of a page's data that leaves a true statement is
seen there; and proofs_checks/record.txt, the fingerprint of all that each claim shows, with which the command
line compares. Look at the difference before it is committed: it says how the ledger's words changed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from exactrelu.claims import FOLDER, RECORD, Finding, PaperClaim, fingerprint, load_claims

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
STATEMENTS = {"heinecke-hwang/": DATA / "statements.txt", "berner/": DATA / "berner_statements.txt"}
PAPER = "heinecke-hwang/"


def stated(claim: PaperClaim, finding: Finding) -> list[str]:
    """Return the lines of a claim: its id with each statement."""
    return [f"{claim.id}: {statement.text}" for statement in finding.statements]


def recorded(claim: PaperClaim) -> list[str]:
    """Return the lines of a claim that are on record."""
    (path,) = (path for paper, path in STATEMENTS.items() if claim.id.startswith(paper))
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith(f"{claim.id}: ")]


def main(claims: Iterable[PaperClaim]) -> None:
    """Write the statements and the fingerprints of all claims, and say whose are new."""
    found = [(claim, claim.check()) for claim in claims]
    for paper, path in STATEMENTS.items():
        lines = [
            line for claim, finding in found if claim.id.startswith(paper) for line in stated(claim, finding)
        ]
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    digests = {claim.id: fingerprint(finding) for claim, finding in found}
    record = "".join(f"{name} {digest}\n" for name, digest in digests.items())
    (ROOT / FOLDER / RECORD).write_text(record, encoding="utf-8")
    for claim, finding in found:
        verdicts = "" if claim.is_as_recorded(finding) else f": {finding.verdict}, {finding.corrected}"
        if digests[claim.id] != claim.shown or verdicts:
            sys.stdout.write(f"{claim.id}{verdicts}\n")


if __name__ == "__main__":
    main(load_claims())
