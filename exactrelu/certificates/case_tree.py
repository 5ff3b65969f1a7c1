"""From the sorted stream of configurations to the case tree that proves it.

An engine says which configurations there are, with a point of each; nothing else of its work is used. The
tree is built on these: a node splits its configurations by the bit of one neuron, a branch without any is
an excluded leaf, and its multipliers are found afterwards, for a whole block at once. Within a layer the
neurons may come in any order, so those that have one sign on a whole cell are excluded there, once, and not
again in every part of it.

Memory stays flat: configurations are taken in blocks that are subtrees of the tree in the networks' own
order; above the blocks neurons are split in that order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, islice, pairwise
from typing import NamedTuple

from exactrelu.certificates.joint import JointNetwork
from exactrelu.certificates.multipliers import Question, RowTable
from exactrelu.networks.preactivations import Preactivations
from exactrelu.networks.reading import Reading
from exactrelu.numbers.linear_algebra import IntegerRow, reduce_modulo
from exactrelu.polyhedra.constraints import Relation

BLOCK = 4096


class Witness(NamedTuple):
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
        self.points = [self.table.add_point(one.point) for one in run]
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
        return self.points[best]

    def wrong(
        self, path: PathRows, length: int, neuron: tuple[IntegerRow, int, int], bit: int, point: int
    ) -> Excluded:
        """Return the leaf that shows that a neuron's bit is not the other one.

        Its path has ``length`` rows; those beyond ``path`` are implied by it.
        """
        row = neuron[1] if bit else neuron[2]
        return Excluded(Question(path.rows, path.positions, length, point, row, self.strict[bit]))


class _Group(NamedTuple):
    """A node: the numbers of its configurations, its undecided neurons, its path, its layer."""

    members: list[int]
    undecided: list[int]
    path: PathRows
    layer: Layer


def case_tree(
    joint: JointNetwork, rules: Rules, found: Iterable[Witness]
) -> Iterator[tuple[Block, list[Event]]]:
    """Yield the nodes and leaves of the tree in preorder, in lists that share a table.

    ``found`` are all configurations that count, sorted by their bits, at least one.
    """
    before: tuple[int, Witness] | None = None
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


def _runs(found: Iterable[Witness], size: int) -> Iterator[tuple[int, list[Witness]]]:
    """Cut the stream into runs, each of which is everything with one prefix; yield its length with it."""
    stream, waiting, before = iter(found), list[Witness](), b""
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


def _descent(block: Block, bits: bytes, length: int) -> Iterator[tuple[int, PathRows, Layer]]:
    """Yield (neuron, path before it, layer) along the first ``length`` bits, then where the block begins."""
    joint, path, maps, position = block.joint, block.root, block.joint.first(), 0
    layer = Layer(0, maps, [])
    for number, width in enumerate(joint.widths, start=1):
        if number > 1:
            start, stop = block.starts[number - 2 : number]
            maps = joint.after(maps, number - 1, tuple(bits[start:stop]))
        layer = block.layer(number, maps)
        for i in range(width):
            yield i, path, layer
            if position == length:
                return
            row, low, high = layer.neurons[i]
            if bits[position] or not block.rules.vanishes(row):
                path = path.with_row(high if bits[position] else low)
            position += 1
    yield len(layer.neurons), path, layer


def _opening(block: Block, length: int, before: tuple[int, Witness] | None) -> tuple[_Group, list[Event]]:
    """Return where the block begins, and the nodes that lead there from where the one before ended."""
    bits, events = block.run[0].bits, list[Event]()
    common = _shared(before[1].bits, bits) if before else -1
    steps = list(_descent(block, bits, length))
    for position, (i, path, layer) in enumerate(steps[:-1]):
        if position <= common:
            continue
        neuron = layer.neurons[i]
        if not bits[position] and block.rules.vanishes(neuron[0]):
            events.append(block.zero(layer.number, i, neuron[0]))
            continue
        events.append(block.splits[layer.number - 1][i])
        if bits[position]:
            events.append(block.wrong(path, path.length, neuron, 1, block.point(range(len(block.run)))))
    i, path, layer = steps[-1]
    return _Group(list(range(len(block.run))), list(range(i, len(layer.neurons))), path, layer), events


def _closing(block: Block, length: int, last: Witness, following: Witness | None) -> list[Event]:
    """Return the leaves of the second children that the last block's path leaves without configuration."""
    common = _shared(last.bits, following.bits) if following else -1
    point, events = block.table.add_point(last.point), list[Event]()
    for position, (i, path, layer) in enumerate(_descent(block, last.bits, length)):
        if common < position < length and not last.bits[position]:
            neuron = layer.neurons[i]
            if not block.rules.vanishes(neuron[0]):
                events.append(block.wrong(path, path.length, neuron, 0, point))
    return events[::-1]


# inside a block: neurons of one sign first ------------------------------------------------------------


def _subtree(block: Block, start: _Group) -> list[Event]:
    """Return the nodes and leaves below a node in preorder."""
    events: list[Event] = []
    stack: list[_Group | list[Event]] = [start]  # a list holds the leaves that follow a subtree
    while stack:
        top = stack.pop()
        if isinstance(top, list):
            events += top
        elif top.undecided:
            _split(block, top, events, stack)
        else:
            _next_layer(block, top, events, stack)
    return events


def _split(block: Block, group: _Group, events: list[Event], stack: list[_Group | list[Event]]) -> None:
    """Exclude what has one sign on the whole cell, and split at a neuron that has both."""
    members, undecided, path, layer = group
    ints, splits = block.ints[layer.number - 1], block.splits[layer.number - 1]
    every = some = ints[members[0]]  # one byte a neuron
    for m in members:
        every &= ints[m]
        some |= ints[m]
    point, length = block.point(members), path.length
    after: list[Event] = []
    mixed: list[int] = []
    for i in undecided:
        neuron = layer.neurons[i]
        if every >> 8 * i & 1:
            events.append(splits[i])
            events.append(block.wrong(path, length, neuron, 1, point))
        elif some >> 8 * i & 1:
            mixed.append(i)
            continue
        elif block.rules.vanishes(neuron[0]):
            events.append(block.zero(layer.number, i, neuron[0]))
            continue
        else:
            events.append(splits[i])
            after.append(block.wrong(path, length, neuron, 0, point))
        length += 1
    if after:
        stack.append(after[::-1])
    path = PathRows(length, path.rows, path.positions)
    if not mixed:
        stack.append(_Group(members, mixed, path, layer))
        return
    chosen = _most_even(ints, members, mixed)
    mixed.remove(chosen)
    _, low, high = layer.neurons[chosen]
    events.append(splits[chosen])
    bit = 8 * chosen
    stack.append(_Group([m for m in members if ints[m] >> bit & 1], mixed, path.with_row(high), layer))
    stack.append(_Group([m for m in members if not ints[m] >> bit & 1], mixed, path.with_row(low), layer))


def _most_even(ints: list[int], members: list[int], mixed: list[int]) -> int:
    """Return the neuron that splits a sample of the configurations most evenly: such trees are small."""
    if len(members) == 2:
        return mixed[0]
    sample = [ints[m] for m in members[:: 1 + len(members) // 64]]
    half = len(sample)

    def unevenness(i: int) -> int:
        bit = 8 * i
        return abs(2 * sum([value >> bit & 1 for value in sample]) - half)

    return min(mixed, key=unevenness)


def _next_layer(block: Block, group: _Group, events: list[Event], stack: list[_Group | list[Event]]) -> None:
    """Go on to the next layer, or end in the leaf."""
    member, number, joint = group.members[0], group.layer.number, block.joint
    found = block.run[member]

    def maps() -> tuple[Preactivations, ...]:
        if number == 0:
            return group.layer.maps
        start, stop = block.starts[number - 1 : number + 1]
        return joint.after(group.layer.maps, number, tuple(found.bits[start:stop]))

    if number == joint.depth:
        events.append(Leaf(found, group.path, block.points[member], maps))
        return
    layer = block.layer(number + 1, maps())
    stack.append(_Group(group.members, list(range(len(layer.neurons))), group.path, layer))
