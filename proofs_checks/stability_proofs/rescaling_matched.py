"""Matched neurons (108) to (115): products that are near, and what rescales one to the other."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, absurd, excluded_middle, together, weaken, witness
from ..proving.certificates import arith
from ..proving.lemmas import abs_at_most, abs_facts, abs_of_product
from ..proving.tactics import compare, parts, prove, rewrite, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    Expression,
    either,
    eq,
    forall,
    implies,
    negation,
    number,
)
from .hyperplanes import nonzero_size
from .names import ABS, below, d, is_multiple, is_zero, j, mu, s
from .opening import Entry, Given, opened, opened_exists
from .rescaling import (
    _balanced,
    _goal,
    _replaced_by_zero,
    abs_scaled_by,
    is_controlled,
    norm_exists,
)
from .rescaling_cases import beta, c, e, same_coefficient, v, w
from .restricted_space import is_norm
from .small_steps import positive_inverse


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
        lambda short: same_coefficient(goal, data, facts, large, short),
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
