"""The Lipschitz bounds of Heinecke & Hwang, Theorem 6, beside the exact constants.

With W_1, ..., W_L the weights, N = max(N_1, ..., N_{L-1}) and C the largest |entry| of W_2, ..., W_{L-1}:

======================== ===================================================== =====================
name                     bound in the Euclidean norm                           needs
======================== ===================================================== =====================
(i), on the cell theta   C^(L-2) |spt theta_1| ... |spt theta_{L-1}|           normalised W_1, W_L
(i), global              (C N)^(L-2) N                                         normalised W_1, W_L
(i) with true norms      the same times c r, c the largest Euclidean norm of   nothing
                         a column of W_L, r that of a row of W_1
(ii)                     sigma^L, sigma the largest spectral norm              nothing
======================== ===================================================== =====================

The theorem says "normalized" without a norm. With Euclidean or sum-normalised rows and columns (i) is true;
with max-normalised ones it is false, for instance for the network 1-1-1-1-2 with all weights 1. The theorem
is stated for L > 3; its proof works for L >= 2 (C^0 = 1), and for L = 1 there is no (i).

All bounds are compared by their squares, which are rational or algebraic: equality is decided exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Never

from exactrelu.analysis.lipschitz import LipschitzConstant, linear_part, local_lipschitz_constants
from exactrelu.enumeration.effort import Search
from exactrelu.errors import ArgumentError, ConfigurationError
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.reduced_networks import composed
from exactrelu.numbers.algebraic import AlgebraicNumber
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.matrix_norms import Norm, spectral_norm_squared, vector_norm

Rows = Sequence[Sequence[Fraction]]


class Normalization(StrEnum):
    """In which norm the columns of W_L and the rows of W_1 shall have norm 1.

    ``NONE`` asks nothing: the hypothesis holds, and the bounds are those with the true norms.
    """

    EUCLIDEAN = "euclidean"
    SUM = "sum"
    MAXIMUM = "max"
    NONE = "none"

    @classmethod
    def _missing_(cls, value: object) -> Never:
        raise ArgumentError(f"normalization: expected one of {', '.join(cls)}, got {value!r}")


@dataclass(frozen=True)
class Comparison:
    """A constant and a bound, both squared, compared exactly."""

    constant_squared: AlgebraicNumber
    bound_squared: AlgebraicNumber

    @property
    def holds(self) -> bool:
        """Whether the constant is at most the bound."""
        return self.constant_squared <= self.bound_squared

    @property
    def is_attained(self) -> bool:
        """Whether the constant equals the bound."""
        return self.constant_squared == self.bound_squared

    def ratio(self, digits: int = 6) -> str | None:
        """Return bound / constant, rounded to decimals; None where the constant is 0."""
        if self.constant_squared == 0:
            return None
        for bits in (64 + 4 * digits, 512 + 8 * digits):
            bottom, top = self.constant_squared.relative_enclosure(bits), self.bound_squared.enclosure(bits)
            low, high = (_rounded_root(t / b, digits) for t, b in zip(top, reversed(bottom), strict=True))
            if low == high:
                return AlgebraicNumber.from_rational(Fraction(low, 10**digits)).decimal(digits)
        # Nearly a tie of the rounding: the exact quotient decides.
        return (self.bound_squared * self.constant_squared.inverse()).sqrt().decimal(digits)


def _rounded_root(square: Fraction, digits: int) -> int:
    """Return 10^digits times the root, rounded half up: floor(r + 1/2) = (floor(2 r) + 1) // 2."""
    return (math.isqrt(math.floor(4 * square * 100**digits)) + 1) // 2


@dataclass(frozen=True)
class TheoremSix:
    """The quantities of Theorem 6 for one network, with ``normalization`` as the reading of "normalized".

    Hidden layers of linear neurons are composed away first: ``network`` is then all ReLU.

    Examples
    --------
    >>> net = Network.from_rationals([([[1]], None)] * 3 + [([[1], [1]], None)])
    >>> max_norm, euclidean = (TheoremSix(net, n) for n in (Normalization.MAXIMUM, Normalization.EUCLIDEAN))
    >>> max_norm.applies, euclidean.applies, max_norm.global_bound_squared, max_norm.true_global_bound_squared
    (True, False, Fraction(1, 1), Fraction(2, 1))
    """

    network: Network
    normalization: Normalization = Normalization.EUCLIDEAN

    def __post_init__(self) -> None:
        object.__setattr__(self, "normalization", Normalization(self.normalization))
        object.__setattr__(self, "network", composed(self.network))
        self.network.require_relu("Theorem 6")

    @cached_property
    def largest_weight(self) -> Fraction | None:
        """C, the largest |entry| of W_2, ..., W_{L-1}; None if there is no such matrix (L <= 2)."""
        middle = self.network.layers[1:-1]
        return max((abs(entry) for layer in middle for row in layer.weight for entry in row), default=None)

    @property
    def largest_width(self) -> int | None:
        """N, the largest width of a hidden layer; None if there is none (L = 1)."""
        return max(self.network.hidden_widths, default=None)

    @cached_property
    def applies(self) -> bool:
        """Whether the hypothesis of (i) holds: every row of W_1 and column of W_L has norm 1, and L >= 2."""
        return self.network.depth > 1 and (
            self.normalization is Normalization.NONE
            or all(_size(v, self.normalization) == 1 for v in (*self._rows, *self._columns))
        )

    @cached_property
    def row_norm_squared(self) -> Fraction:
        """r^2, the square of the largest Euclidean norm of a row of W_1."""
        return max(vector_norm(row, Norm.TWO) for row in self._rows)

    @cached_property
    def column_norm_squared(self) -> Fraction:
        """c^2, the square of the largest Euclidean norm of a column of W_L."""
        return max(vector_norm(column, Norm.TWO) for column in self._columns)

    @property
    def _rows(self) -> Rows:
        return self.network.layers[0].weight

    @property
    def _columns(self) -> Rows:
        return list(zip(*self.network.layers[-1].weight, strict=True))

    # (i) --------------------------------------------------------------------------------------

    def local_bound_squared(self, configuration: Configuration) -> Fraction:
        """Return the square of C^(L-2) |spt theta_1| ... |spt theta_{L-1}|, as the theorem states it.

        With ``Normalization.NONE`` the square of the bound with the true norms.

        Raises
        ------
        ConfigurationError
            If the configuration is not one of the network's shape, or L = 1.
        """
        configuration = Configuration(tuple(layer for layer in configuration.layers if layer))
        if configuration.widths != self.network.bent_widths or not configuration.layers:
            raise ConfigurationError(
                f"configuration: expected hidden widths {self.network.hidden_widths} and at least one "
                f"hidden layer, got {configuration.widths}"
            )
        sizes = [sum(layer) for layer in configuration.layers]
        return (self._weight_factor * math.prod(sizes)) ** 2 * self._scale

    def true_local_bound_squared(self, configuration: Configuration) -> Fraction:
        """Return the same with the true norms of rows and columns: valid without any hypothesis."""
        return TheoremSix(self.network, Normalization.NONE).local_bound_squared(configuration)

    @cached_property
    def global_bound_squared(self) -> Fraction | None:
        """The square of (C N)^(L-2) N; with ``Normalization.NONE`` with true norms; None for L = 1."""
        if self.largest_width is None:
            return None
        power: int = self.largest_width ** (self.network.depth - 1)
        return (self._weight_factor * power) ** 2 * self._scale

    @property
    def true_global_bound_squared(self) -> Fraction | None:
        """The same with the true norms of rows and columns: valid without any hypothesis."""
        return TheoremSix(self.network, Normalization.NONE).global_bound_squared

    @property
    def _weight_factor(self) -> Fraction:
        c = self.largest_weight
        return Fraction(1) if c is None else c ** (self.network.depth - 2)

    @property
    def _scale(self) -> Fraction:
        stated = self.normalization is not Normalization.NONE
        return Fraction(1) if stated else self.row_norm_squared * self.column_norm_squared

    # (ii) -------------------------------------------------------------------------------------

    @cached_property
    def sigma_squared(self) -> AlgebraicNumber:
        """sigma^2, the square of the largest spectral norm of the weight matrices."""
        return max(spectral_norm_squared(linear_part(layer)) for layer in self.network.layers)

    @cached_property
    def spectral_bound_squared(self) -> AlgebraicNumber:
        """(sigma^L)^2."""
        return self.sigma_squared**self.network.depth


@dataclass(frozen=True)
class LocalComparison:
    """A cell's exact constant beside (i) as stated, (i) with the true norms, and (ii).

    (i) is None for L = 1, and all are None in other norms than 2.
    """

    constant: LipschitzConstant
    stated: Comparison | None
    true_norms: Comparison | None
    spectral: Comparison | None


def compare_local_bounds(
    network: Network,
    domain: Domain | None = None,
    normalization: Normalization | str = Normalization.EUCLIDEAN,
    *,
    search: Search | None = None,
) -> Iterator[LocalComparison]:
    """Yield, for each `full` cell, its exact constant in the norm 2 beside the bounds of Theorem 6.

    Raises as `exactrelu.analysis.lipschitz.lipschitz_constant` does.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> [(str(c.constant.configuration), c.stated.is_attained) for c in compare_local_bounds(net)]
    [('01', True), ('10', True)]
    """
    theorem = TheoremSix(network, Normalization(normalization))
    for cell in local_lipschitz_constants(network, domain, Norm.TWO, search=search):
        stated = true_norms = None
        if cell.configuration is not None and theorem.network.depth > 1:
            stated = _comparison(cell.power, theorem.local_bound_squared(cell.configuration))
            true_norms = _comparison(cell.power, theorem.true_local_bound_squared(cell.configuration))
        yield LocalComparison(
            cell, stated, true_norms, _comparison(cell.power, theorem.spectral_bound_squared)
        )


def compare_global_bounds(constant: LipschitzConstant, theorem: TheoremSix) -> dict[str, Comparison]:
    """Return the constant in the norm 2 beside the global bounds: ``stated``, ``true_norms``, ``spectral``.

    The first two are left out for L = 1.
    """
    bounds = {
        "stated": theorem.global_bound_squared,
        "true_norms": theorem.true_global_bound_squared,
        "spectral": theorem.spectral_bound_squared,
    }
    return {name: _comparison(constant.power, b) for name, b in bounds.items() if b is not None}


def _comparison(constant_squared: AlgebraicNumber, bound_squared: AlgebraicNumber | Fraction) -> Comparison:
    if isinstance(bound_squared, Fraction):
        bound_squared = AlgebraicNumber.from_rational(bound_squared)
    return Comparison(constant_squared, bound_squared)


def _size(vector: Sequence[Fraction], normalization: Normalization) -> Fraction:
    """Return a norm of the vector, or its square for the Euclidean one: 1 in both cases means norm 1."""
    norms = {
        Normalization.EUCLIDEAN: Norm.TWO,
        Normalization.SUM: Norm.ONE,
        Normalization.MAXIMUM: Norm.INFINITY,
    }
    return vector_norm(vector, norms[normalization])
