"""How long starting takes: ``make benchmark``.

A process that imports `exactrelu`, and one that prints `exactrelu --help`, beside a bare ``python -c pass``,
which starts in turn with them, so that all three see the same machine. The table shows medians of CPU seconds
(with those of the processes that it starts), what is added to the bare start, and the ratio. Two further
rows show what a command needs on a network of one neuron, where there is nothing to compute.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

REPETITIONS = 15
NETWORK = {
    "format": "exactrelu-network",
    "version": 1,
    "layers": [{"weight": [["1"]]}, {"weight": [["1"]]}],
}


def seconds(words: list[str]) -> float:
    """Return the CPU seconds of a process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def works(network: str) -> dict[str, list[str]]:
    """Return what is started, by name; the bare start comes first."""
    return {
        "python -c pass": ["-c", "pass"],
        "import exactrelu": ["-c", "import exactrelu"],
        "exactrelu --help": ["-m", "exactrelu", "--help"],
        "exactrelu hash": ["-m", "exactrelu", "hash", network],
        "exactrelu regions --count": ["-m", "exactrelu", "regions", network, "--count"],
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one.json"
        path.write_text(json.dumps(NETWORK), encoding="utf-8")
        processes = works(str(path))
        for words in processes.values():
            seconds(words)  # so that all files are compiled and read once
        times: dict[str, list[float]] = {name: [] for name in processes}
        for _ in range(REPETITIONS):
            for name, words in processes.items():
                times[name].append(seconds(words))
    median = {name: statistics.median(values) for name, values in times.items()}
    bare = median["python -c pass"]
    print("| process | CPU seconds | added | ratio |\n|---|---|---|---|")
    for name, value in median.items():
        print(f"| `{name}` | {value:.3f} | {value - bare:.3f} | {value / bare:.2f} |")
