"""How small affine functions become on a domain: by the corners of a box, else by linear programs."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property

from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.polyhedra.constraints import Relation
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.linear_program import Optimum, maximise

Ends = list[Fraction | None]


class Reach:
    """The infima of affine functions on a domain that is not empty.

    Examples
    --------
    >>> Reach(Domain.box([(0, 1), (-1, 3)])).least((2, -1, 5))
    Fraction(2, 1)
    >>> Reach(Domain.from_inequalities(2, [([1, 1], 0, ">=")])).least((2, 2, 5))
    Fraction(5, 1)
    """

    def __init__(self, domain: Domain) -> None:
        self.domain = domain

    @cached_property
    def box(self) -> tuple[Ends, Ends] | None:
        """The lower and upper ends (None where there is none) if the domain is a box, else None."""
        low: Ends = [None] * self.domain.dimension
        high: Ends = [None] * self.domain.dimension
        for row in self.domain.rows:
            j = row.only_coordinate
            if j is None:
                return None
            end, both = Fraction(-row.entries[-1], row.entries[j]), row.relation is Relation.EQUAL
            before, after = low[j], high[j]
            if both or row.entries[j] > 0:
                low[j] = end if before is None else max(before, end)
            if both or row.entries[j] < 0:
                high[j] = end if after is None else min(after, end)
        return low, high

    def least(self, row: IntegerRow) -> Fraction | None:
        """Return the infimum of row . (x, 1) on the domain, None if there is none."""
        if self.box is None:
            found = maximise(self.domain.dimension, [-entry for entry in row], self.domain.rows)
            return -found.value if isinstance(found, Optimum) else None
        total = Fraction(row[-1])
        for a, low, high in zip(row, *self._integer_ends, strict=False):
            if a:
                end = low if a > 0 else high
                if end is None:
                    return None
                total += a * end
        return total

    @cached_property
    def _integer_ends(self) -> tuple[Sequence[int | Fraction | None], Sequence[int | Fraction | None]]:
        """The ends, whole ones as integers, which are quicker."""
        low, high = self.box or ([], [])
        return tuple([_plain(end) for end in ends] for ends in (low, high))  # type: ignore[return-value]


def _plain(end: Fraction | None) -> int | Fraction | None:
    return end if end is None or end.denominator > 1 else end.numerator
