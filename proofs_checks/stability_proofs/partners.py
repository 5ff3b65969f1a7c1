"""Networks with one function have the same hyperplanes: each neuron has a partner."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import (
    Theorem,
    detach,
    excluded_middle,
    restate,
    together,
    witness,
)
from ..proving.certificates import arith
from ..proving.tactics import contradiction, parts, prove, split, use, with_witness
from ..statements.expressions import (
    Expression,
    both,
    eq,
    exists,
    forall,
    function,
    implies,
    negation,
    number,
)
from ..statements.functions import INVERSE
from .crossings import Multiples, Neurons, Place, with_kink
from .gradients import equal_slopes, step_exists
from .independent_jumps import is_independent, no_terms
from .kinks import jump
from .names import (
    ABS,
    a,
    b,
    below,
    d,
    differs,
    i,
    is_multiple,
    is_zero,
    k,
    m,
    mu,
    n,
    network,
    row,
    some_below,
    x,
)
from .opening import Entry, Given, opened, opened_exists
from .permutations import p
from .restricted_space import D, c, column, e


def has_no_zero_neuron(a: Entry, c: Entry, m: Entry, d: Entry, D: Entry) -> Expression:
    """Return: a_i != 0 and c_i != 0 for all i < m."""
    return below(i, m, both(negation(is_zero(row(a, i), d)), negation(is_zero(row(c, i), D))))


@cache
def partner_exists() -> Theorem:
    """If R(b, e) = R(a, c), each neuron of (a, c) has one of (b, e) on its hyperplane."""
    found = some_below(
        p, n, exists(mu, both(differs(mu, number(0)), is_multiple(row(b, p), mu, row(a, i), d)))
    )
    statement = forall(
        d,
        m,
        n,
        D,
        a,
        c,
        b,
        e,
        implies(
            is_independent(a, m, d),
            has_no_zero_neuron(a, c, m, d, D),
            below(k, D, forall(x, eq(network(column(c, k), a, x, m, d), network(column(e, k), b, x, n, d)))),
            below(i, m, found),
        ),
    )

    def build(given: Given) -> Theorem:
        d, m, n, D, a, c, b, e, independent, alive, same, goal = given

        def at(given: Given) -> Theorem:
            i, in_m, goal = given
            nonzero, coefficient = parts(use(alive, i, in_m))
            v = row(a, i)

            def none(off: Theorem) -> Theorem:
                def with_step(H: Expression, step: Theorem) -> Theorem:
                    def output(k: Expression, in_D: Theorem, goal: Expression) -> Theorem:
                        ck, ek = column(c, k), column(e, k)
                        cells = use(equal_slopes(), H, d, m, a, ck, n, b, ek, step, use(same, k, in_D))

                        def crossed(mine: Multiples, theirs: Multiples, bound: Theorem) -> Theorem:
                            itself = prove(
                                is_multiple(v, number(1), v, d), lambda _j, _less, goal: arith(goal)
                            )
                            own = use(mine.jumps(independent)[0], i, 1, in_m, nonzero, itself)
                            flag, size = theirs.flag, theirs.size
                            term = function(p, ek(p) * flag(p) * ABS(size(p)))
                            zeros = prove(
                                below(p, n, eq(term(p), 0)),
                                lambda p, less, goal: _no_partner(
                                    goal, (p, less, size, ek, flag), use(theirs.known, p, less), off
                                ),
                            )
                            nothing = use(no_terms(), term, n, zeros)
                            unit = use(parts(use(axiom("abs"), 1))[0], arith(number(1) >= 0))
                            return _must_vanish(
                                goal,
                                (c(i, k), d, v, nonzero),
                                bound,
                                own,
                                restate(nothing, eq(jump(ek, flag, size, n), 0)),
                                unit,
                            )

                        place = Place(H, d, v, step, nonzero)
                        return with_kink(place, Neurons(ck, a, m), Neurons(ek, b, n), (0, cells), crossed)

                    return contradiction(goal, detach(coefficient, prove(is_zero(row(c, i), D), output)))

                return with_witness(step_exists(), with_step)

            return split(excluded_middle(goal), lambda h: h, none)

        return opened(goal, 2, at)

    return opened(statement, 11, build).called("each neuron has a partner on its hyperplane")


def _no_partner(goal: Expression, terms: Entry, own: Entry, off: Entry) -> Theorem:
    """A neuron that is no partner has no jump: it is no multiple, or a zero one."""
    p, less, size, e, flag = terms

    def multiple(h: Theorem) -> Theorem:
        _is_one, is_mu = parts(h)

        def zero(none: Theorem) -> Theorem:
            absolute = use(parts(use(axiom("abs"), size(p)))[0], arith(size(p) >= 0, none))
            return arith(goal, absolute, none, multipliers=[e(p) * flag(p)])

        def partner(other: Theorem) -> Theorem:
            inner = witness(together(other, is_mu), opened_exists(off.conclusion.args[0], p).args[1], size(p))
            return contradiction(goal, detach(off, witness(together(less, inner), off.conclusion.args[0], p)))

        return split(excluded_middle(eq(size(p), 0)), zero, partner)

    return split(own, multiple, lambda h: certificate(goal, [(parts(h)[0], e(p) * ABS(size(p)))]))


def _must_vanish(
    goal: Expression, terms: Entry, bound: Entry, own: Entry, nothing: Entry, unit: Entry
) -> Theorem:
    """From |c |1| v_j - 0| <= 0 for all j, v != 0: c = 0."""
    coefficient, d, v, nonzero = terms

    def off(h: Theorem) -> Theorem:
        inverse = split(
            use(axiom("inverse"), coefficient),
            lambda zero: contradiction(eq(coefficient * INVERSE(coefficient), 1), detach(h, zero)),
            lambda product: product,
        )

        def entry(j: Expression, less: Theorem, goal: Expression) -> Theorem:
            from ..proving.certificates import equal_if_both
            from ..proving.lemmas import abs_facts

            inner = use(bound, j, less)
            value = inner.conclusion.args[0].args[1]
            sizes = parts(use(abs_facts(), value))
            zero = equal_if_both(
                eq(value, 0), arith(value <= 0, inner, sizes[1]), arith(value >= 0, inner, sizes[2])
            )
            product = arith(
                eq(coefficient * v(j), 0), zero, own, nothing, unit, multipliers=[v(j), coefficient * v(j)]
            )
            return certificate(goal, [(product, INVERSE(coefficient)), (inverse, -1 * v(j))])

        return contradiction(goal, detach(nonzero, prove(is_zero(v, d), entry)))

    return split(excluded_middle(goal), lambda h: h, off)
