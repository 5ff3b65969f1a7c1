"""A neuron is put into a list of the restricted space, in the place of another or at the end."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate, natural
from ..kernel.rules import Theorem, absurd, detach, excluded_middle, restate, together, witness
from ..proving.certificates import arith
from ..proving.tactics import compare, parts, prove, rewrite, split, use, with_witness
from ..proving.transport import Values, transported
from ..statements.expressions import (
    FALSE,
    NATURAL,
    REAL,
    Expression,
    both,
    eq,
    exists,
    forall,
    function,
    implies,
    negation,
    number,
    variable,
)
from ..statements.functions import ROOT
from .embedded_entries import scaled_norm
from .embedding import turned_multiple
from .free_directions import is_positive_multiple
from .functions import decided
from .names import ABS, b, below, d, differs, i, is_zero, j, k, n, row
from .opening import Entry, Given, opened, opened_exists
from .rescaling import norm_exists
from .restricted_space import D, a_phi, c_phi, e, is_norm, is_restricted, nu
from .small_steps import positive_inverse

v, w, u, gamma = (variable(name, REAL, NATURAL) for name in ("v", "w", "u", "g"))
count, longer, place = (variable(name, NATURAL) for name in ("m", "m'", "q"))
s, r = variable("s", REAL), variable("r", REAL)


def is_balanced_pair(w: Entry, u: Entry, d: Entry, D: Entry) -> Expression:
    """Return ||w|| = ||u||."""
    return exists(nu, both(is_norm(nu, w, d), is_norm(nu, u, D)))


@cache
def balanced() -> Theorem:
    """For v, gamma != 0 there is s > 0, r = 1 / s, with ||s v|| = ||r gamma||: s^2 = ||gamma|| / ||v||."""
    scaled = is_balanced_pair(function(j, s * v(j)), function(k, r * gamma(k)), d, D)
    statement = forall(
        *(d, D, v, gamma),
        implies(
            negation(is_zero(v, d)),
            negation(is_zero(gamma, D)),
            exists(*(s, r), both(s > 0, r > 0, eq(s * r, 1), scaled)),
        ),
    )

    def build(given: Given) -> Theorem:
        d, D, v, gamma, alive, some, goal = given

        def with_norms(A: Expression, of_v: Theorem, B: Expression, of_gamma: Theorem) -> Theorem:
            (a_positive, a_norm), (b_positive, b_norm) = parts(of_v), parts(of_gamma)

            def with_inverse(t: Expression, inverse: Theorem) -> Theorem:
                t_positive, unit = parts(inverse)  # A t = 1
                ratio = arith(B * t > 0, b_positive, t_positive)
                s = ROOT(B * t)
                least, squared = parts(use(axiom("square root"), B * t, arith(B * t >= 0, ratio)))
                positive = split(
                    compare(s, number(0)),
                    lambda low: _no_root(s, low, least, squared, ratio),
                    lambda more: more,
                )

                def with_r(r: Expression, known: Theorem) -> Theorem:
                    r_positive, product = parts(known)  # s r = 1
                    # A s = A s^2 r = B r
                    square = certificate(eq(A * s, A * s**2 * r), [(product, -1 * A * s)])
                    amount = certificate(
                        eq(B * r, A * s), [(square, -1), (squared, -1 * A * r), (unit, -1 * B * r)]
                    )
                    one = scaled_norm(d, v, A, s, positive, a_norm)
                    two = scaled_norm(D, gamma, B, r, r_positive, b_norm)
                    other = function(k, r * gamma(k))
                    moved = rewrite(amount, lambda z: is_norm(z, other, D), two)
                    body = opened_exists(goal, s, r)
                    pair = witness(together(one, moved), body.args[3], A * s)
                    return witness(together(positive, r_positive, product, pair), goal, s, r)

                return with_witness(use(positive_inverse(), s, positive), with_r)

            return with_witness(use(positive_inverse(), A, a_positive), with_inverse)

        return with_witness(
            use(norm_exists(), d, v, alive),
            lambda A, of_v: with_witness(
                use(norm_exists(), D, gamma, some), lambda B, of_gamma: with_norms(A, of_v, B, of_gamma)
            ),
        )

    return opened(statement, 6, build).called("a neuron that is not 0 can be balanced")


def _no_root(s: Expression, low: Theorem, least: Theorem, squared: Theorem, ratio: Theorem) -> Theorem:
    zero = arith(eq(s, 0), low, least)
    return absurd(arith(FALSE, certificate(eq(s * s, 0), [(zero, s)]), squared, ratio, degree=1), s > 0)


def is_new_direction(b: Entry, count: Entry, place: Entry, w: Entry, d: Entry) -> Expression:
    """Return: w is no positive multiple of the rows != 0 in other places, unless it is 0."""
    apart = negation(is_positive_multiple(w, row(b, i), d))
    alive = negation(is_zero(row(b, i), d))
    return below(i, count, implies(differs(i, place), alive, negation(is_zero(w, d)), apart))


def has_ends(w: Entry, n: Entry) -> Expression:
    """Return: the last two of the n + 2 coordinates are positive, unless all are 0."""
    return implies(negation(is_zero(w, n + 2)), both(w(n) > 0, w(n + 1) > 0))


def is_put(b: Entry, e: Entry, place: Entry, w: Entry, u: Entry) -> Expression:
    """Return: (a', c') has (w, u) in the place, and the neurons of (b, e) elsewhere."""
    here = both(forall(j, eq(w(j), a_phi(place, j))), forall(j, eq(u(j), c_phi(place, j))))
    rest = both(forall(j, eq(b(i, j), a_phi(i, j))), forall(j, eq(e(i, j), c_phi(i, j))))
    return both(here, forall(i, implies(differs(i, place), rest)))


@cache
def neuron_put() -> Theorem:
    """A balanced neuron of a direction that no other has can be put anywhere."""
    size = n + 2
    statement = forall(
        *(n, D, b, e, count, place, w, u, longer),
        implies(
            is_restricted(b, e, count, n, D),
            below(i, longer, implies(differs(i, place), i < count)),
            is_balanced_pair(w, u, size, D),
            has_ends(w, n),
            is_new_direction(b, count, place, w, size),
            exists(
                *(a_phi, c_phi), both(is_restricted(a_phi, c_phi, longer, n, D), is_put(b, e, place, w, u))
            ),
        ),
    )

    def build(given: Given) -> Theorem:
        _n, _D, b, e, _count, place, w, u, _longer = given[:9]

        def with_rows(rows: Expression, of_rows: Theorem) -> Theorem:
            return with_witness(
                decided(eq(i, place), u(j), e(i, j), (i, j)),
                lambda columns, of_columns: _put(given, (rows, columns), (of_rows, of_columns)),
            )

        return with_witness(decided(eq(i, place), w(j), b(i, j), (i, j)), with_rows)

    return opened(statement, 14, build).called("a neuron is put into a list of the restricted space")


def _put(given: Given, new: Entry, known: Entry) -> Theorem:
    n, _D, b, e, _count, place, w, u, _longer, member, inside, pair, ends, apart, goal = given
    rows, columns = new
    balanced_rows, distinct, positive = parts(member)
    restricted, put = opened_exists(goal, rows, columns).args
    size = n + 2

    def values(i: Expression, case: Theorem, way: int) -> Values:
        """The entries of row i, which is w, or an old one."""
        olds = ((w, u), (row(b, i), row(e, i)))[way]
        pairs = zip(olds, (row(rows, i), row(columns, i)), known, strict=True)
        return {(old, now): _entries(old, now, i, way, case, theorem) for old, now, theorem in pairs}

    def by_place(i: Expression, here: Entry, there: Entry) -> Theorem:
        return split(excluded_middle(eq(i, place)), here, there)

    def balanced_at(i: Expression, less: Theorem, goal: Expression) -> Theorem:
        return by_place(
            i,
            lambda at: transported(pair, goal, values(i, at, 0)),
            lambda off: transported(
                use(balanced_rows, i, use(inside, i, less, off)), goal, values(i, off, 1)
            ),
        )

    def ends_at(i: Expression, less: Theorem, goal: Expression) -> Theorem:
        return by_place(
            i,
            lambda at: transported(ends, goal, values(i, at, 0)),
            lambda off: transported(use(positive, i, use(inside, i, less, off)), goal, values(i, off, 1)),
        )

    def apart_at(given: Given) -> Theorem:
        i, in_i, l, in_l, other, goal = given

        def both_new(at: Theorem, too: Theorem) -> Theorem:
            return absurd(detach(other, arith(eq(i, l), at, too)), goal)

        def from_new(at: Theorem, off: Theorem) -> Theorem:
            old = use(apart, l, use(inside, l, in_l, off), off)
            return transported(
                _other_way(old, w, row(b, l), size), goal, {**values(i, at, 0), **values(l, off, 1)}
            )

        def to_new(off: Theorem, at: Theorem) -> Theorem:
            old = use(apart, i, use(inside, i, in_i, off), off)
            return transported(old, goal, {**values(i, off, 1), **values(l, at, 0)})

        def both_old(off: Theorem, too: Theorem) -> Theorem:
            old = use(distinct, i, use(inside, i, in_i, off), l, use(inside, l, in_l, too), other)
            return transported(old, goal, {**values(i, off, 1), **values(l, too, 1)})

        return by_place(
            i,
            lambda at: by_place(l, lambda too: both_new(at, too), lambda off: from_new(at, off)),
            lambda off: by_place(l, lambda at: to_new(off, at), lambda too: both_old(off, too)),
        )

    whole = together(
        prove(restricted.args[0], balanced_at),
        opened(restricted.args[1], 5, apart_at),
        prove(restricted.args[2], ends_at),
    )
    here = values(place, arith(eq(place, place)), 0)

    def elsewhere(i: Expression, off: Theorem, _goal: Expression) -> Theorem:
        return together(*values(i, off, 1).values())

    entries = together(together(*here.values()), prove(put.args[1], elsewhere))
    return witness(together(whole, restate(entries, put)), goal, rows, columns)


def _entries(old: Entry, now: Entry, i: Expression, way: int, case: Theorem, rule: Theorem) -> Theorem:
    def entry(j: Expression, goal: Expression) -> Theorem:
        return arith(goal, use(parts(use(rule, i, j))[way], case), degree=1)

    return prove(forall(j, eq(old(j), now(j))), entry)


def _other_way(old: Theorem, w: Entry, b: Expression, size: Entry) -> Theorem:
    """From: b, w != 0, so w is no positive multiple of b: b is none of w."""
    alive, other = old.conclusion.args[0], old.conclusion.args[1].args[0]
    goal = implies(other, alive, negation(is_positive_multiple(b, w, size)))

    def build(w_alive: Theorem, b_alive: Theorem, multiple: Theorem, _: Expression) -> Theorem:
        def with_factor(mu: Expression, known: Theorem) -> Theorem:
            more, line = parts(known)

            def with_inverse(nu: Expression, inverse: Theorem) -> Theorem:
                above, product = parts(inverse)
                same = is_positive_multiple(w, b, size)
                again = witness(together(above, turned_multiple(line, nu, product, w, b, size)), same, nu)
                return detach(use(old, b_alive, w_alive), again)

            return with_witness(use(positive_inverse(), mu, more), with_inverse)

        return with_witness(multiple, with_factor)

    return prove(goal, build)


def zero_pair(n: Expression, D: Expression, outputs: Theorem) -> Theorem:
    """The zero neuron is balanced."""
    zero = function(j, number(0))
    size = use(parts(use(axiom("abs"), 0))[0], arith(number(0) <= 0))

    def norm(length: Expression, some: Theorem) -> Theorem:
        wanted = is_norm(number(0), zero, length)
        each = prove(wanted.args[0], lambda _j, _, inner: arith(inner, size))
        here = witness(together(some, arith(eq(ABS(number(0)), 0), size)), wanted.args[1], 0)
        return together(each, here)

    pair = together(norm(n + 2, arith(number(0) < n + 2, natural(n))), norm(D, arith(number(0) < D, outputs)))
    return witness(pair, is_balanced_pair(zero, zero, n + 2, D), 0)
