"""Jumps across the hyperplanes of pairwise independent weights."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ..kernel.arithmetic import axiom, certificate, natural
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
    forall,
    function,
    implies,
    negation,
    number,
    total,
    variable,
)
from ..statements.functions import INVERSE
from .kinks import classes, flag, jump, size
from .names import (
    ABS,
    a,
    below,
    c,
    d,
    differs,
    f,
    i,
    is_multiple,
    is_parallel,
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
