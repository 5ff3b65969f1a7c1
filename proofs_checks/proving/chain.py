"""The chain of inequalities in the proof of Theorem 6 (i), line by line, in networks of any depth."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, restate
from ..proving.bounds import row_times_vector
from ..proving.certificates import arith
from ..proving.decompositions import equal_terms
from ..proving.lemmas import abs_of_product, sum_monotone, sum_not_negative
from ..proving.tactics import by_induction, parts, prove, prove_for, rewrite, split, use
from ..statements.bounds import paths, power, powers_of, products_of_supports, weights_at_most
from ..statements.decompositions import A, coefficients
from ..statements.expressions import Expression, both, eq, forall, function, implies, number, total
from ..statements.functions import ABS
from ..statements.networks import C, W, are_bits, b, below, h, i, j, k, masked, n, p, q, theta, u, v, x, z


@cache
def differences_are_coefficients() -> Theorem:
    """z_k - v_k is A_k at x - u."""
    names = [n, W, b, theta, x, u, z, v, A]
    step_ = function(j, x(j) - u(j))
    statement = forall(
        *names,
        implies(
            both(masked(z, x, theta), masked(v, u, theta)),
            coefficients(A, step_, theta),
            forall(k, below(i, n(k + 1), eq(z(k + 1, i) - v(k + 1, i), A(k + 1, i)))),
        ),
    )

    def build(values: Theorem, alphas: Theorem, goal: Expression) -> Theorem:
        (start, step), (start_v, step_v) = map(parts, parts(values))
        first, later = parts(alphas)

        def claim(k: Expression) -> Expression:
            return below(i, n(k + 1), eq(z(k + 1, i) - v(k + 1, i), A(k + 1, i)))

        def base(goal: Expression) -> Theorem:
            def build(i: Expression, small: Theorem, goal: Expression) -> Theorem:
                facts = [use(start, i, small), use(start_v, i, small), use(first, i, small)]
                return arith(goal, *facts, degree=1)

            return prove(goal, build)

        def following(k: Expression, before: Theorem, goal: Expression) -> Theorem:
            def build(i: Expression, small: Theorem, goal: Expression) -> Theorem:
                def term(p: Expression, less: Theorem, goal: Expression) -> Theorem:
                    factor = W(k + 2, i, p) * theta(k + 1, p)
                    return arith(goal, use(before, p, less), multipliers=[factor], degree=1)

                weight = W(k + 2, i, p) * theta(k + 1, p)
                difference = weight * (z(k + 1, p) - v(k + 1, p))
                equal = equal_terms(p, n(k + 1), difference, weight * A(k + 1, p), term)
                facts = [use(step, k, i, small), use(step_v, k, i, small), use(later, k, i, small)]
                return arith(goal, *facts, equal, degree=1)

            return prove(goal, build)

        return restate(by_induction(claim, base, following), goal)

    return prove_for(names, statement, build).called("z_k - v_k is A_k at x - u")


def active_sum(k: Expression) -> Expression:
    """The sum over spt theta_{k+1} of |A_{k+1}|."""
    return total(p, n(k + 1), theta(k + 1, p) * ABS(A(k + 1, p)))


def sizes_of_active(k: Expression, bits: Theorem) -> Theorem:
    """In layer k + 1, sum |theta A| = sum theta |A|."""

    def term(p: Expression, less: Theorem, goal: Expression) -> Theorem:
        bit, value = theta(k + 1, p), A(k + 1, p)

        def at(known: Theorem) -> Theorem:
            size = use(parts(use(axiom("abs"), bit))[0], arith(bit >= 0, known))
            return certificate(goal, [(use(abs_of_product(), bit, value), 1), (size, ABS(value))])

        return split(use(bits, k, p, less), at, at)

    one, two = ABS(theta(k + 1, p) * A(k + 1, p)), theta(k + 1, p) * ABS(A(k + 1, p))
    return equal_terms(p, n(k + 1), one, two, term)


def active_terms(k: Expression, bits: Theorem, entries: Theorem, bound: Expression) -> Theorem:
    """From |A_{k+1}(p)| <= bound for all p: the sum over the support is at most |spt theta_{k+1}| bound."""

    def term(p: Expression, less: Theorem, goal: Expression) -> Theorem:
        def at(known: Theorem) -> Theorem:
            return arith(goal, arith(theta(k + 1, p) >= 0, known), use(entries, p, less))

        return split(use(bits, k, p, less), at, at)

    one, two = theta(k + 1, p) * ABS(A(k + 1, p)), theta(k + 1, p) * bound
    terms = prove(below(p, n(k + 1), one <= two), term)
    return use(sum_monotone(), function(p, one), function(p, two), n(k + 1), terms)


@cache
def sums_over_paths() -> Theorem:
    """Over supports, sum |A_{k+1}| <= C^k |spt theta_2| ... |spt theta_{k+1}| sum |A_1|."""
    names = [n, W, theta, h, x, A, C, power, paths]
    statement = forall(
        *names,
        implies(
            are_bits(theta),
            coefficients(A, x, theta),
            weights_at_most(C, h),
            both(powers_of(C, power), products_of_supports(theta, paths, 2)),
            below(k, h + 1, active_sum(k) <= power(k) * paths(k) * active_sum(number(0))),
        ),
    )

    def build(
        bits: Theorem, alphas: Theorem, weights: Theorem, sequences: Theorem, goal: Expression
    ) -> Theorem:
        positive, entries = parts(weights)
        (zeroth, powers), (no_paths, more_paths) = map(parts, parts(sequences))
        _, later = parts(alphas)
        start = active_sum(number(0))

        def claim(k: Expression) -> Expression:
            return implies(k < h + 1, active_sum(k) <= power(k) * paths(k) * start)

        def base(goal: Expression) -> Theorem:
            one = certificate(
                eq(power(0) * paths(0) * start, start), [(zeroth, paths(0) * start), (no_paths, start)]
            )
            return prove(goal, lambda _, goal: arith(goal, one, degree=1))

        def following(k: Expression, before: Theorem, goal: Expression) -> Theorem:
            def build(inside: Theorem, goal: Expression) -> Theorem:
                known = use(before, arith(k < h + 1, inside))
                now = active_sum(k)
                vector = function(p, theta(k + 1, p) * A(k + 1, p))
                size = arith(total(p, n(k + 1), ABS(vector(p))) <= now, sizes_of_active(k, bits), degree=1)

                def entry(p: Expression, less: Theorem, _: Expression) -> Theorem:
                    row = function(q, W(k + 2, p, q))
                    weight = use(entries, k, arith(k < h, inside), p, less)
                    bound = use(row_times_vector(), row, vector, n(k + 1), C, now, weight, size, positive)
                    value = total(q, n(k + 1), row(q) * vector(q))
                    equal = arith(eq(value, A(k + 2, p)), use(later, k, p, less), degree=1)
                    return rewrite(equal, lambda w: ABS(w) <= C * now, bound)

                all_entries = prove(below(p, n(k + 2), ABS(A(k + 2, p)) <= C * now), entry)
                terms = active_terms(k + 1, bits, all_entries, C * now)
                support = total(p, n(k + 2), theta(k + 2, p))
                not_negative = sum_of_bits(k + 1, bits)
                scaled = certificate(
                    support * C * now <= support * C * power(k) * paths(k) * start,
                    [(not_negative, positive, known)],
                )
                next_size = certificate(
                    eq(
                        power(k + 1) * paths(k + 1) * start,
                        support * C * power(k) * paths(k) * start,
                    ),
                    [
                        (use(powers, k), paths(k + 1) * start),
                        (use(more_paths, k), C * power(k) * start),
                    ],
                )
                return arith(goal, terms, scaled, next_size, degree=1)

            return prove(goal, build)

        found = by_induction(claim, base, following)
        return prove(goal, lambda k, inside, _: use(found, k, inside))

    return prove_for(names, statement, build).called("the second line: sums over paths")


def sum_of_bits(k: Expression, bits: Theorem) -> Theorem:
    """0 <= |spt theta_{k+1}|."""

    def term(p: Expression, less: Theorem, goal: Expression) -> Theorem:
        return split(use(bits, k, p, less), *[lambda known: arith(goal, known)] * 2)

    terms = prove(below(p, n(k + 1), theta(k + 1, p) >= 0), term)
    return use(sum_not_negative(), function(p, theta(k + 1, p)), n(k + 1), terms)
