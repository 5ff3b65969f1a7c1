"""C8. With M_1 = 0 a later layer can still be active: its bias decides."""

from __future__ import annotations

from exactrelu import Network
from exactrelu.claims import Claim, Finding, Verdict

from ..exact_networks import configurations, texts
from ..verdicts import by_counterexample

# M_1 = 0 and M_2(t) = t + 1, so y_2 = 1 > 0 everywhere.
NETWORK = Network.from_rationals([([[0]], [0]), ([[1]], [1]), ([[1]], [0])], name="M_1 = 0")


def check(network: Network = NETWORK) -> Finding:
    """List the configurations."""
    found = configurations(network)
    zero = tuple((0,) * width for width in network.hidden_widths)
    first = network.layers[0]
    return by_counterexample(
        f"M_1 = 0: {not any(any(row) for row in first.rows)}; b_2 = {network.layers[1].bias[0]}",
        f"at x = 0: y_1 = {network.preactivations((0,))[0][0]}, y_2 = {network.preactivations((0,))[1][0]}",
        f"half-open configurations: {texts(found)}",
        f"closed configurations: {texts(configurations(network, 'closed'))}",
        "corrected form: theta_1 = 0 in the half-open reading; theta_2 is given by the sign of b_2, and "
        "so on",
        holds=found == [zero],
        networks=[network],
        points=[("x", (0,))],
    )


CLAIM = Claim(
    id="heinecke-hwang/C8",
    title="M_1 = 0 leaves only the zero configuration",
    sentence=r"""If, say, $M_1 = 0$ for some ReLU representation, then θ_k must be the zero vector for
    all $k = 1, \ldots, L-1$ and hence for such a deep representation there is only one configuration
    $\theta = [0, \ldots, 0]^\top$ possible.""",
    source="Section 3.1, first paragraph",
    reading="If M_1 = 0 (weights and bias), the only half-open configuration is zero in all layers.",
    recorded=Verdict.REFUTED,
    check=check,
)
