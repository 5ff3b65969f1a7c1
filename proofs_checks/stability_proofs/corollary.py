"""Corollary 1.4, and the uniqueness in the restricted space that Definition 3.2 gives."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from ..kernel.arithmetic import axiom
from ..kernel.rules import Theorem, restate, together, witness
from ..proving.certificates import arith
from ..proving.lemmas import root_monotone, sum_equal
from ..proving.tactics import parts, prove, use, with_witness
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
    number,
    total,
    variable,
)
from ..statements.functions import RELU, ROOT
from .free_directions import bias, out
from .gradients import equal_slopes, step_exists
from .hyperplanes import square_zero
from .lemma_a_6 import lemma_a_6
from .names import H, a, b, below, d, delta, dot, i, is_step, j, k, l, m, n, network, row
from .opening import Entry, Given, opened, opened_exists
from .restricted import squares_near, theorem_3_3
from .restricted_space import (
    D,
    a_phi,
    c,
    c_phi,
    column,
    e,
    is_restricted,
    parameters_near,
    realizations_near,
    same_realization,
)
from .swaps import is_permutation, pi

N, r = variable("N", NATURAL), variable("r", REAL)
samples, labels = variable("X", REAL, NATURAL, NATURAL), variable("Y", REAL, NATURAL, NATURAL)


def definition_3_2_statement() -> Expression:
    """Return: in the restricted space a realization fixes its parametrization up to the order of neurons."""
    size = n + 2
    weights = below(j, size, eq(b(pi(i), j), a(i, j)))
    coefficients = below(k, D, eq(e(pi(i), k), c(i, k)))
    same = exists(pi, both(is_permutation(pi, m), below(i, m, both(weights, coefficients))))
    return forall(
        *(n, m, D, a, c, b, e),
        implies(
            is_restricted(a, c, m, n, D),
            is_restricted(b, e, m, n, D),
            same_realization(a, c, b, e, m, size, D),
            same,
        ),
    )


@cache
def definition_3_2() -> Theorem:
    """Theorem 3.3 at distance 0."""

    def build(given: Given) -> Theorem:
        n, m, D, a, c, b, e, gamma, theta, same, goal = given
        size = n + 2

        def with_step(H: Expression, step: Theorem) -> Theorem:
            def output(k: Expression, in_D: Theorem, _goal: Expression) -> Theorem:
                ck, ek = column(c, k), column(e, k)
                equal = prove(
                    forall(x_, eq(network(ck, a, x_, m, size), network(ek, b, x_, m, size))),
                    lambda x, goal: restate(use(same, x, k, in_D), goal),
                )
                return use(equal_slopes(), H, size, m, a, ck, m, b, ek, step, equal)

            near = prove(realizations_near(a, c, b, e, m, size, D, number(0), H), output)
            squares = use(
                squares_near(), H, n, m, D, a, c, b, e, 0, step, arith(number(0) <= 0), gamma, theta, near
            )

            def found(pi: Expression, known: Theorem) -> Theorem:
                permutation, small = parts(known)

                def neuron(i: Expression, in_m: Theorem, goal: Expression) -> Theorem:
                    weights, coefficients = parts(use(small, i, in_m))
                    return together(
                        prove(goal.args[0], lambda j, less, goal: _equal(goal, use(weights, j, less))),
                        prove(goal.args[1], lambda k, less, goal: _equal(goal, use(coefficients, k, less))),
                    )

                body = opened_exists(goal, pi).args[1]
                return witness(together(permutation, prove(body, neuron)), goal, pi)

            return with_witness(squares, found)

        return with_witness(step_exists(), with_step)

    return opened(definition_3_2_statement(), 10, build).called("Definition 3.2: unique up to order")


x_ = variable("x", REAL, NATURAL)


def _equal(goal: Expression, small: Theorem) -> Theorem:
    """From (x - y)^2 <= 8 * 0: x = y."""
    one, two = goal.args
    zero = use(square_zero(), one - two, arith((one - two) ** 2 <= 0, small, degree=1))
    return arith(goal, zero, degree=1)


def squared_loss(a: Entry, c: Entry, m: Entry, d: Entry, count: Entry) -> Expression:
    """Return the sum over the samples and outputs of (R(x) - y)^2, N times the mean squared error."""
    value = network(column(c, k), a, row(samples, l), m, d) - labels(l, k)
    return total(l, count, total(k, D, value**2))


def claim_1_statement(divisor: int = 16) -> Expression:
    """Return claim 1: a local minimum of radius r in the parameters has radius r^2 / 16 as a realization."""
    size = n + 2

    def loss(a: Entry, c: Entry) -> Expression:
        return squared_loss(a, c, m, size, N)

    minimum = forall(
        *(b, e),
        implies(
            is_restricted(b, e, m, n, D), parameters_near(a, c, b, e, m, size, D, r), loss(a, c) <= loss(b, e)
        ),
    )
    radius = r**2 * number(Fraction(1, divisor))
    conclusion = forall(
        *(b, e, delta),
        implies(
            is_restricted(b, e, m, n, D),
            delta >= 0,
            realizations_near(a, c, b, e, m, size, D, delta, H),
            delta <= radius,
            loss(a, c) <= loss(b, e),
        ),
    )
    return forall(
        *(H, n, m, D, N, samples, labels, a, c, r),
        implies(is_step(H), r > 0, is_restricted(a, c, m, n, D), minimum, conclusion),
    )


@cache
def claim_1(divisor: int = 16) -> Theorem:
    """By Theorem 3.3, with the constant 4 for r^2 / 16 and 2 sqrt(2) for r^2 / 8."""
    from .restricted_space import SHARP

    factor, squared = (number(4), 16) if divisor == 16 else (SHARP, 8)

    def build(given: Given) -> Theorem:
        (
            H,
            n,
            m,
            D,
            count,
            X,
            Y,
            a,
            c,
            r,
            step,
            positive,
            gamma,
            minimum,
            b,
            e,
            delta,
            theta,
            least,
            near,
        ) = given[:20]
        small, goal = given[20:]
        size = n + 2
        stable = use(
            theorem_3_3(factor, squared), H, n, m, D, a, c, b, e, delta, step, least, gamma, theta, near
        )
        root, root_square = parts(use(axiom("square root"), delta, least))
        limit = factor * ROOT(delta)
        from .restricted import size_of

        factor_least, factor_square = size_of(factor, squared)
        square = certificate_of_square(limit, factor, squared, factor_square, root_square, delta)
        bound = use(
            root_monotone(),
            limit,
            r,
            arith(r >= 0, positive),
            arith(limit**2 <= r**2, square, small, degree=1),
        )
        del root, factor_least

        def found(phi: Expression, coefficients: Expression, known: Theorem) -> Theorem:
            member, same, close = parts(known)
            inside = prove(
                parameters_near(a, c, phi, coefficients, m, size, D, r),
                lambda i, in_m, goal: together(
                    *(
                        _within(part, theorem, bound)
                        for part, theorem in zip(goal.args, parts(use(close, i, in_m)), strict=True)
                    )
                ),
            )
            least_loss = use(minimum, phi, coefficients, member, inside)
            equal = _same_loss((phi, coefficients, b, e, m, size, count, D, X, Y), same)
            return arith(goal, least_loss, equal, degree=1)

        return with_witness(stable, found)

    return opened(claim_1_statement(divisor), 21, build).called("Corollary 1.4, claim 1")


def certificate_of_square(
    limit: Entry, factor: Entry, squared: int, factor_square: Theorem, root_square: Theorem, delta: Entry
) -> Theorem:
    """(factor delta^(1/2))^2 = squared delta."""
    from ..kernel.arithmetic import certificate

    del factor
    return certificate(
        eq(limit**2, squared * delta), [(factor_square, ROOT(delta) ** 2), (root_square, squared)]
    )


def _within(goal: Expression, close: Theorem, bound: Theorem) -> Theorem:
    return prove(goal, lambda j, less, goal: arith(goal, use(close, j, less), bound, degree=1))


def _same_loss(data: Given, same: Theorem) -> Theorem:
    """Equal realizations have equal losses."""
    a, c, b, e, m, size, count, D, X, Y = data

    def of_sample(l: Expression) -> tuple[Expression, Expression]:
        one, two = (
            function(k, (network(column(g, k), f, row(X, l), m, size) - Y(l, k)) ** 2)
            for f, g in ((a, c), (b, e))
        )
        return one, two

    def outputs(l: Expression, _less: Theorem, goal: Expression) -> Theorem:
        one, two = of_sample(l)

        def square(k: Expression, in_D: Theorem, goal: Expression) -> Theorem:
            from ..kernel.arithmetic import certificate

            value = use(same, row(X, l), k, in_D)
            left, right = value.conclusion.args
            return certificate(goal, [(value, left + right - 2 * Y(l, k))])

        return restate(use(sum_equal(), one, two, D, prove(below(k, D, eq(one(k), two(k))), square)), goal)

    left = function(l, total(k, D, of_sample(l)[0](k)))
    right = function(l, total(k, D, of_sample(l)[1](k)))
    return use(sum_equal(), left, right, count, prove(below(l, count, eq(left(l), right(l))), outputs))


def claim_2_statement(more: int = 1) -> Expression:
    """Return claim 2: every network with biases has the loss of a member of (17) with one more neuron."""
    value = total(i, m, c(i, k) * RELU(dot(row(a, i), row(samples, l), d) + bias(i))) + out(k)
    with_biases = total(l, N, total(k, D, (value - labels(l, k)) ** 2))
    augmented = below(l, N, both(eq(samples(l, d), 1), eq(samples(l, d + 1), -1)))
    member = exists(
        *(a_phi, c_phi),
        both(
            is_restricted(a_phi, c_phi, m + more, d, D),
            eq(squared_loss(a_phi, c_phi, m + more, d + 2, N), with_biases),
        ),
    )
    return forall(*(d, m, D, N, samples, labels, a, bias, c, out), implies(number(1) <= D, augmented, member))


@cache
def claim_2() -> Theorem:
    """By Lemma A.6."""

    def build(given: Given) -> Theorem:
        d, m, D, count, X, Y, a, bias, c, out, outputs, augmented, goal = given

        def found(star: Expression, coefficients: Expression, known: Theorem) -> Theorem:
            member, values = parts(known)
            wanted = opened_exists(goal, star, coefficients).args[1]

            def of_sample(l: Expression) -> tuple[Expression, Expression]:
                value = total(i, m, c(i, k) * RELU(dot(row(a, i), row(X, l), d) + bias(i))) + out(k)
                one = function(
                    k, (network(column(coefficients, k), star, row(X, l), m + 1, d + 2) - Y(l, k)) ** 2
                )
                return one, function(k, (value - Y(l, k)) ** 2)

            def sample(l: Expression, less: Theorem, goal: Expression) -> Theorem:
                one, two = of_sample(l)
                at_one, at_minus = parts(use(augmented, l, less))

                def square(k: Expression, in_D: Theorem, goal: Expression) -> Theorem:
                    from ..kernel.arithmetic import certificate

                    value = use(values, row(X, l), at_one, at_minus, k, in_D)
                    left, right = value.conclusion.args
                    return certificate(goal, [(value, left + right - 2 * Y(l, k))])

                return restate(
                    use(sum_equal(), one, two, D, prove(below(k, D, eq(one(k), two(k))), square)), goal
                )

            left = function(l, total(k, D, of_sample(l)[0](k)))
            right = function(l, total(k, D, of_sample(l)[1](k)))
            equal = use(
                sum_equal(), left, right, count, prove(below(l, count, eq(left(l), right(l))), sample)
            )
            return witness(together(member, restate(equal, wanted)), goal, star, coefficients)

        return with_witness(use(lemma_a_6(), d, m, D, a, bias, c, out, outputs), found)

    return opened(claim_2_statement(), 12, build).called("Corollary 1.4, claim 2")
