"""C11. Example 2: at most seven regions is right, the printed list of them needs b_2 <= 0."""

from __future__ import annotations

from collections.abc import Sequence

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Bits, configurations, has_full_row_rank, inner_point, texts
from ..kernel.rules import Theorem
from ..proving.certificates import arith
from ..proving.tactics import parts, prove_for, use
from ..statements.expressions import Expression, both, eq, forall, implies, number
from ..statements.networks import W, b, below, j, n, pre_activations, x, y
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_counterexample, by_kernel, by_trial, by_two_roads, with_hypothesis
from . import c10_below_the_zero_configuration

NETWORK = Network.from_rationals(
    [([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [1]), ([[1]], [0])], name="Example 2 with b_2 = 1"
)
SEVEN = Network.from_rationals(
    [([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [-1]), ([[1]], [0])], name="Example 2 with b_2 = -1: all seven"
)
PRINTED: tuple[Bits, ...] = tuple(
    ((int(bits[0]), int(bits[1])), (int(bits[2]),))
    for bits in ("000", "010", "011", "100", "101", "110", "111")
)
SHAPE = ((2, 2, 1, 1),)


def with_nonpositive_bias(network: Network) -> Network:
    """Return the network with b_2 replaced by -|b_2|."""
    layers = [(layer.weight, layer.bias) for layer in network.layers]
    layers[1] = (layers[1][0], tuple(-abs(entry) for entry in layers[1][1]))
    return Network.from_rationals(layers)


NETWORKS = (SEVEN, *map(with_nonpositive_bias, tried_networks("C11", SHAPE, count=24)))


# With b_2 <= 0 the eighth vector, (0, 0, 1), is no configuration.
CORRECTED = forall(
    *(n, W, b, x, y),
    implies(
        both(eq(n(0), 2), eq(n(1), 2), eq(n(2), 1)),
        b(2, 0) <= 0,
        pre_activations(y, x),
        below(j, n(1), y(1, j) <= 0),
        y(2, 0) <= 0,
    ),
)


def correction() -> Theorem:
    """Below (0, 0) the second layer is b_2 (C10)."""
    constant = c10_below_the_zero_configuration.correction().called(
        "C10: below the zero configuration y_2 = b_2"
    )

    def build(shape: Theorem, bias: Theorem, forward: Theorem, zero: Theorem, goal: Expression) -> Theorem:
        value = use(constant, n, W, b, x, y, forward, zero, 0, arith(number(0) < n(2), parts(shape)[2]))
        return arith(goal, value, bias)

    return prove_for((n, W, b, x, y), CORRECTED, build)


def check(
    network: Network = NETWORK,
    printed: Sequence[Bits] = PRINTED,
    networks: Sequence[Network] = NETWORKS,
    statement: Expression = c10_below_the_zero_configuration.STATEMENT,
) -> Finding:
    """Compare Theta_2 with the printed list: for the network, then for networks with b_2 <= 0."""

    def unlisted(net: Network) -> Failure | None:
        found = configurations(net)
        beyond = [theta for theta in found if theta not in printed]
        return (
            f"Theta_2 = {texts(found)}; not in the list: {texts(beyond)}"
            if beyond or len(found) > 7
            else None
        )

    found = configurations(network)
    beyond = [region for region in regions(network) if region.configuration.layers not in printed]
    as_transcribed = by_counterexample(
        unlisted(network) or f"Theta_2 = {texts(found)}",
        f"{len(found)} regions; {len(configurations(SEVEN))} for the second network",
        holds=unlisted(network) is None,
        hypotheses={
            "M_1 is onto R^2": has_full_row_rank(network.layers[0].weight),
            "M_2 maps R^2 to R": network.hidden_widths == (2, 1),
        },
        networks=[network, SEVEN],
        points=[("x", inner_point(region)) for region in beyond],
        cells=[region.configuration.layers for region in beyond],
    )
    most = f"the most regions among them: {max((len(configurations(net)) for net in networks), default=0)}"
    repaired = by_two_roads(by_kernel(CORRECTED, correction), by_trial(networks, unlisted, most))
    # The list has no (0, 0, 1): that theta_1 = (0, 0) extends to (0, 0, 0) only is C10, which is denied.
    denied = by_kernel(statement, c10_below_the_zero_configuration.denial, refutes=True)
    refuted = by_two_roads(denied, as_transcribed, refutes=True)
    return with_hypothesis("b_2 <= 0", refuted, repaired)


CLAIM = PaperClaim(
    id="heinecke-hwang/C11",
    title="Example 2: at most 7 regions, and which",
    sentence=r"""Altogether, $\mathcal X$ is partitioned into potentially up to 7 convex regions, as
    illustrated in Figure [1,](#page-5-0) corresponding to the configurations [...] \Theta_2 = \left\{
    \begin{pmatrix} 0 \\ 0 \\ 0 \end{pmatrix}, \begin{pmatrix} 0 \\ 1 \\ 0 \end{pmatrix},
    \begin{pmatrix} 0 \\ 1 \\ 1 \end{pmatrix}, \begin{pmatrix} 1 \\ 0 \\ 0 \end{pmatrix},
    \begin{pmatrix} 1 \\ 0 \\ 1 \end{pmatrix}, \begin{pmatrix} 1 \\ 1 \\ 0 \end{pmatrix},
    \begin{pmatrix} 1 \\ 1 \\ 1 \end{pmatrix} \right\},""",
    source="Section 3.1, Example 2, with the list of seven vectors that follows",
    reading="For M_1 surjective onto R^2 and M_2: R^2 -> R, Theta_2 lies in the seven printed vectors.",
    recorded=ClaimVerdict.CONDITIONAL,
    check=check,
)
