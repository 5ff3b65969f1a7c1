"""The supremum of a function on a domain, and where it is."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import Extended, format_rational, rational


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


def extremum_json(one: Extremum) -> dict[str, Any]:
    """Return a supremum as JSON.

    Examples
    --------
    >>> top = Extremum(Fraction(1, 2), attained=True, point=(Fraction(3),))
    >>> extremum_json(top)
    {'value': '1/2', 'attained': True, 'point': ['3'], 'ray': None}
    >>> extremum_of(extremum_json(top)) == top
    True
    """
    value = format_rational(one.value) if isinstance(one.value, Fraction) else str(one.value)
    point = [format_rational(x) for x in one.point]
    return {
        "value": value,
        "attained": one.attained,
        "point": point,
        "ray": one.ray and list(map(str, one.ray)),
    }


def extremum_of(told: dict[str, Any]) -> Extremum:
    """Return the supremum that JSON tells."""
    value = float(told["value"]) if told["value"].endswith("inf") else rational(told["value"])
    ray = None if told["ray"] is None else tuple(map(int, told["ray"]))
    return Extremum(value, told["attained"], tuple(map(rational, told["point"])), ray)
