"""Questions that bounds answer in many inputs, and distances of trained networks: CPU seconds and megabytes.

``python benchmarks/bounded_questions.py``. Networks have weights k/1024, -1024 <= k <= 1024, as in `engines`;
the trained ones are those of examples/, beside a copy with one weight changed by 1/64. Each question has a
process of its own; seconds are CPU seconds of the call without imports, BLAS on one thread.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from engines import random_layers

EXAMPLES = Path(__file__).parent.parent / "examples"


def image_ball(question: str) -> object:
    """Ask about 784-10-10-10 in a ball of radius 1/255."""
    from exactrelu import Domain, Network

    rng = random.Random(1)
    middle = [Fraction(rng.randint(1, 254), 255) for _ in range(784)]
    ball = Domain.box([(x - Fraction(1, 255), x + Fraction(1, 255)) for x in middle])
    return asked(question, Network.from_rationals(random_layers((784, 10, 10, 10), None)), ball)


def one_cell(question: str) -> object:
    """Ask about 784-30-20-10 on [0, 1/100000]^784, where no sign is open."""
    from exactrelu import Domain, Network

    network = Network.from_rationals(random_layers((784, 30, 20, 10), None))
    return asked(question, network, Domain.box([(0, Fraction(1, 100_000))] * 784))


def steepest(question: str) -> object:
    """Ask for the Lipschitz constant of a network, named by its widths, on [-1, 1]^n in a norm."""
    from exactrelu import Domain, Network

    name, norm = question.split()
    widths = tuple(map(int, name.split("-")))
    network = Network.from_rationals(random_layers(widths, None))
    return asked(norm, network, Domain.box([(-1, 1)] * widths[0]))


def asked(question: str, network: object, domain: object) -> object:
    """Return the count, or the Lipschitz constant in a norm."""
    from exactrelu import Domain, Network, count, lipschitz_constant

    if not isinstance(network, Network) or not isinstance(domain, Domain):
        raise TypeError
    if question == "count":
        return count(network, domain)
    return lipschitz_constant(network, domain, question).value.decimal(6)


def trained(question: str) -> object:
    """Return the distance of an example and its copy on the unit box."""
    from exactrelu import Domain, Network, distance
    from exactrelu.formats import load_network

    name, norm = question.split()
    one = load_network(EXAMPLES / f"{name}.onnx")
    layers = [([list(row) for row in layer.weight], list(layer.bias)) for layer in one.layers]
    layers[0][0][0][0] += Fraction(1, 64)
    found = distance(one, Network.from_rationals(layers), Domain.box([(0, 1)] * one.inputs), norm)
    return f"{float(found.power):.6g}"


STEEP = ("6-20-20-1", "20-30-1", "8-16-16-4", "4-20-20-20-2", "2-64-64-64-1")
QUESTIONS: dict[str, tuple[Callable[[str], object], str]] = {
    **{f"784-10-10-10, ball, {q}": (image_ball, q) for q in ("count", "1", "2", "inf")},
    **{f"784-30-20-10, one cell, {q}": (one_cell, q) for q in ("count", "1", "2", "inf")},
    **{f"{w} {q}": (steepest, f"{w} {q}") for w in STEEP for q in ("1", "2", "inf")},
    **{
        f"{q}": (trained, q) for q in (f"{n} {k}" for n in ("iris", "cancer8") for k in ("w1inf", "l1", "l2"))
    },
}


def measure(name: str) -> None:
    """Answer in this process and print the answer, CPU seconds and peak megabytes as JSON."""
    import resource
    import time

    import exactrelu

    _ = exactrelu.count, exactrelu.distance, exactrelu.lipschitz_constant
    ask, question = QUESTIONS[name]
    start = time.process_time()
    answer = ask(question)
    seconds = time.process_time() - start
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([str(answer), seconds, megabytes]))


def main() -> None:
    """Print a table."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    print(f"{'question':34} {'answer':>14} {'CPU s':>8} {'MB':>6}")
    for name in QUESTIONS:
        run = subprocess.run(
            [sys.executable, __file__, "--measure", name],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        )
        answer, seconds, megabytes = json.loads(run.stdout)
        print(f"{name:34} {answer:>14} {seconds:8.2f} {megabytes:6.0f}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2])
    else:
        main()
