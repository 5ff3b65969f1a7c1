"""Proposition 3 (ii): the regions of Theta_{k+1} refine those of Theta_k."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exactrelu import Network, regions
from exactrelu.claims import Claim, Finding, Verdict

from ..exact_networks import Bits, Vector, directions, in_closed_cell, text, written
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_trial

NETWORKS = tuple(tried_networks("proposition 3 (ii)", count=24))


def check(
    networks: Sequence[Network] = NETWORKS,
    in_cell: Callable[[Network, Bits, Vector], bool] = in_closed_cell,
) -> Finding:
    """Show that a closed region lies in that of its beginning: vertices belong to it, rays stay in it."""

    def failure(network: Network) -> Failure | None:
        for reading in ("half-open", "closed"):
            for k in range(1, network.depth - 1):
                coarse = network.first_layers(k + 1)
                for region in regions(network.first_layers(k + 2), reading=reading):
                    theta, shape = region.configuration.layers, region.geometry
                    for step in (*directions(region), [0] * network.inputs):
                        for vertex in shape.vertices:
                            x = [v + 100 * s for v, s in zip(vertex, step, strict=True)]
                            if not in_cell(coarse, theta[:k], x):
                                return f"{reading}: {text(theta)} leaves {text(theta[:k])} at {written(x)}"
        return None

    return by_trial(networks, failure, "for every k from 1 to L - 2 (Theta_{k+1} needs M_{k+2}, see C6)")


CLAIM = Claim(
    id="heinecke-hwang/proposition-3-ii-refinement",
    title="Proposition 3 (ii): R^{Theta_{k+1}} refines R^{Theta_k}",
    sentence=r"""and $R^{\Theta_{k+1}}$ is a refinement of R^{Θ_k} .""",
    source="Proposition 3 (ii)",
    reading="""For k <= L - 2, every cell of Theta_{k+1} lies in the closure of the cell of Theta_k that
    its bits begin with.""",
    recorded=Verdict.CHECKED,
    check=check,
)
