"""What a certificate costs: ``python benchmarks/certificates.py``.

For each network, in this one process and one after the other, several times: the enumeration alone, by the
engine `ppl` and by `auto`, the enumeration by `auto` with the certificate written, and the check. The table
shows medians of CPU seconds, ratios, and what a line costs beside the enumeration. ``EXACTRELU_KERNELS=0``
shows the road without compiled kernels. Widths such as ``6-12-12-1`` after the command measure that network
in the whole space instead, without `ppl`.
"""

from __future__ import annotations

import gc
import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from exactrelu import Domain, Search, checker
from exactrelu.certificates import certify_configurations
from exactrelu.enumeration import Problem, enumerate_leaves

sys.path.insert(0, str(Path(__file__).parent))
from enumeration import random_network

NETWORKS = [
    ((3, 8, 8, 1), None),
    ((3, 12, 12, 1), None),
    ((3, 16, 16, 1), None),
    ((8, 12, 1), 1),
    ((2, 64, 64, 1), 1),
]
"""Widths, and the size of the box that is the domain (None: the whole space)."""
REPETITIONS = 3


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds of one call, without the rubbish of the one before."""
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def row(widths: tuple[int, ...], size: int | None, path: Path, *, beside_ppl: bool) -> str:
    """Measure one network."""
    network = random_network(widths, 0)
    problem = Problem.of(network, Domain.box([(-size, size)] * widths[0]) if size else None)

    def enumerate_alone(engine: str) -> None:
        deque(enumerate_leaves(problem, search=Search(engine)), maxlen=0)

    works: dict[str, Callable[[], object]] = {
        "ppl": lambda: enumerate_alone("ppl") if beside_ppl else None,
        "auto": lambda: enumerate_alone("auto"),
        "proof": lambda: certify_configurations(path, network, problem, enumerate_leaves(problem)),
        "check": lambda: checker.check(str(path)),
    }
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(REPETITIONS):
        for name, work in works.items():
            times[name].append(cpu_seconds(work))
    ppl, auto, proof, check = (statistics.median(times[name]) for name in works)
    leaves, lines = checker.check(str(path))["leaves"], path.read_bytes().count(b"\n")
    of_ppl, ratio = (f"{ppl:.2f}", f"{proof / ppl:.2f}") if beside_ppl else ("", "")
    return (
        f"| {'-'.join(map(str, widths))}{', box' if size else ''} | {leaves['reached']:,} | {lines:,} "
        f"| {path.stat().st_size / 1e6:.1f} | {of_ppl} | {auto:.4f} | {proof:.4f} | {ratio} "
        f"| {proof / auto:.1f} | {(proof - auto) / lines * 1e6:.1f} | {check:.2f} |"
    )


def main() -> None:
    """Print the table."""
    asked = [(tuple(map(int, text.split("-"))), None) for text in sys.argv[1:]]
    print(
        "| network | cells | lines | MB | `ppl` | `auto` | proof | / `ppl` | / `auto` | us a line | check |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for widths, size in asked or NETWORKS:
            path = Path(folder) / "certificate.jsonl"
            print(row(widths, size, path, beside_ppl=not asked), flush=True)


if __name__ == "__main__":
    main()
