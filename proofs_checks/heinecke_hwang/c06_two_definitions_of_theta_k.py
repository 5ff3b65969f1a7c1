"""C6. Section 3.1 and Proposition 3 define Theta_k differently."""

from __future__ import annotations

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Bits, configurations, texts
from ..verdicts import by_counterexample

# Two identities of R, so L = 2; k = 1.
NETWORK = Network.from_rationals([([[1]], [0]), ([[1]], [0])], name="relu on the line")
K = 1


def theta_set(network: Network, maps: int) -> list[Bits]:
    """Return the configurations of the first ``maps`` affine maps, with maps - 1 hidden layers."""
    return configurations(network.first_layers(maps))


def check(network: Network = NETWORK, k: int = K, in_proposition: int | None = None) -> Finding:
    """Compare Theta_k by Section 3.1 (of M_{k+1}) with Theta_k by Proposition 3 (of M_k)."""
    used = k if in_proposition is None else in_proposition
    section, proposition = theta_set(network, k + 1), theta_set(network, used)
    lengths = [len(theta) for theta in proposition]
    return by_counterexample(
        f"k = {k}, L = {network.depth}",
        f"Section 3.1: Theta_{k} = configurations of M_{k + 1} = {texts(section)}",
        f"Proposition 3: Theta_{k} = configurations of M_{used} = {texts(proposition)}, with {lengths[0]} "
        "layers of bits",
        f"Proposition 3 (i) takes theta = (theta_1, ..., theta_{k}) in Theta_{k}, which has {k} layers of "
        "bits",
        f"layers of bits in Section 3.1: {sorted({len(theta) for theta in section})}; Proposition 3 (ii) "
        f"takes Theta_{k + 1} too, in Section 3.1's sense for M_{k + 2}; L = {network.depth}",
        holds=section == proposition and set(lengths) == {k},
        networks=[network],
        points=[(f"in the cell of {cell.configuration}", cell.point) for cell in regions(network)],
        cells=configurations(network),
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/C6",
    title="Theta_k is one set in Section 3.1 and Proposition 3",
    sentence=r"""denote by Θ_k , for $k = 1, \ldots, L-1$, the set of all configurations of
    \mathcal{M}_{k+1} . [...] Let M_L be a ReLU representation, $k \in$ $\{1, \ldots, L-1\}$ and Θ_k the
    set of configurations of \mathcal{M}_k .""",
    source="Section 3.1, first paragraph; Proposition 3",
    reading="""The configurations of M_{k+1} and those of M_k are the same set, with bits for the layers
    1, ..., k.""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
)
