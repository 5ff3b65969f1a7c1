"""What exact optima cost, beside counting the cells: ``python benchmarks/optimum.py``.

CPU seconds in this one process: the range of each output on a box, the number of full cells where there are
few enough inputs to count them, and the ratio. Networks have weights k/1024 or are those of one ReLU with n
inputs.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable
from fractions import Fraction

from exactrelu import Domain, Network, count, output_range

COUNTED = [(4, 16, 16, 1), (4, 20, 20, 3), (2, 128, 128, 1), (6, 8, 8, 1)]
WIDE = [(784, 10, 10, 10), (784, 30, 20, 10)]


def drawn(widths: tuple[int, ...], seed: int = 1) -> Network:
    """Return a network with weights k/1024."""
    rng = random.Random(seed)

    def numbers(size: int) -> list[Fraction]:
        return [Fraction(rng.randint(-1024, 1024), 1024) for _ in range(size)]

    pairs = itertools.pairwise(widths)
    return Network.from_rationals([([numbers(a) for _ in range(b)], numbers(b)) for a, b in pairs])


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Print the table."""
    print(f"{'network':>16} {'range, s':>9} {'count, s':>9} {'ratio':>6}")
    for n in (12, 16, 20):
        one = Network.from_rationals([([[1] * n], [1]), ([[1]], None)])
        seconds = cpu_seconds(lambda one=one, n=n: output_range(one, Domain.box([(0, 1)] * n)))
        print(f"{f'{n}-1-1':>16} {seconds:9.2f}")
    for widths in COUNTED:
        network, box = drawn(widths), Domain.box([(-1, 1)] * widths[0])
        seconds = cpu_seconds(lambda network=network, box=box: output_range(network, box))
        counting = cpu_seconds(lambda network=network, box=box: count(network, box, "full"))
        print(f"{'-'.join(map(str, widths)):>16} {seconds:9.2f} {counting:9.2f} {seconds / counting:6.1f}")
    for widths in WIDE:
        ball = Domain.box([(Fraction(100, 255), Fraction(102, 255))] * widths[0])
        box = ball if widths[1] == 10 else Domain.box([(0, Fraction(1, 100000))] * widths[0])
        network = drawn(widths)
        seconds = cpu_seconds(lambda network=network, box=box: output_range(network, box))
        print(f"{'-'.join(map(str, widths)):>16} {seconds:9.2f}")


if __name__ == "__main__":
    main()
