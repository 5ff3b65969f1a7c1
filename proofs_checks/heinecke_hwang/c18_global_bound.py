"""C18. Theorem 6 (i): (CN)^(L-2) N bounds the Lipschitz constant of the whole network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import (
    configurations,
    largest_weight,
    linear_part,
    minus,
    norm_at_most,
    sample_points,
    squared_norm,
    text,
    written,
)
from ..kernel.rules import Theorem, restate
from ..proving.global_bounds import bound_everywhere
from ..statements.bounds import (
    D,
    N,
    columns_of_last_weight,
    distance_at_most,
    is_distance,
    power,
    powers_of,
    rows_of_first_weight,
    weights_at_most,
)
from ..statements.expressions import Expression, both, forall, implies
from ..statements.networks import C, W, b, below, k, m, n, pre_activations, row_of, u, v, x, y
from ..tried_networks import DEEP_SHAPES, normalised, tried_networks
from ..verdicts import Failure, by_kernel, by_trial, by_two_roads

# All rows of W_1 are (1, 0), all columns of W_4 are (1, 0)^T, W_2 = W_3 = all ones: the bound is attained.
ATTAINED = Network.from_rationals(
    [([[1, 0], [1, 0]], None), ([[1, 1], [1, 1]], None), ([[1, 1], [1, 1]], None), ([[1, 1], [0, 0]], None)]
)
NETWORKS = (ATTAINED, *(normalised(net, "C18") for net in tried_networks("C18", DEEP_SHAPES, count=30)))
TIGHT = Fraction(99, 100) ** 2


def bound(network: Network) -> Fraction:
    """(CN)^(L-2) N with C the largest weight of W_2, ..., W_{L-1} and N = max(N_1, ..., N_{L-1})."""
    width = max(network.hidden_widths)
    return (largest_weight(network, 2, network.depth - 1) * width) ** (network.depth - 2) * width


NAMES = (n, W, b, m, x, u, y, v, C, N, D, power)  # L = m + 2; D = ||x - u||
STATEMENT = forall(
    *NAMES,
    implies(
        both(pre_activations(y, x), pre_activations(v, u)),
        both(rows_of_first_weight(), columns_of_last_weight(m + 1)),
        weights_at_most(C, m),
        below(k, m + 1, n(k + 1) <= N),
        is_distance(D, x, u),
        powers_of(C * N, power),
        distance_at_most(row_of(y, m + 2), row_of(v, m + 2), n(m + 2), power(m) * N * D),
    ),
)


def proof() -> Theorem:
    """As on a cell (C17), with |relu(s) - relu(t)| <= |s - t| in the place of the bits."""
    return restate(bound_everywhere(), STATEMENT)


def check(
    networks: Sequence[Network] = NETWORKS,
    bound_of: Callable[[Network], Fraction] = bound,
    statement: Expression = STATEMENT,
) -> Finding:
    """Prove it; and compare the bound with the linear parts and with differences across cells, by squares."""
    tight = 0

    def failure(network: Network) -> Failure | None:
        nonlocal tight
        squared = bound_of(network) ** 2
        for theta in configurations(network):
            linear = linear_part(network, theta)
            tight += not norm_at_most(linear, squared * TIGHT)
            if not norm_at_most(linear, squared):
                return f"on the cell of {text(theta)} the constant exceeds {bound_of(network)}"
        for one, two in combinations(sample_points(network)[:12], 2):
            if squared_norm(minus(network(one), network(two))) > squared * squared_norm(minus(one, two)):
                return f"between {written(one)} and {written(two)} the quotient exceeds {bound_of(network)}"
        return None

    trial = by_trial(
        networks,
        failure,
        "rows of W_1 and columns of W_L have Euclidean norm at most 1; N = max(N_1, ..., N_{L-1})",
        "on every cell, and between points of different cells",
    )
    tried = replace(trial, evidence=(*trial.evidence, f"on {tight} cells 99/100 of the bound does not do"))
    return by_two_roads(by_kernel(statement, proof), tried)


CLAIM = PaperClaim(
    id="heinecke-hwang/C18",
    title="Theorem 6 (i): (CN)^(L-2) N is a global Lipschitz bound",
    sentence=r"""If $N = \max\{N_1, \ldots, N_{L-1}\}\$ then $(CN)^{L-2}N$ is a global Lipschitz bound
    for \mathcal{M}_L .""",
    source="Theorem 6 (i), last sentence",
    reading="""With Euclidean normalisation as in (i), for every L >= 2, ||M_L(x) - M_L(z)||_2 <= (CN)^(L-2) N
    ||x - z||_2 for all x and z.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
