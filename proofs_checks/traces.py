"""What a check computes with its cases, as a digest: points left out or layers skipped are seen in it.

The digest is a sum over all results, so it does not depend on their order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from hashlib import sha256
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
_SIZE = 2**64


class Trace:
    """The sum of the digests of all results since tracing began."""

    def __init__(self) -> None:
        self.total = 0

    def add(self, name: str, result: Any) -> None:
        """Add what a function gave."""
        digest = sha256(f"{name} {result!r}".encode()).digest()
        self.total = (self.total + int.from_bytes(digest[:8])) % _SIZE

    def __str__(self) -> str:
        return f"{self.total:016x}"


_active: list[Trace] = []


@contextmanager
def tracing() -> Iterator[Trace]:
    """Trace what is computed in the block."""
    trace = Trace()
    _active.append(trace)
    try:
        yield trace
    finally:
        _active.remove(trace)


def note(name: str, value: Any) -> None:
    """Make a value part of every trace."""
    for trace in _active:
        trace.add(name, value)


def traced(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function, whose results are part of every trace."""

    @wraps(function)
    def with_trace(*args: P.args, **kwargs: P.kwargs) -> R:
        result = function(*args, **kwargs)
        note(function.__name__, result)
        return result

    return with_trace
