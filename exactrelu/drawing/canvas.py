"""The canvas: an exact tiling becomes a matplotlib figure, and the figure bytes.

The axes are the unit square that the window is mapped to; only here do numbers become floats.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from exactrelu.drawing.labels import Label, placed_labels
from exactrelu.drawing.lines import LineKind
from exactrelu.drawing.marks import (
    END_STYLE,
    LINE_STYLE,
    POINT_STYLE,
    SEGMENT_WIDTH,
    add_legend,
    entries,
    fill,
    rows_of,
    strong,
)
from exactrelu.drawing.rendering import GREY, rendered
from exactrelu.drawing.ticks import axis
from exactrelu.drawing.tiling import PlaneTiling, Tile

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_POINTS_PER_INCH = 72
_LONGEST_SIDE = 5.0  # of the axes, in inches, as the margins and rows below
_LEFT, _RIGHT, _BOTTOM, _TOP, _LEGEND_ROW = 0.75, 0.35, 0.62, 0.4, 0.22
_NARROWEST = 5.4
_MOST_STRETCHED = Fraction(4)
_FEW = 60


def picture(tiling: PlaneTiling, heading: str, file_type: str, *, labelled: bool) -> bytes:
    """Return the bytes of the picture, ``file_type`` svg or png: equal for equal input."""
    return rendered(lambda: drawn(tiling, heading, labelled=labelled), file_type)


def drawn(tiling: PlaneTiling, heading: str, *, labelled: bool) -> Figure:
    """Return the figure."""
    figure, axes = _paper(tiling, rows_of(entries(tiling)))
    scale = min(1.0, (_FEW / max(1, len(tiling.tiles))) ** 0.35)
    _frame(axes, tiling, heading)
    _add_polygons(axes, tiling)
    _add_segments(axes, tiling, scale)
    _add_lines(axes, tiling, scale)
    _add_points(axes, tiling, scale)
    if labelled:
        box = axes.get_position()
        width, height = figure.get_size_inches()
        paper = (float(box.width * width) * _POINTS_PER_INCH, float(box.height * height) * _POINTS_PER_INCH)
        for label in placed_labels(tiling, paper):
            _add_label(axes, label, paper)
    if not tiling.tiles:
        note = "no regions" if tiling.count == 0 else "no region meets this window"
        axes.text(0.5, 0.5, note, ha="center", va="center", color=GREY)
    add_legend(figure, entries(tiling))
    return figure


def _paper(tiling: PlaneTiling, legend_rows: int) -> tuple[Figure, Axes]:
    """Return a figure with axes of the window's shape, or stretched where that is very long and thin."""
    from matplotlib.figure import Figure

    window = tiling.window
    # The exact quotient is bounded before it becomes a float.
    shape = float(min(max(window.height / window.width, 1 / _MOST_STRETCHED), _MOST_STRETCHED))
    width, height = min(_LONGEST_SIDE, _LONGEST_SIDE / shape), min(_LONGEST_SIDE, _LONGEST_SIDE * shape)
    bottom = _BOTTOM + _LEGEND_ROW * legend_rows
    total = (max(_NARROWEST, _LEFT + width + _RIGHT), bottom + height + _TOP)
    left = max(_LEFT, (total[0] - width) / 2)
    figure = Figure(figsize=total)
    rectangle = (left / total[0], bottom / total[1], width / total[0], height / total[1])
    return figure, figure.add_axes(rectangle)


def _frame(axes: Axes, tiling: PlaneTiling, heading: str) -> None:
    """Set limits, ticks, the names of the coordinates and the heading."""
    axes.set(xlim=(0, 1), ylim=(0, 1))
    across = axis("$x_1$", *tiling.window.x)
    up = axis("$x_2$", *tiling.window.y)
    axes.set_xticks(across.positions, across.texts)
    axes.set_yticks(up.positions, up.texts)
    axes.set_xlabel(across.name, fontsize=10)
    axes.set_ylabel(up.name, fontsize=10)
    axes.tick_params(colors=GREY, labelsize=8, length=3, width=0.6)
    for spine in axes.spines.values():
        spine.set(color=GREY, linewidth=0.6)
    axes.set_title(heading, fontsize=10.5, parse_math=False)


def _add_polygons(axes: Axes, tiling: PlaneTiling) -> None:
    from matplotlib.collections import PolyCollection

    tiles = [tile for tile in tiling.tiles if tile.dimension == 2]
    colours = [fill(tile.map_index) for tile in tiles]
    # Edges in the fill's colour close the hairlines that viewers leave between neighbours.
    polygons = PolyCollection(
        [_corners(tiling, tile) for tile in tiles], facecolors=colours, edgecolors=colours, linewidths=0.4
    )
    polygons.set_zorder(1)
    axes.add_collection(polygons, autolim=False)


def _add_segments(axes: Axes, tiling: PlaneTiling, scale: float) -> None:
    """Draw the cells of dimension 1 as broad bands, under the lines that they lie on."""
    from matplotlib.collections import LineCollection

    tiles = [tile for tile in tiling.tiles if tile.dimension == 1]
    colours = [strong(tile.map_index) for tile in tiles]
    segments = LineCollection(
        [_corners(tiling, tile) for tile in tiles], colors=colours, linewidths=SEGMENT_WIDTH * scale
    )
    segments.set(zorder=2, capstyle="butt")
    axes.add_collection(segments, autolim=False)


def _add_lines(axes: Axes, tiling: PlaneTiling, scale: float) -> None:
    from matplotlib.collections import LineCollection

    for kind in (LineKind.DOMAIN, LineKind.DEEPER, LineKind.FIRST):
        style = LINE_STYLE[kind]
        segments = [[tiling.window.unit(end) for end in pair] for pair in tiling.lines.get(kind, ())]
        lines = LineCollection(
            segments, colors=style.colour, linewidths=style.width * scale, linestyles=[style.dashes]
        )
        lines.set(zorder=3, capstyle="butt")
        axes.add_collection(lines, autolim=False)


def _add_points(axes: Axes, tiling: PlaneTiling, scale: float) -> None:
    """Draw the cells of dimension 0, and the ends of cells where the domain has dimension 1."""
    for kind, ends in tiling.ends.items():
        _add_markers(axes, [tiling.window.unit(end) for end in ends], scale, END_STYLE[kind])
    for tile in tiling.tiles:
        if tile.dimension == 0:
            colour = strong(tile.map_index)
            _add_markers(axes, _corners(tiling, tile), scale, POINT_STYLE | {"markerfacecolor": colour})


def _add_markers(axes: Axes, points: Sequence[tuple[float, float]], scale: float, style: Any) -> None:
    xs, ys = zip(*points, strict=True)
    size = style["markersize"] * max(scale, 0.5)
    options = style | {"markersize": size, "linestyle": "none", "clip_on": False, "zorder": 4}
    axes.plot(xs, ys, scalex=False, scaley=False, **options)


def _add_label(axes: Axes, label: Label, paper: tuple[float, float]) -> None:
    unit = (label.position[0] / paper[0], label.position[1] / paper[1])
    ground = {"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": "none", "alpha": 0.9}
    if label.anchor is not None:
        anchor = (label.anchor[0] / paper[0], label.anchor[1] / paper[1])
        axes.plot(*zip(anchor, unit, strict=True), color="black", linewidth=0.6, zorder=3.5)
    axes.text(
        *unit,
        label.text,
        ha="center",
        va="center",
        fontsize=label.size,
        zorder=5,
        bbox=ground if label.boxed else None,
    )


def _corners(tiling: PlaneTiling, tile: Tile) -> list[tuple[float, float]]:
    return [tiling.window.unit(vertex) for vertex in tile.vertices]
