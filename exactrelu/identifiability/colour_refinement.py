"""Colour refinement of the neurons of one or two networks, with exact weights.

Neurons get colours that a permutation cannot change: first their layer, slopes, what they read of the inputs
and what the outputs read of them; then, round after round, what they read of which colours and which colours
read what of them. When no colour splits any more, neurons of different colours are surely different. What
have one colour may still be.

Weights are those after `canonical_scales`; between neurons without a scale only the sign of a weight counts.
A weight stands in colours by its number in the sorted list of all weights, so that colours depend on nothing
but the networks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from exactrelu.identifiability.rescaling import Neuron, Scales, canonical_scales
from exactrelu.networks.network import Network

Colours = dict[Neuron, int]
_Weight = tuple[int, int]


@dataclass(frozen=True)
class ScaledWeights:
    """A network's nonzero weights in canonical scales, as pairs (numerator, denominator).

    ``chosen`` are the neurons that were singled out: of those without a scale each was given one, in turn.
    """

    network: Network
    chosen: tuple[Neuron, ...] = ()

    @cached_property
    def scales(self) -> Scales:
        """The factors of the rows, None where there is no scale."""
        return canonical_scales(self.network, self.chosen)

    @cached_property
    def incoming(self) -> dict[Neuron, list[tuple[int, _Weight]]]:
        """What each neuron and output (layer L) reads: number in the layer before (-1: bias), weight."""
        one: list[Fraction | None] = [Fraction(1)]
        known = [one * self.network.inputs, *self.scales, one * self.network.outputs]
        return {
            (k, i): [*_entries(row, t, known[k - 1])]
            for k, layer in enumerate(self.network.layers, start=1)
            for i, (row, t) in enumerate(zip(layer.rows, known[k], strict=True))
        }

    @cached_property
    def outgoing(self) -> dict[Neuron, list[tuple[int, _Weight]]]:
        """What reads each hidden neuron: number in the layer after, weight."""
        found: dict[Neuron, list[tuple[int, _Weight]]] = {neuron: [] for neuron in self.neurons}
        for (k, i), entries in self.incoming.items():
            for j, weight in entries:
                if k > 1 and j >= 0:
                    found[k - 1, j].append((i, weight))
        return found

    @property
    def neurons(self) -> list[Neuron]:
        """All hidden neurons, in order."""
        return [(k, i) for k, width in enumerate(self.network.hidden_widths, start=1) for i in range(width)]

    @cached_property
    def loose(self) -> list[Neuron]:
        """The neurons that have weights but no scale: none of these leads to or from the outside."""
        return [
            (k, i)
            for k, i in self.neurons
            if self.scales[k - 1][i] is None and (self.incoming[k, i] or self.outgoing[k, i])
        ]

    def is_twin(self, one: Neuron, two: Neuron) -> bool:
        """Return whether two neurons of a layer surely read the same and are read the same."""
        weights = self.incoming[one], self.outgoing[one]
        if any(not denominator for entries in weights for _, (_, denominator) in entries):
            return False  # of some weights the sign alone is known
        return weights == (self.incoming[two], self.outgoing[two])


def _entries(
    row: Sequence[Fraction], scale: Fraction | None, before: Sequence[Fraction | None]
) -> Iterable[tuple[int, _Weight]]:
    if row[-1]:
        yield -1, _weight(row[-1], scale, Fraction(1))
    for j, (entry, other) in enumerate(zip(row, before, strict=False)):
        if entry:
            yield j, _weight(entry, scale, other)


def _weight(entry: Fraction, scale: Fraction | None, other: Fraction | None) -> _Weight:
    if scale is None or other is None:
        return (1 if entry > 0 else -1), 0  # the sign: no weight has the denominator 0
    value = entry * scale if other == 1 else entry * scale / other
    return value.numerator, value.denominator


class Refinement:
    """The refined colours of the neurons of networks of one architecture, which share their colours.

    ``marks`` are colours that are given beforehand, one for some neurons of each network. `mismatch` is None
    or a pair (index of a network, neuron) for which the networks have different numbers of its colour;
    then the refinement has stopped.
    """

    def __init__(self, networks: Sequence[ScaledWeights], marks: Sequence[Colours]) -> None:
        self.networks = networks
        numbers = {w: n for n, w in enumerate(sorted({w for net in networks for w in _weights(net)}))}
        self._edges = [_numbered(net, numbers) for net in networks]
        self.mismatch: tuple[int, Neuron] | None = None
        self.colours: list[Colours] = [{} for _ in networks]
        self._recolour(
            [_first(net, edges, m) for net, edges, m in zip(networks, self._edges, marks, strict=True)]
        )
        self._refine()

    def _refine(self) -> None:
        classes = 0
        while self.mismatch is None and classes != (classes := len(set(self.colours[0].values()))):
            self._recolour([self._signatures(i) for i in range(len(self.networks))])

    def _recolour(self, signatures: Sequence[dict[Neuron, Any]]) -> None:
        """Make the numbers of the signatures in their sorted list the colours."""
        numbers = {s: n for n, s in enumerate(sorted({s for each in signatures for s in each.values()}))}
        self.colours = [{v: numbers[s] for v, s in each.items()} for each in signatures]
        counts = [Counter(each.values()) for each in self.colours]
        for i, count in enumerate(counts):
            other = counts[1 - i] if len(counts) == 2 else count
            odd = [v for v, colour in self.colours[i].items() if count[colour] > other[colour]]
            if odd:
                self.mismatch = i, min(odd)
                return

    def _signatures(self, i: int) -> dict[Neuron, Any]:
        colours = self.colours[i]
        last = len(self.networks[i].network.hidden_widths)
        result = {}
        for (k, n), (reads, read_by) in self._edges[i].items():
            below = sorted((colours[k - 1, j], w) for j, w in reads if j >= 0) if k > 1 else []
            above = sorted((colours[k + 1, j], w) for j, w in read_by) if k < last else []
            result[k, n] = (colours[k, n], tuple(below), tuple(above))
        return result

    def cells(self) -> list[list[list[Neuron]]]:
        """Return, for each colour in order, its neurons in each network."""
        found: dict[int, list[list[Neuron]]] = {}
        for i, colours in enumerate(self.colours):
            for neuron, colour in colours.items():
                found.setdefault(colour, [[] for _ in self.networks])[i].append(neuron)
        return [found[colour] for colour in sorted(found)]


_Edges = dict[Neuron, tuple[list[tuple[int, int]], list[tuple[int, int]]]]


def _weights(net: ScaledWeights) -> Iterable[_Weight]:
    return (weight for entries in net.incoming.values() for _, weight in entries)


def _numbered(net: ScaledWeights, numbers: dict[_Weight, int]) -> _Edges:
    return {
        v: (
            [(j, numbers[w]) for j, w in net.incoming[v]],
            [(j, numbers[w]) for j, w in net.outgoing[v]],
        )
        for v in net.neurons
    }


def _first(net: ScaledWeights, edges: _Edges, marks: Colours) -> dict[Neuron, Any]:
    """Return what tells neurons apart before neighbours do."""
    last = len(net.network.hidden_widths)
    return {
        (k, i): (
            k,
            net.network.activations[k - 1].slopes[i],
            marks.get((k, i), -1),
            net.scales[k - 1][i] is not None,
            tuple(reads) if k == 1 else tuple(entry for entry in reads if entry[0] < 0),
            tuple(read_by) if k == last else (),
        )
        for (k, i), (reads, read_by) in edges.items()
    }
