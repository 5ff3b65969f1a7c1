"""Lemma A.3, its stronger form, and Lemma A.5: which parametrizations have one realization."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import (
    Theorem,
    absurd,
    choice,
    detach,
    excluded_middle,
    restate,
    together,
    weaken,
    witness,
)
from ..proving.certificates import arith
from ..proving.lemmas import sum_equal
from ..proving.tactics import compare, contradiction, parts, prove, rewrite, split, use, with_witness
from ..statements.expressions import (
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
    negation,
    number,
    total,
    variable,
)
from ..statements.functions import INVERSE, RELU
from .comparison import is_independent, jump_of_independent, no_terms, single_term, zero_factor
from .functions import decided, updated
from .gradients import equal_slopes, step_exists, unit_vector
from .kinks import classes_exist, jump, kink
from .matching import is_permutation, pi, rho
from .names import (
    ABS,
    a,
    b,
    below,
    d,
    differs,
    dot,
    f,
    i,
    is_multiple,
    is_parallel,
    is_zero,
    j,
    k,
    m,
    mu,
    n,
    network,
    row,
    s,
    some_below,
    t,
    x,
)
from .opening import Entry, Given, opened, opened_exists
from .restricted import D, c, column, e, same_realization

p, q = variable("p", NATURAL), variable("q", NATURAL)
sign, lam = variable("s", REAL, NATURAL), variable("lambda", REAL, NATURAL)
sigma, factor = variable("sigma", NATURAL, NATURAL), variable("mu", REAL, NATURAL)


@cache
def pigeonhole() -> Theorem:
    """A one-to-one map of {0, ..., m - 1} into itself is onto."""
    inside = below(i, m, pi(i) < m)
    i2 = variable("i'", NATURAL)
    one_to_one = forall(i, i2, implies(i < m, i2 < m, eq(pi(i), pi(i2)), eq(i, i2)))
    statement = forall(m, pi, implies(inside, one_to_one, is_permutation(pi, m)))

    def build(given: Given) -> Theorem:
        m, pi, inside, one_to_one, goal = given
        onto = goal.args[2]

        def at(given: Given) -> Theorem:
            p, in_p, goal = given
            indicator = decided(eq(i, p), number(1), number(0), (i,))

            def missing(none: Theorem) -> Theorem:
                def with_indicator(f: Expression, known: Theorem) -> Theorem:
                    term = function(i, f(pi(i)))
                    zeros = prove(
                        below(i, m, eq(term(i), 0)),
                        lambda i, less, goal: _missed(goal, i, less, none, use(known, pi(i)), p, pi),
                    )
                    nothing = use(no_terms(), term, m, zeros)
                    rest = prove(
                        below(i, m, implies(differs(i, p), eq(f(i), 0))),
                        lambda i, _, other, goal: restate(use(parts(use(known, i))[1], other), goal),
                    )
                    single = use(single_term(), f, p, m, in_p, rest)
                    one = use(parts(use(known, p))[0], arith(eq(p, p)))
                    order = use(axiom("a sum in another order"), m, pi, f, inside, one_to_one)
                    return contradiction(goal, arith(FALSE, nothing, single, one, order, degree=1))

                return with_witness(indicator, with_indicator)

            return split(excluded_middle(goal), lambda h: h, missing)

        return together(inside, one_to_one, opened(onto, 2, at))

    return opened(statement, 4, build).called("a one-to-one map of a finite set into itself is onto")


def _missed(
    goal: Expression, i: Entry, less: Entry, none: Entry, known: Entry, p: Entry, pi: Entry
) -> Theorem:
    off = prove(
        differs(pi(i), p),
        lambda equal, _: detach(none, witness(together(less, equal), none.conclusion.args[0], i)),
    )
    return restate(use(parts(known)[1], off), goal)


@cache
def inverse_permutation() -> Theorem:
    """A permutation has an inverse."""
    back = below(p, m, eq(pi(rho(p)), p))
    forth = below(i, m, eq(rho(pi(i)), i))
    statement = forall(
        m, pi, implies(is_permutation(pi, m), exists(rho, both(is_permutation(rho, m), back, forth)))
    )

    def build(given: Given) -> Theorem:
        m, pi, permutation, goal = given
        inside, one_to_one, onto = parts(permutation)
        each = forall(p, exists(i, implies(p < m, both(i < m, eq(pi(i), p)))))

        def at(p: Expression, goal: Expression) -> Theorem:
            def inner(less: Theorem) -> Theorem:
                def found(i: Expression, known: Theorem) -> Theorem:
                    body = opened_exists(goal, i)
                    return witness(prove(body, lambda _, goal: restate(known, goal)), goal, i)

                return with_witness(use(onto, p, less), found)

            def outside(at_most: Theorem) -> Theorem:
                body = opened_exists(goal, number(0))
                return witness(
                    prove(body, lambda less, goal: absurd(arith(FALSE, less, at_most), goal)), goal, 0
                )

            return split(compare(m, p), outside, inner)

        def found(rho: Expression, known: Theorem) -> Theorem:
            stays = prove(below(i, m, rho(i) < m), lambda p, less, _goal: parts(use(known, p, less))[0])
            back = prove(below(p, m, eq(pi(rho(p)), p)), lambda p, less, _goal: parts(use(known, p, less))[1])

            def returns(i: Expression, less: Theorem, _goal: Expression) -> Theorem:
                at_image = use(inside, i, less)
                return use(
                    one_to_one, rho(pi(i)), i, use(stays, pi(i), at_image), less, use(back, pi(i), at_image)
                )

            forth = prove(below(i, m, eq(rho(pi(i)), i)), returns)

            def different(given: Given) -> Theorem:
                p, q, in_p, in_q, equal, goal = given
                same = rewrite(equal, lambda z: eq(pi(rho(p)), pi(z)), arith(eq(pi(rho(p)), pi(rho(p)))))
                return arith(goal, same, use(back, p, in_p), use(back, q, in_q), degree=1)

            wanted = opened_exists(goal, rho).args[0]
            one = opened(wanted.args[1], 5, different)
            onto_too = prove(
                wanted.args[2],
                lambda i, less, goal: witness(
                    together(use(inside, i, less), use(forth, i, less)), goal, pi(i)
                ),
            )
            return witness(together(together(stays, one, onto_too), back, forth), goal, rho)

        return with_witness(choice(prove(each, at)), found)

    return opened(statement, 3, build).called("a permutation has an inverse")


def has_no_zero_neuron(a: Entry, c: Entry, m: Entry, d: Entry, D: Entry) -> Expression:
    """Return: a_i != 0 and c_i != 0 for all i < m."""
    return below(i, m, both(negation(is_zero(row(a, i), d)), negation(is_zero(row(c, i), D))))


@cache
def partner_exists() -> Theorem:
    """If R(b, e) = R(a, c), each neuron of (a, c) has one of (b, e) on its hyperplane."""
    found = some_below(
        p, n, exists(mu, both(differs(mu, number(0)), is_multiple(row(b, p), mu, row(a, i), d)))
    )
    statement = forall(
        d,
        m,
        n,
        D,
        a,
        c,
        b,
        e,
        implies(
            is_independent(a, m, d),
            has_no_zero_neuron(a, c, m, d, D),
            below(k, D, forall(x, eq(network(column(c, k), a, x, m, d), network(column(e, k), b, x, n, d)))),
            below(i, m, found),
        ),
    )

    def build(given: Given) -> Theorem:
        d, m, n, D, a, c, b, e, independent, alive, same, goal = given

        def at(given: Given) -> Theorem:
            i, in_m, goal = given
            nonzero, coefficient = parts(use(alive, i, in_m))
            v = row(a, i)

            def none(off: Theorem) -> Theorem:
                def with_step(H: Expression, step: Theorem) -> Theorem:
                    def first(flag: Expression, size: Expression, cls: Theorem) -> Theorem:
                        def second(flag2: Expression, size2: Expression, cls2: Theorem) -> Theorem:
                            def output(k: Expression, in_D: Theorem, goal: Expression) -> Theorem:
                                ck, ek = column(c, k), column(e, k)
                                cells = use(
                                    equal_slopes(), H, d, m, a, ck, n, b, ek, step, use(same, k, in_D)
                                )
                                bound = use(
                                    kink(),
                                    H,
                                    d,
                                    v,
                                    0,
                                    m,
                                    ck,
                                    a,
                                    flag,
                                    size,
                                    n,
                                    ek,
                                    b,
                                    flag2,
                                    size2,
                                    step,
                                    cells,
                                    nonzero,
                                    cls,
                                    cls2,
                                )
                                itself = prove(
                                    is_multiple(v, number(1), v, d), lambda _j, _less, goal: arith(goal)
                                )
                                own = use(
                                    parts(
                                        use(
                                            jump_of_independent(),
                                            d,
                                            m,
                                            a,
                                            ck,
                                            v,
                                            flag,
                                            size,
                                            nonzero,
                                            independent,
                                            cls,
                                        )
                                    )[0],
                                    i,
                                    1,
                                    in_m,
                                    nonzero,
                                    itself,
                                )
                                term = function(p, ek(p) * flag2(p) * ABS(size2(p)))
                                zeros = prove(
                                    below(p, n, eq(term(p), 0)),
                                    lambda p, less, goal: _no_partner(
                                        goal, (p, less, d, b, v, size2, ek, flag2), use(cls2, p, less), off
                                    ),
                                )
                                nothing = use(no_terms(), term, n, zeros)
                                unit = use(parts(use(axiom("abs"), 1))[0], arith(number(1) >= 0))
                                return _must_vanish(
                                    goal,
                                    (c(i, k), d, v, nonzero),
                                    bound,
                                    own,
                                    restate(nothing, eq(jump(ek, flag2, size2, n), 0)),
                                    unit,
                                )

                            flat = prove(is_zero(row(c, i), D), output)
                            return contradiction(goal, detach(coefficient, flat))

                        return with_witness(use(classes_exist(), d, n, b, v), second)

                    return with_witness(use(classes_exist(), d, m, a, v), first)

                return with_witness(step_exists(), with_step)

            return split(excluded_middle(goal), lambda h: h, none)

        return opened(goal, 2, at)

    return opened(statement, 11, build).called("each neuron has a partner on its hyperplane")


def _no_partner(goal: Expression, terms: Entry, own: Entry, off: Entry) -> Theorem:
    """A neuron that is no partner has no jump: it is no multiple, or a zero one."""
    p, less, _d, _b, _v, size, e, flag = terms

    def multiple(h: Theorem) -> Theorem:
        _is_one, is_mu = parts(h)

        def zero(none: Theorem) -> Theorem:
            absolute = use(parts(use(axiom("abs"), size(p)))[0], arith(size(p) >= 0, none))
            return arith(goal, absolute, none, multipliers=[e(p) * flag(p)])

        def partner(other: Theorem) -> Theorem:
            inner = witness(together(other, is_mu), opened_exists(off.conclusion.args[0], p).args[1], size(p))
            return contradiction(goal, detach(off, witness(together(less, inner), off.conclusion.args[0], p)))

        return split(excluded_middle(eq(size(p), 0)), zero, partner)

    return split(own, multiple, lambda h: certificate(goal, [(parts(h)[0], e(p) * ABS(size(p)))]))


def _must_vanish(
    goal: Expression, terms: Entry, bound: Entry, own: Entry, nothing: Entry, unit: Entry
) -> Theorem:
    """From |c |1| v_j - 0| <= 0 for all j, v != 0: c = 0."""
    coefficient, d, v, nonzero = terms

    def off(h: Theorem) -> Theorem:
        inverse = split(
            use(axiom("inverse"), coefficient),
            lambda zero: contradiction(eq(coefficient * INVERSE(coefficient), 1), detach(h, zero)),
            lambda product: product,
        )

        def entry(j: Expression, less: Theorem, goal: Expression) -> Theorem:
            from ..proving.certificates import equal_if_both
            from ..proving.lemmas import abs_facts

            inner = use(bound, j, less)
            value = inner.conclusion.args[0].args[1]
            sizes = parts(use(abs_facts(), value))
            zero = equal_if_both(
                eq(value, 0), arith(value <= 0, inner, sizes[1]), arith(value >= 0, inner, sizes[2])
            )
            product = arith(
                eq(coefficient * v(j), 0), zero, own, nothing, unit, multipliers=[v(j), coefficient * v(j)]
            )
            return certificate(goal, [(product, INVERSE(coefficient)), (inverse, -1 * v(j))])

        return contradiction(goal, detach(nonzero, prove(is_zero(v, d), entry)))

    return split(excluded_middle(goal), lambda h: h, off)


@cache
def flips_keep() -> Theorem:
    """Lemma A.5: if sum_J c_i (x) a_i = 0, then -a_i for a_i, i in J, keeps the realization.

    s_i is -1 in J and 1 elsewhere, so that 1 - s_i is 2 in J and 0 elsewhere.
    """
    signs = below(i, m, either(eq(sign(i), 1), eq(sign(i), -1)))
    sums = below(k, D, below(j, d, eq(total(i, m, (1 - sign(i)) * c(i, k) * a(i, j)), 0)))
    turned = function(i, j, sign(i) * a(i, j))
    statement = forall(m, d, D, a, c, sign, implies(signs, sums, same_realization(turned, c, a, c, m, d, D)))

    def build(given: Given) -> Theorem:
        m, d, _D, a, c, sign, signs, sums, goal = given

        def at(given: Given) -> Theorem:
            x, k, in_D, goal = given
            linear = linear_part_zero(m, d, a, c, sign, x, k, use(sums, k, in_D))
            terms = flip_terms(m, d, a, c, sign, x, k, signs)
            return arith(goal, terms, linear, degree=1)

        return opened(goal, 3, at)

    return opened(statement, 8, build).called("admissible flips (Lemma A.5)")


def linear_part_zero(*given: Entry) -> Theorem:
    """From sum_i (1 - s_i) c_ik a_ij = 0 for all j: sum_i (1 - s_i) c_ik <a_i, x> = 0."""
    m, d, a, c, sign, x, k, sums = given
    term = function(j, x(j) * total(i, m, (1 - sign(i)) * c(i, k) * a(i, j)))
    zeros = prove(
        below(j, d, eq(term(j), 0)), lambda j, less, goal: certificate(goal, [(use(sums, j, less), x(j))])
    )
    nothing = use(no_terms(), term, d, zeros)
    return restate(nothing, eq(total(i, m, (1 - sign(i)) * c(i, k) * dot(row(a, i), x, d)), 0))


def flip_terms(*given: Entry) -> Theorem:
    """Sum c_i relu(s_i t_i) = sum c_i relu(t_i) - 1/2 sum (1 - s_i) c_i t_i, t_i = <a_i, x>."""
    m, d, a, c, sign, x, k, signs = given
    from fractions import Fraction

    half = number(Fraction(1, 2))
    left = function(i, c(i, k) * RELU(sign(i) * dot(row(a, i), x, d)))
    right = function(
        i, c(i, k) * RELU(dot(row(a, i), x, d)) - half * (1 - sign(i)) * c(i, k) * dot(row(a, i), x, d)
    )

    def term(i: Expression, less: Theorem, goal: Expression) -> Theorem:
        value = use(relu_of_sign(), sign(i), dot(row(a, i), x, d), use(signs, i, less))
        return certificate(goal, [(value, c(i, k))])

    return use(sum_equal(), left, right, m, prove(below(i, m, eq(left(i), right(i))), term))


@cache
def relu_of_sign() -> Theorem:
    """relu(s t) = relu(t) - (1 - s) / 2 t for s = 1 and s = -1."""
    from fractions import Fraction

    half = number(Fraction(1, 2))
    statement = forall(
        s, t, implies(either(eq(s, 1), eq(s, -1)), eq(RELU(s * t), RELU(t) - half * (1 - s) * t))
    )

    def build(given: Given) -> Theorem:
        s, t, signs, goal = given
        up, down = parts(use(axiom("relu"), t))

        def moved(equal: Theorem, value: int, inner: Theorem) -> Theorem:
            """From s = 1 or -1 and relu(value t) = ...: the goal."""
            same = certificate(eq(value * t, s * t), [(equal, -1 * t)])
            at_s = rewrite(same, lambda z: eq(RELU(z), inner.conclusion.args[1]), inner)
            return arith(goal, at_s, equal, multipliers=[t])

        def plus(equal: Theorem) -> Theorem:
            return moved(equal, 1, arith(eq(RELU(1 * t), RELU(t))))

        def minus(equal: Theorem) -> Theorem:
            up_too, down_too = parts(use(axiom("relu"), -1 * t))
            inner = split(
                compare(number(0), t),
                lambda h: arith(
                    eq(RELU(-1 * t), RELU(t) - t), use(up, h), use(down_too, arith(-1 * t <= 0, h))
                ),
                lambda h: arith(
                    eq(RELU(-1 * t), RELU(t) - t),
                    use(down, arith(t <= 0, h)),
                    use(up_too, arith(-1 * t >= 0, h)),
                ),
            )
            return moved(equal, -1, inner)

        return split(signs, plus, minus)

    return opened(statement, 3, build).called("relu(s t) = relu(t) - (1 - s) / 2 t")


def stronger_statement() -> Expression:
    """Return the stronger form of Lemma A.3: pairwise independent a_i != 0, c_i != 0."""
    same_line = below(i, m, below(j, d, eq(b(i, j), lam(i) * sign(i) * a(pi(i), j))))
    coefficient = below(i, m, below(k, D, eq(lam(i) * e(i, k), c(pi(i), k))))
    signs = below(i, m, both(lam(i) > 0, either(eq(sign(i), 1), eq(sign(i), -1))))
    sums = below(k, D, below(j, d, eq(total(i, m, (1 - sign(i)) * c(pi(i), k) * a(pi(i), j)), 0)))
    return forall(
        d,
        m,
        D,
        a,
        c,
        b,
        e,
        implies(
            is_independent(a, m, d),
            has_no_zero_neuron(a, c, m, d, D),
            same_realization(b, e, a, c, m, d, D),
            exists(pi, lam, sign, both(is_permutation(pi, m), signs, same_line, coefficient, sums)),
        ),
    )


@cache
def stronger_form() -> Theorem:
    """The stronger form of Lemma A.3."""

    def build(given: Given) -> Theorem:
        d, m, D, a, c, b, e, independent, alive, same, goal = given
        by_output = prove(
            below(k, D, forall(x, eq(network(column(c, k), a, x, m, d), network(column(e, k), b, x, m, d)))),
            lambda k, in_D, x, goal: arith(goal, use(same, x, k, in_D), degree=1),
        )
        partners = use(partner_exists(), d, m, m, D, a, c, b, e, independent, alive, by_output)
        each = forall(i, exists(p, mu, implies(i < m, _mate(p, mu, i, (a, b, m, d)))))

        def at(i: Expression, goal: Expression) -> Theorem:
            def inner(less: Theorem) -> Theorem:
                def found(p: Expression, known: Theorem) -> Theorem:
                    in_p, rest = parts(known)

                    def with_factor(mu: Expression, facts: Theorem) -> Theorem:
                        body = opened_exists(goal, p, mu)
                        whole = together(in_p, *parts(facts))
                        return witness(prove(body, lambda _, goal: restate(whole, goal)), goal, p, mu)

                    return with_witness(rest, with_factor)

                return with_witness(use(partners, i, less), found)

            def outside(at_most: Theorem) -> Theorem:
                body = opened_exists(goal, number(0), number(0))
                return witness(
                    prove(body, lambda less, goal: absurd(arith(FALSE, less, at_most), goal)), goal, 0, 0
                )

            return split(compare(m, i), outside, inner)

        def with_sigma(sigma: Expression, h: Theorem) -> Theorem:
            return with_witness(
                choice(h),
                lambda mu, known: _located(
                    goal, (d, m, D, a, c, b, e, sigma, mu), known, independent, alive, by_output
                ),
            )

        return with_witness(choice(prove(each, at)), with_sigma)

    return opened(stronger_statement(), 10, build).called("Lemma A.3, the stronger form")


def _mate(p: Entry, mu: Entry, i: Entry, terms: Entry) -> Expression:
    a, b, m, d = terms
    return both(p < m, differs(mu, number(0)), is_multiple(row(b, p), mu, row(a, i), d))


def _located(
    goal: Expression, data: Entry, known: Entry, independent: Entry, alive: Entry, same: Entry
) -> Theorem:
    """From partners sigma(i) with factors mu_i != 0: the permutation, the factors and the signs."""
    d, m, _D, a, _c, b, _e, sigma, mu = data
    inside = prove(below(i, m, sigma(i) < m), lambda i, less, _goal: parts(use(known, i, less))[0])
    i2 = variable("i'", NATURAL)
    one_to_one = opened(
        forall(i, i2, implies(i < m, i2 < m, eq(sigma(i), sigma(i2)), eq(i, i2))),
        5,
        lambda given: _one_partner(given, data, known, independent, alive),
    )
    permutation = use(pigeonhole(), m, sigma, inside, one_to_one)

    def with_inverse(pi: Expression, facts: Theorem) -> Theorem:
        is_one, back, forth = parts(facts)
        lam = function(p, ABS(mu(pi(p))))
        b_independent = opened(
            is_independent(b, m, d),
            8,
            lambda given: _b_independent(given, data, known, independent, (pi, is_one, back, forth), alive),
        )
        sign_exists = decided(mu(pi(p)) > 0, number(1), number(-1), (p,))

        def with_sign(sign: Expression, of_sign: Theorem) -> Theorem:
            flags, lines, coefficients, sums = opened_exists(goal, pi, lam, sign).args[1:]

            def value(p: Expression, in_p: Theorem) -> tuple[Theorem, Theorem, Theorem]:
                """lambda_p > 0, s_p = 1 or -1, and mu = lambda_p s_p."""
                off = parts(use(known, pi(p), use(parts(is_one)[0], p, in_p)))[1]
                return _sign_of(mu(pi(p)), sign(p), off, use(of_sign, p))

            flags_proved = prove(flags, lambda p, in_p, _goal: together(*value(p, in_p)[:2]))

            def line(p: Expression, in_p: Theorem, j: Expression, less: Theorem, goal: Expression) -> Theorem:
                multiple = _at_place(known, p, in_p, (pi, is_one, back), (a, b, d, mu, sigma))
                return certificate(goal, [(use(multiple, j, less),), (value(p, in_p)[2], a(pi(p), j))])

            lines_proved = prove(lines, line)

            def coefficient(
                p: Expression, in_p: Theorem, k: Expression, in_D: Theorem, goal: Expression
            ) -> Theorem:
                return _coefficient(
                    goal,
                    (p, k),
                    (in_p, in_D),
                    data,
                    (known, independent, alive, same, b_independent),
                    (pi, is_one, back),
                )

            coefficients_proved = prove(coefficients, coefficient)

            def output(
                k: Expression, in_D: Theorem, j: Expression, in_d: Theorem, goal: Expression
            ) -> Theorem:
                return _signs_cancel(
                    goal,
                    data,
                    (k, in_D, j, in_d),
                    (pi, lam, sign, is_one),
                    (flags_proved, lines_proved, coefficients_proved),
                    same,
                )

            return witness(
                together(is_one, flags_proved, lines_proved, coefficients_proved, prove(sums, output)),
                goal,
                pi,
                lam,
                sign,
            )

        return with_witness(sign_exists, with_sign)

    return with_witness(use(inverse_permutation(), m, sigma, permutation), with_inverse)


def _one_partner(given: Given, data: Entry, known: Entry, independent: Entry, alive: Entry) -> Theorem:
    """Two neurons with one partner are on one line."""
    d, _m, _D, a, _c, b, _e, sigma, mu = data
    i, l, in_i, in_l, equal, goal = given

    def clash(other: Theorem) -> Theorem:
        _, _off_i, line_i = parts(use(known, i, in_i))
        _, off_l, line_l = parts(use(known, l, in_l))
        moved = rewrite(
            arith(eq(sigma(l), sigma(i)), equal),
            lambda z: is_multiple(row(b, z), mu(l), row(a, l), d),
            line_l,
        )
        product = split(
            use(axiom("inverse"), mu(l)),
            lambda zero: contradiction(eq(mu(l) * INVERSE(mu(l)), 1), detach(off_l, zero)),
            lambda h: h,
        )
        ratio = mu(i) * INVERSE(mu(l))
        parallel = prove(
            is_multiple(row(a, l), ratio, row(a, i), d),
            lambda j, less, goal: certificate(
                goal,
                [
                    (use(moved, j, less), -1 * INVERSE(mu(l))),
                    (use(line_i, j, less), INVERSE(mu(l))),
                    (product, -1 * a(l, j)),
                ],
            ),
        )
        nonzero = [parts(use(alive, at, inside))[0] for at, inside in ((i, in_i), (l, in_l))]
        on_line = witness(parallel, is_parallel(row(a, l), row(a, i), d), ratio)
        return contradiction(goal, detach(use(independent, i, in_i, l, in_l, other, *nonzero), on_line))

    return split(excluded_middle(goal), lambda h: h, clash)


def _at_place(known: Entry, p: Entry, in_p: Entry, permutation: Entry, terms: Entry) -> Theorem:
    """b_p = mu_pi(p) a_pi(p)."""
    pi, is_one, back = permutation
    a, b, d, mu, _sigma = terms
    in_i = use(parts(is_one)[0], p, in_p)
    line = parts(use(known, pi(p), in_i))[2]
    return rewrite(use(back, p, in_p), lambda z: is_multiple(row(b, z), mu(pi(p)), row(a, pi(p)), d), line)


def _b_independent(
    given: Given, data: Entry, known: Entry, independent: Entry, permutation: Entry, alive: Entry
) -> Theorem:
    d, _m, _D, a, _c, b, _e, sigma, mu = data
    pi, is_one, back, _forth = permutation
    p, in_p, q, in_q, other, _alive_p, _alive_q, parallel, _ = given
    stays, different, _ = parts(is_one)
    lines = [
        _at_place(known, at, inside, (pi, is_one, back), (a, b, d, mu, sigma))
        for at, inside in ((p, in_p), (q, in_q))
    ]
    places = [use(stays, at, inside) for at, inside in ((p, in_p), (q, in_q))]
    off_q = parts(use(known, pi(q), places[1]))[1]

    def found(factor: Expression, multiple: Theorem) -> Theorem:
        # b_q = factor b_p, so a_pi(q) = factor mu_p / mu_q a_pi(p)
        product = split(
            use(axiom("inverse"), mu(pi(q))),
            lambda zero: contradiction(eq(mu(pi(q)) * INVERSE(mu(pi(q))), 1), detach(off_q, zero)),
            lambda h: h,
        )
        ratio = factor * mu(pi(p)) * INVERSE(mu(pi(q)))
        inverse = INVERSE(mu(pi(q)))
        on_line = prove(
            is_multiple(row(a, pi(q)), ratio, row(a, pi(p)), d),
            lambda j, less, goal: certificate(
                goal,
                [
                    (use(lines[1], j, less), -1 * inverse),
                    (use(multiple, j, less), inverse),
                    (use(lines[0], j, less), factor * inverse),
                    (product, -1 * a(pi(q), j)),
                ],
            ),
        )
        distinct = prove(
            differs(pi(p), pi(q)), lambda equal, _: detach(other, use(different, p, q, in_p, in_q, equal))
        )
        nonzero = [parts(use(alive, pi(at), inside))[0] for at, inside in ((p, places[0]), (q, places[1]))]
        parallel_too = witness(on_line, is_parallel(row(a, pi(q)), row(a, pi(p)), d), ratio)
        return detach(use(independent, pi(p), places[0], pi(q), places[1], distinct, *nonzero), parallel_too)

    return with_witness(parallel, found)


def _sign_of(mu: Entry, sign: Entry, off: Entry, of_sign: Entry) -> tuple[Theorem, Theorem, Theorem]:
    """|mu| > 0, the sign is 1 or -1, mu = |mu| sign."""
    from .hyperplanes import nonzero_size

    positive, negative = parts(use(axiom("abs"), mu))
    on, not_on = parts(of_sign)
    signs = either(eq(sign, 1), eq(sign, -1))
    product = eq(mu, ABS(mu) * sign)

    def decide(goal: Expression) -> Theorem:
        def up(h: Theorem) -> Theorem:
            one, size = use(on, h), use(positive, arith(mu >= 0, h))
            return weaken(one, goal) if goal == signs else arith(goal, one, size, multipliers=[ABS(mu)])

        def down(h: Theorem) -> Theorem:
            at_most = split(compare(mu, number(0)), lambda g: g, lambda g: absurd(detach(h, g), mu <= 0))
            one, size = use(not_on, h), use(negative, at_most)
            return weaken(one, goal) if goal == signs else arith(goal, one, size, multipliers=[ABS(mu)])

        return split(excluded_middle(mu > 0), up, down)

    return use(nonzero_size(), mu, off), decide(signs), decide(product)


def _coefficient(
    goal: Expression, places: Entry, inside: Entry, data: Entry, facts: Entry, permutation: Entry
) -> Theorem:
    """|mu| e_p = c_pi(p), by the jump across the hyperplane."""
    d, m, _D, a, c, b, e, sigma, mu = data
    p, k = places
    in_p, in_D = inside
    known, independent, alive, same, b_independent = facts
    pi, is_one, _back = permutation
    i_ = pi(p)
    in_i = use(parts(is_one)[0], p, in_p)
    v = row(a, i_)
    nonzero = parts(use(alive, i_, in_i))[0]
    line = _at_place(known, p, in_p, permutation, (a, b, d, mu, sigma))
    off = parts(use(known, i_, in_i))[1]
    alive_p = prove(
        negation(is_zero(row(b, p), d)),
        lambda zero, _: detach(off, use(zero_factor(), d, v, row(b, p), mu(i_), nonzero, line, zero)),
    )
    ck, ek = column(c, k), column(e, k)

    def with_step(H: Expression, step: Theorem) -> Theorem:
        cells = use(equal_slopes(), H, d, m, a, ck, m, b, ek, step, use(same, k, in_D))

        def first(flag: Expression, size: Expression, cls: Theorem) -> Theorem:
            def second(flag2: Expression, size2: Expression, cls2: Theorem) -> Theorem:
                bound = use(
                    kink(),
                    H,
                    d,
                    v,
                    0,
                    m,
                    ck,
                    a,
                    flag,
                    size,
                    m,
                    ek,
                    b,
                    flag2,
                    size2,
                    step,
                    cells,
                    nonzero,
                    cls,
                    cls2,
                )
                itself = prove(is_multiple(v, number(1), v, d), lambda _j, _less, goal: arith(goal))
                own = use(
                    parts(use(jump_of_independent(), d, m, a, ck, v, flag, size, nonzero, independent, cls))[
                        0
                    ],
                    i_,
                    1,
                    in_i,
                    nonzero,
                    itself,
                )
                theirs = use(
                    parts(
                        use(jump_of_independent(), d, m, b, ek, v, flag2, size2, nonzero, b_independent, cls2)
                    )[0],
                    p,
                    mu(i_),
                    in_p,
                    alive_p,
                    line,
                )
                unit = use(parts(use(axiom("abs"), 1))[0], arith(number(1) >= 0))
                gap = c(i_, k) - e(p, k) * ABS(mu(i_))
                zero = _gap_vanishes(gap, d, v, nonzero, bound, (own, theirs, unit), c(i_, k))
                return arith(goal, zero, degree=1)

            return with_witness(use(classes_exist(), d, m, b, v), second)

        return with_witness(use(classes_exist(), d, m, a, v), first)

    return with_witness(step_exists(), with_step)


def _gap_vanishes(
    gap: Entry, d: Entry, v: Entry, nonzero: Entry, bound: Entry, values: Entry, coefficient: Entry
) -> Theorem:
    """From |gap v_j| <= 0 for all j and v != 0: gap = 0."""
    from ..proving.certificates import equal_if_both
    from ..proving.lemmas import abs_facts

    eq(gap, 0)

    def entry(j: Expression, less: Theorem, goal: Expression) -> Theorem:
        inner = use(bound, j, less)
        value = inner.conclusion.args[0].args[1]
        sizes = parts(use(abs_facts(), value))
        zero = equal_if_both(
            eq(value, 0),
            arith(value <= 0, inner, sizes[1], degree=1),
            arith(value >= 0, inner, sizes[2], degree=1),
        )
        return arith(goal, zero, *values, multipliers=[v(j), coefficient * v(j)])

    zero = function(j, gap * v(j))
    flat = prove(is_zero(zero, d), entry)
    multiple = prove(is_multiple(zero, gap, v, d), lambda _j, _less, goal: arith(goal))
    return use(zero_factor(), d, v, zero, gap, nonzero, multiple, flat)


def _signs_cancel(
    goal: Expression, data: Entry, places: Entry, functions: Entry, facts: Entry, same: Entry
) -> Theorem:
    """Sum (1 - s_i) c_i a_ij = 0: the realizations differ by this linear function, at a unit vector."""
    from fractions import Fraction

    d, m, _D, a, c, b, e, _sigma, _mu = data
    k, in_D, j, in_d = places
    pi, lam, sign, is_one = functions
    flags, lines, coefficients = facts
    inside, one_to_one, _ = parts(is_one)

    def with_unit(u: Expression, unit: Theorem) -> Theorem:
        moved_a, moved_c = function(i, j, a(pi(i), j)), function(i, k, c(pi(i), k))
        terms = flip_terms(
            m,
            d,
            moved_a,
            moved_c,
            sign,
            u,
            k,
            prove(
                below(i, m, either(eq(sign(i), 1), eq(sign(i), -1))),
                lambda i, less, _goal: parts(use(flags, i, less))[1],
            ),
        )
        plain = function(i, c(i, k) * RELU(dot(row(a, i), u, d)))
        order = use(axiom("a sum in another order"), m, pi, plain, inside, one_to_one)
        left = function(i, e(i, k) * RELU(dot(row(b, i), u, d)))
        right = function(i, c(pi(i), k) * RELU(sign(i) * dot(row(a, pi(i)), u, d)))

        def term(i: Expression, less: Theorem, goal: Expression) -> Theorem:
            positive = parts(use(flags, i, less))[0]
            inner = sign(i) * dot(row(a, pi(i)), u, d)
            value = _dot_of_line(b, a, i, pi, u, d, lam(i) * sign(i), use(lines, i, less))
            scaled = use(relu_scaled(), lam(i), inner, positive)
            same_value = rewrite(
                arith(eq(lam(i) * inner, dot(row(b, i), u, d)), value),
                lambda z: eq(RELU(z), lam(i) * RELU(inner)),
                scaled,
            )
            return certificate(
                goal, [(same_value, e(i, k)), (use(coefficients, i, less, k, in_D), RELU(inner))]
            )

        equal = use(sum_equal(), left, right, m, prove(below(i, m, eq(left(i), right(i))), term))
        total_same = use(same, k, in_D, u)
        linear = arith(
            eq(
                total(i, m, number(Fraction(1, 2)) * (1 - sign(i)) * c(pi(i), k) * dot(row(a, pi(i)), u, d)),
                0,
            ),
            terms,
            order,
            equal,
            total_same,
            degree=1,
        )
        one = function(i, (1 - sign(i)) * c(pi(i), k) * dot(row(a, pi(i)), u, d))
        two = function(i, (1 - sign(i)) * c(pi(i), k) * a(pi(i), j))
        entries = use(
            sum_equal(),
            one,
            two,
            m,
            prove(
                below(i, m, eq(one(i), two(i))),
                lambda i, _, goal: certificate(
                    goal, [(use(unit, row(a, pi(i))), (1 - sign(i)) * c(pi(i), k))]
                ),
            ),
        )
        return arith(goal, linear, entries, degree=1)

    return with_witness(use(unit_vector(), d, j, in_d), with_unit)


def _dot_of_line(*given: Entry) -> Theorem:
    b, a, i, pi, u, d, factor, line = given
    left, right = function(j, b(i, j) * u(j)), function(j, factor * a(pi(i), j) * u(j))
    terms = prove(
        below(j, d, eq(left(j), right(j))),
        lambda j, less, goal: certificate(goal, [(use(line, j, less), u(j))]),
    )
    return restate(
        use(sum_equal(), left, right, d, terms), eq(dot(row(b, i), u, d), factor * dot(row(a, pi(i)), u, d))
    )


@cache
def relu_scaled() -> Theorem:
    """relu(s t) = s relu(t) for s > 0."""

    def build(s: Expression, t: Expression, more: Theorem, goal: Expression) -> Theorem:
        (up, down), (up_too, down_too) = parts(use(axiom("relu"), t)), parts(use(axiom("relu"), s * t))
        return split(
            compare(number(0), t),
            lambda h: arith(goal, use(up, h), use(up_too, arith(s * t >= 0, h, more)), multipliers=[s]),
            lambda h: arith(
                goal, use(down, arith(t <= 0, h)), use(down_too, arith(s * t <= 0, h, more)), multipliers=[s]
            ),
        )

    return prove(forall(s, t, implies(s > 0, eq(RELU(s * t), s * RELU(t)))), build).called(
        "relu(s t) = s relu(t)"
    )


def is_linearly_independent(a: Entry, m: Entry, d: Entry) -> Expression:
    """Return: sum_i t_i a_i = 0 only for t = 0."""
    combination = below(j, d, eq(total(i, m, f(i) * a(i, j)), 0))
    return forall(f, implies(combination, below(i, m, eq(f(i), 0))))


def lemma_a_3_statement() -> Expression:
    """Return Lemma A.3."""
    line = below(j, d, eq(b(i, j), lam(i) * a(pi(i), j)))
    coefficient = below(k, D, eq(lam(i) * e(i, k), c(pi(i), k)))
    return forall(
        d,
        m,
        D,
        a,
        c,
        b,
        e,
        implies(
            is_linearly_independent(a, m, d),
            below(i, m, negation(is_zero(row(c, i), D))),
            same_realization(b, e, a, c, m, d, D),
            exists(pi, lam, both(is_permutation(pi, m), below(i, m, both(lam(i) > 0, line, coefficient)))),
        ),
    )


@cache
def independent_pairs() -> Theorem:
    """Linearly independent vectors are pairwise independent and not zero."""
    statement = forall(
        d,
        m,
        a,
        implies(
            is_linearly_independent(a, m, d),
            both(is_independent(a, m, d), below(i, m, negation(is_zero(row(a, i), d)))),
        ),
    )

    def build(given: Given) -> Theorem:
        d, m, a, independent, goal = given
        zero = function(i, number(0))

        def one_entry(
            g: Expression, place: Expression, inside: Theorem, known: Theorem, j: Expression
        ) -> Theorem:
            """sum_i g_i a_ij = a_pj for g = 1 at p and 0 elsewhere."""
            own, others = parts(known)
            term = function(i, g(i) * a(i, j))
            rest = prove(
                below(i, m, implies(differs(i, place), eq(term(i), 0))),
                lambda i, _, other, goal: certificate(goal, [(use(others, i, other), a(i, j))]),
            )
            single = use(single_term(), term, place, m, inside, rest)
            return certificate(eq(total(i, m, g(i) * a(i, j)), a(place, j)), [(single,), (own, a(place, j))])

        def nonzero(given: Given) -> Theorem:
            p, inside, flat, _ = given

            def found(g: Expression, known: Theorem) -> Theorem:
                sums = prove(
                    below(j, d, eq(total(i, m, g(i) * a(i, j)), 0)),
                    lambda j, less, goal: arith(
                        goal, one_entry(g, p, inside, known, j), use(flat, j, less), degree=1
                    ),
                )
                return arith(FALSE, use(independent, g, sums, p, inside), parts(known)[0])

            return with_witness(use(updated(), zero, p, number(1)), found)

        def separate(given: Given) -> Theorem:
            p, in_p, q, in_q, other, _, _, parallel, _ = given

            def with_factor(mu: Expression, multiple: Theorem) -> Theorem:
                def first(g: Expression, known: Theorem) -> Theorem:
                    def second(h: Expression, also: Theorem) -> Theorem:
                        combined = function(i, g(i) - mu * h(i))
                        sums = prove(
                            below(j, d, eq(total(i, m, combined(i) * a(i, j)), 0)),
                            lambda j, less, goal: arith(
                                goal,
                                one_entry(g, q, in_q, known, j),
                                one_entry(h, p, in_p, also, j),
                                use(multiple, j, less),
                                multipliers=[mu],
                            ),
                        )
                        backwards = prove(
                            differs(q, p), lambda equal, _: detach(other, arith(eq(p, q), equal))
                        )
                        at_q = use(independent, combined, sums, q, in_q)
                        return arith(
                            FALSE, at_q, parts(known)[0], use(parts(also)[1], q, backwards), multipliers=[mu]
                        )

                    return with_witness(use(updated(), zero, p, number(1)), second)

                return with_witness(use(updated(), zero, q, number(1)), first)

            return with_witness(parallel, with_factor)

        return together(opened(goal.args[0], 8, separate), opened(goal.args[1], 3, nonzero))

    return opened(statement, 4, build).called("linearly independent vectors are pairwise independent")


@cache
def lemma_a_3() -> Theorem:
    """Lemma A.3."""

    def build(given: Given) -> Theorem:
        d, m, D, a, c, b, e, independent, alive, same, goal = given
        pairwise, nonzero = parts(use(independent_pairs(), d, m, a, independent))
        both_alive = prove(
            has_no_zero_neuron(a, c, m, d, D),
            lambda i, less, _goal: together(use(nonzero, i, less), use(alive, i, less)),
        )
        strong = use(stronger_form(), d, m, D, a, c, b, e, pairwise, both_alive, same)

        def found(pi: Expression, lam: Expression, sign: Expression, known: Theorem) -> Theorem:
            permutation, flags, lines, coefficients, sums = parts(known)

            def with_inverse(rho: Expression, facts: Theorem) -> Theorem:
                is_one, back, forth = parts(facts)

                def positive(i: Expression, less: Theorem) -> Theorem:
                    return _sign_is_one(
                        (i, less),
                        (d, m, D, a, c, pi, sign, rho),
                        (independent, alive, sums, permutation, is_one, back, forth),
                    )

                body = opened_exists(goal, pi, lam).args[1]

                def neuron(i: Expression, less: Theorem, goal: Expression) -> Theorem:
                    more = parts(use(flags, i, less))[0]
                    one = positive(i, less)
                    line = prove(
                        goal.args[1],
                        lambda j, in_d, goal: certificate(
                            goal, [(use(lines, i, less, j, in_d),), (one, lam(i) * a(pi(i), j))]
                        ),
                    )
                    return together(more, line, use(coefficients, i, less))

                return witness(together(permutation, prove(body, neuron)), goal, pi, lam)

            return with_witness(use(inverse_permutation(), m, pi, permutation), with_inverse)

        return with_witness(strong, found)

    return opened(lemma_a_3_statement(), 10, build).called("Lemma A.3")


def _sign_is_one(place: Entry, terms: Entry, facts: Entry) -> Theorem:
    """For independent a_i the sum of (1 - s_i) c_i (x) a_i vanishes only if s_i = 1."""
    p, in_p = place
    d, m, D, a, c, pi, sign, rho = terms
    independent, alive, sums, permutation, _is_one, _back, forth = facts
    goal = eq(sign(p), 1)
    stays, one_to_one, _ = parts(permutation)
    in_i = use(stays, p, in_p)

    def off(h: Theorem) -> Theorem:
        gap = 1 - sign(p)
        inverse = split(
            use(axiom("inverse"), gap),
            lambda zero: contradiction(eq(gap * INVERSE(gap), 1), detach(h, arith(goal, zero))),
            lambda product: product,
        )

        def output(k: Expression, in_D: Theorem, goal: Expression) -> Theorem:
            weights = function(i, (1 - sign(rho(i))) * c(i, k))

            def entry(j: Expression, in_d: Theorem, goal: Expression) -> Theorem:
                plain = function(i, weights(i) * a(i, j))
                order = use(axiom("a sum in another order"), m, pi, plain, stays, one_to_one)
                left = function(i, plain(pi(i)))
                right = function(i, (1 - sign(i)) * c(pi(i), k) * a(pi(i), j))

                def term(i: Expression, less: Theorem, goal: Expression) -> Theorem:
                    back_i = use(forth, i, less)
                    same = rewrite(
                        arith(eq(i, rho(pi(i))), back_i),
                        lambda z: eq(sign(z), sign(i)),
                        arith(eq(sign(i), sign(i))),
                    )
                    return certificate(goal, [(same, -1 * c(pi(i), k) * a(pi(i), j))])

                equal = use(sum_equal(), left, right, m, prove(below(i, m, eq(left(i), right(i))), term))
                return arith(goal, order, equal, use(sums, k, in_D, j, in_d), degree=1)

            combination = prove(below(j, d, eq(total(i, m, weights(i) * a(i, j)), 0)), entry)
            zero = use(independent, weights, combination, pi(p), in_i)
            same = rewrite(
                arith(eq(p, rho(pi(p))), use(forth, p, in_p)),
                lambda z: eq(sign(z), sign(p)),
                arith(eq(sign(p), sign(p))),
            )
            product = certificate(eq(gap * c(pi(p), k), 0), [(zero,), (same, c(pi(p), k))])
            return certificate(goal, [(product, INVERSE(gap)), (inverse, -1 * c(pi(p), k))])

        flat = prove(is_zero(row(c, pi(p)), D), output)
        return contradiction(goal, detach(use(alive, pi(p), in_i), flat))

    return split(excluded_middle(goal), lambda h: h, off)
