"""A network as a difference of two tropical polynomials, f = p - q (Zhang, Naitzat & Lim 2018).

A tropical polynomial is a maximum of affine functions a.x + c, its monomials, here with rational a. They are
the points (a, c); the sum of two polynomials is the Minkowski sum of their sets of points, the maximum is the
union, and the value at x depends on the upper hull of the points alone. Layer by layer, with y = H - G,

    relu(y) = max(H, G) - G,    a y = a H - a G (a >= 0),    a y = |a| G - |a| H (a < 0),

and of a neuron with the slopes (s, t) the value is s y + (t - s) relu(y).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Any, Never

from exactrelu.construction.max_min import MaxMinForm
from exactrelu.construction.max_min_network import max_min_network
from exactrelu.errors import ArgumentError, BudgetExhaustedError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.networks.reduced_networks import reduced
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.numbers.points import Point, point_of
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.polyhedron import Generators, Polyhedron

MOST_MONOMIALS = 20_000
_ZERO, _ONE = Fraction(0), Fraction(1)
_Points = frozenset[Point]


class Hull(StrEnum):
    """Which monomials of a tropical polynomial are kept."""

    UPPER = "upper"
    """The vertices of the upper hull: those that are the only largest one somewhere."""
    ALL = "all"
    """All vertices of the Newton polytope in R^(n+1), those of the lower hull included."""

    @classmethod
    def _missing_(cls, value: object) -> Never:
        raise ArgumentError(f"hull: expected one of {', '.join(cls)}, got {value!r}")


@dataclass(frozen=True)
class TropicalPolynomial:
    """x -> max over the monomials (a, c) of a.x + c; each is a row (a_1, ..., a_n, c), sorted.

    Examples
    --------
    >>> absolute = TropicalPolynomial(((-_ONE, _ZERO), (_ONE, _ZERO)))
    >>> absolute((-3,)), absolute.newton_polytope
    (Fraction(3, 1), ((Fraction(-1, 1),), (Fraction(1, 1),)))
    """

    monomials: tuple[Point, ...]

    def __call__(self, x: Sequence[Any]) -> Fraction:
        """Return the value at a point."""
        point = (*point_of(x, len(self.monomials[0]) - 1), _ONE)
        return max(sum((a * t for a, t in zip(row, point, strict=True)), _ZERO) for row in self.monomials)

    @cached_property
    def newton_polytope(self) -> tuple[Point, ...]:
        """The vertices of the convex hull of the slopes a, sorted."""
        slopes = {row[:-1] for row in self.monomials}
        return tuple(sorted(_vertices(slopes, [])))

    @cached_property
    def subdivision(self) -> tuple[tuple[Point, ...], ...]:
        """The maximal cells of the dual subdivision of the Newton polytope, each by its slopes, sorted.

        They are the faces of the upper hull of the points (a, c), seen from above: the monomials of a cell
        are all equal at one point of R^n (modulo lines), where the pieces of the polynomial meet.
        """
        inputs = len(self.monomials[0]) - 1
        hull = _polyhedron(self.monomials, [(*(0,) * inputs, -1)])
        faces = [row for row in hull.constraints()[1] if row[inputs]]
        equal = [[point[:-1] for point in self.monomials if not _value(row, point)] for row in faces]
        return tuple(sorted(tuple(sorted(cell)) for cell in equal))


@dataclass(frozen=True)
class TropicalPair:
    """f = p - q: for each output a polynomial p and a polynomial q."""

    positive: tuple[TropicalPolynomial, ...]
    negative: tuple[TropicalPolynomial, ...]

    def __call__(self, x: Sequence[Any]) -> Point:
        """Return p(x) - q(x), a number for each output."""
        return tuple(p(x) - q(x) for p, q in zip(self.positive, self.negative, strict=True))

    def network(self) -> Network:
        """Return a network of ReLUs that is p - q: two maxima side by side."""
        return _maxima(self.positive) - _maxima(self.negative)


def _maxima(polynomials: Sequence[TropicalPolynomial]) -> Network:
    rows = [row for polynomial in polynomials for row in polynomial.monomials]
    terms, start = [], 0
    for polynomial in polynomials:
        end = start + len(polynomial.monomials)
        terms.append(tuple((j,) for j in range(start, end)))
        start = end
    inputs = len(rows[0]) - 1
    affine = AffineMap(RationalMatrix.from_rows(rows, inputs + 1))
    return max_min_network(MaxMinForm(affine, tuple(terms), Domain.whole_space(inputs)))


def tropical_pair(network: Network, hull: Hull | str = Hull.UPPER) -> TropicalPair:
    """Return tropical polynomials p and q with f = p - q on R^n, for each output.

    The network is reduced first: neurons that only pass a value on, relu(h) - relu(-h) = h, add no monomials.

    Raises
    ------
    BudgetExhaustedError
        If a polynomial would have more than `MOST_MONOMIALS` monomials before the hull is taken.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1], [1]], [0, 0, -1]), ([[1, 1, -2]], [3])])
    >>> pair = tropical_pair(net)  # |x| + 3 - 2 relu(x - 1)
    >>> [[tuple(map(int, row)) for row in p.monomials] for p in (*pair.positive, *pair.negative)]
    [[(-1, 3), (1, 3)], [(0, 0), (2, -2)]]
    """
    down = [(*(0,) * network.inputs, -1)] if Hull(hull) is Hull.UPPER else []
    network = reduced(network, opposite=True)
    algebra = _Algebra(network.inputs, down)
    values = [(algebra.coordinate(j), algebra.zero) for j in range(network.inputs)]
    for layer, activation in zip(network.layers, network.activations, strict=False):
        sums = [algebra.combination(row[:-1], values, row[-1]) for row in layer.rows]
        values = [algebra.bent(pair, slopes) for pair, slopes in zip(sums, activation.slopes, strict=True)]
    ends = [algebra.combination(row[:-1], values, row[-1]) for row in network.layers[-1].rows]
    return TropicalPair(
        *(tuple(TropicalPolynomial(tuple(sorted(pair[side]))) for pair in ends) for side in (0, 1))
    )


_Pair = tuple[_Points, _Points]


class _Algebra:
    """Sums and maxima of sets of monomials, of which the vertices are kept, modulo rays of the hull."""

    def __init__(self, inputs: int, rays: Sequence[tuple[int, ...]]) -> None:
        self._inputs, self._rays = inputs, rays
        self.zero: _Points = frozenset([(_ZERO,) * (inputs + 1)])

    def coordinate(self, j: int) -> _Points:
        """Return x_j."""
        return frozenset([tuple(Fraction(int(i == j)) for i in range(self._inputs + 1))])

    def combination(self, weights: Sequence[Fraction], values: Sequence[_Pair], bias: Fraction) -> _Pair:
        """Return (H, G) with H - G the affine combination of the values."""
        positive = frozenset([(*(_ZERO,) * self._inputs, bias)])
        negative = self.zero
        for weight, (above, below) in zip(weights, values, strict=True):
            for points, factor in ((above, weight), (below, -weight)):
                if factor > 0 or len(points) == 1:  # a single monomial is affine: any factor will do
                    positive = self._sum(positive, points, factor)
                elif factor < 0:
                    negative = self._sum(negative, points, -factor)
        return positive, negative

    def bent(self, pair: _Pair, slopes: tuple[Fraction, Fraction]) -> _Pair:
        """Return what a neuron with two slopes makes of H - G."""
        above, below = pair
        bend = (self._hull(above | below), below)
        return self.combination((slopes[0], slopes[1] - slopes[0]), (pair, bend), _ZERO)

    def _sum(self, one: _Points, two: _Points, factor: Fraction) -> _Points:
        if not factor:
            return one
        if len(one) * len(two) > MOST_MONOMIALS:
            raise BudgetExhaustedError(f"more than {MOST_MONOMIALS} monomials of a tropical polynomial")
        sums = {tuple(a + factor * b for a, b in zip(p, q, strict=True)) for p in one for q in two}
        return self._hull(sums) if min(len(one), len(two)) > 1 else frozenset(sums)

    def _hull(self, points: set[Point] | _Points) -> _Points:
        return frozenset(_vertices(points, self._rays)) if len(points) > 1 else frozenset(points)


def _vertices(points: set[Point] | _Points, rays: Sequence[tuple[int, ...]]) -> list[Point]:
    return _polyhedron(points, rays).generators().points


def _polyhedron(points: Iterable[Point], rays: Sequence[tuple[int, ...]]) -> Polyhedron:
    return Polyhedron.generated_by(Generators(list(points), list(rays), []))


def _value(row: Sequence[int], point: Point) -> Fraction:
    return sum((a * x for a, x in zip(row, point, strict=False) if a), Fraction(row[-1]))
