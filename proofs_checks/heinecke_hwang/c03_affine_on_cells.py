"""C3. On the cell of theta the network is the affine map of theta."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exactrelu import Network, regions
from exactrelu.claims import Claim, Finding, Verdict

from ..exact_networks import Bits, Vector, directions, in_closed_cell, text, values_along, written
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_trial

NETWORKS = tuple(tried_networks("C3", count=24))


def affine_map_of_10(network: Network, theta: Bits, x: Vector) -> Vector:
    """(10): M_L diag(theta_{L-1}) M_{L-1} ... diag(theta_1) M_1 x."""
    return values_along(network, theta, x)[-1]


def check(
    networks: Sequence[Network] = NETWORKS,
    affine_map: Callable[[Network, Bits, Vector], Vector] = affine_map_of_10,
) -> Finding:
    """Compare both maps at points that generate each cell, for the closed and the half-open cells."""

    def failure(network: Network) -> Failure | None:
        for reading in ("half-open", "closed"):
            for region in regions(network, reading=reading):
                theta, geometry = region.configuration.layers, region.geometry
                steps = [*directions(region), [0] * network.inputs]
                points = [
                    [v + s for v, s in zip(p, step, strict=True)] for p in geometry.vertices for step in steps
                ]
                for x in [p for p in [region.point, *points] if in_closed_cell(network, theta, p)]:
                    if tuple(affine_map(network, theta, x)) != network(x):
                        return f"{reading} cell of {text(theta)}: the maps differ at {written(x)}"
        return None

    return by_trial(
        networks,
        failure,
        "both maps agree at the vertices and along the rays and lines of every cell, which is "
        "closed or half-open",
    )


CLAIM = Claim(
    id="heinecke-hwang/C3",
    title="on R^theta the network is the affine map (10)",
    sentence=r"""Then on the restriction to R^{θ} the ReLU representation \mathcal{M}_{L} and the affine
    linear operator \mathcal{M}_{L}^{θ} coincide.""",
    source="Section 3, after (10)",
    reading="""For every configuration theta, in the closed and in the half-open reading, M_L(x) =
    M_L^theta(x) for all x in the cell.""",
    recorded=Verdict.CHECKED,
    check=check,
)
