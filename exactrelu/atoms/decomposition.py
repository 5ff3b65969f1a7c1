"""Atomic decompositions: the affine map of a configuration as a combination of rank-one matrices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from flint import fmpz_mat

from exactrelu.atoms.atom_check import discrepancies
from exactrelu.atoms.path_sums import (
    Path,
    masked,
    path_count,
    path_sums,
    paths,
    require_hidden_layers,
    submatrix,
    without_last_column,
)
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.reduced_networks import composed, composed_configuration
from exactrelu.numbers.linear_algebra import (
    IntegerRow,
    RationalMatrix,
    echelon,
    integer_rows,
    primitive_from_rationals,
    rank,
)
from exactrelu.numbers.points import Point, point_of


@dataclass(frozen=True)
class Atom:
    """The matrix ``column`` (x) ``row`` = w_{L,:i} (x) w_{1,j:}, with its coefficient c[i, j].

    ``last_hidden`` = i and ``first_hidden`` = j are neurons, counted from 0; ``paths`` is the number of
    products that the coefficient is the sum of. The paper calls atoms the matrices of rank one; where
    the column or the row is zero, this one has rank 0.
    """

    last_hidden: int
    first_hidden: int
    coefficient: Fraction
    paths: int
    column: Point
    row: Point

    @property
    def matrix(self) -> tuple[Point, ...]:
        """The rows of the outer product, N_L x N_0, without the coefficient."""
        return tuple(tuple(a * b for b in self.row) for a in self.column)

    @property
    def rank(self) -> int:
        """The rank of the outer product: 1, or 0 if the column or the row is zero."""
        return int(any(self.column) and any(self.row))


@dataclass(frozen=True, repr=False)
class AtomicDecomposition:
    """The right sides of (11) and (12) for a network with L >= 2 and a configuration theta.

    `atomic_decomposition` makes it. It states what it states: `discrepancies` holds every part of it
    against the network by other computations.

    Parameters
    ----------
    network, configuration
        What is decomposed. The configuration need not have points.
    last_support, first_support
        spt theta_{L-1} and spt theta_1, ascending, counted from 0.
    coefficients
        The matrix c[i_{L-1}, i_1] over last_support x first_support; the identity for L = 2.
    paths
        The number of paths of each coefficient, the product of |spt theta_j| over j = 2, ..., L-2.
    bias_terms
        The L summands of the bias b of (12), each in Q^{N_L}: W_L diag(theta_{L-1}) ... W_{j+1}
        diag(theta_j) b_j for j = 1, ..., L-1, then b_L.
    alphas
        The coefficients alpha_{L,i}(x) of (12) are linear in x; row i of this matrix of shape
        |spt theta_{L-1}| x N_0 is w_{L-1,i:} diag(theta_{L-2}) ... diag(theta_1) W_1 (for L = 2 it is
        w_{1,i:}). They hold no bias: b has all of them.
    span
        The canonical basis (reduced row echelon form, primitive integers) of the span of the columns
        w_{L,:i}, i in spt theta_{L-1}. The affine map sends everything into span + b.
    """

    network: Network
    configuration: Configuration
    last_support: tuple[int, ...]
    first_support: tuple[int, ...]
    coefficients: RationalMatrix
    paths: int
    bias_terms: tuple[Point, ...]
    alphas: RationalMatrix
    span: tuple[IntegerRow, ...]

    @cached_property
    def atoms(self) -> tuple[Atom, ...]:
        """All atoms with their coefficients, zeros included, by (last_hidden, first_hidden).

        There are |spt theta_{L-1}| |spt theta_1| of them; |spt theta_1| for L = 2, where one index is
        given twice.
        """
        columns = list(zip(*self.network.layers[-1].weight, strict=True))
        rows = self.network.layers[0].weight
        return tuple(
            Atom(i, j, c, self.paths, columns[i], rows[j])
            for i, line in zip(self.last_support, self.coefficients.rows(), strict=True)
            for j, c in zip(self.first_support, line, strict=True)
            if self.network.depth > 2 or i == j
        )

    def by_weight(self) -> list[Atom]:
        """Return the atoms by the size of their coefficients, largest first; ties by their indices."""
        return sorted(
            self.atoms, key=lambda atom: (-abs(atom.coefficient), atom.last_hidden, atom.first_hidden)
        )

    @cached_property
    def linear_part(self) -> RationalMatrix:
        """The sum of coefficient times atom, of shape N_L x N_0; zero if a support is empty.

        The sum is taken as (columns w_{L,:i}) (c[i, j]) (rows w_{1,j:}).
        """
        first, last = self.network.layers[0].matrix, self.network.layers[-1].matrix
        columns = submatrix(last.numerators, range(self.network.outputs), self.last_support)
        rows = submatrix(first.numerators, self.first_support, range(self.network.inputs))
        scale = last.denominator * self.coefficients.denominator * first.denominator
        return RationalMatrix(columns * self.coefficients.numerators * rows, scale)

    @cached_property
    def bias(self) -> Point:
        """The bias b of (12), the sum of ``bias_terms``."""
        return tuple(sum(entries, Fraction(0)) for entries in zip(*self.bias_terms, strict=True))

    @property
    def affine_map(self) -> AffineMap:
        """The affine map x -> sum of atoms times x, plus b."""
        rows = [(*row, b) for row, b in zip(self.linear_part.rows(), self.bias, strict=True)]
        return AffineMap(RationalMatrix.from_rows(rows, self.network.inputs + 1))

    def alpha(self, x: Sequence[Any]) -> Point:
        """Return the coefficients alpha_{L,i}(x) of (12), i in ``last_support``, at a rational point."""
        point = point_of(x, self.network.inputs)
        return tuple(
            sum((a * b for a, b in zip(row, point, strict=True)), Fraction(0)) for row in self.alphas.rows()
        )

    def __call__(self, x: Sequence[Any]) -> Point:
        """Return the value of (12) at a rational point: the sum of alpha_{L,i}(x) w_{L,:i}, plus b."""
        weighted = list(zip(self.last_support, self.alpha(x), strict=True))
        return tuple(
            sum((alpha * row[i] for i, alpha in weighted), b)
            for row, b in zip(self.network.layers[-1].weight, self.bias, strict=True)
        )

    def image_space_contains(self, y: Sequence[Any]) -> bool:
        """Return whether a rational point of Q^{N_L} lies in span + b, which holds the image."""
        point = point_of(y, self.network.outputs)
        offset = primitive_from_rationals([p - b for p, b in zip(point, self.bias, strict=True)])
        return rank([*self.span, offset], self.network.outputs) == len(self.span)

    def paths_of(self, last: int, first: int) -> Iterator[Path]:
        """Yield the single paths of the coefficient c[last, first], as `path_sums.paths` does."""
        return paths(self.network, self.configuration, last, first)

    def verify(self) -> bool:
        """Return whether every part agrees with the network: whether `discrepancies` finds nothing."""
        return next(iter(discrepancies(self)), None) is None

    def __repr__(self) -> str:
        shape = f"{len(self.last_support)} x {len(self.first_support)}"
        return f"<AtomicDecomposition of {self.network!r} at {self.configuration}: {shape}>"


def atomic_decomposition(network: Network, configuration: Configuration) -> AtomicDecomposition:
    """Decompose the affine map of a configuration into atoms.

    For a network with layers W_l, b_l and a configuration theta,

    W_L diag(theta_{L-1}) ... diag(theta_1) W_1 = sum of c[i, j] w_{L,:i} (x) w_{1,j:}     (11)

    over i in spt theta_{L-1} and j in spt theta_1, where c[i, j] is the sum over i_{L-2} in
    spt theta_{L-2}, ..., i_2 in spt theta_2 of w_{L-1,i i_{L-2}} ... w_{2,i_2 j}, and

    M_L^theta x = sum over i in spt theta_{L-1} of alpha_{L,i}(x) w_{L,:i}, plus b          (12)

    with b = sum over j = 1, ..., L-1 of W_L diag(theta_{L-1}) ... W_{j+1} diag(theta_j) b_j, plus b_L.

    Parameters
    ----------
    network
        A network with L >= 2. For L = 2 the sum (11) runs over i = j, with c = 1. Hidden layers of linear
        neurons are composed away first, other units than ReLU have no atoms.
    configuration
        Any bits for its hidden neurons. A cell without points still has an affine map.

    Returns
    -------
    AtomicDecomposition
        All of the above, exact. If a layer has no active neuron, the linear part is zero: there are
        no atoms (first or last hidden layer), or all coefficients are zero, sums over no path.

    Raises
    ------
    NetworkError
        If there is no hidden layer, or one with other neurons than ReLU.
    ConfigurationError
        If the configuration does not have a bit for each hidden neuron.

    Examples
    --------
    >>> net = Network.from_rationals([([[1, 0], [0, 1]], None), ([[2, 3]], [-1]), ([[5], [7]], None)])
    >>> decomposition = atomic_decomposition(net, net.configuration((1, 1)))
    >>> [(a.last_hidden, a.first_hidden, str(a.coefficient), a.paths) for a in decomposition.atoms]
    [(0, 0, '2', 1), (0, 1, '3', 1)]
    >>> [list(map(str, row)) for row in decomposition.linear_part.rows()]
    [['10', '15'], ['14', '21']]
    >>> list(map(str, decomposition.bias)), decomposition.span, decomposition.verify()
    (['-5', '-7'], ((5, 7),), True)

    References
    ----------
    Heinecke & Hwang, Theorem 5 and (12).
    """
    configuration, network = composed_configuration(network, configuration), composed(network)
    require_hidden_layers(network, configuration)
    last, first = configuration.support(network.depth - 1), configuration.support(1)
    coefficients = path_sums(network, configuration)
    return AtomicDecomposition(
        network,
        configuration,
        last,
        first,
        coefficients,
        path_count(configuration),
        _bias_terms(network, configuration),
        _alphas(network, first, coefficients),
        _span(network, last),
    )


def _alphas(network: Network, first_support: Sequence[int], coefficients: RationalMatrix) -> RationalMatrix:
    """Return the rows of alpha_{L,i}: the sum over i_1 in spt theta_1 of c[i, i_1] w_{1,i_1:}."""
    first = network.layers[0].matrix
    rows = submatrix(first.numerators, first_support, range(network.inputs))
    return RationalMatrix(coefficients.numerators * rows, coefficients.denominator * first.denominator)


def _bias_terms(network: Network, configuration: Configuration) -> tuple[Point, ...]:
    """Return the summands of b; one product gives a summand and the matrix for the next one."""
    last = network.layers[-1]
    outer, scale = without_last_column(last.matrix.numerators), last.matrix.denominator
    terms = [last.bias]
    for j in range(network.depth - 1, 0, -1):
        layer = network.layers[j - 1].matrix
        inner, denominator = masked(network, configuration, j, layer.numerators)
        product: fmpz_mat = outer * inner
        scale *= layer.denominator * denominator
        terms.append(tuple(Fraction(row[-1], scale) for row in integer_rows(product)))
        outer = without_last_column(product)
    return tuple(reversed(terms))


def _span(network: Network, last_support: Sequence[int]) -> tuple[IntegerRow, ...]:
    last = network.layers[-1].matrix.numerators
    columns = submatrix(last, range(network.outputs), last_support).transpose()
    return tuple(echelon(integer_rows(columns), network.outputs))
