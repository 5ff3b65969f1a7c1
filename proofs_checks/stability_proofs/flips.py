"""Lemma A.5, and its converse: which signs of rows may change."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import (
    Theorem,
    restate,
)
from ..proving.certificates import arith
from ..proving.lemmas import sum_equal
from ..proving.tactics import compare, parts, prove, rewrite, split, use, with_witness
from ..statements.expressions import (
    Expression,
    either,
    eq,
    forall,
    function,
    implies,
    number,
    total,
)
from ..statements.functions import RELU
from .gradients import unit_vector
from .independent_jumps import no_terms
from .names import (
    a,
    below,
    d,
    dot,
    i,
    j,
    k,
    m,
    row,
    s,
    t,
)
from .opening import Entry, Given, opened
from .permutations import sign
from .restricted_space import D, c, same_realization


@cache
def flips_keep() -> Theorem:
    """Lemma A.5: if sum_J c_i (x) a_i = 0, then -a_i for a_i, i in J, keeps the realization.

    s_i is -1 in J and 1 elsewhere, so that 1 - s_i is 2 in J and 0 elsewhere.
    """
    signs = below(i, m, either(eq(sign(i), 1), eq(sign(i), -1)))
    sums = below(k, D, below(j, d, eq(total(i, m, (1 - sign(i)) * c(i, k) * a(i, j)), 0)))
    turned = function(i, j, sign(i) * a(i, j))
    statement = forall(m, d, D, a, c, sign, implies(signs, sums, same_realization(turned, c, a, c, m, d, D)))

    def build(given: Given) -> Theorem:
        m, d, _D, a, c, sign, signs, sums, goal = given

        def at(given: Given) -> Theorem:
            x, k, in_D, goal = given
            linear = linear_part_zero(m, d, a, c, sign, x, k, use(sums, k, in_D))
            terms = flip_terms(m, d, a, c, sign, x, k, signs)
            return arith(goal, terms, linear, degree=1)

        return opened(goal, 3, at)

    return opened(statement, 8, build).called("admissible flips (Lemma A.5)")


def linear_part_zero(*given: Entry) -> Theorem:
    """From sum_i (1 - s_i) c_ik a_ij = 0 for all j: sum_i (1 - s_i) c_ik <a_i, x> = 0."""
    m, d, a, c, sign, x, k, sums = given
    term = function(j, x(j) * total(i, m, (1 - sign(i)) * c(i, k) * a(i, j)))
    zeros = prove(
        below(j, d, eq(term(j), 0)), lambda j, less, goal: certificate(goal, [(use(sums, j, less), x(j))])
    )
    nothing = use(no_terms(), term, d, zeros)
    return restate(nothing, eq(total(i, m, (1 - sign(i)) * c(i, k) * dot(row(a, i), x, d)), 0))


def flip_terms(*given: Entry) -> Theorem:
    """Sum c_i relu(s_i t_i) = sum c_i relu(t_i) - 1/2 sum (1 - s_i) c_i t_i, t_i = <a_i, x>."""
    m, d, a, c, sign, x, k, signs = given
    from fractions import Fraction

    half = number(Fraction(1, 2))
    left = function(i, c(i, k) * RELU(sign(i) * dot(row(a, i), x, d)))
    right = function(
        i, c(i, k) * RELU(dot(row(a, i), x, d)) - half * (1 - sign(i)) * c(i, k) * dot(row(a, i), x, d)
    )

    def term(i: Expression, less: Theorem, goal: Expression) -> Theorem:
        value = use(relu_of_sign(), sign(i), dot(row(a, i), x, d), use(signs, i, less))
        return certificate(goal, [(value, c(i, k))])

    return use(sum_equal(), left, right, m, prove(below(i, m, eq(left(i), right(i))), term))


@cache
def relu_of_sign() -> Theorem:
    """relu(s t) = relu(t) - (1 - s) / 2 t for s = 1 and s = -1."""
    from fractions import Fraction

    half = number(Fraction(1, 2))
    statement = forall(
        s, t, implies(either(eq(s, 1), eq(s, -1)), eq(RELU(s * t), RELU(t) - half * (1 - s) * t))
    )

    def build(given: Given) -> Theorem:
        s, t, signs, goal = given
        up, down = parts(use(axiom("relu"), t))

        def moved(equal: Theorem, value: int, inner: Theorem) -> Theorem:
            """From s = 1 or -1 and relu(value t) = ...: the goal."""
            same = certificate(eq(value * t, s * t), [(equal, -1 * t)])
            at_s = rewrite(same, lambda z: eq(RELU(z), inner.conclusion.args[1]), inner)
            return arith(goal, at_s, equal, multipliers=[t])

        def plus(equal: Theorem) -> Theorem:
            return moved(equal, 1, arith(eq(RELU(1 * t), RELU(t))))

        def minus(equal: Theorem) -> Theorem:
            up_too, down_too = parts(use(axiom("relu"), -1 * t))
            inner = split(
                compare(number(0), t),
                lambda h: arith(
                    eq(RELU(-1 * t), RELU(t) - t), use(up, h), use(down_too, arith(-1 * t <= 0, h))
                ),
                lambda h: arith(
                    eq(RELU(-1 * t), RELU(t) - t),
                    use(down, arith(t <= 0, h)),
                    use(up_too, arith(-1 * t >= 0, h)),
                ),
            )
            return moved(equal, -1, inner)

        return split(signs, plus, minus)

    return opened(statement, 3, build).called("relu(s t) = relu(t) - (1 - s) / 2 t")


def _signs_cancel(
    goal: Expression, data: Entry, places: Entry, functions: Entry, facts: Entry, same: Entry
) -> Theorem:
    """Sum (1 - s_i) c_i a_ij = 0: the realizations differ by this linear function, at a unit vector."""
    from fractions import Fraction

    d, m, _D, a, c, b, e, _sigma, _mu = data
    k, in_D, j, in_d = places
    pi, lam, sign, is_one = functions
    flags, lines, coefficients = facts
    inside, one_to_one, _ = parts(is_one)

    def with_unit(u: Expression, unit: Theorem) -> Theorem:
        moved_a, moved_c = function(i, j, a(pi(i), j)), function(i, k, c(pi(i), k))
        terms = flip_terms(
            m,
            d,
            moved_a,
            moved_c,
            sign,
            u,
            k,
            prove(
                below(i, m, either(eq(sign(i), 1), eq(sign(i), -1))),
                lambda i, less, _goal: parts(use(flags, i, less))[1],
            ),
        )
        plain = function(i, c(i, k) * RELU(dot(row(a, i), u, d)))
        order = use(axiom("a sum in another order"), m, pi, plain, inside, one_to_one)
        left = function(i, e(i, k) * RELU(dot(row(b, i), u, d)))
        right = function(i, c(pi(i), k) * RELU(sign(i) * dot(row(a, pi(i)), u, d)))

        def term(i: Expression, less: Theorem, goal: Expression) -> Theorem:
            positive = parts(use(flags, i, less))[0]
            inner = sign(i) * dot(row(a, pi(i)), u, d)
            value = _dot_of_line(b, a, i, pi, u, d, lam(i) * sign(i), use(lines, i, less))
            scaled = use(relu_scaled(), lam(i), inner, positive)
            same_value = rewrite(
                arith(eq(lam(i) * inner, dot(row(b, i), u, d)), value),
                lambda z: eq(RELU(z), lam(i) * RELU(inner)),
                scaled,
            )
            return certificate(
                goal, [(same_value, e(i, k)), (use(coefficients, i, less, k, in_D), RELU(inner))]
            )

        equal = use(sum_equal(), left, right, m, prove(below(i, m, eq(left(i), right(i))), term))
        total_same = use(same, k, in_D, u)
        linear = arith(
            eq(
                total(i, m, number(Fraction(1, 2)) * (1 - sign(i)) * c(pi(i), k) * dot(row(a, pi(i)), u, d)),
                0,
            ),
            terms,
            order,
            equal,
            total_same,
            degree=1,
        )
        one = function(i, (1 - sign(i)) * c(pi(i), k) * dot(row(a, pi(i)), u, d))
        two = function(i, (1 - sign(i)) * c(pi(i), k) * a(pi(i), j))
        entries = use(
            sum_equal(),
            one,
            two,
            m,
            prove(
                below(i, m, eq(one(i), two(i))),
                lambda i, _, goal: certificate(
                    goal, [(use(unit, row(a, pi(i))), (1 - sign(i)) * c(pi(i), k))]
                ),
            ),
        )
        return arith(goal, linear, entries, degree=1)

    return with_witness(use(unit_vector(), d, j, in_d), with_unit)


def _dot_of_line(*given: Entry) -> Theorem:
    b, a, i, pi, u, d, factor, line = given
    left, right = function(j, b(i, j) * u(j)), function(j, factor * a(pi(i), j) * u(j))
    terms = prove(
        below(j, d, eq(left(j), right(j))),
        lambda j, less, goal: certificate(goal, [(use(line, j, less), u(j))]),
    )
    return restate(
        use(sum_equal(), left, right, d, terms), eq(dot(row(b, i), u, d), factor * dot(row(a, pi(i)), u, d))
    )


@cache
def relu_scaled() -> Theorem:
    """relu(s t) = s relu(t) for s > 0."""

    def build(s: Expression, t: Expression, more: Theorem, goal: Expression) -> Theorem:
        (up, down), (up_too, down_too) = parts(use(axiom("relu"), t)), parts(use(axiom("relu"), s * t))
        return split(
            compare(number(0), t),
            lambda h: arith(goal, use(up, h), use(up_too, arith(s * t >= 0, h, more)), multipliers=[s]),
            lambda h: arith(
                goal, use(down, arith(t <= 0, h)), use(down_too, arith(s * t <= 0, h, more)), multipliers=[s]
            ),
        )

    return prove(forall(s, t, implies(s > 0, eq(RELU(s * t), s * RELU(t)))), build).called(
        "relu(s t) = s relu(t)"
    )
