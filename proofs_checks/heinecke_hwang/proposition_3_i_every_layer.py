"""Proposition 3 (i): on the region of theta in Theta_k the network M_{k+1} is affine, for every k."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Bits, Vector, sample_points, text, values_along, written
from ..exact_networks import in_closed_cell as lies_in_closed_cell
from ..kernel.rules import Theorem
from ..proving.cells import half_open_is_closed, network_is_affine_on_cells
from ..proving.certificates import arith
from ..proving.tactics import prove, prove_for, split, use
from ..statements.expressions import Expression, both, eq, forall, implies
from ..statements.networks import (
    W,
    are_bits,
    b,
    below,
    h,
    i,
    in_cell,
    m,
    masked,
    n,
    pre_activations,
    theta,
    x,
    y,
    z,
)
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_kernel, by_trial, by_two_roads

NETWORKS = tuple(tried_networks("proposition 3 (i)", count=24))


NAMES = (n, W, b, h, m, theta, x, y, z)  # L = h + 1; m is the k of the proposition
STATEMENT = forall(
    *NAMES,
    implies(
        both(m >= 1, m <= h),
        are_bits(theta),
        pre_activations(y, x),
        masked(z, x, theta),
        in_cell(theta, z, m),
        below(i, n(m + 1), eq(y(m + 1, i), z(m + 1, i))),
    ),
)


def proof() -> Theorem:
    """The network of the first k + 1 layers is a network."""

    def build(
        _range: Theorem, bits: Theorem, forward: Theorem, masks: Theorem, cell: Theorem, goal: Expression
    ) -> Theorem:
        def on_closed(closed: Theorem) -> Theorem:
            everywhere = use(network_is_affine_on_cells(), n, W, b, theta, m, x, y, z)
            layers = use(everywhere, bits, forward, masks, closed)
            return prove(goal, lambda i, small, _: use(layers, m, arith(m < m + 1), i, small))

        return split(
            cell, on_closed, lambda half: on_closed(use(half_open_is_closed(), n, theta, z, m, half))
        )

    return prove_for(NAMES, STATEMENT, build)


def check(
    networks: Sequence[Network] = NETWORKS,
    maps: Callable[[Network, Bits, Vector], list[tuple[Fraction, ...]]] = values_along,
    statement: Expression = STATEMENT,
) -> Finding:
    """Prove it; and compare M_{k+1}(x) with M_{k+1} diag(theta_k) ... M_1 x for closed cells that hold x."""

    def failure(network: Network) -> Failure | None:
        for point in sample_points(network):
            bits = network.configuration(point).layers
            for k in range(1, network.depth):
                part = network.first_layers(k + 1)
                held = lies_in_closed_cell(part, bits[:k], point)
                if not held or tuple(maps(part, bits[:k], point)[-1]) != part(point):
                    return f"k = {k}, theta = {text(bits[:k])}, x = {written(point)}"
        return None

    tried = by_trial(
        networks, failure, "for every k from 1 to L - 1, with Theta_k the configurations of M_{k+1} (C6)"
    )
    return by_two_roads(by_kernel(statement, proof), tried)


CLAIM = PaperClaim(
    id="heinecke-hwang/proposition-3-i",
    title="Proposition 3 (i): M_{k+1} is affine on regions of Theta_k",
    sentence=r"""then on R^{θ} the representation \mathcal{M}_{k+1} coincides with [...]
    \mathcal{M}_{k+1}^{\theta} = M_{k+1} \operatorname{diag}(\theta_k) \cdots M_2
    \operatorname{diag}(\theta_1) M_1.""",
    source="Proposition 3 (i)",
    reading="""For theta in Theta_k (configurations of M_{k+1}), M_{k+1} = M_{k+1} diag(theta_k) ...
    diag(theta_1) M_1 on R^theta.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
