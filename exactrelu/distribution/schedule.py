"""The loop that shares a work out: who gets what, for how long, and what comes back.

The largest parts are handed out first; while fewer are open than workers, slices are short and come back in
many parts, so that whoever is idle gets a piece of what is long. Until a first worker answers, and when none
is left, this process works itself.
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from exactrelu.distribution.crew import Crew, Ticket
from exactrelu.distribution.headway import Headway, Listener
from exactrelu.distribution.part_files import PartFiles
from exactrelu.distribution.parts import Json, Outcome, Part, Slice, Work

_SHORT, _LONG, _LONGEST = 0.25, 1.0, 10.0  # seconds of a slice
_FIRST = 0.05  # of those before anything has come back, lest all but one worker wait
_FOR_EACH = 0.005  # seconds of a long slice for each worker: this process takes a part of that for an outcome
_OWN = 0.1  # seconds of a slice of this process, until a worker answers
_LOOK = 0.2  # seconds between looks at the clock
_MOST_WAITING = 256  # results that wait for those before them

Place = tuple[int, ...]


@dataclass
class Sharing:
    """How a work is shared out: where its parts are kept, and who is told and asked meanwhile.

    ``check`` may raise to end the work, ``hint`` is what workers are told with each part, ``left`` are the
    seconds that are left, if they are limited, ``clock`` says what time it is.
    """

    files: PartFiles | None = None
    listener: Listener | None = None
    check: Callable[[], None] = field(default=lambda: None)
    hint: Callable[[], Json] = field(default=lambda: None)
    left: Callable[[], float] = field(default=lambda: math.inf)
    in_order: bool = False
    clock: Callable[[], float] = time.monotonic


class Schedule:
    """A work that a crew works at, from first parts that are all of it."""

    def __init__(self, work: Work, crew: Crew, first: Sequence[Part], sharing: Sharing | None = None) -> None:
        self.work, self.crew, self.sharing = work, crew, sharing or Sharing()
        self._open: list[tuple[float, Place, Ticket]] = []
        self._found: list[tuple[Place, Json]] = []
        self._places: list[Place] = []  # of what is open or under way, the least one first
        self._gone: set[Place] = set()
        self._finished, self._done, self._begun = 0, 0.0, self.sharing.clock()
        for number, part in enumerate(first):
            self._add(Ticket(part, (number,)))

    def results(self) -> Iterator[Json]:
        """Yield the results of all parts as they come; in order if that is asked for.

        Raises
        ------
        WorkersLostError
            If workers are lost again and again.
        Exception
            Whatever a part's search or ``check`` raises.
        """
        try:
            while self._open or self.crew.running:
                self._hand_out()
                yield from self._ready()
                self._work_alone()
                for ticket, outcome in self.crew.collect(_LOOK):
                    self._take(ticket, outcome)
                yield from self._ready()
                self._tell()
                self.sharing.check()
            yield from self._ready()
        finally:
            self.crew.cancel()

    # what is open -----------------------------------------------------------------------------------

    def _add(self, ticket: Ticket) -> None:
        first = 0.0 if self.sharing.in_order else -ticket.part.share
        heapq.heappush(self._open, (first, ticket.place, ticket))
        if self.sharing.in_order:
            heapq.heappush(self._places, ticket.place)

    def _next(self) -> Ticket | None:
        """Take the next part that no file knows; None if there is none, or too much waits for its turn."""
        while self._open:
            place = self._open[0][1]
            if len(self._found) > _MOST_WAITING and place != self._first_place():
                return None
            ticket = heapq.heappop(self._open)[2]
            known = None if self.sharing.files is None else self.sharing.files.outcome(ticket.part)
            if known is None:
                return ticket
            self._settle(ticket, known)
        return None

    def _hand_out(self) -> None:
        while not self.crew.is_gone and self.crew.running < self.crew.size:
            ticket = self._next()
            if ticket is None:
                return
            if not self.crew.submit(ticket, self._slice(), self.sharing.hint()):
                self._add_again(ticket)

    def _slice(self) -> Slice:
        left = self.sharing.left()
        if len(self._open) < self.crew.size:
            short = _SHORT if self._finished else min(_FIRST, _SHORT)
            return Slice(min(short, left), left, self.crew.size + 1)
        elapsed = self.sharing.clock() - self._begun
        seconds = max(_LONG, min(_LONGEST, max(elapsed / 10, _FOR_EACH * self.crew.size)))
        return Slice(min(seconds, left), left, 2)

    def _work_alone(self) -> None:
        """Search one part in this process where nobody else does, or nobody has answered."""
        if self.crew.has_answered and not self.crew.is_gone:
            return
        ticket = self._next()
        if ticket is not None:
            left = self.sharing.left()
            piece = Slice(min(_LONG if self.crew.is_gone else _OWN, left), left, self.crew.size + 1)
            self._take(ticket, self.work.search(ticket.part.what, piece, self.sharing.hint()))

    # what comes back --------------------------------------------------------------------------------

    def _take(self, ticket: Ticket, outcome: Outcome | None) -> None:
        if outcome is None:
            self._add_again(ticket)
            return
        if self.sharing.files is not None:
            self.sharing.files.keep(ticket.part, outcome)
        self._settle(ticket, outcome)

    def _add_again(self, ticket: Ticket) -> None:
        first = 0.0 if self.sharing.in_order else -ticket.part.share
        heapq.heappush(self._open, (first, ticket.place, ticket))

    def _settle(self, ticket: Ticket, outcome: Outcome) -> None:
        self._finished += 1
        share = ticket.part.share
        self._done += share * (1 - sum(part.share for part in outcome.rest))
        if outcome.result is not None:
            heapq.heappush(self._found, ((*ticket.place, 0), outcome.result))
        if self.sharing.in_order:
            self._gone.add(ticket.place)
        for number, part in enumerate(outcome.rest, start=1):
            self._add(Ticket(Part(part.what, share * part.share), (*ticket.place, number)))

    def _first_place(self) -> Place | None:
        while self._places and self._places[0] in self._gone:
            self._gone.discard(heapq.heappop(self._places))
        return self._places[0] if self._places else None

    def _ready(self) -> Iterator[Json]:
        """Yield the results whose turn it is."""
        first = self._first_place() if self.sharing.in_order else None
        while self._found and (first is None or self._found[0][0] < first):
            yield heapq.heappop(self._found)[1]

    def _tell(self) -> None:
        if self.sharing.listener is not None:
            self.sharing.listener(self.headway())

    def pending(self) -> list[Part]:
        """Return what is open or under way."""
        return [ticket.part for _, _, ticket in self._open] + self.crew.under_way()

    def headway(self) -> Headway:
        """Return how far the work is."""
        running, waiting = self.crew.running, len(self._open)
        seconds = self.sharing.clock() - self._begun
        done = 1.0 if not (running or waiting) else self._done
        return Headway(done, self._finished, running, waiting, self.crew.lost, seconds)
