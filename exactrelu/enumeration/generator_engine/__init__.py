"""The engine ``generators``: all cells share one table of vertices, whose signs doubles prove or integers.

Cells are split neuron by neuron as sets of vertices, every vertex carries its pre-activations, and no
affine map is composed during the search (see `vertex_table`, `incidences`, `search`). It is the quickest
engine as long as cells have few vertices: up to about 8 input dimensions in the whole space, 6 in boxes.

Cells of dimension two are counted by a kernel of their own, where it is there (`plane_search`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from exactrelu.enumeration.compositions import Compositions
from exactrelu.enumeration.generator_engine.few_cells import count_few
from exactrelu.enumeration.generator_engine.first_cells import first_cells
from exactrelu.enumeration.leaf_blocks import LeafBlock, leaves_in
from exactrelu.enumeration.leaves import Reached
from exactrelu.enumeration.problem import Problem
from exactrelu.enumeration.pruning import Keep


def leaves(
    problem: Problem, *, checkpoint: Callable[[], None], keep: Keep | None = None
) -> Iterator[Reached]:
    """Yield the configurations of ``problem``, sorted, those that ``keep`` does not want left out.

    ``checkpoint`` is called at every neuron and may raise to end the search.
    """
    return leaves_in(leaf_blocks(problem, checkpoint=checkpoint, keep=keep))


def leaf_blocks(
    problem: Problem, *, checkpoint: Callable[[], None], keep: Keep | None = None
) -> Iterator[LeafBlock]:
    """Yield the same in blocks."""
    from exactrelu.enumeration.generator_engine.found import blocks_of
    from exactrelu.enumeration.generator_engine.plane_leaves import blocks_in_plane
    from exactrelu.enumeration.generator_engine.plane_search import plane_kernel
    from exactrelu.enumeration.generator_engine.search import Chunk, finished

    start = first_cells(problem)
    if start is None:
        return
    if keep is None and (library := plane_kernel(problem, start)):
        yield from blocks_in_plane(library, problem, start, checkpoint)
        return
    compositions = Compositions(problem)
    for chunk in finished(Chunk.first(problem, start, paths=True), checkpoint, keep=keep):
        yield from blocks_of(chunk, problem, start, compositions)


def count(problem: Problem, *, checkpoint: Callable[[], None]) -> int:
    """Return the number of configurations, without bits and leaves.

    Where NumPy is not loaded, few cells are counted before it would be.
    """
    start = first_cells(problem)
    if start is None:
        return 0
    if "numpy" not in sys.modules:
        few = count_few(problem, start, checkpoint)
        if few is not None:
            return few
    from exactrelu.enumeration.generator_engine.plane_search import PlaneProblem, plane_kernel

    if library := plane_kernel(problem, start):
        return PlaneProblem(library, problem, start).count(checkpoint)
    from exactrelu.enumeration.generator_engine.search import Chunk, count_cells

    return count_cells(Chunk.first(problem, start, paths=False), checkpoint)
