"""The search for cells with a large bound of some kind: those with the largest bounds come first.

Chunks of cells wait on a heap by the largest bound of their cells. The first is taken, split at its next
neurons until it has grown, and goes back in parts; cells whose bound is below what has been found in the
meantime are dropped. At any time no cell that is still open exceeds the heap's first bound.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from exactrelu.enumeration.compositions import Compositions
from exactrelu.enumeration.leaf_blocks import leaves_in
from exactrelu.enumeration.leaves import Reached
from exactrelu.enumeration.lp_engine.cells import Cells
from exactrelu.enumeration.lp_engine.neuron_rows import NeuronRows
from exactrelu.enumeration.lp_engine.search import CellLeaves, is_complete
from exactrelu.enumeration.lp_engine.start import start_of
from exactrelu.enumeration.lp_engine.steps import Stepper
from exactrelu.enumeration.problem import Problem
from exactrelu.enumeration.pruning import Bits, with_open_bits

Floats = npt.NDArray[np.float64]

_CHUNK = 192  # cells that are split at once
_GROWN = 1.4  # times as many cells have their bounds computed anew
_MOST_CELLS = 200_000  # on the heap; beyond, the last chunks are taken first


@dataclass(frozen=True)
class Quest:
    """What is looked for: cells in which some number may be large.

    ``bounds`` returns a bound of the number for each row of bits, -1 where one is open, and minus infinity
    where no completion of the row is of interest; ``floor`` is what has been found.
    """

    bounds: Callable[[Bits], Floats]
    floor: Callable[[], float]
    checkpoint: Callable[[], None]


class BestFirst:
    """The search of one problem in the reading `full`."""

    def __init__(self, problem: Problem, quest: Quest) -> None:
        self._problem, self._quest = problem, quest
        self._heap: list[tuple[float, int, Cells, Floats]] = []
        self._count = self._size = 0
        self._taken = np.inf

    @property
    def bound(self) -> float:
        """A number that no bound of a cell that is still open exceeds."""
        return max(self._taken, -self._heap[0][0] if self._heap else -np.inf)

    def leaves(self) -> Iterator[Reached]:
        """Yield cells that count and may exceed what has been found so far."""
        start = start_of(self._problem)
        if start is not None:
            first, compositions = Cells.first(NeuronRows(start)), Compositions(start.problem)
            self._push(first, self._bounds(first))
            while self._heap:
                self._quest.checkpoint()
                cells, bounds = self._popped()
                if is_complete(cells):
                    yield from self._complete(cells, bounds, compositions)
                elif len(cells):
                    self._push(*self._advanced(cells))
                self._taken = -np.inf
        self._taken = -np.inf

    def _complete(self, cells: Cells, bounds: Floats, compositions: Compositions) -> Iterator[Reached]:
        order = np.argsort(-bounds, kind="stable")
        for leaf, bound in zip(
            leaves_in([CellLeaves(cells.chosen(order), compositions)]), bounds[order], strict=True
        ):
            if bound >= self._quest.floor():
                yield leaf

    def _bounds(self, cells: Cells) -> Floats:
        return self._quest.bounds(with_open_bits(cells.bits, cells.decided))

    def _push(self, cells: Cells, bounds: Floats) -> None:
        """Put cells on the heap, best bounds first, in parts."""
        order = np.argsort(-bounds, kind="stable")
        order = order[bounds[order] >= self._quest.floor()]
        for start in range(0, len(order), _CHUNK):
            part = order[start : start + _CHUNK]
            self._count += 1
            self._size += len(part)
            own = cells.chosen(part).compacted()
            heapq.heappush(self._heap, (-float(bounds[part[0]]), self._count, own, bounds[part]))

    def _popped(self) -> tuple[Cells, Floats]:
        """Take the first chunk, or the last if there are too many, and drop the cells that do not count."""
        last = self._size > _MOST_CELLS
        negative, _, cells, bounds = self._heap.pop() if last else heapq.heappop(self._heap)
        self._taken = -negative
        self._size -= len(cells)
        kept = np.flatnonzero(bounds >= self._quest.floor())
        return (cells, bounds) if len(kept) == len(cells) else (cells.chosen(kept), bounds[kept])

    def _advanced(self, cells: Cells) -> tuple[Cells, Floats]:
        """Split cells until they have grown, and return what they become with its bounds."""
        count, widths = len(cells), cells.neuron_rows.widths
        stepper = Stepper(self._problem.reading, self._quest.checkpoint)
        while not is_complete(cells) and len(cells) < _GROWN * count:
            self._quest.checkpoint()
            while cells.neuron == widths[cells.layer]:
                cells.enter_layer(cells.layer + 1)
            cells = stepper.advanced(cells, cells.neuron + 1).through
        return cells, self._bounds(cells)
