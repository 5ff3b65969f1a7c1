"""What relucent says about a network on a cube [-s, s]^n: python relucent_adapter.py TASK.json CLAIMS.json.

The cells that its search from one point reaches have a sign, + or -, for each neuron and are of full
dimension: the `full` reading. The cube keeps those that meet it. Where relucent finds that its doubles and
fractions do not decide, or that neighbours differ in more than one sign, it refuses, and nothing is claimed.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import relucent
from relucent.model.model import LinearLayer, ReLULayer, ReLUNetwork


def main(task_file: str, claims_file: str) -> None:
    """Search the cells of the cube and claim how many there are."""
    task = json.loads(Path(task_file).read_text(encoding="utf-8"))
    (low, high), *others = task["box"]
    if low != -high or low >= high or others != [[low, high]] * len(others):
        sys.exit("relucent searches cubes [-s, s]^n")
    layers = []
    for weight, bias in zip(task["weights"][:-1], task["biases"][:-1], strict=True):
        layers += [LinearLayer(np.array(weight, dtype=float), np.array([bias], dtype=float)), ReLULayer()]
    relucent.update_settings(VERBOSE=0)
    cells = relucent.Complex(ReLUNetwork(layers))
    start = np.random.default_rng(0).uniform(low, high, len(task["box"]))
    found = cells.bfs(start, nworkers=1, cube_radius=high, cube_mode="intersect")
    if not found.verified:
        sys.exit("relucent says that its search is not verified")
    claims = [{"kind": "region-count", "id": "cells", "reading": "full", "value": len(cells)}]
    head = {
        "format": "exactrelu-audit-claims",
        "version": 1,
        "tool": f"relucent {version('relucent')}",
        "numbers": "float64",
        "domain": {"box": task["box"]},
    }
    Path(claims_file).write_text(json.dumps(head | {"claims": claims}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
