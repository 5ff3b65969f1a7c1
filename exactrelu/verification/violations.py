"""By how much a point misses the unsafe set of a property."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrelu.numbers.rationals import brief
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.interval import Interval
from exactrelu.verification.property import InputSet, Property

_ZERO = Fraction(0)


@dataclass(frozen=True)
class Violation:
    """The largest amount by which a constraint of a conjunction is violated, and that constraint.

    ``amount`` 0 with a ``constraint`` is a strict one that is satisfied with equality only; without a
    ``constraint`` all hold.
    """

    amount: Fraction
    constraint: str | None

    @property
    def order(self) -> tuple[bool, Fraction]:
        """What violations are compared by: whether there is one, then how large it is."""
        return self.constraint is not None, self.amount


NONE = Violation(_ZERO, None)


def least_violation(p: Property, x: Sequence[Fraction], y: Sequence[Fraction]) -> Violation | None:
    """Return the violation of the conjunction (box, rows and disjunct) that (x, y) violates least.

    Amounts are in the units of the file: by how much a side of the box is passed, or the value of a row below
    zero. It is `NONE` exactly where (x, y) is unsafe, and None if the property has no conjunction at all.

    Examples
    --------
    >>> from exactrelu.polyhedra.domain import Domain
    >>> p = Property.from_bounds(1, 1, Domain.box([(0, 1)]), ["y0 <= 2"])
    >>> least_violation(p, (Fraction(3, 2),), (Fraction(1),))
    Violation(amount=Fraction(1, 1), constraint='y0 - 2 > 0')
    """
    found: Violation | None = None
    for group in p.groups:
        outside = _of_inputs(group, x)
        for rows in group.disjuncts:
            worst = max([outside, *(_of_row(row, x, y) for row in rows)], key=lambda v: v.order)
            if found is None or worst.order < found.order:
                found = worst
    return found


def _of_inputs(group: InputSet, x: Sequence[Fraction]) -> Violation:
    sides = [side for i, interval in enumerate(group.box) for side in _of_interval(i, interval, x[i])]
    rows = [_of_row(row, x, ()) for row in group.rows]
    return max([NONE, *sides, *rows], key=lambda v: v.order)


def _of_interval(i: int, interval: Interval, t: Fraction) -> list[Violation]:
    if interval.contains(t):
        return []
    found = []
    lower, upper = interval.lower, interval.upper
    if lower is not None and (t < lower or (t == lower and interval.open_lower)):
        sign = ">" if interval.open_lower else ">="
        found.append(Violation(lower - t, f"x{i} {sign} {brief(lower)}"))
    if upper is not None and (t > upper or (t == upper and interval.open_upper)):
        sign = "<" if interval.open_upper else "<="
        found.append(Violation(t - upper, f"x{i} {sign} {brief(upper)}"))
    return found


def _of_row(row: Inequality, x: Sequence[Fraction], y: Sequence[Fraction]) -> Violation:
    if row.holds_at(x, y):
        return NONE
    return Violation(-row.value(x, y), str(row))
