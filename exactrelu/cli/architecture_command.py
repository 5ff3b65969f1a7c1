"""``exactrelu architecture WIDTHS``."""

from __future__ import annotations

import argparse

from exactrelu.cli.bound_tables import print_bounds
from exactrelu.cli.inputs import natural
from exactrelu.cli.outputs import print_facts, write_json

SUMMARY = "what is known of the number of cells of networks with given widths"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("widths", metavar="WIDTHS", type=_widths, help="the widths, such as 2-16-16-1")
    parser.add_argument(
        "--dimension", type=natural, metavar="D", help="the dimension of the domain (default: all inputs)"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Print the bounds of the literature for an architecture."""
    from exactrelu.counting_bounds.known_bounds import architecture_bounds
    from exactrelu.documents.counting_bounds import architecture_document

    bounds = architecture_bounds(arguments.widths, arguments.dimension)
    if arguments.json:
        write_json(arguments.json, architecture_document(arguments.widths, bounds))
    if arguments.json != "-":
        print_facts([("widths", "-".join(map(str, arguments.widths)))])
        print_bounds(bounds)
    return 0


def _widths(text: str) -> tuple[int, ...]:
    return tuple(map(natural, text.split("-")))
