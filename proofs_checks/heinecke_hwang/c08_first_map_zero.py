"""C8. With M_1 = 0 a later layer can still be active: its bias decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Bits, configurations, text, texts, written
from ..kernel.arithmetic import identity
from ..kernel.rules import Theorem, restate, together
from ..proving.cases import finitely_many
from ..proving.certificates import arith
from ..proving.decompositions import equal_terms
from ..proving.existence import pre_activations_exist
from ..proving.tactics import by_induction, parts, prove, prove_for, rewrite, use, with_witness
from ..proving.witnesses import NetworkWitness, point
from ..statements.expressions import FALSE, Expression, both, eq, forall, implies, negation, number
from ..statements.functions import RELU
from ..statements.networks import W, b, below, h, i, j, k, n, pre_activations, u, v, x, y
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_counterexample, by_kernel, by_trial, by_two_roads, with_correction

# M_1 = 0 and M_2(t) = t + 1, so y_2 = 1 > 0 everywhere.
NETWORK = Network.from_rationals([([[0]], [0]), ([[1]], [1]), ([[1]], [0])], name="M_1 = 0")


def with_first_map_zero(network: Network) -> Network:
    """Return the network with W_1 = 0 and b_1 = 0."""
    zero = [[0] * network.inputs] * network.widths[1]
    return Network.from_rationals([(zero, None), *((net.weight, net.bias) for net in network.layers[1:])])


NETWORKS = (NETWORK, *map(with_first_map_zero, tried_networks("C8", count=24)))


def signs_at_zero(network: Network) -> Bits:
    """Return theta_k = 1 where y_k > 0, at x = 0: with M_1 = 0 the y_k are the same at all x."""
    return tuple(tuple(int(y > 0) for y in ys) for ys in network.preactivations((0,) * network.inputs))


FIRST_ZERO = both(below(i, n(1), below(j, n(0), eq(W(1, i, j), 0))), below(i, n(1), eq(b(1, i), 0)))
# Every network with M_1 = 0 has the zero configuration at every x: no pre-activation is positive.
STATEMENT = forall(
    *(n, W, b, h, x, y),
    implies(FIRST_ZERO, pre_activations(y, x), below(k, h, below(i, n(k + 1), y(k + 1, i) <= 0))),
)
# Corrected: the pre-activations, so the configuration, are the same at all x.
CORRECTED = forall(
    *(n, W, b, x, u, y, v),
    implies(
        FIRST_ZERO,
        pre_activations(y, x),
        pre_activations(v, u),
        forall(
            k, below(i, n(k + 1), both(eq(y(k + 1, i), v(k + 1, i)), implies(eq(k, 0), eq(y(k + 1, i), 0))))
        ),
    ),
)


def denial() -> Theorem:
    """The network of the page, with y_2 = 1 at x = 0."""
    network = NetworkWitness(NETWORK)
    origin = point((0,) * NETWORK.inputs)

    def build(claim: Theorem, _: Expression) -> Theorem:
        def at_origin(y: Expression, forward: Theorem) -> Theorem:
            here = use(claim, *network.functions, len(NETWORK.hidden_widths), origin, y)
            zero = network.of(FIRST_ZERO)
            values = network.values(y, (0,) * NETWORK.inputs, forward)
            conclusion = use(here, finitely_many(zero), forward)
            positive = next(
                (k, i)
                for k, ys in enumerate(NETWORK.preactivations((0,) * NETWORK.inputs))
                for i, v in enumerate(ys)
                if v > 0
            )
            layer, neuron = positive
            inside = use(conclusion, layer, arith(number(layer) < len(NETWORK.hidden_widths) * number(1)))
            bound = use(inside, neuron, arith(number(neuron) < network.of(n(layer + 1))))
            return arith(FALSE, bound, values[layer][neuron])

        return with_witness(use(pre_activations_exist(), *network.functions, origin), at_origin)

    return prove(negation(STATEMENT), build)


def correction() -> Theorem:
    """y_1 = 0, and each layer is a function of the one before."""

    def build(first: Theorem, of_x: Theorem, of_u: Theorem, goal: Expression) -> Theorem:
        (start, step), (start_u, step_u) = parts(of_x), parts(of_u)
        weights, biases = parts(first)

        def zero_at(values: Expression, begin: Theorem, at: Expression) -> Theorem:
            def build(i: Expression, small: Theorem, goal: Expression) -> Theorem:
                def term(j: Expression, less: Theorem, goal: Expression) -> Theorem:
                    return arith(goal, use(weights, i, small, j, less), multipliers=[at(j)], degree=1)

                nothing = equal_terms(j, n(0), W(1, i, j) * at(j), number(0), term)
                return arith(goal, use(begin, i, small), nothing, use(biases, i, small), degree=1)

            return prove(below(i, n(1), eq(values(1, i), 0)), build)

        zero, zero_u = zero_at(y, start, x), zero_at(v, start_u, u)

        def claim(k: Expression) -> Expression:
            return below(i, n(k + 1), eq(y(k + 1, i), v(k + 1, i)))

        def base(goal: Expression) -> Theorem:
            return prove(goal, lambda i, small, goal: arith(goal, use(zero, i, small), use(zero_u, i, small)))

        def following(k: Expression, before: Theorem, goal: Expression) -> Theorem:
            def build(i: Expression, small: Theorem, goal: Expression) -> Theorem:
                def term(j: Expression, less: Theorem, _: Expression) -> Theorem:
                    weight, value = W(k + 2, i, j), y(k + 1, j)
                    same = identity(weight * RELU(value), weight * RELU(value))
                    return rewrite(
                        use(before, j, less), lambda w: eq(weight * RELU(value), weight * RELU(w)), same
                    )

                one, two = W(k + 2, i, j) * RELU(y(k + 1, j)), W(k + 2, i, j) * RELU(v(k + 1, j))
                equal = equal_terms(j, n(k + 1), one, two, term)
                return arith(goal, equal, use(step, k, i, small), use(step_u, k, i, small), degree=1)

            return prove(goal, build)

        same = by_induction(claim, base, following)

        def conclude(k: Expression, i: Expression, small: Theorem, goal: Expression) -> Theorem:
            def at_first(is_first: Theorem, _: Expression) -> Theorem:
                turned = arith(eq(0, k), is_first)
                general = restate(zero, below(i, n(number(0) + 1), eq(y(number(0) + 1, i), 0)))
                at_k = rewrite(turned, lambda w: below(i, n(w + 1), eq(y(w + 1, i), 0)), general)
                return use(at_k, i, small)

            return together(use(same, k, i, small), prove(goal.args[1], at_first))

        return prove(goal, conclude)

    return prove_for((n, W, b, x, u, y, v), CORRECTED, build)


def check(
    network: Network = NETWORK,
    networks: Sequence[Network] = NETWORKS,
    corrected: Callable[[Network], Bits] = signs_at_zero,
    statements: tuple[Expression, Expression] = (STATEMENT, CORRECTED),
) -> Finding:
    """List the configurations."""
    found = configurations(network)
    zero = tuple((0,) * width for width in network.hidden_widths)
    first, origin = network.layers[0], (0,) * network.inputs
    as_transcribed = by_counterexample(
        *(f"at x = 0: y_{k} = {written(y)}" for k, y in enumerate(network.preactivations(origin), start=1)),
        f"half-open configurations: {texts(found)}",
        f"closed configurations: {texts(configurations(network, 'closed'))}",
        holds=found == [zero],
        hypotheses={"M_1 = 0 (weights and bias)": not any(map(any, first.weight)) and not any(first.bias)},
        networks=[network],
        points=[("x", origin)],
        cells=found,
    )

    def failure(net: Network) -> Failure | None:
        theta = corrected(net)
        return None if configurations(net) == [theta] else f"{texts(configurations(net))}, not {text(theta)}"

    return with_correction(
        by_two_roads(by_kernel(statements[0], denial, refutes=True), as_transcribed, refutes=True),
        "if M_1 = 0, there is one half-open configuration: theta_1 = 0, then the signs of the y_k at x = 0",
        by_two_roads(by_kernel(statements[1], correction), by_trial(networks, failure)),
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/C8",
    title="M_1 = 0 leaves only the zero configuration",
    sentence=r"""If, say, $M_1 = 0$ for some ReLU representation, then θ_k must be the zero vector for
    all $k = 1, \ldots, L-1$ and hence for such a deep representation there is only one configuration
    $\theta = [0, \ldots, 0]^\top$ possible.""",
    source="Section 3.1, first paragraph",
    reading="If M_1 = 0 (weights and bias), the only half-open configuration is zero in all layers.",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.PROVED,
)
