"""C4. Example 1 gives one set two descriptions that differ on its boundary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Bits, in_closed_cell, in_half_open_cell, text, values_along
from ..verdicts import by_counterexample

# M_1 = M_2 = M_3 = the identity of R; theta = (1, 1); x = 0.
NETWORK = Network.from_rationals([([[1]], [0]), ([[1]], [0]), ([[1]], [0])], name="three identities")
THETA, X = ((1,), (1,)), (0,)


def check(network: Network = NETWORK, theta: Bits = THETA, x: Sequence[Any] = X) -> Finding:
    """Ask both descriptions whether x belongs to R^theta."""
    with_weak, with_strict = in_closed_cell(network, theta, x), in_half_open_cell(network, theta, x)
    y1, y2 = values_along(network, theta, x)[:2]
    return by_counterexample(
        f"theta = {text(theta)}, x = {x[0]}: y_1 = {y1[0]}, y_2 = {y2[0]}",
        f"in the set of the four inequalities >= 0 and <= 0: {with_weak}",
        f"in the set with (0, oo) on the support and (-oo, 0] elsewhere: {with_strict}",
        holds=with_weak == with_strict,
        networks=[network],
        points=[("x", x)],
        cells=[theta],
    )


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
