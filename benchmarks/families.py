"""Families of networks: CPU seconds to find all changes of the configurations, and to track functions.

``python benchmarks/families.py [WORD...]`` runs the rows whose names hold all words. Weights and biases are
(a + b t)/16 with random integers |a|, |b| <= 16, on [-1, 1]^n; a tent of depth d is a tent of
slope t, applied d times.
"""

from __future__ import annotations

import itertools
import random
import sys
import time
from collections.abc import Iterator
from fractions import Fraction

from exactrelu import FamilyReport, NetworkFamily, bifurcations, family_report

Interval = tuple[Fraction, Fraction]


def drawn(widths: list[int], seed: int = 0) -> NetworkFamily:
    """Return a family of these widths whose hyperplanes all move."""
    rng = random.Random(seed)

    def entry() -> str:
        return f"({rng.randint(-16, 16)}+({rng.randint(-16, 16)})*t)/16"

    layers = [
        ([[entry() for _ in range(n)] for _ in range(m)], [entry() for _ in range(m)])
        for n, m in itertools.pairwise(widths)
    ]
    return NetworkFamily.of(layers)


def tents(depth: int) -> NetworkFamily:
    """Return the tent of slope t, iterated."""
    layers = [([[1], [1]], [0, "-1/2"]), *[([["t", "-2*t"]] * 2, [0, "-1/2"])] * (depth - 1)]
    return NetworkFamily.of([*layers, ([["t", "-2*t"]], None)])


def rows() -> Iterator[tuple[str, NetworkFamily, Interval, tuple[int, int], bool]]:
    """Yield name, family, interval of t, bounds of the box, and whether functions are tracked."""
    for end in (Fraction(1, 4), Fraction(1)):
        yield f"2-10-1 0:{end}", drawn([2, 10, 1]), (Fraction(0), end), (-1, 1), False
    yield "2-20-1 0:1/4", drawn([2, 20, 1]), (Fraction(0), Fraction(1, 4)), (-1, 1), False
    for tracked in (False, True):
        name = " functions" if tracked else ""
        yield f"2-10-10-1 0:1/4{name}", drawn([2, 10, 10, 1]), (Fraction(0), Fraction(1, 4)), (-1, 1), tracked
    yield "3-10-10-1 0:1/100", drawn([3, 10, 10, 1]), (Fraction(0), Fraction(1, 100)), (-1, 1), False
    yield "tent of depth 8, 0:4", tents(8), (Fraction(0), Fraction(4)), (0, 1), False


def main() -> None:
    """Print a line for each row."""
    words = sys.argv[1:]
    print(f"{'family':<28} {'critical':>8} {'changes':>8} {'full cells':>10} {'seconds':>8}")
    for name, family, interval, box, tracked in rows():
        if not all(word in name for word in words):
            continue
        domain = [box] * family.inputs
        start = time.process_time()
        if tracked:
            report: FamilyReport = family_report(family, interval, domain)
            found = report.bifurcations
        else:
            found = bifurcations(family, interval, domain)
        seconds = time.process_time() - start
        cells = max(len(part.configurations.full) for part in found.parts if part.configurations)
        counts = f"{found.critical:>8} {len(found.changes):>8} {cells:>10}"
        print(f"{name:<28} {counts} {seconds:>8.2f}", flush=True)


if __name__ == "__main__":
    main()
