"""Networks whose weights lie in the plane of the last two coordinates, with coefficients for one output.

Weights a_i = u_i e_n + w_i e_(n+1), coefficients c_i = r_i e_0, for inputs n + 2, any number of neurons and
D + 1 outputs.
"""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate, natural
from ..kernel.rules import Theorem, excluded_middle, restate, together, weaken, witness
from ..proving.certificates import arith
from ..proving.lemmas import abs_at_most, only_term
from ..proving.tactics import parts, prove, rewrite, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    NATURAL,
    REAL,
    Expression,
    both,
    either,
    eq,
    exists,
    forall,
    function,
    implies,
    number,
    total,
    variable,
)
from ..statements.functions import ABS
from .functions import decided
from .names import below, differs, dot, i, j, k, l, m, n, row, x
from .opening import Entry, Given, opened, opened_exists
from .restricted_space import D, is_restricted

u, w, r = (variable(name, REAL, NATURAL) for name in "uwr")
first, second, output = (variable(name, REAL, NATURAL) for name in ("f", "g", "h"))
place = variable("p", NATURAL)


def is_unit(unit: Expression, place: Entry) -> Expression:
    """Return: the entries are 1 at the place and 0 elsewhere."""
    return both(eq(unit(place), 1), forall(j, implies(differs(j, place), eq(unit(j), 0))))


@cache
def unit_exists() -> Theorem:
    """There is a vector with 1 at one place and 0 elsewhere."""
    unit = variable("e", REAL, NATURAL)

    def build(place: Expression, goal: Expression) -> Theorem:
        def found(unit: Expression, rule: Theorem) -> Theorem:
            one, zero = opened_exists(goal, unit).args
            at = use(parts(use(rule, place))[0], arith(eq(place, place)))
            rest = prove(zero, lambda j, other, _: use(parts(use(rule, j))[1], other))
            return witness(together(restate(at, one), rest), goal, unit)

        chosen = decided(eq(j, place), number(1), number(0), (j,))
        return with_witness(chosen, found)

    return prove(forall(place, exists(unit, is_unit(unit, place))), build).called("unit vectors exist")


def weights(u: Entry, w: Entry, first: Entry, second: Entry) -> Expression:
    """Return a_i = u_i e_n + w_i e_(n+1), where ``first`` and ``second`` are e_n and e_(n+1)."""
    return function(i, j, u(i) * first(j) + w(i) * second(j))


def coefficients(r: Entry, output: Entry) -> Expression:
    """Return c_i = r_i e_0."""
    return function(i, k, r(i) * output(k))


def are_units(first: Entry, second: Entry, output: Entry, n: Entry) -> Expression:
    """Return: these are e_n, e_(n+1) and e_0."""
    return both(is_unit(first, n), is_unit(second, n + 1), is_unit(output, number(0)))


def is_plane(u: Entry, w: Entry, r: Entry, m: Entry) -> Expression:
    """Return: 0 < w_i <= u_i = |r_i|, and no two (u_i, w_i) are parallel."""
    sizes = below(i, m, both(u(i) > 0, w(i) > 0, w(i) <= u(i), eq(ABS(r(i)), u(i))))
    apart = below(i, m, below(l, m, implies(differs(i, l), differs(u(i) * w(l), u(l) * w(i)))))
    return both(sizes, apart)


@cache
def dot_in_plane() -> Theorem:
    """<a_i, x> = u_i x_n + w_i x_(n+1)."""
    units = (is_unit(first, n), is_unit(second, n + 1))
    a = weights(u, w, first, second)
    value = eq(dot(row(a, i), x, n + 2), u(i) * x(n) + w(i) * x(n + 1))

    def build(given: Given) -> Theorem:
        n, first, second, u, w, e_n, e_next, x, i, goal = given

        def entry(unit: Expression, known: Theorem, at: Expression) -> Theorem:
            one, zero = parts(known)
            terms = function(j, unit(j) * x(j))
            alone = prove(
                below(j, n + 2, either(eq(j, at), eq(terms(j), 0))),
                lambda j, _less, goal: _alone(goal, j, at, zero, x),
            )
            only = use(only_term(), terms, n + 2, at, arith(at < n + 2), alone)
            return certificate(eq(total(j, n + 2, terms(j)), x(at)), [(only,), (one, x(at))])

        return certificate(goal, [(entry(first, e_n, n), u(i)), (entry(second, e_next, n + 1), w(i))])

    statement = forall(*(n, first, second, u, w), implies(*units, forall(x, i, value)))
    return opened(statement, 9, build).called("dot products in the plane")


def _alone(goal: Expression, j: Expression, at: Expression, zero: Theorem, x: Expression) -> Theorem:
    return split(
        excluded_middle(eq(j, at)),
        lambda equal: weaken(equal, goal),
        lambda other: weaken(certificate(goal.args[1], [(use(zero, j, other), x(j))]), goal),
    )


@cache
def plane_is_restricted() -> Theorem:
    """Such networks are in the space of Definition 3.2."""
    member = is_restricted(weights(u, w, first, second), coefficients(r, output), m, n, D + 1)

    def build(given: Given) -> Theorem:
        n, _m, _D, first, second, output, u, w, r, units, plane, goal = given
        e_n, e_next, e_0 = parts(units)
        sizes, apart = parts(plane)
        balanced, distinct, ends = goal.args
        at_n = _entries(n, e_n, e_next)

        def is_balanced(i: Expression, in_m: Theorem, goal: Expression) -> Theorem:
            positive, above, below_, size = parts(use(sizes, i, in_m))
            of_weights, of_coefficients = opened_exists(goal, u(i)).args
            norms = (
                _norm_of_weights(
                    of_weights, (n, i, u, w, first, second), (e_n, e_next), (positive, above, below_)
                ),
                _norm_of_coefficients(of_coefficients, (i, u, r, output), e_0, (positive, size)),
            )
            return witness(together(*norms), goal, u(i))

        def are_distinct(given: Given) -> Theorem:
            i, in_i, l, in_l, other, _alive, _alive_too, parallel, _goal = given

            def found(mu: Expression, known: Theorem) -> Theorem:
                multiple = parts(known)[1]
                one = _at(use(multiple, n, arith(n < n + 2)), at_n[0], (u, w), (i, l), mu)
                two = _at(use(multiple, n + 1, arith(n + 1 < n + 2)), at_n[1], (u, w), (i, l), mu)
                # u_l = mu u_i and w_l = mu w_i give u_i w_l = u_l w_i
                line = certificate(eq(u(i) * w(l), u(l) * w(i)), [(two, u(i)), (one, -1 * w(i))])
                return use(apart, i, in_i, l, in_l, other, line)

            return with_witness(parallel, found)

        def have_ends(i: Expression, in_m: Theorem, _alive: Theorem, goal: Expression) -> Theorem:
            positive, above, _, _ = parts(use(sizes, i, in_m))
            return together(
                *(
                    arith(inner, sign, _combined(entries, (u(i), w(i))), degree=1)
                    for inner, sign, entries in zip(goal.args, (positive, above), at_n, strict=True)
                )
            )

        return together(
            prove(balanced, is_balanced), opened(distinct, 8, are_distinct), prove(ends, have_ends)
        )

    statement = forall(
        *(n, m, D, first, second, output, u, w, r),
        implies(are_units(first, second, output, n), is_plane(u, w, r, m), member),
    )
    return opened(statement, 11, build).called("such networks are in the restricted space")


Pair = tuple[Theorem, Theorem]


def _entries(n: Expression, e_n: Theorem, e_next: Theorem) -> tuple[Pair, Pair]:
    """The entries of e_n and e_(n+1) at n, and at n + 1."""
    one, zero = parts(e_n)
    one_too, zero_too = parts(e_next)
    here = prove(differs(n, n + 1), lambda equal, _: arith(FALSE, equal))
    there = prove(differs(n + 1, n), lambda equal, _: arith(FALSE, equal))
    return (one, use(zero_too, n, here)), (use(zero, n + 1, there), one_too)


def _combined(entries: Pair, factors: tuple[Expression, Expression]) -> Theorem:
    """From first_j = s and second_j = t: p first_j + q second_j = p s + q t."""
    (a, s), (b, t) = (entry.conclusion.args for entry in entries)
    p, q = factors
    return certificate(eq(p * a + q * b, p * s + q * t), [(entries[0], p), (entries[1], q)])


def _at(
    line: Theorem, entries: Pair, families: tuple[Entry, Entry], pair: tuple[Entry, Entry], mu: Entry
) -> Theorem:
    """From a_lj = mu a_ij at one of the last two coordinates: the same of u, or of w."""
    (u, w), (i, l) = families, pair
    one, two = (_combined(entries, (u(at), w(at))) for at in (i, l))
    left, right = two.conclusion.args[1], one.conclusion.args[1]
    return certificate(eq(left, mu * right), [(line,), (two, -1), (one, mu)])


def _norm_of_weights(goal: Expression, terms: Given, units: Pair, signs: Given) -> Theorem:
    """The largest entry of a_i is u_i, at n."""
    n, i, u, w, first, second = terms
    positive, above, at_most = signs
    (_one, zero), (_one_too, zero_too) = map(parts, units)
    entries = _entries(n, *units)

    def small(j: Expression, _less: Theorem, _goal: Expression) -> Theorem:
        value = u(i) * first(j) + w(i) * second(j)

        def bounded(*at: Theorem) -> Theorem:
            equal = _combined((at[0], at[1]), (u(i), w(i)))
            facts = (positive, above, at_most, equal)
            return use(
                abs_at_most(),
                value,
                u(i),
                arith(value <= u(i), *facts, degree=1),
                arith(-value <= u(i), *facts, degree=1),
            )

        def moved(equal: Theorem, entries: Pair) -> Theorem:
            place = equal.conclusion.args[1]
            turned = arith(eq(place, j), equal)
            at_n, at_next = (entry.conclusion.args[1] for entry in entries)
            return bounded(
                rewrite(turned, lambda v: eq(first(v), at_n), entries[0]),
                rewrite(turned, lambda v: eq(second(v), at_next), entries[1]),
            )

        return split(
            excluded_middle(eq(j, n)),
            lambda equal: moved(equal, entries[0]),
            lambda other: split(
                excluded_middle(eq(j, n + 1)),
                lambda equal: moved(equal, entries[1]),
                lambda other_too: bounded(use(zero, j, other), use(zero_too, j, other_too)),
            ),
        )

    each, attained = goal.args
    equal = _combined(entries[0], (u(i), w(i)))
    return together(prove(each, small), _attained(attained, n, arith(n < n + 2), equal, positive))


def _attained(goal: Expression, at: Entry, inside: Theorem, equal: Theorem, positive: Theorem) -> Theorem:
    """From v_j = nu > 0: |v_j| = nu."""
    value = opened_exists(goal, at if isinstance(at, Expression) else number(at)).args[1].args[0].args[1]
    sign = arith(value >= 0, equal, positive, degree=1)
    size = use(parts(use(axiom("abs"), value))[0], sign)
    body = opened_exists(goal, at if isinstance(at, Expression) else number(at))
    return witness(together(inside, arith(body.args[1], size, equal, degree=1)), goal, at)


def _norm_of_coefficients(goal: Expression, terms: Given, e_0: Theorem, signs: Given) -> Theorem:
    """The largest entry of c_i is |r_i| = u_i, at 0."""
    i, u, r, output = terms
    positive, size = signs
    one, zero = parts(e_0)
    back = certificate(eq(r(i), r(i) * output(0)), [(one, -1 * r(i))])
    at_zero = rewrite(back, lambda v: eq(ABS(v), u(i)), size)

    def small(k: Expression, _less: Theorem, _goal: Expression) -> Theorem:
        def here(equal: Theorem) -> Theorem:
            turned = arith(eq(0, k), equal)
            bound = arith(ABS(r(i) * output(0)) <= u(i), at_zero)
            return rewrite(turned, lambda v: ABS(r(i) * output(v)) <= u(i), bound)

        def elsewhere(other: Theorem) -> Theorem:
            flat = certificate(eq(r(i) * output(k), 0), [(use(zero, k, other), r(i))])
            sides = (arith(sign * r(i) * output(k) <= u(i), flat, positive, degree=1) for sign in (1, -1))
            return use(abs_at_most(), r(i) * output(k), u(i), *sides)

        return split(excluded_middle(eq(k, 0)), here, elsewhere)

    each, attained = goal.args
    count = opened_exists(attained, number(0)).args[0].args[1]
    inside = arith(number(0) < count, natural(count.args[0]))
    return together(prove(each, small), witness(together(inside, at_zero), attained, 0))
