"""The numbers that the sweep computes with: polynomials just after a place, and values at a number.

Only rings with signs are needed, and vectors up to a positive factor. After a place vectors have integer
polynomials as entries, which have no common factor. At a rational they have rationals, at another algebraic
number a rational polynomials modulo its minimal polynomial p: the elements of Q[t] / (p).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol

from flint import fmpq, fmpq_poly, fmpz_poly

from exactrelu.numbers.algebraic import AlgebraicNumber
from exactrelu.numbers.places import Place, sign_at, sign_of

Vector = list[Any]


class Scalars(Protocol):
    """An ordered ring, given at a place of the parameter."""

    place: Place

    def of(self, polynomial: fmpz_poly) -> Any:
        """Return the value of a polynomial."""

    def sign(self, value: Any) -> int:
        """Return -1, 0 or 1."""

    def dot(self, row: Sequence[Any], vector: Sequence[Any]) -> Any:
        """Return the sum of the products."""

    def times(self, one: Any, two: Any) -> Any:
        """Return the product."""

    def combination(self, a: Any, u: Vector, b: Any, v: Vector) -> Vector:
        """Return a positive multiple of a u + b v, which is not zero."""


class Germs:
    """Polynomials in t, ordered as they are just after a place."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._signs: dict[str, int] = {}

    def of(self, polynomial: fmpz_poly) -> fmpz_poly:
        """Return the polynomial."""
        return polynomial

    def sign(self, value: fmpz_poly) -> int:
        """Return the sign just after the place; 0 for the polynomial 0 alone."""
        return self.place.sign(value)

    def dot(self, row: Sequence[Any], vector: Sequence[Any]) -> Any:
        """Return the sum of the products."""
        return sum((a * b for a, b in zip(row, vector, strict=True)), ZERO)

    def times(self, one: Any, two: Any) -> Any:
        """Return the product."""
        return one * two

    def combination(self, a: Any, u: Vector, b: Any, v: Vector) -> Vector:
        """Return a u + b v by the common factor of its entries, which is taken to be positive."""
        entries = [a * p + b * q for p, q in zip(u, v, strict=True)]
        common: Any = ZERO
        for entry in entries:
            common = common.gcd(entry)
            if common.is_one():
                return entries
        if self.place.sign(common) < 0:
            common = -common
        return [entry // common for entry in entries]


ZERO = fmpz_poly([])


class Rationals:
    """The values at a rational."""

    def __init__(self, number: AlgebraicNumber) -> None:
        self.place = Place(number)
        value = number.rational
        assert value is not None  # noqa: S101 - `scalars_at` asks
        self._at = fmpq(value.numerator, value.denominator)

    def of(self, polynomial: fmpz_poly) -> Any:
        """Return the value of a polynomial."""
        return fmpq(polynomial(self._at))

    def sign(self, value: Any) -> int:
        """Return the sign."""
        return sign_of(value)

    def dot(self, row: Sequence[Any], vector: Sequence[Any]) -> Any:
        """Return the sum of the products."""
        return sum((a * b for a, b in zip(row, vector, strict=True)), fmpq(0))

    def times(self, one: Any, two: Any) -> Any:
        """Return the product."""
        return one * two

    def combination(self, a: Any, u: Vector, b: Any, v: Vector) -> Vector:
        """Return a u + b v by the size of its first entry that is not zero."""
        entries = [a * p + b * q for p, q in zip(u, v, strict=True)]
        size = abs(next(entry for entry in entries if entry != 0))
        return [entry / size for entry in entries]


class Residues:
    """The values at an irrational algebraic number."""

    def __init__(self, number: AlgebraicNumber) -> None:
        self.place = Place(number)
        self._number = number

    @cached_property
    def _modulus(self) -> Any:
        return fmpq_poly(list(self._number.polynomial))

    def of(self, polynomial: fmpz_poly) -> Any:
        """Return the value of a polynomial."""
        return fmpq_poly(polynomial) % self._modulus

    def sign(self, value: Any) -> int:
        """Return the sign; residues are reduced, so only 0 is zero."""
        return 0 if value.is_zero() else sign_at(value.numer(), self._number)

    def dot(self, row: Sequence[Any], vector: Sequence[Any]) -> Any:
        """Return the sum of the products."""
        total = sum((a * b for a, b in zip(row, vector, strict=True)), fmpq_poly([]))
        return total % self._modulus

    def times(self, one: Any, two: Any) -> Any:
        """Return the product."""
        return (one * two) % self._modulus

    def combination(self, a: Any, u: Vector, b: Any, v: Vector) -> Vector:
        """Return a u + b v by the size of its first entry that is not zero."""
        entries = [(a * p + b * q) % self._modulus for p, q in zip(u, v, strict=True)]
        lead = next(entry for entry in entries if not entry.is_zero())
        _, inverse, _ = lead.xgcd(self._modulus)
        if self.sign(lead) < 0:
            inverse = -inverse
        return [(entry * inverse) % self._modulus for entry in entries]


def scalars_at(place: Place) -> Scalars:
    """Return the numbers to compute with at a place."""
    if place.after:
        return Germs(place)
    assert place.number is not None  # noqa: S101 - a place without a number is after -inf
    return Rationals(place.number) if place.number.degree == 1 else Residues(place.number)
