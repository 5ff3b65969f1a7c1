"""The engine ``generators``: all cells share one table of vertices, whose signs doubles prove or integers.

Cells are split neuron by neuron as sets of vertices, every vertex carries its pre-activations, and no
affine map is composed during the search (see `vertex_table`, `incidences`, `search`). It is the quickest
engine as long as cells have few vertices: up to about 8 input dimensions in the whole space, 6 in boxes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor

from exactrelu.enumeration.complete_tree import complete_tree
from exactrelu.enumeration.generator_engine.found import Compositions, leaves_of
from exactrelu.enumeration.generator_engine.parallel import count_in_parts
from exactrelu.enumeration.generator_engine.search import Chunk, count_cells, finished
from exactrelu.enumeration.generator_engine.start import Start, start_of
from exactrelu.enumeration.leaves import Excluded, Leaf, Reached
from exactrelu.enumeration.problem import Problem


def leaves(problem: Problem, *, evidence: bool, checkpoint: Callable[[], None]) -> Iterator[Leaf]:
    """Yield the leaves of the case tree of ``problem`` in depth-first order.

    With ``evidence`` the excluded leaves come too, so that the stream is the complete tree.
    ``checkpoint`` is called at every neuron and may raise to end the search.
    """
    start = start_of(problem)
    if start is None:
        if evidence:
            yield Excluded(problem, "")
        return
    reached = _reached(problem, start, checkpoint)
    yield from complete_tree(problem, reached) if evidence else reached


def _reached(problem: Problem, start: Start, checkpoint: Callable[[], None]) -> Iterator[Reached]:
    compositions = Compositions(problem)
    for chunk in finished(Chunk.first(problem, start, paths=True), checkpoint):
        yield from leaves_of(chunk, problem, start, compositions)


def count(
    problem: Problem, *, checkpoint: Callable[[], None], executor: Executor | None = None, parts: int = 16
) -> int:
    """Return the number of configurations, without paths and leaves.

    With an executor the work is cut into so many parts, which it runs.
    """
    start = start_of(problem)
    if start is None:
        return 0
    chunk = Chunk.first(problem, start, paths=False)
    if executor is None:
        return count_cells(chunk, checkpoint)
    return count_in_parts(chunk, checkpoint, executor, parts)
