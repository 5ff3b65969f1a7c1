"""Enumeration in one process: what is known without an engine, the engine, the limits of a search."""

from __future__ import annotations

from collections.abc import Iterator

from exactrelu.enumeration.effort import Search
from exactrelu.enumeration.engines import BlockEngine, CountingEngine, Engine, engine_module, resolve_engine
from exactrelu.enumeration.known_signs import KnownSigns, known_signs
from exactrelu.enumeration.leaf_blocks import LeafBlock, batched
from exactrelu.enumeration.leaves import Reached
from exactrelu.enumeration.problem import Problem
from exactrelu.enumeration.pruning import Keep


def leaves_within(search: Search, problem: Problem, keep: Keep | None = None) -> Iterator[Reached]:
    """Yield the configurations of a problem within the limits of a search that has begun."""
    name = resolve_engine(search.engine, problem)
    search.check_time()
    known = _known(name, problem, search)
    yield from _limited(_leaves(engine_module(name), problem, known, search, keep), search)


def blocks_within(search: Search, problem: Problem) -> Iterator[LeafBlock]:
    """Yield the same in blocks: where the engine lists blocks, leaves are made for those who ask."""
    name = resolve_engine(search.engine, problem)
    engine = engine_module(name)
    search.check_time()
    known, found = _known(name, problem, search), 0
    if known is not None or not isinstance(engine, BlockEngine):
        yield from batched(_limited(_leaves(engine, problem, known, search, None), search))
        return

    def seen() -> str:
        return str(found)

    for block in engine.leaf_blocks(problem, checkpoint=search.check_time):
        search.check_regions(found + len(block.bits))
        found += len(block.bits)
        search.tell("cells", seen)
        yield block


def _limited(leaves: Iterator[Reached], search: Search) -> Iterator[Reached]:
    found = 0

    def seen() -> str:
        return str(found)

    if search.max_regions is None and search.listener is None:
        yield from leaves
        return
    for leaf in leaves:
        search.check_regions(found + 1)
        found += 1
        search.tell("cells", seen)
        yield leaf


def _leaves(
    engine: Engine, problem: Problem, known: KnownSigns | None, search: Search, keep: Keep | None
) -> Iterator[Reached]:
    if known is None:
        return engine.leaves(problem, checkpoint=search.check_time, keep=keep)
    if known.is_one_cell:
        only = known.only_leaf()
        return iter(() if only is None else (only,))
    own = None if keep is None else known.widened(keep)
    return known.restored(engine.leaves(known.smaller, checkpoint=search.check_time, keep=own))


def _known(engine: str, problem: Problem, search: Search) -> KnownSigns | None:
    """Return what bounds know before the engine begins; `ppl` is the reference, and is told nothing."""
    return known_signs(problem, search.check_time) if engine == "lp" else None


def count_alone(problem: Problem, search: Search) -> int:
    """Return the number of configurations, by the engine that the search names."""
    engine = engine_module(search.engine)
    if search.max_regions is not None or not isinstance(engine, CountingEngine):
        return sum(1 for _ in leaves_within(search, problem))
    known = _known(search.engine, problem, search)
    if known is not None and known.is_one_cell:
        return int(problem.domain.interior_point is not None)
    problem = known.smaller if known else problem
    return engine.count(problem, checkpoint=search.check_time)
