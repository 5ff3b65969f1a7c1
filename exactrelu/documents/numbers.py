"""Numbers as JSON values: rationals, vectors, infinities, algebraic numbers.

Exact rationals are strings, ``"p/q"`` in lowest terms with q > 1, or ``"p"``.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from exactrelu.numbers.algebraic import AlgebraicNumber
from exactrelu.numbers.rationals import Extended, format_rational


def extended_text(value: Extended) -> str:
    """Return a number as the formats write it.

    Examples
    --------
    >>> import math
    >>> extended_text(Fraction(1, 2)), extended_text(-math.inf)
    ('1/2', '-inf')
    """
    if isinstance(value, Fraction):
        return format_rational(value)
    return "inf" if value > 0 else "-inf"


def algebraic_document(number: AlgebraicNumber) -> dict[str, Any]:
    """Return a number as its minimal polynomial with an interval that isolates it.

    The coefficients are JSON integers, the constant term first.

    Examples
    --------
    >>> algebraic_document(AlgebraicNumber.from_rational(Fraction(1, 2)))["polynomial"]
    [-1, 2]
    """
    return {
        "polynomial": list(number.polynomial),
        "interval": [format_rational(end) for end in number.interval],
    }
