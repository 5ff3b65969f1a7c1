"""The outputs of a network at the vertices of all cells: enclosures in doubles, exact values on demand.

A finished chunk's table is led one layer further, to the outputs, as one of linear neurons. Row v then holds,
up to a positive factor, output j times 2^s_j in Y_j and t in T, with errors of at most E_j and E_t
(`vertex_table`). Where T > E_t the value q = y_j / t of the scaled output obeys, with t >= T - E_t,

    |Y_j/T - q| = |(Y_j - y_j) T - Y_j (T - t)| / (T t) <= (E_j + |Y_j/T| E_t) / (T - E_t).

s_j is the same in all chunks of a search, so enclosures of one output can be compared; they are of 2^s_j f_j.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from exactrelu.enumeration.generator_engine.exact_values import Homogeneous
from exactrelu.enumeration.generator_engine.first_cells import first_cells
from exactrelu.enumeration.generator_engine.search import Chunk, finished
from exactrelu.enumeration.problem import Problem
from exactrelu.numbers.points import Point

Floats = npt.NDArray[np.float64]

_U = 2.0**-53
_FLOOR = 1e-300
_ROUND_UP = 1 + 1e-12  # more than the roundings in computing one bound


def output_values(
    problem: Problem, *, checkpoint: Callable[[], None], most_cells: int | None = None
) -> Iterator[OutputValues]:
    """Yield the outputs at the vertices and rays of the `full` cells of a problem, chunk by chunk.

    The network has a hidden layer. The closures of the cells cover the closure of the domain, and the network
    is affine on each.

    Raises
    ------
    TooManyCellsError
        If there are more than ``most_cells`` cells.
    """
    start = first_cells(problem)
    if start is None:
        return
    chunk = Chunk.first(problem, start, paths=False, outputs=True)
    for part in finished(chunk, checkpoint, most_cells=most_cells):
        yield OutputValues(part)


class OutputValues:
    """The outputs at the vertices of a finished chunk; rows are vertices, columns outputs.

    ``low`` and ``high`` enclose 2^s_j f_j, and are infinite where doubles do not tell, and at rays.
    """

    def __init__(self, chunk: Chunk) -> None:
        self._cells = chunk.cells
        self._table = table = chunk.cells.table
        table.enter_layer()
        self._last = table.layer
        values, errors = table.values[: table.size], table.bounds[: table.size]
        with np.errstate(all="ignore"):
            end, end_error = values[:, -1:], errors[:, -1:]
            ratio, room = values[:, :-1] / end, end - end_error
            error = (errors[:, :-1] + np.abs(ratio) * end_error) / room * _ROUND_UP
            error = error + np.abs(ratio) * (16 * _U) + _FLOOR
            known = (room > 0) & np.isfinite(ratio) & np.isfinite(error)
            self.low: Floats = np.where(known, ratio - error, -np.inf)
            self.high: Floats = np.where(known, ratio + error, np.inf)

    @property
    def scales(self) -> list[Fraction]:
        """The factors 2^s_j."""
        return [Fraction(2) ** s for s in self._table.exponents[:-1]]

    @property
    def unknown(self) -> list[int]:
        """The rows that may be rays, or about which doubles say nothing."""
        return np.flatnonzero((self.high == np.inf).any(axis=1)).tolist()

    def exact(self, rows: list[int]) -> list[Sequence[Fraction | int]]:
        """Return the exact outputs at vertices; at a ray, of integers, a positive multiple of the slopes."""
        found = self._table.pedigree.values(self._table.nodes[rows].tolist(), self._last)
        return [[Fraction(y, t) for y in ys] if t else ys for *ys, t in found]

    def coordinates(self, row: int) -> Homogeneous:
        """Return the exact coordinates (X, t) of a vertex; t = 0 at a ray."""
        return self._table.coordinates([row])[0]

    def point(self, row: int) -> Point:
        """Return a vertex."""
        *x, t = self.coordinates(row)
        return tuple(Fraction(entry, t) for entry in x)

    def point_beside(self, ray: int) -> Point:
        """Return an inner point of a cell that has the ray."""
        members = self._cells.members(np.arange(self._cells.count))
        cell = np.searchsorted(members.start, np.flatnonzero(members.vertex == ray)[0], side="right") - 1
        rows = members.vertex[members.start[cell] : members.start[cell + 1]].tolist()
        *sums, end = map(sum, zip(*self._table.coordinates(rows), strict=True))
        return tuple(Fraction(entry, end) for entry in sums)
