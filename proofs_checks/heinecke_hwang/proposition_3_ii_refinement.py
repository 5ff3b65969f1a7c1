"""Proposition 3 (ii): the regions of Theta_{k+1} refine those of Theta_k."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Bits, Vector, directions, text, written
from ..exact_networks import in_closed_cell as holds_in_closed_cell
from ..kernel.rules import Theorem, together
from ..proving.certificates import arith
from ..proving.tactics import prove, prove_for, use
from ..statements.expressions import Expression, both, forall, implies
from ..statements.networks import (
    W,
    are_bits,
    b,
    in_closed_cell,
    in_half_open_cell,
    m,
    masked,
    n,
    theta,
    x,
    z,
)
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_kernel, by_trial, by_two_roads

NETWORKS = tuple(tried_networks("proposition 3 (ii)", count=24))


NAMES = (n, W, b, m, theta, x, z)
STATEMENT = forall(
    *NAMES,
    implies(
        are_bits(theta),
        masked(z, x, theta),
        both(
            implies(in_closed_cell(theta, z, m + 1), in_closed_cell(theta, z, m)),
            implies(in_half_open_cell(theta, z, m + 1), in_half_open_cell(theta, z, m)),
        ),
    ),
)


def proof() -> Theorem:
    """What holds for the layers up to k + 1 holds for those up to k."""

    def fewer(cell: Theorem, goal: Expression) -> Theorem:
        return prove(goal, lambda k, inside, _: use(cell, k, arith(k < m + 1, inside)))

    def build(_bits: Theorem, _masks: Theorem, goal: Expression) -> Theorem:
        return together(*(prove(part, fewer) for part in goal.args))

    return prove_for(NAMES, STATEMENT, build)


def check(
    networks: Sequence[Network] = NETWORKS,
    holds: Callable[[Network, Bits, Vector], bool] = holds_in_closed_cell,
    statement: Expression = STATEMENT,
) -> Finding:
    """Prove it; and see that a region lies in that of its beginning: vertices are in it, rays stay in it."""

    def failure(network: Network) -> Failure | None:
        for reading in ("half-open", "closed"):
            for k in range(1, network.depth - 1):
                coarse = network.first_layers(k + 1)
                for region in regions(network.first_layers(k + 2), reading=reading):
                    theta, shape = region.configuration.layers, region.geometry
                    for step in (*directions(region), [0] * network.inputs):
                        for vertex in shape.vertices:
                            x = [v + 100 * s for v, s in zip(vertex, step, strict=True)]
                            if not holds(coarse, theta[:k], x):
                                return f"{reading}: {text(theta)} leaves {text(theta[:k])} at {written(x)}"
        return None

    tried = by_trial(networks, failure, "for every k from 1 to L - 2 (Theta_{k+1} needs M_{k+2}, see C6)")
    return by_two_roads(by_kernel(statement, proof), tried)


CLAIM = PaperClaim(
    id="heinecke-hwang/proposition-3-ii-refinement",
    title="Proposition 3 (ii): R^{Theta_{k+1}} refines R^{Theta_k}",
    sentence=r"""and $R^{\Theta_{k+1}}$ is a refinement of R^{Θ_k} .""",
    source="Proposition 3 (ii)",
    reading="""For k <= L - 2, every cell of Theta_{k+1}, closed or half-open, lies in the cell of Theta_k
    that its bits begin with.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
