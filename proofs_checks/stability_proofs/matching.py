"""The permutation of (102): what has a partner gets it, what has none gets something that has none."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import natural
from ..kernel.rules import (
    Theorem,
    absurd,
    detach,
    excluded_middle,
    together,
    weaken,
    witness,
)
from ..proving.certificates import arith
from ..proving.lemmas import last_or_before
from ..proving.tactics import by_induction, contradiction, parts, prove, rewrite, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    NATURAL,
    TRUTH,
    Expression,
    both,
    either,
    eq,
    exists,
    forall,
    function,
    implies,
    negation,
    open_binder,
    variable,
)
from .names import below, differs, i, l, m, some_below
from .opening import Entry
from .swaps import i2, is_permutation, moved_value, p, p2, pi, swap, swapped_is_permutation

partner = variable("M", TRUTH, NATURAL, NATURAL)


def is_partial_matching(partner: Expression, m: Expression) -> Expression:
    """Return: below m nothing has two partners."""
    right = forall(i, p, p2, implies(i < m, p < m, p2 < m, partner(i, p), partner(i, p2), eq(p, p2)))
    left = forall(i, i2, p, implies(i < m, i2 < m, p < m, partner(i, p), partner(i2, p), eq(i, i2)))
    return both(right, left)


@cache
def matching() -> Theorem:
    """Some permutation gives everything its partner, and what has none something that has none."""
    no_partner = both(below(p, m, negation(partner(i, p))), below(l, m, negation(partner(l, pi(i)))))
    conclusion = exists(pi, both(is_permutation(pi, m), below(i, m, either(partner(i, pi(i)), no_partner))))
    statement = forall(m, partner, implies(is_partial_matching(partner, m), conclusion))

    def build(m: Expression, partner: Expression, once: Theorem, goal: Expression) -> Theorem:
        right, left = parts(once)

        def settled(pi: Expression, i: Expression) -> Expression:
            return either(partner(i, pi(i)), below(p, m, negation(partner(i, p))))

        def claim(k: Expression) -> Expression:
            return implies(k <= m, exists(pi, both(is_permutation(pi, m), below(i, k, settled(pi, i)))))

        def base(goal: Expression) -> Theorem:
            return prove(
                goal,
                lambda _, goal: witness(
                    together(identity_permutation(m), _nothing(settled, i, goal)), goal, function(i, i)
                ),
            )

        def step(k: Expression, before: Theorem, goal: Expression) -> Theorem:
            return prove(
                goal,
                lambda inside, goal: with_witness(
                    use(before, arith(k <= m, inside)),
                    lambda pi, known: _settle(
                        goal, (k, m, pi, partner, settled), known, arith(k < m, inside), left
                    ),
                ),
            )

        whole = use(by_induction(claim, base, step), m, arith(m <= m))

        def found(pi: Expression, known: Theorem) -> Theorem:
            permutation, done = parts(known)
            _, one_to_one, _ = parts(permutation)
            inside = parts(permutation)[0]

            def each(i: Expression, less: Theorem, goal: Expression) -> Theorem:
                def none(h: Theorem) -> Theorem:
                    others = prove(
                        below(l, m, negation(partner(l, pi(i)))),
                        lambda l, less_l, taken, _: _taken(
                            use(done, l, less_l),
                            taken,
                            (i, l, pi),
                            (less, less_l),
                            inside,
                            right,
                            one_to_one,
                            h,
                        ),
                    )
                    return weaken(together(h, others), goal)

                return split(use(done, i, less), lambda has: weaken(has, goal), none)

            wanted = open_binder(goal, pi).args[1]
            return witness(together(permutation, prove(wanted, each)), goal, pi)

        return with_witness(whole, found)

    return prove(statement, build).called("a permutation that respects partners")


def _taken(*given: Entry) -> Theorem:
    """Contradiction: l has the partner pi(i), so pi(l) = pi(i), l = i, which has none."""
    done_l, taken, terms, less, inside, right, one_to_one, none = given
    i, l, pi = terms
    less_i, less_l = less

    def has(own: Theorem) -> Theorem:
        equal = use(
            right, l, pi(l), pi(i), less_l, use(inside, l, less_l), use(inside, i, less_i), own, taken
        )
        same = use(one_to_one, l, i, less_l, less_i, equal)
        partner = own.conclusion.args[0]
        moved = rewrite(same, lambda z: partner(z, pi(i)), taken)
        return detach(use(none, pi(i), use(inside, i, less_i)), moved)

    return split(done_l, has, lambda nothing: detach(use(nothing, pi(i), use(inside, i, less_i)), taken))


def _nothing(_settled: Entry, i: Entry, goal: Expression) -> Theorem:
    wanted = open_binder(goal, function(i, i)).args[1]
    return prove(wanted, lambda i, less, goal: absurd(arith(FALSE, less, natural(i)), goal))


@cache
def _identity_permutation() -> Theorem:
    identity_ = function(i, i)

    def build(_m: Expression, goal: Expression) -> Theorem:
        stays, different, onto = goal.args
        return together(
            prove(stays, lambda _i, less, _goal: less),
            prove(different, lambda _i, _i2, _1, _2, equal, _goal: equal),
            prove(onto, lambda p, less, goal: witness(together(less, arith(eq(p, p))), goal, p)),
        )

    return prove(forall(m, is_permutation(identity_, m)), build)


def identity_permutation(m: Expression) -> Theorem:
    """The identity is a permutation."""
    return use(_identity_permutation(), m)


def _settle(goal: Expression, terms: Entry, known: Entry, in_k: Entry, left: Entry) -> Theorem:
    """Give k its partner, if it has one, by an exchange."""
    k, m, pi, partner, settled = terms
    permutation, done = parts(known)
    _, _, onto = parts(permutation)

    def extended(rho: Expression, is_one: Theorem, at_k: Theorem, old: Entry) -> Theorem:
        wanted = open_binder(goal, rho).args[1]

        def each(i: Expression, less: Theorem, _goal: Expression) -> Theorem:
            return split(
                use(last_or_before(), i, k, less),
                lambda before: old(i, before),
                lambda equal: rewrite(arith(eq(k, i), equal), lambda z: settled(rho, z), at_k),
            )

        return witness(together(is_one, prove(wanted, each)), goal, rho)

    def none(h: Theorem) -> Theorem:
        free = prove(
            below(p, m, negation(partner(k, p))),
            lambda p, less, has, _: detach(h, witness(together(less, has), h.conclusion.args[0], p)),
        )
        return extended(pi, permutation, weaken(free, settled(pi, k)), lambda i, before: use(done, i, before))

    def has(p: Expression, facts: Theorem) -> Theorem:
        in_p, mate = parts(facts)

        def at_place(q: Expression, place: Theorem) -> Theorem:
            in_q, value = parts(place)

            def exchanged(rho: Expression, swapped: Theorem) -> Theorem:
                is_one = use(swapped_is_permutation(), m, pi, rho, k, q, permutation, in_k, in_q, swapped)
                at_k_value, _at_q_value, elsewhere = parts(swapped)
                at_k = rewrite(arith(eq(p, rho(k)), at_k_value, value), lambda z: partner(k, z), mate)

                def old(i: Expression, before: Theorem) -> Theorem:
                    in_i = arith(i < m, before, in_k)
                    off_k = prove(differs(i, k), lambda equal, _: arith(FALSE, equal, before))

                    def own(mate_i: Theorem) -> Theorem:
                        # i != q: else i and k share the partner p
                        def same_place(equal: Theorem) -> Theorem:
                            moved = rewrite(
                                arith(eq(pi(i), p), moved_value(pi, q, i, arith(eq(q, i), equal), value)),
                                lambda z: partner(i, z),
                                mate_i,
                            )
                            clash = use(left, i, k, p, in_i, in_k, in_p, moved, mate)
                            return contradiction(settled(rho, i), detach(off_k, clash))

                        def other_place(off_q: Theorem) -> Theorem:
                            stays = use(elsewhere, i, off_k, off_q)
                            return weaken(
                                rewrite(arith(eq(pi(i), rho(i)), stays), lambda z: partner(i, z), mate_i),
                                settled(rho, i),
                            )

                        return split(excluded_middle(eq(i, q)), same_place, other_place)

                    return split(use(done, i, before), own, lambda free: weaken(free, settled(rho, i)))

                return extended(rho, is_one, weaken(at_k, settled(rho, k)), old)

            return with_witness(use(swap(), pi, k, q), exchanged)

        return with_witness(use(onto, p, in_p), at_place)

    existing = some_below(p, m, partner(k, p))
    return split(excluded_middle(existing), lambda h: with_witness(h, has), none)
