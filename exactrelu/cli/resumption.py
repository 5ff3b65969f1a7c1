"""Going on where an interrupted run of ``regions --jsonl`` stopped."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from exactrelu.documents.region import GeometryDetail, region_document
from exactrelu.enumeration import Problem, Reached
from exactrelu.errors import ExactReluError, FormatError
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.region import region_of

_Found = TypeVar("_Found")


@dataclass(frozen=True)
class Resumption:
    """What an unfinished JSON Lines file holds: whole lines, and their size in bytes."""

    path: str
    lines: int
    size: int

    @classmethod
    def of(cls, path: str, problem: Problem, detail: GeometryDetail) -> Resumption:
        """Read the file and see that its last line is a region of ``problem``, written in the same detail.

        Raises
        ------
        FormatError
            If the file is complete, or its last line comes from another network, domain or detail.
        OSError
            If there is no such file.
        """
        lines, size, last = 0, 0, b""
        with Path(path).open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):  # what follows the last line feed was cut off
                    lines, size, last = lines + 1, size + len(line), line
        if lines:
            _require_region(path, lines, last, problem, detail)
        return cls(path, lines, size)

    def rest(self, leaves: Iterable[Reached]) -> Iterator[Reached]:
        """Yield the leaves that the file does not hold yet; they come sorted by configuration.

        Raises
        ------
        FormatError
            While iterating, if a line of the file is not the leaf in its place.
        """
        return self._rest(leaves, lambda leaf: (str(leaf.configuration), leaf.dimension))

    def rest_of_texts(self, texts: Iterable[str]) -> Iterator[str]:
        """Yield the texts of regions, sorted by configuration, that the file does not hold yet.

        Raises
        ------
        FormatError
            While iterating, if a line of the file is not the region in its place.
        """

        def told(text: str) -> tuple[str, int]:
            region = json.loads(text)
            return region["configuration"], region["dimension"]

        return self._rest(texts, told)

    def _rest(self, found: Iterable[_Found], told: Callable[[_Found], tuple[str, int]]) -> Iterator[_Found]:
        """Yield what is found beyond the file's lines; ``told``: the configuration and dimension of one."""
        remaining = iter(found)
        with Path(self.path).open("rb") as file:
            for number, line in enumerate(islice(file, self.lines), start=1):
                one = next(remaining, None)
                _require_leaf(self.path, number, line, None if one is None else told(one))
        yield from remaining


def _require_leaf(path: str, number: int, line: bytes, told: tuple[str, int] | None) -> None:
    """Raise `FormatError` unless the line has the configuration and the dimension that are told."""
    found = _parsed(path, number, line)
    if (
        told is None
        or not isinstance(found, dict)
        or (found.get("configuration"), found.get("dimension")) != told
    ):
        raise _another_run(path, number)


def _parsed(path: str, number: int, line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise FormatError(path, f"line {number}", "a line of JSON", "something else") from None


def _another_run(path: str, number: int) -> FormatError:
    expected = "a region of this network, domain and options"
    return FormatError(path, f"line {number}", expected, "one of another run")


def _require_region(path: str, number: int, line: bytes, problem: Problem, detail: GeometryDetail) -> None:
    """Raise `FormatError` unless the line is a region of the problem, which is computed once more."""
    found = _parsed(path, number, line)
    if isinstance(found, dict) and "count" in found:
        raise FormatError(path, f"line {number}", "an unfinished run", "a complete one, with its count")
    try:
        configuration = Configuration.parse(str(found["configuration"]), problem.network.bent_widths)
        region = region_of(problem.network, configuration, problem.domain, problem.reading)
    except (TypeError, KeyError, ExactReluError):
        region = None
    expected = None if region is None else _without_point(region_document(region, detail))
    if expected is None or _without_point(found) != expected:
        raise _another_run(path, number)


def _without_point(document: dict[str, Any]) -> dict[str, Any]:
    """Return a region without its point, which every engine chooses as it likes."""
    return {key: value for key, value in document.items() if key != "point"}
