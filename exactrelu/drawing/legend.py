"""The legend: what solid, dashed and grey lines, bands and diamonds mean, as far as they occur."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from exactrelu.drawing import palette
from exactrelu.drawing.lines import LineKind
from exactrelu.drawing.style import END_STYLE, LINE_STYLE, POINT_STYLE, SEGMENT_WIDTH
from exactrelu.drawing.tiling import PlaneTiling

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Entry = tuple[str, dict[str, Any]]

_COLUMNS = 2
_SOME_COLOUR = "#b0793a"
_SWATCH = {"linestyle": "none", "marker": "s", "markersize": 9.0, "color": palette.fill(0)}
_ZERO = {LineKind.FIRST: "zero of a first-layer neuron", LineKind.DEEPER: "zero of a deeper neuron"}


def entries(tiling: PlaneTiling) -> list[Entry]:
    """Return text and style of each kind of mark in the picture."""
    found: list[Entry] = []
    for kind in LineKind:
        if tiling.lines.get(kind):
            style = LINE_STYLE[kind]
            found.append(
                (kind.value, {"color": style.colour, "linewidth": style.width, "linestyle": style.dashes})
            )
        if tiling.ends.get(kind):
            found.append((_ZERO.get(kind, kind.value), {"linestyle": "none", **END_STYLE[kind]}))
    dimensions = {tile.dimension for tile in tiling.tiles}
    if 1 in dimensions:
        found.append(("cell of dimension 1", {"color": _SOME_COLOUR, "linewidth": SEGMENT_WIDTH}))
    if 0 in dimensions:
        point = {"linestyle": "none", "markerfacecolor": _SOME_COLOUR, **POINT_STYLE}
        found.append(("cell of dimension 0", point))
    if 2 in dimensions and len({tile.map_index for tile in tiling.tiles}) < len(tiling.tiles):
        found.append(("equal colours: equal affine maps", _SWATCH))
    return found


def rows_of(found: Sequence[Entry]) -> int:
    """Return the number of rows that the legend takes."""
    return -(-len(found) // _COLUMNS)


def add_legend(figure: Figure, found: Sequence[Entry]) -> None:
    """Put the legend under the axes, if there is something to explain."""
    from matplotlib.lines import Line2D

    if not found:
        return
    handles = [Line2D([], [], label=text, **style) for text, style in found]
    figure.legend(
        handles=handles,
        loc="lower center",
        ncols=min(_COLUMNS, len(found)),
        frameon=False,
        fontsize=8.5,
        handlelength=2.8,
        columnspacing=2.2,
        borderaxespad=0.3,
    )
