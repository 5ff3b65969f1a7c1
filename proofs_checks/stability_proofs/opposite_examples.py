"""Examples 2.4 and 2.5: opposite directions in one parametrization, and between two."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, absurd, choice, detach, restate, together, witness
from ..proving.certificates import arith
from ..proving.lemmas import abs_facts, abs_of_product, sum_equal, sum_monotone, sum_not_negative
from ..proving.tactics import compare, contradiction, parts, prove, rewrite, split, use, with_witness
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
    total,
    variable,
)
from ..statements.functions import ABS, RELU
from .examples import step_bounds
from .flips import relu_of_sign
from .hyperplanes import across
from .independent_jumps import is_independent
from .names import (
    H,
    a,
    b,
    below,
    d,
    dot,
    e,
    i,
    is_parallel,
    is_step,
    is_zero,
    j,
    k,
    m,
    mu,
    n,
    network,
    row,
    some_below,
    v,
    x,
)
from .opening import Entry, Given, opened, opened_exists
from .partners import partner_exists
from .restricted_space import is_norm
from .small_steps import positive_inverse, small_step

kappa, bound = variable("kappa", REAL), variable("C", REAL)
p = variable("p", NATURAL)
far_of = variable("f", REAL, NATURAL)


@cache
def far_from_line() -> Theorem:
    """A vector that is no multiple of v != 0 has a positive distance from the line of v."""
    u = variable("u", REAL, NATURAL)
    away = forall(mu, some_below(j, d, ABS(u(j) - mu * v(j)) >= bound))
    statement = forall(
        d,
        v,
        u,
        implies(
            negation(is_zero(v, d)), negation(is_parallel(u, v, d)), exists(bound, both(bound > 0, away))
        ),
    )

    def build(given: Given) -> Theorem:
        d, v, u, nonzero, separate, goal = given

        def found(q: Expression, known: Theorem) -> Theorem:
            orthogonal, positive = parts(known)
            sizes = function(j, ABS(q(j)))
            least = prove(
                below(j, d, sizes(j) >= 0), lambda j, _, goal: restate(parts(use(abs_facts(), q(j)))[0], goal)
            )
            width = total(j, d, sizes(j)) + 1
            width_positive = arith(width > 0, use(sum_not_negative(), sizes, d, least), degree=1)

            def with_inverse(nu: Expression, facts: Theorem) -> Theorem:
                nu_positive, product = parts(facts)
                limit = dot(u, q, d) * nu

                def at(mu: Expression, goal: Expression) -> Theorem:
                    from ..kernel.rules import excluded_middle

                    def near(none: Theorem) -> Theorem:
                        left = function(j, (u(j) - mu * v(j)) * q(j))
                        right = function(j, limit * sizes(j))

                        def term(j: Expression, less: Theorem, goal: Expression) -> Theorem:
                            gap = u(j) - mu * v(j)
                            small = split(
                                compare(limit, ABS(gap)),
                                lambda far: contradiction(
                                    ABS(gap) <= limit,
                                    detach(
                                        none,
                                        witness(
                                            together(less, restate(far, ABS(gap) >= limit)),
                                            none.conclusion.args[0],
                                            j,
                                        ),
                                    ),
                                ),
                                lambda close: arith(ABS(gap) <= limit, close),
                            )
                            size = use(abs_of_product(), gap, q(j))
                            top = parts(use(abs_facts(), gap * q(j)))[1]
                            grown = arith(
                                ABS(gap) * ABS(q(j)) <= limit * ABS(q(j)),
                                small,
                                parts(use(abs_facts(), q(j)))[0],
                            )
                            return arith(goal, size, top, grown, degree=1)

                        whole = use(
                            sum_monotone(), left, right, d, prove(below(j, d, left(j) <= right(j)), term)
                        )
                        exact = certificate(eq(limit * width, dot(u, q, d)), [(product, dot(u, q, d))])
                        value = arith(eq(total(j, d, left(j)), dot(u, q, d)), orthogonal, multipliers=[mu])
                        limit_positive = arith(limit > 0, positive, nu_positive)
                        return contradiction(
                            goal, arith(FALSE, whole, exact, value, limit_positive, degree=1)
                        )

                    return split(excluded_middle(goal), lambda h: h, near)

                body = opened_exists(goal, limit).args[1]
                return witness(
                    together(arith(limit > 0, positive, nu_positive), prove(body, at)), goal, limit
                )

            return with_witness(use(positive_inverse(), width, width_positive), with_inverse)

        return with_witness(use(across(), d, v, u, nonzero, separate), found)

    return opened(statement, 5, build).called("a vector beside a line has a positive distance from it")


def example_2_4_statement(distance: Entry = 1) -> Expression:
    """Return Example 2.4 for all m, a_1, ..., a_m and v; kappa = 1/k, Phi with any number of neurons."""
    zero = forall(
        x,
        eq(total(i, m, RELU(dot(row(a, i), x, d))) - total(i, m, RELU(-1 * dot(row(a, i), x, d))), 0),
    )
    entries = forall(
        H, x, implies(is_step(H), below(j, d, ABS(kappa * v(j) * H(dot(v, x, d))) <= distance * kappa))
    )
    attained = some_below(j, d, eq(ABS(kappa * v(j) * number(1)), distance * kappa))
    same = forall(x, eq(network(e, b, x, n, d), kappa * RELU(dot(v, x, d))))
    away = [some_below(j, d, ABS(b(p, j) - sign * a(i, j)) >= bound) for sign in (1, -1)]
    fibre = forall(n, b, e, implies(same, some_below(p, n, below(i, m, both(*away)))))
    family = forall(kappa, implies(kappa > 0, both(entries, attained, fibre)))
    separate = below(i, m, negation(is_parallel(row(a, i), v, d)))
    return forall(
        d,
        m,
        a,
        v,
        implies(
            is_independent(a, m, d),
            below(j, d, eq(total(i, m, a(i, j)), 0)),
            is_norm(number(1), v, d),
            separate,
            both(zero, exists(bound, both(bound > 0, family))),
        ),
    )


@cache
def example_2_4() -> Theorem:
    """Example 2.4."""

    def build(given: Given) -> Theorem:
        d, m, a, v, _, sums, norm, separate, goal = given
        zero, family = goal.args
        inside, attained = parts(norm)

        def vanishes(x: Expression, goal: Expression) -> Theorem:
            left = function(i, RELU(dot(row(a, i), x, d)) - RELU(-1 * dot(row(a, i), x, d)))
            right = function(i, dot(row(a, i), x, d))

            def term(i: Expression, _less: Theorem, goal: Expression) -> Theorem:
                value = dot(row(a, i), x, d)
                flipped = use(relu_of_sign(), -1, value, _is_sign())
                return arith(goal, flipped, degree=1)

            equal = use(sum_equal(), left, right, m, prove(below(i, m, eq(left(i), right(i))), term))
            from .independent_jumps import no_terms

            columns = function(j, x(j) * total(i, m, a(i, j)))
            zeros = prove(
                below(j, d, eq(columns(j), 0)),
                lambda j, less, goal: certificate(goal, [(use(sums, j, less), x(j))]),
            )
            return arith(goal, equal, use(no_terms(), columns, d, zeros), degree=1)

        alive = prove(
            negation(is_zero(v, d)),
            lambda flat, _: with_witness(attained, lambda j, facts: _not_one(flat, j, facts, v)),
        )

        distances = forall(
            i,
            exists(
                bound,
                implies(
                    i < m, both(bound > 0, forall(mu, some_below(j, d, ABS(a(i, j) - mu * v(j)) >= bound)))
                ),
            ),
        )

        def distance(i: Expression, goal: Expression) -> Theorem:
            def within(less: Theorem) -> Theorem:
                return with_witness(
                    use(far_from_line(), d, v, row(a, i), alive, use(separate, i, less)),
                    lambda top, known: witness(
                        prove(opened_exists(goal, top), lambda _, goal: restate(known, goal)), goal, top
                    ),
                )

            def outside(at_most: Theorem) -> Theorem:
                body = opened_exists(goal, number(0))
                return witness(
                    prove(body, lambda less, goal: absurd(arith(FALSE, less, at_most), goal)), goal, 0
                )

            return split(compare(m, i), outside, within)

        def with_distances(far_of: Expression, known: Theorem) -> Theorem:
            small = use(small_step(), m, function(i, number(1)), far_of)

            def with_least(least: Expression, facts: Theorem) -> Theorem:
                positive, below_all = parts(facts)
                body = opened_exists(family, least).args[1]
                proved = opened(
                    body,
                    2,
                    lambda given: _family(
                        given,
                        (d, m, a, v, least),
                        (inside, attained, alive),
                        lambda i, less: _nearer(known, below_all, i, less, least, positive),
                    ),
                )
                return witness(together(positive, proved), family, least)

            return with_witness(small, with_least)

        return together(
            prove(zero, vanishes), with_witness(choice(prove(distances, distance)), with_distances)
        )

    return opened(example_2_4_statement(), 8, build).called("Example 2.4")


def _is_sign() -> Theorem:
    from ..kernel.rules import weaken
    from ..statements.expressions import either

    return weaken(arith(eq(number(-1), -1)), either(eq(number(-1), 1), eq(number(-1), -1)))


def _not_one(flat: Theorem, j: Expression, facts: Theorem, v: Expression) -> Theorem:
    less, size = parts(facts)
    value = use(flat, j, less)
    nothing = use(parts(use(axiom("abs"), 0))[0], arith(number(0) <= 0))
    moved = rewrite(
        arith(eq(0, v(j)), value), lambda z: eq(ABS(z), 0), restate(nothing, eq(ABS(number(0)), 0))
    )
    return arith(FALSE, moved, size)


def _nearer(
    known: Theorem, below_all: Theorem, i: Expression, less: Theorem, least: Expression, positive: Theorem
) -> Theorem:
    """The least distance is below that of a_i: some entry of a_i - mu v is at least it, for all mu."""
    own_positive, away = parts(use(known, i, less))
    smaller = use(below_all, least, positive, arith(least <= least), i, less, own_positive)
    body = away.conclusion
    name = variable("mu", REAL)
    wanted_at = opened_exists(body, name)
    del wanted_at

    def at(mu: Expression, goal: Expression) -> Theorem:
        def found(j: Expression, facts: Theorem) -> Theorem:
            in_d, large = parts(facts)
            inner = opened_exists(goal, j).args[1]
            return witness(together(in_d, arith(inner, large, smaller, degree=1)), goal, j)

        return with_witness(use(away, mu), found)

    limit = body.args[0].args[0].args[1].args[0]
    del limit
    return prove(_with_bound(body, least), at)


def _with_bound(body: Expression, least: Expression) -> Expression:
    """Return "for all mu some entry is >= least" from the same with another bound."""
    name, place = variable("mu", REAL), variable("j", NATURAL)
    some = opened_exists(body, name)
    inside, large = opened_exists(some, place).args
    return forall(name, exists(place, both(inside, large.args[1] >= least)))


def _family(given: Given, terms: Given, facts: Given, away: Entry) -> Theorem:
    d, _m, a, v, _least = terms
    inside, attained, alive = facts
    kappa, positive, goal = given
    entries, reached, fibre = goal.args

    def entry(given: Given) -> Theorem:
        H, x, step, j, less, goal = given
        value = H(dot(v, x, d))
        bounds = parts(use(step_bounds(), H, dot(v, x, d), step))
        signs = parts(use(abs_facts(), v(j)))[1:3]
        unit = use(inside, j, less)
        upper, lower = arith(v(j) <= 1, unit, signs[0]), arith(-1 * v(j) <= 1, unit, signs[1])
        scaled = arith(kappa * value <= kappa, bounds[1], positive)
        product = arith(kappa * value >= 0, bounds[0], positive)
        first = arith(kappa * v(j) * value <= kappa * value, upper, product)
        second = arith(-1 * kappa * v(j) * value <= kappa * value, lower, product)
        from .examples import _size

        return _size(goal, first, second, scaled)

    def reach(j: Expression, facts: Theorem) -> Theorem:
        less, size = parts(facts)
        product = use(abs_of_product(), kappa, v(j))
        absolute = use(parts(use(axiom("abs"), kappa))[0], arith(kappa >= 0, positive))
        inner = opened_exists(reached, j).args[1]
        return witness(
            together(less, arith(inner, product, absolute, size, multipliers=[kappa, ABS(v(j)), ABS(kappa)])),
            reached,
            j,
        )

    def far(given: Given) -> Theorem:
        n, b, e, same, goal = given
        single_row, single = function(i, j, v(j)), function(i, k, kappa)
        independent = opened(
            is_independent(single_row, number(1), d),
            7,
            lambda given: contradiction(
                given[-1], detach(given[4], arith(eq(given[0], given[2]), *_both_zero(given)))
            ),
        )
        coefficient = prove(
            negation(is_zero(row(single, variable("i", NATURAL)), number(1))),
            lambda flat, _: arith(FALSE, use(flat, 0, arith(number(0) < 1)), positive),
        )
        del coefficient
        from .partners import has_no_zero_neuron

        alive_all = prove(
            has_no_zero_neuron(single_row, single, number(1), d, number(1)),
            lambda _i, _, goal: together(
                restate(alive, goal.args[0]),
                prove(
                    goal.args[1], lambda flat, _: arith(FALSE, use(flat, 0, arith(number(0) < 1)), positive)
                ),
            ),
        )
        matrix = function(i, k, e(i))
        realizes = forall(
            k, implies(k < number(1), forall(x, eq(kappa * RELU(dot(v, x, d)), network(e, b, x, n, d))))
        )
        by_output = prove(realizes, lambda _k, _, x, goal: arith(goal, use(same, x), degree=1))
        partners = partner_exists()
        wanted = use(partners, d, 1, n, 1, single_row, single, b, matrix, independent, alive_all)
        found_all = use(wanted, restate(by_output, wanted.conclusion.args[0]))
        own = use(found_all, 0, arith(number(0) < 1))

        def found(p: Expression, known: Theorem) -> Theorem:
            in_n, rest = parts(known)

            def with_factor(mu: Expression, facts: Theorem) -> Theorem:
                _, line = parts(facts)
                body = opened_exists(goal, p).args[1]

                def each(i: Expression, less: Theorem, goal: Expression) -> Theorem:
                    every = away(i, less)
                    return together(
                        *(
                            _apart(part, use(every, sign * mu), line, sign, (a, b, v, i, p, mu))
                            for part, sign in zip(goal.args, (1, -1), strict=True)
                        )
                    )

                return witness(together(in_n, prove(body, each)), goal, p)

            return with_witness(rest, with_factor)

        return with_witness(own, found)

    return together(opened(entries, 5, entry), with_witness(attained, reach), opened(fibre, 4, far))


def _both_zero(given: Given) -> list[Theorem]:
    """From i < 1 and l < 1: i = 0 = l."""
    from ..proving.tactics import below as values

    return [values(given[0], 1, given[1]), values(given[2], 1, given[3])]


def _apart(goal: Expression, away: Theorem, line: Theorem, sign: int, terms: Given) -> Theorem:
    """From |a_ij - sign mu v_j| >= C and b_pj = mu v_j: |b_pj - sign a_ij| >= C."""
    a, b, v, i, p, mu = terms

    def found(j: Expression, facts: Theorem) -> Theorem:
        less, large = parts(facts)
        inner = opened_exists(goal, j).args[1]
        entry = use(line, j, less)
        # b_pj - sign a_ij = -sign (a_ij - sign mu v_j)
        old, new = a(i, j) - sign * mu * v(j), b(p, j) - sign * a(i, j)
        turned = certificate(eq(-sign * old, new), [(entry, -1)])
        from .neuron_jumps import abs_of_opposite

        size = use(abs_of_opposite(), old) if sign == 1 else arith(eq(ABS(old), ABS(old)))
        moved = rewrite(turned, lambda z: eq(ABS(z), ABS(old)), restate(size, eq(ABS(-sign * old), ABS(old))))
        return witness(together(less, arith(inner, large, moved, degree=1)), goal, j)

    return with_witness(away, found)
