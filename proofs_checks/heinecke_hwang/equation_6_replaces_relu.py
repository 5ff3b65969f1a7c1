"""(4)-(6): relu(y) = d y, and both formulations of (6) give the same d."""

from __future__ import annotations

from collections.abc import Callable

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..kernel.arithmetic import axiom
from ..kernel.rules import Theorem
from ..proving.cases import by_cases
from ..proving.tactics import parts, prove_for, use
from ..statements.expressions import REAL, Expression, both, eq, forall, implies, variable
from ..statements.functions import RELU
from ..verdicts import by_analysis, by_kernel, by_two_roads

# Both sides are positively homogeneous in y, so y in {-1, 0, 1} are all cases.
SIGNS = (-1, 0, 1)


def bit(y: int) -> int:
    """(6), second formulation."""
    return 1 if y > 0 else 0


y, d = variable("y", REAL), variable("d", REAL)
OF_Y = both(implies(y > 0, eq(d, 1)), implies(y <= 0, eq(d, 0)))
OF_A = both(implies(RELU(y) > 0, eq(d, 1)), implies(RELU(y) <= 0, eq(d, 0)))
STATEMENT = forall(y, d, both(implies(OF_Y, eq(RELU(y), d * y)), implies(OF_Y, OF_A), implies(OF_A, OF_Y)))


def proof() -> Theorem:
    """Three signs of y."""

    def build(goal: Expression) -> Theorem:
        rules = parts(use(axiom("relu"), y))
        return by_cases(goal, *rules, signs=[y])

    return prove_for((y, d), STATEMENT, build)


def check(bit_of: Callable[[int], int] = bit, statement: Expression = STATEMENT) -> Finding:
    """Prove it; and compare a = max(0, y) with d y, and [a > 0] with [y > 0]."""
    failures = [
        f"y = {y}: a = {max(0, y)}, d = {bit_of(y)}, dy = {bit_of(y) * y}"
        for y in SIGNS
        if bit_of(y) * y != max(0, y) or bit_of(y) != (1 if max(0, y) > 0 else 0)
    ]
    return by_two_roads(by_kernel(statement, proof), by_analysis("all y: three signs", failures, cases=SIGNS))


CLAIM = PaperClaim(
    id="heinecke-hwang/equation-6",
    title="(4) is a = D y with D of (6)",
    sentence=r"""The non-linearity [\(4\)](#page-3-0) can be replaced by $\mathbf{a}_k = \mathbf{D}_k
    \mathbf{y}_k$, using a data-dependent diagonal matrix \mathbf{D}_k whose *i*-th diagonal entry is
    defined as [...] d_{k,i} = \begin{cases} 1 & \text{if } a_{k,i} > 0 \\ 0 & \text{if } a_{k,i} = 0
    \end{cases} = \begin{cases} 1 & \text{if } y_{k,i} > 0 \\ 0 & \text{else.} \end{cases}""",
    source="Section 3, (4)-(6)",
    reading="For every y: max(0, y) = dy with d = [y > 0], and [max(0, y) > 0] = [y > 0].",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
