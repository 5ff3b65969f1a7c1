"""``exactrelu degeneracy NET``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from exactrelu.cli.inputs import add_network, add_sums, parametrization_of
from exactrelu.cli.outputs import print_facts, print_table, shallow_text, write_json
from exactrelu.numbers.rationals import format_rational

if TYPE_CHECKING:
    from exactrelu.stability.degeneracy import Applicability, DegeneracyReport


SUMMARY = "what is degenerate in a shallow network, and which step repairs it (L = 2)"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    add_sums(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Print what is degenerate in a shallow network, which theorem applies, and what repairs it."""
    from exactrelu.documents.degeneracy import degeneracy_document
    from exactrelu.stability.degeneracy import degeneracy_report

    shallow = parametrization_of(arguments)
    report = degeneracy_report(shallow, most_sums=arguments.max_sums)
    if arguments.json:
        write_json(arguments.json, degeneracy_document(shallow, report))
    if arguments.json != "-":
        print_facts([("network", shallow_text(arguments, shallow))])
        print_facts(_facts(report))
        print_table(("our reconstruction of", "applies", "because", "repair"), map(_row, report.theorems))
    return 0


def _facts(report: DegeneracyReport) -> list[tuple[str, str]]:
    unbalanced = [
        f"{bad.neuron} (|a| = {bad.weight_norm}, |c| = {bad.coefficient_norm})" for bad in report.unbalanced
    ]
    return [
        ("unbalanced", _listed(unbalanced)),
        ("zero", _listed(report.zero)),
        ("constant", _listed(report.constant)),
        ("parallel", _listed(map(_set, report.parallel))),
        ("opposite", _listed(f"{_set(one)} to {_set(two)}" for one, two in report.opposite_classes)),
        ("near-opposite", _flip_text(report)),
    ]


def _flip_text(report: DegeneracyReport) -> str:
    flip = report.cheapest_flip
    if flip is None:
        return "none: fewer than two neurons"
    scope = "" if report.all_flips_tried else " among the sets that were tried (--max-sums)"
    change, smallest = format_rational(flip.change), format_rational(flip.smallest)
    numbers = f"|sum of c (x) a| = {change}, least |c (x) a| = {smallest}"
    verdict = "" if flip.is_near_opposite else "none: "
    return f"{verdict}{_set(flip.neurons)} is cheapest to flip{scope}: {numbers}"


def _row(item: Applicability) -> tuple[str, ...]:
    missing = f"none: {item.irreparable}" if item.irreparable else "none found"
    repair = missing if item.repair is None else ",".join(item.repair)
    return item.theorem, "yes" if item.applies else "no", "; ".join(item.failures), repair


def _set(members: Any) -> str:
    return "{" + ", ".join(map(str, members)) + "}"


def _listed(items: Any) -> str:
    return ", ".join(map(str, items)) or "none"
