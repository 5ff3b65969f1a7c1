"""C14. Corollary 4 (ii): without hidden biases the cells are convex cones."""

from __future__ import annotations

from collections.abc import Sequence

from exactrelu import Network, regions
from exactrelu.claims import Claim, Finding, Verdict

from ..exact_networks import in_half_open_cell
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_trial

NETWORKS = tuple(tried_networks("C14", count=30, hidden_biases=False))


def check(networks: Sequence[Network] = NETWORKS) -> Finding:
    """Look for cells that are no cones, and for pieces that are not linear up to b_L."""
    return by_trial(
        networks,
        failure,
        "every facet and equation of a cell passes through the origin; every piece is linear plus b_L",
        "b_1 = ... = b_{L-1} = 0 is enough for cones; b_L = 0 is needed only for the pieces to be linear",
    )


def failure(network: Network) -> Failure | None:
    """Return a cell that is no cone, or whose affine map has another constant than b_L."""
    for region in regions(network):
        geometry, theta = region.geometry, region.configuration.layers
        offsets = [row[-1] for row in (*geometry.facets, *geometry.equations)]
        scaled = [[factor * entry for entry in region.point] for factor in (2, 3)]
        if any(offsets) or not all(in_half_open_cell(network, theta, x) for x in scaled):
            return f"the cell of {region.configuration} is no cone"
        if region.affine_map.bias != network.layers[-1].bias:
            return f"on the cell of {region.configuration} the constant is not b_L"
    return None


CLAIM = Claim(
    id="heinecke-hwang/C14",
    title="Corollary 4 (ii): zero biases give cones",
    sentence=r"""(ii) If the biases of all layers of \mathcal{M}_L vanish, then \mathcal{M}_L is
    piecewise linear with respect to a partion of X into convex cones.""",
    source="Corollary 4 (ii)",
    reading="""If b_1, ..., b_{L-1} are zero, every half-open cell is a convex cone, and M_L is linear
    plus b_L on it.""",
    recorded=Verdict.CHECKED,
    check=check,
)
