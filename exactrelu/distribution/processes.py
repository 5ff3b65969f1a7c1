"""Processes of this machine, as an executor that can be begun anew when one of them is killed."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Processes(Executor):
    """So many processes, started when there is work for them.

    A pool of Python's that loses a process is of no use any more; `renew` takes another one.
    """

    def __init__(self, jobs: int, initializer: Callable[[], None] | None = None) -> None:
        self.jobs, self._initializer = jobs, initializer
        self._pool: ProcessPoolExecutor | None = None

    @property
    def can_win(self) -> bool:
        """Whether there is more than one processor for them."""
        return self.jobs > 1 and _processors() > 1

    def submit(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Let a process call the function."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self.jobs, initializer=self._initializer)
        return self._pool.submit(function, *args, **kwargs)

    def renew(self) -> None:
        """Let go of the processes; the next work begins new ones."""
        self.shutdown(wait=False, cancel_futures=True)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes; those that work end when they are through, or with this one."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=wait, cancel_futures=cancel_futures)


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
