"""Architectures: finitely many realizations are those of one of them; powers that are positive."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom
from ..kernel.rules import Theorem, absurd, together, witness
from ..proving.certificates import arith
from ..proving.lemmas import step_below
from ..proving.tactics import by_induction, compare, parts, prove, rewrite, split, use, with_witness
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
from ..statements.functions import INVERSE, POWER
from .names import below, i, k, n, some_below
from .opening import Given, opened, opened_exists
from .proposition_1_2 import (
    _inverse_of,
    _inverse_positive,
    arc,
    arc2,
    arc3,
    at_most,
    centre,
    eta,
    f,
    g,
    in_P,
    in_S,
    lam,
    mix,
    norm,
    phi,
    psi,
    realize,
)
from .theorem_a_2 import _half


def is_realized(f: Expression) -> Expression:
    """Return: f is in R(P), over all architectures."""
    return exists(arc, phi, both(in_P(arc, phi), eq(realize(phi), f)))


def architectures() -> Expression:
    """Return what is used of architectures: larger ones realize more, and two have a larger one."""
    grows = forall(
        arc,
        arc2,
        phi,
        implies(
            at_most(arc, arc2),
            in_P(arc, phi),
            exists(psi, both(in_P(arc2, psi), eq(realize(psi), realize(phi)))),
        ),
    )
    common = forall(arc, arc2, exists(arc3, both(at_most(arc, arc3), at_most(arc2, arc3))))
    transitive = forall(arc, arc2, arc3, implies(at_most(arc, arc2), at_most(arc2, arc3), at_most(arc, arc3)))
    mixes = forall(
        lam, f, g, implies(lam >= 0, lam <= 1, is_realized(f), is_realized(g), is_realized(mix(lam, f, g)))
    )
    return both(grows, common, transitive, mixes)


def is_totally_bounded() -> Expression:
    """Return: for each eta > 0 finitely many realizations in S are within eta of all that are."""
    centres = below(i, n, both(in_S(centre(i)), is_realized(centre(i))))
    cover = forall(f, implies(in_S(f), is_realized(f), some_below(i, n, norm(centre(i), f) <= eta)))
    return forall(eta, implies(eta > 0, exists(n, centre, both(centres, cover))))


def regular(arc: Expression, phi: Expression) -> Expression:
    """Return: Phi is in Omega_N."""
    return both(in_P(arc, phi), in_S(realize(phi)))


@cache
def power_positive() -> Theorem:
    """X > 0 and a > 0 give x^(1/a) > 0."""
    x, a = variable("x", REAL), variable("a", REAL)

    def build(
        x: Expression, a: Expression, x_positive: Theorem, a_positive: Theorem, goal: Expression
    ) -> Theorem:
        power = POWER(x, INVERSE(a))
        whole = use(axiom("power of a power"), x, a, arith(x >= 0, x_positive), a_positive)
        small = x * number(_half())
        other = POWER(small, INVERSE(a))
        half = use(axiom("power of a power"), small, a, arith(small >= 0, x_positive), a_positive)
        zero_least = parts(
            use(
                axiom("powers are monotone"),
                x,
                x,
                INVERSE(a),
                arith(x >= 0, x_positive),
                arith(x <= x),
                _inverse_positive(a, a_positive, _inverse_of(a, a_positive)),
            )
        )[0]
        other_least = parts(
            use(
                axiom("powers are monotone"),
                small,
                small,
                INVERSE(a),
                arith(small >= 0, x_positive),
                arith(small <= small),
                _inverse_positive(a, a_positive, _inverse_of(a, a_positive)),
            )
        )[0]

        def none(at_most: Theorem) -> Theorem:
            monotone = parts(
                use(
                    axiom("powers are monotone"),
                    power,
                    other,
                    a,
                    zero_least,
                    arith(power <= other, at_most, other_least),
                    a_positive,
                )
            )[1]
            return absurd(arith(FALSE, monotone, whole, half, x_positive, degree=1), goal)

        return split(compare(power, number(0)), none, lambda more: more)

    return prove(forall(x, a, implies(x > 0, a > 0, POWER(x, INVERSE(a)) > 0)), build).called("x^(1/a) > 0")


@cache
def common_architecture() -> Theorem:
    """Finitely many realizations are those of one architecture and of all larger ones."""
    k_ = k
    claim_body = exists(
        arc2,
        below(
            i,
            k_,
            forall(
                arc,
                implies(at_most(arc2, arc), exists(phi, both(in_P(arc, phi), eq(realize(phi), centre(i))))),
            ),
        ),
    )
    some = exists(arc, at_most(arc, arc))
    statement = forall(
        at_most,
        in_P,
        realize,
        mix,
        centre,
        n,
        implies(architectures(), some, below(i, n, is_realized(centre(i))), _renamed(claim_body, k_, n)),
    )

    def build(given: Given) -> Theorem:
        at_most, in_P, realize, _mix, centre, n, facts, some, realized, _goal = given
        grows, common, transitive, _ = parts(facts)

        def holds(i: Expression, base: Expression) -> Expression:
            return forall(
                arc,
                implies(at_most(base, arc), exists(phi, both(in_P(arc, phi), eq(realize(phi), centre(i))))),
            )

        def claim(k: Expression) -> Expression:
            return implies(k <= n, exists(arc2, below(i, k, holds(i, arc2))))

        def base(goal: Expression) -> Theorem:
            from ..kernel.arithmetic import natural

            def inner(_: Theorem, goal: Expression) -> Theorem:
                return with_witness(
                    some,
                    lambda a0, _known: witness(
                        opened(
                            opened_exists(goal, a0),
                            2,
                            lambda given: absurd(arith(FALSE, given[1], natural(given[0])), given[-1]),
                        ),
                        goal,
                        a0,
                    ),
                )

            return prove(goal, inner)

        def step(k: Expression, before: Theorem, goal: Expression) -> Theorem:
            def inner(inside: Theorem, goal: Expression) -> Theorem:
                def with_old(old: Expression, known: Theorem) -> Theorem:
                    def with_new(new: Expression, phi: Expression, of_new: Theorem) -> Theorem:
                        in_new, value = parts(of_new)

                        def with_both(larger: Expression, order: Theorem) -> Theorem:
                            old_less, new_less = parts(order)

                            def at_last(arc: Expression, more: Theorem, goal: Expression) -> Theorem:
                                order_new = use(transitive, new, larger, arc, new_less, more)

                                def found(psi: Expression, facts: Theorem) -> Theorem:
                                    in_arc, same = parts(facts)
                                    return witness(
                                        together(in_arc, rewrite(value, lambda z: eq(realize(psi), z), same)),
                                        goal,
                                        psi,
                                    )

                                return with_witness(use(grows, new, arc, phi, order_new, in_new), found)

                            last = prove(holds(k, larger), at_last)
                            rest = prove(
                                below(i, k, holds(i, larger)),
                                lambda i, less, arc, more, _goal: use(
                                    known, i, less, arc, use(transitive, old, larger, arc, old_less, more)
                                ),
                            )
                            return witness(step_below(k, last, rest), goal, larger)

                        return with_witness(use(common, old, new), with_both)

                    return with_witness(use(realized, k, arith(k < n, inside)), with_new)

                return with_witness(use(before, arith(k <= n, inside)), with_old)

            return prove(goal, inner)

        return use(by_induction(claim, base, step), n, arith(n <= n))

    return opened(statement, 9, build).called("finitely many realizations have one architecture")


def _renamed(expression: Expression, old: Expression, new: Expression) -> Expression:
    from ..statements.expressions import substitute

    return substitute(expression, old, new)
