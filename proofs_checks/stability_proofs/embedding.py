"""Lists of neurons with biases embed into the restricted space, neuron after neuron (Lemma A.6)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ..kernel.arithmetic import certificate, natural
from ..kernel.rules import (
    Theorem,
    absurd,
    detach,
    restate,
    together,
    witness,
)
from ..proving.certificates import arith
from ..proving.lemmas import last_or_before, sum_equal
from ..proving.tactics import (
    by_induction,
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
    eq,
    exists,
    forall,
    function,
    implies,
    negation,
    number,
    total,
)
from ..statements.functions import RELU
from .embedded_neuron import neuron_embedded
from .free_directions import bias, y
from .functions import decided
from .names import (
    ABS,
    a,
    below,
    d,
    differs,
    dot,
    i,
    is_multiple,
    is_zero,
    j,
    k,
    network,
    row,
)
from .opening import Entry, Given, opened, opened_exists
from .restricted_space import D, a_phi, c, c_phi, column, is_norm, is_strictly_restricted
from .small_steps import positive_inverse


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
                number(1) <= D,
                exists(a_phi, c_phi, both(is_strictly_restricted(a_phi, c_phi, count, d, D), realizes)),
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
                        clash = use(new_distinct, i, kind[1])
                        return detach(clash, witness(together(more, moved), clash.conclusion.args[0], mu))
                    clash = use(new_distinct, l, kind_l[1])  # b_l = mu w
                    return with_witness(
                        use(positive_inverse(), mu, more),
                        lambda nu, inverse: detach(
                            clash,
                            witness(
                                together(
                                    parts(inverse)[0],
                                    turned_multiple(moved, nu, parts(inverse)[1], w, row(b, l), size),
                                ),
                                clash.conclusion.args[0],
                                nu,
                            ),
                        ),
                    )

                return place(l, in_l, with_l)

            return place(i, in_i, with_i)

        return with_witness(multiple, with_factor)

    def ends_at(i: Expression, less: Theorem, goal: Expression) -> Theorem:
        def old_one(before: Theorem) -> Theorem:
            one, two = parts(use(ends, i, before))
            return together(
                arith(goal.args[0], one, at_old(i, before, d)[0], degree=1),
                arith(goal.args[1], two, at_old(i, before, d + 1)[0], degree=1),
            )

        def new_one(equal: Theorem) -> Theorem:
            def entries(j: Expression) -> Theorem:
                return _row_at(rows, w, count, i, equal, j, at_new(j)[0])

            one, two = parts(new_ends)
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
            inner = same_dot(row(rows, i), row(b, i), y, size, lambda j: at_old(i, less, j)[0])
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
        inner = same_dot(row(rows, count), w, y, size, lambda j: at_new(j)[0])
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
    from .restricted_space import is_balanced

    return lambda place: is_balanced(rows, columns, place, size, D)


def turned_multiple(multiple: Entry, nu: Entry, product: Entry, w: Entry, b: Entry, size: Entry) -> Theorem:
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


def same_dot(one: Entry, two: Entry, y: Entry, size: Entry, entries: Entry) -> Theorem:
    """Vectors with equal entries have equal products with y."""
    left, right = function(j, one(j) * y(j)), function(j, two(j) * y(j))
    terms = prove(
        below(j, size, eq(left(j), right(j))), lambda j, _, goal: certificate(goal, [(entries(j), y(j))])
    )
    return use(sum_equal(), left, right, size, terms)
