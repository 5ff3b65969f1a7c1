"""What a search knows so far, on one line of stderr that is written again and again."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exactrelu.enumeration.effort import Search

_PAUSE = 0.1  # seconds between two writings
_BACK_AND_CLEAR = "\r\x1b[2K"


@contextmanager
def status_line(search: Search) -> Iterator[Search]:
    """Give the search; what it tells is shown as well where stderr is a terminal, until the end."""
    if not sys.stderr.isatty():
        yield search
        return
    line = _Line(search)
    try:
        yield replace(search, listener=line.listen)
    finally:
        line.clear()


class _Line:
    def __init__(self, search: Search) -> None:
        self._search, self._next = search, time.monotonic() + _PAUSE

    def listen(self, name: str, text: Callable[[], str]) -> None:
        """Pass on what the search tells, and show it."""
        self._search.tell(name, text)
        if time.monotonic() >= self._next:
            sys.stderr.write(f"{_BACK_AND_CLEAR}{name}: {text()}")
            sys.stderr.flush()
            self._next = time.monotonic() + _PAUSE

    def clear(self) -> None:
        """Leave an empty line."""
        sys.stderr.write(_BACK_AND_CLEAR)
        sys.stderr.flush()
