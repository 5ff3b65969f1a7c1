"""Two balanced neurons whose products are near: their parameters are near. The constants of Theorem 3.3.

x, y are the norms of a neuron of Gamma and of its partner, p, q one coordinate of their coefficients, t is 2
delta. Every difference has a square of at most 4 t = 8 delta.
"""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import square
from ..kernel.rules import Theorem, absurd
from ..proving.certificates import arith
from ..proving.lemmas import abs_facts
from ..proving.tactics import compare, parts, split, use
from ..statements.expressions import FALSE, REAL, Expression, eq, forall, implies, number, variable
from .names import ABS, t
from .opening import Entry, Given, opened

x, y, p, q, mu = (variable(name, REAL) for name in ("x", "y", "p", "q", "mu"))


@cache
def unmatched() -> Theorem:
    """|p| <= x, |q| <= y, x^2, y^2 <= t give (q - p)^2 <= 4 t."""
    statement = forall(
        x, y, p, q, t, implies(ABS(p) <= x, ABS(q) <= y, x**2 <= t, y**2 <= t, (q - p) ** 2 <= 4 * t)
    )

    def build(given: Given) -> Theorem:
        x, y, p, q, _t, in_x, in_y, small, small_too, goal = given
        squares = [_square_at_most(p, x, in_x), _square_at_most(q, y, in_y)]
        return arith(goal, *squares, small, small_too, square(p + q), degree=1)

    return opened(statement, 9, build).called("unmatched: the squares of both norms are at most 2 delta")


def _square_at_most(p: Expression, x: Expression, inside: Theorem) -> Theorem:
    """From |p| <= x: p^2 <= x^2."""
    facts = parts(use(abs_facts(), p))
    return arith(p**2 <= x**2, inside, facts[0], facts[3])


@cache
def weights() -> Theorem:
    """|p| <= x, q = mu p, y = mu x, (y - x)^2 <= t give (q - p)^2 <= t."""
    statement = forall(
        x,
        y,
        p,
        q,
        mu,
        t,
        implies(ABS(p) <= x, eq(q, mu * p), eq(y, mu * x), (y - x) ** 2 <= t, (q - p) ** 2 <= t),
    )

    def build(given: Given) -> Theorem:
        x, y, p, q, mu, _t, inside, multiple, scaled, near, goal = given
        smaller = _square_at_most(p, x, inside)
        # (q - p)^2 = (mu - 1)^2 p^2 <= (mu - 1)^2 x^2 = (y - x)^2
        factor = square(mu - 1)
        product = arith((mu - 1) ** 2 * p**2 <= (mu - 1) ** 2 * x**2, smaller, factor)
        left = arith(eq((q - p) ** 2, (mu - 1) ** 2 * p**2), multiple, multipliers=[q, mu * p, p])
        right = arith(eq((y - x) ** 2, (mu - 1) ** 2 * x**2), scaled, multipliers=[y, mu * x, x])
        return arith(goal, left, right, product, near, degree=1)

    return opened(statement, 10, build).called("matched weights: (q - p)^2 <= (y - x)^2")


@cache
def norms() -> Theorem:
    """x^2 - y^2 <= t and y^2 - x^2 <= t give (y - x)^2 <= t, for x, y >= 0."""
    statement = forall(
        x, y, t, implies(x >= 0, y >= 0, x**2 - y**2 <= t, y**2 - x**2 <= t, (y - x) ** 2 <= t)
    )

    def build(given: Given) -> Theorem:
        x, y, _t, in_x, in_y, one, two, goal = given
        return split(
            compare(x, y),
            lambda less: arith(goal, less, in_x, two),
            lambda more: arith(goal, more, in_y, one),
        )

    return opened(statement, 7, build).called("(y - x)^2 <= |y^2 - x^2|")


@cache
def ordered_coefficients() -> Theorem:
    """P >= q >= 0, p <= x, q <= y, x p - y q <= t, (y - x)^2 <= t give (q - p)^2 <= 4 t."""
    statement = forall(
        x,
        y,
        p,
        q,
        t,
        implies(q >= 0, p >= q, p <= x, q <= y, x * p - y * q <= t, (y - x) ** 2 <= t, (q - p) ** 2 <= 4 * t),
    )

    def build(given: Given) -> Theorem:
        x, y, p, q, t, least, order, in_x, _, near, norms_near, goal = given
        at_least = arith(t >= 0, norms_near, square(y - x))

        def falling(at_most: Theorem) -> Theorem:  # y <= x
            return arith(goal, arith((p - q) ** 2 <= t, at_most, least, order, in_x, near), at_least)

        def rising(less: Theorem) -> Theorem:  # x < y
            u = p - q

            def too_far(far: Theorem) -> Theorem:
                positive = split(
                    compare(u, number(0)),
                    lambda none: absurd(arith(FALSE, none, order, far, at_least), u > 0),
                    lambda more: more,
                )
                gap = split(
                    compare(u, 2 * (y - x)),
                    lambda small: absurd(arith(FALSE, small, far, norms_near, positive), 2 * (y - x) < u),
                    lambda large: large,
                )
                size = arith(u <= x, in_x, least)
                product = arith(y * u <= t + (y - x) * x, near, in_x, less)
                half = arith(2 * (y - x) * x <= u * x, gap, size, positive)
                small = arith(u**2 <= u * x, size, positive)
                more = arith(x * u <= y * u, less, positive)
                return absurd(
                    arith(FALSE, product, half, small, more, far, arith(x * u > 0, size, positive)), goal
                )

            return split(compare((q - p) ** 2, 4 * t), lambda at_most: at_most, too_far)

        return split(compare(y, x), falling, rising)

    return opened(statement, 11, build).called("coefficients of one sign: the two cases of their norms")


@cache
def coefficients() -> Theorem:
    """|p| <= x, |q| <= y, |x p - y q| <= t, (y - x)^2 <= t give (q - p)^2 <= 4 t."""
    statement = forall(
        x,
        y,
        p,
        q,
        t,
        implies(
            ABS(p) <= x,
            ABS(q) <= y,
            x * p - y * q <= t,
            y * q - x * p <= t,
            (y - x) ** 2 <= t,
            (q - p) ** 2 <= 4 * t,
        ),
    )

    def build(given: Given) -> Theorem:
        x, y, p, q, t, in_x, in_y, one, two, norms_near, goal = given
        of_p, of_q = parts(use(abs_facts(), p))[1:3], parts(use(abs_facts(), q))[1:3]
        bounds = {
            "p": [arith(p <= x, in_x, of_p[0]), arith(-1 * p <= x, in_x, of_p[1])],
            "q": [arith(q <= y, in_y, of_q[0]), arith(-1 * q <= y, in_y, of_q[1])],
        }
        swapped = arith((x - y) ** 2 <= t, norms_near)

        def signed(sign: int, signs: list[Theorem]) -> Theorem:
            """Both of one sign: the larger one may be either."""
            place = 0 if sign > 0 else 1
            at_p, at_q = sign * p, sign * q
            in_p, in_q = bounds["p"][place], bounds["q"][place]
            first, second = (
                arith(x * at_p - y * at_q <= t, one, two, degree=1),
                arith(y * at_q - x * at_p <= t, one, two, degree=1),
            )
            return split(
                compare(at_q, at_p),
                lambda order: arith(
                    goal,
                    use(
                        ordered_coefficients(),
                        x,
                        y,
                        at_p,
                        at_q,
                        t,
                        arith(at_q >= 0, *signs),
                        order,
                        in_p,
                        in_q,
                        first,
                        norms_near,
                    ),
                    degree=1,
                ),
                lambda order: arith(
                    goal,
                    use(
                        ordered_coefficients(),
                        y,
                        x,
                        at_q,
                        at_p,
                        t,
                        arith(at_p >= 0, *signs),
                        arith(at_q >= at_p, order),
                        in_q,
                        in_p,
                        second,
                        swapped,
                    ),
                    degree=1,
                ),
            )

        def opposite(*signs: Theorem) -> Theorem:
            at_least = arith(t >= 0, norms_near, square(y - x))
            squares = [
                arith(p**2 <= x * ABS(p), in_x, parts(use(abs_facts(), p))[3], parts(use(abs_facts(), p))[0]),
                arith(q**2 <= y * ABS(q), in_y, parts(use(abs_facts(), q))[3], parts(use(abs_facts(), q))[0]),
            ]
            total = _opposite_sum(x, y, p, q, t, signs, (one, two))
            return arith(goal, *squares, total, square(p + q), at_least, degree=1)

        return split(
            compare(number(0), p),
            lambda up: split(
                compare(number(0), q), lambda up_too: signed(1, [up, up_too]), lambda down: opposite(up, down)
            ),
            lambda down: split(
                compare(number(0), q),
                lambda up: opposite(down, up),
                lambda down_too: signed(-1, [down, down_too]),
            ),
        )

    return opened(statement, 10, build).called("matched coefficients: (q - p)^2 <= 8 delta")


def _opposite_sum(x: Entry, y: Entry, p: Entry, q: Entry, t: Entry, signs: Entry, near: Entry) -> Theorem:
    """X |p| + y |q| <= t where p and q have different signs."""
    from ..kernel.arithmetic import axiom

    values = []
    for term, sign in zip((p, q), signs, strict=True):
        positive, negative = parts(use(axiom("abs"), term))
        left, _ = sign.conclusion.args
        is_up = sign.conclusion.op == "<="
        values.append(use(positive, sign) if is_up else use(negative, arith(term <= 0, sign)))
        del left
    return arith(x * ABS(p) + y * ABS(q) <= t, *values, *near, multipliers=[x, y])
