"""Theorem 3.3. On the restricted space ||Phi - Gamma|| <= 4 delta^(1/2), and even 2 sqrt(2) delta^(1/2)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import permutations
from math import isqrt

from exactrelu import Parametrization
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..parametrization_texts import written_parametrization
from ..stability_proofs.restricted import theorem_3_3, theorem_3_3_statement
from ..stability_proofs.restricted_space import SHARP
from ..statements.expressions import Expression, number
from ..statements.functions import ROOT
from ..traced_formulas import gradient_distance, restricted_space_violations, theorem_33
from ..tried_pairs import Pair, restricted_pairs
from ..verdicts import Failure, by_cases, by_kernel, by_two_roads, untried

PAIRS = tuple(restricted_pairs("theorem 3.3", 300))


def constant(square: Fraction) -> Expression:
    """Return the square root of a rational number as a term: 4, or 2 sqrt(2)."""
    root = Fraction(isqrt(square.numerator), isqrt(square.denominator))
    if root**2 == square:
        return number(root)
    return SHARP if square == 8 else ROOT(number(square))


def check(pairs: Sequence[Pair] = PAIRS, constant_squared: Fraction = Fraction(16)) -> Finding:
    """Prove it for all d, m, D; decide min over permutations of ||Phi - Gamma||^2 <= 16 delta for pairs."""
    factor = constant(constant_squared)
    proved = by_kernel(
        theorem_3_3_statement(factor),
        lambda: theorem_3_3(factor, constant_squared),
        "d = n + 2; a network is (a, c), a(i, j) and c(i, k); |R(b, e) - R(a, c)|_W <= delta is (21)",
    )
    return by_two_roads(proved, trial(pairs, constant_squared))


def trial(pairs: Sequence[Pair], constant_squared: Fraction) -> Finding:
    """Decide the bound for each pair, and with 2 sqrt(2)."""
    inside = [pair for pair in pairs if not any(map(restricted_space_violations, pair))]
    if not inside:
        return untried("no pair lies in the space of Definition 3.2")
    quotients = [q for q in map(quotient, inside) if q is not None]

    def failure(pair: Pair) -> Failure | None:
        gamma, theta = pair
        delta, distance = gradient_distance(theta, gamma).value, nearest(gamma, theta)
        names = f"Gamma = {written_parametrization(gamma)}, g = R({written_parametrization(theta)})"
        if distance != theorem_33(gamma, theta).distance:
            return f"{names}: of all permutations the nearest is {distance} away, the library says otherwise"
        if distance**2 > constant_squared * delta:
            return f"{names}: delta = {delta}, and every Phi is {distance} away"
        return f"{names}: 2 sqrt(2) does not serve" if distance**2 > 8 * delta else None

    return by_cases(
        inside,
        failure,
        "every Phi of the space with R(Phi) = g is a permutation of Theta (see Definition 3.2), so the "
        "best one is "
        "found among all m! of them; again as a bottleneck assignment",
        f"decided by squares: distance^2 <= {constant_squared} delta, and distance^2 <= 8 delta",
        f"the largest quotient distance^2 / delta here is {max(quotients, default=0)}; for 8 see "
        "sharp-constant",
    )


def nearest(gamma: Parametrization, theta: Parametrization) -> Fraction:
    """Return the least ||Phi - Gamma||_inf over the permutations Phi of Theta."""
    rows = [[[*n.weight, *n.coefficient] for n in shallow.neurons] for shallow in (gamma, theta)]
    costs = [[max(abs(x - y) for x, y in zip(p, q, strict=True)) for q in rows[1]] for p in rows[0]]
    orders = permutations(range(len(costs)))
    return min(max(costs[i][j] for i, j in enumerate(order)) for order in orders)


def quotient(pair: Pair) -> Fraction | None:
    """Return distance^2 / delta, None for equal functions."""
    delta = gradient_distance(*pair).value
    return nearest(*pair) ** 2 / delta if delta else None


CLAIM = PaperClaim(
    id="berner/theorem-3.3",
    title="Theorem 3.3: (4, 1/2) inverse stability on the restricted space",
    sentence="""Our main result now states that for such a restricted parametrization space we have uniform
    inverse stability w.r.t. , a proof of which can be found in Appendix A.3.2.""",
    source="Section 3, Theorem 3.3; proof in Appendix A.3.2",
    reading="""Our reconstruction: for Gamma in the space of Definition 3.2 and g in its image there is Phi
    in it with R(Phi) = g and ||Phi - Gamma||_inf <= 4 |g - R(Gamma)|_W^(1/2). For all d >= 2, m
    and D; with 2 sqrt(2) see B11.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
