"""Places on the line of the parameter: at a number, or just after it. Polynomials have exact signs there.

Just after a means for all t > a that are close enough; the sign of a polynomial p there is that of its first
derivative that is not zero at a. With these signs the field Q(t) is ordered.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import arb, ctx, fmpq, fmpq_poly, fmpz_poly

from exactrelu.numbers.algebraic import AlgebraicNumber
from exactrelu.numbers.real_roots import irreducible_factors, number_of_real_roots

_BITS = 64


@dataclass(frozen=True)
class Place:
    """A real algebraic number, or what lies just after it; without a number, what lies just after -inf.

    Examples
    --------
    >>> root = AlgebraicNumber.largest_root([-2, 0, 1])
    >>> p = fmpz_poly([-2, 0, 1])
    >>> [place.sign(p) for place in (Place(root), Place(root, after=True), Place(None, after=True))]
    [0, 1, 1]
    """

    number: AlgebraicNumber | None
    after: bool = False

    def sign(self, polynomial: fmpz_poly) -> int:
        """Return the sign of a polynomial at the place."""
        degree = polynomial.degree()
        if degree < 1:
            return 0 if degree < 0 else sign_of(polynomial[0])
        if self.number is None:
            return sign_of(polynomial[degree]) * (-1 if degree % 2 else 1)
        found = sign_at(polynomial, self.number)
        while self.after and not found:
            polynomial = polynomial.derivative()
            found = sign_at(polynomial, self.number)
        return found


def sign_of(value: Any) -> int:
    """Return -1, 0 or 1."""
    return int(value > 0) - int(value < 0)


def sign_at(polynomial: fmpz_poly, number: AlgebraicNumber) -> int:
    """Return the sign of a polynomial at a real algebraic number.

    It is zero exactly if the minimal polynomial divides it; else balls that shrink come off zero.
    """
    if (value := number.rational) is not None:
        return sign_of(polynomial(fmpq(value.numerator, value.denominator)))
    bits = _BITS
    while True:
        with ctx.workprec(2 * bits):
            ball = polynomial(ball_of(number, bits))
            if ball > 0:
                return 1
            if ball < 0:
                return -1
        if bits == _BITS and (fmpq_poly(polynomial) % fmpq_poly(list(number.polynomial))).is_zero():
            return 0
        bits *= 2


@lru_cache(maxsize=256)
def ball_of(number: AlgebraicNumber, bits: int) -> arb:
    """Return a ball of radius 2^-bits that holds the number; the working precision must be larger."""
    low, _ = number.enclosure(bits)
    with ctx.workprec(4 * bits + max(64, 2 * abs(low.numerator).bit_length())):
        return arb((2 * low.numerator * (2**bits // low.denominator) + 1, -bits - 1), (1, -bits - 1))


def roots_between(
    polynomial: fmpz_poly, low: AlgebraicNumber | None, high: AlgebraicNumber | None
) -> list[AlgebraicNumber]:
    """Return the real roots of a polynomial that is not zero, above ``low`` and below ``high``, ascending.

    None stands for -inf and inf.

    Examples
    --------
    >>> [str(r) for r in roots_between(fmpz_poly([0, 2, -3, 1]), None, AlgebraicNumber.from_rational(2))]
    ['0', '1']
    """
    if polynomial.degree() < 1 or has_surely_no_root(polynomial, low, high):
        return []
    found = (root for factor in irreducible_factors(polynomial) for root in _roots(factor))
    return sorted(root for root in found if (low is None or root > low) and (high is None or root < high))


def first_root(
    polynomials: Iterable[fmpz_poly], low: AlgebraicNumber | None, high: AlgebraicNumber | None
) -> AlgebraicNumber | None:
    """Return the first root of polynomials that are not zero, above ``low`` and below ``high``.

    Most polynomials are seen to have none before the first root of those that were looked at.
    """
    first: AlgebraicNumber | None = None
    for polynomial in polynomials:
        roots = roots_between(polynomial, low, high if first is None else first)
        first = roots[0] if roots else first
    return first


@lru_cache(maxsize=65536)
def _roots(factor: tuple[int, ...]) -> tuple[AlgebraicNumber, ...]:
    return tuple(AlgebraicNumber(factor, i) for i in range(number_of_real_roots(factor)))


def has_surely_no_root(
    polynomial: fmpz_poly, low: AlgebraicNumber | None, high: AlgebraicNumber | None
) -> bool:
    """Return True only if there is no root between the two numbers, by Descartes' rule of signs.

    The roots u > 0 of the moved polynomial are those between rationals that enclose the numbers; it has none
    if its coefficients do not change sign.
    """
    below = None if low is None else _rational_beside(low)[0]
    above = None if high is None else _rational_beside(high)[1]
    if below is None and above is None:
        return (
            _changes(polynomial.coeffs()) == 0
            and _changes(_mirrored(polynomial).coeffs()) == 0
            and (polynomial[0] != 0)
        )
    if below is None:
        polynomial, below, above = _mirrored(polynomial), -(above or Fraction(0)), None
    moved = _shifted(polynomial, below)
    if above is not None:
        moved = _shifted_reverse(moved, above - below)
    return _changes(moved) == 0


def _mirrored(polynomial: fmpz_poly) -> fmpz_poly:
    return fmpz_poly([-c if k % 2 else c for k, c in enumerate(polynomial.coeffs())])


def _shifted(polynomial: fmpz_poly, term: Fraction) -> list[Any]:
    moved: Any = fmpq_poly(polynomial)(fmpq_poly([fmpq(term.numerator, term.denominator), 1]))
    return list(moved.numer().coeffs())


def _shifted_reverse(coefficients: list[Any], length: Fraction) -> list[Any]:
    """Return (1 + u)^d p(length / (1 + u)): its roots u > 0 are the roots of p between 0 and ``length``."""
    size = fmpq(length.numerator, length.denominator)
    scaled = [entry * size**k for k, entry in enumerate(coefficients)]
    moved: Any = fmpq_poly(scaled[::-1])(fmpq_poly([1, 1]))
    return list(moved.coeffs())


def _changes(coefficients: Iterable[Any]) -> int:
    signs = [sign_of(entry) for entry in coefficients if entry != 0]
    return sum(a != b for a, b in itertools.pairwise(signs))


@lru_cache(maxsize=4096)
def _rational_beside(number: AlgebraicNumber) -> tuple[Fraction, Fraction]:
    """Return rationals close to the number, one that is at most it and one that is at least it."""
    return number.enclosure(_BITS)


def between(low: AlgebraicNumber | None, high: AlgebraicNumber | None) -> Fraction:
    """Return a simple rational between two numbers, low < high; None stands for -inf and inf.

    Examples
    --------
    >>> zero = AlgebraicNumber.from_rational(0)
    >>> print(between(None, zero), between(zero, None))
    -1 1
    """
    if low is None or high is None:
        if low is None and high is None:
            return Fraction(0)
        edge = low if low is not None else -high  # type: ignore[operator]
        value = edge.enclosure(2)[1] // 1 + 1
        return Fraction(value if low is not None else -value)
    bits = 4
    while True:
        left, right = low.enclosure(bits)[1], high.enclosure(bits)[0]
        if left < right:
            return _simplest(left, right)
        bits *= 2


def _simplest(left: Fraction, right: Fraction) -> Fraction:
    """Return the fraction of least denominator that lies strictly between."""
    for denominator in _doubling():
        numerator = (left * denominator) // 1 + 1
        if Fraction(numerator, denominator) < right:
            return Fraction(numerator, denominator)
    raise AssertionError


def _doubling() -> Iterator[int]:
    yield from range(1, 64)
    power = 64
    while True:
        yield power
        power *= 2
