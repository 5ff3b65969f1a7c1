"""The engines by name: which there are, which one suits a problem, and where each lives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from importlib import import_module
from typing import Protocol, runtime_checkable

from exactrelu.enumeration.leaves import Reached
from exactrelu.enumeration.problem import Problem
from exactrelu.errors import ArgumentError

_ENGINES = {
    "ppl": "exactrelu.enumeration.ppl_engine",
    "generators": "exactrelu.enumeration.generator_engine",
    "lp": "exactrelu.enumeration.lp_engine",
}

_MOST_DIMENSIONS_OF_SPACE, _MOST_DIMENSIONS_OF_DOMAINS = 9, 6


class Engine(Protocol):
    """What every engine can do: list the configurations of a problem, sorted."""

    def leaves(self, problem: Problem, *, checkpoint: Callable[[], None]) -> Iterator[Reached]:
        """Yield the configurations that count, sorted, calling ``checkpoint`` between steps."""
        ...


@runtime_checkable
class CountingEngine(Engine, Protocol):
    """An engine that also counts without making leaves."""

    def count(
        self, problem: Problem, *, checkpoint: Callable[[], None], executor: Executor | None, parts: int
    ) -> int:
        """Return the number of reached leaves."""
        ...


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


def engine_module(name: str) -> Engine:
    """Import an engine by its name, which is not ``auto``."""
    module: Engine = import_module(_ENGINES[name])
    return module


def _few_generators(problem: Problem) -> bool:
    """Return whether cells have few enough vertices and rays for the engine that lists them.

    Measured: in the whole space it is the quicker one up to d = 9, d the rank of the first layer (one layer:
    equal at 8 and 9, two layers: twice as fast at 8), in boxes up to d = 6; beyond, `lp` is.
    """
    if problem.domain.is_whole_space:
        return problem.network.layers[0].linear_rank() <= _MOST_DIMENSIONS_OF_SPACE
    return problem.network.inputs <= _MOST_DIMENSIONS_OF_DOMAINS
