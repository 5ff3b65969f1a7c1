"""C26. The bounds beta (NC)^(2L-k) and beta (NC)^(2L) are false with the C and N of Theorem 6."""

from __future__ import annotations

from collections.abc import Sequence

from exactrelu import Network
from exactrelu.claims import Claim, Finding, Verdict

from ..exact_networks import (
    configurations,
    largest_weight,
    linear_part,
    norm_at_most,
    text,
    times,
    transposed,
)
from ..tried_networks import DEEP_SHAPES, tried_networks
from ..verdicts import Failure, by_counterexample, by_trial, with_correction
from .c22_gradient_bound import chain

# Loss L(y) = y^2 / 2, so dL/dy_L = y_L and beta = 1; x, x' > 0, theta = 1 everywhere.
NETWORK = Network.from_rationals(
    [([[1]], None), ([["1/2"]], None), ([["1/2"]], None), ([[1]], None)], name="weights 1, 1/2, 1/2, 1"
)
NETWORKS = tuple(tried_networks("C26", DEEP_SHAPES, count=24))


def check(network: Network = NETWORK, networks: Sequence[Network] = NETWORKS) -> Finding:
    """Compare ratios of gradient differences at layer 1 and at x with the bounds, for R -> R."""
    theta, depth = tuple((1,) * width for width in network.hidden_widths), network.depth
    linear = linear_part(network, theta)[0][0]  # y_L - y_L' = linear (x - x')
    at_1 = abs(chain(network, theta, 1)[0][0] * linear)
    at_x = linear**2
    product = largest_weight(network, 2, depth - 1) * max(network.hidden_widths)
    as_transcribed = by_counterexample(
        f"linear part on R^{text(theta)}: {linear}; NC = {product}",
        f"k = 1: |dL/dy_1 - dL/dy_1'| = {at_1} |x - x'|; the bound is (NC)^{2 * depth - 1} = "
        f"{product ** (2 * depth - 1)}",
        f"input: |dL/dx - dL/dx'| = {at_x} |x - x'|; the bound is (NC)^{2 * depth} = "
        f"{product ** (2 * depth)}",
        holds=at_1 <= product ** (2 * depth - 1) and at_x <= product ** (2 * depth),
        networks=[network],
    )
    return with_correction(
        as_transcribed, by_trial(networks, corrected, "C over all of W_1..W_L and N over N_0..N_L")
    )


def corrected(network: Network) -> Failure | None:
    """Look for a cell where the bounds fail with C over W_1, ..., W_L and N over N_0, ..., N_L; beta = 1."""
    product = largest_weight(network, 1, network.depth) * max(network.widths)
    for theta in configurations(network):
        linear = linear_part(network, theta)
        for k in range(network.depth):
            before = transposed(linear) if k == 0 else chain(network, theta, k)
            if not norm_at_most(times(before, linear), product ** (2 * (2 * network.depth - k))):
                return f"k = {k}, cell of {text(theta)}"
    return None


CLAIM = Claim(
    id="heinecke-hwang/C26",
    title="smoothness of the loss over the input: beta (NC)^(2L)",
    sentence=r"""\leq \beta_{\theta}(NC)^{2L-k} \|\mathbf{x} - \mathbf{x}'\|. [...] \leq
    \beta_{\theta}(NC)^{2L} \|\mathbf{x} - \mathbf{x}'\|,""",
    source="Section 3.2, the last two displays",
    reading="""With C the largest weight of W_2, ..., W_{L-1} and N = max(N_1, ..., N_{L-1}): gradient
    differences at layer k are at most beta (NC)^(2L-k) ||x - x'||, and at the input beta (NC)^(2L) ||x
    - x'||.""",
    recorded=Verdict.REFUTED,
    check=check,
)
