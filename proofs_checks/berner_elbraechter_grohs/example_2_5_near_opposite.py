"""Example 2.5. Opposite directions between two parametrizations: C.3b of Theorem 3.1 is needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from exactrelu import Neuron, Parametrization
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim
from exactrelu.shallow.balancing import BalanceNorm, is_balanced

from ..functions_of_k import Shallow
from ..shallow_families import KS, Family, family_finding
from ..stability_proofs.near_opposite_example import example_2_5, example_2_5_statement
from ..verdicts import by_kernel, by_two_roads

Rows = Sequence[Sequence[Any]]


def negative(rows: Rows) -> Rows:
    """Return -a_1, ..., -a_m."""
    return [[-entry for entry in row] for row in rows]


def original(k: Any) -> Shallow:
    """Gamma_k with sqrt(2); the third neuron is sqrt(2) (0, -k, 1/(2k)) with coefficient sqrt(2) k."""
    import sympy

    root = sympy.sqrt(2)
    return [(k, k, 1 / k), (-k, k, 1 / k), (0, -root * k, 1 / (root * k))], (k, k, root * k)


def original_exact(k: Fraction) -> tuple[Parametrization, Parametrization]:
    """Gamma_k and Theta_k; a neuron of scale 4 has a times 4^(1/4) = sqrt(2) and c divided by it."""
    rows = ((k, k, 1 / k), (-k, k, 1 / k), (0 * k, -k, 1 / (2 * k)))
    pairs = list(zip(rows, ((k,), (k,), (2 * k,)), (1, 1, 4), strict=True))
    gamma = tuple(Neuron(a, c, scale=Fraction(r)) for a, c, r in pairs)
    theta = tuple(Neuron(tuple(-e for e in a), c, scale=Fraction(r)) for a, c, r in pairs)
    return Parametrization(3, 1, gamma, (Fraction(0),)), Parametrization(3, 1, theta, (Fraction(0),))


def rational(k: Any) -> Shallow:
    """Return Gamma_k of a variant without roots whose distance even goes to 0; all c_i are 2k."""
    last = 1 / (2 * k**2)
    return [(2 * k, k, last), (-2 * k, k, last), (0, -2 * k, last)], (2 * k,) * 3


def check(
    variant: Callable[[Any], Shallow] = rational,
    delta: Callable[[Any], Any] = lambda k: 3 / k,
    ks: Sequence[int] = KS,
    distance: int = 3,
    factor: int = 1,
) -> Finding:
    """Prove it for all k; check the original, with radicals, and the variant, for ``ks``."""
    proved = by_kernel(
        example_2_5_statement(distance, factor),
        example_2_5,
        "k kappa = 1, rho^2 = 2; the tables hold the places of k, kappa, rho k and rho kappa / 2 in the rows",
    )
    return by_two_roads(proved, trial(variant, delta, ks))


def trial(variant: Callable[[Any], Shallow], delta: Callable[[Any], Any], ks: Sequence[int]) -> Finding:
    """Check the original, with radicals, and the variant: balance, distance, fibre, C.3b alone fails."""
    first = finding_of(original, lambda _k: 3, ks, original_exact)
    second = finding_of(variant, delta, ks, None)
    lines = (
        *(f"with sqrt(2): {line}" for line in first.evidence),
        *(f"rational variant: {line}" for line in second.evidence),
    )
    verdict = first.verdict if second.verdict is ClaimVerdict.CHECKED else second.verdict
    return replace(second, verdict=verdict, evidence=lines)


def finding_of(
    gamma: Callable[[Any], Shallow],
    delta: Callable[[Any], Any],
    ks: Sequence[int],
    exact: Callable[[Fraction], tuple[Parametrization, Parametrization]] | None,
) -> Finding:
    """Return the finding for Gamma_k and Theta_k = Gamma_k with the rows -a_i."""

    def theta(k: Any) -> Shallow:
        rows, coefficients = gamma(k)
        return negative(rows), coefficients

    family = Family(gamma, theta, delta, lambda k: k, ("C.3b",), same_width=True, exact=exact)
    unbalanced = [
        k for k in ks if not all(is_balanced(n, BalanceNorm.MAX) for n in family.pair(k)[0].neurons)
    ]
    if unbalanced:
        return Finding(ClaimVerdict.REFUTED, (f"Gamma_k is not balanced for k = {unbalanced[:5]}",))
    return family_finding(
        family,
        ks,
        "R(Theta_k) - R(Gamma_k) = -<sum c_i a_i, x>, since relu(-t) - relu(t) = -t",
        "the whole fibre: three different hyperplanes, and no subset of the c_i a_i has sum 0, so the rows "
        "of "
        "Phi lie on the rays of -a_1, -a_2, -a_3 in some order; row 1 alone is at least k away from each",
        "Gamma_k and Theta_k are balanced; C.3 fails for every Theta that realizes g_k",
    )


CLAIM = PaperClaim(
    id="berner/2.5",
    title="Example 2.5: near-opposite parametrizations",
    sentence="""This, however, does not suffice as is demonstrated by the next example, which shows that the
    relation between the hyperplanes of the two realizations matters. and consider the parametrizations (see
    Figure 5) Note that and need to have multiple exactly opposite weight vectors which add to something
    small (compared to the size of the individual vectors), but not zero, since otherwise reparametrization
    would be possible (see Lemma A.5).""",
    source="Section 2.2, Example 2.5; proof in Appendix A.2.2",
    reading="""Our reconstruction: a_1 = (k, k, 1/k), a_2 = (-k, k, 1/k), a_3 = (0, -sqrt(2) k, 1/(sqrt(2)
    k)), c = (k, k, sqrt(2) k); Theta_k has -a_i instead of a_i. |R(Theta_k) - R(Gamma_k)|_W = 3, while
    every Phi with R(Phi) = R(Theta_k) has ||Phi - Gamma_k||_inf >= k. In the rational variant the distance
    is 3/k.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
