"""Tokens of SMT-LIB text, with the lines where they stand, and text from plain or gzip files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from exactrelu.errors import FormatError
from exactrelu.formats.limits import printable, read_regular_file, shown, unpacked

MAX_TEXT_BYTES = 2**26
"""Longest text that is read, after unpacking."""

# Possessive: no blank or comment is looked at twice.
_TOKEN = re.compile(
    r"""[ \t\r\n\f]*+(?:;[^\n]*+[ \t\r\n\f]*+)*+([()]|\|[^|]*+\||"[^"]*+"|[^ \t\r\n\f()|";]++|$|.)""",
    re.DOTALL,
)


class Tokens:
    r"""The tokens of a text: parentheses, symbols, numbers, quoted strings; comments are passed over.

    Examples
    --------
    >>> tokens = Tokens("f", "(a ; one\n 1.5)")
    >>> [tokens.next() for _ in range(4)], tokens.line()
    (['(', 'a', '1.5', ')'], 2)
    """

    def __init__(self, file: str, text: str) -> None:
        self.file, self._text, self._at = file, text, 0
        self._tokens: Iterator[re.Match[str]] = _TOKEN.finditer(text)

    def next(self) -> str:
        """Return the next token, ``""`` at the end of the text."""
        match = next(self._tokens, None)
        if match is None:
            self._at = len(self._text)
            return ""
        self._at = match.start(1)
        token = match[1]
        if token in ('"', "|"):
            raise self.error("a closing quotation mark", "the end of the file")
        return token[1:-1] if token[0:1] == "|" else token

    def position(self) -> int:
        """Return the position of the last token, for `error`."""
        return self._at

    def line(self, position: int | None = None) -> int:
        """Return the line of the last token, or of a position, counted from 1."""
        return 1 + self._text.count("\n", 0, self._at if position is None else position)

    def error(self, expected: str, got: str, position: int | None = None) -> FormatError:
        """Return the refusal of the last token, or of what stands at a position."""
        return FormatError(self.file, f"line {self.line(position)}", expected, got)

    def unexpected(self, expected: str, token: str) -> FormatError:
        """Return the refusal of a token."""
        return self.error(expected, shown(token) if token else "the end of the file")


def read_text(path: str | os.PathLike[str]) -> tuple[str, bytes]:
    """Return the text of a file, unpacked if it is gzip, and the bytes of the file as they lie on the disk.

    Raises
    ------
    FormatError
        If the file cannot be read, is longer than `MAX_TEXT_BYTES` (also unpacked), is no gzip although its
        name ends in ``.gz``, or is not in UTF-8.
    """
    file = printable(os.fspath(path))
    data = read_regular_file(path, MAX_TEXT_BYTES)
    plain = unpacked(file, data, MAX_TEXT_BYTES)
    try:
        return plain.decode("utf-8-sig"), data  # a mark of the byte order may stand first
    except UnicodeDecodeError as error:
        line = 1 + plain.count(b"\n", 0, error.start)
        raise FormatError(file, f"line {line}", "text in UTF-8", f"other bytes at {error.start}") from None
