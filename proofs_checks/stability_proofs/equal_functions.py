"""Distance 0 by (21) means one function, without biases: off the hyperplanes the gradient gives the value."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem
from ..proving.certificates import arith
from ..proving.lemmas import abs_facts, sum_equal
from ..proving.tactics import compare, parts, prove, split, use
from ..statements.expressions import (
    Expression,
    eq,
    forall,
    function,
    implies,
    number,
    total,
)
from ..statements.functions import RELU
from .kinks import cells_at_most, is_generic, slope
from .names import H, a, b, below, c, d, dot, e, i, is_step, j, m, n, network, row, t, x
from .opening import Given, opened


def equal_functions_statement() -> Expression:
    """Return: networks without biases whose gradients agree on all cells have the same values there."""
    generic = (is_generic(a, n, x, d), is_generic(b, m, x, d))
    same = eq(network(c, a, x, n, d), network(e, b, x, m, d))
    near = cells_at_most(c, a, n, e, b, m, d, number(0), H)
    return forall(*(H, d, n, a, c, m, b, e), implies(is_step(H), near, forall(x, implies(*generic, same))))


@cache
def relu_by_step() -> Theorem:
    """relu(t) = t H(t)."""
    statement = forall(H, t, implies(is_step(H), eq(RELU(t), t * H(t))))

    def build(given: Given) -> Theorem:
        _H, t, step, goal = given
        (up, down), (on, off) = parts(use(axiom("relu"), t)), parts(use(step, t))
        return split(
            compare(t, number(0)),
            lambda low: certificate(goal, [(use(down, low),), (use(off, low), -t)]),
            lambda high: certificate(goal, [(use(up, arith(t >= 0, high)),), (use(on, high), -t)]),
        )

    return opened(statement, 3, build).called("relu(t) = t H(t)")


@cache
def value_by_slopes() -> Theorem:
    """R(x) = sum_j x_j sum_i c_i a_ij H(<a_i, x>)."""
    statement = forall(
        *(H, d, n, a, c, x),
        implies(is_step(H), eq(network(c, a, x, n, d), total(j, d, x(j) * slope(c, a, n, x, (j, d), H)))),
    )

    def build(given: Given) -> Theorem:
        H, d, n, a, c, x, step, goal = given

        def at_dot(value: Expression) -> Theorem:
            return use(relu_by_step(), H, value, step)

        left = function(i, c(i) * RELU(dot(row(a, i), x, d)))
        right = function(i, c(i) * dot(row(a, i), x, d) * H(dot(row(a, i), x, d)))
        terms = prove(
            below(i, n, eq(left(i), right(i))),
            lambda i, _, inner: certificate(
                inner, [(use(relu_by_step(), H, dot(row(a, i), x, d), step), c(i))]
            ),
        )
        return arith(goal, use(sum_equal(), left, right, n, terms), degree=1)

    return opened(statement, 7, build).called("the value is the gradient times x")


@cache
def equal_functions() -> Theorem:
    """Gradients that agree at x give one value."""

    def build(given: Given) -> Theorem:
        H, d, n, a, c, m, b, e, step, near, x, of_a, of_b, goal = given
        one, two = (function(j, x(j) * slope(*family, x, (j, d), H)) for family in ((c, a, n), (e, b, m)))
        at_x = use(near, x, of_a, of_b)

        def term(j: Expression, less: Theorem, inner: Expression) -> Theorem:
            bound = use(at_x, j, less)
            gap = slope(c, a, n, x, (j, d), H) - slope(e, b, m, x, (j, d), H)
            sizes = parts(use(abs_facts(), gap))
            zero = arith(eq(gap, 0), bound, sizes[1], sizes[2], degree=1)
            return certificate(inner, [(zero, x(j))])

        terms = prove(below(j, d, eq(one(j), two(j))), term)
        sums = use(sum_equal(), one, two, d, terms)
        values = [use(value_by_slopes(), H, d, *family, x, step) for family in ((n, a, c), (m, b, e))]
        return arith(goal, sums, *values, degree=1)

    return opened(equal_functions_statement(), 13, build).called("distance 0 means one function")
