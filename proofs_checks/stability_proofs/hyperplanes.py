"""Points on one hyperplane and on none of finitely many others."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache

from ..kernel.arithmetic import axiom, certificate, natural, square
from ..kernel.rules import Theorem, absurd, detach, excluded_middle, together, witness
from ..proving.certificates import arith, equal_if_both
from ..proving.lemmas import abs_facts, abs_of_product, step_below, term_of_sum
from ..proving.tactics import (
    by_induction,
    compare,
    contradiction,
    parts,
    prove,
    split,
    use,
    with_witness,
)
from ..statements.expressions import (
    FALSE,
    Expression,
    both,
    eq,
    exists,
    forall,
    function,
    implies,
    negation,
    number,
    total,
)
from .names import (
    ABS,
    a,
    b,
    below,
    d,
    differs,
    dot,
    f,
    i,
    is_multiple,
    is_parallel,
    is_zero,
    j,
    l,
    m,
    n,
    p,
    q,
    row,
    s,
    t,
    u,
    v,
    x,
)
from .opening import Entry, Given, opened
from .small_steps import Facts, positive_inverse, small_step, with_small


@cache
def square_zero() -> Theorem:
    """t^2 <= 0 gives t = 0."""
    statement = forall(t, implies(t**2 <= 0, eq(t, 0)))

    def build(t: Expression, h: Theorem, goal: Expression) -> Theorem:
        at_most = split(
            compare(t, number(0)), lambda less: less, lambda more: absurd(arith(FALSE, more, h), t <= 0)
        )
        at_least = split(
            compare(number(0), t), lambda less: less, lambda more: absurd(arith(FALSE, more, h), t >= 0)
        )
        return equal_if_both(goal, at_most, at_least)

    return prove(statement, build).called("t^2 <= 0 gives t = 0")


@cache
def squares_zero() -> Theorem:
    """A sum of squares <= 0 has no other terms than 0."""
    statement = forall(f, n, implies(total(i, n, f(i) ** 2) <= 0, below(i, n, eq(f(i), 0))))

    def build(
        f: Expression, n: Expression, h: Theorem, i: Expression, less: Theorem, _: Expression
    ) -> Theorem:
        squares = function(j, f(j) ** 2)
        none_negative = prove(below(j, n, squares(j) >= 0), lambda j, _, goal: arith(goal, square(f(j))))
        term = use(term_of_sum(), squares, n, i, none_negative, less)
        return use(square_zero(), f(i), arith(f(i) ** 2 <= 0, term, h))

    return prove(statement, build).called("a sum of squares <= 0 has no other terms than 0")


@cache
def length_positive() -> Theorem:
    """V != 0 has <v, v> > 0."""
    statement = forall(d, v, implies(negation(is_zero(v, d)), dot(v, v, d) > 0))

    def build(d: Expression, v: Expression, h: Theorem, goal: Expression) -> Theorem:
        return split(
            compare(dot(v, v, d), number(0)),
            lambda less: contradiction(goal, detach(h, use(squares_zero(), v, d, less))),
            lambda more: more,
        )

    return prove(statement, build).called("v != 0 has <v, v> > 0")


@cache
def across() -> Theorem:
    """If w is no multiple of v != 0, then <v, q> = 0 and <w, q> > 0 for some q."""
    conclusion = exists(q, both(eq(dot(v, q, d), 0), dot(u, q, d) > 0))
    statement = forall(d, v, u, implies(negation(is_zero(v, d)), negation(is_parallel(u, v, d)), conclusion))

    def build(
        d: Expression, v: Expression, w: Expression, h: Theorem, other: Theorem, goal: Expression
    ) -> Theorem:
        vv, vw = dot(v, v, d), dot(v, w, d)
        q = function(j, vv * w(j) - vw * v(j))
        qq = dot(q, q, d)
        size = use(length_positive(), d, v, h)

        def not_positive(less: Theorem) -> Theorem:
            zero = use(squares_zero(), q, d, arith(qq <= 0, arith(vv * dot(w, q, d) <= 0, less, size)))

            def found(r: Expression, known: Theorem) -> Theorem:
                _, inverse = parts(known)
                factor = r * vw
                multiple = prove(
                    is_multiple(w, factor, v, d),
                    lambda j, less, goal: _multiple(goal, use(zero, j, less), inverse, r, w(j)),
                )
                return contradiction(goal, detach(other, witness(multiple, is_parallel(w, v, d), factor)))

            return with_witness(use(positive_inverse(), vv, size), found)

        def positive(more: Theorem) -> Theorem:
            orthogonal = arith(eq(dot(v, q, d), 0))
            return witness(together(orthogonal, more), goal, q)

        return split(compare(dot(w, q, d), number(0)), not_positive, positive)

    return prove(statement, build).called(
        "some q is orthogonal to v and not to w, unless w is a multiple of v"
    )


def _multiple(goal: Expression, zero: Theorem, inverse: Theorem, r: Expression, w: Expression) -> Theorem:
    """From vv w - vw v = 0 and vv r = 1: w = r vw v."""
    return certificate(goal, [(zero, r), (inverse, -w)])


@cache
def far_from_opposite() -> Theorem:
    """|t| < |s| gives s + t != 0."""
    statement = forall(s, t, implies(ABS(t) < ABS(s), differs(s + t, number(0))))

    def build(s: Expression, t: Expression, less: Theorem, equal: Theorem, _: Expression) -> Theorem:
        one, two = parts(use(abs_facts(), s)), parts(use(abs_facts(), t))
        squares = certificate(eq(ABS(s) ** 2, ABS(t) ** 2), [(one[3],), (two[3], -1), (equal, s - t)])
        return arith(FALSE, less, squares, two[0])

    return prove(statement, build).called("|t| < |s| gives s + t != 0")


def kept(a: Expression, n: Expression, old: Expression, new: Expression, d: Expression) -> Expression:
    """Return: <a_l, new> != 0 for all l < n with <a_l, old> != 0."""
    return below(l, n, implies(differs(dot(row(a, l), old, d), 0), differs(dot(row(a, l), new, d), 0)))


@cache
def stays_off() -> Theorem:
    """For small t > 0, p + t q is on no hyperplane that p is not on."""
    moved = function(j, p(j) + t * q(j))
    conclusion = exists(s, both(s > 0, forall(t, implies(t > 0, t <= s, kept(a, n, p, moved, d)))))
    statement = forall(d, n, a, p, q, conclusion)

    def build(
        d: Expression, n: Expression, a: Expression, p: Expression, q: Expression, goal: Expression
    ) -> Theorem:
        at = function(l, ABS(dot(row(a, l), p, d)))
        along = function(l, ABS(dot(row(a, l), q, d)))

        def found(size: Expression, known: Theorem) -> Theorem:
            above, small = parts(known)

            def inner(
                t: Expression,
                more: Theorem,
                less: Theorem,
                l: Expression,
                inside: Theorem,
                off: Theorem,
                _goal: Expression,
            ) -> Theorem:
                here, there = dot(row(a, l), p, d), dot(row(a, l), q, d)
                positive = use(nonzero_size(), here, off)
                bound = use(small, t, more, less, l, inside, positive)
                product = use(abs_scaled(), t, there, more)
                return use(
                    far_from_opposite(), here, t * there, arith(ABS(t * there) < ABS(here), bound, product)
                )

            body = forall(t, implies(t > 0, t <= size, kept(a, n, p, function(j, p(j) + t * q(j)), d)))
            return witness(together(above, prove(body, inner)), goal, size)

        return with_witness(use(small_step(), n, along, at), found)

    return prove(statement, build).called("a small step leads to no hyperplane")


@cache
def nonzero_size() -> Theorem:
    """T != 0 has |t| > 0."""
    statement = forall(t, implies(differs(t, number(0)), ABS(t) > 0))

    def build(t: Expression, h: Theorem, goal: Expression) -> Theorem:
        facts = parts(use(abs_facts(), t))
        return split(
            compare(ABS(t), number(0)),
            lambda less: contradiction(
                goal, detach(h, use(square_zero(), t, arith(t**2 <= 0, less, facts[3], facts[0])))
            ),
            lambda more: more,
        )

    return prove(statement, build).called("t != 0 has |t| > 0")


@cache
def abs_scaled() -> Theorem:
    """|t s| = t |s| for t > 0."""
    statement = forall(t, s, implies(t > 0, eq(ABS(t * s), t * ABS(s))))

    def build(t: Expression, s: Expression, more: Theorem, goal: Expression) -> Theorem:
        positive, _ = parts(use(axiom("abs"), t))
        return arith(
            goal,
            use(abs_of_product(), t, s),
            certificate(eq(ABS(t) * ABS(s), t * ABS(s)), [(use(positive, arith(t >= 0, more)), ABS(s))]),
        )

    return prove(statement, build).called("|t s| = t |s| for t > 0")


@cache
def one_more_off() -> Theorem:
    """With <v, p> = 0 and w no multiple of v: a point of <v, .> = 0 off w and off all that p is off."""
    conclusion = exists(
        x, both(eq(dot(v, x, d), 0), differs(dot(u, x, d), 0), kept(a, n, p, x, d), kept(b, m, p, x, d))
    )
    w_is_across = both(eq(dot(v, q, d), 0), dot(u, q, d) > 0)
    statement = forall(d, n, m, a, b, v, u, p, q, implies(eq(dot(v, p, d), 0), w_is_across, conclusion))

    def build(given: Given) -> Entry:
        d, n, m, a, b, v, w, p, q, on, h, goal = given
        orthogonal, positive = parts(h)
        at, along = dot(w, p, d), dot(w, q, d)

        def found(size: Expression, above: Theorem, facts: Facts) -> Theorem:
            def with_step(t: Expression, more: Theorem, less: Theorem, off: Theorem) -> Theorem:
                moved = function(j, p(j) + t * q(j))
                one, two = facts(t, more, less)
                here = certificate(eq(dot(v, moved, d), 0), [(on,), (orthogonal, t)])
                return witness(together(here, off, one, two), goal, moved)

            def is_zero_there(zero: Theorem) -> Theorem:
                half = size * Fraction(1, 2)
                value = at + half * along
                off = prove(
                    differs(value, number(0)), lambda equal, _: arith(FALSE, equal, zero, above, positive)
                )
                return with_step(half, arith(half > 0, above), arith(half <= size, above), off)

            return split(
                excluded_middle(eq(at + size * along, 0)),
                is_zero_there,
                lambda off: with_step(size, above, arith(size <= size), off),
            )

        return with_small([use(stays_off(), d, n, a, p, q), use(stays_off(), d, m, b, p, q)], found)

    return opened(statement, 11, build).called("one hyperplane more is avoided")


def avoids(a: Expression, n: Expression, p: Expression, v: Expression, d: Expression) -> Expression:
    """Return: <a_l, p> != 0 for all l < n for which a_l is no multiple of v."""
    return below(l, n, implies(negation(is_parallel(row(a, l), v, d)), differs(dot(row(a, l), p, d), 0)))


@cache
def generic_point() -> Theorem:
    """On the hyperplane of v != 0 some point is on no hyperplane of a_l, b_l that are no multiples of v."""
    conclusion = exists(p, both(eq(dot(v, p, d), 0), avoids(a, n, p, v, d), avoids(b, m, p, v, d)))
    statement = forall(d, v, a, b, n, m, implies(negation(is_zero(v, d)), conclusion))

    def build(given: Given) -> Theorem:

        d, v, a, b, n, m, nonzero, _ = given

        def claim(first: Expression, second: Expression) -> Expression:
            return exists(p, both(eq(dot(v, p, d), 0), avoids(a, first, p, v, d), avoids(b, second, p, v, d)))

        def base(goal: Expression) -> Theorem:
            zero = function(j, number(0))
            nothing = [
                prove(
                    avoids(family, number(0), zero, v, d),
                    lambda l, inside, _h, goal: absurd(arith(FALSE, inside, natural(l)), goal),
                )
                for family in (a, b)
            ]
            return witness(together(arith(eq(dot(v, zero, d), 0)), *nothing), goal, zero)

        def step(first: Expression, second: Expression, *, of_first: bool) -> Callable[..., Theorem]:
            def build(before: Theorem, goal: Expression) -> Theorem:
                return with_witness(
                    before,
                    lambda p, known: _step(
                        (d, v, a, b, nonzero, p), (first, second), known, goal, of_first=of_first
                    ),
                )

            return build

        only_first = by_induction(
            lambda k: claim(k, number(0)),
            base,
            lambda k, before, goal: step(k, number(0), of_first=True)(before, goal),
        )
        both_lists = by_induction(
            lambda k: claim(n, k),
            lambda _goal: use(only_first, n),
            lambda k, before, goal: step(n, k, of_first=False)(before, goal),
        )
        return use(both_lists, m)

    return opened(statement, 7, build).called("some point of a hyperplane is on no other one")


def _step(
    data: Given, sizes: tuple[Expression, Expression], known: Theorem, goal: Expression, *, of_first: bool
) -> Theorem:
    """Avoid one more hyperplane, of a or of b."""
    d, v, a, b, nonzero, p = data
    on, off_a, off_b = parts(known)
    first, second = sizes
    family, count = (a, first) if of_first else (b, second)
    new = row(family, count)

    def carried(
        q: Expression, old: Theorem, keeps: Theorem | None, list_: Expression, size: Expression
    ) -> Theorem:
        """Return that q avoids the list as p does."""
        if keeps is None:
            return old
        return prove(
            avoids(list_, size, q, v, d),
            lambda l, inside, other, _goal: use(keeps, l, inside, use(old, l, inside, other)),
        )

    def finish(
        q: Expression, on_q: Theorem, last: Theorem, keeps: tuple[Theorem | None, Theorem | None]
    ) -> Theorem:
        old_a, old_b = carried(q, off_a, keeps[0], a, first), carried(q, off_b, keeps[1], b, second)
        if of_first:
            old_a = step_below(first, last, old_a)
        else:
            old_b = step_below(second, last, old_b)
        return witness(together(on_q, old_a, old_b), goal, q)

    def parallel(h: Theorem) -> Theorem:
        wanted = implies(negation(is_parallel(new, v, d)), differs(dot(new, p, d), 0))
        last = prove(wanted, lambda other, goal: contradiction(goal, detach(other, h)))
        return finish(p, on, last, (None, None))

    def not_parallel(h: Theorem) -> Theorem:
        def with_direction(q: Expression, across_it: Theorem) -> Theorem:
            point = use(one_more_off(), d, first, second, a, b, v, new, p, q, on, across_it)

            def found(x: Expression, facts: Theorem) -> Theorem:
                on_x, off, keep_a, keep_b = parts(facts)
                wanted = implies(negation(is_parallel(new, v, d)), differs(dot(new, x, d), 0))
                last = prove(wanted, lambda _, _goal: off)
                return finish(x, on_x, last, (keep_a, keep_b))

            return with_witness(point, found)

        return with_witness(use(across(), d, v, new, nonzero, h), with_direction)

    return split(excluded_middle(is_parallel(new, v, d)), parallel, not_parallel)
