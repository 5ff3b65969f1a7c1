"""C23. (15) is false with derivative 1 at kinks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exactrelu import Network
from exactrelu.claims import Claim, Finding, Verdict

from ..exact_networks import in_half_open_cell
from ..verdicts import by_counterexample

# relu on the line, loss L(y) = y, so dL/dy_2 = 1 everywhere and beta = 0. Both points lie in R^(0) = {x <=
# 0}.
NETWORK = Network.from_rationals([([[1]], [0]), ([[1]], [0])], name="relu on the line")
X, Z, THETA = (0,), (-1,), ((0,),)


def check(network: Network = NETWORK, x: Sequence[Any] = X, z: Sequence[Any] = Z) -> Finding:
    """Compare dL/dy_1 at two points of the cell of 0, for the loss L(y) = y."""
    together = in_half_open_cell(network, THETA, x) and in_half_open_cell(network, THETA, z)
    last = network.layers[1].weight[0][0]
    at_x, at_z = (int(network.preactivations(point)[0][0] >= 0) * last for point in (x, z))
    return by_counterexample(
        f"x = {x[0]} and x' = {z[0]} lie in the half-open cell of 0: {together}",
        f"dL/dy_1 = Sigma(y_1) W_2 dL/dy_2 with Sigma = 1 where y_1 >= 0: {at_x} at x, {at_z} at x'",
        "dL/dy_2 = 1 at both, so the right side of (15) is (NC)^1 * |1 - 1| = 0, whatever N and C are",
        "corrected form: with diag(theta_k) for Sigma both gradients have the same factor on a cell, and "
        "(15) follows "
        "with the C and N of the corrected (14)",
        holds=not together or abs(at_x - at_z) <= 0,
        networks=[network],
        points=[("x", x), ("x'", z)],
    )


CLAIM = Claim(
    id="heinecke-hwang/C23",
    title="(15): gradient differences on a cell",
    sentence=r"""For any layer k , [\(13\)](#page-9-0) implies [...] \leq (NC)^{L-k}
    \|\nabla_{\mathbf{y}_L} \mathcal{L}^{\theta} - \nabla_{\mathbf{y}_L'} \mathcal{L}^{\theta} \|""",
    source="Section 3.2, (15)",
    reading="""For x, x' in one half-open cell and Sigma of (13) with value 1 at y = 0, the gradients at
    layer k differ by at most (NC)^(L-k) times the difference of those at layer L.""",
    recorded=Verdict.REFUTED,
    check=check,
)
