"""Theorem 5 (i): a sum of |spt theta_1| atoms, if no active row or column is zero."""

from __future__ import annotations

from collections.abc import Sequence

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Bits, Matrix, configurations, linear_part, text
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_counterexample, by_trial, with_hypothesis

# The neuron y = 0 x + 1 is active everywhere, and its row of W_1 is zero.
NETWORK = Network.from_rationals([([[0]], [1]), ([[1]], [0])], name="an active neuron with weight zero")
THETA = ((1,),)
SHAPES = ((2, 3, 2), (1, 2, 1), (3, 3, 2))


def terms(network: Network, theta: Bits) -> list[Matrix]:
    """Return the matrices w_{2,:i} (x) w_{1,i:} for i in spt theta_1."""
    first, last = (layer.weight for layer in network.layers)
    return [[[w[i] * v for v in first[i]] for w in last] for i, bit in enumerate(theta[0]) if bit]


def without_zeros(network: Network) -> Network:
    """Return the network with every zero weight replaced by 1."""
    return Network.from_rationals(
        [([[entry or 1 for entry in row] for row in layer.weight], layer.bias) for layer in network.layers]
    )


NETWORKS = tuple(map(without_zeros, tried_networks("theorem 5 (i)", SHAPES, count=30)))


def check(network: Network = NETWORK, theta: Bits = THETA, networks: Sequence[Network] = NETWORKS) -> Finding:
    """Count the terms that are atoms (rank one, so not zero), and compare their sum with the linear part."""
    found = terms(network, theta)
    atoms = [term for term in found if any(map(any, term))]
    as_transcribed = by_counterexample(
        f"theta = {text(theta)}: |spt theta_1| = {sum(theta[0])}, terms of rank one: {len(atoms)}",
        f"the linear part is {[[str(entry) for entry in row] for row in linear_part(network, theta)]}; a "
        "zero matrix is "
        "not a rank one matrix",
        holds=len(atoms) == sum(theta[0]),
        hypotheses={
            f"R^{text(theta)} is not empty": theta in configurations(network),
        },
        networks=[network],
        points=[("x", region.point) for region in regions(network) if region.configuration.layers == theta],
        cells=[theta],
    )

    def failure(net: Network) -> Failure | None:
        for cell in configurations(net):
            parts = [*terms(net, cell), [[0] * net.inputs for _ in range(net.outputs)]]
            total = [
                [sum(entries) for entries in zip(*rows, strict=True)] for rows in zip(*parts, strict=True)
            ]
            if total != linear_part(net, cell) or not all(any(map(any, term)) for term in parts[:-1]):
                return f"cell of {text(cell)}"
        return None

    return with_hypothesis(
        "no row of W_1 and no column of W_L with index in the supports is zero",
        as_transcribed,
        by_trial(networks, failure, "a sum of |spt theta_1| matrices of rank one"),
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/theorem-5-i",
    title="Theorem 5 (i): a sum of |spt theta_1| atoms",
    sentence=r"""Here we refer to a rank one matrix (the outer product of two vectors) as an atom. [...]
    For $L = 2$ the linear part of \mathcal{M}_L^{θ} is the sum of $|\text{spt } \theta_1|$ atoms.""",
    source="Section 3.2, first paragraph; Theorem 5 (i)",
    reading="""The linear part is the sum of the matrices w_{2,:i} (x) w_{1,i:}, i in spt theta_1, and
    each is of rank one.""",
    recorded=ClaimVerdict.CONDITIONAL,
    check=check,
)
