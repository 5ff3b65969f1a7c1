"""The tree of a proof for readers: the named steps, and the axioms that were used."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from exactrelu.claims import ProofStep, Statement

from .kernel.rules import Theorem
from .stability_proofs import vocabulary as stability
from .statements import vocabulary as networks
from .statements.expressions import Expression
from .statements.notation import HTML, LATEX, TEXT, Definition, text, written


def tree(theorem: Theorem) -> tuple[tuple[ProofStep, ...], tuple[str, ...]]:
    """Return the named steps below a theorem, each shown once, and the names of the axioms."""
    shown: set[int] = set()
    steps = [_step(0, theorem, theorem.label or "the statement")]
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
    short, where = written(theorem.conclusion, TEXT, vocabulary())
    return ProofStep(depth, name, short, *_shown(theorem.conclusion), where)


def stated(formula: Expression) -> Statement:
    """Return a statement for readers."""
    short, where = written(formula, TEXT, vocabulary())
    return Statement(short, *_shown(formula), where, text(formula))


def _shown(formula: Expression) -> tuple[str, str]:
    """Return a formula for LaTeX and for a web page, with names for what the vocabulary defines."""
    latex, html = (written(formula, style, vocabulary())[0] for style in (LATEX, HTML))
    return latex, html


@cache
def vocabulary() -> tuple[Definition, ...]:
    """Return the definitions of both papers, larger ones first."""
    return (*stability.definitions(), *networks.definitions())


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
