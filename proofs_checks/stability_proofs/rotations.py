"""All rotations of one kink are not totally bounded in the Sobolev semi-norm: the erratum B4.

The kinks are x -> relu(<u, x>), u on the unit circle of R^2. Finitely many networks have finitely many
hyperplanes, and a kink across another one is at least 1/2 |u_j| away from all of them.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import (
    Theorem,
    assume,
    choice,
    detach,
    discharge,
    excluded_middle,
    restate,
    together,
    witness,
)
from ..proving.certificates import arith
from ..proving.lemmas import abs_facts
from ..proving.tactics import contradiction, parts, prove, split, use, with_witness
from ..statements.expressions import (
    FALSE,
    NATURAL,
    REAL,
    Expression,
    both,
    eq,
    exists,
    forall,
    function,
    implies,
    negation,
    number,
    table,
    variable,
)
from ..statements.functions import ABS
from .crossings import Multiples, Neurons, Place, with_kink
from .free_directions import upper_bound
from .gradients import step_exists
from .independent_jumps import is_independent, no_terms, zero_factor
from .kinks import cells_at_most, jump
from .names import H, below, is_multiple, is_parallel, is_step, is_zero, row, some_below, t
from .opening import Entry, Given, opened, opened_exists
from .small_steps import positive_inverse

i, j, l, m, n = (variable(name, NATURAL) for name in "ijlmn")
net = variable("o", NATURAL)
eta, bound, p, q = (variable(name, REAL) for name in ("eta", "B", "p", "q"))
A, C = variable("A", REAL, NATURAL, NATURAL, NATURAL), variable("C", REAL, NATURAL, NATURAL)
E0, E1 = table({(0,): 1, (1,): 0}), table({(0,): 0, (1,): 1})
bounds, tops = variable("B", REAL, NATURAL, NATURAL), variable("U", REAL, NATURAL)
TWO, ONE = number(2), number(1)


def direction(p: Entry, q: Entry) -> Expression:
    """Return the vector (p, q)."""
    return function(j, p * E0(j) + q * E1(j))


def single(p: Entry, q: Entry) -> Expression:
    """Return the weights of one neuron, (p, q)."""
    return function(i, j, p * E0(j) + q * E1(j))


def is_near(p: Entry, q: Entry, i: Entry, eta: Entry) -> Expression:
    """Return |relu(p x_0 + q x_1) - R(C_i, A_i)|_W <= eta."""
    rows, coefficients = function(l, j, A(i, l, j)), function(l, C(i, l))
    cells = cells_at_most(function(l, ONE), single(p, q), ONE, coefficients, rows, m, TWO, eta, H)
    return forall(H, implies(is_step(H), cells))


def statement(radius: Fraction = Fraction(1)) -> Expression:
    """Return: for each eta > 0 finitely many networks come within eta of all kinks with |u|^2 = radius."""
    circle = forall(
        p, q, implies(eq(p**2 + q**2, number(radius)), some_below(net, n, is_near(p, q, net, eta)))
    )
    return forall(eta, implies(eta > 0, exists(n, m, A, C, circle)))


def on_circle(t: Entry, w: Entry) -> tuple[Expression, Expression]:
    """Return ((1 - t^2) w, 2 t w), on the circle for w = 1 / (1 + t^2)."""
    return (1 - t * t) * w, 2 * t * w


def is_hit(rows: Entry, t: Entry) -> Expression:
    """Return: the vector is not 0 and a multiple of (1 - t^2, 2 t)."""
    return both(negation(is_zero(rows, TWO)), is_parallel(rows, direction(1 - t * t, 2 * t), TWO))


@cache
def hit_once() -> Theorem:
    """A vector is on the line of (1 - t^2, 2 t) for one t > 0 at most."""
    v, s = variable("v", REAL, NATURAL), variable("s", REAL)
    statement = forall(v, s, t, implies(s > 0, t > s, is_hit(v, s), is_hit(v, t), FALSE))

    def build(given: Given) -> Theorem:
        v, s, t, s_positive, larger, first, second, _ = given
        alive, parallel = parts(first)
        _, parallel_too = parts(second)

        def one(mu: Expression, line: Theorem) -> Theorem:
            def two(_nu: Expression, line_too: Theorem) -> Theorem:
                x, y = (use(line, place, arith(number(place) < 2)) for place in (0, 1))
                x2, y2 = (use(line_too, place, arith(number(place) < 2)) for place in (0, 1))
                # v_0 2 t - v_1 (1 - t^2) = 0 = mu 2 (t - s)(1 + s t), so mu = 0
                cross = certificate(
                    eq(v(0) * (2 * t) - v(1) * (1 - t * t), 0), [(x2, 2 * t), (y2, -1 * (1 - t * t))]
                )
                value = arith(
                    eq(mu * (2 * (t - s) * (1 + s * t)), 0), cross, x, y, multipliers=[t, t * t, ONE]
                )
                factor = arith(
                    2 * (t - s) * (1 + s * t) > 0, arith(1 + s * t > 0, s_positive, larger), larger
                )

                def with_inverse(r: Expression, facts: Theorem) -> Theorem:
                    zero = certificate(eq(mu, 0), [(value, r), (parts(facts)[1], -1 * mu)])
                    flat = prove(
                        is_zero(v, TWO),
                        lambda j, less, goal: certificate(
                            goal, [(use(line, j, less),), (zero, direction(1 - s * s, 2 * s)(j))]
                        ),
                    )
                    return detach(alive, flat)

                return with_witness(use(positive_inverse(), 2 * (t - s) * (1 + s * t), factor), with_inverse)

            return with_witness(parallel_too, two)

        return with_witness(parallel, one)

    return opened(statement, 7, build).called("a direction is met once on the half circle")


@cache
def beyond() -> Theorem:
    """Each vector has a bound beyond which (1 - t^2, 2 t) is on another line."""
    v = variable("v", REAL, NATURAL)
    statement = forall(
        v, exists(bound, both(bound >= 0, forall(t, implies(t > bound, negation(is_hit(v, t))))))
    )

    def build(v: Expression, goal: Expression) -> Theorem:
        existing = exists(t, both(t > 0, is_hit(v, t)))

        def never(none: Theorem) -> Theorem:
            body = opened_exists(goal, number(0)).args[1]
            rest = opened(
                body, 3, lambda given: detach(none, witness(together(given[1], given[2]), existing, given[0]))
            )
            return witness(together(arith(number(0) >= 0), rest), goal, 0)

        def once(s: Expression, facts: Theorem) -> Theorem:
            positive, hit = parts(facts)
            body = opened_exists(goal, s).args[1]
            rest = opened(
                body,
                3,
                lambda given: use(
                    hit_once(), v, s, given[0], positive, restate(given[1], given[0] > s), hit, given[2]
                ),
            )
            return witness(together(arith(s >= 0, positive), rest), goal, s)

        return split(excluded_middle(existing), lambda h: with_witness(h, once), never)

    return prove(statement, build).called("beyond some t a direction is not met")


@cache
def refutation() -> Theorem:
    """For eta = 1/4 some kink is too far from all of the networks."""
    claim = statement()
    quarter = number(Fraction(1, 4))
    net = use(assume(claim), quarter, arith(quarter > 0))

    def against(n: Expression, m: Expression, A: Expression, C: Expression, circle: Theorem) -> Theorem:
        each = forall(
            i,
            l,
            exists(
                bound,
                both(bound >= 0, forall(t, implies(t > bound, negation(is_hit(function(j, A(i, l, j)), t))))),
            ),
        )
        limits = choice(
            prove(each, lambda i, l, goal: restate(use(beyond(), function(j, A(i, l, j))), goal)), 2
        )

        def with_bounds(bounds: Expression, known: Theorem) -> Theorem:
            rows_bound = forall(i, exists(bound, both(bound > 0, below(l, m, bounds(i, l) < bound))))
            of_rows = choice(
                prove(
                    rows_bound,
                    lambda i, goal: restate(use(upper_bound(), function(l, bounds(i, l)), m), goal),
                )
            )

            def with_tops(tops: Expression, of_tops: Theorem) -> Theorem:
                def with_top(top: Expression, facts: Theorem) -> Theorem:
                    positive, above = parts(facts)
                    return with_witness(
                        use(positive_inverse(), 1 + top * top, arith(1 + top * top > 0, positive)),
                        lambda w, inverse: _clash(
                            (n, m, A, C, bounds, tops, top, w), circle, (known, of_tops, above, inverse)
                        ),
                    )

                return with_witness(use(upper_bound(), tops, n), with_top)

            return with_witness(of_rows, with_tops)

        return with_witness(limits, with_bounds)

    return discharge(claim, with_witness(net, against)).called("rotations of a kink are not totally bounded")


def _clash(data: Given, circle: Theorem, facts: Given) -> Theorem:
    _, m, A, C, bounds, _, top, w = data
    known, of_tops, above, inverse = facts
    w_positive, product = parts(inverse)
    first, second = on_circle(top, w)
    unit = certificate(eq(first**2 + second**2, 1), [(product, (1 + top * top) * w + 1)])
    near = use(circle, first, second, unit)

    def found(i: Expression, facts: Theorem) -> Theorem:
        in_n, close = parts(facts)
        rows, coefficients = function(l, j, A(i, l, j)), function(l, C(i, l))
        beyond_row = use(above, i, in_n)

        def with_step(H: Expression, step: Theorem) -> Theorem:
            v = direction(first, second)
            nonzero = prove(negation(is_zero(v, TWO)), lambda flat, _: _not_flat(flat, unit))

            ones = function(l, ONE)

            def crossed(mine: Multiples, theirs: Multiples, bound_of: Theorem) -> Theorem:
                independent = opened(
                    is_independent(single(first, second), ONE, TWO),
                    7,
                    lambda given: contradiction(
                        given[-1], detach(given[4], arith(eq(given[0], given[2]), *_zeros(given)))
                    ),
                )
                itself = prove(is_multiple(v, ONE, v, TWO), lambda _j, _less, goal: arith(goal))
                own = use(mine.jumps(independent)[0], 0, 1, arith(number(0) < 1), nonzero, itself)
                flag2, size2 = theirs.flag, theirs.size
                term = function(l, coefficients(l) * flag2(l) * ABS(size2(l)))

                def no_term(l: Expression, less: Theorem, goal: Expression) -> Theorem:
                    bound_l = parts(use(known, i, l))[1]
                    small = arith(
                        bounds(i, l) < top, use(parts(use(of_tops, i))[1], l, less), beyond_row, degree=1
                    )
                    off = use(bound_l, top, small)
                    return _no_jump(
                        goal,
                        (row(rows, l), v, flag2(l), size2(l), coefficients(l), top, w),
                        use(theirs.known, l, less),
                        off,
                        (nonzero, w_positive),
                    )

                nothing = use(no_terms(), term, m, prove(below(l, m, eq(term(l), 0)), no_term))
                none = restate(nothing, eq(jump(coefficients, flag2, size2, m), 0))
                one = use(parts(use(axiom("abs"), 1))[0], arith(number(1) >= 0))
                return _too_long((first, second), bound_of, (own, none, one), unit)

            place = Place(H, TWO, v, step, nonzero)
            near = (Fraction(1, 4), use(close, H, step))
            one, two = Neurons(ones, single(first, second), ONE), Neurons(coefficients, rows, m)
            return with_kink(place, one, two, near, crossed)

        return with_witness(step_exists(), with_step)

    return with_witness(near, found)


def _zeros(given: Given) -> list[Theorem]:
    from ..proving.tactics import below as values

    return [values(given[0], 1, given[1]), values(given[2], 1, given[3])]


def _not_flat(flat: Theorem, unit: Theorem) -> Theorem:
    entries = [use(flat, place, arith(number(place) < 2)) for place in (0, 1)]
    terms = [entry.conclusion.args[0] for entry in entries]
    squares = [
        certificate(eq(term**2, 0), [(entry, term)]) for term, entry in zip(terms, entries, strict=True)
    ]
    return arith(FALSE, unit, *squares, degree=1)


def _no_jump(goal: Expression, terms: Given, own: Theorem, off: Theorem, facts: Given) -> Theorem:
    rows, v, flag, size, coefficient, top, w = terms
    nonzero, _ = facts

    def multiple(h: Theorem) -> Theorem:
        _, line = parts(h)

        def dead(zero: Theorem) -> Theorem:
            none = use(zero_factor(), TWO, v, rows, size, nonzero, line, zero)
            absolute = use(parts(use(axiom("abs"), size))[0], arith(size >= 0, none))
            return arith(goal, absolute, none, multipliers=[coefficient * flag])

        def alive(h: Theorem) -> Theorem:
            factor = size * w
            plain = prove(
                is_multiple(rows, factor, direction(1 - top * top, 2 * top), TWO),
                lambda j, less, goal: restate(use(line, j, less), goal),
            )
            parallel = is_parallel(rows, direction(1 - top * top, 2 * top), TWO)
            return contradiction(goal, detach(off, together(h, witness(plain, parallel, factor))))

        return split(excluded_middle(is_zero(rows, TWO)), dead, alive)

    return split(own, multiple, lambda h: certificate(goal, [(parts(h)[0], coefficient * ABS(size))]))


def _too_long(entries: Given, bound_of: Theorem, values: Given, unit: Theorem) -> Theorem:
    """From |u_j| <= 1/2 for j = 0, 1: u_0^2 + u_1^2 < 1."""
    own, none, one = values
    squares = []
    for place, entry in enumerate(entries):
        inner = use(bound_of, place, arith(number(place) < 2))
        term = inner.conclusion.args[0].args[1]
        exact = arith(eq(term, entry), own, none, one, multipliers=[entry])
        sizes = parts(use(abs_facts(), term))
        small = arith(term**2 <= number(Fraction(1, 4)), inner, sizes[0], sizes[3])
        squares.append(
            arith(
                entry**2 <= number(Fraction(1, 4)),
                small,
                certificate(eq(term**2, entry**2), [(exact, term + entry)]),
                degree=1,
            )
        )
    return arith(FALSE, unit, *squares, degree=1)
