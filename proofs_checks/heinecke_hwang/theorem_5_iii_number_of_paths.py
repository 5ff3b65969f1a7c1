"""Theorem 5 (iii): each coefficient is a sum over as many paths as the product of the inner supports says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from math import prod

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Bits, configurations, text
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_trial

SHAPES = ((1, 2, 3, 2, 1), (2, 2, 2, 2, 2, 1), (1, 1, 2, 1, 2, 1), (2, 1, 3, 1, 1))
NETWORKS = tuple(tried_networks("theorem 5 (iii)", SHAPES, count=32))


def number_of_paths(theta: Bits) -> int:
    """The product of |spt theta_j| for j = 2, ..., L - 2."""
    return prod(sum(bits) for bits in theta[1:-1])


def check(networks: Sequence[Network] = NETWORKS, number: Callable[[Bits], int] = number_of_paths) -> Finding:
    """List all paths i_1, ..., i_{L-1} through active neurons and count those with given ends."""

    def failure(network: Network) -> Failure | None:
        for theta in configurations(network):
            supports = [[i for i, bit in enumerate(bits) if bit] for bits in theta]
            paths = list(product(*supports))
            for first, last in product(supports[0], supports[-1]):
                found = sum(path[0] == first and path[-1] == last for path in paths)
                if found != number(theta):
                    return f"cell of {text(theta)}: {found} paths, the formula says {number(theta)}"
        return None

    return by_trial(
        networks, failure, "L = 4 and L = 5; a path takes exactly one weight of each of W_2, ..., W_{L-1}"
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/theorem-5-iii-paths",
    title="Theorem 5 (iii): the number of paths",
    sentence=r"""each of which is the sum of products consisting of at most one weight from each layer
    along $\prod_{j=2}^{L-2} |\text{spt } \theta_j|$ possible paths.""",
    source="Theorem 5 (iii)",
    reading="""For L > 3 there are prod_{j=2}^{L-2} |spt theta_j| paths through active neurons from a
    given active neuron of layer 1 to a given one of layer L - 1.""",
    recorded=ClaimVerdict.CHECKED,
    check=check,
)
