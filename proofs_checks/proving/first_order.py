"""(13) as a gradient: to first order a loss changes in y_k as in y_L, for every k and at the input."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import certificate, identity, natural, square
from ..kernel.rules import Theorem, restate, together, witness
from ..statements.decompositions import A
from ..statements.expressions import (
    NATURAL,
    REAL,
    Expression,
    Operand,
    Sort,
    both,
    eq,
    exists,
    forall,
    fresh,
    function,
    implies,
    number,
    open_binder,
    total,
    variable,
)
from ..statements.functions import ABS
from ..statements.networks import W, b, below, first_layer, h, i, j, k, n, p, r, theta, u, v, x, z
from .certificates import arith
from .decompositions import equal_terms
from .gradients import g, gradient_chain
from .lemmas import cauchy_schwarz, root_monotone, sum_monotone, sum_not_negative
from .tactics import by_induction, parts, prove, prove_for, rewrite, use, with_witness

K, D, E, c, epsilon = (variable(name, REAL) for name in ("K", "D", "E", "c", "epsilon"))
_l = fresh(Sort(NATURAL), "l")
LAYERS = [n, W, b, theta, h, g]
AT_INPUT = total(j, n(0), total(i, n(1), W(1, i, j) * g(1, i)) * (x(j) - u(j)))
"""<W_1^T g_1, x - u>."""
INPUT_SIZE = total(j, n(0), (x(j) - u(j)) ** 2)


def from_layer(z: Expression, first: Expression) -> Expression:
    """z_{l+2} = W_{l+2} diag(theta_{l+1}) z_{l+1} + b_{l+2} for l >= first; z_{first + 1} is any vector."""
    value = total(j, n(_l + 1), W(_l + 2, i, j) * theta(_l + 1, j) * z(_l + 1, j)) + b(_l + 2, i)
    return forall(_l, implies(first <= _l, below(i, n(_l + 2), eq(z(_l + 2, i), value))))


def at_layer(k: Operand) -> Expression:
    """<g_{k+1}, z_{k+1} - v_{k+1}>."""
    return total(i, n(k + 1), g(k + 1, i) * (z(k + 1, i) - v(k + 1, i)))


def size(k: Operand) -> Expression:
    """||z_{k+1} - v_{k+1}||^2."""
    return total(i, n(k + 1), (z(k + 1, i) - v(k + 1, i)) ** 2)


def is_norm(value: Expression, squared: Expression) -> Expression:
    """The value is the norm with this square."""
    return both(value >= 0, eq(value**2, squared))


def to_first_order(here: Expression, size_here: Expression) -> Expression:
    """What c, a loss's change, is up to epsilon ||y_L's change||, it is up to epsilon K ||change here||."""
    cost = at_layer(h)
    changes = implies(ABS(c - cost) <= epsilon * D, ABS(c - here) <= epsilon * K * E)
    sizes = both(is_norm(D, size(h)), is_norm(E, size_here))
    return forall(D, E, c, epsilon, implies(sizes, epsilon >= 0, changes))


@cache
def matrices_are_bounded() -> Theorem:
    """||M d||^2 <= K^2 ||d||^2 for a matrix M of m rows, with some K >= 0."""
    m, columns = variable("m", NATURAL), variable("n", NATURAL)
    d = variable("d", REAL, NATURAL)
    length = total(j, columns, d(j) ** 2)
    statement = forall(
        *(m, columns, A),
        exists(
            K, both(K >= 0, forall(d, total(i, m, total(j, columns, A(i, j) * d(j)) ** 2) <= K**2 * length))
        ),
    )
    frobenius = total(i, m, total(j, columns, A(i, j) ** 2))

    def build(goal: Expression) -> Theorem:
        def squares(row: Expression, _small: Theorem, goal: Expression) -> Theorem:
            terms = prove(
                below(j, columns, A(row, j) ** 2 >= 0), lambda j, _, goal: arith(goal, square(A(row, j)))
            )
            return restate(use(sum_not_negative(), function(j, A(row, j) ** 2), columns, terms), goal)

        rows = function(i, total(j, columns, A(i, j) ** 2))
        positive = use(sum_not_negative(), rows, m, prove(below(i, m, rows(i) >= 0), squares))
        bound = frobenius + 1

        def at_most(d: Expression, goal: Expression) -> Theorem:
            terms = prove(below(j, columns, d(j) ** 2 >= 0), lambda j, _, goal: arith(goal, square(d(j))))
            long = use(sum_not_negative(), function(j, d(j) ** 2), columns, terms)
            one = function(i, total(j, columns, A(i, j) * d(j)) ** 2)
            two = function(i, total(j, columns, A(i, j) ** 2) * total(j, columns, d(j) ** 2))
            row = prove(
                below(i, m, one(i) <= two(i)),
                lambda i, _, goal: arith(goal, use(cauchy_schwarz(), function(j, A(i, j)), d, columns)),
            )
            known = use(sum_monotone(), one, two, m, row)
            length = total(j, columns, d(j) ** 2)
            more = certificate(
                frobenius * length <= bound**2 * length,
                [(positive, positive, long), (positive, long), (1, long)],
            )
            return arith(goal, known, more, degree=1)

        wanted = open_binder(goal, bound)
        return witness(together(arith(wanted.args[0], positive), prove(wanted.args[1], at_most)), goal, bound)

    return prove_for((m, columns, A), statement, build).called("a matrix is bounded")


@cache
def changes_of_layers() -> Theorem:
    """<g_L, y_L's change> is <g_k, y_k's change>, and ||y_L's change|| <= K ||y_k's change||, k + r = L."""

    def claim(r: Expression) -> Expression:
        found = both(eq(at_layer(h), at_layer(k)), size(h) <= K**2 * size(k))
        bounded = forall(z, v, implies(from_layer(z, k), from_layer(v, k), found))
        return forall(k, implies(eq(k + r, h), exists(K, both(K >= 0, bounded))))

    def build(chain: Theorem, goal: Expression) -> Theorem:
        def base(goal: Expression) -> Theorem:
            def at_end(k: Expression, is_last: Theorem, goal: Expression) -> Theorem:
                def same(_one: Theorem, _two: Theorem, wanted: Expression) -> Theorem:
                    turned = arith(eq(h, k), is_last)
                    equal = rewrite(
                        turned, lambda w: eq(at_layer(h), at_layer(w)), identity(at_layer(h), at_layer(h))
                    )
                    lengths = arith(size(h) <= 1 * size(h))
                    return together(
                        equal,
                        restate(rewrite(turned, lambda w: size(h) <= 1 * size(w), lengths), wanted.args[1]),
                    )

                one, bounded = open_binder(goal, number(1)).args
                return witness(together(arith(one), prove_for((z, v), bounded, same)), goal, 1)

            return prove(goal, at_end)

        def step(r: Expression, before: Theorem, goal: Expression) -> Theorem:
            def at(k: Expression, sum_is: Theorem, goal: Expression) -> Theorem:
                later = use(before, k + 1, arith(eq(k + 1 + r, h), sum_is))
                inside = arith(k < h, sum_is, natural(r))
                return with_witness(
                    later, lambda bound, known: _one_layer_more(chain, k, inside, bound, known, goal)
                )

            return prove(goal, at)

        return restate(by_induction(claim, base, step), goal)

    statement = forall(*LAYERS, implies(gradient_chain(g, theta, h), forall(r, claim(r))))
    return prove_for(LAYERS, statement, build).called(
        "by induction from the last layer: changes of y_k and y_L"
    )


def _one_layer_more(
    chain: Theorem, k: Expression, inside: Theorem, bound: Expression, known: Theorem, goal: Expression
) -> Theorem:
    """From a bound K for the layers after the next one: the equation, and a bound for one layer more."""
    positive, later = parts(known)
    matrix = function(p, i, W(k + 2, p, i) * theta(k + 1, i))

    def with_matrix(norm: Expression, of_matrix: Theorem) -> Theorem:
        norm_positive, at_most = parts(of_matrix)
        wanted = open_binder(goal, bound * norm)

        def changes(one: Theorem, two: Theorem, goal: Expression) -> Theorem:
            shorter = [_later(f, k, rule) for f, rule in ((z, one), (v, two))]
            same_cost, longer = parts(use(later, z, v, *shorter))
            step = [use(rule, k, arith(k + 0 <= k)) for rule in (one, two)]
            cost = arith(goal.args[0], same_cost, _moved(chain, k, inside, *step), degree=1)
            image = use(at_most, function(i, z(k + 1, i) - v(k + 1, i)))

            def entry(p: Expression, less: Theorem, _: Expression) -> Theorem:
                inner = total(i, n(k + 1), matrix(p, i) * (z(k + 1, i) - v(k + 1, i)))
                change = z(k + 2, p) - v(k + 2, p)
                equal = arith(eq(inner, change), *(use(rule, p, less) for rule in step), degree=1)
                return rewrite(equal, lambda w: eq(inner**2, w**2), identity(inner**2, inner**2))

            inner = total(i, n(k + 1), matrix(p, i) * (z(k + 1, i) - v(k + 1, i)))
            sums = equal_terms(p, n(k + 2), inner**2, (z(k + 2, p) - v(k + 2, p)) ** 2, entry)
            next_size = arith(size(k + 1) <= norm**2 * size(k), image, sums, degree=1)
            scaled = certificate(
                bound**2 * size(k + 1) <= bound**2 * norm**2 * size(k), [(square(bound), next_size)]
            )
            return together(cost, arith(goal.args[1], longer, scaled, degree=1))

        product = certificate(wanted.args[0], [(positive, norm_positive)])
        return witness(together(product, prove_for((z, v), wanted.args[1], changes)), goal, bound * norm)

    return with_witness(use(matrices_are_bounded(), n(k + 2), n(k + 1), matrix), with_matrix)


def _later(values: Expression, k: Expression, rule: Theorem) -> Theorem:
    """From the equations of the layers from k on those from k + 1 on."""
    return prove(from_layer(values, k + 1), lambda l, more, _: use(rule, l, arith(k <= l, more)))


def _moved(chain: Theorem, k: Expression, inside: Theorem, step: Theorem, step_v: Theorem) -> Theorem:
    """<theta W^T g, change> = <g, W theta change>: the transpose moves to the other side."""
    difference = z(k + 1, i) - v(k + 1, i)

    def back(i: Expression, less: Theorem, goal: Expression) -> Theorem:
        factor = z(k + 1, i) - v(k + 1, i)
        return arith(goal, use(chain, k, inside, i, less), multipliers=[factor], degree=1)

    def forth(p: Expression, less: Theorem, goal: Expression) -> Theorem:
        facts = [use(step, p, less), use(step_v, p, less)]
        return arith(goal, *facts, multipliers=[g(k + 2, p)], degree=1)

    pulled = theta(k + 1, i) * total(p, n(k + 2), W(k + 2, p, i) * g(k + 2, p)) * difference
    one = equal_terms(i, n(k + 1), g(k + 1, i) * difference, pulled, back)
    pushed = g(k + 2, p) * total(i, n(k + 1), W(k + 2, p, i) * theta(k + 1, i) * difference)
    two = equal_terms(p, n(k + 2), pushed, g(k + 2, p) * (z(k + 2, p) - v(k + 2, p)), forth)
    return arith(eq(at_layer(k), at_layer(k + 1)), one, two, degree=1)


@cache
def changes_at_the_input() -> Theorem:
    """<g_1, change of y_1> is <W_1^T g_1, x - u>, and ||change of y_1|| <= K ||x - u||."""
    found = both(eq(at_layer(number(0)), AT_INPUT), size(number(0)) <= K**2 * INPUT_SIZE)
    of_all = forall(x, u, z, v, implies(first_layer(z, x), first_layer(v, u), found))
    names = (n, W, b, g)
    statement = forall(*names, exists(K, both(K >= 0, of_all)))
    matrix = function(i, j, W(1, i, j))

    def build(goal: Expression) -> Theorem:
        def with_matrix(norm: Expression, of_matrix: Theorem) -> Theorem:
            positive, at_most = parts(of_matrix)
            wanted = open_binder(goal, norm)

            def changes(one: Theorem, two: Theorem, goal: Expression) -> Theorem:
                def moved(i: Expression, less: Theorem, goal: Expression) -> Theorem:
                    facts = [use(rule, i, less) for rule in (one, two)]
                    return arith(goal, *facts, multipliers=[g(1, i)], degree=1)

                image = g(1, i) * total(j, n(0), W(1, i, j) * (x(j) - u(j)))
                begin = equal_terms(i, n(1), g(1, i) * (z(1, i) - v(1, i)), image, moved)

                def entry(i: Expression, less: Theorem, _: Expression) -> Theorem:
                    inner = total(j, n(0), W(1, i, j) * (x(j) - u(j)))
                    facts = [use(rule, i, less) for rule in (one, two)]
                    equal = arith(eq(inner, z(1, i) - v(1, i)), *facts, degree=1)
                    return rewrite(equal, lambda w: eq(inner**2, w**2), identity(inner**2, inner**2))

                inner = total(j, n(0), W(1, i, j) * (x(j) - u(j)))
                sums = equal_terms(i, n(1), inner**2, (z(1, i) - v(1, i)) ** 2, entry)
                known = use(at_most, function(j, x(j) - u(j)))
                return together(
                    arith(goal.args[0], begin, degree=1), arith(goal.args[1], known, sums, degree=1)
                )

            return witness(together(positive, prove_for((x, u, z, v), wanted.args[1], changes)), goal, norm)

        return with_witness(use(matrices_are_bounded(), n(1), n(0), matrix), with_matrix)

    return prove_for(names, statement, build).called("<g_1, W_1 (x - u)> = <W_1^T g_1, x - u>")


def first_order(same_cost: Theorem, at_most: Theorem, bound_positive: Theorem, goal: Expression) -> Theorem:
    """From <g_L, change> = HERE and ||change of y_L||^2 <= K^2 SIZE: what is known to first order."""
    bound = bound_positive.conclusion.args[1]

    def build(sizes: Theorem, small: Theorem, given: Theorem, goal: Expression) -> Theorem:
        (_, squared), (positive_here, squared_here) = map(parts, parts(sizes))
        product = certificate(bound * E >= 0, [(bound_positive, positive_here)])
        below_square = arith(
            (bound * E) ** 2 >= D**2, at_most, squared, squared_here, multipliers=[bound**2], degree=1
        )
        shorter = use(root_monotone(), D, bound * E, product, below_square)
        scaled = certificate(epsilon * D <= epsilon * (bound * E), [(small, shorter)])
        moved = rewrite(same_cost, lambda w: ABS(c - w) <= epsilon * D, given)
        return arith(goal, moved, scaled, degree=1)

    return prove_for((D, E, c, epsilon), goal, build)
