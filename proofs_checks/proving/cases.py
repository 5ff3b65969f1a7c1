"""Finite cases: statements that follow from the signs of a few numbers are proved by trying them all."""

from __future__ import annotations

from collections.abc import Sequence

from ..kernel.arithmetic import trichotomy
from ..kernel.rules import Theorem, absurd, detach, together, weaken
from ..statements.expressions import FALSE, Expression, ProofError, number
from .certificates import arith
from .tactics import parts, prove, split


def by_cases(goal: Expression, *facts: Theorem, signs: Sequence[Expression] = ()) -> Theorem:
    """Prove a formula without quantifiers from facts, in each case of the signs of the given numbers.

    Raises
    ------
    ProofError
        If some case is not closed by certificates of degree 2.
    """
    if signs:
        first, *others = signs
        order = trichotomy(first, number(0))
        return split(order, *[lambda sign: by_cases(goal, *facts, sign, signs=others)] * 3)
    for place, fact in enumerate(facts):
        rest = [*facts[:place], *facts[place + 1 :]]
        if fact.conclusion.op == "and":
            return by_cases(goal, *parts(fact), *rest)
        if fact.conclusion.op == "or":
            return _in_each(goal, fact, rest)
        if fact.conclusion.op == "implies":
            return _with_rule(goal, fact, rest)
    return _closed(goal, facts)


def _in_each(goal: Expression, disjunction: Theorem, rest: Sequence[Theorem]) -> Theorem:
    branches = [lambda case: by_cases(goal, case, *rest)] * len(disjunction.conclusion.args)
    return split(disjunction, *branches)


def _with_rule(goal: Expression, rule: Theorem, rest: Sequence[Theorem]) -> Theorem:
    """Use A -> B where A follows from the other facts, or leave it out."""
    try:
        premise = by_cases(rule.conclusion.args[0], *rest)
    except ProofError:
        return by_cases(goal, *rest)
    return by_cases(goal, *rest, detach(rule, premise))


def _closed(goal: Expression, facts: Sequence[Theorem]) -> Theorem:
    if goal.op == "and":
        return together(*(by_cases(part, *facts) for part in goal.args))
    if goal.op == "implies":
        return prove(goal, lambda premise, inner: by_cases(inner, *facts, premise))
    if goal.op != "or":
        return _relation(goal, facts)
    for part in goal.args:
        try:
            return weaken(by_cases(part, *facts), goal)
        except ProofError:
            continue
    return absurd(arith(FALSE, *facts), goal)


def _relation(goal: Expression, facts: Sequence[Theorem]) -> Theorem:
    try:
        return arith(goal, *facts)
    except ProofError:
        return absurd(arith(FALSE, *facts), goal)
