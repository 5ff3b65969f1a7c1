"""Theorem 5.2 of reference [34], as it is used: no stability in the uniform norm."""

from __future__ import annotations

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..stability_proofs.remarks import theorem_5_2, theorem_5_2_statement
from ..verdicts import by_kernel


def check(width: int = 2) -> Finding:
    """Prove it."""
    return by_kernel(theorem_5_2_statement(width), theorem_5_2)


CLAIM = PaperClaim(
    id="berner/reference-34-theorem-5.2",
    title="Theorem 5.2 of reference [34], as it is used: no stability in the uniform norm",
    sentence="""We start by showing that inverse stability fails w.r.t. the uniform norm. This example is
    adapted from [34, Theorem 5.2] and represents, to the best of our knowledge, the only
    degeneracy which has already been observed before.""",
    source="Section 2.1, before Example 2.1",
    reading="""As it is used, for ReLU and two neurons without biases in the plane: for all s, alpha > 0
    there is g in R(N_(2,2,1)) with sup norm at most kappa on [-1, 1]^2, of which every
    parametrization is farther than s kappa^alpha from 0, so R is not (s, alpha) inverse stable.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
