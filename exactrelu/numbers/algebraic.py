"""Real algebraic numbers: exact values of spectral norms, their squares, roots, powers, sums and products.

A number is an irreducible integer polynomial and which of its real roots it is, counted from the
smallest. That pair is unique, so ``==`` and ``hash`` are mathematical equality: a tie between two numbers
is decided by their polynomials, never by precision. Two numbers that differ are ordered by enclosures
that are refined until they are apart, which ends because the numbers differ.

python-flint does the two hard steps, both rigorous: the factorisation over the integers, and balls round
all roots of a square-free polynomial that are pairwise disjoint and tell real roots from others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import total_ordering
from numbers import Rational
from typing import Any

from flint import fmpz_poly

from exactrelu.errors import NumberSyntaxError
from exactrelu.numbers.rationals import format_integer, format_rational, rational
from exactrelu.numbers.real_roots import (
    Interval,
    companion,
    enclosures,
    irreducible_factors,
    kronecker,
    kronecker_sum,
    number_of_real_roots,
    shifted,
)


@total_ordering
@dataclass(frozen=True, eq=False, repr=False, slots=True)
class AlgebraicNumber:
    """The real root number ``index`` (from 0, ascending) of an irreducible integer polynomial.

    ``polynomial`` holds its coefficients, constant term first: primitive, with a positive leading
    coefficient, so it is the minimal polynomial of the number. Make numbers with `from_rational`,
    `largest_root`, `sqrt` and arithmetic; the constructor trusts what it is given.

    Rationals are the case of degree 1; they are equal to, and hash as, the `Fraction` of that value.

    Examples
    --------
    >>> golden = AlgebraicNumber.largest_root([-1, -1, 1])  # x^2 - x - 1
    >>> golden.decimal(10), golden.interval
    ('1.6180339887', (Fraction(1, 1), Fraction(2, 1)))
    >>> golden * golden == AlgebraicNumber.largest_root([1, -3, 1]), golden > Fraction(8, 5)
    (True, True)
    >>> AlgebraicNumber.from_rational(2).sqrt() ** 2 == 2
    True
    >>> 1 + 1 / golden == golden, golden - golden, float(golden)
    (True, <AlgebraicNumber 0>, 1.618033988749895)
    """

    polynomial: tuple[int, ...]
    index: int

    @classmethod
    def from_rational(cls, value: Any) -> AlgebraicNumber:
        """Return an exact rational as an algebraic number (errors as in `exactrelu.rational`)."""
        number = rational(value)
        return cls((-number.numerator, number.denominator), 0)

    @classmethod
    def largest_root(cls, polynomial: Sequence[int]) -> AlgebraicNumber:
        """Return the largest real root of a polynomial with integer coefficients, constant term first.

        Raises
        ------
        NumberSyntaxError
            If the polynomial is constant or has no real root.
        """
        roots = _real_roots_of_product(fmpz_poly(list(polynomial)))
        if not roots:
            raise NumberSyntaxError(f"polynomial: expected one with a real root, got {list(polynomial)}")
        return max(roots)

    # what it is -------------------------------------------------------------------------------

    @property
    def degree(self) -> int:
        """The degree of the minimal polynomial; 1 for rationals."""
        return len(self.polynomial) - 1

    @property
    def rational(self) -> Fraction | None:
        """The value as a rational, None if it is irrational."""
        return Fraction(-self.polynomial[0], self.polynomial[1]) if self.degree == 1 else None

    @property
    def interval(self) -> Interval:
        """A rational interval [lo, hi] that holds this root of the polynomial and no other.

        For a rational lo = hi; else it is the widest [k/2^b, (k+1)/2^b] of that kind with b >= 0.
        """
        others = [
            i for i in (self.index - 1, self.index + 1) if 0 <= i < number_of_real_roots(self.polynomial)
        ]
        bits = 0
        while True:
            mine = self.enclosure(bits)
            if all(AlgebraicNumber(self.polynomial, i).enclosure(bits) != mine for i in others):
                return mine
            bits += 1

    def enclosure(self, bits: int) -> Interval:
        """Return [value, value] for a rational, else the interval [k/2^bits, (k+1)/2^bits] that holds it."""
        if (value := self.rational) is not None:
            return value, value
        precision, scale = max(64, 1 << (bits + 2).bit_length()), 1 << bits  # few precisions, kept
        while True:
            low, high = enclosures(self.polynomial, precision)[self.index]
            floor = math.floor(low * scale)
            if floor == math.floor(high * scale):
                return Fraction(floor, scale), Fraction(floor + 1, scale)
            precision *= 2  # the number is irrational, so k/2^bits is left behind at last

    def relative_enclosure(self, bits: int = 64) -> Interval:
        """Return a rational interval [lo, hi] that holds the number, with hi - lo <= 2^-bits |lo|."""
        precision = bits
        while True:
            low, high = self.enclosure(precision)
            if (high - low) * 2**bits <= abs(low):
                return low, high
            precision *= 2

    def decimal(self, digits: int) -> str:
        """Return the number rounded half up to ``digits`` decimals, as text.

        Very small and very large numbers are written with a power of ten, ``1.41e-91``.
        """
        negative, size = self < 0, abs(self)
        exponent = _exponent_of_ten(size) if size != 0 else 0
        if -5 <= exponent <= 20:
            text = _fixed(size, digits)
            return f"-{text}" if negative and text.strip("0.") else text  # no minus before a rounded zero
        mantissa = _mantissa(size, exponent, digits)
        if mantissa.startswith("10"):  # 9.99... rounded up
            exponent += 1
            mantissa = _mantissa(size, exponent, digits)
        return f"{'-' if negative else ''}{mantissa}e{exponent:+d}"

    # order ------------------------------------------------------------------------------------

    def __eq__(self, other: object) -> bool:
        if isinstance(other, AlgebraicNumber):
            return (self.polynomial, self.index) == (other.polynomial, other.index)
        if isinstance(other, Rational):
            return self.rational == other
        return NotImplemented

    def __hash__(self) -> int:
        value = self.rational
        return hash((self.polynomial, self.index)) if value is None else hash(value)

    def __lt__(self, other: AlgebraicNumber | Fraction | float) -> bool:
        """Return whether this number is the smaller one; of floats only the infinities can be compared."""
        if isinstance(other, float) and math.isinf(other):
            return other > 0
        other = _algebraic(other)
        if not isinstance(other, AlgebraicNumber):
            return NotImplemented
        if self == other:
            return False
        bits = 16
        while True:
            (low, high), (other_low, other_high) = self.enclosure(bits), other.enclosure(bits)
            if high < other_low or other_high < low:
                return high < other_low
            bits *= 2  # the numbers differ, so they come apart

    def __float__(self) -> float:
        """Return the nearest float, ties to even.

        The float of a `Fraction` is correctly rounded and rounding is monotone, so the ends of an interval
        that have one float give that of the number. An irrational number is no tie, so this ends. As for a
        `Fraction`, OverflowError is raised beyond the largest float.
        """
        bits = 64
        while True:
            low, high = map(float, self.enclosure(bits))
            if low == high:
                return low
            bits *= 2

    # arithmetic -------------------------------------------------------------------------------

    def __add__(self, other: AlgebraicNumber | Fraction | int) -> AlgebraicNumber:
        other = _algebraic(other)
        if not isinstance(other, AlgebraicNumber):
            return NotImplemented
        if (term := other.rational) is not None:
            return AlgebraicNumber(shifted(self.polynomial, term), self.index)
        if (term := self.rational) is not None:
            return AlgebraicNumber(shifted(other.polynomial, term), other.index)
        # The eigenvalues of a Kronecker sum are the sums of the eigenvalues.
        total = kronecker_sum(companion(self.polynomial), companion(other.polynomial))
        return _root_within(
            total.charpoly().numer(), lambda bits: _sum(self.enclosure(bits), other.enclosure(bits))
        )

    __radd__ = __add__

    def __neg__(self) -> AlgebraicNumber:
        return _scaled(self, Fraction(-1))

    def __pos__(self) -> AlgebraicNumber:
        return self

    def __sub__(self, other: AlgebraicNumber | Fraction | int) -> AlgebraicNumber:
        other = _algebraic(other)
        return self + -other if isinstance(other, AlgebraicNumber) else NotImplemented

    def __rsub__(self, other: Fraction | int) -> AlgebraicNumber:
        return (-self).__add__(other)

    def __mul__(self, other: AlgebraicNumber | Fraction | int) -> AlgebraicNumber:
        other = _algebraic(other)
        if not isinstance(other, AlgebraicNumber):
            return NotImplemented
        if (factor := other.rational) is not None:
            return _scaled(self, factor)
        if (factor := self.rational) is not None:
            return _scaled(other, factor)
        # The eigenvalues of a Kronecker product are the products of the eigenvalues.
        product = kronecker(companion(self.polynomial), companion(other.polynomial))
        return _root_within(
            product.charpoly().numer(), lambda bits: _product(self.enclosure(bits), other.enclosure(bits))
        )

    __rmul__ = __mul__

    def __truediv__(self, other: AlgebraicNumber | Fraction | int) -> AlgebraicNumber:
        other = _algebraic(other)
        return self * other.inverse() if isinstance(other, AlgebraicNumber) else NotImplemented

    def __rtruediv__(self, other: Fraction | int) -> AlgebraicNumber:
        return self.inverse().__mul__(other)

    def __pow__(self, exponent: int) -> AlgebraicNumber:
        if not isinstance(exponent, int) or exponent < 0:
            return NotImplemented
        if (value := self.rational) is not None or exponent == 0:
            return AlgebraicNumber.from_rational(Fraction(1) if value is None else value**exponent)
        power = companion(self.polynomial) ** exponent
        return _root_within(power.charpoly().numer(), lambda bits: _power(self.enclosure(bits), exponent))

    def inverse(self) -> AlgebraicNumber:
        """Return 1 / self.

        Raises
        ------
        ZeroDivisionError
            If the number is 0.
        """
        if self == 0:
            raise ZeroDivisionError("inverse of 0")

        def enclose(bits: int) -> Interval:
            low, high = self.relative_enclosure(bits)
            return 1 / high, 1 / low

        return _root_within(fmpz_poly(list(reversed(self.polynomial))), enclose)

    def __abs__(self) -> AlgebraicNumber:
        return self * -1 if self < 0 else self

    def sqrt(self) -> AlgebraicNumber:
        """Return the square root that is not negative.

        Raises
        ------
        NumberSyntaxError
            If the number is negative.
        """
        if self < 0:
            raise NumberSyntaxError("sqrt: expected a number that is not negative")
        spread = [entry for c in self.polynomial for entry in (c, 0)][:-1]
        return _root_within(fmpz_poly(spread), lambda bits: _square_root(self.enclosure(2 * bits), bits))

    def __str__(self) -> str:
        if (value := self.rational) is not None:
            return format_rational(value)
        low, high = self.interval
        ends = f"{format_rational(low)}, {format_rational(high)}"
        return f"the root of {polynomial_text(self.polynomial)} in [{ends}]"

    def __repr__(self) -> str:
        if self.rational is not None:
            return f"<AlgebraicNumber {self}>"
        return f"<AlgebraicNumber ~{self.decimal(12)}, {self}>"


def polynomial_text(polynomial: Sequence[int]) -> str:
    """Return a polynomial in t for people; its coefficients are given constant term first.

    Examples
    --------
    >>> polynomial_text((-2, 0, 1)), polynomial_text((1, -3, 1))
    ('t^2 - 2', 't^2 - 3 t + 1')
    """
    text = ""
    for k in range(len(polynomial) - 1, -1, -1):
        if not polynomial[k]:
            continue
        sign = ("- " if polynomial[k] < 0 else "+ ") if text else ("-" if polynomial[k] < 0 else "")
        power = "" if k == 0 else "t" if k == 1 else f"t^{k}"
        size = format_integer(abs(polynomial[k]))
        shown = power if power and size == "1" else f"{size} {power}".strip()
        text += f"{' ' if text else ''}{sign}{shown}"
    return text or "0"


def _fixed(number: AlgebraicNumber, digits: int) -> str:
    """Return a number >= 0 rounded half up to ``digits`` decimals."""
    scale, half, bits = 10**digits, Fraction(1, 2), 4 * digits + 8
    while True:
        low, high = (math.floor(end * scale + half) for end in number.enclosure(bits))
        if low == high:
            text = format_integer(low).rjust(digits + 1, "0")
            return f"{text[:-digits]}.{text[-digits:]}" if digits else text
        bits *= 2  # an irrational number is no multiple of a half


def _mantissa(number: AlgebraicNumber, exponent: int, digits: int) -> str:
    return _fixed(number * AlgebraicNumber.from_rational(Fraction(10) ** -exponent), digits)


def _exponent_of_ten(number: AlgebraicNumber) -> int:
    """Return e with 10^e <= number < 10^(e+1), for a positive number."""
    low, _ = number.relative_enclosure(8)
    exponent = len(format_integer(low.numerator)) - len(format_integer(low.denominator)) - 1
    while number >= Fraction(10) ** (exponent + 1):
        exponent += 1
    return exponent


def _algebraic(value: Any) -> Any:
    """Return an exact rational (of Python, NumPy or any registered type) as an `AlgebraicNumber`."""
    return AlgebraicNumber.from_rational(value) if isinstance(value, Rational) else value


# roots ------------------------------------------------------------------------------------------


def _real_roots_of_product(polynomial: fmpz_poly) -> list[AlgebraicNumber]:
    """Return the distinct real roots of a polynomial that need not be irreducible; none if constant."""
    return [
        AlgebraicNumber(factor, i)
        for factor in irreducible_factors(polynomial)
        for i in range(number_of_real_roots(factor))
    ]


def _root_within(polynomial: fmpz_poly, enclose: Callable[[int], Interval]) -> AlgebraicNumber:
    """Return the root that lies in ``enclose(bits)`` for all bits, intervals that shrink to one root."""
    candidates, bits = _real_roots_of_product(polynomial), 16
    while len(candidates) > 1:
        low, high = enclose(bits)
        ends = [(root, root.enclosure(bits)) for root in candidates]
        candidates = [root for root, (lo, hi) in ends if lo <= high and low <= hi]
        bits *= 2
    return candidates[0]


def _scaled(number: AlgebraicNumber, factor: Fraction) -> AlgebraicNumber:
    """Return factor * number: the root of p(t / factor)."""
    if factor == 0:
        return AlgebraicNumber.from_rational(0)
    if (value := number.rational) is not None:
        return AlgebraicNumber.from_rational(factor * value)
    p, q, degree = factor.numerator, factor.denominator, number.degree
    scaled = [c * q**k * p ** (degree - k) for k, c in enumerate(number.polynomial)]
    common = math.gcd(*scaled) * (1 if scaled[-1] > 0 else -1)
    last = number_of_real_roots(number.polynomial) - 1
    index = number.index if factor > 0 else last - number.index
    return AlgebraicNumber(tuple(entry // common for entry in scaled), index)


def _sum(one: Interval, two: Interval) -> Interval:
    return one[0] + two[0], one[1] + two[1]


def _product(one: Interval, two: Interval) -> Interval:
    ends = [a * b for a in one for b in two]
    return min(ends), max(ends)


def _power(one: Interval, exponent: int) -> Interval:
    result = (Fraction(1), Fraction(1))
    for _ in range(exponent):
        result = _product(result, one)
    return result


def _square_root(one: Interval, bits: int) -> Interval:
    """Return an interval that holds the roots of the numbers >= 0 in ``one``, outward by 2^-bits."""
    scale = 1 << (2 * bits)
    low, high = (math.isqrt(max(math.floor(end * scale), 0)) for end in one)
    return Fraction(low, 1 << bits), Fraction(high + 1, 1 << bits)
