"""The engine in the plane by its kernel: counts and cells, one by one, depth first, so sorted.

It serves problems whose section (`first_cells`) has dimension two, in all readings, where the library is
there; `search` does the same without. What doubles leave open is decided here, in integers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ctypes import CDLL
from itertools import chain

from exactrelu.enumeration.generator_engine.first_cells import FirstCells
from exactrelu.enumeration.generator_engine.plane_arrays import PlaneArrays
from exactrelu.enumeration.generator_engine.plane_cells import PlaneCells, merged
from exactrelu.enumeration.generator_engine.plane_chart import FirstPolygon, PlaneChart
from exactrelu.enumeration.generator_engine.plane_rows import PlaneRows
from exactrelu.enumeration.problem import Problem
from exactrelu.kernels.library import compiled
from exactrelu.kernels.plane import Event, PlaneSearch
from exactrelu.networks.reading import Reading
from exactrelu.numbers.rounding_mode import require_rounding_to_nearest

_WIDEST = 10**5  # of wider layers no bound is claimed
_AT_FIRST, _TOGETHER, _BYTES = 256, 4096, 1 << 23  # cells that are handed over at once, and their bits


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
        self.chart = PlaneChart(problem.network, start, half_open=problem.reading is Reading.HALF_OPEN)
        self._arrays = PlaneArrays(problem.network, self.chart)

    def count(self, checkpoint: Callable[[], None]) -> int:
        """Return the number of configurations."""
        search = self._search()
        for polygon in self.chart.polygons:
            for _ in self._steps(search, polygon, checkpoint):
                pass
        return search.count

    def cells(self, checkpoint: Callable[[], None]) -> Iterator[PlaneCells]:
        """Yield all cells, sorted by configuration, many at a time."""
        streams = [self._cells_of(number, checkpoint) for number in range(len(self.chart.polygons))]
        return chain.from_iterable(streams) if self.chart.is_in_order else merged(streams)

    def _cells_of(self, piece: int, checkpoint: Callable[[], None]) -> Iterator[PlaneCells]:
        """Yield the cells in a first cell; few at first, since many a reader stops at the first ones."""
        network, start = self._problem.network, 0
        bent = list[int]()
        for activation in network.activations:
            bent += [start + i for i in activation.bent]
            start += activation.width
        most = max(2, min(_TOGETHER, _BYTES // max(1, len(bent))))
        room = min(most, _AT_FIRST)
        search, to_inputs = self._search(), self._arrays.to_inputs(self.chart)
        search.hand_over(bent, room)
        for event in self._steps(search, self.chart.polygons[piece], checkpoint):
            if event in {Event.FILLED, Event.DONE} and search.waiting:
                room = min(most, 4 * room)
                yield PlaneCells.of(search.take(room), piece, to_inputs)

    def _search(self) -> PlaneSearch:
        arrays = self._arrays
        return PlaneSearch(self._library, arrays.layers, arrays.start, self._problem.reading.value)

    def _steps(
        self, search: PlaneSearch, polygon: FirstPolygon, checkpoint: Callable[[], None]
    ) -> Iterator[Event]:
        """Search a first cell; yield why each step ended."""
        rows = PlaneRows(self._problem.network, self.chart, polygon)
        search.begin(self._arrays.cell(polygon, self._problem.network.hidden_widths[0]))
        event = Event.BUSY
        while event is not Event.DONE:
            checkpoint()
            event = search.step()
            yield event
            if event is Event.QUESTIONS:
                search.answer(rows.signs(search.questions()))
