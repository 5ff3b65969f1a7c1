"""C19. Theorem 6 (ii): sigma^L bounds the Lipschitz constant on a cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from exactrelu import AlgebraicNumber, Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim
from exactrelu.polyhedra.matrix_norms import spectral_norm_squared

from ..exact_networks import configurations, linear_part, text
from ..kernel.rules import Theorem, restate
from ..proving.cell_bounds import spectral_bound
from ..statements.bounds import norms_at_most, power, powers_of, sigma, within
from ..statements.expressions import Expression, both, forall, implies
from ..statements.networks import W, are_bits, b, h, masked, n, row_of, theta, u, v, x, z
from ..tried_networks import DEEP_SHAPES, tried_networks
from ..verdicts import Failure, by_kernel, by_trial, by_two_roads

# sigma = 2 in all four layers, and the linear part on the cell of ones has norm 16: the bound is attained.
TWICE = [[2, 0], [0, 1]]
ATTAINED = Network.from_rationals([(TWICE, None)] * 4, name="diag(2, 1) four times")
# The same with an irrational sigma: ||[[1, 1], [1, 2]]|| = (3 + sqrt 5) / 2, attained too.
GOLDEN = Network.from_rationals([([[1, 1], [1, 2]], None)] * 4, name="[[1, 1], [1, 2]] four times")
NETWORKS = (ATTAINED, GOLDEN, *tried_networks("C19", DEEP_SHAPES, count=30))


def sigma_squared(network: Network) -> AlgebraicNumber:
    """Return the square of the largest spectral norm of the weight matrices, an algebraic number."""
    return max(spectral_norm_squared(layer.weight) for layer in network.layers)


NAMES = (n, W, b, theta, h, x, u, z, v, sigma, power)  # L = h + 1
STATEMENT = forall(
    *NAMES,
    implies(
        are_bits(theta),
        both(masked(z, x, theta), masked(v, u, theta)),
        norms_at_most(sigma, h + 1),
        powers_of(sigma, power),
        within(row_of(z, h + 1), row_of(v, h + 1), n(h + 1), power(h + 1) ** 2, x, u),
    ),
)


def proof() -> Theorem:
    """By induction on the layers: bits make no vector longer, and W_k at most sigma times."""
    return restate(spectral_bound(), STATEMENT)


def check(
    networks: Sequence[Network] = NETWORKS,
    sigma_squared_of: Callable[[Network], AlgebraicNumber] = sigma_squared,
    bound_squared_of: Callable[[AlgebraicNumber, int], AlgebraicNumber] = pow,
    statement: Expression = STATEMENT,
) -> Finding:
    """Prove it; and compare linear parts with sigma^L, by squares, which are algebraic numbers."""
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
    tried = replace(finding, evidence=(*finding.evidence, f"equality on {attained} of them"))
    return by_two_roads(by_kernel(statement, proof), tried)


CLAIM = PaperClaim(
    id="heinecke-hwang/C19",
    title="Theorem 6 (ii): sigma^L is a Lipschitz bound on a cell",
    sentence=r"""(ii) If σ is the maximum of the spectral norms of the weight matrices, then [...] \leq
    \sigma^L \|\mathbf{x}_1 - \mathbf{x}_2\|_2.""",
    source="Theorem 6 (ii)",
    reading="""||M_L^theta(x_1) - M_L^theta(x_2)||_2 <= sigma^L ||x_1 - x_2||_2, that is, the spectral
    norm of the linear part is at most sigma^L, for every L. sigma is any number >= 0 with ||W_k g|| <= sigma
    ||g|| for all g and k, such as the largest spectral norm, which may be irrational.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
