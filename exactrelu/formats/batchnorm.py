"""What BatchNormalization means in a file, where its square roots are irrational."""

from __future__ import annotations

from typing import Literal

BatchNorm = Literal["exact", "float32"]
"""Refused, or with the coefficients of float32 arithmetic (`exactrelu.formats.onnx.normalization`)."""

FOLDED_IN_FLOAT32 = ", BatchNormalization folded in float32"
"""How the source of a network ends that was read in the second way."""
