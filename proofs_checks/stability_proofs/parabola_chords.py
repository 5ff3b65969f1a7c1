"""The t x^2 are near shallow networks in one variable: chords of a parabola are at most h^2 above it."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate, natural
from ..kernel.rules import Theorem, absurd, together, witness
from ..proving.certificates import arith
from ..proving.lemmas import abs_at_most
from ..proving.tactics import (
    by_induction,
    compare,
    last_term,
    parts,
    prove,
    split,
    use,
    with_witness,
)
from ..statements.expressions import (
    FALSE,
    REAL,
    Expression,
    Operand,
    both,
    eq,
    forall,
    function,
    implies,
    number,
    total,
    variable,
)
from ..statements.functions import RELU
from .functions import updated
from .names import differs
from .one_variable import c, i, is_in_closure, of_squares, y
from .opening import Entry, Given, opened, opened_exists
from .small_steps import positive_inverse

h = variable("h", REAL)


def changes_slope(c: Expression, h: Expression) -> Expression:
    """Return: the slope begins with h - 2 and grows by 2 h at each knot, as that of x^2 - 1 at the chords."""
    return both(eq(c(0), h - 2), forall(i, implies(i > 0, eq(c(i), 2 * h))))


def chords(c: Expression, h: Expression, m: Operand, y: Expression) -> Expression:
    """Return the sum of c_i relu(y - i h) over i < m: with y = x + 1, the interpolation of x^2 - 1."""
    return total(i, m, c(i) * RELU(y - i * h))


@cache
def chords_near() -> Theorem:
    """On [0, (k + 1) h] the chords are at most h^2 above y^2 - 2 y."""

    def claim(k: Expression) -> Expression:
        value = chords(c, h, k + 1, y)
        end = eq(value, (h - 2 + 2 * h * k) * y - h**2 * k * (k + 1))
        error = value - y**2 + 2 * y
        near = both(error >= 0, error <= h**2)
        return forall(
            *(c, h),
            implies(
                h > 0,
                changes_slope(c, h),
                forall(y, implies(y >= 0, both(implies(y >= k * h, end), implies(y <= (k + 1) * h, near)))),
            ),
        )

    def last_piece(goal: Expression, end: Entry, more: Theorem, positive: Theorem) -> Theorem:
        """Where y >= k h: the value is that of the last chord, (y - k h) ((k + 1) h - y) above y^2 - 2 y."""

        def near(less: Theorem, wanted: Expression) -> Theorem:
            return together(*(arith(formula, end, more, less, positive) for formula in wanted.args))

        return together(
            prove(goal.args[0], lambda _, wanted: arith(wanted, end, degree=1)), prove(goal.args[1], near)
        )

    def base(goal: Expression) -> Theorem:
        def build(given: Given) -> Theorem:
            c, h, positive, slopes, y, least, goal = given
            first = last_term(number(0), lambda i: c(i) * RELU(y - i * h))
            rule = use(parts(use(axiom("relu"), y - 0 * h))[0], arith(y - 0 * h >= 0, least))
            value = arith(
                eq(chords(c, h, number(1), y), (h - 2) * y),
                first,
                rule,
                parts(slopes)[0],
                multipliers=[c(0), y, RELU(y - 0 * h)],
                degree=1,
            )
            return last_piece(goal, value, least, positive)

        return opened(goal, 6, build)

    def step(k: Expression, before: Theorem, goal: Expression) -> Theorem:
        def build(given: Given) -> Theorem:
            c, h, positive, slopes, y, least, goal = given
            line, near = parts(use(before, c, h, positive, slopes, y, least))
            last = last_term(k + 1, lambda i: c(i) * RELU(y - i * h))
            slope = use(parts(slopes)[1], k + 1, arith(k + 1 > 0, natural(k)))
            value = RELU(y - (k + 1) * h)
            on, off = parts(use(axiom("relu"), y - (k + 1) * h))

            def beyond(more: Theorem) -> Theorem:
                further = arith(y >= k * h, more, positive, degree=1)
                rule = use(on, arith(y - (k + 1) * h >= 0, more, degree=1))
                end = arith(
                    eq(chords(c, h, k + 2, y), (h - 2 + 2 * h * (k + 1)) * y - h**2 * (k + 1) * (k + 2)),
                    last,
                    use(line, further),
                    slope,
                    rule,
                    multipliers=[value, 2 * h],
                    degree=1,
                )
                return last_piece(goal, end, more, positive)

            def short(less: Theorem) -> Theorem:
                rule = use(off, arith(y - (k + 1) * h <= 0, less, degree=1))
                same = arith(
                    eq(chords(c, h, k + 2, y), chords(c, h, k + 1, y)),
                    last,
                    rule,
                    multipliers=[c(k + 1)],
                    degree=1,
                )
                bounds = parts(use(near, less))

                def end_only(more: Theorem, wanted: Expression) -> Theorem:
                    further = arith(y >= k * h, more, positive, degree=1)
                    equal = arith(eq(y, (k + 1) * h), more, less)
                    return arith(
                        wanted,
                        same,
                        use(line, further),
                        equal,
                        multipliers=[h, 2 * h * k, h * (k + 1)],
                        degree=1,
                    )

                return together(
                    prove(goal.args[0], end_only),
                    prove(
                        goal.args[1],
                        lambda _, wanted: together(
                            *(arith(formula, same, *bounds, degree=1) for formula in wanted.args)
                        ),
                    ),
                )

            return split(compare(y, (k + 1) * h), short, lambda more: beyond(arith(y >= (k + 1) * h, more)))

        return opened(goal, 6, build)

    return by_induction(claim, base, step).called("chords of a parabola are at most h^2 above it")


@cache
def squares_in_closure() -> Theorem:
    """Each t x^2 is near networks: interpolate x^2 in n + 2 points."""

    def build(given: Given) -> Theorem:
        t, eta, least, most, positive, goal = given

        def with_inverse(r: Expression, known: Theorem) -> Theorem:
            return with_witness(
                use(axiom("Archimedes"), 2 * r + 2), lambda n, above: with_number(known, n, above)
            )

        def with_number(known: Theorem, n: Expression, above: Theorem) -> Theorem:
            many = arith(n + 1 > 0, natural(n))
            return with_witness(
                use(positive_inverse(), n + 1, many),
                lambda part, inverse: with_step(2 * part, n, _step_is_small(part, n, known, above, inverse)),
            )

        def with_step(h: Expression, n: Expression, facts: Entry) -> Theorem:
            exists_slopes = use(updated(), function(i, 2 * h), 0, h - 2)
            return with_witness(exists_slopes, lambda c, slopes: with_slopes(h, n, facts, c, slopes))

        def with_slopes(h: Expression, n: Expression, facts: Entry, c: Expression, known: Theorem) -> Theorem:
            step_positive, length, small = facts
            first, others = parts(known)
            later = prove(
                forall(i, implies(i > 0, eq(c(i), 2 * h))),
                lambda i, more, inner: arith(inner, use(others, i, _not_zero(i, more))),
            )
            near = use(chords_near(), n, c, h, step_positive, together(first, later))
            weights, biases = function(i, number(1)), function(i, 1 - i * h)
            data = (n + 1, weights, biases, function(i, t * c(i)), t)

            def each(x: Expression, more: Theorem, less: Theorem, wanted: Expression) -> Theorem:
                inside = arith(x + 1 <= (n + 1) * h, less, length, degree=1)
                bounds = use(parts(use(near, x + 1, arith(x + 1 >= 0, more)))[1], inside)
                low, high = parts(bounds)
                error = chords(c, h, n + 1, x + 1) - (x + 1) ** 2 + 2 * (x + 1)
                up = arith(t * error <= eta, arith(t * error <= error, most, low), high, small, degree=1)
                down = arith(-1 * (t * error) <= eta, arith(t * error >= 0, least, low), positive, degree=1)
                inner = wanted.args[0].args[1]
                return use(abs_at_most(), inner, eta, arith(inner <= eta, up), arith(-inner <= eta, down))

            return witness(prove(opened_exists(goal, *data), each), goal, *data)

        return with_witness(use(positive_inverse(), eta, positive), with_inverse)

    return opened(of_squares(is_in_closure()), 5, build).called("the t x^2 are near shallow networks")


def _not_zero(i: Expression, more: Theorem) -> Theorem:
    return prove(differs(i, number(0)), lambda zero, _: arith(FALSE, zero, more))


def _step_is_small(part_: Entry, n: Entry, known: Theorem, above: Theorem, inverse: Theorem) -> Entry:
    """For h = 2 / (n + 1) and n > 2 / eta + 2: h > 0, (n + 1) h = 2, h^2 <= eta."""
    r_positive, unit = parts(known)  # eta r = 1
    positive, whole = parts(inverse)  # (n + 1) part = 1
    eta = unit.conclusion.args[0].args[0]
    r = unit.conclusion.args[0].args[1]
    h = 2 * part_
    step_positive = arith(h > 0, positive)
    length = arith(eq((n + 1) * h, 2), whole)
    product = arith(
        h * (r + 1) <= 1, arith(part_ * (2 * r + 2) <= part_ * (n + 1), above, positive), whole, degree=1
    )
    at_most_one = arith(h <= 1, product, arith(h * r >= 0, step_positive, r_positive), degree=1)
    eta_positive = _inverse_is_positive(eta, r_positive, unit)
    # eta h (r + 1) <= eta
    scaled = certificate(h * (1 + eta) <= eta, [(eta_positive, product), (unit, -1 * h)])
    small = arith(h <= eta, scaled, arith(h * eta >= 0, step_positive, eta_positive), degree=1)
    squared = arith(h**2 <= h, at_most_one, step_positive)
    return step_positive, length, arith(h**2 <= eta, small, squared, degree=1)


def _inverse_is_positive(eta: Expression, r_positive: Theorem, unit: Theorem) -> Theorem:
    return split(
        compare(eta, number(0)),
        lambda low: absurd(arith(FALSE, low, r_positive, unit), eta > 0),
        lambda more: more,
    )
