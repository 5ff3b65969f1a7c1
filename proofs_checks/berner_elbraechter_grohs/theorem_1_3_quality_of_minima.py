"""Theorem 1.3. For large architectures local minima of radius r are optimal up to eps."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..stability_proofs.minima import theorem_1_3, theorem_1_3_statement
from ..statements.expressions import Expression
from ..verdicts import by_analysis, by_kernel, by_two_roads

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
    statement: Expression | None = None,
) -> Finding:
    """Prove it; show that eta meets both demands of Theorem A.2, for symbols and for numbers."""
    wanted = theorem_1_3_statement() if statement is None else statement
    proved = by_kernel(
        wanted,
        theorem_1_3,
        "S = {f : Lambda(f) <= C}, Omega_N = {Phi in P_N : R(Phi) in S}; le(n, N) is n_l <= N_l for all l",
        "compactness of S is used as this alone: finitely many realizations in S are within eta of all "
        "realizations in S, and S is bounded. (Parts of compact sets are totally bounded, centres inside.)",
        "of architectures: larger ones realize more (zero neurons), two have a common larger one, and "
        "mixtures of realizations are realizations of some architecture (networks side by side)",
        "the proof takes the realizations in S where the paper takes S, so the gap B2 is closed",
    )
    return by_two_roads(proved, trial(radius_of, etas_of))


def trial(
    radius_of: Callable[[Any, Any, Any], Any],
    etas_of: Callable[[Any, Any, Any, Any], tuple[Any, Any]],
) -> Finding:
    """Show the arithmetic of the constants."""
    import sympy

    r, s, alpha, eps, c, diameter = sympy.symbols("r s alpha eps c D", positive=True)
    rho = radius_of(r, s, alpha)
    first, second = etas_of(rho, eps, c, diameter)
    failures, computed = [], []
    if sympy.simplify(s * rho**alpha - r) != 0:
        failures.append("s r'^alpha is not r")
    if sympy.simplify(rho - 2 * first) != 0:
        failures.append(f"2 eta = {2 * first} may exceed r' = {rho}")
    loss = 2 * c / rho * diameter * second
    if sympy.simplify(loss - eps) != 0:
        failures.append(f"(2c/r') diam(S) eta = {sympy.simplify(loss)}, not eps")
    for p, e, k, w in ((p, e, k, w) for p in VALUES for e in VALUES for k in VALUES for w in VALUES):
        eta = min(etas_of(p, e, k, w))
        computed.append((p, e, k, w, eta, 2 * k / p * w * eta))
        if not 0 < 2 * eta <= p or 2 * k / p * w * eta > e:
            failures.append(f"r' = {p}, eps = {e}, c = {k}, diam S = {w}: eta = {eta}")
    return by_analysis(
        "all positive r, s, alpha, eps, c, diam S: the arithmetic of the proof, not the hypotheses (B2, B3)",
        failures,
        "by Proposition 1.2 the local minimum has radius r' among the realizations, s r'^alpha = r",
        "2 eta <= r', as Theorem A.2 asks",
        "(2c/r') ||g_* - g|| eta <= (2c/r') diam(S) eta <= eps, so (47) gives (14)",
        cases=computed,
    )


CLAIM = PaperClaim(
    id="berner/theorem-1.3",
    title="Theorem 1.3: local minima of large architectures are nearly optimal",
    sentence="""Then for all there exists such that for every with the following holds: Every local minimum
    with radius at least of satisfies [...] Let , define and . Then compactness of implies the existence of
    an architecture such that for every with the approximability assumption (46) is satisfied.""",
    source="Section 1.2, Theorem 1.3; proof in Appendix A.1.2",
    reading="""Our reconstruction: Lambda quasi-convex, S = {f : Lambda(f) <= C} compact in the closure of
    R(P), L convex and c-Lipschitz on S, R (s, alpha) inverse stable on Omega_N = {Phi in P_N : Lambda(R(Phi))
    <= C} for every architecture N. For all eps, r > 0 there is an architecture n such that for all N >= n
    every local minimum Gamma_* of radius at least r of L(R(Gamma)) over Omega_N satisfies L(R(Gamma_*)) <=
    L(R(Psi)) + eps for all Psi in Omega_N. (What the paper's proof says of compactness is B2; where Theorem
    3.3 gives the stability, B3.)""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
