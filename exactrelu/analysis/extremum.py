"""The supremum of a function on a domain, and where it is."""

from __future__ import annotations

from dataclasses import dataclass

from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import Extended


@dataclass(frozen=True)
class Extremum:
    """The supremum of a function on a domain.

    ``value`` is ``math.inf`` where there is no bound; then ``ray`` is a direction along which the function
    grows without bound from ``point``. If it is finite but not ``attained``, ``point`` lies in the closure.
    """

    value: Extended
    attained: bool
    point: Point
    ray: tuple[int, ...] | None = None

    def exceeds(self, other: Extremum | None) -> bool:
        """Return whether this supremum is to be preferred: larger, or as large and attained."""
        if other is None:
            return True
        return (self.value, self.attained) > (other.value, other.attained)

    def negated(self) -> Extremum:
        """Return the infimum of the negative, told in the same way."""
        return Extremum(-self.value, self.attained, self.point, self.ray)
