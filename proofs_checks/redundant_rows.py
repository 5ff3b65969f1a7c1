"""If a matrix with a right inverse has more columns than rows, it has several: G* F is not the identity.

F, G and what dual means are as in `right_inverses`; a trace decides.
"""

from __future__ import annotations

from functools import cache

from .kernel.rules import Theorem, absurd, detach, excluded_middle, together, weaken, witness
from .proving.certificates import arith
from .proving.decompositions import equal_terms
from .proving.lemmas import only_term
from .proving.tactics import (
    parts,
    prove,
    split,
    use,
    with_witness,
)
from .right_inverses import a, b, i, is_dual, j, l, m, n, other, y
from .stability_proofs.functions import updated
from .stability_proofs.names import below, differs
from .stability_proofs.opening import Given, opened
from .statements.expressions import (
    FALSE,
    NATURAL,
    REAL,
    Expression,
    both,
    either,
    eq,
    exists,
    forall,
    function,
    implies,
    number,
    open_binder,
    total,
    variable,
)


@cache
def unit_vector() -> Theorem:
    """Some u has u_i = 1 and <v, u> = v_i for all v."""
    v = variable("v", REAL, NATURAL)
    picks = forall(v, eq(total(j, n, v(j) * y(j)), v(i)))
    statement = forall(*(n, i), implies(i < n, exists(y, both(eq(y(i), 1), picks))))

    def build(n: Expression, i: Expression, inside: Theorem, goal: Expression) -> Theorem:
        def found(u: Expression, known: Theorem) -> Theorem:
            own, others = parts(known)

            def product(v: Expression, goal: Expression) -> Theorem:
                term = function(j, v(j) * u(j))

                def zero_or_here(j: Expression, _less: Theorem, goal: Expression) -> Theorem:
                    here, zero = goal.args
                    return split(
                        excluded_middle(here),
                        lambda equal: weaken(equal, goal),
                        lambda off: weaken(
                            arith(zero, use(others, j, off), multipliers=[v(j)], degree=1), goal
                        ),
                    )

                alone = prove(below(j, n, either(eq(j, i), eq(term(j), 0))), zero_or_here)
                return arith(
                    goal, use(only_term(), term, n, i, inside, alone), own, multipliers=[v(i)], degree=1
                )

            body = open_binder(goal, u)
            return witness(together(own, prove(body.args[1], product)), goal, u)

        return with_witness(use(updated(), function(j, number(0)), i, number(1)), found)

    return prove(statement, build).called("a unit vector picks an entry")


def has_another(m: Expression, n: Expression, a: Expression, b: Expression) -> Expression:
    """Return: there is a dual that differs from G."""
    differing = exists(l, j, both(l < m, j < n, differs(b(l, j), other(l, j))))
    return exists(other, both(is_dual(m, n, a, other), differing))


@cache
def trace() -> Theorem:
    """The diagonal entries of F G* are 1."""
    statement = forall(
        *(m, n, a, b),
        implies(is_dual(m, n, a, b), below(l, m, eq(total(j, n, a(l, j) * b(l, j)), 1))),
    )

    def build(given: Given) -> Theorem:
        m, n, a, b, dual, l, less, goal = given

        def with_unit(u: Expression, known: Theorem) -> Theorem:
            own, picks = parts(known)
            row = total(i, m, b(i, j) * u(i))
            each = equal_terms(
                j,
                n,
                a(l, j) * row,
                a(l, j) * b(l, j),
                lambda j, _less, goal: arith(
                    goal, use(picks, function(i, b(i, j))), multipliers=[a(l, j)], degree=1
                ),
            )
            return arith(goal, each, use(dual, u, l, less), own, degree=1)

        return with_witness(use(unit_vector(), m, l, less), with_unit)

    return opened(statement, 7, build).called("the diagonal entries of F G* are 1")


@cache
def several() -> Theorem:
    """If no other dual exists, G* F is the identity as well, and its trace n is the trace m of F G*."""
    statement = forall(*(m, n, a, b), implies(is_dual(m, n, a, b), m >= 1, m < n, has_another(m, n, a, b)))

    def build(given: Given) -> Theorem:
        m, n, a, b, dual, some, redundant, goal = given

        def alone(none: Theorem) -> Theorem:
            def diagonal(j: Expression, inside: Theorem, goal: Expression) -> Theorem:
                return split(
                    excluded_middle(goal),
                    lambda equal: equal,
                    lambda off: absurd(
                        detach(none, use(other_dual(), m, n, a, b, dual, some, j, inside, off)), goal
                    ),
                )

            entry = total(l, m, b(l, j) * a(l, j))
            columns = equal_terms(j, n, entry, number(1), diagonal)
            rows = equal_terms(
                l,
                m,
                total(j, n, a(l, j) * b(l, j)),
                number(1),
                lambda l, inside, _goal: use(trace(), m, n, a, b, dual, l, inside),
            )
            return absurd(arith(FALSE, columns, rows, redundant, degree=1), goal)

        return split(excluded_middle(goal), lambda known: known, alone)

    return opened(statement, 7, build).called("redundant rows have several right inverses")


@cache
def other_dual() -> Theorem:
    """Where (G* F)_jj is not 1, e_j - G* F e_j is not 0; F maps it to 0, and it can be added to rows of G."""
    entry = total(l, m, b(l, j) * a(l, j))
    statement = forall(
        *(m, n, a, b),
        implies(
            is_dual(m, n, a, b),
            m >= 1,
            below(j, n, implies(differs(entry, 1), has_another(m, n, a, b))),
        ),
    )

    def build(given: Given) -> Theorem:
        m, n, a, b, dual, some, j, inside, off, goal = given

        def with_unit(u: Expression, known: Theorem) -> Theorem:
            own, picks = parts(known)
            w = function(i, u(i) - total(l, m, b(l, i) * a(l, j)))
            moved = function(l, i, b(l, i) + w(i))
            body = open_binder(goal, moved)

            def row(y: Expression, i: Expression, less: Theorem, goal: Expression) -> Theorem:
                picked = use(picks, function(l, a(i, l)))
                image = use(dual, function(l, a(l, j)), i, less)
                weight = total(l, m, y(l))
                return arith(goal, use(dual, y, i, less), picked, image, multipliers=[weight], degree=1)

            def equal(same: Theorem, _goal: Expression) -> Theorem:
                return detach(off, arith(off.conclusion.args[0], same, own, degree=1))

            zero = number(0)
            place = open_binder(open_binder(body.args[1], zero), j)
            differing = together(arith(zero < m, some), inside, prove(place.args[2], equal))
            inner = witness(differing, open_binder(body.args[1], zero), j)
            return witness(
                together(prove(body.args[0], row), witness(inner, body.args[1], zero)), goal, moved
            )

        return with_witness(use(unit_vector(), n, j, inside), with_unit)

    return opened(statement, 9, build).called("a vector that F maps to 0 can be added to the rows of a dual")
