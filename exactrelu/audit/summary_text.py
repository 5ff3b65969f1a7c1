"""Numbers in the summaries of judgements: exact where short, rounded and marked with ``~`` where long."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from exactrelu.documents.numbers import extended_text
from exactrelu.numbers.algebraic import AlgebraicNumber
from exactrelu.numbers.rationals import Extended

_LONGEST, _DIGITS = 24, 12


def number_text(value: Extended) -> str:
    """Return a number for people; the truth beside the summary has it exactly.

    Examples
    --------
    >>> number_text(Fraction(1, 3)), number_text(Fraction(2**70 + 1, 2**71))
    ('1/3', '~0.500000000000')
    """
    text = extended_text(value)
    if len(text) <= _LONGEST or not isinstance(value, Fraction):
        return text
    return f"~{AlgebraicNumber.from_rational(value).decimal(_DIGITS)}"


def point_text(values: Iterable[Extended]) -> str:
    """Return a point for people."""
    return f"({', '.join(map(number_text, values))})"
