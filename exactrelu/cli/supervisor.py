"""A command runs in a worker process, so that it can always be stopped.

One step of PPL may take longer than anybody's patience, and a signal that jumps out of the middle of it
leaves PPL's memory in a state from which Python cannot clean up. So the command runs in a forked worker
that a supervisor may kill: at once on Ctrl-C, and when a time limit is over and the worker did not notice.
The worker tells its temporary files and its deadline through a pipe; what it leaves behind is removed.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Never

from exactrelu.writing import atomic_file

INTERRUPTED, TERMINATED, UNKNOWN = 130, 143, 3
_PR_SET_PDEATHSIG = 1
_GRACE = 0.3  # seconds after the deadline in which the worker may end by itself

_SPARSE = 30  # of the time, one part is for telling what is known
_LONGEST = 2000  # characters of what is known

_channel: int | None = None


def announce_deadline(seconds: float | None) -> None:
    """Tell the supervisor, if there is one, to stop this process after so many seconds (None: never)."""
    _tell("deadline", "" if seconds is None else repr(time.monotonic() + seconds))


def _tell(kind: str, value: str) -> None:
    if _channel is not None:
        os.write(_channel, os.fsencode(f"{kind} {value}\0"))


def supervise(work: Callable[[], int]) -> int:
    """Run ``work`` in a worker process and return its exit status.

    Where processes cannot be forked it runs in this one.
    """
    if not hasattr(os, "fork"):
        return work()
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        _run_worker(work, writer)
    os.close(writer)
    return _Supervisor(pid, reader).wait()


def _run_worker(work: Callable[[], int], writer: int) -> Never:
    global _channel  # noqa: PLW0603 - one worker, one channel
    _channel = writer
    atomic_file.on_temporary_file = lambda path: _tell("file", str(path))
    die_with_parent()
    try:
        status = work()
    except KeyboardInterrupt:
        status = INTERRUPTED  # the supervisor prints the message and removes what is left
    # Destructors of a large search take seconds and give nothing back that the system does not.
    os._exit(status)


def die_with_parent() -> None:
    """Ask Linux to kill this process when its parent is killed; elsewhere it would run on."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def begin_worker() -> None:
    """Begin a process of a pool: it ends with its parent, to whom Ctrl-C is left."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent()


class _Supervisor:
    def __init__(self, pid: int, reader: int) -> None:
        self._pid, self._reader = pid, reader
        self._files: list[Path] = []
        self._deadline: float | None = None
        self._pending = b""
        self._known = ""

    def wait(self) -> int:
        """Wait for the worker and return the exit status; stop it when asked to."""
        signal.signal(signal.SIGTERM, _raise_terminated)
        try:
            while self._listen():
                if self._deadline is not None and time.monotonic() > self._deadline + _GRACE:
                    self._kill()
                    return self._end("unknown: the time limit ran out", UNKNOWN)
            _, code = os.waitpid(self._pid, 0)
        except KeyboardInterrupt:
            self._kill()
            return self._end("interrupted", INTERRUPTED)
        except _TerminatedError:
            self._kill()
            return TERMINATED
        if os.WIFSIGNALED(code):
            self._remove_files()
            return _say(
                f"unknown: the search was killed by signal {os.WTERMSIG(code)} (no memory left?)", UNKNOWN
            )
        status = os.waitstatus_to_exitcode(code)
        if status == INTERRUPTED:
            self._remove_files()
            self._end("interrupted", INTERRUPTED)
        return status

    def _listen(self) -> bool:
        """Read what the worker tells; return False when it has ended."""
        timeout = (
            None if self._deadline is None else max(0.0, self._deadline + _GRACE - time.monotonic()) + 0.01
        )
        if not select.select([self._reader], [], [], timeout)[0]:
            return True
        data = os.read(self._reader, 65536)
        *messages, self._pending = (self._pending + data).split(b"\0")
        for message in messages:
            kind, _, value = os.fsdecode(message).partition(" ")
            if kind == "file":
                self._files.append(Path(value))
            elif kind == "known":
                self._known = value
            else:
                self._deadline = float(value) if value else None
        return bool(data)

    def _end(self, message: str, status: int) -> int:
        """Say why the command ends, and what it knew."""
        _say(message, status)
        return _say(f"so far: {self._known}", status) if self._known else status

    def _kill(self) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        while self._listen():  # what it told before it died
            pass
        self._remove_files()
        if sys.stderr.isatty():
            sys.stderr.write("\x1b[?25h")  # a progress bar hides the cursor

    def _remove_files(self) -> None:
        for path in self._files:
            path.unlink(missing_ok=True)


class Known:
    """What a search has told so far: names with functions that say it.

    The supervisor is told too, as often as takes a small share of the time: it may have to kill this process.
    """

    def __init__(self) -> None:
        self._texts: dict[str, Callable[[], str]] = {}
        self._next = 0.0

    def tell(self, name: str, text: Callable[[], str]) -> None:
        """Take what is known, in place of what was under the name."""
        self._texts[name] = text
        now = time.monotonic()
        if _channel is not None and now >= self._next:
            _tell("known", str(self))
            end = time.monotonic()
            self._next = end + _SPARSE * (end - now)

    def __str__(self) -> str:
        """Return what is known in a line, empty where nothing is."""
        line = ", ".join(f"{name}: {text()}" for name, text in self._texts.items())
        return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."


class _TerminatedError(Exception):
    """SIGTERM came."""


def _raise_terminated(*_: object) -> Never:
    raise _TerminatedError


def _say(message: str, status: int) -> int:
    sys.stderr.write(f"exactrelu: {message}\n")
    return status
