"""C17. Theorem 6 (i) needs columns of W_L and rows of W_1 of Euclidean norm at most 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import prod

from exactrelu import Network
from exactrelu.claims import Claim, Finding, Verdict

from ..exact_networks import Bits, configurations, largest_weight, linear_part, norm_at_most, text
from ..tried_networks import DEEP_SHAPES, normalised, tried_networks
from ..verdicts import Failure, by_counterexample, by_trial, with_hypothesis

# All weights 1, two outputs: the column (1, 1) of W_4 has maximum norm 1 and Euclidean norm sqrt(2).
NETWORK = Network.from_rationals(
    [([[1]], [0])] * 3 + [([[1], [1]], [0, 0])], name="all weights 1, two outputs"
)
ROWS = Network.from_rationals([([[1, 1]], [0])] + [([[1]], [0])] * 3, name="all weights 1, two inputs")
THETA = ((1,),) * 3
NETWORKS = tuple(normalised(net, "C17") for net in tried_networks("C17", DEEP_SHAPES, count=36))


def bound(network: Network, theta: Bits) -> Fraction:
    """C^(L-2) times the product of the |spt theta_k|, C the largest weight of W_2, ..., W_{L-1}."""
    weight = largest_weight(network, 2, network.depth - 1)
    return weight ** (network.depth - 2) * prod(sum(bits) for bits in theta)


def check(
    network: Network = NETWORK,
    theta: Bits = THETA,
    networks: Sequence[Network] = NETWORKS,
    bound_of: Callable[[Network, Bits], Fraction] = bound,
) -> Finding:
    """Compare the spectral norm of the linear part with the bound, by squares."""
    linear = linear_part(network, theta)
    columns = [max(map(abs, column)) for column in zip(*network.layers[-1].weight, strict=True)]
    as_transcribed = by_counterexample(
        f"columns of W_L have maximum norm {columns[0]} and squared Euclidean norm "
        f"{sum(row[0] ** 2 for row in network.layers[-1].weight)}; the row of W_1 has norm "
        f"{abs(network.layers[0].weight[0][0])}",
        f"on R^{text(theta)} the linear part is {[[str(entry) for entry in row] for row in linear]}, so "
        "the squared "
        f"Lipschitz constant is {sum(row[0] ** 2 for row in linear)}; the squared bound is "
        f"{bound_of(network, theta) ** 2}",
        f"likewise for rows of W_1: all weights 1 and two inputs, squared Lipschitz constant "
        f"{sum(entry**2 for entry in linear_part(ROWS, THETA)[0])} > {bound_of(ROWS, THETA) ** 2}",
        holds=norm_at_most(linear, bound_of(network, theta) ** 2),
        networks=[network, ROWS],
    )

    def failure(net: Network) -> Failure | None:
        for cell in configurations(net):
            if not norm_at_most(linear_part(net, cell), bound_of(net, cell) ** 2):
                return f"on the cell of {text(cell)} the constant exceeds {bound_of(net, cell)}"
        return None

    repaired = by_trial(networks, failure, "on every cell of networks with L > 3")
    return with_hypothesis(
        "normalised means Euclidean norm at most 1 (so 1-norm 1 serves too, maximum norm 1 does not)",
        as_transcribed,
        repaired,
    )


CLAIM = Claim(
    id="heinecke-hwang/C17",
    title="Theorem 6 (i): the Lipschitz bound on a cell",
    sentence=r"""(i) Suppose that W_L has normalized columns, that W_1 has normalized rows, and let C be
    the maximum of the absolute value of all weights in $\mathbf{W}_2, \ldots, \mathbf{W}_{L-1}$. Then
    [...] \leq
    \left(C^{L-2}\prod_{k=1}^{L-1}|\operatorname{spt}\theta_k|\right)\|\mathbf{x}_1-\mathbf{x}_2\|_2.""",
    source="Theorem 6 (i)",
    reading="""If the columns of W_L and the rows of W_1 have norm 1, in whatever norm, then the
    Euclidean Lipschitz constant on R^theta is at most C^(L-2) |spt theta_1| ... |spt theta_{L-1}|. The
    counterexample takes the maximum norm.""",
    recorded=Verdict.CONDITIONAL,
    check=check,
)
