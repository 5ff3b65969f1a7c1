"""The search for certificates: products of facts that add up to the goal, by exact linear programming."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement
from math import lcm

from ..kernel.arithmetic import Product, certificate, gap, trichotomy
from ..kernel.polynomials import Monomial, Polynomial, as_term, polynomial
from ..kernel.rules import Theorem, absurd, assume, cases, restate
from ..statements.expressions import FALSE, Expression, ProofError, eq, number

Candidate = tuple[Product, Polynomial, str]
"""A product of facts, its polynomial, and whether it is zero, not negative or positive."""


def arith(
    goal: Expression, *facts: Theorem, degree: int = 2, multipliers: Sequence[Expression] = ()
) -> Theorem:
    """Prove a relation from facts: the kernel's certificate, with products of up to ``degree`` facts.

    Equations among the facts are multiplied by the gaps of the other facts, the monomials of the goal and the
    facts' own single atoms too, and by ``multipliers``.

    Raises
    ------
    ProofError
        If there is no such certificate.
    """
    for size in range(1, degree + 1):
        found = _search(goal, list(_candidates(facts, size, multipliers)))
        if found is not None:
            return certificate(goal, found)
    if goal.op == "=":
        left, right = goal.args
        at_most = arith(left <= right, *facts, degree=degree, multipliers=multipliers)
        return equal_if_both(
            goal, at_most, arith(right <= left, *facts, degree=degree, multipliers=multipliers)
        )
    lines = "; ".join(repr(as_term(polynomial(gap(fact)))) for fact in facts)
    wanted = as_term(polynomial(goal.args[1] - goal.args[0]))
    raise ProofError(f"no certificate of degree {degree} for {goal.op} {wanted} from {lines}")


def equal_if_both(goal: Expression, at_most: Theorem, at_least: Theorem) -> Theorem:
    """From s <= t and t <= s: s = t."""
    left, right = goal.args
    less, equal, more = left < right, eq(left, right), right < left
    return cases(
        trichotomy(left, right),
        absurd(arith(FALSE, assume(less), at_least), goal),
        restate(assume(equal), goal),
        absurd(arith(FALSE, assume(more), at_most), goal),
    )


def _candidates(
    facts: Sequence[Theorem], degree: int, multipliers: Sequence[Expression]
) -> Iterator[Candidate]:
    yield [number(1)], polynomial(number(1)), "<"
    inequalities = [fact for fact in facts if fact.conclusion.op != "="]
    equations = [fact for fact in facts if fact.conclusion.op == "="]
    for size in range(1, degree + 1):
        for chosen in combinations_with_replacement(inequalities, size):
            strict = all(fact.conclusion.op == "<" for fact in chosen)
            yield chosen, _multiplied(chosen), "<" if strict else "<="
    extra = [number(1), *multipliers]
    if degree > 1:
        atoms = {
            factor: None
            for fact in facts
            for monomial in polynomial(gap(fact))
            if not monomial.sums
            for factor in monomial.factors
        }
        extra += [*atoms, *map(gap, facts)]
    for equation in equations:
        for multiplier in extra:
            yield (equation, multiplier), _multiplied((equation,), multiplier), "="


def _multiplied(facts: Sequence[Theorem], multiplier: Expression | None = None) -> Polynomial:
    value = number(1) if multiplier is None else multiplier
    for fact in facts:
        value = value * gap(fact)
    return polynomial(value)


def _search(goal: Expression, candidates: Sequence[Candidate]) -> list[Product] | None:
    """Find coefficients with which the candidates add up to the goal's gap."""
    from exactrelu.polyhedra.ppl_library import Linear_Expression, MIP_Problem

    left, right = goal.args
    target = polynomial(right - left)
    usable = [c for c in candidates if goal.op != "=" or c[2] == "="]
    strict = len(
        usable
    )  # the number of a variable: at most 1, and at most the sum of the strict coefficients
    program = MIP_Problem(strict + 1)

    def linear(terms: dict[int, int], constant: int = 0) -> Linear_Expression:
        return Linear_Expression([terms.get(k, 0) for k in range(strict + 1)], constant)

    monomials: dict[Monomial, None] = dict.fromkeys(target)
    for _, value, _ in usable:
        monomials.update(dict.fromkeys(value))
    for monomial in monomials:
        row = {k: value[monomial] for k, (_, value, _) in enumerate(usable) if monomial in value}
        wanted = target.get(monomial, Fraction(0))
        scale = lcm(wanted.denominator, *(entry.denominator for entry in row.values()))
        scaled = {k: int(entry * scale) for k, entry in row.items()}
        program.add_constraint(linear(scaled, -int(wanted * scale)) == 0)
    for k, (_, _, kind) in enumerate(usable):
        if kind != "=":
            program.add_constraint(linear({k: 1}) >= 0)
    program.add_constraint(linear({strict: 1}, -1) <= 0)
    positive = {k: 1 for k, (_, _, kind) in enumerate(usable) if kind == "<"}
    program.add_constraint(linear({**positive, strict: -1}) >= 0)
    if not program.is_satisfiable():
        return None
    program.set_objective_function(linear({strict: 1}))
    point = program.optimizing_point()
    entries = [int(entry) for entry in point.coefficients()]
    values = [Fraction(entry, int(point.divisor())) for entry in entries + [0] * (strict + 1 - len(entries))]
    if goal.op == "<" and values[strict] <= 0:
        return None
    pairs = zip(usable, values[:strict], strict=True)
    return [(*product, number(value)) for (product, _, _), value in pairs if value]
