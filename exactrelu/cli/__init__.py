"""The command line: thin shells round the library, one file a command.

A command declares its arguments beside its code, `parser` collects the commands, `main` runs one and turns
errors into one line and an exit status. Nothing heavy is imported before a command runs, so
``exactrelu --help`` is quick.
"""

from __future__ import annotations

import os
import signal
from typing import Never


def run() -> Never:
    """Run the command line of this process and exit, also if it is interrupted while it starts."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)
    from exactrelu.cli.main import run as run_main

    run_main()


def _end(number: int, _: object) -> Never:
    """End at once: nothing is written yet, and a second signal must not meet a traceback of the first."""
    try:
        if number == signal.SIGINT:
            os.write(2, b"exactrelu: interrupted\n")
    finally:
        os._exit(128 + number)
