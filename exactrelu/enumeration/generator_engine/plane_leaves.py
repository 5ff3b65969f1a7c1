"""From cells of the plane to leaves: bits and dimensions at once, geometry when somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ctypes import CDLL

from exactrelu.enumeration.compositions import Compositions
from exactrelu.enumeration.generator_engine.block_leaves import BlockLeaves
from exactrelu.enumeration.generator_engine.cell_block import CellBlock
from exactrelu.enumeration.generator_engine.first_cells import FirstCells
from exactrelu.enumeration.generator_engine.plane_search import PlaneProblem
from exactrelu.enumeration.generator_engine.plane_source import PlaneSource
from exactrelu.enumeration.problem import Problem


def blocks_in_plane(
    library: CDLL, problem: Problem, start: FirstCells, checkpoint: Callable[[], None]
) -> Iterator[BlockLeaves]:
    """Yield the configurations of a problem that the kernel serves (`plane_kernel`), sorted, in blocks."""
    plane, compositions = PlaneProblem(library, problem, start), Compositions(problem)
    for cells in plane.cells(checkpoint):
        block = CellBlock(PlaneSource(problem, start, plane.chart, cells))
        dimensions = (cells.ranks + (len(start.lineality) - 1)).tolist()
        yield BlockLeaves(problem, block, dimensions.__getitem__, compositions)
