"""C14. Corollary 4 (ii): without hidden biases the cells are convex cones."""

from __future__ import annotations

from collections.abc import Sequence

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import in_half_open_cell as lies_in_half_open_cell
from ..exact_networks import inner_point
from ..kernel.rules import Theorem, together
from ..proving.cells import (
    combinations_stay_in_cells,
    half_open_is_closed,
    maps_keep_combinations,
    network_is_affine_on_cells,
)
from ..proving.certificates import arith
from ..proving.tactics import parts, prove, prove_for, use
from ..statements.expressions import (
    Expression,
    both,
    eq,
    forall,
    function,
    implies,
)
from ..statements.networks import (
    W,
    are_bits,
    b,
    below,
    h,
    i,
    in_half_open_cell,
    j,
    k,
    masked,
    n,
    pre_activations,
    s,
    t,
    theta,
    u,
    v,
    w,
    x,
    y,
    z,
)
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_kernel, by_trial, by_two_roads

NETWORKS = tuple(tried_networks("C14", count=30, hidden_biases=False))


NAMES = (n, W, b, h, theta, s, t, x, u, y, z, v, w)  # L = h + 1
MIXED = function(j, s * x(j) + t * u(j))
LINEAR_PART = s * (z(h + 1, i) - b(h + 1, i)) + t * (v(h + 1, i) - b(h + 1, i))
STATEMENT = forall(
    *NAMES,
    implies(
        below(k, h, below(i, n(k + 1), eq(b(k + 1, i), 0))),
        are_bits(theta),
        both(s >= 0, t >= 0, s + t > 0),
        both(pre_activations(y, x), masked(z, x, theta), masked(v, u, theta), masked(w, MIXED, theta)),
        in_half_open_cell(theta, z, h),
        in_half_open_cell(theta, v, h),
        both(
            in_half_open_cell(theta, w, h),
            below(i, n(h + 1), eq(y(h + 1, i), z(h + 1, i))),
            below(i, n(h + 1), eq(w(h + 1, i) - b(h + 1, i), LINEAR_PART)),
        ),
    ),
)


def build(
    unbiased: Theorem,
    bits: Theorem,
    signs: Theorem,
    values: Theorem,
    one: Theorem,
    two: Theorem,
    goal: Expression,
) -> Theorem:
    """M_L^theta keeps s x + t u, up to b_L; so its cell does; on the cell it is the network."""
    forward, of_x, of_u, of_mixed = parts(values)
    none = prove(
        below(k, h, below(i, n(k + 1), eq((1 - s - t) * b(k + 1, i), 0))),
        lambda k, inside, i, small, goal: arith(
            goal, use(unbiased, k, inside, i, small), multipliers=[1 - s - t]
        ),
    )
    keep = use(maps_keep_combinations(), n, W, b, theta, h, x, u, s, t, z, v, w)
    mixed = use(keep, none, of_x, of_u, of_mixed)
    hidden = prove(
        below(k, h, below(i, n(k + 1), eq(w(k + 1, i), s * z(k + 1, i) + t * v(k + 1, i)))),
        lambda k, inside, i, small, goal: arith(
            goal, use(mixed, k, arith(k < h + 1, inside), i, small), use(none, k, inside, i, small)
        ),
    )
    cell = use(combinations_stay_in_cells(), n, theta, h, s, t, z, v, w, signs, hidden, one, two)
    closed = use(half_open_is_closed(), n, theta, z, h, one)
    layers = use(network_is_affine_on_cells(), n, W, b, theta, h, x, y, z, bits, forward, of_x, closed)
    last = arith(h < h + 1)
    same = prove(goal.args[1], lambda i, small, _: use(layers, h, last, i, small))
    linear = prove(goal.args[2], lambda i, small, goal: arith(goal, use(mixed, h, last, i, small)))
    return together(cell, same, linear)


def proof() -> Theorem:
    """Cells and pieces under positive combinations of two points."""
    return prove_for(NAMES, STATEMENT, build)


def check(networks: Sequence[Network] = NETWORKS, statement: Expression = STATEMENT) -> Finding:
    """Prove it; and look for cells that are no cones, and for pieces that are not linear up to b_L."""
    tried = by_trial(
        networks,
        failure,
        "every facet and equation of a cell passes through the origin; every piece is linear plus b_L",
        "b_1 = ... = b_{L-1} = 0 is enough for cones; b_L = 0 is needed only for the pieces to be linear",
    )
    return by_two_roads(by_kernel(statement, proof), tried)


def failure(network: Network) -> Failure | None:
    """Return a cell that is no cone, or whose affine map has another constant than b_L."""
    for region in regions(network):
        geometry, theta = region.geometry, region.configuration.layers
        offsets = [row[-1] for row in (*geometry.facets, *geometry.equations)]
        scaled = [[factor * entry for entry in inner_point(region)] for factor in (2, 3)]
        if any(offsets) or not all(lies_in_half_open_cell(network, theta, x) for x in scaled):
            return f"the cell of {region.configuration} is no cone"
        if region.affine_map.bias != network.layers[-1].bias:
            return f"on the cell of {region.configuration} the constant is not b_L"
    return None


CLAIM = PaperClaim(
    id="heinecke-hwang/C14",
    title="Corollary 4 (ii): zero biases give cones",
    sentence=r"""(ii) If the biases of all layers of \mathcal{M}_L vanish, then \mathcal{M}_L is
    piecewise linear with respect to a partion of X into convex cones.""",
    source="Corollary 4 (ii)",
    reading="""If b_1, ..., b_{L-1} are zero, every half-open cell is a convex cone, and M_L is linear
    plus b_L on it.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
