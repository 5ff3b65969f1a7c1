"""``exactrelu hash NET``."""

from __future__ import annotations

import argparse
import sys

from exactrelu.cli.inputs import add_network, network_of
from exactrelu.cli.outputs import write_json

SUMMARY = "the hash of the exact weights: equal networks have equal hashes"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Print the hash of the network's exact weights."""
    digest = network_of(arguments).digest
    if arguments.json:
        write_json(arguments.json, {"format": "exactrelu-hash", "version": 1, "network": digest})
    if arguments.json != "-":
        sys.stdout.write(f"{digest}\n")
    return 0
