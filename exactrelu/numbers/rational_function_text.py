"""Rational functions as they are written: a small grammar that is parsed, never run.

::

    sum     = [+-] product ([+-] product)*
    product = power ([*/] power)*
    power   = atom (^ [-] digits)?
    atom    = digits (. digits)? | PARAMETER | ( sum )

Blanks may stand between the parts. A decimal means exactly what is written, as in
`exactrelu.numbers.rationals`.
"""

from __future__ import annotations

import re

from exactrelu.errors import NumberSyntaxError
from exactrelu.numbers.rational_functions import RationalFunction
from exactrelu.numbers.rationals import parse_rational

MAX_CHARACTERS = 10_000
MAX_DEGREE = 200
MAX_DEPTH = 50

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<name>[A-Za-z_][A-Za-z_0-9]*)|(?P<sign>[-+*/^()]))"
)
_BLANK = re.compile(r"\s*")


def parse_rational_function(text: str, parameter: str = "t") -> RationalFunction:
    """Return the rational function of the parameter that a text denotes in the module's grammar.

    Raises
    ------
    NumberSyntaxError
        For any other text, a division by the function 0, a degree beyond 200, brackets nested more than 50
        deep or a text longer than 10,000 characters.

    Examples
    --------
    >>> f, g = parse_rational_function("(t^2 - 1/3) / (t - 2)"), parse_rational_function("-2*k^-1", "k")
    >>> print(f, g.text("k"))
    (3*t^2 - 1)/(3*t - 6) (-2)/k
    >>> parse_rational_function("t + s")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    exactrelu.errors.NumberSyntaxError: expected a rational function of t such as ..., got 's' in 't + s'
    """
    if len(text) > MAX_CHARACTERS:
        raise NumberSyntaxError(
            f"expected a rational function of at most {MAX_CHARACTERS} characters, got {len(text)}"
        )
    reader = _Reader(text, parameter)
    result = reader.sum(0)
    if reader.part:
        raise reader.failure(reader.part)
    return result


class _Reader:
    """The text that is left to read; ``part`` is the next one, empty at the end."""

    def __init__(self, text: str, parameter: str) -> None:
        self.text = text
        self.parameter = parameter
        self._place = 0
        self.part = ""
        self._advance()

    def _advance(self) -> str:
        """Return the token, and go on to the next one."""
        token = self.part
        match = _TOKEN.match(self.text, self._place)
        if match is None:
            rest = self.text[_BLANK.match(self.text, self._place).end() :]  # type: ignore[union-attr]
            if rest:
                raise self.failure(rest[0])
            self.part = ""
        else:
            self._place, self.part = match.end(), match[match.lastgroup or 0]
        return token

    def failure(self, token: str) -> NumberSyntaxError:
        """Return the error that names what stands in the way."""
        shown = self.text if len(self.text) <= 60 else f"{self.text[:60]}..."
        got = f"{token!r} in {shown!r}" if token else f"the end of {shown!r}"
        name = self.parameter
        form = f"({name}^2-1/3)/({name}-2)"
        return NumberSyntaxError(f"expected a rational function of {name} such as {form}, got {got}")

    def sum(self, depth: int) -> RationalFunction:
        """Read a sum."""
        if depth > MAX_DEPTH:
            raise NumberSyntaxError(f"expected brackets nested at most {MAX_DEPTH} deep, got more")
        sign = self._advance() if self.part in ("+", "-") else "+"
        total = self._product(depth)
        total = -total if sign == "-" else total
        while self.part in ("+", "-"):
            sign = self._advance()
            term = self._product(depth)
            total = self._checked(total - term if sign == "-" else total + term)
        return total

    def _product(self, depth: int) -> RationalFunction:
        result = self._power(depth)
        while self.part in ("*", "/"):
            operation = self._advance()
            factor = self._power(depth)
            result = self._checked(self._quotient(result, factor) if operation == "/" else result * factor)
        return result

    def _power(self, depth: int) -> RationalFunction:
        base = self._atom(depth)
        if self.part != "^":
            return base
        self._advance()
        negative = self.part == "-"
        if negative:
            self._advance()
        if not self.part.isdigit() or len(self.part) > 4:
            raise self.failure(self.part)
        exponent = int(self._advance())
        size = max(1, base.numerator.degree(), base.denominator.degree())
        coefficients = [*base.numerator.coeffs(), *base.denominator.coeffs()]
        bits = max(abs(int(entry)).bit_length() for entry in coefficients)
        if exponent * size > MAX_DEGREE or exponent * bits > MAX_CHARACTERS:
            raise NumberSyntaxError(f"expected a degree of at most {MAX_DEGREE}, got a power {exponent}")
        power = base**exponent
        return self._quotient(RationalFunction.constant(1), power) if negative else power

    def _atom(self, depth: int) -> RationalFunction:
        if self.part == "(":
            self._advance()
            inner = self.sum(depth + 1)
            if self.part != ")":
                raise self.failure(self.part)
            self._advance()
            return inner
        if self.part == self.parameter:
            self._advance()
            return RationalFunction.identity()
        if not self.part[:1].isdigit():
            raise self.failure(self.part)
        return RationalFunction.constant(parse_rational(self._advance()))

    def _quotient(self, one: RationalFunction, two: RationalFunction) -> RationalFunction:
        if two.is_zero:
            raise NumberSyntaxError(f"expected a divisor that is not zero, got 0 in {self.text[:60]!r}")
        return one / two

    def _checked(self, function: RationalFunction) -> RationalFunction:
        if max(function.numerator.degree(), function.denominator.degree()) > MAX_DEGREE:
            raise NumberSyntaxError(f"expected a degree of at most {MAX_DEGREE}, got more")
        return function


def rational_function(value: object, parameter: str = "t") -> RationalFunction:
    """Return a rational function: itself, the one that a text denotes, or an exact rational as a constant.

    Raises
    ------
    NumberSyntaxError, InexactNumberError
        For anything else; the message says what was expected.

    Examples
    --------
    >>> print(rational_function("1/t"), rational_function(3), rational_function("1e-2"))
    1/t 3 1/100
    """
    if isinstance(value, RationalFunction):
        return value
    if not isinstance(value, str):
        return RationalFunction.constant(value)
    try:
        return RationalFunction.constant(parse_rational(value))
    except NumberSyntaxError:
        return parse_rational_function(value, parameter)
