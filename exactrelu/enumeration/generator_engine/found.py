"""From finished chunks to leaves: bits, dimensions, and geometry when somebody asks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import partial

import numpy as np

from exactrelu.enumeration.compositions import Compositions
from exactrelu.enumeration.generator_engine.block_leaves import BlockLeaves
from exactrelu.enumeration.generator_engine.block_source import TableSource
from exactrelu.enumeration.generator_engine.cell_block import CellBlock
from exactrelu.enumeration.generator_engine.crossing_edges import Index, Members
from exactrelu.enumeration.generator_engine.exact_values import Homogeneous
from exactrelu.enumeration.generator_engine.first_cells import FirstCells
from exactrelu.enumeration.generator_engine.search import Cells, Chunk
from exactrelu.enumeration.generator_engine.vertex_table import VertexTable
from exactrelu.enumeration.leaf_blocks import LeafBlock, batched
from exactrelu.enumeration.leaves import Reached
from exactrelu.enumeration.problem import Problem
from exactrelu.numbers.linear_algebra import IntegerRow, rank
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.polyhedron import Generators, Polyhedron

_TOGETHER, _MEMBERS = 4096, 1 << 18  # cells of a block, and their vertices


class Neighbours:
    """Parts whose vertices are made exact together: whoever asks for one asks for the next ones soon."""

    def __init__(self, table: VertexTable, rows: list[int]) -> None:
        self._table = table
        self._rows = rows

    def exact(self, rows: list[int]) -> list[Homogeneous]:
        """Return the exact coordinates of some of the rows."""
        if self._rows:
            self._table.coordinates(sorted(set(self._rows)))
        self._rows = []
        return self._table.coordinates(rows)


class CellVertices:
    """The generators of the closure of a cell that is joined from parts, made exact when somebody asks."""

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

    def dimension(self) -> int:
        """Return the dimension of the closure; not all generators need be extreme."""
        exact = self.exact()
        return rank(exact, len(exact[0])) - 1 + len(self._lineality)


def blocks_of(
    chunk: Chunk, problem: Problem, start: FirstCells, compositions: Compositions
) -> Iterator[LeafBlock]:
    """Yield the cells of a finished chunk as leaves, sorted by configuration, in blocks."""
    if chunk.has_seams:
        yield from batched(_joined_leaves(chunk, problem, start, compositions))
        return
    cells = chunk.cells
    order = cells.order()
    members = cells.members(order)
    blocks, bounds = _Blocks(problem, start, cells, order, members), members.start.tolist()
    end = 0
    while end < len(order):
        first, end = end, _end_of_block(bounds, end)
        block, thin = blocks.block(first, end), cells.cells.thin[order[first:end]].tolist()
        yield BlockLeaves(problem, block, partial(_dimension, start, block, thin), compositions)


def _dimension(start: FirstCells, block: CellBlock, thin: Sequence[bool], number: int) -> int:
    return block.rank(number) - 1 + len(start.lineality) if thin[number] else start.dimension


def _joined_leaves(
    chunk: Chunk, problem: Problem, start: FirstCells, compositions: Compositions
) -> Iterator[Reached]:
    """Yield leaves whose cells are joined from parts across seams; no block knows them."""
    cells = chunk.cells
    order = cells.order()
    groups = cells.cells.group_starts(order)
    members = cells.members(order)
    bounds, vertices = members.start[np.append(groups, len(order))].tolist(), members.vertex.tolist()
    thin = np.logical_and.reduceat(cells.cells.thin[order], groups).tolist()
    bits, width = cells.cells.bits[order[groups]].tobytes(), cells.cells.bits.shape[1]
    neighbours, end = Neighbours(cells.table, []), 0
    for number in range(len(groups)):
        if number == end:
            end = _end_of_block(bounds, number)
            neighbours = Neighbours(cells.table, vertices[bounds[number] : bounds[end]])
        rows = list(dict.fromkeys(vertices[bounds[number] : bounds[number + 1]]))
        own = CellVertices(neighbours, rows, start.lineality)
        dimension = own.dimension() if thin[number] else start.dimension
        own_bits = bits[number * width : (number + 1) * width]
        yield Reached(problem, own_bits, dimension, own.closure, compositions.of, own.point)


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
