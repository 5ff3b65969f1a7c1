"""Writing a case tree: from the leaves of an engine to the lines of a certificate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain
from typing import Any

import numpy as np

from exactrelu.certificates.case_tree import case_tree
from exactrelu.certificates.compiled_tree import CompiledTree
from exactrelu.certificates.document import CertificateWriter, Lines, network_value
from exactrelu.certificates.domain_rules import DomainRules, combination, refutation
from exactrelu.certificates.joint import JointNetwork
from exactrelu.certificates.multipliers import Question, answer
from exactrelu.certificates.tree_blocks import (
    Block,
    Event,
    Excluded,
    Leaf,
    OwnWitness,
    Split,
    Witness,
    WitnessBlock,
    Zero,
    excluded_kind,
)
from exactrelu.enumeration import Problem
from exactrelu.enumeration.effort import Search, started
from exactrelu.enumeration.leaf_blocks import LeafBlock
from exactrelu.enumeration.one_process import blocks_within
from exactrelu.networks.reading import Reading
from exactrelu.polyhedra.domain import Domain

LeafQuestions = Callable[[Block, Leaf], list[Question]]
"""What a claim asks at a reached leaf, answered together with the excluded leaves of its block."""

LeafTexts = Callable[[Leaf, list[list[tuple[int, int]]]], dict[str, str]]
"""What a claim writes at a reached leaf, given the answers."""


def nothing_asked(block: Block, leaf: Leaf) -> list[Question]:  # noqa: ARG001
    """Ask nothing at a leaf."""
    return []


def nothing_added(leaf: Leaf, answers: list[list[tuple[int, int]]]) -> dict[str, str]:  # noqa: ARG001
    """Add nothing to a leaf."""
    return {}


class _Columns:
    """A block of configurations, of whose bits some columns are those of the tree."""

    def __init__(self, block: WitnessBlock, columns: Sequence[int]) -> None:
        self._block, self._columns = block, list(columns)
        self.bits = np.ascontiguousarray(block.bits[:, self._columns])

    def leaf(self, number: int) -> Witness:
        """Return one of them, with the bits of the tree."""
        leaf = self._block.leaf(number)
        return OwnWitness(self.bits[number].tobytes(), leaf.dimension, leaf.point)


def found_in(joint: JointNetwork, blocks: Iterable[WitnessBlock]) -> Iterator[WitnessBlock]:
    """Yield the configurations of the tree, sorted, given the leaves of `JointNetwork.function` in blocks."""
    columns = joint.columns
    whole = columns == tuple(range(sum(joint.function.bent_widths)))
    return (block if whole else _Columns(block, columns) for block in blocks)


def function_rows(leaf: Leaf) -> list[list[Fraction]]:
    """Return the rows (a, c) of the network, or of the first minus the second, on a leaf's cell."""
    first, *rest = (y.affine_map().rows for y in leaf.maps())
    if not rest:
        return [list(row) for row in first]
    return [[a - b for a, b in zip(*pair, strict=True)] for pair in zip(first, rest[0], strict=True)]


def reached_blocks(
    joint: JointNetwork,
    domain: Domain,
    reading: Reading,
    *,
    search: Search | None = None,
) -> Iterator[LeafBlock]:
    """Return the stream of the leaves of `JointNetwork.function`, split in the layers of the tree."""
    problem = Problem.of(joint.function, domain, reading, joint.depth)
    return blocks_within(started(search), problem)


def write_tree(
    writer: CertificateWriter,
    joint: JointNetwork,
    domain: DomainRules,
    found: Iterable[WitnessBlock],
    ask: LeafQuestions = nothing_asked,
    add: LeafTexts = nothing_added,
) -> None:
    """Write the preamble and the case tree; ``found`` is everything that counts, sorted."""
    if domain.rules.reading is Reading.FULL:
        for row, by in domain.implicit:
            writer.equation(row, by)
        writer.interior(domain.interior)
    alone = ask is nothing_asked and add is nothing_added
    compiled = CompiledTree.of(joint, domain.rules) if alone else None
    if compiled is None:
        for block, events in case_tree(joint, domain.rules, found):
            _write_block(writer, domain, block, events, ask, add)
        return
    for part in compiled.written(found):
        if isinstance(part, Lines):
            writer.lines(part)
        else:
            _write_block(writer, domain, *part, ask, add)


def _write_block(
    writer: CertificateWriter,
    domain: DomainRules,
    block: Block,
    events: Sequence[Event],
    ask: LeafQuestions,
    add: LeafTexts,
) -> None:
    asked = [ask(block, event) if isinstance(event, Leaf) else [] for event in events]
    excluded = [event.question for event in events if isinstance(event, Excluded)]
    answers = iter(answer(block.table, [*excluded, *chain.from_iterable(asked)]))
    refuted = iter([next(answers) for _ in excluded])
    kind = excluded_kind(domain.rules.reading)
    for event, questions in zip(events, asked, strict=True):
        match event:
            case Split(layer, neuron):
                writer.split(layer, neuron)
            case Excluded():
                writer.excluded(kind, next(refuted))
            case Leaf():
                writer.reached(
                    block.table.points[event.point], **add(event, [next(answers) for _ in questions])
                )
            case Zero(layer, neuron, row):
                writer.zero(layer, neuron, combination(domain.equations, row))


def write_empty(
    writer: CertificateWriter, domain: Domain, joint: JointNetwork, claim: Mapping[str, Any], reading: str
) -> None:
    """Write that the domain is empty: a tree of one impossible leaf."""
    writer.begin(claim, [network_value(network) for network in joint.networks], domain, reading)
    writer.excluded("impossible", refutation(domain))
    writer.end()
