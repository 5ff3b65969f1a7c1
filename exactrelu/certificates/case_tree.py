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

from collections.abc import Iterable, Iterator

from exactrelu.certificates.joint import JointNetwork
from exactrelu.certificates.tree_blocks import (
    Block,
    Event,
    Group,
    Leaf,
    PathRows,
    Rules,
    Witness,
    WitnessBlock,
)
from exactrelu.certificates.tree_runs import closing, opening, runs
from exactrelu.networks.preactivations import Preactivations

BLOCK = 4096


def case_tree(
    joint: JointNetwork, rules: Rules, found: Iterable[WitnessBlock]
) -> Iterator[tuple[Block, list[Event]]]:
    """Yield the nodes and leaves of the tree in preorder, in lists that share a table.

    ``found`` are all configurations that count, sorted by their bits, at least one.
    """
    before: tuple[int, Witness] | None = None
    for length, run in runs(found, BLOCK):
        block = Block(joint, rules, list(run))
        events = closing(block, *before, run[0]) if before else []
        start, above = opening(block, length, before)
        events += above
        events += _subtree(block, start)
        before = (length, run[-1])
        yield block, events
    if before:
        block = Block(joint, rules, [before[1]])
        yield block, closing(block, *before, None)


def _subtree(block: Block, start: Group) -> list[Event]:
    """Return the nodes and leaves below a node in preorder."""
    events: list[Event] = []
    stack: list[Group | list[Event]] = [start]  # a list holds the leaves that follow a subtree
    while stack:
        top = stack.pop()
        if isinstance(top, list):
            events += top
        elif top.undecided:
            _split(block, top, events, stack)
        else:
            _next_layer(block, top, events, stack)
    return events


def _split(block: Block, group: Group, events: list[Event], stack: list[Group | list[Event]]) -> None:
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
        stack.append(Group(members, mixed, path, layer))
        return
    chosen = _most_even(ints, members, mixed)
    mixed.remove(chosen)
    _, low, high = layer.neurons[chosen]
    events.append(splits[chosen])
    bit = 8 * chosen
    stack.append(Group([m for m in members if ints[m] >> bit & 1], mixed, path.with_row(high), layer))
    stack.append(Group([m for m in members if not ints[m] >> bit & 1], mixed, path.with_row(low), layer))


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


def _next_layer(block: Block, group: Group, events: list[Event], stack: list[Group | list[Event]]) -> None:
    """Go on to the next layer, or end in the leaf."""
    member, number, joint = group.members[0], group.layer.number, block.joint
    found = block.run[member]

    def maps() -> tuple[Preactivations, ...]:
        if number == 0:
            return group.layer.maps
        start, stop = block.starts[number - 1 : number + 1]
        return joint.after(group.layer.maps, number, tuple(found.bits[start:stop]))

    if number == joint.depth:
        events.append(Leaf(found, group.path, block.point_of(member), maps))
        return
    layer = block.layer(number + 1, maps())
    stack.append(Group(group.members, list(range(len(layer.neurons))), group.path, layer))
