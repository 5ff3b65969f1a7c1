"""Lipschitz bounds on a cell, in networks of any depth: Theorem 6 (i) and (ii)."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate, identity, square
from ..kernel.rules import Theorem, restate
from ..proving.bounds import first_layer_entries, restated_output, row_times_vector, unit_columns
from ..proving.cells import equal_sums
from ..proving.certificates import arith
from ..proving.lemmas import abs_of_product, sum_monotone
from ..proving.tactics import by_induction, parts, prove, prove_for, rewrite, split, use
from ..statements.bounds import (
    D,
    columns_of_last_weight,
    distance_at_most,
    is_distance,
    norms_at_most,
    paths,
    power,
    powers_of,
    products_of_supports,
    rows_of_first_weight,
    sigma,
    weights_at_most,
    within,
)
from ..statements.expressions import Expression, both, eq, forall, function, implies, total
from ..statements.functions import ABS
from ..statements.networks import (
    C,
    W,
    are_bits,
    b,
    below,
    h,
    i,
    j,
    k,
    m,
    masked,
    n,
    p,
    row_of,
    theta,
    u,
    v,
    x,
    z,
)


@cache
def entries_on_a_cell() -> Theorem:
    """On a cell: |z_k - v_k| <= C^{k-1} |spt theta_1| ... |spt theta_{k-1}| ||x - u||, entry by entry."""
    names = [n, W, b, theta, h, x, u, z, v, C, D, power, paths]
    entry = ABS(z(k + 1, i) - v(k + 1, i)) <= power(k) * paths(k) * D
    statement = forall(
        *names,
        implies(
            are_bits(theta),
            both(masked(z, x, theta), masked(v, u, theta)),
            rows_of_first_weight(),
            weights_at_most(C, h),
            is_distance(D, x, u),
            both(powers_of(C, power), products_of_supports(theta, paths)),
            below(k, h + 1, below(i, n(k + 1), entry)),
        ),
    )
    return prove_for(names, statement, _entries_on_a_cell).called("entries of differences on a cell")


def _entries_on_a_cell(
    bits: Theorem,
    values: Theorem,
    rows: Theorem,
    weights: Theorem,
    distance: Theorem,
    sequences: Theorem,
    goal: Expression,
) -> Theorem:
    (start, step), (start_v, step_v) = map(parts, parts(values))
    positive, entries = parts(weights)
    (zeroth, powers), (no_paths, more_paths) = map(parts, parts(sequences))

    def claim(k: Expression) -> Expression:
        entry = ABS(z(k + 1, i) - v(k + 1, i)) <= power(k) * paths(k) * D
        return implies(k < h + 1, below(i, n(k + 1), entry))

    def base(goal: Expression) -> Theorem:
        first = use(first_layer_entries(), n, W, x, u, D, rows, distance)

        def build(_: Theorem, i: Expression, small: Theorem, goal: Expression) -> Theorem:
            value = total(j, n(0), W(1, i, j) * (x(j) - u(j)))
            equal = arith(eq(value, z(1, i) - v(1, i)), use(start, i, small), use(start_v, i, small))
            bound = rewrite(equal, lambda w: ABS(w) <= D, use(first, i, small))
            one = certificate(eq(power(0) * paths(0) * D, D), [(zeroth, paths(0) * D), (no_paths, D)])
            return arith(goal, bound, one, degree=1)

        return prove(goal, build)

    def later(k: Expression, before: Theorem, goal: Expression) -> Theorem:
        def build(inside: Theorem, i: Expression, small: Theorem, goal: Expression) -> Theorem:
            known = use(before, arith(k < h + 1, inside))
            size = paths(k + 1) * power(k) * D
            masked_difference = function(j, theta(k + 1, j) * (z(k + 1, j) - v(k + 1, j)))
            smaller = sum_of_masked(k, known, use(more_paths, k), bits)
            row = function(j, W(k + 2, i, j))
            entry = use(entries, k, arith(k < h, inside), i, small)
            bound = use(
                row_times_vector(), row, masked_difference, n(k + 1), C, size, entry, smaller, positive
            )
            value = total(j, n(k + 1), row(j) * masked_difference(j))
            equal = arith(
                eq(value, z(k + 2, i) - v(k + 2, i)), use(step, k, i, small), use(step_v, k, i, small)
            )
            final = rewrite(equal, lambda w: ABS(w) <= C * size, bound)
            return arith(goal, final, use(powers, k), multipliers=[paths(k + 1) * D], degree=1)

        return prove(goal, build)

    found = by_induction(claim, base, later)
    return prove(goal, lambda k, inside, _: use(found, k, inside))


def sum_of_masked(k: Expression, known: Theorem, more_paths: Theorem, bits: Theorem) -> Theorem:
    """From |z - v| <= power paths D in layer k + 1: sum |theta (z - v)| <= paths(k + 1) power(k) D."""
    bound = power(k) * paths(k) * D

    def term(j: Expression, less: Theorem, goal: Expression) -> Theorem:
        difference = z(k + 1, j) - v(k + 1, j)
        product = use(abs_of_product(), theta(k + 1, j), difference)
        entry = use(known, j, less)

        def with_bit(bit: Theorem) -> Theorem:
            sign = use(parts(use(axiom("abs"), theta(k + 1, j)))[0], arith(theta(k + 1, j) >= 0, bit))
            factor = arith(theta(k + 1, j) >= 0, bit)
            value = certificate(
                eq(ABS(theta(k + 1, j) * difference), theta(k + 1, j) * ABS(difference)),
                [(product, 1), (sign, ABS(difference))],
            )
            return arith(goal, value, entry, factor)

        return split(use(bits, k, j, less), with_bit, with_bit)

    one = function(j, ABS(theta(k + 1, j) * (z(k + 1, j) - v(k + 1, j))))
    two = function(j, theta(k + 1, j) * bound)
    terms = prove(below(j, n(k + 1), one(j) <= two(j)), term)
    sums = use(sum_monotone(), one, two, n(k + 1), terms)
    wanted = total(j, n(k + 1), one(j)) <= paths(k + 1) * power(k) * D
    return arith(wanted, sums, more_paths, multipliers=[power(k) * D], degree=1)


@cache
def bound_on_a_cell() -> Theorem:
    """||M^theta(x) - M^theta(u)|| <= C^{L-2} |spt theta_1| ... |spt theta_{L-1}| ||x - u||, L = m + 2."""
    names = [n, W, b, theta, m, x, u, z, v, C, D, power, paths]
    statement = forall(
        *names,
        implies(
            are_bits(theta),
            both(masked(z, x, theta), masked(v, u, theta)),
            both(rows_of_first_weight(), columns_of_last_weight(m + 1)),
            weights_at_most(C, m),
            is_distance(D, x, u),
            both(powers_of(C, power), products_of_supports(theta, paths)),
            distance_at_most(row_of(z, m + 2), row_of(v, m + 2), n(m + 2), power(m) * paths(m + 1) * D),
        ),
    )

    def build(
        bits: Theorem,
        values: Theorem,
        norms: Theorem,
        weights: Theorem,
        distance: Theorem,
        sequences: Theorem,
        goal: Expression,
    ) -> Theorem:
        rows, columns = parts(norms)
        (_, step), (_, step_v) = map(parts, parts(values))
        everywhere = use(entries_on_a_cell(), n, W, b, theta, m, x, u, z, v, C, D, power, paths)
        entries = use(everywhere, bits, values, rows, weights, distance, sequences, m, arith(m < m + 1))
        more_paths = use(parts(parts(sequences)[1])[1], m)
        masked_difference = function(p, theta(m + 1, p) * (z(m + 1, p) - v(m + 1, p)))
        size = power(m) * paths(m + 1) * D
        sums = arith(
            total(p, n(m + 1), ABS(masked_difference(p))) <= size, sum_of_masked(m, entries, more_paths, bits)
        )
        last = function(i, p, W(m + 2, i, p))
        bound = use(unit_columns(), last, masked_difference, n(m + 1), n(m + 2), size, columns, sums)
        return restated_output(z, bound, step, step_v, masked_difference, goal)

    return prove_for(names, statement, build).called("the bound of Theorem 6 (i) on a cell, L >= 2")


@cache
def spectral_bound() -> Theorem:
    """||M^theta(x) - M^theta(u)|| <= sigma^L ||x - u|| if ||W_k g|| <= sigma ||g|| for all k <= L = h + 1."""
    names = [n, W, b, theta, h, x, u, z, v, sigma, power]
    statement = forall(
        *names,
        implies(
            are_bits(theta),
            both(masked(z, x, theta), masked(v, u, theta)),
            norms_at_most(sigma, h + 1),
            powers_of(sigma, power),
            within(row_of(z, h + 1), row_of(v, h + 1), n(h + 1), power(h + 1) ** 2, x, u),
        ),
    )

    def build(bits: Theorem, values: Theorem, norms: Theorem, powers: Theorem, goal: Expression) -> Theorem:
        (start, step), (start_v, step_v) = map(parts, parts(values))
        _, norm = parts(norms)
        zeroth, following = parts(powers)

        def claim(k: Expression) -> Expression:
            bound = within(row_of(z, k + 1), row_of(v, k + 1), n(k + 1), power(k + 1) ** 2, x, u)
            return implies(k < h + 1, bound)

        def base(goal: Expression) -> Theorem:
            def build(inside: Theorem, goal: Expression) -> Theorem:
                step = function(j, x(j) - u(j))
                value = function(i, total(j, n(0), W(1, i, j) * step(j)))

                def term(j: Expression, less: Theorem, _: Expression) -> Theorem:
                    equal = arith(
                        eq(value(j), z(1, j) - v(1, j)), use(start, j, less), use(start_v, j, less), degree=1
                    )
                    return rewrite(
                        equal, lambda w: eq(value(j) ** 2, w**2), identity(value(j) ** 2, value(j) ** 2)
                    )

                sums = equal_sums(n(1), value(j) ** 2, (z(1, j) - v(1, j)) ** 2, term)
                first = arith(eq(power(1), sigma), use(following, 0), zeroth, multipliers=[sigma], degree=1)
                squared = arith(eq(power(1) ** 2, sigma**2), first, multipliers=[power(1), sigma], degree=1)
                size = total(j, n(0), step(j) ** 2)
                return arith(goal, use(norm, 0, inside, step), sums, squared, multipliers=[size], degree=1)

            return prove(goal, build)

        def later(k: Expression, before: Theorem, goal: Expression) -> Theorem:
            def build(inside: Theorem, goal: Expression) -> Theorem:
                known = use(before, arith(k < h + 1, inside))
                step_ = function(j, theta(k + 1, j) * (z(k + 1, j) - v(k + 1, j)))
                value = function(i, total(j, n(k + 1), W(k + 2, i, j) * step_(j)))

                def term(j: Expression, less: Theorem, _: Expression) -> Theorem:
                    one, two = use(step, k, j, less), use(step_v, k, j, less)
                    equal = arith(eq(value(j), z(k + 2, j) - v(k + 2, j)), one, two, degree=1)
                    return rewrite(
                        equal, lambda w: eq(value(j) ** 2, w**2), identity(value(j) ** 2, value(j) ** 2)
                    )

                sums = equal_sums(n(k + 2), value(j) ** 2, (z(k + 2, j) - v(k + 2, j)) ** 2, term)

                def less_with_bits(j: Expression, less: Theorem, goal: Expression) -> Theorem:
                    difference = z(k + 1, j) - v(k + 1, j)

                    def at(bit: Theorem) -> Theorem:
                        squared = arith(
                            eq(step_(j), bit.conclusion.args[1] * difference),
                            bit,
                            multipliers=[difference],
                            degree=1,
                        )
                        return arith(
                            goal,
                            square(difference),
                            rewrite(
                                squared,
                                lambda w: eq(step_(j) ** 2, w**2),
                                identity(step_(j) ** 2, step_(j) ** 2),
                            ),
                        )

                    return split(use(bits, k, j, less), at, at)

                difference_squared = function(j, (z(k + 1, j) - v(k + 1, j)) ** 2)
                terms = prove(below(j, n(k + 1), step_(j) ** 2 <= difference_squared(j)), less_with_bits)
                smaller = use(sum_monotone(), function(j, step_(j) ** 2), difference_squared, n(k + 1), terms)
                size = total(j, n(0), (x(j) - u(j)) ** 2)
                chain = arith(
                    total(j, n(k + 1), step_(j) ** 2) <= power(k + 1) ** 2 * size, smaller, known, degree=1
                )
                whole = certificate(
                    sigma**2 * total(j, n(k + 1), step_(j) ** 2) <= sigma**2 * power(k + 1) ** 2 * size,
                    [(square(sigma), chain)],
                )
                next_power = use(following, k + 1)
                squared = arith(
                    eq(power(k + 2) ** 2, sigma**2 * power(k + 1) ** 2),
                    next_power,
                    multipliers=[power(k + 2), sigma * power(k + 1)],
                    degree=1,
                )
                output = use(norm, k + 1, inside, step_)
                return arith(goal, output, sums, whole, squared, multipliers=[size], degree=1)

            return prove(goal, build)

        found = by_induction(claim, base, later)
        return restate(use(found, h, arith(h < h + 1)), goal)

    return prove_for(names, statement, build).called("the bound of Theorem 6 (ii)")
