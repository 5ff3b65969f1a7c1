"""Count with affinitree the terminals of the decision tree of the hidden layers."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from benchmarks.peers import measured

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it misses torch, which nothing here needs
    from affinitree import AffFunc, AffTree, Architecture, Polytope, builder


def prepare(task: dict[str, Any]) -> measured.Work:
    """Read the network in float64, the numbers of affinitree."""
    arrays = np.load(task["arrays"])
    hidden = [(arrays[f"weight{k}"], arrays[f"bias{k}"]) for k in range(len(arrays.files) // 2 - 1)]
    inputs, box = hidden[0][0].shape[1], task["box"]

    def work() -> dict[str, Any]:
        architecture = Architecture(inputs)
        for weight, bias in hidden:
            architecture.linear(AffFunc.from_mats(weight, bias))
            architecture.relu()
        inside = None
        if box:
            polytope = Polytope.hyperrectangle(inputs, [tuple(map(float, ends)) for ends in box])
            inside = AffTree.from_poly(polytope, AffFunc.identity(inputs), None)
        return {"count": builder.from_layers(architecture, inside, None).num_terminals()}

    return work


if __name__ == "__main__":
    measured.answer(prepare)
