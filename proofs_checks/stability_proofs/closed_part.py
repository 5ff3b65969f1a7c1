"""S' = the closure of S intersected with R(P) is convex, compact, near Omega_N (B2, corrected)."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from ..kernel.arithmetic import identity
from ..kernel.rules import (
    Theorem,
    absurd,
    choice,
    detach,
    excluded_middle,
    restate,
    together,
    weaken,
    witness,
)
from ..proving.certificates import arith
from ..proving.tactics import contradiction, parts, prove, rewrite, split, use, with_witness
from ..statements.expressions import (
    Expression,
    both,
    either,
    eq,
    exists,
    forall,
    function,
    implies,
    negation,
    number,
)
from .architectures import common_architecture
from .compactness import HALF, Space, closed, corrected_statement, finite_cover
from .names import below, i
from .opening import Entry, Given, opened, opened_exists
from .proposition_1_2 import (
    f,
    g,
    h,
)


@cache
def corrected() -> Theorem:
    """B2 with S' for S."""

    def build(given: Given) -> Theorem:
        space, goal = Space(given), given[-1]
        convex, compact, approximates = goal.args
        inside = closed(space)
        same, near = approximates.args
        return together(
            _convex(space, convex),
            _compact(space, inside, compact),
            together(_same_parameters(space, inside, same), _approximates(space, near)),
        )

    return opened(corrected_statement(), 11, build).called("S' is convex, compact and approximated")


def _convex(space: Space, goal: Expression) -> Theorem:
    """Mixtures of approximants approximate the mixture."""

    def build(given: Given) -> Theorem:
        lam_, f_, g_, low, high, in_f, in_g, eta_, positive, goal = given

        def with_first(f2: Expression, first: Theorem) -> Theorem:
            def with_second(g2: Expression, second: Theorem) -> Theorem:
                f_in, f_real, f_near = parts(first)
                g_in, g_real, g_near = parts(second)
                both_near = use(space.on_mixtures, lam_, f2, g2, f_, g_, low, high)
                rest = arith(1 - lam_ >= 0, high)
                bound = arith(
                    space.norm(space.mix(lam_, f2, g2), space.mix(lam_, f_, g_)) <= eta_,
                    both_near,
                    arith((1 - lam_) * space.norm(f2, f_) <= (1 - lam_) * eta_, rest, f_near),
                    arith(lam_ * space.norm(g2, g_) <= lam_ * eta_, low, g_near),
                    degree=1,
                )
                mixes = parts(space.arcs)[3]
                member = use(space.convex, lam_, f2, g2, low, high, f_in, g_in)
                real = use(mixes, lam_, f2, g2, low, high, f_real, g_real)
                return witness(together(member, real, bound), goal, space.mix(lam_, f2, g2))

            return with_witness(use(in_g, eta_, positive), with_second)

        return with_witness(use(in_f, eta_, positive), with_first)

    return opened(goal, 9, build)


def _compact(space: Space, inside: Theorem, goal: Expression) -> Theorem:
    """A closed part of S: to each set of a cover of S' add what is not in S'."""

    def build(U: Expression, opens: Theorem, covers: Theorem, goal: Expression) -> Theorem:
        larger = function(g, h, either(U(g, h), negation(space.in_part(h))))
        opened_, covered, _ = finite_cover(space, larger)

        def still_open(g_: Expression, h_: Expression, member: Theorem, goal: Expression) -> Theorem:
            def of_family(known: Theorem) -> Theorem:
                def found(size: Expression, facts: Theorem) -> Theorem:
                    positive, near = parts(facts)
                    body = opened_exists(goal, size)
                    rest = prove(body.args[1], lambda k_, less, inner: weaken(use(near, k_, less), inner))
                    return witness(together(positive, rest), goal, size)

                return with_witness(use(opens, g_, h_, known), found)

            return split(member, of_family, lambda off: _complement(space, h_, off, goal))

        def still_cover(f_: Expression, _in_S: Theorem, goal: Expression) -> Theorem:
            def in_closed(known: Theorem) -> Theorem:
                return with_witness(
                    use(covers, f_, known),
                    lambda g_, hit: witness(weaken(hit, opened_exists(goal, g_)), goal, g_),
                )

            return split(
                excluded_middle(space.in_part(f_)),
                in_closed,
                lambda off: witness(weaken(off, opened_exists(goal, f_)), goal, f_),
            )

        def found(count: Expression, centres: Expression, cover: Theorem) -> Theorem:
            def each(f_: Expression, known: Theorem, goal: Expression) -> Theorem:
                def hit(i_: Expression, facts: Theorem) -> Theorem:
                    less, member = parts(facts)
                    wanted = opened_exists(goal, i_)
                    here = split(
                        member,
                        lambda in_U: in_U,
                        lambda off: absurd(detach(off, known), U(centres(i_), f_)),
                    )
                    return witness(restate(together(less, here), wanted), goal, i_)

                return with_witness(use(cover, f_, use(inside, f_, known)), hit)

            return witness(prove(opened_exists(goal, count, centres), each), goal, count, centres)

        return with_witness(
            use(space.compact, larger, prove(opened_, still_open), prove(covered, still_cover)), found
        )

    return prove(goal, build)


def _complement(space: Space, h_: Expression, off: Theorem, goal: Expression) -> Theorem:
    """The complement of S' is open: a point with points of S' as near as one likes is in S'."""

    def never(none: Theorem) -> Theorem:
        def each(eta_: Expression, positive: Theorem, inner: Expression) -> Theorem:
            half = eta_ * HALF
            some = exists(g, both(space.norm(h_, g) < half, space.in_part(g)))

            def with_point(k_: Expression, known: Theorem) -> Theorem:
                less, limit = parts(known)

                def near(g2: Expression, facts: Theorem) -> Theorem:
                    member, real, close = parts(facts)
                    sides = use(space.triangle, g2, k_, h_)
                    turned = use(space.symmetric, h_, k_)
                    bound = arith(space.norm(g2, h_) <= eta_, sides, turned, close, less, degree=1)
                    return witness(together(member, real, bound), inner, g2)

                return with_witness(use(limit, half, arith(half > 0, positive)), near)

            def alone(nothing: Theorem) -> Theorem:
                body = opened_exists(goal, half)

                def apart(k_: Expression, less: Theorem, wanted: Expression) -> Theorem:
                    out = prove(
                        negation(space.in_part(k_)),
                        lambda limit, _: detach(nothing, witness(together(less, limit), some, k_)),
                    )
                    return weaken(out, wanted)

                whole = together(arith(half > 0, positive), prove(body.args[1], apart))
                return absurd(detach(none, witness(whole, goal, half)), inner)

            return split(excluded_middle(some), lambda hit: with_witness(hit, with_point), alone)

        return contradiction(goal, detach(off, prove(space.in_part(h_), each)))

    return split(excluded_middle(goal), lambda here: here, never)


def _same_parameters(space: Space, inside: Theorem, goal: Expression) -> Theorem:
    """Realizations in S are in S', and those in S' are in S."""

    def build(arc_: Expression, phi_: Expression, member: Theorem, goal: Expression) -> Theorem:
        f_ = space.realize(phi_)

        def into(in_S_: Theorem, eta_: Expression, positive: Theorem, inner: Expression) -> Theorem:
            real = witness(together(member, identity(f_, f_)), space.realized(f_), arc_, phi_)
            near = arith(space.norm(f_, f_) <= eta_, use(space.at_self, f_), positive)
            return witness(together(in_S_, real, near), inner, f_)

        return together(
            prove(goal.args[0], into), prove(goal.args[1], lambda limit, _: use(inside, f_, limit))
        )

    return prove(goal, build)


def _approximates(space: Space, goal: Expression) -> Theorem:
    """Finitely many realizations in S are near all of S', and one architecture has them."""
    nothing = exists(f, both(space.in_S(f), space.realized(f)))

    def build(bound: Expression, positive: Theorem, goal: Expression) -> Theorem:
        def empty(none: Theorem) -> Theorem:
            def at(given: Given) -> Theorem:
                _arc, _f, _order, limit, inner = given
                return with_witness(
                    use(limit, 1, arith(number(1) > 0)),
                    lambda g_, facts: absurd(
                        detach(none, witness(together(*parts(facts)[:2]), nothing, g_)), inner
                    ),
                )

            return with_witness(
                space.some_arc, lambda base, _: witness(opened(opened_exists(goal, base), 4, at), goal, base)
            )

        return split(
            excluded_middle(nothing),
            lambda some: with_witness(
                some, lambda f0, known: _with_centres(space, goal, (bound, positive), (f0, known))
            ),
            empty,
        )

    return prove(goal, build)


def _with_centres(space: Space, goal: Expression, limit: Entry, start: Entry) -> Theorem:
    """Cover S by balls of radius epsilon / 4; move each centre to a realization in S in its ball, if any."""
    bound, positive = limit
    f0, known = start
    quarter = bound * number(Fraction(1, 4))
    small = arith(quarter > 0, positive)
    balls = function(g, h, both(space.in_S(g), space.norm(g, h) < quarter))
    opened_, covered, _ = finite_cover(space, balls)

    def opens(g_: Expression, h_: Expression, inside: Theorem, goal: Expression) -> Theorem:
        member, less = parts(inside)
        radius = quarter - space.norm(g_, h_)
        body = opened_exists(goal, radius)

        def near(k_: Expression, more: Theorem, inner: Expression) -> Theorem:
            return together(member, arith(inner.args[1], use(space.triangle, g_, h_, k_), more, degree=1))

        return witness(together(arith(radius > 0, less), prove(body.args[1], near)), goal, radius)

    def covers(g_: Expression, inside: Theorem, goal: Expression) -> Theorem:
        return witness(
            together(inside, arith(space.norm(g_, g_) < quarter, use(space.at_self, g_), small)), goal, g_
        )

    def good(g_: Expression) -> Expression:
        return both(space.in_S(g_), space.realized(g_))

    def found(count: Expression, centres: Expression, cover: Theorem) -> Theorem:
        def near_centre(i_: Expression, g_: Expression) -> Expression:
            return both(good(g_), space.norm(centres(i_), g_) < quarter)

        def chosen(i_: Expression, g_: Expression) -> Expression:
            return both(good(g_), implies(exists(h, near_centre(i_, h)), near_centre(i_, g_)))

        def pick(i_: Expression, goal: Expression) -> Theorem:
            def hit(g_: Expression, facts: Theorem) -> Theorem:
                rest = prove(opened_exists(goal, g_).args[1], lambda _, _goal: facts)
                return witness(together(parts(facts)[0], rest), goal, g_)

            def missed(none: Theorem) -> Theorem:
                rest = prove(
                    opened_exists(goal, f0).args[1], lambda some, inner: absurd(detach(none, some), inner)
                )
                return witness(together(known, rest), goal, f0)

            return split(
                excluded_middle(exists(h, near_centre(i_, h))), lambda some: with_witness(some, hit), missed
            )

        moved = choice(prove(forall(i, exists(g, chosen(i, g))), pick))

        def with_moved(new: Expression, facts: Theorem) -> Theorem:
            real = prove(
                below(i, count, space.realized(new(i))),
                lambda i_, _less, _goal: parts(parts(use(facts, i_))[0])[1],
            )
            architecture = use(
                common_architecture(),
                *(
                    space.at_most,
                    space.in_P,
                    space.realize,
                    space.mix,
                    new,
                    count,
                    space.arcs,
                    space.some_arc,
                ),
                real,
            )
            return with_witness(
                architecture,
                lambda base, has: _with_architecture(
                    space, goal, (base, has), (centres, new, cover, facts), (bound, quarter, small)
                ),
            )

        return with_witness(moved, with_moved)

    return with_witness(use(space.compact, balls, prove(opened_, opens), prove(covered, covers)), found)


def _with_architecture(space: Space, goal: Expression, base: Entry, net: Entry, sizes: Entry) -> Theorem:
    arc_, has = base
    centres, new, cover, facts = net
    bound, quarter, small = sizes

    def at(given: Given) -> Theorem:
        larger, f_, order, limit, inner = given

        def with_near(g_: Expression, known_near: Theorem) -> Theorem:
            member, real, near = parts(known_near)

            def in_ball(i_: Expression, ball: Theorem) -> Theorem:
                less, around = parts(ball)
                in_good, then = parts(use(facts, i_))
                hit = together(together(member, real), parts(around)[1])
                there = parts(detach(then, witness(hit, then.conclusion.args[0], g_)))[1]
                first = use(space.triangle, new(i_), centres(i_), f_)
                second = use(space.triangle, centres(i_), g_, f_)
                turned = use(space.symmetric, new(i_), centres(i_))
                distance = arith(
                    space.norm(new(i_), f_) <= bound,
                    *(first, second, turned, there, parts(around)[1], near, small),
                    degree=1,
                )

                def with_phi(phi_: Expression, known: Theorem) -> Theorem:
                    in_arc, value = parts(known)
                    backwards = rewrite(
                        value,
                        lambda z: eq(z, space.realize(phi_)),
                        identity(space.realize(phi_), space.realize(phi_)),
                    )
                    moved = rewrite(
                        backwards,
                        lambda z: both(space.in_S(z), space.norm(z, f_) <= bound),
                        together(parts(in_good)[0], distance),
                    )
                    in_S_, close_ = parts(moved)
                    return witness(together(in_arc, in_S_, close_), inner, phi_)

                return with_witness(use(has, i_, less, larger, order), with_phi)

            return with_witness(use(cover, g_, member), in_ball)

        return with_witness(use(limit, quarter, small), with_near)

    return witness(opened(opened_exists(goal, arc_), 4, at), goal, arc_)
