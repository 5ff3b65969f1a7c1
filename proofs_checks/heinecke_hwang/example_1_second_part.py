"""Example 1, second part: the cell of [0, 1, 1, 0] and its affine map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import sample_points, written
from ..kernel.arithmetic import axiom
from ..kernel.rules import Theorem, part, together
from ..proving.certificates import arith
from ..proving.tactics import parts, prove, prove_for, rewrite, use
from ..statements.expressions import Expression, both, eq, forall, function, implies, number, total
from ..statements.functions import RELU
from ..statements.networks import W, b, below, i, j, n, pre_activations, x, y
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_kernel, by_trial, by_two_roads

THETA = ((0, 1), (1, 0))
NETWORKS = tuple(tried_networks("example 1", ((2, 2, 2, 1), (2, 2, 2, 2)), count=40))


def masked(bits: Sequence[int], y: Sequence[Fraction]) -> list[Fraction]:
    """Return diag(bits) y."""
    return [bit * entry for bit, entry in zip(bits, y, strict=True)]


AFTER = function(i, W(2, i, 1) * y(1, 1) + b(2, i))  # M_2 diag(0, 1) M_1 x
PRINTED = both(y(1, 0) <= 0, y(1, 1) > 0, AFTER(0) > 0, AFTER(1) <= 0)
CONFIGURATION = both(y(1, 0) <= 0, y(1, 1) > 0, y(2, 0) > 0, y(2, 1) <= 0)  # [0, 1, 1, 0]
MAP = below(i, n(3), eq(y(3, i), W(3, i, 0) * AFTER(0) + b(3, i)))  # M_3 diag(1, 0) M_2 diag(0, 1) M_1 x
STATEMENT = forall(
    *(n, W, b, x, y),
    implies(
        both(eq(n(1), 2), eq(n(2), 2)),
        pre_activations(y, x),
        both(implies(PRINTED, CONFIGURATION), implies(CONFIGURATION, PRINTED), implies(PRINTED, MAP)),
    ),
)


def proof() -> Theorem:
    """Of each layer one neuron is active."""

    def build(widths: Theorem, forward: Theorem, goal: Expression) -> Theorem:
        first_width, second_width = parts(widths)
        step = part(forward, 1)

        def second(signs: Theorem) -> list[Theorem]:
            idle, active = parts(signs)[:2]
            off = use(part(use(axiom("relu"), y(1, 0)), 1), idle)
            on = use(part(use(axiom("relu"), y(1, 1)), 0), arith(y(1, 1) >= 0, active))
            found = []
            for neuron in (0, 1):
                layer = use(step, 0, neuron, arith(number(neuron) < n(2), second_width))
                terms = function(j, W(2, neuron, j) * RELU(y(1, j)))
                known = _unrolled(first_width, y(2, neuron), terms, b(2, neuron), layer)
                weights = [W(2, neuron, 0), W(2, neuron, 1)]
                value = arith(eq(y(2, neuron), AFTER(neuron)), known, off, on, multipliers=weights, degree=1)
                found.append(value)
            return found

        def other_signs(signs: Theorem, wanted: Expression) -> Theorem:
            idle, active, *later = parts(signs)
            values = second(signs)
            return together(
                idle, active, *(arith(part_, *values, *later, degree=1) for part_ in wanted.args[2:])
            )

        def output(signs: Theorem, i: Expression, small: Theorem, goal: Expression) -> Theorem:
            values, later = second(signs), parts(signs)[2:]
            positive = arith(y(2, 0) >= 0, values[0], later[0], degree=1)
            on = use(part(use(axiom("relu"), y(2, 0)), 0), positive)
            off = use(
                part(use(axiom("relu"), y(2, 1)), 1), arith(y(2, 1) <= 0, values[1], later[1], degree=1)
            )
            layer = use(step, 1, i, small)
            known = _unrolled(second_width, y(3, i), function(j, W(3, i, j) * RELU(y(2, j))), b(3, i), layer)
            weights = [W(3, i, 0), W(3, i, 1)]
            return arith(goal, known, on, off, values[0], multipliers=weights, degree=1)

        one, other, value = goal.args
        return together(prove(one, other_signs), prove(other, other_signs), prove(value, output))

    return prove_for((n, W, b, x, y), STATEMENT, build)


def _unrolled(
    width: Theorem, value: Expression, terms: Expression, bias: Expression, layer: Theorem
) -> Theorem:
    """Write the sum of a layer out, as its width is known."""
    return rewrite(width, lambda w: eq(value, total(j, w, terms(j)) + bias), layer)


def check(
    networks: Sequence[Network] = NETWORKS,
    first: Sequence[int] = THETA[0],
    statement: Expression = STATEMENT,
) -> Finding:
    """Prove it; and compare printed set and configurations, printed map and network."""
    inside: Counter[bool] = Counter()

    def failure(network: Network) -> Failure | None:
        m1, m2, m3 = network.layers
        for place in sample_points(network):
            y1 = m1(place)
            y2 = m2(masked(first, y1))
            printed = y1[0] <= 0 < y1[1] and y2[1] <= 0 < y2[0]
            inside[printed] += 1
            if printed != (network.configuration(place).layers == THETA):
                found = network.configuration(place)
                return f"x = {written(place)}: printed set: {printed}, configuration {found}"
            if printed and m3(masked(THETA[1], y2)) != network(place):
                return f"x = {written(place)}: the printed map gives {written(m3(masked(THETA[1], y2)))}"
        return None

    trial = by_trial(networks, failure, "at sampled points of every cell: inner points, vertices, along rays")
    counts = f"{inside[True]} points in the printed set, {inside[False]} outside"
    tried = replace(trial, evidence=(*trial.evidence, counts))
    return by_two_roads(by_kernel(statement, proof), tried)


CLAIM = PaperClaim(
    id="heinecke-hwang/example-1",
    title="Example 1: the polytope and the map of [0, 1, 1, 0]",
    sentence=r"""then θ defines [...] \mathcal{M}_3^{\theta} = M_3 \operatorname{diag}(1,0) M_2
    \operatorname{diag}(0,1) M_1 [...] \{(M_1\mathbf{x})_1\leq 0\}\cap \{(M_1\mathbf{x})_2>0\}\cap
    \{(M_2\operatorname{diag}(0,1)M_1\mathbf{x})_1>0\}\cap
    \{(M_2\operatorname{diag}(0,1)M_1\mathbf{x})_2\leq 0\}.""",
    source="Section 3, Example 1, second part",
    reading="""The printed set is the half-open cell of 01|10, and the network is the printed map on it.
    (The first part of the example is C4.)""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
