"""Neurons whose sign is known on the whole domain: they are no longer split, in any reading.

Rigorous bounds of all pre-activations on a box round the domain (docs/linear-bounds.md) say y > 0 or y < 0
for some neurons, strictly. The cells of the three readings are sets of points of the domain on which the
network's own pre-activations obey y > 0, y >= 0, y <= 0 or y < 0; so where y > 0 on the domain only
configurations with bit 1 there count, and where y < 0 only those with bit 0, whatever the reading. A bound
that touches zero fixes nothing: in ``closed`` a point with y = 0 counts for both bits.

Such a neuron is one with a single slope, as `exactrelu.networks.activation` has them: it has no bit. So the
configurations are those of a network with fewer bits, and the known bits are put back into each of them, at
the same places, which keeps them sorted. Cells, dimensions, points and maps are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TypeVar

from exactrelu.enumeration.compositions import Compositions
from exactrelu.enumeration.leaves import Reached, cell_closure
from exactrelu.enumeration.problem import Problem
from exactrelu.enumeration.pruning import Bits
from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from exactrelu.networks.reduced_networks import composed
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.linear_program import Optimum, maximise

Ends = tuple[list[Fraction], list[Fraction]]
"""The lower and the upper ends of a box."""

_Answer = TypeVar("_Answer")
_MOST_INPUTS_OF_PROGRAMS = 64  # of a domain that is no box: two linear programs for each


@dataclass(frozen=True)
class KnownSigns:
    """A problem, and an equal one with a bit for the neurons whose sign is open.

    ``known`` has the bit of each bent neuron, -1 where it is open.
    """

    problem: Problem
    smaller: Problem
    known: tuple[int, ...]

    @property
    def is_one_cell(self) -> bool:
        """Whether no bit is open, so that the domain is the only cell, unless it is empty."""
        return not any(self.smaller.network.bent_widths)

    def only_leaf(self) -> Reached | None:
        """Return the leaf of the configuration if no bit is open, None if the domain is empty."""
        domain, bits = self.problem.domain, self._with_known(b"")
        point = domain.interior_point
        if point is None:
            return None
        closure = partial(cell_closure, self.problem, bits)
        maps = Compositions(self.problem).of
        return Reached(self.problem, bits, domain.affine_dimension, closure, maps, lambda: point)

    def restored(self, leaves: Iterator[Reached]) -> Iterator[Reached]:
        """Yield the leaves of the smaller problem as those of the problem."""
        compositions = Compositions(self.problem)
        for leaf in leaves:
            bits = self._with_known(leaf.bits)
            closure = partial(cell_closure, self.problem, bits)
            yield Reached(self.problem, bits, leaf.dimension, closure, compositions.of, leaf.point)

    def widened(self, keep: Callable[[Bits], _Answer]) -> Callable[[Bits], _Answer]:
        """Return what is asked of cells of the smaller problem, given what is asked of the problem's."""
        import numpy as np

        known = np.array(self.known, dtype=np.int8)

        def own(bits: Bits) -> _Answer:
            every = np.tile(known, (len(bits), 1))
            every[:, known < 0] = bits
            return keep(every)

        return own

    def _with_known(self, bits: bytes) -> bytes:
        own = iter(bits)
        return bytes(next(own) if bit < 0 else bit for bit in self.known)


def known_signs(problem: Problem, checkpoint: Callable[[], None] | None = None) -> KnownSigns | None:
    """Return what bounds fix on the domain, None where that is nothing or the domain is in no box.

    ``checkpoint`` is called between steps, and may raise to end them.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [1]], [0, 3]), ([[1, 1]], None)])
    >>> known_signs(Problem.of(net, Domain.box([(-1, 1)]))).known
    (-1, 1)
    """
    if not any(problem.network.bent_widths):
        return None
    box = box_round(problem.domain)
    if box is None:
        return None
    signs = signs_on_box(problem.network, box, checkpoint)
    known = tuple(bit for layer in signs for bit in layer)
    if all(bit < 0 for bit in known):
        return None
    network = _with_single_slopes(problem.network, signs)
    return KnownSigns(problem, Problem(network, problem.domain, problem.reading), known)


def box_round(domain: Domain) -> Ends | None:
    """Return a box that contains the domain, None if there is none, or it is empty or not worth while.

    Rows with one variable are read; where they leave a side open, linear programs over all rows bound it.
    """
    lower: list[Fraction | None] = [None] * domain.dimension
    upper: list[Fraction | None] = [None] * domain.dimension
    for row in domain.rows:
        if row.entries[:-1].count(0) == domain.dimension - 1:
            _take_in(lower, upper, row, next(j for j, entry in enumerate(row.entries) if entry))
    is_open = [low is None or high is None for low, high in zip(lower, upper, strict=True)]
    if any(is_open) and (domain.dimension > _MOST_INPUTS_OF_PROGRAMS or len(domain.rows) <= domain.dimension):
        return None
    ends: Ends = [], []
    for j, (low, high) in enumerate(zip(lower, upper, strict=True)):
        least = _least(domain, j, 1) if low is None else low
        most = _least(domain, j, -1) if high is None else high
        if least is None or most is None or least > most:
            return None
        ends[0].append(least)
        ends[1].append(most)
    return ends


def _take_in(lower: list[Fraction | None], upper: list[Fraction | None], row: Row, j: int) -> None:
    end, equal = Fraction(-row.entries[-1], row.entries[j]), row.relation is Relation.EQUAL
    low, high = lower[j], upper[j]
    if equal or row.entries[j] > 0:
        lower[j] = end if low is None else max(low, end)
    if equal or row.entries[j] < 0:
        upper[j] = end if high is None else min(high, end)


def _least(domain: Domain, j: int, sign: int) -> Fraction | None:
    """Return sign times the least value of sign x_j."""
    objective = [0] * (domain.dimension + 1)
    objective[j] = -sign
    found = maximise(domain.dimension, objective, domain.rows)
    return -sign * found.value if isinstance(found, Optimum) else None


def signs_on_box(
    network: Network, box: Ends, checkpoint: Callable[[], None] | None = None
) -> list[list[int]]:
    """Return for each bent neuron of each layer its bit on the box: 1 where y > 0, 0 where y < 0, else -1."""
    import numpy as np

    from exactrelu.bounds.back_substitution import BoxBatch
    from exactrelu.bounds.float_layers import below, float_layers

    layers = float_layers(network)
    low = np.array([[below(end) for end in box[0]]])
    high = np.array([[-below(-end) for end in box[1]]])
    lower = [np.full((1, layer.outputs), -np.inf) for layer in layers[:-1]]
    batch = BoxBatch(layers, low, high, lower, [-bound for bound in lower])
    batch.checkpoint = checkpoint or batch.checkpoint
    signs = []
    for k, activation in enumerate(network.activations):
        with np.errstate(all="ignore"):
            batch.advance()
        bits = np.where(batch.lower[k][0] > 0, 1, np.where(batch.upper[k][0] < 0, 0, -1))
        signs.append([int(bits[i]) for i in activation.bent])
    return signs


def _with_single_slopes(network: Network, signs: list[list[int]]) -> Network:
    """Return the network with one slope at each neuron with a known bit; layers without bits are composed."""
    activations = []
    for activation, bits in zip(network.activations, signs, strict=True):
        slopes = list(activation.slopes)
        for i, bit in zip(activation.bent, bits, strict=True):
            if bit >= 0:
                slopes[i] = (slopes[i][bit],) * 2
        activations.append(Activation(tuple(slopes)))
    return composed(Network(network.layers, activations=tuple(activations)))
