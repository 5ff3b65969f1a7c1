"""``exactrelu loss NET DATA``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from exactrelu.cli.inputs import (
    UsageError,
    add_network,
    add_search,
    file_name,
    network_of,
    search_of,
)
from exactrelu.cli.outputs import (
    add_result,
    network_text,
    print_facts,
    print_rows,
    print_written,
    write_json,
)
from exactrelu.errors import ArgumentError, NumberSyntaxError
from exactrelu.numbers.rationals import brief, parse_rational
from exactrelu.verification.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exactrelu.enumeration.effort import Search
    from exactrelu.losses.loss_report import LossReport
    from exactrelu.losses.realization import Realization
    from exactrelu.losses.shallow_minima import ShallowMinima

SUMMARY = "the exact loss on data, and whether the parameters are stationary or a local minimum"

_STATUS = {Verdict.HOLDS: 0, Verdict.REFUTED: 1, Verdict.UNKNOWN: 3}
_SHOWN = 20  # spurious minima
_DRAWN = 4


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    parser.add_argument(
        "data",
        metavar="DATA",
        type=file_name,
        help="samples: a table (.csv) of inputs and targets, or a document (.json)",
    )
    parser.add_argument(
        "--loss",
        choices=("squared", "absolute"),
        default="squared",
        help="the mean of ||f(x) - y||_2^2 (default) or of ||f(x) - y||_1",
    )
    parser.add_argument("--hold-biases", action="store_true", help="the weights alone are parameters")
    parser.add_argument(
        "--decide",
        choices=("stationary", "minimum"),
        help="let the exit status say whether it is so: 0 holds, 1 refuted, 3 unknown",
    )
    parser.add_argument(
        "--global",
        dest="minima",
        action="store_true",
        help="the least squared loss of all networks d-m-1 of this width, and local minima that are spurious",
    )
    parser.add_argument(
        "--stability",
        metavar="S,ALPHA",
        help="Proposition 1.2: the radius among realizations if R is (S, ALPHA) inverse stable",
    )
    add_result(parser, "--draw", help="draw function and data, and the minima, for one input (.svg or .png)")
    add_search(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Print the loss and what its derivatives say."""
    from exactrelu.documents.loss import loss_document, minima_document
    from exactrelu.formats.training_data_file import load_data
    from exactrelu.losses.loss_report import training_loss
    from exactrelu.losses.shallow_minima import shallow_minima

    network = network_of(arguments)
    data = load_data(arguments.data, network.inputs, network.outputs)
    pair = _stability_of(arguments)
    if arguments.draw:
        from exactrelu.drawing.graphs import require_graph

        require_graph(network, arguments.draw)
    biases = not arguments.hold_biases
    if arguments.minima and (network.depth != 2 or arguments.loss != "squared" or not network.is_relu):
        raise ArgumentError("--global: expected one hidden layer of ReLUs and the squared loss")
    minima: ShallowMinima | None = None
    with search_of(arguments) as search:
        report = training_loss(network, data, arguments.loss, biases=biases, search=search)
        if arguments.minima:
            minima = shallow_minima(data, network.hidden_widths[0], biases=biases, search=search)
        if arguments.draw:
            _draw(arguments.draw, report, minima, search)
    if arguments.json:
        document = loss_document(report) | ({} if minima is None else {"minima": minima_document(minima)})
        write_json(arguments.json, document)
    if arguments.json != "-":
        print_facts([("network", network_text(arguments, network)), *_facts(report, pair)])
        if minima is not None:
            _print_minima(minima)
        print_written(arguments.draw)
    if arguments.decide is None:
        return 0
    decided = report.stationarity if arguments.decide == "stationary" else report.minimum
    return _STATUS[decided.verdict]


def _stability_of(arguments: argparse.Namespace) -> tuple[object, object] | None:
    if arguments.stability is None:
        return None
    parts = arguments.stability.split(",")
    try:
        s, alpha = map(parse_rational, parts)
    except (ValueError, NumberSyntaxError):
        raise UsageError(f"--stability: expected S,ALPHA, got {arguments.stability!r}") from None
    if s <= 0 or alpha <= 0:
        raise UsageError(f"--stability: expected positive numbers, got {arguments.stability!r}")
    return s, alpha


def _facts(report: LossReport, pair: tuple[object, object] | None) -> Iterator[tuple[str, str]]:
    minimum = report.minimum
    yield "samples", str(report.through.data.size)
    yield f"{report.kind} loss", brief(report.loss)
    yield "of any function", f"at least {brief(report.least)}"
    yield "kinks", str(len(report.through.kinks))
    if report.gradient is not None:
        largest = max(map(abs, report.gradient), default=0)
        yield "gradient", f"largest entry {brief(largest)}"
    elif report.gradients is not None:
        counts = " x ".join(str(len(block.pieces)) for block in report.gradients.blocks)
        yield "gradients", f"{counts} that meet here"
    yield "stationary", str(report.stationarity.verdict)
    yield "local minimum", f"{minimum.verdict}: {minimum.reason}"
    if minimum.better is not None:
        yield "better", f"{brief(minimum.better.loss(report.kind))}, nearby"
    if minimum.is_global:
        yield "radius", "any"
    elif minimum.radius is not None:
        yield "radius", f"at least {brief(minimum.radius)}"
    yield from _realization(report.realization)
    if pair is not None:
        yield "Proposition 1.2", _proposition(report, pair)


def _proposition(report: LossReport, pair: tuple[object, object]) -> str:
    from exactrelu.stability.stability_constants import realization_radius

    radius = report.minimum.radius
    if radius is None:
        return "says nothing: there is no radius among the parameters"
    return f"radius {realization_radius(radius, *pair)} among realizations"


def _realization(found: Realization) -> Iterator[tuple[str, str]]:
    yield "realization", f"{found.verdict}: {found.reason}"
    if found.free_neuron is not None:
        free = found.free_neuron
        weight = ", ".join(map(brief, free.weight))
        sign = "-" if free.sign < 0 else "+"
        bias = f" + {brief(free.bias)}" if free.bias else ""
        yield "", f"{sign} eps relu(({weight}) . x{bias}) at output {free.output}, for all small eps > 0"
    for n, violation in enumerate(found.violations or ()):
        yield "Definition 3.2" if n == 0 else "", str(violation)
    if found.radius is not None and found.sharper_radius is not None:
        yield "Corollary 1.4", f"radius {brief(found.radius)}; with 2 sqrt(2): {brief(found.sharper_radius)}"


def _draw(path: str, report: LossReport, minima: ShallowMinima | None, search: Search) -> None:
    from exactrelu.analysis.graph import corners_between
    from exactrelu.drawing.graphs import Graph, draw_graphs

    data = report.through.data
    xs = [x for x, *_ in data.inputs]
    shown = [(f"loss {brief(report.loss)}", report.through.network)]
    if minima is not None:
        shown.append((f"least {brief(minima.best.loss)}", minima.best.network))
        shown += [(f"spurious {brief(one.loss)}", one.network) for one in minima.spurious[:_DRAWN]]
    graphs = [
        Graph(
            name if len(report.through.residuals) == 1 else f"{name}, output {k}",
            tuple((x, ys[k]) for x, ys in corners_between(network, min(xs), max(xs), search=search)),
        )
        for name, network in shown
        for k in range(network.outputs)
    ]
    points = [(x, y) for x, ys in zip(xs, data.targets, strict=True) for y in ys]
    draw_graphs(graphs, path, data=points, title=f"{report.kind} loss of {data.size} samples")


def _print_minima(minima: ShallowMinima) -> None:
    print_facts([("least loss", f"{brief(minima.best.loss)}, of {minima.cells} cells of parameters")])
    rows = [
        (kind, brief(one.loss), "; ".join(str(_layer(layer.rows)) for layer in one.network.layers))
        for kind, one in [("least", minima.best), *(("spurious", one) for one in minima.spurious[:_SHOWN])]
    ]
    print_rows(("local minimum", "loss", "rows (w, b) of its layers"), rows)


def _layer(rows: tuple[tuple[object, ...], ...]) -> str:
    return " ".join(f"({', '.join(map(str, row))})" for row in rows)
