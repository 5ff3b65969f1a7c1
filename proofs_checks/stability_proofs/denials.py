"""Refuted readings of Berner, Elbraechter & Grohs: the errata B3, B8 and B10, each with its witness.

N_(2,1,1) has the parameters (a, b, c) and the function c relu(a x + b y); with a bias, c relu(a x + b).
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, assume, discharge, restate, together
from ..proving.cases import finitely_many
from ..proving.certificates import arith
from ..proving.lemmas import abs_facts
from ..proving.tactics import below as below_number
from ..proving.tactics import (
    compare,
    contradiction,
    impossible,
    parts,
    prove,
    rewrite,
    split,
    use,
    with_witness,
)
from ..statements.expressions import (
    FALSE,
    REAL,
    Expression,
    both,
    either,
    eq,
    exists,
    forall,
    implies,
    negation,
    number,
    substitute,
    table,
    variable,
)
from ..statements.functions import ABS, INVERSE, POWER, RELU, ROOT
from .examples import _size, fibre_of_ray, step_bounds
from .flips import relu_of_sign
from .names import H, below, differs, i, is_parallel, is_step, is_zero, j, l, row
from .names import a as weights
from .names import b as other_weights
from .names import d as inputs
from .names import m as width
from .opening import Entry, Given, opened
from .proposition_1_2 import _inverse_of, _inverse_positive
from .restricted_space import D, same_realization
from .restricted_space import c as coefficients
from .restricted_space import e as other_coefficients
from .swaps import is_permutation, pi
from .without_stability import a, a2, alpha, b, b2, c, c2, delta, e, is_near, is_within, p, q, s, value, x, y

# B3: Theorem 3.3's (s, 1/2) on all of Omega_N, Lambda(f) = |f|_W, C = 1 -----------------------------


def has_level(a: Entry, b: Entry, c: Entry) -> Expression:
    """Return |R(a, b, c)|_W <= 1, by (21)."""
    active = H(a * x + b * y)
    entries = both(ABS(c * a * active) <= 1, ABS(c * b * active) <= 1)
    return forall(H, x, y, implies(is_step(H), entries))


def stable_on_levels(s: Entry) -> Expression:
    """Return: R is (s, 1/2) inverse stable on {Phi in N_(2,1,1): |R(Phi)|_W <= 1}."""
    same = forall(x, y, eq(value(a2, b2, c2, x, y), value(p, q, e, x, y)))
    near = is_within(a, b, c, (a2, b2, c2), s * ROOT(delta))
    found = exists(a2, b2, c2, both(has_level(a2, b2, c2), same, near))
    members = both(has_level(a, b, c), has_level(p, q, e))
    return forall(*(a, b, c, p, q, e, delta), implies(delta >= 0, members, is_near(delta), found))


@cache
def not_stable_on_levels(s: int) -> Theorem:
    """Gamma = ((1, 0), 0), g = kappa relu(y), kappa = 1 / (4 s^2): Phi has a = 0, and s kappa^(1/2) = 1/2."""
    claim, kappa = stable_on_levels(s), number(Fraction(1, 4 * s * s))
    positive = arith(kappa > 0)

    def is_member(given: Given) -> Theorem:
        H, _x, y, step, goal = given
        bounds = parts(use(step_bounds(), H, y, step))
        return together(*(_size(entry, *bounds) for entry in goal.args))

    def flat(given: Given) -> Theorem:
        return together(*(_size(entry) for entry in given[-1].args))

    says = use(assume(claim), 1, 0, 0, 0, 1, kappa, kappa, arith(kappa >= 0))
    levels = says.conclusion.args[0]
    members = together(opened(levels.args[0], 4, flat), opened(levels.args[1], 4, is_member))
    says = use(says, members)
    near = opened(says.conclusion.args[0], 4, is_member)

    def far(a2: Expression, b2: Expression, c2: Expression, facts: Theorem) -> Theorem:
        _level, same, close = parts(facts)
        plain = opened(
            forall(x, y, eq(c2 * RELU(a2 * x + b2 * y), kappa * RELU(y))),
            2,
            lambda given: restate(use(same, given[0], given[1]), given[-1]),
        )
        none = use(fibre_of_ray(), a2, b2, c2, kappa, positive, plain)
        size = parts(use(abs_facts(), a2 - 1))[2]
        root, square = parts(use(axiom("square root"), kappa, arith(kappa >= 0)))
        half = number(Fraction(1, 2 * s))  # the root of kappa
        small = split(
            compare(ROOT(kappa), half),
            lambda at_most: at_most,
            lambda more: contradiction(ROOT(kappa) <= half, impossible(more, square, root)),
        )
        return arith(FALSE, parts(close)[0], size, none, small, degree=1)

    return discharge(claim, with_witness(use(says, near), far)).called("no stability on all of Omega_N")


# B8: the semi-norm with biases -----------------------------------------------------------------------


def with_bias(a: Entry, b: Entry, c: Entry, x: Entry) -> Expression:
    """Return c relu(a x + b)."""
    term: Expression = c * RELU(a * x + b)
    return term


def stable_with_biases() -> Expression:
    """Return: for some s, alpha > 0 R is (s, alpha) inverse stable in |.|_W on the c relu(a x + b)."""
    change = ABS(e * p * H(p * x + q) - c * a * H(a * x + b)) <= delta
    near = forall(H, x, implies(is_step(H), change))
    same = forall(x, eq(with_bias(a2, b2, c2, x), with_bias(p, q, e, x)))
    found = exists(a2, b2, c2, both(same, is_within(a, b, c, (a2, b2, c2), s * POWER(delta, alpha))))
    stable = forall(*(a, b, c, p, q, e, delta), implies(delta >= 0, near, found))
    return exists(s, alpha, both(s > 0, alpha > 0, stable))


@cache
def not_stable_with_biases() -> Theorem:
    """Gamma = 0 and g = 1 have distance 0, and Gamma realizes another function."""
    claim = stable_with_biases()

    def against(s: Expression, alpha: Expression, known: Theorem) -> Theorem:
        _positive, a_positive, every = parts(known)
        says = use(every, 0, 0, 0, 0, 1, 1, 0, arith(number(0) >= 0))
        near = opened(says.conclusion.args[0], 3, lambda given: _size(given[-1]))

        def far(_a2: Expression, b2: Expression, c2: Expression, facts: Theorem) -> Theorem:
            same, close = parts(facts)
            value = use(same, 0)
            one = use(parts(use(axiom("relu"), 1))[0], arith(number(1) >= 0))
            nothing = _power_of_zero(alpha, a_positive)
            bound = parts(close)[2]
            signs = parts(use(abs_facts(), c2))
            flat = certificate(s * POWER(number(0), alpha) <= 0, [(nothing, s)])
            c_zero = [arith(c2 <= 0, bound, flat, signs[1]), arith(c2 >= 0, bound, flat, signs[2])]
            equal = arith(eq(c2, 0), *c_zero)
            return arith(FALSE, value, one, equal, degree=1, multipliers=[RELU(b2)])

        return with_witness(use(says, near), far)

    return discharge(claim, with_witness(assume(claim), against)).called("no stability with biases")


def _power_of_zero(alpha: Expression, positive: Theorem) -> Theorem:
    """0^alpha = 0: it lies between 0 and (0^(1/alpha))^alpha = 0."""
    zero, inverse = number(0), INVERSE(alpha)
    least = arith(zero >= 0)
    inverse_positive = _inverse_positive(alpha, positive, _inverse_of(alpha, positive))
    root = POWER(zero, inverse)
    above = parts(
        use(axiom("powers are monotone"), 0, 0, inverse, least, arith(zero <= 0), inverse_positive)
    )[0]
    between = parts(use(axiom("powers are monotone"), 0, root, alpha, least, above, positive))
    whole = use(axiom("power of a power"), 0, alpha, least, positive)
    return arith(eq(POWER(zero, alpha), 0), *between, whole)


# B10: pairwise independent rows ----------------------------------------------------------------------

lam = variable("lambda", REAL, "N")
ROWS = ((1, 0), (0, 1), (-1, -1))


def permutation_for_pairwise() -> Expression:
    """Return Lemma A.3 with pairwise independent a_i in the place of independent ones."""
    a, b, c, e, d, m, k = weights, other_weights, coefficients, other_coefficients, inputs, width, l
    parallel = negation(is_parallel(row(a, l), row(a, i), d))
    pairwise = below(
        i, m, both(negation(is_zero(row(a, i), d)), below(l, m, implies(differs(i, l), parallel)))
    )
    line = below(j, d, eq(b(i, j), lam(i) * a(pi(i), j)))
    coefficient = below(k, D, eq(lam(i) * e(i, k), c(pi(i), k)))
    return forall(
        *(d, m, D, a, c, b, e),
        implies(
            pairwise,
            below(i, m, negation(is_zero(row(c, i), D))),
            same_realization(b, e, a, c, m, d, D),
            exists(pi, lam, both(is_permutation(pi, m), below(i, m, both(lam(i) > 0, line, coefficient)))),
        ),
    )


@cache
def no_permutation_for_pairwise() -> Theorem:
    """(1, 0), (0, 1), (-1, -1) and their opposites, coefficients 1: one function, as the rows have sum 0."""
    claim = permutation_for_pairwise()
    rows = table({(i, j): entry for i, given in enumerate(ROWS) for j, entry in enumerate(given)})
    flipped = table({(i, j): -entry for i, given in enumerate(ROWS) for j, entry in enumerate(given)})
    ones = table({(i, 0): 1 for i in range(3)})
    says = use(assume(claim), 2, 3, 1, rows, ones, flipped, ones)
    says = use(says, _pairwise(says.conclusion.args[0]))
    says = use(says, _nonzero_rows(says.conclusion.args[0]))
    says = use(says, opened(says.conclusion.args[0], 1, _one_function))

    def none(pi: Expression, lam: Expression, known: Theorem) -> Theorem:
        permutation, lines = parts(known)
        first = arith(number(0) < 3)
        inside = use(parts(permutation)[0], 0, first)
        positive, line, _ = parts(use(lines, 0, first))
        entries = [use(line, place, arith(number(place) < 2)) for place in (0, 1)]

        def line_at(j: int, equal: Theorem) -> Theorem:
            return rewrite(equal, lambda w: eq(flipped(0, j), lam(0) * rows(w, j)), entries[j])

        def at(equal: Theorem) -> Theorem:
            return impossible(positive, line_at(0, equal), line_at(1, equal))

        return split(below_number(pi(0), 3, restate(inside, pi(0) < 3)), at, at, at)

    return discharge(claim, with_witness(says, none)).called("no permutation for pairwise independent rows")


def _pairwise(goal: Expression) -> Theorem:
    """The rows are not zero, and none is a multiple of another."""

    def separate(i: int, l: int, formula: Expression) -> Theorem:
        def build(parallel: Theorem, _goal: Expression) -> Theorem:
            def factor(_mu: Expression, line: Theorem) -> Theorem:
                return impossible(*(use(line, place, arith(number(place) < 2)) for place in (0, 1)))

            return with_witness(parallel, factor)

        if i == l:
            return prove(
                formula, lambda other, inner: contradiction(inner, use(other, arith(eq(number(i), i))))
            )
        return prove(formula, lambda _other, inner: prove(inner, build))

    def pair(i: int, formula: Expression) -> Theorem:
        alive, apart = formula.args
        nonzero = prove(
            alive,
            lambda zero, _goal: impossible(*(use(zero, place, arith(number(place) < 2)) for place in (0, 1))),
        )
        return together(nonzero, each_below(apart, 3, lambda l, inner: separate(i, l, inner)))

    return each_below(goal, 3, pair)


def _nonzero_rows(goal: Expression) -> Theorem:
    def alive(_i: int, formula: Expression) -> Theorem:
        return prove(formula, lambda zero, _goal: impossible(use(zero, 0, arith(number(0) < 1))))

    return each_below(goal, 3, alive)


def each_below(goal: Expression, count: int, build: Entry) -> Theorem:
    """Prove "for all i < count: A(i)" at each number; ``build`` gets the number and A of it."""

    def at_index(index: Expression, less: Theorem, inner: Expression) -> Theorem:
        def at(equal: Theorem) -> Theorem:
            found = equal.conclusion.args[1]
            here = build(int(found.data), substitute(inner, index, found))
            return rewrite(arith(eq(found, index), equal), lambda w: substitute(inner, index, w), here)

        values = below_number(index, count, restate(less, index < count))
        return split(values, *[at] * count) if count > 1 else at(values)

    return prove(goal, at_index)


def _one_function(given: Given) -> Theorem:
    """relu(t) - relu(-t) = t, and x_0 + x_1 - (x_0 + x_1) = 0."""
    x, goal = given
    halves = []
    for one, two in ROWS:
        dot = one * x(0) + two * x(1)
        sign = finitely_many(_is_sign(-1))
        halves.append(restate(use(relu_of_sign(), -1, dot, sign), eq(RELU(-1 * dot), RELU(dot) - dot)))
    return each_below(goal, 1, lambda _k, inner: arith(inner, *halves, degree=1))


def _is_sign(value: int) -> Expression:
    return either(eq(number(value), 1), eq(number(value), -1))
