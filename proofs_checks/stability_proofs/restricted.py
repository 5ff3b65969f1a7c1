"""Theorem 3.3: in the restricted space parameters follow realizations, with 4 and with 2 sqrt(2)."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, restate, together, witness
from ..proving.certificates import arith
from ..proving.lemmas import abs_facts, root_monotone
from ..proving.tactics import parts, prove, split, use, with_witness
from ..statements.expressions import (
    Expression,
    both,
    eq,
    exists,
    forall,
    function,
    implies,
    number,
)
from ..statements.functions import ROOT
from .comparison import compared, matches
from .matching import matching
from .names import (
    H,
    a,
    b,
    below,
    delta,
    i,
    is_step,
    j,
    k,
    m,
    n,
)
from .opening import Entry, Given, opened, opened_exists
from .restricted_matching import matches_once, permuted_is_restricted, reordered
from .restricted_norms import _matched, _unmatched
from .restricted_space import (
    D,
    a_phi,
    c,
    c_phi,
    column,
    e,
    independent,
    is_restricted,
    nowhere_opposite,
    p,
    parameters_near,
    realizations_near,
    same_realization,
)


def theorem_3_3_conclusion(factor: Expression) -> Expression:
    """Return what Theorem 3.3 says, with the constant ``factor``, of given networks."""
    d = n + 2
    conclusion = exists(
        a_phi,
        c_phi,
        both(
            is_restricted(a_phi, c_phi, m, n, D),
            same_realization(a_phi, c_phi, b, e, m, d, D),
            parameters_near(a, c, a_phi, c_phi, m, d, D, factor * ROOT(delta)),
        ),
    )
    return implies(
        is_step(H),
        delta >= 0,
        is_restricted(a, c, m, n, D),
        is_restricted(b, e, m, n, D),
        realizations_near(a, c, b, e, m, d, D, delta, H),
        conclusion,
    )


def theorem_3_3_statement(factor: Expression) -> Expression:
    """Return Theorem 3.3 with the constant ``factor``."""
    return forall(*(H, n, m, D, a, c, b, e, delta), theorem_3_3_conclusion(factor))


@cache
def squares_near() -> Theorem:
    """Theorem 3.3 by squares: a permutation of Theta differs by squares of at most 8 delta."""
    from .swaps import is_permutation, pi

    d = n + 2
    weights = below(j, d, (b(pi(i), j) - a(i, j)) ** 2 <= 8 * delta)
    coefficients = below(k, D, (e(pi(i), k) - c(i, k)) ** 2 <= 8 * delta)
    conclusion = exists(pi, both(is_permutation(pi, m), below(i, m, both(weights, coefficients))))
    statement = forall(
        H,
        n,
        m,
        D,
        a,
        c,
        b,
        e,
        delta,
        implies(
            is_step(H),
            delta >= 0,
            is_restricted(a, c, m, n, D),
            is_restricted(b, e, m, n, D),
            realizations_near(a, c, b, e, m, d, D, delta, H),
            conclusion,
        ),
    )

    def build(given: Given) -> Theorem:
        H, n, m, D, a, c, b, e, delta, step, at_least, gamma, theta, near, goal = given
        d = n + 2
        balanced, distinct, ends = parts(gamma)
        balanced_too, distinct_too, ends_too = parts(theta)
        one, two = (
            use(independent(), n, m, a, distinct, ends),
            use(independent(), n, m, b, distinct_too, ends_too),
        )
        opposite = use(nowhere_opposite(), n, m, a, b, ends, ends_too)
        relation = function(i, p, matches(a, i, b, p, d))
        permuted = use(matching(), m, relation, use(matches_once(), d, m, a, b, one, two))

        def comparison(k: Expression, in_k: Theorem) -> list[Theorem]:
            return parts(
                use(
                    compared(),
                    H,
                    d,
                    delta,
                    m,
                    a,
                    column(c, k),
                    b,
                    column(e, k),
                    step,
                    at_least,
                    use(near, k, in_k),
                    one,
                    two,
                    opposite,
                )
            )

        def found(pi: Expression, known: Theorem) -> Theorem:
            permutation, partners = parts(known)
            inside = parts(permutation)[0]

            def each(i: Expression, in_i: Theorem, goal: Expression) -> Theorem:
                in_p = use(inside, i, in_i)
                p = pi(i)

                def with_norm(nu: Expression, of_i: Theorem) -> Theorem:
                    def with_other(xi: Expression, of_p: Theorem) -> Theorem:
                        data = (a, c, b, e, i, p, nu, xi, d, D, delta)
                        return split(
                            use(partners, i, in_i),
                            lambda mate: _matched(
                                goal,
                                data,
                                (of_i, of_p),
                                mate,
                                lambda k, in_k: use(comparison(k, in_k)[0], i, in_i, p, in_p, mate),
                            ),
                            lambda none: _unmatched(
                                goal,
                                data,
                                (of_i, of_p),
                                lambda k, in_k: use(comparison(k, in_k)[1], i, in_i, parts(none)[0]),
                                lambda k, in_k: use(comparison(k, in_k)[2], p, in_p, parts(none)[1]),
                            ),
                        )

                    return with_witness(use(balanced_too, p, in_p), with_other)

                return with_witness(use(balanced, i, in_i), with_norm)

            wanted = opened_exists(goal, pi).args[1]
            return witness(together(permutation, prove(wanted, each)), goal, pi)

        return with_witness(permuted, found)

    return opened(statement, 14, build).called("Theorem 3.3 by squares")


@cache
def theorem_3_3(factor: Expression, squared: int) -> Theorem:
    """Theorem 3.3 with a constant ``factor`` >= 0 with ``factor``^2 = ``squared`` >= 8."""
    statement = theorem_3_3_statement(factor)

    def build(given: Given) -> Theorem:
        H, n, m, D, a, c, b, e, delta, step, at_least, gamma, theta, near, goal = given
        d = n + 2
        best = use(squares_near(), H, n, m, D, a, c, b, e, delta, step, at_least, gamma, theta, near)

        def found(pi: Expression, known: Theorem) -> Theorem:
            permutation, squares = parts(known)
            phi, coefficients = (function(i, j, family(pi(i), j)) for family in (b, e))
            member, same, close = opened_exists(goal, phi, coefficients).args
            realizes = use(reordered(), m, d, D, b, e, pi, permutation)
            inside = use(permuted_is_restricted(), n, m, D, b, e, pi, permutation, theta)
            bound = _bound(factor, squared, delta, at_least)
            near_too = prove(
                close,
                lambda i, in_i, goal: together(
                    *(
                        _each(part, square, bound)
                        for part, square in zip(goal.args, parts(use(squares, i, in_i)), strict=True)
                    )
                ),
            )
            return witness(
                together(restate(inside, member), restate(realizes, same), near_too), goal, phi, coefficients
            )

        return with_witness(best, found)

    return opened(statement, 14, build)


def _each(goal: Expression, squares: Theorem, bound: Entry) -> Theorem:
    return prove(goal, lambda j, less, goal: bound(goal, use(squares, j, less)))


def _bound(factor: Entry, squared: Entry, delta: Entry, at_least: Entry) -> Entry:
    """Return what makes |t| <= factor sqrt(delta) from t^2 <= 8 delta."""
    root, root_square = parts(use(axiom("square root"), delta, at_least))
    positive, factor_square = size_of(factor, squared)

    def bound(goal: Expression, small: Theorem) -> Theorem:
        term = goal.args[0].args[1]
        size, limit = goal.args
        sizes = parts(use(abs_facts(), term))
        above = arith(limit >= 0, root, positive)
        first = certificate(
            eq(limit**2, squared * delta), [(factor_square, ROOT(delta) ** 2), (root_square, squared)]
        )
        least = arith(size**2 <= limit**2, small, sizes[3], first, at_least, degree=1)
        return use(root_monotone(), size, limit, above, least)

    return bound


def size_of(factor: Expression, squared: int) -> tuple[Theorem, Theorem]:
    """Return factor >= 0 and factor^2 = squared, for a number or 2 sqrt(2)."""
    if factor.op == "number":
        return arith(factor >= 0), arith(eq(factor**2, squared))
    root, root_square = parts(use(axiom("square root"), 2, arith(number(2) >= 0)))
    return arith(factor >= 0, root), certificate(eq(factor**2, squared), [(root_square, 4)])
