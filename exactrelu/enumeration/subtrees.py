"""Subtrees of the case tree: the configurations that begin with some decisions, as a problem of their own.

What is decided, y <= 0 or y > 0 at some neurons (in the relations of the reading), is a polyhedron on which
those neurons have one slope. So the configurations of a subtree are those of a problem on a smaller domain,
for a network with fewer bits, and any engine searches it. Cells of one subtree share their corners, so that
little is computed twice where subtrees are searched apart.

A neuron is *cut* where both of its sides have points. In the reading ``full`` sides are open: a side with a
point has the dimension of the domain, and where y vanishes on all of it the bit is 0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from exactrelu.enumeration.problem import Problem
from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from exactrelu.networks.preactivations import Preactivations
from exactrelu.networks.reading import Reading
from exactrelu.networks.reduced_networks import composed
from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.numbers.points import IntegerPoint, Point
from exactrelu.polyhedra.constraints import LinearConstraint, Relation, Row
from exactrelu.polyhedra.domain import Domain

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_PROPOSALS = 4
_FEW_INPUTS = 6  # domains have few corners, and no linear program is needed
_TOKEN = re.compile(r"([+-])(\d+)")


class LayerRows:
    """The pre-activations of a layer on a cell, as its subtrees need them."""

    def __init__(self, y: Preactivations) -> None:
        self.y = y

    @cached_property
    def exact(self) -> list[IntegerRow]:
        """The integer rows."""
        return self.y.integer_rows()

    @cached_property
    def doubles(self) -> npt.NDArray[np.float64]:
        """The rows as doubles, each to a scale of its own."""
        from exactrelu.enumeration.middle_neurons import doubles_of

        return doubles_of(self.exact, self.y.inputs + 1)


@dataclass(frozen=True, eq=False)
class Subtree:
    """The configurations of a problem that begin with some decisions.

    ``layer`` counts the hidden layers whose neurons are all decided, ``before`` are their bits; ``cuts`` are
    the decisions (neuron, bit) in the next one, whose pre-activations on the subtree's cell are ``rows``.
    ``path`` says all of it in a text, from which `at` makes it again.

    Examples
    --------
    >>> net = Network.from_rationals([([[1, 0], [0, 1]], None), ([[1, 1]], None)])
    >>> below, above = Subtree.root(Problem.of(net)).children(in_order=True)
    >>> below.path, above.path, [child.path for child in above.children(in_order=True)]
    ('-0', '+0', ['+0-1', '+0+1'])
    >>> Subtree.at(Problem.of(net), "+0").inner.domain
    Domain.from_inequalities(2, [((1, 0), 0, '>')])
    """

    problem: Problem
    domain: Domain
    layer: int
    rows: LayerRows
    before: bytes = b""
    cuts: tuple[tuple[int, int], ...] = ()
    done: str = ""  # the path of the layers before

    @classmethod
    def root(cls, problem: Problem) -> Subtree:
        """Return the subtree of all configurations."""
        return cls(problem, problem.domain, 0, LayerRows(Preactivations.of_first_layer(problem.network)))

    @classmethod
    def at(cls, problem: Problem, path: str) -> Subtree:
        """Return the subtree of a path."""
        return cls.root(problem).below(path)

    def below(self, path: str) -> Subtree:
        """Return the subtree of a path that begins here, at the root."""
        found = self
        *layers, last = path.split("|")
        for text in layers:
            cuts, _, bits = text.partition(":")
            found = found.with_cuts(cuts).entering([int(bit) for bit in bits])
        return found.with_cuts(last)

    @property
    def path(self) -> str:
        """The decisions as a text: ``+3-17`` for bit 1 at neuron 3 and bit 0 at neuron 17 of a layer.

        Layers are separated by ``|``; after those that are decided stand all their bits.
        """
        return self.done + "".join(f"{'-+'[bit]}{neuron}" for neuron, bit in self.cuts)

    def with_cuts(self, cuts: str) -> Subtree:
        """Return the subtree with the decisions of a text in its layer."""
        found = self
        for sign, neuron in _TOKEN.findall(cuts):
            found = found.child(int(neuron), int(sign == "+"))
        return found

    @property
    def activation(self) -> Activation | None:
        """The activation of the layer that is being decided; None after the last."""
        activations = self.problem.network.activations
        return activations[self.layer] if self.layer < len(activations) else None

    @cached_property
    def inside(self) -> Point:
        """A point in the relative interior of the domain, which has points."""
        point = self.domain.interior_point
        if point is None:
            raise ArithmeticError("a subtree without points")
        return point

    # the subtree as a problem -----------------------------------------------------------------------

    @cached_property
    def inner(self) -> Problem:
        """The problem whose configurations are those of the subtree, less what is decided."""
        network, activation = self.problem.network, self.activation
        layers = (
            (self.rows.y.affine_map(), *network.layers[self.layer + 1 :]) if self.layer else network.layers
        )
        if activation is None:
            return Problem(Network((layers[0],)), self.domain, self.problem.reading)
        slopes = list(activation.slopes)
        for neuron, bit in self.cuts:
            slopes[neuron] = (slopes[neuron][bit],) * 2
        activations = (Activation(tuple(slopes)), *network.activations[self.layer + 1 :])
        smaller = Network(layers, activations=activations)
        return Problem(composed(smaller), self.domain, self.problem.reading)

    def with_decided(self, bits: bytes) -> bytes:
        """Return the bits of a configuration of the problem for those of one of `inner`."""
        activation = self.activation
        if activation is None:
            return self.before
        cuts, own = dict(self.cuts), iter(bits)
        here = bytes(cuts[i] if i in cuts else next(own) for i in activation.bent)
        return self.before + here + bytes(own)

    # dividing ---------------------------------------------------------------------------------------

    def children(self, *, in_order: bool) -> tuple[Subtree, ...]:
        """Return the two halves of the subtree, none if it has one configuration, or no points.

        ``in_order``: the halves are cut at the first neuron that has two sides, and come sorted; else at one
        that passes near the middle, so that they are more alike.
        """
        if self.domain.interior_point is None:
            return ()
        here: Subtree | None = self
        while here is not None and here.activation is not None:
            neuron = here.two_sided(in_order=in_order)
            if neuron is not None:
                return here.child(neuron, 0), here.child(neuron, 1)
            here = here.decided()
        return ()

    def two_sided(self, *, in_order: bool) -> int | None:
        """Return a neuron of the layer whose sides both have points, None if there is none."""
        activation = self.activation
        if activation is None:
            return None
        cut = dict(self.cuts)
        neurons = [i for i in activation.bent if i not in cut]
        if in_order:
            last = max(cut, default=-1)
            neurons = [i for i in neurons if i > last]
        else:
            middle = self._in_the_middle(neurons)
            if middle is not None:
                return middle
        return next(filter(self._has_two_sides, neurons), None)

    def _in_the_middle(self, neurons: list[int]) -> int | None:
        """Return a neuron that parts the points of a sample, None if none of the first ones really does."""
        from exactrelu.enumeration.middle_neurons import middle_neurons

        proposals = middle_neurons(neurons, self.rows.doubles, self.domain.rows, self.inside)
        for neuron, below, above in islice(proposals, _PROPOSALS):
            row = self.rows.exact[neuron]
            if _value(row, below) < 0 < _value(row, above) and all(map(self.domain.contains, (below, above))):
                return neuron
        return None

    def _has_two_sides(self, neuron: int) -> bool:
        """Whether the cell has points on both sides: on one it has, by the point inside."""
        from exactrelu.polyhedra.linear_program import feasible_point

        row, reading = self.rows.exact[neuron], self.problem.reading
        value = _value(row, self.inside)
        if reading is Reading.CLOSED and not value:
            return True
        if not any(row[:-1]):
            return False
        bit = int(value <= 0)
        if self.domain.dimension <= _FEW_INPUTS:
            furthest = self._furthest(row if bit else tuple(-entry for entry in row))
            if furthest or self._row(neuron, bit).relation is Relation.GREATER:
                return furthest > 0  # the domain is dense in its closure
        other = self._row(neuron, bit)
        return feasible_point(self.domain.dimension, (*self.domain.rows, other)) is not None

    @cached_property
    def _corners(self) -> tuple[list[IntegerRow], list[IntegerRow]]:
        """The generators of the domain's closure (x, t): points, t > 0, and rays, t = 0, a line being two."""
        found = self.domain.closure.generators()
        places = [IntegerPoint.of(point) for point in found.points]
        back = [tuple(-entry for entry in line) for line in found.lines]
        rays = [(*ray, 0) for ray in (*found.rays, *found.lines, *back)]
        return [(*place.numerators, place.denominator) for place in places], rays

    def _furthest(self, row: IntegerRow) -> int:
        """Return the sign of the largest value of a functional on the domain's closure."""
        points, rays = self._corners
        if any(_dot(row, ray) > 0 for ray in rays):
            return 1
        largest = max(_dot(row, corner) for corner in points)
        return (largest > 0) - (largest < 0)

    def _row(self, neuron: int, bit: int) -> Row:
        row = self.rows.exact[neuron]
        relation = self.problem.reading.relations[bit]
        is_strict = relation in (Relation.GREATER, Relation.LESS)
        entries = row if bit else tuple(-entry for entry in row)
        return Row(entries, Relation.GREATER if is_strict else Relation.AT_LEAST)

    def child(self, neuron: int, bit: int) -> Subtree:
        """Return the subtree on one side of a neuron."""
        row = self._row(neuron, bit)
        if self.problem.reading is Reading.FULL and not bit:
            row = row.relaxed  # the same full cells, and y <= 0 is what their bit says
        *normal, offset = map(Fraction, row.entries)
        constraint = LinearConstraint(tuple(normal), offset, row.relation)
        domain = Domain(self.domain.dimension, (*self.domain.constraints, constraint))
        cuts = (*self.cuts, (neuron, bit))
        return Subtree(self.problem, domain, self.layer, self.rows, self.before, cuts, self.done)

    def decided(self) -> Subtree | None:
        """Return the subtree at the next layer, where every neuron of this one has one side or is cut."""
        activation = self.activation
        if activation is None:
            return None
        cuts = dict(self.cuts)
        bits = [
            cuts[i] if i in cuts else int(_value(self.rows.exact[i], self.inside) > 0)
            for i in activation.bent
        ]
        return self.entering(bits)

    def entering(self, bits: list[int]) -> Subtree:
        """Return the subtree at the next layer, given the bits of this one."""
        y = self.rows.y.next_layer(self.problem.network, self.layer + 1, bits)
        done = f"{self.path}:{''.join(map(str, bits))}|"
        return Subtree(
            self.problem, self.domain, self.layer + 1, LayerRows(y), self.before + bytes(bits), (), done
        )


def _dot(one: IntegerRow, two: IntegerRow) -> int:
    return sum(a * b for a, b in zip(one, two, strict=True))


def _value(row: IntegerRow, point: Point) -> Fraction:
    return sum((a * x for a, x in zip(row, point, strict=False) if a), Fraction(row[-1]))
