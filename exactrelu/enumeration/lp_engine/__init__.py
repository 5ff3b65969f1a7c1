"""The engine ``lp``: cells kept by a point inside, split by batches of small linear programs.

It has no vertices, so that many input dimensions are no obstacle (see `search`, `decisions`; in boxes of very
many inputs `wide_boxes`). Floats propose,
proven bounds and integers decide (`float_bounds`, `exact_cell`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from exactrelu.enumeration.leaf_blocks import LeafBlock, batched, leaves_in
from exactrelu.enumeration.leaves import Reached
from exactrelu.enumeration.lp_engine.search import CellSearch, limit_of
from exactrelu.enumeration.lp_engine.start import start_of
from exactrelu.enumeration.lp_engine.wide_boxes import WideBoxSearch, is_wide_box
from exactrelu.enumeration.problem import Problem
from exactrelu.enumeration.pruning import Keep
from exactrelu.kernels.library import compiled
from exactrelu.networks.reading import Reading


def leaves(
    problem: Problem, *, checkpoint: Callable[[], None], keep: Keep | None = None
) -> Iterator[Reached]:
    """Yield the configurations of ``problem``, sorted, those that ``keep`` does not want left out.

    ``checkpoint`` is called often and may raise to end the search.
    """
    if _is_for_programs(problem):
        return WideBoxSearch(problem, checkpoint, keep).leaves()
    return leaves_in(leaf_blocks(problem, checkpoint=checkpoint, keep=keep))


def leaf_blocks(
    problem: Problem, *, checkpoint: Callable[[], None], keep: Keep | None = None
) -> Iterator[LeafBlock]:
    """Yield the same in blocks."""
    if _is_for_programs(problem):
        return batched(WideBoxSearch(problem, checkpoint, keep).leaves())
    start = start_of(problem)
    if start is None:
        return iter(())
    return CellSearch(problem.reading, checkpoint, limit_of(start), keep).reached(start)


def count(problem: Problem, *, checkpoint: Callable[[], None]) -> int:
    """Return the number of configurations, without leaves."""
    if _is_for_programs(problem):
        return sum(1 for _ in WideBoxSearch(problem, checkpoint).nodes())
    start = start_of(problem)
    return 0 if start is None else CellSearch(problem.reading, checkpoint, limit_of(start)).count(start)


def _is_for_programs(problem: Problem) -> bool:
    """Return whether single exact programs are quicker: in boxes of many inputs.

    Compiled code keeps no rows for the sides of a box. But what only touches is a face, which in many
    dimensions takes long to find; and so does the start, if some inputs have one value only.
    """
    if not is_wide_box(problem):
        return False
    return compiled() is None or problem.reading is not Reading.FULL or bool(problem.domain.equations)
