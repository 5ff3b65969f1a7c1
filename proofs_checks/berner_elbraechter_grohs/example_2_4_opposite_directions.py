"""Example 2.4. Opposite directions in one parametrization: C.3a of Theorem 3.1 is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..fibre_bounds import distance_to_line
from ..functions_of_k import Shallow
from ..shallow_families import KS, Family, family_finding
from ..stability_proofs.opposite_examples import example_2_4, example_2_4_statement
from ..verdicts import by_kernel, by_two_roads

Rows = Sequence[Sequence[int]]

# Pairwise independent, of norm 1, with sum 0; v of norm 1 is independent of each.
ROWS: Rows = ((1, 0), (0, 1), (-1, -1))
V = (1, -1)
OTHER_ROWS: Rows = ((1, 0, 0), (0, 1, 0), (0, 0, 1), (-1, -1, -1))
OTHER_V = (0, 1, -1)


def check(
    rows: Rows = ROWS, v: Sequence[int] = V, ks: Sequence[int] = KS, distance: int | Fraction = 1
) -> Finding:
    """Prove it for all m and a_1, ..., a_m, v; look at two examples. ``distance`` multiplies 1/k."""
    proved = by_kernel(
        example_2_4_statement(distance),
        example_2_4,
        "kappa = 1/k; R(Gamma) is sum relu(<a_i, x>) - relu(-<a_i, x>); some row of Phi, of any width, is at "
        "least C away from all a_i and all -a_i",
    )
    return by_two_roads(proved, trial(rows, v, ks))


def trial(rows: Rows, v: Sequence[int], ks: Sequence[int]) -> Finding:
    """Show |g_k - R(Gamma)| = 1/k, ||Phi - Gamma|| >= C > 0, that C.3a alone fails; again with m = 4."""
    first = finding_of(rows, v, ks)
    second = finding_of(OTHER_ROWS, OTHER_V, ks)
    again = f"again with a_i = {OTHER_ROWS} and v = {OTHER_V}: {second.verdict}"
    verdict = first.verdict if second.verdict is ClaimVerdict.CHECKED else second.verdict
    return replace(first, verdict=verdict, evidence=(*first.evidence, again))


def finding_of(rows: Rows, v: Sequence[int], ks: Sequence[int]) -> Finding:
    """Return the finding for Gamma = ([a_i | -a_i]^T, (1, ..., -1, ...)) and g_k = 1/k relu(<v, x>)."""
    opposite = [[-entry for entry in row] for row in rows]
    signs = (*(1 for _ in rows), *(-1 for _ in rows))

    def gamma(_k: Any) -> Shallow:
        return [*rows, *opposite], signs

    def g(k: Any) -> Shallow:
        return [v], (1 / k,)

    far = min(distance_to_line(_exact(row), _exact(v)) for row in rows)
    if not far:  # then the example claims nothing: C must be positive
        return Finding(ClaimVerdict.REFUTED, (f"v is a multiple of some a_i = {rows}: C = 0",))
    family = Family(gamma, g, lambda k: 1 / k, lambda _k: far, ("C.3a",))
    return family_finding(
        family,
        ks,
        f"a_i = {tuple(rows)}, v = {tuple(v)}: C = min over i and real lambda of ||a_i - lambda v||_inf = "
        f"{far}",
        "R(Gamma)(x) = sum relu(t_i) - relu(-t_i) = sum t_i = 0, t_i = <a_i, x>, as sum a_i = 0",
        "the whole fibre: g_k has the kink of v, so some row of Phi is lambda v, and every row of Gamma is "
        "one "
        "of the +-a_i",
    )


def _exact(row: Sequence[int]) -> list[Fraction]:
    return [Fraction(entry) for entry in row]


CLAIM = PaperClaim(
    id="berner/2.4",
    title="Example 2.4: opposite directions in one parametrization",
    sentence="""The next example shows that not only redundant weight vectors can cause issues, but also
    weight vectors of opposite direction, as they would allow for a (balanced) degenerate parametrization of
    the zero function.""",
    source="Section 2.2, Example 2.4; proof in Appendix A.2.2",
    reading="""Our reconstruction: a_1, ..., a_m pairwise linearly independent, of norm 1, with sum 0; Gamma
    = ([a_1 | ... | a_m | -a_1 | ... | -a_m]^T, (1, ..., 1, -1, ..., -1)); v of norm 1, independent of each
    a_i; g_k(x) = 1/k relu(<v, x>). |g_k - R(Gamma)|_W = 1/k, while every Phi with R(Phi) = g_k has ||Phi -
    Gamma||_inf >= C > 0, C independent of k.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
