"""Proposition 3 (i): on the region of theta in Theta_k the network M_{k+1} is affine, for every k."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from exactrelu import Network
from exactrelu.claims import Claim, Finding, Verdict

from ..exact_networks import Bits, Vector, in_closed_cell, sample_points, text, values_along, written
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_trial

NETWORKS = tuple(tried_networks("proposition 3 (i)", count=24))


def check(
    networks: Sequence[Network] = NETWORKS,
    maps: Callable[[Network, Bits, Vector], list[tuple[Fraction, ...]]] = values_along,
) -> Finding:
    """Compare M_{k+1}(x) with M_{k+1} diag(theta_k) ... M_1 x for every closed cell that holds x."""

    def failure(network: Network) -> Failure | None:
        for x in sample_points(network):
            bits = network.configuration(x).layers
            for k in range(1, network.depth):
                part = network.first_layers(k + 1)
                if not in_closed_cell(part, bits[:k], x) or tuple(maps(part, bits[:k], x)[-1]) != part(x):
                    return f"k = {k}, theta = {text(bits[:k])}, x = {written(x)}"
        return None

    return by_trial(
        networks, failure, "for every k from 1 to L - 1, with Theta_k the configurations of M_{k+1} (C6)"
    )


CLAIM = Claim(
    id="heinecke-hwang/proposition-3-i",
    title="Proposition 3 (i): M_{k+1} is affine on regions of Theta_k",
    sentence=r"""then on R^{θ} the representation \mathcal{M}_{k+1} coincides with [...]
    \mathcal{M}_{k+1}^{\theta} = M_{k+1} \operatorname{diag}(\theta_k) \cdots M_2
    \operatorname{diag}(\theta_1) M_1.""",
    source="Proposition 3 (i)",
    reading="""For theta in Theta_k (configurations of M_{k+1}), M_{k+1} = M_{k+1} diag(theta_k) ...
    diag(theta_1) M_1 on R^theta.""",
    recorded=Verdict.CHECKED,
    check=check,
)
