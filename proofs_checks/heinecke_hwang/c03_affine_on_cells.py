"""C3. On the cell of theta the network is the affine map of theta."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Bits, Vector, directions, inner_point, text, values_along, written
from ..exact_networks import in_closed_cell as lies_in_closed_cell
from ..kernel.rules import Theorem
from ..proving.cells import half_open_is_closed, network_is_affine_on_cells
from ..proving.certificates import arith
from ..proving.tactics import prove, prove_for, split, use
from ..statements.expressions import Expression, eq, forall, implies
from ..statements.networks import (
    W,
    are_bits,
    b,
    below,
    h,
    i,
    in_cell,
    masked,
    n,
    pre_activations,
    theta,
    x,
    y,
    z,
)
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_kernel, by_trial, by_two_roads

NETWORKS = tuple(tried_networks("C3", count=24))


def affine_map_of_10(network: Network, theta: Bits, x: Vector) -> Vector:
    """(10): M_L diag(theta_{L-1}) M_{L-1} ... diag(theta_1) M_1 x."""
    return values_along(network, theta, x)[-1]


NAMES = (n, W, b, theta, h, x, y, z)  # L = h + 1; y_L = M_L(x), z_L = M_L^theta(x)
STATEMENT = forall(
    *NAMES,
    implies(
        are_bits(theta),
        pre_activations(y, x),
        masked(z, x, theta),
        in_cell(theta, z, h),
        below(i, n(h + 1), eq(y(h + 1, i), z(h + 1, i))),
    ),
)


def proof() -> Theorem:
    """Both readings come down to the closed cell; there layer by layer relu(z) = theta z."""

    def build(bits: Theorem, forward: Theorem, masks: Theorem, cell: Theorem, goal: Expression) -> Theorem:
        def on_closed(closed: Theorem) -> Theorem:
            layers = use(network_is_affine_on_cells(), *NAMES, bits, forward, masks, closed)
            return prove(goal, lambda i, small, _: use(layers, h, arith(h < h + 1), i, small))

        return split(
            cell, on_closed, lambda half: on_closed(use(half_open_is_closed(), n, theta, z, h, half))
        )

    return prove_for(NAMES, STATEMENT, build)


def check(
    networks: Sequence[Network] = NETWORKS,
    affine_map: Callable[[Network, Bits, Vector], Vector] = affine_map_of_10,
    statement: Expression = STATEMENT,
) -> Finding:
    """Prove it; and compare both maps at points that generate each cell, closed or half-open."""

    def failure(network: Network) -> Failure | None:
        for reading in ("half-open", "closed"):
            for region in regions(network, reading=reading):
                bits, geometry = region.configuration.layers, region.geometry
                steps = [*directions(region), [0] * network.inputs]
                points = [
                    [v + s for v, s in zip(p, step, strict=True)] for p in geometry.vertices for step in steps
                ]
                for point in (
                    p for p in (inner_point(region), *points) if lies_in_closed_cell(network, bits, p)
                ):
                    if tuple(affine_map(network, bits, point)) != network(point):
                        return f"{reading} cell of {text(bits)}: the maps differ at {written(point)}"
        return None

    tried = by_trial(
        networks,
        failure,
        "both maps agree at the vertices and along the rays and lines of every cell, which is "
        "closed or half-open",
    )
    return by_two_roads(by_kernel(statement, proof), tried)


CLAIM = PaperClaim(
    id="heinecke-hwang/C3",
    title="on R^theta the network is the affine map (10)",
    sentence=r"""Then on the restriction to R^{θ} the ReLU representation \mathcal{M}_{L} and the affine
    linear operator \mathcal{M}_{L}^{θ} coincide.""",
    source="Section 3, after (10)",
    reading="""For every configuration theta, in the closed and in the half-open reading, M_L(x) =
    M_L^theta(x) for all x in the cell.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
