"""Limits on what a file may ask for, so that a small hostile file cannot claim a large machine."""

from __future__ import annotations

import math
import os
import stat
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from exactrelu.errors import ExactReluError, FormatError

MAX_FILE_BYTES = 2**29
"""Longest file that is read."""

MAX_ENTRIES = 10_000_000
"""Most numbers in one array: a tensor, or the weight matrix of one layer."""

MAX_JSON_ELEMENTS = 20_000_000
"""Most commas and opening brackets of a JSON document: each may become an object of its own."""

MAX_COST = 50_000_000
"""Largest `cost` of one array of exact numbers."""

MAX_WORK = 10**10
"""Most machine operations, roughly, that reading one file may cost."""

_SHOWN = 200


class TooLargeError(ExactReluError, ValueError):
    """An array of a file would be larger than what exactrelu reads."""

    def __init__(self, expected: str, got: str) -> None:
        self.expected, self.got = expected, got
        super().__init__(f"expected {expected}, got {got}")


class WorkAllowance:
    """The machine operations that are left for one file.

    Examples
    --------
    >>> WorkAllowance(10).spend(11)
    Traceback (most recent call last):
    ...
    exactrelu.formats.limits.TooLargeError: expected at most 10 operations on exact numbers, got more
    """

    def __init__(self, limit: int = MAX_WORK) -> None:
        self._limit = self._left = limit

    def spend(self, work: int) -> None:
        """Take ``work`` from what is left.

        Raises
        ------
        TooLargeError
            If not so much is left.
        """
        self._left -= work
        if self._left < 0:
            raise TooLargeError(f"at most {self._limit} operations on exact numbers", "more")


def cost(entries: int, bits: int) -> int:
    """Return the number of 64-bit words in so many numbers of so many bits, long numbers weighed more.

    Products and greatest common divisors of long numbers take more than linear time.

    Examples
    --------
    >>> cost(10, 24), cost(10, 6400)
    (10, 7070)
    """
    words = 1 + bits // 64
    return entries * words * (1 + words // 16)


def check_array(shape: Sequence[int], bits: int = 0) -> None:
    """Raise `TooLargeError` if an array of this shape, with numbers of so many bits, is beyond the limits."""
    entries = math.prod(shape)
    if entries > MAX_ENTRIES:
        raise TooLargeError(f"at most {MAX_ENTRIES} numbers in an array", f"shape {list(shape)}")
    if cost(entries, bits) > MAX_COST:
        raise TooLargeError(f"shorter numbers in an array of {entries}", f"{bits} bits")


_GZIP = b"\x1f\x8b"


def unpacked(file: str, data: bytes, most: int) -> bytes:
    """Return what the members of a gzip file hold together, or the data as they are if they are none.

    Raises
    ------
    FormatError
        If the file ends in ``.gz`` and is none, is damaged or breaks off, or holds more than ``most`` bytes.
    """
    if not data.startswith(_GZIP):
        if file.lower().endswith(".gz"):
            raise FormatError(file, "line 1", "a gzip file, as its name says", "other bytes")
        return data
    parts, left = [], most
    while data:
        member = zlib.decompressobj(wbits=31)
        try:
            part = member.decompress(data, left + 1)
        except zlib.error:
            raise FormatError(file, "", "a whole gzip file", "one that is damaged") from None
        left -= len(part)
        if left < 0:
            raise FormatError(file, "", f"at most {most} bytes after unpacking", "more")
        if not member.eof:
            raise FormatError(file, "", "a whole gzip file", "one that breaks off")
        parts.append(part)
        data = member.unused_data.lstrip(b"\0")  # padding after the last member is usual
    return b"".join(parts)


def shown(text: str) -> str:
    r"""Return a text from a file in a form that is fit for a one-line message.

    Examples
    --------
    >>> shown("fc1.weight"), shown("two\nlines")
    ('fc1.weight', "'two\\nlines'")
    """
    return printable(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")


def printable(text: str) -> str:
    """Return a text, or its escaped form if it would break a line or hide characters."""
    return text if text.isprintable() else ascii(text)


def read_regular_file(path: str | os.PathLike[str], most: int = MAX_FILE_BYTES) -> bytes:
    """Return the contents of a regular file of at most ``most`` bytes.

    Raises
    ------
    FormatError
        If the file cannot be read, is no regular file (a pipe would block, a device has no end), or
        is too long.
    """
    with regular_file(path, most) as stream:
        return stream.read()


@contextmanager
def regular_file(path: str | os.PathLike[str], most: int = MAX_FILE_BYTES) -> Iterator[IO[bytes]]:
    """Open a regular file of at most ``most`` bytes, with the refusals of `read_regular_file`."""
    file = printable(os.fspath(path))
    try:
        status = Path(path).stat()
        if not stat.S_ISREG(status.st_mode):
            raise FormatError(file, "", "a regular file", "a directory or a special file")
        if status.st_size > most:
            raise FormatError(file, "", f"at most {most} bytes", f"{status.st_size}")
        stream = Path(path).open("rb")  # noqa: SIM115 - it is closed below
    except OSError as error:
        raise FormatError(file, "", "a readable file", error.strerror or "an error") from None
    except ValueError as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(file, "", "a file name", "a name with a null character") from None
    with stream:
        yield stream
