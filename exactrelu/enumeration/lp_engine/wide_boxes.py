"""Cells of boxes in many inputs: one exact linear program decides one neuron of one cell.

Batches of simplex searches keep a row for each side of the box, which is too much for many inputs. Here sides
are bounds, and only the cell's own rows, at most as many as there are neurons, make a program.

A node has a point strictly inside it, or is flat: a face, met where a pre-activation touches zero. Let t y be
a pre-activation times the sign that a point inside does not have, v the maximum of t y on the closed cell, or
1 if there is none (a side of the box may have no end). If v > 0, the points of the segment from the inner
point to one where t y = v, short of its end, are strictly inside, and late ones have t y > 0. If v < 0 the
other side is empty. If v = 0 it is the face where y vanishes: it counts in ``closed``; in ``half-open`` it
may belong to bit 0 and has no points of bit 1; in ``full`` it does not count. On flat nodes each side is a
program with the reading's own relations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partial

import numpy as np

from exactrelu.enumeration.compositions import Compositions
from exactrelu.enumeration.leaves import Reached, cell_closure
from exactrelu.enumeration.lp_engine.exact_programs import relative_interior
from exactrelu.enumeration.lp_engine.inner_points import as_double
from exactrelu.enumeration.problem import Problem
from exactrelu.enumeration.pruning import Keep
from exactrelu.networks.preactivations import Preactivations
from exactrelu.networks.reading import Reading
from exactrelu.numbers.linear_algebra import IntegerRow, echelon, primitive
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.interior import are_intervals
from exactrelu.polyhedra.linear_program import Optimum, Outcome, Unbounded, feasible_point, maximise

_MANY_INPUTS = 100


def is_wide_box(problem: Problem) -> bool:
    """Return whether the domain is a box in so many inputs that programs of single cells are quicker."""
    return problem.network.inputs > _MANY_INPUTS and are_intervals(problem.domain.rows)


@dataclass(frozen=True, eq=False)
class _Node:
    """A cell of the neurons so far; ``point`` is strictly inside, None if the cell is flat."""

    bits: bytes
    rows: tuple[Row, ...]
    point: Point | None
    y: Preactivations
    table: tuple[IntegerRow, ...]  # of the current layer's neurons that are open
    layer: int


@dataclass(frozen=True, eq=False)
class WideBoxSearch:
    """The search of one problem; ``checkpoint`` is called often and may raise to end it."""

    problem: Problem
    checkpoint: Callable[[], None]
    keep: Keep | None = None

    def leaves(self) -> Iterator[Reached]:
        """Yield the configurations that count, sorted."""
        maps = Compositions(self.problem).of
        for node in self.nodes():
            inner = partial(relative_interior, self.problem.network.inputs, self._rows(node))
            closure = partial(cell_closure, self.problem, node.bits)
            if node.point is not None:
                dimension, point = self.problem.domain.affine_dimension, node.point
            elif (found := inner()) is not None:
                flat = echelon(found.equations, self.problem.network.inputs + 1)
                dimension, point = self.problem.network.inputs - len(flat), found.point
            else:
                raise ArithmeticError("a cell that was reached has no point")
            yield Reached(self.problem, node.bits, dimension, closure, maps, partial(_same, point))

    def nodes(self) -> Iterator[_Node]:
        """Yield the cells that count, sorted by configuration."""
        start = self.problem.domain.interior_point
        if start is None:
            return
        y = Preactivations.of_first_layer(self.problem.network)
        stack = [self._in_layer(_Node(b"", (), start, y, (), 0))]
        while stack:
            self.checkpoint()
            node = stack.pop()
            if not self._is_worth_it(node):
                continue
            if node.table:
                stack += reversed([self._child(node, bit, point) for bit, point in self._sides(node)])
            else:
                yield node

    def _is_worth_it(self, node: _Node) -> bool:
        if self.keep is None:
            return True
        bits = np.full((1, sum(self.problem.network.bent_widths)), -1, dtype=np.int8)
        bits[0, : len(node.bits)] = list(node.bits)
        return bool(self.keep(bits)[0])

    def _in_layer(self, node: _Node) -> _Node:
        """Return the node with the neurons of its layer, or of the next one that has open neurons."""
        network, y, layer = self.problem.network, node.y, node.layer
        while layer < network.depth - 1:
            table = tuple(network.activations[layer].bent_of(y.integer_rows()))
            if table:
                return _Node(node.bits, node.rows, node.point, y, table, layer)
            y, layer = y.next_layer(network, layer + 1, ()), layer + 1
        return _Node(node.bits, node.rows, node.point, y, (), layer)

    def _child(self, node: _Node, bit: int, point: Point | None) -> _Node:
        row, bits, rows = node.table[0], node.bits + bytes([bit]), node.rows
        if not self._is_constant(row) or point is None:
            rows = (*rows, self._signed(row, bit))
        child = _Node(bits, rows, point, node.y, node.table[1:], node.layer)
        if child.table:
            return child
        network = self.problem.network
        own = bits[len(bits) - network.bent_widths[node.layer] :]
        y = node.y.next_layer(network, node.layer + 1, tuple(own))
        return self._in_layer(_Node(bits, rows, point, y, (), node.layer + 1))

    # sides ----------------------------------------------------------------------------------------

    def _sides(self, node: _Node) -> Iterator[tuple[int, Point | None]]:
        """Yield the bits that the next neuron has in the node, each with a point strictly inside, or None."""
        row, reading = node.table[0], self.problem.reading
        if node.point is None:
            for bit in (0, 1):
                if self._has_points(node, row, bit):
                    yield bit, None
            return
        value = _value(row, node.point)
        if self._is_constant(row):
            if value <= 0:
                yield 0, node.point
            if value > 0 or (value == 0 and reading is Reading.CLOSED):
                yield 1, node.point
            return
        for bit in (0, 1):
            if value > 0 if bit else value < 0:
                yield bit, node.point
            else:
                yield from self._other_side(node, row, bit, value)

    def _other_side(
        self, node: _Node, row: IntegerRow, bit: int, value: Fraction
    ) -> Iterator[tuple[int, Point | None]]:
        objective = tuple(row) if bit else tuple(-entry for entry in row)
        top = self._greatest(node, objective)
        if not isinstance(top, Optimum) or node.point is None:
            raise ArithmeticError("a program on a cell with points has no optimum")
        if top.value > 0:
            yield (
                bit,
                self._between(
                    node, self._signed(row, bit), top.point, (1 if bit else -1) * value / top.value
                ),
            )
        elif not top.value and self._face_counts(bit) and self._has_points(node, row, bit):
            yield bit, None

    def _greatest(self, node: _Node, objective: IntegerRow) -> Outcome:
        """Return the greatest value of an objective on a closed cell, or 1 if it has no bound there."""
        inputs, rows = self.problem.network.inputs, self._rows(node)
        top = maximise(inputs, objective, rows)
        if not isinstance(top, Unbounded):
            return top
        *linear, constant = objective
        at_most_one = (*(-entry for entry in linear), 1 - constant)
        return maximise(inputs, objective, [*rows, Row(primitive(at_most_one), Relation.AT_LEAST)])

    def _face_counts(self, bit: int) -> bool:
        reading = self.problem.reading
        return reading is Reading.CLOSED or (reading is Reading.HALF_OPEN and not bit)

    def _between(self, node: _Node, row: Row, end: Point, before: Fraction) -> Point:
        """Return a point strictly inside on the segment to ``end``; ``before`` <= 0 is its value there first.

        Values are measured in that at the end. A point of doubles is preferred, which stays short.
        """
        zero = -before / (1 - before)
        part = (1 + zero) / 2
        exact = tuple(p + part * (q - p) for p, q in zip(node.point or (), end, strict=True))
        rounded = tuple(e if j in self._fixed else Fraction(as_double(e)) for j, e in enumerate(exact))
        return rounded if self._is_inside((*node.rows, row), rounded) else exact

    def _is_inside(self, rows: tuple[Row, ...], point: Point) -> bool:
        domain = (row for row in self.problem.domain.rows if row.relation is not Relation.EQUAL)
        for row in domain:
            j = next((j for j, entry in enumerate(row.entries[:-1]) if entry), None)
            if j is not None and j not in self._fixed and row.entries[j] * point[j] + row.entries[-1] <= 0:
                return False
        return all(_value(row.entries, point) > 0 for row in rows)

    def _has_points(self, node: _Node, row: IntegerRow, bit: int) -> bool:
        rows = [*self._rows(node), self._signed(row, bit)]
        return feasible_point(self.problem.network.inputs, rows) is not None

    def _rows(self, node: _Node) -> list[Row]:
        return [*self.problem.domain.rows, *node.rows]

    def _signed(self, row: IntegerRow, bit: int) -> Row:
        inactive, active = self.problem.reading.relations
        entries = row if bit else tuple(-entry for entry in row)
        return Row(primitive(entries), active if bit else inactive.mirrored)

    # the box --------------------------------------------------------------------------------------

    @cached_property
    def _fixed(self) -> frozenset[int]:
        """The inputs that have one value only."""
        equations = self.problem.domain.equations
        return frozenset(j for row in equations for j, entry in enumerate(row[:-1]) if entry)

    def _is_constant(self, row: IntegerRow) -> bool:
        return all(j in self._fixed for j, entry in enumerate(row[:-1]) if entry)


def _value(row: IntegerRow, point: Point) -> Fraction:
    return sum((a * x for a, x in zip(row, point, strict=False) if a), Fraction(row[-1]))


def _same(point: Point) -> Point:
    return point
