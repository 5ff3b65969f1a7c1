"""Chunks of cells, carried through neurons of a layer: by the compiled search, or by batches in NumPy.

Both roads decide the same: what doubles prove, they prove by the same bounds, and the rest is decided in
integers by the same code.
"""

from __future__ import annotations

from collections.abc import Callable
from ctypes import CDLL
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from exactrelu.enumeration.lp_engine.cells import Cells
from exactrelu.enumeration.lp_engine.children import children, touched_faces
from exactrelu.enumeration.lp_engine.compiled_search import by_neuron, decided_exactly, searched
from exactrelu.enumeration.lp_engine.decisions import decide
from exactrelu.enumeration.lp_engine.start import Start
from exactrelu.kernels.layer_search import COMPLETE, OPEN, PENDING, Found
from exactrelu.kernels.library import compiled
from exactrelu.networks.reading import Reading

Index = npt.NDArray[np.intp]


class Advanced(NamedTuple):
    """What a chunk has become, sorted by configuration: cells that are through, then some that wait."""

    through: Cells
    waiting: list[Cells]
    faces: list[Start]


@dataclass(frozen=True)
class Stepper:
    """How chunks are carried on in one reading; ``checkpoint`` is called often and may raise to end it.

    Cells that become more than about ``limit`` are not all carried on: the rest waits; None: none waits.
    """

    reading: Reading
    checkpoint: Callable[[], None]
    limit: int | None = None

    def advanced(self, cells: Cells, last: int) -> Advanced:
        """Decide the current layer's neurons from the current one to before ``last``."""
        library = compiled()
        return self._by_batches(cells, last) if library is None else self._by_kernel(library, cells, last)

    def is_full(self, count: int) -> bool:
        """Return whether so many cells are too many."""
        return self.limit is not None and count > self.limit

    # in NumPy ------------------------------------------------------------------------------------------

    def _by_batches(self, cells: Cells, last: int) -> Advanced:
        faces: list[Start] = []
        while cells.neuron < last and not self.is_full(len(cells)):
            self.checkpoint()
            decisions = decide(cells, faces=self.reading is not Reading.FULL, checkpoint=self.checkpoint)
            faces += touched_faces(cells, decisions, self.reading, self.checkpoint)
            cells = children(cells, decisions, self.reading)
        if cells.neuron == last:
            return Advanced(cells, [], faces)
        return Advanced(
            cells.chosen(np.zeros(0, dtype=np.intp)), cells.parts(max(1, (self.limit or 0) // 2)), faces
        )

    # compiled ------------------------------------------------------------------------------------------

    def _by_kernel(self, library: CDLL, cells: Cells, last: int) -> Advanced:
        run = _CompiledRun(self, library, last)
        waiting: list[Cells] = []
        rest: Cells | None = cells
        while rest is not None and not waiting and not self.is_full(run.count):
            waiting, rest = run.step(rest)
            if self.limit is None:
                run.owed += waiting
                waiting = []
            run.pay()
        if rest is not None:
            waiting.append(rest)
        if not run.through:
            none = cells.chosen(np.zeros(0, dtype=np.intp))
            none.neuron = last
            run.through.append(none)
        through = run.through[0].joined(run.through[1:])
        return Advanced(through, [part.compacted() for part in waiting], run.faces)


@dataclass
class _CompiledRun:
    """Calls of the compiled search, and exact decisions where it leaves a neuron open."""

    stepper: Stepper
    library: CDLL
    last: int
    through: list[Cells] = field(default_factory=list)
    owed: list[Cells] = field(default_factory=list)
    faces: list[Start] = field(default_factory=list)

    @property
    def count(self) -> int:
        """The number of cells that are through."""
        return sum(map(len, self.through))

    def pay(self) -> None:
        """Search what became of exact decisions to the end: it comes before what waits."""
        while self.owed:
            waiting, rest = self.step(self.owed.pop())
            self.owed += waiting if rest is None else [*waiting, rest]

    def step(self, cells: Cells) -> tuple[list[Cells], Cells | None]:
        """Search once; return what waits, and the cells that were not begun."""
        self.stepper.checkpoint()
        if cells.neuron == self.last:
            self.through.append(cells)
            return [], None
        reading, limit = self.stepper.reading, self.stepper.limit
        found, own, rest = searched(self.library, cells, self.last, reading, limit)
        self.through += [group for _, group in by_neuron(own, found, COMPLETE)]
        for numbers, group in by_neuron(own, found, OPEN):
            self.owed.append(self._decided(group, numbers, found))
        waiting = [group for _, group in by_neuron(own, found, PENDING)]
        return waiting[::-1], rest

    def _decided(self, cells: Cells, numbers: Index, found: Found) -> Cells:
        reading, checkpoint = self.stepper.reading, self.stepper.checkpoint
        faces = reading is not Reading.FULL
        decisions = decided_exactly(cells, numbers, found, faces=faces, checkpoint=checkpoint)
        self.faces += touched_faces(cells, decisions, reading, checkpoint)
        return children(cells, decisions, reading)
