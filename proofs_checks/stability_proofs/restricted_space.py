"""The space of Definition 3.2: its conditions, and what they say about pairs of rows.

A network has d = n + 2 inputs, m neurons and D outputs: weights a(i, j), coefficients c(i, k).
"""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import certificate, trichotomy
from ..kernel.rules import Theorem, absurd, detach, restate, together, witness
from ..proving.certificates import arith
from ..proving.tactics import parts, split, use, with_witness
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
from .comparison import is_nowhere_opposite
from .independent_jumps import is_independent
from .kinks import cells_at_most
from .names import (
    ABS,
    a,
    b,
    below,
    differs,
    i,
    is_multiple,
    is_zero,
    j,
    k,
    l,
    m,
    mu,
    n,
    network,
    row,
    x,
)
from .opening import Entry, Given, opened

D, p = variable("D", NATURAL), variable("p", NATURAL)
c, e = variable("c", REAL, NATURAL, NATURAL), variable("e", REAL, NATURAL, NATURAL)
a_phi, c_phi = variable("a'", REAL, NATURAL, NATURAL), variable("c'", REAL, NATURAL, NATURAL)
nu = variable("nu", REAL)
v = variable("v", REAL, NATURAL)


def column(c: Expression, k: Expression) -> Expression:
    """Return the coefficients of output k."""
    return function(i, c(i, k))


def is_norm(nu: Expression, v: Expression, size: Expression) -> Expression:
    """Return: nu is the largest |v_j|, j < size."""
    return both(below(j, size, ABS(v(j)) <= nu), exists(j, both(j < size, eq(ABS(v(j)), nu))))


def is_balanced(a: Entry, c: Entry, i: Entry, d: Entry, D: Entry) -> Expression:
    """Return ||a_i|| = ||c_i||."""
    return exists(nu, both(is_norm(nu, row(a, i), d), is_norm(nu, row(c, i), D)))


def has_distinct_directions(a: Entry, m: Entry, d: Entry) -> Expression:
    """Return: no a_l != 0 is a positive multiple of an a_i != 0, i != l."""
    alive = [negation(is_zero(row(a, at), d)) for at in (i, l)]
    same = exists(mu, both(mu > 0, is_multiple(row(a, l), mu, row(a, i), d)))
    return below(i, m, below(l, m, implies(differs(i, l), *alive, negation(same))))


def has_positive_ends(a: Entry, m: Entry, n: Entry) -> Expression:
    """Return: the last two of the n + 2 coordinates of each a_i != 0 are positive."""
    ends = both(a(i, n) > 0, a(i, n + 1) > 0)
    return below(i, m, implies(negation(is_zero(row(a, i), n + 2)), ends))


def has_only_positive_ends(a: Entry, m: Entry, n: Entry) -> Expression:
    """Return: the last two of the n + 2 coordinates of each a_i are positive, so that no a_i is 0."""
    return below(i, m, both(a(i, n) > 0, a(i, n + 1) > 0))


def is_restricted(a: Entry, c: Entry, m: Entry, n: Entry, D: Entry) -> Expression:
    """Return: (a, c) is in the space of Definition 3.2."""
    d = n + 2
    return both(
        below(i, m, is_balanced(a, c, i, d, D)), has_distinct_directions(a, m, d), has_positive_ends(a, m, n)
    )


def is_strictly_restricted(a: Entry, c: Entry, m: Entry, n: Entry, D: Entry) -> Expression:
    """Return: (a, c) is in the space of Definition 3.2, its last clause read for each weight vector."""
    balanced, distinct, _ = is_restricted(a, c, m, n, D).args
    return both(balanced, distinct, has_only_positive_ends(a, m, n))


def same_realization(a: Entry, c: Entry, b: Entry, e: Entry, m: Entry, d: Entry, D: Entry) -> Expression:
    """Return R(a, c) = R(b, e)."""
    return forall(x, below(k, D, eq(network(column(c, k), a, x, m, d), network(column(e, k), b, x, m, d))))


def realizations_near(*given: Entry) -> Expression:
    """Return |R(b, e) - R(a, c)|_W <= delta, by (21)."""
    a, c, b, e, m, d, D, delta, H = given
    return below(k, D, cells_at_most(column(c, k), a, m, column(e, k), b, m, d, delta, H))


def parameters_near(*given: Entry) -> Expression:
    """Return ||(b, e) - (a, c)|| <= bound."""
    a, c, b, e, m, d, D, bound = given
    weights = below(j, d, ABS(b(i, j) - a(i, j)) <= bound)
    coefficients = below(k, D, ABS(e(i, k) - c(i, k)) <= bound)
    return below(i, m, both(weights, coefficients))


@cache
def independent() -> Theorem:
    """In the restricted space the a_i != 0 are pairwise independent."""
    statement = forall(
        n,
        m,
        a,
        implies(
            has_distinct_directions(a, m, n + 2), has_positive_ends(a, m, n), is_independent(a, m, n + 2)
        ),
    )

    def build(given: Given) -> Theorem:
        n, _m, a, distinct, ends, goal = given

        def inner(given: Given) -> Theorem:
            i, in_i, l, in_l, other, alive_i, alive_l, parallel, _ = given
            first, second = parts(use(ends, i, in_i, alive_i))[0], parts(use(ends, l, in_l, alive_l))[0]

            def found(mu: Expression, multiple: Theorem) -> Theorem:
                positive = _positive_factor(mu, use(multiple, n, arith(n < n + 2)), first, second)
                same = exists(nu, both(nu > 0, is_multiple(row(a, l), nu, row(a, i), n + 2)))
                return detach(
                    use(distinct, i, in_i, l, in_l, other, alive_i, alive_l),
                    witness(together(positive, multiple), same, mu),
                )

            return with_witness(parallel, found)

        return opened(goal, 8, inner)

    return opened(statement, 5, build).called("in the restricted space weights are pairwise independent")


def _positive_factor(mu: Expression, equal: Theorem, first: Theorem, second: Theorem) -> Theorem:
    """From y = mu x, x > 0, y > 0: mu > 0."""
    return split(
        trichotomy(mu, number(0)),
        lambda less: absurd(arith(FALSE, equal, first, second, less), mu > 0),
        lambda zero: absurd(_no_product(equal, zero, second), mu > 0),
        lambda more: restate(more, mu > 0),
    )


def _no_product(equal: Theorem, zero: Theorem, second: Theorem) -> Theorem:
    x = equal.conclusion.args[1].args[1]
    left = equal.conclusion.args[0]
    flat = certificate(eq(left, 0), [(equal,), (zero, x)])
    return arith(FALSE, flat, second)


@cache
def nowhere_opposite() -> Theorem:
    """In the restricted space no weights are opposite."""
    statement = forall(
        n,
        m,
        a,
        b,
        implies(has_positive_ends(a, m, n), has_positive_ends(b, m, n), is_nowhere_opposite(a, b, m, n + 2)),
    )

    def build(given: Given) -> Theorem:
        n, _m, _a, _b, ends_a, ends_b, goal = given

        def inner(given: Given) -> Theorem:
            i, in_i, p, in_p, alive, alive_p, opposite, _ = given
            first, second = parts(use(ends_a, i, in_i, alive))[0], parts(use(ends_b, p, in_p, alive_p))[0]

            def found(_mu: Expression, known: Theorem) -> Theorem:
                less, multiple = parts(known)
                return arith(FALSE, use(multiple, n, arith(n < n + 2)), first, second, less)

            return with_witness(opposite, found)

        return opened(goal, 7, inner)

    return opened(statement, 6, build).called("in the restricted space no weights are opposite")


SHARP = 2 * ROOT(number(2))
"""2 sqrt(2)"""
