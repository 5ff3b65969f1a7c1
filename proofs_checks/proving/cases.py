"""Finite cases: statements that follow from the signs of a few numbers are proved by trying them all."""

from __future__ import annotations

from collections.abc import Sequence

from ..kernel.arithmetic import natural, trichotomy
from ..kernel.polynomials import canonical
from ..kernel.rules import Theorem, absurd, detach, restate, together, weaken
from ..proving.tactics import rewrite
from ..statements.expressions import FALSE, Expression, ProofError, eq, number, substitute
from .certificates import arith
from .tactics import below, parts, prove, split


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


def finitely_many(formula: Expression, *facts: Theorem) -> Theorem:
    """Prove a formula about numbers, whose indices are below known numbers, index by index.

    Raises
    ------
    ProofError
        If one case is false, or an index has no known bound.
    """
    if formula.op == "and":
        return together(*(finitely_many(part, *facts) for part in formula.args))
    if formula.op == "forall" and formula.args[0].op == "implies":
        return prove(formula, lambda index, goal: _each(index, goal, facts))
    if formula.op == "implies":
        return prove(formula, lambda known, goal: finitely_many(goal, known, *facts))
    return by_cases(formula, *facts)


def _each(index: Expression, goal: Expression, facts: Sequence[Theorem]) -> Theorem:
    """Prove "index < number => A" for each index."""
    size = canonical(goal.args[0].args[1])
    if size.op != "number":
        raise ProofError(f"finitely many: expected a known number of cases, got {size}")

    def build(less: Theorem, inner: Expression) -> Theorem:
        if size.data == 0:
            return absurd(arith(FALSE, less, natural(index)), inner)
        count = int(size.data)
        values = below(index, count, restate(less, index < count))

        def at(equal: Theorem) -> Theorem:
            value = equal.conclusion.args[1]
            here = finitely_many(substitute(inner, index, value), *facts)
            return rewrite(arith(eq(value, index), equal), lambda w: substitute(inner, index, w), here)

        return split(values, *[at] * count) if count > 1 else at(values)

    return prove(goal, build)
