"""The engine ``generators``: all cells share one table of vertices, whose signs doubles prove or integers.

Cells are split neuron by neuron as sets of vertices, every vertex carries its pre-activations, and no
affine map is composed during the search (see `vertex_table`, `incidences`, `search`). It is the quickest
engine as long as cells have few vertices: up to about 8 input dimensions in the whole space, 6 in boxes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from exactrelu.enumeration.complete_tree import complete_tree
from exactrelu.enumeration.generator_engine.found import Compositions, leaves_of
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
    for chunk in finished(Chunk.first(problem, start, paths=True), checkpoint, paths=True):
        yield from leaves_of(chunk, problem, start, compositions)


def count(problem: Problem, checkpoint: Callable[[], None]) -> int:
    """Return the number of configurations, without paths and leaves."""
    start = start_of(problem)
    return 0 if start is None else count_cells(Chunk.first(problem, start, paths=False), checkpoint)
