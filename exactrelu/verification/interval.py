"""Intervals of one coordinate, each side closed, open or without a bound."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from exactrelu.verification.inequality import Inequality


class Interval(NamedTuple):
    """The set of t with lower <= t <= upper; an open side is strict, None is no bound.

    It may be empty, and is then kept as it is: lower > upper, or lower = upper with an open side.

    Examples
    --------
    >>> Interval(Fraction(0), Fraction(1)).joined(Interval(Fraction(0), None, open_lower=True))
    Interval(lower=Fraction(0, 1), upper=Fraction(1, 1), open_lower=True, open_upper=False)
    """

    lower: Fraction | None
    upper: Fraction | None
    open_lower: bool = False
    open_upper: bool = False

    def joined(self, other: Interval) -> Interval:
        """Return the intersection."""
        lower = max(self._below, other._below, key=_lower_key)
        upper = min(self._above, other._above, key=_upper_key)
        return Interval(lower[0], upper[0], lower[1], upper[1])

    @property
    def _below(self) -> tuple[Fraction | None, bool]:
        return self.lower, self.open_lower

    @property
    def _above(self) -> tuple[Fraction | None, bool]:
        return self.upper, self.open_upper

    @property
    def is_empty(self) -> bool:
        """Whether no number lies in it."""
        if self.lower is None or self.upper is None:
            return False
        return self.lower > self.upper or (self.lower == self.upper and (self.open_lower or self.open_upper))

    def contains(self, t: Fraction) -> bool:
        """Return whether the number lies in it."""
        if self.lower is not None and (t < self.lower or (t == self.lower and self.open_lower)):
            return False
        return self.upper is None or t < self.upper or (t == self.upper and not self.open_upper)


EVERYTHING = Interval(None, None)


def interval_of(row: Inequality) -> Interval:
    """Return the interval that an inequality a x_i + c >= 0 (or > 0) in one variable describes."""
    ((_, a),) = row.x
    end = -row.offset / a
    if a > 0:
        return Interval(end, None, open_lower=row.strict)
    return Interval(None, end, open_upper=row.strict)


def _lower_key(end: tuple[Fraction | None, bool]) -> tuple[bool, Fraction, bool]:
    return end[0] is not None, end[0] or Fraction(0), end[1]


def _upper_key(end: tuple[Fraction | None, bool]) -> tuple[bool, Fraction, bool]:
    return end[0] is None, end[0] or Fraction(0), not end[1]
