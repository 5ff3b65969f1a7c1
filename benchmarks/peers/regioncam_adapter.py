"""Count with regioncam the polygons of a square [-s, s]^2: its faces after the last hidden layer."""

from __future__ import annotations

from typing import Any

import numpy as np
import regioncam

from benchmarks.peers import measured


def prepare(task: dict[str, Any]) -> measured.Work:
    """Read the network in float32, the only numbers that regioncam takes."""
    arrays = np.load(task["arrays"])
    hidden = range(len(arrays.files) // 2 - 1)
    weights = [np.ascontiguousarray(arrays[f"weight{k}"].T, dtype=np.float32) for k in hidden]
    biases = [arrays[f"bias{k}"].astype(np.float32) for k in hidden]

    def work() -> dict[str, Any]:
        camera = regioncam.Regioncam(size=task["box"][0][1])
        for weight, bias in zip(weights, biases, strict=True):
            camera.linear(weight, bias)
            camera.relu()
        return {"count": camera.num_faces}

    return work


if __name__ == "__main__":
    measured.answer(prepare)
