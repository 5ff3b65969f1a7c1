"""Lemma A.7: with fixed directions parameters follow realizations in the uniform norm.

A second difference across the hyperplane of a_i, within the cube and away from all others, is c_i times a
positive number: so c_i is at most a constant times the uniform norm.
"""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, choice, restate, together, witness
from ..proving.certificates import arith
from ..proving.lemmas import abs_at_most, abs_facts, abs_of_product, root_monotone, sum_equal
from ..proving.tactics import parts, prove, rewrite, split, use, with_witness
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
from ..statements.functions import RELU, ROOT
from . import balanced_pairs
from .comparison import is_independent, single_term
from .embedding import upper_bound
from .gradients import relu_nearby, shifted, step_exists
from .hyperplanes import abs_scaled, generic_point, length_positive, nonzero_size
from .kinks import abs_of_opposite
from .names import (
    ABS,
    a,
    below,
    c,
    d,
    differs,
    dot,
    i,
    is_multiple,
    is_parallel,
    is_zero,
    j,
    k,
    l,
    m,
    mu,
    n,
    network,
    row,
    t,
    x,
)
from .opening import Entry, Given, opened, opened_exists
from .rescaling import norm_exists
from .restricted import D, column, is_norm
from .small_steps import Facts, positive_inverse, small_step, with_small
from .uniqueness import relu_scaled

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


def is_member(b: Entry, e: Entry, a: Entry, m: Entry, d: Entry, D: Entry) -> Expression:
    """Return: (b, e) is in N^A: b_i = lambda_i a_i, lambda_i >= 0, ||b_i|| = ||e_i||."""
    nu, factor = variable("nu", REAL), mu
    neuron = exists(
        factor,
        nu,
        both(
            factor >= 0,
            is_multiple(row(b, i), factor, row(a, i), d),
            is_norm(nu, row(b, i), d),
            is_norm(nu, row(e, i), D),
        ),
    )
    return below(i, m, neuron)


b_theta, e_theta = variable("b", REAL, NATURAL, NATURAL), variable("e", REAL, NATURAL, NATURAL)
a_gamma, c_gamma = variable("a'", REAL, NATURAL, NATURAL), variable("c'", REAL, NATURAL, NATURAL)
a_phi, c_phi = variable("a''", REAL, NATURAL, NATURAL), variable("c''", REAL, NATURAL, NATURAL)


def lemma_a_7_statement() -> Expression:
    """Return Lemma A.7; d = n + 2."""
    d = n + 2
    ends = below(i, m, both(a(i, n) > 0, a(i, n + 1) > 0))
    independent = below(
        i, m, below(l, m, implies(differs(i, l), negation(is_parallel(row(a, l), row(a, i), d))))
    )
    uniform = forall(
        x,
        implies(
            in_cube(x, d),
            below(
                k,
                D,
                ABS(
                    network(column(e_theta, k), b_theta, x, m, d)
                    - network(column(c_gamma, k), a_gamma, x, m, d)
                )
                <= eta,
            ),
        ),
    )
    limit = big * ROOT(eta)
    near = below(
        i,
        m,
        both(
            below(j, d, ABS(a_phi(i, j) - a_gamma(i, j)) <= limit),
            below(k, D, ABS(c_phi(i, k) - c_gamma(i, k)) <= limit),
        ),
    )
    same = forall(
        x,
        below(
            k, D, eq(network(column(c_phi, k), a_phi, x, m, d), network(column(e_theta, k), b_theta, x, m, d))
        ),
    )
    stable = forall(
        a_gamma,
        c_gamma,
        b_theta,
        e_theta,
        eta,
        implies(
            eta >= 0,
            is_member(a_gamma, c_gamma, a, m, d, D),
            is_member(b_theta, e_theta, a, m, d, D),
            uniform,
            exists(a_phi, c_phi, both(is_member(a_phi, c_phi, a, m, d, D), same, near)),
        ),
    )
    return forall(n, m, D, a, implies(ends, independent, exists(big, both(big > 0, stable))))


@cache
def lemma_a_7() -> Theorem:
    """Lemma A.7."""

    def build(given: Given) -> Theorem:
        n, m, D, a, ends, separate, goal = given
        d = n + 2
        alive = prove(
            below(l, m, negation(is_zero(row(a, l), d))),
            lambda l, less, flat, _: arith(
                FALSE, use(flat, n, arith(n < n + 2)), parts(use(ends, l, less))[0]
            ),
        )
        independent = opened(is_independent(a, m, d), 7, lambda given: use(separate, *given[:5]))
        small = forall(x, implies(in_cube(x, d), ABS(network(c, a, x, m, d)) <= eta))
        of_bound = forall(c, eta, implies(small, ABS(c(i)) <= bound * eta))
        each = forall(i, exists(bound, implies(i < m, both(bound > 0, of_bound))))

        def at(i: Expression, goal: Expression) -> Theorem:
            from ..kernel.rules import absurd
            from ..proving.tactics import compare

            def inner(less: Theorem) -> Theorem:
                return with_witness(
                    use(one_coefficient(), d, m, a, i, less, alive, independent),
                    lambda top, known: witness(
                        prove(opened_exists(goal, top), lambda _, goal: restate(known, goal)), goal, top
                    ),
                )

            def outside(at_most: Theorem) -> Theorem:
                body = opened_exists(goal, number(0))
                return witness(
                    prove(body, lambda less, goal: absurd(arith(FALSE, less, at_most), goal)), goal, 0
                )

            return split(compare(m, i), outside, inner)

        lengths = forall(i, exists(bound, implies(i < m, both(bound > 0, is_norm(bound, row(a, i), d)))))

        def length_at(i: Expression, goal: Expression) -> Theorem:
            from ..kernel.rules import absurd
            from ..proving.tactics import compare

            def inner(less: Theorem) -> Theorem:
                return with_witness(
                    use(norm_exists(), d, row(a, i), use(alive, i, less)),
                    lambda top, known: witness(
                        prove(opened_exists(goal, top), lambda _, goal: restate(known, goal)), goal, top
                    ),
                )

            def outside(at_most: Theorem) -> Theorem:
                body = opened_exists(goal, number(0))
                return witness(
                    prove(body, lambda less, goal: absurd(arith(FALSE, less, at_most), goal)), goal, 0
                )

            return split(compare(m, i), outside, inner)

        def with_bounds(bounds: Expression, known: Theorem) -> Theorem:
            def with_lengths(length: Expression, of_length: Theorem) -> Theorem:
                products = function(i, 4 * length(i) * bounds(i))

                def with_top(top: Expression, facts: Theorem) -> Theorem:
                    positive, above = parts(facts)
                    constant = top + 1
                    body = opened_exists(goal, constant).args[1]
                    stable = opened(
                        body,
                        9,
                        lambda given: _stable(
                            given,
                            (n, d, m, D, a, bounds, length, top, constant),
                            (known, of_length, positive, above),
                        ),
                    )
                    return witness(together(arith(constant > 0, positive), stable), goal, constant)

                return with_witness(use(upper_bound(), products, m), with_top)

            return with_witness(choice(prove(lengths, length_at)), with_lengths)

        return with_witness(choice(prove(each, at)), with_bounds)

    return opened(lemma_a_7_statement(), 6, build).called("Lemma A.7")


def _stable(given: Given, data: Entry, known: Entry) -> Theorem:
    _n, d, m, D, a, bounds, length, top, constant = data
    of_bounds, of_length, positive, above = known
    gamma, c1, theta, e1, eta, at_least, member, member_too, uniform, goal = given
    inside, same, near = opened_exists(goal, theta, e1).args
    root, root_square = parts(use(axiom("square root"), eta, at_least))
    limit = constant * ROOT(eta)
    realizes = prove(same, lambda _x, _k, _, goal: arith(goal))

    def factors(theorem: Theorem, family: Expression) -> Entry:
        """Lambda with b_i = lambda_i a_i for all i < m."""
        from ..kernel.rules import absurd
        from ..proving.tactics import compare

        wanted = forall(
            i, exists(mu, implies(i < m, both(mu >= 0, is_multiple(row(family, i), mu, row(a, i), d))))
        )

        def at(i: Expression, goal: Expression) -> Theorem:
            def inner(less: Theorem) -> Theorem:
                def found(factor: Expression, _nu: Expression, facts: Theorem) -> Theorem:
                    one, two, *_ = parts(facts)
                    return witness(
                        prove(opened_exists(goal, factor), lambda _, _goal: together(one, two)), goal, factor
                    )

                return with_witness(use(theorem, i, less), found)

            def outside(at_most: Theorem) -> Theorem:
                body = opened_exists(goal, number(0))
                return witness(
                    prove(body, lambda less, goal: absurd(arith(FALSE, less, at_most), goal)), goal, 0
                )

            return split(compare(m, i), outside, inner)

        return choice(prove(wanted, at))

    def with_gamma(lam: Expression, of_gamma: Theorem) -> Theorem:
        def with_theta(xi: Expression, of_theta: Theorem) -> Theorem:
            def products(k: Expression, in_D: Theorem, i_: Expression, in_m: Theorem) -> Theorem:
                """|e_ik xi_i - c_ik lambda_i| <= B_i eta."""
                combined = function(l, e1(l, k) * xi(l) - c1(l, k) * lam(l))

                def small(x: Expression, cube: Theorem, _goal: Expression) -> Theorem:
                    left = function(l, combined(l) * RELU(dot(row(a, l), x, d)))
                    right = function(
                        l,
                        e1(l, k) * RELU(dot(row(theta, l), x, d)) - c1(l, k) * RELU(dot(row(gamma, l), x, d)),
                    )

                    def term(l: Expression, less: Theorem, goal: Expression) -> Theorem:
                        first = _relu_of_row(theta, a, l, x, d, xi(l), use(of_theta, l, less))
                        second = _relu_of_row(gamma, a, l, x, d, lam(l), use(of_gamma, l, less))
                        return certificate(goal, [(first, -1 * e1(l, k)), (second, c1(l, k))])

                    equal = use(sum_equal(), left, right, m, prove(below(l, m, eq(left(l), right(l))), term))
                    difference = network(column(e1, k), theta, x, m, d) - network(
                        column(c1, k), gamma, x, m, d
                    )
                    whole = network(combined, a, x, m, d)
                    return rewrite(
                        arith(eq(difference, whole), equal, degree=1),
                        lambda z: ABS(z) <= eta,
                        use(uniform, x, cube, k, in_D),
                    )

                bound_of = parts(use(of_bounds, i_, in_m))[1]
                wanted = forall(x, implies(in_cube(x, d), ABS(network(combined, a, x, m, d)) <= eta))
                return use(bound_of, combined, eta, prove(wanted, small))

            def neuron(i: Expression, in_m: Theorem, goal: Expression) -> Theorem:
                def one(_f1: Expression, nu: Expression, facts: Theorem) -> Theorem:
                    def two(_f2: Expression, xi_norm: Expression, facts_too: Theorem) -> Theorem:
                        return _near(
                            goal,
                            (
                                i,
                                a,
                                gamma,
                                c1,
                                theta,
                                e1,
                                d,
                                D,
                                lam,
                                xi,
                                nu,
                                xi_norm,
                                bounds,
                                length,
                                eta,
                                top,
                                constant,
                            ),
                            (
                                in_m,
                                of_gamma,
                                of_theta,
                                of_length,
                                of_bounds,
                                parts(facts),
                                parts(facts_too),
                                lambda k, less: products(k, less, i, in_m),
                            ),
                            (at_least, root, root_square, positive, above),
                        )

                    return with_witness(use(member_too, i, in_m), two)

                return with_witness(use(member, i, in_m), one)

            return witness(together(member_too, realizes, prove(near, neuron)), goal, theta, e1)

        return with_witness(factors(member_too, theta), with_theta)

    del limit, inside
    return with_witness(factors(member, gamma), with_gamma)


def _relu_of_row(
    family: Entry, a: Entry, l: Entry, x: Entry, d: Entry, factor: Entry, known: Entry
) -> Theorem:
    """From b_l = lambda a_l, lambda >= 0: relu(<b_l, x>) = lambda relu(<a_l, x>)."""
    at_least, multiple = parts(known)
    left, right = function(j, family(l, j) * x(j)), function(j, factor * a(l, j) * x(j))
    terms = prove(
        below(j, d, eq(left(j), right(j))),
        lambda j, less, goal: certificate(goal, [(use(multiple, j, less), x(j))]),
    )
    value = restate(
        use(sum_equal(), left, right, d, terms), eq(dot(row(family, l), x, d), factor * dot(row(a, l), x, d))
    )
    inner = dot(row(a, l), x, d)
    scaled = use(relu_scaled_weakly(), factor, inner, at_least)
    return rewrite(
        arith(eq(factor * inner, dot(row(family, l), x, d)), value),
        lambda z: eq(RELU(z), factor * RELU(inner)),
        scaled,
    )


@cache
def relu_scaled_weakly() -> Theorem:
    """relu(s t) = s relu(t) for s >= 0."""
    from ..proving.tactics import compare

    s = variable("s", REAL)

    def build(s: Expression, t: Expression, at_least: Theorem, goal: Expression) -> Theorem:
        (up, down), (up_too, down_too) = parts(use(axiom("relu"), t)), parts(use(axiom("relu"), s * t))
        return split(
            compare(number(0), t),
            lambda h: arith(goal, use(up, h), use(up_too, arith(s * t >= 0, h, at_least)), multipliers=[s]),
            lambda h: arith(
                goal,
                use(down, arith(t <= 0, h)),
                use(down_too, arith(s * t <= 0, h, at_least)),
                multipliers=[s],
            ),
        )

    return prove(forall(s, t, implies(s >= 0, eq(RELU(s * t), s * RELU(t)))), build).called(
        "relu(s t) = s relu(t)"
    )


def _near(goal: Expression, data: Entry, facts: Entry, numbers: Entry) -> Theorem:
    i, a, gamma, c1, theta, e1, d, _D, lam, xi, nu, xi_norm, bounds, length, eta, _top, constant = data
    in_m, of_gamma, of_theta, of_length, of_bounds, known, known_too, products = facts
    at_least, root, root_square, positive, above = numbers
    (_, _, norm_b, norm_c), (_, _, norm_t, norm_e) = known, known_too
    length_positive_, norm_a = parts(use(of_length, i, in_m))
    bound_positive = parts(use(of_bounds, i, in_m))[0]
    gamma_least, gamma_line = parts(use(of_gamma, i, in_m))
    theta_least, theta_line = parts(use(of_theta, i, in_m))
    size = length(i)
    # nu = lambda size, xi = xi_i size
    nu_is = _norm_of_row(gamma, a, i, d, nu, lam(i), size, gamma_least, gamma_line, norm_b, norm_a)
    xi_is = _norm_of_row(theta, a, i, d, xi_norm, xi(i), size, theta_least, theta_line, norm_t, norm_a)
    limit = size * bounds(i) * eta  # t of balanced_pairs

    def sides(k: Expression, in_D: Theorem) -> list[Theorem]:
        found = products(k, in_D)
        inner = found.conclusion.args[0].args[1]
        scaled = arith(size * ABS(inner) <= limit, found, length_positive_)
        signs = parts(use(abs_facts(), inner))
        first = arith(
            size * inner <= limit,
            scaled,
            arith(size * inner <= size * ABS(inner), signs[1], length_positive_),
            degree=1,
        )
        second = arith(
            size * (-1 * inner) <= limit,
            scaled,
            arith(size * (-1 * inner) <= size * ABS(inner), signs[2], length_positive_),
            degree=1,
        )
        x, y, p, q = nu, xi_norm, c1(i, k), e1(i, k)
        return [
            arith(x * p - y * q <= limit, second, nu_is, xi_is, multipliers=[p, q]),
            arith(y * q - x * p <= limit, first, nu_is, xi_is, multipliers=[p, q]),
        ]

    nonneg = [
        arith(nu >= 0, nu_is, gamma_least, length_positive_),
        arith(xi_norm >= 0, xi_is, theta_least, length_positive_),
    ]
    from .restricted import _norm_difference

    def gap(attained: Theorem, other: Theorem, wanted: Expression, ordered: bool) -> Theorem:
        def at_k(k: Expression, found: Theorem) -> Theorem:
            in_k, value = parts(found)
            return _norm_difference(
                wanted,
                value,
                use(other, k, in_k),
                sides(k, in_k),
                nonneg,
                (c1(i, k), e1(i, k), nu, xi_norm),
                ordered,
            )

        return with_witness(attained, at_k)

    first = gap(parts(norm_c)[1], parts(norm_e)[0], nu**2 - xi_norm**2 <= limit, True)
    second = gap(parts(norm_e)[1], parts(norm_c)[0], xi_norm**2 - nu**2 <= limit, False)
    norms = use(balanced_pairs.norms(), nu, xi_norm, limit, *nonneg, first, second)
    limit_at_least = arith(
        limit >= 0, arith(size * bounds(i) >= 0, length_positive_, bound_positive), at_least
    )
    # 4 size B_i <= top <= constant^2
    four = arith(4 * size * bounds(i) <= constant**2, use(above, i, in_m), positive)
    scaled_four = arith(4 * limit <= constant**2 * eta, four, at_least)
    bound = constant * ROOT(eta)
    bound_square = certificate(eq(bound**2, constant**2 * eta), [(root_square, constant**2)])
    bound_at_least = arith(bound >= 0, root, positive)

    def sized(goal: Expression, square_small: Theorem) -> Theorem:
        term = goal.args[0].args[1]
        sizes = parts(use(abs_facts(), term))
        least = arith(ABS(term) ** 2 <= bound**2, sizes[3], square_small, scaled_four, bound_square, degree=1)
        return use(root_monotone(), ABS(term), bound, bound_at_least, least)

    def weight(j: Expression, less: Theorem, goal: Expression) -> Theorem:
        # theta_ij - gamma_ij = (xi - lambda) a_ij: at most |xi - lambda| size = |xi_norm - nu|
        inside = use(parts(norm_a)[0], j, less)
        from .balanced_pairs import _square_at_most

        smaller = _square_at_most(a(i, j), size, inside)
        from ..kernel.arithmetic import square

        factor = xi(i) - lam(i)
        exact = arith(
            eq(theta(i, j) - gamma(i, j), factor * a(i, j)),
            use(theta_line, j, less),
            use(gamma_line, j, less),
        )
        square_exact = certificate(
            eq((theta(i, j) - gamma(i, j)) ** 2, factor**2 * a(i, j) ** 2),
            [(exact, theta(i, j) - gamma(i, j) + factor * a(i, j))],
        )
        grown = arith(factor**2 * a(i, j) ** 2 <= factor**2 * size**2, smaller, square(factor))
        gap_exact = arith(eq(xi_norm - nu, factor * size), nu_is, xi_is)
        gap_square = certificate(
            eq((xi_norm - nu) ** 2, factor**2 * size**2), [(gap_exact, xi_norm - nu + factor * size)]
        )
        return sized(
            goal,
            arith(
                (theta(i, j) - gamma(i, j)) ** 2 <= 4 * limit,
                square_exact,
                grown,
                gap_square,
                norms,
                limit_at_least,
                degree=1,
            ),
        )

    def coefficient(k: Expression, less: Theorem, goal: Expression) -> Theorem:
        one, two = sides(k, less)
        found = use(
            balanced_pairs.coefficients(),
            nu,
            xi_norm,
            c1(i, k),
            e1(i, k),
            limit,
            use(parts(norm_c)[0], k, less),
            use(parts(norm_e)[0], k, less),
            one,
            two,
            norms,
        )
        return sized(goal, found)

    return together(prove(goal.args[0], weight), prove(goal.args[1], coefficient))


def _norm_of_row(*given: Entry) -> Theorem:
    """From b_i = lambda a_i, lambda >= 0: ||b_i|| = lambda ||a_i||."""
    family, a, i, _d, nu, factor, size, at_least, line, norm, norm_a = given
    from ..proving.certificates import equal_if_both

    def value(j: Expression, less: Theorem) -> Theorem:
        absolute = use(parts(use(axiom("abs"), factor))[0], at_least)
        product = use(abs_of_product(), factor, a(i, j))
        scaled = certificate(
            eq(ABS(factor * a(i, j)), factor * ABS(a(i, j))), [(product,), (absolute, ABS(a(i, j)))]
        )
        return rewrite(
            arith(eq(factor * a(i, j), family(i, j)), use(line, j, less)),
            lambda z: eq(ABS(z), factor * ABS(a(i, j))),
            scaled,
        )

    def above(j: Expression, facts: Theorem) -> Theorem:
        less, equal = parts(facts)
        return arith(
            nu <= factor * size,
            equal,
            value(j, less),
            arith(factor * ABS(a(i, j)) <= factor * size, use(parts(norm_a)[0], j, less), at_least),
            degree=1,
        )

    def under(j: Expression, facts: Theorem) -> Theorem:
        less, equal = parts(facts)
        return arith(
            nu >= factor * size, use(parts(norm)[0], j, less), value(j, less), equal, multipliers=[factor]
        )

    return equal_if_both(
        eq(nu, factor * size), with_witness(parts(norm)[1], above), with_witness(parts(norm_a)[1], under)
    )
