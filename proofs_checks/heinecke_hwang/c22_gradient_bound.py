"""C22. (14) is false with the C and N of Theorem 6."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import (
    Bits,
    apply,
    bound_factor,
    configurations,
    diagonal,
    has_unit_ends,
    in_half_open_cell,
    largest_weight,
    norm_at_most,
    squared_norm,
    text,
    times,
    transposed,
    written,
)
from ..kernel.arithmetic import axiom, identity
from ..kernel.polynomials import canonical
from ..kernel.rules import Theorem, part, restate, same, together
from ..proving.cases import by_cases, finitely_many
from ..proving.certificates import arith
from ..proving.existence import powers_exist
from ..proving.gradients import chain_bound, g, gradient_chain, weights_after, widths_from
from ..proving.tactics import parts, prove, use, with_witness
from ..statements.bounds import N, power, powers_of
from ..statements.expressions import (
    FALSE,
    Expression,
    both,
    eq,
    forall,
    function,
    implies,
    negation,
    number,
    table,
    total,
)
from ..statements.functions import ABS
from ..statements.networks import C, W, are_bits, below, h, i, j, k, n, r, theta
from ..tried_networks import DEEP_SHAPES, tried_networks
from ..verdicts import Failure, by_counterexample, by_kernel, by_trial, by_two_roads, with_correction
from . import c27_norm_and_largest_entry

# W_1 = W_4 = 1 are normalised, W_2 = W_3 = 1/2; loss L(y) = y; k = 3; at x = 1 every theta_k is 1.
NETWORK = Network.from_rationals(
    [([[1]], None), ([["1/2"]], None), ([["1/2"]], None), ([[1]], None)], name="weights 1, 1/2, 1/2, 1"
)
K, X, THETA = 3, (1,), ((1,), (1,), (1,))
# A second one, at the same x: W_4 is a column of nine ones. Here N must go over N_4 = 9 too.
NINE = Network.from_rationals([([[1]], None)] * 3 + [([[1]] * 9, None)], name="nine outputs")
# All weights 3 and all widths 3: here CN = 9 is attained, so that nothing less serves.
THREES = Network.from_rationals([([[3] * 3] * 3, None)] * 4, name="weights and widths 3")
NETWORKS = (NETWORK, NINE, THREES, *tried_networks("C22", DEEP_SHAPES, count=24))


def chain(network: Network, theta: Bits, k: int) -> list[list[Fraction]]:
    """(13) without the last factor: diag(theta_k) W_{k+1}^T diag(theta_{k+1}) ... W_L^T."""
    product = [list(row) for row in diagonal(theta[k - 1])]
    for l in range(k + 1, network.depth + 1):
        product = times(product, transposed(network.layers[l - 1].weight))
        product = times(product, diagonal(theta[l - 1])) if l < network.depth else product
    return product


def corrected_factor(network: Network, k: int) -> Fraction:
    """NC with C over W_{k+1}, ..., W_L and N over N_k, ..., N_L."""
    return largest_weight(network, k + 1, network.depth) * max(network.widths[k:])


size_squared = total(i, n(k + 1), g(k + 1, i) ** 2)  # ||dL/dy_{k+1}||^2
LAST = total(i, n(h + 1), g(h + 1, i) ** 2)  # ||dL/dy_L||^2, L = h + 1
bounded_by_last = forall(r, k, implies(eq(k + r, h), size_squared <= power(r) ** 2 * LAST))
# With C over W_2, ..., W_{L-1} and N over N_1, ..., N_{L-1}, the ends normalised, and L > 3.
INNER_WEIGHTS = both(
    C >= 0, below(k, h, implies(k >= 1, below(i, n(k + 1), below(j, n(k), ABS(W(k + 1, i, j)) <= C))))
)
ENDS = both(
    below(i, n(1), eq(total(j, n(0), W(1, i, j) ** 2), 1)),
    below(j, n(h), eq(total(i, n(h + 1), W(h + 1, i, j) ** 2), 1)),
)
STATEMENT = forall(
    *(n, W, theta, h, g, C, N, power),
    implies(
        both(h >= 3, ENDS, are_bits(theta), gradient_chain(g, theta, h)),
        INNER_WEIGHTS,
        below(k, h, n(k + 1) <= N),
        powers_of(C * N, power),
        bounded_by_last,
    ),
)
# For dL/dy_{k+1}: C over W_{k+2}, ..., W_L, N over N_{k+1}, ..., N_L, all that the chain uses.
SIZES = (weights_after(C, k + 1, h + 1), widths_from(N, k + 1, h + 1))
CORRECTED = forall(
    *(n, W, theta, h, g, C, N, power),
    implies(
        are_bits(theta),
        gradient_chain(g, theta, h),
        powers_of(C * N, power),
        forall(r, k, implies(eq(k + r, h), *SIZES, size_squared <= power(r) ** 2 * LAST)),
    ),
)


def denial() -> Theorem:
    """Weights 1, 1/2, 1/2, 1, all bits 1: dL/dy_3 = dL/dy_4 = 1, and CN = 1/2."""
    half, ones = number(Fraction(1, 2)), function(i, number(1))
    weights = table({(1, 0, 0): 1, (2, 0, 0): Fraction(1, 2), (3, 0, 0): Fraction(1, 2), (4, 0, 0): 1})
    values = table({(1, 0): Fraction(1, 4), (2, 0): Fraction(1, 2), (3, 0): 1, (4, 0): 1})
    bits = function(i, j, number(1))

    def build(claim: Theorem, _: Expression) -> Theorem:
        def with_powers(power: Expression, equations: Theorem) -> Theorem:
            here = use(claim, ones, weights, bits, 3, values, half, 1, power)
            while here.conclusion.op == "implies":
                wanted = here.conclusion.args[0]
                here = use(here, equations if same(wanted, equations.conclusion) else concrete(wanted))
            zeroth, following = parts(equations)
            first = arith(eq(power(1), half), use(following, 0), zeroth)
            third = use(here, 1, 2, identity(2 + number(1), 3))
            return arith(FALSE, third, first, multipliers=[power(1), half], degree=1)

        return with_witness(use(powers_exist(), half * 1), with_powers)

    return prove(negation(STATEMENT), build)


def concrete(formula: Expression) -> Theorem:
    """Prove a formula on the network of the denial."""
    if formula.op == "and":
        return together(*map(concrete, formula.args))
    known = [
        use(part(use(axiom("abs"), number(v)), 0), arith(number(v) >= 0)) for v in (0, Fraction(1, 2), 1)
    ]
    if formula.op == "forall" and canonical(formula.args[0].args[0].args[1]).op == "number":
        return finitely_many(formula, *known)
    if formula.op == "forall":
        return prove(formula, lambda _, goal: prove(goal, lambda _, __, inner: by_cases(inner)))
    return by_cases(formula, *known)


def correction() -> Theorem:
    """From the last layer back: bits make no vector longer, and W_k^T at most CN times."""
    return restate(
        chain_bound(c27_norm_and_largest_entry.proof().called("C27: ||B|| <= sqrt(mn) max |b|")), CORRECTED
    )


def check(
    network: Network = NETWORK,
    x: Sequence[Any] = X,
    k: int = K,
    theta: Bits = THETA,
    networks: Sequence[Network] = NETWORKS,
    factor: Callable[[Network, int], Fraction] = corrected_factor,
) -> Finding:
    """Compare ||dL/dy_k|| with (NC)^(L-k) ||dL/dy_L|| at x, for the loss L(y) = sum of the y_i."""
    ones = [Fraction(1)] * network.outputs  # dL/dy_L
    gradient = apply(chain(network, theta, k), ones)
    bound = bound_factor(network) ** (network.depth - k)
    nine = squared_norm(apply(chain(NINE, THETA, K), [1] * 9))
    as_transcribed = by_counterexample(
        f"L = {network.depth}, k = {k}, theta = {text(theta)}: dL/dy_{k} = {written(gradient)}, dL/dy_L = "
        f"{written(ones)}",
        f"NC = {bound_factor(network)} with C over W_2, ..., W_{network.depth - 1} and N over N_1, ..., "
        f"N_{network.depth - 1}: the factor of (14) is (NC)^{network.depth - k} = {bound}",
        f"nine outputs, k = {K}, L(y) = y_1 + ... + y_9: ||dL/dy_{K}||^2 = {nine}, ||dL/dy_4||^2 = "
        f"{squared_norm([1] * 9)}, and NC = {largest_weight(NINE, 2, 4) * max(NINE.hidden_widths)} with C "
        "over W_4 too, but N without N_4",
        holds=squared_norm(gradient) <= bound**2 * squared_norm(ones),
        hypotheses={
            "L > 3": network.depth > 3,
            "rows of W_1 and columns of W_L have norm 1": has_unit_ends(network),
            f"x lies in R^{text(theta)}": in_half_open_cell(network, theta, x),
            "x lies in this cell of the second network": in_half_open_cell(NINE, THETA, x),
        },
        networks=[network, NINE],
        points=[("x", x)],
        cells=[theta],
        loss="L(y) = y_1 + ... + y_{N_L}, so dL/dy_L = (1, ..., 1) everywhere and beta = 0",
    )

    tight = 0

    def failure(net: Network) -> Failure | None:
        nonlocal tight
        tight += failure_of_14(net, lambda *given: factor(*given) * Fraction(99, 100)) is not None
        return failure_of_14(net, factor)

    trial = by_trial(networks, failure, "for all losses, k and cells")
    tried = replace(trial, evidence=(*trial.evidence, f"on {tight} networks 99/100 of NC does not do"))

    return with_correction(
        by_two_roads(by_kernel(STATEMENT, denial, refutes=True), as_transcribed, refutes=True),
        "(14) with C over W_{k+1}, ..., W_L and N over N_k, ..., N_L",
        by_two_roads(by_kernel(CORRECTED, correction), tried),
    )


def failure_of_14(network: Network, factor: Callable[[Network, int], Fraction]) -> Failure | None:
    """Return a k and a cell where (14) fails for some loss: ||(13)|| > factor^(L-k)."""
    for cell in configurations(network):
        for layer in range(1, network.depth):
            if not norm_at_most(
                chain(network, cell, layer), factor(network, layer) ** (2 * (network.depth - layer))
            ):
                return f"(14) fails for k = {layer} on the cell of {text(cell)}"
    return None


CLAIM = PaperClaim(
    id="heinecke-hwang/C22",
    title="(14): the gradient at layer k is at most (NC)^(L-k) times that at L",
    sentence=r"""the maximum magnitude entry of $\partial \mathcal{L}^{\theta}/\partial \mathbf{y}_k$ is
    bounded by [...] \leq (NC)^{L-k} \|\nabla_{\mathbf{y}_L} \mathcal{L}^{\theta}\|.""",
    source="Section 3.2, (14)",
    reading="""With C the largest weight of W_2, ..., W_{L-1} and N = max(N_1, ..., N_{L-1}) as in
    Theorem 6, the Euclidean norm of dL/dy_k is at most (NC)^(L-k) times that of dL/dy_L.""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.PROVED,
)
