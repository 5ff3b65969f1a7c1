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
from ..proving.cases import finitely_many
from ..proving.cells import cells_do_not_meet
from ..proving.certificates import arith
from ..proving.existence import every_point_has_a_cell
from ..proving.refutations import denied
from ..proving.tactics import impossible, parts, prove, prove_for, use
from ..proving.witnesses import MaskedWitness, constant_bits, point
from ..statements.expressions import (
    NATURAL,
    REAL,
    Expression,
    both,
    eq,
    exists,
    forall,
    implies,
    number,
    variable,
)
from ..statements.networks import (
    W,
    are_bits,
    b,
    below,
    contains_a_box,
    eta,
    h,
    i,
    in_closed_cell,
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


# The closed reading: closed cells of different bits have no common inner points.
centre, rho = variable("p", REAL, NATURAL), variable("rho", REAL)
DENIED = forall(
    *(n, W, b, theta, eta, h, centre, rho),
    implies(
        both(are_bits(theta), are_bits(eta), rho > 0),
        contains_a_box(in_closed_cell, centre, rho, theta, h),
        contains_a_box(in_closed_cell, centre, rho, eta, h),
        below(k, h, below(i, n(k + 1), eq(theta(k + 1, i), eta(k + 1, i)))),
    ),
)


def denial() -> Theorem:
    """M_1 = 0: the closed cells of 0 and of 1 are the whole line."""
    network, origin = MaskedWitness(NETWORK), point((0,))
    (zeros, are_zeros), (ones, are_ones) = constant_bits(0), constant_bits(1)

    def whole(_x: Expression, z: Expression, masks: Theorem, _near: Theorem, goal: Expression) -> Theorem:
        zero = arith(eq(z(1, 0), 0), use(parts(masks)[0], 0, arith(number(0) < 1)), degree=1)
        return finitely_many(goal, zero)

    def build(claim: Theorem) -> Theorem:
        says = use(claim, *network.functions, zeros, ones, 1, origin, 1)
        bits = [use(known, network.functions[0]) for known in (are_zeros, are_ones)]
        says = use(says, together(*bits, arith(number(0) < 1)))
        for _ in bits:
            says = use(says, prove(says.conclusion.args[0], whole))
        inside = arith(number(0) < 1)
        return impossible(use(says, 0, inside, 0, inside))

    return denied(DENIED, build)


def check(
    network: Network = NETWORK,
    networks: Sequence[Network] = NETWORKS,
    in_cell: Callable[[Network, Bits, Vector], bool] = lies_in_half_open_cell,
    statement: Expression = STATEMENT,
    refuted: Expression = DENIED,
) -> Finding:
    """Find closed cells with common inner points; count the half-open cells that hold a point."""
    shared = [
        bits
        for bits in all_bits(network)
        if all(lies_in_closed_cell(network, bits, place) for place in POINTS)
    ]
    as_transcribed = by_counterexample(
        f"closed (convex) cells that hold x = -1 and x = 1, so the points between: {texts(shared)}",
        holds=len(shared) < 2,
        networks=[network],
        points=[("x", POINTS[0]), ("x'", POINTS[1])],
        cells=shared,
    )

    def failure(net: Network) -> Failure | None:
        for place in sample_points(net):
            holding = [bits for bits in all_bits(net) if in_cell(net, bits, place)]
            if len(holding) != 1:
                return f"x = {written(place)} lies in the cells of {texts(holding)}"
        return None

    tried = by_trial(
        networks, failure, "every sampled point (inner points, vertices, points along rays) lies in one cell"
    )
    repaired = by_two_roads(by_kernel(statement, proof), tried)
    return with_hypothesis(
        "the cells are half-open, as (6) and (9) say; then they partition the space exactly",
        by_two_roads(by_kernel(refuted, denial, refutes=True), as_transcribed, refutes=True),
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
