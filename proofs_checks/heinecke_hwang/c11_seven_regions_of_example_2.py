"""C11. Example 2: at most seven regions is right, the printed list of them needs b_2 <= 0."""

from __future__ import annotations

from collections.abc import Sequence

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Bits, configurations, has_full_row_rank, texts
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_counterexample, by_trial, with_hypothesis

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


def check(
    network: Network = NETWORK, printed: Sequence[Bits] = PRINTED, networks: Sequence[Network] = NETWORKS
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
        points=[("x", region.point) for region in beyond],
        cells=[region.configuration.layers for region in beyond],
    )
    most = f"the most regions among them: {max((len(configurations(net)) for net in networks), default=0)}"
    return with_hypothesis("b_2 <= 0", as_transcribed, by_trial(networks, unlisted, most))


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
