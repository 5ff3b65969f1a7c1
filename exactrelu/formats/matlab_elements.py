"""The variables of a MATLAB file (``.mat``, versions 5 to 7): numbers, texts, cells and structures.

The file is a header of 128 bytes and then elements: a tag (type and number of bytes), the bytes, and what
fills them up to a multiple of eight; a short element has its tag and at most four bytes in eight. A matrix
is an element that consists of elements: flags, dimensions, a name, and what it holds. Elements may be
compressed (zlib). Everything is compared with the bytes that there are before anything is made of it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from exactrelu.errors import FormatError
from exactrelu.formats.limits import shown
from exactrelu.formats.stored_numbers import check_shape

_HEADER = 128
_MOST_ELEMENTS = 100_000
_MOST_UNPACKED = 2**27
_DEEPEST = 8
_NUMBERS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_MATRIX, _COMPRESSED = 14, 15
_TEXTS = (1, 2, 4, 16, 17)
_CELL, _STRUCTURE, _CHARACTERS = 1, 2, 4
_NUMERIC = range(6, 16)
_KINDS = {3: "object", 5: "sparse", 16: "function handle", 17: "opaque"}
_COMPLEX = 8


@dataclass(frozen=True)
class Cells:
    """A cell array: its shape, and the values column by column."""

    shape: tuple[int, ...]
    values: list[Any]


def read_variables(file: str, data: bytes) -> dict[str, Any]:
    """Return the variables by name: arrays, lists of texts (one a row), `Cells`, dictionaries (structures).

    A variable of another kind (an object, a sparse matrix, complex numbers) is the text that names its kind.

    Raises
    ------
    FormatError
        If the bytes are no such file; the message names byte or variable.
    """
    if data[:19] == b"MATLAB 7.3 MAT-file":
        raise FormatError(file, "", "a MATLAB file of version 5 to 7", "version 7.3 (save it with -v7)")
    order = {b"IM": "<", b"MI": ">"}.get(data[126:_HEADER])
    if order is None:
        raise FormatError(file, "byte 126", "the mark of a MATLAB file of version 5 to 7, IM or MI", "none")
    reader = _Elements(file, order)
    return dict(reader.variables(memoryview(data)[_HEADER:]))


class _Elements:
    """Reads the elements of one file in one byte order."""

    def __init__(self, file: str, order: str) -> None:
        self._file, self._order = file, order
        self._count, self._left = 0, _MOST_UNPACKED
        self._variable = "the first variable"

    def variables(self, data: memoryview) -> Iterator[tuple[str, Any]]:
        """Yield the variables with their names."""
        for kind, body in self._split(data):
            unpacked = list(self._split(self._unpacked(body))) if kind == _COMPRESSED else [(kind, body)]
            for inner, content in unpacked:
                if inner == _MATRIX:
                    yield self._matrix(content, 0)

    def _error(self, expected: str, got: str) -> FormatError:
        return FormatError(self._file, self._variable, expected, got)

    def _integer(self, data: memoryview) -> int:
        return int.from_bytes(data, "little" if self._order == "<" else "big")

    def _split(self, data: memoryview) -> Iterator[tuple[int, memoryview]]:
        """Yield type and bytes of the elements that follow one another."""
        place = 0
        while place < len(data):
            self._count += 1
            if self._count > _MOST_ELEMENTS:
                raise self._error(f"at most {_MOST_ELEMENTS} elements", "more")
            tag = data[place : place + 8]
            first, size = self._integer(tag[:4]), self._integer(tag[4:])
            start, step = place + 8, size if first == _COMPRESSED else -(-size // 8) * 8
            if first >> 16:  # a short element: the number of bytes stands in the upper half
                first, size, start, step = first & 0xFFFF, first >> 16, place + 4, 4
            if len(tag) < 8 or size > len(data) - start or (step == 4 and size > 4):
                raise self._error("an element inside the file", f"{size} bytes at {place}")
            yield first, data[start : start + size]
            place = start + step

    def _unpacked(self, data: memoryview) -> memoryview:
        machine = zlib.decompressobj()
        try:
            unpacked = machine.decompress(data, self._left)
        except zlib.error as error:
            raise self._error("a compressed element", f"{error}") from None
        self._left -= len(unpacked)
        if machine.unconsumed_tail or not self._left:
            raise self._error(f"at most {_MOST_UNPACKED} bytes in all", "more")
        return memoryview(unpacked)

    def _matrix(self, data: memoryview, depth: int) -> tuple[str, Any]:
        """Return the name of a matrix and its value."""
        if not len(data):  # an empty cell
            return "", "empty"
        elements = self._split(data)
        head = [content for _, content in (next(elements, (0, memoryview(b""))) for _ in range(3))]
        name = bytes(head[2]).decode("ascii", "replace")
        if depth == 0:
            self._variable = shown(name) or "a variable without a name"
        flags, shape = self._integer(head[0][:4]), self._shape(head[1])
        if depth > _DEEPEST:
            raise self._error(f"cells and structures {_DEEPEST} deep at most", "more")
        kind = flags & 0xFF
        if kind == _CELL:
            return name, Cells(shape, self._inner(elements, self._size(shape), depth))
        if kind == _STRUCTURE:
            return name, self._structure(elements, shape, depth)
        if kind == _CHARACTERS:
            return name, self._characters(elements, shape)
        if kind in _NUMERIC and not flags >> 8 & _COMPLEX:
            return name, self._numbers(elements, shape)
        return name, "complex" if kind in _NUMERIC else _KINDS.get(kind, f"class {kind}")

    def _shape(self, data: memoryview) -> tuple[int, ...]:
        shape = tuple(self._integer(data[i : i + 4]) for i in range(0, len(data), 4))
        if not 2 <= len(shape) <= 32:
            raise self._error("two to 32 dimensions", f"{len(shape)}")
        return shape

    def _size(self, shape: tuple[int, ...]) -> int:
        return check_shape(self._file, self._variable, shape) if min(shape) else 0

    def _inner(self, elements: Iterator[tuple[int, memoryview]], size: int, depth: int) -> list[Any]:
        values = [self._matrix(data, depth + 1)[1] for kind, data in elements if kind == _MATRIX]
        if len(values) != size:
            raise self._error(f"{size} values", f"{len(values)}")
        return values

    def _structure(
        self, elements: Iterator[tuple[int, memoryview]], shape: tuple[int, ...], depth: int
    ) -> dict[str, Any] | str:
        """Return the fields of a single structure; an array of structures is only named."""
        length = self._integer(next(elements, (0, memoryview(b"")))[1][:4])
        names = bytes(next(elements, (0, memoryview(b"")))[1])
        if set(shape) != {1}:
            return "array of structures"
        if not 1 <= length <= 64 or len(names) % length:
            raise self._error(
                "names of fields, at most 64 bytes each", f"{len(names)} bytes of {length} each"
            )
        fields = [
            names[i : i + length].split(b"\0")[0].decode("ascii", "replace")
            for i in range(0, len(names), length)
        ]
        return dict(zip(fields, self._inner(elements, len(fields), depth), strict=True))

    def _characters(self, elements: Iterator[tuple[int, memoryview]], shape: tuple[int, ...]) -> list[str]:
        """Return the rows of a matrix of characters, without blanks at their ends."""
        kind, data = next(elements, (0, memoryview(b"")))
        if kind not in _TEXTS:
            raise self._error("characters", f"type {kind}")
        encoding = {4: "utf-16", 17: "utf-16"}.get(kind, "utf-8")
        if encoding == "utf-16":
            encoding += "-le" if self._order == "<" else "-be"
        text = bytes(data).decode(encoding, "replace")
        if len(shape) != 2 or len(text) != self._size(shape):
            raise self._error(f"characters of shape {list(shape)}", f"{len(text)} characters")
        rows = shape[0] if text else 0
        return [text[i::rows].rstrip() for i in range(rows)]  # the characters stand column by column

    def _numbers(self, elements: Iterator[tuple[int, memoryview]], shape: tuple[int, ...]) -> Any:
        import numpy as np

        kind, data = next(elements, (0, memoryview(b"")))
        size = self._size(shape)
        if kind not in _NUMBERS or len(data) != size * int(_NUMBERS[kind][1]):
            raise self._error(f"{size} numbers", f"{len(data)} bytes of type {kind}")
        return np.frombuffer(data, dtype=self._order + _NUMBERS[kind]).reshape(shape, order="F")
