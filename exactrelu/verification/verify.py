"""Whether a network has a property: no input is unsafe."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from exactrelu.bounds.float_layers import float_layers
from exactrelu.distribution.workers import NOBODY, Workers
from exactrelu.enumeration.effort import Search, started
from exactrelu.errors import ArgumentError, BudgetExhaustedError
from exactrelu.networks.network import Network
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.domain import Domain
from exactrelu.verification.branch_and_bound import BranchAndBound, Progress, StuckError
from exactrelu.verification.candidates import is_unsafe
from exactrelu.verification.decision import PropertyDecision, Standing
from exactrelu.verification.float_rows import float_rows
from exactrelu.verification.linear_bound import LinearBound
from exactrelu.verification.many_sets import MANY, ManySets
from exactrelu.verification.nodes import CutTree
from exactrelu.verification.property import InputSet, Property
from exactrelu.verification.sharing import SharedSearch
from exactrelu.verification.unbounded_sets import unsafe_point_of_unbounded, within_its_box
from exactrelu.verification.verdict import Verdict

_INFINITY = float("inf")


def verify(
    network: Network,
    prop: Property | Sequence[LinearBound],
    domain: Domain | None = None,
    *,
    search: Search | None = None,
    workers: Workers | None = None,
    trees: bool = False,
) -> PropertyDecision:
    """Decide whether some input is unsafe: exactly, with an unsafe point if there is one.

    Parameters
    ----------
    network
        The network f.
    prop
        The property; or bounds on inputs x0, ... and outputs y0, ... that should all hold on ``domain``. The
        path of a VNN-LIB file serves, too, where this is called as `exactrelu.verify`.
    domain
        Where bounds should hold: a rational polyhedron, the whole space by default. A property has its own.
    search
        Its ``time_limit`` is what the decision may take; its listener is told how far it is; its engine
        serves input sets that are not bounded.
    workers
        Who shares the search once it takes long (`docs/scale.md`).
    trees
        Whether the cuts are kept, from which a certificate is written.

    Returns
    -------
    PropertyDecision
        ``holds``, ``refuted`` with a rational point that is unsafe, or ``unknown`` where the time ran out. On
        an empty domain, and without bounds, a property holds.

    Raises
    ------
    ArgumentError
        If a domain stands beside a property that has its own.
    PropertyError
        If network and property have different numbers of inputs or outputs.

    Examples
    --------
    >>> import exactrelu
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])  # |x|
    >>> str(exactrelu.verify(net, "y0 <= 2", [(-2, 1)]).verdict)
    'holds'
    >>> decision = exactrelu.verify(net, ["y0 < 2", "y0 >= x0"], [(-2, 1)])
    >>> str(decision.verdict), decision.point, decision.outputs
    ('refuted', (Fraction(-2, 1),), (Fraction(2, 1),))
    """
    if not isinstance(prop, Property):
        whole = Domain.whole_space(network.inputs)
        prop = Property.from_bounds(network.inputs, network.outputs, domain or whole, prop)
    elif domain is not None:
        raise ArgumentError("verify: domain: expected none with a property, which has its own, got one")
    prop.require_shape(network.inputs, network.outputs)
    workers = workers or NOBODY
    if trees and workers.resume is not None:
        raise ArgumentError("verify: resume: expected no trees with it, which are kept in one run, got both")
    run = _Run(network, prop, started(search), workers, trees=trees)
    return run.decision()


class _Run:
    def __init__(
        self,
        network: Network,
        prop: Property,
        search: Search,
        workers: Workers,
        *,
        trees: bool,
    ) -> None:
        self.network, self.property, self.search = network, prop, search
        self.workers = workers
        self.keep = trees
        self.layers = float_layers(network)  # asked for once: the network is hashed then
        self.trees: list[CutTree] = []
        self.started = time.perf_counter()
        self.standing = Standing(0.0, -_INFINITY, 0, 1, len(prop.groups))

    def decision(self) -> PropertyDecision:
        """Search the input sets one after the other."""
        boxes, many = 0, self._many()
        for number, inputs in enumerate(self.property.groups):
            self._stand(number, Progress(), boxes)
            try:
                self.search.check_time()
                if many is not None and many.closes(number):
                    boxes += 1
                    continue
                point = self._of_group(number, inputs, boxes)
            except (BudgetExhaustedError, StuckError) as error:
                return self._decided(Verdict.UNKNOWN, None, str(error))
            if point is not None:
                return self._decided(Verdict.REFUTED, point)
            boxes = self.standing.boxes
        self.standing = Standing(1.0, _INFINITY, boxes, len(self.property.groups), len(self.property.groups))
        return self._decided(Verdict.HOLDS, None)

    def _many(self) -> ManySets | None:
        """Return what decides many input sets together, None where trees are kept or there are few."""
        groups = self.property.groups
        if self.keep or len(groups) < MANY or not self.network.hidden_widths:
            return None
        return ManySets(self.network, self.layers, groups, self.search.check_time)

    def _of_group(self, number: int, inputs: InputSet, before: int) -> Point | None:
        """Return an unsafe point of an input set, None if there is none."""
        tree = CutTree(exact={0})  # replaced where branch and bound decides
        self.trees.append(tree)
        if inputs.has_empty_box or not inputs.disjuncts:
            return None
        if inputs.rows or not all(inputs.disjuncts) or not inputs.is_bounded:
            point = inputs.domain().interior_point
            if point is None or not all(inputs.disjuncts):
                return point
        boxed = inputs if inputs.is_bounded else within_its_box(inputs)
        if boxed is None:
            return unsafe_point_of_unbounded(self.network, inputs, self.search)
        self.trees[-1] = CutTree()
        return self._searched(number, boxed, before)

    def _searched(self, number: int, inputs: InputSet, before: int) -> Point | None:
        def checkpoint(progress: Progress) -> None:
            self._stand(number, progress, before)
            self.search.check_time()

        search = BranchAndBound(
            self.network,
            self.layers,
            inputs,
            float_rows(self.network, inputs),
            checkpoint=checkpoint,
            tree=self.trees[-1] if self.keep else None,
        )
        try:
            if not self.workers.are_asked:
                return search.run()
            left = None if self.search.deadline is None else self.search.deadline - time.monotonic()
            return SharedSearch(search, self._workers_of(number)).run(left)
        finally:
            self._stand(number, search.progress, before)

    def _workers_of(self, number: int) -> Workers:
        """Return who searches an input set; each has its own directory of finished parts."""
        folder = self.workers.resume
        if folder is None or len(self.property.groups) == 1:
            return self.workers
        Path(folder).mkdir(exist_ok=True)
        return replace(self.workers, resume=Path(folder) / f"set-{number + 1}")

    def _stand(self, number: int, progress: Progress, before: int) -> None:
        """Take in how far the search of one input set is, and tell who listens."""
        parts = len(self.property.groups)
        bound = progress.bound if number == parts - 1 else -_INFINITY
        boxes = before + progress.boxes
        self.standing = Standing((number + progress.decided) / parts, bound, boxes, number + 1, parts)
        self.search.tell("verification", self.standing.__str__)

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
            self.standing.boxes,
            time.perf_counter() - self.started,
            self.standing.decided,
            self.standing.bound,
            reason,
            tuple(self.trees) if self.keep else (),
        )
