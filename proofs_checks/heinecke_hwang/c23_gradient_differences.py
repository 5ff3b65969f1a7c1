"""C23. (15) is false with derivative 1 at kinks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from exactrelu import Network, Region, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import apply, in_half_open_cell, minus, squared_norm, text, written
from ..kernel.rules import Theorem, restate
from ..proving.gradients import (
    all_weights_at_most,
    all_widths_at_most,
    chain_bound,
    chain_of_differences,
    gradient_chain,
)
from ..proving.tactics import parts, prove_for, use
from ..statements.bounds import N, power, powers_of
from ..statements.expressions import (
    NATURAL,
    REAL,
    Expression,
    both,
    eq,
    forall,
    function,
    implies,
    total,
    variable,
)
from ..statements.networks import C, W, are_bits, h, i, k, n, r, theta
from ..tried_networks import DEEP_SHAPES, tried_networks
from ..verdicts import Failure, by_counterexample, by_kernel, by_trial, by_two_roads, with_correction
from . import c27_norm_and_largest_entry
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


g, f = (variable(name, REAL, NATURAL, NATURAL) for name in ("g", "f"))
difference_size = total(i, n(k + 1), (g(k + 1, i) - f(k + 1, i)) ** 2)
LAST = total(i, n(h + 1), (g(h + 1, i) - f(h + 1, i)) ** 2)
# With diag(theta) for Sigma at both points, C over all weights and N over all widths that the chain uses.
CORRECTED = forall(
    *(n, W, theta, h, g, f, C, N, power),
    implies(
        are_bits(theta),
        both(gradient_chain(g, theta, h), gradient_chain(f, theta, h)),
        all_weights_at_most(C, h + 1),
        all_widths_at_most(N, h + 1),
        powers_of(C * N, power),
        forall(r, k, implies(eq(k + r, h), difference_size <= power(r) ** 2 * LAST)),
    ),
)


def correction() -> Theorem:
    """C22 for the difference of the gradients, which satisfies (13) too."""
    general = chain_bound(c27_norm_and_largest_entry.proof().called("C27: ||B|| <= sqrt(mn) max |b|"))
    change = function(k, i, g(k, i) - f(k, i))

    def build(
        bits: Theorem, chains: Theorem, weights: Theorem, widths: Theorem, powers: Theorem, goal: Expression
    ) -> Theorem:
        of_g, of_f = parts(chains)
        chain = chain_of_differences(of_g, of_f, gradient_chain(change, theta, h))
        found = use(general, n, W, theta, h, change, C, N, power, bits, chain, weights, widths, powers)
        return restate(found, goal)

    return prove_for((n, W, theta, h, g, f, C, N, power), CORRECTED, build)


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
                for layer in range(1, net.depth):
                    one, two = ([y + 1 for y in net(place)] for place in (region.point, point))
                    here, there = (
                        gradient(net, place, layer, at_end, bit)
                        for place, at_end in ((region.point, one), (point, two))
                    )
                    allowed = factor(net, layer) ** (2 * (net.depth - layer)) * squared_norm(minus(one, two))
                    if squared_norm(minus(here, there)) > allowed:
                        return f"(15) fails for k = {layer} at {written(region.point)} and {written(point)}"
        return None

    tried = by_trial(
        networks,
        failure,
        "for L(y) = the sum of the y_i + y_i^2/2, all k, the inner point of every cell and each vertex and "
        "midpoint of the cell",
    )
    return with_correction(
        as_transcribed,
        "(15) with diag(theta_k), which is 0 where y = 0, for Sigma, C over W_{k+1}, ..., W_L and N over "
        "N_k, ..., N_L",
        by_two_roads(by_kernel(CORRECTED, correction), tried),
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
    corrected=ClaimVerdict.PROVED,
)
