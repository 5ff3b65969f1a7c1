"""Finite one-to-one maps are permutations, and have inverses."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom
from ..kernel.rules import (
    Theorem,
    absurd,
    choice,
    detach,
    excluded_middle,
    restate,
    together,
    witness,
)
from ..proving.certificates import arith
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
    number,
    variable,
)
from .functions import decided
from .independent_jumps import no_terms, single_term
from .names import (
    below,
    differs,
    i,
    m,
)
from .opening import Entry, Given, opened, opened_exists
from .swaps import is_permutation, pi, rho

p, q = variable("p", NATURAL), variable("q", NATURAL)
sign, lam = variable("s", REAL, NATURAL), variable("lambda", REAL, NATURAL)
sigma, factor = variable("sigma", NATURAL, NATURAL), variable("mu", REAL, NATURAL)


@cache
def pigeonhole() -> Theorem:
    """A one-to-one map of {0, ..., m - 1} into itself is onto."""
    inside = below(i, m, pi(i) < m)
    i2 = variable("i'", NATURAL)
    one_to_one = forall(i, i2, implies(i < m, i2 < m, eq(pi(i), pi(i2)), eq(i, i2)))
    statement = forall(m, pi, implies(inside, one_to_one, is_permutation(pi, m)))

    def build(given: Given) -> Theorem:
        m, pi, inside, one_to_one, goal = given
        onto = goal.args[2]

        def at(given: Given) -> Theorem:
            p, in_p, goal = given
            indicator = decided(eq(i, p), number(1), number(0), (i,))

            def missing(none: Theorem) -> Theorem:
                def with_indicator(f: Expression, known: Theorem) -> Theorem:
                    term = function(i, f(pi(i)))
                    zeros = prove(
                        below(i, m, eq(term(i), 0)),
                        lambda i, less, goal: _missed(goal, i, less, none, use(known, pi(i)), p, pi),
                    )
                    nothing = use(no_terms(), term, m, zeros)
                    rest = prove(
                        below(i, m, implies(differs(i, p), eq(f(i), 0))),
                        lambda i, _, other, goal: restate(use(parts(use(known, i))[1], other), goal),
                    )
                    single = use(single_term(), f, p, m, in_p, rest)
                    one = use(parts(use(known, p))[0], arith(eq(p, p)))
                    order = use(axiom("a sum in another order"), m, pi, f, inside, one_to_one)
                    return contradiction(goal, arith(FALSE, nothing, single, one, order, degree=1))

                return with_witness(indicator, with_indicator)

            return split(excluded_middle(goal), lambda h: h, missing)

        return together(inside, one_to_one, opened(onto, 2, at))

    return opened(statement, 4, build).called("a one-to-one map of a finite set into itself is onto")


def _missed(
    goal: Expression, i: Entry, less: Entry, none: Entry, known: Entry, p: Entry, pi: Entry
) -> Theorem:
    off = prove(
        differs(pi(i), p),
        lambda equal, _: detach(none, witness(together(less, equal), none.conclusion.args[0], i)),
    )
    return restate(use(parts(known)[1], off), goal)


@cache
def inverse_permutation() -> Theorem:
    """A permutation has an inverse."""
    back = below(p, m, eq(pi(rho(p)), p))
    forth = below(i, m, eq(rho(pi(i)), i))
    statement = forall(
        m, pi, implies(is_permutation(pi, m), exists(rho, both(is_permutation(rho, m), back, forth)))
    )

    def build(given: Given) -> Theorem:
        m, pi, permutation, goal = given
        inside, one_to_one, onto = parts(permutation)
        each = forall(p, exists(i, implies(p < m, both(i < m, eq(pi(i), p)))))

        def at(p: Expression, goal: Expression) -> Theorem:
            def inner(less: Theorem) -> Theorem:
                def found(i: Expression, known: Theorem) -> Theorem:
                    body = opened_exists(goal, i)
                    return witness(prove(body, lambda _, goal: restate(known, goal)), goal, i)

                return with_witness(use(onto, p, less), found)

            def outside(at_most: Theorem) -> Theorem:
                body = opened_exists(goal, number(0))
                return witness(
                    prove(body, lambda less, goal: absurd(arith(FALSE, less, at_most), goal)), goal, 0
                )

            return split(compare(m, p), outside, inner)

        def found(rho: Expression, known: Theorem) -> Theorem:
            stays = prove(below(i, m, rho(i) < m), lambda p, less, _goal: parts(use(known, p, less))[0])
            back = prove(below(p, m, eq(pi(rho(p)), p)), lambda p, less, _goal: parts(use(known, p, less))[1])

            def returns(i: Expression, less: Theorem, _goal: Expression) -> Theorem:
                at_image = use(inside, i, less)
                return use(
                    one_to_one, rho(pi(i)), i, use(stays, pi(i), at_image), less, use(back, pi(i), at_image)
                )

            forth = prove(below(i, m, eq(rho(pi(i)), i)), returns)

            def different(given: Given) -> Theorem:
                p, q, in_p, in_q, equal, goal = given
                same = rewrite(equal, lambda z: eq(pi(rho(p)), pi(z)), arith(eq(pi(rho(p)), pi(rho(p)))))
                return arith(goal, same, use(back, p, in_p), use(back, q, in_q), degree=1)

            wanted = opened_exists(goal, rho).args[0]
            one = opened(wanted.args[1], 5, different)
            onto_too = prove(
                wanted.args[2],
                lambda i, less, goal: witness(
                    together(use(inside, i, less), use(forth, i, less)), goal, pi(i)
                ),
            )
            return witness(together(together(stays, one, onto_too), back, forth), goal, rho)

        return with_witness(choice(prove(each, at)), found)

    return opened(statement, 3, build).called("a permutation has an inverse")
