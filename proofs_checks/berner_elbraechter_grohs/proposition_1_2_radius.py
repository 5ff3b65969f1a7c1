"""Proposition 1.2. A local minimum of radius r in the parameters has radius (r/s)^(1/alpha) as a function."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from exactrelu import realization_radius
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..stability_proofs.proposition_1_2 import proposition_1_2, proposition_1_2_statement
from ..statements.expressions import Expression
from ..verdicts import by_analysis, by_kernel, by_two_roads

CASES = [
    (Fraction(r), Fraction(s), Fraction(1, q))
    for r in (1, Fraction(1, 3), 5)
    for s in (4, Fraction(1, 2), 7)
    for q in (1, 2, 3)
]


def radius(r: Any, s: Any, alpha: Any) -> Any:
    """(r/s)^(1/alpha)."""
    return (r / s) ** (1 / alpha)


def check(radius_of: Callable[[Any, Any, Any], Any] = radius, statement: Expression | None = None) -> Finding:
    """Prove it; show s rho^alpha = r for rho = (r/s)^(1/alpha), for symbols and for numbers."""
    wanted = proposition_1_2_statement() if statement is None else statement
    return by_two_roads(by_kernel(wanted, proposition_1_2), trial(radius_of))


def trial(radius_of: Callable[[Any, Any, Any], Any]) -> Finding:
    """Show s rho^alpha = r."""
    import sympy

    r, s, alpha = sympy.symbols("r s alpha", positive=True)
    left = sympy.simplify(s * radius_of(r, s, alpha) ** alpha)
    failures = [] if sympy.simplify(left - r) == 0 else [f"s rho^alpha = {left}, not r"]
    for p, q, exponent in CASES:
        found = realization_radius(p, q, exponent)
        if found != (p / q) ** exponent.denominator or found != radius_of(p, q, exponent):
            failures.append(f"r = {p}, s = {q}, alpha = {exponent}: the radius of the library is {found}")
    return by_analysis(
        "all r, s, alpha > 0 and every norm",
        failures,
        "Let ||g - R(Gamma_*)|| <= rho = (r/s)^(1/alpha), g in R(Omega). Definition 1.1 gives Phi in Omega "
        "with "
        "R(Phi) = g and ||Phi - Gamma_*|| <= s ||g - R(Gamma_*)||^alpha <= s rho^alpha = r (t -> s t^alpha "
        "increases). So L(R(Gamma_*)) <= L(R(Phi)) = L(g)",
        "s rho^alpha = r: simplified for positive symbols",
        f"s = 4, alpha = 1/2: rho = r^2/16, for r = 1: {realization_radius(1, 4, '1/2')}",
        cases=CASES,
    )


CLAIM = PaperClaim(
    id="berner/proposition-1.2",
    title="Proposition 1.2: local minima of the parameters are local minima of the realizations",
    sentence="""Let , and let the realization map be inverse stable on w.r.t. . Let be a local minimum of on
    with radius , i.e. for all with it holds that Then is a local minimum of on with radius , i.e. for all
    with it holds that""",
    source="Section 1.2, Proposition 1.2; proof in Appendix A.1.2",
    reading="""Our reconstruction: if R is (s, alpha) inverse stable on Omega and L(R(Gamma_*)) <= L(R(Phi))
    for all Phi in Omega with ||Phi - Gamma_*||_inf <= r, then L(R(Gamma_*)) <= L(g) for all g in R(Omega)
    with ||g - R(Gamma_*)|| <= (r/s)^(1/alpha).""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
