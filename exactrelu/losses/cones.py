"""Open cones {d : v . d > 0 for all rows v}, in the coordinates of the span of their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrelu.numbers.linear_algebra import IntegerRow, echelon, primitive_from_rationals
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.linear_program import feasible_point

Vector = tuple[Fraction, ...]


@dataclass(frozen=True)
class Cone:
    """An open cone, given by its rows.

    Examples
    --------
    >>> quadrant = Cone(((1, 0, 0), (0, 1, 0)))
    >>> quadrant.has_interior(), quadrant.cut((-1, -1, 0), 1).has_interior()
    (True, False)
    """

    rows: tuple[IntegerRow, ...]

    def cut(self, vector: Sequence[Fraction], sign: int) -> Cone:
        """Return the part where sign vector . d > 0."""
        row = primitive_from_rationals([sign * Fraction(entry) for entry in vector])
        return Cone((*self.rows, row))

    def has_interior(self) -> bool:
        """Return whether there is a d."""
        return self.direction() is not None

    def contains(self, direction: Mapping[int, Fraction]) -> bool:
        """Return whether a direction, given by its entries, lies in the cone."""
        return all(sum(row[j] * entry for j, entry in direction.items()) > 0 for row in self.rows)

    def direction(self) -> dict[int, Fraction] | None:
        """Return a d by its entries that are not zero, None if there is none."""
        return common_direction(self.rows)

    def direction_from(self, known: Mapping[int, Fraction]) -> Mapping[int, Fraction] | None:
        """Return a d, given one of the cone without its last row: the same, where it is in this cone too."""
        last = self.rows[-1]
        if sum(last[j] * entry for j, entry in known.items()) > 0:
            return known
        return self.direction()


def common_direction(rows: Sequence[IntegerRow]) -> dict[int, Fraction] | None:
    """Return a d with v . d > 0 for all rows v, by its entries that are not zero; None if there is none.

    A d that serves can be moved into the span of the rows, so it is looked for there.
    """
    if not rows:
        return {}
    if not all(map(any, rows)):
        return None
    basis = echelon(rows, len(rows[0]))
    inside = [tuple(sum(a * b for a, b in zip(row, v, strict=True)) for v in basis) for row in rows]
    point = feasible_point(len(basis), [Row((*row, 0), Relation.GREATER) for row in inside])
    if point is None:
        return None
    columns = zip(*basis, strict=True)
    entries = (sum((x * a for x, a in zip(point, column, strict=True)), Fraction(0)) for column in columns)
    return {j: entry for j, entry in enumerate(entries) if entry}


def zero_combination(vectors: Sequence[Vector]) -> Vector | None:
    """Return weights >= 0 of sum 1 with which the vectors add up to 0; None if 0 is not in their hull.

    Examples
    --------
    >>> zero_combination([(Fraction(1),), (Fraction(-2),)])
    (Fraction(2, 3), Fraction(1, 3))
    >>> zero_combination([(Fraction(1),), (Fraction(2),)]) is None
    True
    """
    count = len(vectors)
    columns = {primitive_from_rationals(column) for column in zip(*vectors, strict=True) if any(column)}
    rows = [Row((*row, 0), Relation.EQUAL) for row in echelon(sorted(columns), count)]
    rows += [Row((*(int(i == j) for j in range(count)), 0), Relation.AT_LEAST) for i in range(count)]
    rows.append(Row((*(1,) * count, -1), Relation.EQUAL))
    return feasible_point(count, rows)
