"""C13. Corollary 4 (i): how many polytopes there are depends on what is counted."""

from __future__ import annotations

from collections.abc import Sequence

from exactrelu import Network, count, regions, tiling
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import all_bits, configurations, in_half_open_cell, text
from ..kernel.rules import Theorem, part, restate
from ..proving.tactics import prove_for, use
from ..statements.expressions import forall
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_counterexample, by_kernel, by_trial, by_two_roads, with_hypothesis
from . import c12_partition

# |x| = relu(x) + relu(-x).
NETWORK = Network.from_rationals([([[1], [-1]], [0, 0]), ([[1, 1]], [0])], name="|x|")
NETWORKS = tuple(tried_networks("C13", count=30))


# Half-open cells of different configurations have no common point, so non-empty ones are different sets.
CORRECTED = forall(*c12_partition.NAMES, c12_partition.DISJOINT)


def correction() -> Theorem:
    """C12, of which it is a part."""
    whole = c12_partition.proof().called("C12: the cells partition the space")
    names = c12_partition.NAMES
    return prove_for(names, CORRECTED, lambda goal: restate(part(use(whole, *names), 1), goal))


def check(
    network: Network = NETWORK, networks: Sequence[Network] = NETWORKS, counted: str = "half-open"
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
        as_transcribed,
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
