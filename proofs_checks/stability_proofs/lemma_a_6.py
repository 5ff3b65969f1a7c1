"""Lemma A.6: networks with biases embed into the restricted space, the output bias as one neuron more."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import (
    Theorem,
    restate,
    together,
    witness,
)
from ..proving.certificates import arith
from ..proving.lemmas import sum_equal
from ..proving.tactics import (
    last_term,
    parts,
    prove,
    rewrite,
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
    number,
    total,
)
from ..statements.functions import RELU
from .embedding import list_embedded, same_dot
from .free_directions import bias, flat_dot, out, y
from .functions import decided
from .names import (
    a,
    below,
    d,
    differs,
    dot,
    i,
    is_zero,
    j,
    k,
    m,
    network,
    row,
)
from .opening import Entry, Given, opened, opened_exists
from .restricted_space import D, a_phi, c, c_phi, column, is_restricted, is_strictly_restricted


def lemma_a_6_statement(space: Callable[..., Expression] = is_restricted) -> Expression:
    """Return Lemma A.6, for the space of Definition 3.2 or for that of its strict reading."""
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
        implies(number(1) <= D, exists(a_phi, c_phi, both(space(a_phi, c_phi, m + 1, d, D), realizes))),
    )


@cache
def lemma_a_6() -> Theorem:
    """Lemma A.6: the last clause of Definition 3.2 for all weight vectors is more than for those != 0."""

    def build(given: Given) -> Theorem:
        *values, goal = given

        def found(star: Expression, coefficients: Expression, known: Theorem) -> Theorem:
            member, realizes = parts(known)
            balanced, distinct, ends = parts(member)
            wanted = opened_exists(goal, star, coefficients).args[0].args[2]
            guarded = prove(wanted, lambda i, less, _alive, _goal: use(ends, i, less))
            return witness(
                together(together(balanced, distinct, guarded), realizes), goal, star, coefficients
            )

        return with_witness(use(strict_lemma_a_6(), *values), found)

    return opened(lemma_a_6_statement(), 8, build).called("Lemma A.6")


@cache
def strict_lemma_a_6() -> Theorem:
    """Lemma A.6, all weight vectors positive at the end: the output bias is a neuron, weight 0, bias 1."""

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

    return opened(lemma_a_6_statement(is_strictly_restricted), 8, build).called(
        "Lemma A.6 with positive ends throughout"
    )


def _with_last(goal: Expression, data: Entry, known: Entry, value: Entry) -> Theorem:
    d, m, a, bias, c, out, rows, biases, columns, y, k = data
    of_rows, of_biases, of_columns = known
    term = function(i, columns(i, k) * RELU(dot(row(rows, i), y, d) + biases(i)))
    right = function(i, c(i, k) * RELU(dot(row(a, i), y, d) + bias(i)))

    def each(i: Expression, less: Theorem, goal: Expression) -> Theorem:
        off = prove(differs(i, m), lambda equal, _: arith(FALSE, equal, less))
        inner = same_dot(row(rows, i), row(a, i), y, d, lambda j: use(parts(use(of_rows, i, j))[1], off))
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
        eq(inner, 1), flat_dot(row(rows, m), y, d, flat), use(parts(use(of_biases, m))[0], same), degree=1
    )
    relu = use(parts(use(axiom("relu"), inner))[0], arith(inner >= 0, one))
    last = certificate(
        eq(term(m), out(k)),
        [(use(parts(use(of_columns, m, k))[0], same), RELU(inner)), (relu, out(k)), (one, out(k))],
    )
    return arith(goal, value, last_term(m, term), equal, last, degree=1)
