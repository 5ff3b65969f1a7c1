"""C13. Corollary 4 (i): how many polytopes there are depends on what is counted."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from exactrelu import Network, count, regions, tiling
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import all_bits, configurations, in_half_open_cell, inner_point, text
from ..kernel.rules import Theorem, part, restate, together, witness
from ..proving.cases import by_cases, finitely_many
from ..proving.certificates import arith
from ..proving.refutations import Values, conclusion_of, denied, known_values, with_masked_values
from ..proving.tactics import impossible, parts, prove, prove_for, split, use, with_witness
from ..proving.witnesses import MaskedWitness, constant_bits, point
from ..statements.expressions import (
    FALSE,
    NATURAL,
    REAL,
    Expression,
    both,
    either,
    eq,
    exists,
    forall,
    function,
    implies,
    number,
    open_binder,
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
    j,
    k,
    masked,
    n,
    theta,
    w,
    x,
    z,
)
from ..statements.networks import in_half_open_cell as in_cell
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_counterexample, by_kernel, by_trial, by_two_roads, with_hypothesis
from . import c12_partition

# |x| = relu(x) + relu(-x).
NETWORK = Network.from_rationals([([[1], [-1]], [0, 0]), ([[1, 1]], [0])], name="|x|")
NETWORKS = tuple(tried_networks("C13", count=30))


# Half-open cells of different configurations have no common point, so non-empty ones are different sets.
CORRECTED = forall(*c12_partition.NAMES, c12_partition.DISJOINT)


# Every configuration, a cell that is not empty, has inner points.
centre, rho = variable("p", REAL, NATURAL), variable("rho", REAL)
INNER_POINTS = forall(
    *(n, W, b, theta, h, x, z),
    implies(
        both(are_bits(theta), masked(z, x, theta), in_cell(theta, z, h)),
        exists(centre, rho, both(rho > 0, contains_a_box(in_cell, centre, rho, theta, h))),
    ),
)
# Closed cells that are not empty and have the same points are of the same configuration.
IN_ONE, IN_OTHER = in_closed_cell(theta, z, h), in_closed_cell(eta, w, h)
ONE_SET = forall(
    x,
    z,
    w,
    implies(
        masked(z, x, theta), masked(w, x, eta), both(implies(IN_ONE, IN_OTHER), implies(IN_OTHER, IN_ONE))
    ),
)
DIFFERENT_SETS = forall(
    *(n, W, b, theta, eta, h),
    implies(
        both(are_bits(theta), are_bits(eta)),
        exists(x, z, both(masked(z, x, theta), IN_ONE)),
        ONE_SET,
        below(k, h, below(i, n(k + 1), eq(theta(k + 1, i), eta(k + 1, i)))),
    ),
)
# With closed cells, as the display before (10) has them, or for cells with inner points: at least in one way.
STATEMENT = either(DIFFERENT_SETS, INNER_POINTS)


def denial() -> Theorem:
    """For |x| the bits 00 and 11 have the closed cell {0}, and the half-open cell of 00 is {0} too."""
    return denied(STATEMENT, lambda claim: split(claim, _one_closed_set, _without_inner_points))


INSIDE = (0, 1)


def _one_closed_set(claim: Theorem) -> Theorem:
    """The closed cells of 00 and of 11: x <= 0 and -x <= 0, and x >= 0 and -x >= 0."""
    network = MaskedWitness(NETWORK)
    (zeros, are_zeros), (ones, are_ones) = constant_bits(0), constant_bits(1)
    origin, below_two = point((0,)), [arith(number(place) < 2) for place in INSIDE]
    says = use(claim, *network.functions, zeros, ones, 1)
    says = use(says, together(*(use(bits, network.functions[0]) for bits in (are_zeros, are_ones))))

    def not_empty(values: Values) -> Theorem:
        known = known_values(network, ((0, 0),), values, [(0,)])
        ((z, masks),) = values
        wanted = says.conclusion.args[0]
        cell = open_binder(open_binder(wanted, origin), z).args[1]
        return witness(together(masks, finitely_many(cell, *known)), wanted, origin, z)

    some = with_masked_values(network.functions, zeros, [origin], not_empty)

    def one_set(
        _x: Expression, _z: Expression, _w: Expression, of_zeros: Theorem, of_ones: Theorem, goal: Expression
    ) -> Theorem:
        first = [use(parts(m)[0], place, below_two[place]) for m in (of_zeros, of_ones) for place in INSIDE]

        def other(cell: Theorem, goal: Expression) -> Theorem:
            here = [use(cell, 0, arith(number(0) < 1), place, below_two[place]) for place in INSIDE]
            signs = [sign for known in here for sign in parts(known)]
            return finitely_many(goal, *first, *signs)

        return together(*(prove(part_, other) for part_ in goal.args))

    bits = use(says, some, prove(use(says, some).conclusion.args[0], one_set))
    return impossible(use(bits, 0, arith(number(0) < 1), 0, below_two[0]))


def _without_inner_points(claim: Theorem) -> Theorem:
    """The cell x <= 0, -x <= 0 is the point 0: no two points p and p + rho/2 are in it."""
    network, (zeros, bits) = MaskedWitness(NETWORK), constant_bits(0)
    cell, inside = ((0, 0),), [arith(number(place) < 2) for place in INSIDE]

    def with_box(p: Expression, rho: Expression, box: Theorem) -> Theorem:
        positive, whole = parts(box)
        places = [function(j, p(j)), function(j, p(j) + rho * Fraction(1, 2))]

        def with_values(values: Values) -> Theorem:
            facts = [positive]
            for (y, masks), place in zip(values, places, strict=True):
                here = conclusion_of(use(whole, place, y, masks), positive)
                facts += [use(parts(masks)[0], neuron, inside[neuron]) for neuron in INSIDE]
                facts += [use(here, 0, arith(number(0) < 1), neuron, inside[neuron]) for neuron in INSIDE]
            return by_cases(FALSE, *facts)

        return with_masked_values(network.functions, zeros, places, with_values)

    def at_origin(values: Values) -> Theorem:
        known = known_values(network, cell, values, [(0,)])
        ((y, masks),) = values
        says = use(claim, *network.functions, zeros, 1, point((0,)), y)
        return with_witness(conclusion_of(says, use(bits, network.functions[0]), masks, *known), with_box)

    return with_masked_values(network.functions, zeros, [point((0,))], at_origin)


def correction() -> Theorem:
    """C12, of which it is a part."""
    whole = c12_partition.proof().called("C12: the cells partition the space")
    names = c12_partition.NAMES
    return prove_for(names, CORRECTED, lambda goal: restate(part(use(whole, *names), 1), goal))


def check(
    network: Network = NETWORK,
    networks: Sequence[Network] = NETWORKS,
    counted: str = "half-open",
    statement: Expression = STATEMENT,
) -> Finding:
    """Count configurations and cells in every reading."""
    half_open, closed, full = (count(network, reading=reading) for reading in ("half-open", "closed", "full"))
    cells = list(regions(network))
    sets = {region.geometry for region in regions(network, reading="closed")}
    as_transcribed = by_counterexample(
        f"closed configurations (the display before (10)): {closed}; different closed cells: {len(sets)}",
        f"half-open configurations: {half_open}, as many as half-open cells, lower-dimensional ones included",
        f"cells of full dimension: {full}; linear pieces: {len(tiling(network).pieces)}",
        holds=half_open == closed == full == len(sets),
        networks=[network],
        points=[(f"in the cell of {text(cell.configuration.layers)}", inner_point(cell)) for cell in cells],
        cells=configurations(network, "closed"),
    )

    def failure(net: Network) -> Failure | None:
        points = [inner_point(region) for region in regions(net)]
        cells = [[x for x in points if in_half_open_cell(net, theta, x)] for theta in all_bits(net)]
        alone = sum(len(held) == 1 for held in cells)
        found = count(net, reading=counted)
        return None if alone == found == len(points) else f"{found} configurations, {alone} cells"

    return with_hypothesis(
        "cells and configurations are half-open, and cells of lower dimension count",
        by_two_roads(by_kernel(statement, denial, refutes=True), as_transcribed, refutes=True),
        by_two_roads(
            by_kernel(CORRECTED, correction),
            by_trial(networks, failure, "as many non-empty cells, all different, as configurations"),
        ),
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/C13",
    title="Corollary 4 (i): as many polytopes as configurations",
    sentence=r"""The number of polytopes is equal to the number of diagonal configurations of
    \mathcal{M}_L .""",
    source="Corollary 4 (i)",
    reading="""With closed cells (the display before (10)) different configurations have different cells;
    or, if only cells with inner points count as polytopes, every configuration has such a cell. Both are
    denied. With half-open cells, those of lower dimension included, it holds: cells of different
    configurations are disjoint, so that there are as many non-empty cells as configurations.""",
    recorded=ClaimVerdict.CONDITIONAL,
    check=check,
)
