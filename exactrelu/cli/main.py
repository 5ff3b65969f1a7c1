"""Run a command: dispatch, errors in one line, exit status.

Exit status: 0 done (deciding commands: holds), 1 refuted, 2 bad usage or bad input, 3 unknown because a
budget ran out, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Never

from exactrelu.cli.inputs import UsageError
from exactrelu.cli.parser import parse_arguments
from exactrelu.cli.supervisor import supervise
from exactrelu.errors import BudgetExhaustedError, ExactReluError, ReadingWarning

BAD_INPUT, UNKNOWN, PIPE_CLOSED = 2, 3, 141


def run() -> Never:
    """Run the command line of this process and exit."""
    _open_missing_streams()
    sys.exit(supervise(partial(main, sys.argv[1:])))


def _open_missing_streams() -> None:
    """Give a process that was started with closed streams (``>&-``) ones that lead nowhere."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115


def main(argv: Sequence[str]) -> int:
    """Run one command in this process and return its exit status; errors are one line on stderr."""
    try:
        status = _run(argv)
        sys.stdout.flush()
    except BrokenPipeError:
        status = PIPE_CLOSED  # whoever read our output has gone
    except OSError as error:  # stdout cannot be written, for example on a full disk
        status = _fail(f"stdout: {error.strerror}", BAD_INPUT)
    else:
        return status
    # Python would complain again when it flushes at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return status


def _run(argv: Sequence[str]) -> int:
    try:
        arguments = parse_arguments(argv)
        with _notes_on_stderr():
            status: int = arguments.execute(arguments)
    except SystemExit as end:  # --help, --version
        return end.code if isinstance(end.code, int) else 0
    except BudgetExhaustedError as error:
        return _fail(f"unknown: {error}", UNKNOWN, getattr(error, "__notes__", ()))
    except (UsageError, ExactReluError) as error:
        return _fail(str(error), BAD_INPUT)
    except OSError as error:
        if error.filename is None:
            raise
        return _fail(f"{error.filename}: {error.strerror}", BAD_INPUT)
    except MemoryError:
        return _fail("unknown: memory ran out", UNKNOWN)
    return status


@contextmanager
def _notes_on_stderr() -> Iterator[None]:
    """Print what a reader of files warns of as one line on stderr each."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", ReadingWarning)
        usual = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *more: Any, **options: Any) -> None:
            if not issubclass(category, ReadingWarning):
                usual(message, category, *more, **options)
                return
            with suppress(OSError):
                sys.stderr.write(f"exactrelu: note: {_printable(str(message))}\n")

        warnings.showwarning = show
        yield


def _fail(message: str, status: int, notes: Sequence[str] = ()) -> int:
    with suppress(OSError):  # where stderr cannot be written the exit status still tells
        sys.stderr.writelines(f"exactrelu: {_printable(line)}\n" for line in (message, *notes))
        sys.stderr.flush()
    return status


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
