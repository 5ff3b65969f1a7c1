"""Theorem 1.3: local minima of large architectures are nearly optimal."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import certificate, identity
from ..kernel.rules import Theorem, absurd, together, witness
from ..proving.certificates import arith
from ..proving.tactics import compare, parts, prove, rewrite, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    Expression,
    both,
    eq,
    exists,
    forall,
    implies,
    number,
)
from ..statements.functions import INVERSE
from .architectures import architectures, common_architecture, is_totally_bounded, power_positive, regular
from .names import below, epsilon, i
from .opening import Entry, Given, opened, opened_exists
from .proposition_1_2 import (
    _inverse_of,
    _inverse_positive,
    alpha,
    arc,
    arc2,
    at_most,
    c,
    f,
    g,
    gamma,
    in_P,
    in_S,
    is_local_minimum,
    is_stable,
    loss,
    mix,
    near,
    norm,
    phi,
    proposition_1_2,
    psi,
    r,
    realization_radius,
    realize,
    s,
    top,
)
from .small_steps import one_small_step, with_small
from .theorem_a_2 import _half, is_convex_on, is_convex_set, is_distance, is_lipschitz_on, theorem_a_2


def theorem_1_3_statement() -> Expression:
    """Return Theorem 1.3."""

    def member(arc: Expression) -> Entry:
        return lambda phi: regular(arc, phi)

    minimum = is_local_minimum(member(arc), realize, near, loss, gamma, r)
    best = forall(psi, implies(regular(arc, psi), loss(realize(gamma)) <= loss(realize(psi)) + epsilon))
    quality = forall(
        arc, implies(at_most(arc2, arc), forall(gamma, implies(regular(arc, gamma), minimum, best)))
    )
    conclusion = forall(epsilon, r, implies(epsilon > 0, r > 0, exists(arc2, quality)))
    stable = forall(arc, is_stable(member(arc), realize, near, norm, s, alpha))
    bounded = exists(top, forall(f, g, implies(in_S(f), in_S(g), norm(f, g) <= top)))
    return forall(
        at_most,
        in_P,
        realize,
        near,
        in_S,
        mix,
        norm,
        loss,
        c,
        s,
        alpha,
        implies(
            architectures(),
            is_distance(norm, mix),
            is_convex_set(in_S, mix),
            is_totally_bounded(),
            bounded,
            is_convex_on(loss, in_S, mix),
            c >= 0,
            is_lipschitz_on(loss, in_S, norm, c),
            s > 0,
            alpha > 0,
            stable,
            exists(arc, at_most(arc, arc)),
            conclusion,
        ),
    )


@cache
def theorem_1_3() -> Theorem:
    """Theorem 1.3, by Proposition 1.2 and Theorem A.2 for the realizations in S."""

    def build(given: Given) -> Theorem:
        (
            at_most,
            in_P,
            realize,
            near,
            in_S,
            mix,
            norm,
            loss,
            c,
            s,
            alpha,
            arcs,
            distance,
            convex,
            bounded_totally,
            bounded,
            convex_loss,
            c_least,
            lipschitz,
            s_positive,
            a_positive,
            stable,
            some,
            epsilon,
            r,
            e_positive,
            r_positive,
            goal,
        ) = given
        inverse = _inverse_of(s, s_positive)
        ratio = r * INVERSE(s)
        radius = realization_radius(r, s, alpha)
        radius_positive = use(
            power_positive(),
            ratio,
            alpha,
            arith(ratio > 0, r_positive, _inverse_positive(s, s_positive, inverse)),
            a_positive,
        )

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
                                at_most,
                                in_P,
                                realize,
                                near,
                                in_S,
                                mix,
                                norm,
                                loss,
                                c,
                                s,
                                alpha,
                                epsilon,
                                r,
                                eta,
                                radius,
                                part2,
                                top,
                                n,
                                centre,
                            )
                            known_facts = (
                                arcs,
                                distance,
                                convex,
                                convex_loss,
                                c_least,
                                lipschitz,
                                s_positive,
                                a_positive,
                                stable,
                                r_positive,
                                eta_positive,
                                large,
                                radius_positive,
                                limit,
                                slack2,
                                centres,
                                cover,
                                found,
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

    return opened(theorem_1_3_statement(), 27, build).called("Theorem 1.3")


def _good(given: Given, data: Entry, facts: Entry) -> Theorem:
    """A local minimum of a large architecture is nearly optimal."""
    from ..statements.expressions import function

    (
        _at_most,
        in_P,
        realize,
        near,
        in_S,
        mix,
        norm,
        loss,
        c,
        s,
        alpha,
        _epsilon,
        r,
        eta,
        radius,
        part,
        top,
        _n,
        centre,
    ) = data
    (
        arcs,
        distance,
        convex,
        convex_loss,
        c_least,
        lipschitz,
        s_positive,
        a_positive,
        stable,
        r_positive,
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
    not_negative = parts(distance)[0]
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
    member = function(phi, is_regular(phi))
    by_radius = use(
        proposition_1_2(),
        member,
        realize,
        near,
        norm,
        loss,
        s,
        alpha,
        r,
        gamma_,
        s_positive,
        a_positive,
        r_positive,
        not_negative,
        use(stable, arc_),
        regular_gamma,
        minimum,
    )

    def minimum_there(_: Expression, own: Theorem, close: Theorem, _goal: Expression) -> Theorem:
        def with_phi(phi_: Expression, known: Theorem) -> Theorem:
            regular_phi, value = parts(known)
            backwards = rewrite(value, lambda z: eq(z, realize(phi_)), identity(realize(phi_), realize(phi_)))
            near_too = rewrite(backwards, lambda z: norm(z, star_) <= radius, close)
            return rewrite(
                value, lambda z: loss(star_) <= loss(z), use(by_radius, phi_, regular_phi, near_too)
            )

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
