"""Outlook: a deeper neuron may discard what it receives."""

from __future__ import annotations

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..stability_proofs.remarks import discarded, discarded_statement
from ..verdicts import by_kernel


def check(sign: int = -1) -> Finding:
    """Prove it."""
    return by_kernel(discarded_statement(sign), discarded)


CLAIM = PaperClaim(
    id="berner/outlook-discarded-information",
    title="Outlook: a deeper neuron may discard what it receives",
    sentence="""In particular, we have ridge functions which vanish on some half space, i.e. colloquially
    speaking each neuron may “discard half the information” it receives from the previous layer.
    This introduces a new type of degeneracy, which one will have to deal with.""",
    source="Section 4, Outlook",
    reading="""With three layers a neuron relu(-relu(r t)) realizes 0 for every weight r: the parameters
    behind it do not matter, although none of them is zero.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
