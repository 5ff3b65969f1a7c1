"""Running the command line in this process and in its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from exactrelu.cli.main import main


@dataclass(frozen=True)
class Outcome:
    """What a run printed and returned."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def is_refusal(self, *fragments: str) -> bool:
        """Whether the run ended with exit 2 and one line on stderr that holds all fragments, no output."""
        one_line = (
            self.err.endswith("\n") and self.err.count("\n") == 1 and self.err.startswith("exactrelu: ")
        )
        missing = [fragment for fragment in fragments if fragment not in self.err]
        return self.status == 2 and one_line and self.out == "" and not missing


class CommandLine:
    """Runs commands in a folder of their own."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capture = capture

    def __call__(self, *words: str) -> Outcome:
        self._capture.readouterr()
        status = main(words)
        captured = self._capture.readouterr()
        return Outcome(status, captured.out, captured.err)

    def file(self, name: str, content: Any) -> str:
        """Write a file (JSON for anything but text and bytes) and return its path."""
        path = self.folder / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return str(path)

    def files(self) -> set[str]:
        """Return the names of all files in the folder."""
        return {path.name for path in self.folder.iterdir()}


def start(*words: str, **options: Any) -> subprocess.Popen[str]:
    """Start the command line in a process of its own, its output buffered as usual."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.Popen(
        [sys.executable, "-m", "exactrelu", *words], text=True, env=environment, **streams
    )


def network_document(*layers: tuple[list[list[Any]], list[Any] | None]) -> dict[str, Any]:
    """Return a native network of layers (weight, bias or None)."""
    return {
        "format": "exactrelu-network",
        "version": 1,
        "layers": [{"weight": w} | ({} if b is None else {"bias": b}) for w, b in layers],
    }


def domain_document(*inequalities: tuple[list[Any], Any, str]) -> dict[str, Any]:
    """Return a native domain."""
    rows = [{"normal": n, "offset": o, "relation": r} for n, o, r in inequalities]
    return {"format": "exactrelu-domain", "version": 1, "inequalities": rows}


ABSOLUTE = network_document(([["1"], ["-1"]], None), ([["1", "1"]], None))
"""|x|: 3 half-open, 4 closed, 2 full configurations."""

PLANE = network_document(
    ([["1", "0"], ["0", "1"]], ["0", "0"]),
    ([["1", "1"]], ["-1"]),
    ([["1"]], ["0"]),
)
"""Example 2 of Heinecke & Hwang with M_1 = id and M_2 = x + y - 1."""
