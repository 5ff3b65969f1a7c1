"""Corollary 4 (i), first sentence: affine on convex pieces that partition the space."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import combinations

from exactrelu import Network
from exactrelu.claims import Claim, Finding, Verdict

from ..exact_networks import Vector, sample_points, written
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_trial

NETWORKS = tuple(tried_networks("corollary 4", count=30))


def call(network: Network, x: Vector) -> Vector:
    """Return M_L(x)."""
    return network(x)


def between(one: Vector, two: Vector) -> list[Fraction]:
    """Return the point a third of the way."""
    return [(2 * a + b) / 3 for a, b in zip(one, two, strict=True)]


def check(
    networks: Sequence[Network] = NETWORKS, value: Callable[[Network, Vector], Vector] = call
) -> Finding:
    """Take points of one configuration: the one between them has it too, and the value between theirs."""

    def failure(network: Network) -> Failure | None:
        points = sample_points(network)
        for x, z in combinations(points[:40], 2):
            if network.configuration(x) == network.configuration(z):
                middle = between(x, z)
                if network.configuration(middle) != network.configuration(x):
                    return f"the cell is not convex between {written(x)} and {written(z)}"
                if list(value(network, middle)) != between(value(network, x), value(network, z)):
                    return f"not affine between {written(x)} and {written(z)}"
        return None

    return by_trial(
        networks, failure, "polytope is read as polyhedron (C5); every point has one configuration (C12)"
    )


CLAIM = Claim(
    id="heinecke-hwang/corollary-4-i",
    title="Corollary 4 (i): piecewise affine on convex pieces",
    sentence=r"""Corollary 4. (i) Every ReLU representation M_L is a piecewise affine linear operator
    with respect to a partition of the input space X into convex polytopes (on each of which
    \mathcal{M}_L is affine linear).""",
    source="Corollary 4 (i), first sentence",
    reading="The half-open cells are convex, and M_L is affine on each. (Their number is C13.)",
    recorded=Verdict.CHECKED,
    check=check,
)
