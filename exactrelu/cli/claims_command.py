"""``exactrelu claims [ID]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from exactrelu.cli.claim_page import claim_page, or_dash
from exactrelu.cli.outputs import add_result, print_facts, print_table, write_json

if TYPE_CHECKING:
    from exactrelu.claims import Finding, PaperClaim

AS_RECORDED, NOT_AS_RECORDED = 0, 1


SUMMARY = "the papers' claims, each with its verdict"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "id",
        nargs="?",
        metavar="ID",
        help="one claim, such as heinecke-hwang/C10 or C10; or words of ids and titles, as in 'Theorem 5'",
    )
    parser.add_argument("--full", action="store_true", help="with one claim: every formula and row in full")
    add_result(parser, "--report", help="write the claims as one page to read: .html, or LaTeX as .tex")


def execute(arguments: argparse.Namespace) -> int:
    """Check all claims or one; the status is 0 when every verdict, on corrected forms too, is recorded."""
    from exactrelu.claims import find_claims, load_claims
    from exactrelu.documents.claims import claim_document
    from exactrelu.documents.claims_report import report_format
    from exactrelu.writing.atomic_file import write_atomically

    write_report = None if arguments.report is None else report_format(arguments.report)
    claims = load_claims()
    chosen = claims if arguments.id is None else find_claims(claims, arguments.id)
    found = [(claim, claim.answer()) for claim in chosen]
    if arguments.json:
        documents = [claim_document(claim, finding) for claim, finding in found]
        write_json(arguments.json, {"format": "exactrelu-claims", "version": 1, "claims": documents})
    if write_report is not None:
        write_atomically(arguments.report, write_report(found))
    if arguments.json != "-":
        if arguments.id is None or len(found) > 1:
            _print_all(found)
        else:
            sys.stdout.write("\n".join(claim_page(*found[0], full=arguments.full)) + "\n")
    same = all(claim.is_as_recorded(finding) for claim, finding in found)
    return AS_RECORDED if same else NOT_AS_RECORDED


def _print_all(found: Sequence[tuple[PaperClaim, Finding]]) -> None:
    rows = [
        (claim.id, str(claim.recorded), str(finding.verdict), or_dash(finding.corrected), claim.title)
        for claim, finding in found
    ]
    print_table(("claim", "recorded", "found", "corrected", "title"), rows)
    same = sum(claim.is_as_recorded(finding) for claim, finding in found)
    print_facts([("claims", str(len(found))), ("as recorded", str(same))])
