"""``exactrelu pieces NET [DOMAIN]``."""

from __future__ import annotations

import argparse
from typing import Any

from exactrelu.cli.inputs import add_domain, add_network, add_search, domain_of, network_of, search_of
from exactrelu.cli.outputs import (
    configuration_text,
    domain_text,
    map_text,
    network_text,
    print_facts,
    print_rows,
    write_json,
)
from exactrelu.networks.reading import Reading

SUMMARY = "linear pieces: cells with one affine map, joined through facets, and their adjacency"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    add_domain(parser)
    add_search(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Print the linear pieces, with their cells and adjacency."""
    from exactrelu.analysis.pieces import tiling
    from exactrelu.documents.pieces import pieces_document
    from exactrelu.enumeration import Problem, resolve_engine

    network = network_of(arguments)
    domain = domain_of(arguments, network.inputs)
    engine = resolve_engine(arguments.engine, Problem.of(network, domain, Reading.FULL))
    with search_of(arguments, engine) as search:
        found = tiling(network, domain, search=search)
        pieces = found.pieces
    if arguments.json:
        write_json(arguments.json, pieces_document(found, engine))
    if arguments.json != "-":
        rows = [
            (str(len(piece.configurations)), _shortened(piece.configurations), map_text(piece.affine_map))
            for piece in pieces
        ]
        print_rows(("cells", "configurations", "affine map"), rows)
        print_facts(
            [
                ("network", network_text(arguments, network)),
                ("domain", domain_text(arguments, domain)),
                ("engine", engine),
                ("full cells", str(len(found.maps)) if found.maps else "0: the domain is empty"),
                ("linear pieces", str(len(pieces))),
            ]
        )
    return 0


def _shortened(configurations: tuple[Any, ...]) -> str:
    texts = [configuration_text(configuration) for configuration in configurations[:4]]
    return ", ".join(texts) + (", ..." if len(configurations) > 4 else "")
