"""The constant 2 sqrt(2): in each shape an instance in which no Phi is nearer than 2 sqrt(2) delta^(1/2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from exactrelu import Neuron, Parametrization, gradient_distance, restricted_space_violations, theorem_33
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..parametrization_texts import as_network, written_parametrization
from ..stability_proofs.sharp_constant import sharp, sharp_statement
from ..stability_proofs.sharp_instance import GAP, STEP
from ..statements.expressions import Expression
from ..tried_pairs import Pair
from ..verdicts import by_analysis, by_kernel, by_two_roads

SHAPES = ((2, 4, 1), (2, 5, 1), (2, 6, 1), (2, 8, 1), (3, 4, 1), (3, 5, 2), (4, 6, 3))


def instance(h: Fraction = STEP, gap: Fraction = GAP) -> Pair:
    """Gamma and Theta on the directions e(t) = (1, t), t_i = 1/2 + i gap.

    q(v) = (v/h - h)/2, so (q + h)^2 - q^2 = v. Gamma: (e(t_1), 1), then (q e, q) with v = 1/2, 1, 1/2 on
    t_0, t_2, t_4. Theta: (e(t_3), -1), then the same three with q + h.
    """
    t = [Fraction(1, 2) + i * gap for i in range(5)]
    steep = [((Fraction(v) / h - h) / 2, t[i]) for v, i in ((Fraction(1, 2), 0), (1, 2), (Fraction(1, 2), 4))]
    gamma = [neuron(Fraction(1), t[1], 1), *(neuron(q, at, 1) for q, at in steep)]
    theta = [neuron(Fraction(1), t[3], -1), *(neuron(q + h, at, 1) for q, at in steep)]
    return _of(gamma), _of(theta)


def neuron(length: Fraction, t: Fraction, sign: int) -> Neuron:
    """Return the balanced neuron (length e(t), sign length)."""
    return Neuron((length, length * t), (sign * length,))


def padded_to(pair: Pair, shape: tuple[int, int, int]) -> Pair:
    """Return the pair in another shape (d, m, D), with further neurons that both have in common."""
    inputs, width, outputs = shape
    extra = [neuron(Fraction(i + 3), Fraction(1, i + 3), 1) for i in range(pair[0].width, width)]
    one, two = (
        Parametrization(
            inputs,
            outputs,
            tuple(wide(n, inputs, outputs) for n in (*p.neurons, *extra)),
            (Fraction(0),) * outputs,
        )
        for p in pair
    )
    return one, two


def wide(n: Neuron, inputs: int, outputs: int) -> Neuron:
    """Return the neuron with zeros before its weights and after its coefficient."""
    zero = Fraction(0)
    return Neuron((zero,) * (inputs - 2) + n.weight, n.coefficient + (zero,) * (outputs - 1))


def check(
    pair: Pair | None = None,
    shapes: Sequence[tuple[int, int, int]] = SHAPES,
    square: Fraction = Fraction(8),
    statement: Expression | None = None,
) -> Finding:
    """Prove it for all shapes; decide membership and min ||Phi - Gamma||^2 = 8 delta in some of them."""
    pair = instance() if pair is None else pair
    failures = [text for shape in shapes for text in shape_failures(padded_to(pair, shape), shape, square)]
    if not shapes:
        failures.append("no shape was given")
    gamma, theta = pair
    delta, distance = gradient_distance(theta, gamma).value, theorem_33(gamma, theta).distance
    tried = by_analysis(
        f"the shapes (d, m, D) = {', '.join(map(str, shapes))}: s^2 >= {square} in Theorem 3.3",
        failures,
        f"Gamma = {written_parametrization(gamma)}",
        f"Theta = {written_parametrization(theta)}",
        f"delta = {delta}; every Phi of the space with R(Phi) = R(Theta) is a permutation of Theta, and "
        f"the nearest is {distance} away: {distance}^2 = {square} * {delta}",
        "larger m: further neurons in common, of other directions; that 2 sqrt(2) always serves is B11",
        cases=(shapes, square, *(padded_to(pair, shape) for shape in shapes)),
    )
    proved = by_kernel(
        sharp_statement() if statement is None else statement,
        sharp,
        "all shapes: d = n + 2 >= 2 inputs, m + 4 >= 4 neurons, D + 1 >= 1 outputs",
    )
    return replace(by_two_roads(proved, tried), networks=(as_network(gamma), as_network(theta)))


def shape_failures(pair: Pair, shape: tuple[int, int, int], square: Fraction) -> list[str]:
    """Decide membership and equality for one shape."""
    gamma, theta = pair
    outside = [*restricted_space_violations(gamma, "all"), *restricted_space_violations(theta, "all")]
    if outside:
        return [f"{shape}: outside the restricted space: {outside[0]}"]
    found = theorem_33(gamma, theta)
    if found.distance is None or found.distance * found.distance != square * found.delta:
        return [f"{shape}: distance {found.distance}, delta {found.delta}: not {square} = distance^2 / delta"]
    return []


def _of(neurons: Sequence[Neuron]) -> Parametrization:
    return Parametrization(2, 1, tuple(neurons), (Fraction(0),))


CLAIM = PaperClaim(
    id="berner/sharp-constant",
    title="No constant below 2 sqrt(2) serves in Theorem 3.3",
    sentence="""Our main result now states that for such a restricted parametrization space we have uniform
    inverse stability w.r.t.""",
    source="Section 3, Theorem 3.3; the instance is not in the paper",
    reading="""Our addition: if (s, 1/2) serves in Theorem 3.3, then s >= 2 sqrt(2). An instance with d = 2,
    m = 4, D = 1 attains it exactly; further neurons, inputs and outputs do not help: for all d >= 2, m >= 4
    and D >= 1.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
