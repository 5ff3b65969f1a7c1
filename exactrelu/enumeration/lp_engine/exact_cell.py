"""One cell and one neuron, decided in integers: what floats leave open.

Everything here is exact. A proposal of the float search is tried first: its point by evaluation, its rows by
solving for their multipliers; where both fail, an exact linear program answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from flint import fmpz_mat

from exactrelu.enumeration.lp_engine.boxes import constant_on_box
from exactrelu.enumeration.lp_engine.cells import Cells
from exactrelu.enumeration.lp_engine.exact_programs import least_on_box, least_value
from exactrelu.enumeration.lp_engine.inner_points import is_inside, rounded_inside, value_at
from exactrelu.networks.reading import Reading
from exactrelu.numbers.linear_algebra import IntegerRow, primitive
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.constraints import Relation, Row

_REMEMBERED = 1 << 16  # proofs in memory
_FEW = 12  # coordinates and one, up to which boxes are nothing special


@dataclass(frozen=True)
class Sides:
    """What is known of a neuron on a cell: points of the cell below and above zero.

    None where there are none; then ``touches`` says whether the pre-activation, one-signed on the closure,
    may be zero there: by ``tight``, the rows of which one knows that they vanish where it does.
    """

    below: Point | None
    above: Point | None
    touches: bool = False
    tight: tuple[int, ...] = ()


class ExactCell:
    """A cell's decided rows and the one of its current neuron, in integers, and its point."""

    def __init__(self, cells: Cells, cell: int) -> None:
        self.cells = cells
        self.cell = cell

    @cached_property
    def point(self) -> Point:
        """The cell's point."""
        return self.cells.exact_point(self.cell)

    @cached_property
    def target(self) -> IntegerRow:
        """The row of the neuron."""
        cells = self.cells
        active = cells.active_bytes(self.cell, cells.offset)
        return cells.neuron_rows.integer_rows(cells.layer, active)[cells.neuron]

    @cached_property
    def rows(self) -> list[IntegerRow]:
        """The rows, positive inside the cell or identically zero."""
        cells, neuron_rows = self.cells, self.cells.neuron_rows
        rows: list[IntegerRow] = [row.entries for row in neuron_rows.start.rows]
        past = 0
        for layer in range(cells.layer + 1):
            own = neuron_rows.integer_rows(layer, cells.active_bytes(self.cell, past))
            count = neuron_rows.widths[layer] if layer < cells.layer else cells.neuron
            rows += own[:count]
            past += neuron_rows.widths[layer]
        signs = cells.signs[self.cell].tolist()
        return [
            row if sign > 0 else tuple(sign * entry for entry in row)
            for sign, row in zip(signs, rows, strict=False)
        ]

    # points --------------------------------------------------------------------------------------------

    def sign(self) -> int:
        """Return the sign of the pre-activation at the cell's point."""
        value = value_at(self.target, self.point)
        return (value > 0) - (value < 0)

    def _has_inside(self, point: Point, side: int) -> bool:
        """Return whether a point lies in the interior, the pre-activation of the given sign there."""
        return is_inside(point, self._rows_and(side))

    def _simplest(self, point: Point, side: int) -> Point:
        return rounded_inside(point, self._rows_and(side))

    def _rows_and(self, side: int) -> list[IntegerRow]:
        return [tuple(side * entry for entry in self.target), *self.rows]

    def _beside(self) -> tuple[Point, Point]:
        """Return points below and above, where the pre-activation vanishes at the cell's point.

        Along the gradient g by half of what the rows allow: s(p +- t g) = s(p) +- t (s's gradient).g.
        """
        gradient = self.target[:-1]
        length = Fraction(1)
        for row in self.rows:
            slope = abs(sum(a * g for a, g in zip(row, gradient, strict=False)))
            if slope:
                length = min(length, value_at(row, self.point) / (2 * slope))
        ends = (
            tuple(x + side * length * g for x, g in zip(self.point, gradient, strict=True))
            for side in (-1, 1)
        )
        below, above = ends
        return self._simplest(below, -1), self._simplest(above, 1)

    # both sides ------------------------------------------------------------------------------------------

    def sides(self, proposed: Point | None = None, support: Sequence[int] = ()) -> Sides:
        """Return what there is of the neuron on this cell, whose row is not constant.

        ``proposed`` may be a point on the side that the cell's point is not on, ``support`` rows whose
        multipliers may prove that there is none.
        """
        sign = self.sign()
        if sign == 0:
            return Sides(*self._beside())
        mine = Sides(self.point, None) if sign < 0 else Sides(None, self.point)
        if proposed is not None and self._has_inside(proposed, -sign):
            return _with_other(mine, proposed)
        if support and (constant := self.constant(support, sign)) is not None:
            return replace(mine, touches=constant == 0, tight=tuple(support))
        return self._by_program(mine, sign)

    def constant(self, support: Sequence[int], sign: int) -> int | None:
        """Return the sign of c >= 0 in ``sign y = c + sum of multiples of rows``, None if unproved."""
        memory = self.cells.neuron_rows.proofs
        active = self.cells.active_bytes(self.cell, self.cells.offset)
        signs = self.cells.signs[self.cell]
        key = (active, self.cells.neuron, sign, tuple((r, int(signs[r])) for r in support))
        if key not in memory:
            if len(memory) > _REMEMBERED:
                memory.clear()
            memory[key] = self._proved(support, tuple([sign * entry for entry in self.target]))
        return memory[key]

    def _proved(self, support: Sequence[int], target: IntegerRow) -> int | None:
        box = self.cells.neuron_rows.box
        if box is None or len(target) <= _FEW:
            return farkas_constant([self.rows[r] for r in support], target)
        sides = [r for r in support if r in box.side_of]
        return constant_on_box(box, [self.rows[r] for r in support if r not in box.side_of], target, sides)

    def _by_program(self, mine: Sides, sign: int) -> Sides:
        target = primitive([sign * entry for entry in self.target])
        start = value_at(target, self.point)
        rows = [primitive(row) for row in self.rows if any(row)]
        wide = len(target) > _FEW and self.cells.neuron_rows.box is not None
        least = least_on_box(rows, target) if wide else least_value(len(self.point), rows, target, start)
        if least.value >= 0:
            return replace(mine, touches=least.value == 0)
        # The segment from the cell's point crosses zero at ``part``; beyond, up to its end, all is inside.
        part = (1 + start / (start - least.value)) / 2
        inner = tuple(p + part * (q - p) for p, q in zip(self.point, least.point, strict=True))
        return _with_other(mine, self._simplest(inner, -sign))

    # faces -----------------------------------------------------------------------------------------------

    def face_rows(self, reading: Reading, tight: Sequence[int]) -> list[Row] | None:
        """Return the rows of the face where the pre-activation vanishes, None if a strict one does, too."""
        rows = [*self.cells.neuron_rows.start.rows]
        domain, bits = len(rows), self.cells.bits[self.cell]
        strict = [row.relation is Relation.GREATER for row in rows]
        strict += [reading is Reading.HALF_OPEN and bit == 1 for bit in bits[: self.cells.decided].tolist()]
        if any(strict[r] for r in tight):
            return None
        relations = [Relation.GREATER if flag else Relation.AT_LEAST for flag in strict]
        rows += [
            Row(primitive(row), r) for row, r in zip(self.rows[domain:], relations[domain:], strict=True)
        ]
        rows = [Row(row.entries, Relation.EQUAL) if i in tight else row for i, row in enumerate(rows)]
        rows = [row for row in rows if any(row.entries)]
        return [*rows, Row(primitive(self.target), Relation.EQUAL)]


def farkas_constant(rows: Sequence[IntegerRow], target: Sequence[int]) -> int | None:
    """Return the sign of c in ``target = c + sum m_i rows_i``, m_i >= 0, if it is not negative; else None.

    None also where the target is no such combination, or this solution has a negative multiplier; and where
    c = 0 but some row has none, so that it need not vanish where the target does.

    Examples
    --------
    >>> farkas_constant([(1, 0, 0), (0, 1, -1)], (2, 3, 4)), farkas_constant([(1, 0, 0)], (2, 3, 4))
    (1, None)
    """
    columns = [*rows, target]
    dimension = len(target) - 1
    entries = [column[j] for j in range(dimension) for column in columns]
    reduced, denominator, rank = fmpz_mat(dimension, len(columns), entries).rref()
    scale, used = int(denominator), 0
    constant = target[-1] * scale
    for line in range(rank):
        pivot = next(j for j in range(len(columns)) if reduced[line, j] != 0)
        if pivot == len(rows):
            return None
        multiplier = int(reduced[line, len(rows)])
        if multiplier * scale < 0:
            return None
        used += multiplier != 0
        constant -= multiplier * rows[pivot][-1]
    constant = constant if scale > 0 else -constant
    if constant < 0 or (constant == 0 and used < len(rows)):
        return None
    return int(constant > 0)


def _with_other(sides: Sides, point: Point) -> Sides:
    return replace(sides, above=point) if sides.above is None else replace(sides, below=point)
