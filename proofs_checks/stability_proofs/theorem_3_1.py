"""Theorem 3.1: for output dimension one, under C.1 to C.3, ||Phi - Gamma|| <= beta + 2 delta^(1/2)."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from ..kernel.arithmetic import axiom, certificate, trichotomy
from ..kernel.rules import Theorem, absurd, choice, detach, excluded_middle, restate, together, witness
from ..proving.certificates import arith
from ..proving.lemmas import sum_equal
from ..proving.tactics import compare, contradiction, parts, prove, rewrite, split, use, with_witness
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
from ..statements.functions import ROOT
from . import rescaling
from .comparison import compared, is_independent, is_nowhere_opposite, matches
from .kinks import cells_at_most, is_generic, slope
from .matching import matching
from .merging import is_homogeneous, merged, positive_multiple
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
    k,
    l,
    m,
    mu,
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


def has_no_opposite_pair(a: Entry, m: Entry, d: Entry) -> Expression:
    """Return C.3a: no a_l != 0 is a negative multiple of an a_i != 0, i != l."""
    alive = [negation(is_zero(row(a, at), d)) for at in (i, l)]
    opposite = exists(mu, both(mu < 0, is_multiple(row(a, l), mu, row(a, i), d)))
    return below(i, m, below(l, m, implies(differs(i, l), *alive, negation(opposite))))


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
def values_are_homogeneous() -> Theorem:
    """relu(<b_p, x>) is positively homogeneous in b_p."""
    phi = function(p, RELU(dot(row(b, p), x, d)))
    statement = forall(d, m, b, x, is_homogeneous(phi, b, m, d))

    def build(given: Given) -> Theorem:
        d, _m, b, x, goal = given

        def scaled(given: Given) -> Theorem:
            p, _, q, _, mu, more, multiple, goal = given
            one, two = dot(row(b, p), x, d), dot(row(b, q), x, d)
            value = _dot_scaled(b, p, q, x, d, mu, multiple)
            positive, negative = parts(use(axiom("relu"), one))
            positive_q, negative_q = parts(use(axiom("relu"), two))
            return split(
                compare(number(0), two),
                lambda up: arith(
                    goal,
                    use(positive, arith(one >= 0, arith(mu * two >= 0, up, more), value)),
                    use(positive_q, up),
                    value,
                    multipliers=[mu],
                ),
                lambda down: arith(
                    goal,
                    use(negative, arith(one <= 0, arith(mu * two <= 0, down, more), value)),
                    use(negative_q, arith(two <= 0, down)),
                    multipliers=[mu],
                ),
            )

        def zero(given: Given) -> Theorem:
            p, _, flat, goal = given
            value = _dot_zero(b, p, x, d, flat)
            term = dot(row(b, p), x, d)
            return arith(goal, use(parts(use(axiom("relu"), term))[1], arith(term <= 0, value)))

        return together(opened(goal.args[0], 7, scaled), opened(goal.args[1], 3, zero))

    return opened(statement, 4, build).called("values are positively homogeneous")


@cache
def slopes_are_homogeneous() -> Theorem:
    """b_pj H(<b_p, x>) is positively homogeneous in b_p."""
    phi = function(p, b(p, j) * H(dot(row(b, p), x, d)))
    statement = forall(H, d, m, b, x, j, implies(is_step(H), j < d, is_homogeneous(phi, b, m, d)))

    def build(given: Given) -> Theorem:
        H, d, _m, b, x, j, step, in_d, goal = given

        def scaled(given: Given) -> Theorem:
            p, _, q, _, mu, more, multiple, goal = given
            one, two = dot(row(b, p), x, d), dot(row(b, q), x, d)
            value = _dot_scaled(b, p, q, x, d, mu, multiple)
            (on, off), (on_q, off_q) = parts(use(step, one)), parts(use(step, two))
            entry = use(multiple, j, in_d)

            def equal(h: Theorem, h_q: Theorem) -> Theorem:
                same = arith(eq(H(one), H(two)), h, h_q)
                return certificate(goal, [(entry, H(one)), (same, mu * b(q, j))])

            return split(
                compare(two, number(0)),
                lambda down: equal(
                    use(off, arith(one <= 0, arith(mu * two <= 0, down, more), value)), use(off_q, down)
                ),
                lambda up: equal(
                    use(on, arith(one > 0, arith(mu * two > 0, up, more), value)), use(on_q, up)
                ),
            )

        def zero(given: Given) -> Theorem:
            p, _, flat, goal = given
            return certificate(goal, [(use(flat, j, in_d), H(dot(row(b, p), x, d)))])

        return together(opened(goal.args[0], 7, scaled), opened(goal.args[1], 3, zero))

    return opened(statement, 8, build).called("gradients are positively homogeneous")


def _dot_scaled(b: Entry, p: Entry, q: Entry, x: Entry, d: Entry, mu: Entry, multiple: Entry) -> Theorem:
    """From b_p = mu b_q: <b_p, x> = mu <b_q, x>."""
    left, right = function(j, b(p, j) * x(j)), function(j, mu * b(q, j) * x(j))
    terms = prove(
        below(j, d, eq(left(j), right(j))),
        lambda j, less, goal: certificate(goal, [(use(multiple, j, less), x(j))]),
    )
    return restate(
        use(sum_equal(), left, right, d, terms), eq(dot(row(b, p), x, d), mu * dot(row(b, q), x, d))
    )


def _dot_zero(b: Entry, p: Entry, x: Entry, d: Entry, flat: Entry) -> Theorem:
    from .comparison import no_terms

    term = function(j, b(p, j) * x(j))
    terms = prove(
        below(j, d, eq(term(j), 0)), lambda j, less, goal: certificate(goal, [(use(flat, j, less), x(j))])
    )
    return restate(use(no_terms(), term, d, terms), eq(dot(row(b, p), x, d), 0))


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
                value = _dot_scaled(b, p, q, x, d, mu, multiple)

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
                                    rescaling.matched(),
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
                from .comparison import no_terms

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
