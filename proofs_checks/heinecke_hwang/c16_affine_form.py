"""C16. (12): the affine map of a cell, its coefficients alpha and its bias b.

The proof is an induction on L, for all widths at once; a sum over spt theta_k is one with the
factor theta_{k,i}. The second road evaluates the displays on networks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import (
    Bits,
    apply,
    configurations,
    linear_part,
    sample_points,
    text,
    values_along,
    written,
)
from ..kernel.rules import Theorem, together, witness
from ..proving.certificates import arith
from ..proving.decompositions import equal_terms, values_by_coefficients
from ..proving.tactics import by_induction, parts, prove, prove_for, use
from ..statements.decompositions import A, G, T, bias_terms, coefficients, path_sums
from ..statements.expressions import (
    NATURAL,
    REAL,
    Expression,
    both,
    eq,
    exists,
    forall,
    function,
    implies,
    open_binder,
    total,
    variable,
)
from ..statements.networks import W, b, below, i, j, k, m, masked, n, p, q, r, theta, x, z
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_kernel, by_trial, by_two_roads

SHAPES = ((2, 3, 2), (2, 3, 2, 2), (1, 2, 3, 2, 1), (1, 2, 2, 2, 2, 1), (1, *[2] * 7, 1))
NETWORKS = tuple(tried_networks("C16", SHAPES, count=30))


def with_bits(bits: Sequence[int], vector: Sequence[Fraction]) -> list[Fraction]:
    """diag(theta) y."""
    return [bit * entry for bit, entry in zip(bits, vector, strict=True)]


def alphas(network: Network, bits: Bits, point: Sequence[Fraction]) -> list[Fraction]:
    """alpha_{L,i}(x): the rows of W_{L-1} diag(theta_{L-2}) W_{L-2} ... diag(theta_1) W_1, times x."""
    return apply(linear_part(Network(network.layers[:-1]), bits[:-1]), point)


def bias(network: Network, bits: Bits) -> list[Fraction]:
    """The bias b = sum over j < L of W_L diag(theta_{L-1}) ... W_{j+1} diag(theta_j) b_j, plus b_L."""
    result = list(network.layers[-1].bias)
    for first in range(network.depth - 1):
        term = list(network.layers[first].bias)
        for layer in range(first + 1, network.depth):
            term = apply(network.layers[layer].weight, with_bits(bits[layer - 1], term))
        result = [one + two for one, two in zip(result, term, strict=True)]
    return result


e = variable("e", REAL, NATURAL)
NAMES = (n, W, b, theta, x, z, A, G, T)
BIAS = total(k, m + 2, G(m + 2, k + 1, i))  # the terms of b_1, ..., b_L with L = m + 2
TWELVE = total(p, n(m + 1), A(m + 1, p) * theta(m + 1, p) * W(m + 2, i, p)) + BIAS
ALPHA = total(q, n(1), theta(1, q) * T(m + 2, p, q) * total(j, n(0), W(1, q, j) * x(j)))
IN_SPAN = exists(
    e, below(i, n(m + 2), eq(z(m + 2, i) - BIAS, total(p, n(m + 1), theta(m + 1, p) * e(p) * W(m + 2, i, p))))
)
STATEMENT = forall(
    *NAMES,
    implies(
        masked(z, x, theta),
        coefficients(A, x, theta),
        bias_terms(G, theta),
        path_sums(T, theta),
        both(
            forall(m, below(i, n(m + 2), eq(z(m + 2, i), TWELVE))),
            forall(m, below(p, n(m + 2), eq(A(m + 2, p), ALPHA))),
            forall(m, IN_SPAN),
        ),
    ),
)


def proof() -> Theorem:
    """By induction z_k = A_k + biases, and A_k is a sum over paths; one more layer makes it (12)."""

    def build(values: Theorem, alphas_: Theorem, biases: Theorem, sums: Theorem, goal: Expression) -> Theorem:
        before = use(values_by_coefficients(), n, W, b, theta, x, z, A, G, values, alphas_, biases)
        _, step = parts(alphas_)

        def twelve(m: Expression, i: Expression, small: Theorem, goal: Expression) -> Theorem:
            return arith(goal, use(before, m + 1, i, small), use(step, m, i, small), degree=1)

        first = prove(goal.args[0], twelve)

        def span(m: Expression, goal: Expression) -> Theorem:
            def build(i: Expression, small: Theorem, goal: Expression) -> Theorem:
                return arith(goal, use(first, m, i, small), degree=1)

            numbers = function(p, A(m + 1, p))
            return witness(prove(open_binder(goal, numbers), build), goal, numbers)

        return together(first, _alphas_by_paths(alphas_, sums, goal.args[1]), prove(goal.args[2], span))

    return prove_for(NAMES, STATEMENT, build)


def _alphas_by_paths(alphas_: Theorem, sums: Theorem, goal: Expression) -> Theorem:
    first, later = parts(alphas_)
    first_sum, later_sum = parts(sums)

    def claim(m: Expression) -> Expression:
        return below(p, n(m + 2), eq(A(m + 2, p), total(q, n(1), theta(1, q) * T(m + 2, p, q) * A(1, q))))

    def base(goal: Expression) -> Theorem:
        def build(p: Expression, small: Theorem, goal: Expression) -> Theorem:
            def term(q: Expression, less: Theorem, goal: Expression) -> Theorem:
                factor = theta(1, q) * A(1, q)
                return arith(goal, use(first_sum, p, small, q, less), multipliers=[factor], degree=1)

            one, two = W(2, p, q) * theta(1, q) * A(1, q), theta(1, q) * T(2, p, q) * A(1, q)
            return arith(goal, use(later, 0, p, small), equal_terms(q, n(1), one, two, term), degree=1)

        return prove(goal, build)

    def next_layer(m: Expression, before: Theorem, goal: Expression) -> Theorem:
        def build(p: Expression, small: Theorem, goal: Expression) -> Theorem:
            def inner(r: Expression, less: Theorem, goal: Expression) -> Theorem:
                factor = W(m + 3, p, r) * theta(m + 2, r)
                return arith(goal, use(before, r, less), multipliers=[factor], degree=1)

            def outer(q: Expression, less: Theorem, goal: Expression) -> Theorem:
                factor = theta(1, q) * A(1, q)
                return arith(goal, use(later_sum, m, p, small, q, less), multipliers=[factor], degree=1)

            weight = W(m + 3, p, r) * theta(m + 2, r)
            by_paths = total(q, n(1), theta(1, q) * T(m + 2, r, q) * A(1, q))
            unfolded = equal_terms(r, n(m + 2), weight * A(m + 2, r), weight * by_paths, inner)
            longer = total(r, n(m + 2), theta(m + 2, r) * W(m + 3, p, r) * T(m + 2, r, q))
            folded = equal_terms(
                q, n(1), theta(1, q) * longer * A(1, q), theta(1, q) * T(m + 3, p, q) * A(1, q), outer
            )
            return arith(goal, use(later, m + 1, p, small), unfolded, folded, degree=1)

        return prove(goal, build)

    found = by_induction(claim, base, next_layer)

    def conclude(m: Expression, p: Expression, small: Theorem, goal: Expression) -> Theorem:
        def term(q: Expression, less: Theorem, goal: Expression) -> Theorem:
            factor = theta(1, q) * T(m + 2, p, q)
            return arith(goal, use(first, q, less), multipliers=[factor], degree=1)

        factor = theta(1, q) * T(m + 2, p, q)
        image = total(j, n(0), W(1, q, j) * x(j))
        equal = equal_terms(q, n(1), factor * A(1, q), factor * image, term)
        return arith(goal, use(found, m, p, small), equal, degree=1)

    return prove(goal, conclude)


def check(
    networks: Sequence[Network] = NETWORKS,
    alpha_of: Callable[[Network, Bits, Sequence[Fraction]], list[Fraction]] = alphas,
    bias_of: Callable[[Network, Bits], list[Fraction]] = bias,
    statement: Expression = STATEMENT,
) -> Finding:
    """Prove it; and compare M_L diag(theta_{L-1}) M_{L-1} ... diag(theta_1) M_1 x with (12)."""

    def failure(network: Network) -> Failure | None:
        ones = tuple((1,) * width for width in network.hidden_widths)
        points = sample_points(network)[:4] if network.depth < 6 else [(Fraction(1, 3),) * network.inputs]
        for bits in (ones, *(configurations(network)[:6] if network.depth < 6 else ())):
            constant = bias_of(network, bits)
            for point in points:
                weighted = with_bits(bits[-1], alpha_of(network, bits, point))
                found = apply(network.layers[-1].weight, weighted)
                twelve = [one + two for one, two in zip(found, constant, strict=True)]
                if tuple(twelve) != tuple(values_along(network, bits, point)[-1]):
                    return f"L = {network.depth}, theta = {text(bits)}, x = {written(point)}: (12) differs"
        return None

    depths = ", ".join(map(str, sorted({network.depth for network in networks})))
    tried = by_trial(networks, failure, f"L = {depths}: alpha and b as displayed")
    return by_two_roads(by_kernel(statement, proof), tried)


CLAIM = PaperClaim(
    id="heinecke-hwang/C16",
    title="(12): affine map, coefficients alpha, bias b and span of the image",
    sentence=r"""\sum_{i_{L-1} \in \operatorname{spt} \theta_{L-1}} \alpha_{L, i_{L-1}}(\mathbf{x})
    \mathbf{w}_{L, i_{L-1}} + \mathbf{b}, [...] (12) [...] In particular, the affine transform
    \mathcal{M}_L^{θ} maps its domain R^{θ} into [...] \mathrm{span}\{\mathbf{w}_{L,i_{L-1}}\colon
    i_{L-1}\in\mathrm{spt}\,\theta_{L-1}\}+\mathbf{b}.""",
    source="Section 3.2, (12) and the displays after it",
    reading="""M_L^theta x equals the sum over i in spt theta_{L-1} of alpha_{L,i}(x) w_{L,:i}, plus b,
    with alpha and b as displayed, for all weights, biases, theta and x.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
