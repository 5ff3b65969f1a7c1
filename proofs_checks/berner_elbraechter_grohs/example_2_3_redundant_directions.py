"""Example 2.3. Two neurons with one direction: C.2 of Theorem 3.1 is needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..functions_of_k import Shallow
from ..shallow_families import KS, Family, family_finding
from ..stability_proofs.examples import example_2_3, example_2_3_statement
from ..verdicts import by_kernel, by_two_roads


def gamma(_k: Any) -> Shallow:
    """Gamma = ([(1, 0) | (1, 0)]^T, (1, 1)): balanced, and R(Gamma)(x) = 2 relu(x_1)."""
    return [(1, 0), (1, 0)], (1, 1)


def g(k: Any) -> Shallow:
    """g_k(x) = 2 relu(x_1) + 1/k relu(x_2)."""
    return [(1, 0), (0, 1)], (2, 1 / k)


def check(
    gamma_of: Callable[[Any], Shallow] = gamma,
    g_of: Callable[[Any], Shallow] = g,
    ks: Sequence[int] = KS,
    bound: Any = 1,
    factor: int | Fraction = 1,
    distance: int | Fraction = 1,
) -> Finding:
    """Prove it for all k; and again from the parameters. The factors multiply the bound and the distance."""
    proved = by_kernel(
        example_2_3_statement(factor, distance),
        example_2_3,
        "kappa = 1/k; the entries are those of the gradients, (21)",
    )
    return by_two_roads(proved, trial(gamma_of, g_of, ks, bound))


def trial(
    gamma_of: Callable[[Any], Shallow],
    g_of: Callable[[Any], Shallow],
    ks: Sequence[int],
    bound: Any,
) -> Finding:
    """Show |g_k - R(Gamma)| = 1/k and ||Phi - Gamma|| >= 1 for the whole fibre, and that C.2 alone fails."""
    family = Family(gamma_of, g_of, lambda k: 1 / k, lambda _k: bound, ("C.2",))
    return family_finding(
        family,
        ks,
        "the whole fibre: g_k has the kink of (0, 1), so one row of Phi is lambda (0, 1); both rows of Gamma "
        "are (1, 0), and the first coordinate alone differs by 1",
    )


CLAIM = PaperClaim(
    id="berner/2.3",
    title="Example 2.3: redundant directions",
    sentence="""Inverse stability is also prevented by redundant directions as the following example
    illustrates. and be given by (see Figure 3)""",
    source="Section 2.2, Example 2.3; proof in Appendix A.2.2",
    reading="""Our reconstruction: Gamma = ([(1, 0) | (1, 0)]^T, (1, 1)), g_k(x) = 2 relu(x_1) + 1/k
    relu(x_2). |g_k - R(Gamma)|_W = 1/k, while every Phi with R(Phi) = g_k has ||Phi - Gamma||_inf >= 1.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
