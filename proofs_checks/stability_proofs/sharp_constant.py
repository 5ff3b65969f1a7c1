"""No constant below 2 sqrt(2) serves in Theorem 3.3, in any shape with at least 4 neurons."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate, natural
from ..kernel.rules import Theorem, absurd, part, together
from ..proving.certificates import arith
from ..proving.lemmas import abs_facts
from ..proving.tactics import (
    compare,
    parts,
    split,
    use,
    with_witness,
)
from ..statements.expressions import (
    FALSE,
    Expression,
    eq,
    forall,
    implies,
    number,
    substitute,
)
from ..statements.functions import ROOT
from .corollary import definition_3_2
from .gradients import step_exists
from .names import H, a, b, delta, m, n
from .opening import Entry, Given, opened
from .restricted import theorem_3_3_conclusion
from .restricted_space import SHARP, D, c, e
from .sharp_gradients import realizations_are_near
from .sharp_instance import GAMMA, HALF, THETA, at_each, early, family_exists, family_is_plane, late, s
from .sharp_plane import (
    coefficients,
    plane_is_restricted,
    unit_exists,
    weights,
)


def serves(factor: Entry) -> Expression:
    """Return Theorem 3.3 with the constant ``factor`` for given n, m, D."""
    return forall(*(H, a, c, b, e, delta), theorem_3_3_conclusion(factor))


def sharp_statement(bound: Expression = SHARP, most: int = 4) -> Expression:
    """Return: in every shape with at least 4 neurons, a constant that serves is at least 2 sqrt(2)."""
    here = substitute(substitute(serves(s), m, m + most), D, D + 1)
    return forall(*(n, m, D, s), implies(s >= 0, here, s >= bound))


@cache
def sharp() -> Theorem:
    """At least 2 away: the first neuron of Gamma is (e(t), 1), and Theta has no coefficient near 1."""

    def build(given: Given) -> Theorem:
        n, m, D, s, _least, serves, _goal = given

        def with_units(first: Expression, second: Expression, output: Expression, units: Theorem) -> Theorem:
            def with_families(of_gamma: Given, of_theta: Given) -> Theorem:
                shape = (n, m, D, first, second, output)
                return with_witness(
                    step_exists(),
                    lambda H, step: _far(s, serves, (H, step), shape, units, of_gamma, of_theta),
                )

            return with_witness(
                family_exists(GAMMA),
                lambda u, w, r, known: with_witness(
                    family_exists(THETA),
                    lambda p, q, v, other: with_families((u, w, r, known), (p, q, v, other)),
                ),
            )

        return with_witness(
            use(unit_exists(), n),
            lambda first, e_n: with_witness(
                use(unit_exists(), n + 1),
                lambda second, e_next: with_witness(
                    use(unit_exists(), 0),
                    lambda output, e_0: with_units(first, second, output, together(e_n, e_next, e_0)),
                ),
            ),
        )

    return opened(sharp_statement(), 6, build).called("no constant below 2 sqrt(2) serves")


def _far(
    s: Entry, serves: Theorem, H: Given, shape: Given, units: Theorem, gamma: Given, theta: Given
) -> Theorem:
    """From the Phi that Theorem 3.3 gives with s: s >= 2 sqrt(2)."""
    n, m, D, first, second, output = shape
    networks, members = [], []
    for (u, w, r, known), rows in ((gamma, GAMMA), (theta, THETA)):
        networks += [weights(u, w, first, second), coefficients(r, output)]
        plane = use(family_is_plane(rows), u, w, r, m + 4, known)
        members.append(use(plane_is_restricted(), n, m + 4, D, first, second, output, u, w, r, units, plane))
    near = use(
        realizations_are_near(),
        *(H[0], n, m, D, first, second, output, *gamma[:3], *theta[:3]),
        *(H[1], units, gamma[3], theta[3]),
    )
    some = use(serves, H[0], *networks, HALF, H[1], arith(HALF >= 0), *members, near)

    def found(phi: Expression, of_phi: Expression, known: Theorem) -> Theorem:
        member, same, close = parts(known)
        one_order = use(
            definition_3_2(), n, m + 4, D + 1, phi, of_phi, *networks[2:], member, members[1], same
        )
        at_zero = use(
            parts(use(close, 0, arith(number(0) < m + 4, natural(m))))[1],
            0,
            arith(number(0) < D + 1, natural(D)),
        )

        def with_order(pi: Expression, order: Theorem) -> Theorem:
            entries = part(order, 1)
            value = use(
                parts(use(entries, 0, arith(number(0) < m + 4, natural(m))))[1],
                0,
                arith(number(0) < D + 1, natural(D)),
            )
            unit = part(part(units, 2), 0)
            own = certificate(eq(gamma[2](0) * output(0), 1), [(early(gamma[3], 0)[2], output(0)), (unit, 1)])
            other = certificate(eq(of_phi(0, 0), theta[2](pi(0))), [(value, -1), (unit, theta[2](pi(0)))])
            away = at_each(
                pi(0),
                lambda at, more: _is_away(at, more, theta),
                lambda p: theta[2](p) ** 2 - 2 * theta[2](p) >= 3,
            )
            return _conclude(s, at_zero, own, other, away)

        return with_witness(one_order, with_order)

    return with_witness(some, found)


def _is_away(at: Entry, more: Entry, theta: Given) -> Theorem:
    """R <= -1 or r >= 3: (r - 3) (r + 1) >= 0."""
    index = number(at) if more is None else at
    values = early(theta[3], at) if more is None else late(theta[3], at, more)
    r = theta[2](index)
    bound = arith(r <= -1, values[2], degree=1) if at == 0 and more is None else None
    if bound is not None:
        return arith(r**2 - 2 * r >= 3, bound)
    facts = [] if more is None else [more]
    return arith(r**2 - 2 * r >= 3, arith(r >= 3, values[2], *facts, degree=1))


def _conclude(s: Expression, at_zero: Theorem, own: Theorem, other: Theorem, away: Theorem) -> Theorem:
    """|r - 1| <= s (1/2)^(1/2) with (r - 1)^2 >= 4."""
    root, square = parts(use(axiom("square root"), HALF, arith(HALF >= 0)))
    _two, of_two = parts(use(axiom("square root"), 2, arith(number(2) >= 0)))
    size, limit = at_zero.conclusion.args
    sizes = parts(use(abs_facts(), size.args[1]))
    left = arith(eq(size.args[1], other.conclusion.args[1] - 1), own, other, degree=1)
    squares = certificate(
        eq(size**2, (other.conclusion.args[1] - 1) ** 2),
        [(sizes[3],), (left, size.args[1] + other.conclusion.args[1] - 1)],
    )
    at_least = split(
        compare(number(2), size),
        lambda more: more,
        lambda less: absurd(arith(FALSE, squares, away, less, sizes[0]), number(2) <= size),
    )
    far = arith(number(2) <= limit, at_least, at_zero, degree=1)
    both_roots = certificate(
        eq((ROOT(number(2)) * ROOT(HALF)) ** 2, 1), [(square, ROOT(number(2)) ** 2), (of_two, HALF)]
    )
    product = ROOT(number(2)) * ROOT(HALF)
    one = split(
        compare(product, number(1)),
        lambda less: less,
        lambda more: absurd(arith(FALSE, more, both_roots), product <= 1),
    )
    return split(
        compare(SHARP, s),
        lambda more: more,
        lambda less: absurd(_too_small(less, root, square, far, one), s >= SHARP),
    )


def _too_small(less: Theorem, root: Theorem, square: Theorem, far: Theorem, one: Theorem) -> Theorem:
    positive = split(
        compare(ROOT(HALF), number(0)),
        lambda zero: absurd(arith(FALSE, zero, root, square), ROOT(HALF) > 0),
        lambda more: more,
    )
    return certificate(FALSE, [(less, positive), (far,), (one, 2)])
