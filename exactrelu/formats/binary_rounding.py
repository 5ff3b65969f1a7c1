"""Rounding exact rationals to binary floating-point formats, to the nearest with ties to even."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from exactrelu.errors import NumberSyntaxError


@dataclass(frozen=True)
class BinaryFormat:
    """A binary interchange format of IEEE 754, by its precision and its largest exponent."""

    name: str
    precision: int
    largest_exponent: int

    def rounded(self, value: Fraction) -> Fraction:
        """Return the format's number nearest to ``value``, of two the one with an even last bit.

        The rounding is from the exact value, once; subnormal numbers keep fewer bits, as they do in
        the format.

        Raises
        ------
        NumberSyntaxError
            If the format rounds ``value`` to an infinity.

        Examples
        --------
        >>> FLOAT32.rounded(Fraction(1, 10))
        Fraction(13421773, 134217728)
        >>> FLOAT32.rounded(Fraction(1, 2**149)), FLOAT32.rounded(Fraction(1, 2**150))
        (Fraction(1, 713623846352979940529142984724747568191373312), Fraction(0, 1))
        """
        if value == 0:
            return value
        smallest_exponent = 1 - self.largest_exponent  # of a normal number
        exponent = max(_exponent(value), smallest_exponent)
        if exponent > self.largest_exponent:
            raise self._overflow()
        unit = Fraction(2) ** (exponent - self.precision + 1)
        result = round(value / unit) * unit  # Fraction rounds half to even
        if abs(result) >= Fraction(2) ** (self.largest_exponent + 1):
            raise self._overflow()
        return result

    def holds(self, value: Fraction) -> bool:
        """Return whether ``value`` is a number of the format.

        Examples
        --------
        >>> [FLOAT32.holds(v) for v in (Fraction(3, 2**149), Fraction(1, 2**150), Fraction(2**24 + 1))]
        [True, False, False]
        >>> FLOAT64.holds(Fraction(1, 3)), FLOAT32.holds(Fraction(2) ** 128)
        (False, False)
        """
        size, power = abs(value.numerator), value.denominator.bit_length() - 1
        if value.denominator != 1 << power:
            return False
        digits = size >> ((size & -size).bit_length() - 1) if size else 0
        smallest = self.largest_exponent + self.precision - 2  # of a subnormal number, negated
        inside = size.bit_length() - power <= self.largest_exponent + 1
        return digits.bit_length() <= self.precision and power <= smallest and inside

    def _overflow(self) -> NumberSyntaxError:
        return NumberSyntaxError(f"expected a number in the range of {self.name}, got one beyond it")


FLOAT16 = BinaryFormat("float16", 11, 15)
BFLOAT16 = BinaryFormat("bfloat16", 8, 127)
FLOAT32 = BinaryFormat("float32", 24, 127)
FLOAT64 = BinaryFormat("float64", 53, 1023)


def _exponent(value: Fraction) -> int:
    """Return the integer e with 2^e <= |value| < 2^(e+1)."""
    size = abs(value)
    guess = size.numerator.bit_length() - size.denominator.bit_length()  # e or e + 1
    return guess if size >= Fraction(2) ** guess else guess - 1
