"""In the restricted space nothing has two partners, and a permutation keeps the realization."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, absurd, detach, restate, together, witness
from ..proving.certificates import arith
from ..proving.tactics import contradiction, parts, prove, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    Expression,
    eq,
    forall,
    function,
    implies,
    negation,
)
from ..statements.functions import INVERSE
from .comparison import matches
from .independent_jumps import is_independent, zero_factor
from .names import (
    a,
    b,
    d,
    differs,
    i,
    is_multiple,
    is_zero,
    j,
    m,
    n,
    row,
)
from .opening import Entry, Given, opened
from .restricted_space import D, e, is_restricted, p, same_realization


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
    from .swaps import is_permutation, pi

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
def permuted_is_restricted() -> Theorem:
    """A permutation of the neurons stays in the restricted space."""
    from .swaps import is_permutation, pi

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
