"""Commands whose answers once needed all vertices: CPU seconds and peak memory of each whole process.

``python benchmarks/commands.py [--acasxu FOLDER] [WORD...]`` runs the commands whose names hold all words.
Networks are made in a temporary folder; FOLDER is the competition's ``acasxu`` benchmark. Seconds are those
of the process, start-up included (the first line is the start-up alone).
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from engines import random_layers

from exactrelu import Network, write_network

SECONDS = 60


def one_neuron(inputs: int) -> Network:
    """Return relu(1 + x_1 + ... + x_n)."""
    return Network.from_rationals([([[1] * inputs], [1]), ([[1]], None)])


def one_cell() -> Network:
    """Return 50-10-1 with integer weights in [-9, 9] and biases 100: affine on [0, 1/1000]^50."""
    rng = random.Random(1)
    widths = [(50, 10), (10, 1)]
    rows = [([[rng.randint(-9, 9) for _ in range(n)] for _ in range(m)], [100] * m) for n, m in widths]
    return Network.from_rationals(rows)


def largest_of(numbers: int) -> Network:
    """Return max(x_1, ..., x_n) by max(a, b) = b + relu(a - b), pairs first."""
    from exactrelu import standard_example

    return standard_example("maximum", numbers)


def commands(folder: Path, acasxu: Path | None) -> Iterator[tuple[str, list[str]]]:
    """Yield the name and the arguments of each command."""

    def written(name: str, network: Network) -> str:
        path = folder / f"{name}.json"
        write_network(network, path)
        return str(path)

    yield "start-up", ["hash", written("one", one_neuron(1))]
    for n in (12, 16, 20):
        yield f"{n}-1-1 range", ["range", written(f"{n}-1-1", one_neuron(n)), "--box", "0:1"]
    net = written("50-10-1", one_cell())
    for question in ("range", "argmax", "lipschitz", "pieces"):
        yield f"50-10-1 {question}", [question, net, "--box", "0:1/1000"]
    yield "50-10-1 distance", ["distance", net, net, "--box", "0:1/1000", "--norm", "sup"]
    net = written("784-30-20-10", Network.from_rationals(random_layers((784, 30, 20, 10), None)))
    small = ["--box", "0:1/100000"]
    yield "784-30-20-10 count", ["regions", net, *small, "--count"]
    yield "784-30-20-10 range", ["range", net, *small]
    yield "784-30-20-10 region", ["region", net, *small, "--at", ",".join(["1/200000"] * 784)]
    net = written("784-10-10-10", Network.from_rationals(random_layers((784, 10, 10, 10), None)))
    ball = ["--box", "100/255:102/255"]
    yield "784-10-10-10 count", ["regions", net, *ball, "--count"]
    yield "784-10-10-10 range", ["range", net, *ball]
    yield "784-10-10-10 lipschitz", ["lipschitz", net, *ball]
    yield "784-10-10-10 argmax", ["argmax", net, *ball]
    yield "784-10-10-10 region", ["region", net, *ball, "--at", ",".join(["101/255"] * 784)]
    yield "maximum of 8 pieces", ["pieces", written("maximum", largest_of(8))]
    for name in ("iris", "cancer8"):
        file = str(Path(__file__).parent.parent / "examples" / f"{name}.onnx")
        yield f"{name} argmax", ["argmax", file, "--box", "0:1"]
    if acasxu is not None:
        yield from _acasxu(acasxu)


def _acasxu(folder: Path) -> Iterator[tuple[str, list[str]]]:
    net = str(folder / "onnx" / "ACASXU_run2a_1_1_batch_2000.onnx")
    for number in (1, 3, 4):
        yield (
            f"ACAS Xu 1_1 property {number}",
            ["verify", net, str(folder / "vnnlib" / f"prop_{number}.vnnlib")],
        )
    low = ("-0.303531156", "-0.009549297", "0.493380324", "0.3", "0.3")
    high = ("-0.298552812", "0.009549297", "0.5", "0.5", "0.5")
    box = ",".join(f"{Fraction(a)}:{Fraction(b)}" for a, b in zip(low, high, strict=True))
    yield "ACAS Xu 1_1 range", ["range", net, f"--box={box}"]


def measure(arguments: list[str]) -> tuple[int, float, float]:
    """Run a command and return its exit status, CPU seconds and peak megabytes."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = ["timeout", str(SECONDS * 2), sys.executable, "-m", "exactrelu", *arguments]
    null = os.open(os.devnull, os.O_WRONLY)
    child = os.posix_spawnp("timeout", command, environment, file_actions=[(os.POSIX_SPAWN_DUP2, null, 1)])
    _, status, used = os.wait4(child, 0)
    return os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--acasxu", type=Path, metavar="FOLDER")
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()
    print(f"{'command':28} {'exit':>4} {'CPU s':>8} {'MB':>6}")
    with tempfile.TemporaryDirectory() as folder:
        for name, arguments in commands(Path(folder), options.acasxu):
            if all(word in name for word in options.words):
                status, seconds, megabytes = measure(arguments)
                print(f"{name:28} {status:4} {seconds:8.2f} {megabytes:6.0f}", flush=True)


if __name__ == "__main__":
    main()
