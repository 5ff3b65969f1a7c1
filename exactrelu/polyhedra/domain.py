"""Domains: rational polyhedra in the input space, given by linear constraints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Any, Never

from exactrelu.errors import DomainError, ExactReluError
from exactrelu.numbers.points import point_of
from exactrelu.numbers.rationals import (
    common_denominator,
    format_integer,
    format_rational,
    rational_at,
)
from exactrelu.numbers.text import functional_text

_SHOWN, _LONGEST = 6, 200  # constraints in a text, characters of an expression


class Relation(StrEnum):
    """The relation of an affine functional to zero."""

    LESS = "<"
    AT_MOST = "<="
    EQUAL = "="
    AT_LEAST = ">="
    GREATER = ">"

    @classmethod
    def _missing_(cls, value: object) -> Never:
        raise DomainError(f"relation: expected <, <=, =, >= or >, got {value!r}")


@dataclass(frozen=True)
class Row:
    """The constraint a.x + c R 0 in integers, R one of ``>=``, ``>``, ``=``; ``entries`` is (a, c).

    The entries are primitive; of an equation the first non-zero entry is positive.
    """

    entries: tuple[int, ...]
    relation: Relation

    def __post_init__(self) -> None:
        object.__setattr__(self, "relation", Relation(self.relation))


@dataclass(frozen=True, repr=False)
class LinearConstraint:
    """The constraint normal . x + offset RELATION 0 with rational numbers.

    Examples
    --------
    >>> half_plane = LinearConstraint(("1/2", -1), 3, ">=")
    >>> print(half_plane)
    1/2 x1 - x2 + 3 >= 0
    >>> half_plane
    LinearConstraint(('1/2', -1), 3, '>=')

    Raises
    ------
    DomainError
        If the relation is not one of `Relation`.
    InexactNumberError, NumberSyntaxError
        For a number that is not an exact rational; the message names it.
    """

    normal: tuple[Fraction, ...]
    offset: Fraction
    relation: Relation

    def __post_init__(self) -> None:
        normal = tuple(rational_at(f"normal[{j}]", entry) for j, entry in enumerate(self.normal))
        object.__setattr__(self, "normal", normal)
        object.__setattr__(self, "offset", rational_at("offset", self.offset))
        object.__setattr__(self, "relation", Relation(self.relation))

    @classmethod
    def of_row(cls, row: Row) -> LinearConstraint:
        """Return an integer row as a constraint."""
        *normal, offset = map(Fraction, row.entries)
        return cls(tuple(normal), offset, row.relation)

    def holds_at(self, x: Sequence[Any]) -> bool:
        """Return whether the point satisfies the constraint."""
        point = point_of(x, len(self.normal))
        value = sum((a * b for a, b in zip(self.normal, point, strict=True)), self.offset)
        match self.relation:
            case Relation.LESS:
                return value < 0
            case Relation.AT_MOST:
                return value <= 0
            case Relation.EQUAL:
                return value == 0
            case Relation.AT_LEAST:
                return value >= 0
            case Relation.GREATER:
                return value > 0

    @cached_property
    def row(self) -> Row:
        """The same constraint in primitive integers, with ``>=``, ``>`` or ``=``."""
        # Imported here: python-flint takes 0.1 s to load, and reading a domain needs none of it.
        from exactrelu.numbers.linear_algebra import primitive

        values = (*self.normal, self.offset)
        scale = common_denominator(values)
        entries = [value.numerator * (scale // value.denominator) for value in values]
        relation = self.relation
        if relation in (Relation.LESS, Relation.AT_MOST):
            entries = [-entry for entry in entries]
            relation = Relation.GREATER if relation is Relation.LESS else Relation.AT_LEAST
        if relation is Relation.EQUAL and next((entry for entry in entries if entry), 1) < 0:
            entries = [-entry for entry in entries]
        return Row(primitive(entries), relation)

    def __str__(self) -> str:
        return f"{functional_text((*self.normal, self.offset))} {self.relation} 0"

    def __repr__(self) -> str:
        return f"LinearConstraint{_triple_text(self)}"


@dataclass(frozen=True, repr=False)
class Domain:
    """A rational polyhedron {x in R^n : all constraints hold}, not necessarily closed.

    It may be empty, unbounded or of lower dimension; every answer is relative to it. ``==`` compares
    the constraints as they are written, not the sets.

    Examples
    --------
    >>> square = Domain.box([(0, 1), ("-1/2", 1)])
    >>> square.contains((1, 0)), square.contains((2, 0))
    (True, False)
    >>> square
    Domain.box([(0, 1), ('-1/2', 1)])
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
        constraints = []
        for i, ends in enumerate(bounds):
            if not isinstance(ends, (tuple, list)) or len(ends) != 2:
                raise DomainError(f"box, coordinate {i}: expected a pair (LO, HI), got {ends!r}")
            low, high = ends
            lo, hi = (rational_at(f"box, coordinate {i}", end) for end in (low, high))
            unit = tuple(Fraction(int(i == j)) for j in range(len(bounds)))
            if lo == hi:
                constraints.append(LinearConstraint(unit, -lo, Relation.EQUAL))
            else:
                constraints.append(LinearConstraint(unit, -lo, Relation.AT_LEAST))
                constraints.append(LinearConstraint(unit, -hi, Relation.AT_MOST))
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

    @property
    def rows(self) -> tuple[Row, ...]:
        """The constraints as integer rows, in their order."""
        return tuple(constraint.row for constraint in self.constraints)

    def contains(self, x: Sequence[Any]) -> bool:
        """Return whether the point lies in the domain."""
        point = point_of(x, self.dimension)
        return all(constraint.holds_at(point) for constraint in self.constraints)

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
            pairs = (f"({_number_repr(low)}, {_number_repr(high)})" for low, high in bounds)
            return f"Domain.box([{', '.join(pairs)}])"
        triples = ", ".join(map(_triple_text, self.constraints))
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


def _triple_text(constraint: LinearConstraint) -> str:
    comma = "," if len(constraint.normal) == 1 else ""
    normal = ", ".join(map(_number_repr, constraint.normal))
    return f"(({normal}{comma}), {_number_repr(constraint.offset)}, {str(constraint.relation)!r})"


def _number_repr(value: Fraction) -> str:
    """Return an expression that is read as the rational: an integer, or text."""
    return format_integer(value.numerator) if value.denominator == 1 else repr(format_rational(value))
