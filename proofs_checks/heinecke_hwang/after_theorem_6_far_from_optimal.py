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
from ..kernel.arithmetic import axiom, square
from ..kernel.polynomials import canonical
from ..kernel.rules import Theorem, part, restate, together, witness
from ..proving.certificates import arith
from ..proving.existence import powers_exist
from ..proving.tactics import below as below_number
from ..proving.tactics import parts, prove, prove_for, rewrite, split, use, with_witness
from ..statements.bounds import D, N, is_distance, power, powers_of, weights_at_most
from ..statements.expressions import (
    FALSE,
    REAL,
    Expression,
    both,
    eq,
    exists,
    forall,
    function,
    implies,
    negation,
    number,
    open_binder,
    substitute,
    table,
    total,
    variable,
)
from ..statements.functions import ABS, RELU
from ..statements.networks import C, W, b, below, i, j, k, m, n, pre_activations, u, v, x, y
from ..verdicts import Failure, by_counterexample, by_kernel, by_trial, by_two_roads, with_correction


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


NAMES = (n, W, b, m, x, u, y, v, C, N, D, power)  # L = m + 2 > 3; D = ||x - u||
NORMALISED = both(
    below(i, n(1), eq(total(j, n(0), W(1, i, j) ** 2), 1)),
    below(j, n(m + 1), eq(total(i, n(m + 2), W(m + 2, i, j) ** 2), 1)),
)
LARGEST_WEIGHT = both(
    weights_at_most(C, m),
    exists(k, i, j, both(k < m, i < n(k + 2), j < n(k + 1), eq(ABS(W(k + 2, i, j)), C))),
)
LARGEST_WIDTH = both(below(k, m + 1, n(k + 1) <= N), exists(k, both(k < m + 1, eq(n(k + 1), N))))
STATEMENT = forall(
    *NAMES,
    implies(
        m >= 2,
        both(NORMALISED, LARGEST_WEIGHT, LARGEST_WIDTH, powers_of(C * N, power)),
        both(pre_activations(y, x), pre_activations(v, u)),
        both(is_distance(D, x, u), D > 0),
        total(i, n(m + 2), (y(m + 2, i) - v(m + 2, i)) ** 2) < (power(m) * N * D) ** 2,
    ),
)
K, TWO = variable("K", REAL), number(2)
FAR = both(
    substitute(NORMALISED, m, TWO), substitute(LARGEST_WEIGHT, m, TWO), substitute(LARGEST_WIDTH, m, TWO)
)
CONSTANT = forall(
    x, u, y, v, implies(pre_activations(y, x), pre_activations(v, u), below(i, n(4), eq(y(4, i), v(4, i))))
)
CHARITABLE = forall(
    K, exists(n, W, b, C, N, power, both(FAR, powers_of(C * N, power), power(2) * N >= K, CONSTANT))
)


def denial() -> Theorem:
    """All widths and weights 1, no biases, L = 4, x = 1 and u = 0: the network is x -> relu(x)."""

    def build(claim: Theorem, _: Expression) -> Theorem:
        ones, zeros = function(i, number(1)), function(i, number(0))
        weights, no_bias = function(i, j, k, number(1)), function(i, j, number(0))
        values = function(i, j, number(1))
        here = use(claim, ones, weights, no_bias, 2, ones, zeros, values, no_bias, 1, 1, 1, ones)
        premises = []
        body = here.conclusion
        while body.op == "implies" and body.args[1] != FALSE:
            premises.append(concrete(body.args[0]))
            body = body.args[1]
        return arith(FALSE, use(here, *premises))

    return prove(negation(STATEMENT), build)


def charitable() -> Theorem:
    """Widths 1, W_1 = W_4 = 1, W_2 = C and W_3 = 0 with C = K^2 + 1: M is constant, and C^2 >= K."""
    large = K**2 + 1
    first, second = table({(1,): 1, (4,): 1}), table({(2,): 1})
    weights = function(k, i, j, first(k) + large * second(k))
    ones, no_bias = function(i, number(1)), function(i, j, number(0))

    def build(goal: Expression) -> Theorem:
        exist = use(powers_exist(), large * 1)

        def with_powers(power: Expression, equations: Theorem) -> Theorem:
            values = (ones, weights, no_bias, large, 1, power)
            wanted = goal
            for value in values:
                wanted = open_binder(wanted, value if isinstance(value, Expression) else number(value))
            far, _, big, constant = wanted.args
            zeroth, following = parts(equations)
            one = arith(eq(power(1), large), use(following, 0), zeroth, multipliers=[large], degree=1)
            two = arith(eq(power(2), large**2), use(following, 1), one, multipliers=[large], degree=1)
            return witness(
                together(
                    with_large(far),
                    equations,
                    arith(big, two, square(K - 1), square(K), square(K**2)),
                    prove_for((x, u, y, v), constant, constant_values),
                ),
                goal,
                *values,
            )

        return with_witness(exist, with_powers)

    return prove_for((K,), CHARITABLE, build)


def with_large(formula: Expression) -> Theorem:
    """Prove what is claimed of the widths and weights."""
    if formula.op == "and":
        return together(*map(with_large, formula.args))
    if formula.op == "exists":
        return witness(with_large(open_binder(formula, number(0))), formula, 0)
    if formula.op == "forall":
        return prove(formula, _at_each)
    large = K**2 + 1
    known = [
        use(part(use(axiom("abs"), value), 0), arith(value >= 0, square(K))) for value in (number(0), large)
    ]
    return arith(formula, *known, square(K), degree=1)


def _at_each(index: Expression, goal: Expression) -> Theorem:
    """Prove a formula for an index below a number: for each in turn."""
    bound = goal.args[0].args[1]
    size = int(canonical(bound).data)

    def build(less: Theorem, inner: Expression) -> Theorem:
        values = below_number(index, size, restate(less, index < size))

        def at(equal: Theorem) -> Theorem:
            value = equal.conclusion.args[1]
            turned = arith(eq(value, index), equal)
            return rewrite(
                turned, lambda w: substitute(inner, index, w), with_large(substitute(inner, index, value))
            )

        return split(values, *[at] * size) if size > 1 else at(values)

    return prove(goal, build)


def constant_values(of_x: Theorem, of_u: Theorem, i: Expression, small: Theorem, goal: Expression) -> Theorem:
    """Both outputs are relu(0) = 0, as W_3 = 0."""
    results = []
    at_zero = use(part(use(axiom("relu"), number(0)), 0), arith(number(0) >= 0))
    for values, known in ((y, of_x), (v, of_u)):
        _, step = parts(known)
        third = use(step, 1, 0, arith(number(0) < 1))
        zero = arith(eq(0, values(3, 0)), third, degree=1)
        inner = rewrite(zero, lambda w: eq(RELU(w), 0), at_zero)
        results.append(arith(eq(values(4, i), 0), use(step, 2, i, small), inner, degree=1))
    return arith(goal, *results)


def concrete(formula: Expression) -> Theorem:
    """Prove a formula on the network of ones."""
    if formula.op == "and":
        return together(*map(concrete, formula.args))
    if formula.op == "forall":
        return prove(formula, lambda _, goal: concrete(goal))
    if formula.op == "implies":
        return prove(formula, lambda _, goal: concrete(goal))
    if formula.op == "exists":
        return witness(concrete(open_binder(formula, number(0))), formula, 0)
    facts = [
        use(part(use(axiom(name), value), side), arith(sign))
        for value in (number(0), number(1))
        for name, side, sign in (("relu", 0, value >= 0), ("abs", 0, value >= 0))
    ]
    return arith(formula, *facts, degree=1)


def check(
    network: Network = NETWORK,
    x: Sequence[Any] = X,
    z: Sequence[Any] = Z,
    theta: Bits = THETA,
    networks: Sequence[Network] = NETWORKS,
    bound_of: Callable[[Network], Fraction] = bound,
    statements: tuple[Expression, Expression] = (STATEMENT, CHARITABLE),
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

    attained = by_trial(networks, failure, "attained for C = 1/3, 1, 2, N = 1, 2, 3 and L = 4, 5, 6")
    return with_correction(
        by_two_roads(by_kernel(statements[0], denial, refutes=True), as_transcribed, refutes=True),
        "read charitably, the bound may be as much too large as one likes: for each K a constant network of "
        "Theorem 6 (i) has a bound of at least K. As a function of C, N and L alone it is best possible",
        by_two_roads(by_kernel(statements[1], charitable), attained),
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/after-theorem-6-optimality",
    title="the global bound is far from optimal",
    sentence=r"""It is clear that the global Lipschitz bound $(CN)^{L-2}N$ derived for \mathcal{M}_L via
    the above crude estimate from its affine linear pieces is far from being optimal.""",
    source="Section 3.2, after the proof of Theorem 6",
    reading="""Literally: every network of Theorem 6 (i) has a Lipschitz constant that is less than (CN)^(L-2)
    N. Charitably (the corrected form): for some networks the bound is too large, by any factor.""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.PROVED,
)
