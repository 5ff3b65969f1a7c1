"""The entries that a network's Jacobian may have where some signs are open, exactly."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpz, fmpz_mat

from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import RationalMatrix


def dominating_jacobian(network: Network, bits: Sequence[int]) -> RationalMatrix:
    """Return the Jacobian of a configuration; where bits are open (-1), a matrix of bounds of its entries.

    In the norms 1, 2 and inf the Jacobian of every configuration with the given bits is at most as large as
    the matrix that is returned.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [2]], None), ([[1, -1]], None)])
    >>> [str(dominating_jacobian(net, bits).rows()[0][0]) for bits in ([1, 1], [0, -1], [-1, -1])]
    ['-1', '2', '2']
    """
    first = network.layers[0].matrix
    low = high = _linear(first.numerators)
    scale, start = first.denominator, 0
    for activation, layer in zip(network.activations, network.layers[1:], strict=True):
        own, start = bits[start : start + activation.bent_width], start + activation.bent_width
        low, high = _through(activation, own, low, high)
        up, down = _signed_parts(_linear(layer.matrix.numerators))
        low, high = up * low + down * high, up * high + down * low
        scale *= activation.denominator * layer.matrix.denominator
    if low != high:
        entries = [max(abs(a), abs(b)) for a, b in zip(low.entries(), high.entries(), strict=True)]
        low = fmpz_mat(low.nrows(), low.ncols(), entries)
    return RationalMatrix(low, scale)


def _linear(matrix: fmpz_mat) -> fmpz_mat:
    """Return the matrix without its last column."""
    return fmpz_mat([row[:-1] for row in matrix.tolist()])


def _signed_parts(matrix: fmpz_mat) -> tuple[fmpz_mat, fmpz_mat]:
    rows = matrix.tolist()
    zero = fmpz(0)
    return (
        fmpz_mat([[max(a, zero) for a in row] for row in rows]),
        fmpz_mat([[min(a, zero) for a in row] for row in rows]),
    )


def _through(
    activation: Activation, bits: Sequence[int], low: fmpz_mat, high: fmpz_mat
) -> tuple[fmpz_mat, fmpz_mat]:
    """Return bounds of the rows after the units, times the slopes' denominator."""
    ends = [activation.integer_slopes([max(bit, 0) for bit in bits])]
    ends.append(activation.integer_slopes([1 if bit < 0 else bit for bit in bits]))
    bottom, top = [], []
    for lows, highs, *slopes in zip(low.tolist(), high.tolist(), *ends, strict=True):
        products = [[slope * end for end in row] for slope in slopes for row in (lows, highs)]
        bottom.append([min(column) for column in zip(*products, strict=True)])
        top.append([max(column) for column in zip(*products, strict=True)])
    return fmpz_mat(bottom), fmpz_mat(top)
