"""Branch and bound shared out among processes: slices of the stack, searched for a short while each.

A slice is a few open boxes with the search's question. A worker searches them depth first until its seconds
are over, and gives back what is open then. So no slice takes long, all processes have work while there is
any, and whatever a lost worker held is simply searched again: an answer does not depend on who found it.
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from exactrelu.bounds.float_layers import float_layers
from exactrelu.networks.network import Network
from exactrelu.numbers.points import Point
from exactrelu.verification.branch_and_bound import BranchAndBound, Gains, Hunt, Progress
from exactrelu.verification.float_rows import float_rows
from exactrelu.verification.nodes import CutTree, Node
from exactrelu.verification.property import InputSet

_ALONE = 1.0  # seconds before a search is shared: processes take as long to start
_SHORT, _LONG = 0.3, 1.0  # seconds of a slice while few boxes are open, and else
_LOOK = 0.2  # seconds between looks at the clock
_DOUBLES_OF_A_SLICE = 1 << 21
_FIRST_ATTACK = 1024  # boxes of a slice: the serial search has attacked already
_NUMBERS_OF_A_SLICE = 1 << 40  # nodes of a slice's cut tree have numbers that no other slice has


@dataclass(frozen=True)
class Slice:
    """Open boxes, the seconds for them (and those after which even a box is left undecided), and a number."""

    nodes: tuple[Node, ...]
    gains: Gains
    seconds: float
    at_most: float
    number: int
    keeps_tree: bool


@dataclass(frozen=True)
class Outcome:
    """What became of a slice: an unsafe point, or what is open, and what is decided."""

    point: Point | None
    nodes: list[Node]
    stuck: list[Node]
    gains: Gains
    progress: Progress
    tree: CutTree | None


@lru_cache(maxsize=2)
def _question(packed: bytes) -> tuple[Network, InputSet]:
    network, inputs = pickle.loads(packed)  # noqa: S301 - packed by `SharedSearch` of this very run
    return network, inputs


class _SliceOverError(Exception):
    """The time limit of the whole search is over."""


def search_slice(packed: bytes, piece: Slice) -> Outcome:
    """Search the boxes of a slice; this is what runs in a worker."""
    network, inputs = _question(packed)
    begun = time.monotonic()

    def checkpoint(_: Progress) -> None:
        if time.monotonic() - begun > piece.at_most:
            raise _SliceOverError

    tree = CutTree(size=piece.number * _NUMBERS_OF_A_SLICE) if piece.keeps_tree else None
    rows = float_rows(network, inputs)
    search = BranchAndBound(network, float_layers(network), inputs, rows, checkpoint=checkpoint, tree=tree)
    search.stack, search.gains = list(piece.nodes), piece.gains
    search.hunt = Hunt(_FIRST_ATTACK, seed=1000 * piece.number)
    found: Point | None = None
    with suppress(_SliceOverError):
        found = search.run(pause=lambda: time.monotonic() - begun > piece.seconds)
    return Outcome(found, search.stack, search.stuck, search.gains, search.progress, tree)


class SharedSearch:
    """A search that begins in this process and is shared once it takes long.

    Parameters
    ----------
    search
        The search; it ends with what is open, as if it had run alone.
    executor
        Any executor. If a worker is lost, its slice is taken back and the search goes on in this process.
    parts
        How many slices are searched at the same time.
    """

    def __init__(self, search: BranchAndBound, executor: Executor, parts: int) -> None:
        self.search, self.executor, self.parts = search, executor, parts
        self.packed = pickle.dumps((search.network, search.inputs))
        self.running: dict[Future[Outcome], Slice] = {}
        self.number = 0
        self.is_lost = False

    def run(self, seconds_left: float | None = None) -> Point | None:
        """Return an unsafe point, None if there is none; raises as `BranchAndBound.run`."""
        begun = time.monotonic()
        end = None if seconds_left is None else begun + seconds_left
        alone = self.search.run(pause=lambda: time.monotonic() - begun > _ALONE)
        if alone is not None or not self.search.stack:
            return alone
        try:
            found = self._shared(end)
        finally:
            self._take_back()
        return found if found is not None else self.search.run()

    def _shared(self, end: float | None) -> Point | None:
        """Search in workers until all is decided, a point is found or a worker is lost."""
        while (self.search.stack or self.running) and not self.is_lost:
            self._hand_out(end)
            done, _ = wait(self.running, timeout=_LOOK, return_when=FIRST_COMPLETED)
            for future in done:
                point = self._collect(future)
                if point is not None:
                    return point
            self._note_bound()
            self.search.checkpoint(self.search.progress)
        return None

    def _hand_out(self, end: float | None) -> None:
        stack = self.search.stack
        most = max(1, _DOUBLES_OF_A_SLICE // self.search.node_doubles)
        while stack and len(self.running) < self.parts and not self.is_lost:
            free = self.parts - len(self.running)
            count = min(most, -(-len(stack) // free))
            seconds = _SHORT if len(stack) < 16 * self.parts else _LONG
            at_most = float("inf") if end is None else max(0.0, end - time.monotonic())
            self.number += 1
            nodes, keeps = tuple(stack[-count:]), self.search.tree is not None
            piece = Slice(nodes, self.search.gains, min(seconds, at_most), at_most, self.number, keeps)
            try:
                future = self.executor.submit(search_slice, self.packed, piece)
            except RuntimeError:  # the pool is broken, or was shut down
                self.is_lost = True
                return
            del stack[-count:]
            self.running[future] = piece

    def _collect(self, future: Future[Outcome]) -> Point | None:
        """Take in what became of a slice; if it is lost, its boxes are open as before."""
        piece, search = self.running.pop(future), self.search
        try:
            outcome = future.result()
        except Exception:  # noqa: BLE001 - whatever ended the worker; a fault of the search shows itself again here
            self.is_lost = True
            search.stack.extend(piece.nodes)
            return None
        search.stack.extend(outcome.nodes)
        search.stuck.extend(outcome.stuck)
        search.gains = outcome.gains
        search.progress.boxes += outcome.progress.boxes
        search.progress.decided += outcome.progress.decided
        if search.tree is not None and outcome.tree is not None:
            search.tree.join(outcome.tree)
        return outcome.point

    def _note_bound(self) -> None:
        held: list[Sequence[Node]] = [piece.nodes for piece in self.running.values()]
        nodes = (node for part in (self.search.stack, self.search.stuck, *held) for node in part)
        self.search.progress.bound = min((node.bound for node in nodes), default=float("inf"))

    def _take_back(self) -> None:
        """End what runs, and take its boxes back."""
        for future, piece in self.running.items():
            future.cancel()
            self.search.stack.extend(piece.nodes)
        self.running.clear()
