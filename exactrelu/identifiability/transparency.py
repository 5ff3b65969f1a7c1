"""Which bends of the neurons of each layer can be seen in the function.

A neuron of a `full` tiling bends at the facets where its bit flips. Such a piece of its bent hyperplane is
*seen* if the function has different affine maps on the two sides. What is seen is what a recovery of the
weights from the function has to go by (Rolnick & Kording, "Reverse-engineering deep ReLU networks", 2020).

A network is *transparent* on a domain if at each of its points each hidden layer has a neuron that is active
(Phuong & Lampert, "Functional vs. parametric equivalence of ReLU networks", 2020): where a layer is off,
nothing that lies before it can be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from exactrelu.analysis.pieces import Tiling
from exactrelu.enumeration import Problem, enumerate_leaves
from exactrelu.enumeration.effort import Search
from exactrelu.identifiability.rescaling import Neuron
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.polyhedra.domain import Domain


class Visibility(StrEnum):
    """How much of a neuron's bent hyperplane the function shows."""

    WHOLE = "whole"
    PARTLY = "partly"
    NOWHERE = "nowhere"
    NO_BEND = "no bend"  # no cell has a facet there


@dataclass(frozen=True)
class SeenBend:
    """Of the facets at which a neuron's bit flips how many there are, and at how many the function bends.

    ``alone`` counts the facets where it bends and no other neuron flips.
    """

    neuron: Neuron
    facets: int
    seen: int
    alone: int

    @property
    def visibility(self) -> Visibility:
        """How much of the bend is seen."""
        if not self.facets:
            return Visibility.NO_BEND
        if not self.seen:
            return Visibility.NOWHERE
        return Visibility.WHOLE if self.seen == self.facets else Visibility.PARTLY


def seen_bends(tiling: Tiling) -> tuple[SeenBend, ...]:
    """Return for each bent neuron, in order, what the function shows of its bend.

    Examples
    --------
    >>> from exactrelu.analysis.pieces import tiling
    >>> net = Network.from_rationals([([[1], [1]], [0, -1]), ([[-1, 0], [0, 1]], [0, 0]), ([[1, 1]], None)])
    >>> [(bend.neuron, str(bend.visibility)) for bend in seen_bends(tiling(net))]
    [((1, 0), 'nowhere'), ((1, 1), 'whole'), ((2, 0), 'no bend'), ((2, 1), 'whole')]
    """
    counts = {
        (k, i): [0, 0, 0]
        for k, activation in enumerate(tiling.network.activations, start=1)
        for i in activation.bent
    }
    for edge in tiling.edges:
        bends = tiling.maps[edge.one] != tiling.maps[edge.two]
        for neuron in edge.flipped:
            for place, counted in enumerate((True, bends, bends and len(edge.flipped) == 1)):
                counts[neuron][place] += counted
    return tuple(SeenBend(neuron, *numbers) for neuron, numbers in counts.items())


@dataclass(frozen=True)
class Transparency:
    """Whether at each point of a domain each hidden layer has an active neuron.

    If not, all neurons of hidden layer ``layer`` have the value 0 on the half-open cell ``configuration``.
    """

    holds: bool
    layer: int | None = None
    configuration: Configuration | None = None


def transparency(network: Network, domain: Domain, *, search: Search | None = None) -> Transparency:
    """Return whether a network is transparent on a domain; on an empty one it is.

    Raises
    ------
    NetworkError
        If there are other units than ReLU.
    BudgetExhaustedError
        If a limit of the search is reached.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> print(transparency(net, Domain.whole_space(1)).configuration)  # the point 0
    00
    >>> transparency(net, Domain.box([(1, 2)])).holds
    True
    """
    network.require_relu("transparency")
    for leaf in enumerate_leaves(Problem.of(network, domain, Reading.HALF_OPEN), search=search):
        for k, bits in enumerate(leaf.configuration.layers, start=1):
            if not any(bits):
                return Transparency(False, k, leaf.configuration)
    return Transparency(True)
