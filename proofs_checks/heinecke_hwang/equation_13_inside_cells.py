"""(13): inside a cell the chain of (13) is the gradient; at the input, W_1^T times it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Bits, Matrix, inner_point, linear_part, text, times, transposed, written
from ..kernel.arithmetic import certificate, identity, square
from ..kernel.rules import Theorem, together, witness
from ..proving.certificates import arith
from ..proving.first_order import (
    AT_INPUT,
    INPUT_SIZE,
    LAYERS,
    K,
    at_layer,
    changes_at_the_input,
    changes_of_layers,
    first_order,
    from_layer,
    size,
    to_first_order,
)
from ..proving.gradients import g, gradient_chain
from ..proving.tactics import parts, prove, prove_for, use, with_witness
from ..statements.expressions import Expression, both, eq, exists, forall, implies, number, open_binder
from ..statements.networks import W, b, h, k, masked, n, r, theta, u, v, x, z
from ..tried_networks import DEEP_SHAPES, tried_networks
from ..verdicts import Failure, by_kernel, by_trial, by_two_roads, untried
from .c22_gradient_bound import chain

NETWORKS = tuple(tried_networks("equation 13", ((1, 2, 1), (2, 3, 2), *DEEP_SHAPES), count=32))


def after_layer(
    network: Network, k: int, y: Sequence[Fraction]
) -> tuple[tuple[int, ...], tuple[Fraction, ...]]:
    """Return the later bits and the output of M_L relu ... M_{k+1} relu applied to y in the place of y_k."""
    bits: list[int] = []
    for layer in network.layers[k:]:
        bits += [int(entry > 0) for entry in y]
        y = layer([max(entry, Fraction(0)) for entry in y])
    return tuple(bits), tuple(y)


# From y_k, any vectors, z and v go on with the bits of theta; g_L is any vector, c the change of a loss.
LATER = (from_layer(z, k), from_layer(v, k))
AT_LAYERS = forall(
    *(z, v),
    implies(*LATER, both(eq(at_layer(h), at_layer(k)), to_first_order(at_layer(k), size(k)))),
)
FROM_INPUT = forall(
    *(x, u, z, v),
    implies(
        both(masked(z, x, theta), masked(v, u, theta)),
        both(eq(at_layer(h), AT_INPUT), to_first_order(AT_INPUT, INPUT_SIZE)),
    ),
)
STATEMENT = forall(
    *LAYERS,
    implies(
        gradient_chain(g, theta, h),
        both(
            forall(r, k, implies(eq(k + r, h), exists(K, both(K >= 0, AT_LAYERS)))),
            exists(K, both(K >= 0, FROM_INPUT)),
        ),
    ),
)


def proof() -> Theorem:
    """By induction from the last layer: the transpose moves to the other side, and a matrix is bounded."""

    def build(chain: Theorem, goal: Expression) -> Theorem:
        layers = use(changes_of_layers(), *LAYERS, chain)

        def at_layers(r: Expression, k: Expression, sum_is: Theorem, goal: Expression) -> Theorem:
            def with_bound(bound: Expression, known: Theorem) -> Theorem:
                positive, all_changes = parts(known)
                wanted = open_binder(goal, bound)

                def build(one: Theorem, two: Theorem, goal: Expression) -> Theorem:
                    cost, at_most = parts(use(all_changes, z, v, one, two))
                    return together(cost, first_order(cost, at_most, positive, goal.args[1]))

                return witness(together(positive, prove_for((z, v), wanted.args[1], build)), goal, bound)

            return with_witness(use(layers, r, k, sum_is), with_bound)

        return together(prove(goal.args[0], at_layers), _from_input(layers, goal.args[1]))

    return prove_for(LAYERS, STATEMENT, build)


def _from_input(layers: Theorem, goal: Expression) -> Theorem:
    """Layer 1, then W_1."""

    def with_bounds(bound: Expression, known: Theorem, first: Expression, known_first: Theorem) -> Theorem:
        (positive, all_changes), (positive_first, first_changes) = parts(known), parts(known_first)
        wanted = open_binder(goal, bound * first)
        product = certificate(wanted.args[0], [(positive, positive_first)])

        def build(values: Theorem, goal: Expression) -> Theorem:
            (start, step), (start_v, step_v) = map(parts, parts(values))
            rest = [_all_layers(z, step), _all_layers(v, step_v)]
            cost, at_most = parts(use(all_changes, z, v, *rest))
            cost_first, at_most_first = parts(use(first_changes, x, u, z, v, start, start_v))
            same = arith(goal.args[0], cost, cost_first, degree=1)
            scaled = certificate(
                bound**2 * size(0) <= bound**2 * first**2 * INPUT_SIZE, [(square(bound), at_most_first)]
            )
            both_layers = arith(size(h) <= (bound * first) ** 2 * INPUT_SIZE, at_most, scaled, degree=1)
            return together(same, first_order(same, both_layers, product, goal.args[1]))

        found = together(product, prove_for((x, u, z, v), wanted.args[1], build))
        return witness(found, goal, bound * first)

    some = use(layers, h, 0, identity(0 + h, h))
    return with_witness(
        some,
        lambda bound, known: with_witness(
            use(changes_at_the_input(), n, W, b, g),
            lambda first, known_first: with_bounds(bound, known, first, known_first),
        ),
    )


def _all_layers(values: Expression, step: Theorem) -> Theorem:
    """From the equations of all layers those from layer 0 on."""
    return prove(from_layer(values, number(0)), lambda l, _more, _goal: use(step, l))


def check(
    networks: Sequence[Network] = NETWORKS,
    gradient: Callable[[Network, Bits, int], Matrix] = chain,
    statement: Expression = STATEMENT,
) -> Finding:
    """Prove it; and compare (13) with difference quotients in y_k, inside cells where no y is zero."""
    cases = skipped = 0

    def failure(network: Network) -> Failure | None:
        nonlocal cases, skipped
        for region in regions(network, reading="full"):
            bits, ys = region.configuration.layers, network.preactivations(inner_point(region))
            if not all(entry for y in ys for entry in y):
                skipped += 1  # a neuron is zero on the whole cell: there is no derivative to compare with
                continue
            for layer in range(1, network.depth):
                cases += 1
                if gradient(network, bits, layer) != quotients(network, layer, ys[layer - 1]):
                    return f"cell of {text(bits)}, k = {layer}, x = {written(inner_point(region))}"
            if network.depth > 1 and transposed(linear_part(network, bits)) != times(
                transposed(network.layers[0].weight), gradient(network, bits, 1)
            ):
                return f"cell of {text(bits)}: dL/dx is not W_1^T dL/dy_1"
        return None

    finding = by_trial(networks, failure)
    count = f"cases (a cell and a k): {cases}; cells left out, as a pre-activation is zero there: {skipped}"
    if finding.verdict is ClaimVerdict.CHECKED and not cases:
        return untried(count)
    where = "at inner points of cells with no zero pre-activation, for every k and every output"
    tried = replace(finding, evidence=(where, count, *finding.evidence))
    return by_two_roads(by_kernel(statement, proof), tried)


def quotients(network: Network, k: int, y: Sequence[Fraction]) -> Matrix:
    """Return difference quotients of the outputs by the entries of y_k; the step changes no bit."""
    bits, output = after_layer(network, k, y)
    rows = []
    for place in range(len(y)):
        step = Fraction(1)
        while True:
            moved = [entry + step * (place == j) for j, entry in enumerate(y)]
            new_bits, new_output = after_layer(network, k, moved)
            if new_bits == bits:
                break
            step /= 4
        rows.append([(new - old) / step for new, old in zip(new_output, output, strict=True)])
    return rows


CLAIM = PaperClaim(
    id="heinecke-hwang/equation-13",
    title="(13) is the gradient inside a cell",
    sentence=r"""\frac{\partial \mathcal{L}^{\theta}}{\partial \mathbf{y}_k} =
    \Sigma^{\theta_k}(\mathbf{y}_k) \mathbf{W}_{k+1}^\top \Sigma^{\theta_{k+1}}(\mathbf{y}_{k+1}) \cdots
    \mathbf{W}_L^\top \nabla_{\mathbf{y}_L} \mathcal{L}^{\theta},\tag{13} [...] \frac{\partial
    \mathcal{L}^{\theta}}{\partial \mathbf{x}} = \mathbf{W}_1^{\top} \frac{\partial
    \mathcal{L}^{\theta}}{\partial \mathbf{y}_1},""",
    source="Section 3.2, (13); last page",
    reading="""With Sigma = diag(theta), for every k and all y_k, which need not come from an x: <g_L,
    change of y_L> = <g_k, change of y_k> with g_k of (13), and a loss that changes by <g_L, change of y_L>
    up to epsilon ||change of y_L|| changes by <g_k, change of y_k> up to epsilon K ||change of y_k||, with a
    fixed K; likewise with W_1^T g_1 at the input. So if g_L is the gradient by y_L, g_k is that by y_k. (At
    kinks see C21.)""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
