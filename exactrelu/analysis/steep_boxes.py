"""The steepest cell in few inputs: the domain is cut into boxes, the steepest bounds first.

On a box bounds of the pre-activations (`exactrelu.bounds.back_substitution`) fix signs, and the Jacobian
with the others open has a bounded norm. At almost every point no pre-activation vanishes but where it does
so all round, and there its slope does not matter: so y >= 0 fixes the slope s+, and y <= 0 the slope s-.

Where few signs are open the cells are listed, in the open set of the domain's points inside the box, so that
what is `full` in it is `full` in the domain. Others are cut along the input by which open signs depend most.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from exactrelu.analysis.steep_cells import SteepCells
from exactrelu.bounds.back_substitution import BoxBatch
from exactrelu.bounds.float_layers import Floats, float_layers
from exactrelu.bounds.jacobian_gains import input_scores, open_scores
from exactrelu.enumeration.effort import Search
from exactrelu.enumeration.problem import Problem
from exactrelu.enumeration.pruning import Bits
from exactrelu.polyhedra.constraints import LinearConstraint, Relation
from exactrelu.polyhedra.domain import Domain
from exactrelu.verification.branch_and_bound import outward
from exactrelu.verification.property import InputSet

_BATCH = 32  # boxes at once
_FEW_SIGNS = 96  # so few open signs: the cells are listed, which is quick in few inputs
_MOST_CUTS = 10  # above a box; then the cells are listed: kinks may coincide


@dataclass(slots=True, eq=False)
class _Box:
    """A box, bounds of its pre-activations, the bits that they fix (-1: open), a bound of the norm."""

    low: Floats
    high: Floats
    lower: Floats
    upper: Floats
    bits: Bits | None = None
    bound: float = np.inf
    cuts: int = 0

    @property
    def is_last(self) -> bool:
        """Whether its cells are to be listed."""
        few = self.bits is None or int((self.bits < 0).sum()) <= _FEW_SIGNS
        return few or self.cuts >= _MOST_CUTS


class SteepBoxes:
    """The search of one problem in the reading `full`, on a domain in a box that has inner points.

    ``take_in`` takes in the cells of a problem, and notes the steepest.
    """

    def __init__(
        self, problem: Problem, steep: SteepCells, take_in: Callable[[Problem], None], search: Search
    ) -> None:
        self._problem, self._steep, self._take_in, self._search = problem, steep, take_in, search
        network = problem.network
        self._layers = float_layers(network)
        self._ends = np.cumsum([0, *network.hidden_widths])
        places = [
            [a + i for i in bent.bent] for a, bent in zip(self._ends, network.activations, strict=False)
        ]
        self._bent = np.array([i for own in places for i in own], dtype=np.intp)
        self._box = outward(InputSet.of_domain(problem.domain))
        self._heap: list[tuple[float, int, _Box]] = []
        self._taken: list[_Box] = []
        self._count = 0

    @property
    def bound(self) -> float:
        """A double that the norm on no cell exceeds, unless the best cell's does."""
        first = [box for _, _, box in self._heap[:1]]
        return max((box.bound for box in (*first, *self._taken)), default=0.0)

    def run(self, tell: Callable[[], None]) -> None:
        """Find a steepest cell; ``tell`` is called again and again.

        Raises
        ------
        BudgetExhaustedError
            Where the time is over; `bound` holds all the same.
        """
        neurons = int(self._ends[-1])
        root = _Box(*self._box, np.full(neurons, -np.inf), np.full(neurons, np.inf))
        self._taken = [root]
        self._push(self._bounded([root]))
        while self._heap:
            self._taken = []
            tell()
            self._search.check_time()
            self._taken = [heapq.heappop(self._heap)[2] for _ in range(min(_BATCH, len(self._heap)))]
            for box in [box for box in self._taken if box.is_last]:
                self._list(box)
                self._taken.remove(box)
            self._push(self._cut([box for box in self._taken if self._is_open(box)]))
        self._taken = []

    def _push(self, boxes: Sequence[_Box]) -> None:
        for box in boxes:
            if box.bound >= self._steep.floor:
                self._count += 1
                heapq.heappush(self._heap, (-box.bound, self._count, box))

    def _is_open(self, box: _Box) -> bool:
        if box.bits is None or box.bound < self._steep.floor:
            return False
        return self._steep.may_be_above(box.bits, box.bound)

    def _bounded(self, boxes: Sequence[_Box]) -> list[_Box]:
        """Return the boxes with their bounds."""
        low, high, lower, upper = (
            np.array([getattr(box, name) for box in boxes]) for name in ("low", "high", "lower", "upper")
        )
        parts = [[bound[:, a:b] for a, b in zip(self._ends, self._ends[1:], strict=False)]
                 for bound in (lower, upper)]  # fmt: skip
        batch = BoxBatch(self._layers, low, high, *parts)
        batch.checkpoint = self._search.check_time
        for _ in self._layers[:-1]:
            batch.advance()
        bits = np.where(lower >= 0, 1, np.where(upper <= 0, 0, -1)).astype(np.int8)[:, self._bent]
        rows = zip(boxes, lower, upper, bits, self._steep.at_most(bits), strict=True)
        return [
            replace(box, lower=a, upper=b, bits=own, bound=min(float(bound), box.bound))
            for box, a, b, own, bound in rows
        ]

    def _cut(self, boxes: list[_Box]) -> list[_Box]:
        """Return the halves of each box."""
        if not boxes:
            return []
        scores, centres = open_scores(self._steep.bounds, np.array([box.bits for box in boxes]))
        width = np.array([box.high - box.low for box in boxes])
        between = np.array([box.upper - box.lower for box in boxes])
        parts = [between[:, a:b] for a, b in zip(self._ends, self._ends[1:], strict=False)]
        best = np.argsort(-input_scores(scores, centres, width, parts), axis=1)
        return self._bounded([half for box, order in zip(boxes, best, strict=True)
                              for half in self._halves(box, order)])  # fmt: skip

    def _halves(self, box: _Box, order: np.ndarray) -> list[_Box]:
        for i in (*order[:1], int(np.argmax(box.high - box.low))):
            at = box.low[i] + (box.high[i] - box.low[i]) / 2
            if box.low[i] < at < box.high[i]:
                break
        else:  # too small to be cut
            self._list(box)
            return []
        below, above = box.high.copy(), box.low.copy()
        below[i] = above[i] = at
        halves = (replace(box, high=below), replace(box, low=above))
        more = box.cuts + 1
        return [replace(h, lower=h.lower.copy(), upper=h.upper.copy(), cuts=more) for h in halves]

    def _list(self, box: _Box) -> None:
        if self._is_open(box):
            self._take_in(replace(self._problem, domain=self._inside(box)))

    def _inside(self, box: _Box) -> Domain:
        """Return the points of the domain inside the box."""
        n, more = self._problem.network.inputs, []
        for ends, outer, relation in ((box.low, self._box[0], ">"), (box.high, self._box[1], "<")):
            for i in np.flatnonzero(ends != outer):
                unit = tuple(Fraction(int(i == j)) for j in range(n))
                more.append(LinearConstraint(unit, -Fraction(float(ends[i])), Relation(relation)))
        domain = self._problem.domain
        return Domain(n, (*domain.constraints, *more)) if more else domain
