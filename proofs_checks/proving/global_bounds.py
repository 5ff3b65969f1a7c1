"""The global Lipschitz bound of Theorem 6 (i), in networks of any depth."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ..kernel.arithmetic import axiom, certificate, natural
from ..kernel.rules import Theorem, restate
from ..proving.bounds import first_layer_entries, restated_output, row_times_vector, unit_columns
from ..proving.certificates import arith
from ..proving.lemmas import abs_at_most, abs_facts, sum_monotone
from ..proving.tactics import by_induction, compare, parts, prove, prove_for, rewrite, split, use
from ..statements.bounds import (
    D,
    N,
    columns_of_last_weight,
    distance_at_most,
    is_distance,
    power,
    powers_of,
    rows_of_first_weight,
    weights_at_most,
)
from ..statements.expressions import Expression, both, eq, forall, function, implies, number, total
from ..statements.functions import ABS, RELU
from ..statements.networks import (
    C,
    W,
    b,
    below,
    h,
    i,
    j,
    k,
    m,
    n,
    p,
    pre_activations,
    row_of,
    s,
    t,
    u,
    v,
    x,
    y,
)


@cache
def relu_is_nonexpansive() -> Theorem:
    """|relu(s) - relu(t)| <= |s - t|."""
    statement = forall(s, t, ABS(RELU(s) - RELU(t)) <= ABS(s - t))

    def build(goal: Expression) -> Theorem:
        bounds = parts(use(abs_facts(), s - t))

        def signed(of: Expression, then: Callable[[list[Theorem]], Theorem], known: list[Theorem]) -> Theorem:
            positive, negative = parts(use(axiom("relu"), of))
            return split(
                compare(number(0), of),
                lambda sign: then([*known, sign, use(positive, sign)]),
                lambda sign: then([*known, sign, use(negative, arith(of <= 0, sign))]),
            )

        def finish(known: list[Theorem]) -> Theorem:
            difference, bound = RELU(s) - RELU(t), ABS(s - t)
            above = arith(difference <= bound, *known, *bounds[:3], degree=1)
            below_ = arith(-difference <= bound, *known, *bounds[:3], degree=1)
            return use(abs_at_most(), difference, bound, above, below_)

        return restate(signed(s, lambda known: signed(t, finish, known), []), goal)

    return prove_for([s, t], statement, build).called("|relu(s) - relu(t)| <= |s - t|")


@cache
def entries_everywhere() -> Theorem:
    """|y_k - v_k| <= (C N)^{k-1} ||x - u||, entry by entry, for all x and u."""
    names = [n, W, b, h, x, u, y, v, C, N, D, power]
    entry = ABS(y(k + 1, i) - v(k + 1, i)) <= power(k) * D
    statement = forall(
        *names,
        implies(
            both(pre_activations(y, x), pre_activations(v, u)),
            rows_of_first_weight(),
            weights_at_most(C, h),
            below(k, h, n(k + 1) <= N),
            is_distance(D, x, u),
            powers_of(C * N, power),
            below(k, h + 1, below(i, n(k + 1), entry)),
        ),
    )
    return prove_for(names, statement, _entries_everywhere).called("entries of differences, everywhere")


def _entries_everywhere(
    values: Theorem,
    rows: Theorem,
    weights: Theorem,
    widths: Theorem,
    distance: Theorem,
    powers: Theorem,
    goal: Expression,
) -> Theorem:
    (start, step), (start_v, step_v) = map(parts, parts(values))
    positive, entries = parts(weights)
    zeroth, following = parts(powers)
    not_negative = powers_not_negative(power, certificate(C * N >= 0, [(positive, natural(N))]), powers)

    def claim(k: Expression) -> Expression:
        entry = ABS(y(k + 1, i) - v(k + 1, i)) <= power(k) * D
        return implies(k < h + 1, below(i, n(k + 1), entry))

    def base(goal: Expression) -> Theorem:
        first = use(first_layer_entries(), n, W, x, u, D, rows, distance)

        def build(_: Theorem, i: Expression, small: Theorem, goal: Expression) -> Theorem:
            value = total(j, n(0), W(1, i, j) * (x(j) - u(j)))
            equal = arith(eq(value, y(1, i) - v(1, i)), use(start, i, small), use(start_v, i, small))
            bound = rewrite(equal, lambda w: ABS(w) <= D, use(first, i, small))
            return arith(goal, bound, zeroth, multipliers=[D], degree=1)

        return prove(goal, build)

    def later(k: Expression, before: Theorem, goal: Expression) -> Theorem:
        def build(inside: Theorem, i: Expression, small: Theorem, goal: Expression) -> Theorem:
            known, now = use(before, arith(k < h + 1, inside)), arith(k < h, inside)
            change = function(j, RELU(y(k + 1, j)) - RELU(v(k + 1, j)))
            smaller = sum_of_changes(k, known, use(widths, k, now), use(not_negative, k), parts(distance)[0])
            row, size = function(j, W(k + 2, i, j)), N * power(k) * D
            entry = use(entries, k, now, i, small)
            bound = use(row_times_vector(), row, change, n(k + 1), C, size, entry, smaller, positive)
            value = total(j, n(k + 1), row(j) * change(j))
            equal = arith(
                eq(value, y(k + 2, i) - v(k + 2, i)),
                use(step, k, i, small),
                use(step_v, k, i, small),
                degree=1,
            )
            final = rewrite(equal, lambda w: ABS(w) <= C * size, bound)
            return arith(goal, final, use(following, k), multipliers=[D], degree=1)

        return prove(goal, build)

    found = by_induction(claim, base, later)
    return prove(goal, lambda k, inside, _: use(found, k, inside))


def powers_not_negative(power: Expression, positive: Theorem, powers: Theorem) -> Theorem:
    """The powers of a number >= 0 are >= 0."""
    zeroth, following = parts(powers)
    return by_induction(
        lambda k: power(k) >= 0,
        lambda goal: arith(goal, zeroth),
        lambda k, before, goal: certificate(goal, [(positive, before), (use(following, k), -1)]),
    )


def sum_of_changes(
    k: Expression, known: Theorem, width: Theorem, power_positive: Theorem, distance_positive: Theorem
) -> Theorem:
    """From |y - v| <= power D in layer k + 1: sum |relu(y) - relu(v)| <= N power(k) D."""
    bound = power(k) * D

    def term(j: Expression, less: Theorem, goal: Expression) -> Theorem:
        return arith(
            goal, use(relu_is_nonexpansive(), y(k + 1, j), v(k + 1, j)), use(known, j, less), degree=1
        )

    one = function(j, ABS(RELU(y(k + 1, j)) - RELU(v(k + 1, j))))
    terms = prove(below(j, n(k + 1), one(j) <= bound), term)
    sums = use(sum_monotone(), one, function(j, bound), n(k + 1), terms)
    return certificate(
        total(j, n(k + 1), one(j)) <= N * bound, [(sums,), (width, power_positive, distance_positive)]
    )


@cache
def bound_everywhere() -> Theorem:
    """||M_L(x) - M_L(u)|| <= (C N)^{L-2} N ||x - u|| for all x and u, L = m + 2."""
    names = [n, W, b, m, x, u, y, v, C, N, D, power]
    statement = forall(
        *names,
        implies(
            both(pre_activations(y, x), pre_activations(v, u)),
            both(rows_of_first_weight(), columns_of_last_weight(m + 1)),
            weights_at_most(C, m),
            below(k, m + 1, n(k + 1) <= N),
            is_distance(D, x, u),
            powers_of(C * N, power),
            distance_at_most(row_of(y, m + 2), row_of(v, m + 2), n(m + 2), power(m) * N * D),
        ),
    )

    def build(
        values: Theorem,
        norms: Theorem,
        weights: Theorem,
        widths: Theorem,
        distance: Theorem,
        powers: Theorem,
        goal: Expression,
    ) -> Theorem:
        rows, columns = parts(norms)
        (_, step), (_, step_v) = map(parts, parts(values))
        hidden = prove(
            below(k, m, n(k + 1) <= N), lambda k, inside, _: use(widths, k, arith(k < m + 1, inside))
        )
        everywhere = use(entries_everywhere(), n, W, b, m, x, u, y, v, C, N, D, power)
        last = arith(m < m + 1)
        entries = use(everywhere, values, rows, weights, hidden, distance, powers, m, last)
        base = certificate(C * N >= 0, [(parts(weights)[0], natural(N))])
        positive = use(powers_not_negative(power, base, powers), m)
        sums = sum_of_changes(m, entries, use(widths, m, last), positive, parts(distance)[0])
        change = function(p, RELU(y(m + 1, p)) - RELU(v(m + 1, p)))
        size = power(m) * N * D
        sums = arith(total(p, n(m + 1), ABS(change(p))) <= size, sums, degree=1)
        matrix = function(i, p, W(m + 2, i, p))
        bound = use(unit_columns(), matrix, change, n(m + 1), n(m + 2), size, columns, sums)
        return restated_output(y, bound, step, step_v, change, goal)

    return prove_for(names, statement, build).called("the global bound of Theorem 6 (i), L >= 2")
