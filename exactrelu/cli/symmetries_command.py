"""``exactrelu symmetries NET [DOMAIN]``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from exactrelu.cli.inputs import (
    add_domain,
    add_network,
    add_search,
    domain_of,
    network_of,
    point_at,
    search_of,
)
from exactrelu.cli.outputs import domain_text, network_text, print_facts, print_rows, write_json
from exactrelu.networks.reading import Reading

if TYPE_CHECKING:
    from exactrelu.identifiability.functional_dimension import FunctionalDimension
    from exactrelu.identifiability.symmetry_report import SymmetryReport
    from exactrelu.networks.network import Network

SUMMARY = "the functional dimension, hidden symmetries, and which bends are seen"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    add_domain(parser)
    add_search(parser)
    parser.add_argument(
        "--at",
        metavar="X",
        action="append",
        help="a point (repeatable): the batch functional dimension at these points, and nothing else",
    )


def execute(arguments: argparse.Namespace) -> int:
    """Print the functional dimension, what is hidden, and what is seen of the bends."""
    from exactrelu.documents.region import domain_header
    from exactrelu.documents.symmetries import symmetries_document
    from exactrelu.enumeration import Problem, resolve_engine
    from exactrelu.identifiability.symmetry_report import symmetries

    network = network_of(arguments)
    if arguments.at:
        return _at_points(arguments, network)
    domain = domain_of(arguments, network.inputs)
    engine = resolve_engine(arguments.engine, Problem.of(network, domain, Reading.FULL))
    with search_of(arguments, engine) as search:
        report = symmetries(network, domain, search=search)
    if arguments.json:
        header = domain_header("exactrelu-symmetries", network, domain, engine)
        write_json(arguments.json, header | symmetries_document(report))
    if arguments.json != "-":
        print_facts(
            [("network", network_text(arguments, network)), ("domain", domain_text(arguments, domain))]
        )
        print_facts(_dimension("functional dim.", report.dimension, "full cells"))
        _print_report(report)
    return 0


def _at_points(arguments: argparse.Namespace, network: Network) -> int:
    from exactrelu.documents.symmetries import dimension_document
    from exactrelu.identifiability.functional_dimension import functional_dimension

    domain = domain_of(arguments, network.inputs)
    points = [point_at(text, network.inputs) for text in arguments.at]
    dimension = functional_dimension(network, domain, points=points)
    if arguments.json:
        head = {"format": "exactrelu-symmetries", "version": 1, "network": network.digest}
        write_json(arguments.json, head | {"batch_functional_dimension": dimension_document(dimension)})
    if arguments.json != "-":
        print_facts([("network", network_text(arguments, network))])
        print_facts(_dimension("batch f. dim.", dimension, "points"))
    return 0


def _dimension(name: str, dimension: FunctionalDimension, places: str) -> list[tuple[str, str]]:
    single = str(dimension.smallest)
    if dimension.largest != dimension.smallest:
        single = f"{single} to {dimension.largest}"
    return [
        (name, str(dimension.value)),
        (
            "at most",
            f"{dimension.most} = {dimension.parameters} parameters - {dimension.rescalings} rescalings",
        ),
        (places, f"{dimension.cells}, each alone {single}" if dimension.cells else "0"),
    ]


def _print_report(report: SymmetryReport) -> None:
    found = [str(finding) for finding in report.hidden] or ["none found"]
    print_facts([("hidden" if n == 0 else "", text) for n, text in enumerate(found)])
    if report.transparency is not None:
        transparency = report.transparency
        off = f"no: hidden layer {transparency.layer} is off on the cell {transparency.configuration}"
        print_facts([("transparent", "yes" if transparency.holds else off)])
    rows = [
        (f"{k}:{i}", str(bend.visibility), str(bend.facets), str(bend.seen), str(bend.alone))
        for bend in report.bends
        for k, i in [bend.neuron]
    ]
    if rows:
        print_rows(("neuron", "its bend is seen", "facets", "seen", "where it alone bends"), rows)
