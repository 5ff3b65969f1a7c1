"""Count with relucent the cells that its search reaches, in the whole space or a cube around the origin.

It computes in float64 with bounds of its errors and in fractions where they do not decide. It solves its
linear programs with Gurobi, whose package from PyPI has a licence for 2,000 rows; what that does not allow is
said.
"""

from __future__ import annotations

import sys
from typing import Any

import gurobipy
import numpy as np
import relucent
from relucent.model.model import LinearLayer, ReLULayer, ReLUNetwork

from benchmarks.peers import measured


def prepare(task: dict[str, Any]) -> measured.Work:
    """Read the network in float64, the numbers of relucent."""
    arrays = np.load(task["arrays"])
    layers: list[LinearLayer | ReLULayer] = []
    for k in range(len(arrays.files) // 2 - 1):
        bias = arrays[f"bias{k}"].astype(float).reshape(1, -1)
        layers += [LinearLayer(arrays[f"weight{k}"].astype(float), bias), ReLULayer()]
    network = ReLUNetwork(layers)
    relucent.update_settings(VERBOSE=0)
    half = float(task["box"][0][1]) if task["box"] else None
    cube = {} if half is None else {"cube_radius": half, "cube_mode": "intersect"}
    # Its own choice, the origin, is on a hyperplane of every network without biases.
    start = np.random.default_rng(0).uniform(-(half or 1.0), half or 1.0, network.input_shape)

    def work() -> dict[str, Any]:
        cells = relucent.Complex(network)
        try:
            found = cells.bfs(start, nworkers=1, **cube)  # in another process, whose seconds are counted too
        except gurobipy.GurobiError as error:
            if error.errno not in (gurobipy.GRB.ERROR_SIZE_LIMIT_EXCEEDED, gurobipy.GRB.ERROR_NO_LICENSE):
                raise
            sys.exit(f"Gurobi's licence does not allow it: {error.message.partition(';')[0]}")
        if not found.verified:
            sys.exit("it says that its search is not verified")
        return {"count": len(cells)}

    return work


if __name__ == "__main__":
    measured.answer(prepare)
