"""The jump of one neuron's gradient across the hyperplane of v, from p + t v to p - t v."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate, trichotomy
from ..kernel.rules import Theorem, together, weaken
from ..proving.certificates import arith
from ..proving.lemmas import abs_facts, sum_equal
from ..proving.tactics import compare, parts, prove, split, use
from ..statements.expressions import (
    FALSE,
    Expression,
    both,
    either,
    eq,
    forall,
    function,
    implies,
    negation,
    number,
)
from .hyperplanes import abs_scaled, far_from_opposite
from .names import (
    ABS,
    H,
    below,
    d,
    differs,
    dot,
    is_multiple,
    is_parallel,
    is_step,
    is_zero,
    j,
    mu,
    p,
    s,
    t,
    u,
    v,
)
from .opening import Entry, Given, opened


def side(p: Expression, t: Expression, v: Expression, sign: int) -> Expression:
    """Return p + t v or p - t v."""
    return function(j, p(j) + sign * t * v(j))


def in_class(w: Expression, flag: Expression, mu: Expression, v: Expression, d: Expression) -> Expression:
    """Return: the flag is 1 and w = mu v, or the flag is 0 and w is no multiple of v."""
    return either(
        both(eq(flag, 1), is_multiple(w, mu, v, d)), both(eq(flag, 0), negation(is_parallel(w, v, d)))
    )


def is_off(w: Expression, x: Expression, d: Expression) -> Expression:
    """Return: w = 0, or x is not on the hyperplane of w."""
    return either(is_zero(w, d), differs(dot(w, x, d), number(0)))


@cache
def one_side() -> Theorem:
    """|s| < |t| has H(t + s) = H(t - s)."""
    statement = forall(H, t, s, implies(is_step(H), ABS(s) < ABS(t), eq(H(t + s), H(t - s))))

    def build(
        _H: Expression, t: Expression, s: Expression, step: Theorem, less: Theorem, goal: Expression
    ) -> Theorem:
        facts = parts(use(abs_facts(), s))
        positive, negative = parts(use(axiom("abs"), t))

        def values(value: int, known: list[Theorem]) -> Theorem:
            plus, minus = (_step_value(step, term, value, known) for term in (t + s, t - s))
            return arith(goal, plus, minus)

        return split(
            compare(t, number(0)),
            lambda at_most: values(0, [at_most, less, *facts[:3], use(negative, at_most)]),
            lambda more: values(1, [more, less, *facts[:3], use(positive, arith(t >= 0, more))]),
        )

    return prove(statement, build).called("|s| < |t| has H(t + s) = H(t - s)")


def _step_value(step: Theorem, term: Expression, value: int, known: list[Theorem]) -> Theorem:
    one, zero = parts(use(step, term))
    return use(one, arith(term > 0, *known)) if value else use(zero, arith(term <= 0, *known))


@cache
def neuron_jump() -> Theorem:
    """The jump of one neuron's gradient between p + t v and p - t v, which are off its hyperplane."""
    plus, minus = side(p, t, v, 1), side(p, t, v, -1)
    jump = below(j, d, eq(u(j) * (H(dot(u, plus, d)) - H(dot(u, minus, d))), s * ABS(mu) * v(j)))
    statement = forall(
        H,
        d,
        v,
        p,
        t,
        u,
        s,
        mu,
        implies(
            is_step(H),
            eq(dot(v, p, d), 0),
            dot(v, v, d) > 0,
            t > 0,
            in_class(u, s, mu, v, d),
            implies(eq(s, 0), t * ABS(dot(u, v, d)) < ABS(dot(u, p, d))),
            both(jump, is_off(u, plus, d), is_off(u, minus, d)),
        ),
    )

    def build(given: Given) -> Entry:
        H, d, v, p, t, u, s, mu, step, on, length, positive, cls, near, goal = given
        jump_goal, off_plus, off_minus = goal.args
        plus, minus = side(p, t, v, 1), side(p, t, v, -1)

        def parallel(h: Theorem) -> Theorem:
            is_one, multiple = parts(h)
            at_p = dot_of_multiple(u, mu, v, p, d, multiple)
            at_v = dot_of_multiple(u, mu, v, v, d, multiple)
            plus_value = certificate(
                eq(dot(u, plus, d), t * mu * dot(v, v, d)), [(at_p,), (at_v, t), (on, mu)]
            )
            minus_value = certificate(
                eq(dot(u, minus, d), -t * mu * dot(v, v, d)), [(at_p,), (at_v, -t), (on, mu)]
            )

            def of_sign(sign: int, known: Theorem) -> Theorem:
                product = arith((sign * mu) * dot(v, v, d) > 0, known, length)
                moved = arith(t * (sign * mu) * dot(v, v, d) > 0, product, positive)
                ends = [(dot(u, plus, d), plus_value, sign), (dot(u, minus, d), minus_value, -sign)]
                values = [
                    _step_value(step, term, int(way > 0), [arith(way * term > 0, value, moved)])
                    for term, value, way in ends
                ]
                off = [_nonzero(term, arith(way * term > 0, value, moved)) for term, value, way in ends]
                positive_abs, negative_abs = parts(use(axiom("abs"), mu))
                absolute = (
                    use(positive_abs, arith(mu >= 0, known))
                    if sign > 0
                    else use(negative_abs, arith(mu <= 0, known))
                )
                jumps = prove(
                    jump_goal,
                    lambda j, less, goal: _jump_of_multiple(
                        goal, values, absolute, is_one, use(multiple, j, less), (sign, mu, v(j), u(j), s)
                    ),
                )
                return together(jumps, weaken(off[0], off_plus), weaken(off[1], off_minus))

            def no_slope(known: Theorem) -> Theorem:
                zero = prove(
                    is_zero(u, d),
                    lambda j, less, goal: certificate(goal, [(use(multiple, j, less),), (known, v(j))]),
                )
                absolute = use(parts(use(axiom("abs"), mu))[0], arith(mu >= 0, known))
                jumps = prove(
                    jump_goal,
                    lambda j, less, goal: _no_jump(goal, use(zero, j, less), absolute, known, (s, v(j))),
                )
                return together(jumps, weaken(zero, off_plus), weaken(zero, off_minus))

            return split(
                trichotomy(mu, number(0)),
                lambda less: of_sign(-1, arith(-mu > 0, less)),
                no_slope,
                lambda more: of_sign(1, more),
            )

        def across(h: Theorem) -> Theorem:
            is_none, _ = parts(h)
            here, along = dot(u, p, d), dot(u, v, d)
            scaled = use(abs_scaled(), t, along, positive)
            close = arith(ABS(t * along) < ABS(here), use(near, is_none), scaled)
            equal = use(one_side(), H, here, t * along, step, close)
            jumps = prove(
                jump_goal,
                lambda j, _less, goal: _flat(goal, equal, is_none, u(j), ABS(mu) * v(j)),
            )
            off = use(far_from_opposite(), here, t * along, close)
            opposite = arith(ABS(-1 * (t * along)) < ABS(here), close, use(abs_of_opposite(), t * along))
            off_too = use(far_from_opposite(), here, -1 * (t * along), opposite)
            return together(jumps, weaken(off, off_plus), weaken(off_too, off_minus))

        return split(cls, parallel, across)

    return opened(statement, 14, build).called("the jump of one neuron's gradient")


@cache
def abs_of_opposite() -> Theorem:
    """|-t| = |t|."""

    def build(t: Expression, goal: Expression) -> Theorem:
        positive, negative = parts(use(axiom("abs"), t))
        positive_too, negative_too = parts(use(axiom("abs"), -1 * t))
        return split(
            compare(t, number(0)),
            lambda less: arith(goal, use(negative, less), use(positive_too, arith(-1 * t >= 0, less))),
            lambda more: arith(
                goal, use(positive, arith(t >= 0, more)), use(negative_too, arith(-1 * t <= 0, more))
            ),
        )

    return prove(forall(t, eq(ABS(-1 * t), ABS(t))), build).called("|-t| = |t|")


def dot_of_multiple(u: Entry, mu: Entry, v: Entry, p: Entry, d: Entry, multiple: Theorem) -> Theorem:
    """From u = mu v: <u, p> = mu <v, p>."""
    terms = prove(
        below(j, d, eq(u(j) * p(j), mu * v(j) * p(j))),
        lambda j, less, goal: certificate(goal, [(use(multiple, j, less), p(j))]),
    )
    return use(sum_equal(), function(j, u(j) * p(j)), function(j, mu * v(j) * p(j)), d, terms)


def _jump_of_multiple(
    goal: Expression, values: Entry, absolute: Entry, is_one: Entry, multiple: Entry, numbers: Entry
) -> Theorem:
    _sign, mu, v, u, _s = numbers
    # u (H - H') = u sign = sign mu v = |mu| v = s |mu| v
    plus, minus = values
    return arith(goal, plus, minus, absolute, is_one, multiple, multipliers=[u, v, mu * v, ABS(mu) * v])


def _no_jump(goal: Expression, zero: Entry, absolute: Entry, known: Entry, numbers: Entry) -> Theorem:
    s, v = numbers
    left, _right = goal.args
    factor = left.args[1]
    return certificate(goal, [(zero, factor), (absolute, -1 * s * v), (known, -1 * s * v)])


def _flat(goal: Expression, equal: Entry, is_none: Entry, u: Entry, rest: Entry) -> Theorem:
    return arith(goal, equal, is_none, multipliers=[u, rest])


def _nonzero(term: Expression, known: Theorem) -> Theorem:
    return prove(differs(term, number(0)), lambda zero, _: arith(FALSE, zero, known))
