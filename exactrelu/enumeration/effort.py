"""How a search is done and what it may spend: one value, engine and limits together."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from exactrelu.enumeration.engines import require_engine
from exactrelu.errors import ArgumentError, BudgetExhaustedError

Listener = Callable[[str, Callable[[], str]], None]


@dataclass(frozen=True)
class Search:
    """The engine that a search uses, and how much it may spend; without limits it runs to its end.

    A function that is given a search measures the seconds from its call on. `started` starts the clock
    earlier: then all calls that are given the started search share its seconds.

    Parameters
    ----------
    engine
        ``auto``, ``generators``, ``lp`` or ``ppl``; all find the same.
    max_regions
        The most regions that one enumeration may find, at least 0.
    time_limit
        Seconds, more than 0.

    Raises
    ------
    ArgumentError
        For an unknown engine, a negative number of regions, or seconds that are not positive. Where a limit
        is reached, the function that searches raises `BudgetExhaustedError`.

    Examples
    --------
    >>> from exactrelu import Network, count
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> count(net, search=Search("ppl", max_regions=3))
    3
    >>> count(net, search=Search(max_regions=2))
    Traceback (most recent call last):
    exactrelu.errors.BudgetExhaustedError: more than 2 regions
    """

    engine: str = "auto"
    max_regions: int | None = None
    time_limit: float | None = None
    deadline: float | None = field(default=None, repr=False, compare=False, kw_only=True)
    """The end by `time.monotonic`, once the clock is started."""
    listener: Listener | None = field(default=None, repr=False, compare=False, kw_only=True)
    """Told what is known so far, again and again: a name, and a function that says it."""

    def __post_init__(self) -> None:
        require_engine(self.engine)
        if self.max_regions is not None and self.max_regions < 0:
            raise ArgumentError(f"max_regions: expected at least 0, got {self.max_regions}")
        if self.time_limit is not None and not self.time_limit > 0:
            raise ArgumentError(f"time_limit: expected more than 0 seconds, got {self.time_limit}")

    def started(self) -> Search:
        """Return this search with its clock started; it is started once only."""
        if self.time_limit is None or self.deadline is not None:
            return self
        return replace(self, deadline=time.monotonic() + self.time_limit)

    def with_engine(self, engine: str) -> Search:
        """Return the search, with what is left of it, by another engine."""
        return replace(self, engine=engine)

    def tell(self, name: str, text: Callable[[], str]) -> None:
        """Tell the listener, if there is one, what is known so far; ``text`` says it when it is called."""
        if self.listener is not None:
            self.listener(name, text)

    def telling(self, subject: str) -> Search:
        """Return the search, which tells what it tells as about the subject."""
        return replace(self, listener=lambda name, text: self.tell(f"{name} of {subject}", text))

    def check_time(self) -> None:
        """Raise `BudgetExhaustedError` if the clock is started and the time is over."""
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise BudgetExhaustedError(f"time limit of {self.time_limit:g} seconds ran out")

    def check_regions(self, found: int) -> None:
        """Raise `BudgetExhaustedError` if an enumeration has found too many regions."""
        if self.max_regions is not None and found > self.max_regions:
            raise BudgetExhaustedError(f"more than {self.max_regions} regions")


def started(search: Search | None) -> Search:
    """Return a search with its clock started; without one, the search by ``auto`` that has no limits."""
    return (search or Search()).started()
