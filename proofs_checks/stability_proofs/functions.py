"""Functions that are given case by case exist: by the axiom of choice of the kernel."""

from __future__ import annotations

from functools import cache

from ..kernel.rules import Theorem, choice, detach, excluded_middle, together, witness
from ..proving.certificates import arith
from ..proving.tactics import contradiction, parts, prove, split, use, with_witness
from ..statements.expressions import (
    NATURAL,
    REAL,
    Expression,
    both,
    eq,
    exists,
    forall,
    implies,
    negation,
    substitute,
    variable,
)
from .names import differs, f, g, i
from .opening import Given, opened, opened_exists

q = variable("q", NATURAL)


def decided(condition: Expression, yes: Expression, no: Expression, names: tuple[Expression, ...]) -> Theorem:
    """There is g(names) that is ``yes`` where the condition holds, else ``no``."""
    y = variable("y", REAL)
    wanted = both(implies(condition, eq(y, yes)), implies(negation(condition), eq(y, no)))

    def at(given: Given) -> Theorem:
        *values, goal = given
        inner = exists(y, wanted)
        cond, first, second = condition, yes, no
        for name, value in zip(names, values, strict=True):
            inner, cond = substitute(inner, name, value), substitute(cond, name, value)
            first, second = substitute(first, name, value), substitute(second, name, value)

        def holds(h: Theorem) -> Theorem:
            body = opened_exists(goal, first)
            one = prove(body.args[0], lambda _, goal: arith(goal))
            two = prove(body.args[1], lambda off, goal: contradiction(goal, detach(off, h)))
            return witness(together(one, two), goal, first)

        def fails(h: Theorem) -> Theorem:
            body = opened_exists(goal, second)
            one = prove(body.args[0], lambda on, goal: contradiction(goal, detach(h, on)))
            two = prove(body.args[1], lambda _, goal: arith(goal))
            return witness(together(one, two), goal, second)

        return split(excluded_middle(cond), holds, fails)

    return choice(opened(forall(*names, exists(y, wanted)), len(names), at), len(names))


@cache
def updated() -> Theorem:
    """A function can be changed at one place."""
    value = variable("s", REAL)
    body = both(eq(g(q), value), forall(i, implies(differs(i, q), eq(g(i), f(i)))))
    statement = forall(f, q, value, exists(g, body))

    def build(f: Expression, q: Expression, value: Expression, goal: Expression) -> Theorem:
        def found(g: Expression, known: Theorem) -> Theorem:
            here = use(parts(use(known, q))[0], arith(eq(q, q)))
            rest = prove(
                forall(i, implies(differs(i, q), eq(g(i), f(i)))),
                lambda i, off, _goal: use(parts(use(known, i))[1], off),
            )
            return witness(together(here, rest), goal, g)

        return with_witness(decided(eq(i, q), value, f(i), (i,)), found)

    return prove(statement, build).called("a function can be changed at one place")
