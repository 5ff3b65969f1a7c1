"""From a formula about some functions: the same formula about others that have the same values."""

from __future__ import annotations

from collections.abc import Mapping

from ..kernel.arithmetic import certificate, identity
from ..kernel.rules import Theorem, assume, cases, discharge, generalize, restate, together, weaken, witness
from ..statements.expressions import (
    Expression,
    ProofError,
    Sort,
    apply,
    eq,
    fresh,
    function,
    is_numeric,
    open_binder,
)
from .certificates import arith
from .lemmas import sum_equal
from .tactics import parts, prove, rewrite, use, with_witness

Values = Mapping[tuple[Expression, Expression], Theorem]
"""For two functions f and g, which may be rows of matrices: for all x ..., f(x ...) = g(x ...)."""


def transported(theorem: Theorem, goal: Expression, values: Values) -> Theorem:
    """Prove a goal that has other functions than the theorem, in the same places.

    Raises
    ------
    ProofError
        If the two formulas differ in something else.
    """
    source = theorem.conclusion
    if source == goal:
        return theorem
    if source.op != goal.op:
        raise ProofError(f"transport: expected {source.op}, got {goal.op}")
    return _RULES[source.op](theorem, goal, values)


def turned(values: Values) -> Values:
    """Return the equations from right to left."""
    return {(g, f): _turned(theorem) for (f, g), theorem in values.items()}


def _turned(theorem: Theorem) -> Theorem:
    names = []
    while theorem.conclusion.op == "forall":
        names.append(fresh(theorem.conclusion.data))
        theorem = use(theorem, names[-1])
    left, right = theorem.conclusion.args
    return generalize(certificate(eq(right, left), [(theorem, -1)]), *names)


def equal_terms(one: Expression, two: Expression, values: Values) -> Theorem:
    """Prove that two terms of one form are equal."""
    if one == two:
        return identity(one, two)
    given = _given(one, two, values)
    if given is not None:
        return given
    if one.op != two.op:
        raise ProofError(f"transport: expected {one}, got {two}")
    if one.op in {"+", "*"}:
        first, second = (equal_terms(x, y, values) for x, y in zip(one.args, two.args, strict=True))
        factors = (one.args[1], two.args[0]) if one.op == "*" else (1, 1)
        return certificate(eq(one, two), [(first, factors[0]), (second, factors[1])])
    if one.op == "sum" and one.args[0] == two.args[0]:
        return _equal_sums(one, two, values)
    if one.op == "apply" and len(one.args) == len(two.args):
        return _equal_values(one, two, values)
    raise ProofError(f"transport: expected {one}, got {two}")


def _given(one: Expression, two: Expression, values: Values) -> Theorem | None:
    """Return f(x ...) = g(x ...), if it is among the values; the last arguments are those of f and g."""
    if one.op != "apply" or two.op != "apply":
        return None
    for (f, g), theorem in values.items():
        wanted = f.sort.arguments
        arguments = one.args[-len(wanted) :]
        if len(one.args) <= len(wanted) or [x.sort for x in arguments] != [Sort(name) for name in wanted]:
            continue
        if apply(f, *arguments) == one and apply(g, *arguments) == two:
            return use(theorem, *arguments)
    return None


def _equal_sums(one: Expression, two: Expression, values: Values) -> Theorem:
    i = fresh(one.data, "i")
    left, right = open_binder(one, i), open_binder(two, i)
    inner = equal_terms(left, right, values)
    length = one.args[0]
    terms = generalize(discharge(i < length, inner), i)
    return restate(use(sum_equal(), function(i, left), function(i, right), length, terms), eq(one, two))


def _equal_values(one: Expression, two: Expression, values: Values) -> Theorem:
    head, *args = one.args
    if head != two.args[0] or len(args) != 1:
        raise ProofError(f"transport: expected {one}, got {two}")
    argument = equal_terms(args[0], two.args[1], values)
    return rewrite(argument, lambda z: eq(one, head(z)), identity(one, one))


def _relation(theorem: Theorem, goal: Expression, values: Values) -> Theorem:
    pairs = list(zip(theorem.conclusion.args, goal.args, strict=True))
    if not all(is_numeric(x.sort) for pair in pairs for x in pair):
        raise ProofError(f"transport: expected numbers, got {goal}")
    equal = [equal_terms(x, y, values) for x, y in pairs if x != y]
    return arith(goal, theorem, *equal, degree=1)


def _every(theorem: Theorem, goal: Expression, values: Values) -> Theorem:
    name = fresh(goal.data, goal.hint)
    inner = transported(use(theorem, name), open_binder(goal, name), values)
    return restate(generalize(inner, name), goal)


def _some(theorem: Theorem, goal: Expression, values: Values) -> Theorem:
    def found(x: Expression, known: Theorem) -> Theorem:
        return witness(transported(known, open_binder(goal, x), values), goal, x)

    return with_witness(theorem, found)


def _implication(theorem: Theorem, goal: Expression, values: Values) -> Theorem:
    premise = theorem.conclusion.args[0]

    def build(given: Theorem, inner: Expression) -> Theorem:
        return transported(use(theorem, transported(given, premise, turned(values))), inner, values)

    return prove(goal, build)


def _all(theorem: Theorem, goal: Expression, values: Values) -> Theorem:
    return together(*(transported(x, y, values) for x, y in zip(parts(theorem), goal.args, strict=True)))


def _one(theorem: Theorem, goal: Expression, values: Values) -> Theorem:
    pairs = zip(theorem.conclusion.args, goal.args, strict=True)
    return cases(theorem, *(weaken(transported(assume(x), y, values), goal) for x, y in pairs))


_RULES = {
    **dict.fromkeys(("=", "<=", "<"), _relation),
    "forall": _every,
    "exists": _some,
    "implies": _implication,
    "and": _all,
    "or": _one,
}
