"""C6. Section 3.1 and Proposition 3 define Theta_k differently."""

from __future__ import annotations

from collections.abc import Sequence

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Bits, configurations, inner_point, text, texts, values_along
from ..kernel.rules import Theorem, together, witness
from ..proving.cases import finitely_many
from ..proving.certificates import arith
from ..proving.existence import masked_values_exist
from ..proving.refutations import denied
from ..proving.tactics import impossible, parts, split, use, with_witness
from ..proving.witnesses import MaskedWitness, constant_bits, point
from ..statements.expressions import (
    Expression,
    Operand,
    both,
    exists,
    forall,
    implies,
    number,
    open_binder,
)
from ..statements.networks import W, are_bits, b, k, masked, n, theta, x, z
from ..statements.networks import in_half_open_cell as in_cell
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_counterexample, by_kernel, by_trial, by_two_roads, with_correction
from . import proposition_3_i_every_layer, proposition_3_ii_refinement

# M_1 = 0 and the identity of R, so L = 2; k = 1. Only theta_1 = 0 is attained; M_1 alone has no bits.
NETWORK = Network.from_rationals([([[0]], [0]), ([[1]], [0])], name="zero on the line")
K = 1
NETWORKS = tuple(tried_networks("C6", count=12))


def is_attained(hidden: Operand) -> Expression:
    """Theta_1, ..., theta_hidden are a configuration of M_{hidden + 1}: some x has it."""
    return exists(x, z, both(masked(z, x, theta), in_cell(theta, z, hidden)))


# Theta_{k+1} by Section 3.1 (of M_{k+2}) and by Proposition 3 (of M_{k+1}): the same bits are in both.
SECTION, PROPOSITION = is_attained(k + 1), is_attained(k)
STATEMENT = forall(
    *(n, W, b, k, theta),
    implies(are_bits(theta), both(implies(SECTION, PROPOSITION), implies(PROPOSITION, SECTION))),
)


def denial() -> Theorem:
    """M_1 = 0 is never positive, so theta_1 = 1 is not attained; without a hidden layer nothing is asked."""
    network, (theta, bits) = MaskedWitness(NETWORK), constant_bits(1)

    def build(claim: Theorem) -> Theorem:
        says = use(claim, *network.functions, 0, theta, use(bits, network.functions[0]))
        back = parts(says)[1]
        trivial, origin = back.conclusion.args[0], point((0,))

        def with_values(z: Expression, masks: Theorem) -> Theorem:
            inner = open_binder(open_binder(trivial, origin), z)
            return witness(together(masks, finitely_many(inner.args[1])), trivial, origin, z)

        attained = with_witness(use(masked_values_exist(), *network.functions, theta, origin), with_values)

        def impossible_bit(_x: Expression, _z: Expression, known: Theorem) -> Theorem:
            masks, cell = parts(known)
            value = use(parts(masks)[0], 0, arith(number(0) < 1))
            signs = use(cell, 0, arith(number(0) < 1), 0, arith(number(0) < 1))
            return split(signs, *[lambda case: impossible(*parts(case), value, degree=1)] * 2)

        return with_witness(use(back, attained), impossible_bit)

    return denied(STATEMENT, build)


# Charitably, Theta_k are the configurations of M_{k+1} in Proposition 3 too; then it holds.
CORRECTED = both(proposition_3_i_every_layer.STATEMENT, proposition_3_ii_refinement.STATEMENT)


def correction() -> Theorem:
    """Proposition 3, (i) and the refinement in (ii)."""
    return together(
        proposition_3_i_every_layer.proof().called("Proposition 3 (i)"),
        proposition_3_ii_refinement.proof().called("Proposition 3 (ii), refinement"),
    )


def theta_set(network: Network, maps: int) -> list[Bits]:
    """Return the configurations of the first ``maps`` affine maps, with maps - 1 hidden layers."""
    return configurations(network.first_layers(maps))


def check(
    network: Network = NETWORK,
    k: int = K,
    in_proposition: int | None = None,
    statement: Expression = STATEMENT,
    networks: Sequence[Network] = NETWORKS,
    one_more: int = 1,
    corrected: Expression = CORRECTED,
) -> Finding:
    """Compare Theta_k by Section 3.1 (of M_{k+1}) with Theta_k by Proposition 3 (of M_k)."""
    used = k if in_proposition is None else in_proposition
    section, proposition = theta_set(network, k + 1), theta_set(network, used)
    lengths = [len(theta) for theta in proposition]
    computed = by_counterexample(
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
        points=[(f"in the cell of {cell.configuration}", inner_point(cell)) for cell in regions(network)],
        cells=configurations(network),
    )

    def failure(net: Network) -> Failure | None:
        for hidden in range(1, net.depth):
            part = net.first_layers(hidden + one_more)
            for region in regions(part):
                bits, x = region.configuration.layers, inner_point(region)
                if len(bits) != hidden or tuple(values_along(part, bits, x)[-1]) != part(x):
                    return f"k = {hidden}, theta = {text(bits)}"
        return None

    return with_correction(
        by_two_roads(by_kernel(statement, denial, refutes=True), computed, refutes=True),
        "with Section 3.1's Theta_k, the configurations of M_{k+1}, Proposition 3 (i) holds, and the "
        "refinement in (ii) for k <= L - 2",
        by_two_roads(
            by_kernel(corrected, correction),
            by_trial(networks, failure, "k layers of bits, and the map of theta at a point of its cell"),
        ),
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/C6",
    title="Theta_k is one set in Section 3.1 and Proposition 3",
    sentence=r"""denote by Θ_k , for $k = 1, \ldots, L-1$, the set of all configurations of
    \mathcal{M}_{k+1} . [...] Let M_L be a ReLU representation, $k \in$ $\{1, \ldots, L-1\}$ and Θ_k the
    set of configurations of \mathcal{M}_k .""",
    source="Section 3.1, first paragraph; Proposition 3",
    reading="""Literally: the configurations of M_{k+1} and those of M_k are the same set, with bits for the
    layers 1, ..., k. Charitably (the corrected form): Proposition 3 means Section 3.1's Theta_k.""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.PROVED,
)
