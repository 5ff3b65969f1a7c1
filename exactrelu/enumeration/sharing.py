"""How a question is shared out: alone for a moment, then by workers, within the limits of a search."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from exactrelu.enumeration.effort import Search
from exactrelu.errors import BudgetExhaustedError

if TYPE_CHECKING:
    from exactrelu.distribution.parts import Json
    from exactrelu.distribution.schedule import Sharing

ALONE = 0.1  # seconds that a question is tried in this process: to share it out takes about as long

R = TypeVar("R")


def sharing_of(search: Search, hint: Callable[[], Json] = lambda: None, *, in_order: bool = False) -> Sharing:
    """Return how a work is shared within the limits of a search."""
    from exactrelu.distribution.schedule import Sharing

    def left() -> float:
        return math.inf if search.deadline is None else max(0.0, search.deadline - time.monotonic())

    return Sharing(check=search.check_time, hint=hint, left=left, in_order=in_order)


def tried_alone(search: Search, question: Callable[[Search], R]) -> R | None:
    """Return the answer to a question that takes a moment only, None for others.

    Raises
    ------
    BudgetExhaustedError
        Where a limit of the search itself is reached.
    """
    if ALONE <= 0:
        return None
    end = time.monotonic() + ALONE
    if search.deadline is not None and search.deadline <= end:
        return question(search)
    try:
        return question(replace(search, time_limit=ALONE, deadline=end, listener=None))
    except BudgetExhaustedError:
        if time.monotonic() < end:
            raise  # another limit
        search.check_time()
        return None
