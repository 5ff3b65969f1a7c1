"""Questions in processes of their own, which are stopped when a single step takes far too long.

A search looks at its clock between its steps, and some steps have no between: one that a library takes, or
the sum of many. Each question of a report is therefore asked in a forked process, which tells whenever a
clock is started; if it is not done, and starts no other, a while after that clock ran out, it is killed.
"""

from __future__ import annotations

import os
import pickle
import select
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Never

from exactrelu.cli.supervisor import begin_worker, is_worker

if TYPE_CHECKING:
    from exactrelu.documents.report import Section
    from exactrelu.report.subject import Question, Subject

_STEP, _RESULT = b".", b"R"
_GRACE = 1.5
"""So many times the seconds of a step, and one second more, go by before a process is killed."""


def within_time(
    answered: Callable[[str, Question, Subject], Section],
) -> Callable[[str, Question, Subject], Section]:
    """Return how a question is asked in a process of its own; in this one, if it is no worker."""
    if not is_worker():
        return answered

    def ask(title: str, question: Question, subject: Subject) -> Section:
        folder = tempfile.mkdtemp()
        reader, writer = os.pipe()
        parent, pid = os.getpid(), os.fork()
        if pid == 0:
            os.close(reader)
            tempfile.tempdir = folder  # what a killed process leaves there is removed

            def begun(told: Callable[[], None]) -> Section:
                begin_worker(parent)
                return answered(title, question, replace(subject, on_step=told))

            _answer(writer, title, begun)
        os.close(writer)
        try:
            return _awaited(reader, title, subject.seconds)
        finally:
            os.close(reader)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            shutil.rmtree(folder, ignore_errors=True)

    return ask


def _answer(writer: int, title: str, ask: Callable[[Callable[[], None]], Section]) -> Never:
    from exactrelu.documents.report import Section

    try:
        section = ask(lambda: _write(writer, _STEP))
    except Exception as error:  # noqa: BLE001 - the other questions have their answers
        why = f"unknown: an error of exactrelu's own, {type(error).__name__}: {error}"
        section = Section(title, unanswered=why)
    try:
        _write(writer, _RESULT + pickle.dumps(section))
    finally:
        os._exit(0)


def _write(writer: int, data: bytes) -> None:
    while data:
        data = data[os.write(writer, data) :]


def _awaited(reader: int, title: str, seconds: float) -> Section:
    """Return the section that a process sends, or one that says why there is none."""
    from exactrelu.documents.report import Section

    patience = _GRACE * seconds + 1
    deadline, sent = time.monotonic() + patience, b""
    while ready := select.select([reader], [], [], max(0.0, deadline - time.monotonic()))[0]:
        data = os.read(ready[0], 1 << 20)
        if not data:
            break
        sent += data
        deadline = time.monotonic() + patience
    else:
        return Section(title, unanswered=f"unknown within {seconds:g} seconds (a step took longer)")
    result = sent.partition(_RESULT)[2]
    if not result:
        return Section(title, unanswered="unknown: the search ended (no memory left?)")
    section: Section = pickle.loads(result)  # noqa: S301 - from this program's own child
    return section
