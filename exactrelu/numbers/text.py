"""Exact numbers, vectors and affine functionals as text for people, short where they are long.

What is rounded says so with a ``~``. Files never hold these texts.
"""

from __future__ import annotations

import decimal
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import compress

from exactrelu.numbers.decimals import magnitude, rounded_to_digits
from exactrelu.numbers.rationals import format_rational

ROUNDED = "~"


def number_text(value: Fraction | int, longest: int = 24) -> str:
    """Return an exact rational, or, where that is longer, a rounded decimal marked with ``~``."""
    text = format_rational(value)
    return text if len(text) <= longest else rounded_text(value)


def rounded_text(value: Fraction | int) -> str:
    """Return a decimal, marked with ``~`` unless it is exact."""
    with decimal.localcontext(decimal.Context(prec=6, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN)):
        rounded = decimal.Decimal(value.numerator) / decimal.Decimal(value.denominator)
    text = f"{rounded.normalize():g}" if -6 < rounded.adjusted() < 16 else f"{rounded:e}"
    return text if Fraction(rounded) == value else f"{ROUNDED}{text}"


def rounded_up_text(value: Fraction, digits: int = 4) -> str:
    """Return a decimal of a few digits that is no less than a rational >= 0.

    Examples
    --------
    >>> rounded_up_text(Fraction(1, 3)), rounded_up_text(Fraction(1, 4)), rounded_up_text(Fraction(0))
    ('0.3334', '0.25', '0')
    """
    if value == 0:
        return "0"
    nearest, exponent = rounded_to_digits(value, digits), magnitude(value) - digits + 1
    return rounded_text(nearest if nearest >= value else nearest + Fraction(10) ** exponent)


def vector_text(values: Iterable[Fraction | int]) -> str:
    """Return a point or vector for people."""
    return "(" + ", ".join(map(number_text, values)) + ")"


def functional_text(row: Sequence[Fraction | int]) -> str:
    """Return the affine functional with coefficients and constant ``row`` for people."""
    constant = row[-1]
    support = compress(range(len(row) - 1), row)
    terms: list[tuple[Fraction | int, str]] = [(row[j], f" x{j + 1}") for j in support]
    if constant or not terms:
        terms.append((constant, ""))
    first, *others = (
        _term(-entry if k and entry < 0 else entry, name) for k, (entry, name) in enumerate(terms)
    )
    signs = ("-" if entry < 0 else "+" for entry, _ in terms[1:])
    return first + "".join(f" {sign} {term}" for sign, term in zip(signs, others, strict=True))


def _term(entry: Fraction | int, name: str) -> str:
    if name and abs(entry) == 1:
        return name.strip() if entry > 0 else f"-{name.strip()}"
    return number_text(entry) + name
