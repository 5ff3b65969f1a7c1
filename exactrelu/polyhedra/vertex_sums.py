"""Exact integrals over simple polytopes as sums over their vertices, without simplices.

Let P in R^n be a polytope whose vertices are simple, as {x : n_i . x + c_i >= 0}, and f affine with gradient
a. At a vertex v with tight rows N let a = sum lambda_j n_j. If no lambda_j is 0 at any vertex, then

    integral over P of phi^(n)(f(x)) dx = sum over v of phi(f(v)) w_v,   w_v = 1 / |det N| prod -1 / lambda_j,

for phi whose n-th derivative is continuous: for powers by Brion 1988 and Lawrence 1991; both sides are linear
and continuous in phi^(n), which polynomials approximate, and in the values phi, ..., phi^(n-1) at one
point. Here phi^(n)(t) is t^2 or |t|, so nothing is cut where f is zero.

Where some lambda_j is 0, f is constant along an edge. Then f is replaced by f + e c . x for a vector c, and
both sides go to a limit as e > 0 falls to 0: the right one to the sum of the coefficients of e^0 of

    sum_k phi^(k)(f(v)) (c . v)^k e^k / k!   times   1 / |det N| prod -1 / (lambda_j + e mu_j),

with c = sum mu_j n_j, no mu_j being 0 where lambda_j is. The poles are of order n at most, and phi has n
continuous derivatives; where f(v) = 0, what is left out is of order e^(n+1).

At a vertex that is not simple the cone of the edges is cut into cones of n rays u_j, each of which counts,
with 1 / |det N| = |det U| and lambda_j = a . u_j.

Rows with one coordinate, as those of boxes, need no system of equations: vertices that differ by sides of a
box alone share all but a sign.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from functools import cached_property
from operator import mul
from typing import NamedTuple

from flint import fmpq, fmpq_mat, fmpz_mat

from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.numbers.rationals import common_denominator
from exactrelu.polyhedra.integration import sum_of_terms

_TRIES = 8  # directions


class Integrand(IntEnum):
    """What is integrated of an affine function; its number is the degree."""

    ABSOLUTE = 1
    SQUARE = 2


class NotSimpleError(Exception):
    """A corner whose tight rows are dependent, or directions that are all constant along some edge."""


class Corner(NamedTuple):
    """A simple vertex: homogeneous integer coordinates (X, t), t > 0, and its n tight rows, by number."""

    point: Sequence[int]
    rows: Sequence[int]


class Cone(NamedTuple):
    """A part of the cone of edges at a vertex that is not simple: the vertex, and n independent rays."""

    point: Sequence[int]
    rays: tuple[IntegerRow, ...]


class _Kind(NamedTuple):
    """What corners share that differ by sides of a box alone: other rows, and coordinates that are held."""

    rows: tuple[int, ...]
    held: tuple[int, ...]


class _Rays(NamedTuple):
    """The rays of a cone, which no other corner shares."""

    rays: tuple[IntegerRow, ...]
    corner: int


class _Member(NamedTuple):
    """A corner of a kind, by number; the sign is the product of those of its rows with one coordinate."""

    corner: int
    sign: int


@dataclass(frozen=True)
class CornerPolytope:
    """A polytope by its corners; ``rows`` (n_i, c_i), of integers, are >= 0 on it.

    Examples
    --------
    >>> square = [(1, 0, 0), (-1, 0, 2), (0, 1, 0), (0, -1, 3)]
    >>> corners = [Corner((x, y, 1), (int(x > 0), 2 + int(y > 0))) for x in (0, 2) for y in (0, 3)]
    >>> polytope = CornerPolytope(dict(enumerate(square)), corners)
    >>> x = (Fraction(1), Fraction(0), Fraction(-1))  # x1 - 1 on [0, 2] x [0, 3]
    >>> polytope.integral(x, Integrand.SQUARE), polytope.integral(x, Integrand.ABSOLUTE)
    (2, 3)
    """

    rows: Mapping[int, IntegerRow]
    corners: Sequence[Corner | Cone]

    def integral(self, row: Sequence[Fraction], integrand: Integrand) -> fmpq:
        """Return the integral of the square or the absolute value of the affine function (a, c).

        Raises
        ------
        NotSimpleError
            Where the tight rows of a corner are dependent, or no direction was found for the limit.
        """
        scale = common_denominator(row)
        whole = [entry.numerator * (scale // entry.denominator) for entry in row]
        degree = len(whole) - 1 + integrand
        solved = {kind: _Solved.of(self.rows, kind, whole[:-1]) for kind in self._kinds}
        values = self._values(whole)
        flat = [kind for kind, one in solved.items() if one.zeros]
        limit = self._limit(flat) if flat else None
        terms = []
        for kind, members in self._kinds.items():
            one = solved[kind]
            if limit is None or not one.zeros:
                terms.append(one.factor() * self._powers(members, values, degree, integrand))
            else:
                direction, along = limit
                series = one.series(_Solved.of(self.rows, kind, direction))
                terms += [
                    member.sign
                    * _limit_term(
                        self._at(member, values), self._at(member, along), series, degree, integrand
                    )
                    for member in members
                ]
        constant = fmpq(integrand, math.factorial(degree))
        return sum_of_terms(terms) * constant / fmpq(scale) ** int(integrand)

    @cached_property
    def _kinds(self) -> dict[_Kind | _Rays, list[_Member]]:
        found: dict[_Kind | _Rays, list[_Member]] = defaultdict(list)
        units = {number: _only_coordinate(row) for number, row in self.rows.items()}
        for place, corner in enumerate(self.corners):
            if isinstance(corner, Cone):
                found[_Rays(corner.rays, place)].append(_Member(place, 1))
                continue
            rows, held, sign = [], [], 1
            for number in corner.rows:
                unit = units[number]
                if unit is None:
                    rows.append(number)
                else:
                    held.append(unit)
                    sign = sign if self.rows[number][unit] > 0 else -sign
            found[_Kind(tuple(rows), tuple(sorted(held)))].append(_Member(place, sign))
        return found

    def _values(self, whole: Sequence[int]) -> list[int]:
        """Return t f(v) at all corners."""
        return [sum(map(mul, whole, corner.point)) for corner in self.corners]

    def _at(self, member: _Member, values: Sequence[int]) -> fmpq:
        return fmpq(values[member.corner], self.corners[member.corner].point[-1])

    def _powers(
        self, members: Iterable[_Member], values: Sequence[int], degree: int, integrand: Integrand
    ) -> fmpq:
        """Return the sum of f(v)^degree with the corners' signs, for absolute values sgn f(v) times it."""
        sums: dict[int, int] = defaultdict(int)
        for corner, sign in members:
            value = values[corner]
            power = value**degree
            if integrand is Integrand.ABSOLUTE and value < 0:
                power = -power
            sums[self.corners[corner].point[-1]] += sign * power
        return sum_of_terms([fmpq(total, t**degree) for t, total in sums.items()])

    def _limit(self, kinds: Iterable[_Kind | _Rays]) -> tuple[list[int], list[int]]:
        """Return a direction that changes along all edges of some kinds of corners, and c . v everywhere."""
        n = len(self.corners[0].point) - 1
        for attempt in range(_TRIES):
            direction = [(j + 2 + attempt) ** (attempt + 2) + j for j in range(n)]
            if not any(_Solved.of(self.rows, kind, direction).zeros for kind in kinds):
                return direction, self._values([*direction, 0])
        raise NotSimpleError


class _Solved(NamedTuple):
    """A gradient as a combination of the tight rows of a kind of corners, and |det| of these.

    The multipliers are ``numerators`` over ``denominator``.
    """

    numerators: Sequence[int]
    denominator: int
    determinant: fmpq

    @classmethod
    def of(cls, rows: Mapping[int, IntegerRow], kind: _Kind | _Rays, gradient: Sequence[int]) -> _Solved:
        """Solve, rows with one coordinate being taken as if that entry were 1."""
        if isinstance(kind, _Rays):
            rays = fmpz_mat([list(ray) for ray in kind.rays])
            slopes = (rays * fmpz_mat([[entry] for entry in gradient])).entries()
            return cls(list(map(int, slopes)), 1, fmpq(1, abs(rays.det())))
        own = [rows[number] for number in kind.rows]
        free = [j for j in range(len(gradient)) if j not in kind.held]
        if len(free) != len(own):
            raise NotSimpleError
        found, d, size = _solution(own, free, gradient)
        held = [d * gradient[i] for i in kind.held]
        for m, row in zip(found, own, strict=True):
            held = [entry - m * row[i] for entry, i in zip(held, kind.held, strict=True)]
        return cls([*found, *held], d, fmpq(size))

    @property
    def zeros(self) -> int:
        """How many multipliers are 0: along so many edges the function is constant."""
        return self.numerators.count(0)

    def factor(self) -> fmpq:
        """Return the weight of a corner with the sign 1; no multiplier is 0."""
        n = len(self.numerators)
        return fmpq((-self.denominator) ** n, math.prod(self.numerators)) / self.determinant

    def series(self, other: _Solved) -> list[fmpq]:
        """Return the weight of a corner of f + e c . x as a series in e, from e^-z to e^0, z the zeros."""
        pairs = [
            (fmpq(m, self.denominator), fmpq(mu, other.denominator))
            for m, mu in zip(self.numerators, other.numerators, strict=True)
        ]
        factor = math.prod((m or mu for m, mu in pairs), start=fmpq(1))
        series = [fmpq(0)] * (self.zeros + 1)
        series[0] = (-1) ** len(pairs) / (self.determinant * factor)
        for m, mu in pairs:
            if m:
                for k in range(1, len(series)):  # divided by 1 + e mu / m
                    series[k] -= series[k - 1] * (mu / m)
        return series


def _solution(
    own: Sequence[IntegerRow], free: Sequence[int], gradient: Sequence[int]
) -> tuple[list[int], int, int]:
    """Return the multipliers of the rows that are no sides in the free coordinates, over what, and |det|."""
    if not own:
        return [], 1, 1
    if len(own) == 1:
        entry = own[0][free[0]]
        if not entry:
            raise NotSimpleError
        return [gradient[free[0]]], entry, abs(entry)
    matrix = fmpz_mat([[row[j] for row in own] for j in free])
    determinant = matrix.det()
    if not determinant:
        raise NotSimpleError
    right = fmpz_mat([[gradient[j]] for j in free])
    numerators, denominator = fmpq_mat(matrix).solve(fmpq_mat(right)).numer_denom()
    return list(map(int, numerators.entries())), int(denominator), abs(int(determinant))


def _only_coordinate(row: IntegerRow) -> int | None:
    nonzero = [j for j, entry in enumerate(row[:-1]) if entry]
    return nonzero[0] if len(nonzero) == 1 else None


def _limit_term(value: fmpq, along: fmpq, series: Sequence[fmpq], degree: int, integrand: Integrand) -> fmpq:
    """Return the coefficient of e^0 at a corner: phi(f(v) + e c . v) times its weight."""
    total, zeros = fmpq(0), len(series) - 1
    for k, weight in enumerate(reversed(series)):  # weight: the coefficient of e^-k
        total += math.comb(degree, k) * value ** (degree - k) * along**k * weight
    if zeros and integrand is Integrand.ABSOLUTE and value < 0:
        return -total
    return total
