"""``exactrelu isomorphic NET NET2``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from exactrelu.cli.inputs import add_network, add_second_network, pair_of, positive
from exactrelu.cli.outputs import pair_facts, print_facts, print_rows, write_json
from exactrelu.numbers.rationals import brief
from exactrelu.verification.verdict import Verdict

if TYPE_CHECKING:
    from exactrelu.identifiability.isomorphism import IsomorphismDecision

_STATUS = {Verdict.HOLDS: 0, Verdict.REFUTED: 1, Verdict.UNKNOWN: 3}

SUMMARY = "whether two networks differ by permuted hidden neurons and positive scales alone"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    add_second_network(parser)
    parser.add_argument(
        "--max-trials",
        type=positive,
        default=10_000,
        metavar="N",
        help="try no more than N choices among neurons that look alike (default 10000)",
    )


def execute(arguments: argparse.Namespace) -> int:
    """Decide whether two networks differ by permutation and positive scaling alone."""
    from exactrelu.documents.isomorphism import isomorphism_document
    from exactrelu.identifiability.isomorphism import decide_isomorphism

    networks = pair_of(arguments)
    decision = decide_isomorphism(*networks, most_trials=arguments.max_trials)
    if arguments.json:
        write_json(arguments.json, isomorphism_document(networks, decision))
    if arguments.json != "-":
        print_facts([*pair_facts(arguments, networks), ("verdict", str(decision.verdict))])
        if decision.reason is not None:
            print_facts([("reason", decision.reason)])
        _print_symmetry(decision)
    return _STATUS[decision.verdict]


def _print_symmetry(decision: IsomorphismDecision) -> None:
    layers = zip(decision.permutations or (), decision.scales or (), strict=True)
    rows = [
        (f"{k}:{i}", f"{k}:{j}", brief(scale))
        for k, (order, scales) in enumerate(layers, start=1)
        for i, (j, scale) in enumerate(zip(order, scales, strict=True))
    ]
    if rows:
        print_rows(("neuron of NET2", "of NET", "its row times"), rows)
