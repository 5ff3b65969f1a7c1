"""Neurons with matching half-spaces have nearly the same products c_i a_i: steps (83) to (102).

Two lists of neurons, each pairwise independent where it is not zero. Where a_p of Theta is a positive
multiple of a_i of Gamma, the products differ by at most 2 delta; a neuron that matches none has a product of
at most 2 delta.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ..kernel.arithmetic import axiom, certificate, natural, trichotomy
from ..kernel.rules import Theorem, absurd, detach, excluded_middle, restate, together, witness
from ..proving.certificates import arith
from ..proving.lemmas import last_or_before, sum_equal
from ..proving.tactics import (
    by_induction,
    contradiction,
    last_term,
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
    function,
    implies,
    negation,
    number,
    total,
    variable,
)
from ..statements.functions import INVERSE
from .kinks import abs_of_opposite, cells_at_most, classes, classes_exist, flag, jump, kink, size
from .names import (
    ABS,
    H,
    a,
    b,
    below,
    c,
    d,
    delta,
    differs,
    e,
    f,
    i,
    is_multiple,
    is_parallel,
    is_step,
    is_zero,
    j,
    l,
    m,
    mu,
    n,
    row,
    s,
    v,
)
from .opening import Entry, Given, opened

p, q = variable("p", NATURAL), variable("q", NATURAL)


@cache
def single_term() -> Theorem:
    """A sum in which all terms but one are 0 is that term."""
    statement = forall(
        f, p, n, implies(p < n, below(i, n, implies(differs(i, p), eq(f(i), 0))), eq(total(i, n, f(i)), f(p)))
    )

    def build(given: Given) -> Theorem:
        f, p, n, inside, others, _ = given

        def claim(k: Expression) -> Expression:
            before = implies(k <= p, eq(total(i, k, f(i)), 0))
            after = implies(p < k, eq(total(i, k, f(i)), f(p)))
            return implies(k <= n, both(before, after))

        def base(goal: Expression) -> Theorem:
            nothing = prove(
                implies(p < number(0), eq(number(0), f(p))),
                lambda less, goal: absurd(arith(FALSE, less, natural(p)), goal),
            )
            first = prove(implies(number(0) <= p, eq(number(0), 0)), lambda _, goal: arith(goal))
            return prove(goal, lambda _, goal: restate(together(first, nothing), goal))

        def step(k: Expression, before: Theorem, goal: Expression) -> Theorem:
            def at(inside_k: Theorem, goal: Expression) -> Theorem:
                early, late = parts(use(before, arith(k <= n, inside_k)))
                last = last_term(k, f)
                less_k = arith(k < n, inside_k)
                first = prove(
                    goal.args[0],
                    lambda at_most, goal: arith(
                        goal,
                        last,
                        use(early, arith(k <= p, at_most)),
                        use(others, k, less_k, _differs(k, p, at_most)),
                    ),
                )

                def is_last(equal: Theorem, goal: Expression) -> Theorem:
                    same = rewrite(arith(eq(p, k), equal), lambda z: eq(f(z), f(p)), arith(eq(f(p), f(p))))
                    return arith(goal, last, use(early, arith(k <= p, equal)), same)

                second = prove(
                    goal.args[1],
                    lambda less, goal: split(
                        use(last_or_before(), p, k, less),
                        lambda small: arith(
                            goal, last, use(late, small), use(others, k, less_k, _differs_above(k, p, small))
                        ),
                        lambda equal: is_last(equal, goal),
                    ),
                )
                return together(first, second)

            return prove(goal, at)

        whole = use(by_induction(claim, base, step), n, arith(n <= n))
        return use(parts(whole)[1], inside)

    return opened(statement, 5, build).called("a sum in which all terms but one are 0 is that term")


def _differs(k: Expression, p: Expression, at_most: Theorem) -> Theorem:
    return prove(differs(k, p), lambda equal, _: arith(FALSE, equal, at_most))


def _differs_above(k: Expression, p: Expression, less: Theorem) -> Theorem:
    return prove(differs(k, p), lambda equal, _: arith(FALSE, equal, less))


@cache
def no_terms() -> Theorem:
    """A sum of zeros is 0."""
    statement = forall(f, n, implies(below(i, n, eq(f(i), 0)), eq(total(i, n, f(i)), 0)))

    def build(given: Given) -> Theorem:
        f, n, zeros, goal = given
        zero = function(i, number(0))
        equal = prove(
            below(i, n, eq(f(i), zero(i))), lambda i, less, goal: restate(use(zeros, i, less), goal)
        )
        return arith(goal, use(sum_equal(), f, zero, n, equal))

    return opened(statement, 3, build).called("a sum of zeros is 0")


def is_independent(a: Expression, m: Expression, d: Expression) -> Expression:
    """Return (83): no two a_i that are not zero lie on one line through 0."""
    both_nonzero = [negation(is_zero(row(a, at), d)) for at in (i, l)]
    separate = negation(is_parallel(row(a, l), row(a, i), d))
    return below(i, m, below(l, m, implies(differs(i, l), *both_nonzero, separate)))


@cache
def jump_of_independent() -> Theorem:
    """The jump across the hyperplane of v, for pairwise independent a_i: of a_p = mu v alone, or none."""
    factor = s
    one = forall(
        p,
        factor,
        implies(
            p < m,
            negation(is_zero(row(a, p), d)),
            is_multiple(row(a, p), factor, v, d),
            eq(jump(c, flag, size, m), c(p) * ABS(factor)),
        ),
    )
    none = implies(
        below(p, m, implies(is_parallel(row(a, p), v, d), is_zero(row(a, p), d))),
        eq(jump(c, flag, size, m), 0),
    )
    statement = forall(
        d,
        m,
        a,
        c,
        v,
        flag,
        size,
        implies(
            negation(is_zero(v, d)), is_independent(a, m, d), classes(a, m, flag, size, v, d), both(one, none)
        ),
    )

    def build(given: Given) -> Theorem:
        d, m, a, c, v, flag, size, nonzero, independent, cls, goal = given
        terms = function(i, c(i) * flag(i) * ABS(size(i)))

        def term_zero(
            i: Expression, less: Theorem, zero_if: Callable[[Theorem], Theorem], wanted: Expression
        ) -> Theorem:
            """The term of i is 0: it is no multiple, or ``zero_if`` shows that a_i = 0."""

            def multiple(h: Theorem) -> Theorem:
                _, is_mu = parts(h)
                zero = zero_if(witness(is_mu, is_parallel(row(a, i), v, d), size(i)))
                flat = use(zero_factor(), d, v, row(a, i), size(i), nonzero, is_mu, zero)
                absolute = use(parts(use(axiom("abs"), size(i)))[0], arith(size(i) >= 0, flat))
                return arith(wanted, absolute, flat, multipliers=[c(i) * flag(i)])

            return split(
                use(cls, i, less),
                multiple,
                lambda h: certificate(wanted, [(parts(h)[0], c(i) * ABS(size(i)))]),
            )

        def only(given: Given) -> Theorem:
            p, factor, inside, alive, multiple, goal = given

            def others(i: Expression, less: Theorem, other: Theorem, wanted: Expression) -> Theorem:
                def zero_if(h: Theorem) -> Theorem:
                    return split(
                        excluded_middle(is_zero(row(a, i), d)),
                        lambda zero: zero,
                        lambda nonzero_i: contradiction(
                            is_zero(row(a, i), d),
                            _two_on_a_line(
                                (d, a, v, i, p),
                                (less, inside),
                                other,
                                (nonzero_i, alive),
                                (h, multiple, factor),
                                independent,
                            ),
                        ),
                    )

                return term_zero(i, less, zero_if, wanted)

            single = use(
                single_term(),
                terms,
                p,
                m,
                inside,
                prove(below(i, m, implies(differs(i, p), eq(terms(i), 0))), others),
            )

            def own(h: Theorem) -> Theorem:
                is_one, is_mu = parts(h)
                same = use(same_factor(), d, v, row(a, p), size(p), factor, nonzero, is_mu, multiple)
                absolute = rewrite(
                    arith(eq(factor, size(p)), same),
                    lambda z: eq(ABS(z), ABS(factor)),
                    arith(eq(ABS(factor), ABS(factor))),
                )
                return arith(goal, single, is_one, absolute, multipliers=[c(p) * ABS(size(p)), c(p)])

            return split(
                use(cls, p, inside),
                own,
                lambda h: contradiction(
                    goal, detach(parts(h)[1], witness(multiple, is_parallel(row(a, p), v, d), factor))
                ),
            )

        first = opened(goal.args[0], 5, only)

        def nothing(h: Theorem, goal: Expression) -> Theorem:
            zeros = prove(
                below(i, m, eq(terms(i), 0)),
                lambda i, less, wanted: term_zero(
                    i, less, lambda parallel: use(h, i, less, parallel), wanted
                ),
            )
            return restate(use(no_terms(), terms, m, zeros), goal)

        return together(first, prove(goal.args[1], nothing))

    return opened(statement, 10, build).called("the jump across a hyperplane is that of one neuron")


def _two_on_a_line(
    terms: Entry, inside: Entry, other: Entry, alive: Entry, lines: Entry, independent: Entry
) -> Theorem:
    """From a_i and a_p on the line of v, both not zero: a contradiction."""
    d, a, v, i, p = terms
    less_i, less_p = inside
    nonzero_i, nonzero_p = alive
    parallel_i, multiple_p, factor = lines

    def found(mu: Expression, multiple_i: Theorem) -> Theorem:
        # a_p = factor v with factor != 0, so a_i = mu / factor a_p
        inverse_case = use(axiom("inverse"), factor)
        wanted = is_parallel(row(a, i), row(a, p), d)

        def is_none(zero: Theorem) -> Theorem:
            flat = prove(
                is_zero(row(a, p), d),
                lambda j, less, goal: certificate(goal, [(use(multiple_p, j, less),), (zero, v(j))]),
            )
            return contradiction(wanted, detach(nonzero_p, flat))

        def has_inverse(product: Theorem) -> Theorem:
            ratio = mu * INVERSE(factor)
            multiple = prove(
                is_multiple(row(a, i), ratio, row(a, p), d),
                lambda j, less, goal: certificate(
                    goal,
                    [
                        (use(multiple_i, j, less),),
                        (product, -1 * mu * v(j)),
                        (use(multiple_p, j, less), -1 * ratio),
                    ],
                ),
            )
            return witness(multiple, wanted, ratio)

        parallel = split(inverse_case, is_none, has_inverse)
        backwards = prove(differs(p, i), lambda equal, _: detach(other, arith(eq(i, p), equal)))
        return detach(use(independent, p, less_p, i, less_i, backwards, nonzero_p, nonzero_i), parallel)

    return with_witness(parallel_i, found)


@cache
def zero_factor() -> Theorem:
    """If u = mu v = 0 and v != 0, then mu = 0."""
    u = f
    statement = forall(
        d, v, u, s, implies(negation(is_zero(v, d)), is_multiple(u, s, v, d), is_zero(u, d), eq(s, 0))
    )

    def build(given: Given) -> Theorem:
        d, v, _u, s, nonzero, multiple, zero, goal = given

        def inverse(product: Theorem) -> Theorem:
            flat = prove(
                is_zero(v, d),
                lambda j, less, goal: certificate(
                    goal,
                    [
                        (use(zero, j, less), INVERSE(s)),
                        (use(multiple, j, less), -1 * INVERSE(s)),
                        (product, -1 * v(j)),
                    ],
                ),
            )
            return contradiction(goal, detach(nonzero, flat))

        return split(use(axiom("inverse"), s), lambda h: h, inverse)

    return opened(statement, 7, build).called("mu v = 0 and v != 0 give mu = 0")


@cache
def same_factor() -> Theorem:
    """If u = s v = t v and v != 0, then s = t."""
    u, t = f, mu
    statement = forall(
        d,
        v,
        u,
        s,
        t,
        implies(negation(is_zero(v, d)), is_multiple(u, s, v, d), is_multiple(u, t, v, d), eq(s, t)),
    )

    def build(given: Given) -> Theorem:
        d, v, _u, s, t, nonzero, one, two, goal = given
        zero = function(j, number(0))
        multiple = prove(
            is_multiple(zero, s - t, v, d),
            lambda j, less, goal: certificate(goal, [(use(one, j, less),), (use(two, j, less), -1)]),
        )
        nothing = prove(is_zero(zero, d), lambda _j, _less, goal: arith(goal))
        return arith(goal, use(zero_factor(), d, v, zero, s - t, nonzero, multiple, nothing))

    return opened(statement, 8, build).called("s v = t v and v != 0 give s = t")


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
        lists = ((c, a, one), (e, b, two))

        def across(v: Expression, nonzero: Theorem, values: Callable[..., Theorem]) -> Theorem:
            """Call ``values`` with the two jumps' facts and the bound of the kink."""

            def first(flag: Expression, size: Expression, cls: Theorem) -> Theorem:
                def second(flag2: Expression, size2: Expression, cls2: Theorem) -> Theorem:
                    bound = use(
                        kink(),
                        H,
                        d,
                        v,
                        delta,
                        m,
                        c,
                        a,
                        flag,
                        size,
                        m,
                        e,
                        b,
                        flag2,
                        size2,
                        step,
                        cells,
                        nonzero,
                        cls,
                        cls2,
                    )
                    jumps = [
                        parts(
                            use(
                                jump_of_independent(),
                                d,
                                m,
                                family,
                                coefficient,
                                v,
                                f,
                                s,
                                nonzero,
                                independent,
                                known,
                            )
                        )
                        for (coefficient, family, independent), f, s, known in zip(
                            lists, (flag, flag2), (size, size2), (cls, cls2), strict=True
                        )
                    ]
                    return values(bound, *jumps)

                return with_witness(use(classes_exist(), d, m, b, v), second)

            return with_witness(use(classes_exist(), d, m, a, v), first)

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
