"""Refutations: the negation of a claim about all networks, from one network and its values at some points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from ..exact_networks import Bits
from ..kernel.arithmetic import axiom
from ..kernel.rules import Theorem, part, same, together
from ..statements.expressions import Expression, negation, number
from .cases import finitely_many
from .certificates import arith
from .existence import masked_values_exist, powers_exist, pre_activations_exist
from .tactics import prove, use, with_witness
from .witnesses import MaskedWitness

Values = list[tuple[Expression, Theorem]]
"""Functions z: N^2 -> R, each with the theorem that they are the values at a point."""


def with_masked_values(
    functions: Sequence[Expression],
    theta: Expression,
    points: Sequence[Expression],
    build: Callable[[Values], Theorem],
) -> Theorem:
    """Name the values of the map of theta at some points: ``build`` gets them."""
    some = [use(masked_values_exist(), *functions, theta, x) for x in points]
    return _named(some, [], build)


def with_pre_activations(
    functions: Sequence[Expression], points: Sequence[Expression], build: Callable[[Values], Theorem]
) -> Theorem:
    """Name the pre-activations of a network at some points: ``build`` gets them."""
    return _named([use(pre_activations_exist(), *functions, x) for x in points], [], build)


def _named(existences: Sequence[Theorem], found: Values, build: Callable[[Values], Theorem]) -> Theorem:
    if not existences:
        return build(found)
    return with_witness(existences[0], lambda z, masks: _named(existences[1:], [*found, (z, masks)], build))


def known_values(
    network: MaskedWitness, cell: Bits, values: Values, places: Sequence[Sequence[Fraction | int]]
) -> list[Theorem]:
    """Return z_{k,i} = its value for the values of the map of a cell at some places."""
    found = [network.along(z, cell, place, masks) for (z, masks), place in zip(values, places, strict=True)]
    return [fact for layers in found for layer in layers for fact in layer]


def with_powers(base: Expression, build: Callable[[Expression, Theorem], Theorem]) -> Theorem:
    """Name the powers of a number."""
    return with_witness(use(powers_exist(), base), build)


def denied(statement: Expression, build: Callable[[Theorem], Theorem]) -> Theorem:
    """Prove that a statement is false: ``build`` gets it as a theorem and finds 0 < 0."""
    return prove(negation(statement), lambda claim, _goal: build(claim))


def conclusion_of(claim: Theorem, *facts: Theorem) -> Theorem:
    """Detach all hypotheses of A -> B -> ... -> C: each is a fact, or follows from them, index by index."""
    while claim.conclusion.op == "implies":
        claim = use(claim, _shown(claim.conclusion.args[0], facts))
    return claim


def _shown(formula: Expression, facts: Sequence[Theorem]) -> Theorem:
    for fact in facts:
        if same(fact.conclusion, formula):
            return fact
    if formula.op == "and":
        return together(*(_shown(inner, facts) for inner in formula.args))
    relations = [fact for fact in facts if fact.conclusion.op in {"=", "<=", "<"}]
    return finitely_many(formula, *relations)


def absolute_values(*amounts: int | Fraction) -> list[Theorem]:
    """|v| = v for numbers v >= 0."""
    return [use(part(use(axiom("abs"), number(v)), 0), arith(number(v) >= 0)) for v in amounts]
