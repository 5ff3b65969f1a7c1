"""``exactrelu region NET (--at X | --configuration BITS)``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from exactrelu.cli.inputs import (
    add_cells,
    add_domain,
    add_limits,
    add_network,
    add_point,
    domain_of,
    network_of,
    point_at,
    search_of,
)
from exactrelu.cli.outputs import domain_text, map_text, network_text, print_facts, print_table, write_json
from exactrelu.networks.reading import Reading
from exactrelu.numbers.text import functional_text, vector_text

if TYPE_CHECKING:
    from exactrelu.networks.network import Network
    from exactrelu.networks.region import Region
    from exactrelu.polyhedra.domain import Domain


SUMMARY = "one region: the cell of a point or of a configuration"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    chosen = parser.add_mutually_exclusive_group(required=True)
    add_point(chosen)
    chosen.add_argument("--configuration", metavar="BITS", help="bits of each hidden layer: 01|1")
    add_cells(parser)
    add_domain(parser)
    add_limits(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Print the region of a point or of a configuration."""
    from exactrelu.documents.region import emptiness_of, problem_header, region_document
    from exactrelu.enumeration import Problem
    from exactrelu.enumeration.region_at import regions_at
    from exactrelu.networks.configuration import Configuration
    from exactrelu.networks.region import cell_rows, region_of

    network = network_of(arguments)
    domain, reading = domain_of(arguments, network.inputs), Reading(arguments.cells)
    rows = domain.rows
    with search_of(arguments) as search:
        if arguments.at is not None:
            point = point_at(arguments.at, network.inputs)
            found = list(regions_at(network, point, domain, reading, search=search))
        else:
            configuration = Configuration.parse(arguments.configuration, network.bent_widths)
            region = region_of(network, configuration, domain, reading)
            found = [region] if region else []
            rows = cell_rows(network, configuration, domain, reading)
    if arguments.json:
        header = problem_header("exactrelu-region", network, Problem(network, domain, reading))
        documents = [region_document(region) for region in found]
        body = documents[0] if len(documents) == 1 else {"regions": documents}
        emptiness = {} if found else emptiness_of(network.inputs, rows)
        write_json(arguments.json, {**header, **body, **emptiness})
    if arguments.json != "-":
        _print(arguments, network, domain, reading, found)
    return 0


def _print(
    arguments: argparse.Namespace, network: Network, domain: Domain, reading: Reading, found: list[Region]
) -> None:
    print_facts(
        [
            ("network", network_text(arguments, network)),
            ("cells", str(reading)),
            ("domain", domain_text(arguments, domain)),
            *([("asked at", arguments.at)] if arguments.at is not None else []),
        ]
    )
    if not found:
        asked = (
            f"configuration {arguments.configuration}" if arguments.at is None else f"point {arguments.at}"
        )
        print_facts([("region", f"none: the {asked} has no {reading} cell there")])
    for region in found:
        print_facts(
            [
                ("configuration", str(region.configuration)),
                (
                    "dimension",
                    f"{region.dimension}{', bounded' if region.geometry.bounded else ', unbounded'}",
                ),
                ("inner point", vector_text(region.point)),
                ("affine map", map_text(region.affine_map).replace("\n", "\n" + " " * 16)),
            ]
        )
        print_table(("the closure of the cell", "strict"), _constraint_texts(region))


def _constraint_texts(region: Region) -> list[tuple[str, str]]:
    """Return the constraints of the closure, each with a mark where it is strict on the cell.

    Strict rows that are no facets of the closure come last, with an empty left side.
    """
    geometry = region.geometry
    strict = set(region.strict)
    others = sorted(strict - set(geometry.facets))
    rows = [
        *((f"{functional_text(row)} = 0", "") for row in geometry.equations),
        *((f"{functional_text(row)} >= 0", "> 0" if row in strict else "") for row in geometry.facets),
        *(("", f"{functional_text(row)} > 0") for row in others),
    ]
    return rows or [("(the whole space)", "")]
