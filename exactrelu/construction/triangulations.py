"""Functions by values: at the vertices of a triangulation, at breakpoints of a line."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from flint import fmpq, fmpq_mat

from exactrelu.construction.piecewise import (
    AffinePiece,
    PiecewiseAffine,
    domain_of,
    piecewise_affine,
    with_outside,
)
from exactrelu.errors import FunctionError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.numbers.points import Point, point_of
from exactrelu.numbers.rationals import brief, rational_at, rational_vector
from exactrelu.numbers.text import vector_text
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.polyhedron import Generators, Polyhedron

_ZERO = Fraction(0)


def function_from_triangulation(
    vertices: Sequence[Sequence[Any]],
    values: Sequence[Any],
    simplices: Sequence[Sequence[int]],
    domain: Domain | None = None,
    outside: Any = None,
) -> PiecewiseAffine:
    """Return the function that is affine on each simplex and has given values at the vertices.

    Parameters
    ----------
    vertices, values
        Points of R^n and the values there, exact rationals, or vectors of R^m.
    simplices
        Each by the indices, from 0, of its n + 1 vertices.
    domain
        What the simplices are to cover, their convex hull if left out.
    outside
        A value, the same everywhere outside the simplices; the domain is R^n then, if it is left out. So
        they need not cover anything convex.

    Raises
    ------
    FunctionError
        If a simplex is flat or has another number of vertices, a vertex is in none, two simplices disagree
        where they meet (they need not meet face to face), or there is a gap; the message names the place.

    Examples
    --------
    >>> corners = [(0, 0), (1, 0), (0, 1), (1, 1)]
    >>> hat = function_from_triangulation(corners, [0, 0, 0, 1], [(0, 1, 2), (1, 2, 3)])
    >>> hat(("3/4", "3/4"))
    (Fraction(1, 2),)
    """
    if not vertices or len(vertices) != len(values):
        raise FunctionError(
            f"values: expected {len(vertices)}, one for each vertex, at least one, got {len(values)}"
        )
    points = [point_of(x, len(vertices[0]), f"vertices[{i}]") for i, x in enumerate(vertices)]
    heights = _vectors(values, "values")
    pieces = [_simplex(points, heights, simplex, f"simplices[{k}]") for k, simplex in enumerate(simplices)]
    used = {i for simplex in simplices for i in simplex}
    for i in range(len(vertices)):
        if i not in used:
            raise FunctionError(f"vertices[{i}]: expected in some simplex, got in none")
    if outside is not None:
        domain = domain or Domain.whole_space(len(points[0]))
        (value,) = _vectors([outside], "outside")
        pieces = with_outside(pieces, value, domain)
    if domain is None:
        hull = Polyhedron.generated_by(Generators(points, [], []))
        domain = domain_of(hull, len(vertices[0]))
    return piecewise_affine(pieces, domain)


def _simplex(
    vertices: Sequence[Point], values: Sequence[Point], simplex: Sequence[int], name: str
) -> AffinePiece:
    inputs = len(vertices[0])
    if len(simplex) != inputs + 1:
        raise FunctionError(f"{name}: expected {inputs + 1} vertices, got {len(simplex)}")
    for i in simplex:
        if not 0 <= i < len(vertices):
            raise FunctionError(f"{name}: expected indices from 0 to {len(vertices) - 1}, got {i}")
    corners = [vertices[i] for i in simplex]
    matrix = fmpq_mat([[*map(_flint, corner), fmpq(1)] for corner in corners])
    if matrix.det() == 0:
        shown = ", ".join(map(vector_text, corners))
        raise FunctionError(f"{name}: expected a simplex with an inside, got a flat one: {shown}")
    heights = fmpq_mat([[*map(_flint, values[i])] for i in simplex])
    rows = matrix.solve(heights).transpose().tolist()
    exact = [[Fraction(int(entry.p), int(entry.q)) for entry in row] for row in rows]
    affine_map = AffineMap.from_rationals([row[:-1] for row in exact], [row[-1] for row in exact])
    return AffinePiece(Polyhedron.generated_by(Generators(corners, [], [])), affine_map, name)


def _flint(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def function_from_breakpoints(
    points: Sequence[tuple[Any, Any]],
    left: Any = None,
    right: Any = None,
) -> PiecewiseAffine:
    """Return the function of one variable through points (x, y), x increasing.

    Parameters
    ----------
    points
        At least one point, of exact rationals; y may be a vector of R^m.
    left, right
        The slopes (vectors, if y is one) before the first and after the last point. Where one is left
        out, the domain ends there.

    Raises
    ------
    FunctionError
        If there is no point, x does not increase, or there is one point and no slope.

    Examples
    --------
    >>> tent = function_from_breakpoints([(0, 0), (1, 1), (2, 0)])
    >>> tent(("1/3",)), str(tent.domain)
    ((Fraction(1, 3),), '{x1 >= 0, x1 - 2 <= 0}')
    """
    if not points:
        raise FunctionError("points: expected at least one, got none")
    heights = _vectors([*(y for _, y in points), *(s for s in (left, right) if s is not None)], "points")
    knots = list(
        zip((rational_at(f"points[{k}]", x) for k, (x, _) in enumerate(points)), heights, strict=False)
    )
    slopes = heights[len(knots) :]
    for k, ((before, _), (x, _)) in enumerate(pairwise(knots), start=1):
        if x <= before:
            raise FunctionError(f"points[{k}]: expected x greater than {brief(before)}, got {brief(x)}")
    pieces = [
        _line(one, _slope(one, two), (one[0], two[0]), f"points[{k}] to points[{k + 1}]")
        for k, (one, two) in enumerate(pairwise(knots))
    ]
    if left is not None:
        pieces.insert(0, _line(knots[0], slopes[0], (None, knots[0][0]), "left"))
    if right is not None:
        pieces.append(_line(knots[-1], slopes[-1], (knots[-1][0], None), "right"))
    if not pieces:
        raise FunctionError("points: expected two, or a slope, got one point alone")
    ends = (None if left is not None else knots[0][0], None if right is not None else knots[-1][0])
    return piecewise_affine(pieces, _interval(ends))


def _vectors(values: Sequence[Any], what: str) -> list[Point]:
    """Return numbers, or vectors of one length, as vectors."""
    found = [
        rational_vector(value) if isinstance(value, (tuple, list)) else (rational_at(f"{what}[{k}]", value),)
        for k, value in enumerate(values)
    ]
    for k, vector in enumerate(found):
        if len(vector) != len(found[0]) or not vector:
            raise FunctionError(f"{what}[{k}]: expected {max(1, len(found[0]))} values, got {len(vector)}")
    return found


def _slope(one: tuple[Fraction, Point], two: tuple[Fraction, Point]) -> Point:
    return tuple((b - a) / (two[0] - one[0]) for a, b in zip(one[1], two[1], strict=True))


def _line(
    start: tuple[Fraction, Point], slope: Point, ends: tuple[Fraction | None, Fraction | None], name: str
) -> AffinePiece:
    x, y = start
    bias = [b - s * x for b, s in zip(y, slope, strict=True)]
    return AffinePiece(_interval(ends).closure, AffineMap.from_rationals([[s] for s in slope], bias), name)


def _interval(ends: tuple[Fraction | None, Fraction | None]) -> Domain:
    triples = [
        ([1], -end, relation) for end, relation in zip(ends, (">=", "<="), strict=True) if end is not None
    ]
    return Domain.from_inequalities(1, triples)
