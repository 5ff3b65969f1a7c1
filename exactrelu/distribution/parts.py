"""What a shared work is made of: parts, what becomes of them, and the question that they belong to."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

Json: TypeAlias = Any
"""Whatever `json` writes and reads back as it was: no floats but exact ones, no numbers as keys."""


@dataclass(frozen=True)
class Part:
    """A part that is open: ``what`` it is, and about which share of what it was part of."""

    what: Json
    share: float = 1.0


@dataclass(frozen=True)
class Outcome:
    """What became of a part: a result, None where nothing is found, and the parts of it that are left open.

    In a work whose results have an order, the result comes first and the rest follows as it is listed.
    """

    result: Json = None
    rest: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Slice:
    """How long a part is searched.

    ``seconds``: after them, what is open is given back; ``at_most``: after them, even in the middle of
    something; ``groups``: about how many parts the rest should be.
    """

    seconds: float
    at_most: float = float("inf")
    groups: int = 1


class Work(Protocol):
    """A question that can be pickled, and searched part by part."""

    def question(self) -> dict[str, Json]:
        """Return what tells this question from all others; ``kind`` names it for people."""
        ...

    def search(self, what: Json, piece: Slice, hint: Json) -> Outcome:
        """Search a part for the seconds of the slice; ``hint`` is what is known elsewhere."""
        ...


def canonical(value: Json) -> str:
    """Return the one text of a piece of JSON.

    Examples
    --------
    >>> canonical({"b": [1, "x"], "a": None})
    '{"a":null,"b":[1,"x"]}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def digest(*values: Json) -> str:
    """Return the SHA-256 of pieces of JSON, in hexadecimal digits."""
    return hashlib.sha256(canonical(list(values)).encode()).hexdigest()
