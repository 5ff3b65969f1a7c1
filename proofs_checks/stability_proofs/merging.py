"""Merging neurons of one direction: steps (85) and (86) of the proof of Theorem 3.1.

Of each direction the first neuron is kept (flag 1) and gets the sum of the products; the others get flag 0
and coefficient 0. Whatever is positively homogeneous in the weights, values and gradients alike, keeps its
sum.
"""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import certificate, natural, trichotomy
from ..kernel.rules import (
    Theorem,
    absurd,
    choice,
    detach,
    excluded_middle,
    leibniz,
    restate,
    together,
    weaken,
    witness,
)
from ..proving.certificates import arith
from ..proving.lemmas import step_below, sum_equal
from ..proving.tactics import by_induction, compare, contradiction, parts, prove, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    NATURAL,
    REAL,
    TRUTH,
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
    variable,
)
from .functions import decided
from .independent_jumps import no_terms, single_term
from .names import b, below, d, differs, i, is_multiple, is_zero, m, mu, row, some_below
from .opening import Entry, Given, opened, opened_exists
from .small_steps import positive_inverse

p, q = variable("p", NATURAL), variable("q", NATURAL)
rep, P, r = variable("rep", NATURAL, NATURAL), variable("P", TRUTH, NATURAL), variable("r", NATURAL)
size = variable("size", REAL, NATURAL)
e, e_new, z, phi = (variable(name, REAL, NATURAL) for name in ("e", "e'", "z", "phi"))


def is_homogeneous(phi: Expression, b: Expression, m: Expression, d: Expression) -> Expression:
    """Return: phi_p = mu phi_q where b_p = mu b_q, mu > 0, and phi_p = 0 where b_p = 0."""
    scaled = below(
        p,
        m,
        below(
            q,
            m,
            forall(mu, implies(mu > 0, is_multiple(row(b, p), mu, row(b, q), d), eq(phi(p), mu * phi(q)))),
        ),
    )
    return both(scaled, below(p, m, implies(is_zero(row(b, p), d), eq(phi(p), 0))))


def is_kept(z: Expression, p: Expression) -> Expression:
    """Return: the flag of p is 1."""
    return eq(z(p), 1)


def positive_multiple(b: Entry, p: Entry, q: Entry, d: Entry) -> Expression:
    """Return: b_p is a positive multiple of b_q."""
    return exists(mu, both(mu > 0, is_multiple(row(b, p), mu, row(b, q), d)))


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
def least() -> Theorem:
    """If some natural number has a property, one is the least."""
    smallest = exists(q, both(P(q), below(r, q, negation(P(r)))))
    statement = forall(P, implies(exists(q, P(q)), smallest))

    def build(P: Expression, some: Theorem, goal: Expression) -> Theorem:
        def claim(k: Expression) -> Expression:
            return either(below(r, k, negation(P(r))), goal)

        def base(wanted: Expression) -> Theorem:
            nothing = opened(
                wanted.args[0], 2, lambda given: absurd(arith(FALSE, given[1], natural(given[0])), given[-1])
            )
            return weaken(nothing, wanted)

        def step(k: Expression, before: Theorem, wanted: Expression) -> Theorem:
            def none_before(h: Theorem) -> Theorem:
                return split(
                    excluded_middle(P(k)),
                    lambda has: weaken(witness(together(has, h), goal, k), wanted),
                    lambda has_not: weaken(step_below(k, has_not, h), wanted),
                )

            return split(before, none_before, lambda h: weaken(h, wanted))

        at_all = by_induction(claim, base, step)

        def found(q: Expression, has: Theorem) -> Theorem:
            return split(
                use(at_all, q + 1),
                lambda none: contradiction(goal, detach(use(none, q, arith(q < q + 1)), has)),
                lambda h: h,
            )

        return with_witness(some, found)

    return prove(statement, build).called("the least number")


def is_first(b: Entry, p: Entry, r_: Entry, factor: Entry, d: Entry) -> Expression:
    """Return: if b_p != 0, then b_p = factor b_r, factor > 0, r <= p, for the least r with such a factor."""
    none_before = below(q, r_, negation(positive_multiple(b, p, q, d)))
    found = both(r_ <= p, factor > 0, is_multiple(row(b, p), factor, row(b, r_), d), none_before)
    return implies(negation(is_zero(row(b, p), d)), found)


@cache
def representatives() -> Theorem:
    """Every neuron has a first one of its direction."""
    statement = forall(d, b, exists(rep, size, forall(p, is_first(b, p, rep(p), size(p), d))))

    def build(d: Expression, b: Expression, goal: Expression) -> Theorem:
        each = forall(p, exists(r, mu, is_first(b, p, r, mu, d)))

        def at(p: Expression, goal: Expression) -> Theorem:
            def alive(_nonzero: Theorem) -> Theorem:
                itself = prove(
                    is_multiple(row(b, p), number(1), row(b, p), d), lambda _j, _less, goal: arith(goal)
                )
                own = witness(together(arith(number(0) < 1), itself), positive_multiple(b, p, p, d), 1)
                some = exists(q, positive_multiple(b, p, q, d))
                property_ = function(q, positive_multiple(b, p, q, d))
                first = use(least(), property_, restate(witness(own, some, p), some))

                def found(r: Expression, facts: Theorem) -> Theorem:
                    positive, none_before = parts(facts)

                    def with_factor(mu: Expression, known: Theorem) -> Theorem:
                        more, multiple = parts(known)
                        at_most = split(
                            compare(r, p),
                            lambda h: h,
                            lambda later: absurd(detach(use(none_before, p, later), own), r <= p),
                        )
                        whole = together(at_most, more, multiple, none_before)
                        body = opened_exists(goal, r, mu)
                        return witness(prove(body, lambda _, goal: restate(whole, goal)), goal, r, mu)

                    return with_witness(positive, with_factor)

                return with_witness(first, found)

            def dead(zero: Theorem) -> Theorem:
                body = opened_exists(goal, p, number(0))
                return witness(
                    prove(body, lambda nonzero, goal: contradiction(goal, detach(nonzero, zero))), goal, p, 0
                )

            return split(excluded_middle(is_zero(row(b, p), d)), dead, alive)

        def with_rep(rep: Expression, h: Theorem) -> Theorem:
            return with_witness(choice(h), lambda size, known: witness(known, goal, rep, size))

        return with_witness(choice(prove(each, at)), with_rep)

    return prove(statement, build).called("every neuron has a first one of its direction")


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
        return use(_first_is_kept(), d, b, rep, size, p, first, nonzero)

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


@cache
def turned_positive() -> Theorem:
    """If b_p is a positive multiple of b_q, then b_q is one of b_p."""
    statement = forall(d, b, p, q, implies(positive_multiple(b, p, q, d), positive_multiple(b, q, p, d)))

    def build(given: Given) -> Theorem:
        d, b, p, q, positive, goal = given

        def found(mu: Expression, known: Theorem) -> Theorem:
            more, multiple = parts(known)

            def with_inverse(nu: Expression, facts: Theorem) -> Theorem:
                above, product = parts(facts)
                turned = prove(
                    is_multiple(row(b, q), nu, row(b, p), d),
                    lambda j, less, goal: certificate(
                        goal, [(use(multiple, j, less), -1 * nu), (product, -1 * b(q, j))]
                    ),
                )
                return witness(together(above, turned), goal, nu)

            return with_witness(use(positive_inverse(), mu, more), with_inverse)

        return with_witness(positive, found)

    return opened(statement, 5, build).called("a positive multiple has a positive inverse")


@cache
def _first_is_kept() -> Theorem:
    """The first neuron r of the direction of b_p is not zero and its own first neuron."""
    first = forall(p, is_first(b, p, rep(p), size(p), d))
    at = rep(q)
    conclusion = both(negation(is_zero(row(b, at), d)), eq(rep(at), at))
    statement = forall(d, b, rep, size, q, implies(first, negation(is_zero(row(b, q), d)), conclusion))

    def build(given: Given) -> Theorem:
        d, b, rep, size, p, first, nonzero, goal = given
        _, more, multiple, none_before = parts(use(first, p, nonzero))
        r = rep(p)
        alive = prove(
            goal.args[0],
            lambda zero, _: detach(
                nonzero,
                prove(
                    is_zero(row(b, p), d),
                    lambda j, less, goal: certificate(
                        goal, [(use(multiple, j, less),), (use(zero, j, less), size(p))]
                    ),
                ),
            ),
        )
        at_most, more_r, multiple_r, _ = parts(use(first, r, alive))

        def smaller(less: Theorem) -> Theorem:
            factor = size(p) * size(r)
            through = prove(
                is_multiple(row(b, p), factor, row(b, rep(r)), d),
                lambda j, less, goal: certificate(
                    goal, [(use(multiple, j, less),), (use(multiple_r, j, less), size(p))]
                ),
            )
            positive = witness(
                together(arith(factor > 0, more, more_r), through), positive_multiple(b, p, rep(r), d), factor
            )
            return contradiction(goal.args[1], detach(use(none_before, rep(r), less), positive))

        own = split(
            trichotomy(rep(r), r),
            smaller,
            lambda equal: equal,
            lambda later: contradiction(goal.args[1], arith(FALSE, later, at_most)),
        )
        return together(alive, own)

    return opened(statement, 7, build).called("the first neuron of a direction is kept")
