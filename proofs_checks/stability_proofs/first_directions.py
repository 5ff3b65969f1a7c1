"""The first of the neurons of one direction, and the factor by which another is its multiple."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import certificate, natural, trichotomy
from ..kernel.rules import (
    Theorem,
    absurd,
    choice,
    detach,
    excluded_middle,
    restate,
    together,
    weaken,
    witness,
)
from ..proving.certificates import arith
from ..proving.lemmas import step_below
from ..proving.tactics import by_induction, compare, contradiction, parts, prove, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    NATURAL,
    REAL,
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
    number,
    variable,
)
from .names import b, below, d, is_multiple, is_zero, mu, row
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
def first_is_kept() -> Theorem:
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
