"""The jump of the gradient across a hyperplane is at most twice the largest gradient: steps (88) to (102).

Across the hyperplane of v the gradient of sum_i c_i relu(<a_i, x>) jumps by the sum of c_i |mu_i| v over the
neurons with a_i = mu_i v. ``flag`` is 1 for these neurons and 0 for the others.
"""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import certificate, identity
from ..kernel.rules import Theorem, choice, excluded_middle, restate, together, weaken, witness
from ..proving.certificates import arith
from ..proving.lemmas import abs_at_most, abs_facts, sum_equal
from ..proving.tactics import contradiction, parts, prove, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    NATURAL,
    REAL,
    Expression,
    eq,
    exists,
    forall,
    function,
    implies,
    negation,
    number,
    open_binder,
    total,
    variable,
)
from .hyperplanes import generic_point, length_positive, nonzero_size
from .names import (
    ABS,
    H,
    a,
    b,
    below,
    c,
    d,
    delta,
    dot,
    e,
    i,
    is_parallel,
    is_step,
    is_zero,
    j,
    m,
    mu,
    n,
    row,
    s,
    v,
    x,
)
from .neuron_jumps import in_class, is_off, neuron_jump, side
from .opening import Entry, Given, opened
from .small_steps import Facts, small_step, with_small

flag, size = variable("flag", REAL, NATURAL), variable("mu", REAL, NATURAL)
other_flag, other_size = variable("flag'", REAL, NATURAL), variable("mu'", REAL, NATURAL)


def is_generic(a: Expression, n: Expression, x: Expression, d: Expression) -> Expression:
    """Return: x is on no hyperplane of an a_i != 0."""
    return below(i, n, is_off(row(a, i), x, d))


def slope(
    c: Expression,
    a: Expression,
    n: Expression,
    x: Expression,
    at: tuple[Expression, Expression],
    H: Expression,
) -> Expression:
    """Return the j-th partial derivative sum_i c_i a_ij H(<a_i, x>) at x off all hyperplanes; at = (j, d)."""
    j, d = at
    return total(i, n, c(i) * a(i, j) * H(dot(row(a, i), x, d)))


def cells_at_most(*given: Entry) -> Expression:
    """Return (21): |R(e, b) - R(c, a)|_W <= delta, on all cells of the arrangement of the a_i and b_i."""
    c, a, n, e, b, m, d, delta, H = given
    gradient = ABS(slope(c, a, n, x, (j, d), H) - slope(e, b, m, x, (j, d), H)) <= delta
    return forall(x, implies(is_generic(a, n, x, d), is_generic(b, m, x, d), below(j, d, gradient)))


def classes(a: Entry, n: Entry, flag: Entry, size: Entry, v: Entry, d: Entry) -> Expression:
    """Return: flag and size say which a_i are multiples of v."""
    return below(i, n, in_class(row(a, i), flag(i), size(i), v, d))


def jump(c: Entry, flag: Entry, size: Entry, n: Entry) -> Expression:
    """Return sum_i c_i |mu_i| over the multiples."""
    return total(i, n, c(i) * flag(i) * ABS(size(i)))


@cache
def classes_exist() -> Theorem:
    """Every a_i is a multiple of v or it is not: there are flags and factors."""
    statement = forall(d, n, a, v, exists(flag, size, classes(a, n, flag, size, v, d)))

    def build(d: Expression, n: Expression, a: Expression, v: Expression, goal: Expression) -> Theorem:
        single = in_class(row(a, i), s, mu, v, d)
        each = forall(i, exists(s, mu, single))

        def decide(i: Expression, goal: Expression) -> Theorem:
            w = row(a, i)

            def found(mu: Expression, h: Theorem) -> Theorem:
                return _chosen(goal, number(1), mu, together(identity(1, 1), h), v)

            return split(
                excluded_middle(is_parallel(w, v, d)),
                lambda h: with_witness(h, found),
                lambda h: _chosen(goal, number(0), number(0), together(identity(0, 0), h), v),
            )

        chosen = choice(prove(each, decide))

        def with_flag(flag: Expression, h: Theorem) -> Theorem:
            def with_size(size: Expression, known: Theorem) -> Theorem:
                inner = prove(classes(a, n, flag, size, v, d), lambda i, _, _goal: use(known, i))
                return witness(inner, goal, flag, size)

            return with_witness(choice(h), with_size)

        return with_witness(chosen, with_flag)

    return prove(statement, build).called("every a_i is a multiple of v or not")


def _chosen(goal: Expression, s: Expression, mu: Expression, known: Theorem, _v: Expression) -> Theorem:
    body = open_binder(open_binder(goal, s), mu)
    return witness(weaken(known, body), goal, s, mu)


@cache
def kink() -> Theorem:
    """Across the hyperplane of v the gradients jump by sums that differ by at most 2 delta: (102)."""
    difference = ABS(jump(c, flag, size, n) * v(j) - jump(e, other_flag, other_size, m) * v(j)) <= 2 * delta
    statement = forall(
        H,
        d,
        v,
        delta,
        n,
        c,
        a,
        flag,
        size,
        m,
        e,
        b,
        other_flag,
        other_size,
        implies(
            is_step(H),
            cells_at_most(c, a, n, e, b, m, d, delta, H),
            negation(is_zero(v, d)),
            classes(a, n, flag, size, v, d),
            classes(b, m, other_flag, other_size, v, d),
            below(j, d, difference),
        ),
    )

    def build(given: Given) -> Entry:
        (
            H,
            d,
            v,
            _delta,
            n,
            c,
            a,
            flag,
            size,
            m,
            e,
            b,
            other_flag,
            other_size,
            step,
            cells,
            nonzero,
            one,
            two,
            goal,
        ) = given
        length = use(length_positive(), d, v, nonzero)
        lists = [(c, a, n, flag, size, one), (e, b, m, other_flag, other_size, two)]

        def at_point(p: Expression, known: Theorem) -> Theorem:
            on, *off = parts(known)
            steps = [
                use(
                    small_step(),
                    number,
                    function(i, ABS(dot(row(family, i), v, d))),
                    function(i, ABS(dot(row(family, i), p, d))),
                )
                for _, family, number, *_ in lists
            ]

            def found(t: Expression, above: Theorem, facts: Facts) -> Theorem:
                near = facts(t, above, arith(t <= t))
                jumps = [
                    _list_jump(H, d, v, p, t, entry, (step, on, length, above), (avoided, close))
                    for entry, avoided, close in zip(lists, off, near, strict=True)
                ]
                plus, minus = side(p, t, v, 1), side(p, t, v, -1)
                at_plus = use(cells, plus, jumps[0][1], jumps[1][1])
                at_minus = use(cells, minus, jumps[0][2], jumps[1][2])
                return prove(
                    goal,
                    lambda j, less, goal: _jumps_differ(
                        goal,
                        [use(at, j, less) for at in (at_plus, at_minus)],
                        [use(jump_of[0], j, less) for jump_of in jumps],
                    ),
                )

            return with_small(steps, found)

        return with_witness(use(generic_point(), d, v, a, b, n, m, nonzero), at_point)

    return opened(statement, 19, build).called("the jumps across a hyperplane differ by at most 2 delta")


def _list_jump(*given: Entry) -> Entry:
    """Return the jump of a list's gradient, and that p + t v and p - t v are generic for it."""
    H, d, v, p, t, entry, base, known = given
    c, a, n, flag, size, cls = entry
    avoided, close = known
    plus, minus = side(p, t, v, 1), side(p, t, v, -1)

    def of_neuron(i: Expression, less: Theorem) -> list[Theorem]:
        w = row(a, i)
        own = use(cls, i, less)
        near = prove(
            implies(eq(flag(i), 0), t * ABS(dot(w, v, d)) < ABS(dot(w, p, d))),
            lambda is_none, _goal: use(
                close, i, less, use(nonzero_size(), dot(w, p, d), use(avoided, i, less, _other(own, is_none)))
            ),
        )
        step, on, length, above = base
        return parts(
            use(neuron_jump(), H, d, v, p, t, w, flag(i), size(i), step, on, length, above, own, near)
        )

    def terms(j: Expression, less_j: Theorem, goal: Expression) -> Theorem:
        left = function(i, c(i) * a(i, j) * (H(dot(row(a, i), plus, d)) - H(dot(row(a, i), minus, d))))
        right = function(i, c(i) * flag(i) * ABS(size(i)) * v(j))
        equal = prove(
            below(i, n, eq(left(i), right(i))),
            lambda i, less, goal: certificate(goal, [(use(of_neuron(i, less)[0], j, less_j), c(i))]),
        )
        return restate(use(sum_equal(), left, right, n, equal), goal)

    jumps = prove(
        below(
            j,
            d,
            eq(
                slope(c, a, n, plus, (j, d), H) - slope(c, a, n, minus, (j, d), H),
                jump(c, flag, size, n) * v(j),
            ),
        ),
        terms,
    )
    generic = [_generic(a, n, point, d, of_neuron, place) for place, point in ((1, plus), (2, minus))]
    return jumps, *generic


def _generic(a: Entry, n: Entry, point: Entry, d: Entry, of_neuron: Entry, place: Entry) -> Theorem:
    return prove(is_generic(a, n, point, d), lambda i, less, _goal: of_neuron(i, less)[place])


def _other(own: Theorem, is_none: Theorem) -> Theorem:
    """From a class and flag = 0: that the neuron is no multiple."""
    wanted = own.conclusion.args[1].args[1]
    return split(
        own,
        lambda h: contradiction(wanted, arith(FALSE, parts(h)[0], is_none)),
        lambda h: parts(h)[1],
    )


def _jumps_differ(goal: Expression, slopes: list[Theorem], jumps: list[Theorem]) -> Theorem:
    """From two bounds |x_1| <= delta, |x_2| <= delta and x_1 - x_2 = y: |y| <= 2 delta."""
    inner = goal.args[0].args[1]
    sizes = [parts(use(abs_facts(), fact.conclusion.args[0].args[1])) for fact in slopes]
    known = [*slopes, *jumps, *(fact for size in sizes for fact in size[1:3])]
    bound = goal.args[1]
    return use(
        abs_at_most(),
        inner,
        bound,
        arith(inner <= bound, *known, degree=1),
        arith(-inner <= bound, *known, degree=1),
    )
