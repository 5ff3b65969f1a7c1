"""``exactrelu family NET --interval A:B [DOMAIN]``."""

from __future__ import annotations

import argparse
import math
from fractions import Fraction
from typing import TYPE_CHECKING

from exactrelu.cli.inputs import UsageError, add_domain, add_limits, point_at, search_of
from exactrelu.cli.outputs import add_result, print_facts, print_table, print_written, write_json
from exactrelu.networks.reading import Reading
from exactrelu.numbers.rationals import Extended, rational_at
from exactrelu.numbers.text import number_text

if TYPE_CHECKING:
    from exactrelu.families.bifurcations import ParameterInterval
    from exactrelu.families.family_report import FamilyReport
    from exactrelu.families.network_family import DomainFamily, NetworkFamily
    from exactrelu.networks.network import Network
    from exactrelu.numbers.algebraic import AlgebraicNumber

_LONGEST = 48  # characters of a number in a table
SUMMARY = "networks whose weights depend on a parameter: all values at which the cells change"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("network", metavar="NET", help="a family: .json (native, version 4)")
    parser.add_argument("--parameter", metavar="NAME", help="the name that the parameter must have")
    parser.add_argument(
        "--interval",
        metavar="A:B",
        required=True,
        help="the values of the parameter: rationals, or -inf and inf",
    )
    add_domain(parser)
    add_limits(parser)
    parser.add_argument("--other", metavar="NET2", help="a second family: its distances from the first one")
    parser.add_argument("--at", metavar="X", action="append", help="a point (repeatable): the outputs there")
    parser.add_argument(
        "--count", action="store_true", help="counts only: no functions, and --json lists no configurations"
    )
    parser.add_argument("--instance", metavar="T", help="a value of the parameter, for -o")
    add_result(parser, "-o", "--out-file", help="write the network at --instance (.json)")
    add_result(parser, "--plot", help="draw counts and functions over the parameter (.svg, .png)")
    parser.set_defaults(inputs=("other",))


def execute(arguments: argparse.Namespace) -> int:
    """Print the changes of the cells, the counts between and at them, and functions of the parameter."""
    from exactrelu.formats.family_file import load_family

    interval = _interval(arguments.interval)
    family = load_family(arguments.network, arguments.parameter)
    instance = _instance(arguments, family)
    report = _report(arguments, family, interval)
    if instance is not None:
        from exactrelu.documents.network import write_network

        write_network(instance, arguments.out_file)
    if arguments.plot:
        from exactrelu.families.picture import draw_family

        draw_family(report, arguments.plot)
    if arguments.json:
        from exactrelu.documents.family_functions import family_document

        header = {"format": "exactrelu-family", "version": 1}
        write_json(arguments.json, header | family_document(report, listed=not arguments.count))
    if arguments.json != "-":
        _print(arguments, report)
        print_written(arguments.plot, arguments.out_file)
    return 0


def _report(
    arguments: argparse.Namespace, family: NetworkFamily, interval: ParameterInterval
) -> FamilyReport:
    """Return what was asked for: with ``--count`` no functions."""
    from exactrelu.families.bifurcations import bifurcations
    from exactrelu.families.family_report import FamilyReport, family_report
    from exactrelu.formats.family_file import load_family

    domain = _domain(arguments, family)
    other = load_family(arguments.other, family.parameter) if arguments.other else None
    points = [point_at(text, family.inputs) for text in arguments.at or ()]
    with search_of(arguments) as search:
        if arguments.count:
            return FamilyReport(bifurcations(family, interval, domain, search=search), {})
        return family_report(family, interval, domain, other=other, points=points, search=search)


def _print(arguments: argparse.Namespace, report: FamilyReport) -> None:
    found = report.bifurcations
    widths = "-".join(map(str, found.family.widths))
    print_facts(
        [
            ("family", f"{arguments.network} ({widths}) of {found.family.parameter}"),
            ("domain", f"box {arguments.box}" if arguments.box else arguments.domain or "the whole space"),
            ("changes", str(len(found.changes))),
        ]
    )
    readings = {change.number: change for change in found.changes}
    rows = []
    for part in found.parts:
        counts = part.counts()
        shown = ["pole"] * len(Reading) if counts is None else [str(n) for n in counts.values()]
        change = readings.get(part.low) if part.is_point and part.low is not None else None
        names = ", ".join(map(str, change.readings)) if change else ""
        rows.append((_place(part.low, part.high, part.closed), *shown, names))
    print_table((found.family.parameter, *map(str, Reading), "changes"), rows)
    if report.functions:
        _print_functions(report)


def _print_functions(report: FamilyReport) -> None:
    parameter, rows = report.bifurcations.family.parameter, []
    for name, function in report.functions.items():
        for k, piece in enumerate(function.pieces):
            value = piece.value
            if piece.is_point:
                text = _limit(piece.limits[0])
            elif isinstance(value, float) or value is None:
                text = "not defined" if value is None else str(value)
            else:
                text = value.text(parameter)
            place = _place(piece.low, piece.high, piece.closed)
            limits = "" if piece.is_point else ", ".join(map(_limit, piece.limits))
            rows.append(("" if k else name, place, text, limits))
    print_table(("function", parameter, "value", "limits at the ends"), rows)


def _limit(value: Extended | AlgebraicNumber | None) -> str:
    if value is None or isinstance(value, float):
        return "-" if value is None else str(value)
    return number_text(value) if isinstance(value, Fraction) else _short(value)


def _place(low: AlgebraicNumber | None, high: AlgebraicNumber | None, closed: tuple[bool, bool]) -> str:
    if low is not None and low == high:
        text = str(low)
        return text if len(text) <= _LONGEST else f"~{low.decimal(6)} (algebraic, of degree {low.degree})"
    left, right = ("-inf" if low is None else _short(low)), ("inf" if high is None else _short(high))
    return f"{'[' if closed[0] else '('}{left}, {right}{']' if closed[1] else ')'}"


def _short(number: AlgebraicNumber) -> str:
    return str(number) if number.rational is not None else f"~{number.decimal(6)}"


def _interval(text: str) -> ParameterInterval:
    from exactrelu.families.bifurcations import ParameterInterval

    ends = text.split(":")
    if len(ends) != 2:
        raise UsageError(f"--interval: expected A:B, got {text!r}")
    low, high = map(_end, ends)
    if not low < high:
        raise UsageError(f"--interval: expected A < B, got {text!r}")
    return ParameterInterval(low, high)


def _end(text: str) -> Extended:
    infinities = {"-inf": -math.inf, "inf": math.inf, "+inf": math.inf}
    return infinities[text] if text in infinities else rational_at("--interval", text)


def _instance(arguments: argparse.Namespace, family: NetworkFamily) -> Network | None:
    """Return the network at the value of ``--instance``, None without it."""
    if (arguments.instance is None) != (arguments.out_file is None):
        raise UsageError("--instance: expected together with -o FILE")
    if arguments.instance is None:
        return None
    return family.at(rational_at("--instance", arguments.instance))


def _domain(arguments: argparse.Namespace, family: NetworkFamily) -> DomainFamily:
    """Return the domain; the bounds of ``--box`` may depend on the parameter."""
    from exactrelu.families.network_family import DomainFamily
    from exactrelu.formats.native import read_domain

    if arguments.box is None:
        if arguments.domain is None:
            return DomainFamily(family.inputs)
        return DomainFamily.of_domain(read_domain(arguments.domain, family.inputs))
    parts = [part.split(":") for part in arguments.box.split(",")]
    if len(parts) not in (1, family.inputs) or any(len(ends) != 2 for ends in parts):
        raise UsageError(f"--box: expected LO:HI, or {family.inputs} of them, got {arguments.box!r}")
    bounds = [(low, high) for low, high in parts]
    return DomainFamily.box(bounds * family.inputs if len(bounds) == 1 else bounds, family.parameter)
