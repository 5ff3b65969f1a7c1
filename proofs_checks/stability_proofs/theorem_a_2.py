"""Theorem A.2: the quality of local minima of the realizations."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import certificate
from ..kernel.rules import Theorem, absurd
from ..proving.certificates import arith
from ..proving.lemmas import abs_facts
from ..proving.tactics import compare, parts, split, use, with_witness
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
from .names import ABS
from .opening import Entry, Given, opened
from .proposition_1_2 import (
    _inverse_of,
    _inverse_positive,
    c,
    eta,
    f,
    g,
    h,
    in_A,
    in_S,
    lam,
    loss,
    mix,
    norm,
    radius,
    star,
)


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
