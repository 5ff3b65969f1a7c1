"""Large architectures: local minima among their realizations, of one radius, are nearly optimal."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import certificate, identity
from ..kernel.rules import Theorem, absurd, together, witness
from ..proving.certificates import arith
from ..proving.tactics import compare, parts, prove, rewrite, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    TRUTH,
    Expression,
    both,
    eq,
    exists,
    forall,
    implies,
    number,
    variable,
)
from ..statements.functions import INVERSE
from .architectures import architectures, common_architecture, is_totally_bounded, regular
from .names import below, epsilon, i
from .opening import Entry, Given, opened, opened_exists
from .proposition_1_2 import (
    ARC,
    PAR,
    _inverse_of,
    arc,
    arc2,
    at_most,
    c,
    f,
    g,
    gamma,
    in_P,
    in_S,
    loss,
    mix,
    norm,
    phi,
    psi,
    radius,
    realize,
    top,
)
from .small_steps import one_small_step, with_small
from .theorem_a_2 import _half, is_convex_on, is_convex_set, is_distance, is_lipschitz_on, theorem_a_2

special = variable("M", TRUTH, ARC, PAR)


def are_minima(radius: Expression) -> Expression:
    """Return: no realization of Omega_N within the radius of a special one has less loss."""
    close = norm(realize(psi), realize(gamma)) <= radius
    less = loss(realize(gamma)) <= loss(realize(psi))
    return forall(
        *(arc, gamma, psi), implies(regular(arc, gamma), special(arc, gamma), regular(arc, psi), close, less)
    )


def is_nearly_optimal() -> Expression:
    """Return: for large N all special parametrizations in Omega_N are optimal up to epsilon."""
    best = forall(psi, implies(regular(arc, psi), loss(realize(gamma)) <= loss(realize(psi)) + epsilon))
    each = forall(gamma, implies(regular(arc, gamma), special(arc, gamma), best))
    large = exists(arc2, forall(arc, implies(at_most(arc2, arc), each)))
    return forall(epsilon, implies(epsilon > 0, large))


def regularized() -> list[Expression]:
    """Return what Theorem 1.3 asks of architectures, of the norm, of S and of the loss."""
    bounded = exists(top, forall(f, g, implies(in_S(f), in_S(g), norm(f, g) <= top)))
    return [
        architectures(),
        is_distance(norm, mix),
        is_convex_set(in_S, mix),
        is_totally_bounded(),
        bounded,
        is_convex_on(loss, in_S, mix),
        c >= 0,
        is_lipschitz_on(loss, in_S, norm, c),
    ]


@cache
def minima_of_one_radius() -> Theorem:
    """By Theorem A.2 for the realizations in S."""
    statement = forall(
        *(at_most, in_P, realize, in_S, mix, norm, loss, c, special, radius),
        implies(
            *regularized(),
            exists(arc, at_most(arc, arc)),
            radius > 0,
            are_minima(radius),
            is_nearly_optimal(),
        ),
    )

    def build(given: Given) -> Theorem:
        at_most, in_P, realize, in_S, mix, norm, loss, c, _special, radius = given[:10]
        arcs, distance, convex, bounded_totally, bounded, convex_loss, c_least, lipschitz = given[10:18]
        some, radius_positive, radius_minimum, epsilon, e_positive, goal = given[18:]

        def realized(f: Expression) -> Expression:
            return exists(arc, phi, both(in_P(arc, phi), eq(realize(phi), f)))

        def with_top(top: Expression, limit: Theorem) -> Theorem:
            small = use(one_small_step(), epsilon, 2 * c * top, e_positive)

            def with_part(part: Expression, above: Theorem, facts: Entry) -> Theorem:
                (slack,) = facts(part, above, arith(part <= part))

                def with_eta(part2: Expression, known: list[Theorem]) -> Theorem:
                    part_positive, part_most, slack2 = known
                    eta = part2 * radius
                    eta_positive = arith(eta > 0, part_positive, radius_positive)
                    large = arith(
                        radius >= 2 * eta,
                        arith(part2 * radius <= number(_half()) * radius, part_most, radius_positive),
                        degree=1,
                    )

                    def with_net(n: Expression, centre: Expression, net: Theorem) -> Theorem:
                        centres, cover = parts(net)
                        real = prove(
                            below(i, n, realized(centre(i))),
                            lambda i, less, _goal: parts(use(centres, i, less))[1],
                        )
                        architecture = use(
                            common_architecture(), at_most, in_P, realize, mix, centre, n, arcs, some, real
                        )

                        def with_arc(base: Expression, found: Theorem) -> Theorem:
                            body = opened_exists(goal, base)
                            data = (
                                *(in_P, realize, in_S, mix, norm, loss, c),
                                *(eta, radius, part2, top, centre),
                            )
                            known_facts = (
                                *(arcs, distance, convex, convex_loss, c_least, lipschitz, radius_minimum),
                                *(eta_positive, large, radius_positive, limit, slack2),
                                *(centres, cover, found),
                            )
                            return witness(
                                opened(body, 6, lambda given: _good(given, data, known_facts)), goal, base
                            )

                        return with_witness(architecture, with_arc)

                    return with_witness(use(bounded_totally, eta, eta_positive), with_net)

                def with_half(order: Theorem) -> Theorem:
                    return with_eta(part, [above, order, slack])

                def too_large(more: Theorem) -> Theorem:
                    half = number(_half())
                    (slack_half,) = facts(half, arith(half > 0), arith(half <= part, more))
                    return with_eta(half, [arith(half > 0), arith(half <= half), slack_half])

                return split(compare(part, number(_half())), with_half, too_large)

            return with_small([small], with_part)

        return with_witness(bounded, with_top)

    return opened(statement, 23, build).called("minima of one radius are nearly optimal")


def _good(given: Given, data: Entry, facts: Entry) -> Theorem:
    """A local minimum of a large architecture is nearly optimal."""
    from ..statements.expressions import function

    in_P, realize, in_S, mix, norm, loss, c, eta, radius, part, top, centre = data
    (
        arcs,
        distance,
        convex,
        convex_loss,
        c_least,
        lipschitz,
        radius_minimum,
        eta_positive,
        large,
        radius_positive,
        limit,
        slack,
        centres,
        cover,
        found,
    ) = facts
    arc_, order, gamma_, regular_gamma, minimum, psi_, *rest = given
    regular_psi, goal = (rest[0], rest[1]) if len(rest) == 2 else (None, rest[0])
    if regular_psi is None:
        return prove(
            goal,
            lambda h, goal: _good((arc_, order, gamma_, regular_gamma, minimum, psi_, h, goal), data, facts),
        )

    def is_regular(phi: Expression) -> Expression:
        return both(in_P(arc_, phi), in_S(realize(phi)))

    def realized(f: Expression) -> Expression:
        return exists(arc, phi, both(in_P(arc, phi), eq(realize(phi), f)))

    in_all = function(f, both(in_S(f), realized(f)))
    in_own = function(f, exists(phi, both(is_regular(phi), eq(realize(phi), f))))
    star_ = realize(gamma_)
    mixes = parts(arcs)[3]
    convex_all = opened(
        is_convex_set(in_all, mix),
        7,
        lambda given: together(
            use(convex, *given[:3], given[3], given[4], parts(given[5])[0], parts(given[6])[0]),
            use(mixes, *given[:3], given[3], given[4], parts(given[5])[1], parts(given[6])[1]),
        ),
    )
    convex_loss_all = opened(
        is_convex_on(loss, in_all, mix),
        7,
        lambda given: use(convex_loss, *given[:5], parts(given[5])[0], parts(given[6])[0]),
    )
    lipschitz_all = opened(
        is_lipschitz_on(loss, in_all, norm, c),
        4,
        lambda given: use(lipschitz, *given[:2], parts(given[2])[0], parts(given[3])[0]),
    )

    def own_in_all(f_: Expression, own: Theorem, _goal: Expression) -> Theorem:
        def found_phi(phi_: Expression, known: Theorem) -> Theorem:
            regular_phi, value = parts(known)
            in_p, in_s = parts(regular_phi)
            moved = rewrite(value, in_S, in_s)
            return together(moved, witness(together(in_p, value), realized(f_), arc_, phi_))

        return with_witness(own, found_phi)

    subset = prove(forall(f, implies(in_own(f), in_all(f))), own_in_all)

    def approximate(f_: Expression, inside: Theorem, goal: Expression) -> Theorem:
        in_s, real = parts(inside)

        def at_centre(i_: Expression, known: Theorem) -> Theorem:
            less, close = parts(known)
            centre_in = parts(use(centres, i_, less))[0]

            def with_phi(phi_: Expression, of_phi: Theorem) -> Theorem:
                in_p, value = parts(of_phi)
                backwards = rewrite(
                    value, lambda z: eq(z, realize(phi_)), identity(realize(phi_), realize(phi_))
                )
                member_ = together(in_p, rewrite(backwards, in_S, centre_in))
                own = witness(together(member_, value), in_own(centre(i_)), phi_)
                return witness(together(own, close), goal, centre(i_))

            return with_witness(use(found, i_, less, arc_, order), with_phi)

        return with_witness(use(cover, f_, in_s, real), at_centre)

    approximates = prove(
        forall(f, implies(in_all(f), exists(g, both(in_own(g), norm(g, f) <= eta)))), approximate
    )
    own_star = witness(together(regular_gamma, identity(star_, star_)), in_own(star_), gamma_)

    def minimum_there(_: Expression, own: Theorem, close: Theorem, _goal: Expression) -> Theorem:
        def with_phi(phi_: Expression, known: Theorem) -> Theorem:
            regular_phi, value = parts(known)
            backwards = rewrite(value, lambda z: eq(z, realize(phi_)), identity(realize(phi_), realize(phi_)))
            near_too = rewrite(backwards, lambda z: norm(z, star_) <= radius, close)
            facts = (regular_gamma, minimum, regular_phi, near_too)
            less = use(radius_minimum, arc_, gamma_, phi_, *facts)
            return rewrite(value, lambda z: loss(star_) <= loss(z), less)

        return with_witness(own, with_phi)

    minimum_all = prove(
        forall(g, implies(in_own(g), norm(g, star_) <= radius, loss(star_) <= loss(g))), minimum_there
    )
    own_psi = witness(
        together(regular_psi, identity(realize(psi_), realize(psi_))), in_own(realize(psi_)), psi_
    )
    quality = use(
        theorem_a_2(),
        in_all,
        in_own,
        mix,
        norm,
        loss,
        c,
        eta,
        radius,
        star_,
        distance,
        convex_all,
        convex_loss_all,
        c_least,
        lipschitz_all,
        subset,
        arith(eta >= 0, eta_positive),
        radius_positive,
        large,
        approximates,
        own_star,
        minimum_all,
        realize(psi_),
        own_psi,
    )
    w = norm(realize(psi_), star_)
    inverse = _inverse_of(radius, radius_positive)
    small = use(limit, realize(psi_), star_, parts(regular_psi)[1], parts(regular_gamma)[1])
    # 2 c / radius w eta = 2 c w part <= 2 c top part < epsilon
    exact = certificate(
        eq(2 * c * INVERSE(radius) * w * eta, 2 * c * w * part), [(inverse, 2 * c * w * part)]
    )
    part_least = arith(part >= 0, _part_positive(eta_positive, radius_positive, part, radius))
    grown = arith(c * part * w <= c * part * top, small, arith(c * part >= 0, c_least, part_least))
    return arith(goal, quality, exact, grown, slack, degree=1)


def _part_positive(eta_positive: Entry, radius_positive: Entry, part: Entry, _radius: Entry) -> Theorem:
    return split(
        compare(part, number(0)),
        lambda less: absurd(arith(FALSE, less, eta_positive, radius_positive), part > 0),
        lambda more: more,
    )
