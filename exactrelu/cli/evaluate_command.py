"""``exactrelu evaluate NET --at X``."""

from __future__ import annotations

import argparse

from exactrelu.cli.inputs import add_network, add_point, network_of, point_at
from exactrelu.cli.outputs import network_text, print_facts, print_rows, print_table, write_json
from exactrelu.numbers.rationals import format_rational
from exactrelu.numbers.text import number_text, rounded_text, vector_text

_LONG = 240  # characters of a number that are still shown


SUMMARY = "exact output, pre-activations and configuration of a point"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    add_point(parser, required=True)


def execute(arguments: argparse.Namespace) -> int:
    """Print the exact output, pre-activations and configuration of a point."""
    from exactrelu.documents.evaluation import evaluation_document

    network = network_of(arguments)
    point = point_at(arguments.at, network.inputs)
    if arguments.json:
        write_json(arguments.json, evaluation_document(network, point))
    if arguments.json != "-":
        print_facts(
            [
                ("network", network_text(arguments, network)),
                ("point", vector_text(point)),
                ("configuration", str(network.configuration(point))),
            ]
        )
        outputs = [(str(i), format_rational(y), rounded_text(y)) for i, y in enumerate(network(point))]
        print_table(("output", "exact value", "decimal"), outputs)
        rows = [
            (str(k), str(i), number_text(value, _LONG))
            for k, layer in enumerate(network.preactivations(point), start=1)
            for i, value in enumerate(layer)
        ]
        if rows:
            print_rows(("layer", "neuron", "pre-activation"), rows)
    return 0
