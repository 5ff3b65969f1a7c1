"""Example 2: with b_1 = 0 and b_2 = 0 the regions are cones; then there are at most five."""

from __future__ import annotations

from collections.abc import Sequence

from exactrelu import Network, count
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..kernel.rules import Theorem
from ..statements.expressions import Expression
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_kernel, by_trial, by_two_roads
from . import c14_cones
from .c14_cones import failure as not_a_cone

SHAPE = ((2, 2, 1, 1),)
NETWORKS = tuple(tried_networks("example 2 cones", SHAPE, count=30, hidden_biases=False))
MOST = 5


# Example 2 is a network with N_1 = 2 and N_2 = 1; with zero biases its cells are cones, as all are (C14).
STATEMENT = c14_cones.STATEMENT


def proof() -> Theorem:
    """C14."""
    return c14_cones.proof()


def check(
    networks: Sequence[Network] = NETWORKS, most: int = MOST, statement: Expression = STATEMENT
) -> Finding:
    """Prove it; and look for regions that are no cones, and for more than five of them."""

    def failure(network: Network) -> Failure | None:
        found = count(network)
        return f"{found} regions" if found > most else not_a_cone(network)

    tried = by_trial(
        networks,
        failure,
        f"at most {most} regions then, since only theta_1 = (1, 1) can be split (see figure-2-right)",
    )
    return by_two_roads(by_kernel(statement, proof), tried)


CLAIM = PaperClaim(
    id="heinecke-hwang/example-2-cones",
    title="Example 2 without biases: convex cones",
    sentence=r"""Note that if the bias vectors \mathbf{b}_1 and \mathbf{b}_2 are zero, then $M_1 =
    \mathbf{W}_1$ and $M_2 = \mathbf{W}_2$, and thus the regions are convex cones arising from halfspace
    intersections through the origin.""",
    source="Section 3.1, Example 2, last sentence",
    reading="For N_0 = N_1 = 2, N_2 = 1 and b_1 = b_2 = 0 every half-open cell is a convex cone.",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
