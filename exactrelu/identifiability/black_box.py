"""A network as a black box: exact values at rational points, each query counted."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactrelu.numbers.points import Point, point_of


class BlackBox:
    """A function Q^n -> Q^m that is known by its values alone; ``queries`` counts the points asked for.

    A value that was asked for is kept and costs no second query.

    Raises
    ------
    NetworkError, InexactNumberError
        When called, if a value is not a sequence of m exact rationals.

    Examples
    --------
    >>> box = BlackBox(lambda x: (2 * x[0],), 1, 1)
    >>> box((Fraction(1, 3),)), box((Fraction(1, 3),)), box.queries
    ((Fraction(2, 3),), (Fraction(2, 3),), 1)
    """

    def __init__(self, evaluate: Callable[[Point], Sequence[Any]], inputs: int, outputs: int) -> None:
        self._evaluate = evaluate
        self.inputs, self.outputs = inputs, outputs
        self._known: dict[Point, Point] = {}

    def __call__(self, x: Point) -> Point:
        """Return the value at a point."""
        value = self._known.get(x)
        if value is None:
            value = point_of(self._evaluate(x), self.outputs, "value of the black box")
            self._known[x] = value
        return value

    @property
    def queries(self) -> int:
        """The number of points at which the function was evaluated."""
        return len(self._known)

    def asked(self) -> Iterator[tuple[Point, Point]]:
        """Yield the points that were asked for, with their values."""
        return iter(list(self._known.items()))


@dataclass(frozen=True)
class Line:
    """The points p + t d."""

    point: Point
    direction: Point

    def at(self, t: Fraction) -> Point:
        """Return the point of a parameter."""
        return tuple(p + t * d for p, d in zip(self.point, self.direction, strict=True))


def drawn_vector(rng: random.Random, dimension: int, size: int = 1) -> Point:
    """Return a vector with entries k / 1009, |k| <= 1009 size, none of them 0.

    Examples
    --------
    >>> len(drawn_vector(random.Random(1), 3))
    3
    """
    most = 1009 * size
    entries = (rng.randint(1, most) * rng.choice((-1, 1)) for _ in range(dimension))
    return tuple(Fraction(entry, 1009) for entry in entries)
