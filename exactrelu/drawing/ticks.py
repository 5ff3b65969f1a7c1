"""Ticks of an axis at round numbers, found exactly, for windows of any size and place."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

_WANTED = 6
_PLAIN_LENGTH = 6
_PLAIN_EXPONENT = 4
_LONGEST_BITS = 20  # a longer multiple of the step would not fit under the axis


class Axis(NamedTuple):
    """Positions in [0, 1] along the axis, their texts, and the name of the axis."""

    positions: list[float]
    texts: list[str]
    name: str


def axis(name: str, low: Fraction, high: Fraction) -> Axis:
    r"""Return the ticks of an axis from ``low`` to ``high``.

    Where the window is far from the origin compared with its size, the texts are relative to the
    first tick c; where it is very large or small, they are in units of a power of ten; the name of
    the axis says so.

    Examples
    --------
    >>> axis("x", Fraction(-1), Fraction(1)).texts
    ['−1', '−0.5', '0', '0.5', '1']
    >>> axis("x", Fraction(10**40), Fraction(10**40 + 2)).name
    'x − c,  c ≈ $1\\cdot 10^{40}$'
    >>> axis("x", Fraction(0), Fraction(10**40))[1:]
    (['0', '2', '4', '6', '8', '10'], 'x / $10^{39}$')
    """
    factor, exponent = _step(high - low)
    step = factor * Fraction(10) ** exponent
    multiples = range(math.ceil(low / step), math.floor(high / step) + 1)
    positions = [float((k * step - low) / (high - low)) for k in multiples]
    base = 0
    if max(abs(multiples[0]), abs(multiples[-1])).bit_length() > _LONGEST_BITS:
        base = multiples[0]
        name = f"{name} − c,  c ≈ {_rounded(base * step)}"
        name = f"({name})" if abs(exponent) > _PLAIN_EXPONENT else name
    mantissas = [(k - base) * factor for k in multiples]
    if abs(exponent) > _PLAIN_EXPONENT:
        shift = exponent + (factor == 5)
        name, exponent = f"{name} / $10^{{{shift}}}$", exponent - shift
    return Axis(positions, [_text(mantissa, exponent) for mantissa in mantissas], name)


def _step(span: Fraction) -> tuple[int, int]:
    """Return (m, e) with m in {1, 2, 5} and m * 10^e the least such number >= span / 6."""
    target = span / _WANTED
    exponent = _magnitude(target)
    factor = next(m for m in (1, 2, 5, 10) if m * Fraction(10) ** exponent >= target)
    return (1, exponent + 1) if factor == 10 else (factor, exponent)


def _magnitude(value: Fraction) -> int:
    """Return the e with 10^e <= value < 10^(e + 1), for a positive value."""
    bits = value.numerator.bit_length() - value.denominator.bit_length() - 1
    exponent = math.floor(bits * math.log10(2)) - 1  # too small by at most 2; corrected exactly
    while Fraction(10) ** (exponent + 1) <= value:
        exponent += 1
    return exponent


def _rounded(value: Fraction) -> str:
    """Return a value with four significant digits."""
    if value == 0:
        return "0"
    exponent = _magnitude(abs(value)) - 3
    return _text(round(value / Fraction(10) ** exponent), exponent)


def _text(mantissa: int, exponent: int) -> str:
    """Return mantissa * 10^exponent as a short decimal, or in scientific notation."""
    if mantissa == 0:
        return "0"
    sign = "−" if mantissa < 0 else ""
    digits = str(abs(mantissa))
    stripped = digits.rstrip("0")
    exponent += len(digits) - len(stripped)
    if 0 <= exponent <= _PLAIN_LENGTH - len(stripped):
        return sign + stripped + "0" * exponent
    if -_PLAIN_LENGTH < exponent < 0:
        padded = stripped.rjust(1 - exponent, "0")
        return f"{sign}{padded[:exponent]}.{padded[exponent:]}"
    lead = stripped[0] + ("." + stripped[1:] if len(stripped) > 1 else "")
    return f"{sign}${lead}\\cdot 10^{{{exponent + len(stripped) - 1}}}$"
