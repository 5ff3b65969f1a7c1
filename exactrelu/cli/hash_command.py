"""``exactrelu hash NET``."""

from __future__ import annotations

import argparse
import sys

from exactrelu.cli.inputs import network_of
from exactrelu.cli.outputs import write_json


def execute(arguments: argparse.Namespace) -> int:
    """Print the hash of the network's exact weights."""
    digest = network_of(arguments).digest
    if arguments.json:
        write_json(arguments.json, {"format": "exactrelu-hash", "version": 1, "network": digest})
    if arguments.json != "-":
        sys.stdout.write(f"{digest}\n")
    return 0
