"""The search: chunks of cells, layer by layer and neuron by neuron, depth-first.

A chunk that has grown past a limit is cut into parts, each with its own vertices, and the parts are
finished one after the other, so that memory does not grow with the number of cells. Where paths are
kept, a chunk is cut between cells that are sorted by configuration, and only where the neurons decided
are the first ones, so that the leaves come sorted. Where cells are joined across seams in the end
(`first_cells`), paths are kept, and a chunk is not cut within a configuration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from typing import TypeAlias, TypeVar

import numpy as np

from exactrelu.enumeration.generator_engine.compiled_cells import CompiledCells
from exactrelu.enumeration.generator_engine.compiled_table import CompiledTable
from exactrelu.enumeration.generator_engine.crossing_edges import Index
from exactrelu.enumeration.generator_engine.first_cells import FirstCells
from exactrelu.enumeration.generator_engine.incidences import Incidences
from exactrelu.enumeration.generator_engine.polygons import Polygons
from exactrelu.enumeration.generator_engine.vertex_table import VertexTable
from exactrelu.enumeration.problem import Problem
from exactrelu.enumeration.pruning import Keep, with_open_bits
from exactrelu.kernels.library import compiled
from exactrelu.networks.reading import Reading

LIMIT = 1 << 24  # bytes of a chunk, about, when it is cut

VertexSets: TypeAlias = Incidences | CompiledCells
Cells: TypeAlias = VertexSets | Polygons


Table = TypeVar("Table", bound=VertexTable)


class TooManyCellsError(Exception):
    """A search that should have few cells has more."""


class Chunk:
    """Some cells, and how far they are decided. It can be pickled, and finished anywhere."""

    def __init__(self, cells: Cells, start: FirstCells, layers: int, *, paths: bool) -> None:
        self.cells = cells
        self.layers = layers
        self.paths = paths
        self.keeps_columns = paths  # of neurons that are done in the last layer
        self.has_seams = start.has_seams
        self.counted = 0  # cells that are dropped, since their number alone is asked for
        self.pending: list[int] = []  # neurons of the current layer, the last one first
        self._pivots = start.pivots
        self._last_pivot = max(start.pivots, default=-1)
        self._layer = -1

    @classmethod
    def first(cls, problem: Problem, start: FirstCells, *, paths: bool, outputs: bool = False) -> Chunk:
        """Return the chunk of all cells, nothing decided yet; with ``outputs`` the table goes on to them."""
        bits, paths = sum(problem.network.bent_widths), paths or start.has_seams
        cells = _first(problem, start, bits, paths=paths, outputs=outputs)
        chunk = cls(cells, start, len(problem.network.hidden_widths), paths=paths)
        chunk.keeps_columns = paths or outputs
        return chunk

    @property
    def done(self) -> bool:
        """Whether all neurons are decided."""
        return not self.pending and self._layer == self.layers - 1

    @property
    def nearly_done(self) -> bool:
        """Whether at most one neuron is not decided."""
        return len(self.pending) <= 1 and self._layer == self.layers - 1

    @property
    def next_column(self) -> int:
        """The table's column of the neuron that is decided next; after the last one, their number."""
        table = self.cells.table
        return table.column(self.pending[-1]) if self.pending else len(table.live)

    def size_when_done(self) -> int:
        """Return the number of cells when the last neuron will be decided; with seams it must be."""
        if self.has_seams:
            return len(self.cells.cells.group_starts(self.cells.order()))
        own = self.cells.count_after(self.pending[-1]) if self.pending else self.cells.count
        return self.counted + own

    def advance(self) -> None:
        """Decide the next neuron; between layers, enter the next."""
        if self.pending:
            self.cells.split(self.pending.pop())
            self._count_finished()
            return
        self._layer += 1
        self.cells.enter_layer()
        bent = self.cells.table.activation.bent
        self.pending = [i for i in reversed(bent) if i not in self._pivots]
        for pivot in self._pivots:
            self.cells.adopt(pivot)
        self._pivots = []
        self.settle()
        self._count_finished()

    def _count_finished(self) -> None:
        """Count the cells that at most one neuron will cut and drop them, where nobody asks for more."""
        if self.keeps_columns or self._layer < self.layers - 1 or not isinstance(self.cells, CompiledCells):
            return
        self.counted += self.cells.count_finished(self.pending)
        if not self.cells.count:
            self.pending = []

    def parts(self, limit: int) -> list[Chunk]:
        """Return the chunk in parts of about ``limit`` / 2 bytes; itself if it is small."""
        if not self.pending or self.cells.weight <= limit or (self.paths and self._out_of_order()):
            return [self]
        return self.cut(1 + 2 * self.cells.weight // limit)

    def cut(self, number: int) -> list[Chunk]:
        """Return the chunk in so many parts of equally many cells, or in fewer; some neuron must be left."""
        number = min(self.cells.count, number)
        if number < 2:
            return [self]
        order = self.cells.order() if self.paths else self.cells.sweep(self.pending[-1])
        if not self.has_seams:
            parts = [self._part(cells) for cells in np.array_split(order, number)]
            parts[0].counted = self.counted
            return parts
        groups = self.cells.cells.group_starts(order)[1:]
        if not len(groups):
            return [self]
        ends = [part[0] for part in np.array_split(groups, min(number - 1, len(groups)))]
        return [self._part(cells) for cells in np.split(order, ends)]

    def _part(self, cells: Index) -> Chunk:
        part = copy(self)
        part.cells = self.cells.part(cells)
        part.pending, part.counted = list(self.pending), 0
        part.settle()
        return part

    def retain(self, keep: Keep) -> bool:
        """Drop the cells that are not wanted, at the end of a layer; return whether any are left."""
        order = self.cells.order()
        decided = sum(a.bent_width for a in self.cells.table.activations[: self._layer + 1])
        wanted = keep(with_open_bits(self.cells.cells.bits[order], decided))
        if not wanted.all():
            self.cells = self.cells.part(order[wanted])
        return bool(wanted.any())

    def settle(self) -> None:
        """Record the neurons that do not change their sign in this chunk: they split none of its cells."""
        signs = self.cells.table.constant(self.pending).tolist()
        for neuron, sign in zip(self.pending, signs, strict=True):
            if sign:
                self.cells.note_constant(neuron, sign)
        self.pending = [neuron for neuron, sign in zip(self.pending, signs, strict=True) if not sign]
        if not self.keeps_columns and self._layer == self.layers - 1:
            self.cells.table.keep(self.pending[::-1])

    def _out_of_order(self) -> bool:
        """Whether a pivot is decided and a neuron before it is not."""
        return self._layer < 0 or (
            self._layer == 0 and bool(self.pending) and self.pending[-1] < self._last_pivot
        )


def _first(problem: Problem, start: FirstCells, bits: int, *, paths: bool, outputs: bool) -> Cells:
    """Return the first cells in the form that suits the problem and what is there."""
    network, reading = problem.network, problem.reading

    def table(kind: type[Table]) -> Table:
        return kind.of_seeds(network, start.generators, outputs=outputs)

    if start.rank == 2 and reading is Reading.FULL:
        return Polygons(table(VertexTable), start, bits, paths=paths)
    if compiled() is None:
        return Incidences(table(VertexTable), start, reading, bits, paths=paths)
    return CompiledCells(table(CompiledTable), start, reading, bits, paths=paths)


def finished(
    chunk: Chunk,
    checkpoint: Callable[[], None],
    *,
    limit: int | None = None,
    but_last: bool = False,
    most_cells: int | None = None,
    keep: Keep | None = None,
) -> Iterator[Chunk]:
    """Yield the chunk's parts, all neurons decided; with ``paths`` in the order of configurations.

    With ``but_last`` the last neuron of all may be left undecided. Cells that ``keep`` does not want are
    dropped after each layer; it needs paths.

    Raises
    ------
    TooManyCellsError
        If there are more than ``most_cells`` cells, be they decided or not.
    """
    stack, found = [chunk], 0
    while stack:
        chunk = stack.pop()
        while not (chunk.done or (but_last and chunk.nearly_done)):
            checkpoint()
            chunk.advance()
            if most_cells is not None and found + chunk.cells.count > most_cells:
                raise TooManyCellsError
            if keep is not None and not chunk.pending and not chunk.retain(keep):
                break
            # The more parts wait, the smaller they are: where every neuron doubles the cells, as in the
            # reading `closed` through one point, one waits for each neuron.
            parts = chunk.parts(1 + (limit or LIMIT) // (1 + len(stack) // 8))
            if len(parts) > 1:
                stack += reversed(parts)
                break
        else:
            found += chunk.cells.count
            yield chunk


def count_cells(chunk: Chunk, checkpoint: Callable[[], None], *, limit: int | None = None) -> int:
    """Return the number of cells that the chunk becomes."""
    parts = finished(chunk, checkpoint, limit=limit, but_last=not chunk.has_seams)
    return sum(part.size_when_done() for part in parts)
