"""C19. Theorem 6 (ii): sigma^L bounds the Lipschitz constant on a cell."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from exactrelu import Network
from exactrelu.claims import Claim, Finding, Verdict

from ..exact_networks import configurations, linear_part, norm_at_most, text
from ..tried_networks import DEEP_SHAPES, tried_networks
from ..verdicts import Failure, by_trial

# sigma = 2 in all four layers, and the linear part on the cell of ones has norm 16: the bound is attained.
TWICE = [[2, 0], [0, 1]]
ATTAINED = Network.from_rationals([(TWICE, None)] * 4, name="diag(2, 1) four times")
NETWORKS = (ATTAINED, *tried_networks("C19", DEEP_SHAPES, count=30))
STEPS = 12


def sigma_squared_above(network: Network) -> Fraction:
    """Return a rational s >= sigma^2 by bisection: sigma^2 itself if it is an integer up to 64."""
    low, high = Fraction(0), Fraction(64)
    while not at_least(network, high):
        high *= 2
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if at_least(network, middle) else (middle, high)
    return high


def at_least(network: Network, squared: Fraction) -> bool:
    """Return whether the spectral norms of all weight matrices are at most the root of ``squared``."""
    return all(norm_at_most(layer.weight, squared) for layer in network.layers)


def check(networks: Sequence[Network] = NETWORKS, lower_power: int = 0) -> Finding:
    """Compare the linear part of every cell with s^L, s a rational upper bound of sigma^2, by squares."""

    def failure(network: Network) -> Failure | None:
        squared = sigma_squared_above(network)
        for theta in configurations(network):
            if not norm_at_most(linear_part(network, theta), squared ** (network.depth - lower_power)):
                return (
                    f"on the cell of {text(theta)} the constant exceeds sigma^L, where sigma^2 <= {squared}"
                )
        return None

    return by_trial(
        networks,
        failure,
        "||linear part||^2 <= s^L with s >= sigma^2, s a rational; equality on the first network, where s "
        "= sigma^2 = 4",
    )


CLAIM = Claim(
    id="heinecke-hwang/C19",
    title="Theorem 6 (ii): sigma^L is a Lipschitz bound on a cell",
    sentence=r"""(ii) If σ is the maximum of the spectral norms of the weight matrices, then [...] \leq
    \sigma^L \|\mathbf{x}_1 - \mathbf{x}_2\|_2.""",
    source="Theorem 6 (ii)",
    reading="""||M_L^theta(x_1) - M_L^theta(x_2)||_2 <= sigma^L ||x_1 - x_2||_2, that is, the spectral
    norm of the linear part is at most sigma^L. sigma may be irrational: it is replaced by a rational
    upper bound, close to it.""",
    recorded=Verdict.CHECKED,
    check=check,
)
