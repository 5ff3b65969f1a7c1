"""The exact maximum of functions of two networks' difference, by branch and bound with bounds of it.

It is `exactrelu.verification.maximum` on the joint network, with the bounds of
`exactrelu.bounds.pair_batch`: a node keeps bounds of the differences of pairs behind those of all
pre-activations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from exactrelu.bounds.float_layers import Floats, float_layers
from exactrelu.bounds.pair_batch import PairBatch, pair_layers
from exactrelu.bounds.pair_relaxation import Span
from exactrelu.bounds.vanishing import vanishing
from exactrelu.enumeration.effort import Search
from exactrelu.networks.paired_networks import PairedNetworks
from exactrelu.numbers.points import Point
from exactrelu.verification.branch_and_bound import BranchAndBound, Progress
from exactrelu.verification.float_rows import FloatRows, float_rows
from exactrelu.verification.ground import Ground
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.lifted_leaf import LiftedLeaf
from exactrelu.verification.maximum import Listener, Maximum, MaximumSearch, closure_of, searched
from exactrelu.verification.nodes import Node
from exactrelu.verification.paired_leaf import PairedLeaf
from exactrelu.verification.property import InputSet
from exactrelu.verification.refutation import Refutation

Disjuncts = tuple[tuple[Inequality, ...], ...]


def paired_maximum(
    networks: PairedNetworks,
    inputs: InputSet,
    functions: Sequence[Inequality],
    *,
    search: Search | None = None,
    listener: Listener | None = None,
) -> Maximum | None:
    """Return the maximum of functions of the difference of two networks; see `maximum`.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from exactrelu import Domain, Network
    >>> f = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> g = Network.from_rationals([([[1], [-1]], [0, "1/8"]), ([[1, 1]], None)])
    >>> above = Inequality((), ((0, Fraction(-1)),), Fraction(0), strict=False)  # g - f
    >>> paired_maximum(PairedNetworks.of(f, g), InputSet.of_domain(Domain.box([(-3, 2)])), [above]).value
    Fraction(1, 8)
    """
    ground = Ground(networks.joint, closure_of(inputs))
    return searched(partial(PairedSearch, networks), ground, functions, search, listener)


class PairedBounds(BranchAndBound):
    """Branch and bound over the joint network of two, with bounds of their difference."""

    def _take_pairs(self, networks: PairedNetworks, disjuncts: Disjuncts, inputs: InputSet) -> None:
        """Make what the bounds need; before anything else, since the root of a search needs it."""
        self.networks = networks
        self._pair_layers = pair_layers(networks)
        counts = [len(layer.pairs.firsts) for layer in self._pair_layers]
        self._pair_ends = np.cumsum([sum(networks.joint.hidden_widths), *counts])
        last = networks.joint.with_last(networks.last)
        asked = InputSet(inputs.box, inputs.rows, disjuncts)
        self._coordinate_rows = float_rows(last, asked).hidden
        self._vanishing = vanishing(networks)

    def _root(self) -> Node:
        size = int(self._pair_ends[-1])
        return Node(*self.box, np.full(size, -np.inf), np.full(size, np.inf), 1.0, 0, 0)

    def _bounding_rows(self) -> FloatRows:
        return replace(self.rows, hidden=self._coordinate_rows)

    def _spans(self, lower: Floats, upper: Floats) -> list[Span]:
        """Return the bounds of the pairs' differences out of those of nodes (nodes, bounds)."""
        ends = zip(self._pair_ends, self._pair_ends[1:], strict=False)
        return [Span(lower[:, a:b], upper[:, a:b]) for a, b in ends]

    def _batch(self, low: Floats, high: Floats, lower: Floats, upper: Floats) -> PairBatch:
        bounds = self._by_layer(lower), self._by_layer(upper)
        return PairBatch(self._pair_layers, (low, high), bounds, self._spans(lower, upper))

    def _close_surely(self, refutation: Refutation) -> None:
        """Close where the difference is zero by its structure: there a row is its constant."""
        batch = refutation.batch
        zero = self._vanishing.zero_outputs(batch.low, batch.high, batch.upper)
        for number, disjunct in enumerate(self.inputs.disjuncts):
            for row in disjunct:
                if not row.x and (row.offset < 0 or (row.offset == 0 and row.strict)):
                    refutation.closed[:, number] |= zero[:, [j for j, _ in row.y]].all(axis=1)

    def _lifted(self, leaf: LiftedLeaf, node: Node) -> PairedLeaf:
        """Return the programs of a node, with rows that tie the neurons of pairs."""
        spans = self._spans(node.lower[None], node.upper[None])
        differences = [Span(span.lower[0], span.upper[0]) for span in spans]
        parts = (leaf.network, leaf.rows, leaf.signs, leaf.lower, leaf.upper)
        return PairedLeaf(*parts, self.networks.pairs, differences)

    def _open_signs(self, signs: list[np.ndarray]) -> int:
        """Return the number of open signs, both of a pair counted once: they are nearly always equal."""
        twice = (
            (sign[layer.firsts] < 0) & (sign[layer.seconds] < 0)
            for sign, layer in zip(signs, self._pair_layers, strict=True)
        )
        return super()._open_signs(signs) - sum(int(both.sum()) for both in twice)


class PairedQuestion(PairedBounds):
    """The search for a point of an input set at which a disjunct of functions of the difference holds."""

    def __init__(
        self, networks: PairedNetworks, inputs: InputSet, checkpoint: Callable[[Progress], None]
    ) -> None:
        self._take_pairs(networks, inputs.disjuncts, inputs)
        joint = networks.joint
        rows = float_rows(joint, inputs)
        super().__init__(joint, float_layers(joint), inputs, rows, checkpoint=checkpoint)


class PairedSearch(PairedBounds, MaximumSearch):
    """The search for a larger value of the difference than the incumbent."""

    def __init__(
        self,
        networks: PairedNetworks,
        inputs: InputSet,
        functions: Sequence[Inequality],
        start: Point,
        checkpoint: Callable[[Progress], None],
        ground: Ground | None = None,
    ) -> None:
        self._take_pairs(networks, tuple((function,) for function in functions), inputs)
        super().__init__(networks.joint, inputs, functions, start, checkpoint, ground)
