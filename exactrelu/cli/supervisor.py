"""A command runs in a worker process, so that it can always be stopped.

One step of PPL may take longer than anybody's patience, and a signal that jumps out of the middle of it
leaves PPL's memory in a state from which Python cannot clean up. So the command runs in a forked worker
that a supervisor may kill: at once on Ctrl-C, and when a time limit is over and the worker did not notice.
The worker tells its temporary files and its deadline through a pipe; what it leaves behind is removed.

Signals come in any number and to any process of the group (``timeout`` sends them twice). So the supervisor
is never interrupted by one: it reads from a pipe which came first. All its children take no notice of them.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Never

from exactrelu.writing import atomic_file

INTERRUPTED, UNKNOWN = 130, 3
_ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
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
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return work()
        except KeyboardInterrupt:
            return _say("interrupted", INTERRUPTED)
    signals = _signals_to_read()
    reader, writer = os.pipe()
    parent, pid = os.getpid(), os.fork()
    if pid == 0:
        os.close(reader)
        signal.set_wakeup_fd(-1)
        os.close(signals)
        _run_worker(work, writer, parent)
    os.close(writer)
    status = _Supervisor(pid, reader, signals).wait()
    _ignore_signals()  # the end of Python would give them their usual meaning back
    return status


def _signals_to_read() -> int:
    """Let signals that end a process be read, a byte each, in their order; ignored ones stay ignored."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _take_no_notice)
    return reader


def _take_no_notice(*_: object) -> None:
    """Go on: that the signal came is in the pipe."""


def _run_worker(work: Callable[[], int], writer: int, parent: int) -> Never:
    global _channel  # noqa: PLW0603 - one worker, one channel
    _ignore_signals()
    _channel = writer
    atomic_file.on_temporary_file = lambda path: _tell("file", str(path))
    die_with_parent(parent)
    status = UNKNOWN
    try:
        status = work()
    except Exception as error:  # noqa: BLE001 - Python's own answer, exit 1, would mean refuted
        *_, last = traceback.extract_tb(error.__traceback__)
        place = f"{Path(last.filename).name}, line {last.lineno}"
        _say(f"unknown: an error of exactrelu's own, {type(error).__name__}: {error} ({place})", UNKNOWN)
    finally:
        # Destructors of a large search take seconds and give nothing back that the system does not.
        os._exit(status)


def _ignore_signals() -> None:
    """Ignore signals that end a process: a child leaves them to its parent, who kills it.

    They are blocked, too, since PPL's library catches SIGINT again when it is imported.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)


def is_worker() -> bool:
    """Return whether this is the process of a command that a supervisor watches."""
    return _channel is not None


def die_with_parent(parent: int | None = None) -> None:
    """Ask Linux to kill this process when its parent is killed; elsewhere it would run on.

    A parent that was killed before it was asked kills nobody: then this process, which has another
    parent by now, ends itself.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if parent is not None and os.getppid() != parent:
            os._exit(UNKNOWN)


def begin_worker(parent: int | None = None) -> None:
    """Begin a process of a pool, or one that ``parent`` forked: it ends with it, to whom signals are left."""
    global _channel  # noqa: PLW0603 - it is the parent's
    _ignore_signals()
    die_with_parent(parent or _forked_by())
    if _channel is not None:
        os.close(_channel)
        _channel = None


def _forked_by() -> int | None:
    """Return the process that forked this one of a pool; None where a server of forks did."""
    import multiprocessing

    parent = multiprocessing.parent_process()
    forked = parent is not None and multiprocessing.get_start_method() == "fork"
    return parent.pid if parent is not None and forked else None


class _Supervisor:
    def __init__(self, pid: int, reader: int, signals: int) -> None:
        self._pid, self._reader, self._signals = pid, reader, signals
        self._files: list[Path] = []
        self._deadline: float | None = None
        self._pending = b""
        self._known = ""

    def wait(self) -> int:
        """Wait for the worker and return the exit status; stop it when asked to."""
        while True:
            left = None if self._deadline is None else self._deadline + _GRACE - time.monotonic()
            if left is not None and left < 0:
                self._kill()
                return self._end("unknown: the time limit ran out", UNKNOWN)
            ready = select.select([self._signals, self._reader], [], [], left)[0]
            if self._signals in ready:
                return self._stop(os.read(self._signals, 1)[0])
            if self._reader in ready and not self._listen():
                break
        _, code = os.waitpid(self._pid, 0)
        if os.WIFSIGNALED(code):
            self._remove_files()
            return _say(
                f"unknown: the search was killed by signal {os.WTERMSIG(code)} (no memory left?)", UNKNOWN
            )
        return os.waitstatus_to_exitcode(code)

    def _stop(self, number: int) -> int:
        """End because of a signal, in silence but for Ctrl-C."""
        self._kill()
        if number == signal.SIGINT:
            return self._end("interrupted", INTERRUPTED)
        return 128 + number

    def _listen(self) -> bool:
        """Read what the worker tells; return False when it has ended."""
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
        while select.select([self._reader], [], [], 0)[0] and self._listen():  # what it told before it died
            pass
        self._remove_files()
        if sys.stderr.isatty():
            with suppress(OSError):
                sys.stderr.write("\x1b[?25h")  # a progress bar hides the cursor

    def _remove_files(self) -> None:
        for path in self._files:
            with suppress(OSError):
                path.unlink()


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


def _say(message: str, status: int) -> int:
    with suppress(OSError):  # where nothing can be written the exit status still tells
        sys.stderr.write(f"exactrelu: {message}\n")
        sys.stderr.flush()
    return status
