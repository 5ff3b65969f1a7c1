"""After Theorem 6: the global bound is attained, so it cannot be improved in terms of C, N and L."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import (
    Bits,
    bound_factor,
    has_unit_ends,
    in_half_open_cell,
    minus,
    squared_norm,
    text,
    written,
)
from ..verdicts import Failure, by_counterexample, by_trial, with_correction


def attaining(c: Fraction | int, n: int, depth: int) -> Network:
    """Return the network with rows (1, 0) of W_1, columns (1, 0) of W_L, and all other weights C."""
    full = [[c] * n] * n
    weights: list[Any] = [[[1, 0]] * n, *[full] * (depth - 2), [[1] * n, [0] * n]]
    return Network.from_rationals(
        [(weight, None) for weight in weights], name=f"all rows equal, C = {c}, N = {n}, L = {depth}"
    )


NETWORK = attaining(1, 2, 4)
X, Z, THETA = (2, 0), (1, 0), ((1, 1),) * 3
NETWORKS = tuple(
    attaining(Fraction(c, 3), n, depth) for c, n, depth in product((1, 3, 6), (1, 2, 3), (4, 5, 6))
)


def bound(network: Network) -> Fraction:
    """Return (CN)^(L-2) N."""
    return bound_factor(network) ** (network.depth - 2) * max(network.hidden_widths)


def check(
    network: Network = NETWORK,
    x: Sequence[Any] = X,
    z: Sequence[Any] = Z,
    theta: Bits = THETA,
    networks: Sequence[Network] = NETWORKS,
    bound_of: Callable[[Network], Fraction] = bound,
) -> Finding:
    """Compare ||M(x) - M(x')|| / ||x - x'|| with the bound."""
    found, limit = squared_norm(minus(network(x), network(z))), bound_of(network)
    step = squared_norm(minus(x, z))
    as_transcribed = by_counterexample(
        f"M(x) = {written(network(x))}, M(x') = {written(network(z))}: squared distance {found}, and "
        f"||x - x'||^2 = {step}",
        f"(CN)^(L-2) N = {limit}, its square is {limit**2}",
        holds=found < limit**2 * step,
        hypotheses={
            "L > 3": network.depth > 3,
            "rows of W_1 and columns of W_L have norm 1": has_unit_ends(network),
            f"x lies in R^{text(theta)}": in_half_open_cell(network, theta, x),
            f"x' lies in R^{text(theta)}": in_half_open_cell(network, theta, z),
        },
        networks=[network],
        points=[("x", x), ("x'", z)],
        cells=[theta],
    )

    def failure(net: Network) -> Failure | None:
        attained = squared_norm(minus(net(X), net(Z))) == bound_of(net) ** 2
        return None if attained and has_unit_ends(net) else f"the bound {bound_of(net)} is not attained"

    return with_correction(
        as_transcribed,
        "as a function of C, N and L the bound is best possible",
        by_trial(networks, failure, "attained for C = 1/3, 1, 2, N = 1, 2, 3 and L = 4, 5, 6"),
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/after-theorem-6-optimality",
    title="the global bound is far from optimal",
    sentence=r"""It is clear that the global Lipschitz bound $(CN)^{L-2}N$ derived for \mathcal{M}_L via
    the above crude estimate from its affine linear pieces is far from being optimal.""",
    source="Section 3.2, after the proof of Theorem 6",
    reading="Every network of Theorem 6 (i) has a Lipschitz constant that is less than (CN)^(L-2) N.",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.CHECKED,
)
