"""Every point has pre-activations, bits and a cell, in networks of any depth."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ..kernel.arithmetic import axiom, identity, natural
from ..kernel.rules import Theorem, choice, recursion, restate, together, weaken, witness
from ..statements.decompositions import V, linear_parts
from ..statements.expressions import (
    NATURAL,
    REAL,
    Expression,
    both,
    eq,
    exists,
    forall,
    function,
    implies,
    number,
    open_binder,
    substitute,
    total,
    variable,
)
from ..statements.functions import RELU
from ..statements.networks import (
    W,
    are_bits,
    b,
    h,
    i,
    in_half_open_cell,
    j,
    k,
    masked,
    n,
    p,
    pre_activations,
    t,
    theta,
    x,
    y,
    z,
)
from .cells import equal_sums
from .certificates import arith
from .decompositions import equal_terms
from .lemmas import zero_or_next
from .tactics import (
    compare,
    contradiction,
    impossible,
    parts,
    prove,
    prove_for,
    rewrite,
    split,
    use,
    with_witness,
)


@cache
def renumbered() -> Theorem:
    """There is y with y(k + 1, i) = f(k, i) for all k and i."""
    f, m, v = variable("f", REAL, NATURAL, NATURAL), variable("m", NATURAL), variable("v", REAL)

    def value_at(m: Expression, i: Expression, goal: Expression) -> Theorem:
        def at_zero(zero: Theorem) -> Theorem:
            def build(k: Expression, is_next: Theorem, goal: Expression) -> Theorem:
                return contradiction(goal, impossible(zero, is_next, natural(k)))

            return witness(prove(forall(k, implies(eq(m, k + 1), eq(0, f(k, i)))), build), goal, 0)

        def from_previous(l: Expression, is_next: Theorem) -> Theorem:
            def build(k: Expression, other: Theorem, _: Expression) -> Theorem:
                equal = arith(eq(l, k), is_next, other)
                return rewrite(equal, lambda w: eq(f(l, i), f(w, i)), identity(f(l, i), f(l, i)))

            always = prove(forall(k, implies(eq(m, k + 1), eq(f(l, i), f(k, i)))), build)
            return witness(always, goal, f(l, i))

        return split(use(zero_or_next(), m), at_zero, lambda some: with_witness(some, from_previous))

    def build(goal: Expression) -> Theorem:
        some = exists(v, forall(k, implies(eq(m, k + 1), eq(v, f(k, i)))))
        chosen = choice(prove(forall(m, i, some), value_at), 2)

        def found(g: Expression, defined: Theorem) -> Theorem:
            def at(k: Expression, i: Expression, _: Expression) -> Theorem:
                return use(defined, k + 1, i, k, identity(k + 1, k + 1))

            return witness(prove(forall(k, i, eq(g(k + 1, i), f(k, i))), at), goal, g)

        return with_witness(chosen, found)

    statement = forall(f, exists(y, forall(k, i, eq(y(k + 1, i), f(k, i)))))
    return prove_for([f], statement, build).called("a sequence of vectors can be counted from 1")


@cache
def pre_activations_exist() -> Theorem:
    """Every network has pre-activations at every x."""
    names = [n, W, b, x]
    statement = forall(*names, exists(y, pre_activations(y, x)))

    def weighted(k: Expression, i: Expression, j: Expression, value: Expression) -> Expression:
        return W(k + 2, i, j) * RELU(value)

    return prove_for(names, statement, lambda goal: _layers(weighted, goal)).called(
        "every network has pre-activations at every x"
    )


@cache
def masked_values_exist() -> Theorem:
    """Every map of theta has values at every x."""
    names = [n, W, b, theta, x]
    statement = forall(*names, exists(z, masked(z, x, theta)))

    def weighted(k: Expression, i: Expression, j: Expression, value: Expression) -> Expression:
        return W(k + 2, i, j) * theta(k + 1, j) * value

    return prove_for(names, statement, lambda goal: _layers(weighted, goal)).called(
        "the map of theta has values at every x"
    )


def _layers(
    weighted: Callable[[Expression, Expression, Expression, Expression], Expression], goal: Expression
) -> Theorem:
    """Prove that there are values of all layers, each a sum of weighted values of the one before."""
    g = variable("g", REAL, NATURAL)
    first = total(j, n(0), W(1, i, j) * x(j)) + b(1, i)
    later = total(j, n(k + 1), weighted(k, i, j, g(j))) + b(k + 2, i)
    exist = recursion(function(i, first), forall(k, g, function(i, later)))

    def counted(f: Expression, equations: Theorem) -> Theorem:
        start, step = parts(equations)

        def from_one(y: Expression, same: Theorem) -> Theorem:
            def at_step(k: Expression, i: Expression, _: Theorem, goal: Expression) -> Theorem:
                def term(j: Expression, _: Theorem, goal: Expression) -> Theorem:
                    turned = arith(eq(f(k, j), y(k + 1, j)), use(same, k, j))
                    one = goal.args[0]
                    return rewrite(turned, lambda v: eq(one, weighted(k, i, j, v)), identity(one, one))

                one, two = (weighted(k, i, j, value) for value in (f(k, j), y(k + 1, j)))
                sums = equal_sums(n(k + 1), one, two, term)
                return arith(goal, sums, use(same, k + 1, i), use(step, k, i), degree=1)

            begin, following = open_binder(goal, y).args
            at_start = prove(begin, lambda i, _, goal: arith(goal, use(same, 0, i), use(start, i)))
            return witness(together(at_start, prove(following, at_step)), goal, y)

        return with_witness(use(renumbered(), f), from_one)

    return with_witness(exist, counted)


@cache
def linear_parts_exist() -> Theorem:
    """Every map of theta has its linear parts W_1, W_2 diag(theta_1) W_1, ..., layer by layer."""
    names, g = [n, W, theta], variable("g", REAL, NATURAL, NATURAL)

    def product(layer: Expression, of: Callable[[Expression], Expression]) -> Expression:
        return total(p, n(layer + 1), W(layer + 2, i, p) * theta(layer + 1, p) * of(p))

    def build(goal: Expression) -> Theorem:
        following = forall(k, g, function(i, j, product(k, lambda p: g(p, j))))
        exist = recursion(function(i, j, W(1, i, j)), following)

        def counted(f: Expression, equations: Theorem) -> Theorem:
            start, step = parts(equations)

            def from_one(values: Expression, moved: Theorem) -> Theorem:
                same = parts(moved)[1]

                def later(
                    k: Expression, i: Expression, _: Theorem, j: Expression, goal: Expression
                ) -> Theorem:
                    def term(p: Expression, _: Theorem, inner: Expression) -> Theorem:
                        factor = W(k + 2, i, p) * theta(k + 1, p)
                        return arith(inner, use(same, k, p, j), multipliers=[factor], degree=1)

                    one, two = (
                        W(k + 2, i, p) * theta(k + 1, p) * value
                        for value in (f(k, p, j), values(k + 1, p, j))
                    )
                    sums = equal_terms(p, n(k + 1), one, two, term)
                    facts = (sums, use(same, k + 1, i, j), use(step, k, i, j))
                    return prove(goal, lambda _, inner: arith(inner, *facts, degree=1))

                def begin(i: Expression, _: Theorem, j: Expression, goal: Expression) -> Theorem:
                    facts = (use(same, 0, i, j), use(start, i, j))
                    return prove(goal, lambda _, inner: arith(inner, *facts, degree=1))

                first, rest = open_binder(goal, values).args
                return witness(together(prove(first, begin), prove(rest, later)), goal, values)

            shift = recursion(function(i, j, 0 * W(0, i, j)), forall(k, g, function(i, j, f(k, i, j))))
            return with_witness(shift, from_one)

        return with_witness(exist, counted)

    statement = forall(*names, exists(V, linear_parts(V, theta)))
    return prove_for(names, statement, build).called("every map of theta has linear parts")


@cache
def powers_exist() -> Theorem:
    """Every number has its powers."""
    base, start, power = variable("c", REAL), variable("s", REAL), variable("power", REAL, NATURAL)
    general = prove_for(
        [base, start],
        forall(base, start, exists(power, geometric(base, start, power))),
        lambda goal: restate(recursion(start, forall(k, t, base * t)), goal),
    )
    statement = forall(base, exists(power, geometric(base, number(1), power)))
    return prove_for([base], statement, lambda _: use(general, base, 1)).called("every number has its powers")


def geometric(base: Expression, start: Expression, power: Expression) -> Expression:
    """power(0) = start and power(k + 1) = base power(k)."""
    return both(eq(power(0), start), forall(k, eq(power(k + 1), base * power(k))))


@cache
def bits_exist() -> Theorem:
    """For all numbers y there are bits that are 1 exactly where y > 0."""
    signs = both(implies(y(k, i) > 0, eq(t, 1)), implies(y(k, i) <= 0, eq(t, 0)))

    def bit(k: Expression, i: Expression, goal: Expression) -> Theorem:
        value = y(k, i)

        def take(known: Theorem, chosen: int) -> Theorem:
            def side(sign: Expression, wanted: int) -> Theorem:
                def build(given: Theorem, goal: Expression) -> Theorem:
                    if wanted == chosen:
                        return identity(chosen, chosen)
                    return contradiction(goal, impossible(known, given))

                return prove(implies(sign, eq(chosen, wanted)), build)

            return witness(together(side(value > 0, 1), side(value <= 0, 0)), goal, chosen)

        return split(compare(value, number(0)), lambda s: take(s, 0), lambda s: take(s, 1))

    statement = forall(y, exists(theta, forall(k, i, substitute(signs, t, theta(k, i)))))

    def build(goal: Expression) -> Theorem:
        return restate(choice(prove(forall(k, i, exists(t, signs)), bit), 2), goal)

    return prove_for([y], statement, build).called("there are bits that are 1 exactly where y > 0")


@cache
def every_point_has_a_cell() -> Theorem:
    """Every x lies in the half-open cell of some theta, whatever the depth."""
    names = [n, W, b, h, x]
    wanted = exists(theta, z, both(are_bits(theta), masked(z, x, theta), in_half_open_cell(theta, z, h)))

    def build(goal: Expression) -> Theorem:
        def with_values(y: Expression, forward: Theorem) -> Theorem:
            return with_witness(
                use(bits_exist(), y), lambda theta, rule: _in_its_cell(theta, y, rule, forward, goal)
            )

        return with_witness(use(pre_activations_exist(), n, W, b, x), with_values)

    return prove_for(names, forall(*names, wanted), build).called("every x lies in a half-open cell")


def _in_its_cell(
    theta: Expression, y: Expression, rule: Theorem, forward: Theorem, goal: Expression
) -> Theorem:
    """With theta the signs of the pre-activations y: these are the values of the map of theta too."""

    def sign(k: Expression, i: Expression) -> tuple[Theorem, Theorem, Theorem]:
        positive, other = parts(use(rule, k + 1, i))
        return compare(y(k + 1, i), number(0)), positive, other

    def are_zero_or_one(k: Expression, i: Expression, _: Theorem, goal: Expression) -> Theorem:
        order, positive, other = sign(k, i)
        return split(
            order,
            lambda s: weaken(use(other, s), goal),
            lambda s: weaken(use(positive, s), goal),
        )

    def in_cell(k: Expression, _inside: Theorem, i: Expression, _: Theorem, goal: Expression) -> Theorem:
        order, positive, other = sign(k, i)
        return split(
            order,
            lambda s: weaken(together(use(other, s), s), goal),
            lambda s: weaken(together(use(positive, s), s), goal),
        )

    def layer(k: Expression, i: Expression, small: Theorem, goal: Expression) -> Theorem:
        def term(j: Expression, _: Theorem, goal: Expression) -> Theorem:
            order, positive, other = sign(k, j)
            rules = parts(use(axiom("relu"), y(k + 1, j)))
            value, weight = y(k + 1, j), W(k + 2, i, j)
            return split(
                order,
                lambda s: arith(goal, use(other, s), use(rules[1], s), multipliers=[weight * value, weight]),
                lambda s: arith(
                    goal,
                    use(positive, s),
                    use(rules[0], arith(value >= 0, s)),
                    multipliers=[weight * value, weight],
                ),
            )

        one = W(k + 2, i, j) * RELU(y(k + 1, j))
        two = W(k + 2, i, j) * theta(k + 1, j) * y(k + 1, j)
        sums = equal_sums(n(k + 1), one, two, term)
        return arith(goal, use(step, k, i, small), sums, degree=1)

    start, step = parts(forward)
    wanted = goal
    for value in (theta, y):
        wanted = open_binder(wanted, value)
    bits, masks, cell = wanted.args
    found = together(
        prove(bits, are_zero_or_one), together(start, prove(masks.args[1], layer)), prove(cell, in_cell)
    )
    return witness(found, goal, theta, y)
