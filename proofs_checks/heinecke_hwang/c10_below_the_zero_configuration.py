"""C10. Example 2: in the polygon of the zero configuration the second layer can be active."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Bits, configurations, has_full_row_rank, text, texts, values_along
from ..kernel.arithmetic import axiom
from ..kernel.rules import Theorem, part, restate, witness
from ..proving.cases import finitely_many
from ..proving.certificates import arith
from ..proving.decompositions import equal_terms
from ..proving.existence import pre_activations_exist
from ..proving.tactics import below as below_number
from ..proving.tactics import prove, prove_for, rewrite, split, use, with_witness
from ..proving.witnesses import NetworkWitness, point
from ..statements.expressions import (
    FALSE,
    Expression,
    both,
    eq,
    exists,
    forall,
    implies,
    negation,
    number,
    open_binder,
    substitute,
    total,
)
from ..statements.functions import RELU
from ..statements.networks import W, b, below, i, j, n, pre_activations, u, x, y
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_counterexample, by_kernel, by_trial, by_two_roads, with_correction

# M_1 = identity of R^2, M_2(a) = a_1 + a_2 + 1, at x = (-1, -1).
NETWORK = Network.from_rationals(
    [([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [1]), ([[1]], [0])], name="Example 2 with b_2 = 1"
)
X = (-1, -1)
DRAWN = tried_networks("C10", ((2, 2, 1, 1),), count=40)
NETWORKS = (NETWORK, *(net for net in DRAWN if has_full_row_rank(net.layers[0].weight)))


def extension(network: Network) -> Bits:
    """Return (0, 0, 1) if b_2 > 0, else (0, 0, 0)."""
    return ((0, 0), (int(network.layers[1].bias[0] > 0),))


IMAGE = total(j, n(0), W(1, i, j) * x(j)) + b(1, i)
SHAPE = both(eq(n(0), 2), eq(n(1), 2), eq(n(2), 1))
ONTO = forall(u, exists(x, below(i, n(1), eq(IMAGE, u(i)))))
IN_ZERO = below(j, n(1), y(1, j) <= 0)
# Below theta_1 = (0, 0) the second layer is not active.
STATEMENT = forall(*(n, W, b, x, y), implies(SHAPE, ONTO, pre_activations(y, x), IN_ZERO, y(2, 0) <= 0))
# Corrected: there y_2 = b_2, whatever x is.
CORRECTED = forall(
    *(n, W, b, x, y),
    implies(pre_activations(y, x), IN_ZERO, below(i, n(2), eq(y(2, i), b(2, i)))),
)


def denial() -> Theorem:
    """The network of the page at its x, with y_2 > 0."""
    network = NetworkWitness(NETWORK)

    def build(claim: Theorem, _: Expression) -> Theorem:
        def onto(u: Expression, goal: Expression) -> Theorem:
            return witness(finitely_many(open_binder(goal, u)), goal, u)

        def at_point(y: Expression, forward: Theorem) -> Theorem:
            values = network.values(y, X, forward)
            here = use(claim, *network.functions, point(X), y)
            shape = finitely_many(network.of(SHAPE))
            surjective = prove(network.of(ONTO), onto)
            zero = prove(
                network.of(substitute(IN_ZERO, VALUES, y)),
                lambda j, less, goal: _each_value(j, less, goal, values[0]),
            )
            return arith(FALSE, use(here, shape, surjective, forward, zero), values[1][0])

        return with_witness(use(pre_activations_exist(), *network.functions, point(X)), at_point)

    return prove(negation(STATEMENT), build)


VALUES = y


def _each_value(index: Expression, less: Theorem, goal: Expression, values: Sequence[Theorem]) -> Theorem:
    cases_ = below_number(index, len(values), restate(less, index < len(values)))

    def at(equal: Theorem) -> Theorem:
        value = equal.conclusion.args[1]
        here = arith(substitute(goal, index, value), values[int(value.data)])
        return rewrite(arith(eq(value, index), equal), lambda w: substitute(goal, index, w), here)

    return split(cases_, *[at] * len(values))


def correction() -> Theorem:
    """Every relu of the first layer is zero."""

    def build(forward: Theorem, zero: Theorem, i: Expression, small: Theorem, goal: Expression) -> Theorem:
        def term(j: Expression, less: Theorem, goal: Expression) -> Theorem:
            off = use(part(use(axiom("relu"), y(1, j)), 1), use(zero, j, less))
            return arith(goal, off, multipliers=[W(2, i, j)], degree=1)

        nothing = equal_terms(j, n(1), W(2, i, j) * RELU(y(1, j)), number(0), term)
        return arith(goal, use(part(forward, 1), 0, i, small), nothing, degree=1)

    return prove_for((n, W, b, x, y), CORRECTED, build)


def check(
    network: Network = NETWORK,
    x: Sequence[Any] = X,
    networks: Sequence[Network] = NETWORKS,
    corrected: Callable[[Network], Bits] = extension,
    statements: tuple[Expression, Expression] = (STATEMENT, CORRECTED),
) -> Finding:
    """Compute M_2 diag(0, 0) M_1 x and list the configurations that begin with (0, 0)."""
    below = below_zero(network)
    zero = tuple((0,) * width for width in network.hidden_widths)
    value = values_along(network, zero, x)[1][0]
    as_transcribed = by_counterexample(
        f"M_2 diag(0, 0) M_1 x = b_2 = {value} at x = ({x[0]}, {x[1]}); the configuration of x is "
        f"{network.configuration(x)}",
        f"configurations that extend theta_1 = (0, 0): {texts(below)}",
        holds=below == [zero],
        hypotheses={
            "M_1 is onto R^2": has_full_row_rank(network.layers[0].weight),
            "M_2 maps R^2 to R": network.hidden_widths == (2, 1),
            "x lies in the polygon of theta_1 = (0, 0)": not any(network.configuration(x).layers[0]),
        },
        networks=[network],
        points=[("x", x)],
        cells=below,
    )

    def failure(net: Network) -> Failure | None:
        found = below_zero(net)
        return None if found == [corrected(net)] else f"{texts(found)}, not {text(corrected(net))} alone"

    tried = by_trial(networks, failure, "M_1 onto R^2: the polygon of (0, 0) is not further partitioned")
    return with_correction(
        by_two_roads(by_kernel(statements[0], denial, refutes=True), as_transcribed, refutes=True),
        "M_2 diag(0, 0) M_1 = b_2, so (0, 0) extends to (0, 0, 1) alone if b_2 > 0, else to (0, 0, 0) alone",
        by_two_roads(by_kernel(statements[1], correction), tried),
    )


def below_zero(network: Network) -> list[Bits]:
    """Return the configurations with theta_1 = (0, 0)."""
    return [theta for theta in configurations(network) if not any(theta[0])]


CLAIM = PaperClaim(
    id="heinecke-hwang/C10",
    title="Example 2: theta_1 = (0, 0) extends only to (0, 0, 0)",
    sentence=r"""Since M_2 diag(θ_1^0) $M_1 = 0$, the only diagonal configuration that can be achieved
    via a concatenation from $\{0,1\}$ to θ_1^0 is $\theta_2^0 = [0,0,0]^{\top}$ and thus
    $R^{\theta_1^0}$ is not further partitioned.""",
    source="Section 3.1, Example 2",
    reading="""For M_1 surjective onto R^2 and M_2: R^2 -> R, the only configuration with theta_1 = (0,
    0) is (0, 0, 0).""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.PROVED,
)
