"""The derivative of a network's output by its parameters, on a cell or at a point.

On a cell the output is f(x) = M_L diag(s_{L-1}) ... diag(s_1) M_1 x, where its bits select the slopes s. So
its derivative by W_l[i, j] is B_l[:, i] z_{l-1, j}(x), by b_l[i] it is B_l[:, i]. Here the product B_l =
W_L diag(s_{L-1}) ... W_{l+1} diag(s_l) leads from the pre-activations of layer l to the output; z_{l-1} are
the values that layer l reads, affine in x. An affine function of x is known by its values on a basis of the
span of the (x, 1): so a cell gives as many rows of numbers for each output as that span has dimensions, and
a point gives one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flint import fmpz, fmpz_mat

from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import common_denominator
from exactrelu.polyhedra.domain import Domain


def parameter_count(network: Network) -> int:
    """Return the number of weights and biases.

    Examples
    --------
    >>> parameter_count(Network.from_rationals([([[1, 2]], None), ([[1]], None)]))
    5
    """
    return sum(layer.outputs * (layer.inputs + 1) for layer in network.layers)


def frame_of(domain: Domain) -> fmpz_mat:
    """Return a basis of the span of all (x, 1), x in the domain, as the columns of an integer matrix.

    Examples
    --------
    >>> frame = frame_of(Domain.from_inequalities(2, [([1, -1], 0, "=")]))  # (x, x, 1)
    >>> frame.rank(), [int(entry) for entry in (fmpz_mat([[1, -1, 0]]) * frame).entries()]
    (2, [0, 0])
    """
    size = domain.dimension + 1
    if not domain.equations:
        return fmpz_mat([[int(i == j) for j in range(size)] for i in range(size)])
    kernel, nullity = fmpz_mat([list(row) for row in domain.equations]).nullspace()
    return fmpz_mat([row[:nullity] for row in kernel.tolist()])


def frame_at(point: Point) -> fmpz_mat:
    """Return (x, 1), times a positive integer, as a column."""
    denominator = common_denominator(point)
    return fmpz_mat([[int(entry * denominator)] for entry in point] + [[denominator]])


@dataclass(frozen=True)
class CellDerivatives:
    """The linear maps of a cell: what each layer reads, and how the output depends on each pre-activation.

    ``readings[l]`` has a row for each value that layer l + 1 reads, and a last one for the constant 1, in the
    coordinates of a frame; ``preactivations[l]`` is y_{l+1}; ``sensitivities[l]`` is B_{l+1}, with a row for
    each output.
    """

    readings: tuple[RationalMatrix, ...]
    preactivations: tuple[RationalMatrix, ...]
    sensitivities: tuple[RationalMatrix, ...]

    @classmethod
    def of(cls, network: Network, configuration: Configuration, frame: fmpz_mat) -> CellDerivatives:
        """Return the maps of the cell of a configuration, on the span of the columns of a frame."""
        readings, preactivations = [RationalMatrix(frame)], []
        for k, layer in enumerate(network.layers):
            preactivations.append(layer.matrix @ readings[-1])
            if k < network.depth - 1:
                readings.append(_passed_on(network, configuration, k, preactivations[-1], readings[-1]))
        return cls(tuple(readings), tuple(preactivations), _sensitivities(network, configuration))

    def rows(self) -> fmpz_mat:
        """Return the derivative: a row for each output and column of the frame, a column for each parameter.

        All rows are scaled by one positive integer. Parameters come layer by layer, row by row, biases last.
        """
        pairs = list(zip(self.sensitivities, self.readings, strict=True))
        common = math.lcm(*(b.denominator * z.denominator for b, z in pairs))
        blocks = [
            (
                (b.numerators * (common // (b.denominator * z.denominator))).tolist(),
                z.numerators.transpose().tolist(),
            )
            for b, z in pairs
        ]
        outputs, columns = self.sensitivities[-1].shape[0], self.readings[0].shape[1]
        return fmpz_mat(
            [[*_entries(blocks, output, column)] for output in range(outputs) for column in range(columns)]
        )


def _entries(
    blocks: Sequence[tuple[list[list[fmpz]], list[list[fmpz]]]], output: int, column: int
) -> Iterator[fmpz]:
    for sensitivities, readings in blocks:
        for factor in sensitivities[output]:
            yield from (factor * value for value in readings[column])


def _passed_on(
    network: Network, configuration: Configuration, k: int, y: RationalMatrix, before: RationalMatrix
) -> RationalMatrix:
    """Return the values of hidden layer k + 1, and as a last row the constant 1."""
    activation = network.activations[k]
    masked = activation.masked(y.numerators, configuration.layers[k])
    values = RationalMatrix(masked, y.denominator * activation.denominator)
    constant = fmpz_mat([before.numerators.tolist()[-1]])
    common = math.lcm(values.denominator, before.denominator)
    rows = (values.numerators * (common // values.denominator)).tolist()
    return RationalMatrix(fmpz_mat([*rows, *(constant * (common // before.denominator)).tolist()]), common)


def _sensitivities(network: Network, configuration: Configuration) -> tuple[RationalMatrix, ...]:
    current = RationalMatrix.identity(network.outputs)
    found = [current]
    for k in range(network.depth - 1, 0, -1):
        activation, weight = network.activations[k - 1], network.layers[k].matrix
        columns = fmpz_mat([row[:-1] for row in weight.numerators.tolist()])
        product = (current.numerators * columns).transpose()
        masked = activation.masked(product, configuration.layers[k - 1]).transpose()
        current = RationalMatrix(masked, current.denominator * weight.denominator * activation.denominator)
        found.append(current)
    return tuple(reversed(found))
