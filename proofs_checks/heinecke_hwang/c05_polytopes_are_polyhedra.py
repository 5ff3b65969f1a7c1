"""C5. R^theta is convex, but in general not a polytope: it is unbounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

from exactrelu import Network, Region, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Bits, directions, in_half_open_cell, inner_point, text, written
from ..kernel.arithmetic import axiom
from ..kernel.rules import Theorem, part, together, witness
from ..proving.certificates import arith
from ..proving.decompositions import coefficients_by_linear_part
from ..proving.existence import linear_parts_exist
from ..proving.lemmas import abs_facts
from ..proving.refutations import Values, conclusion_of, denied, with_masked_values
from ..proving.tactics import impossible, parts, prove, prove_for, use, with_witness
from ..proving.witnesses import MaskedWitness, constant_bits
from ..statements.decompositions import V, coefficients
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
    total,
    variable,
)
from ..statements.functions import ABS
from ..statements.networks import W, are_bits, b, below, h, i, j, k, masked, n, s, theta, x, z
from ..statements.networks import in_half_open_cell as cell_of
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_counterexample, by_kernel, by_trial, by_two_roads, with_hypothesis
from . import corollary_4_i_piecewise_affine

NETWORK = Network.from_rationals([([[1]], [0]), ([[1]], [0])], name="relu on the line")
THETA = ((1,),)
NETWORKS = tuple(tried_networks("C5", count=24))
FAR = 10**6


# With polyhedron for polytope: the pre-activations of theta are affine functions <V, x> + c of x, so the cell
# is where finitely many of them are positive, or are not; and it is convex (half of Corollary 4 (i)).
constants = variable("c", REAL, NATURAL, NATURAL)
AFFINE = total(j, n(0), V(k + 1, i, j) * x(j)) + constants(k + 1, i)
HALF_SPACES = forall(
    theta,
    exists(
        *(V, constants),
        forall(x, z, implies(masked(z, x, theta), forall(k, below(i, n(k + 1), eq(z(k + 1, i), AFFINE))))),
    ),
)
CORRECTED = forall(
    *corollary_4_i_piecewise_affine.NAMES, both(HALF_SPACES, corollary_4_i_piecewise_affine.PIECES)
)


# The cell is bounded: all its points have entries of size at most s.
BOUNDED = forall(x, z, implies(masked(z, x, theta), cell_of(theta, z, h), below(j, n(0), ABS(x(j)) <= s)))
STATEMENT = forall(*(n, W, b, theta, h), implies(are_bits(theta), exists(s, BOUNDED)))


def denial() -> Theorem:
    """The half-line x > 0 has a point beyond every bound: |s| + 1."""
    network, (bits, known) = MaskedWitness(NETWORK), constant_bits(1)

    def build(claim: Theorem) -> Theorem:
        def with_bound(bound: Expression, within: Theorem) -> Theorem:
            size, signs = ABS(bound) + 1, parts(use(abs_facts(), bound))
            far = function(j, size)

            def with_values(values: Values) -> Theorem:
                ((y, masks),) = values
                first = arith(eq(y(1, 0), size), use(parts(masks)[0], 0, arith(number(0) < 1)))
                inside = conclusion_of(use(within, far, y), masks, first, signs[0])
                too_large = use(inside, 0, arith(number(0) < 1))
                absolute = use(part(use(axiom("abs"), size), 0), arith(size >= 0, signs[0]))
                return impossible(too_large, absolute, signs[1], degree=1)

            return with_masked_values(network.functions, bits, [far], with_values)

        says = use(claim, *network.functions, bits, 1, use(known, network.functions[0]))
        return with_witness(says, with_bound)

    return denied(STATEMENT, build)


def correction() -> Theorem:
    """V are the linear parts and c the values at 0; the rest is a part of Corollary 4 (i)."""
    whole = corollary_4_i_piecewise_affine.proof().called("Corollary 4 (i)")
    names = corollary_4_i_piecewise_affine.NAMES
    return prove_for(
        names,
        CORRECTED,
        lambda goal: together(prove_for((theta,), goal.args[0], _half_spaces), part(use(whole, *names), 2)),
    )


def _half_spaces(goal: Expression) -> Theorem:
    origin = function(j, number(0))

    def with_parts(linear: Expression, rule: Theorem) -> Theorem:
        def at_origin(values: Values) -> Theorem:
            ((at_zero, masks),) = values
            wanted = open_binder(open_binder(goal, linear), at_zero)

            def affine(of_x: Theorem, goal: Expression) -> Theorem:
                change = function(k, i, z(k, i) - at_zero(k, i))
                alphas = _are_coefficients(of_x, masks, coefficients(change, x, theta))
                image = use(coefficients_by_linear_part(), n, W, theta, x, linear, change, rule, alphas)
                return prove(goal, lambda k, i, small, goal: arith(goal, use(image, k, i, small), degree=1))

            return witness(prove_for((x, z), wanted, affine), goal, linear, at_zero)

        return with_masked_values((n, W, b), theta, [origin], at_origin)

    return with_witness(use(linear_parts_exist(), n, W, theta), with_parts)


def _are_coefficients(of_x: Theorem, at_zero: Theorem, goal: Expression) -> Theorem:
    """The values at x minus those at 0 are what W_k diag(theta) ... W_1 makes of x."""
    (start, step), (start_zero, step_zero) = parts(of_x), parts(at_zero)
    first, later = goal.args
    return together(
        prove(
            first,
            lambda i, small, goal: arith(goal, use(start, i, small), use(start_zero, i, small), degree=1),
        ),
        prove(
            later,
            lambda k, i, small, goal: arith(
                goal, use(step, k, i, small), use(step_zero, k, i, small), degree=1
            ),
        ),
    )


def check(
    network: Network = NETWORK,
    theta: Bits = THETA,
    networks: Sequence[Network] = NETWORKS,
    in_cell: Callable[[Network, Bits, Sequence[Any]], bool] = in_half_open_cell,
    statement: Expression = STATEMENT,
) -> Finding:
    """Look whether R^theta is bounded; then whether cells are convex, and unbounded along their rays."""
    cells = [region for region in regions(network) if region.configuration.layers == theta]
    rays = [ray for cell in cells for ray in directions(cell)]
    far = [[a + FAR * b for a, b in zip(inner_point(cells[0]), ray, strict=True)] for ray in rays]
    held = [in_half_open_cell(network, theta, x) for x in far]
    as_transcribed = by_counterexample(
        f"directions in which R^{text(theta)} is unbounded: {', '.join(map(written, rays)) or 'none'}",
        f"it holds the inner point plus {FAR} times the direction: {', '.join(map(str, held)) or '-'}",
        holds=not any(held),
        hypotheses={f"R^{text(theta)} is not empty": bool(cells)},
        networks=[network],
        points=[("inner point", inner_point(cell)) for cell in cells] + [("direction", ray) for ray in rays],
        cells=[theta],
    )

    def failure(net: Network) -> Failure | None:
        for region in regions(net):
            for place in points_between(region):
                if not in_cell(net, region.configuration.layers, place):
                    return f"the cell of {region.configuration} does not hold {written(place)}"
        return None

    return with_hypothesis(
        "polytope means polyhedron: an intersection of finitely many half-spaces, bounded or not",
        by_two_roads(by_kernel(statement, denial, refutes=True), as_transcribed, refutes=True),
        by_two_roads(
            by_kernel(CORRECTED, correction),
            by_trial(
                networks,
                failure,
                "between its inner point, its vertices and points on its rays every cell holds all "
                "midpoints, and points near the ends",
            ),
        ),
    )


def points_between(region: Region) -> Iterator[list[Fraction]]:
    """Yield points that a convex cell must hold: between the inner point and its closure, and along rays."""
    corners, inner = region.geometry.vertices, inner_point(region)
    rays = [
        [v + FAR * r for v, r in zip(corner, ray, strict=True)]
        for corner in corners
        for ray in directions(region)
    ]
    for weight in (Fraction(1, 2), Fraction(1, 1000)):
        for end in (*corners, *rays):
            yield between(weight, inner, end)
        for one, two in combinations((*corners, *rays), 2):
            yield between(weight, inner, between(Fraction(1, 3), one, two))


def between(weight: Fraction, one: Sequence[Fraction], two: Sequence[Fraction]) -> list[Fraction]:
    """Return weight * one + (1 - weight) * two."""
    return [weight * a + (1 - weight) * b for a, b in zip(one, two, strict=True)]


CLAIM = PaperClaim(
    id="heinecke-hwang/C5",
    title="R^theta is a polytope",
    sentence=r"""In slight abuse of notation, we call any vector [...] a *(diagonal) configuration* of
    the ReLU representation \mathcal{M}_L , if the polytope [...] is non-empty.""",
    source="Section 3, before (10); again in Example 1 and Corollary 4 (i)",
    reading="""Every non-empty R^theta is a polytope, that is, a bounded intersection of finitely many
    half-spaces.""",
    recorded=ClaimVerdict.CONDITIONAL,
    check=check,
)
