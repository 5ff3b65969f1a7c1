"""One instance in a fresh process, with exactrelu or with Marabou."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.peers.runs import Limits, one_run
from benchmarks.verification.instances import Instance, unpacked
from exactrelu.formats.vnnlib import read_property

EXACTRELU = "benchmarks.verification.exactrelu_adapter"
MARABOU = "benchmarks.verification.marabou_adapter"
_SLACK = 30  # CPU seconds for imports, for reading, and for the last step of a search
_IMPORTS = 5  # CPU seconds that Marabou's imports and reading may take; it is ended, not told its limit


def with_exactrelu(instance: Instance, seconds: float) -> dict[str, Any]:
    """Return verdict, boxes, CPU seconds and peak memory, or a ``failure``."""
    with TemporaryDirectory() as folder:
        limits = Limits(cpu_seconds=math.ceil(seconds) + _SLACK)
        task = exactrelu_task(instance, seconds, Path(folder))
        return one_run(Path(sys.executable), EXACTRELU, task, limits)


def with_marabou(instance: Instance, seconds: float, python: Path) -> dict[str, Any]:
    """Return what Marabou says, with the same keys; raises as `marabou_task` does."""
    with TemporaryDirectory() as folder:
        limits = Limits(cpu_seconds=math.ceil(seconds) + _IMPORTS)
        return one_run(python, MARABOU, marabou_task(instance, Path(folder)), limits)


def exactrelu_task(instance: Instance, seconds: float, folder: Path) -> dict[str, Any]:
    """Return what exactrelu's adapter is asked; packed files are unpacked into a folder."""
    return {
        "network": str(unpacked(instance.network, folder)),
        "property": str(instance.specification),
        "seconds": seconds,
    }


def marabou_task(instance: Instance, folder: Path) -> dict[str, Any]:
    """Return what Marabou's adapter is asked; packed files are unpacked into a folder.

    Raises
    ------
    ValueError
        If the property is not one box with one conjunction over outputs.
    """
    prop = read_property(instance.specification)
    if len(prop.groups) != 1 or len(prop.groups[0].disjuncts) != 1 or prop.groups[0].rows:
        raise ValueError(f"{instance.specification}: not one box with one conjunction")
    (group,) = prop.groups
    return {
        "network": str(unpacked(instance.network, folder)),
        "box": [[float(lower), float(upper)] for lower, upper, *_ in group.box],
        "rows": [_row(row, prop.outputs) for row in group.disjuncts[0]],
    }


def _row(row: Any, outputs: int) -> tuple[list[float], float]:
    if row.x:
        raise ValueError(f"{row}: a row over inputs and outputs")
    coefficients = [0.0] * outputs
    for j, a in row.y:
        coefficients[j] = float(a)
    return coefficients, float(row.offset)
