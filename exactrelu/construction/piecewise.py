"""Continuous piecewise affine functions, by the polyhedra on which they are affine.

Closed polyhedra P_1, ..., P_N with affine maps l_1, ..., l_N define a continuous function on D if and only if
they cover D and l_i = l_k on P_i n P_k for all i, k: a function that is continuous on finitely many closed
sets is continuous on their union. Both are decided exactly, by generators of the intersections and by
cutting D (`exactrelu.construction.cover`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from exactrelu.analysis.pieces import on_affine_hull
from exactrelu.construction.cover import holds, touching_pairs, uncovered_parts, uncovered_point
from exactrelu.errors import DomainError, FunctionError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.numbers.points import Point, point_of
from exactrelu.numbers.text import vector_text
from exactrelu.polyhedra.constraints import LinearConstraint, Relation, Row
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.polyhedron import Polyhedron


@dataclass(frozen=True)
class AffinePiece:
    """A closed polyhedron with the affine map that the function is on it; ``name`` is for messages."""

    cell: Polyhedron
    affine_map: AffineMap
    name: str = ""

    @cached_property
    def domain(self) -> Domain:
        """The polyhedron as a domain, by a minimal system of constraints."""
        return domain_of(self.cell, self.affine_map.inputs)


def domain_of(cell: Polyhedron, dimension: int) -> Domain:
    """Return a closed polyhedron as a domain, by a minimal system of constraints."""
    equations, inequalities = cell.constraints()
    rows = [Row(row, Relation.EQUAL) for row in equations]
    rows += [Row(row, Relation.AT_LEAST) for row in inequalities]
    return Domain(dimension, tuple(map(LinearConstraint.of_row, rows)))


@dataclass(frozen=True)
class Wall:
    """The common facet of two pieces, by their indices."""

    one: int
    two: int
    cell: Polyhedron


@dataclass(frozen=True)
class PiecewiseAffine:
    """A continuous piecewise affine function on the closure of a domain, by pieces of its dimension.

    Make functions with `piecewise_affine`, which checks them.
    """

    domain: Domain
    pieces: tuple[AffinePiece, ...]

    @property
    def inputs(self) -> int:
        """The dimension n of the space."""
        return self.domain.dimension

    @property
    def outputs(self) -> int:
        """The number of values."""
        return self.pieces[0].affine_map.outputs

    def __call__(self, x: Sequence[Any]) -> Point:
        """Return the value at a point of the closure of the domain.

        Raises
        ------
        DomainError
            If the point lies in no piece.
        """
        point = point_of(x, self.inputs)
        for piece in self.pieces:
            if holds(piece.cell, point):
                return piece.affine_map(point)
        raise DomainError(f"point: expected one of the function's domain, got {vector_text(point)}")

    @cached_property
    def walls(self) -> tuple[Wall, ...]:
        """The pairs of pieces that meet in a polyhedron of one dimension less."""
        dimension = self.domain.affine_dimension
        found = []
        for i, k, common in touching_pairs([piece.cell for piece in self.pieces]):
            if common.dimension() == dimension - 1:
                found.append(Wall(i, k, common))
        return tuple(sorted(found, key=lambda wall: (wall.one, wall.two)))

    @cached_property
    def maps(self) -> tuple[AffineMap, ...]:
        """The affine map of each piece, without the pivot coordinates of the domain's equations."""
        equations = self.domain.equations
        if not equations:
            return tuple(piece.affine_map for piece in self.pieces)
        return tuple(on_affine_hull(piece.affine_map, equations) for piece in self.pieces)


def piecewise_affine(pieces: Sequence[AffinePiece], domain: Domain) -> PiecewiseAffine:
    """Return the function of pieces on a domain, once it is seen to be one.

    Parameters
    ----------
    pieces
        Closed polyhedra with affine maps R^n -> R^m. They may overlap where they agree, be unbounded, and
        stick out of the domain; pieces of lower dimension are checked and left out.
    domain
        A rational polyhedron in R^n of any dimension, not empty. Strict inequalities are relaxed: a
        continuous function extends to the closure.

    Raises
    ------
    FunctionError
        If there is no piece, a piece has other dimensions, two disagree where they meet, or a point of the
        domain is in none. The message names a rational point.

    Examples
    --------
    >>> line = Domain.whole_space(1)
    >>> left, right = (Domain.from_inequalities(1, [([1], 0, r)]).closure for r in ("<=", ">="))
    >>> up, down = (AffineMap.from_rationals([[slope]]) for slope in (1, -1))
    >>> absolute = piecewise_affine([AffinePiece(left, down), AffinePiece(right, up)], line)
    >>> absolute((-3,)), absolute.domain.is_whole_space
    ((Fraction(3, 1),), True)
    >>> piecewise_affine([AffinePiece(right, up, "pieces[0]")], line)
    Traceback (most recent call last):
    ...
    exactrelu.errors.FunctionError: pieces: expected the whole domain to be covered, got a gap at (-1)
    """
    if not pieces:
        raise FunctionError("pieces: expected at least one, got none")
    if domain.is_empty:
        raise FunctionError("domain: expected a point, got an empty set")
    outputs = pieces[0].affine_map.outputs
    for piece in pieces:
        _see_shape(piece, domain.dimension, outputs)
    restricted = [
        AffinePiece(piece.cell.intersection(domain.closure), piece.affine_map, piece.name) for piece in pieces
    ]
    inside = [piece for piece in restricted if not piece.cell.is_empty()]
    _see_agreement(inside, domain.affine_dimension)
    full = [piece for piece in inside if piece.cell.dimension() == domain.affine_dimension]
    gap = uncovered_point(domain.closure, [piece.cell for piece in full])
    if gap is not None:
        raise FunctionError(
            f"pieces: expected the whole domain to be covered, got a gap at {vector_text(gap)}"
        )
    return PiecewiseAffine(domain, tuple(full))


def function_from_pieces(
    pieces: Sequence[tuple[Domain, AffineMap]], domain: Domain | None = None
) -> PiecewiseAffine:
    """Return the function with given affine maps on polyhedra, which are closed first.

    On the whole space, if no domain is given. Raises as `piecewise_affine`.

    Examples
    --------
    >>> sides = [Domain.from_inequalities(1, [([1], 0, relation)]) for relation in ("<=", ">")]
    >>> slopes = [AffineMap.from_rationals([[slope]]) for slope in (-1, 1)]
    >>> function_from_pieces(list(zip(sides, slopes)))(("-3/2",))
    (Fraction(3, 2),)
    """
    named = [
        AffinePiece(cell.closure, affine_map, f"pieces[{k}]") for k, (cell, affine_map) in enumerate(pieces)
    ]
    if not named:
        raise FunctionError("pieces: expected at least one, got none")
    return piecewise_affine(named, domain or Domain.whole_space(named[0].affine_map.inputs))


def with_outside(pieces: Sequence[AffinePiece], value: Point, domain: Domain) -> list[AffinePiece]:
    """Return the pieces, and constant ones on all of the domain that they do not cover.

    Whether the function is continuous is for `piecewise_affine` to see.
    """
    inputs = domain.dimension
    constant = AffineMap.from_rationals([[0] * inputs for _ in value], value)
    cells = [piece.cell for piece in pieces]
    rest = uncovered_parts(domain.closure, cells)
    return [*pieces, *(AffinePiece(cell, constant, "outside") for cell in rest)]


def _see_shape(piece: AffinePiece, inputs: int, outputs: int) -> None:
    if (piece.affine_map.inputs, piece.affine_map.outputs) != (inputs, outputs):
        raise FunctionError(
            f"{piece.name}: expected a map R^{inputs} -> R^{outputs}, "
            f"got R^{piece.affine_map.inputs} -> R^{piece.affine_map.outputs}"
        )


def _see_agreement(pieces: Sequence[AffinePiece], dimension: int) -> None:
    """Raise unless every two pieces agree on their intersection."""
    for i, k, common in touching_pairs([piece.cell for piece in pieces]):
        one, two = pieces[i], pieces[k]
        if one.affine_map == two.affine_map:
            continue
        point = point_of_difference(common, one.affine_map + two.affine_map.scaled(Fraction(-1)))
        if point is None:
            continue
        what = "an overlap" if common.dimension() == dimension else "a discontinuity"
        values = f"{vector_text(one.affine_map(point))} and {vector_text(two.affine_map(point))}"
        raise FunctionError(
            f"{one.name} and {two.name}: expected equal values, got {what} at {vector_text(point)}: {values}"
        )


def point_of_difference(common: Polyhedron, difference: AffineMap) -> Point | None:
    """Return a point of a polyhedron where an affine map is not zero; None if it vanishes on it."""
    points, rays, lines = common.generators()
    inside = common.relative_interior_point()
    moved = [tuple(x + v for x, v in zip(inside, ray, strict=True)) for ray in [*rays, *lines]]
    return next((point for point in (inside, *points, *moved) if any(difference(point))), None)
