"""Partners are found: signs, factors and coefficients of the neurons of one function."""

from __future__ import annotations

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import (
    Theorem,
    absurd,
    detach,
    excluded_middle,
    together,
    weaken,
    witness,
)
from ..proving.certificates import arith
from ..proving.tactics import compare, contradiction, parts, prove, rewrite, split, use, with_witness
from ..statements.expressions import (
    NATURAL,
    Expression,
    both,
    either,
    eq,
    forall,
    function,
    implies,
    negation,
    number,
    variable,
)
from ..statements.functions import INVERSE
from .crossings import Multiples, Neurons, Place, with_kink
from .flips import _signs_cancel
from .functions import decided
from .gradients import equal_slopes, step_exists
from .independent_jumps import is_independent, zero_factor
from .names import (
    ABS,
    below,
    differs,
    i,
    is_multiple,
    is_parallel,
    is_zero,
    j,
    row,
)
from .opening import Entry, Given, opened, opened_exists
from .permutations import inverse_permutation, p, pigeonhole
from .restricted_space import column


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

        def crossed(mine: Multiples, other: Multiples, bound: Theorem) -> Theorem:
            itself = prove(is_multiple(v, number(1), v, d), lambda _j, _less, goal: arith(goal))
            own = use(mine.jumps(independent)[0], i_, 1, in_i, nonzero, itself)
            theirs = use(other.jumps(b_independent)[0], p, mu(i_), in_p, alive_p, line)
            unit = use(parts(use(axiom("abs"), 1))[0], arith(number(1) >= 0))
            gap = c(i_, k) - e(p, k) * ABS(mu(i_))
            zero = _gap_vanishes(gap, d, v, nonzero, bound, (own, theirs, unit), c(i_, k))
            return arith(goal, zero, degree=1)

        place = Place(H, d, v, step, nonzero)
        return with_kink(place, Neurons(ck, a, m), Neurons(ek, b, m), (0, cells), crossed)

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
