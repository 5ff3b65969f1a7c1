"""Branch and bound over boxes of inputs: it finds an unsafe point of an input set, or that there is none.

Boxes are taken in batches from a stack. Bounds close what they can, points are tried, what is left is clipped
to where an inequality can still hold, and cut. Boxes on which hardly any sign is open, or that cannot be cut,
are decided exactly.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from exactrelu.bounds.back_substitution import BoxBatch
from exactrelu.bounds.float_layers import FloatLayer, Floats, below
from exactrelu.bounds.relaxation import NO_WIDTH
from exactrelu.networks.network import Network
from exactrelu.numbers.points import Point
from exactrelu.verification.attack import ascend
from exactrelu.verification.candidates import Candidates
from exactrelu.verification.exact_leaf import FIXED_OFF, ExactLeaf, TooManyProgramsError, box_rows
from exactrelu.verification.float_rows import FloatRows
from exactrelu.verification.lifted_leaf import LiftedLeaf
from exactrelu.verification.nodes import CutTree, InputCut, NeuronCut, Node
from exactrelu.verification.property import InputSet
from exactrelu.verification.refutation import Refutation
from exactrelu.verification.sparse_composition import is_large
from exactrelu.verification.splitting import best_neurons, input_scores

_BATCH = 128
_DOUBLES_OF_A_BATCH = 1 << 21  # boxes x hidden neurons x 8: wide networks take fewer boxes at once
_DOUBLES_OF_THE_STACK = 1 << 25  # the nodes that are open hold so many; beyond, the search is depth first
_FEW_SIGNS, _SMALL_NETWORK, _PROGRAMS = 12, 24, 256
_EXACT_START, _EXACT_SHARE = 0.5, 0.05  # seconds, and the share of all seconds, for boxes decided exactly
_DEEP_SHARE = 0.5  # the share of all seconds for boxes so deep that bounds seem to meet a tie
_INPUTS_CUT_ALONE = 12  # up to so many inputs, boxes are cut along inputs unless neurons gain more
_FIRST_ATTACK = 96  # boxes, after which attacks begin; each next one after twice as many


@dataclass
class Progress:
    """How far a search is."""

    boxes: int = 0
    decided: float = 0.0
    bound: float = float("-inf")


@dataclass
class Gains:
    """What cuts of each kind have gained, as averages that forget; the better kind is chosen."""

    inputs: float = 0.0
    neurons: float = 0.0
    tried: int = 0

    def learn(self, node: Node, bound: float) -> None:
        """Take in how much a child's bound is better than its parent's."""
        if not (np.isfinite(bound) and np.isfinite(node.bound)):
            return
        gain = (bound - node.bound) / (abs(node.bound) + 1e-300)
        if node.by_neuron:
            self.neurons += 0.1 * (gain - self.neurons)
        else:
            self.inputs += 0.1 * (gain - self.inputs)


@dataclass
class Hunt:
    """The attacks: when the next one comes, and how large it is."""

    due: int
    seed: int = 0
    points: int = 64

    def next(self) -> None:
        """Plan the next attack, twice as late, a little larger."""
        self.due, self.seed, self.points = 2 * self.due, self.seed + 1, min(2 * self.points, 512)


class BranchAndBound:
    """The search of one input set. `run` ends with an unsafe point, or with None: there is none."""

    deep = 36  # cuts above a box after which bounds seem to meet a tie: exactness gets its turn

    def __init__(
        self,
        network: Network,
        layers: Sequence[FloatLayer],
        inputs: InputSet,
        rows: FloatRows,
        *,
        checkpoint: Callable[[Progress], None],
        tree: CutTree | None = None,
    ) -> None:
        self.network, self.layers, self.inputs, self.rows = network, layers, inputs, rows
        self.checkpoint, self.tree = checkpoint, tree
        self.candidates = Candidates(network, layers, inputs, rows)
        self.ends = np.cumsum([0, *(layer.outputs for layer in layers[:-1])])
        self.progress, self.gains = Progress(), Gains()
        self.box = self._outer_box(inputs)
        self.hunt = Hunt(_FIRST_ATTACK)
        self.started, self.exact_seconds = time.process_time(), 0.0
        self.stack: list[Node] = [self._root()]
        self.stuck: list[Node] = []
        self.node_doubles = 2 * int(self.ends[-1]) + 2 * len(self.box[0])
        self.batch = int(np.clip(_DOUBLES_OF_A_BATCH // (8 * max(1, int(self.ends[-1]))), 1, _BATCH))

    def _outer_box(self, inputs: InputSet) -> tuple[Floats, Floats]:
        """Return a box of doubles round the input set."""
        return outward(inputs)

    def _root(self) -> Node:
        neurons = int(self.ends[-1])
        lower, upper = np.full(neurons, -np.inf), np.full(neurons, np.inf)
        return Node(*self.box, lower, upper, 1.0, 0, 0)

    # the loop -----------------------------------------------------------------------------------

    @np.errstate(all="ignore")  # slopes may be beyond all doubles: an overflow costs a bound, never the truth
    def run(self, pause: Callable[[], bool] = lambda: False) -> Point | None:
        """Return an unsafe point of the input set, None if there is none, or if ``pause`` asks for one.

        After a pause the stack holds what is open, and `run` goes on with it; likewise where ``checkpoint``
        raises, which ends the search.

        Raises
        ------
        StuckError
            If nothing unsafe is found and boxes that cannot be cut are not decided.
        """
        found = None
        while self.stack and found is None and not pause():
            self.checkpoint(self.progress)
            found = self._taken(self.advance())
            if found is None and self.stack and not self.hunt.seed:
                found = self._taken(self._first_attack())
            elif found is None and self.progress.boxes >= self.hunt.due:
                found = self._taken(self._hunted())
        if found is None and self.stuck and not self.stack:
            raise StuckError("a box that is too small to be cut further is not decided")
        return found

    def _taken(self, point: Point | None) -> Point | None:
        """Return the unsafe point that was seen, if there is one and it ends the search."""
        return point

    def advance(self) -> Point | None:
        """Take a batch of boxes from the stack and decide or cut them; return an unsafe point if one is seen.

        Whatever ends it early, the stack then holds what is open: no box is lost or stands there twice.
        Numbers may be too large for doubles: then a bound is infinite or no number, and proves nothing.
        """
        with np.errstate(all="ignore"):
            return self._advance()

    def _advance(self) -> Point | None:
        nodes = self.stack[-self._batch_size() :]
        del self.stack[-len(nodes) :]
        try:
            refutation = self._refutation(nodes)
            found = self._tried(refutation)
        except BaseException:
            self.stack.extend(nodes)
            raise
        if found is not None:
            self.stack.extend(nodes)
            return found
        return self._divided(nodes, refutation)

    def _batch_size(self) -> int:
        """Return how many boxes are taken at once: one if the stack is long, which is depth first then."""
        return self.batch if len(self.stack) * self.node_doubles < _DOUBLES_OF_THE_STACK else 1

    def _attack(self, points: int, steps: int, seed: int) -> Floats:
        low, high = self.box
        generator = np.random.default_rng(seed)
        start = low + (high - low) * generator.random((points, len(low)))
        if seed == 0:
            start[0] = (low + high) / 2
        found = list(ascend(self.layers, self.rows, start, self.box, steps=steps, seed=seed))
        return np.concatenate(found)

    def _first_attack(self) -> Point | None:
        self.hunt.seed = 1
        return self.candidates.confirmed(self._attack(16, 12, 0))

    def _hunted(self) -> Point | None:
        hunt = self.hunt
        points = self._attack(hunt.points, 40, hunt.seed)
        hunt.next()
        return self.candidates.confirmed(points)

    def _refutation(self, nodes: list[Node]) -> Refutation:
        """Return what bounds say of a batch of nodes, which learn their bounds."""
        refutation = Refutation(self._bounded(nodes), self._bounding_rows())
        self._close_surely(refutation)
        refutation.improve()
        refutation.combine()
        self._learn(nodes, refutation)
        self._note_mixes(nodes, refutation)
        return refutation

    def _close_surely(self, refutation: Refutation) -> None:
        """Close what needs no bounds of rows."""

    def _bounding_rows(self) -> FloatRows:
        """Return the rows as functions of the last values that batches bound."""
        return self.rows

    def _tried(self, refutation: Refutation) -> Point | None:
        """Try the middle and the proposed corners of each box that is open."""
        batch, boxes = refutation.batch, refutation.open
        if not len(boxes):
            return None
        middle = (batch.low[boxes] + batch.high[boxes]) / 2
        points = np.concatenate([middle[:, None], refutation.corners(boxes)], axis=1)
        return self.candidates.confirmed(points.reshape(-1, points.shape[-1]))

    def _divided(self, nodes: list[Node], refutation: Refutation) -> Point | None:
        """Count the nodes that are closed, and cut the others."""
        boxes = refutation.open
        self.progress.boxes += len(nodes)
        closed = np.ones(len(nodes), dtype=bool)
        closed[boxes] = False
        self.progress.decided += sum(node.share for node, done in zip(nodes, closed, strict=True) if done)
        return self._cut(nodes, refutation, boxes) if len(boxes) else None

    def _bounded(self, nodes: list[Node]) -> BoxBatch:
        lower, upper = np.array([node.lower for node in nodes]), np.array([node.upper for node in nodes])
        low, high = np.array([node.low for node in nodes]), np.array([node.high for node in nodes])
        batch = self._batch(low, high, lower, upper)
        batch.checkpoint = lambda: self.checkpoint(self.progress)
        for _ in self.layers[:-1]:
            batch.advance()
        for node, *bounds in zip(nodes, lower, upper, strict=True):
            node.lower, node.upper = bounds
        return batch

    def _batch(self, low: Floats, high: Floats, lower: Floats, upper: Floats) -> BoxBatch:
        """Return the batch of boxes, which tightens the given bounds of pre-activations in place."""
        return BoxBatch(self.layers, low, high, self._by_layer(lower), self._by_layer(upper))

    def _by_layer(self, bounds: Floats) -> list[Floats]:
        return [bounds[:, a:b] for a, b in zip(self.ends, self.ends[1:], strict=False)]

    def _learn(self, nodes: list[Node], refutation: Refutation) -> None:
        """Note each node's bound: how far its most open disjunct is from being closed."""
        per_disjunct = self.rows.best(refutation.least)
        per_disjunct[refutation.closed] = np.inf
        for node, bound in zip(nodes, per_disjunct.min(axis=1), strict=True):
            self.gains.learn(node, float(bound))
            node.bound = max(node.bound, float(bound))

    # cuts ---------------------------------------------------------------------------------------

    def _cut(self, nodes: list[Node], refutation: Refutation, boxes: np.ndarray) -> Point | None:
        low, high = refutation.clipped(boxes)
        alive: np.ndarray = np.all(low <= high, axis=1)
        scores = input_scores(
            refutation, boxes, np.where(alive[:, None], low, 0), np.where(alive[:, None], high, 0)
        )
        neurons = best_neurons(refutation, boxes)
        for place in np.flatnonzero(~alive):
            self.progress.decided += nodes[boxes[place]].share
            self._note_clip(nodes[boxes[place]])
        open_places = np.flatnonzero(alive)
        for position, place in enumerate(open_places):
            node = nodes[boxes[place]]
            self._shrink(node, low[place], high[place])
            neuron = (int(neurons.layer[place]), int(neurons.neuron[place]))
            try:
                found = self._cut_node(node, scores[place], neuron)
            except BaseException:
                self.stack.extend(nodes[boxes[other]] for other in open_places[position:])
                raise
            if found is not None:
                return found
        self.progress.bound = min((node.bound for node in (*self.stack, *self.stuck)), default=np.inf)
        return None

    def _shrink(self, node: Node, low: Floats, high: Floats) -> None:
        """Take the clipped box, and count what was cut off as decided."""
        if (low == node.low).all() and (high == node.high).all():
            return
        width = node.high - node.low
        with np.errstate(all="ignore"):
            kept = float(np.prod(np.where(width > 0, (high - low) / width, 1.0)))
        self.progress.decided += node.share * (1 - kept)
        node.share *= kept
        node.low, node.high = low, high
        self._note_clip(node)

    def _note_mixes(self, nodes: list[Node], refutation: Refutation) -> None:
        if self.tree is not None:
            for (box, disjunct), weights in refutation.reasons().items():
                self.tree.mixes[nodes[box].number, disjunct] = weights

    def _note_clip(self, node: Node) -> None:
        if self.tree is not None:
            self.tree.clips.add(node.number)

    def _cut_node(self, node: Node, scores: Floats, neuron: tuple[int, int]) -> Point | None:
        signs = self._signs(node)
        few = self._open_signs(signs) - self._constants(node)
        if few == 0 or (few <= self._most_signs(node) and self._may_be_exact(node)):
            decided, point = self._exactly(node, signs)
            if decided:
                return point
        children = self._children(node, scores, neuron)
        if children is None:
            decided, point = self._exactly(node, signs, programs=64 * _PROGRAMS)
            if not decided:
                self.stuck.append(node)
            return point
        self.stack.extend(children)
        return None

    def _most_signs(self, node: Node) -> int:
        """Return how many open signs a box that is decided exactly may have; deep boxes may have more."""
        if self._is_deep(node):
            return int(self.ends[-1])
        start = 8 if self.ends[-1] <= _SMALL_NETWORK else 3
        return min(_FEW_SIGNS, start + node.depth // 6)

    def _is_deep(self, node: Node) -> bool:
        """Whether a box has been cut so often along inputs that bounds seem to meet a tie there."""
        return node.depth - len(node.fixed) >= self.deep

    def _may_be_exact(self, node: Node) -> bool:
        """Whether exact decisions, of which many fail, have not taken more than their share of the time."""
        ripe = self._is_deep(node) or self.ends[-1] <= _SMALL_NETWORK
        share = _DEEP_SHARE if ripe else _EXACT_SHARE
        return self.exact_seconds <= _EXACT_START + share * (time.process_time() - self.started)

    def _signs(self, node: Node) -> list[np.ndarray]:
        signs = np.where(node.upper <= 0, 0, np.where(node.lower >= 0, 1, -1))
        for k, layer in enumerate(self.layers[:-1]):
            if layer.rise is not None:
                part = signs[self.ends[k] : self.ends[k + 1]]
                part[layer.rise == 0] = 1
        by_layer = [signs[a:b] for a, b in zip(self.ends, self.ends[1:], strict=False)]
        for k, neuron, bit in node.fixed:
            by_layer[k][neuron] = FIXED_OFF + bit
        return by_layer

    def _open_signs(self, signs: list[np.ndarray]) -> int:
        """Return the number of neurons with an open sign, as far as they count."""
        return sum(int((sign < 0).sum()) for sign in signs)

    def _constants(self, node: Node) -> int:
        """Return the number of neurons that are zero but for what covers underflows: they need no case."""
        lower, upper = node.lower[: self.ends[-1]], node.upper[: self.ends[-1]]
        return int(((lower < 0) & (upper > 0) & (upper - lower <= NO_WIDTH)).sum())

    def _exactly(
        self, node: Node, signs: list[np.ndarray], programs: int = _PROGRAMS
    ) -> tuple[bool, Point | None]:
        """Return whether the node is decided, and an unsafe point if it has one."""
        leaf = ExactLeaf(self.network, self.inputs, signs, programs, lambda: self.checkpoint(self.progress))
        begun = time.process_time()
        try:
            point = self._of_leaf(leaf, node)
        except TooManyProgramsError:
            return False, None
        finally:
            self.exact_seconds += time.process_time() - begun
        if point is None:
            self.progress.decided += node.share
            if self.tree is not None:
                self.tree.exact.add(node.number)
        return True, point

    def _of_leaf(self, leaf: ExactLeaf, node: Node) -> Point | None:
        """Return an unsafe point of a node that is decided exactly, None if it has none."""
        if not is_large(self.network):
            return leaf.unsafe_point(node.low, node.high)
        rows = box_rows(self.inputs, node.low, node.high)
        bounds = (self._by_layer(bound[None]) for bound in (node.lower, node.upper))
        lower, upper = ([part[0] for part in parts] for parts in bounds)
        return LiftedLeaf(self.network, rows, leaf.signs, lower, upper).unsafe_point(leaf)

    def _children(self, node: Node, scores: Floats, neuron: tuple[int, int]) -> Iterable[Node] | None:
        """Return the children of a node, None if it cannot be cut any more."""
        by_input = self._along_input(node, scores)
        if neuron[0] >= 0 and (by_input is None or self._prefers_neurons(node)):
            return self._at_neuron(node, *neuron)
        return by_input

    def _prefers_neurons(self, node: Node) -> bool:
        if len(node.low) <= _INPUTS_CUT_ALONE:
            return False
        self.gains.tried += 1
        if self.gains.tried % 16 < 2:  # both kinds go on being tried
            return self.gains.tried % 16 == 0
        return self.gains.neurons >= self.gains.inputs

    def _along_input(self, node: Node, scores: Floats) -> list[Node] | None:
        width = node.high - node.low
        for i in (int(np.argmax(scores)), int(np.argmax(width))):
            at = node.low[i] + width[i] / 2
            if node.low[i] < at < node.high[i]:
                break
        else:
            return None
        left, right = self._numbers(node, InputCut(i, float(at)))
        below, above = node.high.copy(), node.low.copy()
        below[i] = above[i] = at
        left_half = self._child(node, left, by_neuron=False)
        right_half = self._child(node, right, by_neuron=False)
        left_half.high, right_half.low = below, above
        return [left_half, right_half]

    def _child(self, node: Node, number: int, *, by_neuron: bool) -> Node:
        """Return a node that stands for half of another, with arrays of bounds of its own."""
        lower, upper, depth = node.lower.copy(), node.upper.copy(), node.depth + 1
        return Node(
            node.low,
            node.high,
            lower,
            upper,
            node.share / 2,
            depth,
            number,
            node.bound,
            node.fixed,
            by_neuron,
        )

    def _at_neuron(self, node: Node, layer: int, neuron: int) -> list[Node]:
        numbers = self._numbers(node, NeuronCut(layer, neuron))
        j, children = int(self.ends[layer]) + neuron, []
        for bit, number in enumerate(numbers):
            child = self._child(node, number, by_neuron=True)
            (child.lower if bit else child.upper)[j] = 0.0
            child.fixed = (*node.fixed, (layer, neuron, bit))
            children.append(child)
        return children

    def _numbers(self, node: Node, cut: InputCut | NeuronCut) -> tuple[int, int]:
        return (0, 0) if self.tree is None else self.tree.cut(node.number, cut)


class StuckError(Exception):
    """A box that is too small to be cut is not decided within the programs that it may use."""


def outward(inputs: InputSet) -> tuple[Floats, Floats]:
    """Return the box of an input set, each end rounded away from the box."""
    low = [-np.inf if end is None else below(end) for end in inputs.lower]
    high = [np.inf if end is None else -below(-end) for end in inputs.upper]
    return np.array(low), np.array(high)
