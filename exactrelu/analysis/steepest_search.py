"""The steepest cell by branch and bound: boxes of inputs with signs of neurons, the steepest bounds first.

A node stands for the points of its box that obey its signs. There bounds of the pre-activations
(`exactrelu.bounds.back_substitution`) fix further signs, and the Jacobian with the others open has a bounded
norm (`exactrelu.bounds.jacobians`). At almost every point no pre-activation vanishes but where it does so
all round, and there its slope does not matter: so y >= 0 fixes the slope s+, and y <= 0 the slope s-.

A node whose bound is less than the norm on some cell is left; one whose bound could be that norm itself is
compared with it exactly. Others are cut at the neuron or the input whose cut lowers the bounds most: a few are
tried. Where few signs are open, the cells are listed, in the open set of the domain's points that
lie inside the node, so that what is `full` in it is `full` in the domain.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from exactrelu.analysis.steep_cells import SteepCells
from exactrelu.bounds.back_substitution import BoxBatch
from exactrelu.bounds.float_layers import Floats, float_layers
from exactrelu.bounds.jacobian_gains import input_scores, open_scores
from exactrelu.enumeration.effort import Search
from exactrelu.enumeration.problem import Problem
from exactrelu.enumeration.pruning import Bits, Keep
from exactrelu.polyhedra.constraints import LinearConstraint, Relation
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.interior import are_intervals
from exactrelu.verification.branch_and_bound import outward
from exactrelu.verification.property import InputSet

_BATCH = 32  # nodes at once
_DOUBLES_OF_A_BATCH = 1 << 20
_DOUBLES_OF_THE_HEAP = 1 << 25
_FEW_SIGNS = 10  # so few open signs: the cells are listed
_TRIED = 6  # neurons of each node
_INPUTS_CUT = 24  # up to so many inputs, cuts along inputs are tried
_RARELY = 16  # batches, of which one tries a kind of cut that does not pay
_PAYS = 1 / 16


TakeIn = Callable[[Problem, Keep], None]
"""Takes in the cells of a problem that are kept, and notes the steepest."""


@dataclass(slots=True, eq=False)
class _Node:
    low: Floats
    high: Floats
    lower: Floats
    upper: Floats
    signs: Bits
    """The bits that were fixed at neurons, -1 elsewhere."""
    bits: Bits
    """All bits that are known, -1 where one is open."""
    bound: float = np.inf
    number: int = 0

    @property
    def open(self) -> int:
        return int((self.bits < 0).sum())


@dataclass(slots=True)
class _Kinds:
    """How often cuts along inputs and at neurons were the better ones, as averages that forget."""

    pays: dict[str, float] = field(default_factory=lambda: {"input": 1.0, "neuron": 1.0})
    batches: int = 0

    def learn(self, kind: str) -> None:
        for name, share in self.pays.items():
            self.pays[name] = share + 0.02 * (float(name == kind) - share)

    def tries(self, kind: str) -> bool:
        return self.pays[kind] >= _PAYS or self.batches % _RARELY == 0


class SteepestSearch:
    """The search of one problem in the reading `full`, on a domain that has inner points."""

    def __init__(self, problem: Problem, steep: SteepCells, take_in: TakeIn, search: Search) -> None:
        self._problem, self._steep, self._take_in, self._search = problem, steep, take_in, search
        network = problem.network
        self._layers = float_layers(network)
        self._ends = np.cumsum([0, *network.hidden_widths])
        self._bent = np.concatenate(
            [self._ends[k] + np.array(a.bent, dtype=np.intp) for k, a in enumerate(network.activations)]
        )
        self._layer = np.repeat(np.arange(network.depth - 1), network.bent_widths)
        self._first = network.layers[0].matrix.integer_rows()
        self._box = outward(InputSet.of_domain(problem.domain))
        self._is_wide = problem.network.inputs > 100 and are_intervals(problem.domain.rows)
        self._kinds, self._count = _Kinds(), 0
        size = 8 * (int(self._ends[-1]) + network.inputs)
        self._batch = int(np.clip(_DOUBLES_OF_A_BATCH // size, 1, _BATCH))
        self._most = max(self._batch, _DOUBLES_OF_THE_HEAP // size)
        self._heap: list[tuple[float, int, _Node]] = []
        self._taken: list[_Node] = []

    @property
    def bound(self) -> float:
        """A double that the norm on no cell exceeds, unless the best cell's does."""
        first = [node for _, _, node in self._heap[:1]]
        return max((node.bound for node in (*first, *self._taken)), default=0.0)

    def run(self, tell: Callable[[float], None]) -> None:
        """Find a steepest cell; ``tell`` is told the bound again and again.

        Raises
        ------
        BudgetExhaustedError
            Where the time is over; `bound` holds all the same.
        """
        neurons = int(self._ends[-1])
        signs = np.full(len(self._bent), -1, dtype=np.int8)
        root = _Node(*self._box, np.full(neurons, -np.inf), np.full(neurons, np.inf), signs, signs)
        self._taken = [root]
        self._push(self._bounded([root]))
        while self._heap:
            self._taken = []
            tell(self.bound)
            self._search.check_time()
            self._taken = self._popped()
            for node in [node for node in self._taken if node.open <= _FEW_SIGNS]:
                self._list(node)
                self._taken.remove(node)
            many = [node for node in self._taken if self._is_open(node)]
            if many:
                self._push(self._cut(many))
        self._taken = []

    # the heap -----------------------------------------------------------------------------------

    def _push(self, nodes: Sequence[_Node]) -> None:
        for node in nodes:
            if node.bound >= self._steep.floor:
                self._count += 1
                heapq.heappush(self._heap, (-node.bound, self._count, node))

    def _popped(self) -> list[_Node]:
        """Take the nodes with the largest bounds; where there are too many, the last of the heap."""
        size = min(self._batch, len(self._heap))
        if len(self._heap) > self._most:
            entries = self._heap[-size:]
            del self._heap[-size:]
        else:
            entries = [heapq.heappop(self._heap) for _ in range(size)]
        return [node for _, _, node in entries]

    def _is_open(self, node: _Node) -> bool:
        return node.bound >= self._steep.floor and self._steep.may_be_above(node.bits, node.bound)

    # bounds -------------------------------------------------------------------------------------

    def _bounded(self, nodes: Sequence[_Node]) -> list[_Node]:
        """Return the nodes that may have points, with their bounds."""
        low, high = (np.array([getattr(node, name) for node in nodes]) for name in ("low", "high"))
        lower, upper = (np.array([getattr(node, name) for node in nodes]) for name in ("lower", "upper"))
        parts = [[bound[:, a:b] for a, b in zip(self._ends, self._ends[1:], strict=False)]
                 for bound in (lower, upper)]  # fmt: skip
        batch = BoxBatch(self._layers, low, high, *parts)
        with np.errstate(all="ignore"):
            for _ in self._layers[:-1]:
                batch.advance()
        alive = np.flatnonzero((lower <= upper).all(axis=1))
        lower, upper = lower[alive], upper[alive]
        bits = np.where(lower >= 0, 1, np.where(upper <= 0, 0, -1)).astype(np.int8)[:, self._bent]
        signs = np.array([nodes[i].signs for i in alive], dtype=np.int8).reshape(bits.shape)
        bits = np.where(signs >= 0, signs, bits)
        bounds = self._steep.at_most(bits)
        rows = zip(alive, lower, upper, bits, bounds, strict=True)
        return [
            replace(nodes[i], lower=a, upper=b, bits=own, bound=min(float(bound), nodes[i].bound))
            for i, a, b, own, bound in rows
        ]

    # cuts ---------------------------------------------------------------------------------------

    def _cut(self, nodes: list[_Node]) -> list[_Node]:
        """Return the halves of each node, by the cut of those tried that lowers their bounds most."""
        self._kinds.batches += 1
        scores, centres = open_scores(self._steep.bounds, np.array([node.bits for node in nodes]))
        along, at = (len(self._box[0]) <= 8, False) if len(self._box[0]) <= 8 else (False, True)
        pairs: list[list[list[_Node]]] = [[] for _ in nodes]
        if along and len(self._box[0]) <= _INPUTS_CUT:
            for own, pair in zip(pairs, self._along_inputs(nodes, scores, centres), strict=True):
                own += [pair] if pair else []
        missing = [place for place, own in enumerate(pairs) if at or not own]
        neurons = self._best_neurons([nodes[i] for i in missing], np.concatenate(scores, axis=1)[missing])
        for place, neuron in zip(missing, neurons, strict=True):
            pairs[place].append(self._at_neuron(nodes[place], neuron))
        return self._better(pairs)

    def _better(self, pairs: list[list[list[_Node]]]) -> list[_Node]:
        every = [half for own in pairs for pair in own for half in pair]
        for number, half in enumerate(every):
            half.number = number
        found = {half.number: half for half in self._bounded(every)}
        kept = []
        for own in pairs:
            halves = [[found[h.number] for h in pair if h.number in found] for pair in own]
            worth = [sum(max(0.0, h.bound - self._steep.floor) ** 2 for h in pair) for pair in halves]
            best = int(np.argmin(worth))
            if len(own) > 1:
                self._kinds.learn("input" if best == 0 else "neuron")
            kept += halves[best]
        return kept

    def _along_inputs(
        self, nodes: list[_Node], scores: list[Floats], centres: list[Floats]
    ) -> list[list[_Node]]:
        width = np.array([node.high - node.low for node in nodes])
        between = np.array([node.upper - node.lower for node in nodes])
        parts = [between[:, a:b] for a, b in zip(self._ends, self._ends[1:], strict=False)]
        chosen = np.argmax(input_scores(scores, centres, width, parts), axis=1)
        return [self._halves(node, int(i)) for node, i in zip(nodes, chosen, strict=True)]

    def _halves(self, node: _Node, i: int) -> list[_Node]:
        at = node.low[i] + (node.high[i] - node.low[i]) / 2
        if not node.low[i] < at < node.high[i]:
            return []
        high, low = node.high.copy(), node.low.copy()
        high[i] = low[i] = at
        return [self._child(node, high=high), self._child(node, low=low)]

    def _child(self, node: _Node, **changes: Floats) -> _Node:
        return replace(node, lower=node.lower.copy(), upper=node.upper.copy(), **changes)

    def _best_neurons(self, nodes: list[_Node], scores: Floats) -> list[int]:
        """Return the open neuron (its place among the bent ones) whose cut lowers each node's bounds most."""
        if not nodes:
            return []
        bits = np.array([node.bits for node in nodes])
        layers = np.where(bits < 0, self._layer, len(self._layers))
        own = np.where(layers == layers.min(axis=1, keepdims=True), scores[:, self._bent], -1.0)
        tried = min(_TRIED, own.shape[1])
        places = np.argsort(-own, axis=1)[:, :tried]
        rows = np.repeat([node.bits for node in nodes], 2 * tried, axis=0)
        rows[np.arange(len(rows)), np.repeat(places.ravel(), 2)] = np.tile([0, 1], len(nodes) * tried)
        bounds = self._steep.at_most(rows).reshape(len(nodes), tried, 2)
        worth = (np.maximum(bounds - self._steep.floor, 0.0) ** 2).sum(axis=2)
        worth[np.take_along_axis(own, places, axis=1) < 0] = np.inf
        return [int(places[i, j]) for i, j in enumerate(np.argmin(worth, axis=1))]

    def _at_neuron(self, node: _Node, neuron: int) -> list[_Node]:
        halves = []
        for bit in (0, 1):
            signs = node.signs.copy()
            signs[neuron] = bit
            child = replace(self._child(node), signs=signs)
            (child.lower if bit else child.upper)[self._bent[neuron]] = 0.0
            halves.append(child)
        return halves

    # cells --------------------------------------------------------------------------------------

    def _list(self, node: _Node) -> None:
        if self._is_open(node):
            part = Problem(self._problem.network, self._inside(node), self._problem.reading)
            self._take_in(part, self._steep.within(node.signs))

    def _inside(self, node: _Node) -> Domain:
        """Return the points of the domain inside the node's box, and inside its signs of the first layer."""
        if self._is_wide:
            return self._problem.domain
        n, more = self._problem.network.inputs, []
        for ends, outer, relation in ((node.low, self._box[0], ">"), (node.high, self._box[1], "<")):
            for i in np.flatnonzero(ends != outer):
                unit = tuple(Fraction(int(i == j)) for j in range(n))
                more.append(LinearConstraint(unit, -Fraction(float(ends[i])), Relation(relation)))
        width = self._problem.network.bent_widths[0]
        for place in np.flatnonzero(node.signs[:width] >= 0):
            *normal, offset = map(Fraction, self._first[self._bent[place]])
            if any(normal):
                relation = Relation.GREATER if node.signs[place] else Relation.LESS
                more.append(LinearConstraint(tuple(normal), offset, relation))
        domain = self._problem.domain
        return Domain(n, (*domain.constraints, *more)) if more else domain
