"""The tree of a proof for readers: the named steps, and the axioms that were used."""

from __future__ import annotations

from collections.abc import Iterator

from exactrelu.claims import ProofStep, Statement

from .kernel.rules import Theorem
from .statements.expressions import Expression
from .statements.notation import HTML, LATEX, TEXT, Style, written
from .statements.vocabulary import definitions


def tree(theorem: Theorem) -> tuple[tuple[ProofStep, ...], tuple[str, ...]]:
    """Return the named steps below a theorem, each shown once, and the names of the axioms."""
    shown: set[int] = set()
    steps = [_step(0, theorem, theorem.label or theorem.rule)]
    steps += _named(theorem, 1, shown)
    found = {t.rule.partition(": ")[2] for t in _all(theorem) if t.rule.startswith("axiom: ")}
    return tuple(steps), tuple(sorted(found))


def _named(theorem: Theorem, depth: int, shown: set[int]) -> Iterator[ProofStep]:
    for premise in theorem.premises:
        if id(premise) in shown:
            continue
        shown.add(id(premise))
        if premise.label:
            yield _step(depth, premise, premise.label)
        yield from _named(premise, depth + bool(premise.label), shown)


def _step(depth: int, theorem: Theorem, name: str) -> ProofStep:
    return ProofStep(depth, name, *(shown(theorem.conclusion, style) for style in (TEXT, LATEX, HTML)))


def shown(formula: Expression, style: Style) -> str:
    """Return a formula in a style, with names for what the vocabulary defines."""
    return written(formula, style, definitions())[0]


def stated(formula: Expression) -> Statement:
    """Return a statement for readers."""
    short, where = written(formula, TEXT, definitions())
    return Statement(short, shown(formula, LATEX), shown(formula, HTML), where)


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
