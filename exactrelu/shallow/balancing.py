"""Balancing: rescale each neuron until weight and coefficient have the same norm."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import Never

from exactrelu.errors import ArgumentError
from exactrelu.shallow.parametrization import Neuron, Parametrization
from exactrelu.shallow.step_results import StepResult, with_neurons


class BalanceNorm(StrEnum):
    """The norm in which weight and coefficient are balanced; biases do not count."""

    MAX = "inf"
    EUCLIDEAN = "2"

    @classmethod
    def _missing_(cls, value: object) -> Never:
        raise ArgumentError(f"norm: expected inf or 2, got {value!r}")


def balanced_scale(neuron: Neuron, norm: BalanceNorm) -> Fraction | None:
    """Return the scale r with which the neuron is balanced, None if a = 0 or c = 0.

    With r^(1/4) a and r^(-1/4) c: in the norm inf r = (|c| / |a|)^2, in the norm 2 r = |c|^2 / |a|^2.

    Examples
    --------
    >>> balanced_scale(Neuron((3, 4), (10,)), BalanceNorm.EUCLIDEAN)
    Fraction(4, 1)
    """
    if neuron.is_constant or neuron.has_zero_coefficient:
        return None
    return _squared_norm(neuron.coefficient, norm) / _squared_norm(neuron.weight, norm)


def _squared_norm(vector: tuple[Fraction, ...], norm: BalanceNorm) -> Fraction:
    squares = [entry * entry for entry in vector]
    return max(squares) if norm is BalanceNorm.MAX else sum(squares, Fraction(0))


def is_balanced(neuron: Neuron, norm: BalanceNorm) -> bool:
    """Return whether |a| = |c|; if one of them is zero, both must be.

    Examples
    --------
    >>> [is_balanced(Neuron(a, c), BalanceNorm.MAX) for a, c in (((2, 1), (0, -2)), ((0, 0), (1, 0)))]
    [True, False]
    """
    target = balanced_scale(neuron, norm)
    if target is None:
        return neuron.is_constant and neuron.has_zero_coefficient
    return neuron.scale == target


def balance(shallow: Parametrization, norm: BalanceNorm | str = BalanceNorm.MAX) -> StepResult:
    """Rescale every neuron so that ||a_i|| = ||c_i||; neurons that are zero get zero parameters.

    The factors are square roots (norm inf) or fourth roots (norm 2) of rationals, kept exactly as the
    scale of the neuron.

    Raises
    ------
    ArgumentError
        For another norm, or if a neuron is a constant other than zero, which no factor balances.

    Notes
    -----
    Berner, Elbraechter & Grohs, condition C.1 of our reconstruction of Corollary 1.4, which has no biases;
    here they are rescaled with the weights and do not count in the norm.

    Examples
    --------
    >>> balance(Parametrization.from_rationals([[4]], [[1]])).after.neurons[0]
    Neuron(weight=(Fraction(2, 1),), coefficient=(Fraction(2, 1),), bias=Fraction(0, 1), scale=Fraction(1, 1))
    """
    chosen = BalanceNorm(norm)
    neurons, account = list(shallow.neurons), []
    for i, neuron in enumerate(shallow.neurons):
        if is_balanced(neuron, chosen) and not (neuron.is_zero and neuron.bias):
            continue
        neurons[i] = _balanced(neuron, chosen, i)
        done = "is zero: all its parameters are now 0" if neuron.is_zero else "rescaled"
        account.append(f"neuron {i} {done}")
    after = with_neurons(shallow, neurons)
    sentences = tuple(account or ["every neuron is balanced"])
    return StepResult(f"balance:{chosen}", shallow, after, sentences)


def _balanced(neuron: Neuron, norm: BalanceNorm, index: int) -> Neuron:
    zero = Fraction(0)
    if neuron.is_zero:
        return Neuron((zero,) * len(neuron.weight), (zero,) * len(neuron.coefficient))
    scale = balanced_scale(neuron, norm)
    if scale is None:
        raise ArgumentError(
            f"balance: neuron {index} is a constant (a = 0), which no factor balances; drop it first"
        )
    return Neuron(neuron.weight, neuron.coefficient, neuron.bias, scale)
