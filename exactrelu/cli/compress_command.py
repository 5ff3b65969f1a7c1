"""``exactrelu compress NET [DOMAIN] [-o FILE]``."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from exactrelu.cli.deep_steps import print_deep_step, widths_text
from exactrelu.cli.inputs import (
    add_domain,
    add_network,
    add_time_limit,
    domain_of,
    network_of,
    seconds,
)
from exactrelu.cli.outputs import (
    add_certificate,
    add_result,
    domain_text,
    network_text,
    print_facts,
    print_written,
    write_json,
)
from exactrelu.cli.supervisor import announce_deadline

if TYPE_CHECKING:
    from exactrelu.deep.compression import Compression

_UNKNOWN = 3
_EFFORT = 2.0

SUMMARY = "the smallest network that is proved to be the same function on a domain"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    add_domain(parser)
    add_result(parser, "-o", "--out-file", help="write the smaller network (.json, .onnx, .nnet, .smt2)")
    add_certificate(parser)
    add_time_limit(parser)
    parser.add_argument(
        "--effort",
        type=seconds,
        default=_EFFORT,
        metavar="SECONDS",
        help=f"for each question that bounds leave open (default {_EFFORT:g})",
    )


def execute(arguments: argparse.Namespace) -> int:
    """Make a network smaller, say what each step did, and write the result."""
    from exactrelu.deep.compression import compress
    from exactrelu.documents.compression import compression_document
    from exactrelu.documents.network import domain_document, write_network
    from exactrelu.enumeration.effort import Search

    network = network_of(arguments)
    domain = domain_of(arguments, network.inputs)
    if arguments.time_limit is not None:  # what is reached is kept, so a step that is late may end
        announce_deadline(2 * arguments.time_limit + 10)
    search = Search(time_limit=arguments.time_limit)
    found = compress(network, domain, search=search, effort=arguments.effort)
    if arguments.certificate:
        _certify(arguments.certificate, found)
    if arguments.out_file:
        write_network(found.after, arguments.out_file)
    if arguments.json:
        head = {"format": "exactrelu-compress", "version": 1, "network": network.digest}
        head["domain"] = domain_document(domain)
        write_json(arguments.json, head | compression_document(found))
    if arguments.json != "-":
        _print(arguments, found)
    return 0 if found.reason is None else _UNKNOWN


def _certify(path: str, found: Compression) -> None:
    """Write the proof of all steps; it takes the time that it takes."""
    from exactrelu.certificates.certify import certify

    certify(found, path)


def _print(arguments: argparse.Namespace, found: Compression) -> None:
    print_facts(
        [
            ("network", network_text(arguments, found.before)),
            ("domain", domain_text(arguments, found.domain)),
        ]
    )
    for step in found.steps:
        print_deep_step(step)
    if not found.steps:
        empty = found.domain.is_empty
        sys.stdout.write(
            "\nThe domain is empty: every function is the same on it\n" if empty else "\nno step\n"
        )
    sys.stdout.write("\n")
    bits = " to ".join(str(sum(network.bent_widths)) for network in (found.before, found.after))
    print_facts(
        [
            ("widths", f"{widths_text(found.before.widths)} to {widths_text(found.after.widths)}"),
            (
                "neurons",
                f"{sum(found.before.hidden_widths)} to {sum(found.after.hidden_widths)} ({bits} bent)",
            ),
            *(("undecided", text) for text in found.undecided),
            *([("stopped", found.reason)] if found.reason is not None else []),
        ]
    )
    print_written(arguments.out_file, arguments.certificate)
