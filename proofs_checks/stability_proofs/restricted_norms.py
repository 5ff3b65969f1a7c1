"""Norms of balanced neurons that are matched, or that are small."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate, square
from ..kernel.rules import Theorem, together
from ..proving.certificates import arith, equal_if_both
from ..proving.lemmas import abs_facts, abs_of_product
from ..proving.tactics import parts, prove, rewrite, split, use, with_witness
from ..statements.expressions import (
    REAL,
    Expression,
    eq,
    forall,
    implies,
    number,
    variable,
)
from . import balanced_pairs
from .names import (
    ABS,
    mu,
    row,
)
from .opening import Entry, Given, opened


def _norm_squared(*given: Entry) -> Theorem:
    """From ||c_i a_i|| <= bound and ||a_i|| = ||c_i|| = nu: nu^2 <= bound."""
    a, c, i, nu, known, _d, _D, bound, small = given
    of_a, of_c = parts(known)

    def first(j: Expression, at_j: Theorem) -> Theorem:
        def second(k: Expression, at_k: Theorem) -> Theorem:
            (in_j, value), (in_k, value_too) = parts(at_j), parts(at_k)
            product = use(abs_of_product(), c(i, k), a(i, j))
            return arith(
                nu**2 <= bound,
                use(small(k, in_k), j, in_j),
                product,
                value,
                value_too,
                multipliers=[nu, ABS(a(i, j)), ABS(c(i, k))],
            )

        return with_witness(parts(of_c)[1], second)

    return with_witness(parts(of_a)[1], first)


def _unmatched(goal: Expression, data: Entry, norms: Entry, small: Entry, small_too: Entry) -> Theorem:
    a, c, b, e, i, p, nu, xi, d, D, delta = data
    of_i, of_p = norms
    bound = 2 * delta
    square_i = _norm_squared(a, c, i, nu, of_i, d, D, bound, small)
    square_p = _norm_squared(b, e, p, xi, of_p, d, D, bound, small_too)

    def near(place: int, one: Expression, two: Expression) -> Entry:
        inside, inside_too = parts(parts(of_i)[place])[0], parts(parts(of_p)[place])[0]

        def at(j: Expression, less: Theorem, goal: Expression) -> Theorem:
            found = use(
                balanced_pairs.unmatched(),
                nu,
                xi,
                one(j),
                two(j),
                bound,
                use(inside, j, less),
                use(inside_too, j, less),
                square_i,
                square_p,
            )
            return arith(goal, found, degree=1)

        return at

    weights, coefficients = goal.args
    return together(
        prove(weights, near(0, row(a, i), row(b, p))), prove(coefficients, near(1, row(c, i), row(e, p)))
    )


def _matched(goal: Expression, data: Entry, norms: Entry, mate: Entry, near: Entry) -> Theorem:
    a, c, b, e, i, p, nu, xi, _d, _D, delta = data
    of_i, of_p = norms
    bound = 2 * delta
    (in_a, at_a), (in_c, at_c) = parts(parts(of_i)[0]), parts(parts(of_i)[1])
    (in_b, at_b), (in_e, at_e) = parts(parts(of_p)[0]), parts(parts(of_p)[1])

    def found(mu: Expression, known: Theorem) -> Theorem:
        positive, multiple = parts(known)
        scaled = _norm_of_multiple(a, b, i, p, nu, xi, mu, positive, multiple, (in_a, at_a, in_b, at_b))
        at_least = _norm_not_negative(a, i, nu, at_a), _norm_not_negative(b, p, xi, at_b)

        def products(k: Expression, in_k: Theorem) -> list[Theorem]:
            """Nu c_ik - xi e_pk is at most 2 delta in size."""

            def at_j(j: Expression, facts: Theorem) -> Theorem:
                in_j, value = parts(facts)
                return _at_largest(
                    use(near(k, in_k), j, in_j),
                    value,
                    scaled,
                    use(multiple, j, in_j),
                    (a(i, j), b(p, j), c(i, k), e(p, k), nu, xi, mu, bound),
                    at_least[0],
                )

            both_sides = with_witness(at_a, at_j)
            return parts(both_sides)

        def norm_gap(one_at: Entry, wanted: Expression, ordered: bool) -> Theorem:
            def at_k(k: Expression, facts: Theorem) -> Theorem:
                in_k, value = parts(facts)
                sides = products(k, in_k)
                parts(use(abs_facts(), c(i, k))), parts(use(abs_facts(), e(p, k)))
                other = use(in_e, k, in_k) if ordered else use(in_c, k, in_k)
                return _norm_difference(
                    wanted, value, other, sides, at_least, (c(i, k), e(p, k), nu, xi), ordered
                )

            return with_witness(one_at, at_k)

        first = norm_gap(at_c, nu**2 - xi**2 <= bound, True)
        second = norm_gap(at_e, xi**2 - nu**2 <= bound, False)
        gap = use(balanced_pairs.norms(), nu, xi, bound, *at_least, first, second)

        def weights(j: Expression, less: Theorem, goal: Expression) -> Theorem:
            found = use(
                balanced_pairs.weights(),
                nu,
                xi,
                a(i, j),
                b(p, j),
                mu,
                bound,
                use(in_a, j, less),
                use(multiple, j, less),
                scaled,
                gap,
            )
            return arith(goal, found, arith(bound >= 0, gap, square(xi - nu)), degree=1)

        def coefficients(k: Expression, less: Theorem, goal: Expression) -> Theorem:
            one, two = products(k, less)
            found = use(
                balanced_pairs.coefficients(),
                nu,
                xi,
                c(i, k),
                e(p, k),
                bound,
                use(in_c, k, less),
                use(in_e, k, less),
                one,
                two,
                gap,
            )
            return arith(goal, found, degree=1)

        return together(prove(goal.args[0], weights), prove(goal.args[1], coefficients))

    return with_witness(parts(mate)[1], found)


def _norm_not_negative(a: Entry, i: Entry, nu: Entry, at: Entry) -> Theorem:
    def found(j: Expression, facts: Theorem) -> Theorem:
        return arith(nu >= 0, parts(facts)[1], parts(use(abs_facts(), a(i, j)))[0])

    return with_witness(at, found)


@cache
def abs_of_multiple() -> Theorem:
    """Q = mu p with mu > 0 gives |q| = mu |p|."""
    p, q = variable("p", REAL), variable("q", REAL)
    statement = forall(p, q, mu, implies(mu > 0, eq(q, mu * p), eq(ABS(q), mu * ABS(p))))

    def build(given: Given) -> Theorem:
        p, q, mu, more, equal, _goal = given
        product = use(abs_of_product(), mu, p)
        absolute = use(parts(use(axiom("abs"), mu))[0], arith(mu >= 0, more))
        value = certificate(eq(ABS(mu * p), mu * ABS(p)), [(product,), (absolute, ABS(p))])
        backwards = arith(eq(mu * p, q), equal)
        return rewrite(backwards, lambda z: eq(ABS(z), mu * ABS(p)), value)

    return opened(statement, 5, build).called("|mu p| = mu |p|")


def _norm_of_multiple(*given: Entry) -> Theorem:
    """From b_p = mu a_i, mu > 0: ||b_p|| = mu ||a_i||."""
    a, b, i, p, nu, xi, mu, positive, multiple, norms = given
    in_a, at_a, in_b, at_b = norms

    def size(j: Expression, less: Theorem) -> Theorem:
        return use(abs_of_multiple(), a(i, j), b(p, j), mu, positive, use(multiple, j, less))

    def above(j: Expression, facts: Theorem) -> Theorem:
        less, value = parts(facts)
        return arith(xi <= mu * nu, value, size(j, less), use(in_a, j, less), positive)

    def under(j: Expression, facts: Theorem) -> Theorem:
        less, value = parts(facts)
        return arith(xi >= mu * nu, use(in_b, j, less), size(j, less), value, multipliers=[mu])

    return equal_if_both(eq(xi, mu * nu), with_witness(at_b, above), with_witness(at_a, under))


def _at_largest(
    near: Entry, value: Entry, scaled: Entry, multiple: Entry, numbers: Entry, at_least: Entry
) -> Theorem:
    """From |c a - e b| <= t, |a| = nu, b = mu a, xi = mu nu: nu c - xi e <= t and xi e - nu c <= t."""
    a, b, c, e, nu, xi, mu, bound = numbers
    inner = c - e * mu
    same = certificate(eq(c * a - e * b, inner * a), [(multiple, -1 * e)])
    moved = rewrite(same, lambda z: ABS(z) <= bound, near)
    product = use(abs_of_product(), inner, a)
    sizes = parts(use(abs_facts(), inner))
    whole = arith(ABS(inner) * nu <= bound, moved, product, value, multipliers=[ABS(inner)])
    first = arith(nu * inner <= bound, whole, sizes[1], at_least)
    second = arith(nu * (-1 * inner) <= bound, whole, sizes[2], at_least)
    goals = (nu * c - xi * e <= bound, xi * e - nu * c <= bound)
    return together(
        *(
            arith(goal, side, scaled, multipliers=[e])
            for goal, side in zip(goals, (first, second), strict=True)
        )
    )


def _norm_difference(
    wanted: Entry, value: Entry, other: Entry, sides: Entry, at_least: Entry, numbers: Entry, ordered: Entry
) -> Theorem:
    """From |c| = nu, |e| <= xi and |nu c - xi e| <= t: nu^2 - xi^2 <= t; or the other way round."""
    c, e, nu, xi = numbers
    first, second = (c, e) if ordered else (e, c)
    one, two = (nu, xi) if ordered else (xi, nu)
    signs = parts(use(axiom("abs"), first))
    bounds = parts(use(abs_facts(), second))
    from ..proving.tactics import compare

    def of_sign(absolute: Theorem) -> Theorem:
        # one |first| = one first or -one first, and |second| <= two
        upper = [
            arith(two * second <= two**2, other, bounds[1], at_least[1] if ordered else at_least[0]),
            arith(two * (-1 * second) <= two**2, other, bounds[2], at_least[1] if ordered else at_least[0]),
        ]
        return arith(wanted, absolute, value, *sides, *upper, multipliers=[one], degree=1)

    return split(
        compare(number(0), first),
        lambda up: of_sign(use(signs[0], up)),
        lambda down: of_sign(use(signs[1], arith(first <= 0, down))),
    )
