"""The trees of property certificates: the search's cuts, replayed in the checker's integers.

The search says where boxes were cut and which rows closed them. Here bounds are computed anew, exactly as the
checker will, where they are needed. What does not close in integers is cut further, and in the end decided by
signs and multipliers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from exactrelu.bounds.float_layers import float_layers
from exactrelu.certificates.checker_network import CheckerNetwork
from exactrelu.certificates.integer_bounds import IntegerLayers, OutOfRangeError
from exactrelu.certificates.property_batches import BatchEngine
from exactrelu.certificates.property_forms import (
    Batch,
    Engine,
    ExactEngine,
    Form,
    Node,
    Weights,
    listed_bounds,
)
from exactrelu.checker import Box, Inequalities, PropertyTree
from exactrelu.networks.network import Network
from exactrelu.numbers.rationals import format_rational
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.farkas import find_infeasibility
from exactrelu.verification.nodes import CutTree, InputCut
from exactrelu.verification.property import InputSet

_WEIGHT = 1 << 12  # weights of mixed rows are multiples of 1 / this
_FEW_SIGNS = 8  # so many open signs are split rather than the box cut once more
_FINEST_GRID = 2_000  # bits of the denominators of a box that is not cut any further
_SHARED_BELOW = 3  # leaves: above so many, bounds are tightened for all of them at once


class TooCoarseError(Exception):
    """Too many boxes that the search closed do not close at this precision."""


class PropertyProof:
    """Writes the trees of all input sets, one after another.

    ``further`` bounds the boxes below leaves that the search closed by bounds.
    """

    def __init__(
        self,
        network: Network,
        sets: Sequence[tuple[InputSet, CutTree]],
        values: tuple[dict[str, Any], Sequence[dict[str, Any]]],
        precision: int,
        *,
        flat: bool = False,
        further: float = float("inf"),
    ) -> None:
        self.sets, self.flat, self.further = sets, flat, further
        self.layers = float_layers(network)
        self.net = CheckerNetwork(network, values[0])
        inequalities = [Inequalities(f"sets[{s}]", self.net, value) for s, value in enumerate(values[1])]
        self.tree = PropertyTree(self.net, inequalities, precision)
        self.integers = None if flat else self._integers()

    def _integers(self) -> IntegerLayers | None:
        """Return the layers for many boxes at once, None where these need one box at a time."""
        try:
            return IntegerLayers(self.tree.substitution, self.layers) if self.net.hidden else None
        except OutOfRangeError:
            return None

    def lines(self, checkpoint: Callable[[], None] = lambda: None) -> Iterator[dict[str, Any]]:
        """Yield all lines of the trees; ``checkpoint`` is called now and then, and may raise.

        Raises
        ------
        TooCoarseError
            If there are too many ``further`` boxes.
        """
        for number, (_, cuts) in enumerate(self.sets):
            self.tree.number = number
            yield from self._lines_of(number, cuts, checkpoint)

    def _lines_of(
        self, number: int, cuts: CutTree, checkpoint: Callable[[], None]
    ) -> Iterator[dict[str, Any]]:
        if self.integers is not None and _is_bounded(self.tree.sets[number]):
            engine = BatchEngine(self.tree, number, self.integers, self.layers)
            try:
                yield from list(_SetProof(self, number, cuts, engine).lines(checkpoint))
            except OutOfRangeError:
                self.integers = None
            else:
                return
        exact = ExactEngine(self.tree, number, self.layers, flat=self.flat)
        yield from _SetProof(self, number, cuts, exact).lines(checkpoint)

    def closed_by_bounds(self) -> list[bool]:
        """Return which of the sets, which have one box, bounds close without a cut."""
        box, closed = self.tree.root(0), []
        for number, (_, cuts) in enumerate(self.sets):
            self.tree.number = number
            engine = ExactEngine(self.tree, number, self.layers, flat=self.flat)
            closed.append(_SetProof(self, number, cuts, engine).is_closed(box))
        return closed


class _SetProof:
    """The tree of one input set."""

    def __init__(self, proof: PropertyProof, number: int, cuts: CutTree, engine: Engine) -> None:
        self.proof, self.tree, self.cuts, self.engine = proof, proof.tree, cuts, engine
        self.number, self.inequalities = number, proof.tree.sets[number]
        self.below = leaves_below(cuts)
        self.bounded = _is_bounded(self.inequalities)
        self.spare = proof.further

    def lines(self, checkpoint: Callable[[], None]) -> Iterator[dict[str, Any]]:
        """Yield the lines of the tree in preorder."""
        root = Node(0, 0, self.tree.root(self.number))
        waiting, coming = [root], [root]
        while waiting:
            checkpoint()
            nodes = waiting[-self.engine.size :]
            del waiting[-len(nodes) :]
            self._decide(nodes)
            for node in nodes:
                waiting += reversed(node.children)
            while coming and coming[-1].done:
                node = coming.pop()
                coming += reversed(node.children)
                yield node.line

    def is_closed(self, box: Box) -> bool:
        """Return whether bounds, which are tightened, close the set on a box."""
        if not self.bounded:
            return False
        node = Node(0, 0, box)
        self._close([node], self.engine.batch([node], tighten=True), every_row=False)
        return node.done

    def _decide(self, nodes: Sequence[Node]) -> None:
        """Give each node its line, and its children."""
        inner = [node for node in nodes if node.number is not None and node.number in self.cuts.children]
        self._tighten([node for node in nodes if node.number == 0] if self.tree.net.hidden else [])
        self._tighten([node for node in inner if self._is_shared(node)])
        self._clip([node for node in inner if node.number in self.cuts.clips])
        for node in inner:
            if not node.done:
                self._cut(node)
        for every_row in (False, True) if self.bounded else ():
            leaves = [node for node in nodes if not node.done]
            batch = self._tighten(leaves) if every_row else None
            if leaves:
                self._close(leaves, batch or self.engine.batch(leaves, tighten=False), every_row=every_row)
        if self.bounded:
            self._clip([node for node in nodes if not node.done])
        for node in nodes:
            if not node.done:
                self._divide(node)

    def _is_shared(self, node: Node) -> bool:
        """Whether bounds are tightened at an inner node."""
        number = node.nearest
        return number > 0 and (self.below[number] >= _SHARED_BELOW or number in self.cuts.clips)

    # bounds ---------------------------------------------------------------------------------------

    def _tighten(self, nodes: Sequence[Node]) -> Batch | None:
        """Tighten bounds of all neurons whose sign is open, and close what is empty; return the batch.

        Nodes whose bounds are tight are left out; then there is no batch to go on with.
        """
        loose = [node for node in nodes if not node.tight] if self.bounded else []
        if not loose:
            return None
        batch = self.engine.batch(loose, tighten=True)
        for node, empty in zip(loose, batch.empty, strict=True):
            node.tight, node.line["bounds"] = True, "all"
            if empty:
                self._finish(node, {"closed": []})
        return batch if len(loose) == len(nodes) else None

    def _finish(self, node: Node, line: dict[str, Any], children: Sequence[Node] = ()) -> None:
        node.line |= line
        node.children, node.done = tuple(children), True

    def _weights(self, number: int, disjunct: int) -> Weights:
        """Return the rows that closed a node (a leaf below it, for an inner one), as positive multiples."""
        mix = self.cuts.mixes.get((number, disjunct))
        while mix is None and number in self.cuts.children:
            number = self.cuts.children[number][0]
            mix = self.cuts.mixes.get((number, disjunct))
        count = len(self.inequalities.disjuncts[disjunct])
        whole = [round(_WEIGHT * weight) for weight in mix] if mix else [1] * count
        chosen = [(row, Fraction(weight)) for row, weight in enumerate(whole) if weight > 0]
        if len(chosen) == 1:
            return [(chosen[0][0], Fraction(1))]
        return chosen or [(row, Fraction(1)) for row in range(count)]

    def _clip(self, nodes: Sequence[Node]) -> None:
        """Clip boxes by all rows of their one alternative; those of which nothing is left are closed."""
        if len(self.inequalities.disjuncts) != 1 or not nodes:
            return
        batch, single = self.engine.batch(nodes, tighten=False), range(len(self.inequalities.disjuncts[0]))
        rows = [batch.best(range(len(nodes)), 0, [[(row, Fraction(1))]] * len(nodes)) for row in single]
        for node, *forms in zip(nodes, *rows, strict=True):
            clips: list[Any] = []
            for row, form in enumerate(forms):
                clips.append([[[row, "1"]], f"{form.flips:x}"])
                if node.box.clip("clip", *form.parts()):
                    self._finish(node, {"closed": []})
                    break
            node.line["clip"] = clips

    def _close(self, nodes: Sequence[Node], batch: Batch, *, every_row: bool) -> None:
        """Close the nodes that forms close: one for each disjunct."""
        proofs: list[list[Any]] = [[] for _ in nodes]
        places = [place for place, node in enumerate(nodes) if not node.done]
        for disjunct, rows in enumerate(self.inequalities.disjuncts):
            closing = self._closing_forms(nodes, batch, places, disjunct)
            missing = [place for place in places if place not in closing]
            for row in range(len(rows)) if every_row else ():
                single = [[(row, Fraction(1))]] * len(missing)
                found = batch.best(missing, disjunct, single) if missing else []
                pairs = zip(missing, single, found, strict=True)
                closing |= {place: _proof(one, form) for place, one, form in pairs if form.closes}
                missing = [place for place in missing if place not in closing]
            places = [place for place in places if place in closing]
            for place in places:
                proofs[place].append(closing[place])
            if not places:
                return
        for place in places:
            self._finish(nodes[place], {"closed": proofs[place]})

    def _closing_forms(
        self, nodes: Sequence[Node], batch: Batch, places: Sequence[int], disjunct: int
    ) -> dict[int, list[Any]]:
        """Return, for the places where the search's weights close a disjunct, weights and flips."""
        weights = [self._weights(nodes[place].nearest, disjunct) for place in places]
        forms = zip(places, weights, batch.best(places, disjunct, weights), strict=True)
        return {place: _proof(one, form) for place, one, form in forms if form.closes}

    # children -------------------------------------------------------------------------------------

    def _cut(self, node: Node) -> None:
        """Cut a node as the search did."""
        cut = self.cuts.cuts[node.nearest]
        if isinstance(cut, InputCut):
            self._cut_input(node, cut.input, Fraction(cut.at), self.cuts.children[node.nearest])
        else:
            self._bend(node, cut.layer, cut.neuron, self.cuts.children[node.nearest])

    def _cut_input(self, node: Node, i: int, at: Fraction, numbers: Sequence[int] | None = None) -> None:
        value = [i, format_rational(at)]
        self.tree.open = []
        self.tree.cut("cut", node.box, value)
        self._finish(node, {"cut": value}, self._halves(node, numbers))

    def _bend(self, node: Node, layer: int, neuron: int, numbers: Sequence[int] | None = None) -> None:
        value = [layer + 1, neuron]
        self.tree.open = []
        self.tree.bend("bend", listed_bounds(node, self.tree.net.hidden), value)
        self._finish(node, {"bend": value}, self._halves(node, numbers))

    def _halves(self, node: Node, numbers: Sequence[int] | None) -> list[Node]:
        """Return the children, which the last cut has left in the tree, in order."""
        named = [(number, number) for number in numbers] if numbers else [(None, node.nearest)] * 2
        second, first = self.tree.open
        return [Node(*pair, box, node.bounds) for pair, box in zip(named, (first, second), strict=True)]

    def _divide(self, node: Node) -> None:
        """Decide a box that bounds do not close: by multipliers, at a neuron's zero, or by a further cut."""
        box = listed_bounds(node, self.tree.net.hidden)
        neurons = self._open_neurons(box)
        few = len(neurons) <= _FEW_SIGNS or box.bends or node.nearest in self.cuts.exact
        decided = self._multipliers(box) if few or not self.bounded else None
        if decided is not None:
            self._finish(node, {"linear": decided})
            return
        if node.nearest not in self.cuts.exact:
            self.spare -= 1
            if self.spare < 0:
                raise TooCoarseError
        if neurons and not (self.bounded and self._gains_by_cuts(box, node.nearest, len(neurons))):
            self._bend(node, *neurons[0])
        else:
            i = self._widest(node)
            self._cut_input(node, i, Fraction(box.low[i] + box.high[i], 2 * box.grid))

    def _multipliers(self, box: Box) -> list[Any] | None:
        """Return, for each disjunct, multipliers that refute the rows that are affine on the node."""
        found, self.tree.number = [], self.number
        for disjunct in range(len(self.inequalities.disjuncts)):
            rows, relations = self.tree.linear(box, disjunct)
            system = [
                Row(tuple(row), Relation(relation)) for row, relation in zip(rows, relations, strict=True)
            ]
            proof = find_infeasibility(self.tree.net.inputs, system)
            if proof is None:
                return None
            pairs = enumerate(proof.multipliers)
            found.append([[r, format_rational(m)] for r, m in pairs if m])
        return found

    def _open_neurons(self, box: Box) -> list[tuple[int, int]]:
        """Return the neurons whose sign is open, layer by layer."""
        bounds, bent = box.bounds, self.tree.net.bent
        return [(k, i) for k in range(len(bounds)) for i in bent[k] if bounds[k][i][0] < 0 < bounds[k][i][1]]

    def _gains_by_cuts(self, box: Box, number: int, neurons: int) -> bool:
        """Whether the box is cut along an input: not where signs decide it, or it is all but a point."""
        if number in self.cuts.exact or neurons <= _FEW_SIGNS or box.grid.bit_length() > _FINEST_GRID:
            return False
        return any(low < high for low, high in _ends(box))

    def _widest(self, node: Node) -> int:
        """Return the input along which a form of the first disjunct changes most on the box."""
        weights = self._weights(node.nearest, 0)
        (form,) = self.engine.batch([node], tighten=False).best([0], 0, [weights])
        widths = [high - low for low, high in _ends(node.box)]
        spread = [abs(n) * width for n, width in zip(form.parts()[0], widths, strict=True)]
        best = max(range(len(widths)), key=lambda i: (spread[i], widths[i]))
        return best if widths[best] else max(range(len(widths)), key=widths.__getitem__)


def _is_bounded(inequalities: Inequalities) -> bool:
    return all(end is not None for side in inequalities.sides for end in side[:2])


def _ends(box: Box) -> list[tuple[Any, Any]]:
    return list(zip(box.low, box.high, strict=True))


def _proof(weights: Weights, form: Form) -> list[Any]:
    return [[[row, format_rational(m)] for row, m in weights], f"{form.flips:x}"]


def leaves_below(cuts: CutTree) -> dict[int, int]:
    """Return the number of leaves below each node (children have larger numbers than their parent)."""
    below = dict.fromkeys(range(cuts.size), 1)
    for number in sorted(cuts.children, reverse=True):
        below[number] = sum(below[child] for child in cuts.children[number])
    return below
