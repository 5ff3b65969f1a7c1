"""Definition 1.1. Inverse stability, decided completely in the smallest case, where s = sqrt(2) is sharp."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from exactrelu import Parametrization, gradient_distance, parameter_distance
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..kernel.arithmetic import axiom, certificate, square
from ..kernel.rules import Theorem, absurd, together, weaken, witness
from ..labelled_identities import wrong_identities
from ..proving.certificates import arith
from ..proving.lemmas import abs_facts
from ..proving.tactics import compare, parts, prove, split, use, with_witness
from ..stability_proofs.fixed_directions import relu_scaled_weakly
from ..stability_proofs.opening import Given, opened, opened_exists
from ..statements.expressions import (
    FALSE,
    REAL,
    Expression,
    both,
    either,
    eq,
    exists,
    forall,
    implies,
    number,
    variable,
)
from ..statements.functions import ABS, RELU
from ..verdicts import by_analysis, by_kernel, by_two_roads

LENGTHS = (Fraction(0), Fraction(1, 2**200), Fraction(1, 3), Fraction(1), Fraction(7, 2), Fraction(2) ** 200)

# Omega = {(a, c) : a >= 0, c = a or c = -a}, d = m = D = 1: the realization p relu(x), p = c a, fixes (a, c).
# |g - R(Gamma)|_W = |p - q|. Each product below is not negative where it is used.
Identities = Mapping[str, Callable[[Any, Any], tuple[Any, Any]]]
IDENTITIES: Identities = {
    "signs agree, a >= b: (a^2 - b^2) - (a - b)^2 = 2b(a - b) >= 0": lambda a, b: (
        (a**2 - b**2) - (a - b) ** 2,
        2 * b * (a - b),
    ),
    "signs differ: 2(a^2 + b^2) - (a + b)^2 = (a - b)^2 >= 0": lambda a, b: (
        2 * (a**2 + b**2) - (a + b) ** 2,
        (a - b) ** 2,
    ),
}


x, a, b, c, e, p, q, t = (variable(name, REAL) for name in ("x", "a", "b", "c", "e", "p", "q", "t"))


def inside(a: Expression, c: Expression) -> tuple[Expression, Expression]:
    """Return what (a, c) in Omega means."""
    return a >= 0, eq(ABS(c), a)


def statement(square: Fraction) -> Expression:
    """Return: R(a, c) = c a relu, R is (square^(1/2), 1/2) inverse stable on Omega, and for no less.

    Inverse stability is Definition 1.1 with its quantifiers: for Gamma = (a, c) and g = R(b, e) there is
    Phi = (p, q) in Omega with R(Phi) = g and the bound; |g - R(Gamma)|_W is |e b - c a|.
    """
    distance = ABS(e * b - c * a)
    realized = forall(a, c, x, implies(*inside(a, c), eq(c * RELU(a * x), c * a * RELU(x))))

    def stable(factor: Expression) -> Expression:
        same = forall(x, eq(q * RELU(p * x), e * RELU(b * x)))
        near = ((p - a) ** 2 <= factor * distance, (q - c) ** 2 <= factor * distance)
        found = exists(p, q, both(*inside(p, q), same, *near))
        return forall(a, c, b, e, implies(*inside(a, c), *inside(b, e), found))

    sharp = forall(t, implies(stable(t), t >= number(square)))
    return both(realized, stable(number(square)), sharp)


def proof() -> Theorem:
    """Phi = (b, e) serves; for a = c = 1 and g = -relu nothing else does, and it is the sharp case."""
    realized, stable, sharp = statement(Fraction(2)).args
    first = prove(
        realized,
        lambda a, c, x, at_least, _, goal: arith(
            goal, use(relu_scaled_weakly(), a, x, at_least), multipliers=[c]
        ),
    )

    def found(given: Given) -> Theorem:
        _a, _c, b, e, _a_least, _c_size, b_least, e_size, goal = given
        body = opened_exists(goal, b, e)
        same = prove(body.args[2], lambda _x, equal: arith(equal))
        bounds = _bounds((*given[:-1], both(*body.args[3:])))
        return witness(together(b_least, e_size, same, *parts(bounds)), goal, b, e)

    return together(first, opened(stable, 8, found), prove(sharp, _sharp_case))


def _bounds(given: Given) -> Theorem:
    """The signs of c and e agree, or they do not."""
    a, c, b, e, a_least, c_size, b_least, e_size, goal = given
    size = parts(use(abs_facts(), e * b - c * a))[1:3]

    def of_signs(of_c: Theorem, of_e: Theorem) -> Theorem:
        # e b - c a is +-(b^2 - a^2) or +-(b^2 + a^2), and |e b - c a| is at least both
        mine = arith(eq(c * a, of_c.conclusion.args[1] * a), of_c, multipliers=[a])
        theirs = arith(eq(e * b, of_e.conclusion.args[1] * b), of_e, multipliers=[b])
        known = [*size, mine, theirs, square(a - b), square(a + b)]
        weights = _ordered(goal.args[0], a, b, (a_least, b_least), known)
        moved = arith(eq(e - c, of_e.conclusion.args[1] - of_c.conclusion.args[1]), of_c, of_e)
        exact = certificate(
            eq((e - c) ** 2, moved.conclusion.args[1] ** 2), [(moved, e - c + moved.conclusion.args[1])]
        )
        return together(weights, _ordered(goal.args[1], a, b, (a_least, b_least), [*known, exact]))

    def with_c(of_c: Theorem) -> Theorem:
        return split(
            _signs(e, b, e_size), lambda of_e: of_signs(of_c, of_e), lambda of_e: of_signs(of_c, of_e)
        )

    return split(_signs(c, a, c_size), with_c, with_c)


def _signs(c: Expression, a: Expression, size: Theorem) -> Theorem:
    """|c| = a: c = a or c = -a."""
    goal = either(eq(c, a), eq(c, -1 * a))
    positive, negative = parts(use(axiom("abs"), c))
    return split(
        compare(number(0), c),
        lambda up: weaken(arith(goal.args[0], use(positive, up), size), goal),
        lambda down: weaken(arith(goal.args[1], use(negative, arith(c <= 0, down)), size), goal),
    )


def _sharp_case(t: Expression, serves: Theorem, goal: Expression) -> Theorem:
    """Gamma = (1, 1), g = -relu: the only Phi in Omega is (1, -1), with distance^2 = 4 and delta = 2."""
    one = use(parts(use(axiom("abs"), 1))[0], arith(number(1) >= 0))
    minus = use(parts(use(axiom("abs"), -1))[1], arith(number(-1) <= 0))
    two = use(parts(use(axiom("abs"), -2))[1], arith(number(-2) <= 0))
    least = arith(number(1) >= 0)
    ends = use(
        serves,
        *(1, 1, 1, -1),
        least,
        arith(eq(ABS(number(1)), 1), one),
        least,
        arith(eq(ABS(number(-1)), 1), minus),
    )

    def only(p: Expression, q: Expression, known: Theorem) -> Theorem:
        p_least, q_size, same, _near, close = parts(known)
        right = use(parts(use(axiom("relu"), 1))[0], arith(number(1) >= 0))
        scaled = use(relu_scaled_weakly(), p, 1, p_least)
        # q p = -1 from the values at 1, so q < 0, |q| = -q = p, and q^2 = 1
        product = arith(eq(q * p, -1), use(same, 1), scaled, right, multipliers=[q, p * q])

        def negative(down: Theorem) -> Theorem:
            equal = arith(eq(p, -1 * q), use(parts(use(axiom("abs"), q))[1], arith(q <= 0, down)), q_size)
            unit = arith(eq(q * q, 1), product, equal, multipliers=[q])
            at_most = split(
                compare(q, number(-1)),
                lambda fact: fact,
                lambda more: absurd(arith(FALSE, unit, down, more), q <= -1),
            )
            far = arith((q - 1) ** 2 >= 4, at_most)
            return arith(goal, close, two, far, multipliers=[t])

        return split(
            compare(number(0), q),
            lambda up: absurd(arith(FALSE, product, arith(q * p >= 0, up, p_least)), goal),
            negative,
        )

    return with_witness(ends, only)


def _ordered(
    goal: Expression, a: Expression, b: Expression, least: tuple[Theorem, Theorem], known: list[Theorem]
) -> Theorem:
    """Prove a bound where a <= b and where b < a."""
    products = [arith(a * b >= 0, *least)]

    def order(fact: Theorem) -> Theorem:
        one, two = fact.conclusion.args
        gap = arith((two - one) * one >= 0, fact, *least)
        return arith(goal, *known, *products, gap, degree=1)

    return split(compare(a, b), order, order)


def check(identities: Identities = IDENTITIES, constant_squared: Fraction = Fraction(2)) -> Finding:
    """Prove it; expand the identities, and see that equality occurs."""
    return by_two_roads(by_kernel(statement(constant_squared), proof), trial(identities, constant_squared))


def trial(identities: Identities, constant_squared: Fraction) -> Finding:
    """Prove distance^2 <= 2 |p - q| on Omega by the identities, and see that equality occurs."""
    failures = wrong_identities(identities, "ab")
    if len(identities) < len(IDENTITIES):
        failures.append("a case is missing")
    quotients = []
    for p, q, sign in ((p, q, sign) for p in LENGTHS for q in LENGTHS for sign in (1, -1)):
        one, two = member(p, 1), member(q, sign)
        distance, delta = parameter_distance(one, two), gradient_distance(one, two).value
        if distance * distance > constant_squared * delta:
            failures.append(f"a = {p}, b = {q}, sign {sign}: distance {distance}, |g - R(Gamma)| = {delta}")
        if delta:
            quotients.append(distance * distance * (1 / delta))
    if max(quotients) != constant_squared:
        failures.append(f"the largest quotient distance^2 / |g - R(Gamma)| is {max(quotients)}")
    return by_analysis(
        "Omega = {(a, c) : a >= 0, |c| = a}, d = m = D = 1: R is (sqrt(2), 1/2) inverse stable on it",
        failures,
        "R(Phi) = g has one solution Phi in Omega: p relu(x) with p = c a fixes a = |p|^(1/2) and the sign "
        "of c",
        "the distance of (a, +-a) and (b, +-b) is |a - b| if the signs agree, else a + b",
        *identities,
        f"no smaller constant: a = b with different signs, distance^2 / |g - R(Gamma)| = {max(quotients)}",
        cases=LENGTHS,
    )


def member(length: Fraction, sign: int) -> Parametrization:
    """Return (a, c) with c = a or c = -a."""
    return Parametrization.from_rationals([[length]], [[sign * length]])


CLAIM = PaperClaim(
    id="berner/definition-1.1",
    title="Definition 1.1: inverse stability, and that it can hold",
    sentence="""Let , , and . We say that the realization map is inverse stable on w.r.t. , if for all and
    there exists with""",
    source="Section 1.1, Definition 1.1",
    reading="""Our reconstruction: R is (s, alpha) inverse stable on Omega w.r.t. a norm if for all Gamma in
    Omega and g in R(Omega) there is Phi in Omega with R(Phi) = g and ||Phi - Gamma||_inf <= s ||g -
    R(Gamma)||^alpha. The smallest balanced space satisfies it with alpha = 1/2 and s = sqrt(2), and with no
    less.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
