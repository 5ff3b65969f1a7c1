"""Directions that are still free: each of finitely many rows takes one number n at most."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import (
    Theorem,
    absurd,
    restate,
    together,
    witness,
)
from ..proving.certificates import arith
from ..proving.lemmas import abs_facts, term_of_sum
from ..proving.tactics import (
    parts,
    prove,
    split,
    use,
    with_witness,
)
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
    total,
    variable,
)
from ..statements.functions import INVERSE, RELU
from .functions import updated
from .names import (
    ABS,
    b,
    below,
    d,
    differs,
    dot,
    i,
    is_multiple,
    is_zero,
    j,
    k,
    mu,
    n,
    row,
)
from .opening import Entry, Given, opened, opened_exists
from .restricted_space import is_norm

v, w, y, u, gamma, out, bias = (variable(name, REAL, NATURAL) for name in ("v", "w", "y", "u", "g", "e", "h"))
h, r, bound, big = (variable(name, REAL) for name in ("h", "r", "B", "K"))
M = variable("M", NATURAL)


@cache
def upper_bound() -> Theorem:
    """Finitely many numbers are below one: u_i < T for all i < n."""
    statement = forall(u, n, exists(bound, both(bound > 0, below(i, n, u(i) < bound))))

    def build(u: Expression, n: Expression, goal: Expression) -> Theorem:
        sizes = function(i, ABS(u(i)))
        top = 1 + total(i, n, sizes(i))
        at_least = prove(
            below(i, n, sizes(i) >= 0), lambda i, _, goal: restate(parts(use(abs_facts(), u(i)))[0], goal)
        )
        from ..proving.lemmas import sum_not_negative

        positive = arith(top > 0, use(sum_not_negative(), sizes, n, at_least), degree=1)

        def each(i: Expression, less: Theorem, goal: Expression) -> Theorem:
            term = use(term_of_sum(), sizes, n, i, at_least, less)
            return arith(goal, term, parts(use(abs_facts(), u(i)))[1], degree=1)

        return witness(together(positive, prove(below(i, n, u(i) < top), each)), goal, top)

    return prove(statement, build).called("finitely many numbers are bounded")


def is_positive_multiple(v: Expression, w: Expression, size: Expression) -> Expression:
    """Return: v = mu w for some mu > 0."""
    return exists(mu, both(mu > 0, is_multiple(v, mu, w, size)))


def embedded(v: Entry, h: Entry, gamma: Entry, w: Entry, u: Entry, d: Entry, D: Entry) -> Expression:
    """Return: (w, u) has the values of the neuron gamma relu(<v, x> + h) at y = (x, 1, -1)."""
    value = below(k, D, eq(u(k) * RELU(dot(w, y, d + 2)), gamma(k) * RELU(dot(v, y, d) + h)))
    return forall(y, implies(eq(y(d), 1), eq(y(d + 1), -1), value))


def fits(w: Entry, u: Entry, b: Entry, count: Entry, d: Entry, D: Entry) -> Expression:
    """Return: (w, u) is balanced, positive at the end, and of another direction than the first ones of b."""
    balanced = exists(r, both(is_norm(r, w, d + 2), is_norm(r, u, D)))
    ends = both(w(d) > 0, w(d + 1) > 0)
    distinct = below(i, count, negation(is_positive_multiple(w, row(b, i), d + 2)))
    return both(balanced, ends, distinct)


def flat_dot(v: Entry, y: Entry, d: Entry, flat: Entry) -> Theorem:
    """From v = 0: <v, y> = 0."""
    from .independent_jumps import no_terms

    term = function(j, v(j) * y(j))
    zeros = prove(
        below(j, d, eq(term(j), 0)), lambda j, less, goal: certificate(goal, [(use(flat, j, less), y(j))])
    )
    return restate(use(no_terms(), term, d, zeros), eq(dot(v, y, d), 0))


def _scaled_is(w: Entry, v: Entry, p: Entry, q: Entry, r: Entry, d: Entry) -> Expression:
    """Return w = r (v, p, q)."""
    return both(below(j, d, eq(w(j), r * v(j))), eq(w(d), r * p), eq(w(d + 1), r * q))


@cache
def extended_vector() -> Theorem:
    """There is r (v, p, q)."""
    p, q = variable("p", REAL), variable("q", REAL)
    statement = forall(d, v, p, q, r, exists(w, _scaled_is(w, v, p, q, r, d)))

    def build(given: Given) -> Theorem:
        d, v, p, q, r, goal = given

        def first(f: Expression, known: Theorem) -> Theorem:
            def second(g: Expression, also: Theorem) -> Theorem:
                at_last, others = parts(also)
                at_d, rest = parts(known)
                d_differs = prove(differs(d, d + 1), lambda equal, _: arith(FALSE, equal))
                body = opened_exists(goal, g)

                def entry(j: Expression, less: Theorem, goal: Expression) -> Theorem:
                    one = prove(differs(j, d + 1), lambda equal, _: arith(FALSE, equal, less))
                    two = prove(differs(j, d), lambda equal, _: arith(FALSE, equal, less))
                    return arith(goal, use(others, j, one), use(rest, j, two), degree=1)

                entries = prove(body.args[0], entry)
                at_d_value = arith(body.args[1], use(others, d, d_differs), at_d, degree=1)
                return witness(together(entries, at_d_value, restate(at_last, body.args[2])), goal, g)

            return with_witness(use(updated(), f, d + 1, r * q), second)

        return with_witness(use(updated(), function(j, r * v(j)), d, r * p), first)

    return opened(statement, 5, build).called("a vector is extended by two entries")


def is_taken(
    v: Entry, b: Entry, i: Entry, d: Entry, top: Expression, ends: tuple[Expression, Expression]
) -> Expression:
    """Return: (v, K + e_1, K + e_2) is a positive multiple of b_i."""
    first, second = ends
    line = both(
        below(j, d, eq(v(j), mu * b(i, j))), eq(top + first, mu * b(i, d)), eq(top + second, mu * b(i, d + 1))
    )
    return exists(mu, both(mu > 0, line))


@cache
def taken_once() -> Theorem:
    """A direction is met for one K at most, unless v = 0 and e_1 = e_2."""
    top, other, e1, e2 = (variable(name, REAL) for name in ("K", "K'", "e1", "e2"))
    hit, again = is_taken(v, b, i, d, top, (e1, e2)), is_taken(v, b, i, d, other, (e1, e2))
    statement = forall(
        d, v, b, i, e1, e2, top, other, implies(hit, again, top < other, both(is_zero(v, d), eq(e1, e2)))
    )

    def build(given: Given) -> Theorem:
        d, _v, b, i, _e1, _e2, top, other, hit, again, less, goal = given

        def first(mu: Expression, known: Theorem) -> Theorem:
            def second(nu: Expression, also: Theorem) -> Theorem:
                rows, ends_d, ends_last = parts(parts(known)[1])
                rows_too, ends_d_too, ends_last_too = parts(parts(also)[1])
                gap = nu - mu
                at_d = certificate(eq(gap * b(i, d), other - top), [(ends_d_too, -1), (ends_d,)])
                at_last = certificate(eq(gap * b(i, d + 1), other - top), [(ends_last_too, -1), (ends_last,)])
                product = split(
                    use(axiom("inverse"), gap),
                    lambda zero: absurd(_no_gap(zero, at_d, less, b(i, d)), eq(gap * INVERSE(gap), 1)),
                    lambda h: h,
                )
                flat = prove(
                    goal.args[0],
                    lambda j, less_j, goal: certificate(
                        goal,
                        [
                            (use(rows, j, less_j), 1 + mu * INVERSE(gap)),
                            (use(rows_too, j, less_j), -1 * mu * INVERSE(gap)),
                            (product, -1 * mu * b(i, j)),
                        ],
                    ),
                )
                same = certificate(
                    eq(b(i, d), b(i, d + 1)),
                    [(at_d, INVERSE(gap)), (at_last, -1 * INVERSE(gap)), (product, b(i, d + 1) - b(i, d))],
                )
                equal = arith(goal.args[1], ends_d, ends_last, same, multipliers=[mu])
                return together(flat, equal)

            return with_witness(again, second)

        return with_witness(hit, first)

    return opened(statement, 11, build).called("a direction is taken for one length only")


def _no_gap(zero: Entry, at_d: Entry, less: Entry, entry: Entry) -> Theorem:
    flat = certificate(eq(at_d.conclusion.args[0], 0), [(zero, entry)])
    return arith(FALSE, flat, at_d, less, degree=1)
