"""What ONNX Runtime computes at points: python onnxruntime_adapter.py TASK.json CLAIMS.json.

Numbers of float32 networks are computed in float32, of others in float64, as the file says.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import onnxruntime


def main(task_file: str, claims_file: str) -> None:
    """Run the network of the task at its points and claim the outputs."""
    task = json.loads(Path(task_file).read_text(encoding="utf-8"))
    session = onnxruntime.InferenceSession(task["onnx"], providers=["CPUExecutionProvider"])
    (entry,) = session.get_inputs()
    kind = np.float64 if "double" in entry.type else np.float32
    outputs = [
        session.run(None, {entry.name: np.array([point], dtype=kind)})[0].reshape(-1)
        for point in task["points"]
    ]
    rows = [[shown(float(value)) for value in row] for row in outputs]
    claims = [{"kind": "outputs", "id": "outputs", "outputs": rows}]
    head = {"tool": f"onnxruntime {version('onnxruntime')}", "claims": claims}
    Path(claims_file).write_text(json.dumps(head), encoding="utf-8")


def shown(value: float) -> float | str:
    """Return a number, a text for what JSON has no number for."""
    if np.isnan(value):
        return "nan"
    return value if np.isfinite(value) else "inf" if value > 0 else "-inf"


if __name__ == "__main__":
    main(*sys.argv[1:])
