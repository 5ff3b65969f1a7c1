"""Figure 2, right: without biases two layers of a network on R^2, of which the first has two neurons."""

from __future__ import annotations

from collections.abc import Sequence

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, absurd, together, witness
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
    open_binder,
    substitute,
    table,
    total,
)
from ..statements.functions import INVERSE, RELU
from ..statements.networks import W, b, below, i, j, k, n, pre_activations, u, v, x, y
from .cases import by_cases
from .certificates import arith
from .refutations import Values, with_pre_activations
from .tactics import below as below_number
from .tactics import compare, parts, prove, prove_for, rewrite, split, use, with_witness


def have_the_signs(one: Expression, two: Expression, layer: int) -> Expression:
    """Two points lie on the same sides in a layer: they have the same bits there."""
    both_up, both_down = (
        both(one(layer, i) > 0, two(layer, i) > 0),
        both(one(layer, i) <= 0, two(layer, i) <= 0),
    )
    return below(i, n(layer), either(both_up, both_down))


NO_BIAS = below(k, 2, below(i, n(k + 1), eq(b(k + 1, i), 0)))
"""The first two layers have no biases."""
DETERMINANT = W(1, 0, 0) * W(1, 1, 1) - W(1, 0, 1) * W(1, 1, 0)
MIXED = either(both(W(2, i, 0) > 0, W(2, i, 1) < 0), both(W(2, i, 0) < 0, W(2, i, 1) > 0))
ALL_ACTIVE = both(*(below(i, n(1), value(1, i) > 0) for value in (y, v)))
APART = negation(have_the_signs(y, v, 2))
TWO_POINTS = both(pre_activations(y, x), pre_activations(v, u))
NO_OTHER = forall(x, u, y, v, implies(TWO_POINTS, have_the_signs(y, v, 1), APART, ALL_ACTIVE))
IS_SPLIT = exists(x, u, y, v, both(TWO_POINTS, ALL_ACTIVE, APART))
STATEMENT = forall(
    *(n, W, b),
    implies(
        both(eq(n(0), 2), eq(n(1), 2), NO_BIAS),
        negation(eq(DETERMINANT, 0)),
        exists(i, both(i < n(2), MIXED)),
        both(NO_OTHER, IS_SPLIT),
    ),
)
"""The second layer splits the cone of (1, 1) and no other."""


def one_cone() -> Theorem:
    """With one active neuron or none y_2 has one sign; in the cone of (1, 1) y_1 has all positive values."""

    def build(shape: Theorem, invertible: Theorem, mixed: Theorem, goal: Expression) -> Theorem:
        no_other = prove_for(
            (x, u, y, v),
            goal.args[0],
            lambda points, same, apart, goal: _no_other(shape, points, (same, apart), goal),
        )
        found = with_witness(mixed, lambda i, known: _is_split(shape, invertible, i, known, goal.args[1]))
        return together(no_other, found)

    return prove_for((n, W, b), STATEMENT, build)


def _first(shape: Theorem, forward: Theorem, y: Expression, x: Expression, i: int) -> Theorem:
    """y_{1,i} = w_{1,i1} x_1 + w_{1,i2} x_2."""
    inputs, first, unbiased = parts(shape)
    small = arith(number(i) < n(1), first)
    rule = use(parts(forward)[0], i, small)
    two = rewrite(inputs, lambda w: eq(y(1, i), total(j, w, W(1, i, j) * x(j)) + b(1, i)), rule)
    none = use(unbiased, 0, arith(number(0) < 2), i, small)
    return arith(eq(y(1, i), W(1, i, 0) * x(0) + W(1, i, 1) * x(1)), two, none, degree=1)


def _second(shape: Theorem, forward: Theorem, y: Expression, i: Expression, small: Theorem) -> Theorem:
    """y_{2,i} = w_{2,i1} relu(y_{1,1}) + w_{2,i2} relu(y_{1,2})."""
    _, first, unbiased = parts(shape)
    rule = use(parts(forward)[1], 0, i, small)
    two = rewrite(first, lambda w: eq(y(2, i), total(j, w, W(2, i, j) * RELU(y(1, j))) + b(2, i)), rule)
    none = use(unbiased, 1, arith(number(1) < 2), i, small)
    value = W(2, i, 0) * RELU(y(1, 0)) + W(2, i, 1) * RELU(y(1, 1))
    return arith(eq(y(2, i), value), two, none, degree=1)


def _relu(value: Expression, sign: Theorem, active: bool) -> Theorem:
    """relu(value) is the value, if it is positive, else 0."""
    rule = parts(use(axiom("relu"), value))[0 if active else 1]
    return use(rule, arith(rule.conclusion.args[0], sign))


def _no_other(shape: Theorem, points: Theorem, known: Sequence[Theorem], goal: Expression) -> Theorem:
    """From points of one cone that the second layer separates: both neurons are active."""
    same, apart = known
    first = parts(shape)[1]
    sides = [use(same, place, arith(number(place) < n(1), first)) for place in (0, 1)]

    def with_sides(one: Theorem, two: Theorem) -> Theorem:
        pairs = [parts(one), parts(two)]
        active = [pair[0].conclusion.op == "<" for pair in pairs]
        if all(active):
            values = [[pairs[place][point] for place in (0, 1)] for point in (0, 1)]
            return together(
                *(_each(part_, first, facts) for part_, facts in zip(goal.args, values, strict=True))
            )
        together_again = prove(
            have_the_signs(y, v, 2),
            lambda i, small, goal: _one_sign(shape, points, pairs, i, small, goal),
        )
        return absurd(use(apart, together_again), goal)

    return split(
        sides[0],
        *[lambda one: split(sides[1], *[lambda two: with_sides(one, two)] * 2)] * 2,
    )


def _each(formula: Expression, width: Theorem, facts: Sequence[Theorem]) -> Theorem:
    """Prove a formula for all i < N_1 = 2 from both cases."""

    def build(i: Expression, small: Theorem, goal: Expression) -> Theorem:
        def at(equal: Theorem) -> Theorem:
            place = equal.conclusion.args[1]
            turned = arith(eq(place, i), equal)
            return rewrite(turned, lambda w: substitute(goal, i, w), facts[int(place.data)])

        return split(below_number(i, 2, arith(i < 2, small, width)), at, at)

    return prove(formula, build)


def _one_sign(
    shape: Theorem,
    points: Theorem,
    pairs: Sequence[Sequence[Theorem]],
    i: Expression,
    small: Theorem,
    goal: Expression,
) -> Theorem:
    """With at most one active neuron p, y_2 is w_{2,ip} y_{1,p} or 0."""
    weights = [W(2, i, 0), W(2, i, 1)]
    active = [place for place in (0, 1) if pairs[place][0].conclusion.op == "<"]
    values, signs = [], []
    for point, (value, forward) in enumerate(zip((y, v), parts(points), strict=True)):
        relus = [_relu(value(1, place), pairs[place][point], place in active) for place in (0, 1)]
        rest = W(2, i, active[0]) * value(1, active[0]) if active else number(0)
        second = _second(shape, forward, value, i, small)
        values.append(arith(eq(value(2, i), rest), second, *relus, multipliers=weights, degree=1))
        signs += [pairs[place][point] for place in active]

    def at(*sign: Theorem) -> Theorem:
        return by_cases(goal, *values, *signs, *sign)

    return split(compare(W(2, i, active[0]), number(0)), at, at) if active else at()


def _is_split(
    shape: Theorem, invertible: Theorem, i: Expression, known: Theorem, goal: Expression
) -> Theorem:
    """At y_1 = (2 |q|, |p|) and (|q|, 2 |p|) the signs of p y_{1,1} + q y_{1,2} differ."""
    small, mixed = parts(known)
    determinant = split(
        use(axiom("inverse"), DETERMINANT),
        lambda zero: absurd(use(invertible, zero), eq(DETERMINANT * INVERSE(DETERMINANT), 1)),
        lambda one: one,
    )

    def with_signs(signs: Theorem) -> Theorem:
        first_positive = signs.conclusion.args[0].args[0] == number(0)
        one, two = W(2, i, 0), W(2, i, 1)
        sizes = (-two, one) if first_positive else (two, -one)
        targets = [(2 * sizes[0], sizes[1]), (sizes[0], 2 * sizes[1])]
        places = [_solution(*target) for target in targets]

        def with_values(values: Values) -> Theorem:
            (y, of_x), (v, of_u) = values
            names = (*places, y, v)
            wanted = goal
            for name in names:
                wanted = open_binder(wanted, name)
            facts = [
                _solved(shape, forward, value, place, target, determinant, row)
                for (value, forward), place, target in zip(values, places, targets, strict=True)
                for row in (0, 1)
            ]
            positive = [arith(fact.conclusion.args[0] > 0, fact, *parts(signs), degree=1) for fact in facts]
            first = parts(shape)[1]
            active = together(
                *(
                    _each(part_, first, positive[2 * place : 2 * place + 2])
                    for place, part_ in enumerate(wanted.args[1].args)
                )
            )
            outputs = []
            for place, (value, forward) in enumerate(values):
                relus = [_relu(value(1, row), positive[2 * place + row], active=True) for row in (0, 1)]
                here = [_second(shape, forward, value, i, small), *relus, *facts[2 * place : 2 * place + 2]]
                s, t = targets[place]
                outputs.append(
                    arith(eq(value(2, i), one * s + two * t), *here, multipliers=[one, two], degree=1)
                )
            apart = prove(
                wanted.args[2],
                lambda same, _: by_cases(FALSE, use(same, i, small), *outputs, *parts(signs)),
            )
            return witness(together(together(of_x, of_u), active, apart), goal, *names)

        return with_pre_activations((n, W, b), places, with_values)

    return split(mixed, with_signs, with_signs)


def _solution(s: Expression, t: Expression) -> Expression:
    """W_1^{-1} (s, t), by the adjugate."""
    first, second = table({(0,): 1}), table({(1,): 1})
    inverse = INVERSE(DETERMINANT)
    one = inverse * (W(1, 1, 1) * s - W(1, 0, 1) * t)
    two = inverse * (W(1, 0, 0) * t - W(1, 1, 0) * s)
    return function(j, first(j) * one + second(j) * two)


def _solved(
    shape: Theorem,
    forward: Theorem,
    value: Expression,
    place: Expression,
    target: tuple[Expression, Expression],
    determinant: Theorem,
    row: int,
) -> Theorem:
    """y_{1,row} is the entry of the target."""
    known = _first(shape, forward, value, place, row)
    return certificate(eq(value(1, row), target[row]), [(known, 1), (determinant, target[row])])
