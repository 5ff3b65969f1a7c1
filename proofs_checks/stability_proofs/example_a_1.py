"""Example A.1: a local minimum of the parameters that is none of the realizations."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from ..kernel.arithmetic import axiom, certificate
from ..kernel.rules import Theorem, together
from ..proving.certificates import arith
from ..proving.lemmas import abs_facts
from ..proving.tactics import parts, use
from ..statements.expressions import (
    REAL,
    Expression,
    both,
    eq,
    forall,
    implies,
    number,
    variable,
)
from ..statements.functions import ABS, RELU
from .examples import _size, step_bounds
from .names import H, is_step
from .opening import Given, opened

x, y, r, kappa, gamma, delta = (variable(name, REAL) for name in ("x", "y", "r", "kappa", "gamma", "delta"))
a, b, c, p, q, e, k = (variable(name, REAL) for name in ("a", "b", "c", "p", "q", "e", "k"))


# Example A.1 ------------------------------------------------------------------------------------


def loss_of(first: Expression, second: Expression) -> Expression:
    """Return 1/2 ((g(-1, 1) - 1)^2 + (g(-1, -1) + 1)^2)."""
    return number(Fraction(1, 2)) * ((first - 1) ** 2 + (second + 1) ** 2)


def safe_statement(share: Fraction = Fraction(1, 2), least: int = 1) -> Expression:
    """Return: changing the weights of ((r, 0), 0) by at most share r keeps the loss at least 1."""
    first, second = c * RELU(-1 * a + b), c * RELU(-1 * a - b)
    near = (ABS(a - r) <= number(share) * r, ABS(b) <= number(share) * r)
    return forall(r, a, b, c, implies(r > 0, *near, loss_of(first, second) >= least))


def example_a_1_statement(share: Fraction = Fraction(1, 2)) -> Expression:
    """Return Example A.1: a local minimum of radius r/2, and g_k = kappa relu(y) nearby with less loss."""
    first, second = kappa * RELU(number(1)), kappa * RELU(number(-1))
    near = forall(H, y, implies(is_step(H), ABS(kappa * H(y)) <= kappa))
    better = forall(kappa, implies(kappa > 0, kappa <= 1, both(near, loss_of(first, second) < 1)))
    return both(safe_statement(share), better)


@cache
def safe() -> Theorem:
    """The neuron is dead on both samples."""

    def build(given: Given) -> Theorem:
        r, a, b, c, positive, near_a, near_b, goal = given
        facts = [*parts(use(abs_facts(), a - r))[1:3], *parts(use(abs_facts(), b))[1:3], near_a, near_b]
        terms = (-1 * a + b, -1 * a - b)
        values = [
            use(parts(use(axiom("relu"), term))[1], arith(term <= 0, *facts, positive, degree=1))
            for term in terms
        ]
        outputs = [
            certificate(eq(c * RELU(term), 0), [(value, c)])
            for term, value in zip(terms, values, strict=True)
        ]
        first, second = (c * RELU(term) for term in terms)
        squares = [
            certificate(eq((first - 1) ** 2, 1), [(outputs[0], first - 2)]),
            certificate(eq((second + 1) ** 2, 1), [(outputs[1], second + 2)]),
        ]
        return arith(goal, *squares, degree=1)

    return opened(safe_statement(), 7, build).called("changes of at most r/2 keep the loss")


@cache
def example_a_1() -> Theorem:
    """Example A.1."""
    better = example_a_1_statement().args[1]

    def build(given: Given) -> Theorem:
        kappa, positive, at_most, goal = given

        def near(given: Given) -> Theorem:
            H, y, step, goal = given
            bounds = parts(use(step_bounds(), H, y, step))
            return _size(
                goal,
                arith(kappa * H(y) <= kappa, bounds[1], positive),
                arith(kappa * H(y) >= 0, bounds[0], positive),
                positive,
            )

        one = use(parts(use(axiom("relu"), 1))[0], arith(number(1) >= 0))
        minus = use(parts(use(axiom("relu"), -1))[1], arith(number(-1) <= 0))
        outputs = [
            certificate(eq(kappa * RELU(number(1)), kappa), [(one, kappa)]),
            certificate(eq(kappa * RELU(number(-1)), 0), [(minus, kappa)]),
        ]
        first, second = kappa * RELU(number(1)), kappa * RELU(number(-1))
        squares = [
            certificate(eq((first - 1) ** 2, (kappa - 1) ** 2), [(outputs[0], first + kappa - 2)]),
            certificate(eq((second + 1) ** 2, 1), [(outputs[1], second + 2)]),
        ]
        less = arith(
            goal.args[1], *squares, arith(kappa * kappa <= kappa, at_most, positive), positive, degree=1
        )
        return together(opened(goal.args[0], 3, near), less)

    return together(safe(), opened(better, 3, build)).called("Example A.1")
