"""Configurations in runs that are subtrees, and what of a case tree lies above them.

Memory stays flat: configurations are taken in runs, each of which is everything with one prefix of bits.
Above these neurons are split in the networks' own order.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import numpy as np
import numpy.typing as npt

from exactrelu.certificates.tree_blocks import Block, Event, Group, Layer, PathRows, Witness, WitnessBlock
from exactrelu.errors import ArgumentError


class Run(Sequence[Witness]):
    """Configurations with the same first bits, in order, each a witness when somebody asks for it.

    ``bits`` has the shape (configurations, neurons with a bit).
    """

    def __init__(self, blocks: Sequence[tuple[WitnessBlock, int]], bits: npt.NDArray[np.uint8]) -> None:
        """Take in bits, and blocks with the number, in the run, of what is first in each: maybe negative."""
        self._blocks, self.bits = blocks, bits

    def __len__(self) -> int:
        return len(self.bits)

    @overload
    def __getitem__(self, number: int) -> Witness: ...

    @overload
    def __getitem__(self, number: slice) -> Sequence[Witness]: ...

    def __getitem__(self, number: int | slice) -> Witness | Sequence[Witness]:
        if isinstance(number, slice):
            return [self[i] for i in range(*number.indices(len(self)))]
        if not -len(self) <= number < len(self):
            raise IndexError(number)
        place = number % len(self)
        block, first = next((block, first) for block, first in reversed(self._blocks) if first <= place)
        return block.leaf(place - first)

    def cut(self, place: int) -> tuple[Run, Run]:
        """Return what is before a place, and the rest."""
        early = [(block, first) for block, first in self._blocks if first < place]
        late = [(block, first - place) for block, first in self._blocks if first + len(block.bits) > place]
        return Run(early, self.bits[:place]), Run(late, self.bits[place:])

    def with_block(self, block: WitnessBlock) -> Run:
        """Return the run with a block at its end."""
        bits = np.concatenate([self.bits, block.bits]) if len(self) else block.bits
        _require_order(bits[max(0, len(self) - 1) :])
        return Run([*self._blocks, (block, len(self))], bits)

    def text(self, number: int) -> bytes:
        """Return the bits of a configuration."""
        text: bytes = self.bits[number].tobytes()
        return text


def runs(blocks: Iterable[WitnessBlock], size: int) -> Iterator[tuple[int, Run]]:
    """Cut sorted configurations into runs, each of which is everything with one prefix.

    Yield the length of the prefix with it. Runs have about ``size`` configurations at most, where that is
    possible.

    Raises
    ------
    ArgumentError
        If there are none, or in another order.
    """
    stream, before = iter(blocks), b""
    waiting = Run([], np.zeros((0, 0), dtype=np.uint8))
    seen = False
    while True:
        while len(waiting) <= size and (block := next(stream, None)) is not None:
            waiting = waiting.with_block(block)
        if not len(waiting):
            if not seen:
                raise ArgumentError("configurations: expected at least one on a domain with points, got none")
            return
        seen = True
        first = waiting.text(0)
        length = _shared(before, first) + 1 if before else 0
        if len(waiting) > size:
            length = max(length, _shared(first, waiting.text(size)) + 1)
        prefix = first[:length]
        stop = bisect_right(range(len(waiting)), prefix, key=lambda i: waiting.text(i)[:length])
        run, rest = waiting.cut(stop)
        yield length, run
        before, waiting = run.text(-1), rest


def _require_order(bits: npt.NDArray[np.uint8]) -> None:
    """Raise `ArgumentError` unless configurations ascend."""
    keys = np.ascontiguousarray(bits).view(f"S{bits.shape[1]}")[:, 0] if bits.shape[1] else bits
    if len(bits) > 1 and (not bits.shape[1] or not (keys[:-1] < keys[1:]).all()):
        raise ArgumentError("configurations: expected each once, sorted by their bits, got another order")


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
