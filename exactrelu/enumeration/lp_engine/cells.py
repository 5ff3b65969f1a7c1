"""Cells of a chunk: bits, signs and a point inside for each, and no geometry.

A *cell* here is full-dimensional in the coordinates of its start. Its point lies in its interior, that is,
every row of it that does not vanish identically is positive there. Points are doubles, which are exact
numbers; where a cell is too small to hold one, its point is a rational one in ``exact_points`` and the
doubles are NaN, so that no float decides anything about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from exactrelu.enumeration.lp_engine.inner_points import as_double, rounded_inside
from exactrelu.enumeration.lp_engine.neuron_rows import NeuronRows, RowBatch, scaled_row
from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.numbers.points import Point

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Index = npt.NDArray[np.intp]
Codes = npt.NDArray[np.uint8]
Signs = npt.NDArray[np.int8]


@dataclass
class Cells:
    """Cells, sorted by configuration, whose neurons before ``neuron`` of ``layer`` (from 0) are decided.

    ``signs`` has a column for each domain row (1) and each neuron: the sign of its row inside the cell.
    ``points`` are homogeneous, their last coordinate is 1. ``tables[k]`` has the rows of layer k, and
    ``places[k]`` says which of them are a cell's.
    """

    neuron_rows: NeuronRows
    layer: int
    neuron: int
    bits: Codes
    signs: Signs
    points: Floats
    exact_points: dict[int, Point] = field(default_factory=dict)
    tables: list[RowBatch] = field(default_factory=list)
    places: list[Index] = field(default_factory=list)

    @classmethod
    def first(cls, neuron_rows: NeuronRows) -> Cells:
        """Return the cell that is the whole start."""
        start = neuron_rows.start
        hidden = sum(neuron_rows.widths)
        bits = np.zeros((1, hidden), dtype=np.uint8)
        bits[0, : len(start.path)] = np.frombuffer(start.path, dtype=np.uint8)
        signs = np.ones((1, len(start.rows) + hidden), dtype=np.int8)
        cells = cls(neuron_rows, 0, 0, bits, signs, np.ones((1, start.coordinates + 1)))
        decided = cells._repeat_path()
        cells.set_exact_point(
            0, rounded_inside(start.point, [*(row.entries for row in start.rows), *decided])
        )
        return cells

    def _repeat_path(self) -> list[IntegerRow]:
        """Decide what the start's path says, on its only cell; return the rows, positive inside or zero.

        A row that vanishes on the start has no sign; any other has, inside, the one that its bit says.
        """
        widths, path = self.neuron_rows.widths, self.neuron_rows.start.path
        decided: list[IntegerRow] = []
        if widths:
            self.enter_layer(0)
        for bit in path:
            while self.neuron == widths[self.layer]:
                self.enter_layer(self.layer + 1)
            row = self.neuron_rows.integer_rows(self.layer, path[: self.offset])[self.neuron]
            sign = (1 if bit else -1) if any(row) else 0
            self.signs[0, self.domain_rows + self.decided] = sign
            decided.append(tuple(sign * entry for entry in row))
            self.neuron += 1
        return decided

    # what there is -------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.bits)

    @property
    def offset(self) -> int:
        """The number of neurons in the layers before the current one."""
        return sum(self.neuron_rows.widths[: self.layer])

    @property
    def decided(self) -> int:
        """The number of neurons decided."""
        return self.offset + self.neuron

    @property
    def domain_rows(self) -> int:
        """The number of rows of the domain."""
        return len(self.neuron_rows.start.rows)

    def active(self, until: int) -> Flags:
        """Return the bits of the first neurons."""
        flags: Flags = self.bits[:, :until] != 0
        return flags

    def active_bytes(self, cell: int, until: int) -> bytes:
        """Return the bits of a cell's first neurons, a byte each."""
        return bytes((self.bits[cell, :until] != 0).tobytes())

    def set_exact_point(self, cell: int, point: Point) -> None:
        """Give a cell a rational point, as doubles if it has that form."""
        doubles = [as_double(x) for x in point]
        if all(value == x for value, x in zip(doubles, point, strict=True)):  # exact: Python compares so
            self.points[cell, :-1] = doubles
            self.exact_points.pop(cell, None)
        else:
            self.points[cell, :-1] = np.nan
            self.exact_points[cell] = point

    def exact_point(self, cell: int) -> Point:
        """Return the point of a cell."""
        if cell in self.exact_points:
            return self.exact_points[cell]
        return tuple(map(Fraction, self.points[cell, :-1].tolist()))

    # rows in doubles -----------------------------------------------------------------------------------

    def domain_table(self) -> Floats:
        """Return the domain's rows as doubles."""
        start = self.neuron_rows.start
        rows = [scaled_row(row.entries) for row in start.rows]
        return np.array(rows, dtype=np.float64).reshape(len(rows), start.coordinates + 1)

    def signed_rows(self, cells: Index, *, of_domain: bool = True, of_layer: bool = True) -> Floats:
        """Return the decided rows of the given cells, each times its sign: positive inside, or zero.

        Those of the domain and those of the current layer may be left out.
        """
        domain = self.domain_rows if of_domain else 0
        neurons = self.decided if of_layer else self.offset
        rows = np.empty((len(cells), domain + neurons, self.points.shape[1]))
        if domain:
            rows[:, :domain] = self.domain_table()
        column = domain
        for layer, (table, place) in enumerate(zip(self.tables, self.places, strict=True)):
            count = min(self.neuron_rows.widths[layer], domain + neurons - column)
            rows[:, column : column + count] = table.rows[place[cells], :count]
            column += count
        first = self.domain_rows - domain
        rows *= self.signs[cells, first : first + column, None]
        return rows

    def current_rows(self) -> tuple[Floats, Flags]:
        """Return the rows of the current neuron, and which of them are constant."""
        table, place = self.tables[self.layer], self.places[self.layer]
        return table.rows[place, self.neuron], table.constant[place, self.neuron]

    # parts and steps -----------------------------------------------------------------------------------

    def enter_layer(self, layer: int) -> None:
        """Compose the rows of the next layer; each cell has its own."""
        self.layer, self.neuron = layer, 0
        if layer == 0:
            self.tables.append(self.neuron_rows.table(0, self.active(0)[:1]))
            self.places.append(np.zeros(len(self), dtype=np.intp))
        else:
            self.tables.append(self.neuron_rows.table(layer, self.active(self.offset)))
            self.places.append(np.arange(len(self)))

    def chosen(self, cells: Index) -> Cells:
        """Return the given cells (repetitions allowed), with the tables as they are."""
        exact = {}
        if self.exact_points:
            exact = {
                new: self.exact_points[old]
                for new, old in enumerate(cells.tolist())
                if old in self.exact_points
            }
        places = [place[cells] for place in self.places]
        return Cells(
            self.neuron_rows, self.layer, self.neuron, self.bits[cells], self.signs[cells],
            self.points[cells], exact, list(self.tables), places,
        )  # fmt: skip

    def joined(self, others: Sequence[Cells]) -> Cells:
        """Return these cells and others of the same tables, sorted by configuration."""
        if not others:
            return self
        every = [self, *others]
        bits = np.concatenate([cells.bits for cells in every])
        places = [np.concatenate(place) for place in zip(*(cells.places for cells in every), strict=True)]
        exact, past = {}, 0
        for cells in every:
            exact.update({past + cell: point for cell, point in cells.exact_points.items()})
            past += len(cells)
        together = Cells(
            self.neuron_rows, self.layer, self.neuron, bits,
            np.concatenate([cells.signs for cells in every]),
            np.concatenate([cells.points for cells in every]),
            exact, list(self.tables), places,
        )  # fmt: skip
        return together.chosen(np.lexsort(bits.T[::-1]))

    def parts(self, size: int) -> list[Cells]:
        """Return the cells in parts of about a size, in their order, with no more rows than they need."""
        if not len(self):
            return []
        pieces = np.array_split(np.arange(len(self)), -(-len(self) // size))
        return [self.chosen(piece).compacted() for piece in pieces]

    def compacted(self) -> Cells:
        """Drop the rows that no cell uses."""
        for k, (table, place) in enumerate(zip(self.tables, self.places, strict=True)):
            used, self.places[k] = np.unique(place, return_inverse=True)
            self.tables[k] = table.part(used)
        return self
