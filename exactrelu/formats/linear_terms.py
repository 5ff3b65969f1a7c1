"""Linear terms of SMT-LIB text: numbers, variables, sums, differences, products with constants."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from exactrelu.errors import NumberSyntaxError
from exactrelu.formats.limits import WorkAllowance, cost
from exactrelu.numbers.rationals import parse_rational
from exactrelu.polyhedra.constraints import Relation
from exactrelu.verification.inequality import Inequality, Terms

RELATIONS = {str(relation): relation for relation in Relation}
OPERATORS = ("+", "-", "*", "/")
NEGATED = {
    Relation.LESS: Relation.AT_LEAST,
    Relation.AT_MOST: Relation.GREATER,
    Relation.AT_LEAST: Relation.LESS,
    Relation.GREATER: Relation.AT_MOST,
}
MAX_WORDS = 20_000_000
"""Most 64-bit words in the numbers of a file, and in all the sums and products that it asks for."""

_BARE_POINT = re.compile(r"([+-]?)([0-9]*)\.([0-9]*)((?:[eE][+-]?[0-9]+)?)")
_KEPT = 50_000


class Term(NamedTuple):
    """A linear term: coefficients by variable (input i is i, output j is -1 - j), no zeros; a constant."""

    coefficients: dict[int, Fraction]
    constant: Fraction


class TermError(Exception):
    """A term is not linear, or no term at all: what was expected, what stands there."""

    def __init__(self, expected: str, got: str) -> None:
        self.expected, self.got = expected, got
        super().__init__(expected, got)


_NOTHING: dict[int, Fraction] = {}
_ZERO = Fraction(0)


class TermReader:
    """Makes terms from tokens and operators, within an allowance of work for one file."""

    def __init__(self) -> None:
        self._allowance = WorkAllowance(MAX_WORDS)
        self._numbers: dict[str, Term] = {}
        self._interned: dict[Terms, Terms] = {}

    def number(self, token: str) -> Term:
        """Return the constant that a token denotes, exactly; ``.5`` and ``5.`` are decimals too.

        Raises
        ------
        TermError
            If the token is no number.
        TooLargeError
            If the numbers of the file are too long together.
        """
        found = self._numbers.get(token)
        if found is None:
            try:
                value = parse_rational(_completed(token))
            except NumberSyntaxError as error:
                reason = str(error).partition("expected ")[2].partition(", got ")[0]
                raise TermError("a declared variable or a number", reason) from None
            found = Term(_NOTHING, value)
            if len(self._numbers) < _KEPT:
                self._numbers[token] = found
        self._spend(found.constant)
        return found

    def combined(self, operator: str, arguments: Sequence[Term]) -> Term:
        """Return the term (operator argument ...).

        Raises
        ------
        TermError
            If it is not linear, divides by zero or has too few arguments.
        TooLargeError
            If the file asks for too much work.
        """
        if not arguments or (operator == "/" and len(arguments) < 2):
            raise TermError(f"more arguments of {operator}", str(len(arguments)))
        if operator == "*":
            return self._product(arguments)
        if operator == "/":
            return self._quotient(arguments)
        if operator == "-" and len(arguments) == 1:
            return self._scaled(arguments[0], Fraction(-1))
        coefficients, constant = arguments[0].coefficients, arguments[0].constant
        if any(term.coefficients for term in arguments[1:]):  # else they are shared, and nobody changes them
            coefficients = dict(coefficients)
            self._allowance.spend(len(coefficients))
        sign = 1 if operator == "+" else -1
        for term in arguments[1:]:
            constant += sign * term.constant
            self._spend(constant)
            for variable, a in term.coefficients.items():
                self._add(coefficients, variable, sign * a)
        return Term(coefficients, constant)

    def compared(self, relation: Relation, arguments: Sequence[Term]) -> list[tuple[Relation, Term]]:
        """Return the comparisons (term RELATION 0) that a chain ``(relation a b c ...)`` stands for."""
        if len(arguments) < 2:
            raise TermError(f"two terms after {relation}", str(len(arguments)))
        return [(relation, self.combined("-", pair)) for pair in pairwise(arguments)]

    def inequality(self, relation: Relation, term: Term) -> Inequality:
        """Return term RELATION 0 as a row; equal terms are kept once in memory."""
        x = {v: a for v, a in term.coefficients.items() if v >= 0}
        y = {-1 - v: a for v, a in term.coefficients.items() if v < 0}
        row = Inequality.of(x, y, term.constant, relation)
        one, two = (self._interned.setdefault(terms, terms) for terms in (row.x, row.y))
        if len(self._interned) > _KEPT:
            self._interned.clear()
        return Inequality(one, two, row.offset, row.strict)

    def _product(self, arguments: Sequence[Term]) -> Term:
        factors = [term for term in arguments if term.coefficients]
        if len(factors) > 1:
            raise TermError("linear terms", "a product of variables")
        scale = Fraction(1)
        for term in arguments:
            if not term.coefficients:
                scale *= term.constant
                self._spend(scale)
        return self._scaled(factors[0] if factors else Term(_NOTHING, Fraction(1)), scale)

    def _quotient(self, arguments: Sequence[Term]) -> Term:
        scale = Fraction(1)
        for term in arguments[1:]:
            if term.coefficients:
                raise TermError("linear terms", "a division by a variable")
            if not term.constant:
                raise TermError("a divisor other than zero", "0")
            scale /= term.constant
            self._spend(scale)
        return self._scaled(arguments[0], scale)

    def _scaled(self, term: Term, scale: Fraction) -> Term:
        constant = scale * term.constant
        self._spend(constant)
        if not scale or not term.coefficients:
            return Term(_NOTHING, constant)
        coefficients = {variable: scale * a for variable, a in term.coefficients.items()}
        for a in coefficients.values():
            self._spend(a)
        return Term(coefficients, constant)

    def _add(self, coefficients: dict[int, Fraction], variable: int, a: Fraction) -> None:
        total = coefficients.get(variable, _ZERO) + a
        self._spend(total)
        if total:
            coefficients[variable] = total
        else:
            coefficients.pop(variable, None)

    def _spend(self, value: Fraction) -> None:
        bits = value.numerator.bit_length() + value.denominator.bit_length()
        self._allowance.spend(cost(1, bits))


def _completed(token: str) -> str:
    """Return a decimal with its point bare on one side (``.5``, ``5.``) with a zero there."""
    match = _BARE_POINT.fullmatch(token)
    if match is None or not (match[2] or match[3]):
        return token
    return f"{match[1]}{match[2] or '0'}.{match[3] or '0'}{match[4]}"
