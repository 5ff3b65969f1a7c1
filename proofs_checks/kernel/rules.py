"""Theorems and the only steps that make them: natural deduction with equality, induction and choice.

A theorem says: if all its hypotheses hold, so does its conclusion, for all values of the free variables.
Formulas are compared up to the normal forms of the numbers in them (``same``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import InitVar, dataclass

from ..statements import expressions as terms
from ..statements.expressions import NATURAL, Expression, Operand, ProofError, Sort, open_binder
from ..statements.well_formed import require_whole
from .polynomials import canonical

_SEAL = object()


@dataclass(frozen=True, eq=False)
class Theorem:
    """Hypotheses and a conclusion, the rule that gave it, and the theorems that the rule used."""

    hypotheses: tuple[Expression, ...]
    conclusion: Expression
    rule: str
    premises: tuple[Theorem, ...]
    label: str
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise ProofError("a theorem is made by a rule, not by hand")

    def called(self, label: str) -> Theorem:
        """Return the same theorem with a name, under which it is shown in the tree of the proof."""
        return Theorem(self.hypotheses, self.conclusion, self.rule, self.premises, label, _SEAL)


def same(one: Expression, two: Expression) -> bool:
    """Return whether two formulas are equal up to bound names and the normal forms of numbers."""
    return one == two or canonical(one) == canonical(two)


def derived(
    rule: str,
    conclusion: Expression,
    premises: Sequence[Theorem],
    hypotheses: Sequence[Expression] | None = None,
) -> Theorem:
    """Make a theorem, under the hypotheses of its premises or those that are given. For the kernel only."""
    if hypotheses is None:
        hypotheses = [h for premise in premises for h in premise.hypotheses]
    for formula in (conclusion, *hypotheses):
        require_whole(formula)
    kept = {canonical(h): h for h in hypotheses}
    return Theorem(tuple(kept.values()), conclusion, rule, tuple(premises), "", _SEAL)


def _without(theorem: Theorem, discharged: Expression) -> list[Expression]:
    return [h for h in theorem.hypotheses if not same(h, discharged)]


def require(found: Expression, wanted: Expression, rule: str) -> None:
    """Refuse a premise that does not say what the rule needs."""
    if not same(found, wanted):
        raise ProofError(f"{rule}: expected {wanted}, got {found}")


def _is(theorem: Theorem, op: str, rule: str) -> Expression:
    if theorem.conclusion.op != op:
        raise ProofError(f"{rule}: expected a theorem of the form {op}, got {theorem.conclusion}")
    return theorem.conclusion


# propositions


def assume(formula: Expression) -> Theorem:
    """A gives A, under the hypothesis A."""
    return derived("assume", formula, (), (formula,))


def discharge(formula: Expression, theorem: Theorem) -> Theorem:
    """From B under the hypothesis A: A -> B."""
    kept = _without(theorem, formula)
    return derived("discharge", terms.implies(formula, theorem.conclusion), [theorem], kept)


def detach(implication: Theorem, *premises: Theorem) -> Theorem:
    """From A -> B -> ... -> C and A, B, ...: C."""
    conclusion = implication.conclusion
    for premise in premises:
        if conclusion.op != "implies":
            raise ProofError(f"detach: expected an implication, got {conclusion}")
        require(premise.conclusion, conclusion.args[0], "detach")
        conclusion = conclusion.args[1]
    return derived("detach", conclusion, (implication, *premises))


def together(*theorems: Theorem) -> Theorem:
    """From A, B, ...: A and B and ..."""
    return derived("together", terms.both(*(t.conclusion for t in theorems)), theorems)


def part(theorem: Theorem, place: int) -> Theorem:
    """From a conjunction one of its parts, counted from 0."""
    return derived("part", _is(theorem, "and", "part").args[place], (theorem,))


def weaken(theorem: Theorem, disjunction: Expression) -> Theorem:
    """From A: a disjunction of which A is a part."""
    if disjunction.op != "or" or not any(same(theorem.conclusion, arg) for arg in disjunction.args):
        raise ProofError(f"weaken: {theorem.conclusion} is no part of {disjunction}")
    return derived("weaken", disjunction, (theorem,))


def cases(disjunction: Theorem, *branches: Theorem) -> Theorem:
    """From A or B or ..., and C under each of these hypotheses: C. No branch may be missing."""
    parts = _is(disjunction, "or", "cases").args
    if len(parts) != len(branches):
        raise ProofError(f"cases: expected {len(parts)} branches, got {len(branches)}")
    kept = list(disjunction.hypotheses)
    for formula, branch in zip(parts, branches, strict=True):
        require(branch.conclusion, branches[0].conclusion, "cases")
        kept += _without(branch, formula)
    return derived("cases", branches[0].conclusion, [disjunction, *branches], kept)


def excluded_middle(formula: Expression) -> Theorem:
    """A or not A."""
    return derived("excluded middle", terms.either(formula, terms.implies(formula, terms.FALSE)), ())


def absurd(theorem: Theorem, formula: Expression) -> Theorem:
    """From 0 < 0: anything."""
    require(theorem.conclusion, terms.FALSE, "absurd")
    return derived("absurd", formula, (theorem,))


def restate(theorem: Theorem, formula: Expression) -> Theorem:
    """From A: the same formula in other words, equal up to normal forms."""
    require(theorem.conclusion, formula, "restate")
    return derived("restate", formula, (theorem,))


# quantifiers


def generalize(theorem: Theorem, *names: Expression) -> Theorem:
    """From A: for all values of the variables, A. No hypothesis may speak of them."""
    for name in names:
        if name.op != "var" or any(terms.occurs(name, h) for h in theorem.hypotheses):
            raise ProofError(f"generalize: a hypothesis speaks of {name}")
    return derived("generalize", terms.forall(*names, theorem.conclusion), (theorem,))


def instantiate(theorem: Theorem, *values: Operand) -> Theorem:
    """From a formula for all x: the formula for a value."""
    conclusion = theorem.conclusion
    for value in values:
        if conclusion.op != "forall":
            raise ProofError(f"instantiate: expected a formula for all x, got {conclusion}")
        conclusion = open_binder(conclusion, value if isinstance(value, Expression) else terms.number(value))
    return derived("instantiate", conclusion, (theorem,))


def witness(theorem: Theorem, formula: Expression, *values: Operand) -> Theorem:
    """From a formula for these values: that there are such values."""
    body = formula
    for value in values:
        if body.op != "exists":
            raise ProofError(f"witness: expected a formula for some x, got {body}")
        body = open_binder(body, value if isinstance(value, Expression) else terms.number(value))
    require(theorem.conclusion, body, "witness")
    return derived("witness", formula, (theorem,))


def obtain(existence: Theorem, theorem: Theorem, name: Expression) -> Theorem:
    """From "there is x with A", and C under the hypothesis A for a variable x that C has not: C."""
    body = open_binder(_is(existence, "exists", "obtain"), name)
    kept = [*existence.hypotheses, *_without(theorem, body)]
    if name.op != "var" or name.sort != existence.conclusion.data:
        raise ProofError(f"obtain: expected a variable of sort {existence.conclusion.data}, got {name}")
    if any(terms.occurs(name, e) for e in (theorem.conclusion, existence.conclusion, *kept)):
        raise ProofError(f"obtain: {name} terms.occurs in the conclusion or in another hypothesis")
    return derived("obtain", theorem.conclusion, [existence, theorem], kept)


def induction(claim: Expression, base: Theorem, step: Theorem) -> Theorem:
    """From A(0), and for all n: A(n) -> A(n + 1): the claim "for all n, A(n)"."""
    if claim.op != "forall" or claim.data != Sort(NATURAL):
        raise ProofError(f"induction: expected a formula for all n in N, got {claim}")
    n = terms.fresh(Sort(NATURAL), "n")
    following = terms.implies(open_binder(claim, n), open_binder(claim, n + 1))
    require(base.conclusion, open_binder(claim, terms.number(0)), "induction, base")
    require(step.conclusion, terms.forall(n, following), "induction, step")
    return derived("induction", claim, (base, step))


def choice(theorem: Theorem, arguments: int = 1) -> Theorem:
    """From "for all x there is y with A(x, y)": there is f such that for all x, A(x, f(x))."""
    body, names = theorem.conclusion, []
    for _ in range(arguments):
        if body.op != "forall" or body.data.arguments:
            raise ProofError(f"choice: expected a formula for all x in a base sort, got {body}")
        names.append(terms.fresh(body.data, body.hint))
        body = open_binder(body, names[-1])
    if body.op != "exists" or body.data.arguments:
        raise ProofError(f"choice: expected that there is a y in a base sort, got {body}")
    f = terms.fresh(Sort(body.data.result, tuple(name.sort.result for name in names)), body.hint)
    return derived("choice", terms.exists(f, terms.forall(*names, open_binder(body, f(*names)))), (theorem,))


def recursion(start: Expression, following: Expression) -> Theorem:
    """There is f with f(0, x) = start(x) and f(k + 1, x) = following(k, g, x) with g = f(k, .), for all k, x.

    ``start`` is a function of x, ``following`` "for all k, g" a function of x.
    """
    k, g = terms.fresh(Sort(NATURAL), "k"), terms.fresh(start.sort, "g")
    names = [terms.fresh(Sort(sort), "x") for sort in start.sort.arguments]
    after = open_binder(open_binder(following, k), g)
    f = terms.fresh(Sort(start.sort.result, (NATURAL, *start.sort.arguments)), "f")
    if not terms.fits(after.sort, start.sort):
        raise ProofError(f"recursion: {after} is not of the sort {start.sort}")
    after = terms.substitute(terms.apply(after, *names), g, terms.function(*names, f(k, *names)))
    first = terms.forall(*names, terms.eq(f(terms.number(0), *names), terms.apply(start, *names)))
    later = terms.forall(k, *names, terms.eq(f(k + 1, *names), after))
    return derived("recursion", terms.exists(f, terms.both(first, later)), ())


def leibniz(equation: Theorem, claim: Expression) -> Theorem:
    """From a = b, and the formula "for all z, A(z)", which need not hold: A(a) -> A(b)."""
    left, right = _is(equation, "=", "leibniz").args
    return derived("leibniz", terms.implies(open_binder(claim, left), open_binder(claim, right)), (equation,))
