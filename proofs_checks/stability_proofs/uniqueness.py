"""Lemma A.3 and its stronger form: networks of one function differ by order, scale and flips."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import (
    Theorem,
    absurd,
    choice,
    detach,
    excluded_middle,
    restate,
    together,
    witness,
)
from ..proving.certificates import arith
from ..proving.lemmas import sum_equal
from ..proving.tactics import compare, contradiction, parts, prove, rewrite, split, use, with_witness
from ..statements.expressions import (
    FALSE,
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
    total,
)
from ..statements.functions import INVERSE
from .functions import updated
from .independent_jumps import is_independent, single_term
from .located_neurons import _located, _mate
from .names import (
    a,
    b,
    below,
    d,
    differs,
    f,
    i,
    is_zero,
    j,
    k,
    m,
    mu,
    network,
    row,
    x,
)
from .opening import Entry, Given, opened, opened_exists
from .partners import has_no_zero_neuron, partner_exists
from .permutations import inverse_permutation, lam, p, sign
from .restricted_space import D, c, column, e, same_realization
from .swaps import is_permutation, pi


def stronger_statement() -> Expression:
    """Return the stronger form of Lemma A.3: pairwise independent a_i != 0, c_i != 0."""
    same_line = below(i, m, below(j, d, eq(b(i, j), lam(i) * sign(i) * a(pi(i), j))))
    coefficient = below(i, m, below(k, D, eq(lam(i) * e(i, k), c(pi(i), k))))
    signs = below(i, m, both(lam(i) > 0, either(eq(sign(i), 1), eq(sign(i), -1))))
    sums = below(k, D, below(j, d, eq(total(i, m, (1 - sign(i)) * c(pi(i), k) * a(pi(i), j)), 0)))
    return forall(
        d,
        m,
        D,
        a,
        c,
        b,
        e,
        implies(
            is_independent(a, m, d),
            has_no_zero_neuron(a, c, m, d, D),
            same_realization(b, e, a, c, m, d, D),
            exists(pi, lam, sign, both(is_permutation(pi, m), signs, same_line, coefficient, sums)),
        ),
    )


@cache
def stronger_form() -> Theorem:
    """The stronger form of Lemma A.3."""

    def build(given: Given) -> Theorem:
        d, m, D, a, c, b, e, independent, alive, same, goal = given
        by_output = prove(
            below(k, D, forall(x, eq(network(column(c, k), a, x, m, d), network(column(e, k), b, x, m, d)))),
            lambda k, in_D, x, goal: arith(goal, use(same, x, k, in_D), degree=1),
        )
        partners = use(partner_exists(), d, m, m, D, a, c, b, e, independent, alive, by_output)
        each = forall(i, exists(p, mu, implies(i < m, _mate(p, mu, i, (a, b, m, d)))))

        def at(i: Expression, goal: Expression) -> Theorem:
            def inner(less: Theorem) -> Theorem:
                def found(p: Expression, known: Theorem) -> Theorem:
                    in_p, rest = parts(known)

                    def with_factor(mu: Expression, facts: Theorem) -> Theorem:
                        body = opened_exists(goal, p, mu)
                        whole = together(in_p, *parts(facts))
                        return witness(prove(body, lambda _, goal: restate(whole, goal)), goal, p, mu)

                    return with_witness(rest, with_factor)

                return with_witness(use(partners, i, less), found)

            def outside(at_most: Theorem) -> Theorem:
                body = opened_exists(goal, number(0), number(0))
                return witness(
                    prove(body, lambda less, goal: absurd(arith(FALSE, less, at_most), goal)), goal, 0, 0
                )

            return split(compare(m, i), outside, inner)

        def with_sigma(sigma: Expression, h: Theorem) -> Theorem:
            return with_witness(
                choice(h),
                lambda mu, known: _located(
                    goal, (d, m, D, a, c, b, e, sigma, mu), known, independent, alive, by_output
                ),
            )

        return with_witness(choice(prove(each, at)), with_sigma)

    return opened(stronger_statement(), 10, build).called("Lemma A.3, the stronger form")


def is_linearly_independent(a: Entry, m: Entry, d: Entry) -> Expression:
    """Return: sum_i t_i a_i = 0 only for t = 0."""
    combination = below(j, d, eq(total(i, m, f(i) * a(i, j)), 0))
    return forall(f, implies(combination, below(i, m, eq(f(i), 0))))


def lemma_a_3_statement() -> Expression:
    """Return Lemma A.3."""
    line = below(j, d, eq(b(i, j), lam(i) * a(pi(i), j)))
    coefficient = below(k, D, eq(lam(i) * e(i, k), c(pi(i), k)))
    return forall(
        d,
        m,
        D,
        a,
        c,
        b,
        e,
        implies(
            is_linearly_independent(a, m, d),
            below(i, m, negation(is_zero(row(c, i), D))),
            same_realization(b, e, a, c, m, d, D),
            exists(pi, lam, both(is_permutation(pi, m), below(i, m, both(lam(i) > 0, line, coefficient)))),
        ),
    )


@cache
def independent_pairs() -> Theorem:
    """Linearly independent vectors are pairwise independent and not zero."""
    statement = forall(
        d,
        m,
        a,
        implies(
            is_linearly_independent(a, m, d),
            both(is_independent(a, m, d), below(i, m, negation(is_zero(row(a, i), d)))),
        ),
    )

    def build(given: Given) -> Theorem:
        d, m, a, independent, goal = given
        zero = function(i, number(0))

        def one_entry(
            g: Expression, place: Expression, inside: Theorem, known: Theorem, j: Expression
        ) -> Theorem:
            """sum_i g_i a_ij = a_pj for g = 1 at p and 0 elsewhere."""
            own, others = parts(known)
            term = function(i, g(i) * a(i, j))
            rest = prove(
                below(i, m, implies(differs(i, place), eq(term(i), 0))),
                lambda i, _, other, goal: certificate(goal, [(use(others, i, other), a(i, j))]),
            )
            single = use(single_term(), term, place, m, inside, rest)
            return certificate(eq(total(i, m, g(i) * a(i, j)), a(place, j)), [(single,), (own, a(place, j))])

        def nonzero(given: Given) -> Theorem:
            p, inside, flat, _ = given

            def found(g: Expression, known: Theorem) -> Theorem:
                sums = prove(
                    below(j, d, eq(total(i, m, g(i) * a(i, j)), 0)),
                    lambda j, less, goal: arith(
                        goal, one_entry(g, p, inside, known, j), use(flat, j, less), degree=1
                    ),
                )
                return arith(FALSE, use(independent, g, sums, p, inside), parts(known)[0])

            return with_witness(use(updated(), zero, p, number(1)), found)

        def separate(given: Given) -> Theorem:
            p, in_p, q, in_q, other, _, _, parallel, _ = given

            def with_factor(mu: Expression, multiple: Theorem) -> Theorem:
                def first(g: Expression, known: Theorem) -> Theorem:
                    def second(h: Expression, also: Theorem) -> Theorem:
                        combined = function(i, g(i) - mu * h(i))
                        sums = prove(
                            below(j, d, eq(total(i, m, combined(i) * a(i, j)), 0)),
                            lambda j, less, goal: arith(
                                goal,
                                one_entry(g, q, in_q, known, j),
                                one_entry(h, p, in_p, also, j),
                                use(multiple, j, less),
                                multipliers=[mu],
                            ),
                        )
                        backwards = prove(
                            differs(q, p), lambda equal, _: detach(other, arith(eq(p, q), equal))
                        )
                        at_q = use(independent, combined, sums, q, in_q)
                        return arith(
                            FALSE, at_q, parts(known)[0], use(parts(also)[1], q, backwards), multipliers=[mu]
                        )

                    return with_witness(use(updated(), zero, p, number(1)), second)

                return with_witness(use(updated(), zero, q, number(1)), first)

            return with_witness(parallel, with_factor)

        return together(opened(goal.args[0], 8, separate), opened(goal.args[1], 3, nonzero))

    return opened(statement, 4, build).called("linearly independent vectors are pairwise independent")


@cache
def lemma_a_3() -> Theorem:
    """Lemma A.3."""

    def build(given: Given) -> Theorem:
        d, m, D, a, c, b, e, independent, alive, same, goal = given
        pairwise, nonzero = parts(use(independent_pairs(), d, m, a, independent))
        both_alive = prove(
            has_no_zero_neuron(a, c, m, d, D),
            lambda i, less, _goal: together(use(nonzero, i, less), use(alive, i, less)),
        )
        strong = use(stronger_form(), d, m, D, a, c, b, e, pairwise, both_alive, same)

        def found(pi: Expression, lam: Expression, sign: Expression, known: Theorem) -> Theorem:
            permutation, flags, lines, coefficients, sums = parts(known)

            def with_inverse(rho: Expression, facts: Theorem) -> Theorem:
                is_one, back, forth = parts(facts)

                def positive(i: Expression, less: Theorem) -> Theorem:
                    return _sign_is_one(
                        (i, less),
                        (d, m, D, a, c, pi, sign, rho),
                        (independent, alive, sums, permutation, is_one, back, forth),
                    )

                body = opened_exists(goal, pi, lam).args[1]

                def neuron(i: Expression, less: Theorem, goal: Expression) -> Theorem:
                    more = parts(use(flags, i, less))[0]
                    one = positive(i, less)
                    line = prove(
                        goal.args[1],
                        lambda j, in_d, goal: certificate(
                            goal, [(use(lines, i, less, j, in_d),), (one, lam(i) * a(pi(i), j))]
                        ),
                    )
                    return together(more, line, use(coefficients, i, less))

                return witness(together(permutation, prove(body, neuron)), goal, pi, lam)

            return with_witness(use(inverse_permutation(), m, pi, permutation), with_inverse)

        return with_witness(strong, found)

    return opened(lemma_a_3_statement(), 10, build).called("Lemma A.3")


def _sign_is_one(place: Entry, terms: Entry, facts: Entry) -> Theorem:
    """For independent a_i the sum of (1 - s_i) c_i (x) a_i vanishes only if s_i = 1."""
    p, in_p = place
    d, m, D, a, c, pi, sign, rho = terms
    independent, alive, sums, permutation, _is_one, _back, forth = facts
    goal = eq(sign(p), 1)
    stays, one_to_one, _ = parts(permutation)
    in_i = use(stays, p, in_p)

    def off(h: Theorem) -> Theorem:
        gap = 1 - sign(p)
        inverse = split(
            use(axiom("inverse"), gap),
            lambda zero: contradiction(eq(gap * INVERSE(gap), 1), detach(h, arith(goal, zero))),
            lambda product: product,
        )

        def output(k: Expression, in_D: Theorem, goal: Expression) -> Theorem:
            weights = function(i, (1 - sign(rho(i))) * c(i, k))

            def entry(j: Expression, in_d: Theorem, goal: Expression) -> Theorem:
                plain = function(i, weights(i) * a(i, j))
                order = use(axiom("a sum in another order"), m, pi, plain, stays, one_to_one)
                left = function(i, plain(pi(i)))
                right = function(i, (1 - sign(i)) * c(pi(i), k) * a(pi(i), j))

                def term(i: Expression, less: Theorem, goal: Expression) -> Theorem:
                    back_i = use(forth, i, less)
                    same = rewrite(
                        arith(eq(i, rho(pi(i))), back_i),
                        lambda z: eq(sign(z), sign(i)),
                        arith(eq(sign(i), sign(i))),
                    )
                    return certificate(goal, [(same, -1 * c(pi(i), k) * a(pi(i), j))])

                equal = use(sum_equal(), left, right, m, prove(below(i, m, eq(left(i), right(i))), term))
                return arith(goal, order, equal, use(sums, k, in_D, j, in_d), degree=1)

            combination = prove(below(j, d, eq(total(i, m, weights(i) * a(i, j)), 0)), entry)
            zero = use(independent, weights, combination, pi(p), in_i)
            same = rewrite(
                arith(eq(p, rho(pi(p))), use(forth, p, in_p)),
                lambda z: eq(sign(z), sign(p)),
                arith(eq(sign(p), sign(p))),
            )
            product = certificate(eq(gap * c(pi(p), k), 0), [(zero,), (same, c(pi(p), k))])
            return certificate(goal, [(product, INVERSE(gap)), (inverse, -1 * c(pi(p), k))])

        flat = prove(is_zero(row(c, pi(p)), D), output)
        return contradiction(goal, detach(use(alive, pi(p), in_i), flat))

    return split(excluded_middle(goal), lambda h: h, off)
