"""Compact sets of a normed space, by open covers: S is closed, and what S' has is in S (B2, corrected)."""

from __future__ import annotations

from fractions import Fraction

from ..kernel.rules import (
    Theorem,
    detach,
    excluded_middle,
    together,
    witness,
)
from ..proving.certificates import arith, equal_if_both
from ..proving.tactics import compare, contradiction, parts, prove, rewrite, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    TRUTH,
    Expression,
    both,
    eq,
    exists,
    forall,
    function,
    implies,
    number,
    variable,
)
from .architectures import architectures, is_realized
from .names import epsilon, i, n, some_below
from .opening import Entry, Given, opened_exists
from .proposition_1_2 import (
    FUN,
    arc,
    arc2,
    at_most,
    centre,
    eta,
    f,
    g,
    h,
    in_P,
    in_S,
    lam,
    mix,
    norm,
    phi,
    realize,
)
from .small_steps import small_step, with_small
from .theorem_a_2 import is_convex_set, is_distance

family = variable("U", TRUTH, FUN, FUN)
close, other = variable("g'", FUN), variable("k", FUN)
HALF = number(Fraction(1, 2))


def is_norm_distance() -> Expression:
    """Return what is used of ||f - g||: a distance, 0 for f = g alone, convex on pairs of mixtures."""
    mixtures = norm(mix(lam, f, g), mix(lam, h, other)) <= (1 - lam) * norm(f, h) + lam * norm(g, other)
    return both(
        is_distance(norm, mix),
        forall(f, eq(norm(f, f), 0)),
        forall(f, g, implies(eq(norm(f, g), 0), eq(f, g))),
        forall(*(lam, f, g, h, other), implies(lam >= 0, lam <= 1, mixtures)),
    )


def is_open(member: Entry) -> Expression:
    """Return: with f the set has all g that are less than some epsilon > 0 away."""
    near = forall(g, implies(norm(f, g) < epsilon, member(g)))
    return forall(f, implies(member(f), exists(epsilon, both(epsilon > 0, near))))


def is_compact(member: Entry) -> Expression:
    """Return: finitely many sets of each open cover (U_g) cover the set."""
    opens = forall(h, is_open(lambda f: family(h, f)))
    covers = forall(f, implies(member(f), exists(h, family(h, f))))
    finite = exists(n, centre, forall(f, implies(member(f), some_below(i, n, family(centre(i), f)))))
    return forall(family, implies(opens, covers, finite))


def in_part(f: Expression) -> Expression:
    """Return: f is in S', the closure of S intersected with R(P)."""
    near = both(in_S(close), is_realized(close), norm(close, f) <= eta)
    return forall(eta, implies(eta > 0, exists(close, near)))


def approximation() -> Expression:
    """Return: Omega_N is the same for S', and for large N Omega_N is near S': (46)."""
    same = forall(
        *(arc, phi),
        implies(
            in_P(arc, phi),
            both(
                implies(in_S(realize(phi)), in_part(realize(phi))),
                implies(in_part(realize(phi)), in_S(realize(phi))),
            ),
        ),
    )
    near = exists(phi, both(in_P(arc, phi), in_S(realize(phi)), norm(realize(phi), f) <= epsilon))
    large = forall(*(arc, f), implies(at_most(arc2, arc), in_part(f), near))
    return both(same, forall(epsilon, implies(epsilon > 0, exists(arc2, large))))


def corrected_statement() -> Expression:
    """Return B2 with S' for S."""
    return forall(
        *(at_most, in_P, realize, in_S, mix, norm),
        implies(
            architectures(),
            exists(arc, at_most(arc, arc)),
            is_norm_distance(),
            is_convex_set(in_S, mix),
            is_compact(in_S),
            both(is_convex_set(function(f, in_part(f)), mix), is_compact(in_part), approximation()),
        ),
    )


class Space:
    """The facts of the hypotheses, by name."""

    def __init__(self, given: Given) -> None:
        self.at_most, self.in_P, self.realize, self.in_S, self.mix, self.norm = given[:6]
        self.arcs, self.some_arc, metric, self.convex, self.compact = given[6:11]
        distance, self.at_self, self.separates, self.on_mixtures = parts(metric)
        self.least, self.symmetric, self.triangle, _ = parts(distance)

    def realized(self, f_: Expression) -> Expression:
        """Return: f is in R(P)."""
        return exists(arc, phi, both(self.in_P(arc, phi), eq(self.realize(phi), f_)))

    def in_part(self, f_: Expression) -> Expression:
        """Return: f is in S'."""
        near = both(self.in_S(close), self.realized(close), self.norm(close, f_) <= eta)
        return forall(eta, implies(eta > 0, exists(close, near)))


def closed(space: Space) -> Theorem:
    """S is closed, so it has S': cover it by the sets of what is farther from f than half of g is."""
    f_ = variable("f_", FUN)

    def build(f_: Expression, limit: Theorem, goal: Expression) -> Theorem:
        return split(
            excluded_middle(goal),
            lambda here: here,
            lambda off: contradiction(goal, _no_limit(space, f_, limit, off)),
        )

    return prove(forall(f_, implies(space.in_part(f_), space.in_S(f_))), build).called("S' is a part of S")


def _no_limit(space: Space, f_: Expression, limit: Theorem, off: Theorem) -> Theorem:
    norm = space.norm
    away = function(g, h, both(space.in_S(g), norm(g, f_) < 2 * norm(h, f_)))
    finite = finite_cover(space, away)

    def opens(_g: Expression, h_: Expression, inside: Theorem, goal: Expression) -> Theorem:
        member, far = parts(inside)
        radius = norm(h_, f_) - HALF * far.conclusion.args[0]

        def near(k_: Expression, less: Theorem, goal: Expression) -> Theorem:
            sides = use(space.triangle, h_, k_, f_)
            return together(member, arith(goal.args[1], sides, less, degree=1))

        body = opened_exists(goal, radius)
        return witness(together(arith(radius > 0, far), prove(body.args[1], near)), goal, radius)

    def covers(g_: Expression, inside: Theorem, goal: Expression) -> Theorem:
        positive = distance_positive(space, g_, f_, inside, off)
        return witness(together(inside, arith(norm(g_, f_) < 2 * norm(g_, f_), positive)), goal, g_)

    def found(count: Expression, centres: Expression, cover: Theorem) -> Theorem:
        sizes = function(i, norm(centres(i), f_))
        steps = use(small_step(), count, function(i, number(2)), sizes)

        def with_size(size: Expression, above: Theorem, facts: Entry) -> Theorem:
            (small,) = facts(size, above, arith(size <= size))

            def with_near(g_: Expression, known: Theorem) -> Theorem:
                member, _, close = parts(known)

                def in_cover(i_: Expression, covered: Theorem) -> Theorem:
                    less, apart = parts(covered)
                    of_S, far = parts(apart)
                    positive = distance_positive(space, centres(i_), f_, of_S, off)
                    return arith(FALSE, use(small, i_, less, positive), far, close, degree=1)

                return with_witness(use(cover, g_, member), in_cover)

            return with_witness(use(limit, size, above), with_near)

        return with_small([steps], with_size)

    opened_, covered, _ = finite
    return with_witness(use(space.compact, away, prove(opened_, opens), prove(covered, covers)), found)


def distance_positive(space: Space, g_: Expression, f_: Expression, member: Theorem, off: Theorem) -> Theorem:
    """From g in S and f not in S: ||g - f|| > 0."""
    wanted = space.norm(g_, f_) > 0

    def none(bound: Theorem) -> Theorem:
        zero = equal_if_both(eq(space.norm(g_, f_), 0), bound, use(space.least, g_, f_))
        return contradiction(
            wanted, detach(off, rewrite(use(space.separates, g_, f_, zero), space.in_S, member))
        )

    return split(compare(space.norm(g_, f_), number(0)), none, lambda more: more)


def finite_cover(space: Space, family: Expression) -> list[Expression]:
    """Return: the sets are open, they cover S, and finitely many of them do."""
    rest = use(space.compact, family).conclusion
    opens, then = rest.args
    return [opens, *then.args]
