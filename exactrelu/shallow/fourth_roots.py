"""Rational square and fourth roots of rationals, where there are any."""

from __future__ import annotations

import math
from fractions import Fraction


def rational_square_root(value: Fraction) -> Fraction | None:
    """Return the rational q >= 0 with q^2 = ``value``, or None if there is none (a negative value has none).

    Examples
    --------
    >>> rational_square_root(Fraction(9, 4)), rational_square_root(Fraction(2))
    (Fraction(3, 2), None)
    """
    if value < 0:
        return None
    numerator, denominator = math.isqrt(value.numerator), math.isqrt(value.denominator)
    # In lowest terms a quotient is a square only if both of its parts are.
    if numerator**2 != value.numerator or denominator**2 != value.denominator:
        return None
    return Fraction(numerator, denominator)


def rational_fourth_root(value: Fraction) -> Fraction | None:
    """Return the rational q >= 0 with q^4 = ``value``, or None if there is none.

    Examples
    --------
    >>> rational_fourth_root(Fraction(16, 81)), rational_fourth_root(Fraction(4))
    (Fraction(2, 3), None)
    """
    square = rational_square_root(value)
    return None if square is None else rational_square_root(square)
