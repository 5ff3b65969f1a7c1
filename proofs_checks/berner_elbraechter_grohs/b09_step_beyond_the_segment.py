"""B9. Theorem A.2, proof: lambda = r' / (2 ||g_* - g||) may exceed 1."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..kernel.arithmetic import axiom
from ..kernel.rules import Theorem
from ..proving.certificates import arith
from ..proving.refutations import conclusion_of, denied
from ..proving.tactics import impossible, parts, use
from ..stability_proofs.theorem_a_2 import theorem_a_2, theorem_a_2_statement
from ..statements.expressions import (
    REAL,
    Expression,
    both,
    eq,
    forall,
    implies,
    negation,
    number,
    variable,
)
from ..statements.functions import ABS
from ..verdicts import by_analysis, by_counterexample, by_kernel, by_two_roads, with_correction

# S = {t f : 0 <= t <= 1/4} with ||f|| = 1, g_* = 0, g = f/4, r' = 1: then lambda = 2 and the proof's f is
# f/2.
RADIUS, END = Fraction(1), Fraction(1, 4)
VALUES = [Fraction(p, q) for p in (1, 2, 3, 10) for q in (1, 2, 7)]


end_of, star, g, r, lam = (variable(name, REAL) for name in ("u", "s", "t", "r", "lambda"))
# S holds the multiples t f, 0 <= t <= u, of one f with ||f|| = 1; g_* = s f and g = t f are in it.
POINT = (1 - lam) * star + lam * g
STATEMENT = forall(
    *(end_of, star, g, r, lam),
    implies(
        both(star >= 0, star <= end_of, g >= 0, g <= end_of, negation(eq(star, g)), r > 0),
        eq(2 * ABS(star - g) * lam, r),
        both(POINT >= 0, end_of >= POINT),
    ),
)


def denial() -> Theorem:
    """U = 1/4, g_* = 0, g = f/4, r' = 1: lambda = 2, and f/2 is beyond the end of S."""

    def build(claim: Theorem) -> Theorem:
        says = use(claim, END, 0, END, RADIUS, 2)
        size = use(parts(use(axiom("abs"), 0 - number(END)))[1], arith(0 - number(END) <= 0))
        return impossible(parts(conclusion_of(says, size))[1])

    return denied(STATEMENT, build)


def check(radius: Fraction = RADIUS, end: Fraction = END, statement: Expression = STATEMENT) -> Finding:
    """Compute lambda and f = (1 - lambda) g_* + lambda g; then look at the case that is left out."""
    part = radius / (2 * end)
    point = part * end
    as_transcribed = by_counterexample(
        f"S = {{t f : 0 <= t <= {end}}}, ||f|| = 1, g_* = 0, g = {end} f, r' = {radius}: lambda = {part}",
        f"(1 - lambda) g_* + lambda g = {point} f, and S ends at {end} f",
        "Lambda with values in [0, oo) excludes Besov norms too, which are oo outside their space",
        holds=point <= end,
        hypotheses={"r' > 0 and g != g_*": radius > 0 and end > 0},
    )
    return with_correction(
        by_two_roads(by_kernel(statement, denial, refutes=True), as_transcribed, refutes=True),
        "if ||g_* - g|| < r'/2, g lies within the radius of g_*, so L(g_*) <= L(g), and (47) holds; else "
        "lambda <= 1",
        by_two_roads(by_kernel(theorem_a_2_statement(), theorem_a_2), case_finding()),
    )


def case_finding() -> Finding:
    """Lambda <= 1 exactly if ||g_* - g|| >= r'/2: r' - 2w and 2w (1 - lambda) are opposite."""
    import sympy

    rho, w = sympy.symbols("r w", positive=True)
    identity: Any = sympy.simplify((1 - rho / (2 * w)) * 2 * w - (2 * w - rho))
    failures = [] if identity == 0 else [f"(1 - lambda) 2w - (2w - r') = {identity}"]
    shares = [(p, q, p / (2 * q), p / (2 * q) <= 1, q >= p / 2) for p in VALUES for q in VALUES]
    failures += [
        f"r' = {p}, w = {q}"
        for p in VALUES
        for q in VALUES
        if (p / (2 * q) <= 1) != (q >= p / 2) or (q < p / 2 and q > p)
    ]
    return by_analysis(
        "all r' > 0 and g != g_*",
        failures,
        "2w (1 - lambda) = 2w - r' with w = ||g_* - g||",
        cases=(VALUES, shares),
    )


CLAIM = PaperClaim(
    id="berner/B9",
    title="Theorem A.2, proof: the point between g_* and g",
    sentence="""Define and . Due to (46) there is such that and by the assumptions on and it holds that This
    completes the proof.""",
    source="Appendix A.1.1, proof of Theorem A.2",
    reading="""Our reconstruction: with lambda = r' / (2 ||g_* - g||), f = (1 - lambda) g_* + lambda g lies
    in S for all g_* != g in R(Omega_N).""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.PROVED,
)
