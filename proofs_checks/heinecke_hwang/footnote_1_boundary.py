"""Footnote 1: a zero pre-activation is not always a hyperplane boundary; it can fill a whole cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import (
    Bits,
    Vector,
    all_bits,
    configurations,
    inner_point,
    sample_points,
    texts,
    values_along,
    written,
)
from ..exact_networks import in_closed_cell as lies_in_closed_cell
from ..kernel.rules import Theorem, restate
from ..proving.cells import network_is_affine_on_cells
from ..proving.certificates import arith
from ..proving.existence import pre_activations_exist
from ..proving.refutations import Values, conclusion_of, denied, known_values, with_masked_values
from ..proving.tactics import below, impossible, parts, prove, prove_for, rewrite, split, use, with_witness
from ..proving.witnesses import MaskedWitness, constant_bits, point
from ..statements.expressions import (
    NATURAL,
    REAL,
    Expression,
    both,
    either,
    eq,
    exists,
    forall,
    implies,
    total,
    variable,
)
from ..statements.networks import (
    W,
    are_bits,
    b,
    eta,
    h,
    i,
    in_closed_cell,
    j,
    k,
    masked,
    n,
    s,
    theta,
    w,
    x,
    z,
)
from ..statements.networks import below as all_below
from ..statements.networks import in_half_open_cell as in_cell
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_counterexample, by_kernel, by_trial, by_two_roads, with_correction

# Weights 1, biases 0. For x < 0 the first neuron is dead, so y_2 = 1 * 0 + 0 = 0 on the whole half-line.
NETWORK = Network.from_rationals([([[1]], [0]), ([[1]], [0]), ([[1]], [0])], name="three identities")
NETWORKS = tuple(tried_networks("footnote 1", count=12))

# In each cell, the points where a pre-activation is zero lie in one hyperplane <a, x> = s, a != 0. (A cell of
# less than full dimension lies in one anyway.)
a = variable("a", REAL, NATURAL)
IN_ONE_PLANE = forall(
    x,
    z,
    implies(
        masked(z, x, theta), in_cell(theta, z, h), eq(z(k + 1, i), 0), eq(total(j, n(0), a(j) * x(j)), s)
    ),
)
NOT_ZERO = exists(j, both(j < n(0), either(a(j) < 0, a(j) > 0)))
STATEMENT = forall(
    *(n, W, b, theta, h, k, i),
    implies(are_bits(theta), k < h, i < n(k + 1), exists(a, s, both(NOT_ZERO, IN_ONE_PLANE))),
)

# Charitably, the choice does not matter: at a point of two closed cells the affine maps have one value.
CORRECTED = forall(
    *(n, W, b, h, theta, eta, x, z, w),
    implies(
        both(are_bits(theta), are_bits(eta)),
        both(masked(z, x, theta), masked(w, x, eta)),
        both(in_closed_cell(theta, z, h), in_closed_cell(eta, w, h)),
        all_below(i, n(h + 1), eq(z(h + 1, i), w(h + 1, i))),
    ),
)


def denial() -> Theorem:
    """On the half-line x <= 0 the second pre-activation is 0: at 0 and at -1, so s = 0 and a = 0."""
    network, (theta, bits) = MaskedWitness(NETWORK), constant_bits(0)
    cell, places = ((0,), (0,)), ((0,), (-1,))

    def build(claim: Theorem) -> Theorem:
        def with_plane(a: Expression, _s: Expression, plane: Theorem) -> Theorem:
            not_zero, in_plane = parts(plane)

            def with_values(values: Values) -> Theorem:
                found = []
                known = known_values(network, cell, values, places)
                for (y, masks), place in zip(values, places, strict=True):
                    found.append(conclusion_of(use(in_plane, point(place), y), masks, *known))

                def nonzero(j: Expression, known: Theorem) -> Theorem:
                    inside, sign = parts(known)
                    first = below(j, 1, restate(inside, j < 1))
                    at_first = rewrite(first, lambda w: either(a(w) < 0, a(w) > 0), sign)
                    return split(at_first, *[lambda case: impossible(case, *found)] * 2)

                return with_witness(not_zero, nonzero)

            return with_masked_values(
                network.functions, theta, [point(place) for place in places], with_values
            )

        says = use(claim, *network.functions, theta, 2, 1, 0)
        return with_witness(conclusion_of(says, use(bits, network.functions[0])), with_plane)

    return denied(STATEMENT, build)


def correction() -> Theorem:
    """Both are the network at the point."""

    def build(bits: Theorem, values: Theorem, cells: Theorem, goal: Expression) -> Theorem:
        def with_network(y: Expression, forward: Theorem) -> Theorem:
            known = [
                use(network_is_affine_on_cells(), n, W, b, one, h, x, y, of_x, is_bit, forward, masks, cell)
                for one, of_x, is_bit, masks, cell in zip(
                    (theta, eta), (z, w), parts(bits), parts(values), parts(cells), strict=True
                )
            ]
            last = arith(h < h + 1)
            return prove(
                goal, lambda i, small, goal: arith(goal, *(use(f, h, last, i, small) for f in known))
            )

        return with_witness(use(pre_activations_exist(), n, W, b, x), with_network)

    return prove_for((n, W, b, h, theta, eta, x, z, w), CORRECTED, build)


def check(
    network: Network = NETWORK,
    networks: Sequence[Network] = NETWORKS,
    fits: Callable[[Network, Bits, Vector], bool] = lies_in_closed_cell,
    statement: Expression = STATEMENT,
    corrected: Expression = CORRECTED,
) -> Finding:
    """Look for cells of full dimension on which a pre-activation is zero throughout."""
    found = []
    for region in regions(network, reading="full"):
        for number, layer in enumerate(region.affine_maps[:-1], start=1):
            found += [(region, number, place) for place, row in enumerate(layer.rows, 1) if not any(row)]
    lines = [
        f"y_{layer},{place} = 0 on the whole cell of {region.configuration}, with inner point "
        f"{written(inner_point(region))}"
        for region, layer, place in found
    ]
    computed = by_counterexample(
        *lines,
        f"half-open configurations, with (9): {texts(configurations(network))}; closed ones, without: "
        f"{texts(configurations(network, 'closed'))}",
        holds=not found,
        networks=[network],
        points=[("x", inner_point(region)) for region, _, _ in found[:1]],
        cells=[region.configuration.layers for region, _, _ in found[:1]],
    )

    def failure(net: Network) -> Failure | None:
        for place in sample_points(net):
            fitting = [bits for bits in all_bits(net) if fits(net, bits, place)]
            if {tuple(values_along(net, bits, place)[-1]) for bits in fitting} != {net(place)}:
                return f"x = {written(place)}: {texts(fitting)} have different values"
        return None

    return with_correction(
        by_two_roads(by_kernel(statement, denial, refutes=True), computed, refutes=True),
        "the choice is irrelevant: at every point of the closed cells of theta and eta M_L^theta = M_L^eta",
        by_two_roads(
            by_kernel(corrected, correction),
            by_trial(networks, failure, "all bits that fit at sampled points"),
        ),
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/footnote-1",
    title="footnote 1: y = 0 concerns only a hyperplane boundary",
    sentence=r"""This choice will be rendered irrelevant since it concerns the hyperplane boundary
    between two regions on which the representation acts affine linear.""",
    source="Section 3, footnote 1",
    reading="""Literally: the points of a cell of full dimension where some pre-activation is zero lie in
    hyperplanes. Charitably (the corrected form): which bit is taken where it is zero is irrelevant, as the
    affine maps of all bits that fit the point have one value there.""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.PROVED,
)
