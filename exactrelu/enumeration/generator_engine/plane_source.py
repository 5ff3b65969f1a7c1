"""Exact generators of cells of the plane: a corner is where two lines meet, and a cell knows their rows.

Nothing is computed but cross products. Which lines these are, and which neurons are zero at a corner, the
kernel says, whose signs are proved (`plane_search`).
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from exactrelu.enumeration.generator_engine.crossing_edges import Index, Masks
from exactrelu.enumeration.generator_engine.exact_values import Homogeneous
from exactrelu.enumeration.generator_engine.facet_incidences import Bools
from exactrelu.enumeration.generator_engine.first_cells import FirstCells
from exactrelu.enumeration.generator_engine.plane_cells import PlaneCells
from exactrelu.enumeration.generator_engine.plane_chart import PlaneChart, Vector
from exactrelu.enumeration.generator_engine.plane_corners import meeting_points
from exactrelu.enumeration.generator_engine.prefix_rows import PrefixRows
from exactrelu.enumeration.problem import Problem
from exactrelu.kernels.integer_vectors import Vectors
from exactrelu.kernels.region_block import PlaneCorners


class PlaneSource:
    """A block of cells of the plane (`BlockSource`); the rows of its table are its distinct generators."""

    def __init__(self, problem: Problem, start: FirstCells, chart: PlaneChart, cells: PlaneCells) -> None:
        self.problem, self.start, self.bits = problem, start, cells.bits
        self._chart, self._cells = chart, cells

    @cached_property
    def thin(self) -> Bools:
        """Which cells have a dimension less than the domain's."""
        return self._cells.corners < 3

    @cached_property
    def rows(self) -> PrefixRows:
        """The pre-activations on the cells."""
        return PrefixRows(self.problem.network, self.bits)

    @property
    def members(self) -> tuple[Index, Index]:
        """The pairs (cell, generator), sorted by cell."""
        return self._owner, self._corners[1]

    def exact(self, used: Index, cells: Index) -> list[Homogeneous]:  # noqa: ARG002 - all are known
        """Return the primitive (X, t) of some generators."""
        generators = self._corners[0]
        return [generators[row] for row in used.tolist()]

    def for_kernel(self) -> PlaneCorners:
        """Return the corners, as the kernel of the plane named them, for that of regions."""
        cells, chart = self._cells, self._chart
        return PlaneCorners(
            self._ends,
            np.ascontiguousarray(cells.lines, dtype=np.int64),
            np.ascontiguousarray(cells.piece, dtype=np.uint8),
            np.ascontiguousarray(cells.zero_counts, dtype=np.int32),
            np.ascontiguousarray(cells.zeros, dtype=np.int32),
            Vectors.of_rows(chart.edges),
            Vectors.of_rows(chart.basis),
            Vectors.of_rows([polygon.positive for polygon in chart.polygons]),
        )

    # corners ----------------------------------------------------------------------------------------

    @cached_property
    def _owner(self) -> Index:
        return np.repeat(np.arange(len(self._cells)), self._cells.corners)

    @cached_property
    def _ends(self) -> Index:
        return np.concatenate([[0], np.cumsum(self._cells.corners, dtype=np.int64)])

    @cached_property
    def _numbered_lines(self) -> tuple[Index, Index]:
        """A number for each of the two lines of each corner, equal for equal rows; and where each begins.

        First the edges of the first cells, then the neurons of each run of each layer.
        """
        names, runs, layers = self._cells.lines, self.rows.runs, self.problem.network.layers
        widths = [layer.outputs for layer in layers[:-1]]
        sizes = [len(self._chart.edges), *((int(runs[k][-1]) + 1) * n for k, n in enumerate(widths))]
        begin = np.concatenate([[0], np.cumsum(sizes)])
        numbers = -1 - names
        for k, width in enumerate(widths):
            row, column = np.nonzero(names >> 32 == k)
            neuron = names[row, column] & 0xFFFFFFFF
            numbers[row, column] = begin[k + 1] + runs[k][self._owner[row]] * width + neuron
        return numbers, begin

    @cached_property
    def _corners(self) -> tuple[list[Homogeneous], Index]:
        """The distinct generators, and the number of each corner."""
        lines, begin = self._numbered_lines
        keys = lines.min(axis=1) * begin[-1] + lines.max(axis=1)
        distinct, first, place = np.unique(keys, return_index=True, return_inverse=True)
        used = np.unique(lines)
        one, two = (np.searchsorted(used, line) for line in np.divmod(distinct, begin[-1]))
        positive = [polygon.positive for polygon in self._chart.polygons]
        pieces = self._cells.piece[self._owner[first]].astype(np.int64)
        points = meeting_points(self._rows_of(used, begin), (one, two), positive, pieces)
        index: dict[Homogeneous, int] = {}
        number = [index.setdefault(x, len(index)) for x in map(self._chart.inputs_of, points)]
        return list(index), np.array(number, dtype=np.int64)[place]

    def _rows_of(self, lines: Index, begin: Index) -> list[Vector]:
        """Return the exact row in the plane of each line; their numbers ascend."""
        chart = self._chart
        found = [chart.edges[line] for line in lines[lines < begin[1]].tolist()]
        for k in range(len(begin) - 2):
            own = lines[(begin[k + 1] <= lines) & (lines < begin[k + 2])]
            runs, neurons = np.divmod(own - begin[k + 1], self.problem.network.layers[k].outputs)
            found += map(chart.row_of, self.rows.rows(k, runs, neurons))
        return found

    # tight rows -------------------------------------------------------------------------------------

    @cached_property
    def masks(self) -> Masks:
        """The rows that are tight at each generator, a column each (see `TightRows`)."""
        generators, numbers = self._corners
        first, network = 1 + len(self.start.rows), self.problem.network
        bits = first + sum(network.bent_widths)
        masks = np.zeros(((bits + 63) // 64, len(generators)), dtype=np.uint64)
        for vertex in np.unique(numbers[(self._cells.lines < 0).any(axis=1)]).tolist():
            for bit in self.start.tight(generators[vertex]):
                masks[bit >> 6, vertex] |= np.uint64(1 << (bit & 63))
        corner, neuron = self._cells.zeros.T
        owner = np.repeat(np.arange(len(self._cells)), self._cells.zero_counts)
        vertex, column = numbers[self._ends[owner] + corner], first + self._places[neuron]
        np.bitwise_or.at(masks, (column >> 6, vertex), np.uint64(1) << (column & 63).astype(np.uint64))
        return masks

    @cached_property
    def _places(self) -> Index:
        """The place of each neuron, through all layers, among those with a bit."""
        bent = [np.isin(np.arange(a.width), a.bent) for a in self.problem.network.activations]
        return np.cumsum(np.concatenate(bent)) - 1
