"""The jump of the gradient across a hyperplane is at most twice the largest gradient: steps (88) to (102).

Across the hyperplane of v the gradient of sum_i c_i relu(<a_i, x>) jumps by the sum of c_i |mu_i| v over the
neurons with a_i = mu_i v. ``flag`` is 1 for these neurons and 0 for the others.
"""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate, identity, trichotomy
from ..kernel.rules import Theorem, choice, excluded_middle, restate, together, weaken, witness
from ..proving.certificates import arith
from ..proving.lemmas import abs_at_most, abs_facts, sum_equal
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
    open_binder,
    total,
    variable,
)
from .hyperplanes import abs_scaled, far_from_opposite, generic_point, length_positive, nonzero_size
from .names import (
    ABS,
    H,
    a,
    b,
    below,
    c,
    d,
    delta,
    differs,
    dot,
    e,
    i,
    is_multiple,
    is_parallel,
    is_step,
    is_zero,
    j,
    m,
    mu,
    n,
    p,
    row,
    s,
    t,
    u,
    v,
    x,
)
from .opening import Entry, Given, opened
from .small_steps import Facts, small_step, with_small

flag, size = variable("flag", REAL, NATURAL), variable("mu", REAL, NATURAL)
other_flag, other_size = variable("flag'", REAL, NATURAL), variable("mu'", REAL, NATURAL)


def side(p: Expression, t: Expression, v: Expression, sign: int) -> Expression:
    """Return p + t v or p - t v."""
    return function(j, p(j) + sign * t * v(j))


def in_class(w: Expression, flag: Expression, mu: Expression, v: Expression, d: Expression) -> Expression:
    """Return: the flag is 1 and w = mu v, or the flag is 0 and w is no multiple of v."""
    return either(
        both(eq(flag, 1), is_multiple(w, mu, v, d)), both(eq(flag, 0), negation(is_parallel(w, v, d)))
    )


def is_off(w: Expression, x: Expression, d: Expression) -> Expression:
    """Return: w = 0, or x is not on the hyperplane of w."""
    return either(is_zero(w, d), differs(dot(w, x, d), number(0)))


def is_generic(a: Expression, n: Expression, x: Expression, d: Expression) -> Expression:
    """Return: x is on no hyperplane of an a_i != 0."""
    return below(i, n, is_off(row(a, i), x, d))


@cache
def one_side() -> Theorem:
    """|s| < |t| has H(t + s) = H(t - s)."""
    statement = forall(H, t, s, implies(is_step(H), ABS(s) < ABS(t), eq(H(t + s), H(t - s))))

    def build(
        _H: Expression, t: Expression, s: Expression, step: Theorem, less: Theorem, goal: Expression
    ) -> Theorem:
        facts = parts(use(abs_facts(), s))
        positive, negative = parts(use(axiom("abs"), t))

        def values(value: int, known: list[Theorem]) -> Theorem:
            plus, minus = (_step_value(step, term, value, known) for term in (t + s, t - s))
            return arith(goal, plus, minus)

        return split(
            compare(t, number(0)),
            lambda at_most: values(0, [at_most, less, *facts[:3], use(negative, at_most)]),
            lambda more: values(1, [more, less, *facts[:3], use(positive, arith(t >= 0, more))]),
        )

    return prove(statement, build).called("|s| < |t| has H(t + s) = H(t - s)")


def _step_value(step: Theorem, term: Expression, value: int, known: list[Theorem]) -> Theorem:
    one, zero = parts(use(step, term))
    return use(one, arith(term > 0, *known)) if value else use(zero, arith(term <= 0, *known))


@cache
def neuron_jump() -> Theorem:
    """The jump of one neuron's gradient between p + t v and p - t v, which are off its hyperplane."""
    plus, minus = side(p, t, v, 1), side(p, t, v, -1)
    jump = below(j, d, eq(u(j) * (H(dot(u, plus, d)) - H(dot(u, minus, d))), s * ABS(mu) * v(j)))
    statement = forall(
        H,
        d,
        v,
        p,
        t,
        u,
        s,
        mu,
        implies(
            is_step(H),
            eq(dot(v, p, d), 0),
            dot(v, v, d) > 0,
            t > 0,
            in_class(u, s, mu, v, d),
            implies(eq(s, 0), t * ABS(dot(u, v, d)) < ABS(dot(u, p, d))),
            both(jump, is_off(u, plus, d), is_off(u, minus, d)),
        ),
    )

    def build(given: Given) -> Entry:
        H, d, v, p, t, u, s, mu, step, on, length, positive, cls, near, goal = given
        jump_goal, off_plus, off_minus = goal.args
        plus, minus = side(p, t, v, 1), side(p, t, v, -1)

        def parallel(h: Theorem) -> Theorem:
            is_one, multiple = parts(h)
            at_p = dot_of_multiple(u, mu, v, p, d, multiple)
            at_v = dot_of_multiple(u, mu, v, v, d, multiple)
            plus_value = certificate(
                eq(dot(u, plus, d), t * mu * dot(v, v, d)), [(at_p,), (at_v, t), (on, mu)]
            )
            minus_value = certificate(
                eq(dot(u, minus, d), -t * mu * dot(v, v, d)), [(at_p,), (at_v, -t), (on, mu)]
            )

            def of_sign(sign: int, known: Theorem) -> Theorem:
                product = arith((sign * mu) * dot(v, v, d) > 0, known, length)
                moved = arith(t * (sign * mu) * dot(v, v, d) > 0, product, positive)
                ends = [(dot(u, plus, d), plus_value, sign), (dot(u, minus, d), minus_value, -sign)]
                values = [
                    _step_value(step, term, int(way > 0), [arith(way * term > 0, value, moved)])
                    for term, value, way in ends
                ]
                off = [_nonzero(term, arith(way * term > 0, value, moved)) for term, value, way in ends]
                positive_abs, negative_abs = parts(use(axiom("abs"), mu))
                absolute = (
                    use(positive_abs, arith(mu >= 0, known))
                    if sign > 0
                    else use(negative_abs, arith(mu <= 0, known))
                )
                jumps = prove(
                    jump_goal,
                    lambda j, less, goal: _jump_of_multiple(
                        goal, values, absolute, is_one, use(multiple, j, less), (sign, mu, v(j), u(j), s)
                    ),
                )
                return together(jumps, weaken(off[0], off_plus), weaken(off[1], off_minus))

            def no_slope(known: Theorem) -> Theorem:
                zero = prove(
                    is_zero(u, d),
                    lambda j, less, goal: certificate(goal, [(use(multiple, j, less),), (known, v(j))]),
                )
                absolute = use(parts(use(axiom("abs"), mu))[0], arith(mu >= 0, known))
                jumps = prove(
                    jump_goal,
                    lambda j, less, goal: _no_jump(goal, use(zero, j, less), absolute, known, (s, v(j))),
                )
                return together(jumps, weaken(zero, off_plus), weaken(zero, off_minus))

            return split(
                trichotomy(mu, number(0)),
                lambda less: of_sign(-1, arith(-mu > 0, less)),
                no_slope,
                lambda more: of_sign(1, more),
            )

        def across(h: Theorem) -> Theorem:
            is_none, _ = parts(h)
            here, along = dot(u, p, d), dot(u, v, d)
            scaled = use(abs_scaled(), t, along, positive)
            close = arith(ABS(t * along) < ABS(here), use(near, is_none), scaled)
            equal = use(one_side(), H, here, t * along, step, close)
            jumps = prove(
                jump_goal,
                lambda j, _less, goal: _flat(goal, equal, is_none, u(j), ABS(mu) * v(j)),
            )
            off = use(far_from_opposite(), here, t * along, close)
            opposite = arith(ABS(-1 * (t * along)) < ABS(here), close, use(abs_of_opposite(), t * along))
            off_too = use(far_from_opposite(), here, -1 * (t * along), opposite)
            return together(jumps, weaken(off, off_plus), weaken(off_too, off_minus))

        return split(cls, parallel, across)

    return opened(statement, 14, build).called("the jump of one neuron's gradient")


@cache
def abs_of_opposite() -> Theorem:
    """|-t| = |t|."""

    def build(t: Expression, goal: Expression) -> Theorem:
        positive, negative = parts(use(axiom("abs"), t))
        positive_too, negative_too = parts(use(axiom("abs"), -1 * t))
        return split(
            compare(t, number(0)),
            lambda less: arith(goal, use(negative, less), use(positive_too, arith(-1 * t >= 0, less))),
            lambda more: arith(
                goal, use(positive, arith(t >= 0, more)), use(negative_too, arith(-1 * t <= 0, more))
            ),
        )

    return prove(forall(t, eq(ABS(-1 * t), ABS(t))), build).called("|-t| = |t|")


def dot_of_multiple(u: Entry, mu: Entry, v: Entry, p: Entry, d: Entry, multiple: Theorem) -> Theorem:
    """From u = mu v: <u, p> = mu <v, p>."""
    terms = prove(
        below(j, d, eq(u(j) * p(j), mu * v(j) * p(j))),
        lambda j, less, goal: certificate(goal, [(use(multiple, j, less), p(j))]),
    )
    return use(sum_equal(), function(j, u(j) * p(j)), function(j, mu * v(j) * p(j)), d, terms)


def _jump_of_multiple(
    goal: Expression, values: Entry, absolute: Entry, is_one: Entry, multiple: Entry, numbers: Entry
) -> Theorem:
    _sign, mu, v, u, _s = numbers
    # u (H - H') = u sign = sign mu v = |mu| v = s |mu| v
    plus, minus = values
    return arith(goal, plus, minus, absolute, is_one, multiple, multipliers=[u, v, mu * v, ABS(mu) * v])


def _no_jump(goal: Expression, zero: Entry, absolute: Entry, known: Entry, numbers: Entry) -> Theorem:
    s, v = numbers
    left, _right = goal.args
    factor = left.args[1]
    return certificate(goal, [(zero, factor), (absolute, -1 * s * v), (known, -1 * s * v)])


def _flat(goal: Expression, equal: Entry, is_none: Entry, u: Entry, rest: Entry) -> Theorem:
    return arith(goal, equal, is_none, multipliers=[u, rest])


def _nonzero(term: Expression, known: Theorem) -> Theorem:
    return prove(differs(term, number(0)), lambda zero, _: arith(FALSE, zero, known))


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
