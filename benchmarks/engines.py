"""How fast the engines count, side by side: ``python benchmarks/engines.py [NAME ...]``.

Every network has weights k/1024, -1024 <= k <= 1024 (or integers from -8 to 8 where its name says so), drawn
by `random.Random(0)` row by row, weights before biases, layer by layer. Each engine counts the `full`
cells of each network in a process of its own, so that its peak memory is seen; times are the CPU seconds of
the call without imports, BLAS on one thread, medians over interleaved runs. The counts must agree. Where the
reference engine would take minutes it is left out ("-").
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
from fractions import Fraction
from itertools import pairwise

REPETITIONS = 3
# Widths, largest weight (None: k/1024), half width of the box (None: whole space), whether `ppl` runs too.
NETWORKS: dict[str, tuple[tuple[int, ...], int | None, int | None, bool]] = {
    "2-64-64-1 box": ((2, 64, 64, 1), None, 1, True),
    "2-64-64-1 box, integers": ((2, 64, 64, 1), 8, 1, True),
    "2-128-128-1 box": ((2, 128, 128, 1), None, 1, True),
    "2-64-64-64-64-1 box": ((2, 64, 64, 64, 64, 1), None, 1, True),
    "3-16-16-1": ((3, 16, 16, 1), None, None, True),
    "4-12-12-1": ((4, 12, 12, 1), None, None, True),
    "5-16-1": ((5, 16, 1), None, None, True),
    "8-12-1": ((8, 12, 1), None, None, True),
    "8-12-1 box": ((8, 12, 1), None, 1, False),
    "10-15-1": ((10, 15, 1), None, None, False),
    "6-12-12-1": ((6, 12, 12, 1), None, None, False),
    "8-10-10-1": ((8, 10, 10, 1), None, None, False),
    "2-16x8-1 box": ((2, *[16] * 8, 1), None, 1, True),
    "2-256-256-256-1 box": ((2, 256, 256, 256, 1), None, 1, False),
}


def random_layers(
    widths: tuple[int, ...], largest: int | None
) -> list[tuple[list[list[Fraction]], list[Fraction]]]:
    """Return the layers of a random network."""
    rng = random.Random(0)

    def entry() -> Fraction:
        return (
            Fraction(rng.randint(-largest, largest)) if largest else Fraction(rng.randint(-1024, 1024), 1024)
        )

    return [
        ([[entry() for _ in range(m)] for _ in range(n)], [entry() for _ in range(n)])
        for m, n in pairwise(widths)
    ]


def measure(name: str, engine: str) -> None:
    """Count in this process and print cells, CPU seconds and peak megabytes as JSON."""
    import resource
    import time

    import numpy as np  # noqa: F401 - imports are not timed

    from exactrelu import Domain, Network, Search, count
    from exactrelu.enumeration import generator_engine, ppl_engine  # noqa: F401 - imports are not timed

    widths, largest, half, _ = NETWORKS[name]
    network = Network.from_rationals(random_layers(widths, largest))
    domain = Domain.box([(-half, half)] * widths[0]) if half else None
    start = time.process_time()
    cells = count(network, domain, "full", search=Search(engine))
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps([cells, seconds, peak]))


def measured(name: str, engine: str) -> tuple[int, float, int]:
    """Return what `measure` finds in a fresh process."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, __file__, "--measure", name, engine]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    cells, seconds, peak = json.loads(done.stdout)
    return cells, seconds, peak


def row(name: str) -> str:
    """Return a row of the table."""
    engines = ["generators", "ppl"] if NETWORKS[name][3] else ["generators"]
    runs: dict[str, list[tuple[int, float, int]]] = {engine: [] for engine in engines}
    for _ in range(REPETITIONS):
        for engine in engines:
            runs[engine].append(measured(name, engine))
    counts = {run[0] for results in runs.values() for run in results}
    if len(counts) != 1:
        raise SystemExit(f"{name}: the counts differ: {counts}")
    cells = []
    for engine in ("generators", "ppl"):
        if engine in runs:
            seconds = statistics.median(run[1] for run in runs[engine])
            cells.append(f"{seconds:.3f} ({max(run[2] for run in runs[engine])} MB)")
        else:
            cells.append("-")
    return f"| {name} | {counts.pop():,} | {' | '.join(cells)} |"


def main(names: list[str]) -> None:
    """Print the table, row by row."""
    print("| network | cells | `generators` | `ppl` |\n|---|---|---|---|")
    for name in names or NETWORKS:
        print(row(name), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(*sys.argv[2:])
    else:
        main(sys.argv[1:])
