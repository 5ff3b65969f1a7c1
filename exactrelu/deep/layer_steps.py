"""Steps at one layer that hold everywhere: unread, constant, parallel neurons, layers without bends."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from exactrelu.deep.deep_step import DeepStep
from exactrelu.deep.prover import Prover
from exactrelu.deep.windows import (
    LINEAR,
    ZERO,
    Neuron,
    neurons_of,
    plus,
    scaled,
    window_from,
    window_of,
    with_window,
)
from exactrelu.networks.activation import Activation, Slopes
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import IntegerRow, RationalMatrix, primitive_from_rationals
from exactrelu.numbers.points import Point

LayerStep = Callable[[Network, int, Prover], DeepStep | None]
"""A step at a hidden layer, None where there is nothing to do."""


def drop(network: Network, layer: int, prover: Prover) -> DeepStep | None:
    """Drop the neurons of a layer that nothing reads, and put constant ones into the next bias.

    Examples
    --------
    >>> from exactrelu.polyhedra.domain import Domain
    >>> net = Network.from_rationals([([[1], [0], [2]], [0, 3, 0]), ([[1, 1, 0]], None)])
    >>> step = drop(net, 1, Prover(Domain.whole_space(1)))
    >>> step.account, step.after.widths, step.after.layers[1].bias
    (('layer 1: neuron 1 is the constant 3', 'layer 1: nothing reads neuron 2'), (1, 1, 1), (Fraction(3, 1),))
    """
    neurons, bias = neurons_of(window_of(network, layer))
    kept, account = [], []
    for i, neuron in enumerate(neurons):
        if not any(neuron.column):
            account.append(f"layer {layer}: nothing reads neuron {i}")
        elif not any(neuron.row[:-1]) or not any(neuron.slopes):
            (value,) = Activation((neuron.slopes,))((neuron.row[-1],))
            bias = plus(bias, neuron.column, value)
            account.append(f"layer {layer}: neuron {i} is the constant {value}")
        else:
            kept.append(neuron)
    if not account:
        return None
    window = window_from(network.layers[layer - 1].inputs, kept, bias)
    if not kept:
        account.append(f"layer {layer}: no neuron is left, and the layer goes")
    return DeepStep("drop", network, with_window(network, layer, window), tuple(account), prover, layer)


def merge(network: Network, layer: int, prover: Prover) -> DeepStep | None:
    """Merge the neurons of a layer whose rows are positive multiples of each other and whose slopes are.

    Linear neurons are merged where their rows are any multiples, biases aside.

    Examples
    --------
    >>> from exactrelu.polyhedra.domain import Domain
    >>> net = Network.from_rationals([([[1], [3]], [2, 6]), ([[1, 1]], None)])
    >>> step = merge(net, 1, Prover(Domain.whole_space(1)))
    >>> step.account, step.after.layers[1].weight
    (('layer 1: neuron 1 is 3 times neuron 0: merged into it',), ((Fraction(4, 1),),))
    """
    neurons, bias = neurons_of(window_of(network, layer))
    first: dict[tuple[IntegerRow, Slopes], tuple[int, Fraction]] = {}
    kept: dict[int, Neuron] = {}
    account = []
    for i, neuron in enumerate(neurons):
        key, size, constant = _direction(neuron)
        if key not in first:
            first[key] = i, size
            kept[i] = neuron
            continue
        j, other = first[key]
        factor = size / other
        kept[j] = kept[j]._replace(column=plus(kept[j].column, neuron.column, factor))
        if neuron.is_linear:
            rest = constant - factor * _direction(neurons[j])[2]
            bias = plus(bias, neuron.column, rest)
        account.append(f"layer {layer}: neuron {i} is {factor} times neuron {j}: merged into it")
    if not account:
        return None
    window = window_from(network.layers[layer - 1].inputs, list(kept.values()), bias)
    return DeepStep("merge", network, with_window(network, layer, window), tuple(account), prover, layer)


def _direction(neuron: Neuron) -> tuple[tuple[IntegerRow, Slopes], Fraction, Fraction]:
    """Return (primitive row, slopes up to a factor), the factor, and the constant of a linear neuron.

    The neuron's value is the factor times that of the primitive row with these slopes, plus the constant.
    """
    below, above = neuron.slopes
    slope = above or below or Fraction(1)
    row = neuron.row
    if neuron.is_linear:
        row = (*row[:-1], ZERO)
    entries = primitive_from_rationals(row)
    if not any(entries):
        return (entries, (ZERO, ZERO)), Fraction(1), slope * neuron.row[-1]
    place = next(i for i, entry in enumerate(entries) if entry)
    size = row[place] / entries[place]
    if neuron.is_linear and entries[place] < 0:
        entries, size = tuple(-entry for entry in entries), -size
    key = entries, LINEAR if neuron.is_linear else (below / slope, above / slope)
    return key, size * slope, slope * neuron.row[-1]


def compose(network: Network, layer: int, prover: Prover) -> DeepStep | None:
    """Compose a layer of linear neurons with the map after it.

    Examples
    --------
    >>> from exactrelu.polyhedra.domain import Domain
    >>> units = [Activation.of([(2, 2)]), Activation.relu(1)]
    >>> chain = Network.from_rationals([([[3]], [1]), ([[5]], None), ([[7]], None)], activations=units)
    >>> compose(chain, 1, Prover(Domain.whole_space(1))).after.layers[0].rows
    ((Fraction(30, 1), Fraction(10, 1)),)
    """
    activation = network.activations[layer - 1]
    if activation.bent_width:
        return None
    first, second = network.layers[layer - 1], network.layers[layer]
    slopes = [pair[0] for pair in activation.slopes]
    rows = [scaled(row, slope) for row, slope in zip(first.rows, slopes, strict=True)]
    product = second.after(AffineMap(RationalMatrix.from_rows(rows, first.inputs + 1)))
    account = f"layer {layer}: its {first.outputs} neurons are linear: composed with the next map"
    after = with_window(network, layer, Network((product,)))
    return DeepStep("compose", network, after, (account,), prover, layer)


def on_hull(network: Network, layer: int, prover: Prover) -> DeepStep | None:
    """Reduce the rows of the first layer modulo the equations of the domain's affine hull.

    Examples
    --------
    >>> from exactrelu.polyhedra.domain import Domain
    >>> line = Domain.from_inequalities(2, [([1, -1], 0, "=")])
    >>> net = Network.from_rationals([([[1, 1], [4, 0]], None), ([[1, 1]], None)])
    >>> on_hull(net, 1, Prover(line)).after.layers[0].weight
    ((Fraction(0, 1), Fraction(2, 1)), (Fraction(0, 1), Fraction(4, 1)))
    """
    equations = prover.domain.equations
    if layer != 1 or not equations:
        return None
    rows = [_reduced(row, equations) for row in network.layers[0].rows]
    changed = [i for i, row in enumerate(rows) if row != network.layers[0].rows[i]]
    if not changed:
        return None
    first = AffineMap(RationalMatrix.from_rows(rows, network.inputs + 1))
    after = Network(
        (first, *network.layers[1:]),
        network.name,
        network.description,
        network.source,
        activations=network.activations,
    )
    named = ", ".join(map(str, changed))
    account = f"layer 1: rows {named} are reduced modulo the domain's {len(equations)} equations"
    return DeepStep("hull", network, after, (account,), prover, 1)


def _reduced(row: Point, equations: tuple[IntegerRow, ...]) -> Point:
    for equation in equations:
        pivot = next(j for j, entry in enumerate(equation) if entry)
        if row[pivot]:
            row = plus(row, map(Fraction, equation), -row[pivot] / equation[pivot])
    return row
