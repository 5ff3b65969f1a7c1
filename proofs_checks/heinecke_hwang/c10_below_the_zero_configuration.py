"""C10. Example 2: in the polygon of the zero configuration the second layer can be active."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exactrelu import Network
from exactrelu.claims import Claim, Finding, Verdict

from ..exact_networks import configurations, text, values_along
from ..verdicts import by_counterexample

# M_1 = identity of R^2, M_2(a) = a_1 + a_2 + 1, at x = (-1, -1).
NETWORK = Network.from_rationals(
    [([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [1]), ([[1]], [0])], name="Example 2 with b_2 = 1"
)
X = (-1, -1)


def check(network: Network = NETWORK, x: Sequence[Any] = X) -> Finding:
    """Compute M_2 diag(0, 0) M_1 x and list the configurations that begin with (0, 0)."""
    below = [theta for theta in configurations(network) if not any(theta[0])]
    value = values_along(network, ((0, 0), (0,)), x)[1][0]
    return by_counterexample(
        f"M_2 diag(0, 0) M_1 x = b_2 = {value} at x = ({x[0]}, {x[1]}); the configuration of x is "
        f"{network.configuration(x)}",
        f"configurations that extend theta_1 = (0, 0): {', '.join(map(text, below))}",
        "corrected form: M_2 diag(0, 0) M_1 = b_2, so the extension is (0, 0, 1) if b_2 > 0, else (0, 0, 0)",
        f"true for every b_2: this polygon is not further partitioned (here: {len(below)} part)",
        holds=below == [((0, 0), (0,))],
        networks=[network],
        points=[("x", x)],
    )


CLAIM = Claim(
    id="heinecke-hwang/C10",
    title="Example 2: theta_1 = (0, 0) extends only to (0, 0, 0)",
    sentence=r"""Since M_2 diag(θ_1^0) $M_1 = 0$, the only diagonal configuration that can be achieved
    via a concatenation from $\{0,1\}$ to θ_1^0 is $\theta_2^0 = [0,0,0]^{\top}$ and thus
    $R^{\theta_1^0}$ is not further partitioned.""",
    source="Section 3.1, Example 2",
    reading="""For M_1 surjective onto R^2 and M_2: R^2 -> R, the only configuration with theta_1 = (0,
    0) is (0, 0, 0).""",
    recorded=Verdict.REFUTED,
    check=check,
)
