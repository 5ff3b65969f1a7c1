"""What a block of cells is made of: bits, generators, and which rows are tight at each generator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from exactrelu.enumeration.generator_engine.crossing_edges import Index, Masks
from exactrelu.enumeration.generator_engine.exact_values import Homogeneous
from exactrelu.enumeration.generator_engine.exact_vertices import make_exact
from exactrelu.enumeration.generator_engine.facet_incidences import Bools
from exactrelu.enumeration.generator_engine.first_cells import FirstCells
from exactrelu.enumeration.generator_engine.prefix_rows import Bits, PrefixRows
from exactrelu.enumeration.generator_engine.vertex_table import VertexTable
from exactrelu.enumeration.problem import Problem
from exactrelu.kernels.region_block import Generators, Pedigreed


class BlockSource(Protocol):
    """Cells sorted by configuration, each with its generators, as their rows in a table."""

    @property
    def problem(self) -> Problem:
        """What was asked."""
        ...

    @property
    def start(self) -> FirstCells:
        """The first cells, whose rows have the first bits of the masks."""
        ...

    @property
    def bits(self) -> Bits:
        """A row for each cell."""
        ...

    @property
    def thin(self) -> Bools:
        """Which cells have a dimension less than the domain's."""
        ...

    @property
    def rows(self) -> PrefixRows:
        """The pre-activations on the cells."""
        ...

    @property
    def members(self) -> tuple[Index, Index]:
        """The pairs (cell, row of the table), sorted by cell."""
        ...

    @property
    def masks(self) -> Masks:
        """The rows that are tight at each row of the table, a column each (see `TightRows`)."""
        ...

    def exact(self, used: Index, cells: Index) -> list[Homogeneous]:
        """Return the primitive (X, t) of rows of the table, each a generator of the cell beside it."""
        ...

    def for_kernel(self) -> Generators:
        """Return the generators of the cells, and what makes them exact, for the kernel."""
        ...


@dataclass(frozen=True)
class TableSource:
    """Some cells of a finished chunk: their generators are vertices of its table."""

    problem: Problem
    start: FirstCells
    table: VertexTable
    masks: Masks
    bits: Bits
    thin: Bools
    members: tuple[Index, Index]

    @cached_property
    def rows(self) -> PrefixRows:
        """The pre-activations on the cells."""
        return PrefixRows(self.problem.network, self.bits)

    def exact(self, used: Index, cells: Index) -> list[Homogeneous]:
        """Return the primitive (X, t) of vertices of the table, each one of the cell beside it."""
        nodes: Sequence[int] = self.table.nodes[used].tolist()
        return make_exact(self.table.pedigree, nodes, cells.tolist(), self.rows.row_of_cell())

    def for_kernel(self) -> Pedigreed:
        """Return the generators, and the pedigree that makes them exact, for the kernel."""
        cell, row = self.members
        used = np.zeros(self.table.size, dtype=bool)
        used[row] = True
        rows, place = np.flatnonzero(used), (np.cumsum(used) - 1)[row]
        owner = np.empty(len(rows), dtype=np.int64)
        owner[place] = cell
        pedigree, start = self.table.pedigree, np.searchsorted(cell, np.arange(len(self.bits) + 1))
        masks = np.ascontiguousarray(self.masks[:, rows].T, dtype=np.uint64)
        nodes = self.table.nodes[rows]
        return Pedigreed(pedigree.births, pedigree.packed_seeds, start, place, nodes, owner, masks)
