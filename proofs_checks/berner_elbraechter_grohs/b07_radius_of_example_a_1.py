"""B7. Example A.1: changes of less than r/2 keep the loss, changes of less than r need not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from exactrelu import Parametrization, parameter_distance
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..kernel.arithmetic import axiom
from ..kernel.rules import Theorem, assume, discharge
from ..parametrization_texts import as_network, written_parametrization
from ..proving.certificates import arith
from ..proving.tactics import parts, use
from ..stability_proofs.example_a_1 import safe, safe_statement
from ..statements.expressions import FALSE, Expression, number
from ..statements.functions import ABS
from ..verdicts import by_analysis, by_counterexample, by_kernel, by_two_roads, with_correction

SAMPLES = (((-1, 1), 1), ((-1, -1), -1))
STAR = Parametrization.from_rationals([[1, 0]], [[0]])  # Gamma_* with r = 1
NEAR = Parametrization.from_rationals([["1/4", "3/4"]], [["3/4"]])


def loss(function: Parametrization) -> Fraction:
    """L(g) = 1/2 sum (g(x) - y)^2."""
    return sum(((function(x)[0] - y) ** 2 for x, y in SAMPLES), Fraction(0)) / 2


def refutation(near: Parametrization) -> Theorem:
    """The weights (1/4, 3/4) and the coefficient 3/4, r = 1: the loss is less than 1."""
    (neuron,) = near.neurons
    (a, b), (c,) = neuron.weight, neuron.coefficient
    claim = safe_statement(Fraction(1))
    terms = [axiom_at("abs", number(value)) for value in (a - 1, b)]
    values = [axiom_at("relu", number(value)) for value in (b - a, -a - b)]
    close = [arith(ABS(number(value)) <= 1, term) for value, term in zip((a - 1, b), terms, strict=True)]
    loss = use(assume(claim), 1, a, b, c, arith(number(1) > 0), *close)
    return discharge(
        claim,
        arith(FALSE, loss, *values, multipliers=[values[0].conclusion.args[0], values[1].conclusion.args[0]]),
    )


def axiom_at(name: str, term: Expression) -> Theorem:
    """Return what |t| or relu(t) is for a number t."""
    positive, negative = parts(use(axiom(name), term))
    return use(positive, arith(term >= 0)) if term.data >= 0 else use(negative, arith(term <= 0))


def check(near: Parametrization = NEAR, share: Any = Fraction(1, 2)) -> Finding:
    """Find a change of each weight by less than r that lowers the loss; show that r/2 is safe."""
    change = parameter_distance(near, STAR)
    computed = by_counterexample(
        f"r = 1, Gamma_* = {written_parametrization(STAR)}: L = {loss(STAR)}",
        f"changed by at most {change} < r: {written_parametrization(near)}, L = {loss(near)}",
        holds=loss(near) >= loss(STAR),
        hypotheses={"each weight changes by less than r": change < 1},
        networks=[as_network(near)],
    )
    as_transcribed = by_two_roads(
        by_kernel(safe_statement(Fraction(1)), lambda: refutation(near), refutes=True), computed, refutes=True
    )
    corrected = by_two_roads(by_kernel(safe_statement(share), safe), safe_finding(share))
    finding = with_correction(as_transcribed, f"each weight changes by at most {share} r", corrected)
    if (finding.verdict, finding.corrected) != (ClaimVerdict.REFUTED, ClaimVerdict.PROVED):
        return finding
    # The number is lost, so the sentence is not false as it stands: it is true with one number, not with r.
    return replace(finding, verdict=ClaimVerdict.CONDITIONAL, hypothesis=f"the lost number is {share} r")


def safe_finding(share: Fraction) -> Finding:
    """The extreme weights r(1 +- share, +- share) have <a, x> <= 0 on both samples, so all in between do."""
    corners = [(1 + p * share, q * share) for p in (1, -1) for q in (1, -1)]
    failures = [
        f"a = r {tuple(map(str, a))} is active at {x}"
        for a in corners
        for x, _ in SAMPLES
        if sum(e * f for e, f in zip(a, x, strict=True)) > 0
    ]
    return by_analysis(
        f"all r > 0 and all changes of at most {share} r",
        failures,
        "<a, x> is linear in a, and not positive at the four corners of the weights: dead on both samples, "
        "L = 1",
        "the vector (r, 0) turns by at most 45 degrees: tan = (r/2) / (r/2)",
        cases=(SAMPLES, STAR, NEAR),
    )


CLAIM = PaperClaim(
    id="berner/B7",
    title="Example A.1: how far the weights may change",
    sentence="""Note that changing each weight by less than does not decrease the loss, as this rotates the
    vector by at most .""",
    source="Appendix A.1, Example A.1",
    reading="""The number is lost. If each weight of Gamma_* = ((r, 0), 0) changes by less than it, the loss
    does not become less than 1: that is false for r, and true for r/2 (the charitable reading).""",
    recorded=ClaimVerdict.CONDITIONAL,
    check=check,
    corrected=ClaimVerdict.PROVED,
)
