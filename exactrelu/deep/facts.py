"""Facts about a network on a domain: a hidden neuron's value, in terms of values beside and before it.

Everything that a network can lose on a domain, and not everywhere, it loses by such facts: a neuron that is
always off is the constant 0, one that is always on is its own pre-activation, of two neurons that never
differ on the domain one is the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from exactrelu.deep.windows import LINEAR, ZERO, Neuron, neurons_of, plus, window_from, window_of, with_window
from exactrelu.errors import ArgumentError
from exactrelu.networks.activation import Activation
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.numbers.points import Point


@dataclass(frozen=True)
class Fact:
    """On the domain, z_{k,i} = a . z_{k-1} + b + the sum of d_j z_{k,j}.

    Parameters
    ----------
    layer, neuron
        k, counted from 1, and i.
    row
        (a, b), over the values of the layer before (of layer 0: the inputs).
    others
        Pairs (j, d_j), j another neuron of the layer.
    sentence
        What it says, for people: ``never positive on the domain``.
    """

    layer: int
    neuron: int
    row: Point
    others: tuple[tuple[int, Fraction], ...] = ()
    sentence: str = ""

    def residual(self, network: Network) -> Network:
        """Return x -> z_{k,i} - a . z_{k-1} - b - sum d_j z_{k,j}, which is zero if the fact is true."""
        k, chosen = self.layer, (self.neuron, *(j for j, _ in self.others))
        layer, slopes = network.layers[k - 1], network.activations[k - 1].slopes
        rows = [*(layer.rows[j] for j in chosen), self.row]
        units = Activation((*(slopes[j] for j in chosen), LINEAR))
        signs = (Fraction(1), *(-d for _, d in self.others), Fraction(-1), ZERO)
        maps = [(rows, layer.inputs + 1), ([signs], len(signs))]
        first, last = (AffineMap(RationalMatrix.from_rows(*pair)) for pair in maps)
        return Network(
            (*network.layers[: k - 1], first, last), activations=(*network.activations[: k - 1], units)
        )

    def value_at(self, network: Network, x: Point) -> Fraction:
        """Return what should be zero at a point of the domain."""
        return self.residual(network)(x)[0]


def sign_fact(network: Network, layer: int, neuron: int, bit: int) -> Fact:
    """Return the fact that a neuron's pre-activation is never negative (bit 1), or never positive (bit 0).

    Examples
    --------
    >>> net = Network.from_rationals([([[2], [-1]], [3, 0]), ([[1, 1]], None)])
    >>> sign_fact(net, 1, 0, 1)
    Fact(layer=1, neuron=0, row=(Fraction(2, 1), Fraction(3, 1)), others=(), sentence='never negative')
    """
    slope = network.activations[layer - 1].slopes[neuron][bit]
    row = tuple(slope * entry for entry in network.layers[layer - 1].rows[neuron])
    return Fact(layer, neuron, row, (), ("never positive", "never negative")[bit])


def sign_of(network: Network, fact: Fact) -> int | None:
    """Return the bit of a fact that `sign_fact` gives for the network, None for another fact."""
    for bit in (0, 1):
        if not fact.others and fact.row == sign_fact(network, fact.layer, fact.neuron, bit).row:
            return bit
    return None


def substituted(network: Network, facts: Iterable[Fact]) -> Network:
    """Return the network in which each neuron that a fact speaks of has become a linear one.

    Raises
    ------
    ArgumentError
        If facts of a layer speak twice of one neuron, or refer to one that is replaced.

    Examples
    --------
    >>> net = Network.from_rationals([([[2], [-1]], [3, 0]), ([[1, 1]], None)])
    >>> substituted(net, [sign_fact(net, 1, 0, 1)]).activations[0].slopes[0]
    (Fraction(1, 1), Fraction(1, 1))
    """
    by_layer: dict[int, list[Fact]] = {}
    for fact in facts:
        by_layer.setdefault(fact.layer, []).append(fact)
    for layer, of_layer in by_layer.items():
        network = with_window(network, layer, _substituted(window_of(network, layer), of_layer))
    return network


def _substituted(window: Network, facts: list[Fact]) -> Network:
    neurons, bias = neurons_of(window)
    replaced = [fact.neuron for fact in facts]
    referred = {j for fact in facts for j, _ in fact.others}
    if len(set(replaced)) < len(replaced) or referred & set(replaced):
        raise ArgumentError(f"facts: expected each neuron once and no reference to it, got {replaced}")
    result = list(neurons)
    for fact in facts:
        column = neurons[fact.neuron].column
        result[fact.neuron] = Neuron(fact.row, LINEAR, column)
        for j, factor in fact.others:
            result[j] = result[j]._replace(column=plus(result[j].column, column, factor))
    return window_from(window.inputs, result, bias)
