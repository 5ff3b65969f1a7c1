"""Partial derivatives off the hyperplanes: (21), and that equal realizations have distance 0."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, restate, together, witness
from ..proving.certificates import arith
from ..proving.lemmas import abs_facts, sum_equal
from ..proving.tactics import compare, parts, prove, rewrite, split, use, with_witness
from ..statements.expressions import (
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
from .functions import decided, updated
from .hyperplanes import abs_scaled, nonzero_size
from .independent_jumps import no_terms, single_term
from .kinks import cells_at_most, is_generic, slope
from .names import (
    ABS,
    H,
    a,
    b,
    below,
    c,
    d,
    differs,
    dot,
    e,
    i,
    is_step,
    j,
    k,
    m,
    n,
    network,
    row,
    s,
    t,
    u,
    x,
)
from .opening import Entry, Given, opened, opened_exists
from .small_steps import Facts, small_step, with_small

y, z = variable("y", REAL), variable("z", REAL)


@cache
def step_exists() -> Theorem:
    """There is the step function."""
    condition = t > 0
    chosen = decided(condition, number(1), number(0), (t,))
    goal = exists(H, is_step(H))

    def found(H: Expression, known: Theorem) -> Theorem:
        def value(t: Expression, goal: Expression) -> Theorem:
            on, off = parts(use(known, t))
            first = prove(goal.args[0], lambda more, goal: restate(use(on, more), goal))

            def zero(at_most: Theorem, goal: Expression) -> Theorem:
                not_more = prove(off.conclusion.args[0], lambda more, goal: arith(goal, more, at_most))
                return restate(use(off, not_more), goal)

            return together(first, prove(goal.args[1], zero))

        return witness(prove(is_step(H), value), goal, H)

    return with_witness(chosen, found).called("the step function exists")


@cache
def relu_nearby() -> Theorem:
    """|y| < |z| has relu(z + y) = relu(z) + H(z) y."""
    statement = forall(H, z, y, implies(is_step(H), ABS(y) < ABS(z), eq(RELU(z + y), RELU(z) + H(z) * y)))

    def build(given: Given) -> Theorem:
        _H, z, y, step, less, goal = given
        on, off = parts(use(step, z))
        up, down = parts(use(axiom("relu"), z))
        up_near, down_near = parts(use(axiom("relu"), z + y))
        positive, negative = parts(use(axiom("abs"), z))
        sizes = parts(use(abs_facts(), y))[:3]

        def below_zero(at_most: Theorem) -> Theorem:
            near = arith(z + y <= 0, use(negative, at_most), less, *sizes)
            return arith(goal, use(down, at_most), use(down_near, near), use(off, at_most), multipliers=[y])

        def above(more: Theorem) -> Theorem:
            at_least = arith(z >= 0, more)
            near = arith(z + y >= 0, use(positive, at_least), less, *sizes)
            return arith(goal, use(up, at_least), use(up_near, near), use(on, more), multipliers=[y])

        return split(compare(z, number(0)), below_zero, above)

    return opened(statement, 5, build).called("relu(z + y) = relu(z) + H(z) y for |y| < |z|")


def shifted(x: Expression, t: Expression, u: Expression) -> Expression:
    """Return x + t u."""
    return function(j, x(j) + t * u(j))


def derivative_statement() -> Expression:
    """Return: at a generic x, R(x + t u) - R(x) = t sum_i c_i <a_i, u> H(<a_i, x>) for all small t > 0."""
    change = eq(
        network(c, a, shifted(x, t, u), n, d) - network(c, a, x, n, d),
        t * _along(c, a, n, x, u, d, H),
    )
    conclusion = exists(s, both(s > 0, forall(t, implies(t > 0, t <= s, change))))
    return forall(H, d, n, a, c, x, u, implies(is_step(H), is_generic(a, n, x, d), conclusion))


@cache
def derivative() -> Theorem:
    """The derivatives off the hyperplanes."""
    statement = derivative_statement()

    def build(given: Given) -> Theorem:
        H, d, n, a, c, x, u, step, generic, goal = given
        small = use(
            small_step(), n, function(i, ABS(dot(row(a, i), u, d))), function(i, ABS(dot(row(a, i), x, d)))
        )

        def found(size: Expression, above: Theorem, facts: Facts) -> Theorem:
            def inner(t: Expression, more: Theorem, less: Theorem, goal: Expression) -> Theorem:
                (near,) = facts(t, more, less)
                left = function(
                    i, c(i) * (RELU(dot(row(a, i), shifted(x, t, u), d)) - RELU(dot(row(a, i), x, d)))
                )
                right = function(i, t * c(i) * dot(row(a, i), u, d) * H(dot(row(a, i), x, d)))

                def term(i: Expression, in_n: Theorem, goal: Expression) -> Theorem:
                    here, along = dot(row(a, i), x, d), dot(row(a, i), u, d)

                    def zero(flat: Theorem) -> Theorem:
                        one, two = _zero_dot(a, i, x, d, flat), _zero_dot(a, i, u, d, flat)
                        moved = certificate(eq(here + t * along, here), [(two, t)])
                        same = rewrite(
                            arith(eq(here, here + t * along), moved),
                            lambda value: eq(RELU(value), RELU(here)),
                            arith(eq(RELU(here), RELU(here))),
                        )
                        del one
                        return certificate(goal, [(same, c(i)), (two, -1 * t * c(i) * H(here))])

                    def off(h: Theorem) -> Theorem:
                        close = use(near, i, in_n, use(nonzero_size(), here, h))
                        scaled = use(abs_scaled(), t, along, more)
                        local = use(
                            relu_nearby(),
                            H,
                            here,
                            t * along,
                            step,
                            arith(ABS(t * along) < ABS(here), close, scaled),
                        )
                        return certificate(goal, [(local, c(i))])

                    return split(use(generic, i, in_n), zero, off)

                equal = use(sum_equal(), left, right, n, prove(below(i, n, eq(left(i), right(i))), term))
                return restate(equal, goal)

            body = opened_exists(goal, size).args[1]
            return witness(together(above, prove(body, inner)), goal, size)

        return with_small([small], found)

    return opened(statement, 9, build).called("directional derivatives off the hyperplanes")


def _along(c: Entry, a: Entry, n: Entry, x: Entry, u: Entry, d: Entry, H: Entry) -> Expression:
    from ..statements.expressions import total
    from .names import i as index

    return total(index, n, c(index) * dot(row(a, index), u, d) * H(dot(row(a, index), x, d)))


def _zero_dot(a: Entry, i: Entry, x: Entry, d: Entry, flat: Entry) -> Theorem:
    term = function(j, a(i, j) * x(j))
    terms = prove(
        below(j, d, eq(term(j), 0)), lambda j, less, goal: certificate(goal, [(use(flat, j, less), x(j))])
    )
    return restate(use(no_terms(), term, d, terms), eq(dot(row(a, i), x, d), 0))


@cache
def unit_vector() -> Theorem:
    """There is u with <v, u> = v_j for all v."""
    v = variable("v", REAL, "N")
    statement = forall(d, k, implies(k < d, exists(u, forall(v, eq(dot(v, u, d), v(k))))))

    def build(given: Given) -> Theorem:
        d, k, inside, goal = given
        zero = function(j, number(0))

        def found(u: Expression, known: Theorem) -> Theorem:
            own, others = parts(known)

            def value(v: Expression, goal: Expression) -> Theorem:
                term = function(j, v(j) * u(j))
                rest = prove(
                    below(j, d, implies(differs(j, k), eq(term(j), 0))),
                    lambda j, _less, other, goal: certificate(goal, [(use(others, j, other), v(j))]),
                )
                single = use(single_term(), term, k, d, inside, rest)
                return certificate(goal, [(restate(single, eq(dot(v, u, d), v(k) * u(k))),), (own, v(k))])

            body = opened_exists(goal, u)
            return witness(prove(body, value), goal, u)

        return with_witness(use(updated(), zero, k, number(1)), found)

    return opened(statement, 3, build).called("unit vectors")


@cache
def equal_slopes() -> Theorem:
    """Equal realizations have distance 0 by (21)."""
    same = forall(x, eq(network(c, a, x, n, d), network(e, b, x, m, d)))
    statement = forall(
        H, d, n, a, c, m, b, e, implies(is_step(H), same, cells_at_most(c, a, n, e, b, m, d, number(0), H))
    )

    def build(given: Given) -> Theorem:
        H, d, n, a, c, m, b, e, step, same, goal = given

        def at(given: Given) -> Theorem:
            x, of_a, of_b, j, in_d, goal = given

            def with_unit(u: Expression, unit: Theorem) -> Theorem:
                changes = [
                    use(derivative(), H, d, number_, family, coefficient, x, u, step, generic)
                    for number_, family, coefficient, generic in ((n, a, c, of_a), (m, b, e, of_b))
                ]

                def found(t: Expression, above: Theorem, facts: Facts) -> Theorem:
                    one, two = facts(t, above, arith(t <= t))
                    at_x, near_x = use(same, x), use(same, shifted(x, t, u))
                    slopes = [
                        _slope_by_unit(H, d, number_, family, coefficient, x, u, j, unit)
                        for number_, family, coefficient in ((n, a, c), (m, b, e))
                    ]
                    difference = slope(c, a, n, x, (j, d), H) - slope(e, b, m, x, (j, d), H)
                    product = arith(eq(t * difference, 0), one, two, at_x, near_x, *slopes, multipliers=[t])
                    zero = _divided(difference, t, above, product)
                    nothing = use(parts(use(axiom("abs"), 0))[0], arith(number(0) <= 0))
                    bound = goal.args[1]
                    return rewrite(
                        arith(eq(0, difference), zero),
                        lambda value: ABS(value) <= bound,
                        arith(ABS(number(0)) <= bound, nothing),
                    )

                return with_small(changes, found)

            return with_witness(use(unit_vector(), d, j, in_d), with_unit)

        return opened(goal, 5, at)

    return opened(statement, 10, build).called("equal realizations have equal gradients")


def _divided(term: Expression, t: Expression, above: Theorem, product: Theorem) -> Theorem:
    """From t > 0 and t y = 0: y = 0."""
    from .small_steps import positive_inverse

    return with_witness(
        use(positive_inverse(), t, above),
        lambda v, known: certificate(eq(term, 0), [(product, v), (parts(known)[1], -1 * term)]),
    )


def _slope_by_unit(*given: Entry) -> Theorem:
    """The directional derivative along the unit vector is the j-th partial derivative."""
    H, d, n, a, c, x, u, j, unit = given
    left = function(i, c(i) * dot(row(a, i), u, d) * H(dot(row(a, i), x, d)))
    right = function(i, c(i) * a(i, j) * H(dot(row(a, i), x, d)))
    terms = prove(
        below(i, n, eq(left(i), right(i))),
        lambda i, _, goal: certificate(goal, [(use(unit, row(a, i)), c(i) * H(dot(row(a, i), x, d)))]),
    )
    return restate(
        use(sum_equal(), left, right, n, terms), eq(_along(c, a, n, x, u, d, H), slope(c, a, n, x, (j, d), H))
    )


def cone_statement() -> Expression:
    """Return: the gradient is the same at x and at r x, r > 0."""
    scaled = function(j, y * x(j))
    same = below(j, d, eq(slope(c, a, n, scaled, (j, d), H), slope(c, a, n, x, (j, d), H)))
    return forall(H, d, n, a, c, x, y, implies(is_step(H), y > 0, same))


@cache
def cone() -> Theorem:
    """Cells are cones: H(r t) = H(t) for r > 0."""

    def build(given: Given) -> Theorem:
        H, d, n, a, c, x, y, step, positive, goal = given
        scaled = function(j, y * x(j))

        def entry(j: Expression, _less: Theorem, goal: Expression) -> Theorem:
            left = function(i, c(i) * a(i, j) * H(dot(row(a, i), scaled, d)))
            right = function(i, c(i) * a(i, j) * H(dot(row(a, i), x, d)))

            def term(i: Expression, _inside: Theorem, goal: Expression) -> Theorem:
                inner = dot(row(a, i), x, d)
                (on, off), (on_far, off_far) = parts(use(step, inner)), parts(use(step, y * inner))
                same = eq(H(y * inner), H(inner))
                value = split(
                    compare(inner, number(0)),
                    lambda down: arith(
                        same, use(off, down), use(off_far, arith(y * inner <= 0, down, positive))
                    ),
                    lambda up: arith(same, use(on, up), use(on_far, arith(y * inner > 0, up, positive))),
                )
                return certificate(goal, [(value, c(i) * a(i, j))])

            return restate(
                use(sum_equal(), left, right, n, prove(below(i, n, eq(left(i), right(i))), term)), goal
            )

        return prove(goal, entry)

    return opened(cone_statement(), 9, build).called("gradients are constant along rays")
