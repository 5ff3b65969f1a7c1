"""One neuron with a bias becomes a balanced one without, parallel to none of the others."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate, natural
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
    contradiction,
    parts,
    prove,
    split,
    use,
    with_witness,
)
from ..statements.expressions import (
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
    _flat_dot,
    bound,
    embedded,
    fits,
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
    n,
    t,
)
from .opening import Entry, Given, opened, opened_exists
from .rescaling import norm_exists
from .restricted_space import D, is_norm
from .small_steps import positive_inverse


@cache
def neuron_embedded() -> Theorem:
    """One neuron with a bias becomes one of the restricted space, of a direction that is not taken."""
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
            """The neuron is zero: so is (w, u)."""
            return _zero_neuron(goal, (d, D, v, h, gamma, b, n), outputs, value_zero)

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
                inner = _flat_dot(v, y, d, flat)
                off = use(parts(use(axiom("relu"), term))[1], arith(term <= 0, inner, at_most))
                return certificate(eq(0, gamma(k) * RELU(term)), [(off, -1 * gamma(k))])

            return zero(value)

        def alive(off: Theorem, some: Theorem) -> Theorem:
            return with_witness(
                use(norm_exists(), D, gamma, off),
                lambda size, known: _large_enough(goal, (d, D, v, h, gamma, b, n, size), known, some),
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


def _zero_norm(size: Expression, some: Theorem, place: Expression) -> Theorem:
    """The zero vector has the norm 0."""
    zero = function(j, number(0))
    absolute = use(parts(use(axiom("abs"), 0))[0], arith(number(0) <= 0))
    wanted = is_norm(number(0), zero, size)
    first = prove(wanted.args[0], lambda _j, _, goal: arith(goal, absolute))
    return together(
        first, witness(together(some, arith(eq(ABS(number(0)), 0), absolute)), wanted.args[1], place)
    )


def _zero_neuron(goal: Expression, data: Entry, outputs: Entry, value_zero: Entry) -> Theorem:
    d, D, _v, _h, _gamma, _b, _n = data
    zero = function(j, number(0))
    fit, value = opened_exists(goal, zero, zero).args
    norms = together(
        _zero_norm(d + 2, arith(number(0) < d + 2, natural(d)), number(0)),
        _zero_norm(D, arith(number(0) < D, outputs), number(0)),
    )
    balanced = witness(norms, fit.args[0], 0)
    flat = prove(is_zero(zero, d + 2), lambda _j, _, goal: arith(goal))
    ends = prove(fit.args[1], lambda off, goal: contradiction(goal, detach(off, flat)))
    distinct = prove(fit.args[2], lambda _i, _, off, goal: contradiction(goal, detach(off, flat)))

    def at(
        y: Expression, _one: Theorem, _two: Theorem, k: Expression, less: Theorem, goal: Expression
    ) -> Theorem:
        return arith(goal, value_zero(k, less, y), degree=1)

    return witness(together(together(balanced, ends, distinct), prove(value, at)), goal, zero, zero)


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
                return detach(some, together(flat, arith(h <= 0, equal, *facts[:3])))

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
