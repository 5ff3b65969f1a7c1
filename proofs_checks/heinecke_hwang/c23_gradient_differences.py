"""C23. (15) is false with derivative 1 at kinks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from exactrelu import Network, Region, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import apply, in_half_open_cell, minus, squared_norm, text, written
from ..tried_networks import DEEP_SHAPES, tried_networks
from ..verdicts import Failure, by_counterexample, by_trial, with_correction
from .c22_gradient_bound import chain, corrected_factor

# relu on the line, loss L(y) = y. Both points lie in R^(0) = {x <= 0}.
NETWORK = Network.from_rationals([([[1]], [0]), ([[1]], [0])], name="relu on the line")
X, Z, THETA = (0,), (-1,), ((0,),)
NETWORKS = (NETWORK, *tried_networks("C23", ((1, 2, 1), *DEEP_SHAPES), count=24))


def one_at_zero(y: Any) -> int:
    """Return the entry of Sigma as after (13): 1 if y >= 0."""
    return int(y >= 0)


def zero_at_zero(y: Any) -> int:
    """Return theta as in (6): 1 if y > 0."""
    return int(y > 0)


def gradient(
    network: Network, x: Sequence[Any], k: int, at_output: Sequence[Any], bit: Callable[[Any], int]
) -> list[Any]:
    """Return dL/dy_k at x by (13), with ``bit`` for the diagonal matrices, from dL/dy_L."""
    return apply(chain(network, tuple(tuple(map(bit, y)) for y in network.preactivations(x)), k), at_output)


def check(
    network: Network = NETWORK,
    x: Sequence[Any] = X,
    z: Sequence[Any] = Z,
    networks: Sequence[Network] = NETWORKS,
    bit: Callable[[Any], int] = zero_at_zero,
    factor: Callable[[Network, int], Fraction] = corrected_factor,
) -> Finding:
    """Compare dL/dy_1 at two points of one cell, for the loss L(y) = y, whose gradient is 1 everywhere."""
    at_x, at_z = (gradient(network, point, 1, [1], one_at_zero) for point in (x, z))
    as_transcribed = by_counterexample(
        f"dL/dy_1 by (13) with Sigma = 1 where y >= 0: {written(at_x)} at x, {written(at_z)} at x'",
        "dL/dy_2 = 1 at both, so the right side of (15) is (NC)^1 * |1 - 1| = 0, whatever N and C are",
        holds=at_x == at_z,
        hypotheses={
            f"x lies in R^{text(THETA)}": in_half_open_cell(network, THETA, x),
            f"x' lies in R^{text(THETA)}": in_half_open_cell(network, THETA, z),
        },
        networks=[network],
        points=[("x", x), ("x'", z)],
        cells=[THETA],
        loss="L(y) = y, so dL/dy_L = 1 everywhere and beta = 0",
    )

    def failure(net: Network) -> Failure | None:
        for region in regions(net):
            for point in other_points(net, region):
                for k in range(1, net.depth):
                    one, two = ([y + 1 for y in net(place)] for place in (region.point, point))
                    found = minus(gradient(net, region.point, k, one, bit), gradient(net, point, k, two, bit))
                    allowed = factor(net, k) ** (2 * (net.depth - k)) * squared_norm(minus(one, two))
                    if squared_norm(found) > allowed:
                        return f"(15) fails for k = {k} at {written(region.point)} and {written(point)}"
        return None

    return with_correction(
        as_transcribed,
        "(15) with diag(theta_k), which is 0 where y = 0, for Sigma, C over W_{k+1}, ..., W_L and N over "
        "N_k, ..., N_L",
        by_trial(
            networks,
            failure,
            "for L(y) = the sum of the y_i + y_i^2/2, all k, the inner point of every cell and each vertex "
            "and midpoint of the cell",
        ),
    )


def other_points(network: Network, region: Region) -> Iterator[list[Fraction]]:
    """Yield the vertices in a half-open cell, and midpoints between a vertex and the inner point."""
    for vertex in region.geometry.vertices:
        if in_half_open_cell(network, region.configuration.layers, vertex):
            yield list(vertex)
        yield [(a + b) / 2 for a, b in zip(region.point, vertex, strict=True)]


CLAIM = PaperClaim(
    id="heinecke-hwang/C23",
    title="(15): gradient differences on a cell",
    sentence=r"""For any layer k , [\(13\)](#page-9-0) implies [...] \leq (NC)^{L-k}
    \|\nabla_{\mathbf{y}_L} \mathcal{L}^{\theta} - \nabla_{\mathbf{y}_L'} \mathcal{L}^{\theta} \|""",
    source="Section 3.2, (15)",
    reading="""For x, x' in one half-open cell and Sigma of (13) with value 1 at y = 0, the gradients at
    layer k differ by at most (NC)^(L-k) times the difference of those at layer L.""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.CHECKED,
)
