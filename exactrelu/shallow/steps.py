"""Reparametrization steps on neurons: drop, merge, flip, permute, rescale, pad.

Each is a function from a parametrization to a `StepResult`, whose construction proves that the
realization is unchanged. Neurons are counted from 0.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

from exactrelu.errors import ArgumentError
from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.numbers.rationals import brief, rational
from exactrelu.shallow.canonical_forms import signed_primitive
from exactrelu.shallow.parametrization import Neuron, Parametrization
from exactrelu.shallow.step_results import StepResult, plus_multiple, with_neurons


def drop(shallow: Parametrization) -> StepResult:
    """Remove the neurons that are zero or constant; constants go into the output bias.

    A neuron with c = 0, or with a = 0 and b <= 0, is zero; one with a = 0 and b > 0 is the constant b c.

    Examples
    --------
    >>> gamma = Parametrization.from_rationals([[0], [2], [1]], [[3], [0], [1]], [1, 1, 0])
    >>> result = drop(gamma)
    >>> result.account
    ('neuron 0 is constant (a = 0): b c goes into the output bias', 'neuron 1 is zero (c = 0): dropped')
    >>> result.after.width, result.after.output_bias
    (1, (Fraction(3, 1),))
    """
    kept, bias, account = [], shallow.output_bias, []
    for i, neuron in enumerate(shallow.neurons):
        if neuron.is_zero:
            why = "c = 0" if neuron.has_zero_coefficient else "a = 0, b <= 0"
            account.append(f"neuron {i} is zero ({why}): dropped")
        elif neuron.is_constant:
            bias = plus_multiple(bias, neuron.bias, neuron.coefficient)
            account.append(f"neuron {i} is constant (a = 0): b c goes into the output bias")
        else:
            kept.append(neuron)
    after = with_neurons(shallow, kept, bias)
    return StepResult("drop", shallow, after, tuple(account or ["no neuron is zero or constant"]))


def direction_of(neuron: Neuron) -> tuple[IntegerRow, int]:
    """Return (h, sign) such that (a, b) is sign times a positive multiple of h, h as in the canonical form.

    (a, b) must not be zero.
    """
    functional, factor = signed_primitive(neuron.functional)
    return functional, 1 if factor > 0 else -1


def merge(shallow: Parametrization) -> StepResult:
    """Merge neurons with parallel (a, b), each class into its first neuron; the others are removed.

    Parallel means (a_j, b_j) = t (a_i, b_i) with t > 0; then t c_j is added to c_i. With biases it is
    (a, b) that is compared, never a alone. Where the merged coefficient is zero the whole class is removed:
    a class that realizes zero has no direction. A neuron that is parallel to no other one stays as it is.

    Examples
    --------
    >>> result = merge(Parametrization.from_rationals([[1, 2], [0, 1], [2, 4]], [[1], [1], [3]]))
    >>> result.account, result.after.neurons[0].coefficient
    (('neuron 2 is 2 times the direction of neuron 0: merged into it',), (Fraction(7, 1),))
    """
    classes: dict[tuple[IntegerRow, int], list[int]] = {}
    for j, neuron in enumerate(shallow.neurons):
        if any(neuron.functional):
            classes.setdefault(direction_of(neuron), []).append(j)
    neurons: list[Neuron | None] = list(shallow.neurons)
    account = []
    for members in sorted(group for group in classes.values() if len(group) > 1):
        neurons[members[0]], sentences = _merged(shallow, members)
        for j in members[1:]:
            neurons[j] = None
        account += sentences
    after = with_neurons(shallow, [neuron for neuron in neurons if neuron is not None])
    return StepResult("merge", shallow, after, tuple(account or ["no two neurons are parallel"]))


def _merged(shallow: Parametrization, members: Sequence[int]) -> tuple[Neuron | None, list[str]]:
    """Return the neuron that a class of parallel ones is merged into, None if it is zero, and an account."""
    into = shallow.neurons[members[0]]
    total, account = into.coefficient, []
    for j in members[1:]:
        factor = _ratio(shallow.neurons[j].functional, into.functional)
        total = plus_multiple(total, factor, shallow.neurons[j].coefficient)
        account.append(
            f"neuron {j} is {brief(factor)} times the direction of neuron {members[0]}: merged into it"
        )
    if any(total):
        return Neuron(into.weight, total, into.bias, into.scale), account
    return None, [*account, f"neurons {', '.join(map(str, members))} add up to zero: removed"]


def _ratio(row: Sequence[Fraction], base: Sequence[Fraction]) -> Fraction:
    """Return t with row = t base, for parallel rows."""
    return next(p / q for p, q in zip(row, base, strict=True) if q)


def flip(shallow: Parametrization, chosen: Collection[int]) -> StepResult:
    """Replace (a_i, b_i) by (-a_i, -b_i) for i in J, where sum_J c_i (x) a_i = 0.

    relu(t) - relu(-t) = t, so the function changes by sum_J c_i (<a_i, x> + b_i), a constant, which is
    added to the output bias (our reconstruction of Lemma A.5 is the case without biases).

    Raises
    ------
    ArgumentError
        If an index is out of range or given twice, or the sum is not zero; the message names an entry.

    Examples
    --------
    >>> gamma = Parametrization.from_rationals([[1, 0], [0, 1], [-1, -1]], [[1], [1], [1]])
    >>> flip(gamma, [0, 1, 2]).after.neurons[2].weight
    (Fraction(1, 1), Fraction(1, 1))
    """
    indices = _indices(shallow, chosen, "flip")
    for k in range(shallow.outputs):
        for j in range(shallow.inputs):
            terms = (shallow.neurons[i].coefficient[k] * shallow.neurons[i].weight[j] for i in indices)
            if total := sum(terms, Fraction(0)):
                raise ArgumentError(
                    f"flip: expected a set J with sum of c_i (x) a_i = 0, got {brief(total)} "
                    f"at output {k}, input {j}"
                )
    neurons, bias = list(shallow.neurons), shallow.output_bias
    for i in indices:
        n = neurons[i]
        neurons[i] = Neuron(tuple(-entry for entry in n.weight), n.coefficient, -n.bias, n.scale)
        bias = plus_multiple(bias, n.bias, n.coefficient)
    named = "+".join(map(str, indices))
    account = (
        f"neurons {named.replace('+', ', ')}: the sum of c_i (x) a_i is zero, (a, b) replaced by -(a, b)"
    )
    if bias != shallow.output_bias:
        account += ", the sum of c_i b_i goes into the output bias"
    return StepResult(f"flip:{named}", shallow, with_neurons(shallow, neurons, bias), (account,))


def permute(shallow: Parametrization, order: Sequence[int]) -> StepResult:
    """Put the neurons in another order: neuron i of the result is neuron order[i].

    Raises
    ------
    ArgumentError
        If ``order`` is no permutation of all indices.

    Examples
    --------
    >>> permute(Parametrization.from_rationals([[1], [2]], [[1], [1]]), [1, 0]).after.neurons[0].weight
    (Fraction(2, 1),)
    """
    if len(order) != shallow.width:
        raise ArgumentError(f"permute: expected all {shallow.width} neurons, got {len(order)}")
    indices = _indices(shallow, order, "permute")
    named = "+".join(map(str, indices))
    after = with_neurons(shallow, [shallow.neurons[i] for i in indices])
    account = f"the order is now {named.replace('+', ', ')}"
    return StepResult(f"permute:{named}", shallow, after, (account,))


def rescale(shallow: Parametrization, factors: Mapping[int, Any]) -> StepResult:
    """Multiply (a_i, b_i) by a positive rational factor and divide c_i by it.

    Raises
    ------
    ArgumentError
        If an index is out of range or a factor is not positive.
    InexactNumberError, NumberSyntaxError
        If a factor is no exact rational.

    Examples
    --------
    >>> rescale(Parametrization.from_rationals([[1]], [[1]]), {0: "3/2"}).after.neurons[0].coefficient
    (Fraction(2, 3),)
    """
    neurons, account, named = list(shallow.neurons), [], []
    for i in _indices(shallow, list(factors), "rescale"):
        factor = rational(factors[i])
        if factor <= 0:
            raise ArgumentError(f"rescale: neuron {i}: expected a positive factor, got {brief(factor)}")
        neurons[i] = neurons[i].rescaled(factor)
        named.append(f"{i}={brief(factor)}")
        account.append(f"neuron {i}: (a, b) times {brief(factor)}, c divided by it")
    after = with_neurons(shallow, neurons)
    return StepResult(f"rescale:{'+'.join(named)}", shallow, after, tuple(account))


def pad(shallow: Parametrization, width: int) -> StepResult:
    """Add neurons of zero parameters up to a width.

    Raises
    ------
    ArgumentError
        If there are more neurons already.

    Examples
    --------
    >>> pad(Parametrization.from_rationals([[1]], [[1]]), 3).after.width
    3
    """
    if width < shallow.width:
        raise ArgumentError(f"pad: expected a width of at least {shallow.width}, got {width}")
    zero = Neuron((Fraction(0),) * shallow.inputs, (Fraction(0),) * shallow.outputs)
    missing = width - shallow.width
    after = with_neurons(shallow, [*shallow.neurons, *[zero] * missing])
    return StepResult(f"pad:{width}", shallow, after, (f"{missing} zero neurons added",))


def _indices(shallow: Parametrization, chosen: Collection[int], step: str) -> list[int]:
    indices = list(chosen)
    for i in indices:
        if not 0 <= i < shallow.width:
            raise ArgumentError(f"{step}: expected neurons from 0 to {shallow.width - 1}, got {i}")
    if len(set(indices)) < len(indices):
        raise ArgumentError(f"{step}: expected each neuron once, got one twice")
    return indices
