"""Whether a network has a property: no input is unsafe."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from exactrelu.bounds.float_layers import float_layers
from exactrelu.enumeration.effort import Search, started
from exactrelu.errors import BudgetExhaustedError
from exactrelu.networks.network import Network
from exactrelu.numbers.points import Point
from exactrelu.verification.branch_and_bound import BranchAndBound, Progress, StuckError
from exactrelu.verification.candidates import is_unsafe
from exactrelu.verification.float_rows import float_rows
from exactrelu.verification.nodes import CutTree
from exactrelu.verification.property import InputSet, Property
from exactrelu.verification.verdict import Verdict


@dataclass(frozen=True)
class PropertyDecision:
    """What a search found: ``refuted`` comes with an unsafe ``point`` and the exact ``outputs`` there.

    ``decided`` is the share of the input sets that is decided, ``bound`` the least lower bound, over what is
    open, of how far the inequalities are from holding; ``trees`` the cuts of each input set, if asked for.
    """

    verdict: Verdict
    network: Network
    property: Property
    point: Point | None
    outputs: Point | None
    boxes: int
    seconds: float
    decided: float
    bound: float
    reason: str | None = None
    trees: tuple[CutTree, ...] = ()


def verify(
    network: Network,
    prop: Property,
    *,
    search: Search | None = None,
    progress: Callable[[int, int, Progress], None] | None = None,
    trees: bool = False,
) -> PropertyDecision:
    """Decide whether some input is unsafe: exactly, with an unsafe point if there is one."""
    prop.require_shape(network.inputs, network.outputs)
    run = _Run(network, prop, started(search), progress, trees=trees)
    return run.decision()


class _Run:
    def __init__(
        self,
        network: Network,
        prop: Property,
        search: Search,
        report: Callable[[int, int, Progress], None] | None,
        *,
        trees: bool,
    ) -> None:
        self.network, self.property, self.search, self.report = network, prop, search, report
        self.layers = float_layers(network)
        self.keep = trees
        self.trees: list[CutTree] = []
        self.started = time.process_time()
        self.boxes, self.done = 0, 0.0
        self.bound = float("inf")

    def decision(self) -> PropertyDecision:
        for number, inputs in enumerate(self.property.groups):
            try:
                point = self._of_group(number, inputs)
            except (BudgetExhaustedError, StuckError) as error:
                return self._decided(Verdict.UNKNOWN, None, str(error) or "a box that cannot be cut further")
            if point is not None:
                return self._decided(Verdict.REFUTED, point)
            self.done = (number + 1) / len(self.property.groups)
        self.done = 1.0
        return self._decided(Verdict.HOLDS, None)

    def _of_group(self, number: int, inputs: InputSet) -> Point | None:
        if inputs.has_empty_box or not inputs.disjuncts:
            return None
        if not inputs.rows and not all(inputs.disjuncts):
            return _any_point(inputs)
        rows = float_rows(self.network, inputs)
        tree = CutTree() if self.keep else None
        total = len(self.property.groups)

        def checkpoint(progress: Progress) -> None:
            self.done = (number + progress.decided) / total
            self.bound = progress.bound
            if self.report is not None:
                self.report(number, total, progress)
            self.search.check_time()

        found = BranchAndBound(self.network, self.layers, inputs, rows, checkpoint=checkpoint, tree=tree)
        try:
            return found.run()
        finally:
            self.boxes += found.progress.boxes
            if tree is not None:
                self.trees.append(tree)

    def _decided(self, verdict: Verdict, point: Point | None, reason: str | None = None) -> PropertyDecision:
        if point is not None and not any(
            is_unsafe(self.network, group, point) for group in self.property.groups
        ):
            raise ArithmeticError("a counterexample that is none")
        return PropertyDecision(
            verdict,
            self.network,
            self.property,
            point,
            None if point is None else self.network(point),
            self.boxes,
            time.process_time() - self.started,
            self.done,
            self.bound,
            reason,
            tuple(self.trees),
        )


def _any_point(inputs: InputSet) -> Point:
    """Return a point of a box that is not empty."""
    point = inputs.domain().interior_point
    if point is None:
        raise ArithmeticError("a box that is not empty has no point")
    return point
