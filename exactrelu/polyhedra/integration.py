"""Exact integrals of affine functions over bounded polytopes.

A polytope is cut into simplices by pulling: a face of dimension d with d + 1 vertices is a simplex; any other
is the union of the cones over its facets that miss its first vertex. On a simplex with volume V and vertices
v_0, ..., v_d, for an affine f with f_i = f(v_i),

    integral f = V mean(f_i),    integral f^2 = V ((sum f_i)^2 + sum f_i^2) / ((d + 1)(d + 2)).

(Both follow from the moments 1/(d+1) and (1 + [i = j])/((d+1)(d+2)) of the barycentric coordinates.) The
positive part of f has the integral V / (d + 1) times the divided difference of t -> max(t, 0)^(d+1) at
f_0, ..., f_d, by the formula of Hermite and Genocchi: its d-th derivative is (d + 1)! max(t, 0). And
|f| = 2 max(f, 0) - f, so nothing is cut where f is zero.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from flint import fmpq, fmpz_mat

from exactrelu.errors import DomainError
from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.numbers.rationals import common_denominator, rational
from exactrelu.polyhedra.canonical import CanonicalPolyhedron
from exactrelu.polyhedra.polyhedron import Polyhedron

AffineRow = Sequence[Fraction]
"""The row (a, c) of the affine function a.x + c."""

_FEW_TERMS = 4  # that are added one after the other


@dataclass(frozen=True, eq=False)
class Polytope:
    """A bounded polyhedron of full dimension in R^ambient, ambient >= 1, with its triangulation.

    Raises
    ------
    DomainError
        If the polyhedron is not bounded, or of lower dimension.

    Examples
    --------
    >>> from exactrelu.polyhedra.constraints import Relation
    >>> from exactrelu.polyhedra.polyhedron import Functional
    >>> square = [(1, 0, 0), (-1, 0, 2), (0, 1, 0), (0, -1, 3)]
    >>> box = Polyhedron.universe(2)
    >>> for row in square:
    ...     box.restrict(Functional(row), Relation.AT_LEAST)
    >>> x = (Fraction(1), Fraction(0), Fraction(-1))  # x1 - 1 on [0, 2] x [0, 3]
    >>> polytope = Polytope(box, 2)
    >>> polytope.volume, polytope.integral(x), polytope.integral_of_square(x)
    (Fraction(6, 1), Fraction(0, 1), Fraction(2, 1))
    >>> polytope.integral_of_absolute(x)
    Fraction(3, 1)
    """

    polyhedron: Polyhedron
    ambient: int

    def __post_init__(self) -> None:
        if not self.geometry.bounded or self.geometry.equations:
            raise DomainError(f"integral: expected a bounded polytope of dimension {self.ambient}")

    @cached_property
    def geometry(self) -> CanonicalPolyhedron:
        """The canonical form."""
        return CanonicalPolyhedron.of(self.polyhedron, self.ambient)

    @cached_property
    def _homogeneous(self) -> list[list[int]]:
        """The vertices (x, 1) times their denominators, in integers."""
        scaled = []
        for vertex in self.geometry.vertices:
            scale = common_denominator(vertex)
            scaled.append([*(x.numerator * (scale // x.denominator) for x in vertex), scale])
        return scaled

    @cached_property
    def simplices(self) -> tuple[tuple[tuple[int, ...], fmpq], ...]:
        """The simplices of a triangulation: the numbers of the vertices, and the volume."""
        vertices = self._homogeneous
        found = pulled(_incidences(vertices, self.geometry.facets), len(vertices), self.ambient)
        return tuple((simplex, _volume([vertices[i] for i in simplex])) for simplex in found)

    @property
    def volume(self) -> Fraction:
        """The volume."""
        return rational(sum_of_terms([volume for _, volume in self.simplices]))

    def integral(self, row: AffineRow) -> Fraction:
        """Return the integral of the affine function."""
        return self._integral(self._values(row))

    def _integral(self, values: list[fmpq]) -> Fraction:
        total = sum_of_terms([v * sum(values[i] for i in simplex) for simplex, v in self.simplices])
        return rational(total / (self.ambient + 1))

    def integral_of_square(self, row: AffineRow) -> Fraction:
        """Return the integral of the square of the affine function."""
        values = self._values(row)
        terms = []
        for simplex, volume in self.simplices:
            own = [values[i] for i in simplex]
            terms.append(volume * (sum(own) ** 2 + sum(value * value for value in own)))
        return rational(sum_of_terms(terms) / ((self.ambient + 1) * (self.ambient + 2)))

    def integral_of_absolute(self, row: AffineRow) -> Fraction:
        """Return the integral of the absolute value."""
        values = self._values(row)
        whole = self._integral(values)
        if min(values) >= 0 or max(values) <= 0:
            return abs(whole)
        terms = []
        for simplex, volume in self.simplices:
            own = [values[i] for i in simplex]
            if max(own) > 0:
                terms.append(volume * (sum(own) if min(own) >= 0 else _power_difference(own)))
        return 2 * rational(sum_of_terms(terms) / (self.ambient + 1)) - whole

    def _values(self, row: AffineRow) -> list[fmpq]:
        scale = common_denominator(row)
        entries = fmpz_mat([[x.numerator * (scale // x.denominator)] for x in row])
        products = (fmpz_mat(self._homogeneous) * entries).entries()
        return [fmpq(product, scale * v[-1]) for product, v in zip(products, self._homogeneous, strict=True)]


def _power_difference(values: Sequence[fmpq]) -> fmpq:
    """Return the divided difference of t -> max(t, 0)^n at n values, those that are equal by derivatives.

    At k + 1 equal values t it is the k-th derivative over k!, which is binomial(n, k) max(t, 0)^(n - k).

    Examples
    --------
    >>> _power_difference([fmpq(-1), fmpq(1)]), _power_difference([fmpq(3), fmpq(3)])
    (1/2, 6)
    """
    n, zero, points = len(values), fmpq(0), sorted(values)
    column = [max(t, zero) ** n for t in points]
    for k in range(1, n):
        column = [
            (above - below) / (points[i + k] - points[i])
            if points[i + k] != points[i]
            else math.comb(n, k) * max(points[i], zero) ** (n - k)
            for i, (below, above) in enumerate(itertools.pairwise(column))
        ]
    return column[0]


def balanced_sum(values: Sequence[Fraction]) -> Fraction:
    """Return the sum, added by halves: most sums have few terms, and short denominators.

    Examples
    --------
    >>> balanced_sum([Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)])
    Fraction(1, 1)
    """
    return rational(sum_of_terms([fmpq(value.numerator, value.denominator) for value in values]))


def sum_of_terms(values: Sequence[fmpq]) -> fmpq:
    """Return the same of flint's rationals."""
    if len(values) <= _FEW_TERMS:
        return sum(values, fmpq(0))
    half = len(values) // 2
    return sum_of_terms(values[:half]) + sum_of_terms(values[half:])


def _incidences(vertices: Sequence[Sequence[int]], facets: Sequence[IntegerRow]) -> list[int]:
    """Return for each facet the set of its vertices, as bits."""
    values = fmpz_mat([list(row) for row in facets]) * fmpz_mat([list(v) for v in vertices]).transpose()
    return [sum(1 << i for i, value in enumerate(row) if value == 0) for row in values.tolist()]


def pulled(facets: Sequence[int], vertices: int, dimension: int) -> list[tuple[int, ...]]:
    """Return the simplices of the pulling triangulation; faces are sets of vertices, as bits.

    The facets of a face are the largest of its intersections with facets that do not contain it.
    """
    known: dict[int, list[tuple[int, ...]]] = {}

    def pull(face: int, size: int) -> list[tuple[int, ...]]:
        if face not in known:
            known[face] = list(cones(face, size))
        return known[face]

    def cones(face: int, size: int) -> Iterator[tuple[int, ...]]:
        if face.bit_count() == size + 1:
            yield tuple(i for i in range(vertices) if face >> i & 1)
            return
        first = (face & -face).bit_length() - 1
        parts = {face & facet for facet in facets if face & ~facet}
        for part in sorted(parts):
            is_facet = not any(part != other and part & other == part for other in parts)
            if is_facet and not part >> first & 1:
                yield from ((first, *simplex) for simplex in pull(part, size - 1))

    return pull((1 << vertices) - 1, dimension)


def _volume(vertices: Sequence[Sequence[int]]) -> fmpq:
    """Return the volume of a simplex, |det ((v_0, 1), ..., (v_d, 1))| / d!, of homogeneous vertices."""
    scale = math.prod(vertex[-1] for vertex in vertices)
    determinant = fmpz_mat([list(vertex) for vertex in vertices]).det()
    return fmpq(abs(determinant), scale * math.factorial(len(vertices) - 1))
