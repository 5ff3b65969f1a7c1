"""Run a command: dispatch, errors in one line, exit status.

Exit status: 0 done (deciding commands: holds), 1 refuted, 2 bad usage or bad input, 3 unknown because a
budget ran out, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from typing import Never

from exactrelu.cli.parser import UsageError, parse_arguments
from exactrelu.cli.supervisor import supervise
from exactrelu.errors import BudgetExhaustedError, ExactReluError

BAD_INPUT, UNKNOWN, PIPE_CLOSED = 2, 3, 141


def run() -> Never:
    """Run the command line of this process and exit."""
    sys.exit(supervise(partial(main, sys.argv[1:])))


def main(argv: Sequence[str]) -> int:
    """Run one command in this process and return its exit status; errors are one line on stderr."""
    try:
        arguments = parse_arguments(argv)
        status: int = import_module(f"exactrelu.cli.{arguments.command}_command").execute(arguments)
        sys.stdout.flush()
    except BudgetExhaustedError as error:
        return _fail(f"unknown: {error}", UNKNOWN)
    except (UsageError, ExactReluError) as error:
        return _fail(str(error), BAD_INPUT)
    except BrokenPipeError:
        # Whoever read our output has gone. Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except OSError as error:
        return _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error), BAD_INPUT)
    except MemoryError:
        return _fail("unknown: memory ran out", UNKNOWN)
    return status


def _fail(message: str, status: int) -> int:
    sys.stderr.write(f"exactrelu: {' '.join(message.split())}\n")
    return status
