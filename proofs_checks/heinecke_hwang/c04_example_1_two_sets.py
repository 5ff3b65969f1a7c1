"""C4. Example 1 gives one set two descriptions that differ on its boundary."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import Bits, Vector, all_bits, sample_points, text, values_along, written
from ..exact_networks import in_closed_cell as lies_in_closed_cell
from ..exact_networks import in_half_open_cell as lies_in_half_open_cell
from ..kernel.rules import Theorem, together
from ..proving.cases import by_cases
from ..proving.cells import half_open_is_closed
from ..proving.certificates import arith
from ..proving.tactics import parts, prove, prove_for, use
from ..statements.expressions import (
    FALSE,
    Expression,
    both,
    eq,
    forall,
    function,
    implies,
    negation,
    number,
)
from ..statements.networks import (
    W,
    are_bits,
    b,
    below,
    h,
    i,
    in_closed_cell,
    in_half_open_cell,
    j,
    k,
    masked,
    n,
    theta,
    x,
    z,
)
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_counterexample, by_kernel, by_trial, by_two_roads, with_correction

# M_1 = M_2 = M_3 = the identity of R; theta = (1, 1); x = 0.
NETWORK = Network.from_rationals([([[1]], [0]), ([[1]], [0]), ([[1]], [0])], name="three identities")
THETA, X = ((1,), (1,)), (0,)
NETWORKS = tuple(tried_networks("C4", count=12))


# The closed cell lies in the half-open one (the other way round it is true).
STATEMENT = forall(
    *(n, W, b, theta, h, x, z),
    implies(
        are_bits(theta),
        masked(z, x, theta),
        in_closed_cell(theta, z, h),
        in_half_open_cell(theta, z, h),
    ),
)

# Charitably: with (9), which the text says it keeps in mind, they are one set.
NINE = below(k, h, below(i, n(k + 1), implies(eq(z(k + 1, i), 0), eq(theta(k + 1, i), 0))))
WITH_NINE, HALF_OPEN = both(in_closed_cell(theta, z, h), NINE), in_half_open_cell(theta, z, h)
CORRECTED = forall(
    *(n, theta, h, z),
    implies(are_bits(theta), both(implies(WITH_NINE, HALF_OPEN), implies(HALF_OPEN, WITH_NINE))),
)


def denial() -> Theorem:
    """All widths, weights and bits 1, no biases, x = 0: every z_k is 0, so x is in the closed cell only."""
    ones, zeros = function(i, number(1)), function(i, number(0))
    weights, bits = function(i, j, k, number(1)), function(i, j, number(1))
    values = function(i, j, number(0))

    def build(claim: Theorem, _: Expression) -> Theorem:
        here = use(claim, ones, weights, values, bits, 2, zeros, values)
        while here.conclusion.op == "implies":
            here = use(here, constant_formula(here.conclusion.args[0]))
        inside = use(here, 0, arith(number(0) < 2), 0, arith(number(0) < 1))
        return by_cases(FALSE, inside)

    return prove(negation(STATEMENT), build)


def constant_formula(formula: Expression) -> Theorem:
    """Prove a formula in which everything is constant."""
    if formula.op == "and":
        return together(*map(constant_formula, formula.args))
    if formula.op == "forall":
        return prove(formula, lambda _, goal: constant_formula(goal))
    if formula.op == "implies":
        return prove(formula, lambda _, goal: constant_formula(goal))
    return by_cases(formula)


def correction() -> Theorem:
    """Neuron by neuron: three signs, two bits."""

    def build(bits: Theorem, goal: Expression) -> Theorem:
        def with_nine(known: Theorem, goal: Expression) -> Theorem:
            closed, nine = parts(known)

            def at(
                k: Expression, inside: Theorem, i: Expression, small: Theorem, goal: Expression
            ) -> Theorem:
                facts = [use(rule, k, inside, i, small) for rule in (closed, nine)]
                return by_cases(goal, use(bits, k, i, small), *facts, signs=[z(k + 1, i)])

            return prove(goal, at)

        def half_open(cell: Theorem, goal: Expression) -> Theorem:
            nine = prove(
                goal.args[1],
                lambda k, inside, i, small, goal: by_cases(goal, use(cell, k, inside, i, small)),
            )
            return together(use(half_open_is_closed(), n, theta, z, h, cell), nine)

        return together(prove(goal.args[0], with_nine), prove(goal.args[1], half_open))

    return prove_for((n, theta, h, z), CORRECTED, build)


def has_nine(network: Network, theta: Bits, x: Vector) -> bool:
    """(9): the bit is 0 where the pre-activation is 0."""
    ys = values_along(network, theta, x)[:-1]
    pairs = (pair for bits, values in zip(theta, ys, strict=True) for pair in zip(bits, values, strict=True))
    return not any(bit for bit, value in pairs if value == 0)


def check(
    network: Network = NETWORK,
    theta: Bits = THETA,
    x: Sequence[Any] = X,
    statement: Expression = STATEMENT,
    networks: Sequence[Network] = NETWORKS,
    in_cell: Callable[[Network, Bits, Vector], bool] = lies_in_half_open_cell,
    corrected: Expression = CORRECTED,
) -> Finding:
    """Refute it; and ask both descriptions whether x belongs to R^theta."""
    with_weak, with_strict = lies_in_closed_cell(network, theta, x), lies_in_half_open_cell(network, theta, x)
    y1, y2 = values_along(network, theta, x)[:2]
    found = by_counterexample(
        f"theta = {text(theta)}, x = {x[0]}: y_1 = {y1[0]}, y_2 = {y2[0]}",
        f"in the set of the four inequalities >= 0 and <= 0: {with_weak}",
        f"in the set with (0, oo) on the support and (-oo, 0] elsewhere: {with_strict}",
        holds=with_weak == with_strict,
        networks=[network],
        points=[("x", x)],
        cells=[theta],
    )

    def failure(net: Network) -> Failure | None:
        for place in sample_points(net):
            for bits in all_bits(net):
                closed = lies_in_closed_cell(net, bits, place)
                if (closed and has_nine(net, bits, place)) != in_cell(net, bits, place):
                    return f"x = {written(place)}, theta = {text(bits)}"
        return None

    return with_correction(
        by_two_roads(by_kernel(statement, denial, refutes=True), found, refutes=True),
        "with (9), theta_{k,i} = 0 where y_{k,i} = 0, both describe one set",
        by_two_roads(
            by_kernel(corrected, correction), by_trial(networks, failure, "all bits at sampled points")
        ),
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/C4",
    title="Example 1: the closed and the half-open description give one set",
    sentence=r"""R^{\theta} = \{ \operatorname{diag}(\theta_1) M_1 \mathbf{x} \ge \mathbf{0} \} \cap \{
    (\mathbf{I} - \operatorname{diag}(\theta_1)) M_1 \mathbf{x} \le \mathbf{0} \} [...] i.e., on the set
    of all $\mathbf{x} \in \mathcal{X}$ that satisfy $$ (M_1 \mathbf{x})_i \in \begin{cases} (0, \infty)
    & \text{if } i \in \operatorname{spt} \theta_1, \\ (-\infty, 0] & \text{else,} \end{cases}""",
    source="Section 3, Example 1",
    reading="""Literally: the set of the weak inequalities equals the set with (0, oo) where the bit is 1 and
    (-oo, 0] elsewhere. Charitably (the corrected form): it does with (9), which the text neglects to
    simplify the notation, and keeps in mind.""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.PROVED,
)
