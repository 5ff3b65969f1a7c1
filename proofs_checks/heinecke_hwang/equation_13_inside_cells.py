"""(13): inside a cell the chain of (13) is the gradient; at the input, W_1^T times it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Bits, Matrix, linear_part, text, times, transposed, written
from ..kernel.arithmetic import identity
from ..kernel.rules import Theorem, restate, together
from ..proving.certificates import arith
from ..proving.decompositions import equal_terms
from ..proving.gradients import g, gradient_chain
from ..proving.tactics import by_induction, parts, prove, prove_for, use
from ..statements.expressions import Expression, both, eq, forall, implies, number, total
from ..statements.networks import W, b, below, h, i, j, k, masked, n, p, theta, u, v, x, z
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


COST = total(i, n(h + 1), g(h + 1, i) * (z(h + 1, i) - v(h + 1, i)))  # how much <g_L, y_L> changes
AT_LAYER = total(i, n(k + 1), g(k + 1, i) * (z(k + 1, i) - v(k + 1, i)))
AT_INPUT = total(j, n(0), total(i, n(1), W(1, i, j) * g(1, i)) * (x(j) - u(j)))  # <W_1^T g_1, x - x'>
NAMES = (n, W, b, theta, h, x, u, z, v, g)
STATEMENT = forall(
    *NAMES,
    implies(
        both(masked(z, x, theta), masked(v, u, theta)),
        gradient_chain(g, theta, h),
        both(below(k, h + 1, eq(COST, AT_LAYER)), eq(COST, AT_INPUT)),
    ),
)


def proof() -> Theorem:
    """By induction, as <theta W^T g, change> = <g, W theta change>: the transpose moves to the other side."""

    def build(values: Theorem, chain: Theorem, goal: Expression) -> Theorem:
        (start, step), (start_v, step_v) = map(parts, parts(values))

        def at_layer(k: Expression) -> Expression:
            return total(i, n(k + 1), g(k + 1, i) * (z(k + 1, i) - v(k + 1, i)))

        def one_layer(k: Expression, inside: Theorem) -> Theorem:
            def back(i: Expression, less: Theorem, goal: Expression) -> Theorem:
                factor = z(k + 1, i) - v(k + 1, i)
                return arith(goal, use(chain, k, inside, i, less), multipliers=[factor], degree=1)

            def forth(p: Expression, less: Theorem, goal: Expression) -> Theorem:
                facts = [use(step, k, p, less), use(step_v, k, p, less)]
                return arith(goal, *facts, multipliers=[g(k + 2, p)], degree=1)

            difference = z(k + 1, i) - v(k + 1, i)
            pulled = theta(k + 1, i) * total(p, n(k + 2), W(k + 2, p, i) * g(k + 2, p)) * difference
            one = equal_terms(i, n(k + 1), g(k + 1, i) * difference, pulled, back)
            pushed = g(k + 2, p) * total(i, n(k + 1), W(k + 2, p, i) * theta(k + 1, i) * difference)
            two = equal_terms(p, n(k + 2), pushed, g(k + 2, p) * (z(k + 2, p) - v(k + 2, p)), forth)
            return arith(eq(at_layer(k), at_layer(k + 1)), one, two, degree=1)

        def claim(k: Expression) -> Expression:
            return implies(k < h + 1, eq(at_layer(k), at_layer(number(0))))

        def base(goal: Expression) -> Theorem:
            return prove(goal, lambda _, goal: restate(identity(*goal.args), goal))

        def following(k: Expression, before: Theorem, goal: Expression) -> Theorem:
            def build(inside: Theorem, goal: Expression) -> Theorem:
                known = use(before, arith(k < h + 1, inside))
                return arith(goal, known, one_layer(k, arith(k < h, inside)), degree=1)

            return prove(goal, build)

        same = by_induction(claim, base, following)
        at_end = use(same, h, arith(h < h + 1))

        def first(i: Expression, less: Theorem, goal: Expression) -> Theorem:
            facts = [use(start, i, less), use(start_v, i, less)]
            return arith(goal, *facts, multipliers=[g(1, i)], degree=1)

        image = g(1, i) * total(j, n(0), W(1, i, j) * (x(j) - u(j)))
        begin = equal_terms(i, n(1), g(1, i) * (z(1, i) - v(1, i)), image, first)
        layers = prove(
            goal.args[0], lambda k, inside, goal: arith(goal, use(same, k, inside), at_end, degree=1)
        )
        return together(layers, arith(goal.args[1], at_end, begin, degree=1))

    return prove_for(NAMES, STATEMENT, build)


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
            bits, ys = region.configuration.layers, network.preactivations(region.point)
            if not all(entry for y in ys for entry in y):
                skipped += 1  # a neuron is zero on the whole cell: there is no derivative to compare with
                continue
            for layer in range(1, network.depth):
                cases += 1
                if gradient(network, bits, layer) != quotients(network, layer, ys[layer - 1]):
                    return f"cell of {text(bits)}, k = {layer}, x = {written(region.point)}"
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
    reading="""Between two points of a cell, on which the map is M^theta, a loss L = <g_L, y_L> changes by
    <g_k, change of y_k> for every k, and by <W_1^T g_1, change of x>, with g_k of (13): they are the
    gradients. (Another differentiable loss is one of these to first order; at kinks see C21.)""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
