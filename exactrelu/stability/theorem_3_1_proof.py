"""The proof of Theorem 3.1 as an algorithm: from Theta to a rational Phi near Gamma, step by step.

Every step is checked when it is made: that the realization did not change, by canonical forms; the bounds
that the proof claims, by comparing rationals. Square roots are only compared, by squares: where the proof
balances a neuron, here it gets some rational length from the interval in which the bound holds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from exactrelu.errors import ArgumentError
from exactrelu.numbers.rationals import format_rational
from exactrelu.shallow.canonical_forms import canonical_form
from exactrelu.shallow.directions import direction, neurons_by_direction
from exactrelu.shallow.parametrization import Neuron, Parametrization
from exactrelu.stability.theorem_3_1_conditions import product_size, weight_size


@dataclass(frozen=True)
class ProofStep:
    """One step: what was done, in words, and Theta after it, which still realizes g."""

    account: str
    theta: Parametrization


def proof_steps(gamma: Parametrization, theta: Parametrization, delta: Fraction) -> tuple[ProofStep, ...]:
    """Return the steps of the proof; the last one's ``theta`` is Phi.

    Parameters
    ----------
    gamma, theta
        Parametrizations d -> 1 for which C.2 and C.3 of Theorem 3.1 hold, of as many neurons each.
    delta
        |R(theta) - R(gamma)|_{W^{1,inf}}.

    Returns
    -------
    tuple of ProofStep
        Merged, permuted, rescaled. Phi is rational, R(Phi) = R(theta), and for each beta with which C.1
        holds ||Phi - gamma||_inf <= beta + 2 delta^(1/2).

    Raises
    ------
    ArgumentError
        If a bound of the proof fails; then a hypothesis does not hold, or ``delta`` is not the distance.

    Notes
    -----
    Our reconstruction of the proof of Theorem 3.1 in Berner, Elbraechter & Grohs, its steps 2, 5 and 6-7;
    with rational lengths instead of balanced ones, which is new here.

    Examples
    --------
    >>> gamma = Parametrization.from_rationals([[1, 0], [0, 2]], [[1], [3]])
    >>> theta = Parametrization.from_rationals([[0, 1], [0, 1]], [[2], [5]])
    >>> for step in proof_steps(gamma, theta, Fraction(1)):
    ...     print(step.account)
    merge: neurons 0, 1 have one direction, their products are added in neuron 0
    permute: neuron 0 of Gamma meets no direction of Theta and gets neuron 1; 1 meets 0
    rescale: 0: zero; 1: case B, a_i = a_i of Gamma
    """
    merged = _merged(theta)
    permuted = _permuted(gamma, merged.theta, delta)
    rescaled = _rescaled(gamma, permuted.theta, delta)
    form = canonical_form(theta)
    for step in (merged, permuted, rescaled):
        if canonical_form(step.theta) != form:
            raise ArithmeticError(f"a step changed the realization: {step.account}")
    return merged, permuted, rescaled


# step 2 -------------------------------------------------------------------------------------------


def _merged(theta: Parametrization) -> ProofStep:
    """Add neurons of one direction, and make neurons zero that realize zero."""
    neurons = [_zero(theta)] * theta.width
    words = []
    for group in neurons_by_direction(theta).values():
        first = theta.neurons[group[0]]
        size = weight_size(first)
        total = sum(
            (theta.neurons[j].coefficient[0] * weight_size(theta.neurons[j]) / size for j in group),
            Fraction(0),
        )
        if total:
            neurons[group[0]] = Neuron(first.weight, (total,))
        if len(group) > 1:
            listed = ", ".join(map(str, group))
            words.append(
                f"neurons {listed} have one direction, their products are added in neuron {group[0]}"
            )
    return ProofStep("merge: " + ("; ".join(words) or "nothing to do"), _with(theta, neurons))


# steps 4 and 5 ------------------------------------------------------------------------------------


def _permuted(gamma: Parametrization, theta: Parametrization, delta: Fraction) -> ProofStep:
    """Put beside each neuron of Gamma the one of Theta with its direction; check the jumps."""
    places = {key: group[0] for key, group in neurons_by_direction(theta).items()}
    keys = [direction(neuron) for neuron in gamma.neurons]
    partners = {i: places[key] for i, key in enumerate(keys) if key in places}
    if len(set(partners.values())) < len(partners):
        raise ArgumentError("Theorem 3.1: expected C.2, got two neurons of Gamma with one direction")
    free = sorted(set(range(theta.width)) - set(partners.values()))
    words, order = [], []
    for i in range(gamma.width):
        if i in partners:
            j = partners[i]
            words.append(f"{i} meets {j}")
        else:
            j = free.pop(0)
            words.append(f"neuron {i} of Gamma meets no direction of Theta and gets neuron {j}")
        order.append(j)
        _check_jumps(gamma.neurons[i], theta.neurons[j], i, is_matched=i in partners, delta=delta)
    account = "permute: " + ("; ".join(words) or "nothing to do")
    return ProofStep(account, _with(theta, [theta.neurons[j] for j in order]))


def _check_jumps(one: Neuron, two: Neuron, i: int, *, is_matched: bool, delta: Fraction) -> None:
    if is_matched:
        c, e = one.coefficient[0], two.coefficient[0]
        sizes = [max(abs(c * a - e * b) for a, b in zip(one.weight, two.weight, strict=True))]
    else:
        sizes = [product_size(one), product_size(two)]
    for size in sizes:
        if size > 2 * delta:
            raise ArgumentError(
                f"Theorem 3.1: neuron {i}: expected jumps that differ by at most 2 delta = "
                f"{format_rational(2 * delta)}, got {format_rational(size)}: C.3 fails or delta is wrong"
            )


# steps 6 and 7 ------------------------------------------------------------------------------------


def _rescaled(gamma: Parametrization, theta: Parametrization, delta: Fraction) -> ProofStep:
    neurons, words = [], []
    for i, (one, two) in enumerate(zip(gamma.neurons, theta.neurons, strict=True)):
        account, neuron = _near(one, two, delta)
        words.append(f"{i}: {account}")
        neurons.append(neuron)
    return ProofStep("rescale: " + ("; ".join(words) or "nothing to do"), _with(theta, neurons))


def _near(one: Neuron, two: Neuron, delta: Fraction) -> tuple[str, Neuron]:
    """Return neuron ``two`` of Theta, rescaled to be near neuron ``one`` of Gamma, and which case it was."""
    product = product_size(two)
    if not product:
        return "zero", two
    if direction(one) != direction(two):
        # Any length between product / (2 sqrt delta) and 2 sqrt delta keeps both parts <= 2 sqrt delta.
        size = rational_with_square(product * product / (4 * delta), 4 * delta, product)
        return f"unmatched, ||a_i|| = {format_rational(size)}", _with_size(two, size)
    if product_size(one) <= 2 * delta:
        return _in_case_a(one, two, delta)
    if weight_size(one) ** 2 >= 2 * delta:
        return "case B, a_i = a_i of Gamma", _with_size(two, weight_size(one))
    ratio = two.coefficient[0] / one.coefficient[0]
    if ratio <= 0:
        raise ArgumentError("Theorem 3.1: expected coefficients of one sign, got two: delta is wrong")
    return "case B, c_i = c_i of Gamma", _with_size(two, weight_size(two) * ratio)


def _in_case_a(one: Neuron, two: Neuron, delta: Fraction) -> tuple[str, Neuron]:
    """Return the nearest of three rescaled neurons, the first of which is near enough in any case."""
    # The product is <= 4 delta: any length from 2 sqrt delta to 2 sqrt delta + ||a_i of Gamma||.
    size = _length_above(4 * delta, weight_size(one))
    choices = [(f"||a_i|| = {format_rational(size)}", size), ("a_i = a_i of Gamma", weight_size(one))]
    if two.coefficient[0] * one.coefficient[0] > 0:
        ratio = two.coefficient[0] / one.coefficient[0]
        choices.append(("c_i = c_i of Gamma", weight_size(two) * ratio))
    candidates = [(f"case A, {words}", _with_size(two, length)) for words, length in choices]
    return min(candidates, key=lambda candidate: _gap(one, candidate[1]))


def _gap(one: Neuron, two: Neuron) -> Fraction:
    pairs = zip((*one.weight, *one.coefficient), (*two.weight, *two.coefficient), strict=True)
    return max(abs(p - q) for p, q in pairs)


def _with_size(neuron: Neuron, size: Fraction) -> Neuron:
    """Return the same function with ||a||_inf = size, and scale 1."""
    factor = size / weight_size(neuron)
    return Neuron(tuple(factor * a for a in neuron.weight), tuple(c / factor for c in neuron.coefficient))


def _length_above(square: Fraction, room: Fraction) -> Fraction:
    """Return a rational between s and s + room, s^2 = ``square``; ``room`` itself if it is at least s."""
    if room * room >= square:
        return room
    bits = 0
    while True:
        size = _rounded_root(square, bits) + Fraction(1, 2**bits)
        if size - room <= 0 or (size - room) ** 2 <= square:  # size >= s by the rounding
            return size
        bits = 2 * bits + 8


def rational_with_square(low: Fraction, high: Fraction, near: Fraction) -> Fraction:
    """Return a rational q > 0 with low <= q^2 <= high, close to the root of ``near``, low < near < high.

    Examples
    --------
    >>> rational_with_square(Fraction(1), Fraction(4), Fraction(2)), rational_with_square(1, 3, 2)
    (Fraction(1, 1), Fraction(1, 1))
    """
    bits = 0
    while True:
        root = _rounded_root(near, bits)
        if low <= root * root <= high and root:
            return root
        bits = 2 * bits + 8


def _rounded_root(square: Fraction, bits: int) -> Fraction:
    """Return the root rounded down to a multiple of 2^-bits."""
    return Fraction(math.isqrt(math.floor(square * 4**bits)), 2**bits)


def _zero(shallow: Parametrization) -> Neuron:
    return Neuron((Fraction(0),) * shallow.inputs, (Fraction(0),) * shallow.outputs)


def _with(theta: Parametrization, neurons: list[Neuron]) -> Parametrization:
    return Parametrization(theta.inputs, theta.outputs, tuple(neurons), theta.output_bias)
