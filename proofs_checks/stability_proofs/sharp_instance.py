"""No constant below 2 sqrt(2) serves in Theorem 3.3: an instance in every shape (n + 2, m + 4, D + 1).

The first four neurons are those of TABLES, the others (i + 3, 1) with coefficient i + 3 in both networks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from ..kernel.arithmetic import axiom, certificate, identity, natural, next_natural
from ..kernel.rules import Theorem, absurd, excluded_middle, part, restate, together, witness
from ..proving.certificates import arith
from ..proving.lemmas import abs_at_most, abs_facts, last_or_before
from ..proving.tactics import below as below_number
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
    with_witness,
)
from ..statements.expressions import (
    FALSE,
    NATURAL,
    REAL,
    Expression,
    both,
    eq,
    exists,
    forall,
    function,
    implies,
    number,
    substitute,
    table,
    total,
    variable,
)
from ..statements.functions import ABS, ROOT
from .corollary import definition_3_2
from .functions import decided
from .gradients import step_exists
from .names import H, a, b, below, delta, differs, i, is_step, j, k, l, m, n, x
from .opening import Entry, Given, opened, opened_exists
from .restricted import theorem_3_3_conclusion
from .restricted_space import SHARP, D, c, e, is_restricted, realizations_near
from .sharp_plane import (
    are_units,
    coefficients,
    dot_in_plane,
    first,
    is_plane,
    output,
    plane_is_restricted,
    r,
    second,
    u,
    unit_exists,
    w,
    weights,
)

GAP, STEP = Fraction(1, 10), Fraction(1, 16)
T = tuple(Fraction(1, 2) + place * GAP for place in range(5))
STEEP = tuple((v / STEP - STEP) / 2 for v in (Fraction(1, 2), Fraction(1), Fraction(1, 2)))
"""q with (q + h)^2 - q^2 = v."""
GAMMA = ((Fraction(1), T[1], 1), *zip(STEEP, (T[0], T[2], T[4]), (1, 1, 1), strict=True))
THETA = ((Fraction(1), T[3], -1), *((q + STEP, t, sign) for q, t, sign in GAMMA[1:]))
s, f, v = variable("s", REAL), variable("f", REAL, NATURAL), variable("v", REAL, NATURAL)
HALF = number(Fraction(1, 2))
FAMILIES = ((u, w, r), tuple(variable(name, REAL, NATURAL) for name in ("u'", "w'", "r'")))


def serves(factor: Entry) -> Expression:
    """Return Theorem 3.3 with the constant ``factor`` for given n, m, D."""
    return forall(*(H, a, c, b, e, delta), theorem_3_3_conclusion(factor))


def sharp_statement(bound: Expression = SHARP, most: int = 4) -> Expression:
    """Return: in every shape with at least 4 neurons, a constant that serves is at least 2 sqrt(2)."""
    here = substitute(substitute(serves(s), m, m + most), D, D + 1)
    return forall(*(n, m, D, s), implies(s >= 0, here, s >= bound))


def starts_with(v: Expression, values: Entry, later: Entry) -> Expression:
    """Return: v_0, ..., v_3 are these values, and v_i for i >= 4 the later one."""
    begin = table({(at,): value for at, value in enumerate(values)})
    return forall(i, both(implies(i < 4, eq(v(i), begin(i))), implies(number(4) <= i, eq(v(i), later))))


def is_family(u: Entry, w: Entry, r: Entry, rows: Entry) -> Expression:
    """Return: the first neurons are the rows, the others (i + 3, 1) with coefficient i + 3."""
    sizes, slopes, signs = zip(*rows, strict=True)
    return both(
        starts_with(u, sizes, i + 3),
        starts_with(w, [q * t for q, t in zip(sizes, slopes, strict=True)], number(1)),
        starts_with(r, [q * sign for q, sign in zip(sizes, signs, strict=True)], i + 3),
    )


@cache
def family_exists(rows: Entry) -> Theorem:
    """There are such u, w and r."""

    def one(later: Expression, values: Entry) -> Theorem:
        begin = table({(at,): value for at, value in enumerate(values)})

        def found(v: Expression, rule: Theorem) -> Theorem:
            def build(i: Expression, goal: Expression) -> Theorem:
                early, late = parts(use(rule, i))
                return together(
                    prove(goal.args[0], lambda less, _: use(early, less)),
                    prove(
                        goal.args[1],
                        lambda more, _: use(late, prove(late.conclusion.args[0], lambda less, _: arith(FALSE, less, more))),
                    ),
                )

            wanted = exists(v, starts_with(v, values, later))
            return witness(prove(opened_exists(wanted, v), build), wanted, v)

        return with_witness(decided(i < 4, begin(i), later, (i,)), found)

    sizes, slopes, signs = zip(*rows, strict=True)
    values = (
        (i + 3, sizes),
        (number(1), [q * t for q, t in zip(sizes, slopes, strict=True)]),
        (i + 3, [q * sign for q, sign in zip(sizes, signs, strict=True)]),
    )
    some = [one(*entry) for entry in values]
    goal = exists(*(u, w, r), is_family(u, w, r, rows))

    def build(u: Expression, of_u: Theorem) -> Theorem:
        def build_w(w: Expression, of_w: Theorem) -> Theorem:
            def build_r(r: Expression, of_r: Theorem) -> Theorem:
                    return witness(together(of_u, of_w, of_r), goal, u, w, r)

            return with_witness(some[2], build_r)

        return with_witness(some[1], build_w)

    return with_witness(some[0], build)


def _early(known: Theorem, at: int) -> list[Theorem]:
    """The values at a number below 4."""
    return [use(part(use(rule, at), 0), arith(number(at) < 4)) for rule in parts(known)]


def _late(known: Theorem, at: Expression, more: Theorem) -> list[Theorem]:
    return [use(part(use(rule, at), 1), more) for rule in parts(known)]


def _at_each(index: Expression, build: Callable[[Entry, Entry], Theorem], goal: Callable[[Expression], Expression]) -> Theorem:
    """Prove goal(index): ``build`` gets 0, 1, 2, 3 and None, or the index and that it is at least 4."""

    def at(equal: Theorem) -> Theorem:
        value = equal.conclusion.args[1]
        return rewrite(arith(eq(value, index), equal), goal, build(int(value.data), None))

    return split(
        compare(number(4), index),
        lambda more: build(index, more),
        lambda less: split(below_number(index, 4, less), *[at] * 4),
    )


@cache
def family_is_plane(rows: Entry) -> Theorem:
    """The family satisfies what puts it into the restricted space."""
    statement = forall(*(u, w, r, m), implies(is_family(u, w, r, rows), is_plane(u, w, r, m)))

    def build(given: Given) -> Theorem:
        u, w, r, m, known, goal = given

        def values(at: Entry, more: Entry) -> list[Theorem]:
            return _early(known, at) if more is None else [*_late(known, at, more), more]

        def sizes(i: Expression, _less: Theorem, goal: Expression) -> Theorem:
            def formula(i: Expression) -> Expression:
                return both(u(i) > 0, w(i) > 0, w(i) <= u(i), eq(ABS(r(i)), u(i)))

            def at(place: Entry, more: Entry) -> Theorem:
                facts = values(place, more)
                index = number(place) if more is None else place
                *signs, size = formula(index).args
                positive, negative = parts(use(axiom("abs"), r(index)))
                rule = negative if more is None and rows[place][2] < 0 else positive
                absolute = use(rule, arith(rule.conclusion.args[0], *facts, degree=1))
                return together(
                    *(arith(sign, *facts, degree=1) for sign in signs), arith(size, absolute, *facts, degree=1)
                )

            return _at_each(i, at, formula)

        def apart(given: Given) -> Theorem:
            i, _in_i, l, _in_l, other, goal = given

            def first_index(place: Entry, more: Entry) -> Theorem:
                one = number(place) if more is None else place

                def second_index(place_too: Entry, more_too: Entry) -> Theorem:
                    two = number(place_too) if more_too is None else place_too
                    return _differ(both_sides(one, two), place, place_too, values(place, more), values(place_too, more_too))

                return _at_each(l, second_index, lambda l: both_sides(one, l))

            def both_sides(i: Expression, l: Expression) -> Expression:
                return implies(differs(i, l), differs(u(i) * w(l), u(l) * w(i)))

            return use(_at_each(i, first_index, lambda i: both_sides(i, l)), other)

        return together(prove(goal.args[0], sizes), opened(goal.args[1], 5, apart))

    return opened(statement, 5, build).called("the instance is in the restricted space")


def _differ(goal: Expression, one: Entry, two: Entry, facts: Entry, facts_too: Entry) -> Theorem:
    """Two rows are not parallel, at numbers or at indices from 4 on."""

    def build(other: Theorem, equal: Theorem, _goal: Expression) -> Theorem:
        if one == two and isinstance(one, int):
            return use(other, arith(eq(number(one), one)))
        if isinstance(one, Expression) and isinstance(two, Expression):
            # u_i w_l = u_l w_i says i + 3 = l + 3
            line = _products(equal, facts, facts_too)
            return use(other, arith(eq(one, two), line, degree=1))
        return arith(FALSE, _products(equal, facts, facts_too), *facts[3:], *facts_too[3:], degree=1)

    return prove(goal, build)


def _products(equal: Theorem, one: Entry, two: Entry) -> Theorem:
    """u_i w_l = u_l w_i with the values in their places."""
    (u_i, w_i), (u_l, w_l) = one[:2], two[:2]
    values = [fact.conclusion.args[1] for fact in (u_i, w_l, u_l, w_i)]
    terms = [fact.conclusion.args[0] for fact in (u_i, w_l, u_l, w_i)]
    goal = eq(values[0] * values[1], values[2] * values[3])
    summands = [
        (equal,),
        (u_i, -1 * terms[1]),
        (w_l, -1 * values[0]),
        (u_l, terms[3]),
        (w_i, values[2]),
    ]
    return certificate(goal, summands)


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
        n, first, second, output, one, two, units, small, j, k, goal = given
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
            return rewrite(arith(eq(place, index), equal), lambda z: eq(unit(z), known.conclusion.args[1]), known)

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
        before, after = new[:place], old[place + 1 :]
        found = rewrite(
            equation, lambda z, before=before, after=after: eq(start, build(*before, z, *after)), found
        )
    return found


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
        entries
        for *pair, last in FAMILIES
        for entries in (weights(*pair, first, second), coefficients(last, output))
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
            is_family(*FAMILIES[0], GAMMA),
            is_family(*FAMILIES[1], THETA),
            near,
        ),
    )
    return opened(statement, 17, build).called("the instance has delta <= 1/2")


def _on_cells(point: Point, sides: Sequence[Side], m: Expression, goal: Expression, bounded: Entry) -> Theorem:
    """Prove the goal on each cell: ``bounded`` gets A, B and that the difference is e_0k (e_nj A + e_(n+1)j B)."""
    whole = _four_terms(point, sides, m)
    neurons = [
        (sign, row, point.plain(side, at, tuple(_early(side.known, at))))
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
    return bounded(A, B, certificate(goal, summands))


def _four_terms(point: Point, sides: Sequence[Side], m: Expression) -> Theorem:
    """The difference of the gradients is that of the first four neurons: the others are common to both."""
    difference = function(i, point.raw(sides[0], i) - point.raw(sides[1], i))

    def late(index: Expression, _less: Theorem, more: Theorem, goal: Expression) -> Theorem:
        one, two = (point.plain(side, index, tuple(_late(side.known, index, more))) for side in sides)
        return arith(goal, one, two, degree=1)

    zero = prove(below(i, m + 4, implies(number(4) <= i, eq(difference(i), 0))), late)
    return use(first_four(), difference, m, zero)


@cache
def sharp() -> Theorem:
    """At least 2 away: the first neuron of Gamma is (e(t), 1), no neuron of Theta has a coefficient near 1."""

    def build(given: Given) -> Theorem:
        n, m, D, s, _least, serves, _goal = given

        def with_units(first: Expression, second: Expression, output: Expression, units: Theorem) -> Theorem:
            def with_families(of_gamma: Given, of_theta: Given) -> Theorem:
                shape = (n, m, D, first, second, output)
                return with_witness(
                    step_exists(), lambda H, step: _far(s, serves, (H, step), shape, units, of_gamma, of_theta)
                )

            return with_witness(
                family_exists(GAMMA),
                lambda u, w, r, known: with_witness(
                    family_exists(THETA),
                    lambda p, q, v, other: with_families((u, w, r, known), (p, q, v, other)),
                ),
            )

        return with_witness(
            use(unit_exists(), n),
            lambda first, e_n: with_witness(
                use(unit_exists(), n + 1),
                lambda second, e_next: with_witness(
                    use(unit_exists(), 0),
                    lambda output, e_0: with_units(first, second, output, together(e_n, e_next, e_0)),
                ),
            ),
        )

    return opened(sharp_statement(), 6, build).called("no constant below 2 sqrt(2) serves")


def _far(s: Entry, serves: Theorem, H: Given, shape: Given, units: Theorem, gamma: Given, theta: Given) -> Theorem:
    """From the Phi that Theorem 3.3 gives with s: s >= 2 sqrt(2)."""
    n, m, D, first, second, output = shape
    networks, members = [], []
    for (u, w, r, known), rows in ((gamma, GAMMA), (theta, THETA)):
        networks += [weights(u, w, first, second), coefficients(r, output)]
        plane = use(family_is_plane(rows), u, w, r, m + 4, known)
        members.append(use(plane_is_restricted(), n, m + 4, D, first, second, output, u, w, r, units, plane))
    near = use(
        realizations_are_near(),
        *(H[0], n, m, D, first, second, output, *gamma[:3], *theta[:3]),
        *(H[1], units, gamma[3], theta[3]),
    )
    some = use(serves, H[0], *networks, HALF, H[1], arith(HALF >= 0), *members, near)

    def found(phi: Expression, of_phi: Expression, known: Theorem) -> Theorem:
        member, same, close = parts(known)
        one_order = use(
            definition_3_2(), n, m + 4, D + 1, phi, of_phi, *networks[2:], member, members[1], same
        )
        at_zero = use(parts(use(close, 0, arith(number(0) < m + 4, natural(m))))[1], 0, arith(number(0) < D + 1, natural(D)))

        def with_order(pi: Expression, order: Theorem) -> Theorem:
            permutation, entries = parts(order)
            place = use(part(permutation, 0), 0, arith(number(0) < m + 4, natural(m)))
            value = use(parts(use(entries, 0, arith(number(0) < m + 4, natural(m))))[1], 0, arith(number(0) < D + 1, natural(D)))
            unit = part(part(units, 2), 0)
            own = certificate(eq(gamma[2](0) * output(0), 1), [(_early(gamma[3], 0)[2], output(0)), (unit, 1)])
            other = certificate(eq(of_phi(0, 0), theta[2](pi(0))), [(value, -1), (unit, theta[2](pi(0)))])
            del place
            away = _at_each(pi(0), lambda at, more: _is_away(at, more, theta), lambda p: theta[2](p) ** 2 - 2 * theta[2](p) >= 3)
            return _conclude(s, at_zero, own, other, away)

        return with_witness(one_order, with_order)

    return with_witness(some, found)


def _is_away(at: Entry, more: Entry, theta: Given) -> Theorem:
    """R <= -1 or r >= 3: (r - 3) (r + 1) >= 0."""
    index = number(at) if more is None else at
    values = _early(theta[3], at) if more is None else _late(theta[3], at, more)
    r = theta[2](index)
    bound = arith(r <= -1, values[2], degree=1) if at == 0 and more is None else None
    if bound is not None:
        return arith(r**2 - 2 * r >= 3, bound)
    facts = [] if more is None else [more]
    return arith(r**2 - 2 * r >= 3, arith(r >= 3, values[2], *facts, degree=1))


def _conclude(s: Expression, at_zero: Theorem, own: Theorem, other: Theorem, away: Theorem) -> Theorem:
    """|r - 1| <= s (1/2)^(1/2) with (r - 1)^2 >= 4."""
    root, square = parts(use(axiom("square root"), HALF, arith(HALF >= 0)))
    two, of_two = parts(use(axiom("square root"), 2, arith(number(2) >= 0)))
    size, limit = at_zero.conclusion.args
    sizes = parts(use(abs_facts(), size.args[1]))
    left = arith(eq(size.args[1], other.conclusion.args[1] - 1), own, other, degree=1)
    squares = certificate(eq(size**2, (other.conclusion.args[1] - 1) ** 2), [(sizes[3],), (left, size.args[1] + other.conclusion.args[1] - 1)])
    at_least = split(
        compare(number(2), size),
        lambda more: more,
        lambda less: absurd(arith(FALSE, squares, away, less, sizes[0]), number(2) <= size),
    )
    far = arith(number(2) <= limit, at_least, at_zero, degree=1)
    both_roots = certificate(
        eq((ROOT(number(2)) * ROOT(HALF)) ** 2, 1), [(square, ROOT(number(2)) ** 2), (of_two, HALF)]
    )
    product = ROOT(number(2)) * ROOT(HALF)
    one = split(
        compare(product, number(1)),
        lambda less: less,
        lambda more: absurd(arith(FALSE, more, both_roots), product <= 1),
    )
    return split(
        compare(SHARP, s),
        lambda more: more,
        lambda less: absurd(_too_small(less, root, square, far, one), SHARP <= s),
    )


def _too_small(less: Theorem, root: Theorem, square: Theorem, far: Theorem, one: Theorem) -> Theorem:
    positive = split(
        compare(ROOT(HALF), number(0)),
        lambda zero: absurd(arith(FALSE, zero, root, square), ROOT(HALF) > 0),
        lambda more: more,
    )
    return certificate(FALSE, [(less, positive), (far,), (one, 2)])
