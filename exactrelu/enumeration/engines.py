"""The engines by name: which there are, which one suits a problem, and where each lives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Protocol, runtime_checkable

from exactrelu.enumeration.leaf_blocks import LeafBlock
from exactrelu.enumeration.leaves import Reached
from exactrelu.enumeration.problem import Problem
from exactrelu.enumeration.pruning import Keep
from exactrelu.errors import ArgumentError
from exactrelu.kernels.library import compiled
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import rank

_ENGINES = {
    "ppl": "exactrelu.enumeration.ppl_engine",
    "generators": "exactrelu.enumeration.generator_engine",
    "lp": "exactrelu.enumeration.lp_engine",
}

_MOST_SEAMS = 3
_MOST_DIMENSIONS_OF_SPACE, _MOST_DIMENSIONS_OF_DOMAINS = 9, 6


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
class BlockEngine(Engine, Protocol):
    """An engine that lists configurations in blocks."""

    def leaf_blocks(
        self, problem: Problem, *, checkpoint: Callable[[], None], keep: Keep | None = None
    ) -> Iterator[LeafBlock]:
        """Yield the leaves in blocks, in their order."""
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


def resolve_engine(engine: str, problem: Problem, *, counting: bool = False) -> str:
    """Return the engine's name, with ``auto`` replaced by the engine that suits the problem.

    ``counting``: cells are only counted, none of their vertices is asked for.

    Raises
    ------
    ArgumentError
        For any other name.
    """
    if require_engine(engine) == "auto":
        return "generators" if _few_generators(problem, counting=counting) else "lp"
    return engine


def engine_module(name: str) -> Engine:
    """Import an engine by its name, which is not ``auto``."""
    module: Engine = import_module(_ENGINES[name])
    return module


def _few_generators(problem: Problem, *, counting: bool) -> bool:
    """Return whether cells have few enough vertices and rays for the engine that lists them.

    Measured in NumPy: in the whole space it is the quicker one up to d = 9, d the rank of the first layer,
    in boxes up to d = 6. So it is where vertices are wanted. Where linear neurons of the first layer look
    along s more dimensions than those with a bit, it cuts the space along s seams: it is the quicker one
    at s = 2, and at s = 4 and 6 `lp` is, 6 and 100 times.
    """
    network, whole = problem.network, problem.domain.is_whole_space
    d = network.layers[0].linear_rank() if whole else network.inputs
    if d > (_MOST_DIMENSIONS_OF_SPACE if whole else _MOST_DIMENSIONS_OF_DOMAINS):
        return False
    if whole and d - _bent_rank(network) > _MOST_SEAMS:
        return False
    if not counting or compiled() is None:
        return True
    return _few_in_space(network, d) if whole else _few_in_domain(network, d)


def _few_in_space(network: Network, d: int) -> bool:
    """Return whether compiled code counts cells of the whole space more quickly by generators.

    Measured, d the rank of the first layer: up to d = 6 it does. From d = 7 on `lp` takes a tenth to a half
    less, at d = 8 half the time; but with two hidden layers or more, the first of which has at most d + 1
    hyperplanes, so that cells have few generators, it takes twice the time.
    """
    return d < 7 or (network.depth > 2 and network.hidden_widths[0] <= d + 1)


def _few_in_domain(network: Network, d: int) -> bool:
    """Return whether compiled code counts cells of a domain more quickly by generators.

    Measured in boxes: up to d = 4 it does. At d = 5 and 6 `lp` is up to three times as fast with one hidden
    layer; with two generators take half the time at d = 5 and as long at d = 6, with three a third to a half.
    """
    return d < 5 or network.depth > (2 if d == 5 else 3)


def _bent_rank(network: Network) -> int:
    """Return the rank of the first layer's rows whose neurons have a bit; of all, if none is linear."""
    first = network.layers[0]
    if network.depth == 1 or network.activations[0].bent_width == first.outputs:
        return first.linear_rank()
    rows = network.activations[0].bent_of(first.matrix.integer_rows())
    return rank([row[:-1] for row in rows], network.inputs)
