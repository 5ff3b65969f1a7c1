"""Who shares a work: one value, the executor and how it is used together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exactrelu.distribution.headway import Listener
from exactrelu.distribution.parts import Json, Part, Work
from exactrelu.errors import ArgumentError

if TYPE_CHECKING:
    from exactrelu.distribution.schedule import Schedule, Sharing


@dataclass(frozen=True)
class Workers:
    """Who shares a work, and how.

    Parameters
    ----------
    executor
        Any `concurrent.futures.Executor`, or a client of Dask; None for this process alone.
    parts
        How many parts are under way at the same time; None for one for each worker.
    progress
        Called again and again with a `Headway`.
    resume
        The directory of the finished parts, which are not done again.

    Raises
    ------
    ArgumentError
        If ``parts`` is less than 1.

    Examples
    --------
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> from exactrelu import Network, count
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> with ThreadPoolExecutor(2) as executor:
    ...     count(net, workers=Workers(executor)), count(net, executor=executor, parts=3)
    (3, 3)
    """

    executor: Any = None
    parts: int | None = None
    progress: Listener | None = None
    resume: str | Path | None = None

    def __post_init__(self) -> None:
        if self.parts is not None and self.parts < 1:
            raise ArgumentError(f"parts: expected at least 1, got {self.parts}")

    @property
    def are_asked(self) -> bool:
        """Whether anything is to be shared, kept or told."""
        return not (self.executor is None and self.progress is None and self.resume is None)

    def results(self, work: Work, first: Part, sharing: Sharing) -> Iterator[Json]:
        """Yield the results of a work's parts, as `exactrelu.distribution.schedule` says."""
        yield from self.schedule(work, [first], sharing).results()

    def schedule(self, work: Work, first: Sequence[Part], sharing: Sharing) -> Schedule:
        """Return the loop that shares a work out, whose first parts are all of it."""
        from exactrelu.distribution.crew import Crew
        from exactrelu.distribution.part_files import PartFiles
        from exactrelu.distribution.schedule import Schedule

        files = None if self.resume is None else PartFiles(self.resume, work)
        sharing = replace(sharing, files=files, listener=self.progress)
        return Schedule(work, Crew(self.executor, work, self.parts), first, sharing)


NOBODY = Workers()
"""This process alone."""
