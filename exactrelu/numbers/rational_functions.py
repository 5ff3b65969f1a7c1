"""Rational functions of one parameter over the rationals, in lowest terms."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_poly, fmpz_poly

from exactrelu.numbers.algebraic import AlgebraicNumber
from exactrelu.numbers.rationals import Extended, format_rational, rational
from exactrelu.numbers.real_roots import companion, irreducible_factors, number_of_real_roots

ONE = fmpz_poly([1])


@dataclass(frozen=True, eq=False, repr=False)
class RationalFunction:
    """A quotient of two integer polynomials without a common factor, the denominator's lead positive.

    Make them with `of`, `constant`, `identity` and arithmetic. The form is unique, so ``==`` and ``hash`` are
    those of functions.

    Examples
    --------
    >>> t = RationalFunction.identity()
    >>> f = (t * t - RationalFunction.constant(1)) / (t - RationalFunction.constant(1))
    >>> print(f, f(Fraction(1, 2)), (RationalFunction.constant("1/3") / t).limit(math.inf))
    t + 1 3/2 0
    """

    numerator: fmpz_poly
    denominator: fmpz_poly

    @classmethod
    def of(cls, numerator: fmpz_poly, denominator: fmpz_poly) -> RationalFunction:
        """Return numerator / denominator in lowest terms.

        Raises
        ------
        ZeroDivisionError
            If the denominator is zero.
        """
        if denominator.is_zero():
            raise ZeroDivisionError("rational function: expected a denominator that is not zero, got 0")
        common: Any = numerator.gcd(denominator)
        if denominator.leading_coefficient() < 0:
            common = -common
        if not common.is_one():
            numerator, denominator = numerator // common, denominator // common
        return cls(numerator, denominator)

    @classmethod
    def constant(cls, value: Any) -> RationalFunction:
        """Return a constant, an exact rational (errors as in `exactrelu.rational`)."""
        number = rational(value)
        return cls(fmpz_poly([number.numerator]), fmpz_poly([number.denominator]))

    @classmethod
    def identity(cls) -> RationalFunction:
        """Return the parameter itself."""
        return cls(fmpz_poly([0, 1]), ONE)

    # arithmetic -------------------------------------------------------------------------------

    def __add__(self, other: RationalFunction) -> RationalFunction:
        top = self.numerator * other.denominator + other.numerator * self.denominator
        return RationalFunction.of(top, self.denominator * other.denominator)

    def __sub__(self, other: RationalFunction) -> RationalFunction:
        return self + -other

    def __neg__(self) -> RationalFunction:
        return RationalFunction(-self.numerator, self.denominator)

    def __mul__(self, other: RationalFunction) -> RationalFunction:
        return RationalFunction.of(self.numerator * other.numerator, self.denominator * other.denominator)

    def __truediv__(self, other: RationalFunction) -> RationalFunction:
        return RationalFunction.of(self.numerator * other.denominator, self.denominator * other.numerator)

    def __pow__(self, exponent: int) -> RationalFunction:
        if exponent < 0:
            return (RationalFunction(ONE, ONE) / self) ** -exponent
        return RationalFunction(self.numerator**exponent, self.denominator**exponent)

    # what it is -------------------------------------------------------------------------------

    @cached_property
    def _key(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        parts = self.numerator, self.denominator
        return tuple(map(int, parts[0].coeffs())), tuple(map(int, parts[1].coeffs()))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RationalFunction):
            return NotImplemented
        return self is other or self._key == other._key

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(self._key)

    @property
    def is_zero(self) -> bool:
        """Whether it is the function 0."""
        return bool(self.numerator.is_zero())

    @property
    def value(self) -> Fraction | None:
        """The value of a constant, None for other functions."""
        if self.numerator.degree() > 0 or self.denominator.degree() > 0:
            return None
        return Fraction(int(self.numerator[0]), int(self.denominator[0]))

    # values -----------------------------------------------------------------------------------

    def __call__(self, t: Any) -> Fraction:
        """Return the value at an exact rational.

        Raises
        ------
        ZeroDivisionError
            At a pole.
        InexactNumberError, NumberSyntaxError
            For what is no exact rational.
        """
        value = rational(t)
        at = fmpq(value.numerator, value.denominator)
        top: Any = self.numerator(at)
        bottom: Any = self.denominator(at)
        quotient = top / bottom
        return Fraction(int(quotient.p), int(quotient.q))

    def value_at(self, t: AlgebraicNumber) -> AlgebraicNumber:
        """Return the exact value at an algebraic number.

        Raises
        ------
        ZeroDivisionError
            At a pole.
        """
        if (at := t.rational) is not None:
            return AlgebraicNumber.from_rational(self(at))
        if (constant := self.value) is not None:
            return AlgebraicNumber.from_rational(constant)
        # p(C) / q(C) has the values of p / q at the roots of C's characteristic polynomial as eigenvalues.
        matrix = companion(t.polynomial)
        quotient = _at_matrix(self.numerator, matrix) * _at_matrix(self.denominator, matrix).inv()
        factors = irreducible_factors(quotient.charpoly().numer())
        roots = [AlgebraicNumber(p, i) for p in factors for i in range(number_of_real_roots(p))]
        bits = 32
        while len(roots) > 1:
            low, high = self._enclosure(t, bits)
            roots = [root for root in roots if root.enclosure(bits)[0] <= high]
            roots = [root for root in roots if root.enclosure(bits)[1] >= low]
            bits *= 2
        return roots[0]

    def _enclosure(self, t: AlgebraicNumber, bits: int) -> tuple[Extended, Extended]:
        """Return bounds of the value at an irrational number, which are finite and close for many bits."""
        ball_at = t.enclosure(bits)
        ends = [_bounds(part, *ball_at) for part in (self.numerator, self.denominator)]
        (low, high), (below, above) = ends
        if below <= 0 <= above:
            return -math.inf, math.inf
        quotients = [p / q for p in (low, high) for q in (below, above)]
        return min(quotients), max(quotients)

    def limit(self, t: Extended, *, after: bool = False) -> Extended:
        """Return the limit at an infinity or a rational, there from the left, or the right if ``after``."""
        numerator, denominator = self.numerator, self.denominator
        if isinstance(t, float):
            gap = numerator.degree() - denominator.degree()
            lead = Fraction(int(numerator.leading_coefficient()), int(denominator.leading_coefficient()))
            if gap < 0 or not lead:
                return Fraction(0)
            if gap == 0:
                return lead
            return math.inf if (lead > 0) == (t > 0 or gap % 2 == 0) else -math.inf
        top, bottom = (_round_place(part, t) for part in (numerator, denominator))
        if bottom[0]:
            return top[0] / bottom[0] if top else Fraction(0)
        order = next(k for k, entry in enumerate(bottom) if entry)
        positive = (top[0] > 0) == (bottom[order] > 0)
        return math.inf if positive == (after or order % 2 == 0) else -math.inf

    # text -------------------------------------------------------------------------------------

    def text(self, parameter: str = "t") -> str:
        """Return the function as it may be written in a file, with the parameter's name."""
        if self.denominator.degree() < 1:
            return polynomial_sum(self.numerator, int(self.denominator[0]), parameter)
        parts = []
        for poly in (self.numerator, self.denominator):
            shown = polynomial_sum(poly, 1, parameter)
            plain = sum(entry != 0 for entry in poly.coeffs()) < 2 and not shown.startswith("-")
            single = plain and "*" not in shown
            parts.append(shown if single else f"({shown})")
        return "/".join(parts)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<RationalFunction {self}>"


def polynomial_sum(polynomial: fmpz_poly, divisor: int, parameter: str) -> str:
    """Return polynomial / divisor as a sum of powers, highest first.

    Examples
    --------
    >>> polynomial_sum(fmpz_poly([-1, 0, 3]), 3, "t")
    't^2 - 1/3'
    """
    text = ""
    for k in range(polynomial.degree(), -1, -1):
        entry = Fraction(int(polynomial[k]), divisor)
        if not entry:
            continue
        power = "" if k == 0 else parameter if k == 1 else f"{parameter}^{k}"
        size = format_rational(abs(entry))
        term = power if power and size == "1" else "*".join(part for part in (size, power) if part)
        text += (" - " if entry < 0 else " + ") + term if text else ("-" if entry < 0 else "") + term
    return text or "0"


def common_multiple(polynomials: Iterable[fmpz_poly]) -> fmpz_poly:
    """Return a least common multiple, with a positive lead."""
    result = ONE
    for polynomial in polynomials:
        shared: Any = result.gcd(polynomial)
        result = result * (polynomial // shared)
    return result if result.leading_coefficient() > 0 else -result


def _at_matrix(polynomial: fmpz_poly, matrix: fmpq_mat) -> fmpq_mat:
    size = matrix.nrows()
    one = fmpq_mat([[fmpq(int(i == j)) for j in range(size)] for i in range(size)])
    result = one * 0
    for k in range(polynomial.degree(), -1, -1):
        result = result * matrix + one * int(polynomial[k])
    return result


def _bounds(polynomial: fmpz_poly, low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    """Return bounds of a polynomial on an interval, by Horner's rule."""
    lower = upper = Fraction(0)
    for k in range(polynomial.degree(), -1, -1):
        ends = [p * q for p in (lower, upper) for q in (low, high)]
        entry = int(polynomial[k])
        lower, upper = min(ends) + entry, max(ends) + entry
    return lower, upper


def _round_place(polynomial: fmpz_poly, t: Fraction) -> list[Fraction]:
    """Return the coefficients of u -> polynomial(t + u), constant term first."""
    moved: Any = fmpq_poly(polynomial)(fmpq_poly([fmpq(t.numerator, t.denominator), 1]))
    return [Fraction(int(entry.p), int(entry.q)) for entry in moved.coeffs()]
