"""Values and bounds of the kernel of the plane, held against exact ones.

The kernel is made to ask for every sign. With each question it says the value that it computed and its bound;
here the exact value is computed in the same scaling, from the exact rows of two lines and of a neuron.
"""

from __future__ import annotations

import math
from fractions import Fraction

from exactrelu.enumeration.generator_engine.plane_arrays import PlaneArrays
from exactrelu.enumeration.generator_engine.plane_chart import FirstPolygon, PlaneChart
from exactrelu.enumeration.generator_engine.plane_rows import PlaneRows
from exactrelu.enumeration.generator_engine.plane_search import PlaneProblem
from exactrelu.kernels.plane import Event


def broken_bounds(problem: PlaneProblem) -> tuple[list[str], int, int]:
    """Ask for every sign; return what is wrong, how many bounds were checked, how many of these were 0."""
    search, wrong, checked, exact = problem._search(), [], 0, 0
    search.doubt()
    for polygon in problem.chart.polygons:
        rows = PlaneRows(problem._problem.network, problem.chart, polygon)
        search.begin(problem._arrays.cell(polygon, problem._problem.network.hidden_widths[0]))
        event = Event.BUSY
        scaled = _Scaled(problem.chart, problem._arrays, rows, polygon)
        while event is not Event.DONE:
            event = search.step()
            if event is Event.QUESTIONS:
                questions = search.questions()
                search.answer(rows.signs(questions))
                pairs = zip(questions.asked.tolist(), questions.measured.tolist(), strict=True)
                for (one, two, neuron), (value, bound) in pairs:
                    if not math.isfinite(bound):
                        continue  # nothing is claimed
                    true = scaled.value(one, two, (questions.layer << 32) + neuron)
                    checked, exact = checked + 1, exact + (bound == 0)
                    if abs(Fraction(value) - true) > Fraction(bound):
                        wrong.append(f"{neuron} at {one}, {two}: |{value} - {float(true)}| > {bound}")
    return wrong, checked, exact


class _Scaled:
    """Exact rows and corners as the kernel scales them."""

    def __init__(
        self, chart: PlaneChart, arrays: PlaneArrays, rows: PlaneRows, polygon: FirstPolygon
    ) -> None:
        self.chart, self._arrays, self._rows, self._polygon = chart, arrays, rows, polygon
        self._columns = [Fraction(2) ** e for e in arrays._columns]

    def value(self, one: int, two: int, asked: int) -> Fraction:
        """Return the exact value of a neuron's line at the corner of two lines."""
        return sum(a * x for a, x in zip(self._line(asked), self._corner(one, two), strict=True))

    def _line(self, name: int) -> list[Fraction]:
        if name < 0:
            edge = self.chart.edges[-1 - name]
            return self._to_one([Fraction(x) / c for x, c in zip(edge, self._columns, strict=True)])
        layer, neuron = name >> 32, name & 0xFFFFFFFF
        matrix, scale = self._rows._maps[layer]
        factor = Fraction(2) ** self._arrays.exponents[layer][neuron] / scale
        return [factor * int(matrix[neuron, j]) / c for j, c in enumerate(self._columns)]

    def _corner(self, one: int, two: int) -> list[Fraction]:
        true = [Fraction(x) * c for x, c in zip(self._rows._corner(one, two), self._columns, strict=True)]
        if one < 0 and two < 0:
            return self._to_one(true)
        a, b = self._line(one), self._line(two)
        z = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
        return z if sum(x * y for x, y in zip(z, true, strict=True)) > 0 else [-x for x in z]

    @staticmethod
    def _to_one(vector: list[Fraction]) -> list[Fraction]:
        """Scale by a power of two as first corners and edges are."""
        integers = math.lcm(*(x.denominator for x in vector))
        assert integers & (integers - 1) == 0
        top = max(int(abs(x) * integers).bit_length() for x in vector) - (integers.bit_length() - 1)
        return [x / Fraction(2) ** top for x in vector]
