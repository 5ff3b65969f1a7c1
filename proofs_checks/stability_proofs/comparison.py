"""Neurons with matching half-spaces have nearly the same products c_i a_i: steps (83) to (102).

Two lists of neurons, each pairwise independent where it is not zero. Where a_p of Theta is a positive
multiple of a_i of Gamma, the products differ by at most 2 delta; a neuron that matches none has a product of
at most 2 delta.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ..kernel.arithmetic import axiom, certificate, trichotomy
from ..kernel.rules import Theorem, detach, excluded_middle, restate, together, witness
from ..proving.certificates import arith
from ..proving.tactics import (
    contradiction,
    parts,
    prove,
    rewrite,
    split,
    use,
    with_witness,
)
from ..statements.expressions import (
    FALSE,
    NATURAL,
    Expression,
    both,
    eq,
    exists,
    forall,
    implies,
    negation,
    number,
    variable,
)
from ..statements.functions import INVERSE
from .crossings import Multiples, Neurons, Place, with_kink
from .independent_jumps import is_independent, zero_factor
from .kinks import cells_at_most
from .names import (
    ABS,
    H,
    a,
    b,
    below,
    c,
    d,
    delta,
    e,
    f,
    i,
    is_multiple,
    is_parallel,
    is_step,
    is_zero,
    j,
    m,
    mu,
    row,
    v,
)
from .neuron_jumps import abs_of_opposite
from .opening import Entry, Given, opened

p, q = variable("p", NATURAL), variable("q", NATURAL)


def matches(a: Expression, i: Expression, b: Expression, p: Expression, d: Expression) -> Expression:
    """Return: a_i != 0, and b_p is a positive multiple of a_i."""
    factor = mu
    return both(
        negation(is_zero(row(a, i), d)),
        exists(factor, both(factor > 0, is_multiple(row(b, p), factor, row(a, i), d))),
    )


def is_nowhere_opposite(a: Expression, b: Expression, m: Expression, d: Expression) -> Expression:
    """Return C.3b: no b_p != 0 is a negative multiple of an a_i != 0."""
    opposite = exists(mu, both(mu < 0, is_multiple(row(b, p), mu, row(a, i), d)))
    alive = (negation(is_zero(row(a, i), d)), negation(is_zero(row(b, p), d)))
    return below(i, m, below(p, m, implies(*alive, negation(opposite))))


def products_near(*given: Entry) -> Expression:
    """Return ||c_i a_i - e_p b_p|| <= bound."""
    a, c, i, b, e, p, bound, d = given
    return below(j, d, ABS(c(i) * a(i, j) - e(p) * b(p, j)) <= bound)


def product_small(a: Entry, c: Entry, i: Entry, bound: Entry, d: Entry) -> Expression:
    """Return ||c_i a_i|| <= bound."""
    return below(j, d, ABS(c(i) * a(i, j)) <= bound)


@cache
def compared() -> Theorem:
    """(102) before the permutation."""
    near = below(
        i, m, below(p, m, implies(matches(a, i, b, p, d), products_near(a, c, i, b, e, p, 2 * delta, d)))
    )
    alone = below(
        i, m, implies(below(p, m, negation(matches(a, i, b, p, d))), product_small(a, c, i, 2 * delta, d))
    )
    alone_too = below(
        p, m, implies(below(i, m, negation(matches(a, i, b, p, d))), product_small(b, e, p, 2 * delta, d))
    )
    statement = forall(
        H,
        d,
        delta,
        m,
        a,
        c,
        b,
        e,
        implies(
            is_step(H),
            delta >= 0,
            cells_at_most(c, a, m, e, b, m, d, delta, H),
            is_independent(a, m, d),
            is_independent(b, m, d),
            is_nowhere_opposite(a, b, m, d),
            both(near, alone, alone_too),
        ),
    )

    def build(given: Given) -> Theorem:
        H, d, delta, m, a, c, b, e, step, at_least, cells, one, two, opposite, goal = given

        def across(v: Expression, nonzero: Theorem, values: Callable[..., Theorem]) -> Theorem:
            """Call ``values`` with the two jumps' facts and the bound of the kink."""

            def crossed(first: Multiples, second: Multiples, bound: Theorem) -> Theorem:
                return values(bound, first.jumps(one), second.jumps(two))

            place = Place(H, d, v, step, nonzero)
            return with_kink(place, Neurons(c, a, m), Neurons(e, b, m), (delta, cells), crossed)

        def own_jump(
            jumps: list[Theorem], family: Expression, at: Expression, inside: Theorem, alive: Theorem
        ) -> Theorem:
            itself = prove(
                is_multiple(row(family, at), number(1), row(family, at), d),
                lambda _j, _less, goal: arith(goal),
            )
            return use(jumps[0], at, 1, inside, alive, itself)

        unit = use(parts(use(axiom("abs"), 1))[0], arith(number(1) >= 0))

        def matched(given: Given) -> Theorem:
            i, in_i, p, in_p, match, goal = given
            alive, positive = parts(match)

            def found(mu: Expression, known: Theorem) -> Theorem:
                more, multiple = parts(known)
                absolute = use(parts(use(axiom("abs"), mu))[0], arith(mu >= 0, more))
                alive_p = prove(
                    negation(is_zero(row(b, p), d)),
                    lambda zero, _: arith(
                        FALSE, more, use(zero_factor(), d, row(a, i), row(b, p), mu, alive, multiple, zero)
                    ),
                )

                def values(bound: Theorem, left: list[Theorem], right: list[Theorem]) -> Theorem:
                    mine = own_jump(left, a, i, in_i, alive)
                    theirs = use(right[0], p, mu, in_p, alive_p, multiple)

                    def at(j: Expression, less: Theorem, goal: Expression) -> Theorem:
                        inner = use(bound, j, less)
                        value = inner.conclusion.args[0].args[1]
                        wanted = goal.args[0].args[1]
                        same = certificate(
                            eq(value, wanted),
                            [
                                (mine, a(i, j)),
                                (unit, c(i) * a(i, j)),
                                (theirs, -1 * a(i, j)),
                                (absolute, -1 * e(p) * a(i, j)),
                                (use(multiple, j, less), e(p)),
                            ],
                        )
                        return rewrite(same, lambda z: ABS(z) <= 2 * delta, inner)

                    return prove(goal, at)

                return across(row(a, i), alive, values)

            return with_witness(positive, found)

        def alone_of(given: Given) -> Theorem:
            i, in_i, unmatched, goal = given

            def is_none(zero: Theorem) -> Theorem:
                return prove(
                    goal, lambda j, less, goal: _zero_product(goal, use(zero, j, less), c(i), at_least)
                )

            def alive_case(alive: Theorem) -> Theorem:
                def values(bound: Theorem, left: list[Theorem], right: list[Theorem]) -> Theorem:
                    mine = own_jump(left, a, i, in_i, alive)

                    def no_other(
                        p: Expression, in_p: Theorem, parallel: Theorem, goal: Expression
                    ) -> Theorem:
                        return with_witness(
                            parallel,
                            lambda mu, multiple: _must_be_zero(
                                goal,
                                (d, row(a, i), row(b, p), mu),
                                multiple,
                                lambda more: detach(
                                    use(unmatched, p, in_p),
                                    together(
                                        alive,
                                        witness(together(more, multiple), matches(a, i, b, p, d).args[1], mu),
                                    ),
                                ),
                                lambda less, alive_p: detach(
                                    use(opposite, i, in_i, p, in_p, alive, alive_p),
                                    witness(together(less, multiple), _opposite(a, i, b, p, d), mu),
                                ),
                            ),
                        )

                    none = prove(
                        below(p, m, implies(is_parallel(row(b, p), row(a, i), d), is_zero(row(b, p), d))),
                        no_other,
                    )
                    nothing = use(right[1], none)
                    return prove(
                        goal,
                        lambda j, less, goal: _only_jump(
                            goal, use(bound, j, less), (mine, unit, nothing), (c(i), a(i, j)), delta, 1
                        ),
                    )

                return across(row(a, i), alive, values)

            return split(excluded_middle(is_zero(row(a, i), d)), is_none, alive_case)

        def alone_too_of(given: Given) -> Theorem:
            p, in_p, unmatched, goal = given

            def is_none(zero: Theorem) -> Theorem:
                return prove(
                    goal, lambda j, less, goal: _zero_product(goal, use(zero, j, less), e(p), at_least)
                )

            def alive_case(alive_p: Theorem) -> Theorem:
                def values(bound: Theorem, left: list[Theorem], right: list[Theorem]) -> Theorem:
                    mine = own_jump(right, b, p, in_p, alive_p)

                    def no_other(
                        i: Expression, in_i: Theorem, parallel: Theorem, goal: Expression
                    ) -> Theorem:
                        def alive_i_case(alive: Theorem) -> Theorem:
                            turned = use(turned_multiple(), d, row(b, p), row(a, i), alive, parallel)

                            def found(mu: Expression, multiple: Theorem) -> Theorem:
                                zero = _must_be_zero(
                                    is_zero(row(b, p), d),
                                    (d, row(a, i), row(b, p), mu),
                                    multiple,
                                    lambda more: detach(
                                        use(unmatched, i, in_i),
                                        together(
                                            alive,
                                            witness(
                                                together(more, multiple), matches(a, i, b, p, d).args[1], mu
                                            ),
                                        ),
                                    ),
                                    lambda less, alive_p: detach(
                                        use(opposite, i, in_i, p, in_p, alive, alive_p),
                                        witness(together(less, multiple), _opposite(a, i, b, p, d), mu),
                                    ),
                                )
                                return contradiction(goal, detach(alive_p, zero))

                            return with_witness(turned, found)

                        return split(excluded_middle(is_zero(row(a, i), d)), lambda zero: zero, alive_i_case)

                    none = prove(
                        below(i, m, implies(is_parallel(row(a, i), row(b, p), d), is_zero(row(a, i), d))),
                        no_other,
                    )
                    nothing = use(left[1], restate(none, left[1].conclusion.args[0]))
                    return prove(
                        goal,
                        lambda j, less, goal: _only_jump(
                            goal, use(bound, j, less), (mine, unit, nothing), (e(p), b(p, j)), delta, -1
                        ),
                    )

                return across(row(b, p), alive_p, values)

            return split(excluded_middle(is_zero(row(b, p), d)), is_none, alive_case)

        near, alone, alone_too = goal.args
        return together(
            opened(near, 5, matched), opened(alone, 3, alone_of), opened(alone_too, 3, alone_too_of)
        )

    return opened(statement, 14, build).called(
        "matching neurons have near products, the others small ones (102)"
    )


def _opposite(a: Entry, i: Entry, b: Entry, p: Entry, d: Entry) -> Expression:
    return exists(mu, both(mu < 0, is_multiple(row(b, p), mu, row(a, i), d)))


def _must_be_zero(
    goal: Expression, terms: Entry, multiple: Entry, if_positive: Entry, if_negative: Entry
) -> Theorem:
    """From u = mu v, and contradictions for mu > 0 and for mu < 0, u != 0: u = 0."""
    _d, v, _u, mu = terms

    def zero(none: Theorem) -> Theorem:
        return prove(goal, lambda j, less, goal: certificate(goal, [(use(multiple, j, less),), (none, v(j))]))

    def negative(less: Theorem) -> Theorem:
        return split(
            excluded_middle(goal), lambda h: h, lambda alive: contradiction(goal, if_negative(less, alive))
        )

    return split(
        trichotomy(mu, number(0)), negative, zero, lambda more: contradiction(goal, if_positive(more))
    )


def _zero_product(goal: Expression, zero: Entry, factor: Entry, at_least: Entry) -> Theorem:
    """From a_ij = 0: |c_i a_ij| <= 2 delta."""
    value = goal.args[0].args[1]
    same = certificate(eq(0, value), [(zero, -1 * factor)])
    absolute = use(parts(use(axiom("abs"), 0))[0], arith(number(0) <= 0))
    bound = goal.args[1]
    return rewrite(same, lambda z: ABS(z) <= bound, arith(ABS(number(0)) <= bound, absolute, at_least))


def _only_jump(
    goal: Expression, inner: Entry, jumps: Entry, terms: Entry, delta: Entry, sign: Entry
) -> Theorem:
    """From the kink's bound with one jump c and the other 0: |c a_ij| <= 2 delta."""
    mine, unit, nothing = jumps
    factor, entry = terms
    value = inner.conclusion.args[0].args[1]
    wanted = goal.args[0].args[1]
    facts = [(mine, sign * entry), (unit, sign * factor * entry), (nothing, -sign * entry)]
    same = certificate(eq(value, sign * wanted), facts)
    signed = rewrite(same, lambda z: ABS(z) <= 2 * delta, inner)
    if sign == 1:
        return restate(signed, goal)
    return arith(goal, signed, use(abs_of_opposite(), wanted))


@cache
def turned_multiple() -> Theorem:
    """If u != 0 is a multiple of v, then v is one of u."""
    u = f
    statement = forall(d, v, u, implies(negation(is_zero(u, d)), is_parallel(u, v, d), is_parallel(v, u, d)))

    def build(given: Given) -> Theorem:
        d, v, u, alive, parallel, goal = given

        def found(mu: Expression, multiple: Theorem) -> Theorem:
            def zero(none: Theorem) -> Theorem:
                flat = prove(
                    is_zero(u, d),
                    lambda j, less, goal: certificate(goal, [(use(multiple, j, less),), (none, v(j))]),
                )
                return contradiction(goal, detach(alive, flat))

            def inverse(product: Theorem) -> Theorem:
                turned = prove(
                    is_multiple(v, INVERSE(mu), u, d),
                    lambda j, less, goal: certificate(
                        goal, [(use(multiple, j, less), -1 * INVERSE(mu)), (product, -1 * v(j))]
                    ),
                )
                return witness(turned, goal, INVERSE(mu))

            return split(use(axiom("inverse"), mu), zero, inverse)

        return with_witness(parallel, found)

    return opened(statement, 5, build).called("v is a multiple of its multiple u != 0")
