"""How fast the enumeration is: ``make benchmark``.

Each network is enumerated by every engine and by a forty-line splitter (PPL and python-flint, nothing
else), one after the other in this one process, several times; the table shows the medians of the CPU
seconds and their ratio, so that a slow machine slows both. The last row runs in a process of its own, for
its peak memory.
"""

from __future__ import annotations

import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

from flint import fmpz_mat

from exactrelu import Search
from exactrelu.enumeration import count
from exactrelu.networks.network import Network
from exactrelu.polyhedra.ppl_library import C_Polyhedron, Linear_Expression, Poly_Con_Relation

REPETITIONS = 5
NETWORKS = [((2, 16, 16, 1), 1), ((2, 32, 32, 1), 0), ((3, 16, 16, 1), 0), ((5, 16, 1), 0), ((8, 12, 1), 0)]
LARGE = ((10, 15, 1), 0)


def random_network(widths: tuple[int, ...], seed: int) -> Network:
    """Return a network with weights k/1024, -1024 <= k <= 1024."""
    rng = random.Random(seed)

    def entry() -> Fraction:
        return Fraction(rng.randint(-1024, 1024), 1024)

    return Network.from_rationals(
        [
            ([[entry() for _ in range(m)] for _ in range(n)], [entry() for _ in range(n)])
            for m, n in pairwise(widths)
        ]
    )


def forty_lines(network: Network) -> int:
    """Count the `full` cells of a network in the whole space, as plainly as PPL and python-flint allow."""
    included, disjoint = Poly_Con_Relation.is_included(), Poly_Con_Relation.is_disjoint()
    matrices = [layer.matrix for layer in network.layers[:-1]]

    def constraints(rows):
        expressions = [Linear_Expression([int(c) for c in row[:-1]], int(row[-1])) for row in rows]
        return [(y >= 0, y > 0, y <= 0) for y in expressions]

    n, total = network.inputs, 0
    first = matrices[0].numerators.tolist()
    stack = [(C_Polyhedron(n, "universe"), 0, (), first, constraints(first), matrices[0].denominator)]
    while stack:
        cell, layer, bits, rows, neurons, scale = stack.pop()
        while True:
            if len(bits) == len(neurons):
                layer += 1
                if layer == len(matrices):
                    total += 1
                    break
                hidden = [row if bit else [0] * (n + 1) for row, bit in zip(rows, bits, strict=True)]
                rows = (matrices[layer].numerators * fmpz_mat([*hidden, [0] * n + [scale]])).tolist()
                scale *= matrices[layer].denominator
                bits, neurons = (), constraints(rows)
                continue
            at_least, positive, at_most = neurons[len(bits)]
            relation = cell.relation_with(at_least)
            if relation.implies(included):
                bits += (1,)
            elif relation.implies(disjoint) or cell.relation_with(positive).implies(disjoint):
                bits += (0,)
            else:
                other = C_Polyhedron(cell)
                other.add_constraint(at_least)
                stack.append((other, layer, (*bits, 1), rows, neurons, scale))
                cell.add_constraint(at_most)
                bits += (0,)
    return total


def cpu_seconds(work: Callable[[], int]) -> tuple[float, int]:
    """Return the CPU seconds that ``work`` took and what it returned."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def compare(widths: tuple[int, ...], seed: int) -> None:
    """Print a row of the table."""
    network = random_network(widths, seed)
    work = {
        "forty lines": lambda: forty_lines(network),
        "full": lambda: count(network, reading="full", search=Search("ppl")),
        "half-open": lambda: count(network, reading="half-open", search=Search("ppl")),
    }
    times: dict[str, list[float]] = {name: [] for name in work}
    counts = set()
    for _ in range(REPETITIONS):
        for name, function in work.items():
            seconds, result = cpu_seconds(function)
            times[name].append(seconds)
            counts.add(result)
    if len(counts) != 1:
        raise SystemExit(f"{widths}: the counts differ: {counts}")
    base, full, half_open = (statistics.median(times[name]) for name in work)
    shape = "-".join(map(str, widths))
    print(
        f"{shape:<12}{counts.pop():>8}{base:>13.3f}{full:>9.3f}{half_open:>11.3f}{full / base:>8.2f}",
        flush=True,
    )


def large() -> None:
    """Print count, CPU seconds and peak memory of the large network, in this process."""
    seconds, cells = cpu_seconds(lambda: count(random_network(*LARGE), reading="full", search=Search("ppl")))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{'-'.join(map(str, LARGE[0])):<12}{cells:>8}{'':>13}{seconds:>9.1f}   (peak memory {peak} MB)")


if __name__ == "__main__":
    if sys.argv[1:] == ["large"]:
        large()
    else:
        print("CPU seconds, whole space, weights k/1024; median of", REPETITIONS)
        print(f"{'network':<12}{'cells':>8}{'forty lines':>13}{'full':>9}{'half-open':>11}{'ratio':>8}")
        for shape, number in NETWORKS:
            compare(shape, number)
        subprocess.run([sys.executable, __file__, "large"], check=True)
