"""The lines of an NNet file: counts, numbers and text, each refused by its line."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Literal, TypeAlias

from exactrelu.errors import FormatError, NumberSyntaxError
from exactrelu.formats.binary_rounding import FLOAT32, FLOAT64
from exactrelu.formats.limits import TooLargeError, WorkAllowance, cost, shown
from exactrelu.numbers.rationals import parse_rational

Numbers: TypeAlias = Literal["exact", "float32", "float64"]
Row: TypeAlias = list[Fraction]

ROUNDINGS: dict[str, Callable[[Fraction], Fraction]] = {
    "exact": lambda value: value,
    "float32": FLOAT32.rounded,
    "float64": FLOAT64.rounded,
}
_COUNT = re.compile("[0-9]{1,9}")
_BLANKS = " \t"
_WORD_COST = 200  # machine operations to read a number, for each of its words


class Lines:
    """The lines of a file, read one after the other; comment lines are passed over."""

    def __init__(self, file: str, data: bytes, numbers: Numbers) -> None:
        self.file = file
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise FormatError(file, f"byte {error.start}", "text in UTF-8", "other bytes") from None
        self.bytes = len(data)
        self._lines = text.replace("\r\n", "\n").split("\n")
        self._next = 0
        self._rounding = ROUNDINGS[numbers]
        self._allowance = WorkAllowance()

    @property
    def place(self) -> str:
        """The line that was read last."""
        return f"line {self._next}"

    def error(self, expected: str, got: str) -> FormatError:
        """Return the refusal of the line that was read last."""
        return FormatError(self.file, self.place, expected, got)

    def text(self, expected: str) -> str:
        """Return the next line, without blanks at its ends; ``expected`` is missed at the end of the file."""
        while self._next < len(self._lines) and self._lines[self._next].startswith("//"):
            self._next += 1
        self._next += 1
        if self._next > len(self._lines):
            raise self.error(expected, "the end of the file")
        return self._lines[self._next - 1].strip(_BLANKS)

    def entries(self, expected: str, *lengths: int) -> list[str]:
        """Return the entries of the next line, as many as one of the lengths; any number without lengths."""
        line = self.text(expected)
        entries = line.removesuffix(",").split(",") if line else []
        if not entries or (lengths and len(entries) not in lengths):
            raise self.error(expected, f"{len(entries)}" if line else "an empty line")
        return [entry.strip(_BLANKS) for entry in entries]

    def counts(self, *lengths: int) -> list[int]:
        """Return the next line as natural numbers of at most nine digits, as many as one of the lengths."""
        entries = self.entries(f"{lengths[0]} counts", *lengths)
        for entry in entries:
            if _COUNT.fullmatch(entry) is None:
                raise self.error("a count", shown(entry) or "nothing")
        return [int(entry) for entry in entries]

    def row(self, count: int) -> Row:
        """Return the next line as so many rationals."""
        return [self._number(entry, "a number") for entry in self.entries(f"{count} numbers", count)]

    def row_of_any_length(self, count: int, what: str) -> Row:
        """Return the next line as rationals; ``count`` of them are expected but not insisted on."""
        return [self._number(entry, what) for entry in self.entries(f"{count} numbers")]

    def _number(self, entry: str, what: str) -> Fraction:
        if "/" in entry:
            raise self.error(f"{what} in decimals", shown(entry))
        try:
            exact = parse_rational(entry)
            bits = exact.numerator.bit_length() + exact.denominator.bit_length()
            self._allowance.spend(_WORD_COST * cost(1, bits))
            return self._rounding(exact)
        except NumberSyntaxError as error:
            raise self.error(what, f"{shown(entry) or 'nothing'} ({_reason(error)})") from None
        except TooLargeError as error:
            raise self.error(error.expected, error.got) from None

    def end(self) -> None:
        """Refuse anything but empty lines and comments in what is left."""
        for number, line in enumerate(self._lines[self._next :], start=self._next + 1):
            if line.strip(_BLANKS) and not line.startswith("//"):
                raise FormatError(self.file, f"line {number}", "the end of the file", shown(line))


def _reason(error: NumberSyntaxError) -> str:
    return str(error).partition(", got ")[0]
