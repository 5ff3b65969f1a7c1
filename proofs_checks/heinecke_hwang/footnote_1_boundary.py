"""Footnote 1: a zero pre-activation is not always a hyperplane boundary; it can fill a whole cell."""

from __future__ import annotations

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import configurations, texts, written
from ..verdicts import by_counterexample

# Weights 1, biases 0. For x < 0 the first neuron is dead, so y_2 = 1 * 0 + 0 = 0 on the whole half-line.
NETWORK = Network.from_rationals([([[1]], [0]), ([[1]], [0]), ([[1]], [0])], name="three identities")


def check(network: Network = NETWORK) -> Finding:
    """Look for cells of full dimension on which a pre-activation is zero throughout."""
    found = []
    for region in regions(network, reading="full"):
        for k, layer in enumerate(region.affine_maps[:-1], start=1):
            found += [(region, k, i) for i, row in enumerate(layer.rows, start=1) if not any(row)]
    lines = [
        f"y_{k},{i} = 0 on the whole cell of {region.configuration}, with inner point {written(region.point)}"
        for region, k, i in found
    ]
    return by_counterexample(
        *lines,
        f"half-open configurations, with (9): {texts(configurations(network))}; closed ones, without: "
        f"{texts(configurations(network, 'closed'))}",
        holds=not found,
        networks=[network],
        points=[("x", region.point) for region, _, _ in found[:1]],
        cells=[region.configuration.layers for region, _, _ in found[:1]],
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/footnote-1",
    title="footnote 1: y = 0 concerns only a hyperplane boundary",
    sentence=r"""This choice will be rendered irrelevant since it concerns the hyperplane boundary
    between two regions on which the representation acts affine linear.""",
    source="Section 3, footnote 1",
    reading="The points of a cell of full dimension where some pre-activation is zero lie in hyperplanes.",
    recorded=ClaimVerdict.REFUTED,
    check=check,
)
