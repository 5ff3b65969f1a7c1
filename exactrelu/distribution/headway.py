"""How far a shared work is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Headway:
    """How far a shared work is.

    Parameters
    ----------
    done
        The share of the work that is finished, from 0 to 1: by the tree of its parts, not by the clock.
    finished, running, waiting
        Parts that are finished, under way, and not begun.
    lost
        Parts that were lost with their worker and done again.
    seconds
        Since the beginning.

    Examples
    --------
    >>> print(Headway(0.25, 12, 4, 9, 1, 3.0))
    25 %, 12 parts finished, 4 running, 9 waiting, 1 lost and done again
    """

    done: float
    finished: int
    running: int
    waiting: int
    lost: int
    seconds: float

    def __str__(self) -> str:
        lost = f", {self.lost} lost and done again" if self.lost else ""
        parts = f"{self.finished} parts finished, {self.running} running, {self.waiting} waiting"
        return f"{min(100, int(100 * self.done + 1e-6))} %, {parts}{lost}"


Listener: TypeAlias = Callable[[Headway], object]
"""Told, again and again, how far a work is."""
