"""Shapes of proofs: open a statement, split cases, induct. Each returns what the kernel made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import signature

from ..kernel import arithmetic
from ..kernel.arithmetic import natural, next_natural, trichotomy
from ..kernel.rules import (
    Theorem,
    absurd,
    assume,
    cases,
    detach,
    discharge,
    generalize,
    induction,
    instantiate,
    leibniz,
    obtain,
    part,
    restate,
    weaken,
)
from ..statements.expressions import (
    FALSE,
    Expression,
    Operand,
    Sort,
    either,
    eq,
    forall,
    fresh,
    function,
    implies,
    number,
    open_binder,
)
from .certificates import arith


def prove(statement: Expression, build: Callable[..., Theorem]) -> Theorem:
    """Prove "for all x ..., A -> ... -> C": ``build`` gets x, A as a theorem, ..., and C, and proves C.

    As many quantifiers and hypotheses are opened as ``build`` has arguments before its last one.
    """
    given: list[Expression | Theorem] = []
    opened: list[Expression] = []
    body = statement
    for _ in range(len(signature(build).parameters) - 1):
        if body.op == "forall":
            name = fresh(body.data, body.hint)
            given.append(name)
            opened.append(name)
            body = open_binder(body, name)
        elif body.op == "implies":
            given.append(assume(body.args[0]))
            opened.append(body.args[0])
            body = body.args[1]
        else:
            raise TypeError(f"prove: nothing left to open in {body}")
    theorem = restate(build(*given, body), body)
    for formula in reversed(opened):
        theorem = generalize(theorem, formula) if formula.op == "var" else discharge(formula, theorem)
    return restate(theorem, statement)


def prove_for(names: Sequence[Expression], statement: Expression, build: Callable[..., Theorem]) -> Theorem:
    """Prove a statement that begins with "for all" these variables, and keep their names.

    ``build`` gets the hypotheses as theorems, as many as it has arguments before its last one, and what is
    left to prove.
    """
    body = statement
    for name in names:
        body = open_binder(body, name)
    return restate(generalize(prove(body, build), *names), statement)


def by_induction(
    claim: Callable[[Expression], Expression],
    base: Callable[[Expression], Theorem],
    step: Callable[[Expression, Theorem, Expression], Theorem],
) -> Theorem:
    """Prove claim(n) for all n: ``base`` gets claim(0); ``step`` k, claim(k) as a theorem, claim(k + 1)."""
    k = fresh(Sort("N"), "k")
    first = claim(number(0))
    following = prove(forall(k, implies(claim(k), claim(k + 1))), step)
    return induction(forall(k, claim(k)), restate(base(first), first), following)


def split(disjunction: Theorem, *builders: Callable[[Theorem], Theorem]) -> Theorem:
    """Prove one conclusion in every case: each builder gets its case as a theorem."""
    parts = disjunction.conclusion.args
    return cases(disjunction, *(build(assume(a)) for build, a in zip(builders, parts, strict=True)))


def with_witness(existence: Theorem, build: Callable[..., Theorem]) -> Theorem:
    """Name what exists: ``build`` gets the variables and the formula as a theorem."""
    names: list[Expression] = []
    hypotheses: list[Expression] = []
    body = existence.conclusion
    for _ in range(len(signature(build).parameters) - 1):
        names.append(fresh(body.data, body.hint))
        body = open_binder(body, names[-1])
        hypotheses.append(body)
    theorem = build(*names, assume(body))
    for name, inner in zip(reversed(names[1:]), reversed(hypotheses[:-1]), strict=True):
        theorem = obtain(assume(inner), theorem, name)
    return obtain(existence, theorem, names[0])


def use(theorem: Theorem, *values: Operand | Theorem) -> Theorem:
    """Instantiate and detach in turn: a term for a quantifier, a theorem for a hypothesis."""
    for value in values:
        theorem = detach(theorem, value) if isinstance(value, Theorem) else instantiate(theorem, value)
    return theorem


def parts(theorem: Theorem) -> list[Theorem]:
    """Return the parts of a conjunction."""
    return [part(theorem, place) for place in range(len(theorem.conclusion.args))]


def rewrite(equation: Theorem, claim: Callable[[Expression], Expression], theorem: Theorem) -> Theorem:
    """From a = b and A(a): A(b)."""
    left, right = equation.conclusion.args
    z = fresh(left.sort if left.sort == right.sort else Sort("R"), "z")
    return detach(leibniz(equation, forall(z, claim(z))), theorem)


def compare(left: Expression, right: Expression) -> Theorem:
    """Left <= right or right < left."""
    goal = either(left <= right, right < left)
    return split(
        trichotomy(left, right),
        lambda less: weaken(arith(left <= right, less), goal),
        lambda equal: weaken(arith(left <= right, equal), goal),
        lambda more: weaken(more, goal),
    )


def last_term(length: Expression, terms: Callable[[Expression], Expression]) -> Theorem:
    """The sum of terms(i) over i < n + 1 is that over i < n plus terms(n)."""
    i = fresh(Sort("N"), "i")
    return arithmetic.last_term(length, function(i, terms(i)))


def contradiction(formula: Expression, theorem: Theorem) -> Theorem:
    """From 0 < 0: the formula."""
    return absurd(theorem, formula)


def impossible(*facts: Theorem, degree: int = 2) -> Theorem:
    """Find 0 < 0 in the facts."""
    return arith(FALSE, *facts, degree=degree)


def below(n: Expression, bound: int, fact: Theorem) -> Theorem:
    """From n < bound for a natural number n and a number: n = 0 or ... or n = bound - 1."""
    wanted = [eq(n, value) for value in range(bound)]
    if bound == 1:
        return arith(wanted[0], *_both_ways(n, fact))
    goal = either(*wanted)

    def from_value(value: int, at_least: Theorem) -> Theorem:
        if value == bound:
            return absurd(arith(FALSE, at_least, fact), goal)
        return split(
            trichotomy(n, wanted[value].args[1]),
            lambda less: absurd(arith(FALSE, less, at_least), goal),
            lambda equal: weaken(equal, goal),
            lambda more: from_value(value + 1, next_natural(more)),
        )

    return from_value(0, natural(n))


def _both_ways(n: Expression, fact: Theorem) -> list[Theorem]:
    return [natural(n), next_natural(fact)]
