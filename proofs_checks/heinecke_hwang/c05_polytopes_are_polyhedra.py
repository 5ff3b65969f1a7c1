"""C5. R^theta is convex, but in general not a polytope: it is unbounded."""

from __future__ import annotations

from collections.abc import Sequence

from exactrelu import Network, region_of, regions
from exactrelu.claims import Claim, Finding, Verdict
from exactrelu.configuration import Configuration

from ..exact_networks import Bits, in_half_open_cell, text, written
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_counterexample, by_trial, with_hypothesis

NETWORK = Network.from_rationals([([[1]], [0]), ([[1]], [0])], name="relu on the line")
THETA = ((1,),)
NETWORKS = tuple(tried_networks("C5", count=24))


def check(network: Network = NETWORK, theta: Bits = THETA, networks: Sequence[Network] = NETWORKS) -> Finding:
    """Look whether R^theta is bounded; then whether cells are convex."""
    region = region_of(network, Configuration(theta))
    bounded = region is not None and region.geometry.bounded
    rays = [] if region is None else [*region.geometry.rays, *region.geometry.lines]
    directions = ", ".join("(" + ", ".join(map(str, ray)) + ")" for ray in rays)
    as_transcribed = by_counterexample(
        f"R^{text(theta)} is bounded: {bounded}; directions in which it is unbounded: {directions or 'none'}",
        holds=bounded,
        networks=[network],
    )
    return with_hypothesis(
        "polytope means polyhedron: an intersection of finitely many half-spaces, bounded or not",
        as_transcribed,
        by_trial(networks, not_convex, "every cell holds the midpoints of its inner point and its boundary"),
    )


def not_convex(network: Network) -> Failure | None:
    """Return a cell without the midpoint of its inner point and a point of its closure."""
    for region in regions(network):
        for vertex in region.geometry.vertices:
            middle = [(a + b) / 2 for a, b in zip(region.point, vertex, strict=True)]
            if not in_half_open_cell(network, region.configuration.layers, middle):
                return f"the cell of {region.configuration} does not hold {written(middle)}"
    return None


CLAIM = Claim(
    id="heinecke-hwang/C5",
    title="R^theta is a polytope",
    sentence=r"""In slight abuse of notation, we call any vector [...] a *(diagonal) configuration* of
    the ReLU representation \mathcal{M}_L , if the polytope [...] is non-empty.""",
    source="Section 3, before (10); again in Example 1 and Corollary 4 (i)",
    reading="""Every non-empty R^theta is a polytope, that is, a bounded intersection of finitely many
    half-spaces.""",
    recorded=Verdict.CONDITIONAL,
    check=check,
)
