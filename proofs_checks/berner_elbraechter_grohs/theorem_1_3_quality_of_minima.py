"""Theorem 1.3. The constants of its proof: r' = (r/s)^(1/alpha), eta = min(r'/2, eps r' / (2 c diam S))."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..verdicts import by_proof

VALUES = (Fraction(1, 100), Fraction(1, 3), Fraction(1), Fraction(9, 2))


def radius(r: Any, s: Any, alpha: Any) -> Any:
    """Return r', the radius of Proposition 1.2."""
    return (r / s) ** (1 / alpha)


def etas(rho: Any, eps: Any, c: Any, diameter: Any) -> tuple[Any, Any]:
    """Return the two numbers whose minimum is eta, the first for the radius, the second for the quality."""
    return rho / 2, eps * rho / (2 * c * diameter)


def check(
    radius_of: Callable[[Any, Any, Any], Any] = radius,
    etas_of: Callable[[Any, Any, Any, Any], tuple[Any, Any]] = etas,
) -> Finding:
    """Show that eta meets both demands of Theorem A.2, for symbols; that the minimum does, for numbers."""
    import sympy

    r, s, alpha, eps, c, diameter = sympy.symbols("r s alpha eps c D", positive=True)
    rho = radius_of(r, s, alpha)
    first, second = etas_of(rho, eps, c, diameter)
    failures = []
    if sympy.simplify(s * rho**alpha - r) != 0:
        failures.append("s r'^alpha is not r")
    if sympy.simplify(rho - 2 * first) != 0:
        failures.append(f"2 eta = {2 * first} may exceed r' = {rho}")
    loss = 2 * c / rho * diameter * second
    if sympy.simplify(loss - eps) != 0:
        failures.append(f"(2c/r') diam(S) eta = {sympy.simplify(loss)}, not eps")
    for p, e, k, w in ((p, e, k, w) for p in VALUES for e in VALUES for k in VALUES for w in VALUES):
        eta = min(etas_of(p, e, k, w))
        if not 0 < 2 * eta <= p or 2 * k / p * w * eta > e:
            failures.append(f"r' = {p}, eps = {e}, c = {k}, diam S = {w}: eta = {eta}")
    return by_proof(
        "all positive r, s, alpha, eps, c, diam S: the arithmetic of the proof, not the hypotheses (B2, B3)",
        failures,
        "by Proposition 1.2 the local minimum has radius r' among the realizations, s r'^alpha = r",
        "2 eta <= r', as Theorem A.2 asks",
        "(2c/r') ||g_* - g|| eta <= (2c/r') diam(S) eta <= eps, so (47) gives (14)",
    )


CLAIM = PaperClaim(
    id="berner/theorem-1.3",
    title="Theorem 1.3: the constants of its proof",
    sentence="""Then for all there exists such that for every with the following holds: Every local minimum
    with radius at least of satisfies [...] Let , define and . Then compactness of implies the existence of
    an architecture such that for every with the approximability assumption (46) is satisfied.""",
    source="Section 1.2, Theorem 1.3; proof in Appendix A.1.2",
    reading="""Our reconstruction of the constants: r' = (r/s)^(1/alpha) and eta = min(r'/2, eps r' / (2 c
    diam S)) satisfy 2 eta <= r' and (2c/r') diam(S) eta <= eps, so Theorem A.2 gives L(R(Gamma_*)) <= min L
    + eps. What the proof says of compactness is B2, what the theorem asks of Omega_N is B3.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
