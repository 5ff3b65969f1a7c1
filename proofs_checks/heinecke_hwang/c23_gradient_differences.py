"""C23. (15) is false with derivative 1 at kinks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from exactrelu import Network, Region, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import apply, in_half_open_cell, inner_point, minus, squared_norm, text, written
from ..kernel.arithmetic import identity
from ..kernel.rules import Theorem, restate
from ..proving.gradients import (
    all_weights_at_most,
    all_widths_at_most,
    chain_bound,
    chain_of_differences,
    gradient_chain,
)
from ..proving.refutations import (
    Values,
    absolute_values,
    conclusion_of,
    denied,
    known_values,
    with_masked_values,
    with_powers,
)
from ..proving.tactics import impossible, parts, prove_for, use
from ..proving.witnesses import MaskedWitness, constant_bits, point
from ..statements.bounds import N, power, powers_of
from ..statements.expressions import (
    NATURAL,
    REAL,
    Expression,
    both,
    either,
    eq,
    forall,
    function,
    implies,
    number,
    table,
    total,
    variable,
)
from ..statements.networks import C, W, are_bits, b, below, h, i, k, masked, n, r, theta, u, v, x, z
from ..statements.networks import in_half_open_cell as in_cell
from ..tried_networks import DEEP_SHAPES, tried_networks
from ..verdicts import Failure, by_counterexample, by_kernel, by_trial, by_two_roads, with_correction
from . import c27_norm_and_largest_entry
from .c22_gradient_bound import SIZES, chain, corrected_factor

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
sigma, tau = (variable(name, REAL, NATURAL, NATURAL) for name in ("sigma", "tau"))


def one_where_not_negative(sigma: Expression, z: Expression) -> Expression:
    """Sigma of (13): 1 where z_{k,i} >= 0 and 0 elsewhere, for k = 1, ..., h."""
    bit, value = sigma(k + 1, i), z(k + 1, i)
    signs = either(both(value >= 0, eq(bit, 1)), both(value < 0, eq(bit, 0)))
    return below(k, h, below(i, n(k + 1), signs))


# (15) for x, x' in one half-open cell and Sigma with 1 at y = 0, for C and N as large as they may be.
STATEMENT = forall(
    *(n, W, b, theta, h, x, u, z, v, sigma, tau, g, f, C, N, power),
    implies(
        both(are_bits(theta), masked(z, x, theta), masked(v, u, theta)),
        both(in_cell(theta, z, h), in_cell(theta, v, h)),
        both(one_where_not_negative(sigma, z), one_where_not_negative(tau, v)),
        both(gradient_chain(g, sigma, h), gradient_chain(f, tau, h)),
        both(all_weights_at_most(C, h + 1), all_widths_at_most(N, h + 1), powers_of(C * N, power)),
        forall(r, k, implies(eq(k + r, h), difference_size <= power(r) ** 2 * LAST)),
    ),
)
# With diag(theta) for Sigma; at layer k + 1 C over W_{k+2}, ..., W_L and N over N_{k+1}, ..., N_L.
CORRECTED = forall(
    *(n, W, theta, h, g, f, C, N, power),
    implies(
        are_bits(theta),
        both(gradient_chain(g, theta, h), gradient_chain(f, theta, h)),
        powers_of(C * N, power),
        forall(r, k, implies(eq(k + r, h), *SIZES, difference_size <= power(r) ** 2 * LAST)),
    ),
)


def denial() -> Theorem:
    """Relu on the line at 0 and -1: Sigma is 1 and 0, dL/dy_1 is 1 and 0, dL/dy_2 is 1 at both."""
    network = MaskedWitness(NETWORK)
    theta, bits = constant_bits(THETA[0][0])
    at_x, at_u = table({(1, 0): 1, (2, 0): 1}), table({(2, 0): 1})

    def build(claim: Theorem) -> Theorem:
        def with_all(values: Values, power: Expression, equations: Theorem) -> Theorem:
            known = known_values(network, THETA, values, (X, Z))
            names, given = zip(*values, strict=True)
            chains = (constant_bits(1)[0], constant_bits(0)[0], at_x, at_u)
            says = use(claim, *network.functions, theta, 1, point(X), point(Z), *names, *chains, 1, 1, power)
            bits_here = use(bits, network.functions[0])
            facts = (*given, equations, bits_here, *absolute_values(0, 1), *known)
            return impossible(use(conclusion_of(says, *facts), 1, 0, identity(0 + number(1), 1)))

        return with_masked_values(
            network.functions,
            theta,
            (point(X), point(Z)),
            lambda values: with_powers(number(1) * 1, lambda power, rule: with_all(values, power, rule)),
        )

    return denied(STATEMENT, build)


def correction() -> Theorem:
    """C22 for the difference of the gradients, which satisfies (13) too."""
    general = chain_bound(c27_norm_and_largest_entry.proof().called("C27: ||B|| <= sqrt(mn) max |b|"))
    change = function(k, i, g(k, i) - f(k, i))

    def build(bits: Theorem, chains: Theorem, powers: Theorem, goal: Expression) -> Theorem:
        of_g, of_f = parts(chains)
        chain = chain_of_differences(of_g, of_f, gradient_chain(change, theta, h))
        found = use(general, n, W, theta, h, change, C, N, power, bits, chain, powers)
        return restate(found, goal)

    return prove_for((n, W, theta, h, g, f, C, N, power), CORRECTED, build)


def check(
    network: Network = NETWORK,
    x: Sequence[Any] = X,
    z: Sequence[Any] = Z,
    networks: Sequence[Network] = NETWORKS,
    bit: Callable[[Any], int] = zero_at_zero,
    factor: Callable[[Network, int], Fraction] = corrected_factor,
    statement: Expression = STATEMENT,
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

    tight = 0

    def failure(net: Network) -> Failure | None:
        nonlocal tight
        for region in regions(net):
            inner = inner_point(region)
            for other in other_points(net, region):
                for layer in range(1, net.depth):
                    one, two = ([y + 1 for y in net(place)] for place in (inner, other))
                    here, there = (
                        gradient(net, place, layer, at_end, bit)
                        for place, at_end in ((inner, one), (other, two))
                    )
                    allowed = factor(net, layer) ** (2 * (net.depth - layer)) * squared_norm(minus(one, two))
                    found = squared_norm(minus(here, there))
                    tight += found > allowed * Fraction(99, 100) ** 2
                    if found > allowed:
                        return f"(15) fails for k = {layer} at {written(inner)} and {written(other)}"
        return None

    trial = by_trial(
        networks,
        failure,
        "for L(y) = the sum of the y_i + y_i^2/2, all k, the inner point of every cell and each vertex and "
        "midpoint of the cell",
    )
    tried = replace(trial, evidence=(*trial.evidence, f"{tight} times 99/100 of the bound does not do"))
    return with_correction(
        by_two_roads(by_kernel(statement, denial, refutes=True), as_transcribed, refutes=True),
        "(15) with diag(theta_k), which is 0 where y = 0, for Sigma, C over W_{k+1}, ..., W_L and N over "
        "N_k, ..., N_L",
        by_two_roads(by_kernel(CORRECTED, correction), tried),
    )


def other_points(network: Network, region: Region) -> Iterator[list[Fraction]]:
    """Yield the vertices in a half-open cell, and midpoints between a vertex and the inner point."""
    for vertex in region.geometry.vertices:
        if in_half_open_cell(network, region.configuration.layers, vertex):
            yield list(vertex)
        yield [(a + b) / 2 for a, b in zip(inner_point(region), vertex, strict=True)]


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
