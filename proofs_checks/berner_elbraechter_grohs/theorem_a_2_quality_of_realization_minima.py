"""Theorem A.2. L(g_*) <= L(g) + (2c/r') ||g_* - g|| eta for a local minimum g_* of radius r' >= 2 eta."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..stability_proofs.theorem_a_2 import theorem_a_2, theorem_a_2_statement
from ..statements.expressions import Expression
from ..verdicts import by_analysis, by_kernel, by_two_roads

VALUES = (Fraction(1, 50), Fraction(1, 3), Fraction(1), Fraction(5, 2))


def share(radius: Any, distance: Any) -> Any:
    """Lambda = r' / (2 ||g_* - g||)."""
    return radius / (2 * distance)


def slack(radius: Any, distance: Any, lipschitz: Any, eta: Any) -> Any:
    """Return what is lost: (2c/r') ||g_* - g|| eta."""
    return 2 * lipschitz / radius * distance * eta


def check(
    share_of: Callable[[Any, Any], Any] = share,
    slack_of: Callable[[Any, Any, Any, Any], Any] = slack,
    statement: Expression | None = None,
) -> Finding:
    """Prove it; show each step of the proof for symbols, lambda <= 1 and the radius for numbers."""
    wanted = theorem_a_2_statement() if statement is None else statement
    proved = by_kernel(
        wanted,
        theorem_a_2,
        "S is the set of the f with Lambda(f) <= C, A = R(Omega_N), rho = r', mix(lambda, f, g) = (1 - "
        "lambda) f + lambda g; of the norm only distances are used, and that mix(lambda, f, g) is lambda ||g "
        "- f|| away from f",
        "(46) is used as: every f in S is within eta of some g in A",
    )
    return by_two_roads(proved, trial(share_of, slack_of))


def trial(share_of: Callable[[Any, Any], Any], slack_of: Callable[[Any, Any, Any, Any], Any]) -> Finding:
    """Show the steps for symbols."""
    import sympy

    rho, w, c, eta, star, other = sympy.symbols("r w c eta L_star L", positive=True)  # w = ||g_* - g||
    part = share_of(rho, w)
    failures, computed = [], []
    if sympy.simplify(part * w - rho / 2) != 0:
        failures.append(f"f = (1 - lambda) g_* + lambda g is at the distance {part * w} from g_*, not r'/2")
    chain = (1 - part) * star + part * other + c * eta - star  # >= 0 by the chain of inequalities
    if sympy.simplify(chain / part - (other + slack_of(rho, w, c, eta) - star)) != 0:
        failures.append(f"the chain gives L(g_*) <= {sympy.simplify(star + chain / part)}")
    for p, distance, e in ((p, distance, e) for p in VALUES for distance in VALUES for e in VALUES):
        computed.append((p, distance, e, share_of(p, distance), p / 2 + e))
        if 2 * e <= p and distance >= p / 2 and not (share_of(p, distance) <= 1 and p / 2 + e <= p):
            failures.append(f"r' = {p}, ||g_* - g|| = {distance}, eta = {e}: lambda > 1 or Phi too far")
    return by_analysis(
        "all r', c, eta > 0 with r' >= 2 eta, and all g with ||g_* - g|| >= r'/2 (the others: B9)",
        failures,
        "f = (1 - lambda) g_* + lambda g lies in S (convex) at the distance r'/2 of g_*; (46) gives Phi in "
        "Omega_N "
        "with ||R(Phi) - f|| <= eta, so ||R(Phi) - g_*|| <= r'/2 + eta <= r'",
        "L(g_*) <= L(R(Phi)) <= L(f) + c eta <= (1 - lambda) L(g_*) + lambda L(g) + c eta; subtract (1 - "
        "lambda) "
        "L(g_*), divide by lambda: L(g_*) <= L(g) + c eta / lambda, and c eta / lambda = (2c/r') ||g_* - "
        "g|| eta",
        cases=computed,
    )


CLAIM = PaperClaim(
    id="berner/theorem-A.2",
    title="Theorem A.2: quality of local minima of the realizations",
    sentence="""Let be a local minimum with radius of the optimization problem . Then it holds for every (in
    particular for every global minimizer) that Define and . Due to (46) there is such that and by the
    assumptions on and it holds that This completes the proof.""",
    source="Appendix A.1.1, Theorem A.2",
    reading="""Our reconstruction: S convex, L convex and c-Lipschitz on S, every f in S within eta of some
    R(Phi), Phi in Omega_N (46). A local minimum g_* of radius r' >= 2 eta satisfies L(g_*) <= L(g) +
    (2c/r') ||g_* - g|| eta for every g in R(Omega_N) (47).""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
