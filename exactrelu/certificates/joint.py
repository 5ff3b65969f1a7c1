"""Several networks side by side, as the case tree of a certificate sees them.

Layer k of the tree is layer k of every network, one after the other; a network with fewer hidden layers has
no neurons in the later ones. The difference network that the engines enumerate passes a shallower network
on through identity layers: their neurons repeat bits that are decided already, so the tree leaves them out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from exactrelu.networks.preactivations import Preactivations
from exactrelu.numbers.linear_algebra import IntegerRow, primitive

Bits = tuple[int, ...]


@dataclass(frozen=True)
class JointNetwork:
    """One network, or two of the same shape, side by side; ``depth`` hidden layers are split."""

    networks: tuple[Network, ...]
    depth: int

    @classmethod
    def of(cls, *networks: Network, depth: int | None = None) -> JointNetwork:
        """Return the networks with all their hidden layers, or with the first ``depth``."""
        deepest = max(network.depth for network in networks) - 1
        return cls(tuple(networks), deepest if depth is None else depth)

    @cached_property
    def function(self) -> Network:
        """The network, or the difference of the two, that an engine enumerates."""
        first, *rest = self._sides
        return first - rest[0] if rest else first

    @cached_property
    def _sides(self) -> tuple[Network, ...]:
        """The networks as `function` has them: an affine one passes its values on in a layer without bits."""
        if all(network.depth == 1 for network in self.networks):
            return self.networks
        return tuple(_passing_on(network) for network in self.networks)

    @cached_property
    def widths(self) -> tuple[int, ...]:
        """The number of neurons with a bit in each layer of the tree."""
        return tuple(sum(self._width(network, k) for network in self.networks) for k in range(self.depth))

    @cached_property
    def numbers(self) -> tuple[tuple[int, ...], ...]:
        """For each layer of the tree, the numbers of the neurons with a bit among all of its neurons."""
        result = []
        for k in range(self.depth):
            found, start = list[int](), 0
            for network in self.networks:
                if k < network.depth - 1:
                    found += [start + i for i in network.activations[k].bent]
                    start += network.hidden_widths[k]
            result.append(tuple(found))
        return tuple(result)

    @cached_property
    def columns(self) -> tuple[int, ...]:
        """For each neuron with a bit, in order, the position of its bit among those of `function`."""
        if len(self.networks) == 1:
            return tuple(range(sum(self.widths)))
        columns, start = [], 0
        for k, width in enumerate(self.function.bent_widths):
            one, two = (self._width(network, k) for network in self.networks)
            gap = self._passed_on(self._sides[0], k)
            columns += [*range(start, start + one), *range(start + one + gap, start + one + gap + two)]
            start += width
        return tuple(columns)

    def _width(self, network: Network, k: int) -> int:
        return network.bent_widths[k] if k < network.depth - 1 else 0

    def _passed_on(self, network: Network, k: int) -> int:
        """Return the number of bits of `function` in layer k that only pass ``network`` on."""
        if k < network.depth - 1:
            return 0
        return network.deepened(k + 2).bent_widths[k]

    def first(self) -> tuple[Preactivations, ...]:
        """Return y_1 of each network."""
        return tuple(Preactivations.of_first_layer(network) for network in self.networks)

    def after(self, maps: Sequence[Preactivations], k: int, bits: Bits) -> tuple[Preactivations, ...]:
        """Return y_{k+1} of each network (the last map stays), given y_k and the bits of layer k."""
        result, start = [], 0
        for network, y in zip(self.networks, maps, strict=True):
            width = self._width(network, k - 1)
            has_layer = k < network.depth
            result.append(y.next_layer(network, k, bits[start : start + width]) if has_layer else y)
            start += width
        return tuple(result)

    def neurons(self, maps: Sequence[Preactivations], k: int) -> list[IntegerRow]:
        """Return the primitive rows of the pre-activations of layer k (from 1)."""
        return [
            primitive(row)
            for network, y in zip(self.networks, maps, strict=True)
            if k < network.depth
            for row in network.activations[k - 1].bent_of(y.integer_rows())
        ]


def _passing_on(network: Network) -> Network:
    """Return the network, one without hidden layers with a layer of linear neurons.

    Bits of other neurons would divide its one cell: the tree, which has no such bits, would be told of
    configurations more than once.
    """
    if network.depth > 1:
        return network
    width = network.outputs
    identity = [[int(i == j) for j in range(width)] for i in range(width)]
    (last,) = Network.from_rationals([(identity, None)]).layers
    return Network((*network.layers, last), activations=(Activation.linear(width),))
