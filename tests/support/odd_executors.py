"""Executors that fail as they are told, and processes that are killed for good."""

from __future__ import annotations

import os
import random
import signal
from concurrent.futures import Executor, Future

from exactrelu.distribution.processes import Processes


class Odd(Executor):
    """An executor that runs a task at once, and fails as it is told: by the number of the task."""

    def __init__(self, failing=(), error=RuntimeError, refuses_from=None):
        self.failing, self.error, self.refuses_from, self.tasks = failing, error, refuses_from, 0

    def submit(self, function, /, *args, **kwargs):
        self.tasks += 1
        if self.refuses_from is not None and self.tasks >= self.refuses_from:
            raise RuntimeError("cannot schedule new futures after shutdown")
        future = Future()
        if self.tasks in self.failing and self.error is None:
            future.cancel()
            future.set_running_or_notify_cancel()
        elif self.tasks in self.failing:
            future.set_exception(self.error("lost"))
        else:
            future.set_result(function(*args, **kwargs))
        return future


def _die_sometimes(seed, function, args):
    """Run a task, or kill this process before it, in the middle of it, or after it."""
    generator = random.Random(seed)  # noqa: S311 - test cases are no secrets
    when = generator.choice(["before", "in the middle", "after", *["never"] * 6])
    if when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    if when == "in the middle":
        signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        signal.setitimer(signal.ITIMER_REAL, generator.uniform(0.001, 0.02))
    found = function(*args)
    signal.setitimer(signal.ITIMER_REAL, 0)
    if when == "after":
        os.kill(os.getpid(), signal.SIGKILL)
    return found


class Mortal(Processes):
    """Processes of which some are killed, by SIGKILL, at random."""

    def __init__(self, jobs, seed):
        super().__init__(jobs)
        self.seed, self.tasks = seed, 0

    def submit(self, function, /, *args):
        self.tasks += 1
        return super().submit(_die_sometimes, 1000 * self.seed + self.tasks, function, args)


class Doomed(Processes):
    """Processes that are killed with the first task that they get."""

    def submit(self, function, /, *args):
        return super().submit(_die)


def _die():
    os.kill(os.getpid(), signal.SIGKILL)
