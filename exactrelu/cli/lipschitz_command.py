"""``exactrelu lipschitz NET [DOMAIN] [--norm 1|2|inf]``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from exactrelu.cli.inputs import (
    add_domain,
    add_network,
    add_search,
    digits,
    domain_of,
    network_of,
    search_of,
)
from exactrelu.cli.outputs import (
    add_certificate,
    domain_text,
    network_text,
    print_facts,
    print_rows,
    print_table,
    print_written,
    write_json,
)
from exactrelu.cli.workers import add_workers, one_thread_each, workers_of
from exactrelu.networks.reading import Reading
from exactrelu.numbers.text import number_text, vector_text

if TYPE_CHECKING:
    from exactrelu.analysis.lipschitz import LipschitzConstant
    from exactrelu.analysis.lipschitz_bounds import Comparison, LocalComparison, TheoremSix
    from exactrelu.enumeration.effort import Search
    from exactrelu.networks.network import Network
    from exactrelu.numbers.algebraic import AlgebraicNumber
    from exactrelu.polyhedra.domain import Domain

_LONGEST = 160
_NAMES = {
    "stated": "(i) as stated",
    "true_norms": "(i) with true norms",
    "spectral": "(ii) sigma^L",
}


SUMMARY = "the exact Lipschitz constant, beside the bounds of Theorem 6"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    add_domain(parser)
    add_search(parser)
    parser.add_argument(
        "--norm", choices=["1", "2", "inf"], default="2", help="the norm of both spaces (default 2)"
    )
    parser.add_argument(
        "--digits",
        type=digits,
        default=12,
        metavar="N",
        help="decimals of a root (default 12, most 100000)",
    )
    parser.add_argument(
        "--normalization",
        choices=["euclidean", "sum", "max", "none"],
        default="euclidean",
        help='what "normalized" rows and columns means in Theorem 6 (default euclidean)',
    )
    parser.add_argument("--no-bounds", action="store_true", help="leave the bounds of Theorem 6 out")
    parser.add_argument("--local", action="store_true", help="each cell's constant too, beside its bounds")
    add_workers(parser, "share a long search")
    add_certificate(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Print the exact Lipschitz constant, beside the bounds of Theorem 6."""
    if arguments.jobs > 1:
        one_thread_each()
    from exactrelu.analysis.lipschitz import lipschitz_constant
    from exactrelu.analysis.lipschitz_bounds import TheoremSix, compare_global_bounds
    from exactrelu.documents.lipschitz import bounds_document, constant_document, local_document
    from exactrelu.documents.region import domain_header
    from exactrelu.enumeration import Problem, resolve_engine
    from exactrelu.polyhedra.matrix_norms import Norm

    network = network_of(arguments)
    domain = domain_of(arguments, network.inputs)
    engine = resolve_engine(arguments.engine, Problem.of(network, domain, Reading.FULL))
    with search_of(arguments, arguments.engine) as search, workers_of(arguments) as workers:
        constant = lipschitz_constant(network, domain, arguments.norm, search=search, workers=workers)
        theorem = TheoremSix(network, arguments.normalization) if _has_bounds(arguments, network) else None
        bounds = compare_global_bounds(constant, theorem) if theorem else {}
        local = list(_local(arguments, network, domain, search)) if arguments.local else []
        if arguments.certificate:
            from exactrelu.certificates.lipschitz import certify_lipschitz_constant

            certify_lipschitz_constant(arguments.certificate, network, domain, constant, search=search)
    if arguments.json:
        document = domain_header("exactrelu-lipschitz", network, domain, engine) | {
            "cells": str(Reading.FULL),
            "norm": str(constant.norm),
            **constant_document(constant),
            "theorem_6": bounds_document(theorem, bounds, arguments.digits),
        }
        if arguments.local:
            document["local"] = [local_document(one, arguments.digits) for one in local]
        write_json(arguments.json, document)
    if arguments.json != "-":
        print_facts(
            [
                ("network", network_text(arguments, network)),
                ("domain", domain_text(arguments, domain)),
                ("engine", engine),
                ("cells", str(Reading.FULL)),
                ("norm", f"{constant.norm} on inputs and outputs"),
                *_facts(constant, arguments.digits),
            ]
        )
        if local:
            _print_local(local, min(arguments.digits, 6))
        if theorem:
            _print_bounds(theorem, bounds, arguments.digits)
        elif arguments.norm == Norm.TWO and not arguments.no_bounds:
            print_facts([("Theorem 6", "is about ReLU alone: no bounds")])
        print_written(arguments.certificate)
    return 0


def _has_bounds(arguments: argparse.Namespace, network: Network) -> bool:
    """Return whether Theorem 6 is wanted and says something: in the norm 2, about ReLU."""
    from exactrelu.networks.reduced_networks import composed
    from exactrelu.polyhedra.matrix_norms import Norm

    return arguments.norm == Norm.TWO and not arguments.no_bounds and composed(network).is_relu


def _local(
    arguments: argparse.Namespace, network: Network, domain: Domain, search: Search
) -> Iterator[LocalComparison]:
    """Yield each cell's constant; Theorem 6 is Euclidean, so its bounds come with the norm 2 only."""
    from exactrelu.analysis.lipschitz import local_lipschitz_constants
    from exactrelu.analysis.lipschitz_bounds import LocalComparison, compare_local_bounds

    if _has_bounds(arguments, network):
        yield from compare_local_bounds(network, domain, arguments.normalization, search=search)
        return
    for cell in local_lipschitz_constants(network, domain, arguments.norm, search=search):
        yield LocalComparison(cell, None, None, None)


def _print_local(local: list[LocalComparison], digits: int) -> None:
    rows = []
    for one in local:
        bounds = [one.stated, one.true_norms, one.spectral]
        texts = ["" if b is None else _bound_text(b, digits) for b in bounds]
        rows.append((str(one.constant.configuration), _value_text(one.constant.value, digits), *texts))
    print_rows(("configuration", "constant", *_NAMES.values()), rows)


def _bound_text(one: Comparison, digits: int) -> str:
    relation = " (attained)" if one.is_attained else "" if one.holds else " (violated)"
    return _value_text(one.bound_squared.sqrt(), digits) + relation


def _facts(constant: LipschitzConstant, digits: int) -> list[tuple[str, str]]:
    from exactrelu.polyhedra.matrix_norms import Norm

    if constant.configuration is None or constant.point is None:
        return [("constant", "0 (the domain is empty)")]
    facts = [("constant", _value_text(constant.value, digits))]
    if constant.norm is Norm.TWO:
        facts.append(("its square", _exact_text(constant.power)))
    facts.append(("configuration", str(constant.configuration) or "(no hidden layer)"))
    facts.append(("point", vector_text(constant.point)))
    return facts


def _exact_text(number: AlgebraicNumber) -> str:
    """Return the exact number; where that is very long, what it is and where to find it."""
    text = str(number)
    if len(text) <= _LONGEST:
        return text
    if number.rational is not None:
        return number_text(number.rational)
    low, high = number.interval
    return f"a root of a polynomial of degree {number.degree}, in [{low}, {high}] (--json has it)"


def _value_text(value: AlgebraicNumber, digits: int) -> str:
    """Return a short rational exactly, with its decimals where those help; else rounded decimals."""
    decimal = value.decimal(digits)
    if value.rational is None or len(str(value)) > _LONGEST:
        return f"~{decimal}"
    return str(value) if value.rational.denominator == 1 else f"{value} = ~{decimal}"


def _print_bounds(theorem: TheoremSix, bounds: dict[str, Comparison], digits: int) -> None:
    rows = []
    for name, one in bounds.items():
        relation = "attained" if one.is_attained else "holds" if one.holds else "violated"
        if name == "stated" and not theorem.applies:
            relation += " (hypothesis not met)"
        bound, ratio = one.bound_squared.sqrt(), one.ratio(min(digits, 6))
        rows.append(
            (_NAMES[name], _value_text(bound, digits), relation, "" if ratio is None else f"~{ratio}")
        )
    print_table(("bound", "value", "", "bound / constant"), rows, "Theorem 6 of Heinecke & Hwang")
    if theorem.network.depth > 1 and not theorem.applies:
        norms = [number_text(n) for n in (theorem.row_norm_squared, theorem.column_norm_squared)]
        print_facts(
            [
                ("note", "(i) asks for rows of W_1 and columns of W_L of Euclidean norm 1; these are not"),
                ("r^2, c^2", f"{norms[0]}, {norms[1]} (their largest)"),
            ]
        )
