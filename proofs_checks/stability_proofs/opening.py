"""Opening statements with many variables: the builder gets them all as one tuple, the goal last."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..kernel.rules import Theorem, assume, discharge, generalize, restate
from ..statements.expressions import Expression, fresh, open_binder

Entry = Any
"""A term, a theorem, what makes one, or several of these."""

Given = tuple[Any, ...]


def opened(statement: Expression, count: int, build: Callable[[Given], Theorem]) -> Theorem:
    """Prove "for all x ..., A -> ... -> C": open ``count`` quantifiers and hypotheses, then ``build``.

    ``build`` gets the variables and the hypotheses as theorems, in their order, and C as the last entry.
    """
    given: list[Any] = []
    steps: list[Expression] = []
    body = statement
    for _ in range(count):
        if body.op == "forall":
            name = fresh(body.data, body.hint)
            given.append(name)
            steps.append(name)
            body = open_binder(body, name)
        elif body.op == "implies":
            given.append(assume(body.args[0]))
            steps.append(body.args[0])
            body = body.args[1]
        else:
            raise TypeError(f"opened: nothing left to open in {body}")
    theorem = restate(build((*given, body)), body)
    for step in reversed(steps):
        theorem = generalize(theorem, step) if step.op == "var" else discharge(step, theorem)
    return restate(theorem, statement)


def opened_exists(goal: Expression, *values: Expression) -> Expression:
    """Return the body of "there are x ..." with these values."""
    for value in values:
        goal = open_binder(goal, value)
    return goal
