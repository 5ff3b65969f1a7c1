"""Sums of networks of the restricted space are networks of it: neuron after neuron, merged where parallel."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ..kernel.arithmetic import axiom, certificate, identity
from ..kernel.rules import Theorem, detach, excluded_middle, restate, together, weaken, witness
from ..proving.certificates import arith
from ..proving.lemmas import only_term, sum_equal
from ..proving.tactics import (
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
)
from ..statements.functions import RELU
from .flips import relu_scaled
from .free_directions import flat_dot, is_positive_multiple
from .names import b, below, differs, dot, i, is_zero, j, k, l, n, network, row, x
from .neuron_jumps import dot_of_multiple
from .neuron_put import (
    balanced,
    count,
    gamma,
    has_ends,
    is_new_direction,
    longer,
    neuron_put,
    v,
    zero_pair,
)
from .opening import Entry, Given, opened, opened_exists
from .restricted_space import D, a_phi, c_phi, column, e, is_restricted


def adds(more: Callable[[Expression, Expression], Expression]) -> Expression:
    """Return: (a', c') is restricted, and realizes (b, e) and more(k, x), of any length."""
    one, two = (
        network(column(g, k), f, x, size, n + 2) for f, g, size in ((a_phi, c_phi, longer), (b, e, count))
    )
    values = forall(x, below(k, D, eq(one, two + more(k, x))))
    return exists(*(longer, a_phi, c_phi), both(is_restricted(a_phi, c_phi, longer, n, D), values))


def neuron_value(v: Entry, gamma: Entry) -> Callable[[Expression, Expression], Expression]:
    """Return gamma_k relu(<v, x>)."""
    return lambda k, x: gamma(k) * RELU(dot(v, x, n + 2))


@cache
def neuron_added() -> Theorem:
    """A list of the restricted space and one neuron with positive ends: a list of the restricted space."""
    statement = forall(
        *(n, D, b, e, count, v, gamma),
        implies(
            number(1) <= D, is_restricted(b, e, count, n, D), has_ends(v, n), adds(neuron_value(v, gamma))
        ),
    )
    return opened(statement, 10, _added).called("a neuron is added in the restricted space")


def _added(given: Given) -> Theorem:
    n, D, b, e, count, v, gamma, outputs, member, ends, goal = given
    size = n + 2

    def unchanged(nothing: Entry) -> Theorem:
        """The neuron is 0."""
        body = opened_exists(goal, count, b, e).args[1]
        values = prove(body, lambda x, k, less, inner: arith(inner, nothing(k, x, less), degree=1))
        return witness(together(member, values), goal, count, b, e)

    def no_weight(flat: Theorem) -> Theorem:
        def value(k: Expression, x: Expression, _less: Theorem) -> Theorem:
            inner = flat_dot(v, x, size, flat)
            relu = use(parts(use(axiom("relu"), dot(v, x, size)))[1], arith(dot(v, x, size) <= 0, inner))
            return certificate(eq(gamma(k) * RELU(dot(v, x, size)), 0), [(relu, gamma(k))])

        return unchanged(value)

    def no_coefficient(flat: Theorem) -> Theorem:
        return unchanged(
            lambda k, x, less: certificate(
                eq(gamma(k) * RELU(dot(v, x, size)), 0), [(use(flat, k, less), RELU(dot(v, x, size)))]
            )
        )

    def some_neuron(alive: Theorem, some: Theorem) -> Theorem:
        same = exists(
            l, both(l < count, negation(is_zero(row(b, l), size)), is_positive_multiple(v, row(b, l), size))
        )
        data = (n, D, b, e, count, v, gamma)
        facts = (outputs, member, ends, alive, some)
        return split(
            excluded_middle(same),
            lambda known: with_witness(known, lambda l, fact: _merged(goal, data, facts, l, fact)),
            lambda none: _appended(goal, data, facts, none),
        )

    def with_weight(alive: Theorem) -> Theorem:
        return split(
            excluded_middle(is_zero(gamma, D)), no_coefficient, lambda some: some_neuron(alive, some)
        )

    return split(excluded_middle(is_zero(v, size)), no_weight, with_weight)


def scaled(v: Entry, s: Expression) -> Expression:
    """Return s v."""
    return function(j, s * v(j))


def _scaled_value(v: Entry, g: Entry, numbers: Entry, facts: Entry, place: Entry) -> Theorem:
    """(r g) relu(<s v, x>) = g relu(<v, x>), from s > 0 and s r = 1."""
    s, r = numbers
    positive, product = facts
    k, x, size = place
    inner = dot(v, x, size)
    relu = use(relu_scaled(), s, inner, positive)
    return certificate(
        eq(r * g(k) * RELU(dot(scaled(v, s), x, size)), g(k) * RELU(inner)),
        [(relu, r * g(k)), (product, g(k) * RELU(inner))],
    )


def _scaled_ends(n: Entry, v: Entry, s: Expression, positive: Theorem, ends: Theorem) -> Theorem:
    """From v_n, v_(n+1) > 0: the same of s v."""
    one, two = parts(ends)
    wanted = has_ends(scaled(v, s), n)
    whole = together(arith(s * v(n) > 0, positive, one), arith(s * v(n + 1) > 0, positive, two))
    return prove(wanted, lambda _, _goal: whole)


def _appended(goal: Expression, data: Entry, facts: Entry, none: Theorem) -> Theorem:
    n, D, b, e, count, v, gamma = data
    _outputs, member, ends, alive, some = facts
    size = n + 2

    def with_scale(s: Expression, r: Expression, known: Theorem) -> Theorem:
        positive, r_positive, product, pair = parts(known)
        w, u = scaled(v, s), function(k, r * gamma(k))

        def apart(given: Given) -> Theorem:
            i, less, _off, old_alive, _w_alive, multiple, _ = given

            def with_factor(mu: Expression, known: Theorem) -> Theorem:
                same = _unscaled(v, row(b, i), size, (s, r, mu), (product, r_positive), known)
                whole = together(less, old_alive, same)
                return detach(none, witness(whole, none.conclusion.args[0], i))

            return with_witness(multiple, with_factor)

        new = opened(is_new_direction(b, count, count, w, size), 6, apart)
        inside = prove(
            below(i, count + 1, implies(differs(i, count), i < count)),
            lambda i, less, off, goal: before_last(i, count, less, off, goal),
        )
        put = use(
            neuron_put(),
            *(n, D, b, e, count, count, w, u, count + 1),
            *(member, inside, pair, _scaled_ends(n, v, s, positive, detach(ends, alive)), new),
        )

        def found(rows: Expression, columns: Expression, known: Theorem) -> Theorem:
            fits, entries = parts(known)
            body = opened_exists(goal, count + 1, rows, columns).args[1]

            def value(x: Expression, k: Expression, _less: Theorem, inner: Expression) -> Theorem:
                term = function(i, columns(i, k) * RELU(dot(row(rows, i), x, size)))
                old = old_terms(data, (rows, columns), entries, (k, x), count, count)
                last = new_term(data, (rows, columns), entries, (k, x), count, (w, u))
                own = _scaled_value(v, gamma, (s, r), (positive, product), (k, x, size))
                return arith(inner, last_term(count, term), old, last, own, degree=1)

            return witness(together(fits, prove(body, value)), goal, count + 1, rows, columns)

        return with_witness(put, found)

    return with_witness(use(balanced(), size, D, v, gamma, alive, some), with_scale)


def before_last(i: Expression, count: Expression, less: Theorem, off: Theorem, goal: Expression) -> Theorem:
    """From i < m + 1 and i != m: i < m."""
    from ..proving.lemmas import last_or_before

    return split(
        use(last_or_before(), i, count, less),
        lambda before: restate(before, goal),
        lambda equal: contradiction(goal, detach(off, equal)),
    )


def _unscaled(v: Entry, b: Entry, size: Entry, numbers: Entry, facts: Entry, known: Theorem) -> Theorem:
    """From s v = mu b: v = (r mu) b."""
    _s, r, mu = numbers
    product, r_positive = facts
    more, line = parts(known)
    wanted = is_positive_multiple(v, b, size)
    inner = opened_exists(wanted, r * mu).args[1]
    multiple = prove(
        inner,
        lambda j, less, goal: certificate(goal, [(use(line, j, less), r), (product, -1 * v(j))]),
    )
    return witness(together(arith(r * mu > 0, r_positive, more), multiple), wanted, r * mu)


def old_terms(
    data: Entry, new: Entry, entries: Theorem, at: Entry, length: Expression, place: Expression
) -> Theorem:
    """The sums over i < length are those of the old list, if the place is not below the length."""
    n, _D, b, e, *_ = data
    rows, columns = new
    k, x = at
    one = function(i, columns(i, k) * RELU(dot(row(rows, i), x, n + 2)))
    two = function(i, e(i, k) * RELU(dot(row(b, i), x, n + 2)))

    def each(i: Expression, less: Theorem, goal: Expression) -> Theorem:
        off = prove(differs(i, place), lambda equal, _: arith(FALSE, equal, less))
        return restate(
            _same_neuron((row(b, i), row(e, i)), new, i, use(parts(entries)[1], i, off), at, n), goal
        )

    return use(sum_equal(), one, two, length, prove(below(i, length, eq(one(i), two(i))), each))


def new_term(
    data: Entry, new: Entry, entries: Theorem, at: Entry, place: Expression, neuron: Entry
) -> Theorem:
    """The term in the place is that of the neuron that was put there."""
    return _same_neuron(neuron, new, place, parts(entries)[0], at, data[0])


def _same_neuron(old: Entry, new: Entry, i: Expression, equal: Theorem, at: Entry, n: Expression) -> Theorem:
    """The new neuron i has the value of one with the same entries."""
    rows, columns = new
    w, u = old
    k, x = at
    of_rows, of_columns = parts(equal)
    left = u(k) * RELU(dot(w, x, n + 2))
    inner = _entries_equal(w, row(rows, i), of_rows, x, n)
    right = columns(i, k) * RELU(dot(row(rows, i), x, n + 2))
    relu = rewrite(
        inner,
        lambda z: eq(RELU(dot(w, x, n + 2)), RELU(z)),
        identity(RELU(dot(w, x, n + 2)), RELU(dot(w, x, n + 2))),
    )
    return certificate(
        eq(right, left), [(relu, -1 * columns(i, k)), (use(of_columns, k), -1 * RELU(dot(w, x, n + 2)))]
    )


def _entries_equal(w: Entry, now: Entry, equal: Theorem, x: Expression, n: Entry) -> Theorem:
    one, two = function(j, w(j) * x(j)), function(j, now(j) * x(j))
    terms = prove(
        below(j, n + 2, eq(one(j), two(j))), lambda j, _, goal: certificate(goal, [(use(equal, j), x(j))])
    )
    return use(sum_equal(), one, two, n + 2, terms)


def _merged(goal: Expression, data: Entry, facts: Entry, place: Expression, fact: Theorem) -> Theorem:
    """V = mu b_q: the coefficients e_q + mu gamma, balanced again, or 0."""
    n, D, b, e, count, v, gamma = data
    outputs, member, _ends, _alive, _some = facts
    size = n + 2
    in_list, old_alive, multiple = parts(fact)
    old = row(b, place)

    def with_factor(mu: Expression, known: Theorem) -> Theorem:
        more, line = parts(known)
        whole = function(k, e(place, k) + mu * gamma(k))

        def value(k: Expression, x: Expression) -> Theorem:
            """Gamma relu(<v, x>) = mu gamma relu(<b_q, x>)."""
            inner, along = dot(v, x, size), dot(old, x, size)
            at = dot_of_multiple(v, mu, old, x, size, line)
            relu = use(relu_scaled(), mu, along, more)
            same = rewrite(arith(eq(mu * along, inner), at), lambda z: eq(RELU(z), mu * RELU(along)), relu)
            return certificate(eq(gamma(k) * RELU(inner), mu * gamma(k) * RELU(along)), [(same, gamma(k))])

        def replaced(
            w: Expression, u: Expression, pair: Theorem, ends: Theorem, new: Theorem, own: Entry
        ) -> Theorem:
            inside = prove(
                below(i, count, implies(differs(i, place), i < count)), lambda _i, less, _off, _goal: less
            )
            put = use(
                neuron_put(), *(n, D, b, e, count, place, w, u, count), *(member, inside, pair, ends, new)
            )

            def found(rows: Expression, columns: Expression, known: Theorem) -> Theorem:
                fits, entries = parts(known)
                body = opened_exists(goal, count, rows, columns).args[1]

                def sums(x: Expression, k: Expression, less: Theorem, inner: Expression) -> Theorem:
                    change = _one_change(data, (rows, columns), entries, (k, x), (place, in_list))
                    last = new_term(data, (rows, columns), entries, (k, x), place, (w, u))
                    return arith(inner, change, last, own(k, x, less), value(k, x), degree=1)

                return witness(together(fits, prove(body, sums)), goal, count, rows, columns)

            return with_witness(put, found)

        def gone(flat: Theorem) -> Theorem:
            zero = function(j, number(0))
            nothing = prove(is_zero(zero, size), lambda _j, _, inner: arith(inner))
            ends = prove(has_ends(zero, n), lambda off, inner: contradiction(inner, detach(off, nothing)))
            new = opened(
                is_new_direction(b, count, place, zero, size),
                5,
                lambda given: contradiction(given[-1], detach(given[4], nothing)),
            )

            def own(k: Expression, x: Expression, less: Theorem) -> Theorem:
                along = RELU(dot(old, x, size))
                return certificate(
                    eq(0 * RELU(dot(zero, x, size)), (e(place, k) + mu * gamma(k)) * along),
                    [(use(flat, k, less), -1 * along)],
                )

            return replaced(zero, zero, zero_pair(n, D, outputs), ends, new, own)

        def left(some: Theorem) -> Theorem:
            def with_scale(s: Expression, r: Expression, known: Theorem) -> Theorem:
                positive, r_positive, product, pair = parts(known)
                old_ends = use(parts(member)[2], place, in_list, old_alive)

                def apart(given: Given) -> Theorem:
                    i, less, off, alive, _w_alive, multiple, _ = given

                    def with_nu(nu: Expression, known: Theorem) -> Theorem:
                        same = _unscaled(old, row(b, i), size, (s, r, nu), (product, r_positive), known)
                        return detach(
                            use(parts(member)[1], i, less, place, in_list, off, alive, old_alive), same
                        )

                    return with_witness(multiple, with_nu)

                w = scaled(old, s)
                return replaced(
                    w,
                    function(k, r * whole(k)),
                    pair,
                    _scaled_ends(n, old, s, positive, old_ends),
                    opened(is_new_direction(b, count, place, w, size), 6, apart),
                    lambda k, x, _less: _scaled_value(old, whole, (s, r), (positive, product), (k, x, size)),
                )

            return with_witness(use(balanced(), size, D, old, whole, old_alive, some), with_scale)

        return split(excluded_middle(is_zero(whole, D)), gone, left)

    return with_witness(multiple, with_factor)


def _one_change(data: Entry, new: Entry, entries: Theorem, at: Entry, where: Entry) -> Theorem:
    """The sum of the new neurons less that of the old ones is the difference in one place."""
    n, _D, b, e, count, *_ = data
    rows, columns = new
    k, x = at
    place, in_list = where
    one = function(i, columns(i, k) * RELU(dot(row(rows, i), x, n + 2)))
    two = function(i, e(i, k) * RELU(dot(row(b, i), x, n + 2)))
    gap = function(i, one(i) - two(i))

    def alone(i: Expression, _less: Theorem, goal: Expression) -> Theorem:
        def off(other: Theorem) -> Theorem:
            equal = _same_neuron((row(b, i), row(e, i)), new, i, use(parts(entries)[1], i, other), at, n)
            return weaken(arith(eq(gap(i), 0), equal, degree=1), goal)

        return split(excluded_middle(eq(i, place)), lambda here: weaken(here, goal), off)

    terms = prove(below(i, count, either(eq(i, place), eq(gap(i), 0))), alone)
    return use(only_term(), gap, count, place, in_list, terms)
