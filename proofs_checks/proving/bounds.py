"""Lipschitz bounds through networks of any depth: entrywise bounds layer by layer, then the last layer."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import identity, square
from ..kernel.rules import Theorem
from ..proving.cells import equal_sums
from ..proving.tactics import rewrite
from ..statements.bounds import (
    D,
    is_distance,
    rows_of_first_weight,
)
from ..statements.expressions import (
    NATURAL,
    REAL,
    Expression,
    eq,
    forall,
    function,
    implies,
    number,
    total,
    variable,
)
from ..statements.functions import ABS
from ..statements.networks import (
    C,
    W,
    below,
    i,
    j,
    m,
    n,
    p,
    q,
    r,
    u,
    v,
    x,
)
from .certificates import arith
from .lemmas import (
    abs_facts,
    abs_of_product,
    abs_of_sum,
    cauchy_schwarz,
    root_monotone,
    sum_monotone,
    sum_not_negative,
)
from .tactics import parts, prove, prove_for, use

B = variable("B", REAL)
c, d, g = (variable(name, REAL, NATURAL) for name in "cdg")
A = variable("A", REAL, NATURAL, NATURAL)
G = variable("G", REAL, NATURAL, NATURAL)


@cache
def row_times_vector() -> Theorem:
    """|sum A_ij d_j| <= C B if |A_ij| <= C and sum |d_j| <= B."""
    names = [c, d, m, C, B]
    statement = forall(
        *names,
        implies(
            below(j, m, ABS(c(j)) <= C),
            total(j, m, ABS(d(j))) <= B,
            C >= 0,
            ABS(total(j, m, c(j) * d(j))) <= C * B,
        ),
    )

    def build(entries: Theorem, size: Theorem, positive: Theorem, goal: Expression) -> Theorem:
        terms = function(j, c(j) * d(j))

        def term(j: Expression, less: Theorem, goal: Expression) -> Theorem:
            product = use(abs_of_product(), c(j), d(j))
            return arith(goal, product, use(entries, j, less), parts(use(abs_facts(), d(j)))[0])

        smaller = prove(below(j, m, ABS(c(j) * d(j)) <= C * ABS(d(j))), term)
        sums = use(sum_monotone(), function(j, ABS(c(j) * d(j))), function(j, C * ABS(d(j))), m, smaller)
        return arith(goal, use(abs_of_sum(), terms, m), sums, size, positive)

    return prove_for(names, statement, build).called("|sum a d| <= C B if |a| <= C and sum |d| <= B")


@cache
def unit_row() -> Theorem:
    """|sum a_j d_j| <= D if sum a_j^2 <= 1, sum d_j^2 <= D^2 and D >= 0."""
    names = [c, d, m, D]
    statement = forall(
        *names,
        implies(
            total(j, m, c(j) ** 2) <= 1,
            total(j, m, d(j) ** 2) <= D**2,
            D >= 0,
            ABS(total(j, m, c(j) * d(j))) <= D,
        ),
    )

    def build(unit: Theorem, size: Theorem, positive: Theorem, _: Expression) -> Theorem:
        value = total(j, m, c(j) * d(j))
        squares = prove(below(j, m, d(j) ** 2 >= 0), lambda j, _, goal: arith(goal, square(d(j))))
        rest = use(sum_not_negative(), function(j, d(j) ** 2), m, squares)
        # |value|^2 = value^2 <= sum c^2 sum d^2 <= sum d^2 <= D^2
        smaller = arith(
            ABS(value) ** 2 <= D**2,
            use(cauchy_schwarz(), c, d, m),
            unit,
            size,
            rest,
            parts(use(abs_facts(), value))[3],
        )
        return use(root_monotone(), ABS(value), D, positive, smaller)

    return prove_for(names, statement, build).called("|<a, d>| <= D for a row a of norm at most 1")


@cache
def unit_columns() -> Theorem:
    """||sum_p c_p A_{:p}||^2 <= B^2 if the columns have norm at most 1 and sum |c_p| <= B."""
    names = [A, c, m, r, B]
    statement = forall(
        *names,
        implies(
            below(p, m, total(i, r, A(i, p) ** 2) <= 1),
            total(p, m, ABS(c(p))) <= B,
            total(i, r, total(p, m, A(i, p) * c(p)) ** 2) <= B**2,
        ),
    )

    def build(columns: Theorem, size: Theorem, goal: Expression) -> Theorem:
        def pair(p: Expression, less: Theorem, q: Expression, less_q: Theorem, goal: Expression) -> Theorem:
            inner = total(i, r, A(i, p) * A(i, q))
            bound = use(unit_row(), function(i, A(i, p)), function(i, A(i, q)), r, 1)
            of_p, of_q = use(columns, p, less), use(columns, q, less_q)
            at_most_one = use(
                bound, of_p, arith(total(i, r, A(i, q) ** 2) <= number(1) ** 2, of_q), arith(number(1) >= 0)
            )
            sizes = use(abs_of_product(), c(p), c(q))
            whole = use(abs_of_product(), c(p) * c(q), inner)
            upper = parts(use(abs_facts(), c(p) * c(q) * inner))[1]
            positive = parts(use(abs_facts(), c(p) * c(q)))[0]
            return arith(goal, sizes, whole, upper, at_most_one, positive)

        bounds = prove(
            below(p, m, below(q, m, c(p) * c(q) * total(i, r, A(i, p) * A(i, q)) <= ABS(c(p)) * ABS(c(q)))),
            pair,
        )

        def row(p: Expression, less: Theorem, goal: Expression) -> Theorem:
            one = function(q, c(p) * c(q) * total(i, r, A(i, p) * A(i, q)))
            return arith(
                goal,
                use(sum_monotone(), one, function(q, ABS(c(p)) * ABS(c(q))), m, use(bounds, p, less)),
                degree=1,
            )

        first = function(p, total(q, m, c(p) * c(q) * total(i, r, A(i, p) * A(i, q))))
        second = function(p, total(q, m, ABS(c(p)) * ABS(c(q))))
        sums = use(sum_monotone(), first, second, m, prove(below(p, m, first(p) <= second(p)), row))
        positive = use(
            sum_not_negative(),
            function(p, ABS(c(p))),
            m,
            prove(below(p, m, ABS(c(p)) >= 0), lambda p, _, __: parts(use(abs_facts(), c(p)))[0]),
        )
        size_squared = arith(total(p, m, ABS(c(p))) ** 2 <= B**2, size, positive)
        return arith(goal, sums, size_squared, degree=1)

    return prove_for(names, statement, build).called("||sum c_p A_p|| <= sum |c_p| for columns of norm <= 1")


@cache
def first_layer_entries() -> Theorem:
    """|<w_{1,i:}, x - u>| <= ||x - u|| for rows of norm at most 1."""
    names = [n, W, x, u, D]
    value = total(j, n(0), W(1, i, j) * (x(j) - u(j)))
    statement = forall(
        *names,
        implies(rows_of_first_weight(), is_distance(D, x, u), below(i, n(1), ABS(value) <= D)),
    )

    def build(rows: Theorem, distance: Theorem, i: Expression, small: Theorem, _: Expression) -> Theorem:
        positive, squared = parts(distance)
        row, step = function(j, W(1, i, j)), function(j, x(j) - u(j))
        at_most = arith(total(j, n(0), step(j) ** 2) <= D**2, squared)
        return use(unit_row(), row, step, n(0), D, use(rows, i, small), at_most, positive)

    return prove_for(names, statement, build).called("|<w_1i, x - u>| <= ||x - u||")


def restated_output(
    z: Expression, bound: Theorem, step: Theorem, step_v: Theorem, arguments: Expression, goal: Expression
) -> Theorem:
    """From a bound for sum_i (sum_p W_ip arguments_p)^2 the same for the outputs z_L - v_L, L = m + 2."""

    def term(j: Expression, less: Theorem, _: Expression) -> Theorem:
        one, two = use(step, m, j, less), use(step_v, m, j, less)
        difference = z(m + 2, j) - v(m + 2, j)
        value = total(p, n(m + 1), W(m + 2, j, p) * arguments(p))
        equal = arith(eq(value, difference), one, two, degree=1)
        return rewrite(equal, lambda w: eq(value**2, w**2), identity(value**2, value**2))

    inner = total(p, n(m + 1), W(m + 2, j, p) * arguments(p)) ** 2
    sums = equal_sums(n(m + 2), inner, (z(m + 2, j) - v(m + 2, j)) ** 2, term)
    return arith(goal, bound, sums, degree=1)
