"""How fast Theorem 5 is proved for all weights: ``make benchmark``.

For growing architectures, one after the other in this one process: the proof of (11) and (12) for all
weights and all support patterns (every identity, both sides, modulo theta^2 = theta), and sympy alone, which
only expands the left side of (11), W_L diag(theta_{L-1}) ... W_1, with its matrix products and
``expand``. The table shows the medians of the CPU seconds and their ratio; both have to agree on
that left side.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import sympy

from exactrelu.symbolic import IdentityReport, SymbolicNetwork, prove_theorem_5, symbolic_decomposition

REPETITIONS = 5
LONG = 5.0  # seconds
ARCHITECTURES = [(2, 2, 2, 2), (3, 3, 3, 3), (4, 4, 4, 4), (4, 4, 4, 4, 4), (6, 6, 6, 6), (8, 8, 8, 8, 8)]


def prove(widths: tuple[int, ...]) -> IdentityReport:
    """Prove Theorem 5 and (12) for an architecture, from the widths on."""
    report = prove_theorem_5(SymbolicNetwork.generic(widths))
    if not report.proved:
        raise SystemExit(f"{widths}: refuted\n{report}")
    return report


def expand(network: SymbolicNetwork) -> Any:
    """Return the expanded linear part, computed by sympy alone."""
    matrices = [
        sympy.Matrix([[network.ring.to_sympy(entry) for entry in row] for row in weight])
        for weight in network.weights
    ]
    product = matrices[0]
    for weight, bits in zip(matrices[1:], network.bits, strict=True):
        product = weight * sympy.diag(*bits) * product
    return product.expand()


def median_seconds(work: Callable[[], Any]) -> float:
    """Return the median of the CPU seconds that ``work`` takes; what takes long is done once."""
    times: list[float] = []
    while len(times) < REPETITIONS and sum(times) < LONG:
        # sympy remembers results; each run begins with nothing remembered.
        sympy.core.cache.clear_cache()
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def compare(widths: tuple[int, ...]) -> None:
    """Print a row of the table."""
    network = SymbolicNetwork.generic(widths)
    report = prove(widths)
    ours = median_seconds(lambda: prove(widths))
    shape, symbols = "-".join(map(str, widths)), report.indeterminates + report.bits
    row = f"{shape:<12}{symbols:>8}{report.monomials:>11}{ours:>9.3f}"
    theirs = median_seconds(lambda: expand(network))
    print(f"{row}{theirs:>11.3f}{theirs / ours:>8.1f}", flush=True)
    if expand(network) != symbolic_decomposition(network).linear_part():
        raise SystemExit(f"{widths}: sympy disagrees")


if __name__ == "__main__":
    print("CPU seconds, all weights and bits symbolic; median of", REPETITIONS)
    print(f"{'network':<12}{'symbols':>8}{'monomials':>11}{'proof':>9}{'sympy':>11}{'ratio':>8}")
    for architecture in ARCHITECTURES:
        compare(architecture)
