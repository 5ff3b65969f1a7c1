"""Counting a few cells in Python's integers, as `incidences` does, without NumPy, which takes long to import.

A cell is a list of vertices and a mask of strict rows. A vertex is one vector of integers, pre-activations of
the current layer, then its coordinates X and t; on an edge all of these are linear. Masks of tight rows,
edges and faces are those of `incidences` and `crossing_edges`, a cell at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce
from operator import and_, or_
from typing import NamedTuple

from exactrelu.enumeration.generator_engine.exact_values import ExactLayers
from exactrelu.enumeration.generator_engine.first_cells import FirstCells
from exactrelu.enumeration.problem import Problem
from exactrelu.networks.reading import Reading
from exactrelu.numbers.linear_algebra import IntegerRow, primitive

MOST_BITS, MOST_CELLS = 24, 400


class _Cell(NamedTuple):
    vertices: list[int]
    strict: int


class _TooManyError(Exception):
    """There are more cells than are worth while here."""


def count_few(problem: Problem, start: FirstCells, checkpoint: Callable[[], None]) -> int | None:
    """Return the number of configurations, None if there are many or the cells are in parts."""
    if start.has_seams or sum(problem.network.bent_widths) > MOST_BITS:
        return None
    if any(layer.is_sparse for layer in problem.network.layers):
        return None
    try:
        return _FewCells(problem, start, checkpoint).count()
    except _TooManyError:
        return None


class _FewCells:
    def __init__(self, problem: Problem, start: FirstCells, checkpoint: Callable[[], None]) -> None:
        self._network, self._reading, self._start = problem.network, problem.reading, start
        self._checkpoint = checkpoint
        self._points = [tuple(generator) for generator in start.generators]
        self._masks = [reduce(or_, (1 << bit for bit in start.tight(g)), 0) for g in start.generators]
        strict = 1 | reduce(or_, (1 << b for b, is_ in enumerate(start.strict, 1) if is_), 0)
        self._cells = [_Cell(list(vertices), strict) for _, vertices in start.pieces]
        self._values: list[IntegerRow] = []

    def count(self) -> int:
        """Split all cells at all neurons and return their number."""
        network, first = self._network, 1 + len(self._start.rows)
        exact = ExactLayers(network.layers[:-1], network.activations)
        for k, activation in enumerate(network.activations):
            width = network.layers[k].outputs
            self._values = self._vectors(exact.values(self._points, k))
            bits = {neuron: 1 << (first + place) for place, neuron in enumerate(activation.bent)}
            first += activation.bent_width
            pivots = self._start.pivots if k == 0 else []
            for neuron in pivots:
                bit = bits.pop(neuron)
                self._mark(neuron, bit)
                self._cells = [self._beside(cell, neuron, bit) for cell in self._cells]
            for neuron, bit in bits.items():
                self._checkpoint()
                self._mark(neuron, bit)
                self._cells = list(self._split(neuron, bit))
                if len(self._cells) > MOST_CELLS:
                    raise _TooManyError
            self._points = [primitive(vector[width:]) for vector in self._values]
        return len(self._cells)

    def _vectors(self, found: list[list[int]]) -> list[IntegerRow]:
        """Return pre-activations and points in one scale, which is that of all points, directions too."""
        scale = next(ys[-1] // point[-1] for ys, point in zip(found, self._points, strict=True) if point[-1])
        return [
            primitive([*ys[:-1], *(scale * x for x in point)])
            for ys, point in zip(found, self._points, strict=True)
        ]

    def _beside(self, cell: _Cell, neuron: int, bit: int) -> _Cell:
        """Return a cell on one side of a neuron; on the positive one it is strict."""
        above = any(self._values[v][neuron] > 0 for v in cell.vertices)
        strict = above and self._reading is Reading.HALF_OPEN
        return _Cell(cell.vertices, cell.strict | bit) if strict else cell

    def _mark(self, neuron: int, bit: int) -> None:
        for vertex, vector in enumerate(self._values):
            if not vector[neuron]:
                self._masks[vertex] |= bit

    def _split(self, neuron: int, bit: int) -> Iterator[_Cell]:
        """Yield what becomes of all cells."""
        born: dict[tuple[int, int], int] = {}
        half_open = self._reading is Reading.HALF_OPEN
        for cell in self._cells:
            signs = [self._values[v][neuron] for v in cell.vertices]
            above = [v for v, y in zip(cell.vertices, signs, strict=True) if y > 0]
            below = [v for v, y in zip(cell.vertices, signs, strict=True) if y < 0]
            on = [v for v, y in zip(cell.vertices, signs, strict=True) if not y]
            if above and below:
                new = [
                    self._vertex(born, p, q, neuron, bit)
                    for p, q in self._crossed(cell.vertices, above, below)
                ]
                yield _Cell([*above, *on, *new], cell.strict | bit if half_open else cell.strict)
                yield _Cell([*below, *on, *new], cell.strict)
                continue
            yield self._beside(cell, neuron, bit)
            if self._has_face(cell, above, below, on):
                yield _Cell(on, cell.strict)

    def _has_face(self, cell: _Cell, above: list[int], below: list[int], on: list[int]) -> bool:
        """Return whether {y = 0} is one more cell of a cell that is not cut: the other bit, or all of it."""
        if not on or self._reading is Reading.FULL:
            return False
        if self._reading is Reading.HALF_OPEN and (below or not above):
            return False
        return not reduce(and_, (self._masks[v] for v in on)) & cell.strict

    def _crossed(self, everyone: list[int], above: list[int], below: list[int]) -> Iterator[tuple[int, int]]:
        """Yield the edges between the two sides (see `crossing_edges`)."""
        masks = self._masks
        for p in above:
            for q in below:
                common = masks[p] & masks[q]
                if common.bit_count() < self._start.rank - 1:
                    continue
                if sum(masks[v] & common == common for v in everyone) == 2:
                    yield p, q

    def _vertex(self, born: dict[tuple[int, int], int], p: int, q: int, neuron: int, bit: int) -> int:
        """Return the zero of the neuron on an edge."""
        if (p, q) not in born:
            born[p, q] = len(self._values)
            one, two = self._values[p], self._values[q]
            a, b = one[neuron], -two[neuron]
            self._values.append(primitive([b * x + a * y for x, y in zip(one, two, strict=True)]))
            self._masks.append(self._masks[p] & self._masks[q] | bit)
        return born[p, q]
