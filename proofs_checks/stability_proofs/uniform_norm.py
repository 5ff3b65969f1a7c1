"""Lemma A.7: inverse stability in the uniform norm for fixed directions."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, choice, restate, together, witness
from ..proving.certificates import arith
from ..proving.lemmas import sum_equal
from ..proving.tactics import parts, prove, rewrite, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    Expression,
    both,
    eq,
    exists,
    forall,
    function,
    implies,
    negation,
    number,
)
from ..statements.functions import RELU, ROOT
from .fixed_directions import _near, _relu_of_row, is_member
from .free_directions import upper_bound
from .independent_jumps import is_independent
from .names import (
    ABS,
    a,
    below,
    c,
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
    x,
)
from .opening import Entry, Given, opened, opened_exists
from .rescaling import norm_exists
from .restricted_space import D, column, is_norm
from .values_in_the_cube import (
    a_gamma,
    a_phi,
    b_theta,
    big,
    bound,
    c_gamma,
    c_phi,
    e_theta,
    eta,
    in_cube,
    one_coefficient,
)


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
