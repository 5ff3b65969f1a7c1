"""Theorem 3.3: in the restricted space parameters follow realizations, with 4 and with 2 sqrt(2).

A network has d = n + 2 inputs, m neurons and D outputs: weights a(i, j), coefficients c(i, k).
"""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate, square, trichotomy
from ..kernel.rules import Theorem, absurd, detach, restate, together, witness
from ..proving.certificates import arith, equal_if_both
from ..proving.lemmas import abs_facts, abs_of_product, root_monotone
from ..proving.tactics import contradiction, parts, prove, rewrite, split, use, with_witness
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
from ..statements.functions import INVERSE, ROOT
from . import balanced_pairs
from .comparison import compared, is_independent, is_nowhere_opposite, matches, zero_factor
from .kinks import cells_at_most
from .matching import matching
from .names import (
    ABS,
    H,
    a,
    b,
    below,
    d,
    delta,
    differs,
    i,
    is_multiple,
    is_step,
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

D, p = variable("D", NATURAL), variable("p", NATURAL)
c, e = variable("c", REAL, NATURAL, NATURAL), variable("e", REAL, NATURAL, NATURAL)
a_phi, c_phi = variable("a'", REAL, NATURAL, NATURAL), variable("c'", REAL, NATURAL, NATURAL)
nu = variable("nu", REAL)
v = variable("v", REAL, NATURAL)


def column(c: Expression, k: Expression) -> Expression:
    """Return the coefficients of output k."""
    return function(i, c(i, k))


def is_norm(nu: Expression, v: Expression, size: Expression) -> Expression:
    """Return: nu is the largest |v_j|, j < size."""
    return both(below(j, size, ABS(v(j)) <= nu), exists(j, both(j < size, eq(ABS(v(j)), nu))))


def is_balanced(a: Entry, c: Entry, i: Entry, d: Entry, D: Entry) -> Expression:
    """Return ||a_i|| = ||c_i||."""
    return exists(nu, both(is_norm(nu, row(a, i), d), is_norm(nu, row(c, i), D)))


def has_distinct_directions(a: Entry, m: Entry, d: Entry) -> Expression:
    """Return: no a_l != 0 is a positive multiple of an a_i != 0, i != l."""
    alive = [negation(is_zero(row(a, at), d)) for at in (i, l)]
    same = exists(mu, both(mu > 0, is_multiple(row(a, l), mu, row(a, i), d)))
    return below(i, m, below(l, m, implies(differs(i, l), *alive, negation(same))))


def has_positive_ends(a: Entry, m: Entry, n: Entry) -> Expression:
    """Return: the last two of the n + 2 coordinates of each a_i != 0 are positive."""
    ends = both(a(i, n) > 0, a(i, n + 1) > 0)
    return below(i, m, implies(negation(is_zero(row(a, i), n + 2)), ends))


def is_restricted(a: Entry, c: Entry, m: Entry, n: Entry, D: Entry) -> Expression:
    """Return: (a, c) is in the space of Definition 3.2."""
    d = n + 2
    return both(
        below(i, m, is_balanced(a, c, i, d, D)), has_distinct_directions(a, m, d), has_positive_ends(a, m, n)
    )


def same_realization(a: Entry, c: Entry, b: Entry, e: Entry, m: Entry, d: Entry, D: Entry) -> Expression:
    """Return R(a, c) = R(b, e)."""
    return forall(x, below(k, D, eq(network(column(c, k), a, x, m, d), network(column(e, k), b, x, m, d))))


def realizations_near(*given: Entry) -> Expression:
    """Return |R(b, e) - R(a, c)|_W <= delta, by (21)."""
    a, c, b, e, m, d, D, delta, H = given
    return below(k, D, cells_at_most(column(c, k), a, m, column(e, k), b, m, d, delta, H))


def parameters_near(*given: Entry) -> Expression:
    """Return ||(b, e) - (a, c)|| <= bound."""
    a, c, b, e, m, d, D, bound = given
    weights = below(j, d, ABS(b(i, j) - a(i, j)) <= bound)
    coefficients = below(k, D, ABS(e(i, k) - c(i, k)) <= bound)
    return below(i, m, both(weights, coefficients))


def theorem_3_3_statement(factor: Expression) -> Expression:
    """Return Theorem 3.3 with the constant ``factor``."""
    d = n + 2
    conclusion = exists(
        a_phi,
        c_phi,
        both(
            is_restricted(a_phi, c_phi, m, n, D),
            same_realization(a_phi, c_phi, b, e, m, d, D),
            parameters_near(a, c, a_phi, c_phi, m, d, D, factor * ROOT(delta)),
        ),
    )
    return forall(
        H,
        n,
        m,
        D,
        a,
        c,
        b,
        e,
        delta,
        implies(
            is_step(H),
            delta >= 0,
            is_restricted(a, c, m, n, D),
            is_restricted(b, e, m, n, D),
            realizations_near(a, c, b, e, m, d, D, delta, H),
            conclusion,
        ),
    )


@cache
def independent() -> Theorem:
    """In the restricted space the a_i != 0 are pairwise independent."""
    statement = forall(
        n,
        m,
        a,
        implies(
            has_distinct_directions(a, m, n + 2), has_positive_ends(a, m, n), is_independent(a, m, n + 2)
        ),
    )

    def build(given: Given) -> Theorem:
        n, _m, a, distinct, ends, goal = given

        def inner(given: Given) -> Theorem:
            i, in_i, l, in_l, other, alive_i, alive_l, parallel, _ = given
            first, second = parts(use(ends, i, in_i, alive_i))[0], parts(use(ends, l, in_l, alive_l))[0]

            def found(mu: Expression, multiple: Theorem) -> Theorem:
                positive = _positive_factor(mu, use(multiple, n, arith(n < n + 2)), first, second)
                same = exists(nu, both(nu > 0, is_multiple(row(a, l), nu, row(a, i), n + 2)))
                return detach(
                    use(distinct, i, in_i, l, in_l, other, alive_i, alive_l),
                    witness(together(positive, multiple), same, mu),
                )

            return with_witness(parallel, found)

        return opened(goal, 8, inner)

    return opened(statement, 5, build).called("in the restricted space weights are pairwise independent")


def _positive_factor(mu: Expression, equal: Theorem, first: Theorem, second: Theorem) -> Theorem:
    """From y = mu x, x > 0, y > 0: mu > 0."""
    return split(
        trichotomy(mu, number(0)),
        lambda less: absurd(arith(FALSE, equal, first, second, less), mu > 0),
        lambda zero: absurd(_no_product(equal, zero, second), mu > 0),
        lambda more: restate(more, mu > 0),
    )


def _no_product(equal: Theorem, zero: Theorem, second: Theorem) -> Theorem:
    x = equal.conclusion.args[1].args[1]
    left = equal.conclusion.args[0]
    flat = certificate(eq(left, 0), [(equal,), (zero, x)])
    return arith(FALSE, flat, second)


@cache
def nowhere_opposite() -> Theorem:
    """In the restricted space no weights are opposite."""
    statement = forall(
        n,
        m,
        a,
        b,
        implies(has_positive_ends(a, m, n), has_positive_ends(b, m, n), is_nowhere_opposite(a, b, m, n + 2)),
    )

    def build(given: Given) -> Theorem:
        n, _m, _a, _b, ends_a, ends_b, goal = given

        def inner(given: Given) -> Theorem:
            i, in_i, p, in_p, alive, alive_p, opposite, _ = given
            first, second = parts(use(ends_a, i, in_i, alive))[0], parts(use(ends_b, p, in_p, alive_p))[0]

            def found(_mu: Expression, known: Theorem) -> Theorem:
                less, multiple = parts(known)
                return arith(FALSE, use(multiple, n, arith(n < n + 2)), first, second, less)

            return with_witness(opposite, found)

        return opened(goal, 7, inner)

    return opened(statement, 6, build).called("in the restricted space no weights are opposite")


@cache
def matches_once() -> Theorem:
    """With distinct directions nothing has two partners."""
    from .matching import is_partial_matching

    relation = function(i, p, matches(a, i, b, p, d))
    statement = forall(
        d,
        m,
        a,
        b,
        implies(is_independent(a, m, d), is_independent(b, m, d), is_partial_matching(relation, m)),
    )

    def build(given: Given) -> Theorem:
        d, _m, a, b, one, two, goal = given

        def right(given: Given) -> Theorem:
            i, p, q, _, in_p, in_q, first, second, goal = given
            alive, positive = parts(first)
            _, positive_too = parts(second)

            def found(_mu: Expression, known: Theorem) -> Theorem:
                def also(_nu: Expression, known_too: Theorem) -> Theorem:
                    return _same_place(
                        goal, (d, b, p, q), (in_p, in_q), (known, known_too, alive, row(a, i)), two
                    )

                return with_witness(positive_too, also)

            return with_witness(positive, found)

        def left(given: Given) -> Theorem:
            i, l, _p, in_i, in_l, _, first, second, goal = given
            alive, positive = parts(first)
            alive_l, positive_too = parts(second)

            def found(mu: Expression, known: Theorem) -> Theorem:
                def also(nu: Expression, known_too: Theorem) -> Theorem:
                    _more, multiple = parts(known)
                    more_too, multiple_too = parts(known_too)
                    # a_l = mu / nu a_i
                    inverse = use(axiom("inverse"), nu)
                    product = split(
                        inverse,
                        lambda zero: absurd(arith(FALSE, zero, more_too), eq(nu * INVERSE(nu), 1)),
                        lambda h: h,
                    )
                    ratio = mu * INVERSE(nu)
                    parallel = prove(
                        is_multiple(row(a, l), ratio, row(a, i), d),
                        lambda j, less, goal: certificate(
                            goal,
                            [
                                (use(multiple, j, less), INVERSE(nu)),
                                (use(multiple_too, j, less), -1 * INVERSE(nu)),
                                (product, -1 * a(l, j)),
                            ],
                        ),
                    )
                    return _equal_or_clash(
                        goal,
                        (i, l),
                        (in_i, in_l),
                        (alive, alive_l),
                        witness(parallel, _parallel(a, l, i, d), ratio),
                        one,
                    )

                return with_witness(positive_too, also)

            return with_witness(positive, found)

        return together(opened(goal.args[0], 8, right), opened(goal.args[1], 8, left))

    return opened(statement, 6, build).called("nothing matches twice")


def _parallel(a: Entry, l: Entry, i: Entry, d: Entry) -> Expression:
    from .names import is_parallel

    return is_parallel(row(a, l), row(a, i), d)


def _equal_or_clash(
    goal: Expression, places: Entry, inside: Entry, alive: Entry, parallel: Entry, independent: Entry
) -> Theorem:
    """From a_l = mu a_i, both not zero: i = l."""
    from ..kernel.rules import excluded_middle

    i, l = places
    return split(
        excluded_middle(goal),
        lambda h: h,
        lambda other: contradiction(
            goal, detach(use(independent, i, inside[0], l, inside[1], other, *alive), parallel)
        ),
    )


def _same_place(goal: Expression, terms: Entry, inside: Entry, facts: Entry, independent: Entry) -> Theorem:
    """From b_p = mu v, b_q = nu v, mu, nu > 0, v != 0: p = q."""
    d, b, p, q = terms
    known, known_too, alive, v = facts
    (more, multiple), (more_too, multiple_too) = parts(known), parts(known_too)
    mu, nu = more.conclusion.args[1], more_too.conclusion.args[1]
    product = split(
        use(axiom("inverse"), mu),
        lambda zero: absurd(arith(FALSE, zero, more), eq(mu * INVERSE(mu), 1)),
        lambda h: h,
    )
    ratio = nu * INVERSE(mu)
    parallel = prove(
        is_multiple(row(b, q), ratio, row(b, p), d),
        lambda j, less, goal: certificate(
            goal,
            [(use(multiple_too, j, less),), (product, -1 * nu * v(j)), (use(multiple, j, less), -1 * ratio)],
        ),
    )

    def stays(at: Entry, factor: Entry, positive: Entry, multiple: Entry) -> Theorem:
        return prove(
            negation(is_zero(row(b, at), d)),
            lambda zero, _: arith(
                FALSE, positive, use(zero_factor(), d, v, row(b, at), factor, alive, multiple, zero)
            ),
        )

    nonzero = stays(p, mu, more, multiple), stays(q, nu, more_too, multiple_too)
    return _equal_or_clash(
        goal, (p, q), inside, nonzero, witness(parallel, _parallel(b, q, p, d), ratio), independent
    )


@cache
def reordered() -> Theorem:
    """A permutation of the neurons keeps the realization."""
    from .matching import is_permutation, pi

    first, second = (function(i, j, f(pi(i), j)) for f in (b, e))
    statement = forall(
        m, d, D, b, e, pi, implies(is_permutation(pi, m), same_realization(first, second, b, e, m, d, D))
    )

    def build(given: Given) -> Theorem:
        m, d, _D, b, e, pi, permutation, goal = given
        inside, one_to_one, _ = parts(permutation)

        def at(given: Given) -> Theorem:
            x, k, _, goal = given
            from .names import RELU, dot

            term = function(i, e(i, k) * RELU(dot(row(b, i), x, d)))
            return restate(use(axiom("a sum in another order"), m, pi, term, inside, one_to_one), goal)

        return opened(goal, 3, at)

    return opened(statement, 7, build).called("a permutation of the neurons keeps the realization")


@cache
def squares_near() -> Theorem:
    """Theorem 3.3 by squares: a permutation of Theta differs by squares of at most 8 delta."""
    from .matching import is_permutation, pi

    d = n + 2
    weights = below(j, d, (b(pi(i), j) - a(i, j)) ** 2 <= 8 * delta)
    coefficients = below(k, D, (e(pi(i), k) - c(i, k)) ** 2 <= 8 * delta)
    conclusion = exists(pi, both(is_permutation(pi, m), below(i, m, both(weights, coefficients))))
    statement = forall(
        H,
        n,
        m,
        D,
        a,
        c,
        b,
        e,
        delta,
        implies(
            is_step(H),
            delta >= 0,
            is_restricted(a, c, m, n, D),
            is_restricted(b, e, m, n, D),
            realizations_near(a, c, b, e, m, d, D, delta, H),
            conclusion,
        ),
    )

    def build(given: Given) -> Theorem:
        H, n, m, D, a, c, b, e, delta, step, at_least, gamma, theta, near, goal = given
        d = n + 2
        balanced, distinct, ends = parts(gamma)
        balanced_too, distinct_too, ends_too = parts(theta)
        one, two = (
            use(independent(), n, m, a, distinct, ends),
            use(independent(), n, m, b, distinct_too, ends_too),
        )
        opposite = use(nowhere_opposite(), n, m, a, b, ends, ends_too)
        relation = function(i, p, matches(a, i, b, p, d))
        permuted = use(matching(), m, relation, use(matches_once(), d, m, a, b, one, two))

        def comparison(k: Expression, in_k: Theorem) -> list[Theorem]:
            return parts(
                use(
                    compared(),
                    H,
                    d,
                    delta,
                    m,
                    a,
                    column(c, k),
                    b,
                    column(e, k),
                    step,
                    at_least,
                    use(near, k, in_k),
                    one,
                    two,
                    opposite,
                )
            )

        def found(pi: Expression, known: Theorem) -> Theorem:
            permutation, partners = parts(known)
            inside = parts(permutation)[0]

            def each(i: Expression, in_i: Theorem, goal: Expression) -> Theorem:
                in_p = use(inside, i, in_i)
                p = pi(i)

                def with_norm(nu: Expression, of_i: Theorem) -> Theorem:
                    def with_other(xi: Expression, of_p: Theorem) -> Theorem:
                        data = (a, c, b, e, i, p, nu, xi, d, D, delta)
                        return split(
                            use(partners, i, in_i),
                            lambda mate: _matched(
                                goal,
                                data,
                                (of_i, of_p),
                                mate,
                                lambda k, in_k: use(comparison(k, in_k)[0], i, in_i, p, in_p, mate),
                            ),
                            lambda none: _unmatched(
                                goal,
                                data,
                                (of_i, of_p),
                                lambda k, in_k: use(comparison(k, in_k)[1], i, in_i, parts(none)[0]),
                                lambda k, in_k: use(comparison(k, in_k)[2], p, in_p, parts(none)[1]),
                            ),
                        )

                    return with_witness(use(balanced_too, p, in_p), with_other)

                return with_witness(use(balanced, i, in_i), with_norm)

            wanted = opened_exists(goal, pi).args[1]
            return witness(together(permutation, prove(wanted, each)), goal, pi)

        return with_witness(permuted, found)

    return opened(statement, 14, build).called("Theorem 3.3 by squares")


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


@cache
def theorem_3_3(factor: Expression, squared: int) -> Theorem:
    """Theorem 3.3 with a constant ``factor`` >= 0 with ``factor``^2 = ``squared`` >= 8."""
    statement = theorem_3_3_statement(factor)

    def build(given: Given) -> Theorem:
        H, n, m, D, a, c, b, e, delta, step, at_least, gamma, theta, near, goal = given
        d = n + 2
        best = use(squares_near(), H, n, m, D, a, c, b, e, delta, step, at_least, gamma, theta, near)

        def found(pi: Expression, known: Theorem) -> Theorem:
            permutation, squares = parts(known)
            phi, coefficients = (function(i, j, family(pi(i), j)) for family in (b, e))
            member, same, close = opened_exists(goal, phi, coefficients).args
            realizes = use(reordered(), m, d, D, b, e, pi, permutation)
            inside = use(permuted_is_restricted(), n, m, D, b, e, pi, permutation, theta)
            bound = _bound(factor, squared, delta, at_least)
            near_too = prove(
                close,
                lambda i, in_i, goal: together(
                    *(
                        _each(part, square, bound)
                        for part, square in zip(goal.args, parts(use(squares, i, in_i)), strict=True)
                    )
                ),
            )
            return witness(
                together(restate(inside, member), restate(realizes, same), near_too), goal, phi, coefficients
            )

        return with_witness(best, found)

    return opened(statement, 14, build)


def _each(goal: Expression, squares: Theorem, bound: Entry) -> Theorem:
    return prove(goal, lambda j, less, goal: bound(goal, use(squares, j, less)))


def _bound(factor: Entry, squared: Entry, delta: Entry, at_least: Entry) -> Entry:
    """Return what makes |t| <= factor sqrt(delta) from t^2 <= 8 delta."""
    root, root_square = parts(use(axiom("square root"), delta, at_least))
    positive, factor_square = _size_of(factor, squared)

    def bound(goal: Expression, small: Theorem) -> Theorem:
        term = goal.args[0].args[1]
        size, limit = goal.args
        sizes = parts(use(abs_facts(), term))
        above = arith(limit >= 0, root, positive)
        first = certificate(
            eq(limit**2, squared * delta), [(factor_square, ROOT(delta) ** 2), (root_square, squared)]
        )
        least = arith(size**2 <= limit**2, small, sizes[3], first, at_least, degree=1)
        return use(root_monotone(), size, limit, above, least)

    return bound


def _size_of(factor: Expression, squared: int) -> tuple[Theorem, Theorem]:
    """Return factor >= 0 and factor^2 = squared, for a number or 2 sqrt(2)."""
    if factor.op == "number":
        return arith(factor >= 0), arith(eq(factor**2, squared))
    root, root_square = parts(use(axiom("square root"), 2, arith(number(2) >= 0)))
    return arith(factor >= 0, root), certificate(eq(factor**2, squared), [(root_square, 4)])


@cache
def permuted_is_restricted() -> Theorem:
    """A permutation of the neurons stays in the restricted space."""
    from .matching import is_permutation, pi

    first, second = (function(i, j, f(pi(i), j)) for f in (b, e))
    statement = forall(
        n,
        m,
        D,
        b,
        e,
        pi,
        implies(is_permutation(pi, m), is_restricted(b, e, m, n, D), is_restricted(first, second, m, n, D)),
    )

    def build(given: Given) -> Theorem:
        _n, _m, _D, _b, _e, pi, permutation, member, goal = given
        inside, one_to_one, _ = parts(permutation)
        balanced, distinct, ends = parts(member)
        first = prove(goal.args[0], lambda i, less, _goal: use(balanced, pi(i), use(inside, i, less)))

        def directions(given: Given) -> Theorem:
            i, in_i, l, in_l, other, *rest, _goal = given
            different = prove(
                differs(pi(i), pi(l)),
                lambda equal, _: detach(other, use(one_to_one, i, l, in_i, in_l, equal)),
            )
            return use(distinct, pi(i), use(inside, i, in_i), pi(l), use(inside, l, in_l), different, *rest)

        second = opened(goal.args[1], 7, directions)
        third = prove(
            goal.args[2], lambda i, less, alive, _goal: use(ends, pi(i), use(inside, i, less), alive)
        )
        return together(first, second, third)

    return opened(statement, 8, build).called("a permutation of the neurons stays in the restricted space")


SHARP = 2 * ROOT(number(2))
"""2 sqrt(2)"""
