"""Configurations in runs that are subtrees, and what of a case tree lies above them.

Memory stays flat: configurations are taken in runs, each of which is everything with one prefix of bits.
Above these neurons are split in the networks' own order.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import islice

from exactrelu.certificates.tree_blocks import Block, Event, Group, Layer, PathRows, Witness


def runs(found: Iterable[Witness], size: int) -> Iterator[tuple[int, list[Witness]]]:
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
        stop = bisect_right(waiting, first[:length], key=lambda one: one.bits[:length])
        yield length, waiting[:stop]
        before, waiting = waiting[stop - 1].bits, waiting[stop:]


def _shared(one: bytes, two: bytes) -> int:
    """Return the length of the longest common prefix."""
    return next((i for i, (a, b) in enumerate(zip(one, two, strict=True)) if a != b), len(one))


def descent(block: Block, bits: bytes, length: int) -> Iterator[tuple[int, PathRows, Layer]]:
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


def opening(block: Block, length: int, before: tuple[int, Witness] | None) -> tuple[Group, list[Event]]:
    """Return where the block begins, and the nodes that lead there from where the one before ended."""
    bits, events = block.run[0].bits, list[Event]()
    common = _shared(before[1].bits, bits) if before else -1
    steps = list(descent(block, bits, length))
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
    return Group(list(range(len(block.run))), list(range(i, len(layer.neurons))), path, layer), events


def closing(block: Block, length: int, last: Witness, following: Witness | None) -> list[Event]:
    """Return the leaves of the second children that the last block's path leaves without configuration."""
    common = _shared(last.bits, following.bits) if following else -1
    point, events = block.table.add_point(last.point()), list[Event]()
    for position, (i, path, layer) in enumerate(descent(block, last.bits, length)):
        if common < position < length and not last.bits[position]:
            neuron = layer.neurons[i]
            if not block.rules.vanishes(neuron[0]):
                events.append(block.wrong(path, path.length, neuron, 0, point))
    return events[::-1]
