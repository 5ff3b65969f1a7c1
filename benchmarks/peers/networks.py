"""The networks of the works: drawn or read, and written for each kind of tool."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from benchmarks.peers.works import Work
from exactrelu import Network, load_network
from exactrelu.documents.network import write_network

_EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def network_of(work: Work) -> Network:
    """Return the network of a work, exactly."""
    if work.example:
        return load_network(_EXAMPLES / work.example)
    return drawn(work.widths, work.largest, work.seed)


def drawn(widths: tuple[int, ...], largest: int | None, seed: int) -> Network:
    """Return a network with integer weights up to ``largest`` or, for None, with weights k/1024."""
    rng = random.Random(seed)
    most, denominator = (1024, 1024) if largest is None else (largest, 1)

    def entry() -> Fraction:
        return Fraction(rng.randint(-most, most), denominator)

    return Network.from_rationals(
        [
            ([[entry() for _ in range(m)] for _ in range(n)], [entry() for _ in range(n)])
            for m, n in pairwise(widths)
        ]
    )


def write_for_all(network: Network, folder: Path, name: str) -> tuple[Path, Path]:
    """Write the network in the native format, and as arrays of doubles, all of them exact, for the peers."""
    import numpy as np

    native, arrays = folder / f"{name}.json", folder / f"{name}.npz"
    write_network(network, native)
    doubles = {}
    for k, layer in enumerate(network.layers):
        doubles[f"weight{k}"] = np.array([[_double(entry) for entry in row] for row in layer.weight])
        doubles[f"bias{k}"] = np.array([_double(entry) for entry in layer.bias])
    np.savez(arrays, **doubles)
    return native, arrays


def fits_float32(network: Network) -> bool:
    """Return whether all numbers are numbers of float32, so that a tool in float32 gets the same network."""
    import numpy as np

    rows = [row for layer in network.layers for row in (*layer.weight, layer.bias)]
    return all(Fraction(float(np.float32(float(entry)))) == entry for row in rows for entry in row)


def _double(entry: Fraction) -> float:
    value = float(entry)
    if Fraction(value) != entry:
        raise ValueError(f"expected a number of float64, got {entry}")
    return value
