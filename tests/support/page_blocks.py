"""The blocks of a page of the site that can be run: files that it shows, and sessions in a console.

A fenced block with a title, as in `` ```json title="abs.json" ``, is a file; a block `` ```console `` holds
commands, each after ``$ ``, and what they print. ``...`` stands for text that may differ, and a line
``[exit status N]`` after a command that does not end with 0.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\$ (.*(?:\\\n.*)*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
_STATUS = re.compile(r"^\[exit status (\d+)\]\n\Z", re.MULTILINE)


@dataclass(frozen=True)
class ShownFile:
    """A file that a page shows in full."""

    name: str
    text: str


@dataclass(frozen=True)
class ShownCommand:
    """A command with what it prints, and its exit status."""

    command: str
    output: str
    status: int


def blocks(page: str) -> list[ShownFile | ShownCommand]:
    """Return what a page shows, in its order."""
    found: list[ShownFile | ShownCommand] = []
    for language, rest, body in _FENCE.findall(page):
        title = re.search(r'title="([^"]+)"', rest)
        if language == "console":
            found += [_command(words, output) for words, output in _COMMAND.findall(body)]
        elif title:
            found.append(ShownFile(title[1], body))
    return found


def _command(words: str, output: str) -> ShownCommand:
    status = _STATUS.search(output)
    return ShownCommand(words, _STATUS.sub("", output), int(status[1]) if status else 0)


def run(shown: ShownFile | ShownCommand, folder: Path) -> str | None:
    """Write a file or run a command in a folder; return what is wrong with what it printed, or None."""
    if isinstance(shown, ShownFile):
        (folder / shown.name).write_text(shown.text, encoding="utf-8")
        return None
    done = subprocess.run(
        ["/bin/sh", "-c", shown.command],
        cwd=folder,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    printed = _tidy(done.stdout + done.stderr)
    same = doctest.OutputChecker().check_output(_tidy(shown.output), printed, doctest.ELLIPSIS)
    if same and done.returncode == shown.status:
        return None
    return f"$ {shown.command}\nexpected {shown.status}:\n{shown.output}\ngot {done.returncode}:\n{printed}"


def _tidy(text: str) -> str:
    """Return text without blanks at the ends of lines, and without empty lines."""
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines() if line.strip())


def _environment() -> dict[str, str]:
    """Return an environment in which `exactrelu` and `python` are those of the tests."""
    root = Path(__file__).resolve().parents[2]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    python_path = f"{root}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    return os.environ | {"PATH": path, "PYTHONPATH": python_path, "COLUMNS": "100", "NO_COLOR": "1"}
