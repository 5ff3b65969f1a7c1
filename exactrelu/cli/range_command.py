"""``exactrelu range NET [DOMAIN]``."""

from __future__ import annotations

import argparse
from fractions import Fraction
from typing import TYPE_CHECKING

from exactrelu.cli.inputs import add_domain, add_network, add_search, domain_of, network_of, search_of
from exactrelu.cli.outputs import (
    add_certificate,
    domain_text,
    network_text,
    print_facts,
    print_table,
    print_written,
    write_json,
)
from exactrelu.cli.workers import add_workers, one_thread_each, workers_of
from exactrelu.networks.reading import Reading
from exactrelu.numbers.rationals import format_rational
from exactrelu.numbers.text import rounded_text, vector_text

if TYPE_CHECKING:
    from exactrelu.analysis.ranges import OutputRange


SUMMARY = "exact range of each output"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    add_domain(parser)
    add_search(parser)
    add_workers(parser, "share a long search")
    add_certificate(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Print the exact range of each output."""
    if arguments.jobs > 1:
        one_thread_each()
    from exactrelu.analysis.ranges import output_range
    from exactrelu.documents.ranges import ranges_document
    from exactrelu.documents.region import domain_header
    from exactrelu.enumeration import Problem, resolve_engine

    network = network_of(arguments)
    domain = domain_of(arguments, network.inputs)
    engine = resolve_engine(arguments.engine, Problem.of(network, domain, Reading.FULL))
    with search_of(arguments, arguments.engine) as search, workers_of(arguments) as workers:
        ranges = output_range(network, domain, search=search, workers=workers)
        if arguments.certificate:
            from exactrelu.certificates.ranges import certify_ranges

            certify_ranges(arguments.certificate, [network], domain, ranges, search=search)
    if arguments.json:
        header = domain_header("exactrelu-range", network, domain, engine)
        write_json(arguments.json, header | ranges_document(ranges, network.outputs))
    if arguments.json != "-":
        print_facts(
            [
                ("network", network_text(arguments, network)),
                ("domain", domain_text(arguments, domain)),
                ("engine", engine),
            ]
        )
        if ranges is None:
            print_facts([("range", "the domain is empty")])
        else:
            rows = [row for j, one in enumerate(ranges) for row in _rows(j, one)]
            print_table(("output", "", "value", "decimal", "attained", "point"), rows)
        print_written(arguments.certificate)
    return 0


def _rows(index: int, one: OutputRange) -> list[tuple[str, ...]]:
    from exactrelu.documents.network import vector_texts

    rows: list[tuple[str, ...]] = []
    for name, extremum in (("min", one.minimum), ("max", one.maximum)):
        if isinstance(extremum.value, Fraction):
            value, decimal = format_rational(extremum.value), rounded_text(extremum.value)
        else:
            value = decimal = str(extremum.value)
        point = vector_text(extremum.point)
        if extremum.ray is not None:
            point += f" + t ({', '.join(vector_texts(extremum.ray))})"
        rows.append(
            (
                str(index) if name == "min" else "",
                name,
                value,
                decimal,
                "yes" if extremum.attained else "no",
                point,
            )
        )
    return rows
