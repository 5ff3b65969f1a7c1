"""The networks and queries of the demonstration: the project's own, and degenerate ones.

All weights are numbers of float32 (those of the project's networks are rounded to it), so each tool gets
exactly the network that is audited.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from exactrelu import Network, load_network
from exactrelu.formats.binary_rounding import FLOAT32

EXAMPLES = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Case:
    """A network on a box, and queries about it, with what is special about it."""

    name: str
    network: Network
    box: list[list[float]]
    remark: str
    queries: list[dict[str, Any]] = field(default_factory=list)


def region_cases() -> list[Case]:
    """Return the cases for tools that look for regions."""
    return [
        Case("figure1", example("figure1.json"), square(4), "two hidden layers"),
        Case("moons", example("moons.onnx"), square(4), "trained"),
        Case("iris", example("iris.onnx"), [[0.0, 8.0]] * 4, "trained, four inputs"),
        Case("absolute", shallow([(1, 0, 0), (-1, 0, 0)]), square(1), "opposite neurons"),
        Case(
            "copies",
            shallow([(1, 0, 0), (1, 0, 0), (2, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 0)]),
            square(1),
            "duplicate, parallel, opposite and zero neurons",
        ),
        Case(
            "pencil",
            shallow([(1, 0, 0), (0, 1, 0), (1, 1, 0), (1, -1, 0), (1, 2, 0), (2, 1, 0)]),
            square(1),
            "six lines through one point",
        ),
        Case(
            "gap",
            shallow([(1, 0, 0), (1, 0, "1/1073741824"), (0, 1, 0)]),
            square(1),
            "parallel lines 2^-30 apart",
        ),
        Case(
            "scales",
            shallow([(2**40, 0, 0), (0, "1/1099511627776", 0), (2**40, -(2**40), 0), (1, 1, 0)]),
            square(1),
            "weights 2^40 and 2^-40",
        ),
        Case("integers", drawn(20, (2, 16, 16, 1), 8), square(4), "weights drawn from -8, ..., 8"),
        Case("ternary", drawn(3, (2, 8, 8, 1), 1), square(4), "weights drawn from -1, 0, 1"),
    ]


def query_cases() -> list[Case]:
    """Return the cases for verifiers."""
    relu = Network.from_rationals([([[1]], None), ([[1]], None)])
    interval = [[-1.0, 1.0]]
    queries = [
        query("relu(x) - x <= -1e-7 on [-1, 1]", interval, [-1.0], [1.0], (1e-7, "<=")),
        query("relu(x) - x <= -1e-3 on [-1, 1]", interval, [-1.0], [1.0], (1e-3, "<=")),
        query("relu(x) >= 2e-6 on [-1, 1e-6]", [[-1.0, 1e-6]], [0.0], [1.0], (-2e-6, ">=")),
        query("relu(x) >= 2e-3 on [-1, 1e-3]", [[-1.0, 1e-3]], [0.0], [1.0], (-2e-3, ">=")),
        query("relu(x) >= 0.5 on [-1, 1]", interval, [0.0], [1.0], (-0.5, ">=")),
    ]
    moons = example("moons.onnx")
    return [
        Case("relu", relu, interval, "one neuron", queries),
        Case("moons", moons, square(4), "trained", moons_queries()),
    ]


def moons_queries() -> list[dict[str, Any]]:
    """Return queries for a point of the square near the largest output of examples/moons.onnx."""
    return [
        query(f"f(x) >= {bound} on [-4, 4]^2", square(4), [0.0, 0.0], [1.0], (-bound, ">="))
        for bound in (40.4135, 40.4136)
    ]


def query(
    name: str, box: list[list[float]], a: list[float], c: list[float], last: tuple[float, str]
) -> dict[str, Any]:
    """Return the query for a point of the box with a . x + c . f(x) + offset RELATION 0."""
    constraint = {"input": a, "output": c, "offset": last[0], "relation": last[1]}
    return {"id": name, "box": box, "constraint": constraint}


def example(name: str) -> Network:
    """Return a network of the folder examples, its weights and biases rounded to float32."""
    exact = load_network(EXAMPLES / name)
    return Network.from_rationals(
        [
            ([[*map(FLOAT32.rounded, row)] for row in layer.weight], [*map(FLOAT32.rounded, layer.bias)])
            for layer in exact.layers
        ]
    )


def square(size: int) -> list[list[float]]:
    """Return [-size, size]^2."""
    return [[-float(size), float(size)]] * 2


def shallow(rows: list[tuple[Any, Any, Any]]) -> Network:
    """Return the sum of the neurons relu(a x + b y + c)."""
    return Network.from_rationals(
        [([row[:2] for row in rows], [row[2] for row in rows]), ([[1] * len(rows)], None)]
    )


def drawn(seed: int, widths: tuple[int, ...], most: int) -> Network:
    """Return a network with integer weights and biases from -most to most."""
    source = random.Random(seed)  # noqa: S311 - a network, not a secret
    layers = [
        (
            [[source.randint(-most, most) for _ in range(n)] for _ in range(m)],
            [source.randint(-most, most) for _ in range(m)],
        )
        for n, m in pairwise(widths)
    ]
    return Network.from_rationals(layers)


def task_of(case: Case) -> dict[str, Any]:
    """Return what an adapter gets: weights and biases as floats, the box, the queries."""
    weights = [[[_float(entry) for entry in row] for row in layer.weight] for layer in case.network.layers]
    biases = [[_float(entry) for entry in layer.bias] for layer in case.network.layers]
    return {"weights": weights, "biases": biases, "box": case.box, "queries": case.queries}


def _float(value: Fraction) -> float:
    result = float(value)
    if Fraction(result) != value:
        raise ValueError(f"expected a number of float64, got {value}")
    return result
