"""Coefficients are bounded by values in the cube, for fixed directions.

A second difference across the hyperplane of a_i, within the cube and away from all others, is c_i times a
positive number: so c_i is at most a constant times the uniform norm.
"""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, restate, together, witness
from ..proving.certificates import arith
from ..proving.lemmas import abs_at_most, abs_facts, sum_equal
from ..proving.tactics import parts, prove, rewrite, use, with_witness
from ..statements.expressions import (
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
    variable,
)
from ..statements.functions import RELU
from .flips import relu_scaled
from .free_directions import upper_bound
from .gradients import relu_nearby, shifted, step_exists
from .hyperplanes import abs_scaled, generic_point, length_positive, nonzero_size
from .independent_jumps import is_independent, single_term
from .names import (
    ABS,
    a,
    below,
    c,
    d,
    differs,
    dot,
    i,
    is_zero,
    j,
    l,
    m,
    mu,
    network,
    row,
    t,
    x,
)
from .neuron_jumps import abs_of_opposite
from .opening import Entry, Given, opened, opened_exists
from .small_steps import Facts, positive_inverse, small_step, with_small

g = variable("g", REAL, NATURAL)
eta, bound, big = variable("eta", REAL), variable("B", REAL), variable("C", REAL)
bounds = variable("B", REAL, NATURAL)
lam, lam_too = variable("lambda", REAL, NATURAL), variable("mu", REAL, NATURAL)


def in_cube(x: Expression, d: Expression) -> Expression:
    """Return: x is in (-1, 1)^d."""
    return below(j, d, ABS(x(j)) < 1)


@cache
def scaled_into_cube() -> Theorem:
    """Some positive multiples of a point lie in the cube."""
    scaled = function(j, t * x(j))
    statement = forall(d, x, exists(mu, both(mu > 0, forall(t, implies(t > 0, t <= mu, in_cube(scaled, d))))))

    def build(d: Expression, x: Expression, goal: Expression) -> Theorem:
        def found(top: Expression, known: Theorem) -> Theorem:
            positive, above = parts(known)

            def with_inverse(nu: Expression, facts: Theorem) -> Theorem:
                above_nu, product = parts(facts)

                def inner(given: Given) -> Theorem:
                    t, more, less, j, in_d, goal = given
                    size = use(abs_scaled(), t, x(j), more)
                    grown = arith(t * ABS(x(j)) < t * top, use(above, j, in_d), more)
                    limit = arith(t * top <= nu * top, less, positive)
                    return arith(goal, size, grown, limit, product, degree=1)

                body = opened_exists(goal, nu).args[1]
                return witness(together(above_nu, opened(body, 5, inner)), goal, nu)

            return with_witness(use(positive_inverse(), top, positive), with_inverse)

        return with_witness(use(upper_bound(), function(j, ABS(x(j))), d), found)

    return prove(statement, build).called("points are scaled into the cube")


@cache
def one_coefficient() -> Theorem:
    """|c_i| <= B sup |sum_l c_l relu(<a_l, x>)| over the cube, for pairwise independent a_l, a_i != 0."""
    small = forall(x, implies(in_cube(x, d), ABS(network(c, a, x, m, d)) <= eta))
    conclusion = exists(bound, both(bound > 0, forall(c, eta, implies(small, ABS(c(i)) <= bound * eta))))
    statement = forall(
        d,
        m,
        a,
        i,
        implies(i < m, below(l, m, negation(is_zero(row(a, l), d))), is_independent(a, m, d), conclusion),
    )

    def build(given: Given) -> Theorem:
        d, m, a, i, in_m, alive, independent, goal = given
        v = row(a, i)
        nonzero = use(alive, i, in_m)
        length = use(length_positive(), d, v, nonzero)

        def at_point(p: Expression, known: Theorem) -> Theorem:
            on, avoided, _ = parts(known)
            near = use(
                small_step(),
                m,
                function(l, ABS(dot(row(a, l), v, d))),
                function(l, ABS(dot(row(a, l), p, d))),
            )

            def with_step(t: Expression, above: Theorem, facts: Facts) -> Theorem:
                (close,) = facts(t, above, arith(t <= t))
                plus, minus = shifted(p, t, v), shifted(p, -1 * t, v)
                points = (p, plus, minus)
                scales = [use(scaled_into_cube(), d, point) for point in points]

                def with_scale(r: Expression, positive: Theorem, inside: Facts) -> Theorem:
                    cubes = inside(r, positive, arith(r <= r))
                    height = r * t * dot(v, v, d)
                    height_positive = arith(height > 0, arith(r * t > 0, positive, above), length)

                    def with_inverse(nu: Expression, inverse: Theorem) -> Theorem:
                        return _bounded(
                            goal,
                            (d, m, a, i, v, p, t, r, nu, height),
                            (in_m, independent, nonzero, on, avoided, close, above, positive, alive, length),
                            cubes,
                            (height_positive, inverse),
                        )

                    return with_witness(use(positive_inverse(), height, height_positive), with_inverse)

                return with_small(scales, with_scale)

            return with_small([near], with_step)

        return with_witness(use(generic_point(), d, v, a, a, m, m, nonzero), at_point)

    return opened(statement, 7, build).called("a coefficient is bounded by the uniform norm")


def _bounded(goal: Expression, terms: Entry, facts: Entry, cubes: Entry, of_height: Entry) -> Theorem:
    d, m, a, i, v, p, t, r, nu, height = terms
    _in_m, _independent, _nonzero, _on, _avoided, _close, _above, positive, _alive, _length = facts
    height_positive, inverse = of_height
    nu_positive, nu_product = parts(inverse)
    limit = 4 * nu
    plus, minus = shifted(p, t, v), shifted(p, -1 * t, v)

    def inner(given: Given) -> Theorem:
        c, eta, small, goal = given

        def value(point: Expression, cube: Theorem) -> Theorem:
            """|r R(point)| <= eta."""
            scaled = function(j, r * point(j))
            found = use(small, scaled, cube)
            same = _homogeneous(c, a, point, scaled, m, d, r, positive)
            return rewrite(same, lambda z: ABS(z) <= eta, found)

        at_p, at_plus, at_minus = (
            value(point, cube) for point, cube in zip((p, plus, minus), cubes, strict=True)
        )
        second = _second_difference(c, terms, facts)
        # c_i height = r (R(plus) + R(minus) - 2 R(p)), at most 4 eta in size
        product = eq(
            c(i) * height,
            r * network(c, a, plus, m, d) + r * network(c, a, minus, m, d) - 2 * (r * network(c, a, p, m, d)),
        )
        exact = certificate(product, [(second, r)])
        sizes = []
        for theorem in (at_p, at_plus, at_minus):
            sizes += [theorem, *parts(use(abs_facts(), theorem.conclusion.args[0].args[1]))[1:3]]
        known = [exact, *sizes]
        term = c(i) * height
        whole = use(
            abs_at_most(),
            term,
            4 * eta,
            arith(term <= 4 * eta, *known, degree=1),
            arith(-1 * term <= 4 * eta, *known, degree=1),
        )
        scaled = use(abs_scaled(), height, c(i), height_positive)
        moved = rewrite(arith(eq(c(i) * height, height * c(i))), lambda z: ABS(z) <= 4 * eta, whole)
        sized = arith(height * ABS(c(i)) <= 4 * eta, moved, scaled, degree=1)
        grown = arith(nu * (height * ABS(c(i))) <= nu * (4 * eta), sized, nu_positive)
        return arith(
            goal,
            grown,
            certificate(eq(nu * (height * ABS(c(i))), ABS(c(i))), [(nu_product, ABS(c(i)))]),
            degree=1,
        )

    body = opened_exists(goal, limit).args[1]
    return witness(together(arith(limit > 0, nu_positive), opened(body, 3, inner)), goal, limit)


def _homogeneous(*given: Entry) -> Theorem:
    """R(r x) = r R(x) for r > 0."""
    c, a, point, scaled, m, d, r, positive = given
    left = function(i, c(i) * RELU(dot(row(a, i), scaled, d)))
    right = function(i, r * c(i) * RELU(dot(row(a, i), point, d)))

    def term(i: Expression, _: Theorem, goal: Expression) -> Theorem:
        return certificate(goal, [(use(relu_scaled(), r, dot(row(a, i), point, d), positive), c(i))])

    equal = use(sum_equal(), left, right, m, prove(below(i, m, eq(left(i), right(i))), term))
    return restate(equal, eq(network(c, a, scaled, m, d), r * network(c, a, point, m, d)))


def _second_difference(c: Entry, terms: Entry, facts: Entry) -> Theorem:
    """R(p + t v) + R(p - t v) - 2 R(p) = c_i t <v, v>."""
    d, m, a, i, v, p, t, _r, _nu, _height = terms
    in_m, independent, nonzero, on, avoided, close, above, _positive, alive, length = facts
    plus, minus = shifted(p, t, v), shifted(p, -1 * t, v)
    term = function(
        l,
        c(l)
        * (RELU(dot(row(a, l), plus, d)) + RELU(dot(row(a, l), minus, d)) - 2 * RELU(dot(row(a, l), p, d))),
    )

    def with_step_function(H: Expression, step: Theorem) -> Theorem:
        def other_term(l: Expression, in_l: Theorem, other: Theorem, goal: Expression) -> Theorem:
            here, along = dot(row(a, l), p, d), dot(row(a, l), v, d)
            backwards = prove(differs(i, l), lambda equal, _: _contradiction(other, equal, i, l))
            separate = use(independent, i, in_m, l, in_l, backwards, nonzero, use(alive, l, in_l))
            off = use(nonzero_size(), here, use(avoided, l, in_l, separate))
            scaled = use(abs_scaled(), t, along, above)
            near = arith(ABS(t * along) < ABS(here), use(close, l, in_l, off), scaled)
            near_too = arith(ABS(-1 * (t * along)) < ABS(here), near, use(abs_of_opposite(), t * along))
            one = use(relu_nearby(), H, here, t * along, step, near)
            two = use(relu_nearby(), H, here, -1 * (t * along), step, near_too)
            return certificate(goal, [(one, c(l)), (two, c(l))])

        single = use(
            single_term(),
            term,
            i,
            m,
            in_m,
            prove(below(l, m, implies(differs(l, i), eq(term(l), 0))), other_term),
        )
        moved = t * dot(v, v, d)
        moved_positive = arith(moved > 0, above, length)

        def relu_of(point: Expression, sign: int) -> Theorem:
            inner = dot(row(a, i), point, d)
            value = arith(eq(inner, sign * moved), on) if sign else restate(on, eq(inner, 0))
            up, down = parts(use(axiom("relu"), inner))
            return (
                use(up, arith(inner >= 0, value, moved_positive))
                if sign > 0
                else use(down, arith(inner <= 0, value, moved_positive))
            )

        values = [relu_of(plus, 1), relu_of(minus, -1), relu_of(p, 0)]
        own = _own_term(eq(term(i), c(i) * t * dot(v, v, d)), values, on, c(i))
        return arith(
            eq(
                c(i) * t * dot(v, v, d),
                network(c, a, plus, m, d) + network(c, a, minus, m, d) - 2 * network(c, a, p, m, d),
            ),
            single,
            own,
            degree=1,
        )

    return with_witness(step_exists(), with_step_function)


def _own_term(goal: Expression, values: Entry, on: Entry, c: Entry) -> Theorem:
    return arith(goal, *values, on, multipliers=[c])


def _contradiction(other: Entry, equal: Entry, i: Entry, l: Entry) -> Theorem:
    from ..kernel.rules import detach

    return detach(other, arith(eq(l, i), equal))


b_theta, e_theta = variable("b", REAL, NATURAL, NATURAL), variable("e", REAL, NATURAL, NATURAL)
a_gamma, c_gamma = variable("a'", REAL, NATURAL, NATURAL), variable("c'", REAL, NATURAL, NATURAL)
a_phi, c_phi = variable("a''", REAL, NATURAL, NATURAL), variable("c''", REAL, NATURAL, NATURAL)
