"""Functions of the parameter that are rational by pieces, with exact ends, values and limits."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from flint import fmpz_poly

from exactrelu.numbers.algebraic import AlgebraicNumber
from exactrelu.numbers.places import Place, sign_at
from exactrelu.numbers.rational_functions import RationalFunction
from exactrelu.numbers.rationals import Extended

Value = RationalFunction | float | None
"""A rational function, plus or minus infinity, or None where nothing is defined."""

Number = AlgebraicNumber | None
"""An end: None is an infinity."""

Step = tuple[Number, Number, Value]
"""What holds between two ends; at a number where they are equal."""


@dataclass(frozen=True)
class Piece:
    """A value on an interval, whose ends belong to it if ``closed`` says so, or at a number (low = high)."""

    low: Number
    high: Number
    closed: tuple[bool, bool]
    value: Value

    @property
    def is_point(self) -> bool:
        """Whether it is a single number."""
        return self.low is not None and self.low == self.high

    @property
    def limits(self) -> tuple[Extended | AlgebraicNumber | None, Extended | AlgebraicNumber | None]:
        """The limits at the two ends, from inside; of a point its value, twice."""
        if not isinstance(self.value, RationalFunction):
            return self.value, self.value
        if self.is_point and self.low is not None:
            value = self.value.value_at(self.low)
            return value, value
        return limit(self.value, self.low, after=True), limit(self.value, self.high, after=False)


@dataclass(frozen=True)
class PiecewiseFunction:
    """A function of the parameter by its pieces, in order; what lies between them is not defined.

    Examples
    --------
    >>> t, zero = RationalFunction.identity(), AlgebraicNumber.from_rational(0)
    >>> size = PiecewiseFunction.of([(None, zero, -t), (zero, zero, t), (zero, None, t)])
    >>> [(piece.closed, str(piece.value)) for piece in size.pieces], size(-3)
    ([((False, True), '-t'), ((True, False), 't')], Fraction(3, 1))
    """

    pieces: tuple[Piece, ...]

    @classmethod
    def of(cls, steps: Iterable[Step]) -> PiecewiseFunction:
        """Return the function of steps in order: equal formulas are joined where the value between agrees."""
        builder = _Builder()
        for low, high, value in steps:
            if low is not None and low == high:
                builder.take_point(low, value)
            else:
                builder.take_interval(low, high, value)
        return cls(tuple(builder.finished()))

    def combined(
        self, other: PiecewiseFunction, operation: Callable[[Value, Value, Number], Value]
    ) -> PiecewiseFunction:
        """Return operation(self, other, place) where both are defined; the place is None on intervals."""
        ends = {end for f in (self, other) for p in f.pieces for end in (p.low, p.high) if end is not None}
        numbers = sorted(ends)
        steps: list[Step] = []
        for low, high in zip([None, *numbers], [*numbers, None], strict=True):
            values = [f.value_between(low, high) for f in (self, other)]
            if values[0] is not None and values[1] is not None:
                steps.append((low, high, operation(values[0], values[1], None)))
            if high is not None:
                here = [f.value_here(high) for f in (self, other)]
                if here[0] is not None and here[1] is not None:
                    steps.append((high, high, operation(here[0], here[1], high)))
        return PiecewiseFunction.of(steps)

    def value_between(self, low: Number, high: Number) -> Value:
        """Return the value on an interval that no end of a piece cuts, None if it is not defined there."""
        for piece in self.pieces:
            starts = piece.low is None or (low is not None and piece.low <= low)
            ends = piece.high is None or (high is not None and high <= piece.high)
            if starts and ends and not piece.is_point:
                return piece.value
        return None

    def value_here(self, number: AlgebraicNumber) -> Value:
        """Return the value at a number, None if it is not defined there."""
        for piece in self.pieces:
            above = piece.low is None or piece.low < number or (piece.low == number and piece.closed[0])
            below = piece.high is None or number < piece.high or (piece.high == number and piece.closed[1])
            if above and below:
                return piece.value
        return None

    def __call__(self, t: Any) -> Extended | None:
        """Return the value at an exact rational, None where it is not defined."""
        value = self.value_here(AlgebraicNumber.from_rational(t))
        return value(t) if isinstance(value, RationalFunction) else value

    @property
    def limits(self) -> tuple[Extended | AlgebraicNumber | None, Extended | AlgebraicNumber | None]:
        """The limits at the ends of the first and the last interval."""
        intervals = [piece for piece in self.pieces if not piece.is_point] or list(self.pieces)
        return intervals[0].limits[0], intervals[-1].limits[1]


class _Builder:
    """Pieces that are put together from left to right."""

    def __init__(self) -> None:
        self._pieces: list[Piece] = []
        self._point: tuple[AlgebraicNumber, Value] | None = None
        self._is_held = False
        """Whether the point belongs to the piece before it."""

    def take_point(self, number: AlgebraicNumber, value: Value) -> None:
        """Take the value at a number."""
        self._point, self._is_held = (number, value), False
        last = self._pieces[-1] if self._pieces else None
        if last is not None and last.high == number and agree(last.value, value, number):
            self._pieces[-1] = replace(last, closed=(last.closed[0], True))
            self._is_held = True

    def take_interval(self, low: Number, high: Number, value: Value) -> None:
        """Take what holds between two ends."""
        last = self._pieces[-1] if self._pieces else None
        point, begins = self._point, False
        if point is not None and point[0] == low:
            begins = agree(point[1], value, point[0])
            if begins and self._is_held and last is not None and last.value == value:
                self._pieces[-1] = replace(last, high=high, closed=(last.closed[0], False))
                self._point = None
                return
            if not begins:
                self._keep_point()
        self._pieces.append(Piece(low, high, (begins, False), value))
        self._point = None

    def _keep_point(self) -> None:
        """Keep the point as a piece of its own unless it belongs to one."""
        if self._point is not None and not self._is_held:
            number, value = self._point
            self._pieces.append(Piece(number, number, (True, True), value))

    def finished(self) -> list[Piece]:
        """Return the pieces."""
        self._keep_point()
        return self._pieces


def agree(one: Value, two: Value, number: AlgebraicNumber) -> bool:
    """Return whether two values are equal at a number; a pole equals nothing."""
    if isinstance(one, RationalFunction) and isinstance(two, RationalFunction):
        if not (sign_at(one.denominator, number) and sign_at(two.denominator, number)):
            return False
        return one == two or not sign_at((one - two).numerator, number)
    return one == two


def limit(function: RationalFunction, end: Number, *, after: bool) -> Extended | AlgebraicNumber:
    """Return the limit at an end, from the right if ``after``; at None that is -inf, else inf."""
    if end is None:
        return function.limit(-math.inf if after else math.inf)
    if (value := end.rational) is not None:
        return function.limit(value, after=after)
    if sign_at(function.denominator, end):
        return function.value_at(end)
    sign = sign_beside(function.numerator, end, after=after) * sign_beside(
        function.denominator, end, after=after
    )
    return sign * math.inf


def sign_beside(polynomial: fmpz_poly, number: AlgebraicNumber, *, after: bool) -> int:
    """Return the sign of a polynomial just after a number, or just before it."""
    if after:
        return Place(number, after=True).sign(polynomial)
    mirrored = fmpz_poly([-c if k % 2 else c for k, c in enumerate(polynomial.coeffs())])
    return Place(-number, after=True).sign(mirrored)
