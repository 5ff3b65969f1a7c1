"""Theorem 5 and (12) in networks of any depth: each an induction whose base and step are identities."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ..kernel.arithmetic import certificate, next_natural
from ..kernel.rules import Theorem, restate
from ..proving.certificates import arith
from ..proving.lemmas import sum_equal
from ..proving.tactics import by_induction, parts, prove, prove_for, use
from ..statements.decompositions import A, G, T, V, bias_terms, coefficients, linear_parts, path_sums
from ..statements.expressions import Expression, eq, forall, function, implies, total
from ..statements.networks import W, b, below, i, j, k, masked, n, p, q, r, theta, x, z
from .tactics import last_term


@cache
def linear_part_by_paths() -> Theorem:
    """V_{k+2}(i, j) is the sum over q in spt theta_1 of T_{k+2}(i, q) w_{1,qj}."""
    names = [n, W, theta, V, T]
    value = total(q, n(1), theta(1, q) * T(k + 2, i, q) * W(1, q, j))
    statement = forall(
        *names,
        implies(
            linear_parts(V, theta),
            path_sums(T, theta),
            forall(k, below(i, n(k + 2), below(j, n(0), eq(V(k + 2, i, j), value)))),
        ),
    )

    def build(parts_: Theorem, sums: Theorem, goal: Expression) -> Theorem:
        (first, later), (first_sum, later_sum) = parts(parts_), parts(sums)

        def claim(k: Expression) -> Expression:
            value = total(q, n(1), theta(1, q) * T(k + 2, i, q) * W(1, q, j))
            return below(i, n(k + 2), below(j, n(0), eq(V(k + 2, i, j), value)))

        def base(goal: Expression) -> Theorem:
            def build(
                i: Expression, small: Theorem, j: Expression, small_j: Theorem, goal: Expression
            ) -> Theorem:
                def term(q: Expression, less: Theorem, goal: Expression) -> Theorem:
                    weight, path = use(first, q, less, j, small_j), use(first_sum, i, small, q, less)
                    return certificate(
                        goal,
                        [
                            (weight, W(2, i, q) * theta(1, q)),
                            (path, -theta(1, q) * W(1, q, j)),
                        ],
                    )

                one = W(2, i, q) * theta(1, q) * V(1, q, j)
                two = theta(1, q) * T(2, i, q) * W(1, q, j)
                equal = equal_terms(q, n(1), one, two, term)
                return arith(goal, use(later, 0, i, small, j, small_j), equal, degree=1)

            return prove(goal, build)

        def step(k: Expression, before: Theorem, goal: Expression) -> Theorem:
            def build(
                i: Expression, small: Theorem, j: Expression, small_j: Theorem, goal: Expression
            ) -> Theorem:
                def inner(r: Expression, less: Theorem, goal: Expression) -> Theorem:
                    factor = W(k + 3, i, r) * theta(k + 2, r)
                    return arith(goal, use(before, r, less, j, small_j), multipliers=[factor], degree=1)

                def outer(q: Expression, less: Theorem, goal: Expression) -> Theorem:
                    factor = theta(1, q) * W(1, q, j)
                    return arith(goal, use(later_sum, k, i, small, q, less), multipliers=[factor], degree=1)

                weight = W(k + 3, i, r) * theta(k + 2, r)
                by_paths = total(q, n(1), theta(1, q) * T(k + 2, r, q) * W(1, q, j))
                unfolded = equal_terms(r, n(k + 2), weight * V(k + 2, r, j), weight * by_paths, inner)
                longer = total(r, n(k + 2), theta(k + 2, r) * W(k + 3, i, r) * T(k + 2, r, q))
                folded = equal_terms(
                    q,
                    n(1),
                    theta(1, q) * longer * W(1, q, j),
                    theta(1, q) * T(k + 3, i, q) * W(1, q, j),
                    outer,
                )
                return arith(goal, use(later, k + 1, i, small, j, small_j), unfolded, folded, degree=1)

            return prove(goal, build)

        return restate(by_induction(claim, base, step), goal)

    return prove_for(names, statement, build).called("by induction: the linear part as a sum over paths")


def equal_terms(
    index: Expression,
    bound: Expression,
    one: Expression,
    two: Expression,
    term: Callable[[Expression, Theorem, Expression], Theorem],
) -> Theorem:
    """Prove that two sums over index < bound are equal, term by term."""
    terms = prove(below(index, bound, eq(one, two)), term)
    return use(sum_equal(), function(index, one), function(index, two), bound, terms)


@cache
def values_by_coefficients() -> Theorem:
    """z_{k+1}(i) = A_{k+1}(i) + the sum of the G_{k+1,l+1}(i), l <= k."""
    names = [n, W, b, theta, x, z, A, G]
    value = A(k + 1, i) + total(p, k + 1, G(k + 1, p + 1, i))
    statement = forall(
        *names,
        implies(
            masked(z, x, theta),
            coefficients(A, x, theta),
            bias_terms(G, theta),
            forall(k, below(i, n(k + 1), eq(z(k + 1, i), value))),
        ),
    )

    def build(values: Theorem, alphas: Theorem, biases: Theorem, goal: Expression) -> Theorem:
        (start, step), (first, later), (own, carried) = map(parts, (values, alphas, biases))

        def claim(k: Expression) -> Expression:
            value = A(k + 1, i) + total(p, k + 1, G(k + 1, p + 1, i))
            return below(i, n(k + 1), eq(z(k + 1, i), value))

        def base(goal: Expression) -> Theorem:
            return prove(
                goal,
                lambda i, small, goal: arith(
                    goal, use(start, i, small), use(first, i, small), use(own, 0, i, small), degree=1
                ),
            )

        def next_layer(k: Expression, before: Theorem, goal: Expression) -> Theorem:
            def build(i: Expression, small: Theorem, goal: Expression) -> Theorem:
                def inner(q: Expression, less: Theorem, goal: Expression) -> Theorem:
                    factor = W(k + 2, i, q) * theta(k + 1, q)
                    return arith(goal, use(before, q, less), multipliers=[factor], degree=1)

                def of_bias(p: Expression, less: Theorem, goal: Expression) -> Theorem:
                    at_most = arith(p <= k, next_natural(less))
                    return arith(goal, use(carried, k, p, at_most, i, small), degree=1)

                weight = W(k + 2, i, q) * theta(k + 1, q)
                whole = A(k + 1, q) + total(p, k + 1, G(k + 1, p + 1, q))
                unfolded = equal_terms(q, n(k + 1), weight * z(k + 1, q), weight * whole, inner)
                moved = total(q, n(k + 1), weight * G(k + 1, p + 1, q))
                folded = equal_terms(p, k + 1, moved, G(k + 2, p + 1, i), of_bias)
                last = last_term(k + 1, lambda p: G(k + 2, p + 1, i))
                facts = [use(step, k, i, small), use(later, k, i, small), use(own, k + 1, i, small)]
                return arith(goal, *facts, unfolded, folded, last, degree=1)

            return prove(goal, build)

        return restate(by_induction(claim, base, next_layer), goal)

    return prove_for(names, statement, build).called("by induction: values from coefficients and biases")


@cache
def coefficients_by_linear_part() -> Theorem:
    """A_{k+1}(i) is the i-th entry of V_{k+1} x."""
    names = [n, W, theta, x, V, A]
    statement = forall(
        *names,
        implies(
            linear_parts(V, theta),
            coefficients(A, x, theta),
            forall(k, below(i, n(k + 1), eq(A(k + 1, i), total(j, n(0), V(k + 1, i, j) * x(j))))),
        ),
    )

    def build(parts_: Theorem, alphas: Theorem, goal: Expression) -> Theorem:
        (first, later), (first_alpha, later_alpha) = parts(parts_), parts(alphas)

        def claim(k: Expression) -> Expression:
            return below(i, n(k + 1), eq(A(k + 1, i), total(j, n(0), V(k + 1, i, j) * x(j))))

        def base(goal: Expression) -> Theorem:
            def build(i: Expression, small: Theorem, goal: Expression) -> Theorem:
                def term(j: Expression, less: Theorem, goal: Expression) -> Theorem:
                    return arith(goal, use(first, i, small, j, less), multipliers=[x(j)], degree=1)

                equal = equal_terms(j, n(0), V(1, i, j) * x(j), W(1, i, j) * x(j), term)
                return arith(goal, equal, use(first_alpha, i, small), degree=1)

            return prove(goal, build)

        def step(k: Expression, before: Theorem, goal: Expression) -> Theorem:
            def build(i: Expression, small: Theorem, goal: Expression) -> Theorem:
                def inner(p: Expression, less: Theorem, goal: Expression) -> Theorem:
                    factor = W(k + 2, i, p) * theta(k + 1, p)
                    return arith(goal, use(before, p, less), multipliers=[factor], degree=1)

                def outer(j: Expression, less: Theorem, goal: Expression) -> Theorem:
                    return arith(goal, use(later, k, i, small, j, less), multipliers=[x(j)], degree=1)

                weight = W(k + 2, i, p) * theta(k + 1, p)
                image = total(j, n(0), V(k + 1, p, j) * x(j))
                unfolded = equal_terms(p, n(k + 1), weight * A(k + 1, p), weight * image, inner)
                row = total(p, n(k + 1), weight * V(k + 1, p, j))
                folded = equal_terms(j, n(0), row * x(j), V(k + 2, i, j) * x(j), outer)
                return arith(goal, use(later_alpha, k, i, small), unfolded, folded, degree=1)

            return prove(goal, build)

        return restate(by_induction(claim, base, step), goal)

    return prove_for(names, statement, build).called("the coefficients are the linear part before, at x")
