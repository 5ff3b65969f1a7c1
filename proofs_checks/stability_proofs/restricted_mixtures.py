"""The realizations of the restricted spaces of all sizes: a convex set, and larger spaces realize more."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import natural
from ..kernel.rules import Theorem, absurd, detach, restate, together, witness
from ..proving.certificates import arith
from ..proving.lemmas import last_or_before
from ..proving.tactics import (
    by_induction,
    contradiction,
    last_term,
    parts,
    prove,
    rewrite,
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
    number,
    variable,
)
from ..statements.functions import RELU
from .names import a, b, below, differs, dot, i, is_zero, j, k, n, network, row, x
from .neuron_put import count, has_ends, is_new_direction, longer, neuron_put, zero_pair
from .opening import Given, opened, opened_exists
from .restricted_space import D, a_phi, c, c_phi, column, e, has_positive_ends, is_restricted
from .restricted_sums import adds, before_last, neuron_added, new_term, old_terms

lam, first_size = variable("lambda", REAL), variable("M", NATURAL)


@cache
def list_added() -> Theorem:
    """A list of the restricted space and neurons with positive ends: a list of the restricted space."""

    def claim(size: Expression) -> Expression:
        more = adds(lambda k, x: network(column(c, k), a, x, size, n + 2))
        ends = has_positive_ends(a, size, n)
        return forall(
            *(n, D, b, e, count, a, c),
            implies(number(1) <= D, is_restricted(b, e, count, n, D), ends, more),
        )

    def base(goal: Expression) -> Theorem:
        def build(given: Given) -> Theorem:
            _n, _D, b, e, count, _a, _c, _outputs, member, _ends, goal = given
            body = opened_exists(goal, count, b, e).args[1]
            same = prove(body, lambda _x, _k, _less, inner: arith(inner))
            return witness(together(member, same), goal, count, b, e)

        return opened(goal, 10, build)

    def step(size: Expression, before: Theorem, goal: Expression) -> Theorem:
        def build(given: Given) -> Theorem:
            n, D, b, e, count, a, c, outputs, member, ends, goal = given
            shorter = prove(
                has_positive_ends(a, size, n),
                lambda i, less, _goal: use(ends, i, arith(i < size + 1, less)),
            )

            def with_list(m1: Expression, rows: Expression, columns: Expression, known: Theorem) -> Theorem:
                fits, values = parts(known)
                last = restate(use(ends, size, arith(size < size + 1)), has_ends(row(a, size), n))
                more = use(
                    neuron_added(), n, D, rows, columns, m1, row(a, size), row(c, size), outputs, fits, last
                )

                def found(m2: Expression, star: Expression, new: Expression, known: Theorem) -> Theorem:
                    fits, also = parts(known)
                    body = opened_exists(goal, m2, star, new).args[1]

                    def value(x: Expression, k: Expression, less: Theorem, inner: Expression) -> Theorem:
                        term = last_term(size, lambda i: c(i, k) * RELU(dot(row(a, i), x, n + 2)))
                        return arith(inner, use(values, x, k, less), use(also, x, k, less), term, degree=1)

                    return witness(together(fits, prove(body, value)), goal, m2, star, new)

                return with_witness(more, found)

            return with_witness(use(before, n, D, b, e, count, a, c, outputs, member, shorter), with_list)

        return opened(goal, 10, build)

    return by_induction(claim, base, step).called("neurons are added in the restricted space one by one")


@cache
def mixture() -> Theorem:
    """(1 - lambda) R(a, c) + lambda R(b, e) is realized in the restricted space."""
    one, two, three = (
        network(column(g, k), f, x, size, n + 2)
        for f, g, size in ((a, c, first_size), (b, e, count), (a_phi, c_phi, longer))
    )
    values = forall(x, below(k, D, eq(three, (1 - lam) * one + lam * two)))
    statement = forall(
        *(n, D, lam, a, c, first_size, b, e, count),
        implies(
            number(1) <= D,
            is_restricted(a, c, first_size, n, D),
            is_restricted(b, e, count, n, D),
            exists(*(longer, a_phi, c_phi), both(is_restricted(a_phi, c_phi, longer, n, D), values)),
        ),
    )

    def build(given: Given) -> Theorem:
        n, D, lam, a, c, m, b, e, count, outputs, of_a, of_b, goal = given
        zero = function(*(i, j), number(0))
        empty = together(*(_vacuous(part) for part in is_restricted(zero, zero, number(0), n, D).args))
        first_part, second_part = function(*(i, k), (1 - lam) * c(i, k)), function(*(i, k), lam * e(i, k))

        def with_first(m1: Expression, rows: Expression, columns: Expression, known: Theorem) -> Theorem:
            fits, values = parts(known)
            second = use(
                list_added(), count, n, D, rows, columns, m1, b, second_part, outputs, fits, parts(of_b)[2]
            )

            def found(m2: Expression, star: Expression, new: Expression, known: Theorem) -> Theorem:
                fits, also = parts(known)
                body = opened_exists(goal, m2, star, new).args[1]
                whole = prove(
                    body,
                    lambda x, k, less, inner: arith(
                        inner, use(values, x, k, less), use(also, x, k, less), degree=1
                    ),
                )
                return witness(together(fits, whole), goal, m2, star, new)

            return with_witness(second, found)

        first = use(list_added(), m, n, D, zero, zero, 0, a, first_part, outputs, empty, parts(of_a)[2])
        return with_witness(first, with_first)

    return opened(statement, 12, build).called("mixtures are realized in the restricted space")


def _vacuous(formula: Expression) -> Theorem:
    return opened(formula, 2, lambda given: absurd(arith(FALSE, given[1], natural(given[0])), given[-1]))


@cache
def padded() -> Theorem:
    """With neurons that are 0 a network of the restricted space has any larger size."""

    def claim(size: Expression) -> Expression:
        one, two = (
            network(column(g, k), f, x, length, n + 2)
            for f, g, length in ((a_phi, c_phi, size), (b, e, count))
        )
        values = forall(x, below(k, D, eq(one, two)))
        return forall(
            *(n, D, b, e, count),
            implies(
                number(1) <= D,
                is_restricted(b, e, count, n, D),
                count <= size,
                exists(*(a_phi, c_phi), both(is_restricted(a_phi, c_phi, size, n, D), values)),
            ),
        )

    def itself(given: Given, equal: Theorem) -> Theorem:
        n, D, b, e, count, _outputs, member, *_, goal = given

        def at(size: Expression) -> Expression:
            values = forall(
                x,
                below(
                    k,
                    D,
                    eq(network(column(e, k), b, x, size, n + 2), network(column(e, k), b, x, count, n + 2)),
                ),
            )
            return both(is_restricted(b, e, size, n, D), values)

        here = at(count)
        same = prove(here.args[1], lambda _x, _k, _less, inner: arith(inner))
        moved = rewrite(equal, at, together(member, same))
        return witness(moved, goal, b, e)

    def base(goal: Expression) -> Theorem:
        def build(given: Given) -> Theorem:
            count, order = given[4], given[7]
            return itself(given, arith(eq(count, 0), order, natural(count)))

        return opened(goal, 8, build)

    def step(size: Expression, before: Theorem, goal: Expression) -> Theorem:
        def build(given: Given) -> Theorem:
            n, D, b, e, count, outputs, member, order, _goal = given

            def shorter(less: Theorem) -> Theorem:
                smaller = arith(count <= size, _at_most(count, size, less))
                return with_witness(
                    use(before, n, D, b, e, count, outputs, member, smaller),
                    lambda rows, columns, known: _one_more(given, size, rows, columns, known),
                )

            def same(equal: Theorem) -> Theorem:
                return itself(given, arith(eq(count, size + 1), equal))

            up = arith(count < size + 2, order)
            return split(use(last_or_before(), count, size + 1, up), shorter, same)

        return opened(goal, 8, build)

    return by_induction(claim, base, step).called("larger restricted spaces realize more")


def _at_most(count: Expression, size: Expression, less: Theorem) -> Theorem:
    return split(
        use(last_or_before(), count, size, less),
        lambda before: arith(count <= size, before),
        lambda equal: arith(count <= size, equal),
    )


def _one_more(given: Given, size: Expression, old: Expression, olds: Expression, known: Theorem) -> Theorem:
    """Put the neuron 0 at the end."""
    n, D, _b, _e, _count, outputs, _member, _order, goal = given
    fits, values = parts(known)
    zero = function(j, number(0))
    nothing = prove(is_zero(zero, n + 2), lambda _j, _, inner: arith(inner))
    ends = prove(has_ends(zero, n), lambda off, inner: contradiction(inner, detach(off, nothing)))
    new = opened(
        is_new_direction(old, size, size, zero, n + 2),
        5,
        lambda given: contradiction(given[-1], detach(given[4], nothing)),
    )
    inside = prove(
        below(i, size + 1, implies(differs(i, size), i < size)),
        lambda i, less, off, goal: before_last(i, size, less, off, goal),
    )
    put = use(
        neuron_put(),
        *(n, D, old, olds, size, size, zero, zero, size + 1),
        *(fits, inside, zero_pair(n, D, outputs), ends, new),
    )

    def found(rows: Expression, columns: Expression, known: Theorem) -> Theorem:
        fits, entries = parts(known)
        body = opened_exists(goal, rows, columns).args[1]
        data = (n, D, old, olds)

        def value(x: Expression, k: Expression, less: Theorem, inner: Expression) -> Theorem:
            term = last_term(size, lambda i: columns(i, k) * RELU(dot(row(rows, i), x, n + 2)))
            same = old_terms(data, (rows, columns), entries, (k, x), size, size)
            last = new_term(data, (rows, columns), entries, (k, x), size, (zero, zero))
            return arith(inner, term, same, last, use(values, x, k, less), degree=1)

        return witness(together(fits, prove(body, value)), goal, rows, columns)

    return with_witness(put, found)
