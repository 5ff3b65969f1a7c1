"""Rows over R^n as linear programs take them: the sides of a box, and the rows with several coordinates.

In many dimensions nearly all rows are sides. Their ends are kept as integers over one denominator, so that
programs compute with integers alone, and systems that differ in few rows share them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain
from math import gcd, lcm
from typing import TYPE_CHECKING

from exactrelu.numbers.points import IntegerPoint
from exactrelu.numbers.rationals import quotient
from exactrelu.polyhedra.constraints import Relation, Row

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Doubles = NDArray[np.float64]

Ends = list[int | None]


@dataclass(frozen=True, eq=False)
class Box:
    """The rows with one coordinate of a system in R^dimension.

    ``coordinate`` has the coordinate of each, by the row's index; row i bounds it by ``ends[i] /
    denominator``. ``lower`` and ``upper`` have, for each coordinate with a bound, the row that is tightest.
    """

    dimension: int
    coordinate: dict[int, int]
    ends: dict[int, int]
    denominator: int
    lower: dict[int, int]
    upper: dict[int, int]

    def extended(self, rows: Sequence[tuple[int, int, Row]]) -> Box:
        """Return the box with further rows: (index, coordinate, row)."""
        if not rows:
            return self
        sides = [(i, j, row.entries[j], row.entries[-1], row.relation) for i, j, row in rows]
        denominator = lcm(self.denominator, *(a // gcd(a, c) for _, _, a, c, _ in sides))
        factor = denominator // self.denominator
        ends = dict(self.ends) if factor == 1 else {i: end * factor for i, end in self.ends.items()}
        coordinate, lower, upper = dict(self.coordinate), dict(self.lower), dict(self.upper)
        known = self.__dict__.get("doubles")
        doubles = None if known is None else (known[0].copy(), known[1].copy())
        for i, j, a, c, relation in sides:
            coordinate[i], ends[i] = j, -c * denominator // a
            equation = relation is Relation.EQUAL  # at a tie preferred: it bounds both ways
            if (a > 0 or equation) and (j not in lower or ends[i] + equation > ends[lower[j]]):
                lower[j] = i
                if doubles is not None:
                    doubles[0][j] = quotient(ends[i], denominator)
            if (a < 0 or equation) and (j not in upper or ends[i] - equation < ends[upper[j]]):
                upper[j] = i
                if doubles is not None:
                    doubles[1][j] = quotient(ends[i], denominator)
        box = Box(self.dimension, coordinate, ends, denominator, lower, upper)
        if doubles is not None:
            box.__dict__["doubles"] = doubles
        return box

    @cached_property
    def crossed(self) -> tuple[int, int] | None:
        """A row that bounds a coordinate from below, and one that bounds it from above by less, if any."""
        for j, i in self.lower.items():
            other = self.upper.get(j)
            if other is not None and self.ends[i] > self.ends[other]:
                return i, other
        return None

    @cached_property
    def bounds(self) -> tuple[Ends, Ends]:
        """The lower and the upper bound of each coordinate, times ``denominator``; None without one."""
        low: Ends = [None] * self.dimension
        high: Ends = [None] * self.dimension
        for ends, rows in ((low, self.lower), (high, self.upper)):
            for j, i in rows.items():
                ends[j] = self.ends[i]
        return low, high

    @cached_property
    def doubles(self) -> tuple[Doubles, Doubles]:
        """The lower and the upper bounds, rounded, infinite where there is none."""
        import numpy as np

        low, high = np.full(self.dimension, -np.inf), np.full(self.dimension, np.inf)
        for ends, rows in ((low, self.lower), (high, self.upper)):
            for j, i in rows.items():
                ends[j] = quotient(self.ends[i], self.denominator)
        return low, high

    def largest(self, row: Sequence[int]) -> Fraction | None:
        """Return the maximum of a.x + c on the box, which has points, None if there is no bound."""
        total = row[-1] * self.denominator
        low, high = self.bounds
        for a, least, most in zip(row, low, high, strict=False):
            if a:
                end = most if a > 0 else least
                if end is None:
                    return None
                total += a * end
        return Fraction(total, self.denominator)


class RowSystem:
    """Rows over R^dimension; strict ones are taken as they are, or relaxed, by who reads them.

    Examples
    --------
    >>> system = RowSystem.of(2, [Row((1, 0, -1), Relation.AT_LEAST), Row((1, 1, -3), Relation.AT_LEAST)])
    >>> system.box.bounds, system.general
    (([1, None], [None, None]), [1])
    >>> system.extended([Row((0, -2, 3), Relation.AT_LEAST)]).box.bounds
    ([2, None], [None, 3])
    """

    def __init__(self, rows: list[Row], box: Box, general: list[int], constant: list[int]) -> None:
        self.rows, self.box, self.general, self.constant = rows, box, general, constant
        self.dimension = box.dimension

    @classmethod
    def of(cls, dimension: int, rows: Sequence[Row]) -> RowSystem:
        """Return the system of the rows."""
        return cls([], Box(dimension, {}, {}, 1, {}, {}), [], []).extended(rows)

    def extended(self, rows: Sequence[Row]) -> RowSystem:
        """Return the system with further rows behind; what is known of the sides is shared."""
        general, constant, sides = list(self.general), list(self.constant), []
        for i, row in enumerate(rows, start=len(self.rows)):
            j = row.only_coordinate
            if j is not None:
                sides.append((i, j, row))
            else:
                (constant if row.is_constant else general).append(i)
        return RowSystem([*self.rows, *rows], self.box.extended(sides), general, constant)

    def is_equation(self, i: int) -> bool:
        """Return whether row i is an equation."""
        return self.rows[i].relation is Relation.EQUAL

    @cached_property
    def doubles(self) -> Doubles:
        """The rows with several coordinates, each scaled to a largest coefficient of 1 and rounded."""
        import numpy as np

        table = [self.rows[i].scaled_doubles for i in self.general]
        return np.array(table, dtype=np.float64).reshape(len(table), self.dimension + 1)

    def general_values(self, point: IntegerPoint) -> list[int]:
        """Return the denominator times a.x + c at a point, for each row with several coordinates."""
        return [point.value(self.rows[i].entries) for i in self.general]

    def values(self, point: IntegerPoint) -> Iterator[tuple[int, int]]:
        """Yield each row that is not constant with the denominator times its value at a point."""
        numerators, denominator = point
        for i, j in self.box.coordinate.items():
            entries = self.rows[i].entries
            yield i, entries[j] * numerators[j] + entries[-1] * denominator
        yield from zip(self.general, self.general_values(point), strict=True)

    def holds_at(self, point: IntegerPoint) -> bool:
        """Return whether all rows hold at a point, strict ones strictly."""
        constant = ((i, self.rows[i].entries[-1]) for i in self.constant)
        return all(self.rows[i].relation.holds(value) for i, value in chain(constant, self.values(point)))

    def false_constant(self) -> int | None:
        """Return a constant row that is false, strict ones relaxed, None if there is none."""
        for i in self.constant:
            c = self.rows[i].entries[-1]
            if c < 0 or (c and self.is_equation(i)):
                return i
        return None
