"""Forms of a property's inequalities on boxes, in the checker's integers, one box at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple, Protocol

import numpy as np

from exactrelu.bounds.float_layers import FloatLayer, Floats
from exactrelu.certificates.integer_bounds import Direct
from exactrelu.checker import Box, Inequalities, PropertyTree, Substitution, integral

Weights = Sequence[tuple[int, Fraction]]
"""Pairs (row, positive multiplier), rows ascending."""


class Form(NamedTuple):
    """S target >= N . x / q + C on the box, with the slopes that were flipped; ``value`` is its least."""

    value: int
    strict: bool
    flips: int
    parts: Callable[[], tuple[list[int], int, int]]  # N, q and C

    @property
    def closes(self) -> bool:
        """Whether the target's rows cannot all hold on the box."""
        return self.value > 0 or (self.value == 0 and self.strict)


@dataclass(eq=False)
class Node:
    """A node of the tree that is written: a box, and what is known on it.

    ``number`` is that of the search's node, None for one below its leaves, ``nearest`` that of the nearest.
    ``bounds`` are those of the box, or arrays (lower, upper) over all hidden neurons.
    """

    number: int | None
    nearest: int
    box: Box
    bounds: tuple[Floats, Floats] | None = None
    line: dict[str, Any] = field(default_factory=dict)
    tight: bool = False
    children: tuple[Node, ...] = ()
    done: bool = False


class Target(NamedTuple):
    """A weighted sum -sum m_r g_r over the last hidden values: exactly as `Inequalities.negated` has it."""

    hidden: list[int]  # the constant last
    denominator: int
    direct: Direct
    strict: bool


class Targets:
    """The weighted sums of the rows of one input set, from tables that are composed once."""

    def __init__(self, inequalities: Inequalities) -> None:
        self.tables: list[Any] = []
        self.single: dict[tuple[int, int], Target] = {}  # the targets of rows alone
        for disjunct, rows in enumerate(inequalities.disjuncts):
            found = [inequalities.negated("rows", disjunct, [[row, "1"]]) for row in range(len(rows))]
            hidden = integral([[*row[0], row[2]] for row in found]) if found else ([], 1)
            xs = integral([row[1] for row in found]) if found else ([], 1)
            self.tables.append((hidden, xs, [row[3] for row in found]))

    def target(self, disjunct: int, weights: Weights) -> Target:
        """Return the sum with some weights."""
        if len(weights) > 1:
            return self._sum(disjunct, weights)
        key = disjunct, weights[0][0]
        if key not in self.single:
            self.single[key] = self._sum(disjunct, [(key[1], Fraction(1))])
        return self.single[key]

    def _sum(self, disjunct: int, weights: Weights) -> Target:
        (hidden, q), (xs, r), strict = self.tables[disjunct]
        common = math.lcm(*(m.denominator for _, m in weights))
        factors = [(row, int(m * common)) for row, m in weights]
        sums = [
            [sum(m * entry for (_, m), entry in zip(factors, column, strict=True)) for column in columns]
            for columns in (zip(*(table[row] for row, _ in factors), strict=True) for table in (hidden, xs))
        ]
        return Target(sums[0], q * common, (sums[1], r * common), any(strict[row] for row, _ in factors))


class Batch(Protocol):
    """Nodes that are looked at together."""

    empty: Sequence[bool]
    """Whether the bounds that were tightened show a node to be empty."""

    def best(self, places: Sequence[int], disjunct: int, weights: Sequence[Weights]) -> list[Form]:
        """Return forms of weighted sums, one at each place, the better of some slopes."""
        ...


class Engine(Protocol):
    """What computes the checker's integers."""

    size: int
    """How many nodes are looked at together."""

    def batch(self, nodes: Sequence[Node], *, tighten: bool) -> Batch:
        """Return nodes as a batch, all their bounds tightened first if that is asked for."""
        ...


def bounds_of(node: Node) -> tuple[Floats, Floats]:
    """Return a node's bounds as arrays; those of the box serve no longer."""
    if node.bounds is None:
        every = np.array([pair for layer in node.box.bounds for pair in layer], dtype=np.float64)
        node.bounds = every[:, 0], every[:, 1]
        node.box.bounds = []
    return node.bounds


def listed_bounds(node: Node, hidden: Sequence[int]) -> Box:
    """Return a node's box with its bounds as the checker holds them."""
    if node.bounds is not None:
        pairs = iter(zip(*(map(_whole, bounds.tolist()) for bounds in node.bounds), strict=True))
        node.box.bounds = [[next(pairs) for _ in range(width)] for width in hidden]
        node.bounds = None
    return node.box


def _whole(bound: float) -> float:
    return bound if math.isinf(bound) else int(bound)


class ExactEngine:
    """Computes as the checker does, with the checker's own functions."""

    size = 1

    def __init__(
        self, tree: PropertyTree, number: int, layers: Sequence[FloatLayer], *, flat: bool = False
    ) -> None:
        self.tree, self.layers, self.flat = tree, layers, flat
        self.substitution: Substitution = tree.substitution
        self.targets = Targets(tree.sets[number])

    def batch(self, nodes: Sequence[Node], *, tighten: bool) -> _ExactBatch:
        """Return nodes as a batch."""
        empty = [tighten and self.tree.bound("bounds", node.box, "all") for node in nodes]
        return _ExactBatch(self, nodes, empty)

    def form(self, box: Box, target: Target, flips: int) -> Form:
        """Return the form of a sum with the flipped slopes."""
        hidden = [Fraction(entry, target.denominator) for entry in target.hidden]
        xs = [Fraction(entry, target.direct[1]) for entry in target.direct[0]]
        parts = self.substitution.of_rows(hidden[:-1], xs, hidden[-1], box.bounds, flips)
        return Form(box.least("form", *parts), target.strict, flips, lambda: parts)


class _ExactBatch:
    def __init__(self, engine: ExactEngine, nodes: Sequence[Node], empty: Sequence[bool]) -> None:
        self.engine, self.nodes, self.empty = engine, nodes, empty

    def best(self, places: Sequence[int], disjunct: int, weights: Sequence[Weights]) -> list[Form]:
        """Return the better of the usual slopes and those of the form's own least corner, at each place.

        With ``flat`` slopes 0 at all open neurons are tried too: they keep ties at zero.
        """
        pairs = zip(places, weights, strict=True)
        return [self._best(self.nodes[place].box, disjunct, one) for place, one in pairs]

    def _best(self, box: Box, disjunct: int, weights: Weights) -> Form:
        engine, target = self.engine, self.engine.targets.target(disjunct, weights)
        best = engine.form(box, target, 0)
        if best.closes or not engine.substitution.net.hidden:
            return best
        guesses = [self._witness_flips(box, best.parts()[0])]
        if engine.flat:
            guesses.append(self._flat_flips(box))
        for flips in guesses:
            other = engine.form(box, target, flips)
            best = other if other.value > best.value else best
            if best.closes:
                break
        return best

    def _flat_flips(self, box: Box) -> int:
        """Return the flips by which open neurons get the slope 0."""
        flips, offsets = 0, self.engine.substitution.offsets
        for k, layer in enumerate(box.bounds):
            for i, (low, high) in enumerate(layer):
                if low < 0 < high and high > -low:
                    flips |= 1 << (offsets[k] + i)
        return flips

    def _witness_flips(self, box: Box, numerators: list[int]) -> int:
        """Return the flips by which open neurons get the slope 1 where they are on at the least corner."""
        ends = zip(numerators, box.low, box.high, strict=True)
        point = np.array([[float(Fraction(low if n > 0 else high, box.grid)) for n, low, high in ends]])
        flips, offsets = 0, self.engine.substitution.offsets
        for k, layer in enumerate(self.engine.layers[:-1]):
            with np.errstate(all="ignore"):  # flips are guesses, whatever overflows
                values = layer.preactivations(point)
            for i, (low, high) in enumerate(box.bounds[k]):
                if low < 0 < high and (values[0, i] > 0) != (high > -low):
                    flips |= 1 << (offsets[k] + i)
            with np.errstate(all="ignore"):
                point = layer.activated(values)
        return flips
