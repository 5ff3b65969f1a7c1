"""Enumeration of the configurations of a network, exactly and completely.

`enumerate_leaves` yields the leaves of the case tree, `regions` the regions, `count` their number. The
work is done by an *engine*, a module with a function ``leaves``, and perhaps one ``count`` that makes no
leaves. Each is one entry of a table; all of them yield the same leaves.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from importlib import import_module
from typing import Protocol, runtime_checkable

from exactrelu.enumeration.leaves import Excluded, Leaf, Reached
from exactrelu.enumeration.problem import Problem
from exactrelu.errors import ArgumentError, BudgetExhaustedError
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.networks.region import Region
from exactrelu.polyhedra.domain import Domain

__all__ = [
    "Budget",
    "Excluded",
    "Leaf",
    "Problem",
    "Reached",
    "count",
    "count_configurations",
    "engine_names",
    "enumerate_leaves",
    "regions",
    "require_engine",
    "resolve_engine",
]

_ENGINES = {
    "ppl": "exactrelu.enumeration.ppl_engine",
    "generators": "exactrelu.enumeration.generator_engine",
    "lp": "exactrelu.enumeration.lp_engine",
}


_MOST_DIMENSIONS_OF_SPACE, _MOST_DIMENSIONS_OF_DOMAINS = 9, 6


class _Engine(Protocol):
    def leaves(
        self, problem: Problem, *, evidence: bool, checkpoint: Callable[[], None]
    ) -> Iterator[Leaf]: ...


@runtime_checkable
class _CountingEngine(_Engine, Protocol):
    def count(
        self, problem: Problem, *, checkpoint: Callable[[], None], executor: Executor | None, parts: int
    ) -> int: ...


def engine_names() -> tuple[str, ...]:
    """Return the names that ``engine`` takes: ``auto``, then every engine."""
    return ("auto", *_ENGINES)


def require_engine(engine: str) -> str:
    """Return the name of an engine, or ``auto``, as it is.

    Raises
    ------
    ArgumentError
        For any other name.
    """
    if engine not in engine_names():
        raise ArgumentError(f"engine: expected one of {', '.join(engine_names())}, got {engine!r}")
    return engine


def resolve_engine(engine: str, problem: Problem) -> str:
    """Return the engine's name, with ``auto`` replaced by the engine that suits the problem.

    Raises
    ------
    ArgumentError
        For any other name.
    """
    if require_engine(engine) == "auto":
        return "generators" if _few_generators(problem) else "lp"
    return engine


def _few_generators(problem: Problem) -> bool:
    """Return whether cells have few enough vertices and rays for the engine that lists them.

    Measured: in the whole space it is the quicker one up to d = 9, d the rank of the first layer (one layer:
    equal at 8 and 9, two layers: twice as fast at 8), in boxes up to d = 6; beyond, `lp` is.
    """
    if problem.domain.is_whole_space:
        return problem.network.layers[0].linear_rank() <= _MOST_DIMENSIONS_OF_SPACE
    return problem.network.inputs <= _MOST_DIMENSIONS_OF_DOMAINS


class Budget:
    """A limit on regions, seconds or both; where it runs out, `BudgetExhaustedError` is raised."""

    def __init__(self, max_regions: int | None = None, time_limit: float | None = None) -> None:
        if max_regions is not None and max_regions < 0:
            raise ArgumentError(f"max_regions: expected at least 0, got {max_regions}")
        if time_limit is not None and not time_limit > 0:
            raise ArgumentError(f"time_limit: expected more than 0 seconds, got {time_limit}")
        self.max_regions = max_regions
        self.time_limit = time_limit
        self._deadline = None if time_limit is None else time.monotonic() + time_limit
        self._found = 0

    def check_time(self) -> None:
        """Raise if the time is over."""
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise BudgetExhaustedError(f"time limit of {self.time_limit:g} seconds ran out")

    def count_region(self) -> None:
        """Count one region, and raise if it is one too many."""
        self._found += 1
        if self.max_regions is not None and self._found > self.max_regions:
            raise BudgetExhaustedError(f"more than {self.max_regions} regions")


def enumerate_leaves(
    problem: Problem, *, engine: str = "auto", budget: Budget | None = None, evidence: bool = False
) -> Iterator[Leaf]:
    """Yield the leaves of the case tree: with ``evidence`` all of them, else the reached ones.

    The stream is lazy, its memory does not grow with the number of leaves, and reached leaves come
    sorted by configuration.

    Raises
    ------
    BudgetExhaustedError
        While iterating, where the budget runs out: what came before is then not all there is.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> [str(leaf.configuration) for leaf in enumerate_leaves(Problem.of(net))]
    ['00', '01', '10']
    """
    module: _Engine = import_module(_ENGINES[resolve_engine(engine, problem)])
    return _within(budget or Budget(), module, problem, evidence=evidence)


def _within(budget: Budget, engine: _Engine, problem: Problem, *, evidence: bool) -> Iterator[Leaf]:
    for leaf in engine.leaves(problem, evidence=evidence, checkpoint=budget.check_time):
        if isinstance(leaf, Reached):
            budget.count_region()
        yield leaf


def regions(
    network: Network,
    domain: Domain | None = None,
    reading: Reading | str = Reading.HALF_OPEN,
    *,
    depth: int | None = None,
    engine: str = "auto",
    budget: Budget | None = None,
) -> Iterator[Region]:
    """Yield the regions of ``network`` on ``domain`` in ``reading``, sorted by configuration.

    ``depth`` k asks for the regions of Theta_k, the configurations of the first k hidden layers.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> [(str(r.configuration), r.dimension) for r in regions(net)]
    [('00', 0), ('01', 1), ('10', 1)]
    >>> [str(r.configuration) for r in regions(net, reading="closed")]
    ['00', '01', '10', '11']
    """
    problem = Problem.of(network, domain, reading, depth)
    leaves = enumerate_leaves(problem, engine=engine, budget=budget)
    return (leaf.region() for leaf in leaves if isinstance(leaf, Reached))


def count(
    network: Network,
    domain: Domain | None = None,
    reading: Reading | str = Reading.HALF_OPEN,
    *,
    depth: int | None = None,
    engine: str = "auto",
    budget: Budget | None = None,
) -> int:
    """Return the number of configurations that count (see `regions`).

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> count(net), count(net, reading="closed"), count(net, reading="full")
    (3, 4, 2)
    """
    return count_configurations(Problem.of(network, domain, reading, depth), engine=engine, budget=budget)


def count_configurations(
    problem: Problem,
    *,
    engine: str = "auto",
    budget: Budget | None = None,
    executor: Executor | None = None,
    parts: int = 16,
) -> int:
    """Return the number of configurations of a problem; an engine that can counts without making leaves.

    With an ``executor``, of processes here or elsewhere, the work is cut into about so many parts.

    Raises
    ------
    ArgumentError
        For an executor, if the engine cannot share its work or ``max_regions`` is limited.
    BudgetExhaustedError
        Where the budget runs out.
    """
    budget = budget or Budget()
    module: _Engine = import_module(_ENGINES[resolve_engine(engine, problem)])
    if budget.max_regions is None and isinstance(module, _CountingEngine):
        return module.count(problem, checkpoint=budget.check_time, executor=executor, parts=parts)
    if executor is not None:
        name = resolve_engine(engine, problem)
        raise ArgumentError(
            f"executor: expected engine generators or lp and no max_regions, got engine {name}"
        )
    return sum(1 for _ in _within(budget, module, problem, evidence=False))
