"""Points with rational coordinates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from operator import mul
from typing import Any, NamedTuple

from exactrelu.errors import NetworkError
from exactrelu.numbers.rationals import common_denominator, rational_vector

Point = tuple[Fraction, ...]


def point_of(x: Sequence[Any], dimension: int, what: str = "point") -> Point:
    """Return ``x`` as a point with ``dimension`` rational coordinates.

    Raises
    ------
    NetworkError
        If ``x`` has another number of coordinates.
    """
    if isinstance(x, str) or not isinstance(x, Iterable):
        raise NetworkError(f"{what}: expected {dimension} coordinates, got {type(x).__name__}")
    point = rational_vector(x)
    if len(point) != dimension:
        raise NetworkError(f"{what}: expected {dimension} coordinates, got {len(point)}")
    return point


class IntegerPoint(NamedTuple):
    """A point by integers: its coordinates are ``numerators`` over a positive ``denominator``."""

    numerators: Sequence[int]
    denominator: int

    @classmethod
    def of(cls, point: Sequence[Fraction]) -> IntegerPoint:
        """Return a point over its least common denominator."""
        scale = common_denominator(point)
        return cls([x.numerator * (scale // x.denominator) for x in point], scale)

    @property
    def point(self) -> Point:
        """The coordinates as rationals."""
        return tuple(Fraction(x, self.denominator) for x in self.numerators)

    def first(self, count: int) -> IntegerPoint:
        """Return the point of the first coordinates."""
        return IntegerPoint(self.numerators[:count], self.denominator)

    def value(self, row: Sequence[int]) -> int:
        """Return the denominator times a.x + c."""
        products: Iterable[int] = map(mul, row, self.numerators)
        return sum(products, row[-1] * self.denominator)
