"""Theorem 3.1: for output dimension one, under C.1 to C.3, ||Phi - Gamma|| <= beta + 2 delta^(1/2)."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, absurd, choice, restate, together, witness
from ..proving.certificates import arith
from ..proving.lemmas import sum_equal
from ..proving.tactics import compare, parts, prove, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    REAL,
    Expression,
    both,
    eq,
    exists,
    forall,
    function,
    implies,
    number,
    variable,
)
from ..statements.functions import ROOT
from . import rescaling, rescaling_matched
from .comparison import compared, is_nowhere_opposite, matches
from .kinks import cells_at_most
from .matching import matching
from .merged_networks import has_no_opposite_pair, independent, merged_network
from .names import (
    ABS,
    RELU,
    H,
    a,
    b,
    below,
    c,
    d,
    delta,
    dot,
    e,
    i,
    is_step,
    j,
    k,
    l,
    m,
    network,
    row,
    x,
)
from .opening import Entry, Given, opened, opened_exists
from .restricted_matching import matches_once
from .restricted_space import has_distinct_directions

p, q = k, l
beta = variable("beta", REAL)
a_phi, c_phi = variable("a'", REAL, "N", "N"), variable("c'", REAL, "N")
lam, kappa = variable("lambda", REAL), variable("kappa", REAL)


def is_controlled(a: Entry, c: Entry, m: Entry, d: Entry, beta: Entry, delta: Entry) -> Expression:
    """Return C.1: |c_i|, ||a_i|| <= beta wherever ||c_i a_i|| <= 2 delta."""
    small = below(j, d, ABS(c(i) * a(i, j)) <= 2 * delta)
    return below(i, m, implies(small, both(ABS(c(i)) <= beta, below(j, d, ABS(a(i, j)) <= beta))))


def theorem_3_1_statement(factor: int | Fraction = 2) -> Expression:
    """Return Theorem 3.1 with the constant ``factor`` before delta^(1/2)."""
    bound = beta + factor * ROOT(delta)
    near = below(i, m, both(below(j, d, ABS(a_phi(i, j) - a(i, j)) <= bound), ABS(c_phi(i) - c(i)) <= bound))
    realizes = forall(x, eq(network(c_phi, a_phi, x, m, d), network(e, b, x, m, d)))
    return forall(
        H,
        d,
        m,
        a,
        c,
        b,
        e,
        delta,
        beta,
        implies(
            is_step(H),
            delta >= 0,
            beta >= 0,
            cells_at_most(c, a, m, e, b, m, d, delta, H),
            is_controlled(a, c, m, d, beta, delta),
            has_distinct_directions(a, m, d),
            has_no_opposite_pair(a, m, d),
            has_no_opposite_pair(b, m, d),
            is_nowhere_opposite(a, b, m, d),
            exists(a_phi, c_phi, both(realizes, near)),
        ),
    )


@cache
def theorem_3_1() -> Theorem:
    """Theorem 3.1."""
    statement = theorem_3_1_statement()

    def build(given: Given) -> Theorem:
        (
            H,
            d,
            m,
            a,
            c,
            b,
            e,
            delta,
            beta,
            step,
            at_least,
            beta_at_least,
            cells,
            control,
            distinct,
            opposite_a,
            opposite_b,
            between,
            goal,
        ) = given
        one = use(independent(), d, m, a, distinct, opposite_a)
        root, root_square = parts(use(axiom("square root"), delta, at_least))
        s = ROOT(delta)

        def with_merged(b2: Expression, e2: Expression, known: Theorem) -> Theorem:
            realizes, two, nowhere, near = parts(known)
            relation = function(i, p, matches(a, i, b2, p, d))
            near_products, alone, alone_too = parts(
                use(compared(), H, d, delta, m, a, c, b2, e2, step, at_least, near, one, two, nowhere)
            )

            def with_permutation(pi: Expression, partners_of: Theorem) -> Theorem:
                permutation, partners = parts(partners_of)
                inside = parts(permutation)[0]

                def factors(i: Expression, goal: Expression) -> Theorem:
                    body = opened_exists(goal, number(1), number(1))
                    del body

                    def below_m(in_i: Theorem) -> Theorem:
                        in_p = use(inside, i, in_i)
                        q = pi(i)
                        controlled = _controlled(control, i, in_i, (a, c, d, beta, delta, s), root_square)

                        def mate(h: Theorem) -> Theorem:
                            alive, positive = parts(h)

                            def with_factor(mu: Expression, facts: Theorem) -> Theorem:
                                more, multiple = parts(facts)
                                close = _in_squares(
                                    use(near_products, i, in_i, q, in_p, h), root_square, s, delta
                                )
                                return use(
                                    rescaling_matched.matched(),
                                    d,
                                    row(a, i),
                                    c(i),
                                    row(b2, q),
                                    e2(q),
                                    s,
                                    beta,
                                    mu,
                                    root,
                                    beta_at_least,
                                    controlled,
                                    alive,
                                    more,
                                    multiple,
                                    close,
                                )

                            return with_witness(positive, with_factor)

                        def none(h: Theorem) -> Theorem:
                            mine = _in_squares(use(alone, i, in_i, parts(h)[0]), root_square, s, delta)
                            theirs = _in_squares(use(alone_too, q, in_p, parts(h)[1]), root_square, s, delta)
                            return use(
                                rescaling.unmatched(),
                                d,
                                row(a, i),
                                c(i),
                                row(b2, q),
                                e2(q),
                                s,
                                beta,
                                root,
                                controlled,
                                mine,
                                theirs,
                            )

                        return _guarded(goal, split(use(partners, i, in_i), mate, none))

                    return split(
                        compare(m, i),
                        lambda outside: _vacuous(goal, i, m, outside),
                        below_m,
                    )

                wanted = forall(
                    i,
                    exists(
                        lam,
                        kappa,
                        implies(
                            i < m,
                            both(
                                rescaling.is_admissible(lam, kappa, row(b2, pi(i)), e2(pi(i)), d),
                                rescaling.is_near(
                                    row(a, i), c(i), row(b2, pi(i)), e2(pi(i)), lam, kappa, d, beta + 2 * s
                                ),
                            ),
                        ),
                    ),
                )
                chosen = choice(prove(wanted, factors))

                def with_lambda(lam: Expression, h: Theorem) -> Theorem:
                    return with_witness(
                        choice(h),
                        lambda kappa, known: _phi(
                            goal, (d, m, b2, e2, pi, lam, kappa, b, e), known, permutation, realizes
                        ),
                    )

                return with_witness(chosen, with_lambda)

            return with_witness(
                use(matching(), m, relation, use(matches_once(), d, m, a, b2, one, two)), with_permutation
            )

        return with_witness(
            use(merged_network(), H, d, m, a, c, b, e, delta, step, cells, opposite_b, between), with_merged
        )

    return opened(statement, 18, build).called("Theorem 3.1")


def _guarded(goal: Expression, existence: Theorem) -> Theorem:
    """From "there are lambda, kappa with A": there are some with "i < m -> A"."""

    def found(lam: Expression, kappa: Expression, known: Theorem) -> Theorem:
        body = opened_exists(goal, lam, kappa)
        return witness(prove(body, lambda _, goal: restate(known, goal)), goal, lam, kappa)

    return with_witness(existence, found)


def _vacuous(goal: Expression, _i: Expression, _m: Expression, outside: Theorem) -> Theorem:
    body = opened_exists(goal, number(0), number(0))
    return witness(prove(body, lambda inside, goal: absurd(arith(FALSE, inside, outside), goal)), goal, 0, 0)


def _in_squares(theorem: Theorem, root_square: Theorem, s: Expression, delta: Expression) -> Theorem:
    """From |t_j| <= 2 delta for all j: |t_j| <= 2 s^2."""
    term = theorem.conclusion
    name = variable("j", "N")
    body = opened_exists(term, name).args[1]
    del delta
    return prove(
        below(name, opened_exists(term, name).args[0].args[1], body.args[0] <= 2 * s**2),
        lambda j, less, goal: arith(goal, use(theorem, j, less), root_square, degree=1),
    )


def _controlled(control: Entry, i: Entry, in_i: Entry, terms: Entry, root_square: Entry) -> Theorem:
    a, c, d, beta, delta, s = terms
    wanted = rescaling.is_controlled(row(a, i), c(i), beta, s, d)

    def build(small: Theorem, goal: Expression) -> Theorem:
        plain = prove(
            below(j, d, ABS(c(i) * a(i, j)) <= 2 * delta),
            lambda j, less, goal: arith(goal, use(small, j, less), root_square, degree=1),
        )
        return restate(use(control, i, in_i, plain), goal)

    return prove(wanted, build)


def _phi(goal: Expression, data: Entry, known: Entry, permutation: Entry, realizes: Entry) -> Theorem:
    """Phi_i = (lambda_i a_pi(i), kappa_i c_pi(i)) realizes g."""
    d, m, b2, e2, pi, lam, kappa, _b, _e = data
    inside, one_to_one, _ = parts(permutation)
    rows, coefficients = function(i, j, lam(i) * b2(pi(i), j)), function(i, kappa(i) * e2(pi(i)))
    same, near = opened_exists(goal, rows, coefficients).args

    def value(x: Expression, goal: Expression) -> Theorem:
        left = function(i, coefficients(i) * RELU(dot(row(rows, i), x, d)))
        plain = function(i, e2(i) * RELU(dot(row(b2, i), x, d)))
        right = function(i, plain(pi(i)))

        def term(i: Expression, in_i: Theorem, _goal: Expression) -> Theorem:
            admissible = parts(use(known, i, in_i))[0]
            return use(one_function(), d, row(b2, pi(i)), e2(pi(i)), lam(i), kappa(i), x, admissible)

        equal = use(sum_equal(), left, right, m, prove(below(i, m, eq(left(i), right(i))), term))
        order = use(axiom("a sum in another order"), m, pi, plain, inside, one_to_one)
        return arith(goal, equal, order, use(realizes, x), degree=1)

    close = prove(near, lambda i, in_i, goal: restate(parts(use(known, i, in_i))[1], goal))
    return witness(together(prove(same, value), close), goal, rows, coefficients)


@cache
def one_function() -> Theorem:
    """An admissibly rescaled neuron is the same function."""
    w, e1 = variable("w", REAL, "N"), variable("e", REAL)
    term = kappa * e1 * RELU(dot(function(j, lam * w(j)), x, d))
    statement = forall(
        d,
        w,
        e1,
        lam,
        kappa,
        x,
        implies(rescaling.is_admissible(lam, kappa, w, e1, d), eq(term, e1 * RELU(dot(w, x, d)))),
    )

    def build(given: Given) -> Theorem:
        d, w, e1, lam, kappa, x, admissible, goal = given
        inner = dot(w, x, d)
        outer = lam * inner

        def scaled(h: Theorem) -> Theorem:
            more, product = parts(h)
            (up, down), (up_outer, down_outer) = (
                parts(use(axiom("relu"), inner)),
                parts(use(axiom("relu"), outer)),
            )
            same = split(
                compare(number(0), inner),
                lambda sign: arith(
                    eq(RELU(outer), lam * RELU(inner)),
                    use(up, sign),
                    use(up_outer, arith(outer >= 0, sign, more)),
                    multipliers=[lam],
                ),
                lambda sign: arith(
                    eq(RELU(outer), lam * RELU(inner)),
                    use(down, arith(inner <= 0, sign)),
                    use(down_outer, arith(outer <= 0, sign, more)),
                    multipliers=[lam],
                ),
            )
            return certificate(goal, [(same, kappa * e1), (product, e1 * RELU(inner))])

        def zero(h: Theorem) -> Theorem:
            _, no_kappa, nothing = parts(h)

            def no_coefficient(none: Theorem) -> Theorem:
                return certificate(goal, [(none, kappa * RELU(outer) - RELU(inner))])

            def no_weight(flat: Theorem) -> Theorem:
                from .independent_jumps import no_terms

                product = function(j, w(j) * x(j))
                terms = prove(
                    below(j, d, eq(product(j), 0)),
                    lambda j, less, goal: certificate(goal, [(use(flat, j, less), x(j))]),
                )
                value = restate(use(no_terms(), product, d, terms), eq(inner, 0))
                relu = use(parts(use(axiom("relu"), inner))[1], arith(inner <= 0, value))
                return certificate(goal, [(relu, -1 * e1), (no_kappa, e1 * RELU(outer))])

            return split(nothing, no_coefficient, no_weight)

        return split(admissible, scaled, zero)

    return opened(statement, 7, build).called("a rescaled neuron is the same function")
