"""Merging neurons of one direction: steps (85) and (86) of the proof of Theorem 3.1.

Of each direction the first neuron is kept (flag 1) and gets the sum of the products; the others get flag 0
and coefficient 0. Whatever is positively homogeneous in the weights, values and gradients alike, keeps its
sum.
"""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import certificate, trichotomy
from ..kernel.rules import (
    Theorem,
    absurd,
    detach,
    excluded_middle,
    leibniz,
    restate,
    together,
    weaken,
    witness,
)
from ..proving.certificates import arith
from ..proving.lemmas import sum_equal
from ..proving.tactics import contradiction, parts, prove, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    NATURAL,
    Expression,
    Sort,
    both,
    either,
    eq,
    exists,
    forall,
    fresh,
    function,
    implies,
    negation,
    number,
    substitute,
    total,
)
from .first_directions import (
    e,
    e_new,
    first_is_kept,
    is_homogeneous,
    is_kept,
    p,
    phi,
    positive_multiple,
    q,
    representatives,
    turned_positive,
    z,
)
from .functions import decided
from .independent_jumps import no_terms, single_term
from .names import b, below, d, differs, i, is_zero, m, row, some_below
from .opening import Entry, Given, opened, opened_exists


def is_merged(z: Entry, e_new: Entry, b: Entry, e: Entry, m: Entry, d: Entry) -> Expression:
    """Return what the flags z and the coefficients e' satisfy."""
    flags = below(p, m, either(is_kept(z, p), both(eq(z(p), 0), eq(e_new(p), 0))))
    alive = below(p, m, implies(is_kept(z, p), negation(is_zero(row(b, p), d))))
    distinct = below(
        p,
        m,
        below(
            q,
            m,
            implies(differs(p, q), is_kept(z, p), is_kept(z, q), negation(positive_multiple(b, q, p, d))),
        ),
    )
    covered = below(
        p,
        m,
        implies(
            negation(is_zero(row(b, p), d)),
            some_below(q, m, both(is_kept(z, q), positive_multiple(b, p, q, d))),
        ),
    )
    sums = forall(
        phi,
        implies(is_homogeneous(phi, b, m, d), eq(total(i, m, e(i) * phi(i)), total(i, m, e_new(i) * phi(i)))),
    )
    return both(flags, alive, distinct, covered, sums)


@cache
def merged() -> Theorem:
    """Neurons of one direction can be merged."""
    statement = forall(d, b, e, m, exists(z, e_new, is_merged(z, e_new, b, e, m, d)))

    def build(d: Expression, b: Expression, e: Expression, m: Expression, goal: Expression) -> Theorem:
        def with_first(rep: Expression, size: Expression, first: Theorem) -> Theorem:
            condition = both(negation(is_zero(row(b, p), d)), eq(rep(p), q))
            weight_exists = decided(condition, size(p), number(0), (p, q))
            kept_exists = decided(
                both(negation(is_zero(row(b, p), d)), eq(rep(p), p)), number(1), number(0), (p,)
            )

            def with_weights(w: Expression, weight: Theorem) -> Theorem:
                return with_witness(
                    kept_exists,
                    lambda z, kept: _merge(goal, (d, b, e, m, rep, size, w, z), first, weight, kept),
                )

            return with_witness(weight_exists, with_weights)

        return with_witness(use(representatives(), d, b), with_first)

    return prove(statement, build).called("neurons of one direction are merged (85), (86)")


def _merge(goal: Expression, data: Given, first: Theorem, weight: Theorem, kept: Theorem) -> Theorem:
    d, b, e, m, rep, size, w, z = data
    e_new = function(q, total(p, m, w(p, q) * e(p)))
    flags, alive, distinct, covered, sums = opened_exists(goal, z, e_new).args

    def condition(p: Expression) -> Expression:
        return both(negation(is_zero(row(b, p), d)), eq(rep(p), p))

    def is_kept_condition(p: Expression, flag: Theorem) -> Theorem:
        """From z(p) = 1: the condition."""
        return split(
            excluded_middle(condition(p)),
            lambda h: h,
            lambda off: absurd(arith(FALSE, use(parts(use(kept, p))[1], off), flag), condition(p)),
        )

    def rep_is_kept(p: Expression, nonzero: Theorem) -> Theorem:
        """The first neuron of a direction is kept."""
        return use(first_is_kept(), d, b, rep, size, p, first, nonzero)

    def flag_of(given: Given) -> Theorem:
        q, _in_q, goal = given

        def off(h: Theorem) -> Theorem:
            zeros = prove(
                below(p, m, eq(w(p, q) * e(p), 0)),
                lambda p, _less, goal: _no_weight(goal, (p, q, d, b, rep, w, e), weight, h, rep_is_kept),
            )
            nothing = use(no_terms(), function(p, w(p, q) * e(p)), m, zeros)
            return weaken(together(use(parts(use(kept, q))[1], h), restate(nothing, eq(e_new(q), 0))), goal)

        return split(
            excluded_middle(condition(q)), lambda h: weaken(use(parts(use(kept, q))[0], h), goal), off
        )

    def pair(given: Given) -> Theorem:
        p, _, q, _, other, flag, flag_too, positive, _ = given
        (alive_p, at_p), (alive_q, at_q) = (
            parts(is_kept_condition(p, flag)),
            parts(is_kept_condition(q, flag_too)),
        )
        none_before_q = parts(use(first, q, alive_q))[3]
        none_before_p = parts(use(first, p, alive_p))[3]
        turned = use(turned_positive(), d, b, q, p, positive)
        return split(
            trichotomy(p, q),
            lambda less: detach(use(none_before_q, p, arith(p < rep(q), less, at_q)), positive),
            lambda equal: detach(other, equal),
            lambda more: detach(use(none_before_p, q, arith(q < rep(p), more, at_p)), turned),
        )

    def cover(given: Given) -> Theorem:
        p, in_p, nonzero, goal = given
        at_most, more, multiple, _ = parts(use(first, p, nonzero))
        r = rep(p)
        flag = use(parts(use(kept, r))[0], rep_is_kept(p, nonzero))
        positive = witness(together(more, multiple), positive_multiple(b, p, r, d), size(p))
        return witness(together(arith(r < m, at_most, in_p), together(flag, positive)), goal, r)

    def same_sums(given: Given) -> Theorem:
        phi, homogeneous, goal = given
        scaled, zero = parts(homogeneous)

        def term(p: Expression, in_p: Theorem, goal: Expression) -> Theorem:
            inner = function(q, w(p, q) * phi(q))

            def dead(h: Theorem) -> Theorem:
                zeros = prove(
                    below(q, m, eq(inner(q), 0)),
                    lambda q, _less, goal: _dead_weight(goal, use(weight, p, q), h, phi(q)),
                )
                nothing = use(no_terms(), inner, m, zeros)
                return certificate(goal, [(use(zero, p, in_p, h), e(p)), (nothing, -1 * e(p))])

            def live(nonzero: Theorem) -> Theorem:
                at_most, more, multiple, _ = parts(use(first, p, nonzero))
                r = rep(p)
                in_r = arith(r < m, at_most, in_p)
                others = prove(
                    below(q, m, implies(differs(q, r), eq(inner(q), 0))),
                    lambda q, _less, other, goal: _other_weight(goal, use(weight, p, q), other, phi(q)),
                )
                single = use(single_term(), inner, r, m, in_r, others)
                own = use(parts(use(weight, p, r))[0], together(nonzero, arith(eq(rep(p), r))))
                value = use(scaled, p, in_p, r, in_r, size(p), more, multiple)
                # phi_p = size phi_r = w phi_r = the inner sum
                return certificate(goal, [(value, e(p)), (own, -1 * e(p) * phi(r)), (single, -1 * e(p))])

            return split(excluded_middle(is_zero(row(b, p), d)), dead, live)

        left = function(p, e(p) * phi(p))
        right = function(p, e(p) * total(q, m, w(p, q) * phi(q)))
        equal = prove(below(p, m, eq(left(p), right(p))), term)
        return restate(use(sum_equal(), left, right, m, equal), goal)

    whole = together(
        opened(flags, 2, flag_of),
        opened(alive, 3, lambda given: parts(is_kept_condition(given[0], given[2]))[0]),
        opened(distinct, 8, pair),
        opened(covered, 3, cover),
        opened(sums, 2, same_sums),
    )
    return witness(whole, goal, z, e_new)


def _no_weight(goal: Expression, terms: Entry, weight: Entry, off: Entry, rep_is_kept: Entry) -> Theorem:
    """The coefficient of a neuron that is not kept gets nothing."""
    p, q, d, b, rep, _w, e = terms
    condition = both(negation(is_zero(row(b, p), d)), eq(rep(p), q))

    def on(h: Theorem) -> Theorem:
        nonzero, equal = parts(h)
        kept_at_rep = rep_is_kept(p, nonzero)
        moved = _moved(kept_at_rep, rep(p), q, equal)
        return contradiction(goal, detach(off, moved))

    return split(
        excluded_middle(condition),
        on,
        lambda h: certificate(goal, [(use(parts(use(weight, p, q))[1], h), e(p))]),
    )


def _moved(theorem: Theorem, old: Expression, _new: Expression, equal: Theorem) -> Theorem:
    """From A(old) and old = new, both natural numbers: A(new)."""
    name = fresh(Sort(NATURAL), "w")
    claim = _replaced(theorem.conclusion, old, name)
    return detach(leibniz(equal, forall(name, claim)), restate(theorem, substitute(claim, name, old)))


def _replaced(expression: Expression, old: Expression, new: Expression) -> Expression:
    """Replace a closed term in an expression."""
    if expression == old:
        return new
    args = tuple(_replaced(arg, old, new) for arg in expression.args)
    if args == expression.args:
        return expression
    return Expression(expression.op, args, expression.sort, expression.data, expression.hint)


def _dead_weight(goal: Expression, weight: Entry, zero: Entry, phi: Entry) -> Theorem:
    condition = weight.conclusion.args[0].args[0]
    off = prove(negation(condition), lambda h, _: detach(parts(h)[0], zero))
    return certificate(goal, [(use(parts(weight)[1], off), phi)])


def _other_weight(goal: Expression, weight: Entry, other: Entry, phi: Entry) -> Theorem:
    condition = weight.conclusion.args[0].args[0]
    wanted = other.conclusion.args[0]
    off = prove(negation(condition), lambda h, _: detach(other, arith(wanted, parts(h)[1])))
    return certificate(goal, [(use(parts(weight)[1], off), phi)])
