"""C25. M_L^theta is affine: it does not map a difference to the difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exactrelu import Network
from exactrelu.claims import Claim, Finding, Verdict

from ..exact_networks import apply, linear_part, minus, values_along
from ..verdicts import by_counterexample

# relu(x) - 1 on its cell {x > 0}, at x = 2 and x' = 1.
NETWORK = Network.from_rationals([([[1]], [0]), ([[1]], [-1])], name="relu(x) - 1")
X, Z, THETA = (2,), (1,), ((1,),)


def check(network: Network = NETWORK, x: Sequence[Any] = X, z: Sequence[Any] = Z) -> Finding:
    """Compare M(x) - M(x') with M(x - x') and with the linear part of M."""
    at_x, at_z, at_difference = (values_along(network, THETA, point)[-1] for point in (x, z, minus(x, z)))
    difference = minus(at_x, at_z)
    return by_counterexample(
        f"M^theta(x) - M^theta(x') = {at_x[0]} - ({at_z[0]}) = {difference[0]}",
        f"M^theta(x - x') = M^theta({minus(x, z)[0]}) = {at_difference[0]}",
        "corrected form: the linear part of M^theta gives "
        f"{apply(linear_part(network, THETA), minus(x, z))[0]}",
        holds=abs(difference[0]) == abs(at_difference[0]),
        networks=[network],
        points=[("x", x), ("x'", z)],
    )


CLAIM = Claim(
    id="heinecke-hwang/C25",
    title="the output difference is M_L^theta of the input difference",
    sentence=r"""Following [\(15\)](#page-9-2), we have [...] \leq \beta_{\theta}(NC)^{L-k}
    \|\mathcal{M}_L^{\theta}(\mathbf{x} - \mathbf{x}')\|""",
    source="Section 3.2, the display after (15)",
    reading="||y_L - y_L'|| = ||M_L^theta(x - x')|| with M_L^theta of (10), which has the biases.",
    recorded=Verdict.REFUTED,
    check=check,
)
