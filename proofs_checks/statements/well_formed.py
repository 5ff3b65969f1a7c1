"""Whether an expression is one that the language can write: what was put together by hand is looked at."""

from __future__ import annotations

from fractions import Fraction

from . import expressions as terms
from .expressions import NATURAL, TRUTH, Expression, ProofError, Sort


def require_whole(expression: Expression) -> None:
    """Refuse an expression with a bound variable that nothing binds, a wrong sort or a name out of thin air.

    The parts of a formula are expressions too, in which variables of binders further out are loose. Bound by
    another binder, they would say something else.
    """
    if expression.loose:
        raise ProofError(f"a formula: expected no bound variables of other binders, got {expression}")
    _look_at(expression, ())


def _look_at(e: Expression, around: tuple[Sort, ...]) -> None:
    """Look at an expression and at its parts; ``around`` has the sorts of the binders, innermost first."""
    if e.is_whole:
        return
    for place, arg in enumerate(e.args):
        inside = e.op in terms.BINDERS and place == len(e.args) - 1
        _look_at(arg, (e.data, *around) if inside else around)
    if not _is_right(e, around):
        raise ProofError(f"a formula: {e} of sort {e.sort} is ill-formed")
    e.is_whole = not e.loose


def _is_right(e: Expression, around: tuple[Sort, ...]) -> bool:
    match e.op, e.args:
        case "bound", ():
            return bool(around[e.data] == e.sort)
        case "var", ():
            return terms.is_name(e.data)
        case "symbol", ():
            return isinstance(e.data, str)
        case "number", ():
            return isinstance(e.data, Fraction) and terms.number(e.data).sort == e.sort
        case "table", ():
            return terms.table(dict(e.data), e.sort.result).sort == e.sort
        case (("+" | "*"), (one, two)):
            both_natural = {one.sort, two.sort} == {Sort(NATURAL)}
            numeric = terms.is_numeric(one.sort) and terms.is_numeric(two.sort)
            return numeric and e.sort == Sort(NATURAL if both_natural else terms.REAL)
        case "apply", (head, first, *more):
            wanted, given = head.sort.arguments, (first, *more)
            fitting = [terms.fits(arg.sort, Sort(sort)) for arg, sort in zip(given, wanted, strict=False)]
            right = len(given) == len(wanted) and all(fitting) and head.op != "lambda"
            return right and e.sort == Sort(head.sort.result)
        case _:
            return _is_right_formula(e)


def _is_right_formula(e: Expression) -> bool:
    match e.op, e.args:
        case (("=" | "<=" | "<"), (one, two)):
            return terms.relation(e.op, one, two).sort == e.sort
        case (("and" | "or"), (_, _, *_)):
            return {arg.sort for arg in e.args} == {Sort(TRUTH)} and e.sort == Sort(TRUTH)
        case "implies", (premise, result):
            return premise.sort == result.sort == e.sort == Sort(TRUTH)
        case (("forall" | "exists"), (body,)):
            return body.sort == e.sort == Sort(TRUTH) and isinstance(e.data, Sort)
        case "sum", (size, body):
            numeric = size.sort == Sort(NATURAL) and terms.is_numeric(body.sort)
            return numeric and e.data == Sort(NATURAL) and e.sort == body.sort
        case "lambda", (body,):
            own = Sort(body.sort.result, (e.data.result, *body.sort.arguments))
            return not e.data.arguments and terms.fits(own, e.sort)
    return False
