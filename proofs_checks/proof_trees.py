"""The tree of a proof for readers: the named steps, and the axioms that were used."""

from __future__ import annotations

from collections.abc import Iterator

from exactrelu.claims import ProofStep

from .kernel.rules import Theorem
from .statements.notation import latex, text


def tree(theorem: Theorem) -> tuple[tuple[ProofStep, ...], tuple[str, ...]]:
    """Return the named steps below a theorem, each shown once, and the names of the axioms."""
    shown: set[int] = set()
    steps = [ProofStep(0, theorem.label or theorem.rule, text(theorem.conclusion), latex(theorem.conclusion))]
    steps += _named(theorem, 1, shown)
    found = {t.rule.partition(": ")[2] for t in _all(theorem) if t.rule.startswith("axiom: ")}
    return tuple(steps), tuple(sorted(found))


def _named(theorem: Theorem, depth: int, shown: set[int]) -> Iterator[ProofStep]:
    for premise in theorem.premises:
        if id(premise) in shown:
            continue
        shown.add(id(premise))
        if premise.label:
            yield ProofStep(depth, premise.label, text(premise.conclusion), latex(premise.conclusion))
        yield from _named(premise, depth + bool(premise.label), shown)


def _all(theorem: Theorem) -> Iterator[Theorem]:
    seen: set[int] = set()
    stack = [theorem]
    while stack:
        found = stack.pop()
        if id(found) not in seen:
            seen.add(id(found))
            yield found
            stack += found.premises


def rule_count(theorem: Theorem) -> int:
    """Return how many different steps of the kernel a theorem rests on."""
    return sum(1 for _ in _all(theorem))
