"""``exactrelu smtlib NET [DOMAIN] (--configuration BITS | --bound BOUND | --equal NET2)``."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from exactrelu.cli.inputs import add_cells, add_domain, add_network, domain_of, network_of, pair_of
from exactrelu.cli.outputs import add_result, print_written, write_json
from exactrelu.writing.atomic_file import write_atomically

if TYPE_CHECKING:
    from exactrelu.networks.network import Network
    from exactrelu.polyhedra.domain import Domain


SUMMARY = "a question about a network as an SMT-LIB 2 script (QF_LRA)"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    parser.set_defaults(inputs=("equal",))
    add_domain(parser)
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--configuration", metavar="BITS", help="sat iff the configuration counts (--cells)")
    asked.add_argument(
        "--bound",
        action="append",
        metavar="BOUND",
        help="such as 'y0 - 2 y1 <= x0 + 5/2' (repeatable): sat iff a point of the domain violates one",
    )
    asked.add_argument("--equal", metavar="NET2", help="sat iff the networks differ on the domain")
    add_cells(parser)
    add_result(parser, "-o", "--out-file", help="write the script to FILE (default: stdout)")


def execute(arguments: argparse.Namespace) -> int:
    """Write a question about a network as an SMT-LIB 2 script."""
    from exactrelu.documents.network import domain_document

    network = network_of(arguments)
    domain = domain_of(arguments, network.inputs)
    script = _script(arguments, network, domain)
    if arguments.out_file:
        write_atomically(arguments.out_file, [script])
    if arguments.json:
        document = {
            "format": "exactrelu-smtlib",
            "version": 1,
            "network": network.digest,
            "domain": domain_document(domain),
            "script": script,
        }
        write_json(arguments.json, document)
    if arguments.json != "-":
        if arguments.out_file:
            print_written(arguments.out_file)
        else:
            sys.stdout.write(script)
    return 0


def _script(arguments: argparse.Namespace, network: Network, domain: Domain) -> str:
    from exactrelu.documents.smt_lib import (
        bounds_script,
        configuration_script,
        inequality_script,
    )
    from exactrelu.verification.linear_bound import LinearBound

    if arguments.equal is not None:
        arguments.second = arguments.equal
        return inequality_script(*pair_of(arguments), domain)
    if arguments.bound is not None:
        bounds = [LinearBound.parse(text) for text in arguments.bound]
        return bounds_script(network, bounds, domain)
    return configuration_script(network, arguments.configuration, domain, arguments.cells)
