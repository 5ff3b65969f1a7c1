"""The instance in which no Phi is nearer than 2 sqrt(2) delta^(1/2), in every shape (n + 2, m + 4, D + 1).

The first four neurons are those of the tables GAMMA and THETA, the others (i + 3, 1) with coefficient i + 3
in both networks.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, part, together, witness
from ..proving.certificates import arith
from ..proving.tactics import below as below_number
from ..proving.tactics import (
    compare,
    parts,
    prove,
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
    implies,
    number,
    table,
    variable,
)
from ..statements.functions import ABS
from .functions import decided
from .names import differs, i, m
from .opening import Entry, Given, opened, opened_exists
from .sharp_plane import (
    is_plane,
    r,
    u,
    w,
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
                        lambda more, _: use(
                            late, prove(late.conclusion.args[0], lambda less, _: arith(FALSE, less, more))
                        ),
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


def early(known: Theorem, at: int) -> list[Theorem]:
    """Return the values at a number below 4."""
    return [use(part(use(rule, at), 0), arith(number(at) < 4)) for rule in parts(known)]


def late(known: Theorem, at: Expression, more: Theorem) -> list[Theorem]:
    """Return the values at an index from 4 on."""
    return [use(part(use(rule, at), 1), more) for rule in parts(known)]


def at_each(
    index: Expression, build: Callable[[Entry, Entry], Theorem], goal: Callable[[Expression], Expression]
) -> Theorem:
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
        u, w, r, _m, known, goal = given

        def values(at: Entry, more: Entry) -> list[Theorem]:
            return early(known, at) if more is None else [*late(known, at, more), more]

        def sizes(i: Expression, _less: Theorem, _goal: Expression) -> Theorem:
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
                    *(arith(sign, *facts, degree=1) for sign in signs),
                    arith(size, absolute, *facts, degree=1),
                )

            return at_each(i, at, formula)

        def apart(given: Given) -> Theorem:
            i, _in_i, l, _in_l, other, _goal = given

            def first_index(place: Entry, more: Entry) -> Theorem:
                one = number(place) if more is None else place

                def second_index(place_too: Entry, more_too: Entry) -> Theorem:
                    two = number(place_too) if more_too is None else place_too
                    return _differ(
                        both_sides(one, two),
                        place,
                        place_too,
                        values(place, more),
                        values(place_too, more_too),
                    )

                return at_each(l, second_index, lambda l: both_sides(one, l))

            def both_sides(i: Expression, l: Expression) -> Expression:
                return implies(differs(i, l), differs(u(i) * w(l), u(l) * w(i)))

            return use(at_each(i, first_index, lambda i: both_sides(i, l)), other)

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
