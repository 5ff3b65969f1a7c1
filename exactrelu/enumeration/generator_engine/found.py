"""From finished chunks to leaves: bits, dimensions, and geometry when somebody asks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from exactrelu.enumeration.compositions import Compositions
from exactrelu.enumeration.generator_engine.block_source import TableSource
from exactrelu.enumeration.generator_engine.cell_block import CellBlock
from exactrelu.enumeration.generator_engine.crossing_edges import Index, Members
from exactrelu.enumeration.generator_engine.exact_values import Homogeneous
from exactrelu.enumeration.generator_engine.first_cells import FirstCells
from exactrelu.enumeration.generator_engine.search import Cells, Chunk
from exactrelu.enumeration.generator_engine.vertex_table import VertexTable
from exactrelu.enumeration.leaves import Reached
from exactrelu.enumeration.problem import Problem
from exactrelu.numbers.linear_algebra import IntegerRow, rank
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.polyhedron import Generators, Polyhedron

_TOGETHER, _MEMBERS = 4096, 1 << 18  # cells of a block, and their vertices


class Neighbours:
    """Cells whose vertices are made exact together: whoever asks for one asks for the next ones soon.

    They are a block, unless they are parts of cells that are joined across seams.
    """

    def __init__(self, table: VertexTable, rows: list[int], block: CellBlock | None) -> None:
        self._table = table
        self._rows = rows
        self.block = block

    def exact(self, rows: list[int]) -> list[Homogeneous]:
        """Return the exact coordinates of some of the rows."""
        if self.block is not None:
            _ = self.block.generators  # now the table knows them
        elif self._rows:
            self._table.coordinates(sorted(set(self._rows)))
        self._rows = []
        return self._table.coordinates(rows)


class CellVertices:
    """The generators of a cell's closure, made exact when somebody asks."""

    def __init__(self, neighbours: Neighbours, rows: list[int], lineality: list[IntegerRow]) -> None:
        self._neighbours = neighbours
        self._rows = rows
        self._lineality = lineality

    def exact(self) -> list[Homogeneous]:
        """Return the homogeneous integer generators (X, t)."""
        return self._neighbours.exact(self._rows)

    def closure(self) -> Polyhedron:
        """Return the polyhedron that they generate."""
        points, rays = [], []
        for *x, t in self.exact():
            if t:
                points.append(tuple(Fraction(entry, t) for entry in x))
            else:
                rays.append(tuple(x))
        return Polyhedron.generated_by(Generators(points, rays, self._lineality))

    def point(self) -> Point:
        """Return the sum of all generators, a point inside the cell relative to its affine hull."""
        *sums, end = map(sum, zip(*self.exact(), strict=True))
        return tuple(Fraction(entry, end) for entry in sums)

    def dimension(self, *, joined: bool) -> int:
        """Return the dimension of the closure; not all generators of ``joined`` parts need be extreme."""
        # Up to three extreme rays of a pointed cone are independent.
        if len(self._rows) <= 3 and not joined:
            return len(self._rows) - 1 + len(self._lineality)
        exact = self.exact()
        return rank(exact, len(exact[0])) - 1 + len(self._lineality)


def leaves_of(
    chunk: Chunk, problem: Problem, start: FirstCells, compositions: Compositions
) -> Iterator[Reached]:
    """Yield the cells of a finished chunk as leaves, sorted by configuration."""
    cells = chunk.cells
    order = cells.order()
    members = cells.members(order)
    parts, groups = members.start, np.arange(len(order))
    if chunk.has_seams:
        groups = cells.cells.group_starts(order)
        parts = members.start[np.append(groups, len(order))]
    bounds, vertices = parts.tolist(), members.vertex.tolist()
    thin = np.logical_and.reduceat(cells.cells.thin[order], groups).tolist()
    bits, width = cells.cells.bits[order[groups]].tobytes(), cells.cells.bits.shape[1]
    usual = start.dimension
    blocks = None if chunk.has_seams else _Blocks(problem, start, cells, order, members)
    neighbours, first, end = Neighbours(cells.table, [], None), 0, 0
    for number in range(len(groups)):
        if number == end:
            first, end = number, _end_of_block(bounds, number)
            together = vertices[bounds[number] : bounds[end]]
            neighbours = Neighbours(
                cells.table, together, None if blocks is None else blocks.block(number, end)
            )
        rows = vertices[bounds[number] : bounds[number + 1]]
        if chunk.has_seams:
            rows = list(dict.fromkeys(rows))
        own = CellVertices(neighbours, rows, start.lineality)
        dimension = own.dimension(joined=chunk.has_seams) if thin[number] else usual
        source = None if neighbours.block is None else (neighbours.block, number - first)
        own_bits = bits[number * width : (number + 1) * width]
        yield Reached(problem, own_bits, dimension, own.closure, compositions.of, own.point, source)


def _end_of_block(bounds: list[int], first: int) -> int:
    """Return where the block ends that begins with a cell; cell c has the members ``bounds[c:c + 2]``."""
    most = bisect_right(bounds, bounds[first] + _MEMBERS) - 1
    return min(first + _TOGETHER, max(first + 1, most), len(bounds) - 1)


class _Blocks:
    """The cells of a finished chunk, in order, to be cut into blocks."""

    def __init__(
        self,
        problem: Problem,
        start: FirstCells,
        cells: Cells,
        order: Index,
        members: Members,
    ) -> None:
        self._problem, self._start = problem, start
        self._table, self._masks = cells.table, cells.tight_masks()
        self._bits, self._thin = cells.cells.bits[order], cells.cells.thin[order]
        self._members = members

    def block(self, first: int, end: int) -> CellBlock:
        """Return the block of the cells from ``first`` to ``end``."""
        low, high = self._members.start[[first, end]].tolist()
        pairs = self._members.cell[low:high] - first, self._members.vertex[low:high]
        bits, thin = self._bits[first:end], self._thin[first:end]
        return CellBlock(TableSource(self._problem, self._start, self._table, self._masks, bits, thin, pairs))
