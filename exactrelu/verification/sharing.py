"""The search for unsafe points of one input set, shared out once it takes long."""

from __future__ import annotations

import time
from collections.abc import Callable

from exactrelu.distribution.parts import Json, Part
from exactrelu.distribution.schedule import Sharing
from exactrelu.distribution.workers import Workers
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import format_rational, rational
from exactrelu.verification.branch_and_bound import BranchAndBound, Gains, Progress
from exactrelu.verification.float_rows import float_rows
from exactrelu.verification.nodes import CutTree
from exactrelu.verification.shared_boxes import BoxWork

_ALONE = 1.0  # seconds before a search is shared: bounds close most sets sooner
_NUMBERS_OF_A_PART = 1 << 40  # nodes of a part's cut tree have numbers that no other part has


class UnsafePoints(BoxWork):
    """The search for an unsafe point; a worker is told by ``hint`` what gains cuts have had elsewhere."""

    kind = "verify"

    def begun(self, what: Json, hint: Json, checkpoint: Callable[[Progress], None]) -> BranchAndBound:  # noqa: ARG002 - all parts are searched alike
        """Return the search of a part."""
        gains, number = hint
        tree = None if number is None else CutTree(size=number * _NUMBERS_OF_A_PART)
        rows = float_rows(self.network, self.inputs)
        search = BranchAndBound(
            self.network, self.layers, self.inputs, rows, checkpoint=checkpoint, tree=tree
        )
        search.gains = Gains(*gains)
        return search

    def told(self, search: BranchAndBound, point: Point | None, what: Json) -> Json:  # noqa: ARG002 - as above
        """Return what was found, and what cannot be decided."""
        gains, progress = search.gains, search.progress
        result = {
            "point": None if point is None else [format_rational(x) for x in point],
            "stuck": [self.described(node) for node in search.stuck],
            "boxes": progress.boxes,
            "decided": progress.decided,
            "gains": [gains.inputs, gains.neurons, gains.tried],
        }
        return result if search.tree is None else result | {"tree": search.tree}


class SharedSearch:
    """A search that begins in this process and is shared once it takes long.

    Parameters
    ----------
    search
        The search of a whole input set.
    workers
        Who shares it. With a directory of finished parts it begins again at the whole set, or where they end.
    """

    def __init__(self, search: BranchAndBound, workers: Workers) -> None:
        self.search, self.workers = search, workers
        self.work = UnsafePoints(search.network, search.inputs)
        self._number = 0

    def run(self, seconds_left: float | None = None) -> Point | None:
        """Return an unsafe point, None if there is none; raises as `BranchAndBound.run`."""
        begun = time.monotonic()
        end = float("inf") if seconds_left is None else begun + seconds_left
        root = list(self.search.stack)
        alone = self.search.run(pause=lambda: time.monotonic() - begun > _ALONE)
        if alone is not None or not self.search.stack:
            return alone
        if self.workers.resume is not None:
            self.search.stack, self.search.progress, self.search.stuck = root, Progress(), []
        sharing = Sharing(check=self._check, hint=self._hint, left=lambda: max(0.0, end - time.monotonic()))
        self._schedule = self.workers.schedule(self.work, self._first(), sharing)
        for result in self._schedule.results():
            point = self._take(result)
            if point is not None:
                return point
        self.search.stack = []
        return self.search.run()

    def _first(self) -> list[Part]:
        groups = 1 if self.workers.resume is not None else self.workers.parts or 8
        return list(self.work.parts_of(self.search.stack, groups, {}))

    def _hint(self) -> Json:
        gains = self.search.gains
        self._number += 1
        number = None if self.search.tree is None else self._number
        return [[gains.inputs, gains.neurons, gains.tried], number]

    def _take(self, result: Json) -> Point | None:
        search = self.search
        search.stuck.extend(self.work.restored(result["stuck"], search))
        search.gains = Gains(*result["gains"])
        search.progress.boxes += result["boxes"]
        search.progress.decided += result["decided"]
        if search.tree is not None:
            search.tree.join(result["tree"])
        return None if result["point"] is None else tuple(map(rational, result["point"]))

    def _check(self) -> None:
        """Note the bound of all that is open, and look at the limits."""
        bounds = [part.what["bound"] for part in self._schedule.pending()]
        bounds += [node.bound for node in self.search.stuck]
        self.search.progress.bound = min(bounds, default=float("inf"))
        self.search.checkpoint(self.search.progress)
