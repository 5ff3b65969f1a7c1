"""Permutations, rescalings and balance: networks with as many neurons and the same function.

A permutation reorders rows and columns of a layer, and a rescaling multiplies a neuron's row (a, b) by a
positive factor and divides its column by it: every activation here is positively homogeneous.

*Balance.* A neuron is balanced if its incoming weights (without the bias) and its outgoing ones have the
same norm. With one hidden layer each neuron is balanced for itself, by a square or fourth root that is kept
exactly (`exactrelu.shallow.balancing`). In deeper networks what one layer is scaled by changes the norms of
its neighbours, so the exact factors solve a system of polynomials, as a rule not by radicals. Here layers
are balanced in turn in doubles, until they rest; the factors are replaced by simple rationals near to them;
and how far the norms of the result are apart at most is computed exactly and stated.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from exactrelu.deep.deep_step import DeepStep
from exactrelu.deep.prover import Prover
from exactrelu.deep.windows import neurons_of, scaled, window_from, window_of, with_window
from exactrelu.errors import ArgumentError
from exactrelu.networks.network import Network
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import brief, rational
from exactrelu.polyhedra.domain_points import simplest_between
from exactrelu.shallow.balancing import BalanceNorm

_SWEEPS, _REST = 500, 1e-9  # of layers in turn, and when they rest: in powers of two
_NEAR = Fraction(1, 256)
_THOUSAND = 1000


def permute(network: Network, layer: int, order: Sequence[int], prover: Prover) -> DeepStep:
    """Put the neurons of a layer in another order: neuron i of the result is neuron order[i].

    Raises
    ------
    ArgumentError
        If ``order`` is no permutation of the layer's neurons.

    Examples
    --------
    >>> from exactrelu.polyhedra.domain import Domain
    >>> net = Network.from_rationals([([[1], [2]], None), ([[3, 4]], None)])
    >>> permute(net, 1, [1, 0], Prover(Domain.whole_space(1))).after.layers[1].weight
    ((Fraction(4, 1), Fraction(3, 1)),)
    """
    neurons, bias = neurons_of(window_of(network, layer))
    if sorted(order) != list(range(len(neurons))):
        raise ArgumentError(
            f"permute: layer {layer}: expected all {len(neurons)} neurons once, got {list(order)}"
        )
    window = window_from(network.layers[layer - 1].inputs, [neurons[i] for i in order], bias)
    account = (f"layer {layer}: the order is now {', '.join(map(str, order))}",)
    return DeepStep("permute", network, with_window(network, layer, window), account, prover, layer)


def rescale(
    network: Network, layer: int, factors: Mapping[int, Any], prover: Prover, name: str = "rescale"
) -> DeepStep:
    """Multiply (a_i, b_i) by a positive rational factor and divide the column by it, for neurons of a layer.

    Raises
    ------
    ArgumentError
        If an index is out of range or a factor is not positive.
    InexactNumberError, NumberSyntaxError
        If a factor is no exact rational.

    Examples
    --------
    >>> from exactrelu.polyhedra.domain import Domain
    >>> net = Network.from_rationals([([[1], [2]], None), ([[3, 4]], None)])
    >>> rescale(net, 1, {0: "3/2"}, Prover(Domain.whole_space(1))).after.layers[1].weight
    ((Fraction(2, 1), Fraction(4, 1)),)
    """
    neurons, bias = neurons_of(window_of(network, layer))
    account = []
    for i, given in factors.items():
        factor = rational(given)
        if not 0 <= i < len(neurons):
            raise ArgumentError(f"{name}: layer {layer}: expected neurons 0 to {len(neurons) - 1}, got {i}")
        if factor <= 0:
            raise ArgumentError(
                f"{name}: layer {layer}, neuron {i}: expected a positive factor, got {factor}"
            )
        row, column = scaled(neurons[i].row, factor), scaled(neurons[i].column, 1 / factor)
        neurons[i] = neurons[i]._replace(row=row, column=column)
        account.append(f"layer {layer}: neuron {i}: (a, b) times {brief(factor)}, its column divided by it")
    window = window_from(network.layers[layer - 1].inputs, neurons, bias)
    return DeepStep(name, network, with_window(network, layer, window), tuple(account), prover, layer)


# balance ------------------------------------------------------------------------------------------------


def balance(network: Network, norm: BalanceNorm | str, prover: Prover) -> list[DeepStep]:
    """Rescale all hidden layers until each neuron's incoming and outgoing weights have nearly the same norm.

    Raises
    ------
    ArgumentError
        For another norm, or if a neuron has no weights on one side, which no factor balances.

    Examples
    --------
    >>> from exactrelu.polyhedra.domain import Domain
    >>> net = Network.from_rationals([([[16]], None), ([[1]], [5]), ([[1]], None)])
    >>> steps = balance(net, "inf", Prover(Domain.whole_space(1)))
    >>> [step.layer for step in steps], imbalance(steps[-1].after, BalanceNorm.MAX) < Fraction(101, 100)
    ([1, 2], True)
    >>> steps[-1].account[-1]
    'the norms (inf) of incoming and outgoing weights of each neuron differ by a factor of at most 1.008'
    """
    chosen = BalanceNorm(norm)
    _require_weights(network)
    exponents = _balancing_exponents(network, chosen)
    steps: list[DeepStep] = []
    for layer, row in enumerate(exponents, start=1):
        factors = {i: factor for i, e in enumerate(row) if (factor := _factor(e)) != 1}
        if factors:
            current = steps[-1].after if steps else network
            steps.append(rescale(current, layer, factors, prover, f"balance:{chosen}"))
    return _with_statement(steps, chosen)


def _with_statement(steps: list[DeepStep], norm: BalanceNorm) -> list[DeepStep]:
    """Return the steps, the last of which says how far the norms are apart."""
    from dataclasses import replace

    if not steps:
        return steps
    text = (
        f"the norms ({norm}) of incoming and outgoing weights of each neuron differ by a factor of at most "
        f"{_thousandths(imbalance(steps[-1].after, norm))}"
    )
    return [*steps[:-1], replace(steps[-1], account=(*steps[-1].account, text))]


def imbalance(network: Network, norm: BalanceNorm) -> Fraction:
    """Return the least number of thousandths that bounds all quotients of a neuron's two norms.

    Examples
    --------
    >>> net = Network.from_rationals([([[3], [2]], None), ([[1, 2]], None)])
    >>> imbalance(net, BalanceNorm.EUCLIDEAN)
    Fraction(3, 1)
    """
    worst = Fraction(1)
    for layer in range(1, network.depth):
        neurons, _ = neurons_of(window_of(network, layer))
        for neuron in neurons:
            ratio = _square(neuron.row[:-1], norm) / _square(neuron.column, norm)
            worst = max(worst, ratio, 1 / ratio)
    root = math.isqrt(math.ceil(worst * _THOUSAND**2))
    while Fraction(root, _THOUSAND) ** 2 < worst:
        root += 1
    return Fraction(root, _THOUSAND)


def _thousandths(value: Fraction) -> str:
    whole, rest = divmod(int(value * _THOUSAND), _THOUSAND)
    return f"{whole}.{rest:03d}"


def _square(vector: Point, norm: BalanceNorm) -> Fraction:
    squares = [entry * entry for entry in vector]
    return max(squares) if norm is BalanceNorm.MAX else sum(squares, Fraction(0))


def _require_weights(network: Network) -> None:
    for layer in range(1, network.depth):
        neurons, _ = neurons_of(window_of(network, layer))
        for i, neuron in enumerate(neurons):
            if not any(neuron.row[:-1]) or not any(neuron.column):
                raise ArgumentError(
                    f"balance: layer {layer}, neuron {i}: expected incoming and outgoing weights, "
                    "got none on one side; drop it first"
                )


def _factor(exponent: float) -> Fraction:
    """Return a simple rational near to a power of two, itself if the exponent is whole."""
    whole = round(exponent)
    power = Fraction(2) ** whole
    if abs(exponent - whole) < _REST * 1000:
        return power
    near = Fraction(2 ** (exponent - whole))
    return power * simplest_between(near * (1 - _NEAR), near * (1 + _NEAR))


def _balancing_exponents(network: Network, norm: BalanceNorm) -> list[list[float]]:
    """Return for each neuron of each hidden layer the factor's logarithm to the base 2, in doubles."""
    import numpy as np

    sizes = [np.array([[_logarithm(a) for a in row] for row in layer.weight]) for layer in network.layers]
    ends = [np.zeros(width) for width in network.widths]  # inputs and outputs are not scaled

    def total(logs: Any, axis: int) -> Any:
        top = logs.max(axis=axis, keepdims=True)
        if norm is BalanceNorm.MAX:
            return top.squeeze(axis)
        return (top + np.log2(np.exp2(2 * (logs - top)).sum(axis=axis, keepdims=True)) / 2).squeeze(axis)

    for _ in range(_SWEEPS):
        most = 0.0
        for k in range(1, network.depth):
            incoming = total(sizes[k - 1] - ends[k - 1][None, :], 1) + ends[k]
            outgoing = total(sizes[k] + ends[k + 1][:, None], 0) - ends[k]
            change = (outgoing - incoming) / 2
            ends[k] = ends[k] + change
            most = max(most, float(np.abs(change).max()))
        if most < _REST:
            break
    return [[float(e) for e in row] for row in ends[1:-1]]


def _logarithm(value: Fraction) -> float:
    if not value:
        return -math.inf
    return math.log2(abs(value.numerator)) - math.log2(value.denominator)
