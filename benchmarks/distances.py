"""Distances of trained networks and their copies in all norms, and equality: CPU seconds and megabytes.

``python benchmarks/distances.py [SECONDS]``. The networks are those of examples/ on a box, beside a copy with
one weight changed by 1/64, with float16 weights, with weights rounded to multiples of the layer's largest
/ 127, and with every weight changed by up to a half of it. The last column is the road by regions: it lists
the joint cells by the engine `lp` (`ppl` for integrals, which are over simplices), within SECONDS (default
20). Each question has a process of its own; seconds are CPU seconds of the call without imports, BLAS on
one thread. Results: distances.md.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exactrelu import Domain, Network, Search

EXAMPLES = Path(__file__).parent.parent / "examples"
NORMS = ("sup", "w1inf", "l1", "l2")
HIGH = {"iris": 8, "cancer8": 1}
TINY = Fraction(1, 2**60)


def layers_of(network: Network) -> list[tuple[list[list[Fraction]], list[Fraction]]]:
    """Return weights and biases as lists."""
    return [([list(row) for row in layer.weight], list(layer.bias)) for layer in network.layers]


def with_entries(network: Network, change: Callable[[Fraction], Fraction]) -> Network:
    """Return the network with all its entries changed."""
    from exactrelu import Network

    return Network.from_rationals(
        [([[change(a) for a in row] for row in w], [change(a) for a in b]) for w, b in layers_of(network)]
    )


def one_weight(network: Network, k: int = 0, i: int = 0, step: Fraction = Fraction(1, 64)) -> Network:
    """Return the network with the first weight of a neuron changed."""
    from exactrelu import Network

    layers = layers_of(network)
    layers[k][0][i][0] += step
    return Network.from_rationals(layers)


def float16(network: Network) -> Network:
    """Return the network with float16 weights."""
    import numpy as np

    return with_entries(network, lambda a: Fraction(float(np.float16(float(a)))))


def int8(network: Network) -> Network:
    """Return the network with the weights of each layer rounded to multiples of the largest / 127."""
    from exactrelu import Network

    layers = []
    for w, b in layers_of(network):
        step = max(abs(a) for row in w for a in row) / 127
        layers.append(([[round(a / step) * step for a in row] for row in w], b))
    return Network.from_rationals(layers)


def another(network: Network) -> Network:
    """Return a network each of whose weights differs by up to a half."""
    rng = random.Random(1)
    return with_entries(
        network, lambda a: Fraction(round(a * (1 + rng.randint(-500, 500) / Fraction(1000)) * 2**24), 2**24)
    )


COPIES: dict[str, Callable[[Network], Network]] = {
    "one weight": one_weight,
    "float16": float16,
    "int8": int8,
    "another": another,
}


def box_of(network: Network, low: int, high: int) -> Domain:
    """Return a box with equal sides."""
    from exactrelu import Domain

    return Domain.box([(low, high)] * network.inputs)


def distance_of(name: str, copy: str, norm: str, search: Search) -> str:
    """Return the distance of an example and a copy, l2: its square."""
    from exactrelu import distance, load_network

    network = load_network(EXAMPLES / f"{name}.onnx")
    found = distance(network, COPIES[copy](network), box_of(network, 0, HIGH[name]), norm, search=search)
    return f"{float(found.power):.6g}"


def drawn(*widths: int) -> Network:
    """Return a network with weights of about a quarter."""
    from exactrelu import Network

    rng = random.Random(1)

    def numbers(size: int) -> list[Fraction]:
        return [Fraction(rng.randint(-2048, 2048), 9999) for _ in range(size)]

    return Network.from_rationals([([numbers(a) for _ in range(b)], numbers(b)) for a, b in pairwise(widths)])


def equality_of(widths: str, layer: str, search: Search) -> str:
    """Decide whether a drawn network and one with a weight of a layer changed by 2^-60 are equal on a box."""
    from exactrelu import decide_equality

    network = drawn(*map(int, widths.split("-")))
    other, box = one_weight(network, int(layer), 1, TINY), box_of(network, -1, 1)
    return str(decide_equality(network, other, box, search=search).verdict)


def near_equality_of(name: str, copy: str, share: str, search: Search) -> str:
    """Decide whether an example and its copy are within a share of their sup distance."""
    from exactrelu import decide_equality, distance, load_network

    network = load_network(EXAMPLES / f"{name}.onnx")
    other, box = COPIES[copy](network), box_of(network, 0, HIGH[name])
    within = Fraction(share) * Fraction(distance(network, other, box).power)
    return str(decide_equality(network, other, box, within=within, search=search).verdict)


QUESTIONS: dict[str, tuple[Callable[..., str], tuple[str, ...], str]] = {
    **{
        f"{name}, {copy}, {norm}": (distance_of, (name, copy, norm), "lp" if norm in NORMS[:2] else "ppl")
        for name in HIGH
        for copy in COPIES
        for norm in NORMS
    },
    **{
        f"{widths}, layer {layer}, equal": (equality_of, (widths, layer), "lp")
        for widths in ("8-10-10-2", "16-32-32-4", "784-64-64-10")
        for layer in ("0", "1", "2")
    },
    **{
        f"{name}, {copy}, within {share}": (near_equality_of, (name, copy, share), "lp")
        for name in HIGH
        for copy in ("float16", "int8")
        for share in ("1", "99/100")
    },
}


def measure(name: str, engine: str, seconds: float) -> None:
    """Answer in this process and print the answer, CPU seconds and peak megabytes as JSON."""
    import resource
    import time

    import exactrelu
    from exactrelu.errors import BudgetExhaustedError

    _ = exactrelu.distance, exactrelu.decide_equality
    ask, arguments, _ = QUESTIONS[name]
    start = time.process_time()
    try:
        answer = ask(*arguments, exactrelu.Search(engine, time_limit=seconds))
    except BudgetExhaustedError:
        answer = "-"
    spent = time.process_time() - start
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([answer, spent, megabytes]))


def asked(name: str, engine: str, seconds: float) -> tuple[str, float, float]:
    """Ask in a process of its own."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, __file__, "--measure", name, engine, str(seconds)]
    try:
        run = subprocess.run(
            command, capture_output=True, text=True, check=True, env=environment, timeout=seconds + 20
        )
    except subprocess.TimeoutExpired:
        return "-", seconds + 20, 0.0
    answer, spent, megabytes = json.loads(run.stdout)
    return answer, spent, megabytes


def main(seconds: float) -> None:
    """Print a table."""
    print(f"| {'question':36} | {'answer':>11} | CPU s |  MB | by regions, CPU s |")
    print(f"|{'-' * 38}|{'-' * 13}|-------|-----|-------------------|")
    for name, (_, _, engine) in QUESTIONS.items():
        answer, spent, megabytes = asked(name, "auto", 60)
        other, by_regions, _ = asked(name, engine, seconds)
        if other not in {answer, "-", "unknown"}:
            raise SystemExit(f"{name}: {answer} is not {other}")
        known = other in {"-", "unknown"}
        text = f"none in {seconds:g}" if known else f"{by_regions:.2f} ({by_regions / spent:.0f}x)"
        print(f"| {name:36} | {answer:>11} | {spent:5.2f} | {megabytes:3.0f} | {text:>17} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2], sys.argv[3], float(sys.argv[4]))
    else:
        main(float(sys.argv[1]) if sys.argv[1:] else 20.0)
