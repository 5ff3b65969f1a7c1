"""C26. The bounds beta (NC)^(2L-k) and beta (NC)^(2L) are false with the C and N of Theorem 6."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import (
    Bits,
    Matrix,
    apply,
    bound_factor,
    configurations,
    has_unit_ends,
    in_half_open_cell,
    largest_weight,
    linear_part,
    minus,
    norm_at_most,
    squared_norm,
    text,
    times,
    transposed,
    values_along,
)
from ..kernel.arithmetic import certificate, identity, natural, square
from ..kernel.rules import Theorem, part, restate, together
from ..proving.cell_bounds import spectral_bound
from ..proving.certificates import arith
from ..proving.gradients import (
    all_weights_at_most,
    all_widths_at_most,
    gradient_chain,
    norms_of_weights,
    sizes_after,
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
from ..proving.tactics import parts, prove, prove_for, rewrite, split, use
from ..proving.witnesses import MaskedWitness, constant_bits, point
from ..statements.bounds import N, norms_at_most, power, powers_of
from ..statements.expressions import (
    FALSE,
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
from ..statements.networks import C, W, are_bits, b, below, h, i, j, k, masked, n, r, theta, u, v, x, z
from ..statements.networks import in_half_open_cell as in_cell
from ..tried_networks import DEEP_SHAPES, tried_networks
from ..verdicts import Failure, by_counterexample, by_kernel, by_trial, by_two_roads, with_correction
from . import c23_gradient_differences, c27_norm_and_largest_entry
from .c22_gradient_bound import ENDS, INNER_WEIGHTS, chain

# W_1 = W_4 = 1 are normalised. Loss L(y) = |y|^2 / 2, so dL/dy_L = y_L and beta = 1; theta = 1 at x and x'.
NETWORK = Network.from_rationals(
    [([[1]], None), ([["1/2"]], None), ([["1/2"]], None), ([[1]], None)], name="weights 1, 1/2, 1/2, 1"
)
X, Z, THETA = (2,), (1,), ((1,), (1,), (1,))
# All weights 2 and all widths 2: here the bound is attained.
TWOS = Network.from_rationals([([[2] * 2] * 2, None)] * 4, name="weights and widths 2")
NETWORKS = (NETWORK, TWOS, *tried_networks("C26", DEEP_SHAPES, count=24))


def chain_to(network: Network, theta: Bits, k: int) -> Matrix:
    """(13) for k >= 1, and for the input (k = 0): the matrix that takes dL/dy_L to dL/dy_k or dL/dx."""
    return chain(network, theta, k) if k else transposed(linear_part(network, theta))


def corrected_factor(network: Network) -> Fraction:
    """NC with C over W_1, ..., W_L and N over N_0, ..., N_L."""
    return largest_weight(network, 1, network.depth) * max(network.widths)


g, f, beta = (
    *(variable(name, REAL, NATURAL, NATURAL) for name in ("g", "f")),
    variable("beta", REAL),
)
STEP = total(j, n(0), (x(j) - u(j)) ** 2)
difference_size = total(i, n(k + 1), (g(k + 1, i) - f(k + 1, i)) ** 2)
at_input_size = total(j, n(0), total(i, n(1), W(1, i, j) * (g(1, i) - f(1, i))) ** 2)
SMOOTH = both(
    beta >= 0,
    total(i, n(h + 1), (g(h + 1, i) - f(h + 1, i)) ** 2)
    <= beta**2 * total(i, n(h + 1), (z(h + 1, i) - v(h + 1, i)) ** 2),
)
AT_LAYER = forall(
    r, k, implies(eq(k + r, h), difference_size <= (beta * power(r) * power(h + 1)) ** 2 * STEP)
)
AT_INPUT = at_input_size <= (beta * power(h + 1) * power(h + 1)) ** 2 * STEP
NAMES = (n, W, b, theta, h, x, u, z, v, g, f, C, N, beta, power)
# C over W_1, ..., W_L and N over N_0, ..., N_L; L = h + 1, and L - k = r for layer k + 1.
CORRECTED = forall(
    *NAMES,
    implies(
        are_bits(theta),
        both(masked(z, x, theta), masked(v, u, theta)),
        both(gradient_chain(g, theta, h), gradient_chain(f, theta, h)),
        both(all_weights_at_most(C, h + 1), all_widths_at_most(N, h + 1), powers_of(C * N, power)),
        SMOOTH,
        both(AT_LAYER, AT_INPUT),
    ),
)
# C over W_2, ..., W_{L-1}, N over N_1, ..., N_{L-1}, as in Theorem 6: at least one of the two bounds.
STATEMENT = forall(
    *NAMES,
    implies(
        both(h >= 3, ENDS, are_bits(theta), gradient_chain(g, theta, h), gradient_chain(f, theta, h)),
        both(masked(z, x, theta), masked(v, u, theta), in_cell(theta, z, h), in_cell(theta, v, h)),
        both(INNER_WEIGHTS, below(k, h, n(k + 1) <= N), powers_of(C * N, power)),
        SMOOTH,
        either(AT_LAYER, AT_INPUT),
    ),
)


def denial() -> Theorem:
    """Weights 1, 1/2, 1/2, 1 at 2 and 1, loss y^2 / 2: the gradients at layer 1 and x differ by 1/16."""
    network, half = MaskedWitness(NETWORK), Fraction(1, 2)
    theta, bits = constant_bits(1)
    shares = {
        (4, 0): half**0,
        (3, 0): half**0,
        (2, 0): half,
        (1, 0): half**2,
    }
    at_x, at_u = (table({place: size * share for place, share in shares.items()}) for size in (half, half**2))

    def build(claim: Theorem) -> Theorem:
        def with_all(values: Values, power: Expression, equations: Theorem) -> Theorem:
            known = known_values(network, THETA, values, (X, Z))
            names, given = zip(*values, strict=True)
            sizes = (number(half), number(1), number(1), power)
            says = use(claim, *network.functions, theta, 3, point(X), point(Z), *names, at_x, at_u, *sizes)
            facts = (*given, equations, use(bits, network.functions[0]), *absolute_values(0, half, 1), *known)
            powers = [part(equations, 0)]
            for exponent in range(4):
                following = use(part(equations, 1), exponent)
                value = number(half ** (exponent + 1))
                powers.append(arith(eq(power(exponent + 1), value), following, powers[-1], degree=1))

            def too_small(bound: Theorem) -> Theorem:
                p, q = power(3), power(4)
                return arith(FALSE, bound, *powers[3:], degree=1, multipliers=[p * q**2, q, q**2, q**3])

            return split(
                conclusion_of(says, *facts),
                lambda layer: too_small(use(layer, 3, 0, identity(0 + number(3), 3))),
                too_small,
            )

        return with_masked_values(
            network.functions,
            theta,
            (point(X), point(Z)),
            lambda values: with_powers(number(half) * 1, lambda power, rule: with_all(values, power, rule)),
        )

    return denied(STATEMENT, build)


def correction() -> Theorem:
    """(15), beta-smoothness, and ||y_L - y_L'|| <= (CN)^L ||x - x'||; at the input one W_1^T more."""
    entries = c27_norm_and_largest_entry.proof().called("C27: ||B|| <= sqrt(mn) max |b|")
    differences = c23_gradient_differences.correction().called("C23: (15)")

    def build(
        bits: Theorem, values: Theorem, chains: Theorem, sizes: Theorem, smooth: Theorem, goal: Expression
    ) -> Theorem:
        weights, widths, powers = parts(sizes)
        layers = use(differences, n, W, theta, h, g, f, C, N, power, bits, chains, powers)
        norms = norms_of_weights(entries, weights, widths)
        positive = certificate(C * N >= 0, [(parts(weights)[0], natural(N))])

        def bounded(k: Expression, inside: Theorem, goal: Expression) -> Theorem:
            return restate(part(use(norms, k, inside), 0), goal)

        spectral_norms = together(positive, prove(norms_at_most(C * N, h + 1).args[1], bounded))
        outputs = use(spectral_bound(), n, W, b, theta, h, x, u, z, v, C * N, power)
        at_most = use(outputs, bits, values, spectral_norms, powers)
        last = total(i, n(h + 1), (g(h + 1, i) - f(h + 1, i)) ** 2)
        scaled = certificate(
            beta**2 * total(i, n(h + 1), (z(h + 1, i) - v(h + 1, i)) ** 2)
            <= beta**2 * power(h + 1) ** 2 * STEP,
            [(square(beta), at_most)],
        )
        at_end = arith(last <= beta**2 * power(h + 1) ** 2 * STEP, scaled, parts(smooth)[1], degree=1)

        def layer(r: Expression, k: Expression, sum_is: Theorem, goal: Expression) -> Theorem:
            known = use(layers, r, k, sum_is, *sizes_after(k + 1, h + 1, weights, widths))
            more = certificate(
                power(r) ** 2 * last <= power(r) ** 2 * beta**2 * power(h + 1) ** 2 * STEP,
                [(square(power(r)), at_end)],
            )
            return arith(goal, known, more, degree=1)

        first = prove(goal.args[0], layer)
        change = function(i, g(1, i) - f(1, i))
        inside = arith(number(0) < h + 1, natural(h))
        transposed = use(part(use(norms, 0, inside), 1), change)
        here = use(first, h, 0, identity(0 + h, h))
        larger = certificate(
            (C * N) ** 2 * total(i, n(1), change(i) ** 2)
            <= (C * N) ** 2 * (beta * power(h) * power(h + 1)) ** 2 * STEP,
            [(square(C * N), here)],
        )
        following = use(part(powers, 1), h)
        squared = rewrite(
            following, lambda w: eq(power(h + 1) ** 2, w**2), identity(power(h + 1) ** 2, power(h + 1) ** 2)
        )
        at_input = arith(
            goal.args[1],
            transposed,
            larger,
            squared,
            multipliers=[beta**2 * power(h + 1) ** 2 * STEP],
            degree=1,
        )
        return together(first, at_input)

    return prove_for(NAMES, CORRECTED, build)


def check(
    network: Network = NETWORK,
    x: Sequence[Any] = X,
    z: Sequence[Any] = Z,
    theta: Bits = THETA,
    networks: Sequence[Network] = NETWORKS,
    factor: Callable[[Network], Fraction] = corrected_factor,
    statement: Expression = STATEMENT,
) -> Finding:
    """Compare the differences of dL/dy_1 and of dL/dx between x and x' with the bounds."""
    step, product = squared_norm(minus(x, z)), bound_factor(network)
    outputs = minus(values_along(network, theta, x)[-1], values_along(network, theta, z)[-1])
    lines, holds = [], True
    for layer, name in ((1, "dL/dy_1"), (0, "dL/dx")):
        found = squared_norm(apply(chain_to(network, theta, layer), outputs))
        power = 2 * network.depth - layer
        lines.append(
            f"squared difference of {name}: {found}; the squared bound ((NC)^{power} ||x - x'||)^2 is "
            f"{product ** (2 * power) * step}"
        )
        holds = holds and found <= product ** (2 * power) * step
    as_transcribed = by_counterexample(
        f"NC = {product}, ||x - x'||^2 = {step}",
        *lines,
        holds=holds,
        hypotheses={
            "L > 3": network.depth > 3,
            "rows of W_1 and columns of W_L have norm 1": has_unit_ends(network),
            f"x lies in R^{text(theta)}": in_half_open_cell(network, theta, x),
            f"x' lies in R^{text(theta)}": in_half_open_cell(network, theta, z),
        },
        networks=[network],
        points=[("x", x), ("x'", z)],
        cells=[theta],
        loss="L(y) = ||y||^2 / 2, so dL/dy_L = y_L and beta = 1",
    )

    tight = 0

    def failure(net: Network) -> Failure | None:
        nonlocal tight
        for cell in configurations(net):
            for layer in range(net.depth):
                to_gradient = times(chain_to(net, cell, layer), linear_part(net, cell))
                squared = factor(net) ** (2 * (2 * net.depth - layer))
                tight += not norm_at_most(to_gradient, squared * Fraction(99, 100) ** 2)
                if not norm_at_most(to_gradient, squared):
                    return f"the bound fails for k = {layer} on the cell of {text(cell)}"
        return None

    trial = by_trial(networks, failure, "for this loss, all k and all x, x' in one cell")
    tried = replace(trial, evidence=(*trial.evidence, f"{tight} times 99/100 of the bound does not do"))
    return with_correction(
        by_two_roads(by_kernel(statement, denial, refutes=True), as_transcribed, refutes=True),
        "the bounds with C over W_1, ..., W_L and N over N_0, ..., N_L",
        by_two_roads(by_kernel(CORRECTED, correction), tried),
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/C26",
    title="smoothness of the loss over the input: beta (NC)^(2L)",
    sentence=r"""\leq \beta_{\theta}(NC)^{2L-k} \|\mathbf{x} - \mathbf{x}'\|. [...] \leq
    \beta_{\theta}(NC)^{2L} \|\mathbf{x} - \mathbf{x}'\|,""",
    source="Section 3.2, the last two displays",
    reading="""With C the largest weight of W_2, ..., W_{L-1} and N = max(N_1, ..., N_{L-1}): gradient
    differences at layer k are at most beta (NC)^(2L-k) ||x - x'||, and at the input beta (NC)^(2L) ||x
    - x'||.""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.PROVED,
)
