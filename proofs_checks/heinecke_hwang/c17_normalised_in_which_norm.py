"""C17. Theorem 6 (i) needs columns of W_L and rows of W_1 of Euclidean norm at most 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
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
from ..kernel.rules import Theorem, recursion, restate
from ..proving.cell_bounds import bound_on_a_cell
from ..proving.certificates import arith
from ..proving.refutations import (
    Values,
    absolute_values,
    conclusion_of,
    denied,
    known_values,
    with_masked_values,
    with_powers,
)
from ..proving.tactics import parts, prove_for, use, with_witness
from ..proving.witnesses import MaskedWitness, constant_bits, point
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
    support_size,
    weights_at_most,
)
from ..statements.expressions import FALSE, Expression, both, eq, exists, forall, implies, number
from ..statements.functions import ABS
from ..statements.networks import (
    C,
    W,
    are_bits,
    b,
    below,
    i,
    j,
    k,
    m,
    masked,
    n,
    row_of,
    s,
    t,
    theta,
    u,
    v,
    x,
    z,
)
from ..statements.networks import in_half_open_cell as in_cell
from ..tried_networks import DEEP_SHAPES, normalised, tried_networks
from ..verdicts import Failure, by_counterexample, by_kernel, by_trial, by_two_roads, with_hypothesis

# All weights 1, two outputs: the column (1, 1) of W_4 has maximum norm 1 and Euclidean norm sqrt(2).
NETWORK = Network.from_rationals(
    [([[1]], [0])] * 3 + [([[1], [1]], [0, 0])], name="all weights 1, two outputs"
)
X, Z, THETA = (2,), (1,), ((1,),) * 3
# Likewise for the row (1, 1) of W_1, at x = (2, 2) and x' = (1, 1): pass it to check.
ROWS = Network.from_rationals([([[1, 1]], [0])] + [([[1]], [0])] * 3, name="all weights 1, two inputs")
# All rows of W_1 are (1, 0), all columns of W_4 are (1, 0)^T, all else is 1: the bound is attained.
ATTAINED = Network.from_rationals(
    [([[1, 0], [1, 0]], None), ([[1, 1], [1, 1]], None), ([[1, 1], [1, 1]], None), ([[1, 1], [0, 0]], None)]
)
NETWORKS = (ATTAINED, *(normalised(net, "C17") for net in tried_networks("C17", DEEP_SHAPES, count=36)))
TIGHT = Fraction(99, 100) ** 2
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


# As transcribed, with the maximum norm for the rows of W_1 and the columns of W_L.
MAXIMUM_NORMS = both(
    below(i, n(1), below(j, n(0), ABS(W(1, i, j)) <= 1)),
    below(j, n(m + 1), below(i, n(m + 2), ABS(W(m + 2, i, j)) <= 1)),
)
DENIED = forall(
    *NAMES,
    implies(
        both(m >= 2, are_bits(theta), masked(z, x, theta), masked(v, u, theta)),
        both(in_cell(theta, z, m + 1), in_cell(theta, v, m + 1), MAXIMUM_NORMS),
        weights_at_most(C, m),
        is_distance(D, x, u),
        both(powers_of(C, power), products_of_supports(theta, paths)),
        distance_at_most(row_of(z, m + 2), row_of(v, m + 2), n(m + 2), power(m) * paths(m + 1) * D),
    ),
)


def denial() -> Theorem:
    """All weights 1, two outputs: the distance is sqrt(2), the bound is 1."""
    network, (ones, bits) = MaskedWitness(NETWORK), constant_bits(1)

    def build(claim: Theorem) -> Theorem:
        def with_all(
            values: Values, power: Expression, rule: Theorem, products: Expression, path: Theorem
        ) -> Theorem:
            known = known_values(network, THETA, values, (X, Z))
            names, given = zip(*values, strict=True)
            says = use(claim, *network.functions, ones, 2, point(X), point(Z), *names, 1, 1, power, products)
            facts = (*given, rule, path, use(bits, network.functions[0]), *absolute_values(0, 1), *known)
            sizes = [*_first_values(power, rule, 2), *_first_values(products, path, 3)]
            bound = conclusion_of(says, *facts)
            p, q = power(2), products(3)
            more = [p * q**2, q, p * q, q**2, *(value(4, row) for value in names for row in (0, 1))]
            return arith(FALSE, bound, *sizes, *known, degree=1, multipliers=more)

        def with_powers_and_paths(values: Values) -> Theorem:
            def with_rule(power: Expression, rule: Theorem) -> Theorem:
                existence = use(_products_exist(network.of(support_size(ones, k + 1))), 1)
                return with_witness(
                    existence, lambda products, path: with_all(values, power, rule, products, path)
                )

            return with_powers(number(1), with_rule)

        places = (point(X), point(Z))
        return with_masked_values(network.functions, ones, places, with_powers_and_paths)

    return denied(DENIED, build)


def _first_values(sequence: Expression, rule: Theorem, last: int) -> list[Theorem]:
    """The values of a sequence are 1 up to a place, step by step."""
    start, step = parts(rule)
    found = [start]
    for place in range(last):
        found.append(arith(eq(sequence(place + 1), 1), use(step, place), found[-1], degree=1))
    return found


def _products_exist(factor: Expression) -> Theorem:
    """There is a sequence that begins with s and is multiplied by factor(k) at step k."""
    following = forall(k, eq(paths(k + 1), paths(k) * factor))
    statement = forall(s, exists(paths, both(eq(paths(0), s), following)))
    return prove_for([s], statement, lambda goal: restate(recursion(s, forall(k, t, t * factor)), goal))


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

    tight = 0

    def failure(net: Network) -> Failure | None:
        nonlocal tight
        for cell in configurations(net):
            linear, squared = linear_part(net, cell), bound_of(net, cell) ** 2
            if not norm_at_most(linear, squared):
                return f"on the cell of {text(cell)} the constant exceeds {bound_of(net, cell)}"
            tight += not norm_at_most(linear, squared * TIGHT)
        return None

    trial = by_trial(networks, failure, "on every cell of networks with L > 3")
    tried = replace(trial, evidence=(*trial.evidence, f"on {tight} cells 99/100 of the bound does not do"))

    return with_hypothesis(
        "normalised means Euclidean norm at most 1 (so 1-norm 1 serves too, maximum norm 1 does not)",
        by_two_roads(by_kernel(DENIED, denial, refutes=True), as_transcribed, refutes=True),
        by_two_roads(by_kernel(statement, proof), tried),
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
