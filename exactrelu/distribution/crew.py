"""The workers of an executor: parts go out, outcomes come back, and what is lost on the way is open again.

Whatever a work's own search raises comes back as an answer (`exactrelu.distribution.worker`). So an error of
a future is one of the way there: a process that was killed, a connection that broke, a future that somebody
cancelled. The part is then done again.
"""

from __future__ import annotations

import hashlib
import pickle
import secrets
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from exactrelu.distribution.parts import Json, Outcome, Part, Slice, Work
from exactrelu.distribution.worker import Answer, outcome_of, remember, search_part
from exactrelu.errors import WorkersLostError

_MOST_LOSSES = 10  # pools in a row, or parts for each one that is under way, with nothing finished between


@dataclass(frozen=True, eq=False)
class Ticket:
    """A part that is under way, with its place among the others."""

    part: Part
    place: tuple[int, ...]


@dataclass(frozen=True)
class _Errand:
    """What was sent: a part, for how long, what was known, and by the how many-th pool."""

    ticket: Ticket
    piece: Slice
    hint: Json
    pool: int


class Crew:
    """The workers of an executor, and what they know of a work.

    The work is pickled once, and sent to a worker when it says that it does not know it: with each part go a
    few bytes only. A Dask client scatters it, which goes from worker to worker. Processes that are forked
    from this one know it.

    Parameters
    ----------
    executor
        Any executor; or a client of Dask (``distributed.Client``); None for nobody but this process.
    work
        What they work on.
    size
        How many parts are under way at the same time; None for as many as there seem to be workers.
    """

    def __init__(self, executor: Any, work: Work, size: int | None = None) -> None:
        self._work = work
        # Processes of ours are forked from this one and know the work; others may know it from another time.
        is_ours = executor is None or hasattr(executor, "renew")
        self.key = secrets.token_hex(32) if is_ours else hashlib.sha256(self.packed).hexdigest()
        remember(self.key, work)
        self.size = size or workers_of(executor)
        self.has_answered, self.is_gone = False, executor is None
        self._client = executor if _is_client(executor) else None
        self._executor: Executor = executor.get_executor(pure=False) if self._client else executor
        self._sent: Any = None
        self._running: dict[Future[Answer], _Errand] = {}
        self.lost = self._in_a_row = self._pool = 0

    @cached_property
    def packed(self) -> bytes:
        """The work, pickled."""
        return pickle.dumps(self._work)

    @property
    def running(self) -> int:
        """How many parts are under way."""
        return len(self._running)

    def under_way(self) -> list[Part]:
        """Return the parts that are under way."""
        return [errand.ticket.part for errand in self._running.values()]

    def submit(self, ticket: Ticket, piece: Slice, hint: Json, packed: Any = None) -> bool:
        """Send a part; return False if the executor takes no more work."""
        try:
            future = self._executor.submit(search_part, self.key, packed, ticket.part.what, piece, hint)
        except (RuntimeError, OSError):  # the pool is broken, was shut down, or cannot begin a process
            self._give_up(self._pool)
            return False
        self._running[future] = _Errand(ticket, piece, hint, self._pool)
        return True

    def collect(self, seconds: float) -> Iterator[tuple[Ticket, Outcome | None]]:
        """Wait until something comes back, and yield it: an outcome, or None for a part that is lost.

        Raises
        ------
        WorkersLostError
            If workers are lost again and again, and nothing is finished in between.
        """
        if not self._running:
            return
        done, _ = wait(self._running, timeout=seconds, return_when=FIRST_COMPLETED)
        for future in done:
            errand = self._running.pop(future)
            outcome = self._received(future, errand)
            if outcome is not _UNDER_WAY:
                yield errand.ticket, outcome

    def _received(self, future: Future[Answer], errand: _Errand) -> Outcome | None:
        """Return what came back, `_UNDER_WAY` where the part was sent again, with the work."""
        try:
            outcome = outcome_of(_answer(future))
        except _LostError as loss:
            self._lose(errand, is_broken=isinstance(loss.__cause__, BrokenExecutor))
            return None
        self.has_answered = True
        if outcome is None:
            return (
                _UNDER_WAY if self.submit(errand.ticket, errand.piece, errand.hint, self._to_send()) else None
            )
        self._in_a_row = 0
        return outcome

    def cancel(self) -> None:
        """End what has not begun, and leave what runs to itself."""
        for future in self._running:
            future.cancel()
        self._running.clear()

    def _to_send(self) -> Any:
        """Return what a worker is sent that does not know the work."""
        if self._client is None:
            return self.packed
        if self._sent is None:
            self._sent = self._client.scatter(self.packed, broadcast=True)
        return self._sent

    def _lose(self, errand: _Errand, *, is_broken: bool) -> None:
        self._sent = None  # what was scattered may be gone with the worker
        self.lost += 1
        if is_broken:
            self._give_up(errand.pool)
        else:
            self._count_loss()

    def _count_loss(self) -> None:
        self._in_a_row += 1
        if self._in_a_row > _MOST_LOSSES * (1 if hasattr(self._executor, "renew") else self.size):
            raise WorkersLostError(self._in_a_row)

    def _give_up(self, pool: int) -> None:
        """Take new processes in place of a broken pool, or none where the executor is somebody else's."""
        if pool != self._pool:
            return  # the parts of one pool are lost one after the other
        self._count_loss()
        self._pool += 1
        renew = getattr(self._executor, "renew", None)
        if renew is None:
            self.is_gone = True
        else:
            renew()


_UNDER_WAY = Outcome()


class _LostError(Exception):
    """A part is lost, not decided."""


def _answer(future: Future[Answer]) -> Answer:
    try:
        return future.result()
    except Exception as error:
        raise _LostError from error


def _is_client(executor: Any) -> bool:
    return hasattr(executor, "scatter") and hasattr(executor, "get_executor")


def workers_of(executor: Any) -> int:
    """Return how many workers an executor seems to have; 8 where it does not say."""
    for name in ("jobs", "_max_workers"):
        if isinstance(number := getattr(executor, name, None), int):
            return max(1, number)
    client: Any = executor if _is_client(executor) else getattr(executor, "_client", None)
    with suppress(Exception):
        return max(1, int(sum(client.ncores().values())))
    return 8
