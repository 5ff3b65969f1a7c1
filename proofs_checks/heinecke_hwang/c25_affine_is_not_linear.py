"""C25. M_L^theta is affine: it does not map a difference to the difference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import (
    Bits,
    Matrix,
    apply,
    in_half_open_cell,
    inner_point,
    linear_part,
    minus,
    squared_norm,
    text,
    values_along,
    written,
)
from ..kernel.rules import Theorem
from ..proving.certificates import arith
from ..proving.chain import differences_are_coefficients
from ..proving.decompositions import coefficients_by_linear_part
from ..proving.refutations import Values, conclusion_of, denied, known_values, with_masked_values
from ..proving.tactics import impossible, prove, prove_for, use
from ..proving.witnesses import MaskedWitness, constant_bits, point
from ..statements.decompositions import A, V, coefficients, linear_parts
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
from ..statements.networks import W, are_bits, b, below, h, i, j, k, masked, n, theta, u, v, x, z
from ..statements.networks import in_half_open_cell as in_cell
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_counterexample, by_kernel, by_trial, by_two_roads, with_correction

# relu(x) - 1 on its cell {x > 0}, at x = 2 and x' = 1.
NETWORK = Network.from_rationals([([[1]], [0]), ([[1]], [-1])], name="relu(x) - 1")
X, Z, THETA = (2,), (1,), ((1,),)
NETWORKS = (NETWORK, *tried_networks("C25", count=24))


AT_DIFFERENCE = function(j, x(j) - u(j))
d = variable("d", REAL, NATURAL, NATURAL)
# For x, x' in one half-open cell of a network with L = h + 1 layers: ||y_L - y_L'|| = ||M_L^theta(x - x')||.
STATEMENT = forall(
    *(n, W, b, theta, h, x, u, z, v, d),
    implies(
        both(are_bits(theta), masked(z, x, theta), masked(v, u, theta), masked(d, AT_DIFFERENCE, theta)),
        both(in_cell(theta, z, h), in_cell(theta, v, h)),
        eq(total(i, n(h + 1), (z(h + 1, i) - v(h + 1, i)) ** 2), total(i, n(h + 1), d(h + 1, i) ** 2)),
    ),
)
# Corrected: the difference is V_L (x - x'), V_L the linear part; A_k are V_k (x - x').
LINEAR = total(j, n(0), V(k + 1, i, j) * (x(j) - u(j)))
CORRECTED = forall(
    *(n, W, b, theta, x, u, z, v, V, A),
    implies(
        both(masked(z, x, theta), masked(v, u, theta)),
        linear_parts(V, theta),
        coefficients(A, AT_DIFFERENCE, theta),
        forall(k, below(i, n(k + 1), eq(z(k + 1, i) - v(k + 1, i), LINEAR))),
    ),
)


def denial() -> Theorem:
    """On relu(x) - 1 at 2 and 1: (1 - 0)^2 = 1, and M^theta(1)^2 = 0."""
    network = MaskedWitness(NETWORK)
    theta, bits = constant_bits(THETA[0][0])
    here, there = point(X), point(Z)
    places = (here, there, function(j, here(j) - there(j)))

    def build(claim: Theorem) -> Theorem:
        def with_values(values: Values) -> Theorem:
            known = known_values(network, THETA, values, (X, Z, minus(X, Z)))
            names, given = zip(*values, strict=True)
            here_it_says = use(claim, *network.functions, theta, len(THETA), here, there, *names)
            bits_here = use(bits, network.functions[0])
            return impossible(conclusion_of(here_it_says, bits_here, *given, *known), *known)

        return with_masked_values(network.functions, theta, places, with_values)

    return denied(STATEMENT, build)


def correction() -> Theorem:
    """z_k - v_k is A_k at x - x' (the proof of Theorem 6), and A_k is V_k at it."""

    def build(values: Theorem, matrices: Theorem, alphas: Theorem, goal: Expression) -> Theorem:
        differences = use(differences_are_coefficients(), n, W, b, theta, x, u, z, v, A, values, alphas)
        images = use(coefficients_by_linear_part(), n, W, theta, AT_DIFFERENCE, V, A, matrices, alphas)

        def at(k: Expression, i: Expression, small: Theorem, goal: Expression) -> Theorem:
            return arith(goal, use(differences, k, i, small), use(images, k, i, small), degree=1)

        return prove(goal, at)

    return prove_for((n, W, b, theta, x, u, z, v, V, A), CORRECTED, build)


def check(
    network: Network = NETWORK,
    x: Sequence[Any] = X,
    z: Sequence[Any] = Z,
    networks: Sequence[Network] = NETWORKS,
    linear: Callable[[Network, Bits], Matrix] = linear_part,
    corrected: Expression = CORRECTED,
    statement: Expression = STATEMENT,
) -> Finding:
    """Compare M(x) - M(x') with M(x - x'), then with the linear part of M at x - x'."""
    at_x, at_z, at_difference = (values_along(network, THETA, point)[-1] for point in (x, z, minus(x, z)))
    difference = minus(at_x, at_z)
    as_transcribed = by_counterexample(
        f"M^theta(x) - M^theta(x') = {written(at_x)} - {written(at_z)} = {written(difference)}",
        f"M^theta(x - x') = M^theta({written(minus(x, z))}) = {written(at_difference)}",
        holds=squared_norm(difference) == squared_norm(at_difference),
        hypotheses={
            f"x lies in R^{text(THETA)}": in_half_open_cell(network, THETA, x),
            f"x' lies in R^{text(THETA)}": in_half_open_cell(network, THETA, z),
        },
        networks=[network],
        points=[("x", x), ("x'", z)],
        cells=[THETA],
    )

    def failure(net: Network) -> Failure | None:
        for region in regions(net):
            theta, one = region.configuration.layers, inner_point(region)
            for two in region.geometry.vertices:
                found = apply(linear(net, theta), minus(one, two))
                if minus(net(one), net(two)) != found:
                    return f"x = {written(one)}, x' = {written(two)} on the cell of {text(theta)}: {found}"
        return None

    return with_correction(
        by_two_roads(by_kernel(statement, denial, refutes=True), as_transcribed, refutes=True),
        "y_L - y_L' is the linear part of M_L^theta at x - x'",
        by_two_roads(
            by_kernel(corrected, correction),
            by_trial(networks, failure, "for the inner point and every vertex of every cell"),
        ),
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/C25",
    title="the output difference is M_L^theta of the input difference",
    sentence=r"""Following [\(15\)](#page-9-2), we have [...] \leq \beta_{\theta}(NC)^{L-k}
    \|\mathcal{M}_L^{\theta}(\mathbf{x} - \mathbf{x}')\|""",
    source="Section 3.2, the display after (15)",
    reading="||y_L - y_L'|| = ||M_L^theta(x - x')|| with M_L^theta of (10), which has the biases.",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.PROVED,
)
