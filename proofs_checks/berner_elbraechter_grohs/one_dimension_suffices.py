"""One dimension more recovers all networks with biases."""

from __future__ import annotations

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..stability_proofs.remarks import one_dimension, one_dimension_statement
from ..verdicts import by_kernel


def check(more: int = 1) -> Finding:
    """Prove it."""
    return by_kernel(one_dimension_statement(more), one_dimension)


CLAIM = PaperClaim(
    id="berner/one-dimension",
    title="one dimension more recovers all networks with biases",
    sentence="""While this severely limits the functions that can be realized with a given architecture, it
    is sufficient to augment the problem by one dimension in order to recover the full range of
    functions that can be learned .""",
    source="Section 1.3, after Corollary 1.4",
    reading="""For every network with biases, d inputs and m neurons there is one without biases, d + 1
    inputs and m + 1 neurons with the same outputs at (x, 1).""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
