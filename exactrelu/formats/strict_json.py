"""JSON as the formats need it: numbers stay text until they are read exactly, and doubt is an error.

Duplicate keys, NaN and infinities, other encodings than UTF-8 and trailing text are refused.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from exactrelu.errors import ExactReluError, FormatError
from exactrelu.formats.limits import MAX_JSON_ELEMENTS, printable, read_regular_file
from exactrelu.numbers.rationals import parse_rational, rational


@dataclass(frozen=True, slots=True)
class JsonNumber:
    """A JSON number as it is written."""

    text: str


@dataclass(frozen=True, slots=True)
class JsonConstant:
    """``NaN``, ``Infinity`` or ``-Infinity``, which are no JSON and no rationals."""

    text: str


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON value with the file and the place where it stands."""

    file: str
    place: str
    value: Any

    def fail(self, expected: str, got: str | None = None) -> FormatError:
        """Return the error "expected ..., got ..." for this place."""
        return FormatError(self.file, self.place, expected, got if got is not None else _kind(self.value))

    def child(self, key: str) -> Node:
        """Return the value under a key that is there."""
        return Node(self.file, f"{self.place}.{key}" if self.place else key, self.value[key])

    def items(self) -> list[Node]:
        """Return the elements of an array."""
        if not isinstance(self.value, list):
            raise self.fail("a list")
        return [Node(self.file, f"{self.place}[{i}]", item) for i, item in enumerate(self.value)]

    def require_keys(self, required: Collection[str], optional: Collection[str] = ()) -> None:
        """Check that this is an object with the required keys and no unknown ones."""
        if not isinstance(self.value, dict):
            raise self.fail("an object")
        for key in required:
            if key not in self.value:
                raise self.fail(f"the key {key!r}", "none")
        known = (*required, *optional)
        for key in self.value:
            if key not in known:
                raise self.fail(f"only the keys {', '.join(known)}", f"{key!r}")

    def number(self) -> Fraction:
        """Return the exact rational that stands here, a JSON number or a string."""
        try:
            if isinstance(self.value, JsonNumber):
                return parse_rational(self.value.text)
            if not isinstance(self.value, str):
                raise self.fail('a rational such as "-3/4", 12 or 1.5e-3')
            return rational(self.value)
        except FormatError:
            raise
        except ExactReluError as error:
            expected, _, got = str(error).removeprefix("expected ").rpartition(", got ")
            raise self.fail(expected, got) from None

    def text(self) -> str:
        """Return the string that stands here."""
        if not isinstance(self.value, str):
            raise self.fail("a string")
        return self.value


def read_json(path: str | Path) -> Node:
    """Return the JSON document in a file.

    Raises
    ------
    FormatError
        If the file cannot be read or is not strict JSON in UTF-8; the message names line and column,
        or the place in the document.
    """
    return parse_json(printable(str(path)), read_regular_file(path))


def parse_json(file: str, data: bytes) -> Node:
    """Return the JSON document in the bytes of a file (`read_json` says what is refused)."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(file, f"byte {error.start}", "UTF-8 text", "other bytes") from None
    if sum(map(data.count, (b",", b"[", b"{"))) > MAX_JSON_ELEMENTS:
        raise FormatError(
            file, "", f"at most {MAX_JSON_ELEMENTS} elements (commas and opening brackets)", "more"
        )
    repeated: list[_Object] = []
    try:
        value = json.loads(
            text,
            parse_int=JsonNumber,
            parse_float=JsonNumber,
            parse_constant=JsonConstant,
            object_pairs_hook=partial(_object, repeated),
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise FormatError(file, place, "JSON", f"a syntax error ({error.msg})") from None
    except RecursionError:
        raise FormatError(file, "", "JSON of moderate depth", "brackets nested too deeply") from None
    document = Node(file, "", value)
    if repeated:
        _refuse_duplicates(document)
    return document


def require_format(document: Node, name: str, *versions: int) -> None:
    """Check the keys ``format`` and ``version`` of a document; without versions, version 1 is expected."""
    if not isinstance(document.value, dict):
        raise document.fail(f"an object with the format {name!r}")
    if document.value.get("format") != name:
        raise document.fail(f'"format": "{name}"', _kind(document.value.get("format")))
    expected = [str(version) for version in versions or (1,)]
    if document.value.get("version") not in [JsonNumber(version) for version in expected]:
        raise document.fail(f'"version": {" or ".join(expected)}', _kind(document.value.get("version")))


class _Object(dict[str, Any]):
    """A JSON object that remembers a key that it holds twice."""

    repeated: str | None = None


def _object(repeated: list[_Object], pairs: list[tuple[str, Any]]) -> _Object:
    """Return an object; one that holds a key twice is noted."""
    result = _Object(pairs)
    if len(result) < len(pairs):
        numbers = Counter(key for key, _ in pairs)
        result.repeated = next(key for key, number in numbers.items() if number > 1)
        repeated.append(result)
    return result


def _refuse_duplicates(document: Node) -> None:
    """Raise if an object holds a key twice: which value counts would be a guess."""
    nodes = [document]
    while nodes:
        node = nodes.pop()
        if isinstance(node.value, _Object):
            if node.value.repeated is not None:
                raise node.fail("each key once", f"{node.value.repeated!r} twice")
            nodes += [node.child(key) for key in node.value]
        elif isinstance(node.value, list) and any(isinstance(item, (list, dict)) for item in node.value):
            nodes += node.items()


def _kind(value: Any) -> str:
    if isinstance(value, JsonNumber):
        return value.text if len(value.text) <= 40 else "a long number"
    if isinstance(value, JsonConstant):
        return value.text
    if isinstance(value, str):
        return repr(value) if len(value) <= 40 else f"{value[:40]!r}..."
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "nothing"
    return "a list" if isinstance(value, list) else "an object"
