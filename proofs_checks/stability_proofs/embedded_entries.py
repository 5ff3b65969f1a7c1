"""The entries, norms and values of an embedded neuron."""

from __future__ import annotations

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import (
    Theorem,
    detach,
    together,
    witness,
)
from ..proving.certificates import arith
from ..proving.lemmas import abs_facts, last_or_before, sum_equal
from ..proving.tactics import (
    last_term,
    parts,
    prove,
    rewrite,
    split,
    use,
    with_witness,
)
from ..statements.expressions import (
    Expression,
    eq,
    function,
)
from ..statements.functions import RELU
from .flips import relu_scaled
from .free_directions import extended_vector, is_taken
from .hyperplanes import abs_scaled
from .names import (
    ABS,
    below,
    dot,
    j,
    k,
)
from .opening import Entry, Given, opened, opened_exists
from .restricted_space import is_norm
from .small_steps import positive_inverse


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
            coefficient_norm = scaled_norm(D, gamma, size, t, t_positive, norm)
            balanced = witness(together(scaled_entries, coefficient_norm), fit.args[0], new)
            positive_ends = together(
                arith(w(d) > 0, at_d, arith(r * p > 0, r_positive, p_positive), degree=1),
                arith(w(d + 1) > 0, at_last, arith(r * q > 0, r_positive, q_positive), degree=1),
            )

            def distinct(given: Given) -> Theorem:
                i, in_n, multiple, _ = given

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

            distinct_proved = opened(fit.args[2], 3, distinct)

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
                together(together(balanced, positive_ends, distinct_proved), opened(value, 5, values)),
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


def scaled_norm(D: Entry, gamma: Entry, size: Entry, t: Entry, t_positive: Entry, norm: Entry) -> Theorem:
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
