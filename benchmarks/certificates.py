"""What a certificate costs: ``make benchmark``.

For each network, in this one process and one after the other, several times: the enumeration by the engine
`ppl` alone, the enumeration with the certificate written (engine `auto`, and engine `ppl`), and the check.
The table shows medians of CPU seconds and the ratios.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from exactrelu import Search, checker
from exactrelu.certificates import certify_configurations
from exactrelu.enumeration import Problem, enumerate_leaves

sys.path.insert(0, str(Path(__file__).parent))
from enumeration import random_network

NETWORKS = [((3, 8, 8, 1), 0), ((3, 12, 12, 1), 0), ((3, 16, 16, 1), 0)]
REPETITIONS = 3


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def row(widths: tuple[int, ...], seed: int, folder: Path) -> str:
    """Measure one network."""
    network = random_network(widths, seed)
    problem = Problem.of(network)
    path = folder / "certificate.jsonl"

    def enumerate_alone() -> None:
        deque(enumerate_leaves(problem, search=Search("ppl")), maxlen=0)

    def write(engine: str) -> None:
        certify_configurations(path, network, problem, enumerate_leaves(problem, search=Search(engine)))

    times: dict[str, list[float]] = {"alone": [], "auto": [], "ppl": [], "check": []}
    for _ in range(REPETITIONS):
        times["alone"].append(cpu_seconds(enumerate_alone))
        times["ppl"].append(cpu_seconds(lambda: write("ppl")))
        times["auto"].append(cpu_seconds(lambda: write("auto")))
        times["check"].append(cpu_seconds(lambda: checker.check(str(path))))
    median = {name: statistics.median(values) for name, values in times.items()}
    leaves = checker.check(str(path))["leaves"]
    return (
        f"| {'-'.join(map(str, widths))} | {leaves['reached']:,} | {leaves['impossible']:,} "
        f"| {path.stat().st_size / 1e6:.1f} | {median['alone']:.2f} | {median['ppl']:.2f} "
        f"| {median['auto']:.2f} | {median['auto'] / median['alone']:.2f} | {median['check']:.2f} |"
    )


def main() -> None:
    """Print the table."""
    print(
        "| network | cells | impossible | MB | `ppl` alone | `ppl` + proof | `auto` + proof | ratio | check |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for widths, seed in NETWORKS:
            print(row(widths, seed, Path(folder)), flush=True)


if __name__ == "__main__":
    main()
