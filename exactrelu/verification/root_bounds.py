"""What bounds on a whole input set say at once, without any search."""

from __future__ import annotations

import numpy as np

from exactrelu.bounds.back_substitution import BoxBatch
from exactrelu.bounds.float_layers import float_layers
from exactrelu.networks.network import Network
from exactrelu.verification.branch_and_bound import outward
from exactrelu.verification.float_rows import float_rows
from exactrelu.verification.property import InputSet
from exactrelu.verification.refutation import Refutation


def disjuncts_that_fail(network: Network, inputs: InputSet) -> list[bool]:
    """Return of each disjunct of an input set in a box whether bounds show that it holds nowhere.

    Examples
    --------
    >>> from exactrelu import Domain, Network, Property
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])  # |x|
    >>> (group,) = Property.from_bounds(1, 1, Domain.box([(-1, 1)]), ["y0 <= 3", "y0 <= 1/2"]).groups
    >>> disjuncts_that_fail(net, group)
    [True, False]
    """
    layers, rows = float_layers(network), float_rows(network, inputs)
    low, high = (ends[None] for ends in outward(inputs))
    lower = [np.full((1, layer.outputs), -np.inf) for layer in layers[:-1]]
    with np.errstate(all="ignore"):
        batch = BoxBatch(layers, low, high, lower, [-bound for bound in lower])
        for _ in layers[:-1]:
            batch.advance()
        refutation = Refutation(batch, rows)
        refutation.improve()
    return [bool(fails) for fails in refutation.closed[0]]
