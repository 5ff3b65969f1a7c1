"""C19. Theorem 6 (ii): sigma^L bounds the Lipschitz constant on a cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from exactrelu import AlgebraicNumber, Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim
from exactrelu.polyhedra.matrix_norms import spectral_norm_squared

from ..exact_networks import configurations, linear_part, text
from ..tried_networks import DEEP_SHAPES, tried_networks
from ..verdicts import Failure, by_trial

# sigma = 2 in all four layers, and the linear part on the cell of ones has norm 16: the bound is attained.
TWICE = [[2, 0], [0, 1]]
ATTAINED = Network.from_rationals([(TWICE, None)] * 4, name="diag(2, 1) four times")
# The same with an irrational sigma: ||[[1, 1], [1, 2]]|| = (3 + sqrt 5) / 2, attained too.
GOLDEN = Network.from_rationals([([[1, 1], [1, 2]], None)] * 4, name="[[1, 1], [1, 2]] four times")
NETWORKS = (ATTAINED, GOLDEN, *tried_networks("C19", DEEP_SHAPES, count=30))


def sigma_squared(network: Network) -> AlgebraicNumber:
    """Return the square of the largest spectral norm of the weight matrices, an algebraic number."""
    return max(spectral_norm_squared(layer.weight) for layer in network.layers)


def check(
    networks: Sequence[Network] = NETWORKS,
    sigma_squared_of: Callable[[Network], AlgebraicNumber] = sigma_squared,
    bound_squared_of: Callable[[AlgebraicNumber, int], AlgebraicNumber] = pow,
) -> Finding:
    """Compare the linear part of every cell with sigma^L, by squares, which are algebraic numbers."""
    attained = 0

    def failure(network: Network) -> Failure | None:
        nonlocal attained
        sigma = sigma_squared_of(network)
        norms = [spectral_norm_squared(layer.weight) for layer in network.layers]
        if any(norm > sigma for norm in norms) or all(norm != sigma for norm in norms):
            return f"sigma^2 = {sigma} is not the largest squared norm of a weight matrix"
        limit = bound_squared_of(sigma, network.depth)
        found = {
            text(theta): spectral_norm_squared(linear_part(network, theta))
            for theta in configurations(network)
        }
        attained += any(norm == limit for norm in found.values())
        over = [theta for theta, norm in found.items() if norm > limit]
        return f"on the cell of {over[0]} the constant exceeds sigma^L, sigma^2 = {sigma}" if over else None

    finding = by_trial(
        networks, failure, "||linear part||^2 <= (sigma^2)^L, algebraic numbers compared exactly"
    )
    return replace(finding, evidence=(*finding.evidence, f"equality on {attained} of them"))


CLAIM = PaperClaim(
    id="heinecke-hwang/C19",
    title="Theorem 6 (ii): sigma^L is a Lipschitz bound on a cell",
    sentence=r"""(ii) If σ is the maximum of the spectral norms of the weight matrices, then [...] \leq
    \sigma^L \|\mathbf{x}_1 - \mathbf{x}_2\|_2.""",
    source="Theorem 6 (ii)",
    reading="""||M_L^theta(x_1) - M_L^theta(x_2)||_2 <= sigma^L ||x_1 - x_2||_2, that is, the spectral
    norm of the linear part is at most sigma^L. sigma may be irrational.""",
    recorded=ClaimVerdict.CHECKED,
    check=check,
)
