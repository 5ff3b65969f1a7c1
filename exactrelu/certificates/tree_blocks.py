"""What a case tree is made of: configurations, nodes and leaves, and blocks that share a table of rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from exactrelu.certificates.joint import JointNetwork
from exactrelu.certificates.multipliers import Question, RowTable
from exactrelu.networks.preactivations import Preactivations
from exactrelu.networks.reading import Reading
from exactrelu.numbers.linear_algebra import IntegerRow, reduce_modulo
from exactrelu.polyhedra.constraints import Relation


class Witness(Protocol):
    """A configuration: a reached leaf of an engine is one."""

    @property
    def bits(self) -> bytes:
        """Its bits in order, one byte each."""
        ...

    @property
    def dimension(self) -> int:
        """The dimension of its cell."""
        ...

    def point(self) -> Sequence[Fraction]:
        """Return a point in the relative interior of its cell."""
        ...


class WitnessBlock(Protocol):
    """Some configurations, sorted; a block of leaves of an engine is one."""

    @property
    def bits(self) -> npt.NDArray[np.uint8]:
        """Their bits, 0 or 1: shape (configurations, neurons with a bit)."""
        ...

    def leaf(self, number: int) -> Witness:
        """Return one of them."""
        ...


class OwnWitness(NamedTuple):
    """A configuration with bits or a point of its own."""

    bits: bytes
    dimension: int
    point: Callable[[], Sequence[Fraction]]


class Split(NamedTuple):
    """An inner node: layer (from 1) and neuron (from 0)."""

    layer: int
    neuron: int


class Zero(NamedTuple):
    """A node whose pre-activation vanishes on aff D, with its row."""

    layer: int
    neuron: int
    row: IntegerRow


class Excluded(NamedTuple):
    """A leaf without configuration: the question whose answer refutes it."""

    question: Question


def excluded_kind(reading: Reading) -> str:
    """Return how a leaf without configuration is called on a domain with points."""
    return "thin" if reading is Reading.FULL else "impossible"


class PathRows(NamedTuple):
    """The rows of a path: how many, and those that the others do not imply, by number and position."""

    length: int
    rows: tuple[int, ...]
    positions: tuple[int, ...]

    def with_row(self, number: int) -> PathRows:
        """Return the path one row longer."""
        return PathRows(self.length + 1, (*self.rows, number), (*self.positions, self.length))

    def refuting(self, row: int, point: int, *, strict: bool, relaxed: bool = False) -> Question:
        """Return the question why the cell and one more row have no common point."""
        return Question(self.rows, self.positions, self.length, point, row, strict, relaxed)


class Leaf(NamedTuple):
    """A reached leaf: configuration, path, number of its point, and how to get each network's map."""

    found: Witness
    path: PathRows
    point: int
    maps: Callable[[], tuple[Preactivations, ...]]


Event = Split | Zero | Excluded | Leaf


@dataclass(frozen=True)
class Rules:
    """What a reading and a domain say about the rows of a tree."""

    reading: Reading
    domain: tuple[tuple[IntegerRow, Relation, Relation], ...]
    equations: tuple[IntegerRow, ...]  # echelon form; `full` only

    @property
    def active(self) -> Relation:
        """The relation of y to 0 in the second child."""
        return self.reading.relations[1]

    @property
    def inactive(self) -> Relation:
        """The relation of -y to 0 in the first child."""
        return self.reading.relations[0].mirrored

    def vanishes(self, row: IntegerRow) -> bool:
        """Return whether y is zero on aff D, so that `full` does not split there."""
        if self.reading is not Reading.FULL:
            return False
        return not any(reduce_modulo(row, self.equations) if self.equations else row)


class Layer(NamedTuple):
    """A layer on a cell where it is affine: of each neuron with a bit its row, the numbers of -y and y."""

    number: int
    maps: tuple[Preactivations, ...]
    neurons: list[tuple[IntegerRow, int, int]]


class Block:
    """A run of configurations that is a subtree, with the table of its rows and points."""

    def __init__(self, joint: JointNetwork, rules: Rules, run: Sequence[Witness]) -> None:
        self.joint, self.rules, self.run = joint, rules, run
        self.table = RowTable(joint.function.inputs)
        self._points: dict[int, int] = {}
        self.starts = [0, *accumulate(joint.widths)]
        self.ints = [
            [int.from_bytes(one.bits[start:stop], "little") for one in run]
            for start, stop in pairwise(self.starts)
        ]
        self.of_one_dimension = len({one.dimension for one in run}) == 1
        self.splits = [[Split(k, i) for i in numbers] for k, numbers in enumerate(joint.numbers, start=1)]
        self.strict = (rules.active is Relation.GREATER, rules.inactive is Relation.GREATER)
        numbers = [self.table.add(*row) for row in rules.domain]
        self.root = PathRows(len(numbers), tuple(numbers), tuple(numbers))

    def layer(self, number: int, maps: tuple[Preactivations, ...]) -> Layer:
        """Return a layer, given each network's pre-activations."""
        add, rules = self.table.add, self.rules
        neurons = [
            (row, add(tuple([-entry for entry in row]), rules.inactive), add(row, rules.active))
            for row in self.joint.neurons(maps, number)
        ]
        return Layer(number, maps, neurons)

    def zero(self, layer: int, i: int, row: IntegerRow) -> Zero:
        """Return the node of the i-th neuron with a bit of a layer, whose pre-activation vanishes."""
        return Zero(*self.splits[layer - 1][i], row)

    def point(self, members: Sequence[int]) -> int:
        """Return the number of a point in the relative interior of the cell that the members fill."""
        best = members[0]
        if not self.of_one_dimension:
            best = max(members, key=lambda m: self.run[m].dimension)
        return self.point_of(best)

    def point_of(self, member: int) -> int:
        """Return the number of a member's point."""
        if member not in self._points:
            self._points[member] = self.table.add_point(self.run[member].point())
        return self._points[member]

    def wrong(
        self, path: PathRows, length: int, neuron: tuple[IntegerRow, int, int], bit: int, point: int
    ) -> Excluded:
        """Return the leaf that shows that a neuron's bit is not the other one.

        Its path has ``length`` rows; those beyond ``path`` are implied by it.
        """
        row = neuron[1] if bit else neuron[2]
        return Excluded(Question(path.rows, path.positions, length, point, row, self.strict[bit]))


class Group(NamedTuple):
    """A node: the numbers of its configurations, its undecided neurons, its path, its layer."""

    members: list[int]
    undecided: list[int]
    path: PathRows
    layer: Layer
