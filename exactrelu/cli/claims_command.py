"""``exactrelu claims [ID]``."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from exactrelu.cli.outputs import add_result, print_facts, print_table, write_json

if TYPE_CHECKING:
    from exactrelu.claims import ClaimVerdict, Finding, PaperClaim
    from exactrelu.networks.network import Network

AS_RECORDED, NOT_AS_RECORDED = 0, 1
_WIDTH = 100


SUMMARY = "the papers' claims, each with its verdict"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "id",
        nargs="?",
        metavar="ID",
        help="one claim, such as heinecke-hwang/C10 or C10; or words of ids and titles, as in 'Theorem 5'",
    )
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
            sys.stdout.write("\n".join(_page(*found[0])) + "\n")
    same = all(claim.is_as_recorded(finding) for claim, finding in found)
    return AS_RECORDED if same else NOT_AS_RECORDED


def _print_all(found: Sequence[tuple[PaperClaim, Finding]]) -> None:
    rows = [
        (claim.id, str(claim.recorded), str(finding.verdict), _or_dash(finding.corrected), claim.title)
        for claim, finding in found
    ]
    print_table(("claim", "recorded", "found", "corrected", "title"), rows)
    same = sum(claim.is_as_recorded(finding) for claim, finding in found)
    print_facts([("claims", str(len(found))), ("as recorded", str(same))])


def _page(claim: PaperClaim, finding: Finding) -> Iterator[str]:
    """Yield the lines that show a claim with all that is needed to check it by hand."""
    from exactrelu.documents.network import vector_texts

    yield f"{claim.id}: {claim.title}"
    yield ""
    yield from _paragraph("source", claim.source)
    yield from _paragraph("as transcribed", claim.sentence)
    yield from _paragraph("reading", claim.reading)
    changed = "" if finding.verdict is claim.recorded else f", but {claim.recorded} is recorded"
    yield from _paragraph("verdict", f"{_verdict_text(finding)}{changed}")
    if claim.corrected is not None or finding.corrected is not None:
        changed = (
            "" if finding.corrected is claim.corrected else f", but {_or_dash(claim.corrected)} is recorded"
        )
        yield from _paragraph("corrected form", f"{_or_dash(finding.corrected)}{changed}")
    if finding.hypothesis is not None:
        yield from _paragraph("true if", finding.hypothesis)
    for part in finding.words:
        yield from _paragraph("in words", part)
    for statement in finding.statements:
        yield from _paragraph("statement", statement.text)
        for meaning in statement.where:
            yield from _paragraph("  where", meaning)
    for step in finding.proof:
        conclusion = f": {step.formula}" if step.depth else " gives the statement"
        yield from _paragraph("proof", f"{'  ' * step.depth}{step.name}{conclusion}")
    for line in finding.evidence:
        yield from _paragraph("evidence", line)
    for network in finding.networks:
        yield from _network_lines(network)
    for cell in finding.cells:
        yield from _paragraph("cell", f"of theta = {cell}")
    if finding.loss is not None:
        yield from _paragraph("loss", finding.loss)
    for name, point in finding.points:
        yield from _paragraph("point", f"{name} = ({', '.join(vector_texts(point))})")


def _or_dash(verdict: ClaimVerdict | None) -> str:
    return "-" if verdict is None else str(verdict)


def _verdict_text(finding: Finding) -> str:
    tried = "" if finding.tried is None else f" ({finding.tried} tried)"
    return f"{finding.verdict}: {finding.verdict.meaning}{tried}"


def _network_lines(network: Network) -> Iterator[str]:
    shape = "-".join(map(str, network.widths))
    yield from _paragraph("network", f"{network.name or 'of the evidence'} ({shape}), {network.digest}")
    for number, layer in enumerate(network.layers, start=1):
        rows = ", ".join(map(_row, layer.weight))
        yield f"{'':<15} W_{number} = [{rows}], b_{number} = {_row(layer.bias)}"


def _row(entries: Sequence[Fraction]) -> str:
    from exactrelu.documents.network import vector_texts

    return f"[{', '.join(vector_texts(entries))}]"


def _paragraph(name: str, text: str) -> Iterator[str]:
    lines = textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False) or [""]
    yield f"{name:<15} {lines[0]}"
    for line in lines[1:]:
        yield f"{'':<15} {line}"
