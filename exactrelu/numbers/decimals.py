"""Finite decimals: which rationals are some, how they are written, how others are rounded to them."""

from __future__ import annotations

from fractions import Fraction

from exactrelu.numbers.rationals import format_integer


def decimal_places(value: Fraction) -> int | None:
    """Return how many digits after the point the finite decimal of a rational has, None if it has no such.

    Examples
    --------
    >>> decimal_places(Fraction(3, 8)), decimal_places(Fraction(5)), decimal_places(Fraction(1, 3))
    (3, 0, None)
    """
    rest = value.denominator
    twos = (rest & -rest).bit_length() - 1
    rest >>= twos
    fives = 0
    for step in (64, 16, 4, 1):  # long denominators are divided by long powers first
        power = 5**step
        while rest % power == 0:
            rest //= power
            fives += step
    return max(twos, fives) if rest == 1 else None


def decimal_text(value: Fraction) -> str | None:
    """Return the finite decimal that a rational is, None if it is none.

    Examples
    --------
    >>> decimal_text(Fraction(-3, 8)), decimal_text(Fraction(2)), decimal_text(Fraction(1, 3))
    ('-0.375', '2', None)
    """
    places = decimal_places(value)
    if places is None:
        return None
    scaled = value * 10**places
    digits = format_integer(abs(scaled.numerator)).rjust(places + 1, "0")
    whole, decimals = digits[: len(digits) - places], digits[len(digits) - places :]
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{decimals}" if places else f"{sign}{whole}"


def rounded_to_places(value: Fraction, places: int) -> Fraction:
    """Return the nearest rational with so many digits after the point (ties to even digits).

    A negative number of places rounds to tens, hundreds, ...

    Examples
    --------
    >>> rounded_to_places(Fraction(2, 3), 2), rounded_to_places(Fraction(1234), -2)
    (Fraction(67, 100), Fraction(1200, 1))
    """
    scale = Fraction(10) ** places
    return round(value * scale) / scale


def rounded_to_digits(value: Fraction, digits: int) -> Fraction:
    """Return the nearest rational with so many significant decimal digits (ties to even); 0 stays 0.

    Examples
    --------
    >>> rounded_to_digits(Fraction(1, 3000), 2), rounded_to_digits(Fraction(-98765), 3)
    (Fraction(33, 100000), Fraction(-98800, 1))
    """
    return rounded_to_places(value, digits - 1 - magnitude(value)) if value else value


def magnitude(value: Fraction) -> int:
    """Return the integer e with 10^e <= abs(value) < 10^(e + 1), for a value other than zero.

    Examples
    --------
    >>> magnitude(Fraction(1000)), magnitude(Fraction(999, 10000)), magnitude(Fraction(-1))
    (3, -2, 0)
    """
    size = abs(value)
    bits = size.numerator.bit_length() - size.denominator.bit_length()
    guess = bits * 30103 // 100000 - 1
    while size >= Fraction(10) ** (guess + 1):
        guess += 1
    while size < Fraction(10) ** guess:
        guess -= 1
    return guess
