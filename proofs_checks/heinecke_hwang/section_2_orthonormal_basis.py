"""Section 2: with an orthonormal basis x = F* y, and the Fourier basis is one."""

from __future__ import annotations

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..kernel.arithmetic import axiom, certificate, last_term, square
from ..kernel.rules import Theorem, absurd, part, together, weaken
from ..proving.certificates import arith
from ..proving.decompositions import equal_terms
from ..proving.lemmas import only_term, zero_if_square
from ..proving.tactics import by_induction, parts, prove, prove_for, split, use
from ..statements.expressions import (
    NATURAL,
    REAL,
    Expression,
    both,
    either,
    eq,
    forall,
    function,
    implies,
    negation,
    substitute,
    total,
    variable,
)
from ..statements.functions import INVERSE
from ..statements.networks import below
from ..verdicts import by_argument, by_kernel

size, m = variable("N", NATURAL), variable("m", NATURAL)
i, j, l = (variable(name, NATURAL) for name in "ijl")
F = variable("F", REAL, NATURAL, NATURAL)
x, y, P, Q = (variable(name, REAL, NATURAL) for name in "xyPQ")
a, c = variable("a", REAL), variable("b", REAL)

# Columns of norm 1 that are orthogonal to each other; y = F x.
GRAM = total(i, size, F(i, j) * F(i, l))
ORTHONORMAL = below(j, size, below(l, size, either(both(eq(l, j), eq(GRAM, 1)), eq(GRAM, 0))))
SYNTHESIS = below(i, size, eq(y(i), total(l, size, F(i, l) * x(l))))
UNIT = below(j, size, eq(total(i, size, F(i, j) ** 2), 1))
COEFFICIENTS = forall(
    *(size, F, x, y),
    implies(ORTHONORMAL, UNIT, SYNTHESIS, below(j, size, eq(x(j), total(i, size, F(i, j) * y(i))))),
)
# u = a + bi and u^k = P(k) + i Q(k). Two columns of the Fourier matrix have the product (1/N) sum u^k, where
# u is a quotient of two N-th roots of unity.
POWERS = both(
    both(eq(P(0), 1), eq(Q(0), 0)),
    forall(m, both(eq(P(m + 1), a * P(m) - c * Q(m)), eq(Q(m + 1), a * Q(m) + c * P(m)))),
)
ROOTS = forall(
    *(size, a, c, P, Q),
    implies(
        POWERS,
        both(eq(P(size), 1), eq(Q(size), 0)),
        negation(both(eq(a, 1), eq(c, 0))),
        both(eq(total(m, size, P(m)), 0), eq(total(m, size, Q(m)), 0)),
    ),
)
STATEMENT = both(COEFFICIENTS, ROOTS)


def proof() -> Theorem:
    """<F_j, F x> = x_j, term by term; (u - 1) sum u^k = u^N - 1."""
    return together(
        prove_for((size, F, x, y), COEFFICIENTS, _coefficients), prove_for((size, a, c, P, Q), ROOTS, _roots)
    )


def _coefficients(
    basis: Theorem, unit: Theorem, synthesis: Theorem, place: Expression, small: Theorem, goal: Expression
) -> Theorem:
    def analysed(i: Expression, less: Theorem, goal: Expression) -> Theorem:
        return arith(goal, use(synthesis, i, less), multipliers=[F(i, place)], degree=1)

    unfolded = equal_terms(
        i, size, F(i, place) * y(i), F(i, place) * total(l, size, F(i, l) * x(l)), analysed
    )
    terms = function(l, substitute(GRAM, j, place) * x(l))

    def alone(l: Expression, less: Theorem, goal: Expression) -> Theorem:
        return split(
            use(basis, place, small, l, less),
            lambda same: weaken(part(same, 0), goal),
            lambda zero: weaken(arith(goal.args[1], zero, multipliers=[x(l)], degree=1), goal),
        )

    others = prove(below(i, size, either(eq(i, place), eq(terms(i), 0))), alone)
    one_term = use(only_term(), terms, size, place, small, others)
    return arith(goal, unfolded, one_term, use(unit, place, small), multipliers=[x(place)], degree=1)


def _roots(powers: Theorem, root: Theorem, other: Theorem, goal: Expression) -> Theorem:
    (start, start_i), following = parts(part(powers, 0)), part(powers, 1)

    def claim(k: Expression) -> Expression:
        real, imaginary = total(m, k, P(m)), total(m, k, Q(m))
        return both(eq((a - 1) * real - c * imaginary, P(k) - 1), eq((a - 1) * imaginary + c * real, Q(k)))

    def base(goal: Expression) -> Theorem:
        return together(*(arith(part, start, start_i) for part in goal.args))

    def step(k: Expression, before: Theorem, goal: Expression) -> Theorem:
        facts = [*parts(before), *parts(use(following, k))]
        sums = [last_term(k, P), last_term(k, Q)]
        return together(*(arith(part, *facts, *sums, multipliers=[a - 1, c], degree=1) for part in goal.args))

    real, imaginary = total(m, size, P(m)), total(m, size, Q(m))
    one, two = (
        arith(eq(left, 0), sums, value, degree=1)
        for sums, value, left in zip(
            parts(use(by_induction(claim, base, step), size)),
            parts(root),
            ((a - 1) * real - c * imaginary, (a - 1) * imaginary + c * real),
            strict=True,
        )
    )
    length = (a - 1) ** 2 + c**2
    products = [
        arith(eq(length * value, 0), one, two, multipliers=[a - 1, c], degree=1)
        for value in (real, imaginary)
    ]

    def zero(product: Theorem, goal: Expression) -> Theorem:
        value = goal.args[0]
        return split(
            use(axiom("inverse"), length),
            lambda nothing: absurd(use(other, _is_one(nothing)), goal),
            lambda inverse: certificate(goal, [(product, INVERSE(length)), (inverse, -value)]),
        )

    return together(*(zero(product, part) for product, part in zip(products, goal.args, strict=True)))


def _is_one(nothing: Theorem) -> Theorem:
    """From (a - 1)^2 + b^2 = 0: a = 1 and b = 0."""
    squares = [square(a - 1), square(c)]
    first = use(zero_if_square(), a - 1, arith((a - 1) * (a - 1) <= 0, nothing, *squares, degree=1))
    second = use(zero_if_square(), c, arith(c * c <= 0, nothing, *squares, degree=1))
    return together(arith(eq(a, 1), first, degree=1), second)


def check(statement: Expression = STATEMENT) -> Finding:
    """Prove both halves; that the entries of F are powers of a root of unity is in words."""
    return by_argument(
        by_kernel(
            statement,
            proof,
            "for a real orthonormal basis x = F* y; for the Fourier basis the powers of u have the sum zero, "
            "where u^N = 1 and u != 1, and |u| = 1 gives columns of norm 1",
        ),
        "exp(-2 pi i / N) is a number u with u^N = 1, and the product of two different columns of F is the "
        "sum of the powers of such a u that is not 1, divided by N; complex numbers are pairs",
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/section-2-orthonormal",
    title="an orthonormal basis: x = F* y; the Fourier basis is one",
    sentence=r"""As the Fourier basis is orthonormal, the coefficients of the representation $y = Fx$, simply
    given via conjugate transpose, are $\mathbf{x} = \mathbf{F}^* \mathbf{y}$.""",
    source="Section 2, Orthonormal bases and frames",
    reading="""If the columns of F are orthonormal and y = F x, then x = F* y; and the columns of the Fourier
    matrix are orthonormal.""",
    recorded=ClaimVerdict.ARGUED,
    check=check,
)
