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
from ..proving.tactics import compare, contradiction, parts, prove, split, use, with_witness
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
from ..statements.functions import ROOT
from .hyperplanes import nonzero_size
from .names import ABS, below, d, is_zero, j, s
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
def abs_of_difference() -> Theorem:
    """|x - y| = |y - x|."""
    x, y = variable("x", REAL), variable("y", REAL)
    from .neuron_jumps import abs_of_opposite

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
