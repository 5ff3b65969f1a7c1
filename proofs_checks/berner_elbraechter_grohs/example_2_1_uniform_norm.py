"""Example 2.1. In the uniform norm inverse stability fails, even for Gamma = 0."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from exactrelu import Domain, Parametrization, gradient_distance, sup_distance
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..functions_of_k import Shallow, form_of, is_never_negative, is_zero, seminorm_failures, variable
from ..parametrization_texts import as_network, written_parametrization
from ..shallow_families import KS, SHOWN, of_lists
from ..stability_proofs.exact_values import whole_example_2_1, whole_example_2_1_statement
from ..verdicts import by_analysis, by_kernel, by_two_roads

ZERO = Parametrization.from_rationals([[0, 0]] * 2, [[0]] * 2)  # Gamma
CUBE = Domain.box([(-1, 1)] * 2)


def g(k: Any) -> Shallow:
    """g_k(x) = k relu(<(k, 0), x>) - k relu(<(k, -1/k^2), x>)."""
    return [(k, 0), (k, -1 / k**2)], (k, -k)


def distance(k: Any) -> Any:
    """The claimed bound for ||g_k||_{L^inf((-1,1)^2)}."""
    return 1 / k


def check(
    g_of: Callable[[Any], Shallow] = g,
    bound: Callable[[Any], Any] = distance,
    ks: Sequence[int] = KS,
    factor: int | Fraction = 1,
) -> Finding:
    """Prove it for all k; show it again from the parameters, for ``ks``. ``factor`` multiplies 1/k."""
    proved = by_kernel(
        whole_example_2_1_statement(factor),
        whole_example_2_1,
        "kappa = 1/k; Phi = ([(a, b) | (p, q)]^T, (c, e)), Gamma = 0",
    )
    return by_two_roads(proved, trial(g_of, bound, ks))


def trial(g_of: Callable[[Any], Shallow], bound: Callable[[Any], Any], ks: Sequence[int]) -> Finding:
    """Show ||g_k|| <= 1/k and |g_k|_W = k^2."""
    failures = [*all_k_failures(g_of, bound), *(text for k in ks for text in failures_for(g_of, bound, k))]
    if not ks:
        failures.append("no k was given")
    shown = (numbers(g_of, k) for k in SHOWN if k in ks)
    finding = by_analysis(
        f"all integers k >= 1, and computed again from the parameters for {len(ks)} values of k",
        failures,
        "||g_k||_inf: |c relu(s) - c relu(t)| <= |c| |s - t| with s = <(k, 0), x>, t = <(k, -1/k^2), x>; "
        "|s - t| <= 1/k^2 on the cube",
        "the whole fibre: a gradient is a sum of c_i a_i, so for every Phi = ([a_1 | a_2]^T, (c_1, c_2)) "
        "with "
        "R(Phi) = g_k: k^2 = |g_k|_W <= |c_1| ||a_1|| + |c_2| ||a_2|| <= 2 ||Phi||_inf^2, and Gamma = 0: "
        "||Phi - Gamma||_inf^2 >= k^2 / 2, while ||g_k - R(Gamma)||_inf <= 1/k",
        *shown,
        "what fails is no condition of Theorem 3.1, which bounds by |.|_W: delta = k^2, and Gamma = 0 "
        "satisfies "
        "C.1 (beta = 0), C.2 and C.3",
    )
    return replace(finding, networks=(as_network(of_lists(g_of(Fraction(2)))),))


def all_k_failures(g_of: Callable[[Any], Shallow], bound: Callable[[Any], Any]) -> list[str]:
    """Say what is not shown for all k >= 1."""
    k = variable()
    rows, coefficients = g_of(k)
    failures = seminorm_failures(form_of((rows, coefficients)), k**2)
    if not is_zero(sum(coefficients)):
        failures.append("all k: the coefficients are not c and -c")
    # |s - t| <= sum |entry of the difference of the rows| on the cube, one entry of which is not zero
    gaps = [(p - q) * coefficients[0] for p, q in zip(*rows, strict=True)]
    if not is_never_negative(bound(k) - sum(gaps)) or not all(map(is_never_negative, gaps)):
        failures.append(f"all k: ||g_k||_inf <= {bound(k)} is not shown")
    return failures


def failures_for(g_of: Callable[[Any], Shallow], bound: Callable[[Any], Any], k: int) -> list[str]:
    """Say what does not hold for one k."""
    theta, failures = of_lists(g_of(Fraction(k))), []
    sup, slope = sup_distance(theta, ZERO, CUBE).value, gradient_distance(theta, ZERO).value
    if sup > bound(Fraction(k)):
        failures.append(f"k = {k}: ||g_k||_inf = {sup}")
    if slope != k * k:
        failures.append(f"k = {k}: |g_k|_W = {slope}, not k^2")
    return failures


def numbers(g_of: Callable[[Any], Shallow], k: int) -> str:
    """Return what there is to see for one k."""
    theta = of_lists(g_of(Fraction(k)))
    sup, found = sup_distance(theta, ZERO, CUBE), gradient_distance(theta, ZERO)
    return (
        f"k = {k}: g = R({written_parametrization(theta)}), ||g||_inf = {sup.value}, |g|_W = {found.value}, "
        f"so ||Phi||_inf^2 >= {found.value / 2} for every Phi"
    )


CLAIM = PaperClaim(
    id="berner/2.1",
    title="Example 2.1: no inverse stability in the uniform norm",
    sentence="""We start by showing that inverse stability fails w.r.t. the uniform norm. [...] Let and be
    given by (see Figure 1) In particular, note that inverse stability fails here even for a non-degenerate
    parametrization of the zero function . However, for this type of counterexample the magnitude of the
    gradient of needs to go to infinity""",
    source="Section 2.1, Example 2.1; proof in Appendix A.2.2",
    reading="""Our reconstruction: Gamma = 0 with d = m = 2, D = 1, g_k(x) = k relu(<(k, 0), x>) - k
    relu(<(k, -1/k^2), x>). ||g_k - R(Gamma)||_inf <= 1/k on (-1, 1)^2, |g_k|_W = k^2, and every Phi with
    R(Phi) = g_k has ||Phi - Gamma||_inf >= k / sqrt(2).""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
