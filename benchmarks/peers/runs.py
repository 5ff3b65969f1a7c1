"""Runs: a fresh process for each, tools in turn, with limits."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.peers.tools import Tool

_ROOT = Path(__file__).resolve().parents[2]
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")
_LOOK = 0.5  # seconds between looks at a running process
_PATIENCE = 6  # times the CPU limit that a process may take by the clock, on a busy machine


@dataclass(frozen=True)
class Limits:
    """CPU seconds and memory of one process; a tool whose runs took ``enough`` seconds is not run again."""

    cpu_seconds: int = 120
    gigabytes: int = 12
    enough: float = 30.0


@dataclass
class Runs:
    """What one tool did on one work: its counts (or verdicts) and measurements, or why it has none."""

    asked: str = "count"  # the key of what a process answers
    counts: list[Any] = field(default_factory=list)
    points: list[list[float | str]] = field(default_factory=list)  # that refute, as the tool says them
    seconds: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    megabytes: int = 0
    failure: str | None = None

    @property
    def count(self) -> Any:
        """The count or verdict, where all runs agree on one."""
        return self.counts[0] if len(set(self.counts)) == 1 else None

    @property
    def median(self) -> float | None:
        """The median of the CPU seconds."""
        return statistics.median(self.seconds) if self.seconds and not self.failure else None

    @property
    def median_wall(self) -> float | None:
        """The median of the seconds by the clock."""
        return statistics.median(self.wall) if self.wall and not self.failure else None

    def add(self, result: dict[str, Any]) -> None:
        """Add what one process wrote."""
        if "failure" in result:
            self.failure = result["failure"]
            return
        self.counts.append(result[self.asked])
        if result.get("point") is not None:
            self.points.append(result["point"])
        self.seconds.append(result["seconds"])
        self.wall.append(result["wall"])
        self.megabytes = max(self.megabytes, result["megabytes"])
        if self.count is None:
            self.failure = f"its {self.asked}s differ: {sorted(set(self.counts))}"


def interleaved(
    entries: dict[str, tuple[Tool, dict[str, Any]]], limits: Limits, repetitions: int, asked: str = "count"
) -> dict[str, Runs]:
    """Run every task ``repetitions`` times, one after the other in turn."""
    runs = {name: Runs(asked) for name in entries}
    for _ in range(repetitions):
        for name, (tool, task) in entries.items():
            if runs[name].failure is None and sum(runs[name].seconds) < limits.enough:
                runs[name].add(one_run(tool.python, tool.adapter, task, limits))
    return runs


def one_run(python: Path, adapter: str, task: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Return what one fresh process wrote, or the ``failure`` in words."""
    environment = os.environ | dict.fromkeys(_THREADS, "1")
    module = adapter if "." in adapter else f"benchmarks.peers.{adapter}"
    with TemporaryDirectory() as folder:
        asked, answered, said = (Path(folder, name) for name in ("task.json", "result.json", "stderr"))
        asked.write_text(json.dumps(task | {"gigabytes": limits.gigabytes}), encoding="utf-8")
        with said.open("wb") as stderr:
            process = subprocess.Popen(
                [python, "-m", module, asked, answered],
                cwd=_ROOT,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                start_new_session=True,  # the processes of an ended run end with it
            )
            in_time = _watched(process, limits)
        if not in_time:
            return {"failure": f"> {limits.cpu_seconds} s"}
        if process.returncode:
            return {"failure": _failure(process.returncode, said.read_text(errors="replace"))}
        return json.loads(answered.read_text(encoding="utf-8"))


def _watched(process: subprocess.Popen[bytes], limits: Limits) -> bool:
    """Wait for the process; end it, and return False, when its CPU seconds are over."""
    begin = time.monotonic()
    try:
        while True:
            try:
                process.wait(timeout=_LOOK)
            except subprocess.TimeoutExpired:
                late = time.monotonic() - begin > _PATIENCE * limits.cpu_seconds
                if late or cpu_seconds_of(process.pid) > limits.cpu_seconds:
                    return False
            else:
                return True
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def cpu_seconds_of(leader: int) -> float:
    """Return the CPU seconds of a running process and of all in its group, imports included.

    0 where that is not told.
    """
    ticks = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        if int(fields[2]) == leader:
            ticks += sum(map(int, fields[11:15]))  # its own, and of its children that have ended
    return ticks / os.sysconf("SC_CLK_TCK")


def _failure(status: int, stderr: str) -> str:
    if status < 0:
        return f"failed: {signal.Signals(-status).name}"
    lines = stderr.strip().splitlines() or [f"exit status {status}"]
    return f"failed: {shortened(lines[-1], 100)}"


def shortened(text: str, most: int) -> str:
    """Return a text, or its first words and an ellipsis, without the modules before an exception's name."""
    head, colon, rest = text.partition(":")
    if colon and "." in head and " " not in head:
        text = f"{head.rpartition('.')[2]}:{rest}"
    return text if len(text) <= most else f"{text[: most - 3].rpartition(' ')[0]}..."
