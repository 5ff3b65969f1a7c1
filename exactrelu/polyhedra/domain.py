"""Domains: rational polyhedra in the input space, given by linear constraints.

What is imported inside the properties takes long to load, and reading a domain needs none of it. Nothing of
that knows `Domain`: it works on rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from exactrelu.errors import DomainError, ExactReluError
from exactrelu.numbers.points import Point, point_of
from exactrelu.numbers.rationals import rational_at
from exactrelu.polyhedra.constraints import LinearConstraint, Relation, Row, number_repr, triple_text

if TYPE_CHECKING:
    from exactrelu.numbers.linear_algebra import IntegerRow
    from exactrelu.polyhedra.cell import Cell
    from exactrelu.polyhedra.farkas import InfeasibilityProof
    from exactrelu.polyhedra.polyhedron import Polyhedron
    from exactrelu.polyhedra.row_system import RowSystem
    from exactrelu.polyhedra.subspace import Subspace

_SHOWN, _LONGEST = 6, 200  # constraints in a text, characters of an expression


@dataclass(frozen=True, repr=False)
class Domain:
    """A rational polyhedron {x in R^n : all constraints hold}, not necessarily closed.

    It may be empty, unbounded or of lower dimension; every answer is relative to it. ``dimension`` is n,
    `affine_dimension` that of the set. ``==`` compares the constraints as they are written, not the sets.

    Examples
    --------
    >>> square = Domain.box([(0, 1), ("-1/2", 1)])
    >>> square.contains((1, 0)), square.contains((2, 0))
    (True, False)
    >>> square
    Domain.box([(0, 1), ('-1/2', 1)])
    >>> edge = Domain.from_inequalities(2, [([1, 1], -1, ">="), ([1, 1], -1, "<="), ([1, 0], 0, ">")])
    >>> edge.equations, edge.affine_dimension, edge.directions.basis, edge.is_empty
    (((1, 1, -1),), 1, ((-1, 1),), False)
    """

    dimension: int
    constraints: tuple[LinearConstraint, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "constraints", tuple(self.constraints))
        for i, constraint in enumerate(self.constraints):
            if len(constraint.normal) != self.dimension:
                raise DomainError(
                    f"constraints[{i}]: expected a normal with {self.dimension} entries, "
                    f"got {len(constraint.normal)}"
                )

    @classmethod
    def whole_space(cls, dimension: int) -> Domain:
        """Return R^dimension."""
        return cls(dimension)

    @classmethod
    def box(cls, bounds: Sequence[tuple[Any, Any]]) -> Domain:
        """Return the closed box of the bounds (lo, hi), one pair for each coordinate.

        Where lo = hi the side is an equation; where lo > hi the box is empty, and both bounds are kept as
        they are written, so that the proof of emptiness shows them.

        Raises
        ------
        DomainError
            If an entry is no pair.

        Examples
        --------
        >>> [str(row.relation) for row in Domain.box([(0, 1), (2, 2)]).rows]
        ['>=', '>=', '=']
        >>> Domain.box([("3/2", "1/2")]).contains((1,))
        False
        """
        constraints: list[LinearConstraint] = []
        for i, ends in enumerate(bounds):
            if not isinstance(ends, (tuple, list)) or len(ends) != 2:
                raise DomainError(f"box, coordinate {i}: expected a pair (LO, HI), got {ends!r}")
            low, high = ends
            lo, hi = (rational_at(f"box, coordinate {i}", end) for end in (low, high))
            constraints += LinearConstraint.sides(len(bounds), i, lo, hi)
        return cls(len(bounds), tuple(constraints))

    @classmethod
    def from_inequalities(
        cls, dimension: int, inequalities: Sequence[tuple[Sequence[Any], Any, str]]
    ) -> Domain:
        """Return the domain of triples (normal, offset, relation), meaning normal . x + offset RELATION 0.

        Raises
        ------
        DomainError
            For a normal of another length or an unknown relation.
        """
        constraints = []
        for i, (normal, offset, relation) in enumerate(inequalities):
            if len(normal) != dimension:
                raise DomainError(
                    f"inequalities[{i}].normal: expected {dimension} entries, got {len(normal)}"
                )
            try:
                constraints.append(LinearConstraint(tuple(normal), offset, Relation(relation)))
            except ExactReluError as error:
                raise type(error)(f"inequalities[{i}].{error}") from None
        return cls(dimension, tuple(constraints))

    @property
    def is_whole_space(self) -> bool:
        """Whether no constraint is written down."""
        return not self.constraints

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The constraints as integer rows, in their order."""
        return tuple(constraint.row for constraint in self.constraints)

    @cached_property
    def system(self) -> RowSystem:
        """The rows as linear programs take them, strict ones relaxed."""
        from exactrelu.polyhedra.row_system import RowSystem

        return RowSystem.of(self.dimension, [row.relaxed for row in self.rows])

    def contains(self, x: Sequence[Any]) -> bool:
        """Return whether the point lies in the domain."""
        point = point_of(x, self.dimension)
        return all(one.relation.holds(one.at(point)) for one in self.constraints)

    # what the set is: each fact is found once, when it is first asked for ---------------------------

    @cached_property
    def emptiness(self) -> InfeasibilityProof | None:
        """Multipliers that show that the domain is empty, None if it has a point (a linear program)."""
        from exactrelu.polyhedra.farkas import find_infeasibility
        from exactrelu.polyhedra.linear_program import feasible_point

        if feasible_point(self.dimension, self.rows) is not None:
            return None
        return find_infeasibility(self.dimension, self.rows)

    @property
    def is_empty(self) -> bool:
        """Whether no point satisfies all constraints."""
        return self.emptiness is not None

    @cached_property
    def cell(self) -> Cell | None:
        """The domain by its closure and its strict rows, None if it is empty."""
        from exactrelu.polyhedra.cell import Cell

        return Cell.of_rows(self.dimension, self.rows)

    @property
    def closure(self) -> Polyhedron:
        """The closure; of an empty domain the empty polyhedron. It must not be changed."""
        from exactrelu.polyhedra.polyhedron import Polyhedron

        return Polyhedron.empty(self.dimension) if self.cell is None else self.cell.closure

    @cached_property
    def interior_point(self) -> Point | None:
        """A point of the relative interior, None if the domain is empty.

        A box in many inputs is no harder than its rows; else linear programs find it, without vertices.
        """
        from exactrelu.polyhedra.interior import (
            are_intervals,
            point_inside,
            point_of_intervals,
            point_relatively_inside,
        )

        if self.is_whole_space:
            return (Fraction(0),) * self.dimension
        if are_intervals(self.rows):
            return point_of_intervals(self.dimension, self.rows, simple=True)
        found = point_inside(self.dimension, self.rows)
        return point_relatively_inside(self.dimension, self.rows) if found is None else found

    @cached_property
    def equations(self) -> tuple[IntegerRow, ...]:
        """The equations of aff D, an integer row echelon form that is reduced; none for an empty domain.

        A row that is zero at a point p of the relative interior is zero on D; the others are positive round
        p, so aff D is where the former vanish.
        """
        from exactrelu.numbers.linear_algebra import echelon

        inside = self.interior_point
        if inside is None:
            return ()
        vanishing = [row.entries for row in self.rows if not row.value(inside)]
        return tuple(echelon(vanishing, self.dimension + 1))

    @property
    def affine_dimension(self) -> int:
        """The dimension of aff D; -1 for an empty domain."""
        return -1 if self.interior_point is None else self.dimension - len(self.equations)

    @cached_property
    def directions(self) -> Subspace:
        """The linear space lin D parallel to aff D; {0} for an empty domain."""
        from exactrelu.polyhedra.subspace import Subspace

        if self.interior_point is None:
            return Subspace.zero(self.dimension)
        return Subspace.of_equations([row[:-1] for row in self.equations], self.dimension)

    def __getstate__(self) -> dict[str, Any]:
        """Return the fields alone: what was found out stays where it was."""
        return {"dimension": self.dimension, "constraints": self.constraints}

    def __str__(self) -> str:
        if self.is_whole_space:
            return f"R^{self.dimension}"
        shown = ", ".join(map(str, self.constraints[:_SHOWN]))
        count = len(self.constraints)
        return "{" + shown + (f", ... ({count} constraints)" if count > _SHOWN else "") + "}"

    def __repr__(self) -> str:
        text = self._expression()
        if len(text) <= _LONGEST:
            return text
        return f"<Domain in R^{self.dimension} with {len(self.constraints)} constraints>"

    def _expression(self) -> str:
        """Return an expression whose value is this domain."""
        if self.is_whole_space:
            return f"Domain.whole_space({self.dimension})"
        if (bounds := self._box_bounds()) is not None:
            pairs = (f"({number_repr(low)}, {number_repr(high)})" for low, high in bounds)
            return f"Domain.box([{', '.join(pairs)}])"
        triples = ", ".join(map(triple_text, self.constraints))
        return f"Domain.from_inequalities({self.dimension}, [{triples}])"

    def _box_bounds(self) -> list[tuple[Fraction, Fraction]] | None:
        """Return the bounds if `box` gives these constraints."""
        lower, upper = {}, {}
        for constraint in self.constraints:
            places = [j for j, entry in enumerate(constraint.normal) if entry]
            if len(places) != 1:
                return None
            if constraint.relation in (Relation.AT_LEAST, Relation.EQUAL):
                lower[places[0]] = -constraint.offset
            if constraint.relation in (Relation.AT_MOST, Relation.EQUAL):
                upper[places[0]] = -constraint.offset
        if not len(lower) == len(upper) == self.dimension:
            return None
        bounds = [(lower[j], upper[j]) for j in range(self.dimension)]
        return bounds if Domain.box(bounds) == self else None
