"""``exactrelu regions NET [DOMAIN]``."""

from __future__ import annotations

import argparse
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exactrelu.cli.inputs import (
    UsageError,
    add_cells,
    add_domain,
    add_network,
    add_search,
    bounds_of,
    domain_of,
    natural,
    network_of,
    search_of,
)
from exactrelu.cli.outputs import (
    add_certificate,
    add_result,
    domain_text,
    network_text,
    print_facts,
    print_written,
    progress,
)
from exactrelu.cli.workers import FILE_ITSELF, add_workers, one_thread_each, workers_of

if TYPE_CHECKING:
    from exactrelu.cli.region_sinks import BlockSink, DrawingSink, Sink
    from exactrelu.cli.resumption import Resumption
    from exactrelu.enumeration import Problem, Reached
    from exactrelu.enumeration.effort import Search
    from exactrelu.enumeration.leaf_blocks import LeafBlock
    from exactrelu.networks.network import Network

    Consumer = Callable[[Iterable[Reached]], object]


SUMMARY = "all configurations on a domain, with their regions"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    add_domain(parser)
    add_cells(parser)
    add_search(parser)
    parser.add_argument("--count", action="store_true", help="only count")
    add_workers(parser, "count (engines generators and lp) or write JSON", resumes_file=True)
    parser.add_argument(
        "--depth",
        type=natural,
        metavar="K",
        help="stop at Theta_K, the first K hidden layers; maps are then those of layer K + 1",
    )
    parser.add_argument(
        "--geometry",
        choices=["none", "constraints", "full"],
        default="full",
        help="how much of each region is computed and written (default: full, with vertices and rays)",
    )
    add_result(
        parser,
        "--jsonl",
        help="stream one region a line, the count last ('-': stdout)",
    )
    add_result(parser, "--arrow", help="write columns: an Arrow file, or Parquet (.parquet); needs pyarrow")
    parser.add_argument(
        "--bounds", action="store_true", help="show the literature's bounds of the number beside it"
    )
    parser.add_argument("--tree", action="store_true", help="show how each layer refines the one before")
    add_result(parser, "--draw", help="draw the tiling of the plane (.svg or .png)")
    parser.add_argument("--window", metavar="BOX", help="window of the drawing, written as for --box")
    add_certificate(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Enumerate the configurations on a domain and send them where they were asked for."""
    if arguments.jobs > 1:
        one_thread_each()
    from exactrelu.documents.region import emptiness_document, problem_header
    from exactrelu.enumeration import Problem, count_by, enumerate_leaves, resolve_engine

    _check_targets(arguments)
    network = network_of(arguments)
    problem = Problem.of(network, domain_of(arguments, network.inputs), arguments.cells, arguments.depth)
    counting = arguments.count and not (arguments.draw or arguments.tree or arguments.certificate)
    engine = resolve_engine(arguments.engine, problem, counting=counting)
    with ExitStack() as stack:
        search = stack.enter_context(search_of(arguments, engine))
        header = problem_header("exactrelu-regions", network, problem) | {"engine": engine}
        header |= emptiness_document(problem.domain.emptiness) | _bounds(arguments, problem)
        resumption = _resumption(arguments, problem)
        sinks = _sinks(arguments, network, header, stack, resumption)
        if arguments.arrow:
            sinks.append(stack.enter_context(_table_file(arguments, problem, header)))
        if counting:
            with workers_of(arguments) as workers:
                count = count_by(workers, problem, search)
        else:
            count = resumption.lines if resumption else 0
            if arguments.jobs > 1 or arguments.resume:
                count += _write_by_workers(arguments, problem, search, (sinks, resumption))
            elif arguments.certificate and not sinks:
                count = _certified(arguments, network, problem, search)
            elif (alone := _alone(arguments, sinks)) and not resumption:
                count = _written(alone, problem, search)
            else:
                leaves = enumerate_leaves(problem, search=search)
                if resumption:
                    leaves = resumption.rest(leaves)
                shown = progress(leaves, "configurations")
                count += _distribute(shown, sinks, _keeper(arguments, network, problem))
        for sink in sinks:
            sink.finish(count)
    if not _to_stdout(arguments):
        _print_summary(arguments, network, problem, engine, count)
    return 0


def _bounds(arguments: argparse.Namespace, problem: Problem) -> dict[str, Any]:
    if not arguments.bounds:
        return {}
    from exactrelu.counting_bounds.known_bounds import network_bounds
    from exactrelu.documents.counting_bounds import bounds_document

    return {"bounds": bounds_document(network_bounds(problem.network, problem.domain))}


def _to_stdout(arguments: argparse.Namespace) -> bool:
    """Return whether stdout belongs to JSON."""
    return "-" in (arguments.json, arguments.jsonl)


def _check_targets(arguments: argparse.Namespace) -> None:
    if arguments.json and arguments.jsonl:
        raise UsageError("--json and --jsonl: expected one of them, got both")
    if arguments.window is not None and not arguments.draw:
        raise UsageError("--window: expected with --draw, got without")
    written = arguments.count or arguments.json or arguments.jsonl
    others = arguments.draw or arguments.tree or arguments.certificate or arguments.arrow
    if arguments.resume and (not written or arguments.draw or arguments.tree or arguments.certificate):
        raise UsageError("--resume DIR: expected with --count, --json or --jsonl alone, got another output")
    if arguments.jobs > 1 and (not written or others):
        raise UsageError("--jobs: expected with --count, --json or --jsonl alone, got another output")
    if arguments.jobs > 1 and arguments.count and arguments.max_regions is not None:
        raise UsageError("--jobs and --max-regions: expected one of them with --count, got both")
    if arguments.count and arguments.resume == FILE_ITSELF:
        raise UsageError("--resume: expected DIR with --count, got none")
    if arguments.count and arguments.jsonl:
        raise UsageError("--count and --jsonl: expected one of them, got both (--json FILE takes --count)")
    if arguments.arrow:
        _check_table(arguments)


def _check_table(arguments: argparse.Namespace) -> None:
    from exactrelu.documents.region_columns import require_table_file

    if arguments.count:
        raise UsageError("--count and --arrow: expected one of them, got both")
    require_table_file(arguments.arrow)


def _resumption(arguments: argparse.Namespace, problem: Problem) -> Resumption | None:
    """Return where an interrupted run stopped; None for a new run."""
    if arguments.resume != FILE_ITSELF:
        return None
    from exactrelu.cli.resumption import Resumption
    from exactrelu.documents.region import GeometryDetail

    others = arguments.draw or arguments.tree or arguments.certificate or arguments.arrow
    if arguments.jsonl in (None, "-") or others:
        raise UsageError("--resume: expected with --jsonl FILE alone, got another output")
    return Resumption.of(arguments.jsonl, problem, GeometryDetail(arguments.geometry))


def _sinks(
    arguments: argparse.Namespace,
    network: Network,
    header: dict[str, Any],
    stack: ExitStack,
    resumption: Resumption | None,
) -> list[Sink]:
    if arguments.count and not (arguments.json or arguments.draw or arguments.tree):
        return []
    from exactrelu.cli.region_sinks import TableSink, TreeSink, json_file, json_lines_file
    from exactrelu.documents.region import GeometryDetail

    detail = GeometryDetail(arguments.geometry)
    sinks: list[Sink] = []
    if arguments.draw:
        sinks.append(_drawing(arguments, network))
    if arguments.json:
        kept = None if arguments.count else detail
        sinks.append(stack.enter_context(json_file(arguments.json, header, kept)))
    if arguments.jsonl:
        sinks.append(stack.enter_context(json_lines_file(arguments.jsonl, header, detail, resumption)))
    if arguments.tree and not _to_stdout(arguments):
        sinks.append(TreeSink())
    elif not (sinks or arguments.count or arguments.arrow):
        sinks.append(TableSink(detail))
    return sinks


def _table_file(
    arguments: argparse.Namespace, problem: Problem, header: dict[str, Any]
) -> AbstractContextManager[Sink]:
    from exactrelu.documents.region import GeometryDetail
    from exactrelu.documents.region_columns import region_table

    return region_table(arguments.arrow, header, problem.network, GeometryDetail(arguments.geometry))


def _drawing(arguments: argparse.Namespace, network: Network) -> DrawingSink:
    from exactrelu.cli.region_sinks import DrawingSink
    from exactrelu.drawing import Window, require_drawable

    require_drawable(network, Path(arguments.draw))
    window = Window.of(bounds_of(arguments.window, 2, "--window")) if arguments.window is not None else None
    return DrawingSink(arguments.draw, window, network.name or Path(arguments.network).name)


def _write_by_workers(
    arguments: argparse.Namespace,
    problem: Problem,
    search: Search,
    targets: tuple[list[Sink], Resumption | None],
) -> int:
    """Write the regions as JSON, found and described by workers; return how many were written."""
    from exactrelu.cli.region_sinks import JsonLinesSink, JsonSink
    from exactrelu.documents.region import GeometryDetail
    from exactrelu.documents.shared_regions import region_texts_by

    sinks, resumption = targets
    (sink,) = (sink for sink in sinks if isinstance(sink, (JsonSink, JsonLinesSink)))
    count = 0
    with workers_of(arguments) as workers:
        texts = region_texts_by(workers, problem, GeometryDetail(arguments.geometry), search)
        for text in resumption.rest_of_texts(texts) if resumption else texts:
            sink.write(text)
            count += 1
    return count


def _alone(arguments: argparse.Namespace, sinks: list[Sink]) -> BlockSink | None:
    """Return the one sink, if it takes blocks, all of which are wanted."""
    from exactrelu.cli.region_sinks import BlockSink

    if len(sinks) != 1 or arguments.certificate or arguments.max_regions is not None:
        return None
    return sinks[0] if isinstance(sinks[0], BlockSink) else None


def _written(sink: BlockSink, problem: Problem, search: Search) -> int:
    """Write the regions block by block; return how many there are."""
    from exactrelu.enumeration.one_process import blocks_within

    count = 0
    for block in progress(blocks_within(search, problem), "configurations", _size):
        sink.take_block(block)
        count += _size(block)
    return count


def _size(block: LeafBlock) -> int:
    return len(block.bits)


def _certified(arguments: argparse.Namespace, network: Network, problem: Problem, search: Search) -> int:
    """Write the certificate alone; return how many configurations there are."""
    from exactrelu.certificates.configurations import certify_blocks
    from exactrelu.enumeration.one_process import blocks_within

    count = 0

    def counted() -> Iterator[LeafBlock]:
        nonlocal count
        for block in progress(blocks_within(search, problem), "configurations", _size):
            count += _size(block)
            yield block

    certify_blocks(arguments.certificate, network, problem, counted())
    return count


def _keeper(arguments: argparse.Namespace, network: Network, problem: Problem) -> Consumer:
    """Return what takes the leaves once the sinks have seen them: nothing, or the certificate."""
    if not arguments.certificate:
        return lambda leaves: deque(leaves, maxlen=0)
    from exactrelu.certificates.configurations import certify_configurations

    return lambda leaves: certify_configurations(arguments.certificate, network, problem, leaves)


def _distribute(leaves: Iterable[Reached], sinks: list[Sink], keep: Consumer) -> int:
    count = 0

    def taken() -> Iterator[Reached]:
        nonlocal count
        for leaf in leaves:
            count += 1
            for sink in sinks:
                sink.take(leaf)
            yield leaf

    keep(taken())
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
    if arguments.bounds:
        from exactrelu.cli.bound_tables import print_bounds
        from exactrelu.counting_bounds.known_bounds import network_bounds

        print_bounds(network_bounds(problem.network, problem.domain), count, problem.reading)
    print_written(arguments.json, arguments.jsonl, arguments.arrow, arguments.draw, arguments.certificate)
