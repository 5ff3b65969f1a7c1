"""Points with rational coordinates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from exactrelu.errors import NetworkError
from exactrelu.numbers.rationals import rational_vector

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
