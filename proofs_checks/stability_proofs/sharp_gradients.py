"""The gradients of the two networks of the instance differ by at most 1/2, in every shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from ..kernel.arithmetic import certificate, identity, natural
from ..kernel.rules import Theorem, absurd, excluded_middle, restate, together
from ..proving.certificates import arith
from ..proving.lemmas import abs_at_most
from ..proving.tactics import (
    by_induction,
    compare,
    last_term,
    parts,
    prove,
    prove_for,
    rewrite,
    split,
    use,
)
from ..statements.expressions import (
    FALSE,
    REAL,
    Expression,
    both,
    eq,
    forall,
    function,
    implies,
    number,
    total,
    variable,
)
from ..statements.functions import ABS
from .names import H, below, differs, i, is_step, j, k, m, n
from .opening import Entry, Given, opened
from .restricted_space import D, realizations_near
from .sharp_instance import FAMILIES, GAMMA, HALF, THETA, T, early, f, is_family, late
from .sharp_plane import (
    are_units,
    coefficients,
    dot_in_plane,
    first,
    output,
    second,
    weights,
)


@cache
def first_four() -> Theorem:
    """A sum whose terms from the fifth on are zero is that of four terms."""
    four = f(0) + f(1) + f(2) + f(3)

    def claim(m: Expression) -> Expression:
        zero = below(i, m + 4, implies(number(4) <= i, eq(f(i), 0)))
        return implies(zero, eq(total(i, m + 4, f(i)), four))

    def step(k: Expression, before: Theorem, goal: Expression) -> Theorem:
        def build(zero: Theorem, goal: Expression) -> Theorem:
            shorter = prove(
                before.conclusion.args[0], lambda i, less, _: use(zero, i, arith(i < k + 1 + 4, less))
            )
            last = use(zero, k + 4, arith(k + 4 < k + 1 + 4), arith(number(4) <= k + 4, natural(k)))
            return arith(goal, use(before, shorter), last, last_term(k + 4, f), degree=1)

        return prove(goal, build)

    every = by_induction(claim, lambda goal: prove(goal, lambda _zero, goal: arith(goal)), step)
    return prove_for([f], forall(f, m, claim(m)), lambda _: every).called("a sum of four terms")


@cache
def entry_is_small() -> Theorem:
    """|e_0k (e_nj A + e_(n+1)j B)| <= 1/2 for |A|, |B| <= 1/2."""
    one, two = variable("A", REAL), variable("B", REAL)
    small = both(one <= HALF, -one <= HALF, two <= HALF, -two <= HALF)
    term = output(k) * (first(j) * one + second(j) * two)

    def build(given: Given) -> Theorem:
        n, first, second, output, one, two, units, small, j, k, _goal = given
        e_n, e_next, e_0 = (parts(unit) for unit in parts(units))
        other = prove(differs(n, n + 1), lambda equal, _: arith(FALSE, equal))
        back = prove(differs(n + 1, n), lambda equal, _: arith(FALSE, equal))

        def bounded(at_k: Theorem, at_j: Theorem, at_next: Theorem) -> Theorem:
            value = output(k) * (first(j) * one + second(j) * two)
            numbers = [fact.conclusion.args[1] for fact in (at_k, at_j, at_next)]
            plain = numbers[0] * (numbers[1] * one + numbers[2] * two)
            equal = valued(lambda h, f, g: h * (f * one + g * two), at_k, at_j, at_next)
            sides = (arith(sign * plain <= HALF, *parts(small), degree=1) for sign in (1, -1))
            bound = use(abs_at_most(), plain, HALF, *sides)
            return rewrite(arith(eq(plain, value), equal, degree=1), lambda z: ABS(z) <= HALF, bound)

        def at(unit: Expression, known: Entry, index: Expression, equal: Theorem) -> Theorem:
            place = equal.conclusion.args[1]
            return rewrite(
                arith(eq(place, index), equal), lambda z: eq(unit(z), known.conclusion.args[1]), known
            )

        def columns(at_k: Theorem) -> Theorem:
            return split(
                excluded_middle(eq(j, n)),
                lambda equal: bounded(
                    at_k, at(first, e_n[0], j, equal), at(second, use(e_next[1], n, other), j, equal)
                ),
                lambda not_n: split(
                    excluded_middle(eq(j, n + 1)),
                    lambda equal: bounded(
                        at_k, at(first, use(e_n[1], n + 1, back), j, equal), at(second, e_next[0], j, equal)
                    ),
                    lambda not_next: bounded(at_k, use(e_n[1], j, not_n), use(e_next[1], j, not_next)),
                ),
            )

        return split(
            excluded_middle(eq(k, 0)),
            lambda equal: columns(at(output, e_0[0], k, equal)),
            lambda not_zero: columns(use(e_0[1], k, not_zero)),
        )

    statement = forall(
        *(n, first, second, output, one, two),
        implies(are_units(first, second, output, n), small, forall(j, k, ABS(term) <= HALF)),
    )
    return opened(statement, 10, build).called("entries of the plane are at most 1/2")


def valued(build: Callable[..., Expression], *equations: Theorem) -> Theorem:
    """From s = t, ...: build(s, ...) = build(t, ...)."""
    old, new = zip(*(equation.conclusion.args for equation in equations), strict=True)
    start = build(*old)
    found = identity(start, start)
    for place, equation in enumerate(equations):
        found = rewrite(equation, _one_place(build, start, new[:place], old[place + 1 :]), found)
    return found


def _one_place(
    build: Callable[..., Expression], start: Expression, before: Given, after: Given
) -> Callable[[Expression], Expression]:
    return lambda z: eq(start, build(*before, z, *after))


class Side(NamedTuple):
    """One of the networks at a point: u, w, r, what they are, and the dot products with the point."""

    family: Given
    known: Theorem
    dots: Theorem


class Point(NamedTuple):
    """An entry of the gradients at a point: H, (x_n, x_(n+1)), the entries (e_nj, e_(n+1)j, e_0k)."""

    H: Expression
    step: Theorem
    plane: tuple[Expression, Expression]
    entry: tuple[Expression, Expression, Expression]

    def term(self, values: Given, active: Expression) -> Expression:
        """Return c_ik a_ij H for (u_i, w_i, r_i)."""
        (u, w, r), (at_n, at_next, at_k) = values, self.entry
        value: Expression = r * at_k * (u * at_n + w * at_next) * active
        return value

    def raw(self, side: Side, index: Entry) -> Expression:
        """Return the term at an index."""
        dot = use(side.dots, index).conclusion.args[0]
        return self.term(tuple(member(index) for member in side.family), self.H(dot))

    def plain(self, side: Side, index: Entry, values: Given) -> Theorem:
        """The term with the values of u_i, w_i, r_i in their places, those in H too."""
        (x, y), dot = self.plane, use(side.dots, index)
        u, w = (value.conclusion.args[1] for value in values[:2])
        inner = certificate(
            eq(dot.conclusion.args[0], u * x + w * y), [(dot,), (values[0], x), (values[1], y)]
        )
        return valued(lambda u, w, r, z: self.term((u, w, r), self.H(z)), *values, inner)

    def active(self, sign: Theorem, row: Entry) -> Theorem:
        """H(q (X + t Y)) is 0 or 1, from the sign of X + t Y."""
        (size, t, _), (x, y) = row, self.plane
        inner = number(size) * x + number(size * t) * y
        on, off = parts(use(self.step, inner))
        rule = on if sign.conclusion.op == "<" else off
        return use(rule, arith(rule.conclusion.args[0], sign, degree=1))


@cache
def realizations_are_near() -> Theorem:
    """|R(Theta) - R(Gamma)|_W <= 1/2: on each cell the neurons with t in an interval are active."""
    networks = [
        entries for u, w, r in FAMILIES for entries in (weights(u, w, first, second), coefficients(r, output))
    ]
    near = realizations_near(*networks, m + 4, n + 2, D + 1, HALF, H)

    def build(given: Given) -> Theorem:
        H, n, m, _D, first, second, output, *names, step, units, known, known_too, goal = given
        e_n, e_next, _ = parts(units)
        families = (tuple(names[:3]), tuple(names[3:]))
        dots = [use(dot_in_plane(), n, first, second, *pair, e_n, e_next) for *pair, _ in families]
        small = use(entry_is_small(), n, first, second, output)

        def at(given: Given) -> Theorem:
            k, _in_D, x, _of_a, _of_b, j, _in_d, goal = given
            sides = [
                Side(family, values, use(dot, x))
                for family, values, dot in zip(families, (known, known_too), dots, strict=True)
            ]
            point = Point(H, step, (x(n), x(n + 1)), (first(j), second(j), output(k)))

            def bounded(A: Fraction, B: Fraction, equal: Theorem) -> Theorem:
                sizes = together(*(arith(sign * number(v) <= HALF) for v in (A, B) for sign in (1, -1)))
                bound = use(small, A, B, units, sizes, j, k)
                left, right = equal.conclusion.args
                return restate(
                    rewrite(arith(eq(right, left), equal, degree=1), lambda z: ABS(z) <= HALF, bound), goal
                )

            return _on_cells(point, sides, m, goal, bounded)

        return opened(goal, 7, at)

    statement = forall(
        *(H, n, m, D, first, second, output, *FAMILIES[0], *FAMILIES[1]),
        implies(
            is_step(H),
            are_units(first, second, output, n),
            *(is_family(u, w, r, rows) for (u, w, r), rows in zip(FAMILIES, (GAMMA, THETA), strict=True)),
            near,
        ),
    )
    return opened(statement, 17, build).called("the instance has delta <= 1/2")


def _on_cells(
    point: Point, sides: Sequence[Side], m: Expression, goal: Expression, bounded: Entry
) -> Theorem:
    """Prove the goal on each cell: ``bounded`` gets A, B and that the difference is their combination."""
    whole = _four_terms(point, sides, m)
    neurons = [
        (sign, row, point.plain(side, at, tuple(early(side.known, at))))
        for sign, side, rows in zip((1, -1), sides, (GAMMA, THETA), strict=True)
        for at, row in enumerate(rows)
    ]

    def at_cell(signs: Sequence[Theorem], active: dict[int, Theorem]) -> Theorem:
        if len(signs) < len(T):
            t = number(T[len(signs)])
            return split(
                compare(point.plane[0] + t * point.plane[1], number(0)),
                *[lambda sign: at_cell([*signs, sign], {**active, **_with_sign(sign, T[len(signs)])})] * 2,
            )
        bits = [sign.conclusion.op == "<" for sign in signs]
        if sum(one != two for one, two in pairwise(bits)) > 1:
            return absurd(arith(FALSE, *signs, degree=1), goal)
        return _sum_on_cell(point, whole, neurons, active, bounded)

    def _with_sign(sign: Theorem, t: Fraction) -> dict[int, Theorem]:
        return {at: point.active(sign, row) for at, (_, row, _) in enumerate(neurons) if row[1] == t}

    return at_cell([], {})


def _sum_on_cell(point: Point, whole: Theorem, neurons: Entry, active: Entry, bounded: Entry) -> Theorem:
    """Add up the active neurons of one cell."""
    summands: list[Given] = [(whole,)]
    A = B = Fraction(0)
    for at, (sign, (size, t, output_sign), plain) in enumerate(neurons):
        amount = sign * size * output_sign
        value = point.term((number(size), number(size * t), number(amount)), number(1))
        summands += [(plain, sign), (active[at], value)]
        bit = active[at].conclusion.args[1].data
        A, B = A + amount * size * bit, B + amount * size * t * bit
    at_n, at_next, at_k = point.entry
    goal = eq(whole.conclusion.args[0], at_k * (at_n * number(A) + at_next * number(B)))
    found: Theorem = bounded(A, B, certificate(goal, summands))
    return found


def _four_terms(point: Point, sides: Sequence[Side], m: Expression) -> Theorem:
    """The difference of the gradients is that of the first four neurons: the others are common to both."""
    difference = function(i, point.raw(sides[0], i) - point.raw(sides[1], i))

    def common(index: Expression, _less: Theorem, more: Theorem, goal: Expression) -> Theorem:
        one, two = (point.plain(side, index, tuple(late(side.known, index, more))) for side in sides)
        return arith(goal, one, two, degree=1)

    zero = prove(below(i, m + 4, implies(number(4) <= i, eq(difference(i), 0))), common)
    return use(first_four(), difference, m, zero)
