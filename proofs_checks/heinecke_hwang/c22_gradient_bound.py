"""C22. (14) is false with the C and N of Theorem 6."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import (
    Bits,
    apply,
    bound_factor,
    configurations,
    diagonal,
    has_unit_ends,
    in_half_open_cell,
    largest_weight,
    norm_at_most,
    squared_norm,
    text,
    times,
    transposed,
    written,
)
from ..tried_networks import DEEP_SHAPES, tried_networks
from ..verdicts import Failure, by_counterexample, by_trial, with_correction

# W_1 = W_4 = 1 are normalised, W_2 = W_3 = 1/2; loss L(y) = y; k = 3; at x = 1 every theta_k is 1.
NETWORK = Network.from_rationals(
    [([[1]], None), ([["1/2"]], None), ([["1/2"]], None), ([[1]], None)], name="weights 1, 1/2, 1/2, 1"
)
K, X, THETA = 3, (1,), ((1,), (1,), (1,))
# A second one, at the same x: W_4 is a column of nine ones. Here N must go over N_4 = 9 too.
NINE = Network.from_rationals([([[1]], None)] * 3 + [([[1]] * 9, None)], name="nine outputs")
NETWORKS = (NETWORK, NINE, *tried_networks("C22", DEEP_SHAPES, count=24))


def chain(network: Network, theta: Bits, k: int) -> list[list[Fraction]]:
    """(13) without the last factor: diag(theta_k) W_{k+1}^T diag(theta_{k+1}) ... W_L^T."""
    product = [list(row) for row in diagonal(theta[k - 1])]
    for l in range(k + 1, network.depth + 1):
        product = times(product, transposed(network.layers[l - 1].weight))
        product = times(product, diagonal(theta[l - 1])) if l < network.depth else product
    return product


def corrected_factor(network: Network, k: int) -> Fraction:
    """NC with C over W_{k+1}, ..., W_L and N over N_k, ..., N_L."""
    return largest_weight(network, k + 1, network.depth) * max(network.widths[k:])


def check(
    network: Network = NETWORK,
    x: Sequence[Any] = X,
    k: int = K,
    theta: Bits = THETA,
    networks: Sequence[Network] = NETWORKS,
    factor: Callable[[Network, int], Fraction] = corrected_factor,
) -> Finding:
    """Compare ||dL/dy_k|| with (NC)^(L-k) ||dL/dy_L|| at x, for the loss L(y) = sum of the y_i."""
    ones = [Fraction(1)] * network.outputs  # dL/dy_L
    gradient = apply(chain(network, theta, k), ones)
    bound = bound_factor(network) ** (network.depth - k)
    nine = squared_norm(apply(chain(NINE, THETA, K), [1] * 9))
    as_transcribed = by_counterexample(
        f"L = {network.depth}, k = {k}, theta = {text(theta)}: dL/dy_{k} = {written(gradient)}, dL/dy_L = "
        f"{written(ones)}",
        f"NC = {bound_factor(network)} with C over W_2, ..., W_{network.depth - 1} and N over N_1, ..., "
        f"N_{network.depth - 1}: the factor of (14) is (NC)^{network.depth - k} = {bound}",
        f"nine outputs, k = {K}, L(y) = y_1 + ... + y_9: ||dL/dy_{K}||^2 = {nine}, ||dL/dy_4||^2 = "
        f"{squared_norm([1] * 9)}, and NC = {largest_weight(NINE, 2, 4) * max(NINE.hidden_widths)} with C "
        "over W_4 too, but N without N_4",
        holds=squared_norm(gradient) <= bound**2 * squared_norm(ones),
        hypotheses={
            "L > 3": network.depth > 3,
            "rows of W_1 and columns of W_L have norm 1": has_unit_ends(network),
            f"x lies in R^{text(theta)}": in_half_open_cell(network, theta, x),
            "x lies in this cell of the second network": in_half_open_cell(NINE, THETA, x),
        },
        networks=[network, NINE],
        points=[("x", x)],
        cells=[theta],
        loss="L(y) = y_1 + ... + y_{N_L}, so dL/dy_L = (1, ..., 1) everywhere and beta = 0",
    )

    def failure(net: Network) -> Failure | None:
        return failure_of_14(net, factor)

    correction = "(14) with C over W_{k+1}, ..., W_L and N over N_k, ..., N_L"
    return with_correction(
        as_transcribed, correction, by_trial(networks, failure, "for all losses, k and cells")
    )


def failure_of_14(network: Network, factor: Callable[[Network, int], Fraction]) -> Failure | None:
    """Return a k and a cell where (14) fails for some loss: ||(13)|| > factor^(L-k)."""
    for theta in configurations(network):
        for k in range(1, network.depth):
            if not norm_at_most(chain(network, theta, k), factor(network, k) ** (2 * (network.depth - k))):
                return f"(14) fails for k = {k} on the cell of {text(theta)}"
    return None


CLAIM = PaperClaim(
    id="heinecke-hwang/C22",
    title="(14): the gradient at layer k is at most (NC)^(L-k) times that at L",
    sentence=r"""the maximum magnitude entry of $\partial \mathcal{L}^{\theta}/\partial \mathbf{y}_k$ is
    bounded by [...] \leq (NC)^{L-k} \|\nabla_{\mathbf{y}_L} \mathcal{L}^{\theta}\|.""",
    source="Section 3.2, (14)",
    reading="""With C the largest weight of W_2, ..., W_{L-1} and N = max(N_1, ..., N_{L-1}) as in
    Theorem 6, the Euclidean norm of dL/dy_k is at most (NC)^(L-k) times that of dL/dy_L.""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.CHECKED,
)
