"""Section 3.1: some vectors of bits are no configurations."""

from __future__ import annotations

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import all_bits, configurations, texts
from ..verdicts import by_proof

# y_1 = (x, x - 1): the second neuron is active only where the first one is, so 01 has no point, not even
# closed.
NETWORK = Network.from_rationals([([[1], [1]], [0, -1]), ([[1, 1]], [0])], name="y_1 = (x, x - 1)")


def check(network: Network = NETWORK) -> Finding:
    """List the vectors that are configurations in neither reading. One example proves that there are some."""
    either = {*configurations(network), *configurations(network, "closed")}
    missing = [theta for theta in all_bits(network) if theta not in either]
    finding = by_proof(
        "the claim that there are such networks, by this one",
        [] if missing else ["this network is no example: every vector is a configuration"],
        f"configurations, half-open or closed: {texts(sorted(either))}; not among them: {texts(missing)}",
    )
    return Finding(finding.verdict, finding.evidence, (network,))


CLAIM = PaperClaim(
    id="heinecke-hwang/section-3-1-not-all-vectors",
    title="not every vector of bits is a configuration",
    sentence=r"""Note however that not all 2^{N_k} possible vectors $\theta_k \in \{0,1\}^{N_k}$ are
    part of a configuration""",
    source="Section 3.1, first paragraph",
    reading="""There is a network with a vector of bits that is no configuration (for some networks all
    are, see Example 2).""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
