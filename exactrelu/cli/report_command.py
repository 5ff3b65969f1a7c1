"""``exactrelu report NET [DOMAIN] -o FILE``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from exactrelu.cli.inputs import (
    UsageError,
    add_domain,
    add_network,
    add_point,
    domain_of,
    network_of,
    point_at,
    seconds,
)
from exactrelu.cli.long_steps import within_time
from exactrelu.cli.outputs import (
    add_result,
    domain_text,
    network_text,
    print_facts,
    print_written,
    write_json,
)

if TYPE_CHECKING:
    from exactrelu.networks.network import Network
    from exactrelu.polyhedra.domain import Domain
    from exactrelu.verification.property import Property


SUMMARY = "one page about a network: ranges, constants, counts, degeneracies, pictures, with certificates"
_SECONDS = 10.0


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    add_domain(parser)
    parser.add_argument(
        "--property",
        action="append",
        default=[],
        metavar="FILE",
        help="a VNN-LIB 1.0 file that describes unsafe points (repeatable)",
    )
    parser.add_argument(
        "--bound",
        action="append",
        default=[],
        metavar="BOUND",
        help="what should hold on the domain, such as 'y0 <= 5/2' (repeatable)",
    )
    parser.add_argument(
        "--slice", metavar="I,J", help="the two inputs, counted from 0, along which it is drawn (default 0,1)"
    )
    add_point(parser)
    parser.add_argument(
        "--effort",
        type=seconds,
        default=_SECONDS,
        metavar="SECONDS",
        help=f"how long each question and each certificate may take (default {_SECONDS:g})",
    )
    add_result(parser, "-o", "--out-file", help="the page to write (.html)")


def execute(arguments: argparse.Namespace) -> int:
    """Write the page, and print which questions have no answer."""
    from exactrelu.documents.report import report_document
    from exactrelu.report.network_report import report_on
    from exactrelu.report.subject import Subject, answered

    if not arguments.out_file or not arguments.out_file.lower().endswith((".html", ".htm")):
        raise UsageError(f"report: expected -o FILE.html, got {arguments.out_file or 'none'}")
    network = network_of(arguments)
    domain = domain_of(arguments, network.inputs)
    subject = Subject(
        network,
        domain,
        tuple(_properties(arguments, network, domain)),
        arguments.effort,
        _plane(arguments.slice),
        None if arguments.at is None else point_at(arguments.at, network.inputs),
        network.name or Path(arguments.network).name,
    )
    report = report_on(subject, within_time(answered))
    report.write(arguments.out_file)
    if arguments.json:
        write_json(arguments.json, report_document(network.digest, str(domain), report.sections))
    if arguments.json != "-":
        print_facts(
            [
                ("network", network_text(arguments, network)),
                ("domain", domain_text(arguments, domain)),
                *[(section.title, section.unanswered or "answered") for section in report.sections],
            ]
        )
        print_written(arguments.out_file)
    return 0


def _properties(
    arguments: argparse.Namespace, network: Network, domain: Domain
) -> list[tuple[str, Property]]:
    from exactrelu.formats.vnnlib import read_property
    from exactrelu.verification.property import Property

    shape = network.inputs, network.outputs
    read = [(path, read_property(path, *shape)) for path in arguments.property]
    return read + [(bound, Property.from_bounds(*shape, domain, [bound])) for bound in arguments.bound]


def _plane(text: str | None) -> tuple[int, int]:
    parts = ["0", "1"] if text is None else text.split(",")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise UsageError(f"--slice: expected two inputs I,J counted from 0, got {text!r}")
    return int(parts[0]), int(parts[1])
