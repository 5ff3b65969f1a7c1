"""Polyhedra to search in, in coordinates of their own: the domain, and faces where cells only touch.

A start is a polyhedron with inner points in coordinates z of R^d, d its dimension without the directions
along which neither it nor the first layer changes, together with the affine map z -> x. What has lower
dimension in x is full-dimensional in z, so the search knows one kind of cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from flint import fmpz_mat

from exactrelu.enumeration.lp_engine.exact_programs import Interior, relative_interior
from exactrelu.enumeration.problem import Problem
from exactrelu.networks.preactivations import Preactivations
from exactrelu.numbers.linear_algebra import (
    IntegerRow,
    RationalMatrix,
    echelon,
    integer_rows,
    pivot_column,
    primitive,
)
from exactrelu.numbers.points import Point
from exactrelu.numbers.rounding_mode import require_rounding_to_nearest
from exactrelu.polyhedra.constraints import Relation, Row


@dataclass(frozen=True)
class Start:
    """A polyhedron in coordinates z, in whose interior ``point`` lies.

    ``matrix`` is that of z -> x, its last column the image of 0, None if x = z; ``rows`` are the
    domain's in z, those without a variable left out. ``dimension`` is that of
    the polyhedron in x. ``path`` are the bits of the neurons that are decided.
    """

    problem: Problem
    matrix: RationalMatrix | None
    rows: tuple[Row, ...]
    point: Point
    dimension: int
    path: bytes = b""

    @cached_property
    def first(self) -> Preactivations:
        """The first layer's pre-activations in z."""
        return _first(self.problem, self.matrix)

    @cached_property
    def _lines(self) -> list[tuple[Fraction, ...]]:
        return [] if self.matrix is None else [tuple(row) for row in self.matrix.rows()]

    def __getstate__(self) -> dict[str, object]:
        # python-flint's matrices can not be pickled.
        return {name: value for name, value in vars(self).items() if name != "first"}

    @property
    def coordinates(self) -> int:
        """The number d of coordinates z."""
        return len(self.point)

    def in_inputs(self, point: Point) -> Point:
        """Return the x of a point z."""
        if self.matrix is None:
            return point
        return tuple(
            sum((a * z for a, z in zip(row, point, strict=False) if a), row[-1]) for row in self._lines
        )


def start_of(problem: Problem) -> Start | None:
    """Return the start of a problem, None if the domain is empty."""
    require_rounding_to_nearest("lp")
    inputs = problem.network.inputs
    interior = relative_interior(inputs, problem.domain.rows)
    if interior is None:
        return None
    return _narrowed(problem, None, interior, 0, b"")


def face_of(start: Start, rows: Sequence[Row], path: bytes) -> Start | None:
    """Return the start of the set of all z with the given rows, None if it is empty.

    ``rows`` are those of the domain, of the cell, and what makes it a face of the cell.
    """
    interior = relative_interior(start.coordinates, rows)
    if interior is None:
        return None
    return _narrowed(start.problem, start.matrix, interior, start.dimension - start.coordinates, path)


def _narrowed(
    problem: Problem, matrix: RationalMatrix | None, interior: Interior, dropped: int, path: bytes
) -> Start:
    """Return the start in the affine hull of a polyhedron; ``dropped`` coordinates change nothing in it."""
    point = interior.point
    if equations := echelon(interior.equations, len(point) + 1) if interior.equations else []:
        matrix, point = _on_solutions(matrix or _identity(len(point)), point, equations)
    dimension = len(point)
    rows = _domain_rows(problem, matrix)
    if not _are_limits_of_all(rows, dimension):
        normals = [row.entries[:-1] for row in rows]
        if problem.network.hidden_widths:
            normals += [row[:-1] for row in _first(problem, matrix).integer_rows()]
        basis = echelon([n for n in normals if any(n)], dimension)
        if len(basis) < dimension:
            matrix, point = _across(matrix or _identity(dimension), point, basis)
            rows = _domain_rows(problem, matrix)
    return Start(problem, matrix, tuple(rows), point, dimension + dropped, path)


def _identity(dimension: int) -> RationalMatrix:
    return RationalMatrix(fmpz_mat([[int(i == j) for j in range(dimension + 1)] for i in range(dimension)]))


def _are_limits_of_all(rows: Sequence[Row], dimension: int) -> bool:
    """Return whether each coordinate has a row of its own, so that the rows see all directions."""
    limited = {pivot_column(row.entries) for row in rows if row.entries[:-1].count(0) == dimension - 1}
    return len(limited) == dimension


def _on_solutions(
    matrix: RationalMatrix, point: Point, equations: list[IntegerRow]
) -> tuple[RationalMatrix, Point]:
    """Return the map and the point in the coordinates that are no pivots of the equations."""
    if not equations:
        return matrix, point
    columns = matrix.shape[1]
    pivots = {pivot_column(row): row for row in equations}
    free = [j for j in range(columns - 1) if j not in pivots]
    lines: list[list[Fraction]] = []
    for j in range(columns - 1):
        if row := pivots.get(j):
            lines.append([Fraction(-row[k], row[j]) for k in (*free, columns - 1)])
        else:
            lines.append([Fraction(int(j == k)) for k in (*free, columns - 1)])
    inner = RationalMatrix.from_rows(lines, len(free) + 1)
    return _composed(matrix, inner), tuple(point[j] for j in free)


def _across(matrix: RationalMatrix, point: Point, normals: list[IntegerRow]) -> tuple[RationalMatrix, Point]:
    """Return map and point where the coordinates that are no pivots of the normals' echelon form are 0.

    Moving ``point`` there along the kernel of the normals changes no value of theirs.
    """
    pivots = [pivot_column(row) for row in normals]
    moved = tuple(
        sum((Fraction(row[j], row[pivot]) * x for j, x in enumerate(point) if row[j]), Fraction(0))
        for row, pivot in zip(normals, pivots, strict=True)
    )
    last = matrix.shape[1] - 1
    kept = [[row[j] for j in (*pivots, last)] for row in matrix.rows()]
    return RationalMatrix.from_rows(kept, len(pivots) + 1), moved


def _composed(outer: RationalMatrix, inner: RationalMatrix) -> RationalMatrix:
    """Return the matrix of z -> outer(inner(z)), both with the image of 0 as their last column."""
    return RationalMatrix(outer.numerators * _extended(inner), outer.denominator * inner.denominator)


def _extended(matrix: RationalMatrix) -> fmpz_mat:
    """Return the integer matrix of (z, 1) -> denominator (x, 1)."""
    rows, columns = matrix.shape
    entries = [*map(int, matrix.numerators.entries()), *[0] * (columns - 1), matrix.denominator]
    return fmpz_mat(rows + 1, columns, entries)


def _first(problem: Problem, matrix: RationalMatrix | None) -> Preactivations:
    if matrix is None:
        return Preactivations.of_first_layer(problem.network)
    layer = problem.network.layers[0].matrix
    return Preactivations(layer.numerators * _extended(matrix), layer.denominator * matrix.denominator)


def _domain_rows(problem: Problem, matrix: RationalMatrix | None) -> list[Row]:
    """Return the domain's rows in z that have a variable; the others hold everywhere."""
    rows = [row for row in problem.domain.rows if row.relation is not Relation.EQUAL]
    if not rows:
        return []
    if matrix is None:
        pairs = [(primitive(row.entries), row.relation) for row in rows]
    else:
        composed = integer_rows(fmpz_mat([list(row.entries) for row in rows]) * _extended(matrix))
        pairs = [(primitive(entries), row.relation) for entries, row in zip(composed, rows, strict=True)]
    return list(dict.fromkeys(Row(entries, relation) for entries, relation in pairs if any(entries[:-1])))
