"""Exact rational numbers: the one place where values become rationals and rationals become text.

Inside exactrelu a rational is a `fractions.Fraction`. `rational` takes whatever is exact already;
`rational_from_float` is the explicit, exact conversion of a binary float. The grammar of numbers in
text is ASCII only::

    [+-]?digits(/digits)?   or   [+-]?digits(.digits)?([eE][+-]?digits)?

without blanks and underscores. A finite decimal means exactly the decimal that is written.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from fractions import Fraction
from numbers import Integral, Rational
from typing import Any

from exactrelu.errors import ExactReluError, InexactNumberError, NumberSyntaxError

Extended = Fraction | float
"""A rational or an infinity; the only floats are plus and minus infinity, which compare exactly."""

MAX_DIGITS = 1_000_000
"""Longest text of a number that is read."""

MAX_EXPONENT = 100_000
"""Largest absolute decimal exponent that is read."""

_PYTHON_DIGIT_LIMIT = 4_000  # below CPython's limit of 4,300 digits for int <-> str
_SHOWN = 40
_LARGEST_DOUBLE = 1e300

_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<digits>[0-9]+)"
    r"(?:/(?P<denominator>[0-9]+)|(?:\.(?P<decimals>[0-9]+))?(?:[eE](?P<exponent>[+-]?[0-9]+))?)"
)


def rational(value: Any) -> Fraction:
    """Return ``value`` as an exact rational.

    Parameters
    ----------
    value
        An ``int``, ``Fraction``, ``flint.fmpz``, ``flint.fmpq``, a sympy rational, any other
        registered ``numbers.Rational``, or a string of the module's grammar.

    Raises
    ------
    InexactNumberError
        For a float (the message says how to convert it exactly), a bool or anything else.
    NumberSyntaxError
        For a string outside the grammar or its limits.

    Examples
    --------
    >>> rational("-6/4"), rational("1e-3"), rational(7)
    (Fraction(-3, 2), Fraction(1, 1000), Fraction(7, 1))
    >>> rational(0.1)
    Traceback (most recent call last):
    ...
    exactrelu.errors.InexactNumberError: expected an exact rational, got the float 0.1; write \
rational_from_float(0.1) for its exact value or the string '0.1' for the decimal
    """
    if type(value) is Fraction:
        return value
    if type(value) is int:
        return Fraction(value)
    if isinstance(value, str):
        return parse_rational(value)
    if isinstance(value, bool):
        raise InexactNumberError(f"expected an exact rational, got the bool {value}")
    if isinstance(value, Integral):
        return Fraction(int(value))
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    return _from_unregistered(value)


def rational_at(place: str, value: Any) -> Fraction:
    """Return `rational` of a value; an error names the place where the value stands."""
    try:
        return rational(value)
    except ExactReluError as error:
        raise type(error)(f"{place}: {error}") from None


def _from_unregistered(value: Any) -> Fraction:
    """Convert python-flint's numbers, which `numbers` does not know; refuse everything else."""
    kind = type(value)
    if kind.__module__.startswith("flint."):
        if kind.__name__ == "fmpz":
            return Fraction(int(value))
        if kind.__name__ == "fmpq":
            return Fraction(int(value.p), int(value.q))
    if hasattr(value, "as_integer_ratio") and math.isfinite(value):
        raise InexactNumberError(
            f"expected an exact rational, got the {kind.__name__} {value}; write "
            f"rational_from_float({value!r}) for its exact value or the string '{value}' for the decimal"
        )
    shown = f"the {kind.__name__} {value}" if isinstance(value, float) else kind.__name__
    raise InexactNumberError(f"expected an exact rational, got {shown}")


def rational_from_float(value: Any) -> Fraction:
    """Return the exact value of a finite binary float (Python or NumPy, of any precision).

    Raises
    ------
    NumberSyntaxError
        For a NaN or an infinity, which are no rationals.
    InexactNumberError
        For what is no number with an exact binary value.

    Examples
    --------
    >>> rational_from_float(0.1)
    Fraction(3602879701896397, 36028797018963968)
    """
    try:
        numerator, denominator = value.as_integer_ratio()
    except AttributeError:
        raise InexactNumberError(f"expected a float, got {type(value).__name__}") from None
    except (ValueError, OverflowError):
        raise NumberSyntaxError(f"expected a finite number, got {value}") from None
    return Fraction(int(numerator), int(denominator))


def parse_rational(text: str) -> Fraction:
    """Return the rational that ``text`` denotes in the module's grammar.

    Raises
    ------
    NumberSyntaxError
        For any other text, a zero denominator, an exponent beyond `MAX_EXPONENT` or a text longer
        than `MAX_DIGITS`.

    Examples
    --------
    >>> parse_rational("+1.50"), parse_rational("2e3")
    (Fraction(3, 2), Fraction(2000, 1))
    >>> parse_rational("1_000")
    Traceback (most recent call last):
    ...
    exactrelu.errors.NumberSyntaxError: expected a rational such as -3/4, 12 or 1.5e-3, got '1_000'
    """
    if len(text) > MAX_DIGITS:
        raise NumberSyntaxError(f"expected a number of at most {MAX_DIGITS} characters, got {len(text)}")
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise NumberSyntaxError(f"expected a rational such as -3/4, 12 or 1.5e-3, got {_shown(text)}")
    sign = -1 if match["sign"] == "-" else 1
    if match["denominator"] is not None:
        denominator = _int(match["denominator"])
        if denominator == 0:
            raise NumberSyntaxError(f"expected a non-zero denominator, got {_shown(text)}")
        return Fraction(sign * _int(match["digits"]), denominator)
    decimals = match["decimals"] or ""
    exponent = _exponent(match["exponent"] or "0", text) - len(decimals)
    mantissa = sign * _int(match["digits"] + decimals)
    if exponent >= 0:
        return Fraction(mantissa * 10**exponent)
    return Fraction(mantissa, 10**-exponent)


def _exponent(digits: str, text: str) -> int:
    significant = digits.lstrip("+-").lstrip("0")
    if len(significant) > len(str(MAX_EXPONENT)) or int(significant or "0") > MAX_EXPONENT:
        raise NumberSyntaxError(f"expected an exponent of at most {MAX_EXPONENT}, got {_shown(text)}")
    return -int(significant or "0") if digits.startswith("-") else int(significant or "0")


def _shown(text: str) -> str:
    """Return ``text`` quoted for a one-line message, shortened if it is long."""
    return repr(text) if len(text) <= _SHOWN else f"{text[:_SHOWN]!r}... ({len(text)} characters)"


def _int(digits: str) -> int:
    if len(digits) <= _PYTHON_DIGIT_LIMIT:
        return int(digits)
    from flint import fmpz

    return int(fmpz(digits))


def format_integer(value: int) -> str:
    """Return the decimal digits of an integer of any length.

    Examples
    --------
    >>> format_integer(-12), len(format_integer(10**10_000))
    ('-12', 10001)
    """
    if value.bit_length() <= 3 * _PYTHON_DIGIT_LIMIT:
        return str(value)
    from flint import fmpz

    return str(fmpz(value))


def format_rational(value: Fraction | int) -> str:
    """Return ``"p/q"`` in lowest terms with q > 1, or ``"p"``.

    Examples
    --------
    >>> format_rational(Fraction(-6, 4)), format_rational(Fraction(4, 2))
    ('-3/2', '2')
    """
    if value.denominator == 1:
        return format_integer(value.numerator)
    return f"{format_integer(value.numerator)}/{format_integer(value.denominator)}"


def brief(value: Fraction | int) -> str:
    """Return `format_rational`, shortened for a one-line message if it is long."""
    text = format_rational(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(text)} characters)"


def rational_vector(values: Iterable[Any]) -> tuple[Fraction, ...]:
    """Return the values as a tuple of exact rationals (errors as in `rational`)."""
    return tuple(rational(value) for value in values)


def common_denominator(values: Iterable[Fraction | int]) -> int:
    """Return the least common denominator of the values, 1 for none."""
    return math.lcm(*(value.denominator for value in values))


def quotient(numerator: int, denominator: int) -> float:
    """Return p / q, q > 0, as the nearest double, or as plus or minus 1e300 where it is larger.

    Examples
    --------
    >>> quotient(1, 3), quotient(-(10**400), 7)
    (0.3333333333333333, -1e+300)
    """
    try:
        return max(-_LARGEST_DOUBLE, min(_LARGEST_DOUBLE, numerator / denominator))
    except OverflowError:
        return _LARGEST_DOUBLE if numerator > 0 else -_LARGEST_DOUBLE
