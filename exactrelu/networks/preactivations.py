"""Pre-activations of a cell as affine functionals, composed on integer matrices.

On the cell of theta the pre-activations of layer k are y_k = M_k diag(s_{k-1}) ... diag(s_1) M_1 x, with s_j
the slopes that theta selects in layer j (for ReLU the bits themselves).
They are kept as the rows of an integer matrix over one common scale, so that a step of the
composition is one integer matrix product and no fraction is ever reduced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flint import fmpz, fmpz_mat

from exactrelu.errors import ConfigurationError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import IntegerRow, RationalMatrix, integer_rows


class Preactivations:
    """The affine map y = rows / scale from the input space, with scale > 0.

    ``matrix`` has one integer row (a, c) for each neuron; it means (a.x + c) / scale.
    """

    __slots__ = ("inputs", "matrix", "scale")

    def __init__(self, matrix: fmpz_mat, scale: int) -> None:
        self.matrix = matrix
        self.scale = scale
        self.inputs = int(matrix.ncols()) - 1

    @classmethod
    def of_first_layer(cls, network: Network) -> Preactivations:
        """Return y_1, which is the same on every cell."""
        first = network.layers[0].matrix
        return cls(first.numerators, first.denominator)

    def next_layer(self, network: Network, k: int, bits: Sequence[int]) -> Preactivations:
        """Return y_{k+1} = M_{k+1}(diag(slopes) y_k), if this is y_k, with the slopes that bits select."""
        activation, layer = network.activations[k - 1], network.layers[k].matrix
        rows = activation.masked_rows(self.matrix.tolist(), bits)
        scale = activation.denominator * self.scale
        rows.append([*[fmpz(0)] * self.inputs, fmpz(scale)])
        return Preactivations(layer.numerators * fmpz_mat(rows), layer.denominator * scale)

    def __reduce__(self) -> tuple[Any, ...]:
        # python-flint's matrices can be neither copied nor pickled.
        return _rebuilt, (integer_rows(self.matrix), self.inputs, self.scale)

    def integer_rows(self) -> list[IntegerRow]:
        """Return the rows (a, c), positive multiples of the pre-activations."""
        return integer_rows(self.matrix)

    def affine_map(self) -> AffineMap:
        """Return the exact affine map x -> y."""
        return AffineMap(RationalMatrix(self.matrix, self.scale))


def _rebuilt(rows: list[IntegerRow], inputs: int, scale: int) -> Preactivations:
    entries = [entry for row in rows for entry in row]
    return Preactivations(fmpz_mat(len(rows), inputs + 1, entries), scale)


def layerwise(network: Network, configuration: Configuration) -> Iterator[Preactivations]:
    """Yield y_1, ..., y_L on the cell of a configuration (y_L is the output M_L^theta).

    The composition (10) of Heinecke & Hwang, for every k; the configuration need not have points.

    Raises
    ------
    ConfigurationError
        If the configuration does not have a bit for each bent hidden neuron.
    """
    if configuration.widths != network.bent_widths:
        raise ConfigurationError(
            f"configuration: expected widths {network.bent_widths}, got {configuration.widths}"
        )
    current = Preactivations.of_first_layer(network)
    yield current
    for k, bits in enumerate(configuration.layers, start=1):
        current = current.next_layer(network, k, bits)
        yield current


def rows_with_bits(
    network: Network, configuration: Configuration, preactivations: Iterable[Preactivations]
) -> Iterator[tuple[IntegerRow, int]]:
    """Yield the integer row and the bit of each bent neuron, layer after layer.

    ``preactivations`` are y_1, ..., y_{L-1} on the cell of the configuration; more are not read.
    """
    for y, activation, bits in zip(preactivations, network.activations, configuration.layers, strict=False):
        yield from zip(activation.bent_of(y.integer_rows()), bits, strict=True)


def affine_maps(network: Network, configuration: Configuration) -> tuple[AffineMap, ...]:
    """Return (M_1^theta, ..., M_L^theta), the affine map of each layer on the cell of ``configuration``.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> affine_maps(net, Configuration(((0, 1),)))[-1].weight
    ((Fraction(-1, 1),),)
    """
    return tuple(y.affine_map() for y in layerwise(network, configuration))
