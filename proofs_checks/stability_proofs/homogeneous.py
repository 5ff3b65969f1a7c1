"""The values and the slopes of neurons are multiplied by mu > 0 with their weights."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, restate, together
from ..proving.certificates import arith
from ..proving.lemmas import sum_equal
from ..proving.tactics import compare, parts, prove, split, use
from ..statements.expressions import (
    eq,
    forall,
    function,
    implies,
    number,
)
from .first_directions import is_homogeneous
from .names import (
    RELU,
    H,
    b,
    below,
    d,
    dot,
    is_step,
    j,
    k,
    l,
    m,
    row,
    x,
)
from .opening import Entry, Given, opened

p, q = k, l


@cache
def values_are_homogeneous() -> Theorem:
    """relu(<b_p, x>) is positively homogeneous in b_p."""
    phi = function(p, RELU(dot(row(b, p), x, d)))
    statement = forall(d, m, b, x, is_homogeneous(phi, b, m, d))

    def build(given: Given) -> Theorem:
        d, _m, b, x, goal = given

        def scaled(given: Given) -> Theorem:
            p, _, q, _, mu, more, multiple, goal = given
            one, two = dot(row(b, p), x, d), dot(row(b, q), x, d)
            value = dot_scaled(b, p, q, x, d, mu, multiple)
            positive, negative = parts(use(axiom("relu"), one))
            positive_q, negative_q = parts(use(axiom("relu"), two))
            return split(
                compare(number(0), two),
                lambda up: arith(
                    goal,
                    use(positive, arith(one >= 0, arith(mu * two >= 0, up, more), value)),
                    use(positive_q, up),
                    value,
                    multipliers=[mu],
                ),
                lambda down: arith(
                    goal,
                    use(negative, arith(one <= 0, arith(mu * two <= 0, down, more), value)),
                    use(negative_q, arith(two <= 0, down)),
                    multipliers=[mu],
                ),
            )

        def zero(given: Given) -> Theorem:
            p, _, flat, goal = given
            value = _dot_zero(b, p, x, d, flat)
            term = dot(row(b, p), x, d)
            return arith(goal, use(parts(use(axiom("relu"), term))[1], arith(term <= 0, value)))

        return together(opened(goal.args[0], 7, scaled), opened(goal.args[1], 3, zero))

    return opened(statement, 4, build).called("values are positively homogeneous")


@cache
def slopes_are_homogeneous() -> Theorem:
    """b_pj H(<b_p, x>) is positively homogeneous in b_p."""
    phi = function(p, b(p, j) * H(dot(row(b, p), x, d)))
    statement = forall(H, d, m, b, x, j, implies(is_step(H), j < d, is_homogeneous(phi, b, m, d)))

    def build(given: Given) -> Theorem:
        H, d, _m, b, x, j, step, in_d, goal = given

        def scaled(given: Given) -> Theorem:
            p, _, q, _, mu, more, multiple, goal = given
            one, two = dot(row(b, p), x, d), dot(row(b, q), x, d)
            value = dot_scaled(b, p, q, x, d, mu, multiple)
            (on, off), (on_q, off_q) = parts(use(step, one)), parts(use(step, two))
            entry = use(multiple, j, in_d)

            def equal(h: Theorem, h_q: Theorem) -> Theorem:
                same = arith(eq(H(one), H(two)), h, h_q)
                return certificate(goal, [(entry, H(one)), (same, mu * b(q, j))])

            return split(
                compare(two, number(0)),
                lambda down: equal(
                    use(off, arith(one <= 0, arith(mu * two <= 0, down, more), value)), use(off_q, down)
                ),
                lambda up: equal(
                    use(on, arith(one > 0, arith(mu * two > 0, up, more), value)), use(on_q, up)
                ),
            )

        def zero(given: Given) -> Theorem:
            p, _, flat, goal = given
            return certificate(goal, [(use(flat, j, in_d), H(dot(row(b, p), x, d)))])

        return together(opened(goal.args[0], 7, scaled), opened(goal.args[1], 3, zero))

    return opened(statement, 8, build).called("gradients are positively homogeneous")


def dot_scaled(b: Entry, p: Entry, q: Entry, x: Entry, d: Entry, mu: Entry, multiple: Entry) -> Theorem:
    """From b_p = mu b_q: <b_p, x> = mu <b_q, x>."""
    left, right = function(j, b(p, j) * x(j)), function(j, mu * b(q, j) * x(j))
    terms = prove(
        below(j, d, eq(left(j), right(j))),
        lambda j, less, goal: certificate(goal, [(use(multiple, j, less), x(j))]),
    )
    return restate(
        use(sum_equal(), left, right, d, terms), eq(dot(row(b, p), x, d), mu * dot(row(b, q), x, d))
    )


def _dot_zero(b: Entry, p: Entry, x: Entry, d: Entry, flat: Entry) -> Theorem:
    from .independent_jumps import no_terms

    term = function(j, b(p, j) * x(j))
    terms = prove(
        below(j, d, eq(term(j), 0)), lambda j, less, goal: certificate(goal, [(use(flat, j, less), x(j))])
    )
    return restate(use(no_terms(), term, d, terms), eq(dot(row(b, p), x, d), 0))
