"""What commands that share their work have in common: ``--jobs``, ``--resume``, and a bar."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from exactrelu.cli.inputs import file_name, positive
from exactrelu.cli.supervisor import begin_worker
from exactrelu.distribution.workers import NOBODY, Workers

if TYPE_CHECKING:
    from exactrelu.distribution.headway import Headway

_BLAS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
FILE_ITSELF = ""  # `--resume` without a directory, for commands that resume a file


def add_workers(parser: argparse.ArgumentParser, what: str, *, resumes_file: bool = False) -> None:
    """Declare ``--jobs`` and ``--resume DIR``; ``what`` is shared among the processes."""
    parser.add_argument("--jobs", type=positive, default=1, metavar="N", help=f"{what} with N processes")
    text = "keep finished parts in DIR, and take those that are there"
    if resumes_file:
        parser.add_argument(
            "--resume",
            nargs="?",
            const=FILE_ITSELF,
            metavar="DIR",
            help=f"{text}; without DIR go on with the --jsonl FILE of an interrupted run",
        )
    else:
        parser.add_argument("--resume", type=file_name, metavar="DIR", help=text)


def one_thread_each() -> None:
    """Let numerical libraries that are not loaded yet use one thread: the processes are ours to share."""
    for name in _BLAS:
        os.environ.setdefault(name, "1")


@contextmanager
def workers_of(arguments: argparse.Namespace) -> Iterator[Workers]:
    """Give who shares the work.

    The processes of ``--jobs`` end with this one; there are none for one job, nor on a single processor.
    """
    resume = arguments.resume or None
    if arguments.jobs == 1 and resume is None:
        yield NOBODY
        return
    from exactrelu.distribution.processes import Processes

    executor = Processes(arguments.jobs, begin_worker)
    used = executor if executor.can_win else None
    try:
        with _bar() as progress:
            yield Workers(used, arguments.jobs, progress, resume)
    finally:  # the answer is there, or will not come: nobody waits for what still runs
        executor.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _bar() -> Iterator[Callable[[Headway], object] | None]:
    """Give what shows how far a work is, on stderr if that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    # no thread of its own refreshes it: processes are forked meanwhile
    with Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task("", total=1.0)

        def show(headway: Headway) -> None:
            bar.update(task, completed=headway.done, description=str(headway), refresh=True)

        yield show
