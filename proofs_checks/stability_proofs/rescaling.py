"""Rescaling one neuron of Theta to be near its partner in Gamma: steps (103) to (115) of Theorem 3.1.

v, c is the neuron of Gamma, w, e its partner in Theta. The partner becomes (lambda w, kappa e) with lambda
kappa = 1, lambda > 0, or (0, 0) if its product is zero: one function. s is delta^(1/2).
"""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate, square
from ..kernel.rules import Theorem, absurd, detach, excluded_middle, restate, together, weaken, witness
from ..proving.certificates import arith
from ..proving.lemmas import abs_at_most, abs_facts, abs_of_product, largest, root_monotone, zero_or_next
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
    variable,
)
from ..statements.functions import INVERSE, ROOT
from .hyperplanes import nonzero_size
from .names import ABS, below, d, is_multiple, is_zero, j, mu, s
from .opening import Entry, Given, opened, opened_exists
from .restricted_space import is_norm
from .small_steps import positive_inverse

v, w = variable("v", REAL, NATURAL), variable("w", REAL, NATURAL)
c, e, beta, size = (variable(name, REAL) for name in ("c", "e", "beta", "N"))
lam, kappa, tau, sigma, big, root = (
    variable(name, REAL) for name in ("lambda", "kappa", "tau", "sigma", "C", "r")
)


@cache
def norm_exists() -> Theorem:
    """V != 0 has a norm, and it is positive."""
    statement = forall(
        d, v, implies(negation(is_zero(v, d)), exists(size, both(size > 0, is_norm(size, v, d))))
    )

    def build(given: Given) -> Theorem:
        d, v, alive, goal = given

        def none(zero: Theorem) -> Theorem:
            nothing = prove(is_zero(v, d), lambda j, less, goal: absurd(_below_zero(j, less, zero), goal))
            return contradiction(goal, detach(alive, nothing))

        def some(h: Theorem) -> Theorem:
            def at(m: Expression, equal: Theorem) -> Theorem:
                def with_place(i: Expression, facts: Theorem) -> Theorem:
                    inside, largest_one = parts(facts)
                    top = ABS(v(i))
                    bound = prove(
                        below(j, d, ABS(v(j)) <= top),
                        lambda j, less, _goal: use(largest_one, j, arith(j < m + 1, less, equal)),
                    )
                    place = witness(
                        together(arith(i < d, inside, equal), arith(eq(top, top))),
                        is_norm(top, v, d).args[1],
                        i,
                    )

                    def flat(at_most: Theorem) -> Theorem:
                        zeros = prove(
                            is_zero(v, d),
                            lambda j, less, goal: _no_size(goal, v(j), use(bound, j, less), at_most),
                        )
                        return absurd(detach(alive, zeros), top > 0)

                    positive = split(compare(top, number(0)), flat, lambda more: more)
                    return witness(together(positive, together(bound, place)), goal, top)

                return with_witness(use(largest(), m, function(j, ABS(v(j)))), with_place)

            return with_witness(h, at)

        return split(use(zero_or_next(), d), none, some)

    return opened(statement, 3, build).called("v != 0 has a positive norm")


def _below_zero(j: Entry, less: Entry, zero: Entry) -> Theorem:
    from ..kernel.arithmetic import natural

    return arith(FALSE, less, zero, natural(j))


def _no_size(goal: Expression, term: Entry, bound: Entry, at_most: Entry) -> Theorem:
    return split(
        excluded_middle(goal),
        lambda h: h,
        lambda off: contradiction(goal, arith(FALSE, use(nonzero_size(), term, off), bound, at_most)),
    )


def is_admissible(lam: Entry, kappa: Entry, w: Entry, e: Entry, d: Entry) -> Expression:
    """Return: (lambda w, kappa e) is the same neuron, or zero for a neuron that is zero."""
    scaled = both(lam > 0, eq(lam * kappa, 1))
    zero = both(eq(lam, 0), eq(kappa, 0), either(eq(e, 0), is_zero(w, d)))
    return either(scaled, zero)


def is_near(*given: Entry) -> Expression:
    """Return ||lambda w - v||, |kappa e - c| <= bound."""
    v, c, w, e, lam, kappa, d, bound = given
    return both(below(j, d, ABS(lam * w(j) - v(j)) <= bound), ABS(kappa * e - c) <= bound)


def _goal(v: Entry, c: Entry, w: Entry, e: Entry, d: Entry, bound: Entry) -> Expression:
    return exists(
        lam, kappa, both(is_admissible(lam, kappa, w, e, d), is_near(v, c, w, e, lam, kappa, d, bound))
    )


def is_controlled(v: Entry, c: Entry, beta: Entry, s: Entry, d: Entry) -> Expression:
    """Return C.1 for one neuron: if ||c v|| <= 2 delta = 2 s^2, then |c|, ||v|| <= beta."""
    return implies(
        below(j, d, ABS(c * v(j)) <= 2 * s**2), both(ABS(c) <= beta, below(j, d, ABS(v(j)) <= beta))
    )


@cache
def unmatched() -> Theorem:
    """(104) to (107): two neurons with products of at most 2 delta."""
    small = below(j, d, ABS(e * w(j)) <= 2 * s**2)
    small_too = below(j, d, ABS(c * v(j)) <= 2 * s**2)
    statement = forall(
        d,
        v,
        c,
        w,
        e,
        s,
        beta,
        implies(
            s >= 0, is_controlled(v, c, beta, s, d), small_too, small, _goal(v, c, w, e, d, beta + 2 * s)
        ),
    )

    def build(given: Given) -> Theorem:
        d, v, c, w, e, s, beta, at_least, control, mine, theirs, goal = given
        of_c, of_v = parts(use(control, mine))

        def zero_neuron(h: Theorem) -> Theorem:
            return _replaced_by_zero(goal, (v, c, w, e, d), h, (of_c, of_v), at_least)

        def alive(off: Theorem, off_w: Theorem) -> Theorem:
            def with_norm(size: Expression, known: Theorem) -> Theorem:
                positive, norm = parts(known)

                def at_largest(j: Expression, facts: Theorem) -> Theorem:
                    less, value = parts(facts)
                    product = use(abs_of_product(), e, w(j))
                    small = arith(
                        ABS(e) * size <= 2 * s**2, use(theirs, j, less), product, value, multipliers=[ABS(e)]
                    )
                    return _balanced(
                        goal,
                        (v, c, w, e, d, s, beta, size),
                        small,
                        norm,
                        (positive, use(nonzero_size(), e, off)),
                        (of_c, of_v, at_least),
                    )

                return with_witness(parts(norm)[1], at_largest)

            return with_witness(use(norm_exists(), d, w, off_w), with_norm)

        zero = either(eq(e, 0), is_zero(w, d))
        return split(
            excluded_middle(eq(e, 0)),
            lambda h: zero_neuron(weaken(h, zero)),
            lambda off: split(
                excluded_middle(is_zero(w, d)),
                lambda h: zero_neuron(weaken(h, zero)),
                lambda off_w: alive(off, off_w),
            ),
        )

    return opened(statement, 11, build).called("unmatched neurons (104) to (107)")


def _replaced_by_zero(goal: Expression, terms: Entry, zero: Entry, bounds: Entry, at_least: Entry) -> Theorem:
    """Lambda = kappa = 0."""
    v, c, _w, _e, _d = terms
    of_c, of_v = bounds
    nothing = number(0)
    admissible, near = opened_exists(goal, nothing, nothing).args
    flags = together(arith(eq(nothing, 0)), arith(eq(nothing, 0)), zero)
    rows = prove(
        near.args[0], lambda j, less, goal: _opposite_bound(goal, v(j), use(of_v, j, less), at_least)
    )
    last = _opposite_bound(near.args[1], c, of_c, at_least)
    return witness(together(weaken(flags, admissible), together(rows, last)), goal, 0, 0)


def _opposite_bound(goal: Expression, term: Entry, bound: Entry, at_least: Entry) -> Theorem:
    """From |t| <= beta: |0 - t| <= beta + 2 s."""
    sizes = parts(use(abs_facts(), term))
    inner, limit = goal.args[0].args[1], goal.args[1]
    return use(
        abs_at_most(),
        inner,
        limit,
        arith(inner <= limit, bound, sizes[2], at_least),
        arith(-1 * inner <= limit, bound, sizes[1], at_least),
    )


def _difference_bound(goal: Expression, one: Theorem, two: Theorem, *more: Theorem) -> Theorem:
    """From |x| <= r, |y| <= beta, r <= 2 s: |x - y| <= beta + 2 s."""
    inner, limit = goal.args[0].args[1], goal.args[1]
    facts = [one, two, *more]
    for theorem in (one, two):
        term = theorem.conclusion.args[0].args[1]
        facts += parts(use(abs_facts(), term))[1:3]
    return use(
        abs_at_most(),
        inner,
        limit,
        arith(inner <= limit, *facts, degree=1),
        arith(-1 * inner <= limit, *facts, degree=1),
    )


def _balanced(
    goal: Expression, terms: Entry, small: Entry, norm: Entry, positive: Entry, bounds: Entry
) -> Theorem:
    """Both parts of (w, e) get the size r = (|e| ||w||)^(1/2) <= 2 s, if |e| ||w|| <= 4 s^2."""
    _v, _c, w, e, _d, s, _beta, size = terms
    size_positive, e_positive = positive
    of_c, of_v, at_least = bounds
    product = ABS(e) * size
    above = arith(product > 0, size_positive, e_positive)
    root = ROOT(product)
    root_at_least, root_square = parts(use(axiom("square root"), product, arith(product >= 0, above)))
    root_positive = split(
        compare(root, number(0)),
        lambda none: absurd(arith(FALSE, none, root_at_least, root_square, above), root > 0),
        lambda more: more,
    )
    limit = use(
        root_monotone(),
        root,
        2 * s,
        arith(2 * s >= 0, at_least),
        arith(root**2 <= (2 * s) ** 2, root_square, small, square(s), degree=1),
    )

    def with_size(inverse: Expression, facts: Theorem) -> Theorem:
        inverse_positive, inverse_product = parts(facts)  # size * inverse = 1

        def with_root(other: Expression, more: Theorem) -> Theorem:
            other_positive, other_product = parts(more)  # root * other = 1
            lam, kappa = root * inverse, size * other
            admissible, near = opened_exists(goal, lam, kappa).args
            scaled = together(
                arith(lam > 0, root_positive, inverse_positive),
                certificate(eq(lam * kappa, 1), [(inverse_product, root * other), (other_product,)]),
            )

            def row(j: Expression, less: Theorem, goal: Expression) -> Theorem:
                value = use(abs_scaled_by(), lam, w(j), arith(lam > 0, root_positive, inverse_positive))
                inside = use(parts(norm)[0], j, less)
                grown = arith(
                    lam * ABS(w(j)) <= lam * size, inside, arith(lam > 0, root_positive, inverse_positive)
                )
                same = certificate(eq(lam * size, root), [(inverse_product, root)])
                return _difference_bound(
                    goal, arith(ABS(lam * w(j)) <= root, value, grown, same), use(of_v, j, less), limit
                )

            rows = prove(near.args[0], row)
            value = use(abs_scaled_by(), kappa, e, arith(kappa > 0, size_positive, other_positive))
            # kappa |e| = size |e| / root = root^2 / root
            same = arith(eq(kappa * ABS(e), root), root_square, other_product, multipliers=[other, root])
            last = _difference_bound(near.args[1], arith(ABS(kappa * e) <= root, value, same), of_c, limit)
            return witness(together(weaken(scaled, admissible), together(rows, last)), goal, lam, kappa)

        return with_witness(use(positive_inverse(), root, root_positive), with_root)

    return with_witness(use(positive_inverse(), size, size_positive), with_size)


@cache
def abs_scaled_by() -> Theorem:
    """|t x| = t |x| for t > 0."""
    from .hyperplanes import abs_scaled

    return abs_scaled()


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


@cache
def abs_of_difference() -> Theorem:
    """|x - y| = |y - x|."""
    x, y = variable("x", REAL), variable("y", REAL)
    from .kinks import abs_of_opposite

    def build(x: Expression, y: Expression, goal: Expression) -> Theorem:
        return restate(use(abs_of_opposite(), y - x), goal)

    return prove(forall(x, y, eq(ABS(x - y), ABS(y - x))), build).called("|x - y| = |y - x|")


@cache
def product_at_most() -> Theorem:
    """X y <= |x| |y|."""
    x, y = variable("x", REAL), variable("y", REAL)

    def build(x: Expression, y: Expression, goal: Expression) -> Theorem:
        return arith(goal, use(abs_of_product(), x, y), parts(use(abs_facts(), x * y))[1], degree=1)

    return prove(forall(x, y, x * y <= ABS(x) * ABS(y)), build).called("x y <= |x| |y|")
