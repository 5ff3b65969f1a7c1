"""From the sorted list of configurations to the case tree that proves it.

An engine says which configurations there are, with a point of each; nothing else of its work is used. The
tree is built on these: a node splits its configurations by the bit of one neuron, a branch without any is
an excluded leaf, and its multipliers are found afterwards, for a whole block at once. Within a layer the
neurons may come in any order, so those that have one sign on a whole cell are excluded there, once, and not
again in every part of it.

Memory stays flat: configurations are taken in blocks that are subtrees of the tree in the networks' own
order; above the blocks neurons are split in that order.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, islice, pairwise
from typing import Any, NamedTuple

from exactrelu.certificates.joint import JointNetwork
from exactrelu.certificates.multipliers import Question, RowTable
from exactrelu.domain import Relation
from exactrelu.linear_algebra import IntegerRow, reduce_modulo
from exactrelu.preactivations import Preactivations
from exactrelu.reading import Reading

BLOCK = 4096


class Found(NamedTuple):
    """A configuration: its bits in order, a point in the relative interior of its cell, its dimension."""

    bits: bytes
    point: Sequence[Fraction]
    dimension: int


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


class Path(NamedTuple):
    """The rows of a path: how many, and those that the others do not imply, by number and position."""

    length: int
    rows: tuple[int, ...]
    positions: tuple[int, ...]

    def with_row(self, number: int) -> Path:
        """Return the path one row longer."""
        return Path(self.length + 1, (*self.rows, number), (*self.positions, self.length))

    def with_implied_row(self) -> Path:
        """Return the path one row longer, a row that the others imply."""
        return Path(self.length + 1, self.rows, self.positions)

    def refuting(self, row: int, point: int, *, strict: bool, relaxed: bool = False) -> Question:
        """Return the question why the cell and one more row have no common point."""
        return Question(self.rows, self.positions, self.length, point, row, strict, relaxed)


class Leaf(NamedTuple):
    """A reached leaf: configuration, path, number of its point, and how to get each network's map."""

    found: Found
    path: Path
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
        return Relation.AT_LEAST if self.reading is Reading.CLOSED else Relation.GREATER

    @property
    def inactive(self) -> Relation:
        """The relation of -y to 0 in the first child."""
        return Relation.GREATER if self.reading is Reading.FULL else Relation.AT_LEAST

    def vanishes(self, row: IntegerRow) -> bool:
        """Return whether y is zero on aff D, so that `full` does not split there."""
        return self.reading is Reading.FULL and not any(reduce_modulo(row, self.equations))


class Block:
    """A run of configurations that is a subtree, with the table of its rows and points."""

    def __init__(self, joint: JointNetwork, rules: Rules, run: Sequence[Found]) -> None:
        self.joint, self.rules, self.run = joint, rules, run
        self.table = RowTable(joint.function.inputs)
        self.points = [self.table.add_point(one.point) for one in run]
        self.starts = [0, *accumulate(joint.widths)]
        self.ints = [
            [int.from_bytes(one.bits[start:stop], "little") for one in run]
            for start, stop in pairwise(self.starts)
        ]
        self.strict = {0: rules.active is Relation.GREATER, 1: rules.inactive is Relation.GREATER}
        numbers = [self.table.add(*row) for row in rules.domain]
        self.root = Path(len(numbers), tuple(numbers), tuple(numbers))

    def neurons(self, maps: Sequence[Preactivations], layer: int) -> list[tuple[IntegerRow, int, int]]:
        """Return for each neuron of a layer its row, and the numbers of -y and y in the table."""
        add, rules = self.table.add, self.rules
        return [
            (row, add(tuple(-entry for entry in row), rules.inactive), add(row, rules.active))
            for row in self.joint.neurons(maps, layer)
        ]

    def wrong(self, path: Path, neuron: tuple[IntegerRow, int, int], bit: int, point: int) -> Excluded:
        """Return the leaf that shows that the neuron's bit is not the other one."""
        row = neuron[1] if bit else neuron[2]
        return Excluded(Question(path.rows, path.positions, path.length, point, row, self.strict[bit]))


class _Group(NamedTuple):
    """A node: numbers of its configurations, layer, undecided neurons, path, maps, the layer's neurons."""

    members: list[int]
    layer: int
    undecided: list[int]
    path: Path
    maps: tuple[Preactivations, ...]
    neurons: list[tuple[IntegerRow, int, int]]


def case_tree(
    joint: JointNetwork, rules: Rules, found: Iterable[Found]
) -> Iterator[tuple[Block, list[Event]]]:
    """Yield the nodes and leaves of the tree in preorder, in lists that share a table.

    ``found`` are all configurations that count, sorted by their bits, at least one.
    """
    before: tuple[int, Found] | None = None
    for length, run in _runs(found, BLOCK):
        block = Block(joint, rules, run)
        events = _closing(block, *before, run[0]) if before else []
        start, opening = _opening(block, length, before)
        events += opening
        events += _subtree(block, start)
        before = (length, run[-1])
        yield block, events
    if before:
        block = Block(joint, rules, [before[1]])
        yield block, _closing(block, *before, None)


def _runs(found: Iterable[Found], size: int) -> Iterator[tuple[int, list[Found]]]:
    """Cut the stream into runs, each of which is everything with one prefix; yield its length with it."""
    stream, waiting, before = iter(found), list[Found](), b""
    while True:
        waiting += islice(stream, size + 1 - len(waiting))
        if not waiting:
            return
        first = waiting[0].bits
        length = _shared(before, first) + 1 if before else 0
        if len(waiting) > size:
            length = max(length, _shared(first, waiting[-1].bits) + 1)
        stop = next((i for i, one in enumerate(waiting) if one.bits[:length] != first[:length]), len(waiting))
        yield length, waiting[:stop]
        before, waiting = waiting[stop - 1].bits, waiting[stop:]


def _shared(one: bytes, two: bytes) -> int:
    """Return the length of the longest common prefix."""
    return next((i for i, (a, b) in enumerate(zip(one, two, strict=True)) if a != b), len(one))


# above the blocks: neurons in their own order -------------------------------------------------------


def _descent(block: Block, bits: bytes, length: int) -> Iterator[tuple[int, int, Path, list[Any], Any]]:
    """Yield (layer, neuron, path before it, neurons of the layer, maps) along the first ``length`` bits.

    One more step is yielded: where the block itself begins.
    """
    joint, path, maps, position = block.joint, block.root, block.joint.first(), 0
    for layer, width in enumerate(joint.widths, start=1):
        if layer > 1:
            start = block.starts[layer - 2]
            maps = joint.after(maps, layer - 1, tuple(bits[start : block.starts[layer - 1]]))
        neurons = block.neurons(maps, layer)
        for i in range(width):
            yield layer, i, path, neurons, maps
            if position == length:
                return
            row, low, high = neurons[i]
            if bits[position] or not block.rules.vanishes(row):
                path = path.with_row(high if bits[position] else low)
            position += 1
    yield len(joint.widths), joint.widths[-1] if joint.widths else 0, path, [], maps


def _opening(block: Block, length: int, before: tuple[int, Found] | None) -> tuple[_Group, list[Event]]:
    """Return where the block begins, and the nodes that lead there from where the one before ended."""
    bits, events = block.run[0].bits, list[Event]()
    common = _shared(before[1].bits, bits) if before else -1
    steps = list(_descent(block, bits, length))
    for position, (layer, i, path, neurons, _) in enumerate(steps[:-1]):
        if position <= common:
            continue
        if not bits[position] and block.rules.vanishes(neurons[i][0]):
            events.append(Zero(layer, i, neurons[i][0]))
            continue
        events.append(Split(layer, i))
        if bits[position]:
            events.append(block.wrong(path, neurons[i], 1, block.points[0]))
    layer, i, path, neurons, maps = steps[-1]
    members = list(range(len(block.run)))
    return _Group(members, layer, list(range(i, len(neurons))), path, maps, neurons), events


def _closing(block: Block, length: int, last: Found, following: Found | None) -> list[Event]:
    """Return the leaves of the second children that the last block's path leaves without configuration."""
    common = _shared(last.bits, following.bits) if following else -1
    point, events = block.table.add_point(last.point), list[Event]()
    for position, (_, i, path, neurons, _) in enumerate(_descent(block, last.bits, length)):
        if common < position < length and not last.bits[position] and not block.rules.vanishes(neurons[i][0]):
            events.append(block.wrong(path, neurons[i], 0, point))
    return events[::-1]


# inside a block: neurons of one sign first ------------------------------------------------------------


def _subtree(block: Block, start: _Group) -> list[Event]:
    events: list[Event] = []
    stack: list[_Group | Event] = [start]
    while stack:
        top = stack.pop()
        if isinstance(top, _Group):
            stack += reversed(_expanded(block, top))
        else:
            events.append(top)
    return events


def _expanded(block: Block, group: _Group) -> list[_Group | Event]:
    """Return what a node becomes: excluded branches round a split, a leaf or the next layer."""
    members, undecided, path = group.members, group.undecided, group.path
    if not undecided:
        return [_next_layer(block, group)]
    ints = block.ints[group.layer - 1]
    every = functools.reduce(operator.and_, [ints[m] for m in members])  # one byte a neuron
    some = functools.reduce(operator.or_, [ints[m] for m in members])
    point = block.points[max(members, key=lambda m: block.run[m].dimension)]
    before: list[_Group | Event] = []
    after: list[_Group | Event] = []
    mixed: list[int] = []
    for i in undecided:
        neuron = group.neurons[i]
        if every >> 8 * i & 1:
            before += (Split(group.layer, i), block.wrong(path, neuron, 1, point))
        elif some >> 8 * i & 1:
            mixed.append(i)
            continue
        elif block.rules.vanishes(neuron[0]):
            before.append(Zero(group.layer, i, neuron[0]))
            continue
        else:
            before.append(Split(group.layer, i))
            after.append(block.wrong(path, neuron, 0, point))
        path = path.with_implied_row()
    return [*before, *_children(group, ints, mixed, path), *reversed(after)]


def _children(group: _Group, ints: list[int], mixed: list[int], path: Path) -> list[_Group | Event]:
    """Split at the neuron that cuts the configurations most evenly: an even tree has fewer leaves."""
    if not mixed:
        return [group._replace(undecided=[], path=path)]
    half = len(group.members)
    chosen = mixed[0]
    if half > 2:
        chosen = min(mixed, key=lambda i: abs(2 * sum(ints[m] >> 8 * i & 1 for m in group.members) - half))
    rest = [i for i in mixed if i != chosen]
    _, low, high = group.neurons[chosen]
    zeros = [m for m in group.members if not ints[m] >> 8 * chosen & 1]
    ones = [m for m in group.members if ints[m] >> 8 * chosen & 1]
    return [
        Split(group.layer, chosen),
        group._replace(members=zeros, undecided=rest, path=path.with_row(low)),
        group._replace(members=ones, undecided=rest, path=path.with_row(high)),
    ]


def _next_layer(block: Block, group: _Group) -> _Group | Event:
    member = group.members[0]
    found, joint = block.run[member], block.joint

    def maps() -> tuple[Preactivations, ...]:
        if group.layer == 0:
            return group.maps
        start, stop = block.starts[group.layer - 1 : group.layer + 1]
        return joint.after(group.maps, group.layer, tuple(found.bits[start:stop]))

    if group.layer == joint.depth:
        return Leaf(found, group.path, block.points[member], maps)
    following = maps()
    neurons = block.neurons(following, group.layer + 1)
    return _Group(group.members, group.layer + 1, list(range(len(neurons))), group.path, following, neurons)
