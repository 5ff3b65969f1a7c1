"""``exactrelu argmax NET [DOMAIN]``."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import TYPE_CHECKING

from exactrelu.cli.inputs import add_domain, add_network, add_search, domain_of, network_of, search_of
from exactrelu.cli.outputs import (
    configuration_text,
    domain_text,
    network_text,
    print_facts,
    print_rows,
    write_json,
)
from exactrelu.networks.reading import Reading
from exactrelu.numbers.rationals import format_rational, rational_at
from exactrelu.numbers.text import vector_text

if TYPE_CHECKING:
    from exactrelu.analysis.decision_regions import ArgmaxRegion


SUMMARY = "where each output is the largest, and the decision boundary"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    add_domain(parser)
    add_search(parser)
    parser.add_argument(
        "--threshold",
        metavar="P/Q",
        help="for one output: class 1 where it exceeds the threshold, class 0 where it is smaller",
    )


def execute(arguments: argparse.Namespace) -> int:
    """Print where each output is the largest, and the facets of the decision boundary."""
    from exactrelu.analysis.decision_regions import argmax_regions, with_threshold
    from exactrelu.documents.decision_regions import decision_document
    from exactrelu.documents.region import domain_header
    from exactrelu.enumeration import Problem, resolve_engine

    network = network_of(arguments)
    domain = domain_of(arguments, network.inputs)
    threshold = None if arguments.threshold is None else rational_at("--threshold", arguments.threshold)
    classifier = network if threshold is None else with_threshold(network, threshold)
    engine = resolve_engine(arguments.engine, Problem.of(classifier, domain, Reading.FULL))
    with search_of(arguments, arguments.engine) as search:
        found = argmax_regions(classifier, domain, search=search)
    if arguments.json:
        header = domain_header("exactrelu-argmax", network, domain, engine)
        if threshold is not None:
            header["threshold"] = format_rational(threshold)
        write_json(arguments.json, header | decision_document(found))
    if arguments.json != "-":
        print_rows(("class", "configuration", "point"), [_row(one) for one in found.regions])
        sizes = Counter(one.classes for one in found.regions)
        print_facts(
            [
                ("network", network_text(arguments, network)),
                ("domain", domain_text(arguments, domain)),
                ("engine", engine),
                ("full cells", str(found.cells) if found.cells else "0: the domain is empty"),
                *((f"class {_name(classes)}", f"{sizes[classes]} regions") for classes in sorted(sizes)),
                ("boundary", f"{len(found.boundary)} facets, counted in each cell"),
            ]
        )
    return 0


def _name(classes: tuple[int, ...]) -> str:
    return "=".join(map(str, classes))


def _row(one: ArgmaxRegion) -> tuple[str, str, str]:
    return _name(one.classes), configuration_text(one.configuration), vector_text(one.geometry.point)
