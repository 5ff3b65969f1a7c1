"""Example 2.2. A neuron (a, c) with c = 0 and a != 0 may point anywhere: C.1 of Theorem 3.1 is needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..functions_of_k import Shallow
from ..shallow_families import KS, Family, family_finding
from ..stability_proofs.examples import example_2_2, example_2_2_statement
from ..verdicts import by_kernel, by_two_roads

R = 1


def gamma(_k: Any) -> Shallow:
    """Gamma = ((r, 0), 0), here with r = 1."""
    return [(R, 0)], (0,)


def g(k: Any) -> Shallow:
    """g_k(x) = 1/k relu(x_2)."""
    return [(0, 1)], (1 / k,)


def check(
    gamma_of: Callable[[Any], Shallow] = gamma,
    g_of: Callable[[Any], Shallow] = g,
    ks: Sequence[int] = KS,
    radius: Any = R,
    factor: int | Fraction = 1,
    distance: int | Fraction = 1,
) -> Finding:
    """Prove it for all k; and again from the parameters. The factors multiply the bound and the distance."""
    proved = by_kernel(
        example_2_2_statement(factor, distance),
        example_2_2,
        "kappa = 1/k; the entries are those of the gradients, (21)",
    )
    return by_two_roads(proved, trial(gamma_of, g_of, ks, radius))


def trial(
    gamma_of: Callable[[Any], Shallow],
    g_of: Callable[[Any], Shallow],
    ks: Sequence[int],
    radius: Any,
) -> Finding:
    """Show |g_k - R(Gamma)| = 1/k and ||Phi - Gamma|| >= r for the whole fibre, and that C.1 alone fails."""
    family = Family(gamma_of, g_of, lambda k: 1 / k, lambda _k: radius, ("C.1",))
    return family_finding(
        family,
        ks,
        "the whole fibre: every Phi with R(Phi) = g_k is (lambda (0, 1), 1/(k lambda)), lambda > 0; the "
        "first "
        "coordinate alone differs by r",
    )


CLAIM = PaperClaim(
    id="berner/2.2",
    title="Example 2.2: complete unbalancedness",
    sentence=r"""Let , \Gamma:=\big{(}(r,0),0\big{)}\in\mathcal{N}_{(2,1,1)} and be given by (see Figure 3)
    This is a very simple example of a degenerate parametrization of the zero function, since regardless of
    choice of .""",
    source="Section 2.2, Example 2.2; proof in Appendix A.2.2",
    reading="""Our reconstruction: g_k(x) = 1/k relu(x_2). |g_k - R(Gamma)|_W = 1/k, while every Phi with
    R(Phi) = g_k has ||Phi - Gamma||_inf >= r.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
