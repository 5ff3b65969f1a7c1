"""Theorem 6 (i), proof: each line of the chain of inequalities."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from math import prod

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import apply, dot, largest_weight, linear_part, minus, squared_norm, text, written
from ..tried_networks import DEEP_SHAPES, normalised, tried_networks
from ..verdicts import Failure, by_trial

NETWORKS = tuple(normalised(net, "theorem 6") for net in tried_networks("theorem 6", DEEP_SHAPES, count=30))


def check(networks: Sequence[Network] = NETWORKS, power: int = 2) -> Finding:
    """Decide the lines for the differences x_1 - x_2 of points of each cell, roots by squares."""

    def failure(network: Network) -> Failure | None:
        factor = largest_weight(network, 2, network.depth - 1) ** (network.depth - power)
        for region in regions(network):
            theta, shape = region.configuration.layers, region.geometry
            points = [region.point, *shape.vertices, *([v + 1 for v in region.point],)]
            for one, two in combinations(points, 2):
                step = minus(one, two)
                if not lines_hold(network, theta, step, factor):
                    return f"cell of {text(theta)}, x_1 - x_2 = {written(step)}"
        return None

    return by_trial(
        networks, failure, "rows of W_1 and columns of W_L of Euclidean norm at most 1 (C17); L > 3"
    )


def lines_hold(
    network: Network, theta: tuple[tuple[int, ...], ...], step: Sequence[Fraction], factor: Fraction
) -> bool:
    """Decide ||M(x_1) - M(x_2)|| <= sum |alpha| <= sum C^(L-2) |w_1.step| <= C^(L-2) prod |spt| ||step||."""
    before_last = linear_part(Network(network.layers[:-1]), theta[:-1])
    alphas = [bit * alpha for bit, alpha in zip(theta[-1], apply(before_last, step), strict=True)]
    output = squared_norm(apply(network.layers[-1].weight, alphas))
    first = sum(map(abs, alphas))
    later = prod(sum(bits) for bits in theta[1:])
    active = [abs(dot(row, step)) for row, bit in zip(network.layers[0].weight, theta[0], strict=True) if bit]
    second = factor * later * sum(active, Fraction(0))
    third = (factor * later * len(active)) ** 2 * squared_norm(step)
    return output <= first**2 and first <= second and second**2 <= third


CLAIM = PaperClaim(
    id="heinecke-hwang/theorem-6-proof",
    title="Theorem 6 (i), proof: the chain of inequalities",
    sentence=r"""Proof. Under the assumptions of (i), for $\mathbf{x}_1, \mathbf{x}_2 \in
    \mathbb{R}^{\theta}$ we get [...] \leq \sum_{i_{L-1} \in \text{spt } \theta_{L-1}} |\alpha_{L,
    i_{L-1}}(\mathbf{x}_{1} - \mathbf{x}_{2})|""",
    source="Theorem 6, proof",
    reading="""The four lines that follow: ||M(x_1) - M(x_2)|| <= sum |alpha(x_1 - x_2)| <= sum over
    paths of C^(L-2) |w_{1,i_1:} (x_1 - x_2)| <= sum over paths of C^(L-2) ||x_1 - x_2|| <= the bound.
    alpha is linear, so the lines are decided for differences.""",
    recorded=ClaimVerdict.CHECKED,
    check=check,
)
