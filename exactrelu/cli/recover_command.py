"""``exactrelu recover NET --architecture WIDTHS [-o FILE]``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from exactrelu.cli.inputs import (
    add_network,
    add_time_limit,
    natural,
    network_of,
    positive,
    time_limit_of,
)
from exactrelu.cli.outputs import add_result, network_text, print_facts, print_written, write_json
from exactrelu.errors import ArgumentError
from exactrelu.verification.verdict import Verdict

if TYPE_CHECKING:
    from exactrelu.analysis.equality_decision import EqualityDecision
    from exactrelu.identifiability.isomorphism import IsomorphismDecision
    from exactrelu.identifiability.recovery import Recovery
    from exactrelu.networks.network import Network

DONE, UNKNOWN = 0, 3

SUMMARY = "a network's weights from its values alone (one or two hidden layers)"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    parser.add_argument(
        "--architecture",
        type=_widths,
        metavar="WIDTHS",
        help="the widths that are assumed, such as 2-6-4-1 (default: those of NET)",
    )
    parser.add_argument(
        "--max-queries",
        type=positive,
        default=500_000,
        metavar="N",
        help="ask for no more than N values (default 500000)",
    )
    parser.add_argument(
        "--seed", type=natural, default=0, metavar="N", help="where the lines lie (default 0)"
    )
    add_time_limit(parser)
    add_result(parser, "-o", "--out-file", help="write the recovered network (.json, .onnx, .nnet)")


def execute(arguments: argparse.Namespace) -> int:
    """Recover a network from its values, and compare the two as networks."""
    from exactrelu.documents.network import write_network
    from exactrelu.documents.recovery import recovery_document
    from exactrelu.identifiability.recovery import recover

    network = network_of(arguments)
    widths = _checked(arguments.architecture or network.widths, network)
    with time_limit_of(arguments):
        found = recover(network, widths, seed=arguments.seed, most_queries=arguments.max_queries)
        evidence = None if found.network is None else _compared(network, found.network)
    if arguments.out_file and found.network is not None:
        write_network(found.network, arguments.out_file)
    if arguments.json:
        write_json(arguments.json, recovery_document(network, widths, found, evidence))
    if arguments.json != "-":
        print_facts(
            [
                ("network", f"{network_text(arguments, network)}, as a black box"),
                ("architecture", "-".join(map(str, widths))),
                *_facts(found, evidence),
            ]
        )
        print_written(arguments.out_file if found.network is not None else None)
    proved = evidence is not None and evidence[0].verdict is Verdict.HOLDS
    return DONE if proved else UNKNOWN


_Evidence = tuple["EqualityDecision", "IsomorphismDecision"]


def _compared(network: Network, found: Network) -> _Evidence:
    from exactrelu.analysis.equality import decide_equality
    from exactrelu.identifiability.isomorphism import decide_isomorphism

    return decide_equality(network, found), decide_isomorphism(network, found)


def _facts(found: Recovery, evidence: _Evidence | None) -> list[tuple[str, str]]:
    facts = [("queries", f"{found.queries} values")]
    if evidence is None:
        return [("verdict", str(found.verdict)), *facts, ("reason", str(found.reason))]
    equality, isomorphism = evidence
    text = {Verdict.HOLDS: "yes", Verdict.REFUTED: "no", Verdict.UNKNOWN: "not decided"}
    facts += [
        ("recovered", f"agrees at all of them, {found.compared} of which were drawn to compare"),
        ("same function", f"{text[equality.verdict]}, decided by {equality.method}"),
        ("same weights", f"{text[isomorphism.verdict]}, up to permutation and positive scaling"),
    ]
    if found.free:
        facts.append(("left open", f"{found.free} weights, which the values do not determine"))
    verdict = Verdict.HOLDS if equality.verdict is Verdict.HOLDS else Verdict.UNKNOWN
    return [("verdict", str(verdict)), *facts]


def _widths(text: str) -> tuple[int, ...]:
    parts = text.split("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 9 for part in parts):
        raise argparse.ArgumentTypeError(f"expected widths such as 2-6-4-1, got {text!r}")
    return tuple(map(int, parts))


def _checked(widths: tuple[int, ...], network: Network) -> tuple[int, ...]:
    if (widths[0], widths[-1]) != (network.inputs, network.outputs):
        shown = "-".join(map(str, widths))
        raise ArgumentError(
            f"--architecture: expected {network.inputs} inputs and {network.outputs} outputs, got {shown}"
        )
    return widths
