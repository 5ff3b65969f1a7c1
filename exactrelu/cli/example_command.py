"""``exactrelu example NAME -o FILE``."""

from __future__ import annotations

import argparse

from exactrelu.cli.inputs import UsageError, natural
from exactrelu.cli.outputs import add_result, print_facts, print_table, print_written, write_json

SUMMARY = "a standard example of the literature as an exact network"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("name", metavar="NAME", nargs="?", help="the example; --list shows them")
    parser.add_argument("--list", action="store_true", help="show the examples")
    parser.add_argument("--n", type=natural, metavar="N", help="its size (--list says what N is)")
    add_result(parser, "-o", "--out-file", help="the network to write (.json, .onnx, .nnet)")


def execute(arguments: argparse.Namespace) -> int:
    """Write a standard example, or list them."""
    if arguments.list:
        return _list(arguments)
    if arguments.name is None:
        raise UsageError("NAME: expected an example (--list shows them), got none")
    from exactrelu.construction.standard_examples import standard_example
    from exactrelu.documents.network import network_document, write_network

    network = standard_example(arguments.name, arguments.n)
    if arguments.out_file:
        write_network(network, arguments.out_file)
    if arguments.json:
        write_json(arguments.json, network_document(network))
    if arguments.json != "-":
        print_facts(
            [
                ("example", f"{network.name}: {network.description}"),
                ("source", str(network.source)),
                ("network", "-".join(map(str, network.widths))),
                ("hash", network.digest),
            ]
        )
        print_written(arguments.out_file)
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from exactrelu.construction.standard_examples import EXAMPLES

    if arguments.name is not None or arguments.n is not None or arguments.out_file:
        raise UsageError("--list: expected alone, got more")
    rows = [(name, str(e.default), e.summary, e.source) for name, e in EXAMPLES.items()]
    if arguments.json:
        keys = ("name", "n", "summary", "source")
        examples = [dict(zip(keys, row, strict=True)) for row in rows]
        write_json(arguments.json, {"format": "exactrelu-examples", "version": 1, "examples": examples})
    if arguments.json != "-":
        print_table(("name", "n (default)", "what it is", "source"), rows)
    return 0
