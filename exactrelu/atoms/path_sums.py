"""Sums of products of weights over the active paths of a network, from its first to its last hidden layer.

On a configuration theta, the paths from neuron i_1 of the first hidden layer to neuron i_{L-1} of the last
one run through active neurons only; each has the product of the weights of W_2, ..., W_{L-1} along it.
`path_sums` adds these products up by masked integer matrix products, `paths` lists them one by one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from flint import fmpz_mat

from exactrelu.errors import ConfigurationError, NetworkError
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import RationalMatrix


@dataclass(frozen=True)
class Path:
    """The active path through ``neurons`` = (i_1, ..., i_{L-1}) and the ``product`` of its weights."""

    neurons: tuple[int, ...]
    product: Fraction


def require_hidden_layers(network: Network, configuration: Configuration) -> None:
    """Raise unless the network has a hidden layer and the configuration a bit for each hidden neuron.

    Raises
    ------
    NetworkError
        If L = 1, or there are other neurons than ReLU.
    ConfigurationError
        If the widths differ.
    """
    network.require_relu("atoms")
    if network.depth < 2:
        raise NetworkError("layers: expected at least 2, since atoms need a hidden layer, got 1")
    if configuration.widths != network.bent_widths:
        raise ConfigurationError(
            f"configuration: expected widths {network.bent_widths}, got {configuration.widths}"
        )


def path_sums(network: Network, configuration: Configuration) -> RationalMatrix:
    """Return the coefficients c[i_{L-1}, i_1] of (11), the sums over all active paths.

    They are the entries of diag(theta_{L-1}) W_{L-1} diag(theta_{L-2}) ... W_2 diag(theta_1), computed by
    L - 2 integer matrix products.

    Parameters
    ----------
    network
        A network with L >= 2.
    configuration
        Any bits for its hidden neurons; the cell may be empty.

    Returns
    -------
    RationalMatrix
        Shape |spt theta_{L-1}| x |spt theta_1|: rows and columns are the active neurons in ascending
        order. For L = 2 it is the identity, for L = 3 a submatrix of W_2. Without active neurons in the
        first or last hidden layer it has no columns or no rows.

    Raises
    ------
    NetworkError, ConfigurationError
        As in `require_hidden_layers`.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [2]], None), ([[3, 5]], None), ([[1]], None)])
    >>> path_sums(net, Configuration.parse("01|1", (2, 1))).rows()
    ((Fraction(5, 1),),)

    References
    ----------
    Heinecke & Hwang, Theorem 5 (iii).
    """
    require_hidden_layers(network, configuration)
    width = network.hidden_widths[0]
    identity = fmpz_mat([[int(i == j) for j in range(width)] for i in range(width)])
    sums, scale = masked(network, configuration, 1, identity)
    for k in range(2, network.depth):
        weight = without_last_column(network.layers[k - 1].matrix.numerators)
        matrix, denominator = masked(network, configuration, k, weight)
        sums = matrix * sums
        scale *= network.layers[k - 1].matrix.denominator * denominator
    last, first = configuration.support(network.depth - 1), configuration.support(1)
    return RationalMatrix(submatrix(sums, last, first), scale)


def path_count(configuration: Configuration) -> int:
    """Return the number of active paths between two active neurons of the first and last hidden layer.

    It is the product of |spt theta_j| over j = 2, ..., L-2, and 1 for L = 2 and L = 3.

    Examples
    --------
    >>> path_count(Configuration.parse("1|11|101|1", (1, 2, 3, 1)))
    4
    """
    return math.prod(len(configuration.support(j)) for j in range(2, len(configuration.layers)))


def paths(network: Network, configuration: Configuration, last: int, first: int) -> Iterator[Path]:
    """Yield the active paths from neuron ``first`` of layer 1 to neuron ``last`` of layer L-1, in order.

    Their products add up to the coefficient c[last, first]. Their number grows exponentially with the
    depth: `path_count`. For L = 2 a neuron has one path to itself, with the empty product 1, and none
    to another. An inactive end has no path.

    Raises
    ------
    NetworkError, ConfigurationError
        As in `require_hidden_layers`, or if there is no neuron ``first`` or ``last``.

    Examples
    --------
    >>> net = Network.from_rationals(
    ...     [([[1]], None), ([[2], [3]], None), ([["1/2", -1]], None), ([[1]], None)]
    ... )
    >>> theta = Configuration.parse("1|11|1", (1, 2, 1))
    >>> [(path.neurons, str(path.product)) for path in paths(net, theta, 0, 0)]
    [((0, 0, 0), '1'), ((0, 1, 0), '-3')]
    """
    require_hidden_layers(network, configuration)
    depth = network.depth
    for layer, neuron in ((1, first), (depth - 1, last)):
        if not 0 <= neuron < network.widths[layer]:
            raise NetworkError(
                f"neuron of hidden layer {layer}: expected 0 to {network.widths[layer] - 1}, got {neuron}"
            )
    ends = {(1, first), (depth - 1, last)}
    if not all(configuration.layers[layer - 1][neuron] for layer, neuron in ends):
        return
    if depth == 2:
        if last == first:
            yield Path((first,), Fraction(1))
        return
    weights = [layer.weight for layer in network.layers]
    inner = [configuration.support(j) for j in range(2, depth - 1)]
    for middle in product(*inner):
        neurons = (first, *middle, last)
        steps = zip(weights[1:-1], neurons[1:], neurons, strict=False)
        yield Path(neurons, math.prod((w[i][j] for w, i, j in steps), start=Fraction(1)))


# matrices ---------------------------------------------------------------------------------------


def masked(
    network: Network, configuration: Configuration, layer: int, matrix: fmpz_mat
) -> tuple[fmpz_mat, int]:
    """Return diag(theta_layer) times the matrix, over the denominator that comes with it."""
    activation = network.activations[layer - 1]
    return activation.masked(matrix, configuration.layers[layer - 1]), activation.denominator


def submatrix(matrix: fmpz_mat, rows: Sequence[int], columns: Sequence[int]) -> fmpz_mat:
    """Return the entries in the given rows and columns."""
    table = matrix.tolist()
    return fmpz_mat(len(rows), len(columns), [table[i][j] for i in rows for j in columns])


def without_last_column(matrix: fmpz_mat) -> fmpz_mat:
    """Return W for a matrix [W | b]."""
    return submatrix(matrix, range(matrix.nrows()), range(matrix.ncols() - 1))
