"""The second road to symmetries: all permutations, and scales by walking along the nonzero weights."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction

from exactrelu.identifiability.rescaling import transformed
from exactrelu.networks.network import Network
from tests.support.drawn_networks import Chooser


def disguised(c: Chooser, network: Network) -> Network:
    """Return the network with its hidden neurons permuted and rescaled."""
    orders = [shuffled(c, width) for width in network.hidden_widths]
    scales = [[Fraction(c.integer(1, 9), c.integer(1, 9)) for _ in order] for order in orders]
    return transformed(network, orders, scales)


def shuffled(c: Chooser, width: int) -> list[int]:
    """Return a permutation of 0, ..., width - 1."""
    left, order = list(range(width)), []
    while left:
        order.append(left.pop(c.integer(0, len(left) - 1)))
    return order


def are_isomorphic_by_all_permutations(one: Network, two: Network) -> bool:
    """Whether positive scales carry the first network, its neurons in some order, to the second."""
    ones = [[Fraction(1)] * width for width in one.hidden_widths]
    orders = itertools.product(*(itertools.permutations(range(width)) for width in one.hidden_widths))
    return any(differ_by_scales(transformed(one, order, ones), two) for order in orders)


def differ_by_scales(one: Network, two: Network) -> bool:
    """Whether positive scales of the hidden neurons, in their order, carry the first network to the second.

    Each weight w from u to v must become w t_v / t_u: so the quotient of the two weights is t_v / t_u, the
    same along all ways from one neuron to another, and 1 between the things outside.
    """
    if one.activations != two.activations:
        return False
    pairs = list(zip(_weights(one), _weights(two), strict=True))
    if any((a > 0) != (b > 0) or (a < 0) != (b < 0) for (_, _, a), (_, _, b) in pairs):
        return False
    edges = [(u, v, b / a) for (u, v, a), (_, _, b) in pairs if a]
    scales = {"outside": Fraction(1)}
    left = {u for u, _, _ in edges} | {v for _, v, _ in edges}
    while left:
        if not _walked(edges, scales):
            left -= scales.keys()
            if left:
                scales[min(left, key=str)] = Fraction(1)
    return all(scales[v] / scales[u] == t for u, v, t in edges)


def _walked(edges, scales) -> bool:
    """Give a scale to one more neuron, if an edge leads there."""
    for u, v, t in edges:
        if u in scales and v not in scales:
            scales[v] = scales[u] * t
            return True
        if v in scales and u not in scales:
            scales[u] = scales[v] / t
            return True
    return False


def _weights(network: Network) -> Iterator[tuple]:
    last = network.depth
    for k, layer in enumerate(network.layers, start=1):
        for i, row in enumerate(layer.rows):
            reader = (k, i) if k < last else "outside"
            for j, entry in enumerate(row):
                inside = k > 1 and j < layer.inputs
                yield ((k - 1, j) if inside else "outside"), reader, entry
