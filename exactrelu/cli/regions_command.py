"""``exactrelu regions NET [DOMAIN]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from exactrelu.cli.inputs import bounds_of, budget_of, domain_of, executor_of, network_of
from exactrelu.cli.outputs import domain_text, network_text, print_facts, progress
from exactrelu.cli.parser import UsageError
from exactrelu.cli.region_sinks import (
    DrawingSink,
    Sink,
    TableSink,
    TreeSink,
    json_file,
    json_lines_file,
)
from exactrelu.enumeration import (
    Leaf,
    Problem,
    Reached,
    count_configurations,
    enumerate_leaves,
    resolve_engine,
)
from exactrelu.formats.region_document import GeometryDetail, emptiness_of, problem_header
from exactrelu.network import Network


def execute(arguments: argparse.Namespace) -> int:
    """Enumerate the configurations on a domain and send them where they were asked for."""
    _check_targets(arguments)
    network = network_of(arguments)
    problem = Problem.of(network, domain_of(arguments, network.inputs), arguments.cells, arguments.depth)
    engine = resolve_engine(arguments.engine, problem)
    with ExitStack() as stack:
        budget = stack.enter_context(budget_of(arguments))
        header = problem_header("exactrelu-regions", network, problem) | {"engine": engine}
        header |= emptiness_of(network.inputs, problem.domain.rows)
        sinks = _sinks(arguments, network, header, stack)
        if arguments.count and not (arguments.draw or arguments.tree):
            with executor_of(arguments) as executor:
                count = count_configurations(
                    problem, engine=engine, budget=budget, executor=executor, parts=8 * arguments.jobs
                )
        else:
            leaves = enumerate_leaves(problem, engine=engine, budget=budget)
            count = _distribute(progress(leaves, "configurations"), sinks)
        for sink in sinks:
            sink.finish(count)
    if not _to_stdout(arguments):
        _print_summary(arguments, network, problem, engine, count)
    return 0


def _to_stdout(arguments: argparse.Namespace) -> bool:
    """Return whether stdout belongs to JSON."""
    return "-" in (arguments.json, arguments.jsonl)


def _check_targets(arguments: argparse.Namespace) -> None:
    if arguments.json and arguments.jsonl:
        raise UsageError("--json and --jsonl: expected one of them, got both")
    if arguments.window is not None and not arguments.draw:
        raise UsageError("--window: expected with --draw, got without")
    if arguments.jobs > 1 and (not arguments.count or arguments.draw or arguments.tree):
        raise UsageError("--jobs: expected with --count alone, got another output")
    if arguments.count and arguments.jsonl:
        raise UsageError("--count and --jsonl: expected one of them, got both (--json FILE takes --count)")


def _sinks(
    arguments: argparse.Namespace, network: Network, header: dict[str, Any], stack: ExitStack
) -> list[Sink]:
    detail = GeometryDetail(arguments.geometry)
    sinks: list[Sink] = []
    if arguments.draw:
        sinks.append(_drawing(arguments, network))
    if arguments.json:
        kept = None if arguments.count else detail
        sinks.append(stack.enter_context(json_file(arguments.json, header, kept)))
    if arguments.jsonl:
        sinks.append(stack.enter_context(json_lines_file(arguments.jsonl, header, detail)))
    if arguments.tree and not _to_stdout(arguments):
        sinks.append(TreeSink())
    elif not sinks and not arguments.count:
        sinks.append(TableSink(detail))
    return sinks


def _drawing(arguments: argparse.Namespace, network: Network) -> DrawingSink:
    from exactrelu.drawing import Window, require_drawable

    require_drawable(network, Path(arguments.draw))
    window = Window.of(bounds_of(arguments.window, 2, "--window")) if arguments.window is not None else None
    return DrawingSink(arguments.draw, window, network.name or Path(arguments.network).name)


def _distribute(leaves: Iterable[Leaf], sinks: list[Sink]) -> int:
    count = 0
    for leaf in leaves:
        if isinstance(leaf, Reached):
            count += 1
            for sink in sinks:
                sink.take(leaf)
    return count


def _print_summary(
    arguments: argparse.Namespace, network: Network, problem: Problem, engine: str, count: int
) -> None:
    cells = str(problem.reading)
    if problem.network.depth < network.depth:
        cells += f", of the first {problem.network.depth - 1} hidden layers"
    print_facts(
        [
            ("network", network_text(arguments, network)),
            ("domain", domain_text(arguments, problem.domain)),
            ("cells", cells),
            ("engine", engine),
            ("configurations", str(count) if count else "0: the domain is empty"),
        ]
    )
    for path in (arguments.json, arguments.jsonl, arguments.draw):
        if path:
            sys.stdout.write(f"wrote           {path}\n")
