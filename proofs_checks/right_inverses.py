"""Rows that are linearly independent have a right inverse, row by row.

A matrix F has m rows and n columns, and G is dual to it if sum_j F(i, j) sum_l G(l, j) y(l) = y(i) for all
y and i < m, that is F G* y = y. In the code F is ``a`` and G is ``b``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from .kernel.arithmetic import axiom, identity, natural, square
from .kernel.rules import Theorem, absurd, restate, together, witness
from .proving.certificates import arith
from .proving.decompositions import equal_terms
from .proving.lemmas import last_or_before, term_of_sum, zero_if_square
from .proving.tactics import (
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
from .stability_proofs.functions import decided, updated
from .stability_proofs.names import below, differs
from .stability_proofs.opening import Given, opened
from .statements.expressions import (
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
    open_binder,
    total,
    variable,
)
from .statements.functions import INVERSE

n, m = variable("n", NATURAL), variable("m", NATURAL)
i, j, l = (variable(name, NATURAL) for name in "ijl")
t = variable("t", REAL)
a, b, other = (variable(name, REAL, NATURAL, NATURAL) for name in ("F", "G", "G'"))
y, h, f, g, w, k = (variable(name, REAL, NATURAL) for name in "yhfgwK")


def is_dual(m: Expression, n: Expression, a: Expression, b: Expression) -> Expression:
    """Return F G* y = y for all y, of the first m rows."""
    return forall(y, below(i, m, eq(total(j, n, a(i, j) * total(l, m, b(l, j) * y(l))), y(i))))


def is_independent(m: Expression, n: Expression, a: Expression) -> Expression:
    """Return: the rank is m, that is, only 0 is a combination of the first m rows with coefficients 0."""
    zero = below(j, n, eq(total(i, m, a(i, j) * y(i)), 0))
    return forall(y, implies(zero, below(i, m, eq(y(i), 0))))


@cache
def longer_sum() -> Theorem:
    """If h is f below m and t at m, sum_{i <= m} K_i h_i = sum_{i < m} K_i f_i + K_m t."""
    statement = forall(
        *(k, f, h, m, t),
        implies(
            below(i, m, eq(h(i), f(i))),
            eq(h(m), t),
            eq(total(i, m + 1, k(i) * h(i)), total(i, m, k(i) * f(i)) + k(m) * t),
        ),
    )

    def build(given: Given) -> Theorem:
        k, f, h, m, _t, before, last, goal = given
        same = equal_terms(
            i,
            m,
            k(i) * h(i),
            k(i) * f(i),
            lambda i, less, goal: arith(goal, use(before, i, less), multipliers=[k(i)], degree=1),
        )
        ends = last_term(m, lambda i: k(i) * h(i))
        return arith(goal, same, ends, last, multipliers=[k(m)], degree=1)

    return opened(statement, 7, build).called("a sum with one term more")


def extended(
    f: Expression, m: Expression, t: Expression, build: Callable[[Expression, Theorem, Theorem], Theorem]
) -> Theorem:
    """Prove with h, which is f below m and t at m: ``build`` gets h and both facts."""

    def found(h: Expression, known: Theorem) -> Theorem:
        last, others = parts(known)
        before = prove(
            below(i, m, eq(h(i), f(i))),
            lambda i, less, _goal: use(others, i, _apart(i, m, less)),
        )
        return build(h, before, last)

    return with_witness(use(updated(), f, m, t), found)


def _apart(i: Expression, m: Expression, less: Theorem) -> Theorem:
    """From i < m: i != m."""
    return prove(differs(i, m), lambda equal, _goal: arith(FALSE, equal, less))


@cache
def fewer_rows() -> Theorem:
    """The first m of m + 1 independent rows are independent."""
    statement = forall(m, n, a, implies(is_independent(m + 1, n, a), is_independent(m, n, a)))

    def build(m: Expression, n: Expression, a: Expression, independent: Theorem, goal: Expression) -> Theorem:
        def each(y: Expression, zero: Theorem, goal: Expression) -> Theorem:
            def with_zero(h: Expression, before: Theorem, last: Theorem) -> Theorem:
                def column(j: Expression, less: Theorem, goal: Expression) -> Theorem:
                    k = function(i, a(i, j))
                    longer = use(longer_sum(), k, y, h, m, 0, before, last)
                    return arith(goal, longer, use(zero, j, less), degree=1)

                all_zero = prove(below(j, n, eq(total(i, m + 1, a(i, j) * h(i)), 0)), column)
                found = use(independent, h, all_zero)
                return prove(
                    goal,
                    lambda i, less, goal: arith(
                        goal, use(found, i, arith(i < m + 1, less)), use(before, i, less), degree=1
                    ),
                )

            return extended(y, m, number(0), with_zero)

        return prove(goal, each)

    return prove(statement, build).called("fewer rows are independent too")


@cache
def new_row_is_new() -> Theorem:
    """The last of independent rows is no combination of the others."""
    rest = total(l, m, f(l) * a(l, j))
    statement = forall(
        *(m, n, a, f), implies(is_independent(m + 1, n, a), negation(below(j, n, eq(a(m, j), rest))))
    )

    def build(given: Given) -> Theorem:
        m, n, a, f, independent, equal, goal = given

        def with_one(h: Expression, before: Theorem, last: Theorem) -> Theorem:
            def column(j: Expression, less: Theorem, goal: Expression) -> Theorem:
                k = function(i, a(i, j))
                longer = use(longer_sum(), k, function(l, -f(l)), h, m, 1, before, last)
                return arith(goal, longer, use(equal, j, less), degree=1)

            all_zero = prove(below(j, n, eq(total(i, m + 1, a(i, j) * h(i)), 0)), column)
            zero = use(independent, h, all_zero, m, arith(m < m + 1))
            return arith(goal, zero, last, degree=1)

        return extended(function(l, -f(l)), m, number(1), with_one)

    return opened(statement, 6, build).called("the last of independent rows is no combination of the others")


@cache
def new_direction() -> Theorem:
    """Some g is orthogonal to the first m rows and has the product 1 with the next one."""
    orthogonal = below(i, m, eq(total(j, n, a(i, j) * g(j)), 0))
    unit = eq(total(j, n, a(m, j) * g(j)), 1)
    statement = forall(
        *(m, n, a, b),
        implies(is_independent(m + 1, n, a), is_dual(m, n, a, b), exists(g, both(orthogonal, unit))),
    )

    def build(given: Given) -> Theorem:
        m, n, a, b, independent, dual, goal = given
        c = function(l, total(j, n, a(m, j) * b(l, j)))
        r = function(j, a(m, j) - total(l, m, c(l) * a(l, j)))
        size = total(j, n, r(j) * r(j))
        q = function(i, total(j, n, a(i, j) * r(j)))
        inverse = INVERSE(size)
        direction = function(j, inverse * (r(j) - total(l, m, b(l, j) * q(l))))
        body = open_binder(goal, direction)
        reconstructed = use(dual, q)

        def is_new(zero: Theorem) -> Theorem:
            vanishes = prove(
                below(j, n, eq(a(m, j), total(l, m, c(l) * a(l, j)))),
                lambda j, less, goal: arith(goal, use(no_square(), r, n, zero, j, less), degree=1),
            )
            return absurd(use(new_row_is_new(), m, n, a, c, independent, vanishes), eq(size * inverse, 1))

        one = split(use(axiom("inverse"), size), is_new, lambda equal: equal)
        flat = prove(
            body.args[0],
            lambda i, less, goal: arith(goal, use(reconstructed, i, less), multipliers=[inverse], degree=1),
        )
        return witness(together(flat, arith(body.args[1], one, degree=1)), goal, direction)

    return opened(statement, 6, build).called(
        "some g is orthogonal to the first rows and not to the next one"
    )


@cache
def no_square() -> Theorem:
    """A sum of squares that is 0 has no other terms than 0."""
    statement = forall(*(f, n), implies(eq(total(j, n, f(j) * f(j)), 0), below(j, n, eq(f(j), 0))))

    def build(
        f: Expression, n: Expression, zero: Theorem, j: Expression, less: Theorem, _goal: Expression
    ) -> Theorem:
        squares = function(j, f(j) * f(j))
        signs = prove(below(j, n, squares(j) >= 0), lambda j, _less, _goal: square(f(j)))
        at_most = use(term_of_sum(), squares, n, j, signs, less)
        return use(zero_if_square(), f(j), arith(f(j) * f(j) <= 0, at_most, zero, degree=1))

    return prove(statement, build).called("a sum of squares that is 0 has no other terms than 0")


@cache
def one_dual_more() -> Theorem:
    """A dual of the first m rows and such a g give a dual of m + 1 rows."""
    orthogonal = below(i, m, eq(total(j, n, a(i, j) * g(j)), 0))
    unit = eq(total(j, n, a(m, j) * g(j)), 1)
    statement = forall(
        *(m, n, a, b, g),
        implies(is_dual(m, n, a, b), orthogonal, unit, exists(other, is_dual(m + 1, n, a, other))),
    )

    def build(given: Given) -> Theorem:
        m, n, a, b, g, dual, flat, unit, goal = given
        c = function(l, total(j, n, a(m, j) * b(l, j)))

        def found(other: Expression, known: Theorem) -> Theorem:
            def value(y: Expression, goal: Expression) -> Theorem:
                rest = y(m) - total(l, m, c(l) * y(l))
                new = total(l, m, b(l, j) * y(l)) + g(j) * rest
                old = total(l, m + 1, other(l, j) * y(l))

                def column(j: Expression, _less: Theorem, goal: Expression) -> Theorem:
                    before = prove(
                        below(l, m, eq(other(l, j), b(l, j) - c(l) * g(j))),
                        lambda l, less, _goal: use(parts(use(known, l, j))[1], _apart(l, m, less)),
                    )
                    last = use(parts(use(known, m, j))[0], identity(m, m))
                    short, long = function(l, b(l, j) - c(l) * g(j)), function(l, other(l, j))
                    return arith(goal, use(longer_sum(), y, short, long, m, g(j), before, last), degree=1)

                columns = prove(below(j, n, eq(old, new)), column)

                def product(i: Expression, wanted: Expression, *facts: Theorem) -> Theorem:
                    each = equal_terms(
                        j,
                        n,
                        a(i, j) * old,
                        a(i, j) * new,
                        lambda j, less, goal: arith(
                            goal, use(columns, j, less), multipliers=[a(i, j)], degree=1
                        ),
                    )
                    return arith(wanted, each, *facts, multipliers=[rest], degree=1)

                def row(i: Expression, less: Theorem, goal: Expression) -> Theorem:
                    last = product(m, eq(total(j, n, a(m, j) * old), y(m)), unit)
                    return split(
                        use(last_or_before(), i, m, less),
                        lambda small: product(i, goal, use(dual, y, i, small), use(flat, i, small)),
                        lambda is_m: rewrite(
                            arith(eq(m, i), is_m), lambda i: eq(total(j, n, a(i, j) * old), y(i)), last
                        ),
                    )

                return prove(goal, row)

            return witness(prove(open_binder(goal, other), value), goal, other)

        shorter = b(l, j) - c(l) * g(j)
        return with_witness(decided(eq(l, m), g(j), shorter, (l, j)), found)

    return opened(statement, 8, build).called("a dual of one row more")


@cache
def right_inverse_exists() -> Theorem:
    """By induction on the number of rows."""
    statement = forall(*(n, a, m), implies(is_independent(m, n, a), exists(b, is_dual(m, n, a, b))))

    def build(n: Expression, a: Expression, goal: Expression) -> Theorem:
        def claim(m: Expression) -> Expression:
            return implies(is_independent(m, n, a), exists(b, is_dual(m, n, a, b)))

        def base(goal: Expression) -> Theorem:
            def without_rows(_independent: Theorem, goal: Expression) -> Theorem:
                zero = function(i, j, number(0))
                nothing = prove(
                    open_binder(goal, zero),
                    lambda _y, i, less, goal: contradiction(goal, arith(FALSE, less, natural(i))),
                )
                return witness(nothing, goal, zero)

            return prove(goal, without_rows)

        def step(m: Expression, before: Theorem, goal: Expression) -> Theorem:
            def longer(independent: Theorem, _goal: Expression) -> Theorem:
                fewer = use(fewer_rows(), m, n, a, independent)

                def with_dual(b: Expression, dual: Theorem) -> Theorem:
                    def with_direction(g: Expression, known: Theorem) -> Theorem:
                        return use(one_dual_more(), m, n, a, b, g, dual, *parts(known))

                    return with_witness(use(new_direction(), m, n, a, b, independent, dual), with_direction)

                return with_witness(use(before, fewer), with_dual)

            return prove(goal, longer)

        return restate(by_induction(claim, base, step), goal)

    return prove(statement, build).called("independent rows have a right inverse")
