"""What regioncam says about a network on a square: python regioncam_adapter.py TASK.json CLAIMS.json.

A face of regioncam is a convex polygon on which the network is affine, of the subdivision by all neurons: the
`full` reading. The mean of a face's vertices, exactly, is claimed as a point of its interior. regioncam
computes in float32.
"""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path

import numpy as np
import regioncam


def main(task_file: str, claims_file: str) -> None:
    """Subdivide the square by the network and claim what comes out."""
    task = json.loads(Path(task_file).read_text(encoding="utf-8"))
    (low, high), *others = task["box"]
    if len(task["box"]) != 2 or low != -high or others != [[low, high]]:
        sys.exit("regioncam subdivides squares [-s, s]^2")
    camera = regioncam.Regioncam(size=high)
    for k, (weight, bias) in enumerate(zip(task["weights"], task["biases"], strict=True)):
        camera.linear(np.array(weight, dtype=np.float32).T, np.array(bias, dtype=np.float32))
        if k < len(task["weights"]) - 1:
            camera.relu()
    corners = camera.vertex_inputs
    faces = [corners[[int(i) for i in face.vertex_ids]] for face in camera.faces]
    claims = [
        {"kind": "region-count", "id": "faces", "reading": "full", "value": len(faces)},
        {"kind": "interior-points", "id": "middles of faces", "points": [mean(f) for f in faces]},
    ]
    write_claims(claims_file, f"regioncam {version('regioncam')}", task["box"], claims)


def mean(vertices: np.ndarray) -> list[str]:
    """Return the exact mean of vertices in floating point."""
    return [str(sum(map(Fraction, map(float, column))) / len(vertices)) for column in vertices.T]


def write_claims(file: str, tool: str, box: list, claims: list) -> None:
    """Write a file of claims."""
    head = {"format": "exactrelu-audit-claims", "version": 1, "tool": tool, "numbers": "float64"}
    Path(file).write_text(json.dumps(head | {"domain": {"box": box}, "claims": claims}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
