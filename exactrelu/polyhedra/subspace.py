"""Linear subspaces of the input space, such as the directions of a domain, and their unit balls.

On a domain D of lower dimension a function varies only along lin D, the linear space parallel to aff D.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from flint import fmpq, fmpq_mat

from exactrelu.numbers.linear_algebra import (
    IntegerRow,
    RationalMatrix,
    echelon,
    pivot_column,
    primitive_from_rationals,
)
from exactrelu.numbers.points import Point
from exactrelu.polyhedra import ppl_library as ppl
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.polyhedron import Polyhedron


@dataclass(frozen=True)
class Subspace:
    """The subspace {v in R^ambient : e.v = 0 for all rows e of ``equations``}.

    ``equations`` is in reduced row echelon form, so ``==`` is equality of subspaces.

    Examples
    --------
    >>> diagonal = Subspace.of_equations([(1, -1)], 2)
    >>> diagonal.basis, diagonal.projector.rows()
    (((1, 1),), ((Fraction(1, 2), Fraction(1, 2)), (Fraction(1, 2), Fraction(1, 2))))
    """

    ambient: int
    equations: tuple[IntegerRow, ...]

    @classmethod
    def whole(cls, ambient: int) -> Subspace:
        """Return R^ambient."""
        return cls(ambient, ())

    @classmethod
    def of_equations(cls, equations: list[IntegerRow], ambient: int) -> Subspace:
        """Return the subspace of the vectors orthogonal to the given integer rows."""
        return cls(ambient, tuple(echelon(equations, ambient)))

    @classmethod
    def zero(cls, ambient: int) -> Subspace:
        """Return {0} in R^ambient."""
        return cls(ambient, tuple(_unit(ambient, j)[:-1] for j in range(ambient)))

    @property
    def dimension(self) -> int:
        """The dimension."""
        return self.ambient - len(self.equations)

    @cached_property
    def basis(self) -> tuple[IntegerRow, ...]:
        """A basis of primitive integer vectors, one for each coordinate that is no pivot."""
        pivots = [pivot_column(row) for row in self.equations]
        vectors = []
        for free in (j for j in range(self.ambient) if j not in pivots):
            vector = [Fraction(int(j == free)) for j in range(self.ambient)]
            for row, pivot in zip(self.equations, pivots, strict=True):
                vector[pivot] = Fraction(-row[free], row[pivot])
            vectors.append(primitive_from_rationals(vector))
        return tuple(vectors)

    @cached_property
    def projector(self) -> RationalMatrix:
        """The orthogonal projection P onto the subspace: I - E^T (E E^T)^-1 E, which is rational.

        For a matrix A the linear map v -> Av on the subspace has the Euclidean operator norm of A P.
        """
        identity = RationalMatrix.identity(self.ambient)
        if not self.equations:
            return identity
        rows = fmpq_mat([[fmpq(entry) for entry in row] for row in self.equations])
        inner = (rows * rows.transpose()).inv()
        numerators, denominator = (rows.transpose() * inner * rows).numer_denom()
        return identity + RationalMatrix(numerators * -1, int(denominator))

    @cached_property
    def vertices_of_sum_ball(self) -> tuple[Point, ...]:
        """The points among which are all vertices of {v in the subspace : |v_1| + ... + |v_n| <= 1}.

        v = p - q with p, q >= 0 and sum(p + q) <= 1 is a projection of a polytope, and the vertices of a
        projection are images of vertices.
        """
        n = self.ambient
        rows = [Row(_unit(2 * n, j), Relation.AT_LEAST) for j in range(2 * n)]
        rows.append(Row((*(-1,) * (2 * n), 1), Relation.AT_LEAST))
        rows += [Row((*e, *(-a for a in e), 0), Relation.EQUAL) for e in self.equations]
        points = Polyhedron.closure_of(2 * n, rows).generators().points
        differences = {tuple(p - q for p, q in zip(x[:n], x[n:], strict=True)) for x in points}
        return tuple(sorted(differences))

    def largest_on_cube(self, row: Sequence[int]) -> Fraction:
        """Return the maximum of row . v over the v of the subspace with |v_j| <= 1 for all j.

        An exact linear program: the cube has too many vertices to list.
        """
        n = self.ambient
        program = ppl.MIP_Problem(n)
        for j in range(n):
            for sign in (1, -1):
                program.add_constraint(ppl.Linear_Expression(_unit(n, j, sign)[:-1], 1) >= 0)
        for equation in self.equations:
            program.add_constraint(ppl.Linear_Expression(equation, 0) == 0)
        program.set_objective_function(ppl.Linear_Expression(row, 0))
        value = program.optimal_value()
        return Fraction(int(value.numerator), int(value.denominator))


def _unit(dimension: int, j: int, sign: int = 1, offset: int = 0) -> IntegerRow:
    return (*(sign * int(i == j) for i in range(dimension)), offset)
