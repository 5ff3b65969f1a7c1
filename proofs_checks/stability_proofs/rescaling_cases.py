"""Rescaling a matched neuron, (115): the coefficients are made equal."""

from __future__ import annotations

from ..kernel.arithmetic import axiom, certificate, square
from ..kernel.rules import Theorem, absurd, detach, together, weaken, witness
from ..proving.certificates import arith
from ..proving.lemmas import abs_facts, abs_of_product
from ..proving.tactics import compare, contradiction, parts, prove, rewrite, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    NATURAL,
    REAL,
    Expression,
    eq,
    negation,
    number,
    variable,
)
from ..statements.functions import INVERSE
from .names import ABS
from .opening import Entry, opened_exists
from .rescaling import (
    abs_of_difference,
    product_at_most,
)
from .small_steps import positive_inverse

v, w = variable("v", REAL, NATURAL), variable("w", REAL, NATURAL)
c, e, beta, size = (variable(name, REAL) for name in ("c", "e", "beta", "N"))
lam, kappa, tau, sigma, big, root = (
    variable(name, REAL) for name in ("lambda", "kappa", "tau", "sigma", "C", "r")
)


def same_coefficient(goal: Expression, data: Entry, facts: Entry, large: Entry, short: Entry) -> Theorem:
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
