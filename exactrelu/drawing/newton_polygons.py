"""Pictures of Newton polygons with their subdivisions, one panel a polygon."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from exactrelu.drawing.marks import fill
from exactrelu.drawing.polygon import convex_order
from exactrelu.drawing.rendering import GREY, write_figure
from exactrelu.drawing.ticks import axis
from exactrelu.drawing.window import Window
from exactrelu.numbers.points import Point

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PANEL, _BOTTOM, _TOP, _SIDES = 3.2, 0.6, 0.45, 0.75  # inches
_MARGIN = Fraction(1, 10)


@dataclass(frozen=True)
class NewtonPolygon:
    """A polygon in the plane of slopes, cut into cells, each by its vertices; ``points`` are all of them."""

    name: str
    cells: tuple[tuple[Point, ...], ...]

    @property
    def points(self) -> list[Point]:
        """The vertices of the cells, sorted."""
        return sorted({point for cell in self.cells for point in cell})


def draw_newton_polygons(polygons: Sequence[NewtonPolygon], path: str | os.PathLike[str]) -> None:
    """Draw Newton polygons with the subdivisions that the constants of the monomials make.

    A dot is a monomial of the upper hull, at its slope; it is one linear piece of the polynomial. A
    segment between dots is a line where two pieces meet, a cell is a point where at least three meet.

    Parameters
    ----------
    polygons
        At least one.
    path
        The file, .svg or .png. Equal input gives equal bytes (with one version of matplotlib).

    Raises
    ------
    FormatError
        If the suffix is neither .svg nor .png, or the file cannot be written.
    """
    write_figure(lambda: _figure(polygons), path)


def _figure(polygons: Sequence[NewtonPolygon]) -> Figure:
    from matplotlib.figure import Figure

    width, height = len(polygons) * (_PANEL + _SIDES) + _SIDES / 3, _BOTTOM + _PANEL + _TOP
    figure = Figure(figsize=(width, height))
    for k, polygon in enumerate(polygons):
        left = k * (_PANEL + _SIDES) + _SIDES
        rectangle = (left / width, _BOTTOM / height, _PANEL / width, _PANEL / height)
        _draw(figure.add_axes(rectangle), polygon)
    return figure


def _draw(axes: Axes, polygon: NewtonPolygon) -> None:
    from matplotlib.collections import PolyCollection

    points = polygon.points
    window = _window(points)
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.set_title(f"{polygon.name}: {len(points)} monomials", fontsize=10, parse_math=False)
    across, up = axis("$a_1$", *window.x), axis("$a_2$", *window.y)
    axes.set_xticks(across.positions, across.texts)
    axes.set_yticks(up.positions, up.texts)
    axes.set_xlabel(across.name, fontsize=9)
    axes.set_ylabel(up.name, fontsize=9)
    axes.tick_params(colors=GREY, labelsize=8, length=3, width=0.6)
    corners = [[window.unit(point) for point in convex_order(cell)] for cell in polygon.cells]
    colours = [fill(k) for k in range(len(corners))]
    axes.add_collection(PolyCollection(corners, facecolors=colours, edgecolors="black", linewidths=0.8))
    xs, ys = zip(*map(window.unit, points), strict=True)
    axes.plot(xs, ys, linestyle="none", marker="o", markersize=3.5, color="black", clip_on=False)


def _window(points: Sequence[Point]) -> Window:
    """Return a square round the points with a margin."""
    lows, highs = ([end(p[j] for p in points) for j in (0, 1)] for end in (min, max))
    side = max(high - low for low, high in zip(lows, highs, strict=True)) or Fraction(1)
    half = side * (Fraction(1, 2) + _MARGIN)
    middles = [(low + high) / 2 for low, high in zip(lows, highs, strict=True)]
    x, y = ((middle - half, middle + half) for middle in middles)
    return Window(x, y)
