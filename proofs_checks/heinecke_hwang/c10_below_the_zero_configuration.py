"""C10. Example 2: in the polygon of the zero configuration the second layer can be active."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Bits, configurations, has_full_row_rank, text, texts, values_along
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_counterexample, by_trial, with_correction

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


def check(
    network: Network = NETWORK,
    x: Sequence[Any] = X,
    networks: Sequence[Network] = NETWORKS,
    corrected: Callable[[Network], Bits] = extension,
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

    return with_correction(
        as_transcribed,
        "M_2 diag(0, 0) M_1 = b_2, so (0, 0) extends to (0, 0, 1) alone if b_2 > 0, else to (0, 0, 0) alone",
        by_trial(networks, failure, "M_1 onto R^2: the polygon of (0, 0) is not further partitioned"),
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
    corrected=ClaimVerdict.CHECKED,
)
