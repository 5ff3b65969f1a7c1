"""Figure 2 (left): different polygons can carry one affine map."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from exactrelu import Network, Region, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import inner_point
from ..kernel.rules import Theorem, restate, together, weaken, witness
from ..proving.cases import finitely_many
from ..proving.certificates import arith
from ..proving.existence import bits_exist
from ..proving.refutations import denied
from ..proving.tactics import below as below_number
from ..proving.tactics import compare, impossible, parts, prove, rewrite, split, use, with_witness
from ..proving.witnesses import MaskedWitness, constant_bits, point
from ..statements.expressions import (
    NATURAL,
    REAL,
    Expression,
    both,
    eq,
    exists,
    forall,
    implies,
    negation,
    number,
    open_binder,
    table,
    variable,
)
from ..statements.networks import W, are_bits, b, contains_a_box, eta, h, i, k, masked, n, theta, v, x, z
from ..statements.networks import in_half_open_cell as in_cell
from ..verdicts import by_counterexample, by_kernel, by_trial, by_two_roads, with_correction

# M_1 = identity, M_2(a) = a - (1, 1), M_3 = identity of R^2.
IDENTITY = [[1, 0], [0, 1]]
NETWORK = Network.from_rationals(
    [(IDENTITY, [0, 0]), (IDENTITY, [-1, -1]), (IDENTITY, [0, 0])],
    name="relu(relu(x) - 1) in each coordinate",
)
# Charitably: M_1 and M_3 are the identity, M_2 is in general position, and ten cells have ten maps.
GENERIC = Network.from_rationals(
    [(IDENTITY, [0, 0]), ([[-1, -1], [2, 3]], [2, -1]), (IDENTITY, [0, 0])],
    name="a network with different maps",
)

theta_centre, eta_centre = variable("p", REAL, NATURAL), variable("q", REAL, NATURAL)
rho = variable("rho", REAL)


# Cells of full dimension of different configurations: somewhere their affine maps have different values.
DIFFERENT_BITS = exists(k, i, both(k < h, i < n(k + 1), negation(eq(theta(k + 1, i), eta(k + 1, i)))))
DIFFERENT_MAPS = exists(
    *(x, z, v, i),
    both(masked(z, x, theta), masked(v, x, eta), i < n(h + 1), negation(eq(z(h + 1, i), v(h + 1, i)))),
)
STATEMENT = forall(
    *(n, W, b, theta, eta, h, theta_centre, eta_centre, rho),
    implies(
        both(are_bits(theta), are_bits(eta), DIFFERENT_BITS, rho > 0),
        both(
            contains_a_box(in_cell, theta_centre, rho, theta, h),
            contains_a_box(in_cell, eta_centre, rho, eta, h),
        ),
        DIFFERENT_MAPS,
    ),
)
CENTRES: tuple[tuple[Fraction | int, ...], ...] = ((-1, -1), (Fraction(1, 2), -1))


def denial() -> Theorem:
    """The cells 00|00 and 10|00 of the page's network: on both all y_2 <= 0, and M_3 is the identity."""
    network, (zeros, bits) = MaskedWitness(NETWORK), constant_bits(0)

    def build(claim: Theorem) -> Theorem:
        def with_eta(eta: Expression, rule: Theorem) -> Theorem:
            entries = [_bit(rule, layer, place) for layer in (1, 2) for place in (0, 1)]
            centres = tuple(map(point, CENTRES))
            says = use(claim, *network.functions, zeros, eta, 2, *centres, Fraction(1, 2))
            differ = says.conclusion.args[0].args[2]
            different = prove(
                open_binder(open_binder(differ, number(0)), number(0)).args[2],
                lambda equal, _goal: impossible(equal, entries[0]),
            )
            first = [arith(number(0) < 2), arith(number(0) < 2)]
            differing = witness(together(*first, different), differ, 0, 0)
            hypotheses = together(
                use(bits, network.functions[0]),
                _are_bits(rule, says.conclusion.args[0].args[1]),
                differing,
                arith(number(0) < Fraction(1, 2)),
            )
            says = use(says, hypotheses)

            def in_the_box(
                _x: Expression, _z: Expression, masks: Theorem, near: Theorem, goal: Expression
            ) -> Theorem:
                return _in_the_box(entries, masks, near, goal)

            def one_map(
                _x: Expression, z: Expression, v: Expression, i: Expression, known: Theorem
            ) -> Theorem:
                return _one_map(entries, z, v, i, known)

            boxes = [prove(box, in_the_box) for box in says.conclusion.args[0].args]
            return with_witness(use(says, together(*boxes)), one_map)

        return with_witness(use(bits_exist(), table({(1, 0): 1})), with_eta)

    return denied(STATEMENT, build)


def _bit(rule: Theorem, layer: int, place: int) -> Theorem:
    """Return eta_{layer,place} = 1 if it is that of the first neuron, else 0."""
    positive, other = parts(use(rule, layer, place))
    chosen = positive if (layer, place) == (1, 0) else other
    return use(chosen, arith(chosen.conclusion.args[0]))


def _are_bits(rule: Theorem, statement: Expression) -> Theorem:
    def build(k: Expression, i: Expression, _: Theorem, goal: Expression) -> Theorem:
        positive, other = parts(use(rule, k + 1, i))
        value = positive.conclusion.args[0].args[1]
        return split(
            compare(value, number(0)),
            lambda sign: weaken(use(other, sign), goal),
            lambda sign: weaken(use(positive, sign), goal),
        )

    return prove(statement, build)


def _in_the_box(entries: Sequence[Theorem], masks: Theorem, near: Theorem, goal: Expression) -> Theorem:
    """The signs of y_1 = x and of y_2, which are bit * y_1 - 1."""
    (start, step), inside = parts(masks), [arith(number(place) < 2) for place in (0, 1)]
    first = [use(start, place, inside[place]) for place in (0, 1)]
    second = [use(step, 0, place, inside[place]) for place in (0, 1)]
    sides = [side for place in (0, 1) for side in parts(use(near, place, inside[place]))]
    return finitely_many(goal, *entries, *first, *second, *sides)


def _one_map(
    entries: Sequence[Theorem], z: Expression, v: Expression, i: Expression, known: Theorem
) -> Theorem:
    """Y_3 = 0 for both, as the bits of layer 2 are 0."""
    of_theta, of_eta, inside, differ = parts(known)

    def at(equal: Theorem) -> Theorem:
        place = equal.conclusion.args[1]
        less = arith(place < 2)
        steps = [use(parts(masks)[1], 1, place, less) for masks in (of_theta, of_eta)]
        zero = arith(
            eq(z(3, place), v(3, place)), *steps, *entries, degree=1, multipliers=[v(2, place), z(2, place)]
        )
        return use(differ, rewrite(arith(eq(place, i), equal), lambda w: eq(z(3, w), v(3, w)), zero))

    return split(below_number(i, 2, restate(inside, i < 2)), at, at)


def with_one_map(network: Network) -> tuple[list[Region], list[tuple[Region, Region]]]:
    """Return the cells of full dimension, and the pairs of them with one affine map."""
    cells = list(regions(network, reading="full"))
    return cells, [(one, two) for one, two in combinations(cells, 2) if one.affine_map == two.affine_map]


def check(
    network: Network = NETWORK, generic: Network = GENERIC, statement: Expression = STATEMENT
) -> Finding:
    """Look for two cells of full dimension with one affine map; then for a network without."""
    cells, same = with_one_map(network)
    maps = len({cell.affine_map for cell in cells})
    shown = [
        f"cells of {one.configuration} and {two.configuration}: weight "
        f"{[[str(entry) for entry in row] for row in one.affine_map.weight]}, bias "
        f"{[str(entry) for entry in one.affine_map.bias]} on both"
        for one, two in same[:1]
    ]
    computed = by_counterexample(
        f"{len(cells)} cells of full dimension, {maps} different affine maps",
        *shown,
        holds=not same,
        networks=[network],
        points=[
            ("inner point of the first", inner_point(same[0][0])),
            ("of the second", inner_point(same[0][1])),
        ]
        if same
        else [],
        cells=[cell.configuration.layers for cell in same[0]] if same else [],
    )
    split_cells, shared = with_one_map(generic)
    example = by_trial(
        [generic],
        lambda _: f"{len(shared)} pairs of cells with one map" if shared or len(split_cells) < 5 else None,
        f"{len(split_cells)} cells of full dimension, and as many maps",
    )
    return with_correction(
        by_two_roads(by_kernel(statement, denial, refutes=True), computed, refutes=True),
        "it can be so: a network with two neurons in each layer has a different map on each polygon",
        example,
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/figure-2-different-maps",
    title="Figure 2: a different affine map on each polygon",
    sentence=r"""On each polygon the data is represented via a different affine linear map.""",
    source="Caption of Figure 2, left",
    reading="""Literally, as a statement on every network (the figure's weights are not given): cells of full
    dimension have pairwise different affine maps. Charitably (the corrected form), of the network that is
    drawn: there are such networks of its shape.""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.CHECKED,
)
