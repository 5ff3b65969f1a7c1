"""``exactrelu equal NET NET2 [DOMAIN]``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from exactrelu.cli.inputs import (
    add_domain,
    add_network,
    add_search,
    add_second_network,
    domain_of,
    pair_of,
    search_of,
)
from exactrelu.cli.outputs import (
    add_certificate,
    domain_text,
    pair_facts,
    print_facts,
    print_written,
    write_json,
)
from exactrelu.errors import ArgumentError
from exactrelu.numbers.rationals import rational_at
from exactrelu.numbers.text import number_text, rounded_text, rounded_up_text, vector_text
from exactrelu.verification.verdict import Verdict

if TYPE_CHECKING:
    from exactrelu.analysis.equality_decision import EqualityDecision

_STATUS = {Verdict.HOLDS: 0, Verdict.REFUTED: 1, Verdict.UNKNOWN: 3}


_NNET = ".nnet"
_ROUNDING = (
    "the decimals of an .nnet file mean what is written; --nnet-as float32 (or float64) reads them as the "
    "binary numbers that an ONNX file of the same network holds"
)

SUMMARY = "whether two networks are one function on a domain"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    add_second_network(parser)
    add_domain(parser)
    parser.add_argument(
        "--within",
        metavar="EPS",
        default="0",
        help="whether all outputs differ by at most EPS, a rational >= 0, everywhere (default 0: equality)",
    )
    add_search(parser)
    add_certificate(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Decide whether two networks are one function on a domain."""
    from exactrelu.analysis.equality import decide_equality
    from exactrelu.documents.equality import equality_document
    from exactrelu.documents.region import pair_header
    from exactrelu.enumeration import require_engine

    networks = pair_of(arguments)
    domain = domain_of(arguments, networks[0].inputs)
    engine, within = require_engine(arguments.engine), rational_at("--within", arguments.within)
    if within < 0:
        raise ArgumentError(f"--within: expected at least 0, got {arguments.within}")
    with search_of(arguments, engine) as search:
        decision = decide_equality(*networks, domain, within=within, search=search)
        if arguments.certificate and decision.verdict is not Verdict.UNKNOWN:
            from exactrelu.certificates.certify import certify

            certify(decision, arguments.certificate, search=search)
    if arguments.json:
        header = pair_header("exactrelu-equal", networks, domain, engine)
        write_json(arguments.json, header | equality_document(decision))
    if arguments.json != "-":
        print_facts(
            [
                *pair_facts(arguments, networks),
                ("domain", domain_text(arguments, domain)),
                *([("within", number_text(within))] if within else []),
                *_facts(arguments, decision),
            ]
        )
        print_written(arguments.certificate if decision.verdict is not Verdict.UNKNOWN else None)
    return _STATUS[decision.verdict]


def _facts(arguments: argparse.Namespace, decision: EqualityDecision) -> list[tuple[str, str]]:
    from exactrelu.documents.network import vector_texts

    cells = f" ({decision.cells} seen)" if decision.cells else ""
    cells = f" ({decision.boxes:,} boxes)" if decision.boxes else cells
    facts = [("verdict", str(decision.verdict)), ("decided by", f"{decision.method}{cells}")]
    if decision.point is not None and decision.outputs is not None:
        facts.append(("point", "(" + ", ".join(vector_texts(decision.point)) + ")"))
        facts += [
            (f"{name} output", vector_text(values))
            for name, values in zip(("first", "second"), decision.outputs, strict=True)
        ]
        difference = [a - b for a, b in zip(*decision.outputs, strict=True)]
        facts += [
            ("difference", "(" + ", ".join(vector_texts(difference)) + "), exactly"),
            ("its size", rounded_text(max(map(abs, difference)))),
        ]
        if arguments.nnet_as == "exact" and _NNET in _endings(arguments):
            facts.append(("note", _ROUNDING))
    if decision.reason is not None:
        facts.append(("reason", decision.reason))
    if decision.bound is not None:
        facts.append(("so far", f"the outputs differ by at most {rounded_up_text(decision.bound)}"))
    return facts


def _endings(arguments: argparse.Namespace) -> set[str]:
    return {Path(name).suffix.lower() for name in (arguments.network, arguments.second)}
