"""Example A.4. Unbalanced neurons with c != 0: no (s, alpha) serves for all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..functions_of_k import Shallow
from ..shallow_families import KS, Family, family_finding
from ..stability_proofs.examples import example_a_4, example_a_4_statement
from ..verdicts import by_kernel, by_two_roads


def gamma(k: Any) -> Shallow:
    """Gamma_k = ((k, 0), 1/k^2)."""
    return [(k, 0)], (1 / k**2,)


def g(k: Any) -> Shallow:
    """g_k(x) = 1/k relu(x_2)."""
    return [(0, 1)], (1 / k,)


def far(k: Any) -> Any:
    """The claimed lower bound over the fibre."""
    return k


def check(
    gamma_of: Callable[[Any], Shallow] = gamma,
    g_of: Callable[[Any], Shallow] = g,
    bound: Callable[[Any], Any] = far,
    ks: Sequence[int] = KS,
    factor: int | Fraction = 1,
    distance: int | Fraction = 1,
) -> Finding:
    """Prove it for all k; and again from the parameters. The factors multiply the bound and the distance."""
    proved = by_kernel(
        example_a_4_statement(factor, distance),
        example_a_4,
        "kappa = 1/k; the entries are those of the gradients, (21)",
    )
    return by_two_roads(proved, trial(gamma_of, g_of, bound, ks))


def trial(
    gamma_of: Callable[[Any], Shallow],
    g_of: Callable[[Any], Shallow],
    bound: Callable[[Any], Any],
    ks: Sequence[int],
) -> Finding:
    """Show |g_k - R(Gamma_k)| = 1/k and ||Phi - Gamma_k|| >= k for the whole fibre, and that C.1 fails."""
    family = Family(gamma_of, g_of, lambda k: 1 / k, bound, ("C.1",))
    return family_finding(
        family,
        ks,
        "the whole fibre: every Phi with R(Phi) = g_k is (lambda (0, 1), 1/(k lambda)), lambda > 0; the "
        "first "
        "coordinate alone differs by k",
        "so the quotient of ||Phi - Gamma_k|| and |g_k - R(Gamma_k)|^alpha is at least k^(1 + alpha)",
    )


CLAIM = PaperClaim(
    id="berner/A.4",
    title="Example A.4: unbalancedness, c not zero",
    sentence=r"""Note that in Example A.4 one can see a slightly more subtle version of this pathology by
    considering \Gamma_{k}:=\big{(}(k,0),\tfrac{1}{k^{2}}\big{)}\in\mathcal{N}_{(2,1,1)} instead. [...] The
    only way to parametrize is with (see Lemma A.3), and we have""",
    source="Section 2.2, after Example 2.2; Appendix A.2.1, Example A.4",
    reading="""Our reconstruction: g_k(x) = 1/k relu(x_2). |g_k - R(Gamma_k)|_W = 1/k, while every Phi with
    R(Phi) = g_k has ||Phi - Gamma_k||_inf >= k.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
