"""The engines by name: which there are, which one suits a problem, and where each lives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Protocol, runtime_checkable

from exactrelu.enumeration.leaves import Reached
from exactrelu.enumeration.problem import Problem
from exactrelu.enumeration.pruning import Keep
from exactrelu.errors import ArgumentError
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import rank

_ENGINES = {
    "ppl": "exactrelu.enumeration.ppl_engine",
    "generators": "exactrelu.enumeration.generator_engine",
    "lp": "exactrelu.enumeration.lp_engine",
}

_MOST_DIMENSIONS_OF_SPACE, _MOST_DIMENSIONS_OF_DOMAINS, _MOST_SEAMS = 9, 6, 3


class Engine(Protocol):
    """What every engine can do: list the configurations of a problem, sorted."""

    def leaves(
        self, problem: Problem, *, checkpoint: Callable[[], None], keep: Keep | None = None
    ) -> Iterator[Reached]:
        """Yield the configurations that count, sorted, calling ``checkpoint`` between steps.

        Those that ``keep`` does not want may be left out.
        """
        ...


@runtime_checkable
class CountingEngine(Engine, Protocol):
    """An engine that also counts without making leaves."""

    def count(self, problem: Problem, *, checkpoint: Callable[[], None]) -> int:
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
    equal at 8 and 9, two layers: twice as fast at 8), in boxes up to d = 6; beyond, `lp` is. Where linear
    neurons of the first layer look along s more dimensions than those with a bit, it cuts the space along s
    seams: it is the quicker one at s = 2, and at s = 4 and 6 `lp` is, 6 and 100 times.
    """
    if problem.domain.is_whole_space:
        d = problem.network.layers[0].linear_rank()
        return d <= _MOST_DIMENSIONS_OF_SPACE and d - _bent_rank(problem.network) <= _MOST_SEAMS
    return problem.network.inputs <= _MOST_DIMENSIONS_OF_DOMAINS


def _bent_rank(network: Network) -> int:
    """Return the rank of the first layer's rows whose neurons have a bit; of all, if none is linear."""
    first = network.layers[0]
    if network.depth == 1 or network.activations[0].bent_width == first.outputs:
        return first.linear_rank()
    rows = network.activations[0].bent_of(first.matrix.integer_rows())
    return rank([row[:-1] for row in rows], network.inputs)
