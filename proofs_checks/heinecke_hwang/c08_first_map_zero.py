"""C8. With M_1 = 0 a later layer can still be active: its bias decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Bits, configurations, text, texts, written
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_counterexample, by_trial, with_correction

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


def check(
    network: Network = NETWORK,
    networks: Sequence[Network] = NETWORKS,
    corrected: Callable[[Network], Bits] = signs_at_zero,
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
        as_transcribed,
        "if M_1 = 0, there is one half-open configuration: theta_1 = 0, then the signs of the y_k at x = 0",
        by_trial(networks, failure),
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
    corrected=ClaimVerdict.CHECKED,
)
