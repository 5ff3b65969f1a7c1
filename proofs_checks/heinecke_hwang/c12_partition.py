"""C12. Proposition 3 (ii): closed cells do not partition the input space, half-open ones do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import (
    Bits,
    Vector,
    all_bits,
    sample_points,
    texts,
    written,
)
from ..exact_networks import in_closed_cell as lies_in_closed_cell
from ..exact_networks import in_half_open_cell as lies_in_half_open_cell
from ..kernel.rules import Theorem, together
from ..proving.cells import cells_do_not_meet
from ..proving.existence import every_point_has_a_cell
from ..proving.tactics import prove_for, use
from ..statements.expressions import (
    Expression,
    both,
    eq,
    exists,
    forall,
    implies,
)
from ..statements.networks import (
    W,
    are_bits,
    b,
    below,
    eta,
    h,
    i,
    in_half_open_cell,
    k,
    masked,
    n,
    theta,
    w,
    x,
    z,
)
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_counterexample, by_kernel, by_trial, by_two_roads, with_hypothesis

# M_1 = 0 on R. Two points of one convex cell span an interval of it.
NETWORK = Network.from_rationals([([[0]], [0]), ([[1]], [0])], name="M_1 = 0")
POINTS = ((-1,), (1,))
NETWORKS = tuple(tried_networks("C12", count=24))


NAMES = (n, W, b, h)  # h = k, the number of layers of bits
COVERED = forall(
    x, exists(theta, z, both(are_bits(theta), masked(z, x, theta), in_half_open_cell(theta, z, h)))
)
DISJOINT = forall(
    *(x, theta, eta, z, w),
    implies(
        masked(z, x, theta),
        masked(w, x, eta),
        in_half_open_cell(theta, z, h),
        in_half_open_cell(eta, w, h),
        below(k, h, below(i, n(k + 1), eq(theta(k + 1, i), eta(k + 1, i)))),
    ),
)
STATEMENT = forall(*NAMES, both(COVERED, DISJOINT))


def proof() -> Theorem:
    """The signs of the pre-activations give a cell; layer by layer, two cells with a common point agree."""
    return prove_for(
        NAMES,
        STATEMENT,
        lambda _: together(use(every_point_has_a_cell(), *NAMES), use(cells_do_not_meet(), *NAMES)),
    )


def check(
    network: Network = NETWORK,
    networks: Sequence[Network] = NETWORKS,
    in_cell: Callable[[Network, Bits, Vector], bool] = lies_in_half_open_cell,
    statement: Expression = STATEMENT,
) -> Finding:
    """Find closed cells with common inner points; count the half-open cells that hold a point."""
    shared = [
        bits
        for bits in all_bits(network)
        if all(lies_in_closed_cell(network, bits, point) for point in POINTS)
    ]
    as_transcribed = by_counterexample(
        f"closed (convex) cells that hold x = -1 and x = 1, so the points between: {texts(shared)}",
        holds=len(shared) < 2,
        networks=[network],
        points=[("x", POINTS[0]), ("x'", POINTS[1])],
        cells=shared,
    )

    def failure(net: Network) -> Failure | None:
        for point in sample_points(net):
            holding = [bits for bits in all_bits(net) if in_cell(net, bits, point)]
            if len(holding) != 1:
                return f"x = {written(point)} lies in the cells of {texts(holding)}"
        return None

    tried = by_trial(
        networks, failure, "every sampled point (inner points, vertices, points along rays) lies in one cell"
    )
    repaired = by_two_roads(by_kernel(statement, proof), tried)
    return with_hypothesis(
        "the cells are half-open, as (6) and (9) say; then they partition the space exactly",
        as_transcribed,
        repaired,
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/C12",
    title="Proposition 3 (ii): the regions of Theta_k partition the space",
    sentence=r"""Then R^{Θ_k} is a partition of X [...] T$ o be precise (see comment on (9)), here
    partition has to be understood in the sense that the interiors of the participating sets have empty
    intersection.""",
    source="Proposition 3 (ii), with footnote 2",
    reading="""The cells of the display before (10), with (9) neglected as the text says, cover the
    space, and the interiors of cells of different configurations do not meet.""",
    recorded=ClaimVerdict.CONDITIONAL,
    check=check,
)
