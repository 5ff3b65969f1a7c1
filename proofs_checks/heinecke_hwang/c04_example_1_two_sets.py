"""C4. Example 1 gives one set two descriptions that differ on its boundary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Bits, text, values_along
from ..exact_networks import in_closed_cell as lies_in_closed_cell
from ..exact_networks import in_half_open_cell as lies_in_half_open_cell
from ..kernel.rules import Theorem, together
from ..proving.cases import by_cases
from ..proving.certificates import arith
from ..proving.tactics import prove, use
from ..statements.expressions import FALSE, Expression, forall, function, implies, negation, number
from ..statements.networks import (
    W,
    are_bits,
    b,
    h,
    i,
    in_closed_cell,
    in_half_open_cell,
    j,
    k,
    masked,
    n,
    theta,
    x,
    z,
)
from ..verdicts import by_counterexample, by_kernel, by_two_roads

# M_1 = M_2 = M_3 = the identity of R; theta = (1, 1); x = 0.
NETWORK = Network.from_rationals([([[1]], [0]), ([[1]], [0]), ([[1]], [0])], name="three identities")
THETA, X = ((1,), (1,)), (0,)


# The closed cell lies in the half-open one (the other way round it is true).
STATEMENT = forall(
    *(n, W, b, theta, h, x, z),
    implies(
        are_bits(theta),
        masked(z, x, theta),
        in_closed_cell(theta, z, h),
        in_half_open_cell(theta, z, h),
    ),
)


def denial() -> Theorem:
    """All widths, weights and bits 1, no biases, x = 0: every z_k is 0, so x is in the closed cell only."""
    ones, zeros = function(i, number(1)), function(i, number(0))
    weights, bits = function(i, j, k, number(1)), function(i, j, number(1))
    values = function(i, j, number(0))

    def build(claim: Theorem, _: Expression) -> Theorem:
        here = use(claim, ones, weights, values, bits, 2, zeros, values)
        while here.conclusion.op == "implies":
            here = use(here, constant_formula(here.conclusion.args[0]))
        inside = use(here, 0, arith(number(0) < 2), 0, arith(number(0) < 1))
        return by_cases(FALSE, inside)

    return prove(negation(STATEMENT), build)


def constant_formula(formula: Expression) -> Theorem:
    """Prove a formula in which everything is constant."""
    if formula.op == "and":
        return together(*map(constant_formula, formula.args))
    if formula.op == "forall":
        return prove(formula, lambda _, goal: constant_formula(goal))
    if formula.op == "implies":
        return prove(formula, lambda _, goal: constant_formula(goal))
    return by_cases(formula)


def check(
    network: Network = NETWORK,
    theta: Bits = THETA,
    x: Sequence[Any] = X,
    statement: Expression = STATEMENT,
) -> Finding:
    """Refute it; and ask both descriptions whether x belongs to R^theta."""
    with_weak, with_strict = lies_in_closed_cell(network, theta, x), lies_in_half_open_cell(network, theta, x)
    y1, y2 = values_along(network, theta, x)[:2]
    found = by_counterexample(
        f"theta = {text(theta)}, x = {x[0]}: y_1 = {y1[0]}, y_2 = {y2[0]}",
        f"in the set of the four inequalities >= 0 and <= 0: {with_weak}",
        f"in the set with (0, oo) on the support and (-oo, 0] elsewhere: {with_strict}",
        holds=with_weak == with_strict,
        networks=[network],
        points=[("x", x)],
        cells=[theta],
    )
    return by_two_roads(by_kernel(statement, denial, refutes=True), found, refutes=True)


CLAIM = PaperClaim(
    id="heinecke-hwang/C4",
    title="Example 1: the closed and the half-open description give one set",
    sentence=r"""R^{\theta} = \{ \operatorname{diag}(\theta_1) M_1 \mathbf{x} \ge \mathbf{0} \} \cap \{
    (\mathbf{I} - \operatorname{diag}(\theta_1)) M_1 \mathbf{x} \le \mathbf{0} \} [...] i.e., on the set
    of all $\mathbf{x} \in \mathcal{X}$ that satisfy $$ (M_1 \mathbf{x})_i \in \begin{cases} (0, \infty)
    & \text{if } i \in \operatorname{spt} \theta_1, \\ (-\infty, 0] & \text{else,} \end{cases}""",
    source="Section 3, Example 1",
    reading="""The set of the weak inequalities equals the set with (0, oo) where the bit is 1 and (-oo,
    0] elsewhere.""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
)
