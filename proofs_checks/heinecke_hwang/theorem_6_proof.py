"""Theorem 6 (i), proof: each line of the chain of inequalities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from math import prod

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import (
    apply,
    dot,
    inner_point,
    largest_weight,
    linear_part,
    minus,
    squared_norm,
    text,
    written,
)
from ..kernel.arithmetic import certificate, identity
from ..kernel.rules import Theorem, restate, together
from ..proving.bounds import first_layer_entries, unit_columns
from ..proving.certificates import arith
from ..proving.chain import (
    active_terms,
    differences_are_coefficients,
    sizes_of_active,
    sum_of_bits,
    sums_over_paths,
)
from ..proving.decompositions import equal_terms
from ..proving.global_bounds import powers_not_negative
from ..proving.tactics import by_induction, parts, prove, prove_for, rewrite, use
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
from ..statements.decompositions import A, coefficients
from ..statements.expressions import Expression, both, eq, forall, function, implies, number, total
from ..statements.functions import ABS
from ..statements.networks import (
    C,
    W,
    are_bits,
    b,
    below,
    i,
    j,
    m,
    masked,
    n,
    p,
    q,
    row_of,
    theta,
    u,
    v,
    x,
    z,
)
from ..tried_networks import DEEP_SHAPES, normalised, tried_networks
from ..verdicts import Failure, by_kernel, by_trial, by_two_roads

NETWORKS = tuple(normalised(net, "theorem 6") for net in tried_networks("theorem 6", DEEP_SHAPES, count=30))


NAMES = (n, W, b, theta, m, x, u, z, v, A, C, D, power, paths)  # L = m + 2; A_k is alpha_{k+1} at x - u
STEP = function(j, x(j) - u(j))
FIRST = total(p, n(m + 1), theta(m + 1, p) * ABS(A(m + 1, p)))
SECOND = power(m) * paths(m) * total(q, n(1), theta(1, q) * ABS(A(1, q)))
THIRD = power(m) * paths(m) * support_size(theta, 1) * D
STATEMENT = forall(
    *NAMES,
    implies(
        are_bits(theta),
        both(masked(z, x, theta), masked(v, u, theta)),
        coefficients(A, STEP, theta),
        both(rows_of_first_weight(), columns_of_last_weight(m + 1), weights_at_most(C, m)),
        is_distance(D, x, u),
        both(powers_of(C, power), products_of_supports(theta, paths, 2)),
        both(
            distance_at_most(row_of(z, m + 2), row_of(v, m + 2), n(m + 2), FIRST),
            FIRST <= SECOND,
            SECOND <= THIRD,
        ),
    ),
)


def proof() -> Theorem:
    """Line by line; the last line of the paper's chain is the third one, multiplied out."""
    return prove_for(NAMES, STATEMENT, lines)


def lines(
    bits: Theorem,
    values: Theorem,
    alphas: Theorem,
    norms: Theorem,
    distance: Theorem,
    sequences: Theorem,
    goal: Expression,
) -> Theorem:
    """Prove the three inequalities."""
    rows, columns, weights = parts(norms)
    (_, step), (_, step_v) = map(parts, parts(values))
    first, _ = parts(alphas)
    differences = use(differences_are_coefficients(), n, W, b, theta, x, u, z, v, A, values, alphas, m)
    over_paths = use(
        sums_over_paths(), n, W, theta, m, STEP, A, C, power, paths, bits, alphas, weights, sequences
    )

    def output(p: Expression, less: Theorem, goal: Expression) -> Theorem:
        factor = W(m + 2, i, p) * theta(m + 1, p)
        return arith(goal, use(differences, p, less), multipliers=[factor], degree=1)

    vector = function(p, theta(m + 1, p) * A(m + 1, p))
    size = arith(total(p, n(m + 1), ABS(vector(p))) <= FIRST, sizes_of_active(m, bits), degree=1)
    matrix = function(i, p, W(m + 2, i, p))
    bound = use(unit_columns(), matrix, vector, n(m + 1), n(m + 2), FIRST, columns, size)

    def same_output(j: Expression, less: Theorem, _: Expression) -> Theorem:
        def term(p: Expression, less_p: Theorem, goal: Expression) -> Theorem:
            factor = W(m + 2, j, p) * theta(m + 1, p)
            return arith(goal, use(differences, p, less_p), multipliers=[factor], degree=1)

        weight = W(m + 2, j, p) * theta(m + 1, p)
        change = weight * (z(m + 1, p) - v(m + 1, p))
        equal = equal_terms(p, n(m + 1), change, weight * A(m + 1, p), term)
        value = total(p, n(m + 1), W(m + 2, j, p) * vector(p))
        facts = [use(step, m, j, less), use(step_v, m, j, less), equal]
        whole = arith(eq(value, z(m + 2, j) - v(m + 2, j)), *facts, degree=1)
        return rewrite(whole, lambda w: eq(value**2, w**2), identity(value**2, value**2))

    value = total(p, n(m + 1), W(m + 2, j, p) * vector(p))
    outputs = equal_terms(j, n(m + 2), value**2, (z(m + 2, j) - v(m + 2, j)) ** 2, same_output)
    line_one = arith(goal.args[0], bound, outputs, degree=1)
    line_two = restate(use(over_paths, m, arith(m < m + 1)), goal.args[1])

    def entry(p: Expression, less: Theorem, _: Expression) -> Theorem:
        known = use(first_layer_entries(), n, W, x, u, D, rows, distance, p, less)
        inner = total(j, n(0), W(1, p, j) * (x(j) - u(j)))
        equal = arith(eq(inner, A(1, p)), use(first, p, less), degree=1)
        return rewrite(equal, lambda w: ABS(w) <= D, known)

    entries = prove(below(p, n(1), ABS(A(1, p)) <= D), entry)
    active = active_terms(number(0), bits, entries, D)
    no_paths, more_paths = parts(parts(sequences)[1])
    powers_positive = use(powers_not_negative(power, parts(weights)[0], parts(sequences)[0]), m)
    paths_positive = use(products_not_negative(bits, no_paths, more_paths), m)
    line_three = certificate(goal.args[2], [(powers_positive, paths_positive, active)])
    return together(line_one, line_two, line_three)


def products_not_negative(bits: Theorem, no_paths: Theorem, more_paths: Theorem) -> Theorem:
    """The products of the sizes of supports are not negative."""
    return by_induction(
        lambda k: paths(k) >= 0,
        lambda goal: arith(goal, no_paths),
        lambda k, before, goal: certificate(
            goal, [(before, sum_of_bits(k + 1, bits)), (use(more_paths, k), -1)]
        ),
    )


def check(
    networks: Sequence[Network] = NETWORKS, less: int = 2, statement: Expression = STATEMENT
) -> Finding:
    """Prove it; and decide the lines for differences x_1 - x_2 of points of cells, roots by squares."""
    tight = 0

    def failure(network: Network) -> Failure | None:
        nonlocal tight
        factor = largest_weight(network, 2, network.depth - 1) ** (network.depth - less)
        for region in regions(network):
            theta, shape = region.configuration.layers, region.geometry
            inner = inner_point(region)
            points = [inner, *shape.vertices, [v + 1 for v in inner]]
            for one, two in combinations(points, 2):
                step = minus(one, two)
                tight += not lines_hold(network, theta, step, factor * Fraction(99, 100))
                if not lines_hold(network, theta, step, factor):
                    return f"cell of {text(theta)}, x_1 - x_2 = {written(step)}"
        return None

    trial = by_trial(
        networks, failure, "rows of W_1 and columns of W_L of Euclidean norm at most 1 (C17); L > 3"
    )
    tried = replace(trial, evidence=(*trial.evidence, f"for {tight} steps 99/100 of C^(L-2) does not do"))
    return by_two_roads(by_kernel(statement, proof), tried)


def lines_hold(
    network: Network, theta: tuple[tuple[int, ...], ...], step: Sequence[Fraction], factor: Fraction
) -> bool:
    """Decide ||M(x_1) - M(x_2)|| <= sum |alpha| <= sum C^(L-2) |w_1.step| <= C^(L-2) prod |spt| ||step||."""
    before_last = linear_part(Network(network.layers[:-1]), theta[:-1])
    alphas = [bit * alpha for bit, alpha in zip(theta[-1], apply(before_last, step), strict=True)]
    output = squared_norm(apply(network.layers[-1].weight, alphas))
    first = sum(map(abs, alphas))
    later = prod(sum(bits) for bits in theta[1:])
    active = [abs(dot(row, step)) for row, bit in zip(network.layers[0].weight, theta[0], strict=True) if bit]
    second = factor * later * sum(active, Fraction(0))
    third = (factor * later * len(active)) ** 2 * squared_norm(step)
    return output <= first**2 and first <= second and second**2 <= third


CLAIM = PaperClaim(
    id="heinecke-hwang/theorem-6-proof",
    title="Theorem 6 (i), proof: the chain of inequalities",
    sentence=r"""Proof. Under the assumptions of (i), for $\mathbf{x}_1, \mathbf{x}_2 \in
    \mathbb{R}^{\theta}$ we get [...] \leq \sum_{i_{L-1} \in \text{spt } \theta_{L-1}} |\alpha_{L,
    i_{L-1}}(\mathbf{x}_{1} - \mathbf{x}_{2})|""",
    source="Theorem 6, proof",
    reading="""The four lines that follow: ||M(x_1) - M(x_2)|| <= sum |alpha(x_1 - x_2)| <= sum over
    paths of C^(L-2) |w_{1,i_1:} (x_1 - x_2)| <= sum over paths of C^(L-2) ||x_1 - x_2|| <= the bound.
    alpha is linear, so the lines are decided for differences.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
