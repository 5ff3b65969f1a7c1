"""Permutations, and two of their values exchanged."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ..kernel.rules import (
    Theorem,
    choice,
    detach,
    excluded_middle,
    together,
    witness,
)
from ..proving.certificates import arith
from ..proving.tactics import contradiction, parts, prove, rewrite, split, use, with_witness
from ..statements.expressions import (
    NATURAL,
    Expression,
    both,
    eq,
    exists,
    forall,
    implies,
    variable,
)
from .names import below, differs, i, k, m, some_below
from .opening import Entry, Given, opened

pi, rho = variable("pi", NATURAL, NATURAL), variable("rho", NATURAL, NATURAL)
p, r, s = (variable(name, NATURAL) for name in "prs")
i2, p2 = variable("i'", NATURAL), variable("p'", NATURAL)


def is_permutation(pi: Expression, m: Expression) -> Expression:
    """Return: pi maps {0, ..., m - 1} to itself, one to one and onto."""
    inside = below(i, m, pi(i) < m)
    onto = below(p, m, some_below(i, m, eq(pi(i), p)))
    return both(inside, is_one_to_one(pi, m), onto)


def is_one_to_one(pi: Expression, m: Expression) -> Expression:
    """Return: pi is one to one below m."""
    return forall(i, i2, implies(i < m, i2 < m, eq(pi(i), pi(i2)), eq(i, i2)))


@cache
def swap() -> Theorem:
    """There is pi' with pi'(r) = pi(s), pi'(s) = pi(r), and pi' = pi elsewhere."""
    elsewhere = forall(i, implies(differs(i, r), differs(i, s), eq(rho(i), pi(i))))
    statement = forall(pi, r, s, exists(rho, both(eq(rho(r), pi(s)), eq(rho(s), pi(r)), elsewhere)))

    def build(pi: Expression, r: Expression, s: Expression, goal: Expression) -> Theorem:
        body = both(
            implies(eq(i, r), eq(k, pi(s))),
            implies(eq(i, s), eq(k, pi(r))),
            implies(differs(i, r), differs(i, s), eq(k, pi(i))),
        )

        def value(i: Expression, goal: Expression) -> Theorem:
            def at_r(equal: Theorem) -> Theorem:
                def second(same: Theorem) -> Theorem:
                    # i = s too, so that pi(r) = pi(s)
                    return _equal_values(pi, s, r, arith(eq(r, s), equal, same))

                one = prove(implies(eq(i, r), eq(pi(s), pi(s))), lambda _, goal: arith(goal))
                two = prove(implies(eq(i, s), eq(pi(s), pi(r))), lambda same, _goal: second(same))
                three = prove(
                    implies(differs(i, r), differs(i, s), eq(pi(s), pi(i))),
                    lambda off, _, goal: contradiction(goal, detach(off, equal)),
                )
                return witness(together(one, two, three), goal, pi(s))

            def at_s(equal: Theorem, off: Theorem) -> Theorem:
                one = prove(
                    implies(eq(i, r), eq(pi(r), pi(s))),
                    lambda same, goal: contradiction(goal, detach(off, same)),
                )
                two = prove(implies(eq(i, s), eq(pi(r), pi(r))), lambda _, goal: arith(goal))
                three = prove(
                    implies(differs(i, r), differs(i, s), eq(pi(r), pi(i))),
                    lambda _, off, goal: contradiction(goal, detach(off, equal)),
                )
                return witness(together(one, two, three), goal, pi(r))

            def at_none(off: Theorem, off_too: Theorem) -> Theorem:
                one = prove(
                    implies(eq(i, r), eq(pi(i), pi(s))),
                    lambda same, goal: contradiction(goal, detach(off, same)),
                )
                two = prove(
                    implies(eq(i, s), eq(pi(i), pi(r))),
                    lambda same, goal: contradiction(goal, detach(off_too, same)),
                )
                three = prove(
                    implies(differs(i, r), differs(i, s), eq(pi(i), pi(i))), lambda _a, _b, goal: arith(goal)
                )
                return witness(together(one, two, three), goal, pi(i))

            return split(
                excluded_middle(eq(i, r)),
                at_r,
                lambda off: split(
                    excluded_middle(eq(i, s)), lambda e: at_s(e, off), lambda off_too: at_none(off, off_too)
                ),
            )

        def found(rho: Expression, known: Theorem) -> Theorem:
            first = use(parts(use(known, r))[0], arith(eq(r, r)))
            second = use(parts(use(known, s))[1], arith(eq(s, s)))
            rest = prove(
                forall(i, implies(differs(i, r), differs(i, s), eq(rho(i), pi(i)))),
                lambda i, off, off_too, _goal: use(parts(use(known, i))[2], off, off_too),
            )
            return witness(together(first, second, rest), goal, rho)

        return with_witness(choice(prove(forall(i, exists(k, body)), value)), found)

    return prove(statement, build).called("two values are exchanged")


def _same(term: Expression) -> Theorem:
    return arith(eq(term, term))


def _equal_values(pi: Expression, s: Expression, r: Expression, equal: Theorem) -> Theorem:
    """From r = s: pi(s) = pi(r)."""
    return rewrite(arith(eq(s, r), equal), lambda z: eq(pi(s), pi(z)), _same(pi(s)))


@cache
def swapped_is_permutation() -> Theorem:
    """A permutation with two values exchanged is one."""
    elsewhere = forall(i, implies(differs(i, r), differs(i, s), eq(rho(i), pi(i))))
    exchanged = both(eq(rho(r), pi(s)), eq(rho(s), pi(r)), elsewhere)
    statement = forall(
        m, pi, rho, r, s, implies(is_permutation(pi, m), r < m, s < m, exchanged, is_permutation(rho, m))
    )

    def build(given: Given) -> Entry:
        m, pi, rho, r, s, permutation, in_r, in_s, exchanged, _goal = given
        inside, one_to_one, onto = parts(permutation)
        at_r, at_s, elsewhere = parts(exchanged)

        def old_place(
            i: Expression, less: Theorem, then: Callable[[Expression, Theorem, Theorem, str], Theorem]
        ) -> Theorem:
            """Call ``then`` with the place at which pi has the value rho(i), in each case."""

            def in_r_case(equal: Theorem) -> Theorem:
                value = rewrite(arith(eq(r, i), equal), lambda z: eq(rho(z), pi(s)), at_r)
                return then(s, in_s, value, "r")

            def in_s_case(equal: Theorem) -> Theorem:
                value = rewrite(arith(eq(s, i), equal), lambda z: eq(rho(z), pi(r)), at_s)
                return then(r, in_r, value, "s")

            return split(
                excluded_middle(eq(i, r)),
                in_r_case,
                lambda off: split(
                    excluded_middle(eq(i, s)),
                    in_s_case,
                    lambda off_too: then(i, less, use(elsewhere, i, off, off_too), "none"),
                ),
            )

        stays = prove(
            below(i, m, rho(i) < m),
            lambda i, less, goal: old_place(
                i, less, lambda at, inside_at, value, _: arith(goal, use(inside, at, inside_at), value)
            ),
        )
        new_onto = prove(
            below(p, m, some_below(i, m, eq(rho(i), p))),
            lambda p, less, goal: _reached(
                goal, use(onto, p, less), (pi, rho, r, s), (in_r, in_s), (at_r, at_s, elsewhere)
            ),
        )
        different = prove(
            is_one_to_one(rho, m),
            lambda i, i2, less, less2, equal, goal: _one_to_one(
                goal,
                (i, less),
                (i2, less2),
                equal,
                (pi, rho, r, s, m),
                (in_r, in_s),
                (at_r, at_s, elsewhere),
                one_to_one,
            ),
        )
        return together(stays, different, new_onto)

    return opened(statement, 9, build).called("a permutation with two values exchanged is one")


def _reached(goal: Expression, existing: Entry, functions: Entry, inside: Entry, values: Entry) -> Theorem:
    """From pi(q) = p: some place at which rho is p."""
    pi, rho, r, s = functions
    at_r, at_s, elsewhere = values

    def found(q: Expression, known: Theorem) -> Theorem:
        less, equal = parts(known)

        def was_r(same: Theorem) -> Theorem:
            value = moved_value(pi, q, r, same, equal)
            return witness(together(inside[1], arith(goal_value(s), at_s, value)), goal, s)

        def was_s(same: Theorem) -> Theorem:
            value = moved_value(pi, q, s, same, equal)
            return witness(together(inside[0], arith(goal_value(r), at_r, value)), goal, r)

        def goal_value(place: Expression) -> Expression:
            return eq(rho(place), equal.conclusion.args[1])

        def was_none(off: Theorem, off_too: Theorem) -> Theorem:
            return witness(
                together(less, arith(goal_value(q), use(elsewhere, q, off, off_too), equal)), goal, q
            )

        return split(
            excluded_middle(eq(q, r)),
            was_r,
            lambda off: split(excluded_middle(eq(q, s)), was_s, lambda off_too: was_none(off, off_too)),
        )

    return with_witness(existing, found)


def moved_value(pi: Expression, _q: Expression, _r: Expression, same: Theorem, equal: Theorem) -> Theorem:
    """From q = r and pi(q) = p: pi(r) = p."""
    return rewrite(same, lambda z: eq(pi(z), equal.conclusion.args[1]), equal)


def _one_to_one(*given: Entry) -> Theorem:
    goal, one, two, equal, functions, inside, values, old = given
    pi, rho, r, s, _m = functions
    in_r, in_s = inside
    at_r, at_s, elsewhere = values

    def cases_of(place: tuple[Expression, Theorem], then: Callable[..., Theorem]) -> Theorem:
        i, less = place

        def first(same: Theorem) -> Theorem:
            return then(
                "r", same, s, in_s, rewrite(arith(eq(r, i), same), lambda z: eq(rho(z), pi(s)), at_r), None
            )

        def second(same: Theorem) -> Theorem:
            return then(
                "s", same, r, in_r, rewrite(arith(eq(s, i), same), lambda z: eq(rho(z), pi(r)), at_s), None
            )

        return split(
            excluded_middle(eq(i, r)),
            first,
            lambda off: split(
                excluded_middle(eq(i, s)),
                second,
                lambda off_too: then("none", None, i, less, use(elsewhere, i, off, off_too), (off, off_too)),
            ),
        )

    def both_known(kind: Entry, same: Entry, at: Entry, in_at: Entry, value: Entry, off: Entry) -> Entry:
        def inner(kind2: Entry, same2: Entry, at2: Entry, in_at2: Entry, value2: Entry, off2: Entry) -> Entry:
            # pi(at) = rho(i) = rho(i') = pi(at'), so at = at'
            equal_at = use(old, at, at2, in_at, in_at2, arith(eq(pi(at), pi(at2)), value, value2, equal))
            if kind == kind2 == "none":
                return arith(goal, equal_at)
            if kind == kind2:
                return arith(goal, same, same2)
            if kind == "none":
                clash = off[1 if kind2 == "r" else 0]
                return contradiction(goal, detach(clash, equal_at))
            if kind2 == "none":
                clash = off2[1 if kind == "r" else 0]
                return contradiction(goal, detach(clash, arith(clash.conclusion.args[0], equal_at)))
            return arith(goal, same, same2, equal_at)

        return cases_of(two, inner)

    return cases_of(one, both_known)
