"""Outlook, other activation functions: Theorem 1.3 does not speak of the activation."""

from __future__ import annotations

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..stability_proofs.minima import theorem_1_3, theorem_1_3_statement
from ..statements.expressions import Expression
from ..statements.functions import RELU
from ..verdicts import by_kernel, untried


def names(expression: Expression, symbol: Expression) -> bool:
    """Return whether a symbol occurs in a statement."""
    return expression == symbol or any(names(arg, symbol) for arg in expression.args)


def check(statement: Expression | None = None) -> Finding:
    """Prove Theorem 1.3, and see that relu does not occur in it."""
    wanted = theorem_1_3_statement() if statement is None else statement
    if names(wanted, RELU):
        return untried("the statement speaks of relu")
    return by_kernel(wanted, theorem_1_3, "relu does not occur in the statement")


CLAIM = PaperClaim(
    id="berner/outlook-other-activations",
    title="Outlook: Theorem 1.3 is not specific to ReLU",
    sentence="""Lastly, note that Theorem 1.3 is not specific to the ReLU activation function and thus also
    incentivizes the study of inverse stability for any other activation function.""",
    source="Section 4, Outlook",
    reading="""Theorem 1.3, in our reconstruction, holds for any realization map R from a set of
    parametrizations with architectures to a normed space: no activation occurs in it.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
