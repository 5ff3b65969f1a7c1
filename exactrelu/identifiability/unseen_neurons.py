"""Neurons of the second layer that never bend: what they add to the function, and how they are put back.

Neurons that are off everywhere add nothing: any of them may be zero. What those add that are on everywhere is
linear in the values of the first layer; with one output they are sought as one neuron that is always on. Its
bias is then chosen so that its pre-activation is never negative, which the last bias makes up for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from exactrelu.analysis.ranges import output_range
from exactrelu.identifiability.bends import BentLine
from exactrelu.identifiability.recovery_two_layers import SolvedNetwork, TwoLayers
from exactrelu.identifiability.second_layer import SeenNeuron
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import IntegerRow, RationalMatrix


def with_unseen(
    first: Sequence[IntegerRow], seen: Sequence[SeenNeuron], lines: Sequence[BentLine], width: int
) -> Iterator[SolvedNetwork]:
    """Yield the networks with so many neurons in the second layer, of which some were not seen.

    Raises
    ------
    NotRecoveredError, BudgetExhaustedError
        As `TwoLayers.networks`.
    """
    if len(seen) == width or len(seen[0].gain) > 1:
        for solved in TwoLayers(first, seen, lines).networks():
            yield _padded(solved.network, width, solved.free)
        return
    always_on = SeenNeuron((1,), [])
    for solved in TwoLayers(first, (*seen, always_on), lines).networks():
        if (kept := _kept_on(solved.network)) is not None:
            yield _padded(kept, width, solved.free)


def _kept_on(network: Network) -> Network | None:
    """Return a network whose last neuron is on everywhere, the same where it was on before; off if constant.

    None if its pre-activation is bounded on neither side: then it would have to be two neurons.
    """
    one, two, _ = network.layers
    *others, row = two.rows
    if not any(row[:-1]):
        gain, constant = Fraction(0), row[-1]
        return _with(network, [*others, (*row[:-1], Fraction(0))], gain, constant)
    pre_activation = Network((one, AffineMap(RationalMatrix.from_rows([row], len(row)))))
    ((low, high),) = _bounds(pre_activation)
    sign, least = (1, low) if low is not None else (-1, None if high is None else -high)
    if least is None:
        return None
    raised = [*(sign * entry for entry in row[:-1]), sign * row[-1] - least]
    return _with(network, [*others, raised], Fraction(sign), sign * least)


def _bounds(network: Network) -> list[tuple[Fraction | None, Fraction | None]]:
    ranges = output_range(network)
    return [(_finite(found.minimum.value), _finite(found.maximum.value)) for found in (ranges or ())]


def _finite(value: object) -> Fraction | None:
    return value if isinstance(value, Fraction) else None


def _with(
    network: Network, rows: Sequence[Sequence[Fraction]], gain: Fraction, constant: Fraction
) -> Network:
    """Return the network with other rows of the second layer, the last one's gain, more of a constant."""
    (output,) = network.layers[-1].rows
    last = [*output[:-2], gain, output[-1] + constant]
    return Network((network.layers[0], _affine(rows), _affine([last])))


def _padded(network: Network, width: int, free: int) -> SolvedNetwork:
    """Return the network with zero neurons in the second layer, up to the width; their rows are free."""
    one, two, last = network.layers
    missing = width - two.outputs
    rows = [*two.rows, *[(Fraction(0),) * (two.inputs + 1)] * missing]
    outputs = [(*row[:-1], *[Fraction(0)] * missing, row[-1]) for row in last.rows]
    free += sum(not any(row) for row in rows) * (two.inputs + 1)
    return SolvedNetwork(Network((one, _affine(rows), _affine(outputs))), free)


def _affine(rows: Sequence[Sequence[Fraction]]) -> AffineMap:
    return AffineMap(RationalMatrix.from_rows(rows, len(rows[0])))
