"""The engine in the plane by its kernel: counts, cell by cell, depth first.

It serves problems whose section (`first_cells`) has dimension two, in all readings, where the library is
there; `search` does the same without. What doubles leave open is decided here, in integers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ctypes import CDLL

from exactrelu.enumeration.generator_engine.first_cells import FirstCells
from exactrelu.enumeration.generator_engine.plane_arrays import PlaneArrays
from exactrelu.enumeration.generator_engine.plane_chart import FirstPolygon, PlaneChart
from exactrelu.enumeration.generator_engine.plane_rows import PlaneRows
from exactrelu.enumeration.problem import Problem
from exactrelu.kernels.library import compiled
from exactrelu.kernels.plane import Event, PlaneSearch
from exactrelu.networks.reading import Reading
from exactrelu.numbers.rounding_mode import require_rounding_to_nearest

_WIDEST = 10**5  # of wider layers no bound is claimed


def plane_kernel(problem: Problem, start: FirstCells) -> CDLL | None:
    """Return the library if it can serve the problem."""
    widths = problem.network.hidden_widths
    fits = start.rank == 2 and not start.has_seams and widths and max(widths) <= _WIDEST
    return compiled() if fits else None


class PlaneProblem:
    """A problem, ready for the kernel."""

    def __init__(self, library: CDLL, problem: Problem, start: FirstCells) -> None:
        require_rounding_to_nearest("generators")
        self._library, self._problem = library, problem
        self._chart = PlaneChart(problem.network, start, half_open=problem.reading is Reading.HALF_OPEN)
        self._arrays = PlaneArrays(problem.network, self._chart)

    def count(self, checkpoint: Callable[[], None]) -> int:
        """Return the number of configurations."""
        search = self._search()
        for polygon in self._chart.polygons:
            for _ in self._steps(search, polygon, checkpoint):
                pass
        return search.count

    def _search(self) -> PlaneSearch:
        arrays = self._arrays
        return PlaneSearch(self._library, arrays.layers, arrays.start, self._problem.reading.value)

    def _steps(
        self, search: PlaneSearch, polygon: FirstPolygon, checkpoint: Callable[[], None]
    ) -> Iterator[PlaneSearch]:
        """Search a first cell; yield the search after each step."""
        rows = PlaneRows(self._problem.network, self._chart, polygon)
        search.begin(self._arrays.cell(polygon, self._problem.network.hidden_widths[0]))
        event = Event.BUSY
        while event is not Event.DONE:
            checkpoint()
            event = search.step()
            yield search
            if event is Event.QUESTIONS:
                search.answer(rows.signs(search.questions()))
