"""The command line: thin shells round the library, one file a command.

A command declares its arguments beside its code, `parser` collects the commands, `main` runs one and turns
errors into one line and an exit status. Nothing heavy is imported before a command runs, so
``exactrelu --help`` is quick.
"""

from __future__ import annotations

import os
from typing import Never


def run() -> Never:
    """Run the command line of this process and exit, also if it is interrupted while it starts."""
    try:
        from exactrelu.cli.main import run as run_main

        run_main()
    except KeyboardInterrupt:
        os.write(2, b"exactrelu: interrupted\n")
        os._exit(130)
