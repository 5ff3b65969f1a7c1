"""Whether one hidden layer is enough for a function, with the network or the obstruction.

A sum of neurons has, along a hyperplane H = {h = 0}, the same kink kappa |h| / 2 everywhere on H. So f is
such a sum, plus an affine function, on a convex domain D if and only if for each hyperplane that carries a
bend of f the jump of its gradient is the same at all generic points of H inside D.

Proof of "if". Subtract the kinks. What is left has no jump at any wall between pieces, and none inside a
piece, as no H with a bend meets one inside; so it is affine along every segment that meets no intersection of
two walls, and by continuity on D. Points where the jump differs are the obstruction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from exactrelu.construction.piecewise import PiecewiseAffine
from exactrelu.numbers.linear_algebra import IntegerRow, echelon, reduce_modulo
from exactrelu.numbers.points import Point
from exactrelu.numbers.text import functional_text, vector_text
from exactrelu.polyhedra.constraints import Relation
from exactrelu.polyhedra.polyhedron import Functional, Polyhedron, SignRange
from exactrelu.shallow.canonical_forms import CanonicalForm, HyperplaneKink, signed_primitive


@dataclass(frozen=True)
class Obstruction:
    """Why one hidden layer is not enough: two points of a hyperplane with different jumps.

    ``hyperplane`` is h as an integer row (a, c); across h = 0 the gradient jumps by ``jump`` times a at
    ``point`` and by ``other_jump`` times a at ``other_point``, both inside the domain, one number an output.
    """

    hyperplane: IntegerRow
    point: Point
    jump: Point
    other_point: Point
    other_jump: Point

    def __str__(self) -> str:
        normal = vector_text(self.hyperplane[:-1])
        return (
            f"along {functional_text(self.hyperplane)} = 0 the gradient jumps by {vector_text(self.jump)} "
            f"times {normal} at {vector_text(self.point)}, by {vector_text(self.other_jump)} times it at "
            f"{vector_text(self.other_point)}"
        )


def one_layer_form(function: PiecewiseAffine) -> CanonicalForm | Obstruction:
    """Return the canonical form of a function on its domain if one hidden layer is enough, else why not.

    Examples
    --------
    >>> from exactrelu.construction.triangulations import function_from_breakpoints
    >>> points = [(0, 0), (1, 1), (2, 0)]
    >>> one_layer_form(function_from_breakpoints(points)).kinks
    (HyperplaneKink(functional=(1, -1), jump=(Fraction(-2, 1),)),)
    """
    seen: dict[IntegerRow, tuple[Point, Point]] = {}
    bent: set[IntegerRow] = set()
    for hyperplane, jump, point in _jumps(function):
        first = seen.setdefault(hyperplane, (point, jump))
        if first[1] != jump:
            return Obstruction(hyperplane, first[0], first[1], point, jump)
        if any(jump):
            bent.add(hyperplane)
    for hyperplane in sorted(bent):
        unbent = _unbent_point(function, hyperplane)
        if unbent is not None:
            return Obstruction(hyperplane, *seen[hyperplane], unbent, (Fraction(0),) * function.outputs)
    return _form(function, [HyperplaneKink(h, seen[h][1]) for h in sorted(bent)])


def _jumps(function: PiecewiseAffine) -> Iterator[tuple[IntegerRow, Point, Point]]:
    """Yield, for each wall, its hyperplane, the jump across it and a point inside it."""
    equations = function.domain.equations
    for wall in function.walls:
        hyperplane = _hyperplane(wall.cell, equations, function.inputs)
        one, two = function.maps[wall.one], function.maps[wall.two]
        inside = function.pieces[wall.one].cell.relative_interior_point()
        side = 1 if _value(hyperplane, inside) > 0 else -1
        entry = next(j for j, a in enumerate(hyperplane) if a)
        jump = tuple(
            side * (p[entry] - q[entry]) / hyperplane[entry] for p, q in zip(one.rows, two.rows, strict=True)
        )
        yield hyperplane, jump, wall.cell.relative_interior_point()


def _hyperplane(wall: Polyhedron, equations: tuple[IntegerRow, ...], dimension: int) -> IntegerRow:
    """Return the equation of a wall that the domain has not, reduced, its first entry positive."""
    basis = list(equations)
    rows = [reduce_modulo(row, basis) for row in echelon(wall.constraints()[0], dimension + 1)]
    found = next(row for row in rows if any(row))
    return signed_primitive([Fraction(entry) for entry in found])[0]


def _unbent_point(function: PiecewiseAffine, hyperplane: IntegerRow) -> Point | None:
    """Return a point of a hyperplane inside a piece, None if it meets no piece inside."""
    side = Functional(hyperplane)
    for piece in function.pieces:
        if piece.cell.sign_range(side) is SignRange.MIXED:
            return piece.cell.restricted(side, Relation.EQUAL).relative_interior_point()
    return None


def _form(function: PiecewiseAffine, kinks: list[HyperplaneKink]) -> CanonicalForm:
    """Return the form with given kinks that agrees with the function on its first piece."""
    rows = [list(row) for row in function.maps[0].rows]
    inside = function.pieces[0].cell.relative_interior_point()
    for hyperplane, jump in kinks:
        side = 1 if _value(hyperplane, inside) > 0 else -1
        for row, size in zip(rows, jump, strict=True):
            row[:] = [p - side * size * h / 2 for p, h in zip(row, hyperplane, strict=True)]
    return CanonicalForm(
        function.inputs,
        tuple(kinks),
        tuple(tuple(row[:-1]) for row in rows),
        tuple(row[-1] for row in rows),
    )


def _value(row: IntegerRow, point: Point) -> Fraction:
    return sum((a * x for a, x in zip(row, point, strict=False) if a), Fraction(row[-1]))
