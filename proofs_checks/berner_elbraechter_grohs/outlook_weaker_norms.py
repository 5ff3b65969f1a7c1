"""Outlook, weaker norms: they fail in general, and serve for fixed directions."""

from __future__ import annotations

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..kernel.rules import Theorem, together
from ..stability_proofs.remarks import theorem_5_2, theorem_5_2_statement
from ..stability_proofs.uniform_norm import lemma_a_7, lemma_a_7_statement
from ..statements.expressions import Expression, both
from ..verdicts import by_argument, by_kernel


def proof() -> Theorem:
    """Theorem 5.2 of [34] for ReLU, and Lemma A.7."""
    return together(theorem_5_2(), lemma_a_7())


def check(statement: Expression | None = None) -> Finding:
    """Prove both sides for the uniform norm; fractional norms are words."""
    wanted = both(theorem_5_2_statement(), lemma_a_7_statement()) if statement is None else statement
    return by_argument(
        by_kernel(wanted, proof),
        "fractional Sobolev norms are not looked at: their values at such functions are not rational",
    )


CLAIM = PaperClaim(
    id="berner/outlook-weaker-norms",
    title="Outlook: weaker norms under stronger restrictions",
    sentence="""Another interesting direction is an extension to inverse stability w.r.t. some weaker norm
    like or a fractional Sobolev norm under stronger restrictions on the space of
    parametrizations (see Lemma A.7 for a simple approach using very strong restrictions).""",
    source="Section 4, Outlook",
    reading="""For the uniform norm: without restrictions no (s, alpha) serves; for fixed directions there
    is a constant (Lemma A.7).""",
    recorded=ClaimVerdict.ARGUED,
    check=check,
)
