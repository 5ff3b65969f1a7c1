"""Proofs on cells and affine maps of networks of any depth, each made when it is first used."""

from __future__ import annotations

from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, together, weaken
from ..statements.expressions import (
    Expression,
    both,
    either,
    eq,
    forall,
    function,
    implies,
    number,
)
from ..statements.functions import RELU
from ..statements.networks import (
    W,
    are_bits,
    b,
    below,
    eta,
    h,
    i,
    in_closed_cell,
    in_half_open_cell,
    j,
    k,
    masked,
    n,
    pre_activations,
    s,
    t,
    theta,
    u,
    v,
    w,
    x,
    y,
    z,
)
from .certificates import arith
from .lemmas import sum_equal
from .tactics import (
    by_induction,
    compare,
    contradiction,
    impossible,
    parts,
    prove,
    prove_for,
    rewrite,
    split,
    use,
)


@cache
def active_or_not() -> Theorem:
    """relu(s) = t s if t is 0 or 1, t s >= 0 and (1 - t) s <= 0."""
    statement = forall(
        t, s, implies(either(eq(t, 0), eq(t, 1)), t * s >= 0, (1 - t) * s <= 0, eq(RELU(s), t * s))
    )

    def build(bit: Theorem, on: Theorem, off: Theorem, goal: Expression) -> Theorem:
        positive, negative = parts(use(axiom("relu"), s))

        def at(value: Theorem) -> Theorem:
            rule = positive if value.conclusion.args[1].data == 1 else negative
            sign = arith(rule.conclusion.args[0], value, on, off)
            return arith(goal, use(rule, sign), value, multipliers=[s])

        return split(bit, at, at)

    return prove_for([t, s], statement, build).called("relu(s) = t s where t is the bit of s")


@cache
def half_open_is_closed() -> Theorem:
    """A half-open cell lies in the closed one."""
    names = [n, theta, z, h]
    statement = forall(*names, implies(in_half_open_cell(theta, z, h), in_closed_cell(theta, z, h)))

    def build(
        cell: Theorem, k: Expression, inside: Theorem, i: Expression, small: Theorem, goal: Expression
    ) -> Theorem:
        def at(sign: Theorem) -> Theorem:
            bit, side = parts(sign)
            return together(*(arith(wanted, bit, side, multipliers=[z(k + 1, i)]) for wanted in goal.args))

        return split(use(cell, k, inside, i, small), at, at)

    return prove_for(names, statement, build).called("a half-open cell lies in the closed one")


def equal_sums(bound: Expression, one: Expression, two: Expression, term: object) -> Theorem:
    """Prove that two sums over j < bound are equal: ``term`` proves one = two from j < bound."""
    terms = prove(below(j, bound, eq(one, two)), term)  # type: ignore[arg-type]
    return use(sum_equal(), function(j, one), function(j, two), bound, terms)


@cache
def network_is_affine_on_cells() -> Theorem:
    """On the closed cell of theta the network is the map of theta, layer by layer, for every depth."""
    names = [n, W, b, theta, h, x, y, z]
    statement = forall(
        *names,
        implies(
            are_bits(theta),
            pre_activations(y, x),
            masked(z, x, theta),
            in_closed_cell(theta, z, h),
            below(k, h + 1, below(i, n(k + 1), eq(y(k + 1, i), z(k + 1, i)))),
        ),
    )
    return prove_for(names, statement, _affine).called("in every layer the network is the map of theta")


def _affine(bits: Theorem, forward: Theorem, masks: Theorem, cell: Theorem, goal: Expression) -> Theorem:
    starts, steps = parts(forward), parts(masks)

    def claim(k: Expression) -> Expression:
        return implies(k < h + 1, below(i, n(k + 1), eq(y(k + 1, i), z(k + 1, i))))

    def base(goal: Expression) -> Theorem:
        return prove(
            goal, lambda _, i, small, goal: arith(goal, use(starts[0], i, small), use(steps[0], i, small))
        )

    def step(k: Expression, before: Theorem, goal: Expression) -> Theorem:
        def build(inside: Theorem, i: Expression, small: Theorem, goal: Expression) -> Theorem:
            equal = use(before, arith(k < h + 1, inside))

            def term(j: Expression, less: Theorem, goal: Expression) -> Theorem:
                signs = parts(use(cell, k, arith(k < h, inside), j, less))
                of_z = use(active_or_not(), theta(k + 1, j), z(k + 1, j), use(bits, k, j, less), *signs)
                turned = arith(eq(z(k + 1, j), y(k + 1, j)), use(equal, j, less))
                of_y = rewrite(turned, lambda v: eq(RELU(v), theta(k + 1, j) * z(k + 1, j)), of_z)
                return arith(goal, of_y, multipliers=[W(k + 2, i, j)])

            one, two = W(k + 2, i, j) * RELU(y(k + 1, j)), W(k + 2, i, j) * theta(k + 1, j) * z(k + 1, j)
            sums = equal_sums(n(k + 1), one, two, term)
            return arith(goal, sums, use(starts[1], k, i, small), use(steps[1], k, i, small), degree=1)

        return prove(goal, build)

    found = by_induction(claim, base, step)
    return prove(goal, lambda k, inside, _: use(found, k, inside))


@cache
def cells_do_not_meet() -> Theorem:
    """Half-open cells of different configurations have no common point."""
    names = [n, W, b, h, x, theta, eta, z, w]
    agree = below(k, h, below(i, n(k + 1), eq(theta(k + 1, i), eta(k + 1, i))))
    statement = forall(
        *names,
        implies(
            masked(z, x, theta),
            masked(w, x, eta),
            in_half_open_cell(theta, z, h),
            in_half_open_cell(eta, w, h),
            agree,
        ),
    )

    def build(one: Theorem, two: Theorem, cell: Theorem, other: Theorem, goal: Expression) -> Theorem:
        (start, step), (start_w, step_w) = parts(one), parts(two)

        def claim(k: Expression) -> Expression:
            return implies(k < h + 1, below(i, n(k + 1), eq(z(k + 1, i), w(k + 1, i))))

        def base(goal: Expression) -> Theorem:
            return prove(
                goal, lambda _, i, small, goal: arith(goal, use(start, i, small), use(start_w, i, small))
            )

        def bits(k: Expression, inside: Theorem, i: Expression, small: Theorem, equal: Theorem) -> Theorem:
            goal = eq(theta(k + 1, i), eta(k + 1, i))

            def with_signs(s: Theorem, t: Theorem) -> Theorem:
                facts = [*parts(s), *parts(t), equal]
                if s.conclusion.args[0].args[1] == t.conclusion.args[0].args[1]:
                    return arith(goal, *facts, degree=1)
                return contradiction(goal, impossible(*facts[1:2], facts[3], equal))

            def against(s: Theorem) -> Theorem:
                return split(use(other, k, inside, i, small), *[lambda t: with_signs(s, t)] * 2)

            return split(use(cell, k, inside, i, small), against, against)

        def later(k: Expression, before: Theorem, goal: Expression) -> Theorem:
            def build(inside: Theorem, i: Expression, small: Theorem, goal: Expression) -> Theorem:
                equal = use(before, arith(k < h + 1, inside))

                def term(j: Expression, less: Theorem, goal: Expression) -> Theorem:
                    values = use(equal, j, less)
                    same = bits(k, arith(k < h, inside), j, less, values)
                    weight = W(k + 2, i, j)
                    return certificate(goal, [(same, weight * z(k + 1, j)), (values, weight * eta(k + 1, j))])

                first = W(k + 2, i, j) * theta(k + 1, j) * z(k + 1, j)
                second = W(k + 2, i, j) * eta(k + 1, j) * w(k + 1, j)
                sums = equal_sums(n(k + 1), first, second, term)
                return arith(goal, sums, use(step, k, i, small), use(step_w, k, i, small), degree=1)

            return prove(goal, build)

        values = by_induction(claim, base, later)

        def conclude(k: Expression, inside: Theorem, i: Expression, small: Theorem, _: Expression) -> Theorem:
            return bits(k, inside, i, small, use(values, k, arith(k < h + 1, inside), i, small))

        return prove(goal, conclude)

    return prove_for(names, statement, build).called("half-open cells of different bits do not meet")


@cache
def maps_keep_combinations() -> Theorem:
    """M_k^theta(s x + t u) = s M_k^theta(x) + t M_k^theta(u) + (1 - s - t) b_k.

    It holds if s + t = 1, or if the biases of the layers before are zero.
    """
    names = [n, W, b, theta, h, x, u, s, t, z, v, w]
    mixed = function(j, s * x(j) + t * u(j))
    value = s * z(k + 1, i) + t * v(k + 1, i) + (1 - s - t) * b(k + 1, i)
    statement = forall(
        *names,
        implies(
            below(k, h, below(i, n(k + 1), eq((1 - s - t) * b(k + 1, i), 0))),
            masked(z, x, theta),
            masked(v, u, theta),
            masked(w, mixed, theta),
            below(k, h + 1, below(i, n(k + 1), eq(w(k + 1, i), value))),
        ),
    )

    def build(none: Theorem, one: Theorem, two: Theorem, both_: Theorem, goal: Expression) -> Theorem:
        starts, steps = zip(*map(parts, (one, two, both_)), strict=True)

        def claim(k: Expression) -> Expression:
            value = s * z(k + 1, i) + t * v(k + 1, i) + (1 - s - t) * b(k + 1, i)
            return implies(k < h + 1, below(i, n(k + 1), eq(w(k + 1, i), value)))

        def base(goal: Expression) -> Theorem:
            return prove(
                goal,
                lambda _, i, small, goal: arith(
                    goal, *(use(start, i, small) for start in starts), multipliers=[s, t]
                ),
            )

        def later(k: Expression, before: Theorem, goal: Expression) -> Theorem:
            def build(inside: Theorem, i: Expression, small: Theorem, goal: Expression) -> Theorem:
                equal = use(before, arith(k < h + 1, inside))
                factor = W(k + 2, i, j) * theta(k + 1, j)

                def term(j: Expression, less: Theorem, goal: Expression) -> Theorem:
                    zero = use(none, k, arith(k < h, inside), j, less)
                    factor = W(k + 2, i, j) * theta(k + 1, j)
                    return arith(goal, use(equal, j, less), zero, multipliers=[factor], degree=1)

                first, second = factor * w(k + 1, j), factor * (s * z(k + 1, j) + t * v(k + 1, j))
                sums = equal_sums(n(k + 1), first, second, term)
                values = [use(step, k, i, small) for step in steps]
                return arith(goal, sums, *values, multipliers=[s, t], degree=1)

            return prove(goal, build)

        found = by_induction(claim, base, later)
        return prove(goal, lambda k, inside, _: use(found, k, inside))

    return prove_for(names, statement, build).called("M_k^theta keeps combinations, up to its own bias")


@cache
def combinations_stay_in_cells() -> Theorem:
    """With z and v in a half-open cell, s z + t v is in it, if s, t >= 0 are not both zero."""
    names = [n, theta, h, s, t, z, v, w]
    mixed = eq(w(k + 1, i), s * z(k + 1, i) + t * v(k + 1, i))
    statement = forall(
        *names,
        implies(
            both(s >= 0, t >= 0, s + t > 0),
            below(k, h, below(i, n(k + 1), mixed)),
            in_half_open_cell(theta, z, h),
            in_half_open_cell(theta, v, h),
            in_half_open_cell(theta, w, h),
        ),
    )

    def build(signs: Theorem, values: Theorem, one: Theorem, two: Theorem, goal: Expression) -> Theorem:
        not_less, not_less_t, positive = parts(signs)

        def at(k: Expression, inside: Theorem, i: Expression, small: Theorem, goal: Expression) -> Theorem:
            value = use(values, k, inside, i, small)

            def with_signs(of_z: Theorem, of_v: Theorem) -> Theorem:
                (bit, sign), (bit_v, sign_v) = parts(of_z), parts(of_v)
                if bit.conclusion.args[1] != bit_v.conclusion.args[1]:
                    return contradiction(goal, impossible(bit, bit_v, degree=1))
                active = bit.conclusion.args[1].data == 1
                wanted = w(k + 1, i) > 0 if active else w(k + 1, i) <= 0
                facts = [value, sign, sign_v, not_less, not_less_t]
                found = split(
                    compare(s, number(0)),
                    lambda at_most: arith(
                        wanted, *facts, arith(t > 0, positive, at_most), arith(eq(s, 0), at_most, not_less)
                    ),
                    lambda more: arith(wanted, *facts, more),
                )
                return weaken(together(bit, found), goal)

            def against(of_z: Theorem) -> Theorem:
                return split(use(two, k, inside, i, small), *[lambda of_v: with_signs(of_z, of_v)] * 2)

            return split(use(one, k, inside, i, small), against, against)

        return prove(goal, at)

    return prove_for(names, statement, build).called("half-open cells hold positive combinations of values")
