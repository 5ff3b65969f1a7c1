"""Lemma A.6: every network with biases is one of the restricted space on the slice (x, 1, -1)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ..kernel.arithmetic import axiom, certificate, natural
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
from ..proving.lemmas import abs_facts, last_or_before, sum_equal, term_of_sum
from ..proving.tactics import (
    by_induction,
    compare,
    contradiction,
    last_term,
    parts,
    prove,
    rewrite,
    split,
    use,
    with_witness,
)
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
from .functions import decided, updated
from .hyperplanes import abs_scaled
from .names import (
    ABS,
    a,
    b,
    below,
    d,
    differs,
    dot,
    i,
    is_multiple,
    is_zero,
    j,
    k,
    m,
    mu,
    n,
    network,
    row,
    t,
)
from .opening import Entry, Given, opened, opened_exists
from .rescaling import norm_exists
from .restricted import D, a_phi, c, c_phi, column, is_norm, is_restricted
from .small_steps import positive_inverse
from .uniqueness import relu_scaled

v, w, y, u, gamma, out, bias = (variable(name, REAL, NATURAL) for name in ("v", "w", "y", "u", "g", "e", "h"))
h, r, bound, big = (variable(name, REAL) for name in ("h", "r", "B", "K"))
M = variable("M", NATURAL)


@cache
def upper_bound() -> Theorem:
    """Finitely many numbers are below one: u_i < T for all i < n."""
    statement = forall(u, n, exists(bound, both(bound > 0, below(i, n, u(i) < bound))))

    def build(u: Expression, n: Expression, goal: Expression) -> Theorem:
        sizes = function(i, ABS(u(i)))
        top = 1 + total(i, n, sizes(i))
        at_least = prove(
            below(i, n, sizes(i) >= 0), lambda i, _, goal: restate(parts(use(abs_facts(), u(i)))[0], goal)
        )
        from ..proving.lemmas import sum_not_negative

        positive = arith(top > 0, use(sum_not_negative(), sizes, n, at_least), degree=1)

        def each(i: Expression, less: Theorem, goal: Expression) -> Theorem:
            term = use(term_of_sum(), sizes, n, i, at_least, less)
            return arith(goal, term, parts(use(abs_facts(), u(i)))[1], degree=1)

        return witness(together(positive, prove(below(i, n, u(i) < top), each)), goal, top)

    return prove(statement, build).called("finitely many numbers are bounded")


def is_positive_multiple(v: Expression, w: Expression, size: Expression) -> Expression:
    """Return: v = mu w for some mu > 0."""
    return exists(mu, both(mu > 0, is_multiple(v, mu, w, size)))


def embedded(v: Entry, h: Entry, gamma: Entry, w: Entry, u: Entry, d: Entry, D: Entry) -> Expression:
    """Return: (w, u) has the values of the neuron gamma relu(<v, x> + h) at y = (x, 1, -1)."""
    value = below(k, D, eq(u(k) * RELU(dot(w, y, d + 2)), gamma(k) * RELU(dot(v, y, d) + h)))
    return forall(y, implies(eq(y(d), 1), eq(y(d + 1), -1), value))


def fits(w: Entry, u: Entry, b: Entry, count: Entry, d: Entry, D: Entry) -> Expression:
    """Return: (w, u) is balanced, positive at the end, and of another direction than the first ones of b."""
    balanced = exists(r, both(is_norm(r, w, d + 2), is_norm(r, u, D)))
    ends = implies(negation(is_zero(w, d + 2)), both(w(d) > 0, w(d + 1) > 0))
    distinct = below(
        i, count, implies(negation(is_zero(w, d + 2)), negation(is_positive_multiple(w, row(b, i), d + 2)))
    )
    return both(balanced, ends, distinct)


@cache
def neuron_embedded() -> Theorem:
    """One neuron with a bias becomes one of the restricted space, of a direction that is not taken."""
    statement = forall(
        d,
        D,
        v,
        h,
        gamma,
        b,
        n,
        implies(
            number(1) <= D, exists(w, u, both(fits(w, u, b, n, d, D), embedded(v, h, gamma, w, u, d, D)))
        ),
    )

    def build(given: Given) -> Theorem:
        d, D, v, h, gamma, b, n, outputs, goal = given

        def zero(value_zero: Entry) -> Theorem:
            """The neuron is zero: so is (w, u)."""
            return _zero_neuron(goal, (d, D, v, h, gamma, b, n), outputs, value_zero)

        def no_coefficient(flat: Theorem) -> Theorem:
            return zero(
                lambda k, less, y: certificate(
                    eq(0, gamma(k) * RELU(dot(v, y, d) + h)),
                    [(use(flat, k, less), -1 * RELU(dot(v, y, d) + h))],
                )
            )

        def no_weight(flat: Theorem, at_most: Theorem) -> Theorem:
            def value(k: Expression, _less: Theorem, y: Expression) -> Theorem:
                term = dot(v, y, d) + h
                inner = _flat_dot(v, y, d, flat)
                off = use(parts(use(axiom("relu"), term))[1], arith(term <= 0, inner, at_most))
                return certificate(eq(0, gamma(k) * RELU(term)), [(off, -1 * gamma(k))])

            return zero(value)

        def alive(off: Theorem, some: Theorem) -> Theorem:
            return with_witness(
                use(norm_exists(), D, gamma, off),
                lambda size, known: _large_enough(goal, (d, D, v, h, gamma, b, n, size), known, some),
            )

        def with_coefficient(off: Theorem) -> Theorem:
            some = negation(both(is_zero(v, d), h <= 0))
            return split(
                excluded_middle(both(is_zero(v, d), h <= 0)),
                lambda g: no_weight(*parts(g)),
                lambda g: alive(off, restate(g, some)),
            )

        return split(excluded_middle(is_zero(gamma, D)), no_coefficient, with_coefficient)

    return opened(statement, 8, build).called("a neuron with a bias is embedded")


def _flat_dot(v: Entry, y: Entry, d: Entry, flat: Entry) -> Theorem:
    from .comparison import no_terms

    term = function(j, v(j) * y(j))
    zeros = prove(
        below(j, d, eq(term(j), 0)), lambda j, less, goal: certificate(goal, [(use(flat, j, less), y(j))])
    )
    return restate(use(no_terms(), term, d, zeros), eq(dot(v, y, d), 0))


def _zero_norm(size: Expression, some: Theorem, place: Expression) -> Theorem:
    """The zero vector has the norm 0."""
    zero = function(j, number(0))
    absolute = use(parts(use(axiom("abs"), 0))[0], arith(number(0) <= 0))
    wanted = is_norm(number(0), zero, size)
    first = prove(wanted.args[0], lambda _j, _, goal: arith(goal, absolute))
    return together(
        first, witness(together(some, arith(eq(ABS(number(0)), 0), absolute)), wanted.args[1], place)
    )


def _zero_neuron(goal: Expression, data: Entry, outputs: Entry, value_zero: Entry) -> Theorem:
    d, D, _v, _h, _gamma, _b, _n = data
    zero = function(j, number(0))
    fit, value = opened_exists(goal, zero, zero).args
    norms = together(
        _zero_norm(d + 2, arith(number(0) < d + 2, natural(d)), number(0)),
        _zero_norm(D, arith(number(0) < D, outputs), number(0)),
    )
    balanced = witness(norms, fit.args[0], 0)
    flat = prove(is_zero(zero, d + 2), lambda _j, _, goal: arith(goal))
    ends = prove(fit.args[1], lambda off, goal: contradiction(goal, detach(off, flat)))
    distinct = prove(fit.args[2], lambda _i, _, off, goal: contradiction(goal, detach(off, flat)))

    def at(
        y: Expression, _one: Theorem, _two: Theorem, k: Expression, less: Theorem, goal: Expression
    ) -> Theorem:
        return arith(goal, value_zero(k, less, y), degree=1)

    return witness(together(together(balanced, ends, distinct), prove(value, at)), goal, zero, zero)


def _scaled_is(w: Entry, v: Entry, p: Entry, q: Entry, r: Entry, d: Entry) -> Expression:
    """Return w = r (v, p, q)."""
    return both(below(j, d, eq(w(j), r * v(j))), eq(w(d), r * p), eq(w(d + 1), r * q))


@cache
def extended_vector() -> Theorem:
    """There is r (v, p, q)."""
    p, q = variable("p", REAL), variable("q", REAL)
    statement = forall(d, v, p, q, r, exists(w, _scaled_is(w, v, p, q, r, d)))

    def build(given: Given) -> Theorem:
        d, v, p, q, r, goal = given

        def first(f: Expression, known: Theorem) -> Theorem:
            def second(g: Expression, also: Theorem) -> Theorem:
                at_last, others = parts(also)
                at_d, rest = parts(known)
                d_differs = prove(differs(d, d + 1), lambda equal, _: arith(FALSE, equal))
                body = opened_exists(goal, g)

                def entry(j: Expression, less: Theorem, goal: Expression) -> Theorem:
                    one = prove(differs(j, d + 1), lambda equal, _: arith(FALSE, equal, less))
                    two = prove(differs(j, d), lambda equal, _: arith(FALSE, equal, less))
                    return arith(goal, use(others, j, one), use(rest, j, two), degree=1)

                entries = prove(body.args[0], entry)
                at_d_value = arith(body.args[1], use(others, d, d_differs), at_d, degree=1)
                return witness(together(entries, at_d_value, restate(at_last, body.args[2])), goal, g)

            return with_witness(use(updated(), f, d + 1, r * q), second)

        return with_witness(use(updated(), function(j, r * v(j)), d, r * p), first)

    return opened(statement, 5, build).called("a vector is extended by two entries")


def is_taken(
    v: Entry, b: Entry, i: Entry, d: Entry, top: Expression, ends: tuple[Expression, Expression]
) -> Expression:
    """Return: (v, K + e_1, K + e_2) is a positive multiple of b_i."""
    first, second = ends
    line = both(
        below(j, d, eq(v(j), mu * b(i, j))), eq(top + first, mu * b(i, d)), eq(top + second, mu * b(i, d + 1))
    )
    return exists(mu, both(mu > 0, line))


@cache
def taken_once() -> Theorem:
    """A direction is met for one K at most, unless v = 0 and e_1 = e_2."""
    top, other, e1, e2 = (variable(name, REAL) for name in ("K", "K'", "e1", "e2"))
    hit, again = is_taken(v, b, i, d, top, (e1, e2)), is_taken(v, b, i, d, other, (e1, e2))
    statement = forall(
        d, v, b, i, e1, e2, top, other, implies(hit, again, top < other, both(is_zero(v, d), eq(e1, e2)))
    )

    def build(given: Given) -> Theorem:
        d, _v, b, i, _e1, _e2, top, other, hit, again, less, goal = given

        def first(mu: Expression, known: Theorem) -> Theorem:
            def second(nu: Expression, also: Theorem) -> Theorem:
                rows, ends_d, ends_last = parts(parts(known)[1])
                rows_too, ends_d_too, ends_last_too = parts(parts(also)[1])
                gap = nu - mu
                at_d = certificate(eq(gap * b(i, d), other - top), [(ends_d_too, -1), (ends_d,)])
                at_last = certificate(eq(gap * b(i, d + 1), other - top), [(ends_last_too, -1), (ends_last,)])
                product = split(
                    use(axiom("inverse"), gap),
                    lambda zero: absurd(_no_gap(zero, at_d, less, b(i, d)), eq(gap * INVERSE(gap), 1)),
                    lambda h: h,
                )
                flat = prove(
                    goal.args[0],
                    lambda j, less_j, goal: certificate(
                        goal,
                        [
                            (use(rows, j, less_j), 1 + mu * INVERSE(gap)),
                            (use(rows_too, j, less_j), -1 * mu * INVERSE(gap)),
                            (product, -1 * mu * b(i, j)),
                        ],
                    ),
                )
                same = certificate(
                    eq(b(i, d), b(i, d + 1)),
                    [(at_d, INVERSE(gap)), (at_last, -1 * INVERSE(gap)), (product, b(i, d + 1) - b(i, d))],
                )
                equal = arith(goal.args[1], ends_d, ends_last, same, multipliers=[mu])
                return together(flat, equal)

            return with_witness(again, second)

        return with_witness(hit, first)

    return opened(statement, 11, build).called("a direction is taken for one length only")


def _no_gap(zero: Entry, at_d: Entry, less: Entry, entry: Entry) -> Theorem:
    flat = certificate(eq(at_d.conclusion.args[0], 0), [(zero, entry)])
    return arith(FALSE, flat, at_d, less, degree=1)


def _large_enough(goal: Expression, data: Entry, known: Entry, some: Entry) -> Theorem:
    """Choose t beyond the values at which the direction is taken."""
    h = data[3]

    def with_ends(first: Expression, second: Expression, facts: list[Theorem]) -> Theorem:
        return _with_ends(goal, data, known, some, (first, second), facts)

    return split(
        compare(number(0), h),
        lambda up: with_ends(
            number(0),
            -1 * h,
            [
                arith(number(0) <= 0),
                arith(-1 * h <= 0, up),
                arith(eq(number(0) - -1 * h, h)),
                weaken(arith(eq(number(0), 0)), either(eq(number(0), 0), eq(-1 * h, 0))),
            ],
        ),
        lambda down: with_ends(
            h,
            number(0),
            [
                arith(h <= 0, down),
                arith(number(0) <= 0),
                arith(eq(h - number(0), h)),
                weaken(arith(eq(number(0), 0)), either(eq(h, 0), eq(number(0), 0))),
            ],
        ),
    )


def _with_ends(
    goal: Expression, data: Entry, known: Entry, some: Entry, ends: Entry, facts: Entry
) -> Theorem:
    d, _D, v, h, _gamma, b, n, size = data
    positive, norm = parts(known)

    def limit(i: Expression, goal: Expression) -> Theorem:
        existing = exists(t, both(t > 0, is_taken(v, b, i, d, size * t**2, ends)))

        def never(none: Theorem) -> Theorem:
            def no_hit(given: Given) -> Theorem:
                t, more, hit, _ = given
                return detach(none, witness(together(more, hit), existing, t))

            return witness(opened(opened_exists(goal, number(0)), 3, no_hit), goal, 0)

        def once(t0: Expression, found: Theorem) -> Theorem:
            above, hit = parts(found)

            def again(given: Given) -> Theorem:
                t, more, hit_again, _ = given
                squares = arith(t0**2 < t**2, more, above)
                longer = arith(size * t0**2 < size * t**2, squares, positive)
                flat, equal = parts(
                    use(taken_once(), d, v, b, i, *ends, size * t0**2, size * t**2, hit, hit_again, longer)
                )
                return detach(some, together(flat, arith(h <= 0, equal, *facts[:3])))

            return witness(opened(opened_exists(goal, t0), 3, again), goal, t0)

        return split(excluded_middle(existing), lambda g: with_witness(g, once), never)

    wanted = forall(
        i, exists(bound, forall(t, implies(t > bound, negation(is_taken(v, b, i, d, size * t**2, ends)))))
    )

    def with_limits(u: Expression, limits: Theorem) -> Theorem:
        def with_top(top: Expression, found: Theorem) -> Theorem:
            def with_width(width: Expression, found_too: Theorem) -> Theorem:
                return with_witness(
                    use(positive_inverse(), size, positive),
                    lambda nu, inverse: _with_length(
                        goal,
                        data,
                        (positive, norm, ends, facts),
                        (top, found, u, limits),
                        (width, found_too, nu, inverse),
                    ),
                )

            return with_witness(use(upper_bound(), function(j, ABS(v(j))), d), with_width)

        return with_witness(use(upper_bound(), u, n), with_top)

    return with_witness(choice(prove(wanted, limit)), with_limits)


def _with_length(goal: Expression, data: Entry, base: Entry, tops: Entry, widths: Entry) -> Theorem:
    d, D, v, h, gamma, b, _n, size = data
    positive, norm, ends, facts = base
    top, found, u, limits = tops
    width, found_too, nu, inverse = widths
    top_positive, above = parts(found)
    width_positive, entries = parts(found_too)
    nu_positive, nu_product = parts(inverse)
    absolute = parts(use(abs_facts(), h))
    extra = width + ABS(h) + 1
    t = top + extra * nu + 1
    extra_positive = arith(extra * nu >= 0, arith(extra >= 0, width_positive, absolute[0]), nu_positive)
    t_positive = arith(t > 0, top_positive, extra_positive, degree=1)
    t_large = arith(t >= 1, top_positive, extra_positive, degree=1)
    big = size * t**2
    # K >= size t >= size extra / size
    linear = arith(
        size * t >= extra,
        arith(size * (top + 1) >= 0, positive, top_positive),
        certificate(eq(size * extra * nu, extra), [(nu_product, extra)]),
        degree=1,
    )
    square_at_least = arith(big >= size * t, arith(t**2 >= t, t_large, t_positive), positive)
    least = arith(big >= extra, linear, square_at_least, degree=1)
    first, second = ends
    p, q = big + first, big + second
    # ends are 0 and -|h|
    at_least = [_end_bound(end, ends, facts, absolute) for end in ends]
    p_positive, q_positive = (
        arith(value > 0, least, bound_, width_positive, degree=1)
        for value, bound_ in zip((p, q), at_least, strict=True)
    )

    def with_inverse(r: Expression, known: Theorem) -> Theorem:
        r_positive, r_product = parts(known)  # t r = 1

        def with_vector(w: Expression, is_w: Theorem) -> Theorem:
            rows, at_d, at_last = parts(is_w)
            coefficients = function(k, t * gamma(k))
            fit, value = opened_exists(goal, w, coefficients).args
            new = size * t
            same_length = arith(eq(r * big, new), r_product, multipliers=[size * t])
            scaled_entries = _entries(
                w,
                (d, v, r, p, q, new, size, t, big),
                (rows, at_d, at_last),
                (entries, r_positive, p_positive, q_positive, same_length, least, absolute[0]),
                ends,
                facts,
            )
            coefficient_norm = _scaled_coefficients(D, gamma, size, t, t_positive, norm)
            balanced = witness(together(scaled_entries, coefficient_norm), fit.args[0], new)
            positive_ends = together(
                arith(w(d) > 0, at_d, arith(r * p > 0, r_positive, p_positive), degree=1),
                arith(w(d + 1) > 0, at_last, arith(r * q > 0, r_positive, q_positive), degree=1),
            )
            ends_proved = prove(fit.args[1], lambda _, _goal: positive_ends)

            def distinct(given: Given) -> Theorem:
                i, in_n, _, multiple, _ = given

                def with_factor(mu: Expression, on_line: Theorem) -> Theorem:
                    more, line = parts(on_line)
                    factor = t * mu
                    wanted = is_taken(v, b, i, d, big, ends)
                    parts_of_line = opened_exists(wanted, factor).args[1].args
                    entry = prove(
                        parts_of_line[0],
                        lambda j, less, goal: certificate(
                            goal,
                            [
                                (use(rows, j, less), -1 * t),
                                (use(line, j, arith(j < d + 2, less)), t),
                                (r_product, -1 * v(j)),
                            ],
                        ),
                    )
                    one = certificate(
                        parts_of_line[1],
                        [(at_d, -1 * t), (use(line, d, arith(d < d + 2)), t), (r_product, -1 * p)],
                    )
                    two = certificate(
                        parts_of_line[2],
                        [(at_last, -1 * t), (use(line, d + 1, arith(d + 1 < d + 2)), t), (r_product, -1 * q)],
                    )
                    hit = witness(
                        together(arith(factor > 0, more, t_positive), together(entry, one, two)),
                        wanted,
                        factor,
                    )
                    beyond = arith(u(i) < t, use(above, i, in_n), extra_positive, degree=1)
                    return detach(use(limits, i, t, beyond), hit)

                return with_witness(multiple, with_factor)

            distinct_proved = opened(fit.args[2], 4, distinct)

            def values(given: Given) -> Theorem:
                y, at_one, at_minus, k, _, goal = given
                inner = dot(v, y, d) + h
                whole = _dot_extended(
                    w, v, y, d, r, (rows, at_d, at_last), (at_one, at_minus), (p, q, h), facts
                )
                scaled = use(relu_scaled(), r, inner, r_positive)
                same = rewrite(
                    arith(eq(r * inner, dot(w, y, d + 2)), whole),
                    lambda z: eq(RELU(z), r * RELU(inner)),
                    scaled,
                )
                return certificate(goal, [(same, t * gamma(k)), (r_product, gamma(k) * RELU(inner))])

            return witness(
                together(together(balanced, ends_proved, distinct_proved), opened(value, 5, values)),
                goal,
                w,
                coefficients,
            )

        return with_witness(use(extended_vector(), d, v, p, q, r), with_vector)

    return with_witness(use(positive_inverse(), t, t_positive), with_inverse)


def _end_bound(end: Entry, ends: Entry, facts: Entry, absolute: Entry) -> Theorem:
    """Both ends are at least -|h|: one is 0, and they differ by h."""
    _first, _second = ends
    wanted = end >= -1 * absolute[0].conclusion.args[1]
    return split(
        facts[3],
        lambda zero: arith(wanted, zero, facts[2], *absolute[:3], degree=1),
        lambda zero: arith(wanted, zero, facts[2], *absolute[:3], degree=1),
    )


def _entries(w: Entry, numbers: Entry, rows_of: Entry, known: Entry, _ends: Entry, facts: Entry) -> Theorem:
    """||w|| = size t."""
    d, v, r, p, q, new, _size, _t, big = numbers
    rows, at_d, at_last = rows_of
    entries, r_positive, p_positive, q_positive, same_length, least, absolute = known
    wanted = is_norm(new, w, d + 2)

    def end_size(
        at: Expression, equal: Theorem, value: Expression, positive: Theorem, end_fact: Theorem
    ) -> Theorem:
        """|w_at| = r value <= r K."""
        above = arith(w(at) >= 0, equal, arith(r * value >= 0, r_positive, positive), degree=1)
        size_of = use(parts(use(axiom("abs"), w(at)))[0], above)
        smaller = arith(r * value <= r * big, r_positive, arith(value <= big, end_fact, degree=1))
        return together(size_of, arith(ABS(w(at)) <= new, size_of, equal, smaller, same_length, degree=1))

    first = end_size(d, at_d, p, p_positive, facts[0])
    last = end_size(d + 1, at_last, q, q_positive, facts[1])

    def each(j: Expression, less: Theorem, goal: Expression) -> Theorem:
        def inner(small: Theorem) -> Theorem:
            value = use(abs_scaled(), r, v(j), r_positive)
            moved = rewrite(
                arith(eq(r * v(j), w(j)), use(rows, j, small)), lambda z: eq(ABS(z), r * ABS(v(j))), value
            )
            bound_ = arith(ABS(v(j)) <= big, use(entries, j, small), least, absolute, degree=1)
            return arith(
                goal, moved, arith(r * ABS(v(j)) <= r * big, bound_, r_positive), same_length, degree=1
            )

        def at_place(place: Expression, fact: Theorem, equal: Theorem) -> Theorem:
            return rewrite(arith(eq(place, j), equal), lambda z: ABS(w(z)) <= new, fact)

        return split(
            use(last_or_before(), j, d + 1, arith(j < d + 1 + 1, less)),
            lambda before: split(
                use(last_or_before(), j, d, before), inner, lambda equal: at_place(d, parts(first)[1], equal)
            ),
            lambda equal: at_place(d + 1, parts(last)[1], equal),
        )

    def attained(
        place: Expression, inside: Theorem, of_size: Theorem, equal: Theorem, zero: Theorem
    ) -> Theorem:
        value = arith(eq(ABS(w(place)), new), of_size, equal, zero, same_length, multipliers=[r])
        return witness(together(inside, value), wanted.args[1], place)

    place = split(
        facts[3],
        lambda zero: attained(d, arith(d < d + 2), parts(first)[0], at_d, zero),
        lambda zero: attained(d + 1, arith(d + 1 < d + 2), parts(last)[0], at_last, zero),
    )
    return together(prove(wanted.args[0], each), place)


def _scaled_coefficients(
    D: Entry, gamma: Entry, size: Entry, t: Entry, t_positive: Entry, norm: Entry
) -> Theorem:
    """||t gamma|| = size t."""
    inside, attained = parts(norm)
    scaled = function(k, t * gamma(k))
    wanted = is_norm(size * t, scaled, D)
    first = prove(
        wanted.args[0],
        lambda k, less, goal: arith(
            goal,
            use(abs_scaled(), t, gamma(k), t_positive),
            arith(t * ABS(gamma(k)) <= t * size, use(inside, k, less), t_positive),
            degree=1,
        ),
    )

    def at(k: Expression, known: Theorem) -> Theorem:
        less, equal = parts(known)
        value = arith(
            eq(ABS(scaled(k)), size * t), use(abs_scaled(), t, gamma(k), t_positive), equal, multipliers=[t]
        )
        return witness(together(less, value), wanted.args[1], k)

    return together(first, with_witness(attained, at))


def _dot_extended(*given: Entry) -> Theorem:
    """<w, y> = r (<v, y> + h) at y = (x, 1, -1)."""
    w, v, y, d, r, rows_of, at_ends, numbers, facts = given
    rows, at_d, at_last = rows_of
    at_one, at_minus = at_ends
    p, q, h = numbers
    term = function(j, w(j) * y(j))
    longer = last_term(d + 1, term)
    shorter = last_term(d, term)
    right = function(j, r * v(j) * y(j))
    equal = use(
        sum_equal(),
        term,
        right,
        d,
        prove(
            below(j, d, eq(term(j), right(j))),
            lambda j, less, goal: certificate(goal, [(use(rows, j, less), y(j))]),
        ),
    )
    last = certificate(eq(w(d) * y(d), r * p), [(at_d, y(d)), (at_one, r * p)])
    final = certificate(eq(w(d + 1) * y(d + 1), -1 * r * q), [(at_last, y(d + 1)), (at_minus, r * q)])
    difference = certificate(eq(r * p - r * q, r * h), [(facts[2], r)])
    return arith(
        eq(dot(w, y, d + 2), r * (dot(v, y, d) + h)),
        longer,
        shorter,
        equal,
        last,
        final,
        difference,
        degree=1,
    )


def lemma_a_6_statement() -> Expression:
    """Return Lemma A.6."""
    value = eq(
        network(column(c_phi, k), a_phi, y, m + 1, d + 2),
        total(i, m, c(i, k) * RELU(dot(row(a, i), y, d) + bias(i))) + out(k),
    )
    realizes = forall(y, implies(eq(y(d), 1), eq(y(d + 1), -1), below(k, D, value)))
    return forall(
        d,
        m,
        D,
        a,
        bias,
        c,
        out,
        implies(
            number(1) <= D, exists(a_phi, c_phi, both(is_restricted(a_phi, c_phi, m + 1, d, D), realizes))
        ),
    )


@cache
def list_embedded() -> Theorem:
    """A list of neurons with biases is embedded, one by one."""

    def claim(count: Expression) -> Expression:
        value = eq(
            network(column(c_phi, k), a_phi, y, count, d + 2),
            total(i, count, c(i, k) * RELU(dot(row(a, i), y, d) + bias(i))),
        )
        realizes = forall(y, implies(eq(y(d), 1), eq(y(d + 1), -1), below(k, D, value)))
        return forall(
            d,
            D,
            a,
            bias,
            c,
            implies(
                number(1) <= D, exists(a_phi, c_phi, both(is_restricted(a_phi, c_phi, count, d, D), realizes))
            ),
        )

    def base(goal: Expression) -> Theorem:
        def build(given: Given) -> Theorem:
            *_, goal = given
            zero = function(i, j, number(0))
            member, realizes = opened_exists(goal, zero, zero).args

            def nothing(part: Expression) -> Theorem:
                return opened(
                    part, 2, lambda given: absurd(arith(FALSE, given[1], natural(given[0])), given[-1])
                )

            whole = together(*(nothing(part) for part in member.args))
            values = opened(realizes, 5, lambda given: arith(given[-1]))
            return witness(together(whole, values), goal, zero, zero)

        return opened(goal, 6, build)

    def step(count: Expression, before: Theorem, goal: Expression) -> Theorem:
        def build(given: Given) -> Theorem:
            d, D, a, bias, c, outputs, goal = given

            def with_list(b: Expression, e: Expression, known: Theorem) -> Theorem:
                new = use(
                    neuron_embedded(), d, D, row(a, count), bias(count), row(c, count), b, count, outputs
                )

                def with_neuron(w: Expression, u: Expression, facts: Theorem) -> Theorem:
                    first = decided(eq(i, count), w(j), b(i, j), (i, j))
                    second = decided(eq(i, count), u(j), e(i, j), (i, j))

                    def with_rows(rows: Expression, of_rows: Theorem) -> Theorem:
                        return with_witness(
                            second,
                            lambda columns, of_columns: _longer(
                                goal,
                                (d, D, a, bias, c, count, b, e, w, u, rows, columns),
                                (known, facts, of_rows, of_columns),
                            ),
                        )

                    return with_witness(first, with_rows)

                return with_witness(new, with_neuron)

            return with_witness(use(before, d, D, a, bias, c, outputs), with_list)

        return opened(goal, 6, build)

    return by_induction(claim, base, step).called("neurons with biases are embedded one by one")


def _longer(goal: Expression, data: Entry, known: Entry) -> Theorem:
    d, D, a, bias, c, count, b, e, w, u, rows, columns = data
    old, new, of_rows, of_columns = known
    (member, values), (fit, value) = parts(old), parts(new)
    balanced, distinct, ends = parts(member)
    new_balanced, new_ends, new_distinct = parts(fit)
    wanted, realizes = opened_exists(goal, rows, columns).args
    size = d + 2

    def at_new(j: Expression) -> tuple[Theorem, Theorem]:
        same = arith(eq(count, count))
        return use(parts(use(of_rows, count, j))[0], same), use(parts(use(of_columns, count, j))[0], same)

    def at_old(i: Expression, less: Theorem, j: Expression) -> tuple[Theorem, Theorem]:
        off = prove(differs(i, count), lambda equal, _: arith(FALSE, equal, less))
        return use(parts(use(of_rows, i, j))[1], off), use(parts(use(of_columns, i, j))[1], off)

    def norm_moved(
        nu: Expression, theorem: Theorem, vector: Expression, length: Expression, equal: Entry
    ) -> Theorem:
        """is_norm(nu, v) for a vector with the entries of v."""
        inside, attained = parts(theorem)
        target = is_norm(nu, vector, length)
        first = prove(target.args[0], lambda j, less, goal: _same_size(goal, equal(j), use(inside, j, less)))

        def at(j: Expression, facts: Theorem) -> Theorem:
            less, value_ = parts(facts)
            inner = opened_exists(target.args[1], j).args[1]
            return witness(together(less, _same_size(inner, equal(j), value_)), target.args[1], j)

        return together(first, with_witness(attained, at))

    def is_balanced_at(i: Expression, less: Theorem, goal: Expression) -> Theorem:
        def old_one(before: Theorem) -> Theorem:
            def found(nu: Expression, norms: Theorem) -> Theorem:
                one, two = parts(norms)
                whole = together(
                    norm_moved(nu, one, row(rows, i), size, lambda j: at_old(i, before, j)[0]),
                    norm_moved(nu, two, row(columns, i), D, lambda j: at_old(i, before, j)[1]),
                )
                return witness(whole, goal, nu)

            return with_witness(use(balanced, i, before), found)

        def new_one(equal: Theorem) -> Theorem:
            def found(nu: Expression, norms: Theorem) -> Theorem:
                one, two = parts(norms)
                claim = _balanced_claim(rows, columns, size, D)
                whole = together(
                    norm_moved(nu, one, row(rows, count), size, lambda j: at_new(j)[0]),
                    norm_moved(nu, two, row(columns, count), D, lambda j: at_new(j)[1]),
                )
                return restate(
                    rewrite(arith(eq(count, i), equal), claim, witness(whole, claim(count), nu)), goal
                )

            return with_witness(new_balanced, found)

        return split(use(last_or_before(), i, count, less), old_one, new_one)

    def zero_moved(theorem: Theorem, vector: Expression, equal: Entry) -> Theorem:
        """From rows_i != 0: the vector that it is, is not 0."""
        return prove(
            negation(is_zero(vector, size)),
            lambda zero, _: detach(
                theorem,
                prove(
                    theorem.conclusion.args[0],
                    lambda j, less, goal: arith(goal, equal(j), use(zero, j, less), degree=1),
                ),
            ),
        )

    def pair(given: Given) -> Theorem:
        i, in_i, l, in_l, other, alive_i, alive_l, multiple, _ = given

        def with_factor(mu: Expression, facts: Theorem) -> Theorem:
            more, line = parts(facts)

            def place(at: Expression, inside: Theorem, then: Callable[..., Theorem]) -> Theorem:
                return split(
                    use(last_or_before(), at, count, inside),
                    lambda before: then(("old", before), lambda j: at_old(at, before, j)[0], row(b, at)),
                    lambda equal: then(
                        ("new", equal), lambda j: _row_at(rows, w, count, at, equal, j, at_new(j)[0]), w
                    ),
                )

            def with_i(kind: Entry, entries_i: Entry, vector_i: Entry) -> Entry:
                def with_l(kind_l: Entry, entries_l: Entry, vector_l: Entry) -> Entry:
                    alive_one, alive_two = (
                        zero_moved(alive_i, vector_i, entries_i),
                        zero_moved(alive_l, vector_l, entries_l),
                    )
                    moved = prove(
                        is_multiple(vector_l, mu, vector_i, size),
                        lambda j, less, goal: arith(
                            goal, use(line, j, less), entries_i(j), entries_l(j), multipliers=[mu]
                        ),
                    )
                    if kind[0] == kind_l[0] == "old":
                        clash = use(distinct, i, kind[1], l, kind_l[1], other, alive_one, alive_two)
                        return detach(clash, witness(together(more, moved), clash.conclusion.args[0], mu))
                    if kind[0] == kind_l[0]:
                        return detach(other, arith(eq(i, l), kind[1], kind_l[1]))
                    if kind_l[0] == "new":  # w = mu b_i
                        clash = use(new_distinct, i, kind[1], alive_two)
                        return detach(clash, witness(together(more, moved), clash.conclusion.args[0], mu))
                    clash = use(new_distinct, l, kind_l[1], alive_one)  # b_l = mu w
                    return with_witness(
                        use(positive_inverse(), mu, more),
                        lambda nu, inverse: detach(
                            clash,
                            witness(
                                together(
                                    parts(inverse)[0],
                                    _turned(moved, nu, parts(inverse)[1], w, row(b, l), size),
                                ),
                                clash.conclusion.args[0],
                                nu,
                            ),
                        ),
                    )

                return place(l, in_l, with_l)

            return place(i, in_i, with_i)

        return with_witness(multiple, with_factor)

    def ends_at(i: Expression, less: Theorem, alive: Theorem, goal: Expression) -> Theorem:
        def old_one(before: Theorem) -> Theorem:
            alive_b = zero_moved(alive, row(b, i), lambda j: at_old(i, before, j)[0])
            one, two = parts(use(ends, i, before, alive_b))
            return together(
                arith(goal.args[0], one, at_old(i, before, d)[0], degree=1),
                arith(goal.args[1], two, at_old(i, before, d + 1)[0], degree=1),
            )

        def new_one(equal: Theorem) -> Theorem:
            def entries(j: Expression) -> Theorem:
                return _row_at(rows, w, count, i, equal, j, at_new(j)[0])

            one, two = parts(use(new_ends, zero_moved(alive, w, entries)))
            return together(
                arith(goal.args[0], one, entries(d), degree=1),
                arith(goal.args[1], two, entries(d + 1), degree=1),
            )

        return split(use(last_or_before(), i, count, less), old_one, new_one)

    def same_values(given: Given) -> Theorem:
        y, at_one, at_minus, k, in_D, goal = given
        term = function(i, columns(i, k) * RELU(dot(row(rows, i), y, size)))
        right = function(i, c(i, k) * RELU(dot(row(a, i), y, d) + bias(i)))
        old_term = function(i, e(i, k) * RELU(dot(row(b, i), y, size)))

        def each(i: Expression, less: Theorem, goal: Expression) -> Theorem:
            inner = _same_dot(row(rows, i), row(b, i), y, size, lambda j: at_old(i, less, j)[0])
            value_ = rewrite(
                arith(eq(dot(row(b, i), y, size), dot(row(rows, i), y, size)), inner),
                lambda z: eq(RELU(z), RELU(dot(row(b, i), y, size))),
                arith(eq(RELU(dot(row(b, i), y, size)), RELU(dot(row(b, i), y, size)))),
            )
            return certificate(
                goal, [(at_old(i, less, k)[1], RELU(dot(row(rows, i), y, size))), (value_, e(i, k))]
            )

        equal = use(
            sum_equal(), term, old_term, count, prove(below(i, count, eq(term(i), old_term(i))), each)
        )
        inner = _same_dot(row(rows, count), w, y, size, lambda j: at_new(j)[0])
        last_value = rewrite(
            arith(eq(dot(w, y, size), dot(row(rows, count), y, size)), inner),
            lambda z: eq(RELU(z), RELU(dot(w, y, size))),
            arith(eq(RELU(dot(w, y, size)), RELU(dot(w, y, size)))),
        )
        last = certificate(
            eq(term(count), u(k) * RELU(dot(w, y, size))),
            [(at_new(k)[1], RELU(dot(row(rows, count), y, size))), (last_value, u(k))],
        )
        return arith(
            goal,
            last_term(count, term),
            last_term(count, right),
            equal,
            last,
            use(values, y, at_one, at_minus, k, in_D),
            use(value, y, at_one, at_minus, k, in_D),
            degree=1,
        )

    whole = together(
        prove(wanted.args[0], is_balanced_at), opened(wanted.args[1], 8, pair), prove(wanted.args[2], ends_at)
    )
    return witness(together(whole, opened(realizes, 5, same_values)), goal, rows, columns)


def _balanced_claim(rows: Entry, columns: Entry, size: Entry, D: Entry) -> Entry:
    from .restricted import is_balanced

    return lambda place: is_balanced(rows, columns, place, size, D)


def _turned(multiple: Entry, nu: Entry, product: Entry, w: Entry, b: Entry, size: Entry) -> Theorem:
    """From b = mu w and mu nu = 1: w = nu b."""
    return prove(
        is_multiple(w, nu, b, size),
        lambda j, less, goal: certificate(goal, [(use(multiple, j, less), -1 * nu), (product, -1 * w(j))]),
    )


def _row_at(
    rows: Entry, w: Entry, count: Entry, i: Entry, equal: Entry, j: Entry, at_count: Entry
) -> Theorem:
    return rewrite(arith(eq(count, i), equal), lambda z: eq(rows(z, j), w(j)), at_count)


def _same_size(goal: Expression, equal: Entry, known: Entry) -> Theorem:
    """From x = y and a fact on |y|: the same on |x|."""
    old, new = equal.conclusion.args[1], equal.conclusion.args[0]
    size = goal.args[1]
    if goal.op == "<=":
        return rewrite(arith(eq(old, new), equal), lambda z: ABS(z) <= size, known)
    return rewrite(arith(eq(old, new), equal), lambda z: eq(ABS(z), size), known)


def _same_dot(one: Entry, two: Entry, y: Entry, size: Entry, entries: Entry) -> Theorem:
    left, right = function(j, one(j) * y(j)), function(j, two(j) * y(j))
    terms = prove(
        below(j, size, eq(left(j), right(j))), lambda j, _, goal: certificate(goal, [(entries(j), y(j))])
    )
    return use(sum_equal(), left, right, size, terms)


@cache
def lemma_a_6() -> Theorem:
    """Lemma A.6: the output bias is one more neuron, with weight 0 and bias 1."""

    def build(given: Given) -> Theorem:
        d, m, D, a, bias, c, out, outputs, goal = given
        new_rows = decided(eq(i, m), number(0), a(i, j), (i, j))
        new_biases = decided(eq(i, m), number(1), bias(i), (i,))
        new_columns = decided(eq(i, m), out(j), c(i, j), (i, j))

        def with_rows(rows: Expression, of_rows: Theorem) -> Theorem:
            def with_biases(biases: Expression, of_biases: Theorem) -> Theorem:
                def with_columns(columns: Expression, of_columns: Theorem) -> Theorem:
                    found = use(list_embedded(), m + 1, d, D, rows, biases, columns, outputs)

                    def with_star(star: Expression, coefficients: Expression, known: Theorem) -> Theorem:
                        member, values = parts(known)
                        realizes = opened_exists(goal, star, coefficients).args[1]

                        def at(given: Given) -> Theorem:
                            y, at_one, at_minus, k, in_D, goal = given
                            return _with_last(
                                goal,
                                (d, m, a, bias, c, out, rows, biases, columns, y, k),
                                (of_rows, of_biases, of_columns),
                                use(values, y, at_one, at_minus, k, in_D),
                            )

                        return witness(together(member, opened(realizes, 5, at)), goal, star, coefficients)

                    return with_witness(found, with_star)

                return with_witness(new_columns, with_columns)

            return with_witness(new_biases, with_biases)

        return with_witness(new_rows, with_rows)

    return opened(lemma_a_6_statement(), 8, build).called("Lemma A.6")


def _with_last(goal: Expression, data: Entry, known: Entry, value: Entry) -> Theorem:
    d, m, a, bias, c, out, rows, biases, columns, y, k = data
    of_rows, of_biases, of_columns = known
    term = function(i, columns(i, k) * RELU(dot(row(rows, i), y, d) + biases(i)))
    right = function(i, c(i, k) * RELU(dot(row(a, i), y, d) + bias(i)))

    def each(i: Expression, less: Theorem, goal: Expression) -> Theorem:
        off = prove(differs(i, m), lambda equal, _: arith(FALSE, equal, less))
        inner = _same_dot(row(rows, i), row(a, i), y, d, lambda j: use(parts(use(of_rows, i, j))[1], off))
        new, old = dot(row(rows, i), y, d) + biases(i), dot(row(a, i), y, d) + bias(i)
        moved = arith(eq(old, new), inner, use(parts(use(of_biases, i))[1], off), degree=1)
        same = rewrite(moved, lambda z: eq(RELU(z), RELU(old)), arith(eq(RELU(old), RELU(old))))
        return certificate(goal, [(use(parts(use(of_columns, i, k))[1], off), RELU(new)), (same, c(i, k))])

    equal = use(sum_equal(), term, right, m, prove(below(i, m, eq(term(i), right(i))), each))
    same = arith(eq(m, m))
    flat = prove(
        is_zero(row(rows, m), d), lambda j, _, goal: restate(use(parts(use(of_rows, m, j))[0], same), goal)
    )
    inner = dot(row(rows, m), y, d) + biases(m)
    one = arith(
        eq(inner, 1), _flat_dot(row(rows, m), y, d, flat), use(parts(use(of_biases, m))[0], same), degree=1
    )
    relu = use(parts(use(axiom("relu"), inner))[0], arith(inner >= 0, one))
    last = certificate(
        eq(term(m), out(k)),
        [(use(parts(use(of_columns, m, k))[0], same), RELU(inner)), (relu, out(k)), (one, out(k))],
    )
    return arith(goal, value, last_term(m, term), equal, last, degree=1)
