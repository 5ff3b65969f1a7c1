"""Mutants of a statement: one relation, constant, quantifier, connective, index bound or variable changed."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from tests.support.claims_modules import claims_module

expressions = claims_module("statements.expressions")
Expression = expressions.Expression

RELATIONS = {"<=": ("<",), "<": ("<=",), "=": ("<=",)}
CONNECTIVES = {"and": "or", "or": "and"}
QUANTIFIERS = {"forall": "exists", "exists": "forall"}


class StatementMutant(NamedTuple):
    """What was changed, and the statement after it."""

    what: str
    statement: Any


def statement_mutants(statement: Any) -> Iterator[StatementMutant]:
    """Yield every statement with one place changed.

    Relations become strict or weak or turn round, constants and numbers of terms one more, a quantifier or
    connective the other one, a hypothesis, a part or an operand goes, an implication turns round.
    """
    for what, changed in _changes(statement):
        if changed != statement:  # 0 < 0 turned round is 0 < 0
            yield StatementMutant(what, changed)
    for place, argument in enumerate(statement.args):
        for what, changed in statement_mutants(argument):
            args = (*statement.args[:place], changed, *statement.args[place + 1 :])
            yield StatementMutant(what, _with_args(statement, args))


def _with_args(e: Any, args: tuple[Any, ...]) -> Any:
    return Expression(e.op, args, e.sort, e.data, e.hint)


def _changes(e: Any) -> Iterator[tuple[str, Any]]:
    match e.op:
        case "<=" | "<" | "=":
            for other in RELATIONS[e.op]:
                yield f"{e.op} -> {other}", Expression(other, e.args, e.sort)
            if e.op != "=":
                yield f"{e.op} turned round", Expression(e.op, e.args[::-1], e.sort)
        case "and" | "or":
            yield f"{e.op} -> {CONNECTIVES[e.op]}", Expression(CONNECTIVES[e.op], e.args, e.sort)
            for place in range(len(e.args)):
                rest = (*e.args[:place], *e.args[place + 1 :])
                yield f"part {place} of {e.op} dropped", rest[0] if len(rest) == 1 else _with_args(e, rest)
        case "forall" | "exists":
            other = Expression(QUANTIFIERS[e.op], e.args, e.sort, e.data, e.hint)
            yield f"{e.op} {e.hint} -> {QUANTIFIERS[e.op]}", other
        case "implies":
            yield "hypothesis dropped", e.args[1]
            yield "implication turned round", _with_args(e, e.args[::-1])
        case "number":
            yield f"{e.data} -> {e.data + 1}", expressions.number(e.data + Fraction(1))
        case "+" | "*":
            for place, name in enumerate(("first", "second")):
                yield f"{name} operand of {e.op} dropped", e.args[1 - place]
        case "sum":
            longer = (Expression("+", (e.args[0], expressions.number(1)), e.args[0].sort), e.args[1])
            yield "one term more", _with_args(e, longer)
