"""The embedding of a network with biases into the restricted space of balanced ones without (Lemma A.6)."""

from __future__ import annotations

import math
from fractions import Fraction

from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.shallow.canonical_forms import signed_primitive
from exactrelu.shallow.parametrization import Neuron, Parametrization
from exactrelu.shallow.step_results import StepResult


def embed(shallow: Parametrization) -> StepResult:
    """Return a parametrization in the restricted space over d + 2 inputs with R(x, 1, -1) as before.

    The output bias becomes one more neuron (a = 0, b = 1, c = e). A neuron that is zero gets zero
    parameters. For any other take an integer n >= 1, M = ||c|| n^2, large enough for M >= ||a|| and M > |b|,
    and (p, q) = (M, M - b) if b >= 0, else (M + b, M): the new neuron is ((a, p, q) / n, n c). It is
    balanced, p and q are positive and p - q = b. Where its direction is taken already, n is increased.

    Notes
    -----
    Our reconstruction of Lemma A.6 in Berner, Elbraechter & Grohs; the construction is derived here, with
    rational numbers only.

    Examples
    --------
    >>> from exactrelu.stability.restricted_space import restricted_space_violations
    >>> result = embed(Parametrization.from_rationals([[1]], [[1]], [-3]))
    >>> result.after.neurons[0].weight, restricted_space_violations(result.after)
    ((Fraction(1, 2), Fraction(1, 2), Fraction(2, 1)), ())
    """
    constant = Neuron((Fraction(0),) * shallow.inputs, shallow.output_bias, Fraction(1))
    taken: set[IntegerRow] = set()
    neurons, account = [], []
    for i, neuron in enumerate([*shallow.neurons, constant]):
        name = f"neuron {i}" if i < shallow.width else f"neuron {i} (the output bias)"
        if neuron.is_zero:
            zero = Fraction(0)
            neurons.append(Neuron((zero,) * (shallow.inputs + 2), (zero,) * shallow.outputs))
            account.append(f"{name} is zero: all its parameters are now 0")
            continue
        embedded, n = _embedded(neuron, taken)
        neurons.append(embedded)
        account.append(f"{name}: (a, p, q) / n and n c with n = {n}, p - q = b")
    zeros = (Fraction(0),) * shallow.outputs
    after = Parametrization(shallow.inputs + 2, shallow.outputs, tuple(neurons), zeros)
    return StepResult("embed", shallow, after, tuple(account), on_slice=True)


def _embedded(neuron: Neuron, taken: set[IntegerRow]) -> tuple[Neuron, int]:
    """Return the balanced neuron over d + 2 inputs and its n; its direction was not taken and is now."""
    size, bias = max(map(abs, neuron.coefficient)), neuron.bias
    # The smallest n, or the one before it: M >= ||a|| and M > |b| are checked below.
    n = max(1, math.isqrt(math.floor(max(map(abs, neuron.functional)) / size)))
    while True:
        largest = size * n * n
        if largest > abs(bias) and largest >= max(map(abs, neuron.weight)):
            p, q = (largest, largest - bias) if bias >= 0 else (largest + bias, largest)
            weight = (*neuron.weight, p, q)
            direction, _ = signed_primitive(weight)
            if direction not in taken:
                taken.add(direction)
                inner = tuple(entry / n for entry in weight)
                return Neuron(inner, tuple(n * entry for entry in neuron.coefficient)), n
        n += 1
