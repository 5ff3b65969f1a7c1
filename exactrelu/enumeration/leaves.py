"""Leaves of the case tree: the common protocol of all engines.

An engine proves "these are all the configurations" by a tree over cells. An inner node splits the cell
at one neuron; each child adds one relation of that neuron's pre-activation to zero:

=========== =========================================
reading     children, in this order
=========== =========================================
half-open   ``<=`` (bit 0) and ``>`` (bit 1)
closed      ``<=`` (bit 0) and ``>=`` (bit 1)
full        ``<`` (bit 0), ``=`` (bit 0), ``>`` (bit 1)
=========== =========================================

In ``full`` the ``=`` child is taken when the pre-activation vanishes on the whole cell, and both others
are thin then; otherwise its points have lower dimension and it has no leaf. Leaves are yielded in
depth-first order, children in the order of the table, so reached leaves come sorted by configuration.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from exactrelu.enumeration.problem import Problem
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.preactivations import Preactivations, layerwise
from exactrelu.networks.reading import Reading
from exactrelu.networks.region import Region
from exactrelu.numbers.linear_algebra import primitive
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.farkas import InfeasibilityProof, prove_infeasible
from exactrelu.polyhedra.polyhedron import Polyhedron

# The path from the root, one character a neuron in the network's order: compact, and cheap to extend.
CODES = {
    Relation.LESS: "<",
    Relation.AT_MOST: "≤",
    Relation.EQUAL: "=",
    Relation.AT_LEAST: "≥",
    Relation.GREATER: ">",
}
_RELATIONS = {code: relation for relation, code in CODES.items()}
_BITS = str.maketrans({"<": "0", "≤": "0", "=": "0", "≥": "1", ">": "1"})
_VALUES = bytes.maketrans(b"01", b"\x00\x01")


class Step(NamedTuple):
    """One edge of the tree: the relation of pre-activation ``neuron`` (from 0) of ``layer`` (from 1) to 0."""

    layer: int
    neuron: int
    relation: Relation


class Exclusion(StrEnum):
    """Why a branch holds no configuration."""

    IMPOSSIBLE = "impossible"  # the set is empty
    THIN = "thin"  # reading `full`: its points, if any, do not fill the domain's dimension


class Reached:
    """A leaf that is a configuration.

    ``dimension`` is that of the cell; `region` gives everything else, computed when asked for, and
    `point` a witness alone, which may be cheaper. An engine passes functions that compute the closure,
    (y_1, ..., y_L) on the cell of a configuration, and the witness.
    """

    __slots__ = ("_closure", "_maps", "_point", "dimension", "path", "problem")

    def __init__(
        self,
        problem: Problem,
        path: str,
        dimension: int,
        closure: Callable[[], Polyhedron],
        maps: Callable[[Configuration], tuple[Preactivations, ...]],
        point: Callable[[], Point] | None = None,
    ) -> None:
        self.problem = problem
        self.path = path
        self.dimension = dimension
        self._closure = closure
        self._maps = maps
        self._point = point

    @property
    def configuration(self) -> Configuration:
        """The configuration of the leaf."""
        return Configuration.from_bits(self.path.translate(_BITS), self.problem.network.bent_widths)

    @property
    def bits(self) -> bytes:
        """The bits of the configuration in order, one byte (0 or 1) a neuron."""
        return self.path.translate(_BITS).encode().translate(_VALUES)

    @property
    def steps(self) -> list[Step]:
        """The path from the root."""
        return _steps(self.problem, self.path)

    def affine_map(self) -> AffineMap:
        """Return the affine map of the problem's network on the cell."""
        return self._maps(self.configuration)[-1].affine_map()

    def region(self) -> Region:
        """Return the cell with its geometry and affine map."""
        configuration = self.configuration
        return Region(
            self.problem.network,
            self.problem.domain,
            self.problem.reading,
            configuration,
            self._closure(),
            self._maps(configuration),
            self.dimension,
        )

    def point(self) -> Point:
        """Return a point in the relative interior of the cell."""
        return self._closure().relative_interior_point() if self._point is None else self._point()


@dataclass(frozen=True)
class Excluded:
    """A leaf that holds no configuration, with the proof of it."""

    problem: Problem
    path: str

    @property
    def kind(self) -> Exclusion:
        """THIN in the ``full`` reading, else IMPOSSIBLE."""
        thin = self.problem.reading is Reading.FULL and bool(self.path)
        return Exclusion.THIN if thin else Exclusion.IMPOSSIBLE

    @property
    def steps(self) -> list[Step]:
        """The path from the root."""
        return _steps(self.problem, self.path)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The system that has no solution: the domain's rows, then one for each step.

        A step ``<`` or ``<=`` stands with the negated pre-activation. In ``full`` the domain's rows
        stay as they are given: an open set that meets a convex set meets its relative interior,
        so this system is infeasible exactly if the all-strict one is.
        """
        bits = self.path.translate(_BITS)
        network = self.problem.network
        widths = network.bent_widths
        configuration = Configuration.from_bits(bits.ljust(sum(widths), "0"), widths)
        layers = [
            activation.bent_of(y.integer_rows())
            for activation, y in zip(network.activations, layerwise(network, configuration), strict=False)
        ]
        path_rows = (_row(layers[step.layer - 1][step.neuron], step.relation) for step in self.steps)
        return (*self.problem.domain.rows, *path_rows)

    def proof(self) -> InfeasibilityProof:
        """Return Motzkin multipliers on `rows` (computed on demand, exactly)."""
        return prove_infeasible(self.problem.network.inputs, self.rows)


Leaf = Reached | Excluded


def _steps(problem: Problem, path: str) -> list[Step]:
    neurons = ((k, i) for k, width in enumerate(problem.network.bent_widths, start=1) for i in range(width))
    return [Step(k, i, _RELATIONS[code]) for (k, i), code in zip(neurons, path, strict=False)]


def _row(entries: tuple[int, ...], relation: Relation) -> Row:
    if relation in (Relation.LESS, Relation.AT_MOST):
        entries = tuple(-entry for entry in entries)
        relation = Relation.GREATER if relation is Relation.LESS else Relation.AT_LEAST
    return Row(primitive(entries), relation)
