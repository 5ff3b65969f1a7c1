"""Example 1, second part: the cell of [0, 1, 1, 0] and its affine map."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import sample_points, written
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_trial

THETA = ((0, 1), (1, 0))
NETWORKS = tuple(tried_networks("example 1", ((2, 2, 2, 1), (2, 2, 2, 2)), count=40))


def masked(bits: Sequence[int], y: Sequence[Fraction]) -> list[Fraction]:
    """Return diag(bits) y."""
    return [bit * entry for bit, entry in zip(bits, y, strict=True)]


def check(networks: Sequence[Network] = NETWORKS, first: Sequence[int] = THETA[0]) -> Finding:
    """Compare the printed set with configurations, and the printed map with the network."""

    def failure(network: Network) -> Failure | None:
        m1, m2, m3 = network.layers
        for x in sample_points(network):
            y1 = m1(x)
            y2 = m2(masked(first, y1))
            printed = y1[0] <= 0 < y1[1] and y2[1] <= 0 < y2[0]
            if printed != (network.configuration(x).layers == THETA):
                return f"x = {written(x)}: printed set: {printed}, configuration {network.configuration(x)}"
            if printed and m3(masked(THETA[1], y2)) != network(x):
                return f"x = {written(x)}: the printed map gives {written(m3(masked(THETA[1], y2)))}"
        return None

    return by_trial(networks, failure, "at sampled points of every cell: inner points, vertices, along rays")


CLAIM = PaperClaim(
    id="heinecke-hwang/example-1",
    title="Example 1: the polytope and the map of [0, 1, 1, 0]",
    sentence=r"""then θ defines [...] \mathcal{M}_3^{\theta} = M_3 \operatorname{diag}(1,0) M_2
    \operatorname{diag}(0,1) M_1 [...] \{(M_1\mathbf{x})_1\leq 0\}\cap \{(M_1\mathbf{x})_2>0\}\cap
    \{(M_2\operatorname{diag}(0,1)M_1\mathbf{x})_1>0\}\cap
    \{(M_2\operatorname{diag}(0,1)M_1\mathbf{x})_2\leq 0\}.""",
    source="Section 3, Example 1, second part",
    reading="""The printed set is the half-open cell of 01|10, and the network is the printed map on it.
    (The first part of the example is C4.)""",
    recorded=ClaimVerdict.CHECKED,
    check=check,
)
