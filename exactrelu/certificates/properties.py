"""Certificates of properties: the search's cuts, replayed in the checker's integers.

The search says where boxes were cut and which rows closed them. Here bounds are computed anew, exactly as the
checker will, where they are needed. What does not close in integers is cut further, and in the end decided by
signs and multipliers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from exactrelu.bounds.float_layers import float_layers
from exactrelu.certificates.document import CertificateWriter, certificate_file, network_value
from exactrelu.certificates.property_forms import Form, FormMaker, Weights
from exactrelu.checker import Box, Inequalities, PropertyTree
from exactrelu.checker import Network as CheckedNetwork
from exactrelu.errors import ArgumentError
from exactrelu.networks.network import Network
from exactrelu.numbers.rationals import format_rational
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.farkas import find_infeasibility
from exactrelu.verification.decision import PropertyDecision
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.nodes import CutTree, InputCut
from exactrelu.verification.property import InputSet
from exactrelu.verification.verdict import Verdict

PRECISION, _COARSE = 64, 40  # bits; products of a coarse form with float32 weights fit into two words
_SMALL = 64  # hidden neurons, up to which fine bits cost little
_ORDINARY = 2.0**-6  # the largest sum of a row's absolute weights is at least this in each layer
_WEIGHT = 1 << 12  # weights of mixed rows are multiples of 1 / this
_FEW_SIGNS = 8  # so many open signs are split rather than the box cut once more
_FINEST_GRID = 2_000  # bits of the denominators of a box that is not cut any further
_SHARED_BELOW = 3  # leaves: above so many, bounds are tightened for all of them at once


def certify_property(path: str | Path, decision: PropertyDecision) -> None:
    """Write the certificate that a network has a property.

    Parameters
    ----------
    path
        The file; gzip if its name ends in ``.gz``.
    decision
        What `exactrelu.verification.verify.verify` found with ``trees=True``: `holds`.

    Raises
    ------
    ArgumentError
        If the property does not hold, or the search kept no trees.
    """
    if decision.verdict is not Verdict.HOLDS:
        raise ArgumentError(f"certificate: expected a property that holds, got {decision.verdict}")
    sets = [(group, tree) for group, tree in zip(decision.property.groups, decision.trees, strict=False)]
    if len(sets) < len(decision.property.groups):
        raise ArgumentError("certificate: expected a search that keeps its trees, got one without")
    precision = precision_of(decision.network)
    claim = {
        "kind": "property",
        "property": decision.property.digest,
        "sets": [set_value(group) for group, _ in sets],
        "precision": precision,
    }
    with certificate_file(path) as writer:
        writer.begin(claim, [network_value(decision.network)], None, None)
        PropertyProof(decision.network, sets, precision).write(writer)
        writer.end()


def precision_of(network: Network) -> int:
    """Return the bits after the point of a certificate's bounds: coarse where a fine one costs much.

    Where weights are all so small that 2^-40 may be much, fine ones are taken.
    """
    layers = float_layers(network)
    sums = (layer.weights.reach(np.ones((1, layer.weights.shape[1]), dtype=np.float64)) for layer in layers)
    ordinary = all(row.max() >= _ORDINARY for row in sums)
    return _COARSE if ordinary and sum(layer.outputs for layer in layers[:-1]) > _SMALL else PRECISION


def set_value(group: InputSet) -> dict[str, Any]:
    """Return an input set as the certificate holds it."""
    box = [
        [None if end is None else format_rational(end) for end in side[:2]]
        + [side.open_lower, side.open_upper]
        for side in group.box
    ]
    return {
        "box": box,
        "rows": [row_value(row) for row in group.rows],
        "disjuncts": [[row_value(row) for row in rows] for rows in group.disjuncts],
    }


def row_value(row: Inequality) -> dict[str, Any]:
    """Return an inequality as the certificate holds it."""
    terms = {key: [[i, format_rational(a)] for i, a in pairs] for key, pairs in (("x", row.x), ("y", row.y))}
    return {**terms, "offset": format_rational(row.offset), "strict": row.strict}


class PropertyProof:
    """Writes the trees of all input sets, one after another."""

    def __init__(
        self,
        network: Network,
        sets: Sequence[tuple[InputSet, CutTree]],
        precision: int = PRECISION,
        *,
        flat: bool = False,
    ) -> None:
        self.sets, self.flat = sets, flat
        self.layers = float_layers(network)
        self.net = CheckedNetwork("networks[0]", network_value(network), "")
        inequalities = [Inequalities(f"sets[{s}]", self.net, set_value(g)) for s, (g, _) in enumerate(sets)]
        self.tree = PropertyTree(self.net, inequalities, precision)

    def write(self, writer: CertificateWriter) -> None:
        """Write all lines of the trees."""
        for line in self.lines():
            writer.property_line(line)

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield all lines of the trees."""
        for number, (_, cuts) in enumerate(self.sets):
            self.tree.number = number
            yield from _SetProof(self, number, cuts).lines(self.tree.root(number))

    def closed_by_bounds(self) -> list[bool]:
        """Return which of the sets, which have one box, bounds close without a cut."""
        box, closed = self.tree.root(0), []
        for number, (_, cuts) in enumerate(self.sets):
            self.tree.number = number
            closed.append(_SetProof(self, number, cuts).is_closed(box))
        return closed


class _SetProof:
    """The tree of one input set."""

    def __init__(self, proof: PropertyProof, number: int, cuts: CutTree) -> None:
        self.tree, self.cuts = proof.tree, cuts
        self.inequalities = proof.tree.sets[number]
        self.maker = FormMaker(proof.tree.substitution, self.inequalities, proof.layers, flat=proof.flat)
        self.below = leaves_below(cuts)
        self.bounded = all(end is not None for side in self.inequalities.sides for end in side[:2])

    def lines(self, root: Box) -> Iterator[dict[str, Any]]:
        """Yield the lines of the tree in preorder."""
        stack: list[tuple[int | None, int, Box]] = [(0, 0, root)]
        while stack:
            number, nearest, box = stack.pop()
            line: dict[str, Any] = {}
            if number == 0 and self.tree.net.hidden and self.bounded:
                line["bounds"] = "all"
                self.tree.bound("bounds", box, "all")
            children = None if number is None else self.cuts.children.get(number)
            if number is None or children is None:
                yield from self._leaf(line, box, nearest, stack)
                continue
            cut = self.cuts.cuts[number]
            if number and (self.below[number] >= _SHARED_BELOW or number in self.cuts.clips):
                self._tighten(line, box)
            if number in self.cuts.clips and self._clipped(line, box):
                yield line | {"closed": []}
                continue
            self.tree.open = []
            if isinstance(cut, InputCut):
                value: list[Any] = [cut.input, format_rational(Fraction(cut.at))]
                self.tree.cut("cut", box, value)
                yield line | {"cut": value}
            else:
                value = [cut.layer + 1, cut.neuron]
                self.tree.bend("bend", box, value)
                yield line | {"bend": value}
            second, first = self.tree.open
            stack += [(children[1], children[1], second), (children[0], children[0], first)]

    def is_closed(self, box: Box) -> bool:
        """Return whether bounds, which are tightened, close the set on a box."""
        if not self.bounded:
            return False
        self.tree.bound("bounds", box, "all")
        return self._closing(box, 0, every_row=False) is not None

    # bounds ---------------------------------------------------------------------------------------

    def _tighten(self, line: dict[str, Any], box: Box) -> bool:
        """Tighten the bounds of all neurons whose sign is open; return whether the box turns out empty."""
        line["bounds"] = "all"
        return self.tree.bound("bounds", box, "all")

    def _weights(self, number: int, disjunct: int) -> Weights:
        """Return the rows that closed a node (a leaf below it, for an inner one), as positive multiples."""
        mix = self.cuts.mixes.get((number, disjunct))
        while mix is None and number in self.cuts.children:
            number = self.cuts.children[number][0]
            mix = self.cuts.mixes.get((number, disjunct))
        count = len(self.inequalities.disjuncts[disjunct])
        whole = [round(_WEIGHT * weight) for weight in mix] if mix else [1] * count
        chosen = [(row, Fraction(weight)) for row, weight in enumerate(whole) if weight > 0]
        return chosen or [(row, Fraction(1)) for row in range(count)]

    def _clipped(self, line: dict[str, Any], box: Box) -> bool:
        """Clip a box by all rows of its one alternative; return whether nothing is left."""
        if len(self.inequalities.disjuncts) != 1:
            return False
        clips, empty = [], False
        for row in range(len(self.inequalities.disjuncts[0])):
            form = self.maker.best(box, 0, [(row, Fraction(1))])
            clips.append([[[row, "1"]], f"{form.flips:x}"])
            empty = box.clip("clip", form.numerators, form.denominator, form.constant) or empty
        line["clip"] = clips
        return empty

    # leaves ---------------------------------------------------------------------------------------

    def _leaf(
        self, line: dict[str, Any], box: Box, number: int, stack: list[tuple[int | None, int, Box]]
    ) -> Iterator[dict[str, Any]]:
        """Yield the line that closes a leaf; or cut it, and push what it becomes."""
        for tightened in (False, True) if self.bounded else ():
            if tightened and self._tighten(line, box):
                yield line | {"closed": []}
                return
            forms = self._closing(box, number, every_row=tightened)
            if forms is not None:
                yield line | {"closed": [_proof(*pair) for pair in forms]}
                return
        if self.bounded and self._clipped(line, box):
            yield line | {"closed": []}
            return
        yield from self._divide(line, box, number, stack)

    def _closing(self, box: Box, number: int, *, every_row: bool) -> list[tuple[Weights, Form]] | None:
        """Return a form for each disjunct that closes it, None if one is not closed."""
        found = []
        for disjunct in range(len(self.inequalities.disjuncts)):
            closing = self._closing_form(box, disjunct, self._weights(number, disjunct), every_row=every_row)
            if closing is None:
                return None
            found.append(closing)
        return found

    def _closing_form(
        self, box: Box, disjunct: int, weights: Weights, *, every_row: bool
    ) -> tuple[Weights, Form] | None:
        """Return weights and form that close a disjunct: those given, or, if asked for, any single row's."""
        tried = [weights]
        if every_row:
            rows = range(len(self.inequalities.disjuncts[disjunct]))
            tried += [[(row, Fraction(1))] for row in rows]
        for chosen in tried:
            form = self.maker.best(box, disjunct, chosen)
            if form.closes:
                return chosen, form
        return None

    def _divide(
        self, line: dict[str, Any], box: Box, number: int, stack: list[tuple[int | None, int, Box]]
    ) -> Iterator[dict[str, Any]]:
        """Decide a box that bounds do not close: by multipliers, at a neuron's zero, or by a further cut."""
        decided = self._multipliers(box)
        if decided is not None:
            yield line | {"linear": decided}
            return
        self.tree.open = []
        neurons = self._open_neurons(box)
        if neurons and not (self.bounded and self._gains_by_cuts(box, number, len(neurons))):
            value: list[Any] = [neurons[0][0] + 1, neurons[0][1]]
            self.tree.bend("bend", box, value)
            yield line | {"bend": value}
        else:
            i = self._widest(box, number)
            middle = Fraction(box.low[i] + box.high[i], 2 * box.grid)
            value = [i, format_rational(middle)]
            self.tree.cut("cut", box, value)
            yield line | {"cut": value}
        second, first = self.tree.open
        stack += [(None, number, second), (None, number, first)]

    def _multipliers(self, box: Box) -> list[Any] | None:
        """Return, for each disjunct, multipliers that refute the rows that are affine on the node."""
        found = []
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

    def _widest(self, box: Box, number: int) -> int:
        """Return the input along which a form of the first open disjunct changes most on the box."""
        form = self.maker.form(box, 0, self._weights(number, 0), 0)
        widths = [high - low for low, high in _ends(box)]
        spread = [abs(n) * width for n, width in zip(form.numerators, widths, strict=True)]
        best = max(range(len(widths)), key=lambda i: (spread[i], widths[i]))
        return best if widths[best] else max(range(len(widths)), key=widths.__getitem__)


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
