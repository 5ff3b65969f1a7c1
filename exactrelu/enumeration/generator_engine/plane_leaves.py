"""From cells of the plane to leaves: bits and dimensions at once, geometry when somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ctypes import CDLL

from exactrelu.enumeration.compositions import Compositions
from exactrelu.enumeration.generator_engine.cell_block import CellBlock
from exactrelu.enumeration.generator_engine.first_cells import FirstCells
from exactrelu.enumeration.generator_engine.plane_search import PlaneProblem
from exactrelu.enumeration.generator_engine.plane_source import PlaneSource
from exactrelu.enumeration.leaves import Reached
from exactrelu.enumeration.problem import Problem


def leaves_in_plane(
    library: CDLL, problem: Problem, start: FirstCells, checkpoint: Callable[[], None]
) -> Iterator[Reached]:
    """Yield the configurations of a problem that the kernel serves (`plane_kernel`), sorted."""
    plane, maps = PlaneProblem(library, problem, start), Compositions(problem).of
    for cells in plane.cells(checkpoint):
        block = CellBlock(PlaneSource(problem, start, plane.chart, cells))
        bits, width = cells.bits.tobytes(), cells.bits.shape[1]
        dimensions = (cells.ranks + (len(start.lineality) - 1)).tolist()
        for number, dimension in enumerate(dimensions):
            own = bits[number * width : (number + 1) * width]
            yield Reached(problem, own, dimension, None, maps, None, (block, number))
