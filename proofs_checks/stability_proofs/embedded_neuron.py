"""One neuron with a bias becomes a balanced one without, parallel to none of the others."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import (
    Theorem,
    choice,
    detach,
    excluded_middle,
    restate,
    together,
    weaken,
    witness,
)
from ..proving.certificates import arith
from ..proving.tactics import (
    compare,
    parts,
    prove,
    split,
    use,
    with_witness,
)
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
)
from ..statements.functions import RELU
from .embedded_entries import _with_length
from .free_directions import (
    bound,
    embedded,
    fits,
    flat_dot,
    gamma,
    h,
    is_taken,
    taken_once,
    u,
    upper_bound,
    v,
    w,
)
from .names import (
    ABS,
    b,
    d,
    dot,
    i,
    is_zero,
    j,
    k,
    n,
    t,
)
from .opening import Entry, Given, opened, opened_exists
from .rescaling import norm_exists
from .restricted_space import D
from .small_steps import positive_inverse


@cache
def neuron_embedded() -> Theorem:
    """One neuron with a bias becomes one of the restricted space, of a direction that is not taken.

    One that is 0 on all x has the values of (0, -1) with the coefficients 1, which is not 0.
    """
    statement = forall(
        d,
        D,
        v,
        h,
        gamma,
        b,
        n,
        implies(
            number(1) <= D, exists(w, u, both(fits(w, u, b, n, d, D), embedded(v, h, gamma, w, u, d, D)))
        ),
    )

    def build(given: Given) -> Theorem:
        d, D, v, h, gamma, b, n, outputs, goal = given

        def zero(value_zero: Entry) -> Theorem:
            """The neuron has the value 0, as (0, -1) has."""
            return _dead_neuron(goal, (d, D, b, n), outputs, value_zero)

        def no_coefficient(flat: Theorem) -> Theorem:
            return zero(
                lambda k, less, y: certificate(
                    eq(0, gamma(k) * RELU(dot(v, y, d) + h)),
                    [(use(flat, k, less), -1 * RELU(dot(v, y, d) + h))],
                )
            )

        def no_weight(flat: Theorem, at_most: Theorem) -> Theorem:
            def value(k: Expression, _less: Theorem, y: Expression) -> Theorem:
                term = dot(v, y, d) + h
                inner = flat_dot(v, y, d, flat)
                off = use(parts(use(axiom("relu"), term))[1], arith(term <= 0, inner, at_most))
                return certificate(eq(0, gamma(k) * RELU(term)), [(off, -1 * gamma(k))])

            return zero(value)

        def alive(off: Theorem, some: Theorem) -> Theorem:
            return with_witness(
                use(norm_exists(), D, gamma, off),
                lambda size, known: _large_enough(
                    goal, (d, D, v, h, gamma, b, n, size), known, _not_both(some, v, d, h)
                ),
            )

        def with_coefficient(off: Theorem) -> Theorem:
            some = negation(both(is_zero(v, d), h <= 0))
            return split(
                excluded_middle(both(is_zero(v, d), h <= 0)),
                lambda g: no_weight(*parts(g)),
                lambda g: alive(off, restate(g, some)),
            )

        return split(excluded_middle(is_zero(gamma, D)), no_coefficient, with_coefficient)

    return opened(statement, 8, build).called("a neuron with a bias is embedded")


def _not_both(some: Theorem, v: Entry, d: Entry, h: Entry) -> Theorem:
    """From: not (v = 0 and h <= 0): not (v = 0 and h = 0)."""
    return prove(
        negation(both(is_zero(v, d), eq(h, 0))),
        lambda zero, _: detach(some, together(parts(zero)[0], arith(h <= 0, parts(zero)[1]))),
    )


def _dead_neuron(goal: Expression, data: Entry, outputs: Entry, value_zero: Entry) -> Theorem:
    """The neuron with weight 0, bias -1 and coefficients 1, in a direction that is not taken."""
    d, D, b, n = data
    v, gamma, h = function(j, number(0)), function(k, number(1)), number(-1)
    one = prove(
        negation(is_zero(gamma, D)),
        lambda zero, _: arith(FALSE, use(zero, 0, arith(number(0) < D, outputs))),
    )
    not_flat = prove(negation(both(is_zero(v, d), eq(h, 0))), lambda zero, _: arith(FALSE, parts(zero)[1]))
    dead = exists(w, u, both(fits(w, u, b, n, d, D), embedded(v, h, gamma, w, u, d, D)))
    found = with_witness(
        use(norm_exists(), D, gamma, one),
        lambda size, known: _large_enough(dead, (d, D, v, h, gamma, b, n, size), known, not_flat),
    )
    relu = use(parts(use(axiom("relu"), h))[1], arith(h <= 0))

    def with_values(row: Expression, coefficients: Expression, known: Theorem) -> Theorem:
        fit, values = parts(known)
        wanted = opened_exists(goal, row, coefficients).args[1]

        def at(given: Given) -> Theorem:
            y, at_one, at_minus, k, less, inner = given
            value = use(values, y, at_one, at_minus, k, less)
            return arith(inner, value, relu, value_zero(k, less, y), degree=1)

        return witness(together(fit, opened(wanted, 5, at)), goal, row, coefficients)

    return with_witness(found, with_values)


def _large_enough(goal: Expression, data: Entry, known: Entry, some: Entry) -> Theorem:
    """Choose t beyond the values at which the direction is taken."""
    h = data[3]

    def with_ends(first: Expression, second: Expression, facts: list[Theorem]) -> Theorem:
        return _with_ends(goal, data, known, some, (first, second), facts)

    return split(
        compare(number(0), h),
        lambda up: with_ends(
            number(0),
            -1 * h,
            [
                arith(number(0) <= 0),
                arith(-1 * h <= 0, up),
                arith(eq(number(0) - -1 * h, h)),
                weaken(arith(eq(number(0), 0)), either(eq(number(0), 0), eq(-1 * h, 0))),
            ],
        ),
        lambda down: with_ends(
            h,
            number(0),
            [
                arith(h <= 0, down),
                arith(number(0) <= 0),
                arith(eq(h - number(0), h)),
                weaken(arith(eq(number(0), 0)), either(eq(h, 0), eq(number(0), 0))),
            ],
        ),
    )


def _with_ends(
    goal: Expression, data: Entry, known: Entry, some: Entry, ends: Entry, facts: Entry
) -> Theorem:
    d, _D, v, h, _gamma, b, n, size = data
    positive, norm = parts(known)

    def limit(i: Expression, goal: Expression) -> Theorem:
        existing = exists(t, both(t > 0, is_taken(v, b, i, d, size * t**2, ends)))

        def never(none: Theorem) -> Theorem:
            def no_hit(given: Given) -> Theorem:
                t, more, hit, _ = given
                return detach(none, witness(together(more, hit), existing, t))

            return witness(opened(opened_exists(goal, number(0)), 3, no_hit), goal, 0)

        def once(t0: Expression, found: Theorem) -> Theorem:
            above, hit = parts(found)

            def again(given: Given) -> Theorem:
                t, more, hit_again, _ = given
                squares = arith(t0**2 < t**2, more, above)
                longer = arith(size * t0**2 < size * t**2, squares, positive)
                flat, equal = parts(
                    use(taken_once(), d, v, b, i, *ends, size * t0**2, size * t**2, hit, hit_again, longer)
                )
                return detach(some, together(flat, arith(eq(h, 0), equal, facts[2])))

            return witness(opened(opened_exists(goal, t0), 3, again), goal, t0)

        return split(excluded_middle(existing), lambda g: with_witness(g, once), never)

    wanted = forall(
        i, exists(bound, forall(t, implies(t > bound, negation(is_taken(v, b, i, d, size * t**2, ends)))))
    )

    def with_limits(u: Expression, limits: Theorem) -> Theorem:
        def with_top(top: Expression, found: Theorem) -> Theorem:
            def with_width(width: Expression, found_too: Theorem) -> Theorem:
                return with_witness(
                    use(positive_inverse(), size, positive),
                    lambda nu, inverse: _with_length(
                        goal,
                        data,
                        (positive, norm, ends, facts),
                        (top, found, u, limits),
                        (width, found_too, nu, inverse),
                    ),
                )

            return with_witness(use(upper_bound(), function(j, ABS(v(j))), d), with_width)

        return with_witness(use(upper_bound(), u, n), with_top)

    return with_witness(choice(prove(wanted, limit)), with_limits)
