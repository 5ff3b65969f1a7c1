"""Proposition 1.2, Theorem A.2, Theorem 1.3: what inverse stability says about local minima.

Parametrizations and realizations are elements of sets. Of the normed space of realizations only this is used:
a distance, and mixtures mix(lambda, f, g) = (1 - lambda) f + lambda g.
"""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate, identity
from ..kernel.rules import Theorem, absurd, together, witness
from ..proving.certificates import arith
from ..proving.lemmas import abs_facts, step_below
from ..proving.tactics import by_induction, compare, parts, prove, rewrite, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    NATURAL,
    REAL,
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
from ..statements.functions import INVERSE, POWER
from .names import ABS, below, epsilon, i, k, n, some_below
from .opening import Entry, Given, opened, opened_exists
from .small_steps import one_small_step, with_small

PAR, FUN, ARC = "Parametrization", "Realization", "Architecture"
phi, gamma, psi = (variable(name, PAR) for name in ("Phi", "Gamma", "Psi"))
f, g, star, h = (variable(name, FUN) for name in ("f", "g", "g_*", "h"))
omega = variable("Omega", TRUTH, PAR)
realize, loss = variable("R", FUN, PAR), variable("L", REAL, FUN)
near, norm = variable("dist", REAL, PAR, PAR), variable("norm", REAL, FUN, FUN)
s, alpha, r, c, eta, lam, radius, top = (
    variable(name, REAL) for name in ("s", "alpha", "r", "c", "eta", "lambda", "rho", "B")
)
mix = variable("mix", FUN, REAL, FUN, FUN)
in_S, in_A = variable("S", TRUTH, FUN), variable("A", TRUTH, FUN)


def is_stable(member: Entry, R: Entry, near: Entry, norm: Entry, s: Entry, alpha: Entry) -> Expression:
    """Return Definition 1.1: R is (s, alpha) inverse stable on the set."""
    close = near(phi, gamma) <= s * POWER(norm(R(psi), R(gamma)), alpha)
    found = exists(phi, both(member(phi), eq(R(phi), R(psi)), close))
    return forall(gamma, psi, implies(member(gamma), member(psi), found))


def is_local_minimum(member: Entry, R: Entry, near: Entry, loss: Entry, gamma: Entry, r: Entry) -> Expression:
    """Return (10): no member within r of Gamma has less loss."""
    return forall(phi, implies(member(phi), near(phi, gamma) <= r, loss(R(gamma)) <= loss(R(phi))))


def realization_radius(r: Expression, s: Expression, alpha: Expression) -> Expression:
    """Return (r / s)^(1 / alpha)."""
    return POWER(r * INVERSE(s), INVERSE(alpha))


def proposition_1_2_statement() -> Expression:
    """Return Proposition 1.2."""
    conclusion = forall(
        psi,
        implies(
            omega(psi),
            norm(realize(psi), realize(gamma)) <= realization_radius(r, s, alpha),
            loss(realize(gamma)) <= loss(realize(psi)),
        ),
    )
    return forall(
        omega,
        realize,
        near,
        norm,
        loss,
        s,
        alpha,
        r,
        gamma,
        implies(
            s > 0,
            alpha > 0,
            r > 0,
            forall(f, g, norm(f, g) >= 0),
            is_stable(omega, realize, near, norm, s, alpha),
            omega(gamma),
            is_local_minimum(omega, realize, near, loss, gamma, r),
            conclusion,
        ),
    )


@cache
def proposition_1_2() -> Theorem:
    """Proposition 1.2."""

    def build(given: Given) -> Theorem:
        (
            _omega,
            R,
            near,
            norm,
            loss,
            s,
            alpha,
            r,
            gamma,
            s_positive,
            a_positive,
            r_positive,
            at_least,
            stable,
            inside,
            minimum,
            psi,
            member,
            close,
            _goal,
        ) = given
        inverse = _inverse_of(s, s_positive)
        ratio = r * INVERSE(s)
        ratio_at_least = arith(ratio >= 0, r_positive, _inverse_positive(s, s_positive, inverse))
        distance = norm(R(psi), R(gamma))

        def found(phi: Expression, known: Theorem) -> Theorem:
            in_omega, same, bound = parts(known)
            monotone = parts(
                use(
                    axiom("powers are monotone"),
                    distance,
                    realization_radius(r, s, alpha),
                    alpha,
                    use(at_least, R(psi), R(gamma)),
                    close,
                    a_positive,
                )
            )[1]
            power = use(axiom("power of a power"), ratio, alpha, ratio_at_least, a_positive)
            scaled = arith(
                s * POWER(distance, alpha) <= s * ratio, monotone, power, s_positive, multipliers=[s]
            )
            exact = certificate(eq(s * ratio, r), [(inverse, r)])
            inner = use(minimum, phi, in_omega, arith(near(phi, gamma) <= r, bound, scaled, exact, degree=1))
            return rewrite(same, lambda value: loss(R(gamma)) <= loss(value), inner)

        return with_witness(use(stable, gamma, psi, inside, member), found)

    return opened(proposition_1_2_statement(), 19, build).called("Proposition 1.2")


def _inverse_of(s: Expression, positive: Theorem) -> Theorem:
    """From s > 0: s inverse(s) = 1."""
    return split(
        use(axiom("inverse"), s),
        lambda zero: absurd(arith(FALSE, zero, positive), eq(s * INVERSE(s), 1)),
        lambda product: product,
    )


def _inverse_positive(s: Expression, positive: Theorem, product: Theorem) -> Theorem:
    return split(
        compare(INVERSE(s), number(0)),
        lambda less: absurd(arith(FALSE, less, positive, product), INVERSE(s) > 0),
        lambda more: more,
    )


# Theorem A.2 ------------------------------------------------------------------------------------


def is_distance(norm: Entry, mix: Entry) -> Expression:
    """Return what is used of a norm: not negative, symmetric, with triangles, linear on segments."""
    on_segment = implies(lam >= 0, lam <= 1, eq(norm(mix(lam, f, g), f), lam * norm(g, f)))
    return both(
        forall(f, g, norm(f, g) >= 0),
        forall(f, g, eq(norm(f, g), norm(g, f))),
        forall(f, g, h, norm(f, h) <= norm(f, g) + norm(g, h)),
        forall(lam, f, g, on_segment),
    )


def is_convex_set(member: Entry, mix: Entry) -> Expression:
    """Return: the set holds the mixtures of its elements."""
    return forall(lam, f, g, implies(lam >= 0, lam <= 1, member(f), member(g), member(mix(lam, f, g))))


def is_convex_on(loss: Entry, member: Entry, mix: Entry) -> Expression:
    """Return: the loss is convex on the set."""
    inner = loss(mix(lam, f, g)) <= (1 - lam) * loss(f) + lam * loss(g)
    return forall(lam, f, g, implies(lam >= 0, lam <= 1, member(f), member(g), inner))


def is_lipschitz_on(loss: Entry, member: Entry, norm: Entry, c: Entry) -> Expression:
    """Return: the loss is c-Lipschitz on the set."""
    return forall(f, g, implies(member(f), member(g), ABS(loss(f) - loss(g)) <= c * norm(f, g)))


def theorem_a_2_statement() -> Expression:
    """Return Theorem A.2."""
    approximates = forall(f, implies(in_S(f), exists(g, both(in_A(g), norm(g, f) <= eta))))
    minimum = forall(g, implies(in_A(g), norm(g, star) <= radius, loss(star) <= loss(g)))
    bound = loss(g) + 2 * c * INVERSE(radius) * norm(g, star) * eta
    return forall(
        in_S,
        in_A,
        mix,
        norm,
        loss,
        c,
        eta,
        radius,
        star,
        implies(
            is_distance(norm, mix),
            is_convex_set(in_S, mix),
            is_convex_on(loss, in_S, mix),
            c >= 0,
            is_lipschitz_on(loss, in_S, norm, c),
            forall(f, implies(in_A(f), in_S(f))),
            eta >= 0,
            radius > 0,
            radius >= 2 * eta,
            approximates,
            in_A(star),
            minimum,
            forall(g, implies(in_A(g), loss(star) <= bound)),
        ),
    )


@cache
def theorem_a_2() -> Theorem:
    """Theorem A.2."""

    def build(given: Given) -> Theorem:
        (
            _in_S,
            _in_A,
            mix,
            norm,
            loss,
            c,
            eta,
            radius,
            star,
            distance,
            convex,
            convex_loss,
            c_least,
            lipschitz,
            subset,
            eta_least,
            positive,
            large,
            approximates,
            inside,
            minimum,
            g,
            member,
            goal,
        ) = given
        not_negative, _, triangle, on_segment = parts(distance)
        w = norm(g, star)
        inverse = _inverse_of(radius, positive)
        inverse_positive = _inverse_positive(radius, positive, inverse)
        w_least = use(not_negative, g, star)
        extra = 2 * c * INVERSE(radius) * w * eta
        extra_least = arith(
            extra >= 0,
            arith(2 * c * INVERSE(radius) >= 0, c_least, inverse_positive),
            arith(w * eta >= 0, w_least, eta_least),
        )

        def within(close: Theorem) -> Theorem:
            return arith(
                goal, use(minimum, g, member, arith(w <= radius, close, positive)), extra_least, degree=1
            )

        def beyond(far: Theorem) -> Theorem:
            w_positive = arith(w > 0, far, positive)
            w_inverse = _inverse_of(w, w_positive)
            part = radius * INVERSE(w) * number(_half())
            w_inverse_positive = _inverse_positive(w, w_positive, w_inverse)
            part_least = arith(
                part >= 0, arith(radius * INVERSE(w) >= 0, positive, w_inverse_positive), degree=1
            )
            exact = certificate(
                eq(part * w, radius * number(_half())), [(w_inverse, radius * number(_half()))]
            )
            part_most = split(
                compare(part, number(1)),
                lambda less: less,
                lambda more: absurd(
                    arith(FALSE, arith(part * w > w, more, w_positive), exact, far), part <= 1
                ),
            )
            point = mix(part, star, g)
            star_in, g_in = use(subset, star, inside), use(subset, g, member)
            point_in = use(convex, part, star, g, part_least, part_most, star_in, g_in)
            length = use(on_segment, part, star, g, part_least, part_most)

            def found(other: Expression, known: Theorem) -> Theorem:
                other_in, close = parts(known)
                near_star = arith(
                    norm(other, star) <= radius,
                    use(triangle, other, point, star),
                    close,
                    length,
                    exact,
                    large,
                    degree=1,
                )
                least = use(minimum, other, other_in, near_star)
                gap = use(lipschitz, other, point, use(subset, other, other_in), point_in)
                upper = parts(use(abs_facts(), loss(other) - loss(point)))[1]
                slack = arith(c * norm(other, point) <= c * eta, close, c_least)
                mixture = use(convex_loss, part, star, g, part_least, part_most, star_in, g_in)
                # part L(g_*) <= part L(g) + c eta
                whole = arith(
                    part * (loss(star) - loss(g)) <= c * eta, least, gap, upper, slack, mixture, degree=1
                )
                # times 2 w / radius
                factor = 2 * w * INVERSE(radius)
                scaled = arith(
                    factor * (part * (loss(star) - loss(g))) <= factor * (c * eta),
                    whole,
                    arith(w * INVERSE(radius) >= 0, w_least, inverse_positive),
                )
                unit = certificate(eq(factor * part, 1), [(exact, 2 * INVERSE(radius)), (inverse,)])
                return arith(
                    goal,
                    scaled,
                    certificate(
                        eq(factor * (part * (loss(star) - loss(g))), loss(star) - loss(g)),
                        [(unit, loss(star) - loss(g))],
                    ),
                    degree=1,
                )

            return with_witness(use(approximates, point, point_in), found)

        return split(compare(2 * w, radius), within, beyond)

    return opened(theorem_a_2_statement(), 23, build).called("Theorem A.2")


def _half() -> Entry:
    from fractions import Fraction

    return Fraction(1, 2)


# Theorem 1.3 ------------------------------------------------------------------------------------

arc, arc2, arc3 = (variable(name, ARC) for name in ("N", "N'", "n"))
at_most = variable("le", TRUTH, ARC, ARC)
in_P = variable("P", TRUTH, ARC, PAR)
centre = variable("F", FUN, NATURAL)


def is_realized(f: Expression) -> Expression:
    """Return: f is in R(P), over all architectures."""
    return exists(arc, phi, both(in_P(arc, phi), eq(realize(phi), f)))


def architectures() -> Expression:
    """Return what is used of architectures: larger ones realize more, and two have a larger one."""
    grows = forall(
        arc,
        arc2,
        phi,
        implies(
            at_most(arc, arc2),
            in_P(arc, phi),
            exists(psi, both(in_P(arc2, psi), eq(realize(psi), realize(phi)))),
        ),
    )
    common = forall(arc, arc2, exists(arc3, both(at_most(arc, arc3), at_most(arc2, arc3))))
    transitive = forall(arc, arc2, arc3, implies(at_most(arc, arc2), at_most(arc2, arc3), at_most(arc, arc3)))
    mixes = forall(
        lam, f, g, implies(lam >= 0, lam <= 1, is_realized(f), is_realized(g), is_realized(mix(lam, f, g)))
    )
    return both(grows, common, transitive, mixes)


def is_totally_bounded() -> Expression:
    """Return: for each eta > 0 finitely many realizations in S are within eta of all that are."""
    centres = below(i, n, both(in_S(centre(i)), is_realized(centre(i))))
    cover = forall(f, implies(in_S(f), is_realized(f), some_below(i, n, norm(centre(i), f) <= eta)))
    return forall(eta, implies(eta > 0, exists(n, centre, both(centres, cover))))


def regular(arc: Expression, phi: Expression) -> Expression:
    """Return: Phi is in Omega_N."""
    return both(in_P(arc, phi), in_S(realize(phi)))


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
def power_positive() -> Theorem:
    """X > 0 and a > 0 give x^(1/a) > 0."""
    x, a = variable("x", REAL), variable("a", REAL)

    def build(
        x: Expression, a: Expression, x_positive: Theorem, a_positive: Theorem, goal: Expression
    ) -> Theorem:
        power = POWER(x, INVERSE(a))
        whole = use(axiom("power of a power"), x, a, arith(x >= 0, x_positive), a_positive)
        small = x * number(_half())
        other = POWER(small, INVERSE(a))
        half = use(axiom("power of a power"), small, a, arith(small >= 0, x_positive), a_positive)
        zero_least = parts(
            use(
                axiom("powers are monotone"),
                x,
                x,
                INVERSE(a),
                arith(x >= 0, x_positive),
                arith(x <= x),
                _inverse_positive(a, a_positive, _inverse_of(a, a_positive)),
            )
        )[0]
        other_least = parts(
            use(
                axiom("powers are monotone"),
                small,
                small,
                INVERSE(a),
                arith(small >= 0, x_positive),
                arith(small <= small),
                _inverse_positive(a, a_positive, _inverse_of(a, a_positive)),
            )
        )[0]

        def none(at_most: Theorem) -> Theorem:
            monotone = parts(
                use(
                    axiom("powers are monotone"),
                    power,
                    other,
                    a,
                    zero_least,
                    arith(power <= other, at_most, other_least),
                    a_positive,
                )
            )[1]
            return absurd(arith(FALSE, monotone, whole, half, x_positive, degree=1), goal)

        return split(compare(power, number(0)), none, lambda more: more)

    return prove(forall(x, a, implies(x > 0, a > 0, POWER(x, INVERSE(a)) > 0)), build).called("x^(1/a) > 0")


@cache
def common_architecture() -> Theorem:
    """Finitely many realizations are those of one architecture and of all larger ones."""
    k_ = k
    claim_body = exists(
        arc2,
        below(
            i,
            k_,
            forall(
                arc,
                implies(at_most(arc2, arc), exists(phi, both(in_P(arc, phi), eq(realize(phi), centre(i))))),
            ),
        ),
    )
    some = exists(arc, at_most(arc, arc))
    statement = forall(
        at_most,
        in_P,
        realize,
        mix,
        centre,
        n,
        implies(architectures(), some, below(i, n, is_realized(centre(i))), _renamed(claim_body, k_, n)),
    )

    def build(given: Given) -> Theorem:
        at_most, in_P, realize, _mix, centre, n, facts, some, realized, _goal = given
        grows, common, transitive, _ = parts(facts)

        def holds(i: Expression, base: Expression) -> Expression:
            return forall(
                arc,
                implies(at_most(base, arc), exists(phi, both(in_P(arc, phi), eq(realize(phi), centre(i))))),
            )

        def claim(k: Expression) -> Expression:
            return implies(k <= n, exists(arc2, below(i, k, holds(i, arc2))))

        def base(goal: Expression) -> Theorem:
            from ..kernel.arithmetic import natural

            def inner(_: Theorem, goal: Expression) -> Theorem:
                return with_witness(
                    some,
                    lambda a0, _known: witness(
                        opened(
                            opened_exists(goal, a0),
                            2,
                            lambda given: absurd(arith(FALSE, given[1], natural(given[0])), given[-1]),
                        ),
                        goal,
                        a0,
                    ),
                )

            return prove(goal, inner)

        def step(k: Expression, before: Theorem, goal: Expression) -> Theorem:
            def inner(inside: Theorem, goal: Expression) -> Theorem:
                def with_old(old: Expression, known: Theorem) -> Theorem:
                    def with_new(new: Expression, phi: Expression, of_new: Theorem) -> Theorem:
                        in_new, value = parts(of_new)

                        def with_both(larger: Expression, order: Theorem) -> Theorem:
                            old_less, new_less = parts(order)

                            def at_last(arc: Expression, more: Theorem, goal: Expression) -> Theorem:
                                order_new = use(transitive, new, larger, arc, new_less, more)

                                def found(psi: Expression, facts: Theorem) -> Theorem:
                                    in_arc, same = parts(facts)
                                    return witness(
                                        together(in_arc, rewrite(value, lambda z: eq(realize(psi), z), same)),
                                        goal,
                                        psi,
                                    )

                                return with_witness(use(grows, new, arc, phi, order_new, in_new), found)

                            last = prove(holds(k, larger), at_last)
                            rest = prove(
                                below(i, k, holds(i, larger)),
                                lambda i, less, arc, more, _goal: use(
                                    known, i, less, arc, use(transitive, old, larger, arc, old_less, more)
                                ),
                            )
                            return witness(step_below(k, last, rest), goal, larger)

                        return with_witness(use(common, old, new), with_both)

                    return with_witness(use(realized, k, arith(k < n, inside)), with_new)

                return with_witness(use(before, arith(k <= n, inside)), with_old)

            return prove(goal, inner)

        return use(by_induction(claim, base, step), n, arith(n <= n))

    return opened(statement, 9, build).called("finitely many realizations have one architecture")


def _renamed(expression: Expression, old: Expression, new: Expression) -> Expression:
    from ..statements.expressions import substitute

    return substitute(expression, old, new)


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
