"""The steepest cell by branch and bound: the cells with the steepest bounds are split first.

In few inputs boxes are cut (`steep_boxes`). Else cells are split at one neuron after the other, layer by
layer, those with most influence on the Jacobian first; linear programs say which halves have points, and
bounds of the Jacobian which may be steeper than the best cell so far. Both end where bound and best cell
meet, and know a bound of all that is open at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from exactrelu.analysis.steep_boxes import SteepBoxes
from exactrelu.analysis.steep_cells import SteepCells
from exactrelu.bounds.float_layers import Floats
from exactrelu.bounds.jacobian_gains import open_scores
from exactrelu.bounds.jacobians import JacobianBounds
from exactrelu.enumeration.effort import Search
from exactrelu.enumeration.known_signs import known_signs
from exactrelu.enumeration.leaves import Reached
from exactrelu.enumeration.lp_engine.best_first import BestFirst, Quest
from exactrelu.enumeration.problem import Problem
from exactrelu.enumeration.pruning import Bits
from exactrelu.networks.activation import Activation
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.verification.property import InputSet

_FEW_INPUTS = 4
_MOST_ENTRIES_MOVED = 1 << 20  # of a layer: larger ones keep the order of their neurons


def by_influence(network: Network) -> Network:
    """Return the network with the neurons of each hidden layer in another order: the influential first."""
    if max(layer.outputs * layer.inputs for layer in network.layers) > _MOST_ENTRIES_MOVED:
        return network
    every = np.full((1, sum(network.bent_widths)), -1, dtype=np.int8)
    scores, _ = open_scores(JacobianBounds(network), every)
    columns: Sequence[int] = range(network.inputs)
    layers, activations = [], []
    for k, layer in enumerate(network.layers):
        rows = range(layer.outputs)
        if k < len(scores):
            rows = np.argsort(-scores[k][0], kind="stable").tolist()
            slopes = network.activations[k].slopes
            activations.append(Activation(tuple(slopes[i] for i in rows)))
        table = layer.matrix.rows()
        moved = [[*(table[i][j] for j in columns), table[i][-1]] for i in rows]
        layers.append(AffineMap(RationalMatrix.from_rows(moved, layer.inputs + 1)))
        columns = rows
    return Network(tuple(layers), activations=tuple(activations))


class BoundedSearch(Protocol):
    """A search for the steepest cell that has a bound at any time."""

    @property
    def bound(self) -> float:
        """A double that the norm on no cell exceeds, unless the best cell's does."""
        ...

    def run(self, tell: Callable[[], None]) -> None:
        """Find a steepest cell; ``tell`` is called again and again."""
        ...


@dataclass
class SteepestFirst:
    """The search of one problem in the reading `full` by cells; ``take`` takes one in."""

    problem: Problem
    steep: SteepCells
    take: Callable[[Reached], None]
    search: Search
    _running: BestFirst | None = None
    _known: float = float("inf")

    @property
    def bound(self) -> float:
        """A double that the norm on no cell exceeds, unless the best cell's does."""
        return self._known if self._running is None else min(self._known, self._running.bound)

    def run(self, tell: Callable[[], None]) -> None:
        """Find a steepest cell; ``tell`` is called again and again.

        Raises
        ------
        BudgetExhaustedError
            Where the time is over; `bound` holds all the same.
        """

        def checkpoint() -> None:
            tell()
            self.search.check_time()

        for leaf in self._leaves(checkpoint):
            self.take(leaf)
        self._known = 0.0

    def _leaves(self, checkpoint: Callable[[], None]) -> Iterator[Reached]:
        known = known_signs(self.problem, self.search.check_time)
        bits = [-1] * sum(self.problem.network.bent_widths) if known is None else known.known
        row = np.array([bits], dtype=np.int8)
        self._known = float(self.steep.at_most(row)[0])
        if known is not None and known.is_one_cell:
            only = known.only_leaf()
            return iter(() if only is None else (only,))
        own = self._bounds if known is None else known.widened(self._bounds)
        problem = self.problem if known is None else known.smaller
        self._running = BestFirst(problem, Quest(own, lambda: self.steep.floor, checkpoint))
        leaves = self._running.leaves()
        return leaves if known is None else known.restored(leaves)

    def _bounds(self, bits: Bits) -> Floats:
        """Return bounds of the norm, minus infinity where it is proved to be no larger than the record."""
        bounds = self.steep.at_most(bits)
        return np.where(self.steep(bits, bounds), bounds, -np.inf)


def steepest_search(
    problem: Problem,
    steep: SteepCells,
    takers: tuple[Callable[[Reached], None], Callable[[Problem], None]],
    search: Search,
) -> BoundedSearch:
    """Return the search that suits a problem; ``takers`` take in a cell, and all cells of a problem."""
    take, take_in = takers
    if problem.network.inputs <= _FEW_INPUTS and InputSet.of_domain(problem.domain).is_bounded:
        return SteepBoxes(problem, steep, take_in, search)
    return SteepestFirst(problem, steep, take, search)
