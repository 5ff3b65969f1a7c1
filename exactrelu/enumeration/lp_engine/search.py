"""The search: chunks of cells, layer by layer and neuron by neuron, depth-first.

A chunk that has grown past a limit is cut in parts, which are finished one after the other, so that memory
does not grow with the number of cells. Where cells only touch the other side of a neuron, in the readings in
which that counts, the face is a start of its own, with the path so far; what becomes of it is merged
with the rest by configuration.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import numpy as np
import numpy.typing as npt

from exactrelu.enumeration.compositions import Compositions
from exactrelu.enumeration.leaf_blocks import LeafBlock, MadeLeaves, batched, leaves_in
from exactrelu.enumeration.leaves import Reached, cell_closure
from exactrelu.enumeration.lp_engine.cells import Cells
from exactrelu.enumeration.lp_engine.neuron_rows import NeuronRows
from exactrelu.enumeration.lp_engine.start import Start
from exactrelu.enumeration.lp_engine.steps import Stepper
from exactrelu.enumeration.pruning import Keep, with_open_bits
from exactrelu.networks.reading import Reading
from exactrelu.numbers.points import Point

LIMIT = 8192  # cells of a chunk when it is cut
_NUMBERS = 1 << 23  # in the rows of a chunk


@dataclass
class CellSearch:
    """The search in one reading; ``checkpoint`` is called often and may raise to end it.

    With ``keep`` cells that it does not want are dropped, whenever they have grown by half.
    """

    reading: Reading
    checkpoint: Callable[[], None]
    limit: int = LIMIT
    keep: Keep | None = None

    def reached(self, start: Start) -> Iterator[LeafBlock]:
        """Yield what counts, sorted by configuration, in blocks."""
        return self._reached_in(Cells.first(NeuronRows(start)), Compositions(start.problem))

    def _reached_in(self, cells: Cells, compositions: Compositions) -> Iterator[LeafBlock]:
        parts, faces = self.advance(cells)
        inner = self._inner(parts, compositions)
        if not faces:
            return inner
        # No path is a prefix of another, so the streams of the sorted faces make a sorted one.
        outer = (
            one for face in sorted(faces, key=lambda face: face.path) for one in leaves_in(self.reached(face))
        )
        return batched(heapq.merge(leaves_in(inner), outer, key=lambda one: one.bits))

    def _inner(self, parts: list[Cells], compositions: Compositions) -> Iterator[LeafBlock]:
        for part in parts:
            if is_complete(part):
                yield CellLeaves(part, compositions)
            else:
                yield from self._reached_in(part, compositions)

    def count(self, start: Start) -> int:
        """Return how many configurations count."""
        return self.count_in(Cells.first(NeuronRows(start)))

    def count_in(self, cells: Cells) -> int:
        """Return how many configurations the cells become."""
        total, stack = 0, [cells]
        while stack:
            cells = stack.pop()
            if is_complete(cells):
                total += len(cells)
                continue
            parts, faces = self.advance(cells)
            stack += [Cells.first(NeuronRows(face)) for face in faces]
            stack += reversed(parts)
        return total

    def advance(self, cells: Cells) -> tuple[list[Cells], list[Start]]:
        """Decide neurons until the chunk is complete or too large; also return the faces that were met.

        It is returned in parts, in order.
        """
        faces: list[Start] = []
        widths, asked = cells.neuron_rows.widths, 0
        in_step = self.keep is not None
        while not is_complete(cells):
            while cells.neuron == widths[cells.layer]:
                cells.enter_layer(cells.layer + 1)
            last = cells.neuron + 1 if in_step else widths[cells.layer]
            stepper = Stepper(self.reading, self.checkpoint, None if in_step else self.limit)
            cells, waiting, met = stepper.advanced(cells, last)
            faces += met
            if self.keep is not None and (2 * len(cells) > 3 * asked or is_complete(cells)):
                wanted = self.keep(with_open_bits(cells.bits, cells.decided))
                cells = cells if wanted.all() else cells.chosen(np.flatnonzero(wanted))
                asked = len(cells)
            if waiting or not len(cells):
                return [part for part in (cells, *waiting) if len(part)], faces
            if len(cells) > self.limit:
                break
        return [cells] if is_complete(cells) else cells.parts(max(1, self.limit // 2)), faces


def limit_of(start: Start) -> int:
    """Return the limit of a chunk whose rows do not fill too much memory."""
    numbers = (start.coordinates + 1) * (sum(start.problem.network.bent_widths) + 1)
    return max(64, min(LIMIT, _NUMBERS // numbers))


def is_complete(cells: Cells) -> bool:
    """Whether all neurons are decided."""
    return bool(cells.decided == cells.bits.shape[1])


class CellLeaves(MadeLeaves):
    """Cells whose neurons are all decided as leaves."""

    source = None  # nothing knows the geometry of all together

    def __init__(self, cells: Cells, compositions: Compositions) -> None:
        self._start, self._maps, self._bits = cells.neuron_rows.start, compositions.of, cells.bits
        self._points, self._exact = cells.points.copy(), cells.exact_points

    @property
    def bits(self) -> npt.NDArray[np.uint8]:
        """Their bits, one byte each."""
        return self._bits

    def made(self, number: int, bits: bytes) -> Reached:
        """Return a leaf, given its bits."""
        start = self._start
        closure = partial(cell_closure, start.problem, bits)
        point = partial(_point, start, self._points[number], self._exact.get(number))
        return Reached(start.problem, bits, start.dimension, closure, self._maps, point)


def _point(start: Start, doubles: npt.NDArray[np.float64], exact: Point | None) -> Point:
    return start.in_inputs(exact or tuple(map(Fraction, doubles[:-1].tolist())))
