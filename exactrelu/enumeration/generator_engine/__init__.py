"""The engine ``generators``: all cells share one table of vertices, whose signs doubles prove or integers.

Cells are split neuron by neuron as sets of vertices, every vertex carries its pre-activations, and no
affine map is composed during the search (see `vertex_table`, `incidences`, `search`). It is the quickest
engine as long as cells have few vertices: up to about 8 input dimensions in the whole space, 6 in boxes.

Counting can be shared through any `concurrent.futures.Executor`, of processes here or on other machines: each
part is a chunk that holds all it needs, is pickled once, and comes back as a number. Which part went where
changes nothing in the sum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from functools import partial

from exactrelu.enumeration.compositions import Compositions
from exactrelu.enumeration.generator_engine.first_cells import first_cells
from exactrelu.enumeration.generator_engine.found import leaves_of
from exactrelu.enumeration.generator_engine.plane_search import PlaneProblem, plane_kernel
from exactrelu.enumeration.generator_engine.search import Chunk, count_cells, finished
from exactrelu.enumeration.leaves import Reached
from exactrelu.enumeration.problem import Problem
from exactrelu.enumeration.pruning import Keep

_CELLS_OF_A_PART = 128  # enough of them that parts take about equally long


def leaves(
    problem: Problem, *, checkpoint: Callable[[], None], keep: Keep | None = None
) -> Iterator[Reached]:
    """Yield the configurations of ``problem``, sorted, those that ``keep`` does not want left out.

    ``checkpoint`` is called at every neuron and may raise to end the search.
    """
    start = first_cells(problem)
    if start is None:
        return
    compositions = Compositions(problem)
    for chunk in finished(Chunk.first(problem, start, paths=True), checkpoint, keep=keep):
        yield from leaves_of(chunk, problem, start, compositions)


def count(
    problem: Problem, *, checkpoint: Callable[[], None], executor: Executor | None = None, parts: int = 16
) -> int:
    """Return the number of configurations, without bits and leaves.

    With an executor the work is cut into so many parts, which it runs.
    """
    start = first_cells(problem)
    if start is None:
        return 0
    if executor is None and (library := plane_kernel(problem, start)):
        return PlaneProblem(library, problem, start).count(checkpoint)
    chunk = Chunk.first(problem, start, paths=False)
    if executor is None:
        return count_cells(chunk, checkpoint)
    return _count_in_parts(chunk, checkpoint, executor, parts)


def _count_in_parts(chunk: Chunk, checkpoint: Callable[[], None], executor: Executor, parts: int) -> int:
    """Return the number of cells that the chunk becomes, the work cut into so many parts.

    ``checkpoint`` goes to the workers with each part, so it must be one that can be pickled.
    """
    while not chunk.done:
        if chunk.pending and chunk.cells.count >= parts * _CELLS_OF_A_PART:
            work = partial(count_cells, checkpoint=checkpoint)
            return sum(executor.map(work, chunk.cut(parts)))
        checkpoint()
        chunk.advance()
    return chunk.size_when_done()
