"""Rational functions that are ordered at a place, and remember which signs were asked.

A function that is computed from them by arithmetic and comparisons alone gives, with the same signs, the same
formula: so what it returns just after a number holds up to the first root of a polynomial whose sign was
asked. There it is computed again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import total_ordering
from typing import Any

from flint import fmpz_poly

from exactrelu.families.piecewise_functions import Number, Step
from exactrelu.numbers.algebraic import AlgebraicNumber
from exactrelu.numbers.places import Place, first_root
from exactrelu.numbers.rational_functions import RationalFunction


class Trace:
    """A place, and the polynomials whose signs were asked there."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.asked: dict[tuple[int, ...], fmpz_poly] = {}

    def number(self, function: RationalFunction) -> TracedNumber:
        """Return a rational function as a number of this place."""
        return TracedNumber(function, self)

    def sign(self, function: RationalFunction) -> int:
        """Return the sign at the place; poles are to be kept away by the caller."""
        for part in (function.numerator, function.denominator):
            if part.degree() > 0:
                self.asked[tuple(map(int, part.coeffs()))] = part
        return self.place.sign(function.numerator) * self.place.sign(function.denominator)


@total_ordering
class TracedNumber:
    """A rational function with arithmetic and order."""

    __slots__ = ("_trace", "function")

    def __init__(self, function: RationalFunction, trace: Trace) -> None:
        self.function = function
        self._trace = trace

    def _with(self, function: RationalFunction) -> TracedNumber:
        return TracedNumber(function, self._trace)

    def __add__(self, other: TracedNumber) -> TracedNumber:
        return self._with(self.function + other.function)

    def __sub__(self, other: TracedNumber) -> TracedNumber:
        return self._with(self.function - other.function)

    def __mul__(self, other: TracedNumber) -> TracedNumber:
        return self._with(self.function * other.function)

    def __truediv__(self, other: TracedNumber) -> TracedNumber:
        return self._with(self.function / other.function)

    def __neg__(self) -> TracedNumber:
        return self._with(-self.function)

    def __abs__(self) -> TracedNumber:
        return -self if self._trace.sign(self.function) < 0 else self

    def __bool__(self) -> bool:
        return self._trace.sign(self.function) != 0

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TracedNumber):
            return NotImplemented
        return not self._trace.sign((self - other).function)

    def __lt__(self, other: TracedNumber) -> bool:
        return self._trace.sign((self - other).function) < 0

    __hash__ = None  # type: ignore[assignment]


def traced_steps(
    compute: Callable[[Trace], Any],
    low: Number,
    high: Number,
    poles: tuple[fmpz_poly, ...] = (),
    checkpoint: Callable[[], None] = lambda: None,
) -> list[Step]:
    """Return a function of the parameter between two ends, and at them where they are finite.

    Parameters
    ----------
    compute
        Given a trace, the value at its place: a `TracedNumber`, or None where there is none.
    low, high
        The ends, None for infinities.
    poles
        Polynomials at whose roots nothing is defined.
    checkpoint
        Called now and then; it may raise.

    Examples
    --------
    >>> t = RationalFunction.identity()
    >>> zero = AlgebraicNumber.from_rational(0)
    >>> [str(value) for _, _, value in traced_steps(lambda trace: abs(trace.number(t)), None, None)]
    ['-t', 't', 't']
    """
    steps: list[Step] = []

    def point(number: AlgebraicNumber) -> None:
        place = Place(number)
        if all(place.sign(pole) for pole in poles):
            steps.append((number, number, _value(compute(Trace(place)))))

    if low is not None:
        point(low)
    while True:
        checkpoint()
        trace = Trace(Place(low, after=True))
        value = _value(compute(trace))
        end = first_root((*trace.asked.values(), *poles), low, high)
        steps.append((low, high if end is None else end, value))
        if end is None:
            break
        point(end)
        low = end
    if high is not None:
        point(high)
    return steps


def _value(found: Any) -> RationalFunction | None:
    return found.function if isinstance(found, TracedNumber) else None
