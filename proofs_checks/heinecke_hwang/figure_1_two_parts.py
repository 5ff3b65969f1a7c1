"""Figure 1: the second layer splits a polygon into at most two."""

from __future__ import annotations

from collections.abc import Sequence

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import configurations, text
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_trial

SHAPE = ((2, 2, 1, 1),)
NETWORKS = tuple(tried_networks("figure 1 parts", SHAPE, count=40))
PARTS = 2


def check(networks: Sequence[Network] = NETWORKS, parts: int = PARTS) -> Finding:
    """Count the configurations below each theta_1, and find those whose set is empty missing."""

    def failure(network: Network) -> Failure | None:
        found = configurations(network)
        for first in {theta[0] for theta in found}:
            below = [theta for theta in found if theta[0] == first]
            if len(below) > parts:
                return f"{len(below)} parts below {text((first,))}: {', '.join(map(text, below))}"
        return None

    return by_trial(networks, failure, "the bit of the only neuron of the second layer has two values")


CLAIM = PaperClaim(
    id="heinecke-hwang/figure-1-two-parts",
    title="Figure 1: at most two parts of each polygon",
    sentence=r"""Since the image of M_2 is one-dimensional, the second layer potentially can further
    partition each polygon of the first layer into maximally two polygons.""",
    source="Caption of Figure 1; Example 2",
    reading="For N_2 = 1, each theta_1 has at most two extensions (half-open).",
    recorded=ClaimVerdict.CHECKED,
    check=check,
)
