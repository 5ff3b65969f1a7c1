"""(4): the realization map is not injective."""

from __future__ import annotations

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..stability_proofs.remarks import equation_4, equation_4_statement
from ..verdicts import by_kernel


def check(last: int = 0) -> Finding:
    """Prove it."""
    return by_kernel(equation_4_statement(last), equation_4)


CLAIM = PaperClaim(
    id="berner/equation-4",
    title="(4): the realization map is not injective",
    sentence="""the set of all parametrizations with architecture in , and the realization map Given and
    that are close, does there exist a parametrization with such that and are close?""",
    source="Section 1.1, (3) and (4)",
    reading="""Our reconstruction of (4): a parametrization whose last layer is (0, 0) realizes 0, whatever
    its hidden layers are; so different parametrizations have one realization.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
