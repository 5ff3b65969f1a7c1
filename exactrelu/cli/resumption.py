"""Going on where an interrupted run of ``regions --jsonl`` stopped."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exactrelu.configuration import Configuration
from exactrelu.enumeration import Leaf, Problem, Reached
from exactrelu.errors import ExactReluError, FormatError
from exactrelu.formats.region_document import GeometryDetail, region_document
from exactrelu.region import region_of


@dataclass(frozen=True)
class Resumption:
    """What an unfinished JSON Lines file holds: whole lines, their size in bytes, the last configuration."""

    lines: int
    size: int
    last: bytes | None

    @classmethod
    def of(cls, path: str, problem: Problem, detail: GeometryDetail) -> Resumption:
        """Read the file and see that its last line is a region of ``problem``, written in the same detail.

        Raises
        ------
        FormatError
            If the file is complete, or was written by a run with another network, domain or options.
        OSError
            If there is no such file.
        """
        lines, size, last = 0, 0, b""
        with Path(path).open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):  # what follows the last line feed was cut off
                    lines, size, last = lines + 1, size + len(line), line
        if not lines:
            return cls(0, 0, None)
        return cls(lines, size, _last_bits(path, lines, last, problem, detail))

    def rest(self, leaves: Iterable[Leaf]) -> Iterator[Leaf]:
        """Yield the leaves that the file does not hold yet; they come sorted by configuration."""
        return (
            leaf
            for leaf in leaves
            if self.last is None or not isinstance(leaf, Reached) or leaf.bits > self.last
        )


def _last_bits(path: str, lines: int, line: bytes, problem: Problem, detail: GeometryDetail) -> bytes:
    """Return the bits of the last line, after computing its region once more."""
    place = f"line {lines}"
    try:
        found = json.loads(line)
    except ValueError:
        raise FormatError(path, place, "a line of JSON", "something else") from None
    if isinstance(found, dict) and "count" in found:
        raise FormatError(path, place, "an unfinished run", "a complete one, with its count")
    try:
        configuration = Configuration.parse(str(found["configuration"]), problem.network.hidden_widths)
        region = region_of(problem.network, configuration, problem.domain, problem.reading)
    except (TypeError, KeyError, ExactReluError):
        region = None
    expected = None if region is None else _without_point(region_document(region, detail))
    if expected is None or _without_point(found) != expected:
        raise FormatError(path, place, "a region of this network, domain and options", "one of another run")
    return bytes(bit for _, _, bit in configuration.bits())


def _without_point(document: dict[str, Any]) -> dict[str, Any]:
    """Return a region without its point, which every engine chooses as it likes."""
    return {key: value for key, value in document.items() if key != "point"}
