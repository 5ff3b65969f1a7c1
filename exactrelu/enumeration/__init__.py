"""Enumeration of the configurations of a network, exactly and completely.

`enumerate_leaves` yields the leaves of the case tree, `regions` the regions, `count` their number. The
work is done by an *engine*, a module with a function ``leaves``, and perhaps one ``count`` that makes no
leaves. Each is one entry of a table; all of them yield the same leaves.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from exactrelu.distribution.headway import Listener
from exactrelu.distribution.workers import NOBODY, Workers
from exactrelu.enumeration.effort import Search, started
from exactrelu.enumeration.engines import (
    engine_names,
    require_engine,
    resolve_engine,
)
from exactrelu.enumeration.leaves import Reached
from exactrelu.enumeration.one_process import count_alone, leaves_within
from exactrelu.enumeration.problem import Problem
from exactrelu.enumeration.pruning import Keep
from exactrelu.enumeration.shared_leaves import leaves_by
from exactrelu.enumeration.sharing import UNDIVIDED, sharing_of, tried_alone
from exactrelu.errors import ArgumentError
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.networks.region import Region
from exactrelu.polyhedra.domain import Domain

if TYPE_CHECKING:  # it takes longer to import than a small network to count
    from concurrent.futures import Executor

__all__ = [
    "Problem",
    "Reached",
    "Search",
    "count",
    "count_by",
    "count_configurations",
    "engine_names",
    "enumerate_leaves",
    "regions",
    "require_engine",
    "resolve_engine",
    "started",
]


def enumerate_leaves(
    problem: Problem, *, search: Search | None = None, keep: Keep | None = None
) -> Iterator[Reached]:
    """Yield the configurations of a problem, sorted, each as a leaf that has its geometry on demand.

    The stream is lazy, and its memory does not grow with the number of leaves. That it is complete is proved
    by the certificate that `exactrelu.certificates.certify_configurations` makes of it. With ``keep`` leaves
    that are not of interest may be missing (`exactrelu.enumeration.pruning`).

    Raises
    ------
    BudgetExhaustedError
        While iterating, where a limit of the search is reached: what came before is then not all there is.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> [str(leaf.configuration) for leaf in enumerate_leaves(Problem.of(net))]
    ['00', '01', '10']
    """
    return leaves_within(started(search), problem, keep)


def regions(
    network: Network,
    domain: Domain | None = None,
    reading: Reading | str = Reading.HALF_OPEN,
    *,
    depth: int | None = None,
    search: Search | None = None,
    workers: Workers | None = None,
) -> Iterator[Region]:
    """Yield the regions of ``network`` on ``domain`` in ``reading``, sorted by configuration.

    ``depth`` k asks for the regions of Theta_k, the configurations of the first k hidden layers; ``search``
    names the engine and limits regions and seconds. Workers find the cells, whose geometry is computed here
    when it is asked for (`docs/scale.md`).

    Raises
    ------
    BudgetExhaustedError
        While iterating, where a limit of the search is reached.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> [(str(r.configuration), r.dimension) for r in regions(net)]
    [('00', 0), ('01', 1), ('10', 1)]
    >>> [str(r.configuration) for r in regions(net, reading="closed")]
    ['00', '01', '10', '11']
    """
    problem = Problem.of(network, domain, reading, depth)
    workers, search = workers or NOBODY, started(search)
    if not workers.are_asked:
        return (leaf.region() for leaf in enumerate_leaves(problem, search=search))
    named = search.with_engine(resolve_engine(search.engine, problem))
    return (leaf.region() for leaf in leaves_by(workers, problem, named))


def count(
    network: Network,
    domain: Domain | None = None,
    reading: Reading | str = Reading.HALF_OPEN,
    *,
    depth: int | None = None,
    search: Search | None = None,
    workers: Workers | None = None,
) -> int:
    """Return the number of configurations that count (see `regions`).

    Workers share the count, in parts that are finished in any order (`docs/scale.md`).

    Raises
    ------
    ArgumentError
        For an executor, if the engine is the reference or ``max_regions`` is limited.
    WorkersLostError
        If workers are lost again and again.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> count(net), count(net, reading="closed"), count(net, reading="full")
    (3, 4, 2)
    """
    problem, search = Problem.of(network, domain, reading, depth), started(search)
    return count_by(workers or NOBODY, problem, search)


def count_configurations(
    problem: Problem,
    *,
    search: Search | None = None,
    executor: Executor | None = None,
    parts: int | None = None,
    progress: Listener | None = None,
    resume: str | Path | None = None,
) -> int:
    """Return the number of configurations of a problem; an engine that can counts without making leaves.

    What an ``executor``, ``parts``, ``progress`` and ``resume`` are is told at
    `exactrelu.distribution.workers.Workers`. Raises as `count` does.
    """
    return count_by(Workers(executor, parts, progress, resume), problem, started(search))


def count_by(workers: Workers, problem: Problem, search: Search) -> int:
    """Return `count_configurations`; the search has begun."""
    search.check_time()
    name = resolve_engine(search.engine, problem, counting=True)
    if not workers.are_asked:
        return count_alone(problem, search.with_engine(name))
    if search.max_regions is not None or name == "ppl":
        raise ArgumentError(
            f"executor: expected engine generators or lp and no max_regions, got engine {name}"
        )
    return _count_shared(workers, problem, search.with_engine(name))


def _count_shared(workers: Workers, problem: Problem, search: Search) -> int:
    from exactrelu.enumeration.shared_counting import Counting

    if workers.resume is None:
        times = UNDIVIDED if search.engine == "lp" else 1
        if (alone := tried_alone(search, partial(count_alone, problem), times)) is not None:
            return alone
    total, work = 0, Counting(problem, search.engine)
    for number in workers.results(work, work.whole(), sharing_of(search)):
        total += number
        search.tell("cells", partial(str, total))
    return total
