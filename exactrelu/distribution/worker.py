"""What runs in a worker: one part of a work that it has been sent once."""

from __future__ import annotations

import pickle
from typing import Any

from exactrelu.distribution.freed_memory import freed_memory_is_kept
from exactrelu.distribution.parts import Json, Outcome, Slice, Work
from exactrelu.errors import ExactReluError

_MOST = 2  # works that a worker remembers
_known: dict[str, Work] = {}

DONE, UNKNOWN, FAILED = "done", "unknown", "failed"
"""A part was searched; the worker does not know the work; the search raised an error of its own."""

Answer = tuple[str, Any]


def remember(key: str, work: Work) -> None:
    """Keep a work in this process, and in those that are forked from it."""
    while len(_known) >= _MOST and key not in _known:
        del _known[next(iter(_known))]
    _known[key] = work


def search_part(key: str, packed: bytes | None, what: Json, piece: Slice, hint: Json) -> Answer:
    """Search a part of the work with the key, which comes packed, or was sent before.

    What the search raises is an answer, too: so what an executor raises is always a loss on the way.
    """
    if packed is not None and key not in _known:
        remember(key, pickle.loads(packed))  # noqa: S301 - packed by the `Crew` of this very run
    if key not in _known:
        return UNKNOWN, None
    try:
        with freed_memory_is_kept():
            return DONE, _known[key].search(what, piece, hint)
    except MemoryError:
        raise  # another worker may have more
    except Exception as error:  # noqa: BLE001 - it is raised again where the work was shared out
        return FAILED, _travelling(error)


def _travelling(error: Exception) -> Exception:
    """Return the error, or one that says the same and can be pickled."""
    try:
        copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - made in this line
    except Exception:  # noqa: BLE001 - whatever a class with other arguments raises
        copy = None
    if type(copy) is type(error) and str(copy) == str(error):
        return error
    kind = ExactReluError if isinstance(error, ExactReluError) else ArithmeticError
    return kind(f"{type(error).__name__}: {error}")


def outcome_of(answer: Answer) -> Outcome | None:
    """Return the outcome, None if the work has to be sent; raise what the search raised."""
    kind, value = answer
    if kind == FAILED:
        raise value
    return value if kind == DONE else None
