"""Exact sums of fourth roots: sum q_i r_i^(1/4) with rationals q_i and r_i > 0.

Parameters of balanced networks are such numbers: square roots in the norm inf, fourth roots in the norm 2.

A term q r^(1/4), q != 0, is the signed fourth root of one rational, sign(q) (q^4 r)^(1/4), and two terms
can be added into one if the quotient of their radicands is the fourth power of a rational. A sum is kept
with no two such terms. Such a sum is zero only if it has no term: positive real roots of rationals whose
pairwise quotients are irrational are linearly independent over Q (Besicovitch 1940, Mordell 1953). So the
normal form is unique, ``==`` is decided by algebra, and the sign of a sum that is not zero by balls of
rising precision, which ends because the sum is not zero.

`exactrelu.AlgebraicNumber` holds such numbers too, by a minimal polynomial, whose degree grows like 4^k
for k terms; here k terms stay k terms.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import total_ordering
from typing import Any

from flint import arb, ctx, fmpq

from exactrelu.errors import NumberSyntaxError
from exactrelu.numbers.rationals import brief, format_integer, format_rational, rational

_SMALL_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47)

SignedRadicand = tuple[int, Fraction]


@total_ordering
@dataclass(frozen=True, eq=False, repr=False)
class RadicalSum:
    """A real number sum s_i rho_i^(1/4), s_i = 1 or -1, rho_i > 0 rational.

    ``roots`` holds the pairs (s_i, rho_i), sorted, no quotient of two radicands a fourth power: the normal
    form. Make numbers with `radical` and arithmetic; the constructor trusts what it is given. A rational
    value is equal to, and hashes as, the `Fraction`.

    Examples
    --------
    >>> root2, root8 = radical(4), radical(64)  # 4^(1/4) and 64^(1/4)
    >>> root2 * 2 == root8, root2 * root2 == 2, root2 + 1 > Fraction(12, 5), str(root8 - 3)
    (True, True, True, '-3 + 2 sqrt(2)')
    """

    roots: tuple[SignedRadicand, ...]

    @property
    def rational(self) -> Fraction | None:
        """The value as a rational, None if it is irrational."""
        if not self.roots:
            return Fraction(0)
        if len(self.roots) > 1:
            return None  # of several independent roots at most one is rational
        sign, radicand = self.roots[0]
        root = rational_fourth_root(radicand)
        return None if root is None else sign * root

    # order ------------------------------------------------------------------------------------

    def __eq__(self, other: object) -> bool:
        if isinstance(other, int | Fraction):
            other = radical_of_rational(other)
        return self.roots == other.roots if isinstance(other, RadicalSum) else NotImplemented

    def __hash__(self) -> int:
        value = self.rational
        return hash(self.roots) if value is None else hash(value)

    def __lt__(self, other: RadicalSum | Fraction | int) -> bool:
        if not isinstance(other, RadicalSum | Fraction | int):
            return NotImplemented
        return (self - other).sign() < 0

    def sign(self) -> int:
        """Return -1, 0 or 1."""
        signs = {sign for sign, _ in self.roots}
        if len(signs) < 2:
            return signs.pop() if signs else 0
        bits = 64
        while True:
            low, high = self.enclosure(bits)
            if low > 0 or high < 0:
                return 1 if low > 0 else -1
            bits *= 2  # the number is not zero, since it has terms

    def enclosure(self, bits: int) -> tuple[Fraction, Fraction]:
        """Return a rational interval [lo, hi] that holds the number, computed with ``bits`` bits."""
        with ctx.workprec(bits):
            total = arb(0)
            for sign, radicand in self.roots:
                total += sign * arb(fmpq(radicand.numerator, radicand.denominator)).root(4)
            (m, e), (r, f) = total.mid().man_exp(), total.rad().man_exp()
        centre = Fraction(int(m)) * Fraction(2) ** int(e)
        radius = Fraction(int(r)) * Fraction(2) ** int(f)
        return centre - radius, centre + radius

    # arithmetic -------------------------------------------------------------------------------

    def __add__(self, other: RadicalSum | Fraction | int) -> RadicalSum:
        if isinstance(other, int | Fraction):
            other = radical_of_rational(other)
        if not isinstance(other, RadicalSum):
            return NotImplemented
        return _sum((*self.roots, *other.roots))

    __radd__ = __add__

    def __neg__(self) -> RadicalSum:
        return RadicalSum(tuple(sorted((-sign, radicand) for sign, radicand in self.roots)))

    def __sub__(self, other: RadicalSum | Fraction | int) -> RadicalSum:
        return self + -other

    def __rsub__(self, other: Fraction | int) -> RadicalSum:
        return -self + other

    def __mul__(self, other: RadicalSum | Fraction | int) -> RadicalSum:
        if isinstance(other, int | Fraction):
            other = radical_of_rational(other)
        if not isinstance(other, RadicalSum):
            return NotImplemented
        return _sum((s * t, p * q) for s, p in self.roots for t, q in other.roots)

    __rmul__ = __mul__

    def __abs__(self) -> RadicalSum:
        return -self if self.sign() < 0 else self

    # text -------------------------------------------------------------------------------------

    def terms(self) -> tuple[tuple[Fraction, int], ...]:
        """Return pairs (q, n) with value sum q n^(1/4), n >= 1 an integer without small fourth powers."""
        return tuple((sign * q, n) for sign, radicand in self.roots for q, n in (_simplified(radicand),))

    def decimal(self, digits: int) -> str:
        """Return the number rounded half up (away from zero) to ``digits`` decimals, as text.

        Examples
        --------
        >>> radical(4).decimal(6), radical(1, -2).decimal(0)
        ('1.414214', '-2')
        """
        size, scale, half = abs(self), 10**digits, Fraction(1, 2)
        if (value := size.rational) is not None:
            units = math.floor(value * scale + half)
        else:
            units = _rounded_units(size, scale)
        text = format_integer(units).rjust(digits + 1, "0")
        text = f"{text[:-digits]}.{text[-digits:]}" if digits else text
        return f"-{text}" if units and self.sign() < 0 else text

    def __str__(self) -> str:
        parts = [_term_text(abs(q), n) for q, n in self.terms()]
        signs = [sign for sign, _ in self.roots]
        if not parts:
            return "0"
        first = f"-{parts[0]}" if signs[0] < 0 else parts[0]
        rest = (f" {'-' if s < 0 else '+'} {text}" for s, text in zip(signs[1:], parts[1:], strict=True))
        return first + "".join(rest)

    def __repr__(self) -> str:
        return f"<RadicalSum {self}>"


def radical(radicand: Any, factor: Any = 1) -> RadicalSum:
    """Return factor * radicand^(1/4).

    Parameters
    ----------
    radicand
        An exact rational >= 0.
    factor
        An exact rational.

    Raises
    ------
    NumberSyntaxError
        If the radicand is negative.
    InexactNumberError
        For a float.

    Examples
    --------
    >>> radical("1/4"), radical(3, -2), radical(0)
    (<RadicalSum 1/2 sqrt(2)>, <RadicalSum -2 root4(3)>, <RadicalSum 0>)
    """
    base, multiple = rational(radicand), rational(factor)
    if base < 0:
        raise NumberSyntaxError(f"radicand: expected a number that is not negative, got {brief(base)}")
    if not base or not multiple:
        return RadicalSum(())
    return RadicalSum(((1 if multiple > 0 else -1, multiple**4 * base),))


def radical_of_rational(value: Fraction | int) -> RadicalSum:
    """Return a rational as a sum of radicals."""
    return radical(1, value)


def square_root(value: Any) -> RadicalSum:
    """Return the square root of an exact rational >= 0.

    Raises
    ------
    NumberSyntaxError
        If the value is negative.

    Examples
    --------
    >>> square_root(12)
    <RadicalSum 2 sqrt(3)>
    """
    number = rational(value)
    if number < 0:
        raise NumberSyntaxError(f"square root: expected a number that is not negative, got {brief(number)}")
    return radical(number * number)


def _rounded_units(size: RadicalSum, scale: int) -> int:
    """Return an irrational number > 0 times ``scale``, rounded."""
    bits = 64
    while True:
        low, high = (math.floor(end * scale + Fraction(1, 2)) for end in size.enclosure(bits))
        if low == high:
            return low
        bits *= 2  # an irrational number is no multiple of a half


def _sum(roots: Iterable[SignedRadicand]) -> RadicalSum:
    """Return the sum in normal form."""
    classes: list[tuple[Fraction, Fraction]] = []  # (q, r) for q r^(1/4)
    for sign, radicand in roots:
        for i, (factor, base) in enumerate(classes):
            quotient = rational_fourth_root(radicand / base)
            if quotient is not None:
                classes[i] = (factor + sign * quotient, base)
                break
        else:
            classes.append((Fraction(sign), radicand))
    return RadicalSum(tuple(sorted((1 if q > 0 else -1, q**4 * r) for q, r in classes if q)))


def _simplified(radicand: Fraction) -> tuple[Fraction, int]:
    """Return (q, n) with q n^(1/4) the fourth root, n free of fourth powers of small primes.

    Only the look depends on this: numbers are compared by their normal form.
    """
    root = rational_fourth_root(radicand)
    if root is not None:
        return root, 1
    # p / q = p q^3 / q^4; where p / q is a square, p q is enough under the square root.
    square = rational_square_root(radicand)
    if square is not None:
        outer, inner = _without_powers(square.numerator * square.denominator, 2)
        return Fraction(outer, square.denominator), inner**2
    outer, inner = _without_powers(radicand.numerator * radicand.denominator**3, 4)
    return Fraction(outer, radicand.denominator), inner


def _without_powers(number: int, exponent: int) -> tuple[int, int]:
    """Return (f, n) with number = f^exponent n, n without small primes to that power."""
    factor = 1
    for prime in _SMALL_PRIMES:
        power = prime**exponent
        while number % power == 0:
            number //= power
            factor *= prime
    return factor, number


def _term_text(size: Fraction, n: int) -> str:
    if n == 1:
        return format_rational(size)
    root = math.isqrt(n)
    text = f"sqrt({format_integer(root)})" if root * root == n else f"root4({format_integer(n)})"
    return text if size == 1 else f"{format_rational(size)} {text}"


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
