"""Numbers in claims: exact rationals, and binary floats by their exact value.

A number is what it is in every native file: ``"p/q"``, an integer or a finite decimal, which means exactly
the decimal that is written. A float tool means a binary number, and there are two ways to say so:

* one number: ``{"float32": X}`` or ``{"float64": X}``, X a decimal, which is rounded to the nearest number
  of the format (ties to even), as the ``repr`` of a float is read back, or a hexadecimal float such as
  ``"0x1.8p+1"``, which must be a number of the format;
* all of them: ``"numbers": "float32"`` or ``"float64"`` in a claim or in the whole file, and then every JSON
  number (not the strings) is read as a number of the format.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction

from exactrelu.errors import NumberSyntaxError
from exactrelu.formats.binary_rounding import FLOAT32, FLOAT64, BinaryFormat
from exactrelu.formats.strict_json import JsonConstant, JsonNumber, Node
from exactrelu.numbers.rationals import Extended

FLOATS = {"float32": FLOAT32, "float64": FLOAT64}
EXACT = "exact"


_HEXADECIMAL = re.compile(r"([+-]?)0[xX]([0-9a-fA-F]+)(?:\.([0-9a-fA-F]*))?(?:[pP]([+-]?[0-9]{1,5}))?")
_INFINITE = {"inf": math.inf, "+inf": math.inf, "-inf": -math.inf}


def number_of(node: Node, numbers: str = EXACT) -> Fraction:
    """Return the exact value of the number at a node; ``numbers`` says what a JSON number means.

    Raises
    ------
    FormatError
        If no number of the grammar stands there, or one beyond its float format.
    """
    if isinstance(node.value, dict):
        node.require_keys((), tuple(FLOATS))
        if len(node.value) != 1:
            raise node.fail(f"one of the keys {', '.join(FLOATS)}", f"{len(node.value)}")
        ((key, _),) = node.value.items()
        return _float_at(node.child(key), FLOATS[key])
    if isinstance(node.value, JsonNumber) and numbers in FLOATS:
        return _float_at(node, FLOATS[numbers])
    return node.number()


def extended_of(node: Node, numbers: str = EXACT) -> Extended:
    """Return the number at a node, where ``"inf"``, ``"-inf"`` and what Python writes for them are too."""
    infinite = _INFINITE.get(_constant(node))
    return number_of(node, numbers) if infinite is None else infinite


def output_of(node: Node, numbers: str = EXACT) -> Extended | None:
    """Return the output of a float program at a node: a number, an infinity, or None for a NaN.

    Python writes these as ``NaN`` and ``Infinity``, which are no JSON; here they are understood.
    """
    return None if _constant(node) == "nan" else extended_of(node, numbers)


def _constant(node: Node) -> str:
    """Return a text or a constant of Python's as ``nan``, ``inf``, ``-inf``; anything else as it stands."""
    if not isinstance(node.value, str | JsonConstant):
        return ""
    text = node.value if isinstance(node.value, str) else node.value.text
    return text.lower().replace("infinity", "inf")


def _float_at(node: Node, form: BinaryFormat) -> Fraction:
    hexadecimal = _HEXADECIMAL.fullmatch(node.value) if isinstance(node.value, str) else None
    value = node.number() if hexadecimal is None else _hexadecimal_value(hexadecimal)
    try:
        rounded = form.rounded(value)
    except NumberSyntaxError:
        raise node.fail(f"a number in the range of {form.name}", "one beyond it") from None
    if hexadecimal is not None and rounded != value:
        raise node.fail(f"a number of {form.name}", "one with more bits")
    return rounded


def _hexadecimal_value(match: re.Match[str]) -> Fraction:
    sign, whole, decimals, exponent = match.groups()
    decimals = decimals or ""
    digits = int(whole + decimals, 16) * (-1 if sign == "-" else 1)
    return Fraction(digits) * Fraction(2) ** (int(exponent or 0) - 4 * len(decimals))
