"""``exactrelu audit NET CLAIMS``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from exactrelu.cli.inputs import add_network, add_search, network_of, search_of
from exactrelu.cli.outputs import network_text, print_facts, print_table, print_written, write_json
from exactrelu.verification.verdict import Verdict

if TYPE_CHECKING:
    from exactrelu.audit import Audit
    from exactrelu.networks.network import Network

_STATUS = {Verdict.HOLDS: 0, Verdict.REFUTED: 1, Verdict.UNKNOWN: 3}
_LONGEST = 300


SUMMARY = "judge what a float tool claims about a network, claim by claim"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    parser.set_defaults(inputs=("claims",))
    parser.add_argument(
        "claims", metavar="CLAIMS", help="a file of claims (exactrelu-audit-claims, docs/audit.md)"
    )
    add_search(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Judge each claim of a file; the exit status is that of the worst."""
    from exactrelu.audit import audit_claims
    from exactrelu.enumeration import require_engine

    network = network_of(arguments)
    engine = require_engine(arguments.engine)
    with search_of(arguments, engine) as search:
        audit = audit_claims(network, arguments.claims, search)
    if arguments.json:
        write_json(arguments.json, _document(network, audit, engine))
    if arguments.json != "-":
        facts = [("network", network_text(arguments, network)), ("claims", arguments.claims)]
        if audit.claims.tool is not None:
            facts.append(("tool", audit.claims.tool))
        print_facts([*facts, ("engine", engine), ("verdict", str(audit.verdict))])
        print_table(("claim", "kind", "verdict", "the truth"), _rows(audit))
        print_written(arguments.json)
    return _STATUS[audit.verdict]


def _document(network: Network, audit: Audit, engine: str) -> dict[str, Any]:
    from exactrelu.documents.audit import judgements_document

    pairs = zip(audit.claims.claims, audit.judgements, strict=True)
    return {
        "format": "exactrelu-audit",
        "version": 1,
        "network": network.digest,
        "engine": engine,
        "tool": audit.claims.tool,
        "verdict": str(audit.verdict),
        "claims": judgements_document((named.document(), judgement) for named, judgement in pairs),
    }


def _rows(audit: Audit) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for named, judgement in zip(audit.claims.claims, audit.judgements, strict=True):
        name = str(named.index) if named.id is None else f"{named.index} {named.id}"
        text = judgement.summary
        shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... (all with --json)"
        rows.append((name, named.kind, str(judgement.verdict), shown))
    return rows
