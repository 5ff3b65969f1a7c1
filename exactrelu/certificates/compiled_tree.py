"""Case trees through the compiled kernel: what it is told, and what fills the holes that it leaves.

The kernel writes the lines of a whole subtree from the bits of its configurations (`kernels/proof_tree.c`).
Where it cannot prove something in doubles and a few limbs it leaves a hole, which the road of `case_tree` and
`multipliers` fills; what lies above the blocks goes that road as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from ctypes import CDLL
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from exactrelu.certificates.document import Lines, excluded_text, reached_text
from exactrelu.certificates.joint import JointNetwork
from exactrelu.certificates.multipliers import answer
from exactrelu.certificates.tree_blocks import (
    Block,
    Event,
    Layer,
    OwnWitness,
    PathRows,
    Rules,
    Witness,
    WitnessBlock,
    excluded_kind,
)
from exactrelu.certificates.tree_runs import Run, closing, descent, opening, runs
from exactrelu.kernels.library import compiled
from exactrelu.networks.integer_layers import integer_layers
from exactrelu.networks.preactivations import Preactivations
from exactrelu.networks.reading import Reading
from exactrelu.polyhedra.constraints import Relation

if TYPE_CHECKING:  # they need NumPy
    from exactrelu.kernels.proof_tree import Hole, Start, TreeLayers

BLOCK, _FEWEST = 8192, 256
"""Configurations of a block, fewer where there are many neurons: a call lasts a fraction of a second."""
_BITS = 1 << 18  # of a block


@dataclass(frozen=True)
class CompiledTree:
    """What the kernel has to know of a tree."""

    library: CDLL
    joint: JointNetwork
    rules: Rules
    layers: TreeLayers

    @classmethod
    def of(cls, joint: JointNetwork, rules: Rules) -> CompiledTree | None:
        """Return it, None where the kernel cannot serve.

        So it is without kernels, for two networks side by side, trees that decide nothing, equations of the
        domain and numbers that are too long.
        """
        library = compiled()
        equal = any(Relation.EQUAL in relations for _, *relations in rules.domain)
        if library is None or len(joint.networks) > 1 or not sum(joint.widths) or equal:
            return None
        from exactrelu.kernels.proof_tree import TreeLayers, can_write_trees

        if not can_write_trees(library):
            return None
        network, rows = joint.networks[0], [row for row, _, _ in rules.domain]
        hidden = integer_layers(network.layers, network.activations[: joint.depth])
        layers = TreeLayers.of(network.inputs, hidden, rows)
        return None if layers is None else cls(library, joint, rules, layers)

    def written(self, found: Iterable[WitnessBlock]) -> Iterator[tuple[Block, list[Event]] | Lines]:
        """Yield the tree in preorder: nodes and leaves above the blocks, and the blocks.

        ``found`` are all configurations that count, sorted by their bits, at least one.
        """
        before: tuple[int, Witness] | None = None
        size = min(BLOCK, max(_FEWEST, _BITS // sum(self.joint.widths)))
        for length, run in runs(found, size):
            start = self._start(run.text(0), length)
            subtree = self._subtree(run, start)
            first, last = (_own_witness(run[end], subtree, end) for end in (0, -1))
            block = Block(self.joint, self.rules, [first])
            events = closing(block, *before, first) if before else []
            _, above = opening(block, length, before)
            yield block, events + above
            yield subtree
            before = (length, last)
        if before:
            block = Block(self.joint, self.rules, [before[1]])
            yield block, closing(block, *before, None)

    def _start(self, bits: bytes, length: int) -> Start:
        """Return where a block of configurations with the same first bits begins."""
        from exactrelu.kernels.proof_tree import Start

        block, decisions = Block(self.joint, self.rules, []), []
        steps = list(descent(block, bits, length))
        for bit, ((i, path, layer), (_, longer, _)) in zip(bits, pairwise(steps), strict=False):
            if longer.length > path.length:
                decisions.append((layer.number - 1, i, bit, path.length))
        first, path, layer = steps[-1]
        return Start(layer.number - 1, first, path.length, decisions)

    def _subtree(self, run: Run, start: Start) -> Lines:
        import numpy as np

        from exactrelu.kernels.proof_tree import Relations, written_subtree

        rules = self.rules
        bits = np.ascontiguousarray(run.bits)
        strict = [relation is Relation.GREATER for _, relation, _ in rules.domain]
        relations = Relations(rules.reading is Reading.FULL, rules.reading is Reading.CLOSED, strict)
        written = written_subtree(self.library, self.layers, relations, bits, start)
        text = written.text
        if written.holes:
            lines = text.split(b"\n")
            for line, filled in _Holes(self.joint, rules, run, written.holes).filled():
                lines[line] = filled
            text = b"\n".join(lines)
        return Lines(text, written.lines, written.reached, written.excluded, excluded_kind(rules.reading))


def _own_witness(one: Witness, subtree: Lines, end: int) -> Witness:
    """Return a configuration with the first (0) or last (-1) point of a subtree that it is in."""
    mark = b'{"reached":'
    start = subtree.text.index(mark) if end == 0 else subtree.text.rindex(mark)
    shown = json.loads(subtree.text[start + len(mark) : subtree.text.index(b"]", start) + 1])
    return OwnWitness(one.bits, one.dimension, lambda: tuple(map(Fraction, shown)))


class _Holes:
    """The holes of a block, filled with the exact road's means."""

    def __init__(self, joint: JointNetwork, rules: Rules, run: Run, holes: Sequence[Hole]) -> None:
        members = sorted({hole.member for hole in holes})
        self._block = Block(joint, rules, [run[m] for m in members])
        self._place = {m: place for place, m in enumerate(members)}
        self._run, self._holes, self._kind = run, holes, excluded_kind(rules.reading)
        self._layers: dict[bytes, Layer] = {}

    def filled(self) -> Iterator[tuple[int, bytes]]:
        """Yield the numbers of the lines and the lines."""
        excluded = [hole for hole in self._holes if hole.layer >= 0]
        questions = []
        for hole in excluded:
            neuron = self._layer(hole, hole.layer).neurons[hole.neuron]
            point = self._block.point_of(self._place[hole.member])
            questions.append(
                self._block.wrong(self._path(hole), hole.length, neuron, hole.bit, point).question
            )
        answers = answer(self._block.table, questions)
        for hole, by in zip(excluded, answers, strict=True):
            yield hole.line, excluded_text(self._kind, by).encode()
        for hole in self._holes:
            if hole.layer < 0:
                yield hole.line, reached_text(self._run[hole.member].point()).encode()

    def _path(self, hole: Hole) -> PathRows:
        path = self._block.root
        rows, positions = list(path.rows), list(path.positions)
        for layer, neuron, bit, position in hole.decisions:
            _, low, high = self._layer(hole, layer).neurons[neuron]
            rows.append(high if bit else low)
            positions.append(position)
        return PathRows(hole.length, tuple(rows), tuple(positions))

    def _layer(self, hole: Hole, number: int) -> Layer:
        """Return a layer (from 0) on the cells that begin as the hole's does."""
        bits, starts = self._run.text(hole.member), self._block.starts
        prefix = bits[: starts[number]]
        key = bytes([number]) + prefix if number < 256 else b"%d:" % number + prefix
        if key not in self._layers:
            self._layers[key] = self._block.layer(number + 1, self._maps(hole, number))
        return self._layers[key]

    def _maps(self, hole: Hole, number: int) -> tuple[Preactivations, ...]:
        joint, starts = self._block.joint, self._block.starts
        if not number:
            return joint.first()
        bits = self._run.text(hole.member)[starts[number - 1] : starts[number]]
        return joint.after(self._layer(hole, number - 1).maps, number, tuple(bits))
