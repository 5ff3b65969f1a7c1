"""The search: chunks of cells, layer by layer and neuron by neuron, depth-first.

A chunk that has grown past a limit is cut in parts, which are finished one after the other, so that memory
does not grow with the number of cells. Where cells only touch the other side of a neuron, in the readings in
which that counts, the face is a start of its own, with the path so far; what becomes of it is merged
with the rest by configuration.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

import numpy as np
import numpy.typing as npt

from exactrelu.enumeration.compositions import Compositions
from exactrelu.enumeration.leaves import Reached, cell_closure
from exactrelu.enumeration.lp_engine.cells import Cells
from exactrelu.enumeration.lp_engine.decisions import Decisions, decide
from exactrelu.enumeration.lp_engine.exact_cell import ExactCell
from exactrelu.enumeration.lp_engine.neuron_rows import NeuronRows
from exactrelu.enumeration.lp_engine.start import Start, face_of
from exactrelu.enumeration.pruning import Keep, with_open_bits
from exactrelu.networks.reading import Reading
from exactrelu.numbers.points import Point

LIMIT = 8192  # cells of a chunk when it is cut
_CELLS_OF_A_PART = 128  # enough of them that parts take about equally long

Index = npt.NDArray[np.intp]


@dataclass
class CellSearch:
    """The search in one reading; ``checkpoint`` is called often and may raise to end it.

    With ``keep`` cells that it does not want are dropped, whenever they have grown by half.
    """

    reading: Reading
    checkpoint: Callable[[], None]
    limit: int = LIMIT
    keep: Keep | None = None

    def reached(self, start: Start) -> Iterator[Reached]:
        """Yield what counts, sorted by configuration."""
        return self._reached_in(Cells.first(NeuronRows(start)), Compositions(start.problem))

    def _reached_in(self, cells: Cells, compositions: Compositions) -> Iterator[Reached]:
        cells, faces = self.advance(cells)
        streams = [self._inner(cells, compositions)]
        if faces:
            # No path is a prefix of another, so the streams of the sorted faces make a sorted one.
            streams.append(
                one for face in sorted(faces, key=lambda face: face.path) for one in self.reached(face)
            )
        return streams[0] if len(streams) == 1 else heapq.merge(*streams, key=lambda one: one.bits)

    def _inner(self, cells: Cells, compositions: Compositions) -> Iterator[Reached]:
        if is_complete(cells):
            yield from listed(cells, compositions)
            return
        for part in cells.parts(max(1, self.limit // 2)):
            yield from self._reached_in(part, compositions)

    def count(self, start: Start, executor: Executor | None = None, parts: int = 16) -> int:
        """Return how many configurations count; an executor shares the work, cut into about so many parts."""
        cells = Cells.first(NeuronRows(start))
        if executor is None:
            return self.count_in(cells)
        cells, faces = replace(self, limit=parts * _CELLS_OF_A_PART).advance(cells)
        work = [Cells.first(NeuronRows(face)) for face in faces]
        work += cells.parts(-(-len(cells) // parts))
        return sum(executor.map(self.count_in, work))

    def count_in(self, cells: Cells) -> int:
        """Return how many configurations the cells become."""
        total, stack = 0, [cells]
        while stack:
            cells, faces = self.advance(stack.pop())
            stack += [Cells.first(NeuronRows(face)) for face in faces]
            if is_complete(cells):
                total += len(cells)
            else:
                stack += reversed(cells.parts(max(1, self.limit // 2)))
        return total

    def advance(self, cells: Cells) -> tuple[Cells, list[Start]]:
        """Decide neurons until the chunk is complete or too large; also return the faces that were met."""
        faces: list[Start] = []
        widths, asked = cells.neuron_rows.widths, 0
        while not is_complete(cells):
            self.checkpoint()
            while cells.neuron == widths[cells.layer]:
                cells.enter_layer(cells.layer + 1)
            decisions = decide(cells, faces=self.reading is not Reading.FULL, checkpoint=self.checkpoint)
            faces += self._faces(cells, decisions)
            cells = children(cells, decisions, self.reading)
            if self.keep is not None and (2 * len(cells) > 3 * asked or is_complete(cells)):
                wanted = self.keep(with_open_bits(cells.bits, cells.decided))
                cells = cells if wanted.all() else cells.chosen(np.flatnonzero(wanted))
                asked = len(cells)
                if not asked:
                    break
            if len(cells) > self.limit:
                break
        return cells, faces

    def _faces(self, cells: Cells, decisions: Decisions) -> Iterator[Start]:
        for cell, tight in decisions.touching.items():
            self.checkpoint()
            sides = decisions.exact.get(cell)
            above = decisions.signs[cell] > 0 if sides is None else sides.above is not None
            if not above and self.reading is Reading.HALF_OPEN:
                continue  # the face belongs to the cell itself
            rows = ExactCell(cells, cell).face_rows(self.reading, tight)
            if rows is None:
                continue
            path = cells.bits[cell, : cells.decided].tobytes() + bytes([int(not above)])
            face = face_of(cells.neuron_rows.start, rows, path)
            if face is not None:
                yield face


def is_complete(cells: Cells) -> bool:
    """Whether all neurons are decided."""
    return bool(cells.decided == cells.bits.shape[1])


def listed(cells: Cells, compositions: Compositions) -> Iterator[Reached]:
    """Yield cells whose neurons are all decided as leaves."""
    start = cells.neuron_rows.start
    points = cells.points.copy()
    for cell, bits in enumerate([row.tobytes() for row in cells.bits]):
        closure = partial(cell_closure, start.problem, bits)
        point = partial(_point, start, points[cell], cells.exact_points.get(cell))
        yield Reached(start.problem, bits, start.dimension, closure, compositions.of, point)


def _point(start: Start, doubles: npt.NDArray[np.float64], exact: Point | None) -> Point:
    return start.in_inputs(exact or tuple(map(Fraction, doubles[:-1].tolist())))


def children(cells: Cells, decisions: Decisions, reading: Reading) -> Cells:
    """Return the cells after their neuron, sorted by configuration again."""
    below = np.where(decisions.signs < 0, True, decisions.other) & ~decisions.zero
    above = np.where(decisions.signs > 0, True, decisions.other) & ~decisions.zero
    constant = cells.current_rows()[1]
    below[constant], above[constant] = decisions.signs[constant] < 0, decisions.signs[constant] > 0
    for cell, sides in decisions.exact.items():
        below[cell], above[cell] = sides.below is not None, sides.above is not None
    first = below | decisions.zero
    second = above | (decisions.zero & (reading is Reading.CLOSED))
    counts = first.astype(np.intp) + second
    parent = np.repeat(np.arange(len(cells)), counts)
    is_second = np.zeros(len(parent), dtype=bool)
    is_second[np.cumsum(counts) - 1] = second
    own = cells.chosen(parent)
    vanishes = decisions.zero[parent]
    own.bits[:, cells.decided] = is_second
    signs = np.where(vanishes, 0, np.where(is_second, 1, -1))
    own.signs[:, cells.domain_rows + cells.decided] = signs
    other = ~vanishes & (signs != decisions.signs[parent])
    own.points[other] = decisions.points[parent[other]]
    own.neuron += 1
    if decisions.exact:
        _give_exact_points(own, parent, is_second, decisions)
    return own


def _give_exact_points(
    own: Cells, parent: Index, is_second: npt.NDArray[np.bool_], decisions: Decisions
) -> None:
    exact = np.isin(parent, list(decisions.exact))
    for child in np.flatnonzero(exact).tolist():
        sides = decisions.exact[int(parent[child])]
        if point := sides.above if is_second[child] else sides.below:
            own.set_exact_point(child, point)
