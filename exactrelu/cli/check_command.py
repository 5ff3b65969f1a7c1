"""``exactrelu check CERTIFICATE``."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from exactrelu.checker import Limits
from exactrelu.cli.inputs import file_name, positive
from exactrelu.cli.outputs import print_facts, write_json

SUMMARY = "check a certificate: what it proves, or where it fails"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("certificate", type=file_name, metavar="CERTIFICATE", help="plain or gzip")
    parser.add_argument(
        "--property",
        metavar="PROPERTY",
        help="see that it is about this VNN-LIB file, and what the file says",
    )
    texts = ("bytes of a line", "elements of a line", "digits of a number")
    for (name, usual), what in zip(Limits()._asdict().items(), texts, strict=True):
        text = f"read no more {what} (default {usual})"
        parser.add_argument(f"--max-{name}", type=positive, default=usual, metavar="N", help=text)
    parser.set_defaults(inputs=("certificate", "property"))


def execute(arguments: argparse.Namespace) -> int:
    """Check a certificate, say what it proves, and return 0 if it is valid, 1 if not."""
    from exactrelu.documents.certificate import check_document

    limits = Limits(arguments.max_line, arguments.max_elements, arguments.max_digits)
    document = check_document(arguments.certificate, limits)
    if arguments.property is not None:
        from exactrelu.certificates.property_files import see_property

        see_property(document, arguments.property)
    if arguments.json:
        write_json(arguments.json, document)
    if arguments.json != "-":
        _print(document)
    return int(document["verdict"] == "invalid")


def _print(document: dict[str, Any]) -> None:
    from exactrelu.documents.certificate import sentence

    if document["verdict"] == "invalid":
        sys.stdout.write(f"invalid: {document['place']}: {document['reason']}\n")
        return
    rows = (document["domain"] or {"inequalities": []})["inequalities"]
    leaves = ", ".join(f"{number} {kind}" for kind, number in document["leaves"].items() if number)
    facts = [("valid", sentence(document))]
    facts += [("network", digest or "no rational parameters (scales)") for digest in document["networks"]]
    if "box" not in document["claim"] and "sets" not in document["claim"]:  # else the claim has its own
        facts += [("domain", f"{len(rows)} inequalities, in the certificate" if rows else "the whole space")]
    print_facts(facts + ([("leaves", leaves)] if leaves else []))
