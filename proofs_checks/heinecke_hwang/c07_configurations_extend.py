"""C7. Every configuration of k layers extends one of k - 1 layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Bits, configurations, text
from ..kernel.rules import Theorem, together, witness
from ..proving.certificates import arith
from ..proving.tactics import parts, prove, prove_for, use, with_witness
from ..statements.expressions import Expression, both, exists, forall, implies, open_binder
from ..statements.networks import (
    W,
    are_bits,
    b,
    in_closed_cell,
    in_half_open_cell,
    m,
    masked,
    n,
    theta,
    x,
    z,
)
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_kernel, by_trial, by_two_roads

NETWORKS = tuple(tried_networks("C7", count=30))


def theta_set(network: Network, k: int, reading: str) -> Sequence[Bits]:
    """Return Theta_k, the configurations of M_{k+1}."""
    return configurations(network.first_layers(k + 1), reading)


NAMES = (n, W, b, m, theta)  # m = k - 1
FINE, COARSE = (
    {
        "closed": exists(x, z, both(are_bits(theta), masked(z, x, theta), in_closed_cell(theta, z, layers))),
        "half-open": exists(
            x, z, both(are_bits(theta), masked(z, x, theta), in_half_open_cell(theta, z, layers))
        ),
    }
    for layers in (m + 1, m)
)
STATEMENT = forall(*NAMES, both(*(implies(FINE[reading], COARSE[reading]) for reading in FINE)))


def proof() -> Theorem:
    """A point of the cell of k layers of bits lies in that of the first k - 1."""

    def shorter(some: Theorem, goal: Expression) -> Theorem:
        def build(x: Expression, z: Expression, known: Theorem) -> Theorem:
            bits, masks, cell = parts(known)
            before = open_binder(open_binder(goal, x), z).args[2]
            fewer = prove(before, lambda k, inside, _: use(cell, k, arith(k < m + 1, inside)))
            return witness(together(bits, masks, fewer), goal, x, z)

        return with_witness(some, build)

    return prove_for(NAMES, STATEMENT, lambda goal: together(*(prove(part, shorter) for part in goal.args)))


def check(
    networks: Sequence[Network] = NETWORKS,
    coarser: Callable[[Network, int, str], Sequence[Bits]] = theta_set,
    statement: Expression = STATEMENT,
) -> Finding:
    """Prove it; and cut the last layer off each element of Theta_k and look for the rest in Theta_{k-1}."""
    looked_at = 0

    def failure(network: Network) -> Failure | None:
        nonlocal looked_at
        for reading in ("half-open", "closed"):
            for k in range(2, network.depth):
                before = set(coarser(network, k - 1, reading))
                for bits in theta_set(network, k, reading):
                    looked_at += 1
                    if bits[:-1] not in before:
                        return f"{reading}, k = {k}: {text(bits)} extends no configuration of Theta_{k - 1}"
        return None

    trial = by_trial(networks, failure, "in both readings, for every k from 2 to L - 1")
    tried = replace(trial, evidence=(*trial.evidence, f"configurations cut: {looked_at}"))
    return by_two_roads(by_kernel(statement, proof), tried)


CLAIM = PaperClaim(
    id="heinecke-hwang/C7",
    title="configurations of Theta_k extend configurations of Theta_{k-1}",
    sentence=r"""Then every configuration in Θ_k is derived from a configuration in Θ_{k-1} via
    concatenation with a vector from $\{0,1\}^{N_k}$.""",
    source="Section 3.1, first paragraph",
    reading="""For k >= 2, with Theta_k the configurations of M_{k+1}: leaving out theta_k gives an
    element of Theta_{k-1}. (The cell of theta lies in that of its beginning.)""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
