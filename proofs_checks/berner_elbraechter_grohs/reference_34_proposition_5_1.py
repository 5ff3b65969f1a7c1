"""Proposition 5.1 of reference [34], as it is used."""

from __future__ import annotations

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..stability_proofs.remarks import proposition_5_1, proposition_5_1_statement
from ..verdicts import by_kernel


def check(power: int = 2) -> Finding:
    """Prove it."""
    return by_kernel(proposition_5_1_statement(power), proposition_5_1)


CLAIM = PaperClaim(
    id="berner/reference-34-proposition-5.1",
    title="Proposition 5.1 of reference [34], as it is used",
    sentence="""(see [34, Prop. 5.1]). It follows that is uniformly bounded which contradicts (67).""",
    source="Appendix A.2.2, proof of Example 2.1",
    reading="""As it is used: parametrizations of bounded norm M have realizations with bounded Lipschitz
    constants. Here for two layers without biases: |R(x) - R(y)| <= m M^2 ||x - y||_1. ([34] has
    all depths and locally Lipschitz activations.)""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
