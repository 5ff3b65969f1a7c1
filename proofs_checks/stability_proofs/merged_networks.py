"""Merging (85), (86) in a network, and that functions without biases are homogeneous."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate, trichotomy
from ..kernel.rules import Theorem, absurd, detach, excluded_middle, restate, together, witness
from ..proving.certificates import arith
from ..proving.lemmas import sum_equal
from ..proving.tactics import contradiction, parts, prove, rewrite, split, use, with_witness
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
    negation,
    number,
    variable,
)
from .comparison import is_nowhere_opposite
from .first_directions import positive_multiple
from .homogeneous import dot_scaled, p, slopes_are_homogeneous, values_are_homogeneous
from .independent_jumps import is_independent
from .kinks import cells_at_most, is_generic, slope
from .merging import merged
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
    differs,
    dot,
    e,
    i,
    is_multiple,
    is_step,
    is_zero,
    j,
    l,
    m,
    mu,
    network,
    row,
    x,
)
from .opening import Entry, Given, opened, opened_exists
from .restricted_space import has_distinct_directions

beta = variable("beta", REAL)
a_phi, c_phi = variable("a'", REAL, "N", "N"), variable("c'", REAL, "N")
lam, kappa = variable("lambda", REAL), variable("kappa", REAL)


def has_no_opposite_pair(a: Entry, m: Entry, d: Entry) -> Expression:
    """Return C.3a: no a_l != 0 is a negative multiple of an a_i != 0, i != l."""
    alive = [negation(is_zero(row(a, at), d)) for at in (i, l)]
    opposite = exists(mu, both(mu < 0, is_multiple(row(a, l), mu, row(a, i), d)))
    return below(i, m, below(l, m, implies(differs(i, l), *alive, negation(opposite))))


@cache
def independent() -> Theorem:
    """(83): C.2 and C.3a give pairwise independence."""
    statement = forall(
        d,
        m,
        a,
        implies(has_distinct_directions(a, m, d), has_no_opposite_pair(a, m, d), is_independent(a, m, d)),
    )

    def build(given: Given) -> Theorem:
        d, _m, a, distinct, opposite, goal = given

        def pair(given: Given) -> Theorem:
            i, in_i, l, in_l, other, alive_i, alive_l, parallel, _ = given
            place = (i, in_i, l, in_l, other, alive_i, alive_l)

            def found(mu: Expression, multiple: Theorem) -> Theorem:
                positive = use(distinct, *place).conclusion.args[0]
                negative = use(opposite, *place).conclusion.args[0]
                return split(
                    trichotomy(mu, number(0)),
                    lambda less: detach(
                        use(opposite, *place), witness(together(less, multiple), negative, mu)
                    ),
                    lambda zero: detach(alive_l, _flat(is_zero(row(a, l), d), multiple, zero, row(a, i))),
                    lambda more: detach(
                        use(distinct, *place),
                        witness(together(restate(more, mu > 0), multiple), positive, mu),
                    ),
                )

            return with_witness(parallel, found)

        return opened(goal, 8, pair)

    return opened(statement, 5, build).called("C.2 and C.3a: weights are pairwise independent (83)")


def _flat(goal: Expression, multiple: Theorem, zero: Theorem, v: Expression) -> Theorem:
    """From u = mu v and mu = 0: u = 0."""
    return prove(goal, lambda j, less, goal: certificate(goal, [(use(multiple, j, less),), (zero, v(j))]))


@cache
def merged_network() -> Theorem:
    """A network without opposite weights is one with independent weights, near what it was near."""
    b_new, e_new = variable("b'", REAL, "N", "N"), variable("e'", REAL, "N")
    realizes = forall(x, eq(network(e_new, b_new, x, m, d), network(e, b, x, m, d)))
    conclusion = exists(
        b_new,
        e_new,
        both(
            realizes,
            is_independent(b_new, m, d),
            is_nowhere_opposite(a, b_new, m, d),
            cells_at_most(c, a, m, e_new, b_new, m, d, delta, H),
        ),
    )
    statement = forall(
        H,
        d,
        m,
        a,
        c,
        b,
        e,
        delta,
        implies(
            is_step(H),
            cells_at_most(c, a, m, e, b, m, d, delta, H),
            has_no_opposite_pair(b, m, d),
            is_nowhere_opposite(a, b, m, d),
            conclusion,
        ),
    )

    def build(given: Given) -> Theorem:
        H, d, m, a, c, b, e, delta, step, cells, opposite, between, goal = given

        def found(z: Expression, e_new: Expression, known: Theorem) -> Theorem:
            flags, alive, distinct, covered, sums = parts(known)
            b_new = function(p, j, z(p) * b(p, j))
            wanted = opened_exists(goal, b_new, e_new).args

            def on(p: Expression, in_p: Theorem, nonzero: Theorem) -> Theorem:
                """From z_p b_p != 0: z_p = 1."""
                return split(
                    use(flags, p, in_p),
                    lambda h: h,
                    lambda h: absurd(
                        detach(
                            nonzero,
                            prove(
                                is_zero(row(b_new, p), d),
                                lambda j, _less, goal: certificate(goal, [(parts(h)[0], b(p, j))]),
                            ),
                        ),
                        eq(z(p), 1),
                    ),
                )

            def realizes_it(x: Expression, goal: Expression) -> Theorem:
                phi = function(p, RELU(dot(row(b, p), x, d)))
                same = use(sums, phi, use(values_are_homogeneous(), d, m, b, x))
                left = function(p, e_new(p) * RELU(dot(row(b_new, p), x, d)))
                right = function(p, e_new(p) * phi(p))

                def term(p: Expression, in_p: Theorem, goal: Expression) -> Theorem:
                    return split(
                        use(flags, p, in_p),
                        lambda h: _with_argument(
                            goal,
                            h,
                            z(p) * dot(row(b, p), x, d),
                            dot(row(b, p), x, d),
                            lambda value: eq(e_new(p) * RELU(value), right(p)),
                        ),
                        lambda h: certificate(goal, [(parts(h)[1], RELU(dot(row(b_new, p), x, d)) - phi(p))]),
                    )

                equal = use(sum_equal(), left, right, m, prove(below(p, m, eq(left(p), right(p))), term))
                return arith(goal, equal, same, degree=1)

            def separate(given: Given) -> Theorem:
                p, in_p, q, in_q, other, alive_p, alive_q, parallel, _ = given
                one, two = on(p, in_p, alive_p), on(q, in_q, alive_q)
                place = (p, in_p, q, in_q, other)
                alive_b = [
                    use(alive, at, inside, flag) for at, inside, flag in ((p, in_p, one), (q, in_q, two))
                ]

                def with_factor(mu: Expression, multiple: Theorem) -> Theorem:
                    plain = prove(
                        is_multiple(row(b, q), mu, row(b, p), d),
                        lambda j, less, goal: certificate(
                            goal, [(use(multiple, j, less),), (two, -1 * b(q, j)), (one, mu * b(p, j))]
                        ),
                    )
                    negative = use(opposite, *place, *alive_b).conclusion.args[0]
                    return split(
                        trichotomy(mu, number(0)),
                        lambda less: detach(
                            use(opposite, *place, *alive_b), witness(together(less, plain), negative, mu)
                        ),
                        lambda zero: detach(alive_b[1], _flat(is_zero(row(b, q), d), plain, zero, row(b, p))),
                        lambda more: detach(
                            use(distinct, *place, one, two),
                            witness(
                                together(restate(more, mu > 0), plain), positive_multiple(b, q, p, d), mu
                            ),
                        ),
                    )

                return with_witness(parallel, with_factor)

            def not_opposite(given: Given) -> Theorem:
                i, in_i, p, in_p, alive_i, alive_p, negative, _ = given
                flag = on(p, in_p, alive_p)

                def with_factor(mu: Expression, known: Theorem) -> Theorem:
                    less, multiple = parts(known)
                    plain = prove(
                        is_multiple(row(b, p), mu, row(a, i), d),
                        lambda j, less, goal: certificate(
                            goal, [(use(multiple, j, less),), (flag, -1 * b(p, j))]
                        ),
                    )
                    clash = use(between, i, in_i, p, in_p, alive_i, use(alive, p, in_p, flag))
                    return detach(clash, witness(together(less, plain), clash.conclusion.args[0], mu))

                return with_witness(negative, with_factor)

            def near(given: Given) -> Theorem:
                x, of_a, of_new, j, in_d, _goal = given
                generic = opened(
                    is_generic(b, m, x, d),
                    2,
                    lambda given: _is_off(given, (b, z, x, d, m), (covered, of_new)),
                )
                old = use(cells, x, of_a, generic, j, in_d)
                phi = function(p, b(p, j) * H(dot(row(b, p), x, d)))
                same = use(sums, phi, use(slopes_are_homogeneous(), H, d, m, b, x, j, step, in_d))
                left = function(p, e_new(p) * b_new(p, j) * H(dot(row(b_new, p), x, d)))
                right = function(p, e_new(p) * phi(p))

                def term(p: Expression, in_p: Theorem, goal: Expression) -> Theorem:
                    def kept(h: Theorem) -> Theorem:
                        moved = _with_argument(
                            eq(H(z(p) * dot(row(b, p), x, d)), H(dot(row(b, p), x, d))),
                            h,
                            z(p) * dot(row(b, p), x, d),
                            dot(row(b, p), x, d),
                            lambda value: eq(H(value), H(dot(row(b, p), x, d))),
                        )
                        return certificate(
                            goal,
                            [
                                (moved, e_new(p) * z(p) * b(p, j)),
                                (h, e_new(p) * b(p, j) * H(dot(row(b, p), x, d))),
                            ],
                        )

                    return split(
                        use(flags, p, in_p),
                        kept,
                        lambda h: certificate(
                            goal, [(parts(h)[1], b_new(p, j) * H(dot(row(b_new, p), x, d)) - phi(p))]
                        ),
                    )

                equal = use(sum_equal(), left, right, m, prove(below(p, m, eq(left(p), right(p))), term))
                difference = arith(
                    eq(
                        slope(c, a, m, x, (j, d), H) - slope(e, b, m, x, (j, d), H),
                        slope(c, a, m, x, (j, d), H) - slope(e_new, b_new, m, x, (j, d), H),
                    ),
                    equal,
                    same,
                    degree=1,
                )
                return rewrite(difference, lambda value: ABS(value) <= delta, old)

            whole = together(
                prove(wanted[0], realizes_it),
                opened(wanted[1], 8, separate),
                opened(wanted[2], 7, not_opposite),
                opened(wanted[3], 5, near),
            )
            return witness(whole, goal, b_new, e_new)

        return with_witness(use(merged(), d, b, e, m), found)

    return opened(statement, 12, build).called("Theta is merged without changing its realization")


def _with_argument(goal: Expression, flag: Entry, old: Entry, new: Entry, claim: Entry) -> Theorem:
    """From z = 1: a goal about f(z t) from one about f(t)."""
    equal = certificate(eq(new, old), [(flag, -1 * new)])
    own = claim(new)
    return restate(rewrite(equal, claim, arith(own)), goal)


def _is_off(given: Given, terms: Entry, known: Entry) -> Theorem:
    """A point off the kept hyperplanes is off all."""
    from ..kernel.rules import weaken

    p, in_p, goal = given
    b, z, x, d, _m = terms
    covered, of_new = known

    def alive(nonzero: Theorem) -> Theorem:
        def with_kept(q: Expression, facts: Theorem) -> Theorem:
            in_q, inner = parts(facts)
            flag, positive = parts(inner)

            def with_factor(mu: Expression, found: Theorem) -> Theorem:
                more, multiple = parts(found)
                value = dot_scaled(b, p, q, x, d, mu, multiple)

                def off(h: Theorem) -> Theorem:
                    one, two = dot(row(b, p), x, d), dot(row(b, q), x, d)

                    def on(zero: Theorem, _: Expression) -> Theorem:
                        at_q = split(
                            use(axiom("inverse"), mu),
                            lambda none: absurd(arith(FALSE, none, more), eq(two, 0)),
                            lambda product: _cancelled(two, one, mu, zero, value, product),
                        )
                        return detach(h, certificate(eq(z(q) * two, 0), [(at_q, z(q))]))

                    return weaken(prove(differs(one, number(0)), on), goal)

                def dead(h: Theorem) -> Theorem:
                    flat = prove(
                        is_zero(row(b, p), d),
                        lambda j, less, goal: certificate(
                            goal,
                            [(use(multiple, j, less),), (use(h, j, less), mu), (flag, mu * b(q, j) * -1)],
                        ),
                    )
                    return contradiction(goal, detach(nonzero, flat))

                return split(use(of_new, q, in_q), dead, off)

            return with_witness(positive, with_factor)

        return with_witness(use(covered, p, in_p, nonzero), with_kept)

    return split(excluded_middle(is_zero(row(b, p), d)), lambda h: weaken(h, goal), alive)


def _cancelled(two: Entry, _one: Entry, mu: Entry, zero: Entry, value: Entry, product: Entry) -> Theorem:
    """From one = 0, one = mu two and mu / mu = 1: two = 0."""
    from ..statements.functions import INVERSE

    return certificate(eq(two, 0), [(zero, INVERSE(mu)), (value, -1 * INVERSE(mu)), (product, -1 * two)])
