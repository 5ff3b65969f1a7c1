"""The problem (17) has no minimum: members of every small loss, and none of loss 0 (B5).

Two neurons, three samples (0, 0), (1, 0), (0, 1) with the labels (0, 1), (1, 0), (-1, 0). For K > 1 and
epsilon = 1 / K the neurons (epsilon - 1, -1, K, K - 1) and (-1, epsilon - 1, K, K - 1) with the coefficients
(K, 1) and (-K, 0) are balanced, and have the values (1, epsilon, 0) and (1, 0, epsilon) on the samples.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from ..kernel.arithmetic import axiom, certificate, square
from ..kernel.polynomials import polynomial
from ..kernel.rules import Theorem, absurd, assume, discharge, part, restate, together, witness
from ..proving.certificates import arith
from ..proving.lemmas import abs_at_most
from ..proving.tactics import compare, parts, prove, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    REAL,
    Expression,
    both,
    eq,
    exists,
    forall,
    function,
    implies,
    number,
    substitute,
    table,
    variable,
)
from ..statements.functions import INVERSE, RELU
from .corollary import N, labels, samples, squared_loss
from .denials import each_below
from .examples import relu_at_least
from .hyperplanes import square_zero
from .names import a, b, below, dot, i, j, l, m, n, row
from .opening import Entry, Given, opened, opened_exists
from .restricted_space import D, c, e, is_restricted
from .sharp_gradients import valued

SAMPLES, LABELS = ((0, 0), (1, 0), (0, 1)), ((0, 1), (1, 0), (-1, 0))
K = variable("K", REAL)
Values = dict[tuple[int, ...], int | Fraction]


def minimum_statement() -> Expression:
    """Return: for all data the problem (17) has a minimum."""
    size = n + 2
    one, other = squared_loss(a, c, m, size, N), squared_loss(b, e, m, size, N)
    least = forall(*(b, e), implies(is_restricted(b, e, m, n, D), one <= other))
    minimum = exists(*(a, c), both(is_restricted(a, c, m, n, D), least))
    augmented = below(l, N, both(eq(samples(l, n), 1), eq(samples(l, n + 1), -1)))
    return forall(*(n, m, D, N, samples, labels), implies(augmented, minimum))


def data() -> tuple[Expression, Expression]:
    """Return the samples (x, 1, -1) and the labels."""
    points: Values = {(l, j): v for l, x in enumerate(SAMPLES) for j, v in enumerate((*x, 1, -1))}
    values: Values = {(l, k): v for l, y in enumerate(LABELS) for k, v in enumerate(y)}
    return table(points), table(values)


def near_optimal(K: Expression, epsilon: Expression) -> tuple[Expression, Expression]:
    """Return the weights and the coefficients."""
    plain = table({(0, 0): -1, (0, 1): -1, (0, 3): -1, (1, 0): -1, (1, 1): -1, (1, 3): -1})
    small = table({(0, 0): 1, (1, 1): 1})
    large = table({(0, 2): 1, (0, 3): 1, (1, 2): 1, (1, 3): 1})
    weights = function(i, j, plain(i, j) + epsilon * small(i, j) + K * large(i, j))
    fixed, steep = table({(0, 1): 1}), table({(0, 0): 1, (1, 0): -1})
    return weights, function(i, j, fixed(i, j) + K * steep(i, j))


@cache
def near_optimal_members() -> Theorem:
    """For every K >= 2 such networks are in the restricted space, and their loss is 1 / K^2."""
    size = INVERSE(K)
    weights, coefficients = near_optimal(K, size)
    loss = squared_loss(weights, coefficients, number(2), number(4), number(3))
    for name, value in zip((samples, labels, D), (*data(), number(2)), strict=True):
        loss = substitute(loss, name, value)
    member = is_restricted(weights, coefficients, number(2), number(2), number(2))
    statement = forall(K, implies(K >= 2, both(member, eq(loss, size**2), eq(size * K, 1))))

    def build(K: Expression, large: Theorem, goal: Expression) -> Theorem:
        unit = split(
            use(axiom("inverse"), K),
            lambda zero: absurd(arith(FALSE, zero, large), eq(INVERSE(K) * K, 1)),
            lambda one: restate(one, eq(INVERSE(K) * K, 1)),
        )
        positive = split(
            compare(INVERSE(K), number(0)),
            lambda low: absurd(arith(FALSE, low, unit, large), INVERSE(K) > 0),
            lambda more: more,
        )
        small = split(
            compare(INVERSE(K), number(1)),
            lambda low: low,
            lambda more: absurd(arith(FALSE, more, unit, large), INVERSE(K) <= 1),
        )
        facts = (large, unit, positive, small)
        return together(_member(goal.args[0], K, facts), _loss(goal.args[1], K, facts), unit)

    return prove(statement, build).called("members of (17) with the loss 1 / K^2")


def _member(goal: Expression, K: Expression, facts: Given) -> Theorem:
    """Balanced of norm K, of different directions, with positive ends."""
    balanced, distinct, ends = goal.args

    def is_balanced(_i: int, inner: Expression) -> Theorem:
        norms = opened_exists(inner, K).args
        return witness(together(_norm(norms[0], 4, 2, K, facts), _norm(norms[1], 2, 0, K, facts)), inner, K)

    def pair(i: int, inner: Expression) -> Theorem:
        return each_below(inner, 2, lambda l, formula: _apart(i, l, formula, facts))

    def ends_at(_i: int, inner: Expression) -> Theorem:
        return prove(inner, lambda _alive, goal: together(*(arith(end, *facts) for end in goal.args)))

    return together(
        each_below(balanced, 2, is_balanced), each_below(distinct, 2, pair), each_below(ends, 2, ends_at)
    )


def _norm(goal: Expression, count: int, at: int, K: Expression, facts: Given) -> Theorem:
    """The entries are at most K, and that at one place is K or -K."""
    each, attained = goal.args

    def small(_j: int, inner: Expression) -> Theorem:
        value = inner.args[0].args[1]
        sides = (arith(sign * value <= K, *facts, degree=1) for sign in (1, -1))
        return use(abs_at_most(), value, K, *sides)

    inside, equal = opened_exists(attained, number(at)).args
    value = equal.args[0].args[1]
    up, down = parts(use(axiom("abs"), value))
    rule = down if at == 0 and _is_negative(value, K) else up
    size = use(rule, arith(rule.conclusion.args[0], *facts, degree=1))
    here = together(arith(inside), arith(equal, size, degree=1))
    return together(each_below(each, count, small), witness(here, attained, at))


def _is_negative(value: Expression, K: Expression) -> bool:
    return not polynomial(value + K)


def _apart(i: int, l: int, formula: Expression, facts: Given) -> Theorem:
    """Multiples of each other have the factor 1, by the third entry, and differ in the first two."""

    def build(
        other: Theorem, _alive: Theorem, _alive_too: Theorem, same: Theorem, _goal: Expression
    ) -> Theorem:
        if i == l:
            return use(other, arith(eq(number(i), i)))

        def found(mu: Expression, known: Theorem) -> Theorem:
            multiple = part(known, 1)
            first, third = (use(multiple, place, arith(number(place) < 4)) for place in (0, 2))
            return _not_one(mu, first, third, facts)

        return with_witness(same, found)

    return prove(formula, build)


def _not_one(mu: Expression, first: Theorem, third: Theorem, facts: Given) -> Theorem:
    large, unit, positive, _ = facts
    K = large.conclusion.args[1]
    one = certificate(eq(mu, 1), [(third, -1 * INVERSE(K)), (unit, 1 - mu)])
    return arith(FALSE, first, one, positive, multipliers=[INVERSE(K)])


def _loss(goal: Expression, K: Expression, facts: Given) -> Theorem:
    """The values of the neurons are 1, epsilon, 0 and 1, 0, epsilon."""
    _, unit, positive, _ = facts
    epsilon = INVERSE(K)
    relus = []
    for value in (number(1), number(0), epsilon):
        rule = part(use(axiom("relu"), value), 0)
        relus.append(use(rule, arith(value >= 0, positive, degree=1)))

    def whole(one: Expression, zero: Expression, small: Expression) -> Expression:
        outputs = ((one * K - one * K, one), (small * K - zero * K, small), (zero * K - small * K, zero))
        value = number(0)
        for output, label in zip(outputs, LABELS, strict=True):
            for of_k, y in zip(output, label, strict=True):
                value = value + (of_k - y) ** 2
        return value

    plain = valued(whole, *relus)
    # 2 (epsilon K - 1)^2 + epsilon^2
    return certificate(goal, [(plain,), (unit, 2 * (epsilon * K - 1))])


@cache
def no_minimum() -> Theorem:
    """A minimum would have the loss 0, and no member has it."""
    X, Y = data()
    claim = minimum_statement()
    says = use(assume(claim), 2, 2, 2, 3, X, Y)
    augmented = each_below(says.conclusion.args[0], 3, lambda _l, inner: together(*map(arith, inner.args)))
    some = use(says, augmented)

    def found(a: Expression, c: Expression, known: Theorem) -> Theorem:
        least = part(known, 1)
        values = [
            [RELU(dot(row(a, number(i)), row(X, number(l)), number(4))) for l in range(3)] for i in (0, 1)
        ]
        residuals = [
            [c(0, k) * values[0][l] + c(1, k) * values[1][l] - LABELS[l][k] for k in range(2)]
            for l in range(3)
        ]
        loss = number(0)
        for entry in (entry for line in residuals for entry in line):
            loss = loss + entry**2
        return split(
            compare(loss, number(0)),
            lambda zero: _exact(residuals, values, c, zero),
            lambda more: _smaller(loss, least, more),
        )

    return discharge(claim, with_witness(some, found)).called("the problem (17) has no minimum")


def _smaller(loss: Expression, least: Theorem, positive: Theorem) -> Theorem:
    """Some member has a loss below any positive number S: K = 2 + 1 / S."""
    unit = split(
        use(axiom("inverse"), loss),
        lambda zero: absurd(arith(FALSE, zero, positive, degree=1), eq(loss * INVERSE(loss), 1)),
        lambda one: one,
    )
    S, inverse = variable("S", REAL), variable("t", REAL)
    lemma = forall(S, inverse, implies(S > 0, eq(S * inverse, 1), inverse > 0))

    def is_positive(_S: Expression, t: Expression, sign: Theorem, one: Theorem, _: Expression) -> Theorem:
        return split(
            compare(t, number(0)),
            lambda low: absurd(arith(FALSE, low, sign, one), t > 0),
            lambda more: more,
        )

    above = use(prove(lemma, is_positive), loss, INVERSE(loss), positive, unit)
    K = 2 + INVERSE(loss)
    member, value, one = parts(use(near_optimal_members(), K, arith(K >= 2, above, degree=1)))
    bound = use(least, *near_optimal(K, INVERSE(K)), member)
    r, t = variable("r", REAL), variable("e", REAL)
    # r = 1 / S and t = 1 / (2 + r), so S > t^2
    last = forall(*(S, r, t), implies(S > 0, r > 0, eq(S * r, 1), eq(t * (2 + r), 1), t**2 >= S, FALSE))

    def too_small(given: Given) -> Theorem:
        _S, r, t, _s_positive, r_positive, s_unit, t_unit, at_most, _goal = given
        # 1 = S r <= t^2 r = t - 2 t^2, which is below 1
        first = certificate(t**2 * r - 1 >= 0, [(at_most, r_positive), (s_unit, -1)])
        second = certificate(eq(t**2 * r, t - 2 * t**2), [(t_unit, t)])
        return arith(FALSE, first, second, square(4 * t - 1), degree=1)

    end = use(opened(last, 8, too_small), loss, INVERSE(loss), INVERSE(K), positive, above, unit)
    small = arith(loss <= INVERSE(K) ** 2, bound, value, degree=1)
    return use(end, restate(one, eq(INVERSE(K) * (2 + INVERSE(loss)), 1)), small)


def _exact(residuals: Entry, values: Entry, c: Expression, zero: Theorem) -> Theorem:
    """All residuals are 0: u_0 c_0 + u_1 c_1 = Y with u >= 0 has no solution."""
    every = [entry for line in residuals for entry in line]
    squares = [square(entry) for entry in every]
    exact = []
    for place, entry in enumerate(every):
        others = [(other,) for at, other in enumerate(squares) if at != place]
        none = certificate(entry**2 <= 0, [(zero,), *others])
        exact.append(use(square_zero(), entry, none))
    E = [
        certificate(eq(entry + LABELS[at // 2][at % 2], LABELS[at // 2][at % 2]), [(fact,)])
        for at, (entry, fact) in enumerate(zip(every, exact, strict=True))
    ]
    u, v = values
    p, q, r, s = c(0, 0), c(0, 1), c(1, 0), c(1, 1)
    of_u, of_c = u[0] * v[1] - v[0] * u[1], p * s - q * r
    both_ = restate(valued(lambda a, b, c, d: a * d - b * c, *E[:4]), eq(of_u * of_c, -1))
    sums = [
        certificate(eq(x * (u[1] + u[2]) + y * (v[1] + v[2]), 0), [(E[2 + k],), (E[4 + k],)])
        for k, (x, y) in enumerate(((p, r), (q, s)))
    ]
    signs = {w: part(use(relu_at_least(), w.args[1]), 1) for w in (*u[1:], *v[1:])}
    flat = []
    for w, factors in ((u, (s, -1 * r)), (v, (-1 * q, p))):
        amount = w[1] + w[2]
        line = certificate(eq(amount * of_c, 0), [(sums[0], factors[0]), (sums[1], factors[1])])
        nothing = certificate(eq(amount, 0), [(both_, amount), (line, -1 * of_u)])
        flat.append(arith(eq(w[1], 0), nothing, signs[w[1]], signs[w[2]], degree=1))
    return arith(FALSE, E[2], certificate(eq(p * u[1] + r * v[1], 0), [(flat[0], p), (flat[1], r)]), degree=1)
