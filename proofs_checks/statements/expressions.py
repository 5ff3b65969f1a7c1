"""The language of statements: terms and formulas with declared sorts, quantifiers over numbers and functions.

Base sorts are N (naturals with 0, a part of R), R (reals), P (truth values) and any other name, which is an
uninterpreted set. A function has base sorts as arguments and result: an m x n matrix is a function (N, N) ->
R of which the entries (i, j) with i < m, j < n matter, a sequence of matrices a function (N, N, N) -> R.

Bound variables are numbered from inside out and free ones have names, so equal means equal up to the names of
bound variables, and nothing is captured by a substitution.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

NATURAL, REAL, TRUTH = "N", "R", "P"
BINDERS = {"sum", "lambda", "forall", "exists"}
_made = [0]
"""How many fresh variables there are."""


class ProofError(ValueError):
    """A term is ill-formed, or a step does not follow."""


@dataclass(frozen=True)
class Sort:
    """Base sorts of the arguments and of the result; without arguments, a base sort."""

    result: str
    arguments: tuple[str, ...] = ()


class Expression:
    """A term or formula: an operation, its arguments, and what else it needs (a name, a number, a sort)."""

    __slots__ = ("_hash", "_text", "args", "data", "hint", "is_whole", "loose", "op", "sort")

    def __init__(
        self, op: str, args: tuple[Expression, ...], sort: Sort, data: Any = None, hint: str = ""
    ) -> None:
        self.op, self.args, self.sort, self.data, self.hint = op, args, sort, data, hint
        self._hash = hash((op, args, sort, data))
        self._text = ""
        self.is_whole = False  # whether `require_whole` has looked at it
        self.loose = data + 1 if op == "bound" else _loose(op, args)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Expression) or self._hash != other._hash:
            return False
        return (self.op, self.sort, self.data, self.args) == (other.op, other.sort, other.data, other.args)

    def __repr__(self) -> str:
        if not self._text:
            inner = ", ".join(map(repr, self.args))
            self._text = f"{self.op}:{self.data}({inner})"
        return self._text

    def __call__(self, *arguments: Operand) -> Expression:
        """Return the value of a function."""
        return apply(self, *arguments)

    def __add__(self, other: Operand) -> Expression:
        return _arithmetic("+", self, _term(other))

    def __radd__(self, other: Operand) -> Expression:
        return _arithmetic("+", _term(other), self)

    def __mul__(self, other: Operand) -> Expression:
        return _arithmetic("*", self, _term(other))

    def __rmul__(self, other: Operand) -> Expression:
        return _arithmetic("*", _term(other), self)

    def __sub__(self, other: Operand) -> Expression:
        return self + (-_term(other))

    def __rsub__(self, other: Operand) -> Expression:
        return _term(other) + (-self)

    def __neg__(self) -> Expression:
        return number(-self.data) if self.op == "number" else _arithmetic("*", number(-1), self)

    def __pow__(self, exponent: int) -> Expression:
        result = number(1)
        for _ in range(exponent):
            result = self if result.data == 1 else result * self
        return result

    def __le__(self, other: Operand) -> Expression:
        return relation("<=", self, _term(other))

    def __lt__(self, other: Operand) -> Expression:
        return relation("<", self, _term(other))

    def __ge__(self, other: Operand) -> Expression:
        return relation("<=", _term(other), self)

    def __gt__(self, other: Operand) -> Expression:
        return relation("<", _term(other), self)


Operand = Expression | int | Fraction


def _loose(op: str, args: tuple[Expression, ...]) -> int:
    """Return how many binders the arguments want around them: 0 for closed ones."""
    if op in BINDERS:
        return max(args[-1].loose - 1, *(arg.loose for arg in args[:-1]), 0)
    return max((arg.loose for arg in args), default=0)


def _term(value: Operand) -> Expression:
    return value if isinstance(value, Expression) else number(value)


def variable(name: str, result: str, *arguments: str) -> Expression:
    """Return the free variable with this name; with arguments, a function variable."""
    if not name[:1].isalpha():
        raise ProofError(f"a variable: expected a name that begins with a letter, got {name!r}")
    return Expression("var", (), Sort(result, arguments), name)


def is_name(name: object) -> bool:
    """Return whether a free variable can have the name: one that was given, or a fresh one that was made."""
    if not isinstance(name, str):
        return False
    made = name[:1] == "_" and name[1:].isdecimal() and int(name[1:]) < _made[0]
    return name[:1].isalpha() or made


def fresh(sort: Sort, hint: str = "x") -> Expression:
    """Return a free variable that occurs nowhere else."""
    _made[0] += 1
    return Expression("var", (), sort, f"_{_made[0] - 1}", hint)


def number(value: int | Fraction) -> Expression:
    """Return a rational constant; a natural one has sort N."""
    exact = Fraction(value)
    natural = exact.denominator == 1 and exact >= 0
    return Expression("number", (), Sort(NATURAL if natural else REAL), exact)


def table(values: Mapping[tuple[int, ...], int | Fraction], result: str = REAL) -> Expression:
    """Return the function of naturals with these values, and 0 elsewhere."""
    entries = tuple(sorted((place, Fraction(value)) for place, value in values.items()))
    arity = {len(place) for place in values}
    if len(arity) != 1 or (result == NATURAL and any(v < 0 or v.denominator > 1 for _, v in entries)):
        raise ProofError(f"a table: expected places of one length and values in {result}, got {values}")
    return Expression("table", (), Sort(result, (NATURAL,) * arity.pop()), entries)


def symbol(name: str, result: str, *arguments: str) -> Expression:
    """Return a function that an axiom describes, such as abs."""
    return Expression("symbol", (), Sort(result, arguments), name)


def is_numeric(sort: Sort) -> bool:
    """Return whether the sort is N or R."""
    return not sort.arguments and sort.result in {NATURAL, REAL}


def fits(sort: Sort, wanted: Sort) -> bool:
    """Return whether a value of the first sort is one of the second; N is a part of R."""
    same_result = sort.result == wanted.result or (sort.result, wanted.result) == (NATURAL, REAL)
    return sort.arguments == wanted.arguments and same_result


def _arithmetic(op: str, *args: Expression) -> Expression:
    if not all(is_numeric(arg.sort) for arg in args):
        raise ProofError(f"{op}: expected numbers, got {args}")
    natural = all(arg.sort.result == NATURAL for arg in args)
    return Expression(op, args, Sort(NATURAL if natural else REAL))


def apply(head: Expression, *arguments: Operand) -> Expression:
    """Return head(arguments); a lambda is reduced at once."""
    args = tuple(map(_term, arguments))
    wanted = head.sort.arguments
    if len(args) != len(wanted) or not all(fits(a.sort, Sort(w)) for a, w in zip(args, wanted, strict=True)):
        raise ProofError(f"{head}: expected arguments of sorts {wanted}, got {[(a, a.sort) for a in args]}")
    if head.op == "lambda":
        for arg in args:
            head = open_binder(head, arg)
        return head
    return Expression("apply", (head, *args), Sort(head.sort.result)) if args else head


def relation(op: str, left: Expression, right: Expression) -> Expression:
    """Return left = right, left <= right or left < right."""
    numeric = is_numeric(left.sort) and is_numeric(right.sort)
    if not numeric and (op != "=" or left.sort != right.sort or left.sort.arguments):
        raise ProofError(f"{op}: expected two numbers, or = and one base sort, got {left} and {right}")
    return Expression(op, (left, right), Sort(TRUTH))


def eq(left: Operand, right: Operand) -> Expression:
    """Return left = right."""
    return relation("=", _term(left), _term(right))


def _connective(op: str, *formulas: Expression) -> Expression:
    if any(formula.sort != Sort(TRUTH) for formula in formulas):
        raise ProofError(f"{op}: expected formulas, got {formulas}")
    return formulas[0] if len(formulas) == 1 else Expression(op, formulas, Sort(TRUTH))


def both(*formulas: Expression) -> Expression:
    """Return the conjunction."""
    return _connective("and", *formulas)


def either(*formulas: Expression) -> Expression:
    """Return the disjunction."""
    return _connective("or", *formulas)


def implies(*formulas: Expression) -> Expression:
    """Return A -> (B -> ... -> C)."""
    *premises, result = formulas
    for premise in reversed(premises):
        result = _connective("implies", premise, result)
    return result


FALSE = relation("<", number(0), number(0))


def negation(formula: Expression) -> Expression:
    """Return not A, which is A -> 0 < 0."""
    return implies(formula, FALSE)


def bind(op: str, name: Expression, body: Expression, *before: Expression) -> Expression:
    """Return the binder ``op`` of a free variable over the body (a sum has its number of terms before it)."""
    if body.loose:
        raise ProofError(f"{op}: expected a body without bound variables of other binders, got {body}")
    inner = rewritten(
        body,
        lambda e, depth: Expression("bound", (), e.sort, depth) if e == name else None,
    )
    sort = Sort(TRUTH)
    if op == "sum":
        if not is_numeric(inner.sort) or before[0].sort != Sort(NATURAL) or name.sort != Sort(NATURAL):
            raise ProofError(f"a sum: expected a natural number of numbers, got {before}, {body}")
        sort = Sort(inner.sort.result)
    elif op == "lambda":
        sort = Sort(inner.sort.result, (name.sort.result, *inner.sort.arguments))
    return Expression(op, (*before, inner), sort, name.sort, name.hint or str(name.data))


def open_binder(binder: Expression, value: Expression) -> Expression:
    """Return the body of a binder with ``value`` for its variable."""
    if not fits(value.sort, binder.data):
        raise ProofError(f"{binder.op}: expected a value of sort {binder.data}, got {value}: {value.sort}")

    def leaf(e: Expression, depth: int) -> Expression | None:
        if e.op != "bound" or e.data < depth:
            return None
        return _lifted(value, depth) if e.data == depth else Expression("bound", (), e.sort, e.data - 1)

    return rewritten(binder.args[-1], leaf)


def _lifted(value: Expression, by: int) -> Expression:
    """Return the value for a place with ``by`` more binders around it."""

    def leaf(e: Expression, depth: int) -> Expression | None:
        return Expression("bound", (), e.sort, e.data + by) if e.op == "bound" and e.data >= depth else None

    return rewritten(value, leaf) if by else value


def substitute(expression: Expression, name: Expression, value: Expression) -> Expression:
    """Return the expression with ``value`` for a free variable."""
    return open_binder(bind("forall", name, expression), value)


def rewritten(
    expression: Expression, leaf: Callable[[Expression, int], Expression | None], depth: int = 0
) -> Expression:
    """Replace the leaves, and build up again; ``depth`` counts the binders around a leaf."""
    if not expression.args:
        return leaf(expression, depth) or expression
    last = len(expression.args) - 1
    args = [
        rewritten(arg, leaf, depth + (expression.op in BINDERS and i == last))
        for i, arg in enumerate(expression.args)
    ]
    if all(old is new for old, new in zip(expression.args, args, strict=True)):
        return expression
    if expression.op == "apply":
        return apply(args[0], *args[1:])
    if expression.op in {"+", "*"}:
        return _arithmetic(expression.op, *args)
    sort = expression.sort
    if expression.op == "sum":
        sort = Sort(args[1].sort.result)
    return Expression(expression.op, tuple(args), sort, expression.data, expression.hint)


def occurs(name: Expression, expression: Expression) -> bool:
    """Return whether a free variable occurs."""
    return expression == name or any(occurs(name, arg) for arg in expression.args)


def _bound(op: str, names: Sequence[Expression], body: Expression) -> Expression:
    for name in reversed(names):
        body = bind(op, name, body)
    return body


def forall(*names_and_body: Expression) -> Expression:
    """Return: for all values of the variables, the last argument."""
    return _bound("forall", names_and_body[:-1], names_and_body[-1])


def exists(*names_and_body: Expression) -> Expression:
    """Return: for some values of the variables, the last argument."""
    return _bound("exists", names_and_body[:-1], names_and_body[-1])


def function(*names_and_body: Expression) -> Expression:
    """Return the function of the variables whose value is the last argument."""
    return _bound("lambda", names_and_body[:-1], names_and_body[-1])


def total(name: Expression, count_of: Operand, body: Operand) -> Expression:
    """Return the sum of the body over name = 0, ..., count_of - 1."""
    return bind("sum", name, _term(body), _term(count_of))
