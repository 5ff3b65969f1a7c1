"""Polynomials with rational coefficients: python-flint computes, sympy is what people read and write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from exactrelu.errors import InexactNumberError, NetworkError
from exactrelu.numbers.rationals import rational_at

Polynomial = fmpq_mpoly


class PolynomialRing:
    """The ring Q[s_1, ..., s_n] of the given sympy symbols; some of them are bits, with t^2 = t.

    Parameters
    ----------
    symbols
        Different sympy symbols. Symbols of one name but with different assumptions are different.
    bits
        Those of the symbols that stand for 0 or 1. `reduced` works modulo t^2 = t for these.
    """

    def __init__(self, symbols: Iterable[Any], bits: Iterable[Any] = ()) -> None:
        self.symbols = tuple(symbols)
        self._index = {symbol: place for place, symbol in enumerate(self.symbols)}
        names = [f"s{place}" for place in range(len(self.symbols))]
        self._context = fmpq_mpoly_ctx.get(names, Ordering.lex)
        self._generators = self._context.gens()
        self._bits = tuple(self._index[bit] for bit in bits)
        self.zero, self.one = self._context.constant(0), self._context.constant(1)

    @cached_property
    def _relations(self) -> dict[int, Polynomial]:
        """The generators t^2 - t, by the index of t; their leading monomials are coprime."""
        return {place: self._generators[place] ** 2 - self._generators[place] for place in self._bits}

    def generator(self, symbol: Any) -> Polynomial:
        """Return the polynomial that is the symbol."""
        return self._generators[self._index[symbol]]

    def reduced(self, polynomial: Polynomial) -> Polynomial:
        """Return the normal form modulo t^2 - t for all bits t: no bit occurs with a power above 1.

        The relations are a Groebner basis, since their leading monomials are pairwise coprime; so two
        polynomials have one normal form exactly if they agree wherever all bits are 0 or 1.
        """
        degrees = polynomial.degrees()
        for place, relation in self._relations.items():
            if degrees[place] > 1:
                polynomial = polynomial % relation
        return polynomial

    def from_sympy(self, place: str, value: Any) -> Polynomial:
        """Return a number or sympy expression as a polynomial; ``place`` names it in errors.

        Raises
        ------
        InexactNumberError
            For floats, in an expression too, and what is no number at all.
        NetworkError
            For an expression that is no polynomial with rational coefficients.
        """
        import sympy

        if not isinstance(value, sympy.Basic) or getattr(value, "is_Rational", False):
            number = rational_at(place, value)
            return self._context.constant(fmpq(number.numerator, number.denominator))
        if value in self._index:
            return self.generator(value)
        symbols = symbols_of(place, value)
        terms = _terms(value, symbols)
        if terms is None:
            raise NetworkError(f"{place}: expected a polynomial over the rationals, got {value}")
        return self._from_terms(symbols, terms)

    def _from_terms(self, symbols: Sequence[Any], terms: Any) -> Polynomial:
        monomials = {}
        for exponents, coefficient in terms:
            row = [0] * len(self.symbols)
            for symbol, exponent in zip(symbols, exponents, strict=True):
                row[self._index[symbol]] = exponent
            monomials[tuple(row)] = fmpq(int(coefficient.p), int(coefficient.q))
        return self._context.from_dict(monomials)

    def to_sympy(self, polynomial: Polynomial) -> Any:
        """Return the polynomial as an expanded sympy expression."""
        import sympy

        terms = []
        for exponents, coefficient in polynomial.terms():
            factors = [symbol ** int(e) for symbol, e in zip(self.symbols, exponents, strict=True) if e]
            terms.append(sympy.Mul(sympy.Rational(int(coefficient.p), int(coefficient.q)), *factors))
        return sympy.Add(*terms)

    def value(self, polynomial: Polynomial, values: Sequence[Fraction]) -> Fraction:
        """Return the value at a rational point, one coordinate for each symbol."""
        result = polynomial(*(fmpq(value.numerator, value.denominator) for value in values))
        return Fraction(int(result.p), int(result.q))


def symbols_of(place: str, value: Any) -> list[Any]:
    """Return the symbols of a number or sympy expression, sorted by name; floats in it are refused."""
    import sympy

    if not isinstance(value, sympy.Basic):
        return []
    if not isinstance(value, sympy.Expr):
        raise InexactNumberError(f"{place}: expected a number or polynomial, got {type(value).__name__}")
    if value.atoms(sympy.Float):
        raise InexactNumberError(f"{place}: expected exact rationals, got floats in {value}")
    return sorted(value.free_symbols, key=lambda symbol: symbol.sort_key())


def _terms(value: Any, symbols: Sequence[Any]) -> Any:
    """Return the pairs (exponents, coefficient) of a sympy polynomial over Q, None for anything else."""
    import sympy

    if not symbols:  # without generators named, sympy would take a number such as sqrt(2) for one
        return None
    try:
        return sympy.Poly(value, *symbols, domain="QQ").terms()
    except (sympy.PolynomialError, sympy.CoercionFailed):
        return None
