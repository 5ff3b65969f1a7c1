"""What affinitree says about a network on a box: python affinitree_adapter.py TASK.json CLAIMS.json.

The terminals of its decision tree are the regions that it finds; it does not say in which reading, so the
claim names none. The tree's outputs at a few points are claimed up to 10^-9.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
from affinitree import AffFunc, AffTree, Architecture, Polytope, builder


def main(task_file: str, claims_file: str) -> None:
    """Build the tree of the network on the box and claim what it holds."""
    task = json.loads(Path(task_file).read_text(encoding="utf-8"))
    box = task["box"]
    architecture = Architecture(len(box))
    for k, (weight, bias) in enumerate(zip(task["weights"], task["biases"], strict=True)):
        architecture.linear(AffFunc.from_mats(np.array(weight, dtype=float), np.array(bias, dtype=float)))
        if k < len(task["weights"]) - 1:
            architecture.relu()
    square = Polytope.hyperrectangle(len(box), [tuple(interval) for interval in box])
    inside = AffTree.from_poly(square, AffFunc.identity(len(box)))
    tree = builder.from_layers(architecture, precondition=inside)
    points = [[low + (high - low) * part for low, high in box] for part in (0.25, 0.5, 0.625)]
    outputs = [[float(y) for y in tree.evaluate(np.array(point))] for point in points]
    claims = [
        {"kind": "region-count", "id": "terminals", "value": tree.num_terminals()},
        {
            "kind": "outputs",
            "id": "outputs",
            "format": "float64",
            "points": points,
            "outputs": outputs,
            "tolerance": "1e-9",
        },
    ]
    write_claims(claims_file, f"affinitree {version('affinitree')}", box, claims)


def write_claims(file: str, tool: str, box: list, claims: list) -> None:
    """Write a file of claims."""
    head = {"format": "exactrelu-audit-claims", "version": 1, "tool": tool, "numbers": "float64"}
    Path(file).write_text(json.dumps(head | {"domain": {"box": box}, "claims": claims}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
