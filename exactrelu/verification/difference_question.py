"""Whether the difference of two networks exceeds a number somewhere, by branch and bound.

A box is closed where the networks agree by their structure (`exactrelu.bounds.vanishing`), where bounds say
so, or exactly: by programs over inputs and open neurons in which all that both networks compute in the same
way has cancelled (`lifted_composition`). So 0 is a number like any other: boxes on which the difference is
the zero function are closed, and one single point where it is not is found, or there is none.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from exactrelu.bounds.float_layers import Floats
from exactrelu.networks.paired_networks import PairedNetworks
from exactrelu.numbers.points import Point
from exactrelu.verification.branch_and_bound import Progress
from exactrelu.verification.candidates import Candidates
from exactrelu.verification.exact_leaf import ExactLeaf, box_rows
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.lifted_leaf import LiftedLeaf
from exactrelu.verification.maximum import closure_of
from exactrelu.verification.nodes import Node
from exactrelu.verification.pair_attack import PairPoints
from exactrelu.verification.paired_leaf import PairedLeaf
from exactrelu.verification.paired_maximum import PairedQuestion
from exactrelu.verification.property import InputSet

_SIGNS_OF_ZEROS = 12  # open signs of a box that is decided exactly where the question is equality


class DifferenceQuestion(PairedQuestion):
    """The search for a point of the closure of a set at which some |f_j - g_j| exceeds a number >= 0.

    Examples
    --------
    >>> from exactrelu import Domain, Network
    >>> f = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> g = Network.from_rationals([([[1], [-1]], [0, "1/8"]), ([[1, 1]], None)])
    >>> pair, line = PairedNetworks.of(f, g), InputSet.of_domain(Domain.box([(-3, 2)]))
    >>> DifferenceQuestion(pair, line, Fraction(1, 8), lambda _: None).run() is None
    True
    >>> DifferenceQuestion(pair, line, Fraction(1, 9), lambda _: None).run() is None
    False
    """

    def __init__(
        self,
        networks: PairedNetworks,
        inputs: InputSet,
        within: Fraction,
        checkpoint: Callable[[Progress], None],
    ) -> None:
        closed = closure_of(inputs)
        self.within = within
        self.functions = [
            Inequality((), ((j, Fraction(sign)),), -within, strict=True)
            for j in range(networks.joint.outputs)
            for sign in (-1, 1)
        ]
        asked = InputSet(closed.box, closed.rows, tuple((function,) for function in self.functions))
        super().__init__(networks, asked, checkpoint)
        self.points = PairPoints(self._pair_layers, self._bounding_rows(), self._vanishing.changed_neurons())
        self.candidates = _PairCandidates(self.candidates, self.points, within)

    @property
    def bound(self) -> Fraction | None:
        """What all |f_j - g_j| are proved to be at most, as far as the search is; None without a bound."""
        if not math.isfinite(self.progress.bound):
            return None
        return max(self.within, self.within - Fraction(self.progress.bound))

    def _attack(self, points: int, steps: int, seed: int) -> Floats:
        low, high = self.box
        generator = np.random.default_rng(seed)
        start = low + (high - low) * generator.random((points, len(low)))
        if seed == 0:
            start[0] = (low + high) / 2
        return np.concatenate(list(self.points.ascend(start, self.box, steps=steps, seed=seed)))

    def _open_signs(self, signs: list[np.ndarray]) -> int:
        """Return how many open signs the difference depends on."""
        return self._vanishing.open_neurons(signs)

    def _constants(self, node: Node) -> int:  # noqa: ARG002 - the programs take such neurons too
        return 0

    def _most_signs(self, node: Node) -> int:
        """Return how many open signs may be left: an exact zero is found by programs alone."""
        return super()._most_signs(node) if self.within else max(_SIGNS_OF_ZEROS, super()._most_signs(node))

    # exact leaves -------------------------------------------------------------------------------

    def _of_leaf(self, leaf: ExactLeaf, node: Node) -> Point | None:
        rows = box_rows(self.inputs, node.low, node.high)
        bounds = (self._by_layer(bound[None]) for bound in (node.lower, node.upper))
        lower, upper = ([part[0] for part in parts] for parts in bounds)
        lifted = self._lifted(LiftedLeaf(self.network, rows, leaf.signs, lower, upper), node)
        for function in self.functions:
            point = self._exceeding(lifted, leaf, function)
            if point is not None:
                return point
        return None

    def _exceeding(self, lifted: PairedLeaf, leaf: ExactLeaf, function: Inequality) -> Point | None:
        """Return a point at which a function is positive, None if a box has none: open neurons are split."""
        (*coefficients, constant), _ = lifted.objective(function)
        if not any(coefficients) and constant <= 0:
            return None
        parts: list[dict[int, int]] = [{}]
        while parts:
            signs = parts.pop()
            leaf.spend()
            top = lifted.optimum(function, signs)
            if top is None or top.value <= 0:
                continue
            point = top.place.first(self.network.inputs).point
            if any(abs(value) > self.within for value in self.network(point)):
                return point
            neuron = lifted.furthest(top.place, signs)
            if neuron is None:
                raise ArithmeticError("a program whose values are right has another optimum than the network")
            parts += [{**signs, neuron: 0}, {**signs, neuron: 1}]
        return None


class _PairCandidates(Candidates):
    """Points that doubles propose by the difference in coordinates of pairs, confirmed in rationals."""

    def __init__(self, candidates: Candidates, points: PairPoints, within: Fraction) -> None:
        vars(self).update(vars(candidates))
        self.pair_points, self.within = points, within

    def confirmed(self, points: Floats) -> Point | None:
        """Return an unsafe point near one of ``points``, exactly confirmed, or None."""
        with np.errstate(all="ignore"):
            values = np.nan_to_num(self.pair_points.values(points), nan=-np.inf).max(axis=1)
            size = self._size.max() * self._slack
        near = values > -size
        if not self.within:
            near &= values != 0
        return self._first_unsafe(points, np.flatnonzero(near), values)
