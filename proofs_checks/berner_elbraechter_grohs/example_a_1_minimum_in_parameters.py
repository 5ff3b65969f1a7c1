"""Example A.1. A local minimum among the parameters that is none among the realizations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from exactrelu import Parametrization, gradient_distance
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..fibre_bounds import line_bound
from ..functions_of_k import is_always_positive, is_never_negative, variable
from ..parametrization_texts import as_network, written_parametrization
from ..shallow_families import KS, SHOWN
from ..stability_proofs.exact_values import whole_example_a_1, whole_example_a_1_statement
from ..verdicts import by_analysis, by_kernel, by_two_roads

SAMPLES = (((-1, 1), 1), ((-1, -1), -1))
R = Fraction(1)


def neuron(weight: Sequence[Any], coefficient: Any) -> Parametrization:
    """Return the parametrization with one neuron."""
    return Parametrization.from_rationals([weight], [[coefficient]])


def loss(function: Parametrization, samples: Sequence[tuple[Sequence[int], int]] = SAMPLES) -> Fraction:
    """L(g) = 1/2 sum (g(x) - y)^2."""
    return sum(((function(x)[0] - y) ** 2 for x, y in samples), Fraction(0)) / 2


def check(
    direction: Sequence[int] = (0, 1), share: Fraction = Fraction(1, 2), ks: Sequence[int] = KS
) -> Finding:
    """Prove it for all r and k; and again from the parameters."""
    proved = by_kernel(
        whole_example_a_1_statement(share),
        whole_example_a_1,
        "kappa = 1/k; the gradient of g_k - R(Gamma_*) is (0, kappa H(y))",
    )
    return by_two_roads(proved, trial(direction, share, ks))


def trial(direction: Sequence[int], share: Fraction, ks: Sequence[int]) -> Finding:
    """Show that Gamma_* is a local minimum of radius ``share`` r, and that the g_k have less loss."""
    star = neuron((R, 0), 0)
    failures = dead_failures(share) + better_failures(direction, ks)
    lines = (
        f"k = {k}: |g - R(Gamma_*)|_W = {gradient_distance(g, star).value}, L(g) = {loss(g)}, "
        f"||Phi - Gamma_*||_inf >= {line_bound(star, g)} for every Phi with R(Phi) = g"
        for k in SHOWN
        if k in ks
        for g in [neuron(direction, Fraction(1, k))]
    )
    finding = by_analysis(
        f"all perturbations of at most {share} r, all r > 0, and for all integers k >= 1",
        failures,
        f"Gamma_* = {written_parametrization(star)} (r = {R}): L = {loss(star)}; in N_(2,1,1) with the "
        "weights "
        f"(r + p, q), |p|, |q| <= {share} r: <a, x> = -(r + p) +- q <= (2 * {share} - 1) r on both "
        "samples, so "
        "the neuron is dead there, whatever c is, and L stays 1",
        f"g_k(x) = 1/k relu(<{tuple(direction)}, x>): 1 - L(g_k) > 0 for all k",
        *lines,
        cases=SAMPLES,
    )
    return replace(finding, networks=(as_network(star),))


def dead_failures(share: Fraction) -> list[str]:
    """<a, x> <= 0 on both samples for all |p|, |q| <= share r: the largest value is (2 share - 1) r."""
    failures = []
    for x, _ in SAMPLES:
        largest = max(-1 - p * share + x[1] * q * share for p in (1, -1) for q in (1, -1))  # over r = 1
        if largest > 0:
            failures.append(f"the neuron is active at {x} with <a, x> = {largest} r")
    return failures


def better_failures(direction: Sequence[int], ks: Sequence[int]) -> list[str]:
    """|g_k - R(Gamma_*)| = 1/k and L(g_k) < 1, for all k by polynomials, and for each of ``ks``."""
    star, k = neuron((R, 0), 0), variable()
    values = [max(sum(a * b for a, b in zip(direction, x, strict=True)), 0) for x, _ in SAMPLES]
    gain = 1 - sum((value / k - y) ** 2 for value, (_, y) in zip(values, SAMPLES, strict=True)) / 2
    failures = []
    if not (is_never_negative(gain) and is_always_positive(gain)):
        failures.append(f"all k: 1 - L(g_k) = {gain} is not shown to be positive")
    if not ks:
        failures.append("no k was given")
    for number in ks:
        g = neuron(direction, Fraction(1, number))
        if gradient_distance(g, star).value != Fraction(1, number) or loss(g) >= loss(star):
            failures.append(f"k = {number}: L(g_k) = {loss(g)}")
        if line_bound(star, g) < R / 2:
            failures.append(f"k = {number}: the fibre of g_k comes near Gamma_*: {line_bound(star, g)}")
    return failures


CLAIM = PaperClaim(
    id="berner/A.1",
    title="Example A.1: a minimum of the parameters that is none of the realizations",
    sentence="""Note that changing each weight by less than does not decrease the loss, as this rotates the
    vector by at most . Thus is a local minimum in the parametrization space. However, the sequence of
    realizations given by see Figure 6. Accordingly, is not a local minimum in the realization space even
    w.r.t. the Sobolev norm. The problem occurs, since inverse stability fails due to unbalancedness of
    .""",
    source="Appendix A.1, Example A.1",
    reading="""Our reconstruction: x^1 = (-1, 1), x^2 = (-1, -1), y = 1, -1, L(g) = 1/2 ((g(x^1) - 1)^2 +
    (g(x^2) + 1)^2), Gamma_* = ((r, 0), 0). Changes of each weight by at most r/2 leave the loss at 1 (the
    lost number is read as r/2, see B7), and g_k(x) = 1/k relu(x_2) has |g_k|_W = 1/k and L(g_k) < 1. (With
    relu(<(-1, 1), x>) the same for k >= 2.)""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
