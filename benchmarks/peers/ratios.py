"""Ratios of CPU seconds with their spread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def spread_of(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> tuple[float, float, float]:
    """Return theirs by ours: of the medians, and least and largest of two runs of one turn."""
    turns = [b / a for a, b in zip(ours["seconds"], theirs["seconds"], strict=False)]
    return theirs["median seconds"] / ours["median seconds"], min(turns), max(turns)
