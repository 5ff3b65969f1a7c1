"""``exactrelu smtlib NET [DOMAIN] (--configuration BITS | --bound BOUND | --equal NET2)``."""

from __future__ import annotations

import argparse
import sys

from exactrelu.cli.inputs import domain_of, network_of, pair_of
from exactrelu.cli.outputs import print_written, write_json
from exactrelu.documents.network import domain_document
from exactrelu.documents.smt_lib import OutputBound, bounds_script, configuration_script, inequality_script
from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain import Domain
from exactrelu.writing.atomic_file import write_atomically


def execute(arguments: argparse.Namespace) -> int:
    """Write a question about a network as an SMT-LIB 2 script."""
    network = network_of(arguments)
    domain = domain_of(arguments, network.inputs)
    script = _script(arguments, network, domain)
    if arguments.output:
        write_atomically(arguments.output, [script])
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
        if arguments.output:
            print_written(arguments.output)
        else:
            sys.stdout.write(script)
    return 0


def _script(arguments: argparse.Namespace, network: Network, domain: Domain) -> str:
    if arguments.equal is not None:
        arguments.second = arguments.equal
        return inequality_script(*pair_of(arguments), domain)
    if arguments.bound is not None:
        bounds = [OutputBound.parse(text) for text in arguments.bound]
        return bounds_script(network, bounds, domain)
    return configuration_script(network, arguments.configuration, domain, arguments.cells)
