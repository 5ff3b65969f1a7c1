"""What every measured process does: a limit on memory, clocks. It runs in the peers' environments too.

Only the standard library is imported here, so that a process holds its own tool and nothing else.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Work = Callable[[], dict[str, Any]]
_GIGABYTE = 1 << 30


def answer(prepare: Callable[[dict[str, Any]], Work]) -> None:
    """Do the task of ``python -m ADAPTER TASK.json RESULT.json`` and write down what it took.

    ``prepare`` imports the tool and reads the network; the work that it returns is what is timed.
    """
    task = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    # No RLIMIT_CPU: with it Linux counts CPU time in ticks. Who started this process watches its time.
    resource.setrlimit(resource.RLIMIT_AS, (task["gigabytes"] * _GIGABYTE,) * 2)
    work = prepare(task)
    wall, cpu = time.perf_counter(), cpu_seconds()
    result = work()
    result |= {"seconds": cpu_seconds() - cpu, "wall": time.perf_counter() - wall, "megabytes": _peak()}
    Path(sys.argv[2]).write_text(json.dumps(result), encoding="utf-8")


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _peak() -> int:
    """Return the peak memory in megabytes, of the largest process."""
    # ru_maxrss begins with what the parent had when it started this process; VmHWM does not.
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii").splitlines()
        own = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    else:
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) // 1024
