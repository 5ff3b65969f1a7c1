"""C22. (14) is false with the C and N of Theorem 6."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from exactrelu import Network
from exactrelu.claims import Claim, Finding, Verdict

from ..exact_networks import configurations, diagonal, largest_weight, norm_at_most, text, times, transposed
from ..tried_networks import DEEP_SHAPES, tried_networks
from ..verdicts import Failure, by_counterexample, by_trial, with_correction

# W_1 = W_4 = 1 are normalised, W_2 = W_3 = 1/2; loss L(y) = y; k = 3; theta = 1 everywhere (x > 0).
NETWORK = Network.from_rationals(
    [([[1]], None), ([["1/2"]], None), ([["1/2"]], None), ([[1]], None)], name="weights 1, 1/2, 1/2, 1"
)
K = 3
# A second one: C over W_2, ..., W_L but N without N_L. W_4 is a column of nine ones, so ||W_4|| = 3.
NINE = Network.from_rationals([([[1]], None)] * 3 + [([[1]] * 9, None)], name="nine outputs")
NETWORKS = tuple(tried_networks("C22", DEEP_SHAPES, count=24))


def chain(network: Network, theta: tuple[tuple[int, ...], ...], k: int) -> list[list[Fraction]]:
    """(13) without the last factor: diag(theta_k) W_{k+1}^T diag(theta_{k+1}) ... W_L^T."""
    product = [list(row) for row in diagonal(theta[k - 1])]
    for l in range(k + 1, network.depth + 1):
        product = times(product, transposed(network.layers[l - 1].weight))
        product = times(product, diagonal(theta[l - 1])) if l < network.depth else product
    return product


def check(network: Network = NETWORK, k: int = K, networks: Sequence[Network] = NETWORKS) -> Finding:
    """Compare ||dL/dy_k|| with (NC)^(L-k) ||dL/dy_L|| on the cell of ones, where dL/dy_L = 1."""
    theta = tuple((1,) * width for width in network.hidden_widths)
    gradient = chain(network, theta, k)[0][0]
    weight, width = largest_weight(network, 2, network.depth - 1), max(network.hidden_widths)
    bound = (width * weight) ** (network.depth - k)
    nine = sum(row[0] ** 2 for row in NINE.layers[-1].weight)
    nine_product = largest_weight(NINE, 2, NINE.depth) * max(NINE.hidden_widths)
    as_transcribed = by_counterexample(
        f"L(y) = y, k = {k}, L = {network.depth}, theta = {text(theta)}: dL/dy_{k} = {gradient}",
        f"C = {weight} (over W_2, ..., W_{network.depth - 1}), N = {width} (over N_1, ..., "
        f"N_{network.depth - 1}): the "
        f"bound is (NC)^{network.depth - k} * 1 = {bound}",
        "C over W_L as well, N still without N_L, is not enough: with W_4 a column of nine ones and all "
        "other weights "
        f"1, ||W_4||^2 = {nine} while NC = {nine_product}",
        holds=abs(gradient) <= bound,
        networks=[network, NINE],
    )
    return with_correction(
        as_transcribed, by_trial(networks, corrected, "C over W_{k+1}..W_L, N over N_k..N_L: (14)")
    )


def corrected(network: Network) -> Failure | None:
    """Look for a k and a cell where (14) fails with C over W_{k+1}, ..., W_L and N over N_k, ..., N_L."""
    for theta in configurations(network):
        for k in range(1, network.depth):
            bound = largest_weight(network, k + 1, network.depth) * max(network.widths[k:])
            if not norm_at_most(chain(network, theta, k), bound ** (2 * (network.depth - k))):
                return f"k = {k}, cell of {text(theta)}"
    return None


CLAIM = Claim(
    id="heinecke-hwang/C22",
    title="(14): the gradient at layer k is at most (NC)^(L-k) times that at L",
    sentence=r"""the maximum magnitude entry of $\partial \mathcal{L}^{\theta}/\partial \mathbf{y}_k$ is
    bounded by [...] \leq (NC)^{L-k} \|\nabla_{\mathbf{y}_L} \mathcal{L}^{\theta}\|.""",
    source="Section 3.2, (14)",
    reading="""With C the largest weight of W_2, ..., W_{L-1} and N = max(N_1, ..., N_{L-1}) as in
    Theorem 6, the Euclidean norm of dL/dy_k is at most (NC)^(L-k) times that of dL/dy_L.""",
    recorded=Verdict.REFUTED,
    check=check,
)
