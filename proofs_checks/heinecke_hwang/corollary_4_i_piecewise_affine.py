"""Corollary 4 (i), first sentence: affine on convex pieces that partition the space."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Vector, sample_points, written
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
from . import c12_partition

NETWORKS = tuple(tried_networks("corollary 4", count=30))


def call(network: Network, x: Vector) -> Vector:
    """Return M_L(x)."""
    return network(x)


def between(one: Vector, two: Vector) -> list[Fraction]:
    """Return the point a third of the way."""
    return [(2 * a + b) / 3 for a, b in zip(one, two, strict=True)]


NAMES = (n, W, b, h)  # L = h + 1
MIXED = function(j, (1 - s) * x(j) + s * u(j))
PIECES = forall(
    *(theta, s, x, u, y, z, v, w),
    implies(
        are_bits(theta),
        both(s >= 0, s <= 1),
        both(pre_activations(y, x), masked(z, x, theta), masked(v, u, theta), masked(w, MIXED, theta)),
        in_half_open_cell(theta, z, h),
        in_half_open_cell(theta, v, h),
        both(
            in_half_open_cell(theta, w, h),
            below(i, n(h + 1), eq(y(h + 1, i), z(h + 1, i))),
            below(i, n(h + 1), eq(w(h + 1, i), (1 - s) * z(h + 1, i) + s * v(h + 1, i))),
        ),
    ),
)
STATEMENT = forall(*NAMES, both(c12_partition.COVERED, c12_partition.DISJOINT, PIECES))


def pieces(
    bits: Theorem, between: Theorem, values: Theorem, one: Theorem, two: Theorem, goal: Expression
) -> Theorem:
    """M_L^theta is affine, so its cell is convex; on the cell it is the network."""
    at_least, at_most = parts(between)
    forward, of_x, of_u, of_mixed = parts(values)
    none = prove(
        below(k, h, below(i, n(k + 1), eq((1 - (1 - s) - s) * b(k + 1, i), 0))),
        lambda _k, _inside, _i, _small, goal: arith(goal),
    )
    keep = use(maps_keep_combinations(), n, W, b, theta, h, x, u, 1 - s, s, z, v, w)
    mixed = use(keep, none, of_x, of_u, of_mixed)
    hidden = prove(
        below(k, h, below(i, n(k + 1), eq(w(k + 1, i), (1 - s) * z(k + 1, i) + s * v(k + 1, i)))),
        lambda k, inside, i, small, goal: arith(goal, use(mixed, k, arith(k < h + 1, inside), i, small)),
    )
    signs = together(arith(1 - s >= 0, at_most), at_least, arith(1 - s + s > 0))
    cell = use(combinations_stay_in_cells(), n, theta, h, 1 - s, s, z, v, w, signs, hidden, one, two)
    closed = use(half_open_is_closed(), n, theta, z, h, one)
    layers = use(network_is_affine_on_cells(), n, W, b, theta, h, x, y, z, bits, forward, of_x, closed)
    last = arith(h < h + 1)
    same = prove(goal.args[1], lambda i, small, _: use(layers, h, last, i, small))
    affine = prove(goal.args[2], lambda i, small, goal: arith(goal, use(mixed, h, last, i, small)))
    return together(cell, same, affine)


def proof() -> Theorem:
    """The cells partition the space (C12), they are convex, and M_L is affine on each."""

    def build(goal: Expression) -> Theorem:
        partition = use(c12_partition.proof().called("C12: the cells partition the space"), *NAMES)
        return together(*parts(partition), prove_for((theta, s, x, u, y, z, v, w), goal.args[2], pieces))

    return prove_for(NAMES, STATEMENT, build)


def check(
    networks: Sequence[Network] = NETWORKS,
    value: Callable[[Network, Vector], Vector] = call,
    statement: Expression = STATEMENT,
) -> Finding:
    """Prove it; and look at points of one configuration, the one between them, and the values there."""
    pairs = 0

    def failure(network: Network) -> Failure | None:
        nonlocal pairs
        points = sample_points(network)
        for one, two in combinations(points[:40], 2):
            if network.configuration(one) == network.configuration(two):
                pairs += 1
                middle = between(one, two)
                if network.configuration(middle) != network.configuration(one):
                    return f"the cell is not convex between {written(one)} and {written(two)}"
                if list(value(network, middle)) != between(value(network, one), value(network, two)):
                    return f"not affine between {written(one)} and {written(two)}"
        return None

    trial = by_trial(
        networks, failure, "polytope is read as polyhedron (C5); every point has one configuration (C12)"
    )
    tried = replace(trial, evidence=(*trial.evidence, f"pairs of points of one cell: {pairs}"))
    return by_two_roads(by_kernel(statement, proof), tried)


CLAIM = PaperClaim(
    id="heinecke-hwang/corollary-4-i",
    title="Corollary 4 (i): piecewise affine on convex pieces",
    sentence=r"""Corollary 4. (i) Every ReLU representation M_L is a piecewise affine linear operator
    with respect to a partition of the input space X into convex polytopes (on each of which
    \mathcal{M}_L is affine linear).""",
    source="Corollary 4 (i), first sentence",
    reading="""The half-open cells cover the space, do not meet, are convex (inequalities on functions
    that are affine on the cell), and M_L is affine on each. (Their number is C13.)""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
