"""Pre-activations of a cell as affine functionals, composed on integer matrices.

On the cell of theta the pre-activations of layer k are y_k = M_k diag(theta_{k-1}) ... diag(theta_1) M_1 x.
They are kept as the rows of an integer matrix over one common scale, so that a step of the
composition is one integer matrix product and no fraction is ever reduced.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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

    def after(self, layer: AffineMap, bits: Sequence[int]) -> Preactivations:
        """Return the next layer's y = layer(diag(bits) y)."""
        width = self.inputs + 1
        zero = [fmpz(0)] * width
        rows = [row if bit else zero for bit, row in zip(bits, self.matrix.tolist(), strict=True)]
        rows.append([*zero[:-1], fmpz(self.scale)])
        return Preactivations(layer.matrix.numerators * fmpz_mat(rows), layer.matrix.denominator * self.scale)

    def integer_rows(self) -> list[IntegerRow]:
        """Return the rows (a, c), positive multiples of the pre-activations."""
        return integer_rows(self.matrix)

    def affine_map(self) -> AffineMap:
        """Return the exact affine map x -> y."""
        return AffineMap(RationalMatrix(self.matrix, self.scale))


def layerwise(network: Network, configuration: Configuration) -> Iterator[Preactivations]:
    """Yield y_1, ..., y_L on the cell of a configuration (y_L is the output M_L^theta).

    The composition (10) of Heinecke & Hwang, for every k; the configuration need not have points.

    Raises
    ------
    ConfigurationError
        If the configuration does not have a bit for each hidden neuron.
    """
    if configuration.widths != network.hidden_widths:
        raise ConfigurationError(
            f"configuration: expected widths {network.hidden_widths}, got {configuration.widths}"
        )
    current = Preactivations.of_first_layer(network)
    yield current
    for layer, bits in zip(network.layers[1:], configuration.layers, strict=True):
        current = current.after(layer, bits)
        yield current


def affine_maps(network: Network, configuration: Configuration) -> tuple[AffineMap, ...]:
    """Return (M_1^theta, ..., M_L^theta), the affine map of each layer on the cell of ``configuration``.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> affine_maps(net, Configuration(((0, 1),)))[-1].weight
    ((Fraction(-1, 1),),)
    """
    return tuple(y.affine_map() for y in layerwise(network, configuration))
