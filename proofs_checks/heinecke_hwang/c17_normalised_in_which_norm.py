"""C17. Theorem 6 (i) needs columns of W_L and rows of W_1 of Euclidean norm at most 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import prod
from typing import Any

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import (
    Bits,
    configurations,
    in_half_open_cell,
    largest_weight,
    linear_part,
    minus,
    norm_at_most,
    squared_norm,
    text,
    transposed,
    values_along,
    written,
)
from ..kernel.rules import Theorem, restate
from ..proving.cell_bounds import bound_on_a_cell
from ..statements.bounds import (
    D,
    columns_of_last_weight,
    distance_at_most,
    is_distance,
    paths,
    power,
    powers_of,
    products_of_supports,
    rows_of_first_weight,
    weights_at_most,
)
from ..statements.expressions import Expression, both, forall, implies
from ..statements.networks import C, W, are_bits, b, m, masked, n, row_of, theta, u, v, x, z
from ..tried_networks import DEEP_SHAPES, normalised, tried_networks
from ..verdicts import Failure, by_counterexample, by_kernel, by_trial, by_two_roads, with_hypothesis

# All weights 1, two outputs: the column (1, 1) of W_4 has maximum norm 1 and Euclidean norm sqrt(2).
NETWORK = Network.from_rationals(
    [([[1]], [0])] * 3 + [([[1], [1]], [0, 0])], name="all weights 1, two outputs"
)
X, Z, THETA = (2,), (1,), ((1,),) * 3
# Likewise for the row (1, 1) of W_1, at x = (2, 2) and x' = (1, 1): pass it to check.
ROWS = Network.from_rationals([([[1, 1]], [0])] + [([[1]], [0])] * 3, name="all weights 1, two inputs")
NETWORKS = tuple(normalised(net, "C17") for net in tried_networks("C17", DEEP_SHAPES, count=36))
NORMS: dict[str, Callable[[Sequence[Any]], Any]] = {
    "1-norm": lambda vector: sum(map(abs, vector)),
    "squared Euclidean norm": squared_norm,
    "maximum norm": lambda vector: max(map(abs, vector)),
}


def bound(network: Network, theta: Bits) -> Fraction:
    """C^(L-2) times the product of the |spt theta_k|, C the largest weight of W_2, ..., W_{L-1}."""
    weight = largest_weight(network, 2, network.depth - 1)
    return weight ** (network.depth - 2) * prod(sum(bits) for bits in theta)


NAMES = (n, W, b, theta, m, x, u, z, v, C, D, power, paths)  # L = m + 2; D = ||x - u||
STATEMENT = forall(
    *NAMES,
    implies(
        are_bits(theta),
        both(masked(z, x, theta), masked(v, u, theta)),
        both(rows_of_first_weight(), columns_of_last_weight(m + 1)),
        weights_at_most(C, m),
        is_distance(D, x, u),
        both(powers_of(C, power), products_of_supports(theta, paths)),
        distance_at_most(row_of(z, m + 2), row_of(v, m + 2), n(m + 2), power(m) * paths(m + 1) * D),
    ),
)


def proof() -> Theorem:
    """Entrywise up to layer L - 1, by induction; the columns of W_L are of norm at most 1."""
    return restate(bound_on_a_cell(), STATEMENT)


def check(
    network: Network = NETWORK,
    x: Sequence[Any] = X,
    z: Sequence[Any] = Z,
    theta: Bits = THETA,
    networks: Sequence[Network] = NETWORKS,
    bound_of: Callable[[Network, Bits], Fraction] = bound,
    statement: Expression = STATEMENT,
) -> Finding:
    """Compare ||M(x) - M(x')|| with the bound; then, with Euclidean norms, the linear part of every cell."""
    vectors = [*network.layers[0].weight, *transposed(network.layers[-1].weight)]
    found = {name: [norm(vector) for vector in vectors] for name, norm in NORMS.items()}
    change = minus(values_along(network, theta, x)[-1], values_along(network, theta, z)[-1])
    limit, step = bound_of(network, theta), squared_norm(minus(x, z))
    as_transcribed = by_counterexample(
        *(
            f"{name} of the rows of W_1, then of the columns of W_L: {written(f)}"
            for name, f in found.items()
        ),
        f"M(x) - M(x') = {written(change)}: squared norm {squared_norm(change)}; the squared bound is "
        f"{limit}^2 ||x - x'||^2 = {limit**2 * step}",
        holds=squared_norm(change) <= limit**2 * step,
        hypotheses={
            "L > 3": network.depth > 3,
            "rows of W_1 and columns of W_L have norm 1 in one of the three norms": any(
                set(values) == {1} for values in found.values()
            ),
            f"x lies in R^{text(theta)}": in_half_open_cell(network, theta, x),
            f"x' lies in R^{text(theta)}": in_half_open_cell(network, theta, z),
        },
        networks=[network],
        points=[("x", x), ("x'", z)],
        cells=[theta],
    )

    def failure(net: Network) -> Failure | None:
        for cell in configurations(net):
            if not norm_at_most(linear_part(net, cell), bound_of(net, cell) ** 2):
                return f"on the cell of {text(cell)} the constant exceeds {bound_of(net, cell)}"
        return None

    return with_hypothesis(
        "normalised means Euclidean norm at most 1 (so 1-norm 1 serves too, maximum norm 1 does not)",
        as_transcribed,
        by_two_roads(
            by_kernel(statement, proof),
            by_trial(networks, failure, "on every cell of networks with L > 3"),
        ),
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/C17",
    title="Theorem 6 (i): the Lipschitz bound on a cell",
    sentence=r"""(i) Suppose that W_L has normalized columns, that W_1 has normalized rows, and let C be
    the maximum of the absolute value of all weights in $\mathbf{W}_2, \ldots, \mathbf{W}_{L-1}$. Then
    [...] \leq
    \left(C^{L-2}\prod_{k=1}^{L-1}|\operatorname{spt}\theta_k|\right)\|\mathbf{x}_1-\mathbf{x}_2\|_2.""",
    source="Theorem 6 (i)",
    reading="""If the columns of W_L and the rows of W_1 have norm 1, in whatever norm, then the
    Euclidean Lipschitz constant on R^theta is at most C^(L-2) |spt theta_1| ... |spt theta_{L-1}|. The
    counterexample takes the maximum norm. With Euclidean norms at most 1 it is proved for every L >= 2, and
    for all x_1, x_2, whether in R^theta or not; C need not be the largest weight, but at least it.""",
    recorded=ClaimVerdict.CONDITIONAL,
    check=check,
)
