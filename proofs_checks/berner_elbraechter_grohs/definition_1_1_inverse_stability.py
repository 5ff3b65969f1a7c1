"""Definition 1.1. Inverse stability, decided completely in the smallest case, where s = sqrt(2) is sharp."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from exactrelu import Parametrization, gradient_distance, parameter_distance
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..verdicts import by_proof

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


def check(identities: Identities = IDENTITIES, constant_squared: Fraction = Fraction(2)) -> Finding:
    """Prove distance^2 <= 2 |p - q| on Omega by the identities, and see that equality occurs."""
    from flint import Ordering, fmpz_mpoly_ctx

    a, b = fmpz_mpoly_ctx.get(("a", "b"), Ordering.lex).gens()
    failures = [text for text, sides in identities.items() if len(set(map(str, sides(a, b)))) != 1]
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
    return by_proof(
        "Omega = {(a, c) : a >= 0, |c| = a}, d = m = D = 1: R is (sqrt(2), 1/2) inverse stable on it",
        failures,
        "R(Phi) = g has one solution Phi in Omega: p relu(x) with p = c a fixes a = |p|^(1/2) and the sign "
        "of c",
        "the distance of (a, +-a) and (b, +-b) is |a - b| if the signs agree, else a + b",
        *identities,
        f"no smaller constant: a = b with different signs, distance^2 / |g - R(Gamma)| = {max(quotients)}",
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
    R(Gamma)||^alpha. The smallest balanced space satisfies it, with alpha = 1/2.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
