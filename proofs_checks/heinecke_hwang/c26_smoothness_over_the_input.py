"""C26. The bounds beta (NC)^(2L-k) and beta (NC)^(2L) are false with the C and N of Theorem 6."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import (
    Bits,
    Matrix,
    apply,
    bound_factor,
    configurations,
    has_unit_ends,
    in_half_open_cell,
    largest_weight,
    linear_part,
    minus,
    norm_at_most,
    squared_norm,
    text,
    times,
    transposed,
    values_along,
)
from ..tried_networks import DEEP_SHAPES, tried_networks
from ..verdicts import Failure, by_counterexample, by_trial, with_correction
from .c22_gradient_bound import chain

# W_1 = W_4 = 1 are normalised. Loss L(y) = |y|^2 / 2, so dL/dy_L = y_L and beta = 1; theta = 1 at x and x'.
NETWORK = Network.from_rationals(
    [([[1]], None), ([["1/2"]], None), ([["1/2"]], None), ([[1]], None)], name="weights 1, 1/2, 1/2, 1"
)
X, Z, THETA = (2,), (1,), ((1,), (1,), (1,))
NETWORKS = (NETWORK, *tried_networks("C26", DEEP_SHAPES, count=24))


def chain_to(network: Network, theta: Bits, k: int) -> Matrix:
    """(13) for k >= 1, and for the input (k = 0): the matrix that takes dL/dy_L to dL/dy_k or dL/dx."""
    return chain(network, theta, k) if k else transposed(linear_part(network, theta))


def corrected_factor(network: Network) -> Fraction:
    """NC with C over W_1, ..., W_L and N over N_0, ..., N_L."""
    return largest_weight(network, 1, network.depth) * max(network.widths)


def check(
    network: Network = NETWORK,
    x: Sequence[Any] = X,
    z: Sequence[Any] = Z,
    theta: Bits = THETA,
    networks: Sequence[Network] = NETWORKS,
    factor: Callable[[Network], Fraction] = corrected_factor,
) -> Finding:
    """Compare the differences of dL/dy_1 and of dL/dx between x and x' with the bounds."""
    step, product = squared_norm(minus(x, z)), bound_factor(network)
    outputs = minus(values_along(network, theta, x)[-1], values_along(network, theta, z)[-1])
    lines, holds = [], True
    for k, name in ((1, "dL/dy_1"), (0, "dL/dx")):
        found = squared_norm(apply(chain_to(network, theta, k), outputs))
        power = 2 * network.depth - k
        lines.append(
            f"squared difference of {name}: {found}; the squared bound ((NC)^{power} ||x - x'||)^2 is "
            f"{product ** (2 * power) * step}"
        )
        holds = holds and found <= product ** (2 * power) * step
    as_transcribed = by_counterexample(
        f"NC = {product}, ||x - x'||^2 = {step}",
        *lines,
        holds=holds,
        hypotheses={
            "L > 3": network.depth > 3,
            "rows of W_1 and columns of W_L have norm 1": has_unit_ends(network),
            f"x lies in R^{text(theta)}": in_half_open_cell(network, theta, x),
            f"x' lies in R^{text(theta)}": in_half_open_cell(network, theta, z),
        },
        networks=[network],
        points=[("x", x), ("x'", z)],
        cells=[theta],
        loss="L(y) = ||y||^2 / 2, so dL/dy_L = y_L and beta = 1",
    )

    def failure(net: Network) -> Failure | None:
        for cell in configurations(net):
            for k in range(net.depth):
                to_gradient = times(chain_to(net, cell, k), linear_part(net, cell))
                if not norm_at_most(to_gradient, factor(net) ** (2 * (2 * net.depth - k))):
                    return f"the bound fails for k = {k} on the cell of {text(cell)}"
        return None

    return with_correction(
        as_transcribed,
        "the bounds with C over W_1, ..., W_L and N over N_0, ..., N_L",
        by_trial(networks, failure, "for this loss, all k and all x, x' in one cell"),
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/C26",
    title="smoothness of the loss over the input: beta (NC)^(2L)",
    sentence=r"""\leq \beta_{\theta}(NC)^{2L-k} \|\mathbf{x} - \mathbf{x}'\|. [...] \leq
    \beta_{\theta}(NC)^{2L} \|\mathbf{x} - \mathbf{x}'\|,""",
    source="Section 3.2, the last two displays",
    reading="""With C the largest weight of W_2, ..., W_{L-1} and N = max(N_1, ..., N_{L-1}): gradient
    differences at layer k are at most beta (NC)^(2L-k) ||x - x'||, and at the input beta (NC)^(2L) ||x
    - x'||.""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.CHECKED,
)
