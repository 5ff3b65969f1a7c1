"""Small numbers: below finitely many positive bounds there is a positive one, and all smaller ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from ..kernel.arithmetic import axiom, certificate, natural
from ..kernel.rules import Theorem, absurd, together, witness
from ..proving.certificates import arith
from ..proving.lemmas import abs_facts, step_below
from ..proving.tactics import (
    by_induction,
    compare,
    contradiction,
    impossible,
    parts,
    prove,
    split,
    use,
    with_witness,
)
from ..statements.expressions import (
    FALSE,
    REAL,
    Expression,
    both,
    eq,
    exists,
    forall,
    implies,
    number,
    variable,
)
from ..statements.functions import INVERSE
from .names import ABS, below, epsilon, i, p, q, s, t

_eta = variable("eta", REAL)


@cache
def positive_inverse() -> Theorem:
    """If t > 0 then t s = 1 for some s > 0."""
    statement = forall(t, implies(t > 0, exists(s, both(s > 0, eq(t * s, 1)))))

    def build(t: Expression, positive: Theorem, goal: Expression) -> Theorem:
        inverse = INVERSE(t)

        def found(product: Theorem) -> Theorem:
            above = split(
                compare(inverse, number(0)),
                lambda less: absurd(arith(FALSE, less, positive, product), inverse > 0),
                lambda more: more,
            )
            return witness(together(above, product), goal, inverse)

        return split(
            use(axiom("inverse"), t), lambda zero: contradiction(goal, impossible(zero, positive)), found
        )

    return prove(statement, build).called("t > 0 has an inverse > 0")


def _until(bound: Expression, formula: Expression) -> Expression:
    return both(bound > 0, forall(t, implies(t > 0, t <= bound, formula)))


def _claim(k: Expression) -> Expression:
    conclusion = below(i, k, implies(p(i) > 0, t * q(i) < p(i)))
    return forall(q, p, exists(epsilon, _until(epsilon, conclusion)))


@cache
def one_small_step() -> Theorem:
    """If p > 0 then t q < p for all small t > 0."""
    statement = forall(s, epsilon, implies(s > 0, exists(_eta, _until(_eta, t * epsilon < s))))

    def build(p: Expression, q: Expression, positive: Theorem, goal: Expression) -> Theorem:
        sizes = parts(use(abs_facts(), q))
        size = ABS(q)

        def found(v: Expression, known: Theorem) -> Theorem:
            above, product = parts(known)  # v > 0, (1 + |q|) v = 1
            bound = p * v

            def inner(t: Expression, more: Theorem, less: Theorem, goal: Expression) -> Theorem:
                first = arith(t * q <= t * size, more, sizes[1])
                second = arith(t * size <= p * v * size, less, sizes[0])
                third = certificate(eq(p * v * size, p - p * v), [(product, p)])
                return arith(goal, first, second, third, arith(bound > 0, positive, above))

            rest = prove(forall(t, implies(t > 0, t <= bound, t * q < p)), inner)
            return witness(together(arith(bound > 0, positive, above), rest), goal, bound)

        return with_witness(use(positive_inverse(), 1 + size, arith(1 + size > 0, sizes[0])), found)

    return prove(statement, build).called("a small step keeps a positive number positive")


@cache
def small_step() -> Theorem:
    """For some epsilon > 0, t q_i < p_i for all i < n with p_i > 0 and all 0 < t <= epsilon."""

    def base(goal: Expression) -> Theorem:
        def build(q: Expression, p: Expression, goal: Expression) -> Theorem:
            none = prove(
                forall(t, implies(t > 0, t <= 1, below(i, number(0), implies(p(i) > 0, t * q(i) < p(i))))),
                lambda _t, _more, _less, i, h, _positive, goal: absurd(arith(FALSE, h, natural(i)), goal),
            )
            return witness(together(arith(number(0) < 1), none), goal, 1)

        return prove(goal, build)

    def step(k: Expression, before: Theorem, goal: Expression) -> Theorem:
        def build(q: Expression, p: Expression, goal: Expression) -> Theorem:
            def with_last(last: Theorem) -> Theorem:
                def found(size: Expression, above: Theorem, facts: Facts) -> Theorem:
                    def inner(t: Expression, more: Theorem, less: Theorem, _goal: Expression) -> Theorem:
                        many, one = facts(t, more, less)
                        return step_below(k, one, many)

                    body = below(i, k + 1, implies(p(i) > 0, t * q(i) < p(i)))
                    rest = prove(forall(t, implies(t > 0, t <= size, body)), inner)
                    return witness(together(above, rest), goal, size)

                return with_small([use(before, q, p), last], found)

            return split(
                compare(p(k), number(0)),
                lambda at_most: with_last(_vacuous(p(k), q(k), at_most)),
                lambda positive: with_last(_guarded(p(k), q(k), positive)),
            )

        return prove(goal, build)

    return by_induction(_claim, base, step).called(
        "a small step keeps finitely many positive numbers positive"
    )


def _last(p: Expression, q: Expression) -> Expression:
    return exists(epsilon, _until(epsilon, implies(p > 0, t * q < p)))


def _vacuous(p: Expression, q: Expression, at_most: Theorem) -> Theorem:
    """From p <= 0: nothing is asked."""
    body = forall(t, implies(t > 0, t <= 1, p > 0, t * q < p))
    rest = prove(body, lambda _t, _m, _l, above, goal: absurd(arith(FALSE, above, at_most), goal))
    return witness(together(arith(number(0) < 1), rest), _last(p, q), 1)


def _guarded(p: Expression, q: Expression, positive: Theorem) -> Theorem:
    """From p > 0: t q < p for small t, also under the hypothesis p > 0."""

    def found(bound: Expression, known: Theorem) -> Theorem:
        above, rest = parts(known)
        body = forall(t, implies(t > 0, t <= bound, p > 0, t * q < p))
        guarded = prove(body, lambda t, more, less, _, _goal: use(rest, t, more, less))
        return witness(together(above, guarded), _last(p, q), bound)

    return with_witness(use(one_small_step(), p, q, positive), found)


Facts = Callable[[Expression, Theorem, Theorem], list[Theorem]]


def with_small(
    existences: Sequence[Theorem], build: Callable[[Expression, Theorem, Facts], Theorem]
) -> Theorem:
    """Take one epsilon > 0 for several theorems "for some epsilon > 0, A(t) for all 0 < t <= epsilon".

    ``build`` gets epsilon, epsilon > 0, and a function from t, t > 0, t <= epsilon to the A(t).
    """

    def smallest(size: Expression, others: list[tuple[Expression, Theorem]], order: list[Theorem]) -> Theorem:
        if others:
            other = others[0][0]
            return split(
                compare(size, other),
                lambda fact: smallest(size, others[1:], [*order, fact]),
                lambda fact: smallest(other, others[1:], [*order, fact]),
            )
        return finish(size, order)

    found_all: list[tuple[Expression, Theorem]] = []

    def finish(size: Expression, order: list[Theorem]) -> Theorem:
        above = arith(size > 0, *(parts(known)[0] for _, known in found_all))
        return build(
            size,
            above,
            lambda t, more, less: [
                use(parts(known)[1], t, more, arith(t <= bound, less, *order)) for bound, known in found_all
            ],
        )

    def collect(rest: Sequence[Theorem]) -> Theorem:
        if rest:

            def found(size: Expression, known: Theorem) -> Theorem:
                found_all.append((size, known))
                return collect(rest[1:])

            return with_witness(rest[0], found)
        return smallest(found_all[0][0], found_all[1:], [])

    return collect(existences)
