"""Pictures of functions of one variable: polygonal lines, and data."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from exactrelu.drawing.marks import strong
from exactrelu.drawing.picture_file import file_type, require_folder
from exactrelu.drawing.rendering import GREY, write_figure
from exactrelu.drawing.ticks import axis
from exactrelu.drawing.window import Window
from exactrelu.errors import DomainError
from exactrelu.networks.network import Network
from exactrelu.numbers.points import Point

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARGIN = Fraction(1, 20)
_DASHES = ("-", "--", ":", "-.")


@dataclass(frozen=True)
class Graph:
    """A polygonal line through its corners (x, y), which are sorted."""

    name: str
    corners: tuple[Point, ...]


def require_graph(network: Network, path: str | os.PathLike[str]) -> None:
    """Check, before any work is done, that the graph of ``network`` can be drawn to ``path``.

    Raises
    ------
    DomainError
        If the network has not one input.
    FormatError
        If the suffix of ``path`` is neither .svg nor .png, or its folder does not exist.

    Examples
    --------
    >>> require_graph(Network.from_rationals([([[1, 0]], None)]), "plane.svg")
    Traceback (most recent call last):
    ...
    exactrelu.errors.DomainError: drawing a graph needs 1 input, got 2
    """
    if network.inputs != 1:
        raise DomainError(f"drawing a graph needs 1 input, got {network.inputs}")
    file_type(Path(path))
    require_folder(Path(path))


def draw_graphs(
    graphs: Sequence[Graph], path: str | os.PathLike[str], *, data: Sequence[Point] = (), title: str = ""
) -> None:
    """Draw functions of one variable, and points of data.

    Corners are exact until they are rounded to the canvas; the window is what they and the data fill.

    Parameters
    ----------
    graphs
        At least one, with at least one corner.
    path
        The file, .svg or .png. Equal input gives equal bytes (with one version of matplotlib).
    data
        Points (x, y), drawn as dots.
    title
        The heading.

    Raises
    ------
    FormatError
        If the suffix is neither .svg nor .png, or the file cannot be written.
    """
    write_figure(lambda: _figure(graphs, data, title), path)


def _figure(graphs: Sequence[Graph], data: Sequence[Point], title: str) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.2, 3.4))
    axes = figure.add_axes((0.13, 0.14, 0.83, 0.76))
    window = _window([point for graph in graphs for point in graph.corners] + list(data))
    _frame(axes, window, title)
    for k, graph in enumerate(graphs):
        xs, ys = zip(*map(window.unit, graph.corners), strict=True)
        axes.plot(xs, ys, color=strong(k), linestyle=_DASHES[k % 4], linewidth=1.4, label=graph.name)
    if data:
        xs, ys = zip(*map(window.unit, data), strict=True)
        axes.plot(xs, ys, linestyle="none", marker="o", markersize=4, color="black", label="data")
    axes.legend(fontsize=8, frameon=False)
    return figure


def _frame(axes: Axes, window: Window, title: str) -> None:
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.set_title(title, fontsize=10, parse_math=False)
    across, up = axis("$x$", *window.x), axis("$y$", *window.y)
    axes.set_xticks(across.positions, across.texts)
    axes.set_yticks(up.positions, up.texts)
    axes.set_xlabel(across.name, fontsize=9)
    axes.set_ylabel(up.name, fontsize=9)
    axes.tick_params(colors=GREY, labelsize=8, length=3, width=0.6)


def _window(points: Sequence[Point]) -> Window:
    ends = []
    for values in zip(*points, strict=True):
        low, high = min(values), max(values)
        margin = (high - low) * _MARGIN or Fraction(1, 2)
        ends.append((low - margin, high + margin))
    return Window(*ends)
