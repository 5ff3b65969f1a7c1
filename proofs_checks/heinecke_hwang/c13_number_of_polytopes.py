"""C13. Corollary 4 (i): how many polytopes there are depends on what is counted."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from exactrelu import Network, count, regions, tiling
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import all_bits, configurations, in_half_open_cell, text
from ..kernel.rules import Theorem, part, restate
from ..proving.cases import by_cases
from ..proving.certificates import arith
from ..proving.refutations import Values, conclusion_of, denied, known_values, with_masked_values
from ..proving.tactics import parts, prove_for, use, with_witness
from ..proving.witnesses import MaskedWitness, constant_bits, point
from ..statements.expressions import (
    FALSE,
    NATURAL,
    REAL,
    Expression,
    both,
    exists,
    forall,
    function,
    implies,
    number,
    variable,
)
from ..statements.networks import W, are_bits, b, contains_a_box, h, j, masked, n, theta, x, z
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
STATEMENT = forall(
    *(n, W, b, theta, h, x, z),
    implies(
        both(are_bits(theta), masked(z, x, theta), in_cell(theta, z, h)),
        exists(centre, rho, both(rho > 0, contains_a_box(in_cell, centre, rho, theta, h))),
    ),
)


def denial() -> Theorem:
    """The cell x <= 0, -x <= 0 of |x| is the point 0: no two points p and p + rho/2 are in it."""
    network, (zeros, bits) = MaskedWitness(NETWORK), constant_bits(0)
    cell, inside = ((0, 0),), [arith(number(place) < 2) for place in (0, 1)]

    def build(claim: Theorem) -> Theorem:
        def with_box(p: Expression, rho: Expression, box: Theorem) -> Theorem:
            positive, whole = parts(box)
            places = [function(j, p(j)), function(j, p(j) + rho * Fraction(1, 2))]

            def with_values(values: Values) -> Theorem:
                facts = [positive]
                for (y, masks), place in zip(values, places, strict=True):
                    here = conclusion_of(use(whole, place, y, masks), positive)
                    facts += [use(parts(masks)[0], neuron, inside[neuron]) for neuron in (0, 1)]
                    facts += [use(here, 0, arith(number(0) < 1), neuron, inside[neuron]) for neuron in (0, 1)]
                return by_cases(FALSE, *facts)

            return with_masked_values(network.functions, zeros, places, with_values)

        def at_origin(values: Values) -> Theorem:
            known = known_values(network, cell, values, [(0,)])
            ((y, masks),) = values
            says = use(claim, *network.functions, zeros, 1, point((0,)), y)
            return with_witness(conclusion_of(says, use(bits, network.functions[0]), masks, *known), with_box)

        return with_masked_values(network.functions, zeros, [point((0,))], at_origin)

    return denied(STATEMENT, build)


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
        points=[(f"in the cell of {text(cell.configuration.layers)}", cell.point) for cell in cells],
        cells=configurations(network, "closed"),
    )

    def failure(net: Network) -> Failure | None:
        points = [region.point for region in regions(net)]
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
    reading="""The number of configurations, the number of different cells and the number of cells with
    inner points are equal, closed or half-open.""",
    recorded=ClaimVerdict.CONDITIONAL,
    check=check,
)
