"""Section 3.2: more rows of W_1 need not give more atoms."""

from __future__ import annotations

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import configurations, linear_part, text
from ..kernel.rules import Theorem
from ..proving.cases import finitely_many
from ..proving.certificates import arith
from ..proving.refutations import denied
from ..proving.tactics import impossible, parts, prove, split, use, with_witness
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
    implies,
    number,
    substitute,
    variable,
)
from ..statements.networks import W, are_bits, b, masked, n, theta, x, z
from ..statements.networks import in_half_open_cell as in_cell
from ..verdicts import by_counterexample, by_kernel, by_two_roads

# relu(x), then with a second neuron that is never active: y = -1.
NARROW = Network.from_rationals([([[1]], [0]), ([[1]], [0])], name="relu(x)")
WIDE = Network.from_rationals([([[1], [0]], [0, -1]), ([[1, 1]], [0])], name="relu(x), one row more in W_1")


def most_atoms(network: Network) -> int:
    """Return the largest number |spt theta_1| of atoms of an affine piece (L = 2)."""
    return max(sum(theta[0]) for theta in configurations(network))


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


def check(narrow: Network = NARROW, wide: Network = WIDE, statement: Expression = STATEMENT) -> Finding:
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
            (f"network {number}, in the cell of {region.configuration}", region.point)
            for number, net in enumerate((narrow, wide), start=1)
            for region in regions(net)
        ],
        cells=[theta for net in (narrow, wide) for theta in configurations(net)],
    )
    return by_two_roads(by_kernel(statement, denial, refutes=True), computed, refutes=True)


CLAIM = PaperClaim(
    id="heinecke-hwang/section-3-2-more-atoms",
    title="more rows of W_1 give more atoms",
    sentence=r"""Thus, increasing the number of rows of W_1 and the number of columns of W_L (i.e., the
    widths of layers 1 and $L-1$) increases the number of atoms in expressing all affine transform
    pieces of M_L .""",
    source="Section 3.2, first paragraph",
    reading="""If a row is added to W_1 and a column to W_2 (L = 2), some affine piece has more atoms
    than any had before.""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
)
