"""How lines, ends and points look, on the canvas and in the legend."""

from __future__ import annotations

from typing import Any, NamedTuple

from exactrelu.drawing.lines import LineKind

GREY = "#666666"
SEGMENT_WIDTH = 4.5


class LineStyle(NamedTuple):
    """Colour, width in points, and dashes (offset, lengths in line widths)."""

    colour: str
    width: float
    dashes: tuple[float, tuple[float, ...] | None]


LINE_STYLE = {
    LineKind.FIRST: LineStyle("black", 1.4, (0, None)),
    LineKind.DEEPER: LineStyle("black", 1.1, (0, (4.0, 2.6))),
    LineKind.DOMAIN: LineStyle("#8a8a8a", 0.8, (0, None)),
}

END_STYLE: dict[LineKind, dict[str, Any]] = {
    LineKind.FIRST: {
        "marker": "o",
        "markersize": 5.5,
        "markerfacecolor": "black",
        "markeredgecolor": "black",
    },
    LineKind.DEEPER: {
        "marker": "o",
        "markersize": 5.5,
        "markerfacecolor": "white",
        "markeredgecolor": "black",
    },
    LineKind.DOMAIN: {
        "marker": "o",
        "markersize": 4.0,
        "markerfacecolor": "#8a8a8a",
        "markeredgecolor": "#8a8a8a",
    },
}

POINT_STYLE: dict[str, Any] = {"marker": "D", "markersize": 5.5, "markeredgecolor": "black"}
