"""Matched neurons (108) to (115): products that are near, and what rescales one to the other."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate, square
from ..kernel.rules import Theorem, absurd, detach, excluded_middle, together, weaken, witness
from ..proving.certificates import arith
from ..proving.lemmas import abs_at_most, abs_facts, abs_of_product
from ..proving.tactics import compare, contradiction, parts, prove, rewrite, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    NATURAL,
    REAL,
    Expression,
    either,
    eq,
    forall,
    implies,
    negation,
    number,
    variable,
)
from ..statements.functions import INVERSE
from .hyperplanes import nonzero_size
from .names import ABS, below, d, is_multiple, is_zero, j, mu, s
from .opening import Entry, Given, opened, opened_exists
from .rescaling import (
    _balanced,
    _goal,
    _replaced_by_zero,
    abs_of_difference,
    abs_scaled_by,
    is_controlled,
    norm_exists,
    product_at_most,
)
from .restricted_space import is_norm
from .small_steps import positive_inverse

v, w = variable("v", REAL, NATURAL), variable("w", REAL, NATURAL)
c, e, beta, size = (variable(name, REAL) for name in ("c", "e", "beta", "N"))
lam, kappa, tau, sigma, big, root = (
    variable(name, REAL) for name in ("lambda", "kappa", "tau", "sigma", "C", "r")
)


@cache
def matched() -> Theorem:
    """(108) to (115): the partner has the direction of the neuron, the products differ by at most 2 delta."""
    near = below(j, d, ABS(c * v(j) - e * w(j)) <= 2 * s**2)
    statement = forall(
        d,
        v,
        c,
        w,
        e,
        s,
        beta,
        mu,
        implies(
            s >= 0,
            beta >= 0,
            is_controlled(v, c, beta, s, d),
            negation(is_zero(v, d)),
            mu > 0,
            is_multiple(w, mu, v, d),
            near,
            _goal(v, c, w, e, d, beta + 2 * s),
        ),
    )

    def build(given: Given) -> Theorem:
        (
            d,
            v,
            c,
            w,
            e,
            s,
            beta,
            mu,
            at_least,
            beta_at_least,
            control,
            alive,
            positive,
            multiple,
            near,
            goal,
        ) = given
        big = e * mu  # C: the coefficient of v in Theta

        def with_norm(size: Expression, known: Theorem) -> Theorem:
            size_positive, norm = parts(known)

            def at_largest(j: Expression, facts: Theorem) -> Theorem:
                less, value = parts(facts)
                inner = c - big
                same = certificate(eq(c * v(j) - e * w(j), inner * v(j)), [(use(multiple, j, less), -1 * e)])
                moved = rewrite(same, lambda z: ABS(z) <= 2 * s**2, use(near, j, less))
                product = use(abs_of_product(), inner, v(j))
                gap = arith(ABS(inner) * size <= 2 * s**2, moved, product, value, multipliers=[ABS(inner)])
                data = (d, v, c, w, e, s, beta, mu, big, size)
                facts_of = {
                    "s": at_least,
                    "beta": beta_at_least,
                    "positive": positive,
                    "multiple": multiple,
                    "size": size_positive,
                    "norm": norm,
                    "gap": gap,
                    "control": control,
                    "alive": alive,
                }
                return split(
                    compare(ABS(c) * size, 2 * s**2),
                    lambda small: _case_a(goal, data, facts_of, small),
                    lambda large: _case_b(goal, data, facts_of, large),
                )

            return with_witness(parts(norm)[1], at_largest)

        return with_witness(use(norm_exists(), d, v, alive), with_norm)

    return opened(statement, 15, build).called("matched neurons (108) to (115)")


def _case_a(goal: Expression, data: Entry, facts: Entry, small: Entry) -> Theorem:
    """Case A: ||c v|| <= 2 delta, so C.1 holds for it, and the partner's product is at most 4 delta."""
    d, v, c, w, e, s, beta, mu, big, size = data

    def each(j: Expression, less: Theorem, goal: Expression) -> Theorem:
        product = use(abs_of_product(), c, v(j))
        sizes = parts(use(abs_facts(), c))
        return arith(
            goal,
            product,
            arith(ABS(c) * ABS(v(j)) <= ABS(c) * size, use(parts(facts["norm"])[0], j, less), sizes[0]),
            small,
        )

    mine = prove(below(j, d, ABS(c * v(j)) <= 2 * s**2), each)
    of_c, of_v = parts(use(facts["control"], mine))

    def zero(h: Theorem) -> Theorem:
        return _replaced_by_zero(
            goal, (v, c, w, e, d), weaken(h, either(eq(e, 0), is_zero(w, d))), (of_c, of_v), facts["s"]
        )

    def nonzero(off: Theorem) -> Theorem:
        # ||w|| = mu size, and |e| mu = |C|, so |e| ||w|| <= |c| size + |c - C| size <= 4 s^2
        norm_w = _scaled_norm(data, facts)
        absolute = use(abs_scaled_by(), mu, e, facts["positive"])
        same = rewrite(arith(eq(mu * e, big)), lambda z: eq(ABS(z), mu * ABS(e)), absolute)
        triangle = _triangle(big, c, s, size, facts, small)
        total = arith(ABS(e) * (mu * size) <= 4 * s**2, same, triangle, multipliers=[size])
        alive = arith(mu * size > 0, facts["positive"], facts["size"])
        return _balanced(
            goal,
            (v, c, w, e, d, s, beta, mu * size),
            total,
            norm_w,
            (alive, use(nonzero_size(), e, off)),
            (of_c, of_v, facts["s"]),
        )

    return split(excluded_middle(eq(e, 0)), zero, nonzero)


def _triangle(big: Entry, c: Entry, s: Entry, size: Entry, facts: Entry, small: Entry) -> Theorem:
    """|C| size <= |c - C| size + |c| size <= 4 s^2."""
    sizes = parts(use(abs_facts(), c))
    gap = parts(use(abs_facts(), c - big))
    bound = ABS(c - big) + ABS(c)
    at_most = use(
        abs_at_most(),
        big,
        bound,
        arith(big <= bound, *sizes[:3], *gap[:3], degree=1),
        arith(-1 * big <= bound, *sizes[:3], *gap[:3], degree=1),
    )
    grown = arith(ABS(big) * size <= bound * size, at_most, facts["size"])
    return arith(ABS(big) * size <= 4 * s**2, grown, facts["gap"], small, degree=1)


def _scaled_norm(data: Entry, facts: Entry) -> Theorem:
    """||w|| = mu ||v||."""
    d, v, _c, w, _e, _s, _beta, mu, _big, size = data
    from .restricted_norms import abs_of_multiple

    def value(j: Expression, less: Theorem) -> Theorem:
        return use(abs_of_multiple(), v(j), w(j), mu, facts["positive"], use(facts["multiple"], j, less))

    bound = prove(
        below(j, d, ABS(w(j)) <= mu * size),
        lambda j, less, goal: arith(
            goal,
            value(j, less),
            arith(mu * ABS(v(j)) <= mu * size, use(parts(facts["norm"])[0], j, less), facts["positive"]),
        ),
    )

    def at(j: Expression, known: Theorem) -> Theorem:
        less, equal = parts(known)
        place = is_norm(mu * size, w, d).args[1]
        return witness(
            together(less, arith(eq(ABS(w(j)), mu * size), value(j, less), equal, multipliers=[mu])), place, j
        )

    return together(bound, with_witness(parts(facts["norm"])[1], at))


def _case_b(goal: Expression, data: Entry, facts: Entry, large: Entry) -> Theorem:
    """Case B: the neuron is large; the partner gets its weights, or its coefficient."""
    _d, _v, _c, _w, _e, s, _beta, _mu, _big, size = data
    return split(
        compare(2 * s**2, size**2),
        lambda long: _same_weights(goal, data, facts, long),
        lambda short: _same_coefficient(goal, data, facts, large, short),
    )


def _same_weights(goal: Expression, data: Entry, facts: Entry, long: Entry) -> Theorem:
    """||v||^2 >= 2 delta: lambda = 1 / mu, so lambda w = v and kappa e = C, |C - c| <= 2 s."""
    _d, v, c, w, _e, s, _beta, mu, big, size = data

    def with_inverse(nu: Expression, known: Theorem) -> Theorem:
        above, product = parts(known)
        admissible, near = opened_exists(goal, nu, mu).args
        scaled = together(above, arith(eq(nu * mu, 1), product))

        def row(j: Expression, less: Theorem, goal: Expression) -> Theorem:
            zero = certificate(
                eq(0, nu * w(j) - v(j)), [(use(facts["multiple"], j, less), -1 * nu), (product, -1 * v(j))]
            )
            nothing = use(parts(use(axiom("abs"), 0))[0], arith(number(0) <= 0))
            bound = goal.args[1]
            return rewrite(
                zero,
                lambda z: ABS(z) <= bound,
                arith(ABS(number(0)) <= bound, nothing, facts["s"], facts["beta"]),
            )

        rows = prove(near.args[0], row)
        gap = ABS(c - big)
        sizes = parts(use(abs_facts(), c - big))

        def too_far(far: Theorem) -> Theorem:
            # gap size <= 2 s^2 <= size^2, so gap <= size, gap^2 <= gap size <= 2 s^2
            below_size = split(
                compare(gap, size),
                lambda h: h,
                lambda more: absurd(
                    arith(FALSE, arith(gap * size > size**2, more, facts["size"]), facts["gap"], long),
                    gap <= size,
                ),
            )
            squares = arith(
                gap**2 <= 2 * s**2, arith(gap**2 <= gap * size, below_size, sizes[0]), facts["gap"]
            )
            return absurd(arith(FALSE, squares, far, facts["s"]), gap <= 2 * s)

        close = split(compare(gap, 2 * s), lambda h: h, too_far)
        inner, limit = near.args[1].args[0].args[1], near.args[1].args[1]
        near_facts = [close, *sizes[1:3], facts["beta"]]
        last = use(
            abs_at_most(),
            inner,
            limit,
            arith(inner <= limit, *near_facts, degree=1),
            arith(-1 * inner <= limit, *near_facts, degree=1),
        )
        return witness(together(weaken(scaled, admissible), together(rows, last)), goal, nu, mu)

    return with_witness(use(positive_inverse(), mu, facts["positive"]), with_inverse)


def _same_coefficient(goal: Expression, data: Entry, facts: Entry, large: Entry, short: Entry) -> Theorem:
    """||v||^2 < 2 delta < ||c v||: |c|^2 > 2 delta, and kappa e = c."""
    _d, v, c, _w, e, s, _beta, mu, big, size = data
    gap, length = ABS(c - big), ABS(c)
    sizes_c, _sizes_gap = parts(use(abs_facts(), c)), parts(use(abs_facts(), c - big))
    # |c| size > 2 s^2 >= gap size, so |c| > gap; and |c| size > size^2, so |c| > size, |c|^2 > 2 s^2
    above_gap = split(
        compare(length, gap),
        lambda less: absurd(
            arith(FALSE, arith(length * size <= gap * size, less, facts["size"]), facts["gap"], large),
            gap < length,
        ),
        lambda more: more,
    )
    above_size = split(
        compare(length, size),
        lambda less: absurd(
            arith(FALSE, arith(length * size <= size**2, less, facts["size"]), large, short), size < length
        ),
        lambda more: more,
    )
    square_large = arith(
        length**2 > 2 * s**2, arith(length * size <= length**2, above_size, facts["size"]), large
    )
    # C / c > 0: c C >= |c|^2 - |c| gap > 0
    product = arith(c * (c - big) <= length * gap, use(product_at_most(), c, c - big))
    same_sign = arith(
        c * big > 0,
        product,
        sizes_c[3],
        arith(length * gap < length**2, above_gap, arith(length > 0, above_size, facts["size"])),
    )
    c_nonzero = prove(negation(eq(c, 0)), lambda zero, _: arith(FALSE, zero, same_sign, multipliers=[big, c]))

    def with_inverse(invert_e: Theorem, invert_c: Theorem, nu: Expression, of_mu: Theorem) -> Theorem:
        above_mu, product_mu = parts(of_mu)  # mu nu = 1
        # kappa = c / e, lambda = e / c: lambda w = (C / c) v
        kappa, lam = c * INVERSE(e), e * INVERSE(c)
        admissible, near = opened_exists(goal, lam, kappa).args
        reciprocal = certificate(eq(lam * kappa, 1), [(invert_e, c * INVERSE(c)), (invert_c,)])
        # e c > 0 as C c = e mu c > 0
        ec = arith(
            e * c > 0,
            arith(nu * (c * big) > 0, same_sign, above_mu),
            certificate(eq(nu * (c * big), e * c), [(product_mu, c * e)]),
            degree=1,
        )
        square_inverse = arith(INVERSE(c) ** 2 >= 0, square(INVERSE(c)))
        inverse_nonzero = split(
            compare(INVERSE(c) ** 2, number(0)),
            lambda none: absurd(_no_inverse(none, invert_c, c), INVERSE(c) ** 2 > 0),
            lambda more: more,
        )
        del square_inverse
        lam_positive = arith(
            lam > 0,
            arith(e * c * INVERSE(c) ** 2 > 0, ec, inverse_nonzero),
            certificate(eq(e * c * INVERSE(c) ** 2, lam), [(invert_c, e * INVERSE(c))]),
            degree=1,
        )
        scaled = together(lam_positive, reciprocal)
        ratio = (big - c) * INVERSE(c)

        def row(j: Expression, less: Theorem, goal: Expression) -> Theorem:
            # lambda w - v = (C - c) / c v
            inner = goal.args[0].args[1]
            same = certificate(
                eq(ratio * v(j), inner), [(use(facts["multiple"], j, less), -1 * lam), (invert_c, -1 * v(j))]
            )
            bound = goal.args[1]
            size_of = use(abs_of_product(), ratio, v(j))
            grown = arith(
                ABS(ratio) * ABS(v(j)) <= ABS(ratio) * size,
                use(parts(facts["norm"])[0], j, less),
                parts(use(abs_facts(), ratio))[0],
            )
            limit = _ratio_bound(ratio, data, facts, square_large, invert_c, above_size)
            return rewrite(
                same,
                lambda z: ABS(z) <= bound,
                arith(ABS(ratio * v(j)) <= bound, size_of, grown, limit, facts["beta"], degree=1),
            )

        rows = prove(near.args[0], row)
        zero = certificate(eq(0, kappa * e - c), [(invert_e, -1 * c)])
        nothing = use(parts(use(axiom("abs"), 0))[0], arith(number(0) <= 0))
        limit = near.args[1].args[1]
        last = rewrite(
            zero,
            lambda z: ABS(z) <= limit,
            arith(ABS(number(0)) <= limit, nothing, facts["s"], facts["beta"]),
        )
        return witness(together(weaken(scaled, admissible), together(rows, last)), goal, lam, kappa)

    def inverted(term: Expression, off: Theorem, then: Entry) -> Theorem:
        return split(use(axiom("inverse"), term), lambda zero: contradiction(goal, detach(off, zero)), then)

    e_nonzero = prove(
        negation(eq(e, 0)),
        lambda zero, _: arith(FALSE, same_sign, certificate(eq(c * big, 0), [(zero, c * mu)])),
    )
    return inverted(
        e,
        e_nonzero,
        lambda of_e: inverted(
            c,
            c_nonzero,
            lambda of_c: with_witness(
                use(positive_inverse(), mu, facts["positive"]),
                lambda nu, of_mu: with_inverse(of_e, of_c, nu, of_mu),
            ),
        ),
    )


def _no_inverse(none: Entry, invert_c: Entry, c: Entry) -> Theorem:
    """From inverse(c)^2 <= 0 and c inverse(c) = 1: a contradiction."""
    return arith(
        FALSE,
        arith(c**2 * INVERSE(c) ** 2 <= 0, none, square(c)),
        certificate(eq(c**2 * INVERSE(c) ** 2, 1), [(invert_c, c * INVERSE(c)), (invert_c,)]),
        degree=1,
    )


def _ratio_bound(
    ratio: Entry, data: Entry, facts: Entry, square_large: Entry, invert_c: Entry, above_size: Entry
) -> Theorem:
    """|C - c| / |c| size <= 2 s."""
    _d, _v, c, _w, _e, s, _beta, _mu, big, size = data
    length, x = ABS(c), ABS(ratio) * size
    # |ratio| |c| = |C - c|
    product = use(abs_of_product(), ratio, c)
    same = arith(eq(ratio * c, big - c), invert_c, multipliers=[big - c])
    opposite = use(abs_of_difference(), big, c)
    moved = rewrite(same, lambda z: eq(ABS(z), ABS(ratio) * length), product)
    whole = arith(x * length <= 2 * s**2, moved, opposite, facts["gap"], multipliers=[size])
    length_positive = arith(length > 0, above_size, facts["size"])

    def too_large(more: Theorem) -> Theorem:  # x > 2 s: then 2 s |c| < 2 s^2, so |c| < s, but |c|^2 > 2 s^2
        product = arith(
            2 * s * length < 2 * s**2, arith(2 * s * length < x * length, more, length_positive), whole
        )
        short = split(
            compare(s, length),
            lambda at_most: absurd(
                arith(FALSE, product, arith(s * s <= s * length, at_most, facts["s"])), length < s
            ),
            lambda less: less,
        )
        return absurd(
            arith(FALSE, square_large, square(s), arith(length**2 <= s**2, short, length_positive)),
            x <= 2 * s,
        )

    return split(compare(x, 2 * s), lambda h: h, too_large)
