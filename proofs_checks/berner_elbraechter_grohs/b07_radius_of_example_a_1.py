"""B7. Example A.1: changes of less than r/2 keep the loss, changes of less than r need not."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from exactrelu import Parametrization, parameter_distance
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..parametrization_texts import as_network, written_parametrization
from ..verdicts import by_counterexample, by_proof, with_correction

SAMPLES = (((-1, 1), 1), ((-1, -1), -1))
STAR = Parametrization.from_rationals([[1, 0]], [[0]])  # Gamma_* with r = 1
NEAR = Parametrization.from_rationals([["1/4", "3/4"]], [["3/4"]])


def loss(function: Parametrization) -> Fraction:
    """L(g) = 1/2 sum (g(x) - y)^2."""
    return sum(((function(x)[0] - y) ** 2 for x, y in SAMPLES), Fraction(0)) / 2


def check(near: Parametrization = NEAR, share: Any = Fraction(1, 2)) -> Finding:
    """Find a change of each weight by less than r that lowers the loss; show that r/2 is safe."""
    change = parameter_distance(near, STAR)
    as_transcribed = by_counterexample(
        f"r = 1, Gamma_* = {written_parametrization(STAR)}: L = {loss(STAR)}",
        f"changed by at most {change} < r: {written_parametrization(near)}, L = {loss(near)}",
        holds=loss(near) >= loss(STAR),
        hypotheses={"each weight changes by less than r": change < 1},
        networks=[as_network(near)],
    )
    return with_correction(as_transcribed, f"each weight changes by at most {share} r", safe_finding(share))


def safe_finding(share: Fraction) -> Finding:
    """The extreme weights r(1 +- share, +- share) have <a, x> <= 0 on both samples, so all in between do."""
    corners = [(1 + p * share, q * share) for p in (1, -1) for q in (1, -1)]
    failures = [
        f"a = r {tuple(map(str, a))} is active at {x}"
        for a in corners
        for x, _ in SAMPLES
        if sum(e * f for e, f in zip(a, x, strict=True)) > 0
    ]
    return by_proof(
        f"all r > 0 and all changes of at most {share} r",
        failures,
        "<a, x> is linear in a, and not positive at the four corners of the weights: dead on both samples, "
        "L = 1",
        "the vector (r, 0) turns by at most 45 degrees: tan = (r/2) / (r/2)",
    )


CLAIM = PaperClaim(
    id="berner/B7",
    title="Example A.1: how far the weights may change",
    sentence="""Note that changing each weight by less than does not decrease the loss, as this rotates the
    vector by at most .""",
    source="Appendix A.1, Example A.1",
    reading="""The number is lost. Read with r, the parameter of Gamma_* = ((r, 0), 0): if each weight
    changes by less than r, the loss does not become less than 1.""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.PROVED,
)
