"""Section 1: piecewise linear networks approximate any function in L^p, if p is finite."""

from __future__ import annotations

from fractions import Fraction

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..kernel.arithmetic import axiom
from ..kernel.rules import Theorem, absurd, choice, part, together, witness
from ..proving.cases import by_cases
from ..proving.certificates import arith
from ..proving.lemmas import abs_at_most, abs_facts
from ..proving.tactics import compare, parts, prove, rewrite, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    REAL,
    Expression,
    both,
    eq,
    exists,
    forall,
    implies,
    negation,
    number,
    open_binder,
    substitute,
    variable,
)
from ..statements.functions import ABS, INVERSE
from ..verdicts import by_argument, by_kernel, with_correction

K, x, u = (variable(name, REAL) for name in ("K", "x", "u"))
f, g = variable("f", REAL, REAL), variable("g", REAL, REAL)
QUARTER = number(1) * Fraction(1, 4)

# A network R -> R is Lipschitz (C18), and so is every continuous function with finitely many affine pieces.
LIPSCHITZ = both(K >= 0, forall(x, u, ABS(f(x) - f(u)) <= K * ABS(x - u)))
BOUNDED = forall(x, ABS(g(x)) <= 1)
NEAR = forall(x, implies(negation(eq(x, 0)), ABS(f(x) - g(x)) <= QUARTER))
# Every bounded function on R is approximated up to 1/4, except at a point: no matter in L^infinity.
STATEMENT = forall(g, implies(BOUNDED, exists(f, K, both(LIPSCHITZ, NEAR))))


def denial() -> Theorem:
    """The sign: between x = -h and x = h the network must rise by 3/2, but it rises by at most 2 K h."""
    jump = _sign_function()

    def build(claim: Theorem, _: Expression) -> Theorem:
        def with_sign(sign: Expression, values: Theorem) -> Theorem:
            positive, negative = parts(values)

            def bounded(x: Expression, _: Expression) -> Theorem:
                def at(value: Theorem) -> Theorem:
                    bound = [arith(sign(x) <= 1, value), arith(-sign(x) <= 1, value)]
                    return use(abs_at_most(), sign(x), 1, *bound)

                return split(
                    compare(x, number(0)),
                    lambda at_most: at(use(negative, x, at_most)),
                    lambda more: at(use(positive, x, more)),
                )

            near = use(claim, sign, prove(substitute(BOUNDED, g, sign), bounded))
            return with_witness(near, lambda f, slope, known: _too_steep(f, slope, known, positive, negative))

        return with_witness(jump, with_sign)

    return prove(negation(STATEMENT), build)


def _sign_function() -> Theorem:
    """There is a function that is 1 for x > 0 and -1 for x <= 0."""
    value = variable("v", REAL)

    def rule(x: Expression, value: Expression) -> Expression:
        return both(implies(x > 0, eq(value, 1)), implies(x <= 0, eq(value, -1)))

    def choose(x: Expression, goal: Expression) -> Theorem:
        def take(known: Theorem, chosen: int) -> Theorem:
            wanted = open_binder(goal, number(chosen))
            return witness(by_cases(wanted, known), goal, chosen)

        return split(compare(x, number(0)), lambda at_most: take(at_most, -1), lambda more: take(more, 1))

    chosen = choice(prove(forall(x, exists(value, rule(x, value))), choose))
    wanted = exists(g, both(forall(x, implies(x > 0, eq(g(x), 1))), forall(x, implies(x <= 0, eq(g(x), -1)))))

    def found(sign: Expression, rules: Theorem) -> Theorem:
        def half(formula: Expression, place: int) -> Theorem:
            return prove(formula, lambda x, side, _: use(part(use(rules, x), place), side))

        halves = [half(formula, place) for place, formula in enumerate(open_binder(wanted, sign).args)]
        return witness(together(*halves), wanted, sign)

    return with_witness(chosen, found)


def _too_steep(
    f: Expression, steepest: Expression, known: Theorem, positive: Theorem, negative: Theorem
) -> Theorem:
    lipschitz, near = parts(known)
    not_negative, slope = parts(lipschitz)
    # h = 1 / (4 K + 4), so 2 K h < 1/2.
    base = 4 * steepest + 4
    above = arith(base > 0, not_negative)
    inverse = split(
        use(axiom("inverse"), base),
        lambda zero: absurd(arith(FALSE, zero, above), eq(base * INVERSE(base), 1)),
        lambda one: one,
    )
    step = INVERSE(base)
    small = split(
        compare(step, number(0)),
        lambda at_most: absurd(arith(FALSE, at_most, inverse, above), step > 0),
        lambda more: more,
    )
    values = []
    for place, rule in ((step, positive), (-step, negative)):
        side = arith(place > 0, small) if rule is positive else arith(place <= 0, small)
        nonzero = prove(negation(eq(place, 0)), lambda zero, _: arith(FALSE, zero, small))
        value, bound = use(rule, place, side), use(near, place, nonzero)
        values += [value, bound, *parts(use(abs_facts(), f(place) - (1 if rule is positive else -1)))[1:3]]
        values[-3] = rewrite(value, lambda w, place=place: ABS(f(place) - w) <= QUARTER, bound)  # type: ignore[misc]
    rise = use(slope, step, -step)
    width = use(part(use(axiom("abs"), 2 * step), 0), arith(2 * step >= 0, small))
    flat = arith(
        eq(steepest * ABS(step + step), steepest * 2 * step), width, multipliers=[steepest], degree=1
    )
    rising = parts(use(abs_facts(), f(step) - f(-step)))[1]
    return arith(FALSE, *values, rise, flat, rising, inverse, small, degree=1)


def check(statement: Expression = STATEMENT) -> Finding:
    """Refute it for p = infinity, by the sign; for finite p it is argued."""
    return with_correction(
        by_kernel(
            statement,
            denial,
            "the sign function on R has a jump: a Lipschitz function, as each network is, is 1/4 away from "
            "it somewhere near 0, on a set of positive measure by continuity",
            refutes=True,
        ),
        "true for 1 <= p < infinity",
        by_argument(
            Finding(ClaimVerdict.CHECKED, ("nothing is computed here",)),
            "step functions on boxes are dense in L^p, p < infinity; each is the L^p limit of continuous "
            "piecewise affine functions with compact support, and these are ReLU networks (the paper cites "
            "[3])",
        ),
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/section-1-density",
    title="piecewise linear networks are dense in L^p, 1 <= p <= infinity",
    sentence=r"""piecewise affine linear functions, affine linear on polytopes that partition the input space
    [...], that can approximate any function in $L^p(\mathbb{R}^n)$ $(1 \leq p \leq \infty)$ arbitrarily
    well.""",
    source="Section 1",
    reading="""For p = infinity and n = 1: for every bounded g there is a network f with |f - g| <= 1/4 almost
    everywhere; f is Lipschitz, and almost everywhere means except at 0 for g = sign, as f - g is continuous
    elsewhere.""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.ARGUED,
)
