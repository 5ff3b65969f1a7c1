"""Exact Lipschitz constants: of each cell, and of a network on a domain.

A domain is a convex polyhedron, a network is continuous, and its `full` cells are finitely many with
closures that cover the closure of the domain. A segment in the domain is cut by them into finitely many
pieces, so the Lipschitz constant on the domain is the largest operator norm of the cells' linear parts,
restricted to lin D, and none smaller will do, since each cell is relatively open or contains such a set.

Conventions: on an empty domain and on a point the constant is 0, the least number that bounds the (absent)
difference quotients. An open domain changes nothing: a Lipschitz constant is a supremum over pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from flint import fmpz_mat

from exactrelu.analysis.asked import Asked
from exactrelu.enumeration import Problem, Reached, enumerate_leaves
from exactrelu.enumeration.effort import Search, started
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.numbers.algebraic import AlgebraicNumber
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.numbers.points import Point
from exactrelu.numbers.text import vector_text
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.matrix_norms import (
    Norm,
    frobenius_norm_squared,
    is_spectral_norm_at_most,
    polyhedral_norm,
    spectral_norm_squared,
)
from exactrelu.polyhedra.subspace import Subspace

ZERO = AlgebraicNumber.from_rational(0)


@dataclass(frozen=True)
class LipschitzConstant:
    """A Lipschitz constant K in ``norm`` (the same on both spaces), with a cell that attains it.

    ``power`` is what is kept exactly: K for the norms ``1`` and ``inf`` (rational), K^2 for ``2``
    (algebraic). ``linear_part`` is the matrix of the network on the cell; its operator norm on lin D is
    K. ``configuration``, ``point`` and ``linear_part`` are None if the domain is empty.
    """

    norm: Norm
    power: AlgebraicNumber
    configuration: Configuration | None
    point: Point | None
    linear_part: RationalMatrix | None
    asked: Asked | None = field(default=None, repr=False, compare=False, kw_only=True)
    """What was asked, which `exactrelu.certify` needs."""

    @cached_property
    def value(self) -> AlgebraicNumber:
        """K itself."""
        return self.power.sqrt() if self.norm is Norm.TWO else self.power


def lipschitz_constant(
    network: Network,
    domain: Domain | None = None,
    norm: Norm | str = Norm.TWO,
    *,
    search: Search | None = None,
) -> LipschitzConstant:
    """Return the exact Lipschitz constant of a network on a domain, with the first cell that attains it.

    Parameters
    ----------
    network, domain
        The function and where it is looked at; the domain defaults to R^{N_0}.
    norm
        ``1``, ``2`` or ``inf``, on the input and the output space.
    search
        As in `exactrelu.regions`.

    Raises
    ------
    BudgetExhaustedError
        If a limit of the search is reached before all cells are seen: then nothing is known.
    DomainError
        If the domain has another dimension than the network's input.

    Examples
    --------
    >>> net = Network.from_rationals([([[1, 1], [0, 1]], None), ([[1, 0], [0, 1]], None)])
    >>> constant = lipschitz_constant(net)
    >>> str(constant.configuration), constant.power.polynomial, constant.value.decimal(6)
    ('11', (1, -3, 1), '1.618034')
    >>> str(lipschitz_constant(net, norm="1").value)
    '2'
    >>> kink = Network.from_rationals([([[1, 0], [0, 1]], None), ([[1, -1]], None)])
    >>> str(lipschitz_constant(kink, Domain.from_inequalities(2, [([1, -1], 0, "=")])).value)
    '0'
    """
    domain, norm = domain or Domain.whole_space(network.inputs), Norm(norm)
    record, asked = _Record(norm, domain.directions), Asked((network,), domain)
    best: Reached | None = None
    search = started(search)

    def so_far() -> str:
        if best is None:
            return "nothing"
        value = LipschitzConstant(norm, record.power, None, None, None).value
        return f"at least ~{value.decimal(6)}, on the cell of {vector_text(best.point())}"

    for leaf in enumerate_leaves(Problem.of(network, domain, Reading.FULL), search=search):
        if record.is_beaten_by(linear_part(leaf.affine_map())) or best is None:
            best = leaf
        search.tell("constant", so_far)
    if best is None:
        return LipschitzConstant(norm, ZERO, None, None, None, asked=asked)
    part = linear_part(best.affine_map())
    return LipschitzConstant(norm, record.power, best.configuration, best.point(), part, asked=asked)


def local_lipschitz_constants(
    network: Network,
    domain: Domain | None = None,
    norm: Norm | str = Norm.TWO,
    *,
    search: Search | None = None,
) -> Iterator[LipschitzConstant]:
    """Yield the exact Lipschitz constant of each `full` cell, sorted by configuration.

    Raises as `lipschitz_constant` does, while iterating.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-2]], None), ([[1, 1]], None)])
    >>> [(str(cell.configuration), str(cell.value)) for cell in local_lipschitz_constants(net)]
    [('01', '2'), ('10', '1')]
    """
    domain, norm = domain or Domain.whole_space(network.inputs), Norm(norm)
    directions = domain.directions
    for leaf in enumerate_leaves(Problem.of(network, domain, Reading.FULL), search=search):
        part = linear_part(leaf.affine_map())
        power = operator_norm_power(part, norm, directions)
        yield LipschitzConstant(norm, power, leaf.configuration, leaf.point(), part)


def operator_norm_power(
    matrix: RationalMatrix, norm: Norm, subspace: Subspace | None = None
) -> AlgebraicNumber:
    """Return the operator norm for ``1`` and ``inf``, its square for ``2``."""
    if norm is Norm.TWO:
        return spectral_norm_squared(matrix, subspace)
    return AlgebraicNumber.from_rational(polyhedral_norm(matrix, norm, subspace))


def linear_part(affine_map: AffineMap) -> RationalMatrix:
    """Return W of x -> W x + b as a matrix of shape (outputs, inputs)."""
    matrix = affine_map.matrix
    entries = [entry for row in matrix.numerators.tolist() for entry in row[:-1]]
    return RationalMatrix(fmpz_mat(affine_map.outputs, affine_map.inputs, entries), matrix.denominator)


class _Record:
    """The largest norm so far; most matrices are seen to stay below it without an eigenvalue.

    For the norm 2 two exact tests come first, against a rational just below the record: the Frobenius
    norm and |A|_1 |A|_inf bound |A|_2, and B^2 I - A^T A >= 0 decides |A|_2 <= B. Only a matrix that
    passes neither has its eigenvalue computed, and is compared with the record as an algebraic number.
    """

    def __init__(self, norm: Norm, directions: Subspace) -> None:
        self.norm = norm
        self.directions = directions
        self.power = ZERO
        self._below = Fraction(0)

    def is_beaten_by(self, matrix: RationalMatrix) -> bool:
        """Return whether the matrix has a larger norm; then it is the record."""
        if self.norm is Norm.TWO:
            if self.directions.equations:
                matrix = matrix @ self.directions.projector
            if self._is_surely_not_beaten(matrix):
                return False
            power = spectral_norm_squared(matrix)
        else:
            power = operator_norm_power(matrix, self.norm, self.directions)
        if power <= self.power:
            return False
        self.power, self._below = power, power.relative_enclosure()[0]
        return True

    def _is_surely_not_beaten(self, matrix: RationalMatrix) -> bool:
        if frobenius_norm_squared(matrix) <= self._below:
            return True
        if polyhedral_norm(matrix, Norm.ONE) * polyhedral_norm(matrix, Norm.INFINITY) <= self._below:
            return True
        return is_spectral_norm_at_most(matrix, self._below)
