"""Linear constraints: in rationals as they are written, and as the integer rows that are computed with."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import compress
from typing import Any, Never

from exactrelu.errors import DomainError
from exactrelu.numbers.points import Point, point_of
from exactrelu.numbers.rationals import (
    common_denominator,
    format_integer,
    format_rational,
    quotient,
    rational_at,
)
from exactrelu.numbers.text import functional_text

_ZERO, _ONE = Fraction(0), Fraction(1)


class Relation(StrEnum):
    """The relation of an affine functional to zero."""

    LESS = "<"
    AT_MOST = "<="
    EQUAL = "="
    AT_LEAST = ">="
    GREATER = ">"

    @property
    def mirrored(self) -> Relation:
        """The relation of -y to zero where this is that of y: ``>`` for ``<``."""
        return Relation(str(self).translate(str.maketrans("<>", "><")))

    def holds(self, value: Fraction | int) -> bool:
        """Return whether a value has this relation to zero."""
        match self:
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

    @classmethod
    def of_side(cls, dimension: int, j: int, side: tuple[int, int], relation: Relation) -> Row:
        """Return the row a x_j + c R 0 of a box, for ``side`` (a, c), which is primitive."""
        row = cls((*(0,) * j, side[0], *(0,) * (dimension - j - 1), side[1]), relation)
        row.__dict__["only_coordinate"] = j
        return row

    @cached_property
    def only_coordinate(self) -> int | None:
        """The coordinate of a row a_j x_j + c, None if it has none or several."""
        normal = self.entries[:-1]
        if normal.count(0) != len(normal) - 1:
            return None
        return next(filter(normal.__getitem__, range(len(normal))))

    @cached_property
    def scaled_doubles(self) -> array[float]:
        """The entries of a row that is not constant, over its largest coefficient and rounded."""
        largest = max(map(abs, self.entries[:-1]))
        return array("d", [quotient(entry, largest) for entry in self.entries])

    @property
    def is_constant(self) -> bool:
        """Whether no coordinate has a coefficient."""
        return not any(self.entries[:-1])

    @property
    def relaxed(self) -> Row:
        """The row with ``>=`` for ``>``."""
        if self.relation is not Relation.GREATER:
            return self
        row = Row(self.entries, Relation.AT_LEAST)
        row.__dict__.update({**self.__dict__, "relation": row.relation})  # with what is known of it
        return row

    def value(self, x: Sequence[Fraction]) -> Fraction:
        """Return a.x + c."""
        return sum((a * b for a, b in zip(self.entries, x, strict=False) if a), Fraction(self.entries[-1]))


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
        if type(self.normal) is not tuple or set(map(type, self.normal)) != {Fraction}:
            normal = tuple(rational_at(f"normal[{j}]", entry) for j, entry in enumerate(self.normal))
            object.__setattr__(self, "normal", normal)
        object.__setattr__(self, "offset", rational_at("offset", self.offset))
        object.__setattr__(self, "relation", Relation(self.relation))

    @classmethod
    def of_row(cls, row: Row) -> LinearConstraint:
        """Return an integer row as a constraint."""
        *normal, offset = map(Fraction, row.entries)
        return cls(tuple(normal), offset, row.relation)

    @classmethod
    def sides(cls, dimension: int, j: int, low: Fraction, high: Fraction) -> list[LinearConstraint]:
        """Return low <= x_j <= high as one or two constraints on R^dimension, an equation if low is high."""
        normal = (*(_ZERO,) * j, _ONE, *(_ZERO,) * (dimension - j - 1))
        wanted = [(Relation.AT_LEAST, low, 1), (Relation.AT_MOST, high, -1)]
        if low == high:
            wanted = [(Relation.EQUAL, low, 1)]
        found = []
        for relation, end, sign in wanted:
            side = cls(normal, -end, relation)
            entries = (sign * end.denominator, -sign * end.numerator)
            row = Row.of_side(dimension, j, entries, relation if sign > 0 else relation.mirrored)
            side.__dict__.update(support=(j,), row=row)  # in many dimensions dear to find out
            found.append(side)
        return found

    @cached_property
    def support(self) -> tuple[int, ...]:
        """The coordinates whose coefficients are not zero."""
        return tuple(compress(range(len(self.normal)), self.normal))

    def value(self, x: Sequence[Any]) -> Fraction:
        """Return normal . x + offset."""
        return self.at(point_of(x, len(self.normal)))

    def at(self, point: Point) -> Fraction:
        """Return normal . point + offset for a point of as many coordinates."""
        return sum((self.normal[j] * point[j] for j in self.support), self.offset)

    def violation(self, x: Sequence[Any]) -> Fraction:
        """Return by how much the point violates the constraint, its relation relaxed; 0 if it does not.

        Examples
        --------
        >>> [int(LinearConstraint((1,), -2, "<").violation((x,))) for x in (1, 2, 5)]
        [0, 0, 3]
        """
        value = self.value(x)
        if self.relation is Relation.EQUAL:
            return abs(value)
        return max(value if self.relation in (Relation.LESS, Relation.AT_MOST) else -value, Fraction(0))

    def holds_at(self, x: Sequence[Any]) -> bool:
        """Return whether the point satisfies the constraint."""
        return self.relation.holds(self.value(x))

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
            relation = relation.mirrored
        if relation is Relation.EQUAL and next((entry for entry in entries if entry), 1) < 0:
            entries = [-entry for entry in entries]
        return Row(primitive(entries), relation)

    def __str__(self) -> str:
        return f"{functional_text((*self.normal, self.offset))} {self.relation} 0"

    def __repr__(self) -> str:
        return f"LinearConstraint{triple_text(self)}"


def triple_text(constraint: LinearConstraint) -> str:
    """Return (normal, offset, relation) as an expression that is read as the constraint."""
    comma = "," if len(constraint.normal) == 1 else ""
    normal = ", ".join(map(number_repr, constraint.normal))
    return f"(({normal}{comma}), {number_repr(constraint.offset)}, {str(constraint.relation)!r})"


def number_repr(value: Fraction) -> str:
    """Return an expression that is read as the rational: an integer, or text."""
    return format_integer(value.numerator) if value.denominator == 1 else repr(format_rational(value))
