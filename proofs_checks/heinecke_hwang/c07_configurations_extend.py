"""C7. Every configuration of k layers extends one of k - 1 layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exactrelu import Network
from exactrelu.claims import Claim, Finding, Verdict

from ..exact_networks import Bits, configurations, text
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_trial

NETWORKS = tuple(tried_networks("C7", count=30))


def theta_set(network: Network, k: int, reading: str) -> Sequence[Bits]:
    """Return Theta_k, the configurations of M_{k+1}."""
    return configurations(network.first_layers(k + 1), reading)


def check(
    networks: Sequence[Network] = NETWORKS,
    coarser: Callable[[Network, int, str], Sequence[Bits]] = theta_set,
) -> Finding:
    """Cut the last layer off each element of Theta_k and look for the rest in Theta_{k-1}."""

    def failure(network: Network) -> Failure | None:
        for reading in ("half-open", "closed"):
            for k in range(2, network.depth):
                before = set(coarser(network, k - 1, reading))
                for theta in theta_set(network, k, reading):
                    if theta[:-1] not in before:
                        return f"{reading}, k = {k}: {text(theta)} extends no configuration of Theta_{k - 1}"
        return None

    return by_trial(networks, failure, "in both readings, for every k from 2 to L - 1")


CLAIM = Claim(
    id="heinecke-hwang/C7",
    title="configurations of Theta_k extend configurations of Theta_{k-1}",
    sentence=r"""Then every configuration in Θ_k is derived from a configuration in Θ_{k-1} via
    concatenation with a vector from $\{0,1\}^{N_k}$.""",
    source="Section 3.1, first paragraph",
    reading="""For k >= 2, with Theta_k the configurations of M_{k+1}: leaving out theta_k gives an
    element of Theta_{k-1}. (The cell of theta lies in that of its beginning.)""",
    recorded=Verdict.CHECKED,
    check=check,
)
