"""B4. A compact S that holds a kink cannot hold its rotations: invariant Lambda allow no kinks."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from exactrelu import Parametrization, gradient_distance
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..stability_proofs.rotations import refutation, statement
from ..verdicts import by_counterexample, by_kernel, by_two_roads

# Rational points of the unit circle, no two on one line through 0.
CIRCLE = tuple(
    ((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)) for t in (Fraction(k, 6) for k in range(1, 7))
)
WORDS = (
    (
        "a compact S is totally bounded, and the centres of a net can be taken among realizations, as in "
        "theorem-1.3"
    ),
    (
        "norms of the usual Besov spaces are equivalent to ones with rotation-invariant sublevel sets, so "
        "that with a kink S holds all rotations of a multiple of it; nothing is proved here about a "
        "particular Besov norm"
    ),
)


def check(
    radius: Fraction = Fraction(1), directions: tuple[tuple[Fraction, Fraction], ...] = CIRCLE
) -> Finding:
    """Refute that finitely many networks come within eta of all rotations of a kink; the rest is words."""
    refuted = by_kernel(
        statement(radius),
        refutation,
        "A(i, l, .) and C(i, l) are neuron l of the i-th network; the kinks are x -> relu(p x_0 + q x_1), "
        "p^2 + q^2 = 1, all rotations of one of them",
        refutes=True,
    )
    finding = by_two_roads(refuted, trial(directions), refutes=True)
    if finding.verdict is not ClaimVerdict.REFUTED:
        return finding
    # The kernel speaks of rotations. That the sentence about Besov norms is false is argued.
    return replace(finding, verdict=ClaimVerdict.ARGUED, words=WORDS)


def trial(directions: tuple[tuple[Fraction, Fraction], ...]) -> Finding:
    """See that different kinks are at least 1/4 apart."""
    kinks = [Parametrization.from_rationals([row], [[1]]) for row in directions]
    distances = [
        gradient_distance(one, two).value for place, one in enumerate(kinks) for two in kinks[place + 1 :]
    ]
    least = min(distances, default=Fraction(0))
    return by_counterexample(
        f"relu(<u, x>) for {len(kinks)} rational u on the unit circle: the least distance of two is {least}",
        holds=least < Fraction(1, 4),
    )


CLAIM = PaperClaim(
    id="berner/B4",
    title="Besov norms are no suitable Lambda for |.|_W",
    sentence="""Suitable would be Besov norms which constitute a common regularizer in image and signal
    processing.""",
    source="Section 1.2, after Theorem 1.3",
    reading="""Our reconstruction, against the sentence: for the semi-norm |.|_W of Theorem 3.3 no Lambda
    whose sublevel sets are invariant under rotations gives a totally bounded S that holds a realization with
    a kink, here relu(x_1) in the plane: that is verified. The step from Besov norms to this form is words.
    (In other norms, with other restrictions, they may be suitable: Lemma A.7 is about the uniform norm.)""",
    recorded=ClaimVerdict.ARGUED,
    check=check,
)
