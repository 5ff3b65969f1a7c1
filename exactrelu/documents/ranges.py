"""Exact ranges of outputs as JSON values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exactrelu.analysis.extremum import Extremum
from exactrelu.analysis.ranges import OutputRange
from exactrelu.documents.network import vector_texts
from exactrelu.documents.numbers import extended_text

_NO_POINTS: dict[str, Any] = {
    "min": None,
    "max": None,
    "min_attained": False,
    "max_attained": False,
    "min_point": None,
    "max_point": None,
}


def ranges_document(ranges: Sequence[OutputRange] | None, outputs: int) -> dict[str, Any]:
    """Return the range of each output; of an empty domain (``ranges`` None) those of no points."""
    if ranges is None:
        return {"outputs": [_NO_POINTS] * outputs}
    return {"outputs": [_side("min", one.minimum) | _side("max", one.maximum) for one in ranges]}


def _side(name: str, extremum: Extremum) -> dict[str, Any]:
    place = {f"{name}_{key}": value for key, value in place_document(extremum).items()}
    return {name: extended_text(extremum.value)} | place


def place_document(extremum: Extremum) -> dict[str, Any]:
    """Return whether and where an extremum is attained: a point, and a ray where it is infinite."""
    ray = {} if extremum.ray is None else {"ray": vector_texts(extremum.ray)}
    return {"attained": extremum.attained, "point": vector_texts(extremum.point), **ray}
