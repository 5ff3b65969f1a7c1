"""How a question is shared out: alone for a moment, then by workers, within the limits of a search."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from exactrelu.enumeration.effort import Search
from exactrelu.errors import BudgetExhaustedError
from exactrelu.kernels.library import compiled

if TYPE_CHECKING:
    from exactrelu.distribution.parts import Json
    from exactrelu.distribution.schedule import Sharing

ALONE = 0.1  # seconds that a question is tried in this process: to share it out takes about as long
_COMPILED = 4  # times that, where compiled code does in these seconds what is not worth two processes
UNDIVIDED = 100  # times that for searches whose parts take longer together than the whole

R = TypeVar("R")


def sharing_of(search: Search, hint: Callable[[], Json] = lambda: None, *, in_order: bool = False) -> Sharing:
    """Return how a work is shared within the limits of a search."""
    from exactrelu.distribution.schedule import Sharing

    def left() -> float:
        return math.inf if search.deadline is None else max(0.0, search.deadline - time.monotonic())

    return Sharing(check=search.check_time, hint=hint, left=left, in_order=in_order)


def tried_alone(search: Search, question: Callable[[Search], R], times: float = 1) -> R | None:
    """Return the answer to a question that takes a moment only, or ``times`` a moment, None for others.

    Raises
    ------
    BudgetExhaustedError
        Where a limit of the search itself is reached.
    """
    if ALONE <= 0:
        return None
    seconds = ALONE * max(times, _COMPILED if compiled() else 1)
    end = time.monotonic() + seconds
    if search.deadline is not None and search.deadline <= end:
        return question(search)
    try:
        return question(replace(search, time_limit=seconds, deadline=end, listener=None))
    except BudgetExhaustedError:
        if time.monotonic() < end:
            raise  # another limit
        search.check_time()
        return None
