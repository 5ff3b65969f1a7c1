"""B1. Local minima can correspond without inverse stability: for one loss, and even for every loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from exactrelu import Parametrization, gradient_distance
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..fibre_bounds import line_bound
from ..parametrization_texts import as_network, written_parametrization
from ..stability_proofs.every_loss import every_loss_refutation, every_loss_statement
from ..stability_proofs.proposition_1_2 import proposition_1_2, proposition_1_2_statement
from ..stability_proofs.without_stability import refutation, statement
from ..statements.expressions import Expression
from ..verdicts import by_counterexample, by_kernel, by_two_roads, with_correction

Sample = tuple[Sequence[int], int]
R = 1
STAR = Parametrization.from_rationals([[R, 0]], [[0]])  # Example 2.2; each g_k has another hyperplane
KS = range(1, 51)
# All functions of N_(2,1,1) vanish at 0, so the loss of a sample there is constant.
AT_ZERO: tuple[Sample, ...] = (((0, 0), 1),)
# With these samples (Example A.1) the minimum at Gamma_* does not correspond to one of the realizations.
SAMPLES_OF_A_1: tuple[Sample, ...] = (((-1, 1), 1), ((-1, -1), -1))


def check(
    samples: Sequence[Sample] = AT_ZERO,
    gamma: Parametrization = STAR,
    charitable: Expression | None = None,
) -> Finding:
    """Refute it with the loss of one sample, compare losses; refute it where all losses are meant, too."""
    computed = trial(samples, gamma)
    if len(samples) != 1:
        return computed
    (point, label) = samples[0]
    wanted = statement((point[0], point[1]), label)
    literal = by_two_roads(by_kernel(wanted, refutation, refutes=True), computed, refutes=True)
    return with_correction(
        for_every_loss(literal, every_loss_statement() if charitable is None else charitable),
        "the half that Proposition 1.2 uses: with inverse stability they correspond",
        by_kernel(proposition_1_2_statement(), proposition_1_2),
    )


def for_every_loss(literal: Finding, wanted: Expression) -> Finding:
    """Return both readings refuted, the literal and the charitable one, or the finding that does not refute.

    On the curve R is one to one with a continuous inverse, so minima correspond for every loss.
    """
    charitable = by_kernel(wanted, every_loss_refutation, refutes=True)
    if literal.verdict is not ClaimVerdict.REFUTED or charitable.verdict is not ClaimVerdict.REFUTED:
        return literal if literal.verdict is not ClaimVerdict.REFUTED else charitable
    witness = (
        "charitable reading, local minima correspond for every loss L: refuted, too. Omega = {(t, 1/t^2) : "
        "t >= 1} in N_(1,1,1), L any function of g(1), as g = g(1) relu; (t, 1/t^2) and (2t, 1/(2t)^2) are "
        "at least t apart, their functions 1/(2t)"
    )
    lines = tuple(f"charitable reading: {line}" for line in charitable.evidence)
    return replace(
        literal,
        evidence=(*literal.evidence, witness, *lines),
        statements=literal.statements + charitable.statements,
        proof=literal.proof + charitable.proof,
    )


def trial(samples: Sequence[Sample], gamma: Parametrization) -> Finding:
    """Show that inverse stability fails at Gamma, and that no g_k has less loss than R(Gamma)."""
    family = [Parametrization.from_rationals([[0, 1]], [[Fraction(1, k)]]) for k in KS]
    near = [gradient_distance(g, gamma).value for g in family]
    far = [line_bound(gamma, g) for g in family]
    constant = bool(samples) and not any(any(point) for point, _ in samples)
    losses = sorted({loss(g, samples) for g in (gamma, *family)})
    corresponds = constant and len(losses) == 1
    return by_counterexample(
        f"Omega = N_(2,1,1), Gamma = {written_parametrization(gamma)}, g_k = 1/k relu(x_2): |g_k - "
        "R(Gamma)|_W = 1/k "
        f"for k = 1, ..., {len(KS)}, and every Phi with R(Phi) = g_k has ||Phi - Gamma|| >= {min(far)}: R "
        "is not "
        "(s, alpha) inverse stable for any s, alpha",
        f"the loss has {len(samples)} samples, and on R(Gamma) and the g_k the values "
        f"{', '.join(map(str, losses))}",
        "the functions vanish at 0, so the mean squared error (7) of a sample there is constant: all "
        "parametrizations and all realizations are its local minima, of every radius; so they correspond "
        "without inverse stability",
        "what one needs at Gamma, for every continuous loss, is that R: Omega -> R(Omega) is open there; a "
        "bound "
        "(s, alpha) for all Gamma at once is more (Example A.4: each single Gamma_k is fine)",
        holds=not corresponds,
        hypotheses={
            "the loss has samples": bool(samples),
            "R is not inverse stable on Omega": min(far) >= R and near == [Fraction(1, k) for k in KS],
        },
        networks=[as_network(gamma)],
        loss="L(g) = 1/2 (g(0) - 1)^2, which is constant on Omega" if constant else None,
    )


def loss(function: Parametrization, samples: Sequence[Sample]) -> Fraction:
    """L(g) = 1/2 sum (g(x) - y)^2."""
    return sum(((function(x)[0] - y) ** 2 for x, y in samples), Fraction(0)) / 2


CLAIM = PaperClaim(
    id="berner/B1",
    title="local minima correspond if and only if there is inverse stability",
    sentence="""Moreover, local minima of (8) in the parametrization space must correspond to local minima
    of (9) in the realization space if and only if we have inverse stability.""",
    source="Section 1.2, before Proposition 1.2",
    reading="""If every local minimum of L(R(Gamma)) over Omega is one of L over R(Omega), then R is (s,
    alpha) inverse stable on Omega for some s, alpha: for a given loss L (the literal reading), or where this
    holds for every L (the charitable one). (The other half is Proposition 1.2.)""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.PROVED,
)
