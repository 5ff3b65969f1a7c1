"""Boxes that are not decided yet, and the tree of cuts that a certificate follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from exactrelu.bounds.float_layers import Floats


@dataclass(slots=True)
class Node:
    """A box with the neuron signs that were fixed on the way to it.

    ``lower`` and ``upper`` bound all hidden pre-activations, layer after layer, on the points of the box that
    obey the signs, ``fixed``: triples (hidden layer from 0, neuron, bit), where bit 1 means y >= 0 and bit 0
    y <= 0. ``share`` is the part of the input set that it stands for.
    """

    low: Floats
    high: Floats
    lower: Floats
    upper: Floats
    share: float
    depth: int
    number: int
    bound: float = float("-inf")
    fixed: tuple[tuple[int, int, int], ...] = ()
    by_neuron: bool = False


class InputCut(NamedTuple):
    """The children of a node are x_i <= at and x_i >= at."""

    input: int
    at: float


class NeuronCut(NamedTuple):
    """The children of a node are y <= 0 and y >= 0 at a neuron (hidden layer from 0)."""

    layer: int
    neuron: int


@dataclass(slots=True)
class CutTree:
    """The cuts of a finished search: node 0 is the root; children of n are ``children[n]``.

    A node without children is closed; ``exact`` names those that needed the exact leaf, ``clips`` the nodes
    whose boxes were clipped before they were cut, perhaps to nothing. ``mixes`` holds, for (node, disjunct),
    the weights of the rows by which the disjunct was refuted.
    """

    cuts: dict[int, InputCut | NeuronCut] = field(default_factory=dict)
    children: dict[int, tuple[int, ...]] = field(default_factory=dict)
    clips: set[int] = field(default_factory=set)
    exact: set[int] = field(default_factory=set)
    mixes: dict[tuple[int, int], tuple[float, ...]] = field(default_factory=dict)
    size: int = 1

    def cut(self, number: int, cut: InputCut | NeuronCut) -> tuple[int, int]:
        """Record a cut, and return the numbers of the children."""
        self.cuts[number] = cut
        self.children[number] = (self.size, self.size + 1)
        self.size += 2
        return self.children[number]  # type: ignore[return-value]

    def join(self, other: CutTree) -> None:
        """Take in a tree over some of the nodes here, whose further nodes have numbers of their own."""
        self.cuts |= other.cuts
        self.children |= other.children
        self.clips |= other.clips
        self.exact |= other.exact
        self.mixes |= other.mixes
