"""Section 3.2: more rows of W_1 need not give more atoms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise, product

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import configurations, inner_point, linear_part, text
from ..kernel.arithmetic import certificate, identity, natural
from ..kernel.rules import Theorem, together, weaken, witness
from ..proving.cases import by_cases, finitely_many
from ..proving.certificates import arith
from ..proving.existence import masked_values_exist
from ..proving.lemmas import sum_monotone, sum_not_negative
from ..proving.refutations import denied
from ..proving.tactics import by_induction, impossible, parts, prove, prove_for, split, use, with_witness
from ..proving.witnesses import NetworkWitness
from ..statements.bounds import support_size
from ..statements.expressions import (
    NATURAL,
    REAL,
    Expression,
    both,
    eq,
    exists,
    forall,
    function,
    implies,
    number,
    open_binder,
    substitute,
    variable,
)
from ..statements.networks import W, are_bits, b, below, i, j, k, masked, n, p, r, theta, x, z
from ..statements.networks import in_half_open_cell as in_cell
from ..verdicts import Failure, by_counterexample, by_kernel, by_trial, by_two_roads, with_correction

# relu(x), then with a second neuron that is never active: y = -1.
NARROW = Network.from_rationals([([[1]], [0]), ([[1]], [0])], name="relu(x)")
WIDE = Network.from_rationals([([[1], [0]], [0, -1]), ([[1, 1]], [0])], name="relu(x), one row more in W_1")


def most_atoms(network: Network) -> int:
    """Return the largest number |spt theta_1| of atoms of an affine piece (L = 2)."""
    return max(sum(theta[0]) for theta in configurations(network))


def most_of_all(widths: Sequence[int]) -> int:
    """Return N_1 for L = 2 and N_1 N_{L-1} for L > 2."""
    return widths[0] if len(widths) == 1 else widths[0] * widths[-1]


def all_ones(widths: Sequence[int]) -> Network:
    """Return the network whose weights and biases are all 1."""
    return Network.from_rationals(
        [([[1] * before] * after, [1] * after) for before, after in pairwise((1, *widths, 1))],
        name="all ones",
    )


NETWORKS = tuple(all_ones(widths) for depth in (1, 2) for widths in product((1, 2, 3), repeat=depth))


# m are the widths of the network with one row more in W_1; W and b are the same where both have entries. If
# no piece of the first network has more than q atoms, some piece of the second one has.
m, q = variable("m", NATURAL, NATURAL), variable("q", REAL)
ONE_ROW_MORE = both(eq(m(0), n(0)), eq(m(1), n(1) + 1), eq(m(2), n(2)))
PIECE = both(are_bits(theta), masked(z, x, theta), in_cell(theta, z, number(1)))
WIDER = substitute(both(PIECE, support_size(theta, 1) > q), n, m)
STATEMENT = forall(
    *(n, m, W, b, q),
    implies(
        ONE_ROW_MORE,
        forall(theta, x, z, implies(PIECE, support_size(theta, 1) <= q)),
        exists(theta, x, z, WIDER),
    ),
)

# Charitably: for all widths, L = k + 2, a piece has at most N_1 N_{L-1} atoms (N_1 if L = 2), and some piece
# of some network with these widths has as many, none of them zero.
ATOMS = support_size(theta, 1) * support_size(theta, k + 1)
ONES = below(
    i, n(k + 2), below(p, n(k + 1), below(r, n(1), below(j, n(0), eq(W(k + 2, i, p) * W(1, r, j), 1))))
)
AT_MOST = forall(
    theta, implies(are_bits(theta), both(support_size(theta, 1) <= n(1), n(1) * n(k + 1) >= ATOMS))
)
ATTAINED = exists(
    *(W, b, theta, x, z),
    both(
        both(are_bits(theta), masked(z, x, theta), in_cell(theta, z, k + 1)),
        both(eq(support_size(theta, 1), n(1)), eq(ATOMS, n(1) * n(k + 1))),
        ONES,
    ),
)
CORRECTED = forall(n, k, both(AT_MOST, ATTAINED))


def denial() -> Theorem:
    """Relu(x) has one atom; the neuron -1 is never active, so there is at most one with it too."""
    narrow, wide = NetworkWitness(NARROW), NetworkWitness(WIDE)

    def build(claim: Theorem) -> Theorem:
        says = use(claim, narrow.functions[0], *wide.functions, 1)
        says = use(says, finitely_many(says.conclusion.args[0]))

        def few(_t: Expression, _x: Expression, _z: Expression, piece: Theorem, goal: Expression) -> Theorem:
            bits = use(parts(piece)[0], 0, 0, arith(number(0) < 1))
            return split(bits, *[lambda bit: arith(goal, bit)] * 2)

        def found(_t: Expression, _x: Expression, _z: Expression, known: Theorem) -> Theorem:
            piece, many = parts(known)
            bits, masks, cell = parts(piece)
            value = use(parts(masks)[0], 1, arith(number(1) < 2))
            signs = use(cell, 0, arith(number(0) < 1), 1, arith(number(1) < 2))

            def dead(first: Theorem) -> Theorem:
                def inactive(case: Theorem) -> Theorem:
                    bit, sign = parts(case)
                    return impossible(many, first, bit, sign, value, degree=1)

                return split(signs, inactive, inactive)

            return split(use(bits, 0, 0, arith(number(0) < 2)), dead, dead)

        return with_witness(use(says, prove(says.conclusion.args[0], few)), found)

    return denied(STATEMENT, build)


def correction() -> Theorem:
    """A support has at most all neurons; with weights and biases 1 all are active at x = 0."""

    def most(bits: Theorem, goal: Expression) -> Theorem:
        first, _ = _size(bits, number(0))
        last, not_negative = _size(bits, k)
        factor = arith(n(1) >= 0, natural(n(1)))
        product = certificate(goal.args[1], [(first, not_negative), (last, factor)])
        return together(first, product)

    return prove_for(
        (n, k),
        CORRECTED,
        lambda goal: together(prove_for((theta,), goal.args[0], most), _all_active(goal.args[1])),
    )


def _size(bits: Theorem, layer: Expression) -> tuple[Theorem, Theorem]:
    """0 <= |spt theta_{layer + 1}| <= N_{layer + 1}."""

    def bit_is(formula: Callable[[Expression], Expression]) -> Theorem:
        statement = below(i, n(layer + 1), formula(theta(layer + 1, i)))
        return prove(statement, lambda i, small, goal: by_cases(goal, use(bits, layer, i, small)))

    bit, ones, size = function(i, theta(layer + 1, i)), function(i, number(1)), support_size(theta, layer + 1)
    at_most = use(sum_monotone(), bit, ones, n(layer + 1), bit_is(lambda bit: bit <= 1))
    not_negative = use(sum_not_negative(), bit, n(layer + 1), bit_is(lambda bit: bit >= 0))
    return arith(size <= n(layer + 1), at_most), arith(size >= 0, not_negative)


def _all_active(goal: Expression) -> Theorem:
    """All weights, biases and bits 1, x = 0: every pre-activation is positive."""
    weights, bias, bits = (function(*names, number(1)) for names in ((i, j, p), (i, j), (i, j)))
    origin = function(i, number(0))

    def with_values(z: Expression, masks: Theorem) -> Theorem:
        start, step = parts(masks)
        body = goal
        for value in (weights, bias, bits, origin, z):
            body = open_binder(body, value)

        def claim(layer: Expression) -> Expression:
            return below(i, n(layer + 1), z(layer + 1, i) > 0)

        def base(goal: Expression) -> Theorem:
            return prove(goal, lambda i, small, goal: arith(goal, use(start, i, small)))

        def following(layer: Expression, before: Theorem, goal: Expression) -> Theorem:
            terms = prove(
                below(j, n(layer + 1), z(layer + 1, j) >= 0),
                lambda j, small, goal: arith(goal, use(before, j, small)),
            )
            rest = use(sum_not_negative(), function(j, z(layer + 1, j)), n(layer + 1), terms)
            return prove(goal, lambda i, small, goal: arith(goal, use(step, layer, i, small), rest, degree=1))

        positive = by_induction(claim, base, following)
        are_ones, _, cell = body.args[0].args
        found = together(
            prove(are_ones, lambda _k, _i, _small, goal: weaken(identity(1, 1), goal)),
            masks,
            prove(
                cell,
                lambda layer, _inside, i, small, goal: by_cases(goal, use(positive, layer, i, small)),
            ),
        )
        sizes = together(*(identity(*part.args) for part in body.args[1].args))
        ones = prove(body.args[2], lambda _i, _s, _p, _t, _r, _u, _j, _v, goal: identity(*goal.args))
        return witness(together(found, sizes, ones), goal, weights, bias, bits, origin, z)

    return with_witness(use(masked_values_exist(), n, weights, bias, bits, origin), with_values)


def check(
    narrow: Network = NARROW,
    wide: Network = WIDE,
    networks: Sequence[Network] = NETWORKS,
    most: Callable[[Sequence[int]], int] = most_of_all,
    statement: Expression = STATEMENT,
    corrected: Expression = CORRECTED,
) -> Finding:
    """Count the atoms before and after the first layer is widened."""
    kept, added = narrow.layers[0].rows, wide.layers[0].rows
    rows = [len(network.layers[0].weight) for network in (narrow, wide)]
    atoms = [most_atoms(network) for network in (narrow, wide)]
    pieces = [
        {text(theta): str(linear_part(net, theta)[0][0]) for theta in configurations(net)}
        for net in (narrow, wide)
    ]
    computed = by_counterexample(
        f"rows of W_1: {rows[0]}, then {rows[1]}; most atoms of a piece: {atoms[0]}, then {atoms[1]}",
        f"linear parts by configuration: {pieces[0]}, then {pieces[1]}",
        holds=atoms[1] > atoms[0],
        hypotheses={
            "L = 2": narrow.depth == wide.depth == 2,
            "W_1 keeps its rows and gets one more": added[: len(kept)] == kept
            and len(added) == len(kept) + 1,
            "W_2 keeps its columns": all(
                row[: len(kept)] == before
                for row, before in zip(wide.layers[1].weight, narrow.layers[1].weight, strict=True)
            ),
        },
        networks=[narrow, wide],
        points=[
            (f"network {number}, in the cell of {region.configuration}", inner_point(region))
            for number, net in enumerate((narrow, wide), start=1)
            for region in regions(net)
        ],
        cells=[theta for net in (narrow, wide) for theta in configurations(net)],
    )

    def failure(net: Network) -> Failure | None:
        found = max(most_of_all([sum(bits) for bits in theta]) for theta in configurations(net))
        return None if found == most(net.hidden_widths) else f"widths {net.widths}: {found} atoms"

    return with_correction(
        by_two_roads(by_kernel(statement, denial, refutes=True), computed, refutes=True),
        "the largest possible number of atoms of a piece is N_1 N_{L-1} (N_1 for L = 2), attained for all "
        "widths; so it grows with the widths of the layers 1 and L - 1",
        by_two_roads(
            by_kernel(corrected, correction),
            by_trial(networks, failure, "L = 2 and 3, widths 1 to 3, all weights 1"),
        ),
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/section-3-2-more-atoms",
    title="more rows of W_1 give more atoms",
    sentence=r"""Thus, increasing the number of rows of W_1 and the number of columns of W_L (i.e., the
    widths of layers 1 and $L-1$) increases the number of atoms in expressing all affine transform
    pieces of M_L .""",
    source="Section 3.2, first paragraph",
    reading="""Literally: if a row is added to W_1 and a column to W_2 (L = 2), some affine piece has more
    atoms than any had before. Charitably (the corrected form): the most atoms that a piece can have, over all
    networks with given widths, are more.""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.PROVED,
)
