"""Networks on a bounded set without the neurons that are zero all over it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from exactrelu.bounds.back_substitution import BoxBatch
from exactrelu.bounds.float_layers import float_layers
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.verification.branch_and_bound import outward
from exactrelu.verification.property import InputSet


def without_dead_neurons(network: Network, inputs: InputSet) -> Network:
    """Return a network that is the same on the set, and reads no neuron that bounds show to be zero there.

    The neurons stay, with no weight on them; `exactrelu.networks.reduced_networks.reduced` drops them.

    Examples
    --------
    >>> from exactrelu.polyhedra.domain import Domain
    >>> net = Network.from_rationals([([[1], [1]], [0, -5]), ([[1, 3]], None)])
    >>> without_dead_neurons(net, InputSet.of_domain(Domain.box([(-1, 2)]))).layers[1].weight
    ((Fraction(1, 1), Fraction(0, 1)),)
    """
    layers = list(network.layers)
    for k, dead in enumerate(_dead(network, inputs)):
        if not dead:
            continue
        rows = [
            [Fraction(0) if j in dead else entry for j, entry in enumerate(row)] for row in layers[k + 1].rows
        ]
        layers[k + 1] = AffineMap(RationalMatrix.from_rows(rows, layers[k + 1].inputs + 1))
    return Network(tuple(layers), activations=network.activations)


def _dead(network: Network, inputs: InputSet) -> list[set[int]]:
    """Return the neurons of each hidden layer that are zero on the box of the set."""
    low, high = (side[None] for side in outward(inputs))
    widths = network.hidden_widths
    lower = [np.full((1, width), -np.inf) for width in widths]
    batch = BoxBatch(float_layers(network), low, high, lower, [-bound for bound in lower])
    for _ in widths:
        batch.advance()
    return [
        {
            int(i)
            for i in np.flatnonzero(upper[0] <= 0)
            if activation.slopes[i][0] == 0
        }
        for upper, activation in zip(batch.upper, network.activations, strict=True)
    ]  # fmt: skip
